/* rt.h - how many people one case infects: the reproduction number R.
 *
 *     I ▁▂▁▃▅▆█▇  cases by day    w ▁█▅▂▁  serial interval, w[0] = 0
 *     Λ[t] = Σ_s w[s] I[t-s]      infection pressure on day t
 *
 * Cori looks back: who was infected in a window, by the pressure then.
 * Wallinga-Teunis looks ahead: whom the cases of a window infected.  The last
 * days are incomplete in both: Cori needs counts that are (or a nowcast),
 * Wallinga-Teunis falls towards the end by truncation.
 *
 * Pure functions.  Days are 0-based here (1-based in requests); windows are
 * inclusive and begin at day 1 or later, as nobody is known to have infected
 * the cases of day 0: these count as imported.  "No value" is NaN.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

enum {
    RT_QUANTILES = 7,
    RT_DAYS_MAX = 20000,
    RT_DRAWS_MAX = 10000,
    RT_LINE_MAX = 4 << 20, /* bytes of a request */
};
/* 0.025 0.05 0.25 0.5 0.75 0.95 0.975 */
extern const double rt_probabilities[RT_QUANTILES];

struct rt_cases {
    const double *local;    /* infected here, by day */
    const double *imported; /* infected elsewhere, or NULL: none */
    size_t n;               /* days */
};
struct rt_window { size_t start, end; };
struct rt_estimate { double mean, sd, q[RT_QUANTILES]; };

/* Serial interval: w[0..n), w[k] the share of k days; beyond it 0. */
struct rt_interval { const double *w; size_t n; };

/* w[0..n) of a gamma distribution shifted by a day, with that mean (> 1) and
 * standard deviation (> 0) in days (Cori et al. 2013, web appendix 11).  Not
 * renormalised where n cuts it. */
void rt_interval_gamma(double mean, double sd, double *w, size_t n);
double rt_interval_mean(struct rt_interval si);

/* R's gamma prior. */
struct rt_prior { double mean, sd; };
#define RT_PRIOR ((struct rt_prior){5, 5})

/* Cori et al. 2013 (Am J Epidemiol 178:1505); imported cases infect but are
 * no infectees (Thompson et al. 2019, Epidemics 29:100356).  NaN for windows
 * that end before the mean interval is over.  out[windows]. */
void rt_cori(const struct rt_cases *c, struct rt_interval si,
             struct rt_prior prior, const struct rt_window *window,
             size_t windows, struct rt_estimate *out, struct arena *a);

/* The serial interval's mean and sd are themselves uncertain: each is normal,
 * cut to [least, most], in days. */
struct rt_uncertain {
    struct rt_range { double mean, sd, least, most; } mean, sd;
    int draws;              /* pairs of mean and sd, 1..RT_DRAWS_MAX; 500 */
    uint64_t seed;
};
/* False if a range holds too little of its distribution to draw from, or
 * admits a mean of at most 1 or an sd of at most 0. */
bool rt_uncertain_holds(const struct rt_uncertain *u);
/* The posterior is the mixture over the drawn intervals: mean and sd of it
 * are exact, quantiles are roots of its distribution function. */
void rt_cori_uncertain(const struct rt_cases *c, const struct rt_uncertain *u,
                       struct rt_prior prior, const struct rt_window *window,
                       size_t windows, struct rt_estimate *out,
                       struct arena *a);

/* Wallinga & Teunis 2004 (Am J Epidemiol 160:509): local and imported are
 * one.  Infectees choose their infectors independently, so the number infected
 * by a window is a sum of binomials: sd exact, quantiles exact up to
 * RT_EXACT_MAX infectees, above it by Cornish-Fisher with the skewness.  NaN
 * for windows without a case. */
enum { RT_EXACT_MAX = 2000 };
void rt_wallinga_teunis(const struct rt_cases *c, struct rt_interval si,
                        const struct rt_window *window, size_t windows,
                        struct rt_estimate *out, struct arena *a);

/* One request object (SURFACES, row `renlin rt`) to one answer, without a
 * line end.  A bad request: INVALID, and the answer is {"error":…,"field":…}.
 */
enum rc rt_json(const char *line, size_t n, struct arena *a, struct buf *out)
    MUST_USE;
