/* backprojection.c - when were they infected, given when they fell ill?
 * EMS algorithm.  See series.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/series.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

struct work_space {
    const double *y, *f, *cdf;
    size_t n, delays;
    double *mu, *phi;
};

/* One step of expectation and maximisation, lambda to phi. */
static void step(const struct work_space *w, const double *lambda)
{
    for (size_t s = 0; s < w->n; s++) {
        w->mu[s] = 0;
        for (size_t d = 0; d < w->delays && d <= s; d++)
            w->mu[s] += lambda[s - d] * w->f[d];
    }
    for (size_t t = 0; t < w->n; t++) {
        double sum = 0;
        size_t left = w->n - 1 - t;
        for (size_t d = 0; d < w->delays && d <= left; d++)
            if (w->mu[t + d] > 0) /* else nobody could have fallen ill */
                sum += w->y[t + d] * w->f[d] / w->mu[t + d];
        size_t last = left < w->delays ? left : w->delays - 1;
        double phi = lambda[t] / w->cdf[last] * sum;
        w->phi[t] = isfinite(phi) ? phi : 0;
    }
}

/* Binomial weights over k + 1 days, renormalised at the edges. */
static void smooth(const struct work_space *w, int k, double *lambda)
{
    for (size_t t = 0; t < w->n; t++) {
        double sum = 0, weight = 0;
        for (int j = 0; j <= k; j++) {
            int64_t at = (int64_t)t + j - k / 2;
            if (at < 0 || at >= (int64_t)w->n) continue;
            double share = dbinom(j, k, 0.5, 0);
            sum += share * w->phi[at];
            weight += share;
        }
        lambda[t] = sum / weight;
    }
}

int backprojection_run(const struct series *s, const double *f, size_t delays,
                       const struct backprojection_control *c, double *lambda,
                       struct arena *a)
{
    double *cdf = ARENA_ARRAY(a, delays, double);
    double *old = ARENA_ARRAY(a, s->n, double), mean = 0;
    for (size_t d = 0; d < delays; d++)
        cdf[d] = f[d] + (d ? cdf[d - 1] : 0);
    for (size_t t = 0; t < s->n; t++) mean += s->y[t] / (double)s->n;
    for (size_t t = 0; t < s->n; t++) lambda[t] = mean;
    struct work_space w = {s->y, f, cdf, s->n, delays,
                           ARENA_ARRAY(a, s->n, double),
                           ARENA_ARRAY(a, s->n, double)};
    for (int i = 1;; i++) {
        memcpy(old, lambda, s->n * sizeof *old);
        step(&w, lambda);
        smooth(&w, c->k, lambda);
        double moved = 0, size = 0;
        for (size_t t = 0; t < s->n; t++) {
            moved += (lambda[t] - old[t]) * (lambda[t] - old[t]);
            size += old[t] * old[t];
        }
        if (!(sqrt(moved) / sqrt(size) >= c->eps) || i > c->iter_max)
            return i;
    }
}
