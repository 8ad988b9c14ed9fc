/* base_values.c - RKI, Bayes and CDC/Stroup: today against the same season
 * of earlier years.  See series.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/series.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* Upper 95 % limits of a Poisson mean, 0..20 (Crow & Gardner 1959). */
static const double crow_gardner[] = {
    3.285,  5.323,  6.686,  8.102,  9.598,  11.177, 12.817,
    13.765, 14.921, 16.768, 17.633, 19.050, 20.335, 21.364,
    22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
};

size_t base_lag(const struct base_control *c, int freq)
{
    int lag = c->years * freq + (c->years ? c->halfwidth : 0);
    return (size_t)(lag > c->halfwidth ? lag : c->halfwidth);
}

struct sums { double n, sum, squares; };

static void sums_add(struct sums *b, double y)
{
    if (isnan(y)) return;
    b->n++;
    b->sum += y;
    b->squares += y * y;
}

static struct sums base_of(const struct series *s, size_t t,
                           const struct base_control *c)
{
    struct sums b = {0, 0, 0};
    size_t w = (size_t)c->halfwidth;
    if (c->current)
        for (size_t i = t - w; i < t; i++) sums_add(&b, s->y[i]);
    for (int year = 1; year <= c->years; year++) {
        size_t mid = t - (size_t)year * (size_t)s->freq;
        for (size_t i = mid - w; i <= mid + w; i++) sums_add(&b, s->y[i]);
    }
    return b;
}

void rki_run(const struct series *s, struct span r,
             const struct base_control *c, double *upperbound, double *alarm)
{
    for (size_t i = 0; i < r.n; i++) {
        struct sums b = base_of(s, r.t[i], c);
        double mean = b.sum / b.n, u = NAN;
        double sd = sqrt(fmax(0, b.squares - b.n * mean * mean)
                         / (b.n - 1));
        if (mean > 20)
            u = mean + 2 * sd;
        else if (!isnan(mean))
            u = crow_gardner[(size_t)floor(mean)];
        upperbound[i] = isfinite(u) ? u : NAN;
        alarm[i] = alarm_above(s->y[r.t[i]], upperbound[i]);
    }
}

void bayes_run(const struct series *s, struct span r,
               const struct base_control *c, double *upperbound,
               double *alarm)
{
    for (size_t i = 0; i < r.n; i++) {
        struct sums b = base_of(s, r.t[i], c);
        upperbound[i] = b.n == 0 ? NAN
                        : qnbinom(1 - c->alpha, b.sum + 0.5,
                                  b.n / (b.n + 1), 1, 0);
        alarm[i] = alarm_above(s->y[r.t[i]], upperbound[i]);
    }
}

enum { WEEKS = 52, MONTH = 4 };

size_t cdc_lag(const struct cdc_control *c)
{
    return (size_t)(WEEKS * c->years + MONTH * c->months + MONTH - 1);
}

static double month_ending(const double *y, size_t t)
{
    return y[t] + y[t - 1] + y[t - 2] + y[t - 3];
}

void cdc_run(const struct series *s, struct span r,
             const struct cdc_control *c, double *upperbound, double *alarm)
{
    double z = qnorm(c->alpha / 2, 0, 1, 0, 0);
    for (size_t i = 0; i < r.n; i++) {
        size_t t = r.t[i];
        double n = c->years * (2 * c->months + 1), sum = 0, squares = 0;
        for (int pass = 0; pass < 2; pass++)
            for (int year = 1; year <= c->years; year++)
                for (int q = -c->months; q <= c->months; q++) {
                    int64_t end = (int64_t)t - WEEKS * year + MONTH * q;
                    double month = month_ending(s->y, (size_t)end);
                    if (pass == 0)
                        sum += month;
                    else
                        squares += (month - sum / n) * (month - sum / n);
                }
        double sd = sqrt(squares / (n - 1));
        double u = sum / n + z * sd * sqrt(1 + 1 / n);
        upperbound[i] = isfinite(u) ? u : NAN;
        alarm[i] = alarm_above(month_ending(s->y, t), upperbound[i]);
    }
}
