/* series.h - a series of counts and the times of it that are evaluated.
 *
 * For the published detectors below: each is a pure function, gives what its
 * paper and R's `surveillance` 1.20.3 give, and writes one value per
 * evaluated time into arrays of span.n that the caller owns.
 *
 * Times are 0-based here (1-based in requests).  "No value" is NaN in every
 * array, also in alarms (else 0 or 1): what cannot be judged is neither an
 * alarm nor none.  The caller has checked that each time has as many earlier
 * values as the method's *_lag() asks for.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"

struct series {
    const double *y;          /* counts, NaN missing */
    size_t n;
    int freq;                 /* periods a year: 52, 12, 365 */
    int first_period;         /* of the year, that of y[0]; from 1 */
    const int64_t *epoch;     /* day of each value since 1970, or NULL */
    const double *population; /* persons, or NULL */
};

struct span { const size_t *t; size_t n; };

/* alarm from y > limit, NaN if one of them is */
double alarm_above(double y, double limit);

/* --- EARS (Hutwagner et al. 2003, J Urban Health 80:i89) --- */
enum ears_method { EARS_C1 = 1, EARS_C2, EARS_C3 };
struct ears_control {
    enum ears_method method;
    double alpha;             /* 0.001; C3 0.025 */
    int baseline;             /* values; 7, at least 2 */
    double min_sigma;         /* 0 */
};
size_t ears_lag(const struct ears_control *c);
void ears_run(const struct series *s, struct span r,
              const struct ears_control *c, double *upperbound,
              double *alarm);

/* --- Base values of the same season in earlier years --- */
struct base_control {
    int years;                /* b */
    int halfwidth;            /* w, values around the same time */
    bool current;             /* also the w values before (actY) */
    double alpha;             /* bayes; 0.05 */
};
size_t base_lag(const struct base_control *c, int freq);
/* Robert Koch Institute's rule: mean + 2 sd, Poisson limit up to mean 20. */
void rki_run(const struct series *s, struct span r,
             const struct base_control *c, double *upperbound, double *alarm);
/* Negative binomial predictive with Jeffreys' prior (Riebler 2004; Hoehle
 * 2007, Comput Stat 22:551). */
void bayes_run(const struct series *s, struct span r,
               const struct base_control *c, double *upperbound,
               double *alarm);

/* --- Historical limits (Stroup et al. 1989, Stat Med 8:323) ---
 * On sums of four weeks, so an alarm stays on for four. */
struct cdc_control {
    int years, months;        /* b 5, m 1 */
    double alpha;             /* two-sided; 0.001 */
};
size_t cdc_lag(const struct cdc_control *c);
void cdc_run(const struct series *s, struct span r,
             const struct cdc_control *c, double *upperbound, double *alarm);

/* --- CUSUM of transformed counts (Rossi et al. 1999, Stat Med 18:2111) --- */
enum cusum_transform {
    CUSUM_STANDARD, CUSUM_ROSSI, CUSUM_ANSCOMBE, CUSUM_ANSCOMBE2ND,
    CUSUM_PEARSON_NEGBIN,
};
extern const char *const cusum_transforms[]; /* words, NULL-terminated */
struct cusum_control {
    double k, h;              /* 1.04, 2.26, in standard deviations */
    enum cusum_transform transform;
    double overdispersion;    /* a of variance m + a m^2; 0.1 */
    bool textbook;            /* anscombe2nd: bound that fits its values */
};
/* m[i] in control, > 0, of each evaluated time. No reset after an alarm. */
void cusum_run(const struct series *s, struct span r,
               const struct cusum_control *c, const double *m,
               double *upperbound, double *cusum, double *alarm);

/* --- EWMA of Poisson counts (Borror, Champ & Rigdon 1998, J Qual Technol
 * 30:352): z = lambda y + (1 - lambda) z, from z = m; limit m + L sqrt(m
 * lambda (1 - (1 - lambda)^2i) / (2 - lambda)).  A missing count leaves z. */
struct ewma_control { double lambda, limit; /* 0.2; L 3 */ };
void ewma_run(const struct series *s, struct span r,
              const struct ewma_control *c, double m, double *upperbound,
              double *value, double *alarm);

/* --- (Generalised) likelihood ratio (Hoehle & Paul 2008, CSDA 52:4357) ---
 * mu is in control, > 0, one per evaluated time.  Overdispersion a: variance
 * mu + a mu^2; 0 Poisson.  theta > 0: the known change of the log mean (LR,
 * alarm above c); 0: the most likely rise (GLR, alarm from c).  Starts again
 * after an alarm. */
struct glr_control { double c, theta, overdispersion; /* c 5 */ };
void glr_run(const struct series *s, struct span r,
             const struct glr_control *c, const double *mu, double *value,
             double *alarm, struct arena *a);

/* --- Semiparametric outbreak detection (Frisen & Andersson 2009, Sequential
 * Analysis 28:174).  Upper bound = statistic, as the peer gives it; +Inf
 * where it is too large for a double.  Never reset. */
void outbreakp_run(const struct series *s, struct span r, double k,
                   double *statistic, double *alarm, struct arena *a);

/* --- Back-projection (Becker, Watson & Carlin 1991, Stat Med 10:1527) ---
 * f: delay's probability mass from delay 0.  lambda[s->n] out; the number of
 * iterations.  The last days are not identified. */
struct backprojection_control {
    int k;                    /* smoothing, even; 2 */
    double eps;               /* 1e-5 */
    int iter_max;             /* 250 */
};
int backprojection_run(const struct series *s, const double *f, size_t delays,
                       const struct backprojection_control *c, double *lambda,
                       struct arena *a);

/* --- Farrington et al. 1996 (JRSS A 159:547) and Noufaily et al. 2013
 * (Stat Med 32:1206): quasi-Poisson on the same weeks of earlier years --- */
enum threshold_method { THRESHOLD_DELTA, THRESHOLD_NB_PLUGIN,
                        THRESHOLD_MUAN };
extern const char *const threshold_methods[]; /* NULL-terminated */
enum power { POWER_TWO_THIRDS, POWER_HALF, POWER_NONE };
extern const char *const powers[]; /* "2/3" "1/2" "none" */

struct farrington_control {
    bool flexible;            /* Noufaily 2013; else 1996 */
    int years;                /* b, 1..20 */
    int halfwidth;            /* w */
    int periods;              /* flexible: noPeriods, 1..LEVELS_MAX; 1 */
    int excluded;             /* flexible: pastWeeksNotIncluded; w */
    bool reweight;
    double weights_threshold; /* 2.58; 1996: 1 */
    double alpha;             /* 0.05, one-sided; 1996: two-sided */
    bool trend;
    double trend_p;           /* pThresholdTrend, 0.05 */
    int limit_cases, limit_weeks; /* limit54: 5, 4 */
    enum power power;
    enum threshold_method method;
    bool population_offset;
    bool textbook;            /* without the peer's faults (EPI.md) */
};
struct farrington_result { /* arrays of span.n, NaN no value */
    double *upperbound, *alarm, *expected, *mu0, *phi, *pvalue, *score,
        *trend, *trend_coef;
};
/* INVALID where an earlier year is not in the series. */
enum rc farrington_run(const struct series *s, struct span r,
                       const struct farrington_control *c,
                       struct farrington_result *out, struct arena *a,
                       struct fault *f) MUST_USE;
