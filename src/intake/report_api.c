/* report_api.c - reports sent in, singly and by lines, and read back. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "intake/report_api.h"

#include "base/text.h"
#include "web/route.h"

/* ---- one report ---- */

struct sent {
    const void *asked;      /* as it came: a unit may run again */
    struct report *report;
    bool again;
};

static enum rc send_prepare(struct call *c)
{
    const struct shape *s = report_shape(c->kind);
    struct sent *sent = ARENA_NEW(&c->arena, struct sent);
    void *row = arena_zalloc(&c->arena, 1, s->size);
    sent->asked = row;
    sent->report = arena_zalloc(&c->arena, 1, s->size);
    c->row = sent;
    return face_body(c, s, row);
}

static enum rc send_run(struct work *w, void *call)
{
    struct call *c = call;
    struct sent *sent = c->row;
    memcpy(sent->report, sent->asked, report_shape(c->kind)->size);
    return report_submit(w, c->kind, sent->report, &sent->again);
}

static enum rc send_render(struct call *c)
{
    const struct sent *sent = c->row;
    return face_made(c, sent->again ? 200 : 201, sent->report->id.v);
}

/* ---- many, a line each ---- */

enum {
    BATCH_WHOLE_MAX = 1000,  /* lines stored together or not at all */
    BATCH_MAX = 50000,       /* lines with skip_bad */
    BATCH_CHUNK = 100,       /* lines a unit with skip_bad: some 10 ms */
};

/* What a line came to. */
struct line {
    int64_t number;          /* from 1, blank ones too */
    void *asked;             /* NULL: could not be read */
    int64_t id;
    bool again;
    struct fault fault;
};

struct batch {
    const struct report_kind *kind;
    const char *at, *end;    /* what is still to be read */
    int64_t number;          /* of the last line read */
    struct line *lines;
    size_t n;
    void *report;            /* the one being stored */
    bool skip_bad;
};

static int64_t lines_count(const char *text, size_t n)
{
    int64_t lines = n && text[n - 1] != '\n';
    for (size_t i = 0; i < n; i++) lines += text[i] == '\n';
    return lines;
}

static bool is_blank(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r", s[i])) return false;
    return true;
}

/* Up to `most` further lines, each read or with the fault it has. */
static void lines_read(struct batch *b, size_t most, struct arena *a)
{
    const struct shape *s = report_shape(b->kind);
    b->lines = ARENA_ARRAY(a, most, struct line);
    b->n = 0;
    while (b->at < b->end && b->n < most) {
        const char *stop = memchr(b->at, '\n', (size_t)(b->end - b->at));
        if (!stop) stop = b->end;
        b->number++;
        if (!is_blank(b->at, (size_t)(stop - b->at))) {
            struct line *l = &b->lines[b->n++];
            void *row = arena_alloc(a, s->size);
            l->number = b->number;
            shape_clear(s, row);
            if (!shape_from_json(s, row, b->at, (size_t)(stop - b->at), a,
                                 &l->fault))
                l->asked = row;
            l->fault.row = l->number;
        }
        b->at = stop + 1;
    }
}

static enum rc line_store(struct work *w, struct batch *b, struct line *l)
{
    struct report *r = b->report;
    memcpy(r, l->asked, report_shape(b->kind)->size);
    enum rc rc = report_submit(w, b->kind, r, &l->again);
    l->id = r->id.v;
    return rc;
}

/* Stores what is good of the lines.  A report that is refused has written
 * nothing; anything else that fails takes the unit with it. */
static enum rc chunk_run(struct work *w, void *arg)
{
    struct batch *b = arg;
    for (size_t i = 0; i < b->n; i++) {
        struct line *l = &b->lines[i];
        if (!l->asked) continue;
        memset(&w->fault, 0, sizeof w->fault);
        enum rc rc = line_store(w, b, l);
        if (rc == BUSY || rc == FAILED) return rc;
        l->fault = w->fault;
        l->fault.code = rc;
    }
    return OK;
}

static int line_status(const struct line *l)
{
    switch (l->fault.code) {
    case OK: return l->again ? 200 : 201;
    case NOT_FOUND: return 404;
    case INVALID: return l->fault.malformed ? 400 : 422;
    case DENIED: return 403;
    case CONFLICT: return 409;
    default: return 503;
    }
}

static void line_write(struct call *c, const struct line *l)
{
    struct buf *out = &c->out, say;
    buf_printf(out, "{\"line\":%lld,\"status\":%d,", (long long)l->number,
               line_status(l));
    if (!l->fault.code) {
        buf_printf(out, "\"id\":\"%lld\"}\n", (long long)l->id);
        return;
    }
    buf_init(&say, 2048);
    words_fault(&say, c->work.language, &l->fault);
    buf_puts(out, "\"error\":");
    buf_json(out, say.at ? say.at : "");
    if (l->fault.field[0]) {
        buf_puts(out, ",\"field\":");
        buf_json(out, l->fault.field);
    }
    buf_puts(out, "}\n");
    buf_release(&say);
}

/* On a worker: chunk by chunk, so that the writer is never held long, each
 * chunk's verdicts written when its fate is known.  From a chunk that fails
 * on, nothing more is tried. */
static void chunks_store(struct call *c, struct batch *b)
{
    struct arena arena;
    struct fault failed = {.code = OK};
    arena_init(&arena, ARENA_MAX);
    while (b->at < b->end) {
        struct work w = c->work;
        w.arena = &arena;
        w.notes = NULL;
        w.readings = NULL;
        lines_read(b, BATCH_CHUNK, &arena);
        if (!failed.code && store_write(&w, chunk_run, b)) failed = w.fault;
        for (size_t i = 0; i < b->n; i++) {
            struct line *l = &b->lines[i];
            if (failed.code && l->asked) l->fault = failed;
            line_write(c, l);
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
}

static enum rc too_many(struct call *c)
{
    enum rc rc = work_fail(&c->work, INVALID, "",
                           "these are too many lines at once");
    c->work.fault.remedy =
        "send at most 1000 lines, or 50000 with skip_bad=1";
    c->status = 413;
    return rc;
}

static enum rc batch_prepare(struct call *c)
{
    struct batch *b = ARENA_NEW(&c->arena, struct batch);
    int64_t n = lines_count(c->body, c->body_n);
    *b = (struct batch){
        .kind = c->kind, .at = c->body, .end = c->body + c->body_n,
        .report = arena_zalloc(&c->arena, 1, report_shape(c->kind)->size),
        .skip_bad = text_equal(pairs_get(&c->query, "skip_bad"), "1")};
    c->row = b;
    if (n > (b->skip_bad ? BATCH_MAX : BATCH_WHOLE_MAX)) return too_many(c);
    if (b->skip_bad) {
        chunks_store(c, b);
        return OK;
    }
    lines_read(b, (size_t)n, &c->arena);
    for (size_t i = 0; i < b->n; i++) {
        if (b->lines[i].asked) continue;
        c->work.fault = b->lines[i].fault;
        return INVALID;
    }
    return OK;
}

static enum rc batch_run(struct work *w, void *call)
{
    struct batch *b = ((struct call *)call)->row;
    for (size_t i = 0; !b->skip_bad && i < b->n; i++) {
        enum rc rc = line_store(w, b, &b->lines[i]);
        w->fault.row = b->lines[i].number;
        if (rc) return rc;
    }
    return OK;
}

static enum rc batch_render(struct call *c)
{
    const struct batch *b = c->row;
    c->status = b->skip_bad ? 200 : 201;
    c->type = b->skip_bad ? "application/x-ndjson" : "application/json";
    if (b->skip_bad) return OK; /* written as it went */
    buf_printf(&c->out, "{\"count\":%zu,\"ids\":[", b->n);
    for (size_t i = 0; i < b->n; i++)
        buf_printf(&c->out, "%s\"%lld\"", i ? "," : "",
                   (long long)b->lines[i].id);
    buf_puts(&c->out, "]}");
    return OK;
}

/* ---- reading back ---- */

void report_view_ask(struct call *c, const struct report_kind *k,
                     struct report_view *v)
{
    v->kind = k;
    v->filter.day = call_query_day(c, "day");
    v->filter.own = call_query_int(c, "own", 0, 0, 1) == 1;
    v->filter.building.v = call_query_int(c, "building", 0, 1, INT64_MAX);
    v->filter.after.v = call_after(c);
    v->filter.limit = call_limit(c);
}

enum rc report_view_read(struct work *w, struct report_view *v)
{
    if (!account_has(w, v->kind->may_read) &&
        !account_has(w, v->kind->may_submit))
        return OK;
    return report_list(w, v->kind, &v->filter, &v->items, &v->n, &v->count);
}

static enum rc list_prepare(struct call *c)
{
    struct report_view *v = ARENA_NEW(&c->arena, struct report_view);
    report_view_ask(c, c->kind, v);
    c->row = v;
    return OK;
}

static enum rc list_run(struct work *w, void *call)
{
    return report_view_read(w, ((struct call *)call)->row);
}

static enum rc list_render(struct call *c)
{
    const struct report_view *v = c->row;
    call_list(c, report_shape(c->kind), v->items, v->n, v->count, c->reveal);
    return OK;
}

static enum rc one_run(struct work *w, void *call)
{
    struct call *c = call;
    struct report_id id = {call_param_id(c, 0)};
    struct report *r = arena_zalloc(w->arena, 1, report_shape(c->kind)->size);
    c->row = r;
    return report_load(w, c->kind, id, r);
}

static enum rc one_render(struct call *c)
{
    face_object(c, report_shape(c->kind), c->row, c->reveal);
    return OK;
}

static const struct route routes[] = {
    {.method = "POST", .path = "/api/reports/{kind}", .face = ROUTE_API,
     .caps = CAP_SELF, .flags = ROUTE_PER_KIND | ROUTE_WRITE,
     .out = &face_made_shape, .summary = "send one report; 201 once it and"
                                         " its ledger entry are durable",
     .prepare = send_prepare, .run = send_run, .render = send_render},
    {.method = "POST", .path = "/api/reports/{kind}/batch",
     .face = ROUTE_API, .caps = CAP_SELF, .body_max = CALL_BATCH_MAX,
     .flags = ROUTE_PER_KIND | ROUTE_WRITE | ROUTE_SLOW | ROUTE_LINES,
     .summary = "send many, a line each: all or nothing, at most 1000; with"
                " ?skip_bad=1 a verdict for each line",
     .prepare = batch_prepare, .run = batch_run, .render = batch_render},
    {.method = "GET", .path = "/api/reports/{kind}", .face = ROUTE_API,
     .caps = CAP_SELF, .flags = ROUTE_PER_KIND | ROUTE_LIST | ROUTE_OWN_ROWS,
     .summary = "reports one may read: within scope, or one's own; ?day="
                " ?building= ?own=1",
     .purpose = "health reports of the day", .prepare = list_prepare,
     .run = list_run, .render = list_render},
    {.method = "GET", .path = "/api/reports/{kind}/{id}", .face = ROUTE_API,
     .caps = CAP_SELF, .flags = ROUTE_PER_KIND | ROUTE_OWN_ROWS,
     .summary = "one report", .purpose = "one health report",
     .run = one_run, .render = one_render},
};

const struct route_table report_api = {routes, COUNT_OF(routes)};
