/* outbreakp.c - outbreakP: is the mean rising, whatever its shape?
 * See series.h.
 *
 * The isotonic fit is kept as blocks of equal mean (pool adjacent
 * violators), so a step costs O(1) on average; the statistic is a sum of
 * logarithms over blocks, which cannot overflow. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/series.h"

#include <math.h>

struct block { double sum, n, log_likelihood; };

static double part(double sum, double n)
{
    return sum > 0 ? sum * log(sum / n) : 0; /* 0/0 counts 1 */
}

void outbreakp_run(const struct series *s, struct span r, double k,
                   double *statistic, double *alarm, struct arena *a)
{
    double *log_at = ARENA_ARRAY(a, s->n, double);
    struct block *blocks = ARENA_ARRAY(a, s->n, struct block);
    size_t n = 0;
    double total = 0, values = 0, fit = 0;
    for (size_t t = 0; t < s->n; t++) {
        if (!isnan(s->y[t])) {
            struct block b = {s->y[t], 1, 0};
            while (n && blocks[n - 1].sum * b.n >= b.sum * blocks[n - 1].n) {
                struct block *last = &blocks[--n];
                b.sum += last->sum;
                b.n += last->n;
                fit -= last->log_likelihood;
            }
            b.log_likelihood = part(b.sum, b.n);
            fit += b.log_likelihood;
            blocks[n++] = b;
            total += s->y[t];
            values++;
        }
        log_at[t] = values > 0 ? fit - part(total, values) : 0;
    }
    for (size_t i = 0; i < r.n; i++) {
        double at = log_at[r.t[i]];
        statistic[i] = exp(at);
        alarm[i] = at > log(k);
    }
}
