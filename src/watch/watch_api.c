/* watch_api.c - alerts: list, one with its evidence in words, take, dismiss,
 * confirm. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/alert.h"
#include "web/face.h"
#include "web/route.h"

struct alert_page {
    struct alert_filter filter;
    struct alert *items;
    size_t n;
    int64_t count;
};

static enum rc list_prepare(struct call *c)
{
    struct alert_page *p = ARENA_NEW(&c->arena, struct alert_page);
    const char *state = pairs_get(&c->query, "state");
    p->filter.state = NONE;
    p->filter.live = strcmp(state, "live") == 0;
    if (state[0] && !p->filter.live)
        p->filter.state = words_index(alert_states, state);
    if (p->filter.state == -1)
        return work_fail(&c->work, INVALID, "state",
                         "%s is not one of the words allowed here", state);
    p->filter.tops = call_query_int(c, "tops", 0, 0, 1) == 1;
    p->filter.building.v = call_query_int(c, "building", 0, 1, INT64_MAX);
    p->filter.since = call_query_day(c, "since");
    p->filter.after.v = call_after(c);
    p->filter.limit = call_limit(c);
    c->row = p;
    return OK;
}

static enum rc list_run(struct work *w, void *call)
{
    struct alert_page *p = ((struct call *)call)->row;
    enum rc rc = alert_list(w, &p->filter, &p->items, &p->n, &p->count);
    for (size_t i = 0; !rc && i < p->n; i++)
        rc = alert_explain(w, &p->items[i]);
    return rc;
}

static enum rc list_render(struct call *c)
{
    struct alert_page *p = c->row;
    call_list(c, &alert_shape, p->items, p->n, p->count, REVEAL_ALL);
    return OK;
}

static struct alert_id asked(const struct call *c)
{
    return (struct alert_id){call_param_id(c, 0)};
}

static enum rc one_run(struct work *w, void *call)
{
    struct call *c = call;
    struct alert *a = ARENA_NEW(w->arena, struct alert);
    c->row = a;
    enum rc rc = alert_load(w, asked(c), a);
    return rc ? rc : alert_explain(w, a);
}

static enum rc one_render(struct call *c)
{
    face_object(c, &alert_shape, c->row, REVEAL_ALL);
    return OK;
}

static enum rc empty_prepare(struct call *c)
{
    return face_body(c, NULL, NULL);
}

static enum rc take_run(struct work *w, void *call)
{
    return alert_take(w, asked(call));
}

static enum rc confirm_run(struct work *w, void *call)
{
    return alert_confirm(w, asked(call));
}

struct dismissal {
    const char *reason;
};
static const struct field dismissal_fields[] = {
    FIELD(dismissal, reason, F_TEXT, F_REQUIRED, .max = ALERT_REASON_MAX),
};
static const struct shape dismissal_shape =
    SHAPE(dismissal, dismissal_fields);

static enum rc dismiss_prepare(struct call *c)
{
    c->row = ARENA_NEW(&c->arena, struct dismissal);
    return face_body(c, &dismissal_shape, c->row);
}

static enum rc dismiss_run(struct work *w, void *call)
{
    struct call *c = call;
    const struct dismissal *why = c->row;
    return alert_dismiss(w, asked(c), why->reason);
}

static const struct route routes[] = {
    {.method = "GET", .path = "/api/alerts", .face = ROUTE_API,
     .caps = CAP_SIGNALS, .flags = ROUTE_LIST, .out = &alert_shape,
     .summary = "alerts within one's scope; ?state= (or live) ?tops=1"
                " ?building= ?since=",
     .prepare = list_prepare, .run = list_run, .render = list_render},
    {.method = "GET", .path = "/api/alerts/{id}", .face = ROUTE_API,
     .caps = CAP_SIGNALS, .flags = ROUTE_OWN_ROWS, .out = &alert_shape,
     .summary = "one alert and its evidence in words",
     .run = one_run, .render = one_render},
    {.method = "POST", .path = "/api/alerts/{id}/take", .face = ROUTE_API,
     .caps = CAP_DISPATCH, .flags = ROUTE_WRITE | ROUTE_OWN_ROWS,
     .summary = "take an open alert",
     .prepare = empty_prepare, .run = take_run},
    {.method = "POST", .path = "/api/alerts/{id}/dismiss", .face = ROUTE_API,
     .caps = CAP_DISPATCH, .flags = ROUTE_WRITE | ROUTE_OWN_ROWS,
     .in = &dismissal_shape, .summary = "close an alert as nothing",
     .prepare = dismiss_prepare, .run = dismiss_run},
    {.method = "POST", .path = "/api/alerts/{id}/confirm", .face = ROUTE_API,
     .caps = CAP_DISPATCH, .flags = ROUTE_WRITE | ROUTE_OWN_ROWS,
     .summary = "close a taken alert as true",
     .prepare = empty_prepare, .run = confirm_run},
};

const struct route_table watch_api = {routes, COUNT_OF(routes)};
