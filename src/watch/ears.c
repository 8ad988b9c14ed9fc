/* ears.c - EARS C1, C2, C3.  See series.h.  C3's bound depends on today's
 * count, as the peer's: it is no line that could be drawn in advance. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/series.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

enum { GAP = 2 /* values between baseline and today, C2 and C3 */ };

double alarm_above(double y, double limit)
{
    return isnan(y) || isnan(limit) ? NAN : y > limit;
}

size_t ears_lag(const struct ears_control *c)
{
    size_t lag = (size_t)c->baseline;
    if (c->method != EARS_C1) lag += GAP;
    if (c->method == EARS_C3) lag += 2;
    return lag;
}

/* Mean and deviation of the n values that end before `end`. */
static void moments(const double *y, size_t end, size_t n, double min_sigma,
                    double *mean, double *sigma)
{
    double sum = 0, squares = 0;
    for (size_t i = end - n; i < end; i++) sum += y[i];
    *mean = sum / (double)n;
    for (size_t i = end - n; i < end; i++)
        squares += (y[i] - *mean) * (y[i] - *mean);
    double s = sqrt(squares / (double)(n - 1));
    *sigma = isnan(s) ? s : fmax(s, min_sigma);
}

/* Standardised count of one day by the C2 baseline. */
static double c2(const struct series *s, size_t t,
                 const struct ears_control *c)
{
    double mean, sigma;
    moments(s->y, t - GAP, (size_t)c->baseline, c->min_sigma, &mean, &sigma);
    return (s->y[t] - mean) / sigma;
}

/* R's max(): a NaN stays. */
static double at_least_zero(double x)
{
    return isnan(x) ? x : fmax(0, x);
}

void ears_run(const struct series *s, struct span r,
              const struct ears_control *c, double *upperbound,
              double *alarm)
{
    assert(c->baseline >= 2);
    double z = qnorm(c->alpha, 0, 1, 0, 0), mean, sigma;
    for (size_t i = 0; i < r.n; i++) {
        size_t t = r.t[i];
        moments(s->y, c->method == EARS_C1 ? t : t - GAP,
                (size_t)c->baseline, c->min_sigma, &mean, &sigma);
        double u = mean + z * sigma;
        if (c->method == EARS_C3) {
            double past = at_least_zero(c2(s, t - 1, c) - 1)
                          + at_least_zero(c2(s, t - 2, c) - 1);
            u = at_least_zero(s->y[t] + sigma * (z - past));
        }
        upperbound[i] = isfinite(u) ? u : NAN;
        alarm[i] = alarm_above(s->y[t], upperbound[i]);
    }
}
