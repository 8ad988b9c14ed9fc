/* answer.c - what leaves: headers, problems, entity tags.
 *
 * Every answer carries the same security headers.  Problems are RFC 9457
 * documents for programs and pages with the same words for people.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "web/asset.h"
#include "web/inside.h"
#include "web/parts.h"

#define CONTENT_POLICY                                                    \
    "default-src 'self'; img-src 'self' data:; style-src 'self'; "        \
    "script-src 'self'; object-src 'none'; base-uri 'none'; "             \
    "form-action 'self'; frame-ancestors 'none'"

/* ---- problems ---- */

int status_of(enum rc rc, const struct fault *f)
{
    switch (rc) {
    case OK: return 200;
    case NOT_FOUND: return 404;
    case INVALID: return f->malformed ? 400 : 422;
    case DENIED: return 403;
    case CONFLICT: return 409;
    case BUSY: return 503;
    case FAILED: return 500;
    }
    return 500;
}

const char *status_title(int status)
{
    switch (status) {
    case 400: return "This cannot be read";
    case 401: return "Log in first";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Not possible here";
    case 409: return "Something else happened meanwhile";
    case 413: return "Too large";
    case 415: return "Another type of content is needed";
    case 422: return "Something is not right";
    case 429: return "Too often";
    case 503: return "Busy: please try again";
    default: return "Something went wrong here";
    }
}

/* Codes that come without words of their own. */
static const char *plain_detail(enum rc rc)
{
    switch (rc) {
    case NOT_FOUND: return "this is not there, or not yours to see";
    case INVALID: return "the input is not right";
    case DENIED: return "your role may not do this";
    case CONFLICT: return "somebody else was faster: load it again";
    case BUSY: return "too much is going on: try again in a moment";
    default: return "this machine failed; nothing was changed";
    }
}

static void member(struct buf *b, const char *name, const char *text)
{
    if (!text || !text[0]) return;
    buf_printf(b, ",\"%s\":", name);
    buf_json(b, text);
}

static void write_document(struct call *c, const char *detail,
                           const char *remedy)
{
    struct buf *b = &c->out;
    const struct fault *f = &c->work.fault;
    buf_printf(b, "{\"type\":\"about:blank\",\"status\":%d", c->status);
    member(b, "title", words_in(c->work.language, status_title(c->status)));
    member(b, "detail", detail);
    member(b, "field", f->field);
    if (f->row > 0) buf_printf(b, ",\"row\":%lld", (long long)f->row);
    member(b, "remedy", remedy);
    buf_putc(b, '}');
    c->type = "application/problem+json";
}

static void write_page(struct call *c, const char *detail, const char *remedy)
{
    struct html h;
    c->type = NULL;
    call_html(c, &h);
    struct page page = {.title = T(&h, status_title(c->status)),
                        .lead = detail, .path = c->path,
                        .as_of = NO_INSTANT, .community = ""};
    page_begin(&h, &page);
    if (remedy[0]) html(&h, "<p>%s</p>", remedy);
    bool log_in = c->status == 401;
    part_link_button(&h, BUTTON_MAIN,
                     log_in ? T(&h, "Log in") : T(&h, "To the start page"),
                     log_in ? "/login" : "/");
    page_end(&h, &page);
}

void answer_problem(struct call *c, enum rc rc)
{
    struct fault *f = &c->work.fault;
    struct buf detail, remedy;
    if (f->code != rc || !f->detail)
        (void)!fault_set(f, rc, "", "%s", plain_detail(rc));
    if (c->status < 400) c->status = status_of(rc, f);
    if (c->status >= 500 && c->status != 503)
        log_error("http-failed", "request=%s status=%d detail=\"%s\" "
                  "args=\"%s\"", c->work.request, c->status, f->detail,
                  f->args[0]);
    buf_init(&detail, 8192);
    buf_init(&remedy, 8192);
    if (strcmp(f->detail, "%s") == 0)
        buf_puts(&detail, words_in(c->work.language, f->args[0]));
    else
        words_fault(&detail, c->work.language, f);
    words_remedy(&remedy, c->work.language, f);
    buf_clear(&c->out);
    c->file = NULL;
    c->stream = false;
    if (c->json)
        write_document(c, detail.at, remedy.at ? remedy.at : "");
    else
        write_page(c, detail.at, remedy.at ? remedy.at : "");
    buf_release(&detail);
    buf_release(&remedy);
}

void answer_refuse(struct call *c, int status, const char *detail,
                   const char *remedy)
{
    c->work.fault = (struct fault){.code = INVALID, .detail = detail,
                                   .remedy = remedy};
    c->status = status;
    answer_problem(c, INVALID);
}

/* ---- headers ---- */

static void put(struct MHD_Response *r, const char *name, const char *value)
{
    (void)!MHD_add_response_header(r, name, value);
}

void answer_headers(const struct call *c, struct MHD_Response *r)
{
    put(r, "X-Content-Type-Options", "nosniff");
    put(r, "Referrer-Policy", "same-origin");
    put(r, "Content-Security-Policy", CONTENT_POLICY);
    put(r, "Cross-Origin-Opener-Policy", "same-origin");
    put(r, "X-Request-Id", c->work.request);
    put(r, "Cache-Control", c->file ? "public, max-age=31536000, immutable"
                                    : "no-store");
    if (c->secure)
        put(r, "Strict-Transport-Security", "max-age=31536000");
    bool waits = false;
    for (size_t i = 0; i < c->n_headers; i++) {
        put(r, c->headers[i].name, c->headers[i].value);
        waits = waits || strcasecmp(c->headers[i].name, "Retry-After") == 0;
    }
    if (!waits && (c->status == 503 || c->status == 429))
        put(r, "Retry-After", "1");
    if (c->status == 401)
        put(r, "WWW-Authenticate", "Bearer realm=\"renlin\"");
    if (c->type) put(r, "Content-Type", c->type);
}

/* ---- bodies ---- */

static bool is_same(const struct call *c, const char *tag)
{
    const char *known = call_asked(c, "If-None-Match");
    return known && (strcmp(known, "*") == 0 || strstr(known, tag));
}

/* The tag of a GET's body; true if the caller has that body already. */
static bool note_tag(struct call *c)
{
    if (c->status != 200 || strcmp(c->route->method, "GET") != 0)
        return false;
    struct digest d = sha256_of(c->out.at, c->out.len);
    struct buf tag;
    buf_init(&tag, 64);
    buf_puts(&tag, "W/\"");
    buf_hex(&tag, d.b, 8);
    buf_putc(&tag, '"');
    bool same = is_same(c, tag.at);
    if (c->n_headers < CALL_HEADERS_MAX) call_header(c, "ETag", tag.at);
    buf_release(&tag);
    return same;
}

static struct MHD_Response *from_file(struct call *c)
{
    const struct embedded *e = c->file;
    const char *takes = call_asked(c, "Accept-Encoding");
    bool br = e->br && takes && strstr(takes, "br");
    c->status = 200;
    c->type = asset_type(e->name);
    if (br) call_header(c, "Content-Encoding", "br");
    call_header(c, "Vary", "Accept-Encoding");
    call_header(c, "ETag",
                arena_printf(&c->arena, "\"%s%s\"", e->etag, br ? "-br" : ""));
    /* MHD takes a plain pointer but does not write through it. */
    union { const void *in; void *out; } at = {br ? e->br : e->at};
    return MHD_create_response_from_buffer(br ? e->br_len : e->len, at.out,
                                           MHD_RESPMEM_PERSISTENT);
}

/* The call, and with it the buffer, lives until the answer has left. */
static struct MHD_Response *from_buffer(struct call *c)
{
    static char nothing[1];
    return MHD_create_response_from_buffer(
        c->out.len, c->out.len ? c->out.at : nothing, MHD_RESPMEM_PERSISTENT);
}

static void settle(struct call *c)
{
    bool page = c->route && c->route->face == ROUTE_PAGE;
    if (!c->status) c->status = c->out.len || c->route->out ? 200 : 204;
    if (c->status == 204 || c->status == 303) c->type = NULL;
    else if (!c->type)
        c->type = page ? "text/html; charset=utf-8" : "application/json";
    if (note_tag(c)) {
        c->status = 304;
        c->type = NULL;
        buf_clear(&c->out);
    }
}

mhd_result answer_send(struct call *c)
{
    if (c->stream) return live_open(c);
    if (!c->file) settle(c);
    size_t len = c->file ? c->file->len : c->out.len;
    struct MHD_Response *r = c->file ? from_file(c) : from_buffer(c);
    if (!r) return MHD_NO;
    answer_headers(c, r);
    connection_phase(c->link, PHASE_ANSWER, len);
    c->server->answered[c->status / 100 % 6]++;
    mhd_result sent = MHD_queue_response(c->connection,
                                         (unsigned)c->status, r);
    MHD_destroy_response(r);
    return sent;
}
