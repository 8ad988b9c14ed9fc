/* scan.h - where and since when are there more cases than chance explains?
 * Kulldorff's prospective space-time scan statistic.
 *
 *      y │   o  ╭───╮            zone: a centre and the places nearest to
 *        │ o    │o o│  o               it, as one disc
 *        │   o  ╰─o─╯            cylinder: a zone over the last d days
 *        └────────────── x
 *
 * All cylinders that end on the last day are compared by their likelihood
 * ratio; chance is what the largest ratio reaches when the cases are dealt
 * out anew, `replicates` times, so looking everywhere is paid for.  Looking
 * again every day is not: for that read recurrence_days.
 *
 * Pure: the same input and seed give the same result to the last bit, for
 * whole numbers are compared before anything is rounded.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"

enum {
    SCAN_PLACES_MAX = 5000,
    SCAN_DAYS_MAX = 3660,
    SCAN_CASES_MAX = 1000000,
    SCAN_REPLICATES_MAX = 99999,
    SCAN_POPULATION_MAX = 1000000000, /* of all places */
};

/* SCAN_POISSON (Kulldorff 2001, JRSS A 164:61): expected cases are in
 * proportion to the population, the same every day.
 * SCAN_PERMUTATION (Kulldorff et al. 2005, PLoS Med 2:e59): no population;
 * expected is what place and day have on their own, so neither a place that
 * always reports much nor a day on which all report more is a cluster. */
enum scan_model { SCAN_POISSON, SCAN_PERMUTATION };
extern const char *const scan_models[]; /* words, NULL-terminated */

struct scan_place {
    double x, y;         /* metres, or any one unit on a plane */
    int64_t population;  /* >= 0; SCAN_POISSON only */
};

struct scan {
    const struct scan_place *place;
    size_t places, days; /* 1..MAX each */
    const int32_t *count; /* count[place * days + day], >= 0 */
    enum scan_model model;
    double max_share;    /* of the population (SCAN_PERMUTATION: of the cases)
                            in a zone: (0, 1]; 0.5 */
    size_t max_days;     /* longest cylinder, 1..days */
    int min_cases;       /* fewest in a cluster, >= 1; 2 */
    int replicates;      /* 9..SCAN_REPLICATES_MAX; 999 */
    uint64_t seed;
};

/* Ratio llr = c log(c/e) + (C-c) log((C-c)/(C-e)) of c cases, e expected,
 * C in all. */
struct scan_cluster {
    size_t centre;         /* index of the place */
    const uint32_t *place; /* indices, centre first, then by distance */
    size_t places;
    size_t start;          /* first day; the last is days - 1 */
    int64_t observed;
    double expected, llr;
    double p;              /* (1 + replicates with at least llr) / (1 + all) */
    double gumbel_p;       /* by the Gumbel law of the replicates' maxima
                              (Abrams et al. 2010, Int J Health Geogr 9:61);
                              goes on where p ends; 1 for no variation */
    double recurrence_days; /* 1/p: how seldom daily scans of noise show as
                               much; 1/gumbel_p where no replicate did, if
                               that is longer */
};

struct scan_result {
    const struct scan_cluster *cluster; /* best first; no place is in two */
    size_t clusters;
    const double *maxima;  /* of the replicates, [replicates] */
    int64_t cases;
};

/* Of each centre the best cylinder with llr > 0; of these by falling llr
 * those that share no place with a better one.  The smaller of equals: fewer
 * places, fewer days, the earlier centre.  Lower clusters are compared with
 * the maxima too, which makes their p too large rather than too small; what
 * every replicate reaches (p = 1) is left out.
 * INVALID: field "places", "counts" ... of what is wrong.  Result in a. */
enum rc scan_run(const struct scan *s, struct scan_result *out,
                 struct arena *a, struct fault *f) MUST_USE;
