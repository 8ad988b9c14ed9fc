/* arrow.c - levels and one slope, without a matrix.  See glm.h.
 *
 * Within a level all is as in simple regression: with W the level's weight
 * and x, z centred by the level's weighted means, the slope is
 * sum w x z / sum w x^2 over all levels, and a level is mean z - slope *
 * mean x. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/glm.h"

#include <math.h>

enum { STEPS_MAX = 25 };

static double prior(const struct arrow *m, size_t i)
{
    return m->weight ? m->weight[i] : 1;
}

static double offset(const struct arrow *m, size_t i)
{
    return m->offset ? m->offset[i] : 0;
}

static double deviance(const struct arrow *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->n; i++) {
        double y = m->y[i], mu = m->mu[i];
        double own = y > 0 ? y * log(y / mu) : 0;
        sum += 2 * prior(m, i) * (own - (y - mu));
    }
    return sum;
}

static double working(const struct arrow *m, size_t i)
{
    double mu = m->mu[i];
    return log(mu) - offset(m, i) + (m->y[i] - mu) / mu;
}

/* Weights, means of x and z by level (z into m->at). */
static void centre(struct arrow *m)
{
    for (int g = 0; g < m->levels; g++)
        m->w_sum[g] = m->x_mean[g] = m->at[g] = 0;
    for (size_t i = 0; i < m->n; i++) {
        int g = m->level[i];
        m->w[i] = prior(m, i) * m->mu[i];
        m->w_sum[g] += m->w[i];
        m->x_mean[g] += m->w[i] * m->x[i];
        m->at[g] += m->w[i] * working(m, i);
    }
    m->parameters = 0;
    for (int g = 0; g < m->levels; g++) {
        m->x_mean[g] /= m->w_sum[g];
        m->at[g] /= m->w_sum[g]; /* NaN for a level without rows */
        if (m->w_sum[g] > 0) m->parameters++;
    }
}

static void improve(struct arrow *m)
{
    centre(m);
    double sxz = 0, spread = 0;
    m->sxx = 0;
    m->slope = 0;
    for (size_t i = 0; i < m->n && m->sloped; i++) {
        int g = m->level[i];
        double x = m->x[i] - m->x_mean[g];
        m->sxx += m->w[i] * x * x;
        spread += m->w[i] * m->x[i] * m->x[i];
        sxz += m->w[i] * x * (working(m, i) - m->at[g]);
    }
    /* x constant within every level: the slope is not there (R: NA) */
    if (m->sxx > 1e-12 * spread) {
        m->slope = sxz / m->sxx;
        m->parameters++;
    } else {
        m->sxx = 0;
    }
    for (int g = 0; g < m->levels; g++)
        m->at[g] -= m->slope * m->x_mean[g];
    for (size_t i = 0; i < m->n; i++)
        m->mu[i] = exp(m->at[m->level[i]] + m->slope * m->x[i]
                       + offset(m, i));
}

bool arrow_fit(struct arrow *m)
{
    assert(m->levels > 0 && m->levels <= LEVELS_MAX);
    if (m->n == 0) return false;
    for (size_t i = 0; i < m->n; i++) m->mu[i] = m->y[i] + 0.1;
    double before = deviance(m);
    for (int step = 0; step < STEPS_MAX; step++) {
        improve(m);
        double dev = deviance(m);
        if (!isfinite(dev)) return false;
        if (fabs(dev - before) / (fabs(dev) + 0.1) < 1e-8) return true;
        before = dev;
    }
    return false;
}

double arrow_predict(const struct arrow *m, int level, double x)
{
    return m->at[level] + m->slope * x;
}

double arrow_leverage(const struct arrow *m, int level, double x)
{
    double away = x - m->x_mean[level], h = 1 / m->w_sum[level];
    return m->sxx > 0 ? h + away * away / m->sxx : h;
}

double arrow_slope_variance(const struct arrow *m)
{
    return m->sxx > 0 ? 1 / m->sxx : NAN;
}
