/* glm.h - log-linear models of counts, fitted as R's glm() does: iteratively
 * reweighted least squares from mu = y + 0.1, until the deviance moves by
 * less than 1e-8 of itself, at most 25 steps.  Missing counts (NaN) have no
 * say.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "watch/series.h"

/* --- Season as harmonics: log mu = 1 [+ t] + sum_s cos + sin(2 pi s t / p),
 * t = first_period - 1 + index (1-based) --- */
enum { HARMONICS_MAX = 6, SEASON_TERMS = 2 + 2 * HARMONICS_MAX };
struct season_model {
    int harmonics;            /* S, 0..HARMONICS_MAX */
    bool trend;
    int freq, first_period;
    double overdispersion;    /* a of variance mu + a mu^2; 0 Poisson */
    double coef[SEASON_TERMS];
};
/* Fit coef to y[0..n).  False if it does not converge. */
bool season_fit(struct season_model *m, const double *y, size_t n);
/* The same with a by maximum likelihood, in turns with coef (as glm.nb). */
bool season_fit_negbin(struct season_model *m, const double *y, size_t n);
double season_mean(const struct season_model *m, size_t t); /* t 0-based */

/* --- One level per group of rows, and one slope: log mu = level[g] +
 * slope * x.  The normal matrix is an arrow: the levels are eliminated and
 * one equation is left. --- */
enum { LEVELS_MAX = 64 };
struct arrow {
    size_t n;                 /* rows */
    const double *y, *x;      /* counts; the slope's covariate */
    const int *level;         /* 0..levels-1, of each row */
    const double *offset;     /* of log mu, or NULL */
    const double *weight;     /* prior weights, or NULL for 1 */
    int levels;
    bool sloped;
    /* out, arrays of n owned by the caller */
    double *mu, *w;           /* fitted; working weights of the last step */
    double at[LEVELS_MAX];    /* levels; NaN where no row is */
    double slope;
    double w_sum[LEVELS_MAX], x_mean[LEVELS_MAX], sxx; /* weighted by w */
    int parameters;           /* rank */
};
bool arrow_fit(struct arrow *m); /* false: not converged */
/* log mu for a level and x, without offset; x'(X'WX)^-1 x of the same. */
double arrow_predict(const struct arrow *m, int level, double x);
double arrow_leverage(const struct arrow *m, int level, double x);
/* (X'WX)^-1 of the slope. */
double arrow_slope_variance(const struct arrow *m);
