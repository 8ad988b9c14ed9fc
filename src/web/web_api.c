/* web_api.c - routes of the server itself. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ledger/ledger.h"
#include "place/place.h"
#include "web/asset.h"
#include "web/inside.h"

static enum rc health_render(struct call *c)
{
    struct store_stats st;
    store_stats(c->work.store, &st);
    c->type = "application/json";
    if (!st.writable) c->status = 503;
    buf_puts(&c->out, st.writable ? "{\"status\":\"ok\"}"
                                  : "{\"status\":\"read-only\"}");
    return OK;
}

static enum rc metrics_render(struct call *c)
{
    if (!c->link->loopback || call_asked(c, "X-Forwarded-For"))
        return work_fail(&c->work, DENIED, "",
                         "this is for the machine it runs on");
    c->type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_write(c->server, &c->out);
    return OK;
}

static enum rc openapi_render(struct call *c)
{
    struct server *s = c->server;
    pthread_mutex_lock(&s->openapi_lock);
    if (!s->openapi.len) {
        buf_init(&s->openapi, (size_t)8 << 20);
        openapi_write(&s->openapi);
    }
    pthread_mutex_unlock(&s->openapi_lock);
    buf_add(&c->out, s->openapi.at, s->openapi.len);
    c->type = "application/json";
    return OK;
}

static enum rc live_render(struct call *c)
{
    c->stream = true;
    return OK;
}

/* Anybody may hold a copy of how large the ledger was: that is its use. */
static enum rc checkpoint_run(struct work *w, void *arg)
{
    struct call *c = arg;
    struct community here;
    const char *note, *name = pairs_get(&c->query, "community");
    enum rc rc = OK;
    if (name[0] || !w->community.v)
        rc = community_find(w, name[0] ? name : NULL, &here);
    if (!rc) rc = ledger_checkpoint_newest(w, &note);
    if (rc == NOT_FOUND && w->fault.code != NOT_FOUND)
        rc = work_fail(w, NOT_FOUND, "", "there is no checkpoint yet");
    c->row = rc ? NULL : arena_strdup(&c->arena, note);
    return rc;
}

static enum rc checkpoint_render(struct call *c)
{
    c->type = "text/plain; charset=utf-8";
    buf_puts(&c->out, c->row);
    return OK;
}

static enum rc asset_render(struct call *c)
{
    c->file = asset_find(c->param[0], c->param[1]);
    if (c->file) return OK;
    return work_fail(&c->work, NOT_FOUND, "",
                     "there is nothing at this address");
}

static const struct route routes[] = {
    {"GET", "/healthz", ROUTE_API, 0, .render = health_render,
     .summary = "Is the server up, and can it write?"},
    {"GET", "/metrics", ROUTE_API, 0, .render = metrics_render,
     .summary = "What the program is doing, for Prometheus; only on the "
                "machine itself"},
    {"GET", "/api/openapi.json", ROUTE_API, 0, .render = openapi_render,
     .summary = "This description"},
    {"GET", "/live", ROUTE_API, CAP_SELF, .render = live_render,
     .summary = "Server-sent events: which topics changed"},
    {"GET", "/checkpoint", ROUTE_API, 0, .run = checkpoint_run,
     .render = checkpoint_render,
     .summary = "The newest signed checkpoint of the ledger"},
    {"GET", "/assets/{hash}/{name}", ROUTE_PAGE, 0, .render = asset_render,
     .summary = "Styles, scripts and icons"},
};

const struct route_table web_routes = {routes, COUNT_OF(routes)};
