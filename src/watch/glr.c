/* glr.c - likelihood ratio charts for counts.  See series.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/series.h"

#include <math.h>

/* Log likelihood ratio of one count for a rise of the log mean by theta. */
static double ratio(double y, double mu, double theta, double a)
{
    if (a == 0) return theta * y + (1 - exp(theta)) * mu;
    double shrink = log((1 + a * mu) / (1 + a * mu * exp(theta)));
    return y * (theta + shrink) + shrink / a;
}

static double sum_of_ratios(const double *y, const double *mu, size_t n,
                            double theta, double a)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(y[i])) sum += ratio(y[i], mu[i], theta, a);
    return sum;
}

/* Slope and curvature of sum_of_ratios in theta; the slope falls. */
static double slope(const double *y, const double *mu, size_t n, double theta,
                    double a, double *curvature)
{
    double sum = 0, up = exp(theta);
    *curvature = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i])) continue;
        double d = 1 + a * mu[i] * up;
        sum += (y[i] - mu[i] * up) / d;
        *curvature -= mu[i] * up * (1 + a * y[i]) / (d * d);
    }
    return sum;
}

/* The most likely rise where the slope at 0 is positive: Newton's steps,
 * halving where one leaves the bracket. */
static double likely_rise(const double *y, const double *mu, size_t n,
                          double a)
{
    double low = 0, high = 1, curvature;
    while (slope(y, mu, n, high, a, &curvature) > 0 && high < 64) high *= 2;
    double theta = (low + high) / 2;
    for (int i = 0; i < 100; i++) {
        double at = slope(y, mu, n, theta, a, &curvature);
        *(at > 0 ? &low : &high) = theta;
        double next = theta - at / curvature;
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (fabs(next - theta) < 1e-13) return next;
        theta = next;
    }
    return theta;
}

/* Maximum over the first time of the rise; times 0..n-1 are since the last
 * alarm. */
static double glr(const double *y, const double *mu, size_t n, double a)
{
    double best = 0, cases = 0, expected = 0, slope_at_0 = 0;
    for (size_t j = n; j-- > 0;) {
        if (!isnan(y[j])) {
            cases += y[j];
            expected += mu[j];
            slope_at_0 += (y[j] - mu[j]) / (1 + a * mu[j]);
        }
        double value = 0;
        if (a > 0 && slope_at_0 > 0) {
            double theta = likely_rise(y + j, mu + j, n - j, a);
            value = sum_of_ratios(y + j, mu + j, n - j, theta, a);
        } else if (a == 0 && cases > expected) {
            value = cases * log(cases / expected) + expected - cases;
        }
        if (value > best) best = value;
    }
    return best;
}

void glr_run(const struct series *s, struct span r,
             const struct glr_control *c, const double *mu, double *value,
             double *alarm, struct arena *a)
{
    double *y = ARENA_ARRAY(a, r.n, double), sum = 0;
    size_t since = 0;
    for (size_t i = 0; i < r.n; i++) {
        y[i] = s->y[r.t[i]];
        if (isnan(y[i])) {
            value[i] = alarm[i] = NAN;
            continue;
        }
        if (c->theta > 0) {
            sum = fmax(0, sum + ratio(y[i], mu[i], c->theta,
                                      c->overdispersion));
            value[i] = sum;
            alarm[i] = sum > c->c;
        } else {
            value[i] = glr(y + since, mu + since, i - since + 1,
                           c->overdispersion);
            alarm[i] = value[i] >= c->c;
        }
        if (alarm[i] == 1) {
            since = i + 1;
            sum = 0;
        }
    }
}
