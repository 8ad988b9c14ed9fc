/* rt_json.c - one request object about R to one answer object.  See rt.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/shape.h"
#include "watch/detect_request.h"
#include "watch/rt.h"

#define CONTROL_MAX 1e6

struct rt_request {
    struct request *q;
    struct rt_cases c;
    struct rt_interval si;
    struct rt_prior prior;
    struct rt_uncertain uncertain;
    bool is_uncertain;
    struct rt_window *window;
    size_t windows;
};

/* The reference files repeat what they are and what comes out. */
static void members_check(struct request *q)
{
    static const char *const known[] = {
        "method", "incidence", "si_distr", "control",
        "algorithm", "peer", "dataset", "note", "tolerance",
    };
    json_t *root = (json_t *)(uintptr_t)q->root;
    for (void *it = json_object_iter(root); it;
         it = json_object_iter_next(root, it)) {
        const char *key = json_object_iter_key(it);
        bool found = false;
        for (size_t i = 0; i < COUNT_OF(known); i++)
            found |= strcmp(known[i], key) == 0;
        if (!found) request_fail(q, key, "this member is not known");
    }
}

static double *cases_read(struct request *q, const json_t *list,
                          const char *field, size_t *n)
{
    double *x = numbers_read(q, list, field, 2, RT_DAYS_MAX, n);
    for (size_t i = 0; x && i < *n; i++)
        if (isnan(x[i])) request_fail(q, field, "every day needs a number");
    return x;
}

static void incidence_read(struct rt_request *r)
{
    struct request *q = r->q;
    const json_t *given = json_object_get(q->root, "incidence");
    if (!json_is_object(given)) {
        r->c.local = cases_read(q, given, "incidence", &r->c.n);
        return;
    }
    size_t n;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)given, key, value)
        if (strcmp(key, "local") != 0 && strcmp(key, "imported") != 0)
            request_fail(q, "incidence", "only local and imported are known");
    r->c.local = cases_read(q, json_object_get(given, "local"),
                            "incidence.local", &r->c.n);
    r->c.imported = cases_read(q, json_object_get(given, "imported"),
                               "incidence.imported", &n);
    if (r->c.local && r->c.imported && n != r->c.n)
        request_fail(q, "incidence.imported", "local and imported must have"
                     " the same days");
}

/* mean_si comes first: with it, si_distr is a result in the references. */
static void interval_read(struct rt_request *r)
{
    struct request *q = r->q;
    const json_t *given = control_get(q, "si_distr");
    double mean = control_number(q, "mean_si", NAN, 1, 1000);
    double sd = control_number(q, "std_si", NAN, 0, 1000);
    if (q->rc) return;
    if (!isnan(mean) || !isnan(sd)) {
        if (isnan(mean) || isnan(sd) || mean <= 1 || sd <= 0) {
            request_fail(q, "control.mean_si", "a mean above 1 and std_si"
                         " above 0 are needed");
            return;
        }
        double *w = ARENA_ARRAY(q->a, r->c.n + 1, double);
        rt_interval_gamma(mean, sd, w, r->c.n + 1);
        r->si = (struct rt_interval){w, r->c.n + 1};
        r->uncertain.mean.mean = mean;
        r->uncertain.sd.mean = sd;
        return;
    }
    if (!given) given = json_object_get(q->root, "si_distr");
    r->si.w = numbers_read(q, given, "si_distr", 2, RT_DAYS_MAX, &r->si.n);
    double sum = 0;
    for (size_t k = 0; r->si.w && k < r->si.n; k++) sum += r->si.w[k];
    /* not so for NaN */
    if (r->si.w && !(r->si.w[0] == 0 && fabs(sum - 1) <= 0.01))
        request_fail(q, "si_distr", "it must begin with 0 and add up to 1");
}

static void uncertain_read(struct rt_request *r)
{
    struct request *q = r->q;
    struct rt_range *mean = &r->uncertain.mean, *sd = &r->uncertain.sd;
    mean->sd = control_number(q, "std_mean_si", NAN, 0, CONTROL_MAX);
    sd->sd = control_number(q, "std_std_si", NAN, 0, CONTROL_MAX);
    mean->least = control_number(q, "min_mean_si", NAN, 0, CONTROL_MAX);
    mean->most = control_number(q, "max_mean_si", NAN, 0, CONTROL_MAX);
    sd->least = control_number(q, "min_std_si", NAN, 0, CONTROL_MAX);
    sd->most = control_number(q, "max_std_si", NAN, 0, CONTROL_MAX);
    r->uncertain.draws = control_int(q, "n1", 500, 1, RT_DRAWS_MAX);
    r->uncertain.seed =
        (uint64_t)control_int(q, "seed", 1, 0, INT32_MAX);
    r->is_uncertain = !isnan(mean->sd);
    if (!r->is_uncertain || q->rc) return;
    if (!rt_uncertain_holds(&r->uncertain))
        request_fail(q, "control.std_mean_si", "mean_si, std_mean_si,"
                     " min_mean_si, max_mean_si and the same of std_si are"
                     " needed, with min_mean_si above 1");
}

/* t_start and t_end, from 1; by default weeks [t, t+6] from day 2. */
static void windows_read(struct rt_request *r)
{
    struct request *q = r->q;
    const json_t *start = control_get(q, "t_start");
    const json_t *end = control_get(q, "t_end");
    if (q->rc) return;
    size_t n = start ? json_array_size(start) : r->c.n > 7 ? r->c.n - 7 : 0;
    if ((start == NULL) != (end == NULL)
        || (start && (n > RT_DAYS_MAX || json_array_size(end) != n)))
        request_fail(q, "control.t_start", "t_start and t_end must be two"
                     " lists of one length");
    else if (n == 0)
        request_fail(q, "control.t_start", "there is no window");
    r->window = ARENA_ARRAY(q->a, n + 1, struct rt_window);
    r->windows = n;
    for (size_t i = 0; i < n && !q->rc; i++) {
        json_int_t s = (json_int_t)i + 2, e = s + 6;
        if (start) {
            s = json_integer_value(json_array_get(start, i));
            e = json_integer_value(json_array_get(end, i));
        }
        if (s < 2 || e < s || e > (json_int_t)r->c.n)
            request_fail(q, "control.t_start", "a window must lie within"
                         " day 2 and the last day");
        else
            r->window[i] = (struct rt_window){(size_t)s - 1, (size_t)e - 1};
    }
}

static void answer(struct rt_request *r, struct buf *out,
                   const struct rt_estimate *e)
{
    static const char *const names[RT_QUANTILES] = {
        "q025", "q05", "q25", "median", "q75", "q95", "q975"};
    double *x = ARENA_ARRAY(r->q->a, r->windows, double);
    size_t n = r->windows;
    for (size_t i = 0; i < n; i++) x[i] = (double)r->window[i].start + 1;
    answer_list(r->q, out, "t_start", x, n);
    for (size_t i = 0; i < n; i++) x[i] = (double)r->window[i].end + 1;
    answer_list(r->q, out, "t_end", x, n);
    for (size_t i = 0; i < n; i++) x[i] = e[i].mean;
    answer_list(r->q, out, "mean", x, n);
    for (size_t i = 0; i < n; i++) x[i] = e[i].sd;
    answer_list(r->q, out, "std", x, n);
    for (size_t k = 0; k < RT_QUANTILES; k++) {
        for (size_t i = 0; i < n; i++) x[i] = e[i].q[k];
        answer_list(r->q, out, names[k], x, n);
    }
}

static void wallinga_teunis(struct rt_request *r, struct buf *out)
{
    for (size_t t = 0; t < r->c.n && !r->q->rc; t++)
        if (r->c.local[t] != floor(r->c.local[t])
            || (r->c.imported && r->c.imported[t] != floor(r->c.imported[t])))
            request_fail(r->q, "incidence", "this method needs whole cases");
    if (!request_ok(r->q)) return;
    struct rt_estimate *e =
        ARENA_ARRAY(r->q->a, r->windows, struct rt_estimate);
    rt_wallinga_teunis(&r->c, r->si, r->window, r->windows, e, r->q->a);
    answer(r, out, e);
}

static void cori(struct rt_request *r, struct buf *out)
{
    struct request *q = r->q;
    r->prior.mean = control_number(q, "mean_prior", 5, 1e-6, CONTROL_MAX);
    r->prior.sd = control_number(q, "std_prior", 5, 1e-6, CONTROL_MAX);
    uncertain_read(r);
    if (r->is_uncertain
        && (double)r->windows * r->uncertain.draws > 2e6)
        request_fail(q, "control.n1", "that many draws and windows are too"
                     " many");
    if (!request_ok(q)) return;
    struct rt_estimate *e = ARENA_ARRAY(q->a, r->windows, struct rt_estimate);
    if (r->is_uncertain)
        rt_cori_uncertain(&r->c, &r->uncertain, r->prior, r->window,
                          r->windows, e, q->a);
    else
        rt_cori(&r->c, r->si, r->prior, r->window, r->windows, e, q->a);
    answer(r, out, e);
}

static void request_run(struct request *q, struct buf *out)
{
    const char *method =
        json_string_value(json_object_get(q->root, "method"));
    bool ahead = method && strcmp(method, "wallinga-teunis") == 0;
    if (!ahead && !(method && strcmp(method, "cori") == 0))
        request_fail(q, "method", "this method is not known");
    struct rt_request r = {.q = q, .prior = RT_PRIOR};
    members_check(q);
    q->control = json_object_get(q->root, "control");
    if (json_is_null(q->control)) q->control = NULL;
    if (q->control && !json_is_object(q->control))
        request_fail(q, "control", "an object is needed");
    if (!q->rc) incidence_read(&r);
    if (!q->rc) interval_read(&r);
    if (!q->rc) windows_read(&r);
    if (q->rc) return;
    if (ahead) wallinga_teunis(&r, out);
    else cori(&r, out);
}

enum rc rt_json(const char *line, size_t n, struct arena *a, struct buf *out)
{
    struct request q = {.a = a};
    json_t *root = NULL;
    size_t start = out->len;
    if (n <= RT_LINE_MAX)
        root = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    q.root = root;
    buf_putc(out, '{');
    if (json_is_object(root)) request_run(&q, out);
    else request_fail(&q, "", "one JSON object is needed");
    buf_putc(out, '}');
    if (q.rc && buf_ok(out)) {
        out->len = start;
        buf_puts(out, "{\"error\":");
        buf_json(out, q.fault.detail);
        buf_puts(out, ",\"field\":");
        buf_json(out, q.fault.field);
        buf_putc(out, '}');
    }
    json_decref(root);
    return !buf_ok(out) ? FAILED : q.rc;
}
