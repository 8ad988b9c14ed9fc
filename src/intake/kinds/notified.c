/* notified.c - a case of a notifiable disease, as a clinic or the centre for
 * disease control notifies it (病例报告).
 *
 * Nobody reports being well in this kind: every report counts, and its
 * denominator is who lives there (due=residents).  It is counted on the day
 * it was notified, not on that of its onset: a case that is told ten days
 * late is news today. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "intake/intake.h"

enum { DAYS_BACK_MAX = 14, ONSET_BACK_MAX = 366 };

struct notified {
    struct person_id person;
    struct day day;             /* when it was notified */
    struct day onset;           /* first symptom */
    const char *disease;
    const char *note;
};

static const struct field notified_fields[] = {
    FIELD(notified, person, F_REF, F_REQUIRED | F_PERSONAL),
    FIELD(notified, day, F_DAY, 0),
    FIELD(notified, onset, F_DAY, F_PERSONAL),
    FIELD(notified, disease, F_TEXT, F_PERSONAL, .max = 80),
    FIELD(notified, note, F_TEXT, F_PERSONAL, .max = 200),
};
static const struct shape notified_shape = SHAPE(notified, notified_fields);

static enum rc check(struct work *w, const void *row)
{
    const struct notified *c = row;
    if (c->day.n > work_today(w).n)
        return work_fail(w, INVALID, "day", "the day lies in the future");
    if (c->day.n < work_today(w).n - DAYS_BACK_MAX)
        return work_fail(w, INVALID, "day",
                         "the day lies more than two weeks back");
    if (c->onset.n == NONE) return OK;
    if (c->onset.n > c->day.n)
        return work_fail(w, INVALID, "onset",
                         "the illness began after it was notified");
    if (c->onset.n < c->day.n - ONSET_BACK_MAX)
        return work_fail(w, INVALID, "onset",
                         "the illness began more than a year back");
    return OK;
}

static bool counts(const void *row)
{
    (void)row;
    return true;
}

/* 0.01 per 1000 person-days is 365 notified cases a year among 100,000
 * people: the order of all notifiable diseases of China's classes A and B
 * together (about 200-300 a year per 100,000; 全国法定传染病疫情概况). */
const struct report_kind notified_kind = {
    .name = "notified", .shape = &notified_shape,
    .may_submit = CAP_REPORT_FOR, .may_read = CAP_CLINIC, .keep_days = 365,
    .check = check, .counts = counts,
    .watch = "smallcount by=building rate=0.01 due=residents",
    .insert = "INSERT INTO notified(community, id, person, day, onset,"
              " disease, note) VALUES($1, $2, $3, $4, $5, $6, $7)",
};
