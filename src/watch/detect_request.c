/* detect_request.c - reading requests of detect_json.  See
 * detect_request.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/detect_request.h"

#include <math.h>

#include "base/day.h"
#include "base/text.h"
#include "watch/detect.h"

#define COUNT_MAX 1e9

void request_fail(struct request *q, const char *field, const char *detail)
{
    if (q->rc) return;
    q->rc = INVALID;
    q->fault = (struct fault){.code = INVALID, .detail = detail};
    size_t n = strlen(field), most = sizeof q->fault.field - 1;
    snprintf(q->fault.field, most + 1, "%.*s",
             (int)(n > most ? text_cut(field, most) : n), field);
}

static void control_fail(struct request *q, const char *name,
                         const char *detail)
{
    request_fail(q, arena_printf(q->a, "control.%s", name), detail);
}

const json_t *control_get(struct request *q, const char *name)
{
    assert(q->asked_n < CONTROLS_MAX);
    q->asked[q->asked_n++] = name;
    const json_t *v = json_object_get(q->control, name);
    return json_is_null(v) ? NULL : v;
}

double control_number(struct request *q, const char *name, double otherwise,
                      double least, double most)
{
    const json_t *v = control_get(q, name);
    if (!v) return otherwise;
    double x = json_number_value(v);
    if (json_is_number(v) && x >= least && x <= most) return x;
    control_fail(q, name, "a number within its range is needed");
    return otherwise;
}

int control_int(struct request *q, const char *name, int otherwise,
                int least, int most)
{
    double x = control_number(q, name, otherwise, least, most);
    if (x == floor(x)) return (int)x;
    control_fail(q, name, "a whole number is needed");
    return otherwise;
}

bool control_bool(struct request *q, const char *name, bool otherwise)
{
    const json_t *v = control_get(q, name);
    if (!v) return otherwise;
    if (!json_is_boolean(v)) control_fail(q, name, "true or false is needed");
    return json_is_true(v);
}

int control_word(struct request *q, const char *name, int otherwise,
                 const char *const *words)
{
    const json_t *v = control_get(q, name);
    if (!v) return otherwise;
    for (int i = 0; json_is_string(v) && words[i]; i++)
        if (strcmp(words[i], json_string_value(v)) == 0) return i;
    control_fail(q, name, "this word is not known");
    return otherwise;
}

double *numbers_read(struct request *q, const json_t *list,
                     const char *field, size_t least, size_t most, size_t *n)
{
    *n = json_array_size(list);
    if (!json_is_array(list) || *n < least || *n > most) {
        request_fail(q, field, "a list of numbers of the right length is"
                     " needed");
        return NULL;
    }
    double *out = ARENA_ARRAY(q->a, *n + 1, double);
    for (size_t i = 0; i < *n; i++) {
        const json_t *v = json_array_get(list, i);
        out[i] = json_is_null(v) ? NAN : json_number_value(v);
        bool good = json_is_number(v) && out[i] >= 0 && out[i] <= COUNT_MAX;
        if (good || json_is_null(v)) continue;
        request_fail(q, field, "a number of at least 0, or null, is needed");
        return NULL;
    }
    return out;
}

static void epoch_read(struct request *q)
{
    const json_t *as_date = json_object_get(q->root, "epoch_as_date");
    const json_t *list = json_object_get(q->root, "epoch");
    if (!json_is_true(as_date)) return;
    if (json_array_size(list) != q->s.n || q->s.n < 2) {
        request_fail(q, "epoch", "one day for each count is needed");
        return;
    }
    int64_t *days = ARENA_ARRAY(q->a, q->s.n, int64_t);
    for (size_t i = 0; i < q->s.n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        struct day d;
        if (!text || !day_parse(text, &d) || (i && d.n <= days[i - 1])) {
            request_fail(q, "epoch", "days as 2026-11-24, each later than"
                         " the one before, are needed");
            return;
        }
        days[i] = d.n;
    }
    q->s.epoch = days;
}

static void start_read(struct request *q)
{
    const json_t *freq = json_object_get(q->root, "freq");
    const json_t *start = json_object_get(q->root, "start");
    q->s.freq = 52;
    q->s.first_period = 1;
    if (freq && !json_is_null(freq)) {
        json_int_t n = json_integer_value(freq);
        if (n < 1 || n > 366)
            request_fail(q, "freq", "periods a year, 1 to 366, are needed");
        else
            q->s.freq = (int)n;
    }
    if (!start || json_is_null(start)) return;
    json_int_t period = json_integer_value(json_array_get(start, 1));
    if (json_array_size(start) != 2 || period < 1 || period > 366)
        request_fail(q, "start", "year and period of the first count are"
                     " needed");
    else
        q->s.first_period = (int)period;
}

static void members_check(struct request *q)
{
    static const char *const known[] = {
        "method", "observed", "freq", "start", "epoch", "epoch_as_date",
        "population", "range", "control", "incubation_pmf",
        /* labels, not read */
        "algorithm", "peer", "dataset", "note", "tolerance",
    };
    void *it = json_object_iter((json_t *)(uintptr_t)q->root);
    for (; it; it = json_object_iter_next((json_t *)(uintptr_t)q->root, it)) {
        const char *key = json_object_iter_key(it);
        bool found = false;
        for (size_t i = 0; i < COUNT_OF(known); i++)
            found |= strcmp(known[i], key) == 0;
        if (!found) request_fail(q, key, "this member is not known");
    }
}

void request_read(struct request *q)
{
    members_check(q);
    q->control = json_object_get(q->root, "control");
    if (json_is_null(q->control)) q->control = NULL;
    if (q->control && !json_is_object(q->control))
        request_fail(q, "control", "an object is needed");
    q->s.y = numbers_read(q, json_object_get(q->root, "observed"), "observed",
                          1, DETECT_OBSERVED_MAX, &q->s.n);
    if (q->rc) return;
    start_read(q);
    epoch_read(q);
    const json_t *population = json_object_get(q->root, "population");
    size_t n;
    if (population && !json_is_null(population))
        q->s.population = numbers_read(q, population, "population", q->s.n,
                                       q->s.n, &n);
    q->textbook = control_bool(q, "textbook", false);
}

void request_range(struct request *q, size_t lag)
{
    if (q->rc) return;
    const json_t *range = json_object_get(q->root, "range");
    bool given = range && !json_is_null(range);
    size_t n = given ? json_array_size(range)
               : q->s.n > lag ? q->s.n - lag : 0;
    size_t *t = ARENA_ARRAY(q->a, n + 1, size_t);
    for (size_t i = 0; i < n; i++) {
        const json_t *v = given ? json_array_get(range, i) : NULL;
        json_int_t at = given ? json_integer_value(v)
                              : (json_int_t)(lag + i + 1);
        if (at < 1 || at > (json_int_t)q->s.n
            || (i && (size_t)at - 1 <= t[i - 1]))
            request_fail(q, "range", "rising places in the series, from 1,"
                         " are needed");
        else if ((size_t)at - 1 < lag)
            request_fail(q, "range", "too few counts lie before this time");
        if (q->rc) return;
        t[i] = (size_t)at - 1;
    }
    if (n == 0) request_fail(q, "range", "there is no time to evaluate");
    q->r = (struct span){t, n};
}

bool request_ok(struct request *q)
{
    json_t *control = (json_t *)(uintptr_t)q->control;
    for (void *it = json_object_iter(control); it && !q->rc;
         it = json_object_iter_next(control, it)) {
        const char *key = json_object_iter_key(it);
        bool found = false;
        for (size_t i = 0; i < q->asked_n; i++)
            found |= strcmp(q->asked[i], key) == 0;
        if (!found)
            control_fail(q, key, "this method has no such control");
    }
    return q->rc == OK;
}

static void answer_number(struct buf *out, double x)
{
    if (isfinite(x))
        buf_printf(out, "%.17g", x);
    else
        buf_puts(out, "null");
}

static void answer_name(struct request *q, struct buf *out, const char *name)
{
    buf_printf(out, "%s\"%s\":", q->answered ? "," : "", name);
    q->answered = true;
}

void answer_list(struct request *q, struct buf *out, const char *name,
                 const double *x, size_t n)
{
    answer_name(q, out, name);
    for (size_t i = 0; i < n; i++) {
        buf_putc(out, i ? ',' : '[');
        answer_number(out, x[i]);
    }
    buf_puts(out, n ? "]" : "[]");
}

void answer_one(struct request *q, struct buf *out, const char *name,
                double x)
{
    answer_name(q, out, name);
    answer_number(out, x);
}
