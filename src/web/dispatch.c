/* dispatch.c - the way of a call, from its first header to its answer.
 *
 * The library calls call_handle() several times for one request:
 *
 *   1. headers are there         call_begin: route, limits, refusals
 *   2. each piece of the body    gathered in body_buf
 *   3. the body is complete      call_go: identify, prepare, then either all
 *                                the way to the answer, or away
 *   4. resumed                   call_finish: render, answer
 *
 * What always holds: a connection is suspended before its call is handed to
 * another thread, and not touched by this one afterwards; every call that
 * went away comes back exactly once (come_back), whatever became of it.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "web/inside.h"

void *call_line_seen(void *server, const char *uri, struct MHD_Connection *m)
{
    (void)server;
    struct connection *link = connection_of(m);
    free(link->uri);
    link->uri = strdup(uri);
    if (link->phase == PHASE_IDLE) connection_phase(link, PHASE_HEADERS, 0);
    return NULL;
}

/* ---- calls are used again: their memory is warm ---- */

static void renew_buf(struct buf *b)
{
    if (b->cap > CALL_KEEP_MAX) buf_release(b);
    else buf_clear(b);
}

static void drop(struct server *s, struct call *c)
{
    arena_reset(&c->arena);
    renew_buf(&c->body_buf);
    renew_buf(&c->out);
    pthread_mutex_lock(&s->spare_lock);
    bool keep = s->n_spare < CALLS_SPARE;
    if (keep) s->spare[s->n_spare++] = c;
    pthread_mutex_unlock(&s->spare_lock);
    if (!keep) call_free(c);
}

void call_free(struct call *c)
{
    buf_release(&c->body_buf);
    buf_release(&c->out);
    arena_release(&c->arena);
    free(c);
}

/* An empty call with an arena and buffers. */
static struct call *take_spare(struct server *s)
{
    struct call *c = NULL;
    pthread_mutex_lock(&s->spare_lock);
    if (s->n_spare) c = s->spare[--s->n_spare];
    pthread_mutex_unlock(&s->spare_lock);
    if (!c) {
        c = calloc(1, sizeof *c);
        assert(c);
        arena_init(&c->arena, ARENA_MAX);
        buf_init(&c->out, CALL_OUT_MAX);
        buf_init(&c->body_buf, CALL_BATCH_MAX);
        return c;
    }
    struct arena arena = c->arena;
    struct buf out = c->out, body = c->body_buf;
    memset(c, 0, sizeof *c);
    c->arena = arena;
    c->out = out;
    c->body_buf = body;
    return c;
}

void call_completed(void *server, struct MHD_Connection *m, void **state,
                    enum MHD_RequestTerminationCode why)
{
    struct server *s = server;
    struct call *c = *state;
    (void)why;
    struct connection *link = connection_of(m);
    free(link->uri);
    link->uri = NULL;
    connection_phase(link, PHASE_IDLE, 0);
    if (!c) return;
    s->answered_ns += clock_ns() - c->started_ns;
    s->n_calls--;
    drop(s, c);
    *state = NULL;
}

/* ---- 1: headers ---- */

static struct call *call_new(struct server *s, struct MHD_Connection *m,
                             const char *method)
{
    struct call *c = take_spare(s);
    c->server = s;
    c->connection = m;
    c->link = connection_of(m);
    c->started_ns = clock_ns();
    s->n_calls++;
    c->secure = s->secure;
    work_init(&c->work, s->store, &c->arena, (struct community_id){0});
    c->work.authority = "public";
    c->work.request =
        arena_printf(&c->arena, "%016llx",
                     (unsigned long long)random_u64(&c->work.random));
    c->method = arena_strdup(&c->arena, method);
    c->unit = &c->own_unit;
    c->address = c->link->address;
    /* A proxy on this machine says for whom it asks; nobody else may. */
    const char *via = call_asked(c, "X-Forwarded-For");
    if (c->link->loopback && via) {
        const char *last = strrchr(via, ',');
        c->address = text_clean(&c->arena, last ? last + 1 : via);
    }
    return c;
}

/* The first of our languages that the caller names. */
static enum language language_of(const char *accept)
{
    for (const char *p = accept ? accept : ""; *p;) {
        p += strspn(p, " \t,");
        if (strncasecmp(p, "zh", 2) == 0) return LANG_ZH;
        if (strncasecmp(p, "en", 2) == 0) return LANG_EN;
        p += strcspn(p, ",");
    }
    return LANG_ZH;
}

static void choose_language(struct call *c)
{
    c->work.language = language_of(call_asked(c, "Accept-Language"));
    if (c->json) return;
    const char *chosen = pairs_get(&c->query, "lang");
    if (!chosen[0]) chosen = pairs_get(&c->cookies, "lang");
    if (strcmp(chosen, "zh") == 0) c->work.language = LANG_ZH;
    if (strcmp(chosen, "en") == 0) c->work.language = LANG_EN;
}

static int hex(char h)
{
    const char *digits = "0123456789abcdef";
    char low = h >= 'A' && h <= 'F' ? (char)(h - 'A' + 'a') : h;
    const char *at = low ? strchr(digits, low) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* %41 decoded ('+' stays); NULL for a bad escape, NUL or bad UTF-8. */
static const char *decode_path(struct arena *a, const char *s, size_t n)
{
    char *out = arena_alloc(a, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            int high = i + 2 < n ? hex(s[i + 1]) : -1;
            int low = i + 2 < n ? hex(s[i + 2]) : -1;
            if (high < 0 || low < 0) return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[k++] = c;
    }
    out[k] = '\0';
    return text_is_utf8(out, k) ? out : NULL;
}

/* Path and query of the request line; cookies; who wants which language. */
static enum rc read_line(struct call *c)
{
    const char *uri = c->link->uri ? c->link->uri : "/";
    const char *at = strstr(uri, "://");
    if (uri[0] != '/' && at) { /* absolute form, of proxies */
        uri = strchr(at + 3, '/');
        if (!uri) uri = "/";
    }
    size_t n = strcspn(uri, "?");
    c->path = decode_path(&c->arena, uri, n);
    bool lost = !c->path;
    if (lost) c->path = "/api/";
    const char *accept = call_asked(c, "Accept");
    c->json = text_starts(c->path, "/api/") ||
              (accept && strstr(accept, "json") && !strstr(accept, "html"));
    const char *cookies = call_asked(c, "Cookie");
    if (cookies) pairs_from_cookies(&c->cookies, &c->arena, cookies);
    struct fault *f = &c->work.fault;
    enum rc rc = lost ? fault_set(f, INVALID, "", "the address is not well "
                                                  "encoded")
                      : OK;
    if (!rc && uri[n] == '?')
        rc = pairs_from_form(&c->query, &c->arena, uri + n + 1,
                             strlen(uri + n + 1), f);
    if (rc) f->malformed = true;
    choose_language(c);
    return rc;
}

static void read_secret(struct call *c)
{
    const char *bearer = call_asked(c, "Authorization");
    if (bearer && strncasecmp(bearer, "Bearer ", 7) == 0) {
        c->cookie = text_clean(&c->arena, bearer + 7);
        c->by_token = true;
        return;
    }
    const char *secret = pairs_get(&c->cookies, "renlin_session");
    c->cookie = secret[0] ? secret : NULL;
}

/* Types that a route takes for its body. */
static bool takes_type(const struct route *r, const char *type)
{
    size_t n = strcspn(type, "; \t");
    const char *takes = "application/json";
    if (r->flags & ROUTE_FORM) takes = "application/x-www-form-urlencoded";
    if (r->flags & ROUTE_LINES && n == 20 &&
        strncasecmp(type, "application/x-ndjson", n) == 0)
        return true;
    return n == strlen(takes) && strncasecmp(type, takes, n) == 0;
}

static void refuse(struct call *c, int status, const char *detail,
                   const char *remedy)
{
    answer_refuse(c, status, detail, remedy);
    c->refused = true;
}

static void check_body(struct call *c, bool chunked, int64_t length)
{
    const struct route *r = c->route;
    const char *type = call_asked(c, "Content-Type");
    bool some = chunked || length > 0;
    c->body_max = r->body_max ? r->body_max : CALL_BODY_MAX;
    if (length > (int64_t)c->body_max)
        refuse(c, 413, "this is too large to be taken in at once",
               "send less at a time");
    else if (some && type && !takes_type(r, type))
        refuse(c, 415, "this kind of content is not taken here",
               "send the type that the description at /api/openapi.json "
               "names");
}

/* Route and limits.  False: answer at once, do not read the body. */
static bool call_begin(struct call *c)
{
    char allow[200];
    const char *text = call_asked(c, "Content-Length");
    bool chunked = call_asked(c, "Transfer-Encoding") != NULL;
    int64_t length = 0;
    if (text && !text_to_int(text, 0, INT64_MAX, &length)) length = INT64_MAX;
    enum rc rc = read_line(c);
    read_secret(c);
    if (rc) {
        answer_problem(c, rc);
        c->refused = true;
    } else {
        rc = route_find(c, c->method, c->path, &c->route, allow);
        if (!rc && c->route->face == ROUTE_API) c->json = true;
    }
    if (!c->refused && c->server->stopping) {
        call_header(c, "Connection", "close");
        refuse(c, 503, "the server is stopping", NULL);
    }
    if (!c->refused && rc == NOT_FOUND)
        refuse(c, 404, "there is nothing at this address", NULL);
    if (!c->refused && rc == CONFLICT) {
        call_header(c, "Allow", allow);
        refuse(c, 405, "this cannot be done at this address", NULL);
    }
    if (!c->refused) check_body(c, chunked, length);
    connection_phase(c->link, PHASE_BODY,
                     chunked ? c->body_max : (uint64_t)length);
    return !c->refused || (length <= SWALLOW_MAX && !call_asked(c, "Expect"));
}

/* ---- 2: the body ---- */

static mhd_result call_take(struct call *c, const char *data, size_t n)
{
    c->body_seen += n;
    if (c->refused)
        return c->body_seen > 2 * CALL_BATCH_MAX ? MHD_NO : MHD_YES;
    if (c->body_seen > c->body_max || c->body_seen > CALL_BATCH_MAX) {
        /* Chunked: it did not say how much would come. */
        buf_release(&c->body_buf);
        refuse(c, 413, "this is too large to be taken in at once",
               "send less at a time");
        return MHD_YES;
    }
    buf_add(&c->body_buf, data, n);
    return MHD_YES;
}

/* ---- 3: away and back ---- */

/* BUSY where the server is stopping: nobody may be away then.  (It looks at
 * n_away after it has said so.) */
static enum rc go_away(struct call *c)
{
    c->server->n_away++;
    if (c->server->stopping) {
        c->server->n_away--;
        return work_fail(&c->work, BUSY, "", "the server is stopping");
    }
    c->state = CALL_AWAY;
    MHD_suspend_connection(c->connection);
    return OK;
}

/* From any thread; the call is the server's again and may be gone. */
static void come_back(struct call *c, enum rc rc)
{
    struct server *s = c->server;
    c->rc = rc;
    c->state = CALL_READY;
    MHD_resume_connection(c->connection);
    s->n_away--;
}

static void unit_done(struct unit *u) { come_back(u->arg, u->rc); }

static enum rc take_bad(struct call *c, enum rc rc)
{
    if (rc || !c->bad.code) return rc;
    c->work.fault = c->bad;
    return c->bad.code;
}

static enum rc run_route(struct work *w, void *arg)
{
    struct call *c = arg;
    return take_bad(c, c->route->run ? c->route->run(w, c) : OK);
}

static enum rc run_write(struct work *w, void *arg)
{
    struct call *c = arg;
    enum rc rc = run_route(w, c);
    if (!rc && reading_has(w)) rc = ledger_enter_readings(w, c->reading_what);
    return rc;
}

static enum rc run_enter(struct work *w, void *arg)
{
    const struct call *c = arg;
    return ledger_enter_readings(w, c->reading_what);
}

/* The call is away already. */
static void submit(struct call *c, unit_fn *run)
{
    *c->unit = (struct unit){.work = &c->work, .run = run, .done = unit_done,
                             .arg = c};
    enum rc rc = store_submit(c->server->store, c->unit);
    if (rc) come_back(c, rc);
}

static enum rc call_prepare(struct call *c)
{
    enum rc rc = c->route->prepare ? c->route->prepare(c) : OK;
    return take_bad(c, rc);
}

/* On a worker thread, away. */
void call_work(struct call *c)
{
    enum rc rc = call_prepare(c);
    if (!rc && c->route->flags & ROUTE_WRITE) {
        submit(c, run_write);
        return;
    }
    if (!rc && c->route->run) rc = store_read(&c->work, run_route, c);
    if (!rc && reading_has(&c->work)) {
        c->entering = true;
        submit(c, run_enter);
        return;
    }
    come_back(c, rc);
}

/* ---- 4: the answer ---- */

static mhd_result call_finish(struct call *c, enum rc rc)
{
    if (rc && c->entering) { /* then nobody is shown by name */
        c->reveal = REVEAL_MASKED;
        c->work.fault = (struct fault){0};
        rc = OK;
    }
    if (!rc && c->route->flags & ROUTE_WRITE &&
        route_caps(c->route, c->kind) & CAP_ACCOUNTS)
        call_forget(c);
    if (!rc && c->route->render) rc = take_bad(c, c->route->render(c));
    if (!rc && !c->route->render && !c->status) c->status = 204;
    if (!rc && !buf_ok(&c->out))
        rc = work_fail(&c->work, FAILED, "", "the answer is too large");
    if (rc) answer_problem(c, rc);
    return answer_send(c);
}

/* A page that needs a log-in leads there and back again. */
static void to_login(struct call *c)
{
    struct buf where;
    buf_init(&where, 64 << 10);
    buf_puts(&where, "/login?next=");
    const char *uri = c->link->uri ? c->link->uri : "/";
    for (const char *p = uri; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || strchr("/-._~", *p);
        if (plain) buf_putc(&where, *p);
        else buf_printf(&where, "%%%02X", (unsigned)(unsigned char)*p);
    }
    c->status = 0;
    call_see_other(c, where.at);
    buf_release(&where);
}

/* Form, log-in, permission; OK: go on. */
static enum rc call_admit(struct call *c)
{
    const struct route *r = c->route;
    c->body = c->body_buf.at ? c->body_buf.at : "";
    c->body_n = c->body_buf.len;
    c->reading_what = r->path;
    c->reveal = r->purpose ? REVEAL_ALL : REVEAL_MASKED;
    if (r->purpose) c->work.purpose = r->purpose;
    enum rc rc = OK;
    if (r->flags & ROUTE_FORM)
        rc = pairs_from_form(&c->form, &c->arena, c->body, c->body_n,
                             &c->work.fault);
    if (rc) c->work.fault.malformed = true;
    return rc ? rc : identity_check(c);
}

static mhd_result go_write(struct call *c, unit_fn *run)
{
    enum rc rc = go_away(c);
    if (rc) return call_finish(c, rc);
    submit(c, run);
    return MHD_YES;
}

static mhd_result call_go(struct call *c)
{
    const struct route *r = c->route;
    connection_phase(c->link, PHASE_AWAY, 0);
    enum rc rc = call_admit(c);
    if (rc && c->status == 401 && r->face == ROUTE_PAGE && !c->json &&
        strcmp(r->method, "GET") == 0) {
        to_login(c);
        return answer_send(c);
    }
    if (!rc && r->flags & ROUTE_SLOW) {
        rc = go_away(c);
        if (rc) return call_finish(c, rc);
        rc = workers_add(&c->server->workers, c);
        if (rc) come_back(c, rc);
        return MHD_YES;
    }
    if (!rc) rc = call_prepare(c);
    if (!rc && r->flags & ROUTE_WRITE) return go_write(c, run_write);
    if (!rc && r->run) rc = store_read(&c->work, run_route, c);
    if (!rc && reading_has(&c->work)) {
        c->entering = true;
        return go_write(c, run_enter);
    }
    return call_finish(c, rc);
}

mhd_result call_handle(void *server, struct MHD_Connection *m,
                       const char *path, const char *method,
                       const char *version, const char *data, size_t *n,
                       void **state)
{
    (void)path;
    (void)version;
    struct call *c = *state;
    if (!c) {
        c = *state = call_new(server, m, method);
        return call_begin(c) ? MHD_YES : answer_send(c);
    }
    if (*n) {
        mhd_result going = call_take(c, data, *n);
        *n = 0;
        return going;
    }
    if (c->state == CALL_READY) return call_finish(c, c->rc);
    return c->refused ? answer_send(c) : call_go(c);
}
