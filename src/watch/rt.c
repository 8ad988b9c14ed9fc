/* rt.c - the reproduction number by Cori and by Wallinga and Teunis.  See
 * rt.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/rt.h"

#include <math.h>

#include "base/random.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>

const double rt_probabilities[RT_QUANTILES] = {0.025, 0.05, 0.25, 0.5,
                                               0.75,  0.95, 0.975};

static const struct rt_estimate no_estimate = {
    NAN, NAN, {NAN, NAN, NAN, NAN, NAN, NAN, NAN}};

/* --- the serial interval ---------------------------------------------- */

static double cdf(double x, double shape, double scale)
{
    return x > 0 ? pgamma(x, shape, scale, 1, 0) : 0;
}

void rt_interval_gamma(double mean, double sd, double *w, size_t n)
{
    assert(mean > 1 && sd > 0);
    double a = (mean - 1) / sd * ((mean - 1) / sd);
    double b = sd * sd / (mean - 1);
    /* G of k-2, k-1, k and the same with shape a + 1 */
    double g0 = 0, g1 = 0, h0 = 0, h1 = 0;
    for (size_t i = 0; i < n; i++) {
        double k = (double)i;
        double g2 = cdf(k, a, b), h2 = cdf(k, a + 1, b);
        double share = k * g2 + (k - 2) * g0 - 2 * (k - 1) * g1
                       + a * b * (2 * h1 - h0 - h2);
        w[i] = i && share > 0 ? share : 0;
        g0 = g1;
        g1 = g2;
        h0 = h1;
        h1 = h2;
    }
}

double rt_interval_mean(struct rt_interval si)
{
    double mean = 0;
    for (size_t k = 0; k < si.n; k++) mean += (double)k * si.w[k];
    return mean;
}

/* Shares that no double notices are not worth a loop over all days. */
static size_t reach(struct rt_interval si)
{
    size_t n = si.n;
    while (n && !(si.w[n - 1] > 1e-16)) n--;
    return n;
}

static double cases_on(const struct rt_cases *c, size_t t)
{
    return c->local[t] + (c->imported ? c->imported[t] : 0);
}

/* out[t] = Lambda of day t */
static void pressures(const struct rt_cases *c, struct rt_interval si,
                      double *out)
{
    size_t n = reach(si);
    for (size_t t = 0; t < c->n; t++) {
        out[t] = 0;
        for (size_t s = 1; s < n && s <= t; s++)
            out[t] += si.w[s] * cases_on(c, t - s);
    }
}

/* out[t] = sum of Lambda over days 0..t, so that a window is a difference. */
static void pressure_sums(const struct rt_cases *c, struct rt_interval si,
                          double *out)
{
    pressures(c, si, out);
    for (size_t t = 1; t < c->n; t++) out[t] += out[t - 1];
}

static void check(const struct rt_cases *c, const struct rt_window *window,
                  size_t windows)
{
    for (size_t i = 0; i < windows; i++)
        assert(window[i].start >= 1 && window[i].start <= window[i].end
               && window[i].end < c->n);
}

/* --- Cori ------------------------------------------------------------- */

static double local_in(const struct rt_cases *c, struct rt_window w)
{
    double sum = 0;
    for (size_t t = w.start; t <= w.end; t++) sum += c->local[t];
    return sum;
}

static double posterior_shape(struct rt_prior prior, double cases)
{
    return prior.mean / prior.sd * (prior.mean / prior.sd) + cases;
}

static double posterior_scale(struct rt_prior prior, double pressure)
{
    return 1 / (prior.mean / (prior.sd * prior.sd) + pressure);
}

/* Days are counted from 1 in the rule: a window must end after the mean. */
static bool window_too_early(struct rt_window w, double mean_interval)
{
    return (double)(w.end + 1) <= mean_interval;
}

void rt_cori(const struct rt_cases *c, struct rt_interval si,
             struct rt_prior prior, const struct rt_window *window,
             size_t windows, struct rt_estimate *out, struct arena *a)
{
    check(c, window, windows);
    double *sum = ARENA_ARRAY(a, c->n + 1, double);
    pressure_sums(c, si, sum);
    double mean_interval = rt_interval_mean(si);
    for (size_t i = 0; i < windows; i++) {
        struct rt_window w = window[i];
        out[i] = no_estimate;
        if (window_too_early(w, mean_interval)) continue;
        double shape = posterior_shape(prior, local_in(c, w));
        double scale =
            posterior_scale(prior, sum[w.end] - sum[w.start - 1]);
        out[i].mean = shape * scale;
        out[i].sd = sqrt(shape) * scale;
        for (int k = 0; k < RT_QUANTILES; k++)
            out[i].q[k] = qgamma(rt_probabilities[k], shape, scale, 1, 0);
    }
}

/* --- Cori with an uncertain interval ---------------------------------- */

static bool range_holds(struct rt_range r, double above)
{
    /* below 1 % inside, rejection would draw for too long */
    return r.sd >= 0 && r.least > above && r.least <= r.mean
           && r.mean <= r.most
           && (r.sd == 0
               || pnorm5(r.most, r.mean, r.sd, 1, 0)
                      - pnorm5(r.least, r.mean, r.sd, 1, 0) > 0.01);
}

bool rt_uncertain_holds(const struct rt_uncertain *u)
{
    return u->draws >= 1 && u->draws <= RT_DRAWS_MAX
           && range_holds(u->mean, 1) && range_holds(u->sd, 0);
}

static double draw(struct random *random, struct rt_range r)
{
    double x;
    do x = r.mean + r.sd * random_normal(random);
    while (x < r.least || x > r.most);
    return x;
}

/* Gammas of one shape, mixed in equal parts. */
struct mixture { double shape; const double *scale; size_t n; };

static double mixture_cdf(const struct mixture *m, double x)
{
    double sum = 0;
    for (size_t i = 0; i < m->n; i++)
        sum += pgamma(x, m->shape, m->scale[i], 1, 0);
    return sum / (double)m->n;
}

/* Root by the Illinois form of false position: the quantile lies between
 * those of the least and the largest scale. */
static double mixture_quantile(const struct mixture *m, double p, double least,
                               double most)
{
    double unit = qgamma(p, m->shape, 1, 1, 0);
    double low = unit * least, high = unit * most;
    double below = mixture_cdf(m, low) - p, above = mixture_cdf(m, high) - p;
    int side = 0;
    for (int step = 0; step < 200; step++) {
        if (high - low <= 1e-11 * high || !(above > below)) break;
        double x = (low * above - high * below) / (above - below);
        double f = mixture_cdf(m, x) - p;
        if (fabs(f) < 1e-14) return x;
        if (f < 0) {
            low = x;
            below = f;
            if (side < 0) above /= 2;
            side = -1;
        } else {
            high = x;
            above = f;
            if (side > 0) below /= 2;
            side = 1;
        }
    }
    return (low + high) / 2;
}

static struct rt_estimate mixture_estimate(const struct mixture *m)
{
    struct rt_estimate e;
    double sum = 0, squares = 0, least = INFINITY, most = 0;
    for (size_t i = 0; i < m->n; i++) {
        sum += m->scale[i];
        least = fmin(least, m->scale[i]);
        most = fmax(most, m->scale[i]);
    }
    double n = (double)m->n, mean = sum / n;
    for (size_t i = 0; i < m->n; i++)
        squares += (m->scale[i] - mean) * (m->scale[i] - mean);
    /* within the parts, and between their means */
    double within = m->shape * (squares / n + mean * mean);
    double between = m->shape * m->shape * squares / n;
    e.mean = m->shape * mean;
    e.sd = sqrt(within + between);
    for (int k = 0; k < RT_QUANTILES; k++)
        e.q[k] = mixture_quantile(m, rt_probabilities[k], least, most);
    return e;
}

void rt_cori_uncertain(const struct rt_cases *c, const struct rt_uncertain *u,
                       struct rt_prior prior, const struct rt_window *window,
                       size_t windows, struct rt_estimate *out,
                       struct arena *a)
{
    check(c, window, windows);
    assert(rt_uncertain_holds(u));
    size_t draws = (size_t)u->draws;
    struct random random;
    random_seed(&random, u->seed, "rt");
    double *w = ARENA_ARRAY(a, c->n + 1, double);
    double *sum = ARENA_ARRAY(a, c->n + 1, double);
    double *scale = ARENA_ARRAY(a, windows * draws + 1, double);
    for (size_t k = 0; k < draws; k++) {
        double mean = draw(&random, u->mean), sd = draw(&random, u->sd);
        rt_interval_gamma(mean, sd, w, c->n);
        pressure_sums(c, (struct rt_interval){w, c->n}, sum);
        for (size_t i = 0; i < windows; i++)
            scale[i * draws + k] = posterior_scale(
                prior, sum[window[i].end] - sum[window[i].start - 1]);
    }
    for (size_t i = 0; i < windows; i++) {
        out[i] = no_estimate;
        if (window_too_early(window[i], u->mean.mean)) continue;
        struct mixture m = {posterior_shape(prior, local_in(c, window[i])),
                            scale + i * draws, draws};
        out[i] = mixture_estimate(&m);
    }
}

/* --- Wallinga and Teunis ---------------------------------------------- */

/* One day's infectees, each infected by the window with chance p. */
struct binomial { double n, p; };

/* Distribution of the sum of whole binomials, exactly: at[k] = P(k). */
static size_t convolve(const struct binomial *b, size_t days, double *at)
{
    size_t n = 0;
    at[0] = 1;
    for (size_t t = 0; t < days; t++) {
        double p = b[t].p, q = 1 - p;
        for (double i = 0; i < b[t].n; i++) {
            at[n + 1] = at[n] * p;
            for (size_t k = n; k > 0; k--)
                at[k] = at[k] * q + at[k - 1] * p;
            at[0] *= q;
            n++;
        }
    }
    return n;
}

static double exact_quantile(const double *at, size_t n, double p)
{
    double sum = 0;
    size_t k = 0;
    while (k < n && (sum += at[k]) < p - 1e-12) k++;
    return (double)k;
}

/* Mean, sd and quantiles of the sum, as multiples of 1/cases. */
static struct rt_estimate offspring(const struct binomial *b, size_t days,
                                    double cases, double *at)
{
    double mean = 0, variance = 0, third = 0, people = 0;
    for (size_t t = 0; t < days; t++) {
        double v = b[t].n * b[t].p * (1 - b[t].p);
        mean += b[t].n * b[t].p;
        variance += v;
        third += v * (1 - 2 * b[t].p);
        people += b[t].n;
    }
    struct rt_estimate e = {.mean = mean / cases,
                            .sd = sqrt(variance) / cases};
    bool exact = people <= RT_EXACT_MAX;
    size_t n = exact ? convolve(b, days, at) : 0;
    double skew = variance > 0 ? third / (variance * sqrt(variance)) : 0;
    for (int k = 0; k < RT_QUANTILES; k++) {
        double p = rt_probabilities[k], z = qnorm5(p, 0, 1, 1, 0);
        double x = exact ? exact_quantile(at, n, p)
                         : mean + sqrt(variance)
                                      * (z + (z * z - 1) * skew / 6);
        e.q[k] = fmax(x, 0) / cases;
    }
    return e;
}

void rt_wallinga_teunis(const struct rt_cases *c, struct rt_interval si,
                        const struct rt_window *window, size_t windows,
                        struct rt_estimate *out, struct arena *a)
{
    check(c, window, windows);
    size_t n = reach(si);
    double *all = ARENA_ARRAY(a, c->n + 1, double);
    double *at = ARENA_ARRAY(a, RT_EXACT_MAX + 2, double);
    struct binomial *b = ARENA_ARRAY(a, c->n + 1, struct binomial);
    pressures(c, si, all);
    for (size_t i = 0; i < windows; i++) {
        struct rt_window w = window[i];
        double cases = 0;
        size_t days = 0;
        for (size_t s = w.start; s <= w.end; s++) cases += cases_on(c, s);
        for (size_t t = w.start + 1; t < c->n && t < w.end + n; t++) {
            double own = 0;
            for (size_t s = w.start; s <= w.end && s < t; s++)
                if (t - s < n) own += si.w[t - s] * cases_on(c, s);
            if (own > 0) /* no more than all, but for rounding */
                b[days++] = (struct binomial){cases_on(c, t),
                                              fmin(own / all[t], 1)};
        }
        out[i] = cases > 0 ? offspring(b, days, cases, at) : no_estimate;
    }
}
