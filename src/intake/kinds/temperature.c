/* temperature.c - a resident's daily temperature and symptoms (体温上报). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "intake/intake.h"

/* Fever from 37.3 degrees Celsius under the arm: the threshold of the
 * national protocol for prevention and control (新型冠状病毒肺炎防控方案,
 * 2020-2022 editions). */
enum { FEVER_X10 = 373, DAYS_BACK_MAX = 14 };

struct temperature {
    struct person_id person;
    struct day day;             /* when it was measured */
    int64_t temperature_c;      /* tenths of a degree */
    int64_t symptoms;
    const char *note;
};

static const char *const symptoms[] = {
    "cough", "sore_throat", "fatigue", "headache", "short_breath", "diarrhea",
    "rash", "loss_of_smell", NULL,
};

static const struct field temperature_fields[] = {
    FIELD(temperature, person, F_REF, F_PERSONAL),
    FIELD(temperature, day, F_DAY, 0),
    FIELD(temperature, temperature_c, F_DECIMAL(1), F_REQUIRED | F_PERSONAL,
          .min = 340, .max = 430),
    FIELD(temperature, symptoms, F_SET, F_PERSONAL, .words = symptoms),
    FIELD(temperature, note, F_TEXT, F_PERSONAL, .max = 200),
};
static const struct shape temperature_shape =
    SHAPE(temperature, temperature_fields);

static enum rc check(struct work *w, const void *row)
{
    const struct temperature *t = row;
    if (t->day.n > work_today(w).n)
        return work_fail(w, INVALID, "day", "the day lies in the future");
    if (t->day.n < work_today(w).n - DAYS_BACK_MAX)
        return work_fail(w, INVALID, "day",
                         "the day lies more than two weeks back");
    return OK;
}

static bool counts(const void *row)
{
    return ((const struct temperature *)row)->temperature_c >= FEVER_X10;
}

const struct report_kind temperature_kind = {
    .name = "temperature", .shape = &temperature_shape,
    .may_submit = CAP_RESIDENT, .may_read = CAP_CLINIC, .keep_days = 90,
    .check = check, .counts = counts,
    .watch = "smallcount by=building rate=4",
    .insert = "INSERT INTO temperature(community, id, person, day,"
              " temperature_c, symptoms, note)"
              " VALUES($1, $2, $3, $4, $5, $6, $7)",
};
