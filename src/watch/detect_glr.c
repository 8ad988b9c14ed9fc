/* detect_glr.c - requests for likelihood ratio charts.  See detect.h.
 * The mean in control is given (control.mu0: a number, or one per time of
 * the range) or fitted to the counts before the range (control.mu0: {"S",
 * "trend", "refit"}, by default one harmonic). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "watch/detect_request.h"
#include "watch/glm.h"

#define PARAMETER_MAX 1e9
enum { NEGBIN_RANGE_MAX = 1000 }; /* its work grows with the cube */

struct chart {
    struct glr_control c;
    struct season_model model;
    bool fitted, refit;
    bool spread_unknown;      /* overdispersion is to be estimated */
    double *mu;
};

static void mu_given(struct request *q, const json_t *v, struct chart *g)
{
    size_t n;
    double *list = NULL;
    if (json_is_array(v)) {
        list = numbers_read(q, v, "control.mu0", q->r.n, q->r.n, &n);
        if (!list) return;
    }
    for (size_t i = 0; i < q->r.n; i++) {
        g->mu[i] = list ? list[i] : json_number_value(v);
        if (!(g->mu[i] > 0 && g->mu[i] <= PARAMETER_MAX))
            request_fail(q, "control.mu0", "means above 0 are needed");
    }
}

static void model_read(struct request *q, const json_t *v, struct chart *g)
{
    const json_t *s = json_object_get(v, "S");
    json_int_t harmonics = s ? json_integer_value(s) : 1;
    if ((v && !json_is_object(v)) || harmonics < 0
        || harmonics > HARMONICS_MAX || (s && !json_is_integer(s))) {
        request_fail(q, "control.mu0", "a number, a list, or S (0 to 6),"
                     " trend and refit are needed");
        return;
    }
    g->fitted = true;
    g->refit = json_is_true(json_object_get(v, "refit"));
    g->model = (struct season_model){
        .harmonics = (int)harmonics,
        .trend = json_is_true(json_object_get(v, "trend")),
        .freq = q->s.freq,
        .first_period = q->s.first_period,
    };
}

/* Fit to the counts before time t; means of the range from place i on. */
static void model_fit(struct request *q, struct chart *g, size_t t, size_t i)
{
    bool ok = g->spread_unknown
                  ? season_fit_negbin(&g->model, q->s.y, t)
                  : season_fit(&g->model, q->s.y, t);
    if (!ok) request_fail(q, "control.mu0", "the model has no fit");
    if (g->spread_unknown) g->c.overdispersion = g->model.overdispersion;
    for (; i < q->r.n && !q->rc; i++) {
        g->mu[i] = season_mean(&g->model, q->r.t[i]);
        if (!(g->mu[i] > 1e-9 && g->mu[i] <= PARAMETER_MAX))
            request_fail(q, "control.mu0", "the mean in control must be"
                         " above 0");
    }
}

static void chart_run(struct request *q, struct chart *g, double *value,
                      double *alarm)
{
    size_t from = 0;
    while (from < q->r.n && !q->rc) {
        struct span rest = {q->r.t + from, q->r.n - from};
        glr_run(&q->s, rest, &g->c, g->mu + from, value + from, alarm + from,
                q->a);
        if (!g->refit) return;
        while (from < q->r.n && alarm[from] != 1) from++;
        if (++from < q->r.n) model_fit(q, g, q->r.t[from], from);
    }
}

static void glr(struct request *q, struct buf *out, bool known, bool negbin)
{
    struct chart g = {.c.c = control_number(q, "c.ARL", 5, 1e-9, 1e6)};
    if (known || negbin)
        g.c.theta = control_number(q, "theta", known ? log(2) : 0, 0, 20);
    if (known && g.c.theta == 0)
        request_fail(q, "control.theta", "a rise above 0 is needed");
    if (negbin) {
        g.c.overdispersion = control_number(q, "alpha", -1, 0, 1000);
        g.spread_unknown = g.c.overdispersion < 0;
    }
    const json_t *mu0 = control_get(q, "mu0");
    bool given = json_is_number(mu0) || json_is_array(mu0);
    if (!given) model_read(q, mu0, &g);
    if (g.spread_unknown && given)
        request_fail(q, "control.alpha", "the overdispersion is needed where"
                     " mu0 is given");
    int least = 2 * g.model.harmonics + 3;
    request_range(q, given ? 0 : (size_t)least);
    if (negbin && g.c.theta == 0 && q->r.n > NEGBIN_RANGE_MAX)
        request_fail(q, "range", "at most 1000 times are judged at once");
    if (q->rc) return;
    g.model.overdispersion = g.spread_unknown ? 0 : g.c.overdispersion;
    g.mu = list_new(q);
    if (given)
        mu_given(q, mu0, &g);
    else
        model_fit(q, &g, q->r.t[0], 0);
    if (!request_ok(q)) return;
    double *value = list_new(q), *alarm = list_new(q);
    chart_run(q, &g, value, alarm);
    if (q->rc) return;
    answer_list(q, out, "value", value, q->r.n);
    answer_list(q, out, "alarm", alarm, q->r.n);
    if (!given) answer_list(q, out, "mu0", g.mu, q->r.n);
    if (g.spread_unknown)
        answer_one(q, out, "alpha", g.c.overdispersion);
}

void detect_lr_poisson(struct request *q, struct buf *out)
{
    glr(q, out, true, false);
}

void detect_glr_poisson(struct request *q, struct buf *out)
{
    glr(q, out, false, false);
}

void detect_glr_nb(struct request *q, struct buf *out)
{
    glr(q, out, false, true);
}
