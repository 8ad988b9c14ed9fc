/* farrington.c - Farrington 1996 and Farrington Flexible.  See series.h.
 *
 * For one time k: rows (which weeks of the past, in which season block) ─►
 * model (arrow.c, outliers reweighted, trend kept or not) ─► threshold.
 * The faults of the peer that are kept unless `textbook`: after reweighting
 * the dispersion behind standard errors uses the outlier weights alone; mu0
 * of delta; score of the negative binomial thresholds (README of the
 * reference files, a to c). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/glm.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "base/day.h"

const char *const threshold_methods[] = {"delta", "nbPlugin", "muan", NULL};
const char *const powers[] = {"2/3", "1/2", "none", NULL};

enum { YEARS_MAX = 20, WEEKS_A_YEAR = 52, NOBODY = -1 };

struct rows {
    struct arrow fit;         /* its n, y, x, level, offset, weight, mu, w */
    double *y, *x, *offset, *weight;
    int *level;               /* of rows */
    int *level_of;            /* of times 0..k; NOBODY none */
    double x_now, offset_now; /* at k */
    double most;              /* largest count of the rows */
    double phi;               /* dispersion, at least 1 */
    double error_scale;       /* of standard errors */
};

/* --- rows ------------------------------------------------------------- */

static int64_t years_earlier(int64_t day, int years)
{
    struct civil c = day_civil((struct day){day});
    c.year -= years;
    if (!day_exists(c.year, c.month, c.day)) {
        c.month = 3; /* 29 February */
        c.day = 1;
    }
    return day_of(c.year, c.month, c.day).n;
}

static bool epoch_find(const struct series *s, int64_t day, int64_t *at)
{
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->epoch[mid] < day)
            low = mid + 1;
        else
            high = mid;
    }
    *at = (int64_t)low;
    return low < s->n && s->epoch[low] == day;
}

/* The same time so many years before k; false if it is not in the series. */
static bool reference_point(const struct series *s, size_t k, int years,
                            bool by_date, int64_t *at)
{
    if (!by_date) {
        *at = (int64_t)k - (int64_t)years * s->freq;
        return *at >= 0;
    }
    int64_t day = years_earlier(s->epoch[k], years);
    if (s->freq == WEEKS_A_YEAR) {
        int64_t ahead = ((s->epoch[k] - day) % 7 + 7) % 7;
        day += ahead <= 3 ? ahead : ahead - 7;
    }
    return epoch_find(s, day, at);
}

static void mark(int *level_of, int64_t from, int64_t to, int64_t k,
                 int level)
{
    for (int64_t t = from > 0 ? from : 0; t <= to && t <= k; t++)
        level_of[t] = level;
}

/* The weeks between two windows, in p - 1 blocks, the first ones longer. */
static void mark_between(int *level_of, int64_t from, int64_t to, int blocks)
{
    int64_t gap = to - from + 1;
    for (int g = 0; g < blocks && gap > 0; g++) {
        int64_t weeks = gap / blocks + (g < gap % blocks);
        mark(level_of, from, from + weeks - 1, to, g);
        from += weeks;
    }
}

static enum rc rows_mark(const struct series *s, size_t k,
                         const struct farrington_control *c, int *level_of,
                         struct fault *f)
{
    int64_t now = (int64_t)k, later = now, w = c->halfwidth;
    bool by_date = c->flexible && s->epoch;
    for (int64_t t = 0; t <= now; t++) level_of[t] = NOBODY;
    if (c->flexible) mark(level_of, now - w, now, now, c->periods - 1);
    for (int i = 1; i <= c->years; i++) {
        int64_t at;
        bool there = reference_point(s, k, i, by_date, &at);
        if (c->flexible && (!there || at - w < 0))
            return fault_set(f, INVALID, "range",
                             "an earlier year is not in the series");
        mark(level_of, at - w, at + w, now, c->periods - 1);
        if (c->periods > 1)
            mark_between(level_of, at + w + 1, later - w - 1,
                         c->periods - 1);
        later = at;
    }
    int64_t excluded = c->flexible ? c->excluded : 0;
    mark(level_of, now - excluded, now, now, NOBODY);
    return OK;
}

static double time_of(const struct series *s, const struct farrington_control
                      *c, size_t t)
{
    if (!c->flexible || !s->epoch) return (double)t + 1;
    return (double)(s->epoch[t] - s->epoch[0])
           / (double)(s->epoch[1] - s->epoch[0]);
}

static void rows_gather(struct rows *r, const struct series *s, size_t k,
                        const struct farrington_control *c)
{
    size_t n = 0;
    r->most = 0;
    for (size_t t = 0; t <= k; t++) {
        if (r->level_of[t] == NOBODY || isnan(s->y[t])) continue;
        r->y[n] = s->y[t];
        r->x[n] = time_of(s, c, t);
        r->level[n] = r->level_of[t];
        r->offset[n] = c->population_offset ? log(s->population[t]) : 0;
        if (r->y[n] > r->most) r->most = r->y[n];
        n++;
    }
    r->x_now = time_of(s, c, k);
    r->offset_now = c->population_offset ? log(s->population[k]) : 0;
    r->fit.n = n;
    r->fit.levels = c->periods;
}

/* --- model ------------------------------------------------------------ */

/* sum of w r^2 / degrees of freedom, r the working residuals */
static double dispersion(const struct arrow *m, const double *w)
{
    double sum = 0;
    for (size_t i = 0; i < m->n; i++) {
        double r = (m->y[i] - m->mu[i]) / m->mu[i];
        sum += w[i] * r * r;
    }
    return sum / ((double)m->n - m->parameters);
}

/* What lies far above is counted less: Anscombe residuals over a limit. */
static void reweight(struct rows *r, double threshold)
{
    struct arrow *m = &r->fit;
    double sum = 0;
    for (size_t i = 0; i < m->n; i++) {
        double mu = m->mu[i], y = m->y[i];
        double h = m->w[i] * arrow_leverage(m, m->level[i], m->x[i]);
        double s = 1.5 * (cbrt(y) * cbrt(y) / sqrt(cbrt(mu)) - sqrt(mu))
                   / sqrt(r->phi * (1 - h));
        r->weight[i] = s > threshold ? 1 / (s * s) : 1;
        sum += r->weight[i];
    }
    for (size_t i = 0; i < m->n; i++) r->weight[i] *= (double)m->n / sum;
}

static double at_least_one(double phi)
{
    return phi > 1 ? phi : 1;
}

static bool model_fit(struct rows *r, const struct farrington_control *c,
                      bool sloped)
{
    struct arrow *m = &r->fit;
    m->weight = NULL;
    m->sloped = sloped;
    if (!arrow_fit(m)) {
        m->sloped = false;
        if (!sloped || !arrow_fit(m)) return false;
    }
    double plain = dispersion(m, m->w);
    r->phi = at_least_one(plain);
    r->error_scale = c->flexible && !c->textbook ? plain : r->phi;
    if (!c->reweight) return true;
    reweight(r, c->weights_threshold);
    m->weight = r->weight;
    (void)arrow_fit(m); /* the peer takes it, converged or not */
    double weighted = dispersion(m, m->w);
    r->phi = at_least_one(weighted);
    r->error_scale = c->flexible && !c->textbook
                         ? dispersion(m, r->weight) : r->phi;
    return isfinite(arrow_predict(m, c->periods - 1, r->x_now));
}

/* Three years, a slope that is not chance, no extrapolation. */
static bool trend_stands(const struct rows *r,
                         const struct farrington_control *c)
{
    const struct arrow *m = &r->fit;
    if (!m->sloped || !(m->sxx > 0) || c->years < 3) return false;
    double scale = r->error_scale;
    if (!c->flexible) scale = dispersion(m, m->w);
    double t = m->slope / sqrt(scale * arrow_slope_variance(m));
    double p = 2 * pt(-fabs(t), (double)m->n - m->parameters, 1, 0);
    double now = exp(arrow_predict(m, c->periods - 1, r->x_now)
                     + r->offset_now);
    return p < c->trend_p && now <= r->most;
}

static bool model_choose(struct rows *r, const struct farrington_control *c)
{
    bool ok = model_fit(r, c, c->trend);
    if (ok && r->fit.sloped && !trend_stands(r, c))
        ok = model_fit(r, c, false);
    return ok;
}

/* --- threshold -------------------------------------------------------- */

struct judged { double upperbound, expected, mu0, pvalue, score; };

/* Normal on a scale where the variance is level. */
static struct judged by_delta(const struct farrington_control *c, double y,
                              double mu, double se, double phi, double z)
{
    double q = 1, tau = phi + se * se / mu, sd = sqrt(mu * tau);
    if (c->power == POWER_TWO_THIRDS) {
        q = 2.0 / 3;
        sd = sqrt(4.0 / 9 * cbrt(mu) * tau);
    } else if (c->power == POWER_HALF) {
        q = 0.5;
        sd = sqrt(tau / 4);
    }
    struct judged j = {.expected = mu};
    double level = pow(mu, q);
    j.upperbound = pow(level + z * sd, 1 / q);
    j.pvalue = pnorm((pow(y, q) - level) / sd, 0, 1, 0, 0);
    j.score = (y - mu) / (j.upperbound - mu);
    j.mu0 = c->textbook ? mu : exp(mu + z * se);
    return j;
}

static struct judged by_negbin(const struct farrington_control *c, double y,
                               double eta, double se_eta, double phi)
{
    struct judged j = {.expected = exp(eta)};
    double z = qnorm(c->alpha, 0, 1, 0, 0), prob = 1 / phi;
    j.mu0 = c->method == THRESHOLD_MUAN ? exp(eta + z * se_eta) : exp(eta);
    if (phi > 1) {
        double size = j.mu0 / (phi - 1);
        j.upperbound = qnbinom(1 - c->alpha, size, prob, 1, 0);
        j.pvalue = pnbinom(y - 1, size, prob, 0, 0);
    } else {
        j.upperbound = qpois(1 - c->alpha, j.mu0, 1, 0);
        j.pvalue = ppois(y - 1, j.mu0, 0, 0);
    }
    double from = c->textbook ? j.expected : eta;
    j.score = (y - from) / (j.upperbound - from);
    return j;
}

static struct judged judge(const struct rows *r,
                           const struct farrington_control *c, double y)
{
    const struct arrow *m = &r->fit;
    int level = c->periods - 1;
    double eta = arrow_predict(m, level, r->x_now) + r->offset_now;
    double se_eta = sqrt(r->error_scale
                         * arrow_leverage(m, level, r->x_now));
    if (c->flexible && c->method != THRESHOLD_DELTA)
        return by_negbin(c, y, eta, se_eta, r->phi);
    double mu = exp(eta);
    double alpha = c->flexible ? c->alpha : c->alpha / 2;
    return by_delta(c, y, mu, mu * se_eta, r->phi,
                    qnorm(alpha, 0, 1, 0, 0));
}

/* Too few cases of late are no outbreak. */
static bool enough(const struct series *s, size_t k,
                   const struct farrington_control *c)
{
    double sum = 0;
    for (int i = 0; i < c->limit_weeks && (size_t)i <= k; i++)
        if (!isnan(s->y[k - (size_t)i])) sum += s->y[k - (size_t)i];
    return sum >= c->limit_cases;
}

static double finite_or_none(double x)
{
    return isfinite(x) ? x : NAN;
}

static void result_none(struct farrington_result *out, size_t i)
{
    out->upperbound[i] = out->alarm[i] = out->expected[i] = NAN;
    out->mu0[i] = out->phi[i] = out->pvalue[i] = out->score[i] = NAN;
    out->trend[i] = out->trend_coef[i] = NAN;
}

static void result_set(struct farrington_result *out, size_t i,
                       const struct rows *r, struct judged j, double y,
                       bool is_enough)
{
    const struct arrow *m = &r->fit;
    out->upperbound[i] = finite_or_none(j.upperbound);
    out->expected[i] = finite_or_none(j.expected);
    out->mu0[i] = finite_or_none(j.mu0);
    out->phi[i] = finite_or_none(r->phi);
    out->pvalue[i] = finite_or_none(j.pvalue);
    out->score[i] = finite_or_none(j.score);
    out->trend[i] = m->sloped;
    out->trend_coef[i] = m->sloped ? m->slope : NAN;
    out->alarm[i] = isnan(j.score) ? NAN : j.score > 1 && y != 0;
    if (is_enough) return;
    out->upperbound[i] = out->expected[i] = NAN;
    if (!isnan(out->alarm[i])) out->alarm[i] = 0;
}

static void rows_init(struct rows *r, size_t n, struct arena *a)
{
    r->y = ARENA_ARRAY(a, n, double);
    r->x = ARENA_ARRAY(a, n, double);
    r->offset = ARENA_ARRAY(a, n, double);
    r->weight = ARENA_ARRAY(a, n, double);
    r->level = ARENA_ARRAY(a, n, int);
    r->level_of = ARENA_ARRAY(a, n, int);
    r->fit = (struct arrow){.y = r->y, .x = r->x, .level = r->level,
                            .offset = r->offset,
                            .mu = ARENA_ARRAY(a, n, double),
                            .w = ARENA_ARRAY(a, n, double)};
}

enum rc farrington_run(const struct series *s, struct span r,
                       const struct farrington_control *c,
                       struct farrington_result *out, struct arena *a,
                       struct fault *f)
{
    assert(c->periods >= 1 && c->periods <= LEVELS_MAX);
    assert(c->years >= 1 && c->years <= YEARS_MAX);
    struct rows rows;
    rows_init(&rows, s->n, a);
    for (size_t i = 0; i < r.n; i++) {
        size_t k = r.t[i];
        enum rc rc = rows_mark(s, k, c, rows.level_of, f);
        if (rc) return rc;
        rows_gather(&rows, s, k, c);
        if (!model_choose(&rows, c)) {
            result_none(out, i);
            continue;
        }
        bool is_enough = enough(s, k, c);
        result_set(out, i, &rows, judge(&rows, c, s->y[k]), s->y[k],
                   is_enough);
        if (!c->flexible && !c->textbook && !is_enough)
            out->upperbound[i] = 0; /* the peer's way of saying so */
    }
    return OK;
}
