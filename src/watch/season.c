/* season.c - harmonic log-linear models.  See glm.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/glm.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

enum { STEPS_MAX = 25 };

static int terms_of(const struct season_model *m, size_t t,
                    double x[SEASON_TERMS])
{
    int k = 0;
    double time = m->first_period + (double)t;
    x[k++] = 1;
    if (m->trend) x[k++] = time / m->freq; /* years: near the others' size */
    for (int s = 1; s <= m->harmonics; s++) {
        x[k++] = cos(2 * M_PI * s * time / m->freq);
        x[k++] = sin(2 * M_PI * s * time / m->freq);
    }
    return k;
}

double season_mean(const struct season_model *m, size_t t)
{
    double x[SEASON_TERMS], eta = 0;
    int k = terms_of(m, t, x);
    for (int i = 0; i < k; i++) eta += m->coef[i] * x[i];
    return exp(eta);
}

/* Solve the k x k system by Cholesky; b becomes the solution. */
static bool solve(double m[SEASON_TERMS][SEASON_TERMS], double *b, int k)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j <= i; j++) {
            double sum = m[i][j];
            for (int l = 0; l < j; l++) sum -= m[i][l] * m[j][l];
            if (i > j) {
                m[i][j] = sum / m[j][j];
                continue;
            }
            if (!(sum > 0)) return false;
            m[i][i] = sqrt(sum);
        }
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < i; j++) b[i] -= m[i][j] * b[j];
        b[i] /= m[i][i];
    }
    for (int i = k; i-- > 0;) {
        for (int j = i + 1; j < k; j++) b[i] -= m[j][i] * b[j];
        b[i] /= m[i][i];
    }
    return true;
}

static double deviance(double y, double mu, double a)
{
    double own = y > 0 ? y * log(y / mu) : 0;
    if (a == 0) return 2 * (own - (y - mu));
    return 2 * (own - (y + 1 / a) * log((1 + a * y) / (1 + a * mu)));
}

/* One weighted least squares step from the means in mu. */
static bool improve(struct season_model *m, const double *y, size_t n,
                    bool first)
{
    double square[SEASON_TERMS][SEASON_TERMS] = {{0}};
    double right[SEASON_TERMS] = {0}, x[SEASON_TERMS];
    int k = 0;
    for (size_t t = 0; t < n; t++) {
        k = terms_of(m, t, x);
        if (isnan(y[t])) continue;
        double mu = season_mean(m, t);
        if (first) mu = y[t] + 0.1;
        double w = mu / (1 + m->overdispersion * mu);
        double z = log(mu) + (y[t] - mu) / mu;
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) square[i][j] += w * x[i] * x[j];
            right[i] += w * z * x[i];
        }
    }
    if (n == 0 || !solve(square, right, k)) return false;
    memcpy(m->coef, right, sizeof right);
    return true;
}

static bool fit_from(struct season_model *m, const double *y, size_t n,
                     bool first)
{
    double before = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(y[t]))
            before += deviance(y[t], first ? y[t] + 0.1 : season_mean(m, t),
                               m->overdispersion);
    for (int step = 0; step < STEPS_MAX; step++) {
        if (!improve(m, y, n, first && step == 0)) return false;
        double dev = 0;
        for (size_t t = 0; t < n; t++)
            if (!isnan(y[t]))
                dev += deviance(y[t], season_mean(m, t), m->overdispersion);
        if (!isfinite(dev)) return false;
        if (fabs(dev - before) / (fabs(dev) + 0.1) < 1e-8) return true;
        before = dev;
    }
    return false;
}

bool season_fit(struct season_model *m, const double *y, size_t n)
{
    assert(m->harmonics >= 0 && m->harmonics <= HARMONICS_MAX);
    memset(m->coef, 0, sizeof m->coef);
    return fit_from(m, y, n, true);
}

/* Score and information of the size 1/a, as MASS's theta.ml. */
static double likely_size(const struct season_model *m, const double *y,
                          size_t n)
{
    double rows = 0, spread = 0;
    for (size_t t = 0; t < n; t++) {
        if (isnan(y[t])) continue;
        rows++;
        spread += pow(y[t] / season_mean(m, t) - 1, 2);
    }
    double size = rows / spread;
    for (int step = 0; step < 50; step++) {
        double score = 0, information = 0;
        size = fabs(size);
        for (size_t t = 0; t < n; t++) {
            if (isnan(y[t])) continue;
            double mu = season_mean(m, t), all = size + y[t];
            score += digamma(all) - digamma(size) + log(size) + 1
                     - log(size + mu) - all / (mu + size);
            information += -trigamma(all) + trigamma(size) - 1 / size
                           + 2 / (mu + size)
                           - all / ((mu + size) * (mu + size));
        }
        double move = score / information;
        size += move;
        if (!(fabs(move) > 1e-10 * fabs(size))) break;
    }
    return size;
}

bool season_fit_negbin(struct season_model *m, const double *y, size_t n)
{
    m->overdispersion = 0;
    if (!season_fit(m, y, n)) return false;
    for (int turn = 0; turn < STEPS_MAX; turn++) {
        double a = 1 / likely_size(m, y, n), before = m->overdispersion;
        /* No more spread than Poisson: the likelihood has no maximum. */
        if (!(a > 1e-6)) {
            m->overdispersion = 0;
            return season_fit(m, y, n);
        }
        m->overdispersion = a;
        if (!fit_from(m, y, n, false)) return false;
        if (fabs(a - before) < 1e-9 * a) break;
    }
    return true;
}
