/* signal.h - what the reports add up to: persons, per place and day.
 *
 *     report ──► signal_seen: this person, this kind, this day, once
 *                  └──► signal_count of the household
 *                                    of the building
 *                                    of the community (place 0)
 *
 * due counts persons who reported at all, counts those whose report raised
 * the kind's signal anew; counts <= due.  A second report of a day may raise
 * the signal (well in the morning, fever at night) and never lowers it.  Who
 * was counted within SIGNAL_EPISODE_DAYS before or after is still ill, not
 * another person: in a window of a week nobody is counted twice.  Written by
 * the follower in watch_follower.c alone, in the order of the ledger.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intake/intake.h"
#include "job/retention.h"
#include "watch/detector.h"

enum {
    SIGNAL_WINDOW_MAX = 63, /* days that a detector looks back on */
    SIGNAL_EPISODE_DAYS = 7,
    /* The community's own rate is taken from these days before today: not
     * from the last week, which may be the outbreak itself. */
    SIGNAL_PAST_FROM = 35, SIGNAL_PAST_UNTIL = 8,
    SIGNAL_PRIOR_PERSON_DAYS = 2000, /* that the rule's own rate is worth */
};

/* What a report says to the counts, whatever its kind. */
struct signal_facts {
    const char *kind;
    struct day day;                     /* spoken of */
    struct instant received;
    struct person_id person;            /* 0: about nobody, not counted */
    struct place_id household, building; /* 0 unknown: not counted there */
    int64_t counts;                     /* 0 or 1 */
};

/* What a report said.  NOT_FOUND: it was erased since. */
enum rc signal_facts_load(struct work *w, struct report_id report,
                          struct signal_facts *out) MUST_USE;

/* Count it.  f's places become those where the person was counted before, if
 * so, and f->counts 0 where the person is known to be ill.  *changed: some
 * count did change. */
enum rc signal_take(struct work *w, struct signal_facts *f, bool *changed)
    MUST_USE;

/* Counts of `days` days from `from` on, 0 where nothing is stored. */
enum rc signal_window(struct work *w, const char *kind,
                      enum watch_level level, struct place_id place,
                      struct day from, size_t days, int32_t *counts,
                      int32_t *due) MUST_USE;

/* Persons living in a place of a level today, at least 1. */
enum rc signal_residents(struct work *w, enum watch_level level,
                         struct place_id place, int64_t *n) MUST_USE;

/* Persons per 1000 person-days that the community itself had until a week
 * before `today`, drawn towards the rule's rate by SIGNAL_PRIOR_PERSON_DAYS:
 * (prior + counts) / (prior + due). */
enum rc signal_rate(struct work *w, const char *kind,
                    const struct watch_rule *rule, struct day today,
                    double *per_1000) MUST_USE;

/* Forget who was counted before the longest window; at most limit rows. */
enum rc signal_expire(struct work *w, int64_t limit, int64_t *erased)
    MUST_USE;
extern const struct retention_rule signal_retention;
