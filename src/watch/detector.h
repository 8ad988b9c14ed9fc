/* detector.h - is this more than by chance?  Pure functions on daily counts.
 *
 *     counts[0..days)  persons with a counting report, per day, in one place
 *     due[0..days)     persons who reported at all (the denominator)
 *                      the last element is today and may be incomplete
 *
 * A judge sees one place and knows no clock, no store and no randomness: the
 * same numbers give the same verdict, on a live day and in a drill.  It may
 * be asked again after every report.  A jump in reporting alone raises
 * nothing, because due grows with counts.
 *
 *     struct watch_rule rule;
 *     enum rc rc = watch_rule_parse("smallcount by=building", &rule, &fault);
 *     rule.alpha = watch_alpha(1.0, 47);
 *     struct verdict v = watch_judge(&rule, counts, due, days, 4.0);
 *     if (v.alarm) ...  "v.observed in v.window_days days, v.expected due"
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

struct verdict {
    bool alarm;
    double observed;   /* persons counted in the window */
    double expected;   /* persons expected there by chance */
    double p;          /* chance of this much or more on one day in one place,
                          all windows considered; 1 where a judge gives none */
    double statistic;  /* smallcount: -log10 p; cusum: S in persons */
    int window_days;   /* the window that spoke, ending today; 0 none */
};

/* Exact excess of few cases over the last 1..window_days days.
 *
 * Rate of the place: Gamma with mean rate_per_1000 (the community's own,
 * pooled) and shape prior_shape, updated by the place's days before the
 * longest window; hence the count of a window is negative binomial
 * (predictive; as Riebler 2004, Hoehle 2007 for one week).  p_w is its exact
 * upper tail; p = min(1, windows * min p_w) (Bonferroni; the windows overlap,
 * so the true chance is smaller).  Alarm if p < alpha and at least
 * least_persons are counted.
 *
 * A member that is 0 takes its default. */
struct smallcount_options {
    double rate_per_1000; /* persons counted per 1000 person-days reported;
                             below SMALLCOUNT_RATE_LEAST it is that */
    double alpha;         /* of one place on one day; SMALLCOUNT_ALPHA */
    double prior_shape;   /* 1 / shape = squared variation of places' rates;
                             4: they differ by half of the mean */
    int window_days;      /* longest window, 1..28; 7 */
    int least_persons;    /* 2: one person is no excess, however rare */
};

/* watch_alpha(1, 47), rounded: one alarm a month is the budget of 47
 * buildings.  What is spent is less, as few cases are discrete and the
 * windows overlap: smallcount_test.c counts 0.5 a month over 20 years of
 * 4 febrile per 1000 person-days, judged after every report. */
#define SMALLCOUNT_ALPHA 7e-4
#define SMALLCOUNT_RATE_LEAST 0.001

struct verdict smallcount_judge(const int32_t *counts, const int32_t *due,
                                size_t days,
                                const struct smallcount_options *o);

/* CUSUM of counts (Lucas 1985, Technometrics 27:129), in persons:
 * S_t = max(0, S_{t-1} + counts_t - due_t rate/1000 - k), S = 0 before the
 * first day, alarm if S >= h, no reset.  The window of the verdict is the
 * days since S was last 0. */
struct cusum_options {
    double rate_per_1000; /* as above */
    double k;             /* persons a day that are forgiven; 0.5 if 0 */
    double h;             /* persons in excess that alarm; 4 if 0 */
};
struct verdict cusum_judge(const int32_t *counts, const int32_t *due,
                           size_t days, const struct cusum_options *o);

/* Level of places that a rule counts by. */
enum watch_level { WATCH_HOUSEHOLD, WATCH_BUILDING, WATCH_COMMUNITY };
extern const char *const watch_levels[]; /* words, NULL-terminated */

/* What a count is measured against: persons who reported at all, or persons
 * who live there, where only the ill report. */
enum watch_due { WATCH_REPORTS, WATCH_RESIDENTS };
extern const char *const watch_dues[]; /* words, NULL-terminated */

/* Persons counted per 1000 person-days that a rule without `rate` expects
 * before the community has a past of its own: fever among people who feel
 * well enough to measure, as in the demonstration. */
#define WATCH_RATE 4.0

/* The rule of a report kind: "cusum k=0.5 h=4 by=building". */
struct watch_rule {
    int detector;         /* index in detectors[] */
    enum watch_level by;
    double k, h;          /* cusum, persons */
    double alpha;         /* smallcount; 0 default */
    int window_days;      /* smallcount; 0 default */
    int least_persons;    /* smallcount; 0 default */
    double rate_per_1000; /* before there is a past; WATCH_RATE */
    enum watch_due due;
};

struct detector {
    const char *name;
    const char *sentence; /* English, its own key in assets/i18n */
    struct verdict (*judge)(const int32_t *counts, const int32_t *due,
                            size_t days, double rate_per_1000,
                            const struct watch_rule *rule);
};
extern const struct detector detectors[]; /* detectors.def; name NULL ends */

/* A detector's name, then `key=value` in any order, by single blanks or more:
 * by (household building community; building if absent), due (reports
 * residents; reports if absent), rate (per 1000 person-days), k, h, alpha,
 * window (days), least (persons).  INVALID with the key as the field. */
enum rc watch_rule_parse(const char *text, struct watch_rule *out,
                         struct fault *f) MUST_USE;

struct verdict watch_judge(const struct watch_rule *rule,
                           const int32_t *counts, const int32_t *due,
                           size_t days, double rate_per_1000);

/* Alpha of one place and day that spends at most alarms_per_month over that
 * many places: alarms_per_month / (30.44 places).  A community with several
 * rules or levels gives each its share of the month. */
double watch_alpha(double alarms_per_month, int64_t places);
