/* ledger_api.c - entries, proofs and checkpoints as JSON.  See
 * ledger_api.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger_api.h"

#include "account/account.h"
#include "base/text.h"
#include "web/route.h"

/* ---- asking and reading, for the pages too ---- */

/* A day or an instant; NONE if it is not there. */
static enum rc ask_time(struct call *c, const char *name, int64_t *out)
{
    const char *text = pairs_get(&c->query, name);
    struct day day;
    struct instant at;
    *out = NONE;
    if (text_is_empty(text)) return OK;
    if (day_parse(text, &day)) *out = zone_start(c->work.zone, day).ms;
    else if (instant_parse(text, &at)) *out = at.ms;
    else return work_fail(&c->work, INVALID, name,
                          "must be a day as 2026-11-24");
    return OK;
}

enum rc ledger_view_ask(struct call *c, struct ledger_view *v)
{
    struct ledger_filter *f = &v->filter;
    const char *kind = pairs_get(&c->query, "kind");
    enum rc rc = ask_time(c, "since", &f->since);
    if (!rc) rc = ask_time(c, "until", &f->until);
    v->day = call_query_day(c, "day");
    if (v->day.n != NONE) {
        f->since = zone_start(c->work.zone, v->day).ms;
        f->until = zone_start(c->work.zone, (struct day){v->day.n + 1}).ms;
    }
    f->kind = text_is_empty(kind) ? NULL : kind;
    f->thing = call_query_int(c, "thing", 0, 1, INT64_MAX);
    f->actor = call_query_int(c, "actor", 0, 1, INT64_MAX);
    f->after = call_query_int(c, "after", -1, 0, INT64_MAX);
    f->before = NONE;
    f->limit = call_limit(c);
    v->filtered = f->kind || f->thing || f->actor || f->since != NONE ||
                  f->until != NONE;
    return rc;
}

enum rc ledger_view_read(struct work *w, struct ledger_view *v)
{
    enum rc rc = ledger_head(w, &v->head);
    return rc ? rc : ledger_list(w, &v->filter, &v->items, &v->n);
}

enum rc ledger_proof_read(struct work *w, int64_t seq, struct ledger_proof *p)
{
    enum rc rc = ledger_load(w, seq, &p->entry);
    if (!rc) rc = ledger_head(w, &p->head);
    if (rc) return rc;
    return ledger_inclusion(w, seq, p->head.size, p->hashes, &p->n);
}

/* ---- JSON ---- */

static enum rc list_prepare(struct call *c)
{
    struct ledger_view *v = ARENA_NEW(&c->arena, struct ledger_view);
    c->row = v;
    return ledger_view_ask(c, v);
}

static enum rc list_run(struct work *w, void *call)
{
    return ledger_view_read(w, ((struct call *)call)->row);
}

static enum rc list_render(struct call *c)
{
    const struct ledger_view *v = c->row;
    call_list(c, &ledger_entry_shape, v->items, v->n,
              v->filtered ? NONE : v->head.size, REVEAL_ALL);
    return OK;
}

/* {seq} as a number; -1, which no entry has, if it is none. */
static int64_t asked_seq(const struct call *c)
{
    int64_t seq = -1;
    (void)text_to_int(c->param[0], 0, INT64_MAX, &seq);
    return seq;
}

static enum rc proof_run(struct work *w, void *call)
{
    struct call *c = call;
    struct ledger_proof *p = ARENA_NEW(w->arena, struct ledger_proof);
    c->row = p;
    return ledger_proof_read(w, asked_seq(c), p);
}

static void put_hex(struct buf *b, const struct digest *d)
{
    buf_putc(b, '"');
    buf_hex(b, d->b, sizeof d->b);
    buf_putc(b, '"');
}

static enum rc proof_render(struct call *c)
{
    const struct ledger_proof *p = c->row;
    struct buf *b = &c->out;
    c->type = "application/json";
    buf_puts(b, "{\"entry\":");
    shape_to_json(&ledger_entry_shape, &p->entry, REVEAL_ALL, b);
    buf_printf(b, ",\"size\":%lld,\"root\":", (long long)p->head.size);
    put_hex(b, &p->head.root);
    buf_puts(b, ",\"proof\":[");
    for (size_t i = 0; i < p->n; i++) {
        if (i) buf_putc(b, ',');
        put_hex(b, &p->hashes[i]);
    }
    buf_puts(b, "]}");
    return OK;
}

static enum rc checkpoint_run(struct work *w, void *call)
{
    const char *note;
    enum rc rc = ledger_checkpoint_newest(w, &note);
    ((struct call *)call)->row = rc ? NULL : arena_strdup(w->arena, note);
    return rc;
}

static enum rc checkpoint_render(struct call *c)
{
    c->type = "text/plain; charset=utf-8";
    buf_puts(&c->out, c->row);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/api/ledger", .face = ROUTE_API,
     .caps = CAP_LEDGER, .flags = ROUTE_LIST, .out = &ledger_entry_shape,
     .summary = "entries of the ledger; ?kind= ?thing= ?actor= ?since="
                " ?until=",
     .prepare = list_prepare, .run = list_run, .render = list_render},
    {.method = "GET", .path = "/api/ledger/checkpoint", .face = ROUTE_API,
     .caps = CAP_LEDGER, .summary = "the newest signed checkpoint, a note",
     .run = checkpoint_run, .render = checkpoint_render},
    {.method = "GET", .path = "/api/ledger/{seq}", .face = ROUTE_API,
     .caps = CAP_LEDGER, .summary = "one entry with the proof that it is in"
                                    " the tree",
     .run = proof_run, .render = proof_render},
};

const struct route_table ledger_api = {routes, COUNT_OF(routes)};
