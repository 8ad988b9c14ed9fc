/* detect_json.c - one request object to one answer object.  See detect.h.
 * Each method reads its controls, runs the pure function, writes arrays. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/detect.h"
#include "watch/rt.h"

#include <math.h>

#include "base/shape.h"
#include "watch/detect_request.h"
#include "watch/glm.h"

#define ALPHA_LEAST 1e-12
#define PARAMETER_MAX 1e9

static void answer_bound(struct request *q, struct buf *out,
                         const double *upperbound, const double *alarm)
{
    answer_list(q, out, "upperbound", upperbound, q->r.n);
    answer_list(q, out, "alarm", alarm, q->r.n);
}

/* --- methods ---------------------------------------------------------- */

static void ears(struct request *q, struct buf *out, enum ears_method method)
{
    static const char *const words[] = {"C1", "C2", "C3", NULL};
    struct ears_control c = {.method = method};
    if (control_word(q, "method", (int)method - 1, words) != (int)method - 1)
        request_fail(q, "control.method", "it differs from the method");
    c.alpha = control_number(q, "alpha", method == EARS_C3 ? 0.025 : 0.001,
                             ALPHA_LEAST, 0.5);
    c.baseline = control_int(q, "baseline", 7, 2, DETECT_OBSERVED_MAX);
    c.min_sigma = control_number(q, "minSigma", 0, 0, PARAMETER_MAX);
    request_range(q, ears_lag(&c));
    if (!request_ok(q)) return;
    double *upper = list_new(q), *alarm = list_new(q);
    ears_run(&q->s, q->r, &c, upper, alarm);
    answer_bound(q, out, upper, alarm);
}

static void ears_c1(struct request *q, struct buf *out)
{
    ears(q, out, EARS_C1);
}

static void ears_c2(struct request *q, struct buf *out)
{
    ears(q, out, EARS_C2);
}

static void ears_c3(struct request *q, struct buf *out)
{
    ears(q, out, EARS_C3);
}

static struct base_control base_control(struct request *q)
{
    struct base_control c = {
        .years = control_int(q, "b", 2, 0, 100),
        .halfwidth = control_int(q, "w", 4, 0, 1000),
        .current = control_bool(q, "actY", false),
    };
    if (c.years == 0 && (!c.current || c.halfwidth == 0))
        request_fail(q, "control.b", "there are no base values");
    request_range(q, base_lag(&c, q->s.freq));
    return c;
}

static void rki(struct request *q, struct buf *out)
{
    struct base_control c = base_control(q);
    if (!request_ok(q)) return;
    double *upper = list_new(q), *alarm = list_new(q);
    rki_run(&q->s, q->r, &c, upper, alarm);
    answer_bound(q, out, upper, alarm);
}

static void bayes(struct request *q, struct buf *out)
{
    struct base_control c = base_control(q);
    c.alpha = control_number(q, "alpha", 0.05, ALPHA_LEAST, 0.5);
    if (!request_ok(q)) return;
    double *upper = list_new(q), *alarm = list_new(q);
    bayes_run(&q->s, q->r, &c, upper, alarm);
    answer_bound(q, out, upper, alarm);
}

static void cdc(struct request *q, struct buf *out)
{
    struct cdc_control c = {
        .years = control_int(q, "b", 5, 1, 100),
        .months = control_int(q, "m", 1, 0, 6),
        .alpha = control_number(q, "alpha", 0.001, ALPHA_LEAST, 0.5),
    };
    if (c.years * (2 * c.months + 1) < 2)
        request_fail(q, "control.b", "two base values are needed");
    request_range(q, cdc_lag(&c));
    if (!request_ok(q)) return;
    double *upper = list_new(q), *alarm = list_new(q);
    cdc_run(&q->s, q->r, &c, upper, alarm);
    answer_bound(q, out, upper, alarm);
}

/* Mean of the counts before the first evaluated time. */
static double mean_before(const struct request *q)
{
    double sum = 0, n = 0;
    for (size_t t = 0; t < q->r.t[0]; t++) {
        if (isnan(q->s.y[t])) continue;
        sum += q->s.y[t];
        n++;
    }
    return sum / n;
}

/* control.m: a number, "glm", or the mean (default). true: one per time. */
static bool in_control(struct request *q, double *m)
{
    static const char *const words[] = {
        "mean_of_observations_before_range", "mean", "glm", NULL};
    const json_t *given = control_get(q, "m");
    double number = json_number_value(given);
    bool glm = false;
    if (given && !json_is_number(given)) {
        q->asked_n--;
        glm = control_word(q, "m", 0, words) == 2;
    }
    request_range(q, json_is_number(given) ? 0 : 2);
    if (q->rc) return glm;
    struct season_model model = {.harmonics = 1, .freq = q->s.freq,
                                 .first_period = q->s.first_period};
    if (glm && !season_fit(&model, q->s.y, q->r.t[0]))
        request_fail(q, "control.m", "the model of the season has no fit");
    if (!json_is_number(given)) number = mean_before(q);
    for (size_t i = 0; i < q->r.n && !q->rc; i++) {
        m[i] = glm ? season_mean(&model, q->r.t[i]) : number;
        if (!(m[i] > 1e-9 && m[i] <= PARAMETER_MAX))
            request_fail(q, "control.m", "the mean in control must be above"
                         " 0");
    }
    return glm;
}

static void answer_in_control(struct request *q, struct buf *out,
                              const double *m, bool many)
{
    if (many) {
        answer_list(q, out, "m", m, q->r.n);
        return;
    }
    answer_one(q, out, "m", m[0]);
}

static void cusum(struct request *q, struct buf *out)
{
    struct cusum_control c = {
        .k = control_number(q, "k", 1.04, 0, PARAMETER_MAX),
        .h = control_number(q, "h", 2.26, 1e-9, PARAMETER_MAX),
        .transform = (enum cusum_transform)control_word(
            q, "trans", CUSUM_STANDARD, cusum_transforms),
        .overdispersion = control_number(q, "alpha", 0.1, 0, 1000),
        .textbook = q->textbook,
    };
    double *m = ARENA_ARRAY(q->a, q->s.n, double);
    bool many = in_control(q, m);
    if (!request_ok(q)) return;
    double *upper = list_new(q), *sum = list_new(q), *alarm = list_new(q);
    cusum_run(&q->s, q->r, &c, m, upper, sum, alarm);
    answer_bound(q, out, upper, alarm);
    answer_list(q, out, "cusum", sum, q->r.n);
    answer_in_control(q, out, m, many);
}

static void ewma(struct request *q, struct buf *out)
{
    struct ewma_control c = {
        .lambda = control_number(q, "lambda", 0.2, 0.001, 1),
        .limit = control_number(q, "L", 3, 0.001, 100),
    };
    double *m = ARENA_ARRAY(q->a, q->s.n, double);
    if (in_control(q, m))
        request_fail(q, "control.m", "ewma has one mean in control");
    if (!request_ok(q)) return;
    double *upper = list_new(q), *value = list_new(q), *alarm = list_new(q);
    ewma_run(&q->s, q->r, &c, m[0], upper, value, alarm);
    answer_bound(q, out, upper, alarm);
    answer_list(q, out, "value", value, q->r.n);
    answer_in_control(q, out, m, false);
}

static void outbreak_p(struct request *q, struct buf *out)
{
    static const char *const words[] = {"value", NULL};
    double k = control_number(q, "k", 100, 1e-9, 1e300);
    (void)control_word(q, "ret", 0, words);
    request_range(q, 0);
    if (!request_ok(q)) return;
    double *upper = list_new(q), *alarm = list_new(q);
    outbreakp_run(&q->s, q->r, k, upper, alarm, q->a);
    answer_bound(q, out, upper, alarm);
}

static void limit54_read(struct request *q, struct farrington_control *c)
{
    const json_t *v = control_get(q, "limit54");
    c->limit_cases = 5;
    c->limit_weeks = 4;
    if (!v) return;
    size_t n;
    const double *pair = numbers_read(q, v, "control.limit54", 2, 2, &n);
    if (!pair) return;
    if (!(pair[0] <= 1e6 && pair[1] >= 1 && pair[1] <= 1000)) {
        request_fail(q, "control.limit54", "cases and weeks are needed");
        return;
    }
    c->limit_cases = (int)pair[0];
    c->limit_weeks = (int)pair[1];
}

static struct farrington_control farrington_control(struct request *q,
                                                    bool flexible)
{
    struct farrington_control c = {
        .flexible = flexible,
        .years = control_int(q, "b", flexible ? 5 : 3, 1, 20),
        .halfwidth = control_int(q, "w", 3, 0, 26),
        .periods = 1,
        .reweight = control_bool(q, "reweight", true),
        .weights_threshold = 1,
        .alpha = control_number(q, "alpha", 0.05, ALPHA_LEAST, 0.5),
        .trend = control_bool(q, "trend", true),
        .trend_p = 0.05,
        .power = (enum power)control_word(q, "powertrans", POWER_TWO_THIRDS,
                                          powers),
        .textbook = q->textbook,
    };
    limit54_read(q, &c);
    if (!flexible) return c;
    c.periods = control_int(q, "noPeriods", 1, 1, LEVELS_MAX);
    c.excluded = control_int(q, "pastWeeksNotIncluded", c.halfwidth, 0, 400);
    c.weights_threshold = control_number(q, "weightsThreshold", 2.58, 0, 100);
    c.trend_p = control_number(q, "pThresholdTrend", 0.05, 0, 1);
    c.method = (enum threshold_method)control_word(
        q, "thresholdMethod", THRESHOLD_DELTA, threshold_methods);
    c.population_offset = control_bool(q, "populationOffset", false);
    if (c.population_offset && !q->s.population)
        request_fail(q, "population", "the offset needs it");
    for (size_t i = 0; c.population_offset && !q->rc && i < q->s.n; i++)
        if (!(q->s.population[i] > 0))
            request_fail(q, "population", "it must be above 0");
    return c;
}

static void farrington(struct request *q, struct buf *out, bool flexible)
{
    struct farrington_control c = farrington_control(q, flexible);
    /* With dates an earlier year is looked for; else it is b years back. */
    size_t lag = (size_t)(c.years * q->s.freq);
    if (flexible) lag += (size_t)c.halfwidth;
    /* by date a year may have a period more */
    if (q->s.epoch && !json_object_get(q->root, "range"))
        lag += (size_t)c.years / 4 + 1;
    request_range(q, lag);
    if (!request_ok(q)) return;
    struct farrington_result f = {
        list_new(q), list_new(q), list_new(q), list_new(q), list_new(q),
        list_new(q), list_new(q), list_new(q), list_new(q),
    };
    q->rc = farrington_run(&q->s, q->r, &c, &f, q->a, &q->fault);
    if (q->rc) return;
    answer_bound(q, out, f.upperbound, f.alarm);
    if (flexible) {
        answer_list(q, out, "expected", f.expected, q->r.n);
        answer_list(q, out, "mu0", f.mu0, q->r.n);
        answer_list(q, out, "phi", f.phi, q->r.n);
        answer_list(q, out, "pvalue", f.pvalue, q->r.n);
        answer_list(q, out, "score", f.score, q->r.n);
    }
    answer_list(q, out, "trend", f.trend, q->r.n);
    if (flexible) answer_list(q, out, "trend_coef", f.trend_coef, q->r.n);
}

static void farrington_1996(struct request *q, struct buf *out)
{
    farrington(q, out, false);
}

static void farrington_flexible(struct request *q, struct buf *out)
{
    farrington(q, out, true);
}

static void back_projection(struct request *q, struct buf *out)
{
    struct backprojection_control c = {
        .k = control_int(q, "k", 2, 0, 100),
        .eps = control_number(q, "eps", 1e-5, 1e-12, 1),
        .iter_max = control_int(q, "iter_max", 250, 1, 100000),
    };
    if (c.k % 2) request_fail(q, "control.k", "an even number is needed");
    size_t n;
    const double *f =
        numbers_read(q, json_object_get(q->root, "incubation_pmf"),
                     "incubation_pmf", 1, 1000, &n);
    double sum = 0;
    for (size_t i = 0; f && i < n; i++) sum += f[i];
    if (f && !(sum > 0 && sum < 1 + 1e-6))
        request_fail(q, "incubation_pmf", "it must add up to 1");
    for (size_t t = 0; t < q->s.n; t++)
        if (isnan(q->s.y[t]))
            request_fail(q, "observed", "this method needs every count");
    if (!request_ok(q)) return;
    double *lambda = ARENA_ARRAY(q->a, q->s.n, double);
    (void)backprojection_run(&q->s, f, n, &c, lambda, q->a);
    answer_list(q, out, "lambda", lambda, q->s.n);
}

/* --- the table -------------------------------------------------------- */

static const struct method {
    const char *name;
    void (*run)(struct request *q, struct buf *out);
} methods[] = {
    {"ears-c1", ears_c1},
    {"ears-c2", ears_c2},
    {"ears-c3", ears_c3},
    {"cusum", cusum},
    {"ewma", ewma},
    {"rki", rki},
    {"bayes", bayes},
    {"cdc", cdc},
    {"farrington", farrington_1996},
    {"farrington-flexible", farrington_flexible},
    {"lr-poisson", detect_lr_poisson},
    {"glr-poisson", detect_glr_poisson},
    {"glr-nb", detect_glr_nb},
    {"outbreak-p", outbreak_p},
    {"back-projection", back_projection},
};

const char *detect_method(size_t i)
{
    return i < COUNT_OF(methods) ? methods[i].name : NULL;
}

static const struct method *method_find(struct request *q)
{
    const char *name = json_string_value(json_object_get(q->root, "method"));
    for (size_t i = 0; name && i < COUNT_OF(methods); i++)
        if (strcmp(methods[i].name, name) == 0) return &methods[i];
    request_fail(q, "method", "this method is not known");
    return NULL;
}

static void answer_error(const struct fault *f, struct buf *out)
{
    buf_puts(out, "{\"error\":");
    buf_json(out, f->detail);
    buf_puts(out, ",\"field\":");
    buf_json(out, f->field);
    buf_putc(out, '}');
}

enum rc detect_json(const char *line, size_t n, struct arena *a,
                    struct buf *out)
{
    struct request q = {.a = a};
    json_t *root = NULL;
    if (n <= DETECT_LINE_MAX)
        root = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    q.root = root;
    size_t start = out->len;
    /* Requests about R stand among the others (SURFACES). */
    const char *method = json_string_value(json_object_get(root, "method"));
    if (method && (strcmp(method, "cori") == 0 ||
                   strcmp(method, "wallinga-teunis") == 0)) {
        json_decref(root);
        return rt_json(line, n, a, out);
    }
    if (!json_is_object(root)) {
        request_fail(&q, "", "one JSON object is needed");
        q.fault.malformed = true;
    }
    const struct method *m = q.rc ? NULL : method_find(&q);
    if (m) request_read(&q);
    buf_putc(out, '{');
    if (!q.rc) m->run(&q, out);
    buf_putc(out, '}');
    if (q.rc && buf_ok(out)) {
        out->len = start;
        out->at[start] = '\0';
        answer_error(&q.fault, out);
    }
    json_decref(root);
    return !buf_ok(out) ? FAILED : q.rc;
}
