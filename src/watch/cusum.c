/* cusum.c - CUSUM of transformed counts and EWMA.  See series.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/series.h"

#include <math.h>

const char *const cusum_transforms[] = {
    "standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", NULL,
};

/* Count to standard deviations, about. */
static double transformed(double y, double m, const struct cusum_control *c)
{
    double two_thirds = cbrt(y) * cbrt(y), m_two_thirds = cbrt(m) * cbrt(m);
    double a = c->overdispersion, m_sixth = sqrt(cbrt(m));
    switch (c->transform) {
    case CUSUM_STANDARD:
        return (y - m) / sqrt(m);
    case CUSUM_ROSSI:
        return (y - 3 * m + 2 * sqrt(y * m)) / (2 * sqrt(m));
    case CUSUM_ANSCOMBE:
        return 1.5 * (two_thirds - m_two_thirds) / m_sixth;
    case CUSUM_ANSCOMBE2ND:
        return (two_thirds - m_two_thirds + 1 / (9 * cbrt(m)))
               / (2.0 / 3 * m_sixth);
    case CUSUM_PEARSON_NEGBIN:
        return (y - m) / sqrt(m + a * m * m);
    }
    assert(false);
    return NAN;
}

/* The count from which the next step alarms; room = h + k - S. */
static double bound(double room, double m, const struct cusum_control *c)
{
    double a = c->overdispersion, m_two_thirds = cbrt(m) * cbrt(m);
    double reach = 2.0 / 3 * sqrt(cbrt(m)) * room + m_two_thirds;
    switch (c->transform) {
    case CUSUM_STANDARD:
        return ceil(sqrt(m) * room + m);
    case CUSUM_ROSSI:
        return 2 * sqrt(m) * room + 5 * m
               - 2 * sqrt(4 * m * m + 2 * m * sqrt(m) * room);
    case CUSUM_ANSCOMBE:
        return pow(fmax(0, reach), 1.5);
    case CUSUM_ANSCOMBE2ND:
        /* the peer's slip: m^(1/3) where the values have m^(-1/3) */
        reach -= c->textbook ? 1 / (9 * cbrt(m)) : cbrt(m) / 9;
        return pow(fmax(0, reach), 1.5);
    case CUSUM_PEARSON_NEGBIN:
        return sqrt(m + a * m * m) * room + m;
    }
    assert(false);
    return NAN;
}

void cusum_run(const struct series *s, struct span r,
               const struct cusum_control *c, const double *m,
               double *upperbound, double *cusum, double *alarm)
{
    double sum = 0;
    for (size_t i = 0; i < r.n; i++) {
        assert(m[i] > 0);
        double y = s->y[r.t[i]], u = bound(c->h + c->k - sum, m[i], c);
        upperbound[i] = u > 0 ? u : 0;
        /* A missing count is no step: the sum waits. */
        if (isnan(y)) {
            cusum[i] = alarm[i] = NAN;
            continue;
        }
        sum = fmax(0, sum + transformed(y, m[i], c) - c->k);
        cusum[i] = sum;
        alarm[i] = sum >= c->h;
    }
}

void ewma_run(const struct series *s, struct span r,
              const struct ewma_control *c, double m, double *upperbound,
              double *value, double *alarm)
{
    double z = m, fade = 1, rest = 1 - c->lambda;
    for (size_t i = 0; i < r.n; i++) {
        double y = s->y[r.t[i]];
        if (isnan(y)) {
            upperbound[i] = value[i] = alarm[i] = NAN;
            continue;
        }
        z = c->lambda * y + rest * z;
        fade *= rest * rest;
        double variance = m * c->lambda / (2 - c->lambda) * (1 - fade);
        upperbound[i] = m + c->limit * sqrt(variance);
        value[i] = z;
        alarm[i] = alarm_above(z, upperbound[i]);
    }
}
