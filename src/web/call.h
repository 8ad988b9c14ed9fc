/* call.h - one HTTP request on its way through the program.
 *
 *   headers ─► route, limits ─► body ─► identify ─► prepare
 *        read  ─► run (reader) ─► readings entered? ─► render ─► answer
 *        write ─► suspended: run (writer) ─► commit ─► render ─► answer
 *        slow  ─► suspended: a worker thread prepares, then as above
 *
 * (The registry's request 诉求 is another thing: this one is a call.)  All
 * memory is the call's arena; it dies when the answer has left.  A submitted
 * call belongs to the writer until its connection is resumed.
 *
 * A route's functions leave the answer in out, status (0: 200), type and
 * headers, or return a code with the fault in work.fault; a status of 400 or
 * more that stands there already is kept (429 for those who are throttled).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "base/buf.h"
#include "web/html.h"

struct MHD_Connection;
struct server;
struct route;
struct report_kind;
struct embedded;

enum { CALL_PARAMS = 4, CALL_PAIRS_MAX = 128, CALL_BODY_MAX = 1 << 20,
       CALL_BATCH_MAX = 10 << 20, CALL_HEADERS_MAX = 8,
       CALL_OUT_MAX = 32 << 20 };

/* name=value of a query string, a form or a cookie header; decoded. */
struct pair { const char *name, *value; };
struct pairs { struct pair at[CALL_PAIRS_MAX]; size_t n; };

/* "" if there is none of that name. */
const char *pairs_get(const struct pairs *p, const char *name);
/* application/x-www-form-urlencoded, strictly: INVALID for bad %, bad UTF-8,
 * NUL, more than CALL_PAIRS_MAX. */
enum rc pairs_from_form(struct pairs *p, struct arena *a, const char *text,
                        size_t n, struct fault *f) MUST_USE;
/* Cookie header (RFC 6265 section 4.2); what does not parse is left out. */
void pairs_from_cookies(struct pairs *p, struct arena *a, const char *text);

enum call_state { CALL_READING, CALL_AWAY, CALL_READY };

struct call {
    struct server *server;
    struct MHD_Connection *connection;
    struct connection *link;       /* the server's note of the connection */
    const struct route *route;
    const struct report_kind *kind; /* of a route per kind */
    const char *method, *path;
    const char *param[CALL_PARAMS]; /* what stands for {id} … in the path */
    struct pairs query, form, cookies;
    const char *body;              /* NUL-terminated, body_n bytes */
    size_t body_n;
    struct buf body_buf;
    const char *cookie;            /* session secret, or NULL */
    bool by_token;
    const char *address;           /* of the client, as text */
    bool json;                     /* wants JSON (problems too) */
    bool secure;                   /* came by TLS */

    struct arena arena;
    struct work work;
    struct unit *unit;
    enum call_state state;

    void *row;                     /* between prepare, run and render */
    const char *reading_what;      /* route of the reading */
    enum reveal reveal;            /* what render may show; all where the
                                      route names a purpose */
    int status;                    /* 0: 200, or 204 with nothing in out */
    struct buf out;
    const char *type;              /* Content-Type; NULL: JSON or HTML, by
                                      the route's face */
    struct pair headers[CALL_HEADERS_MAX];
    size_t n_headers;
    const struct embedded *file;   /* answered instead of out */
    bool stream;                   /* /live took the connection over */
    int64_t started_ns;

    /* The server's own. */
    struct unit own_unit;
    struct fault bad;              /* of the query, found by call_query_int */
    size_t body_max, body_seen;
    enum rc rc;
    bool body_over, refused, entering;
};

/* A setting of the path: {id} as an id, 0 if it is none. */
int64_t call_param_id(const struct call *c, size_t i);
/* A whole number of the query.  One that is none, or out of its range, makes
 * the answer 422 naming it; the fallback is returned meanwhile. */
int64_t call_query_int(struct call *c, const char *name, int64_t fallback,
                       int64_t min, int64_t max);
/* Likewise a day "2026-11-24"; NO_DAY if it is not there. */
struct day call_query_day(struct call *c, const char *name);
/* name must be a constant; value is copied. */
void call_header(struct call *c, const char *name, const char *value);
/* Answer with a redirect after a form was taken (303). */
void call_see_other(struct call *c, const char *where);
/* A request header, NULL if it is not there. */
const char *call_asked(const struct call *c, const char *name);
/* Form token of this session: what a cookie's writes must carry; NULL where
 * nobody is logged in by a cookie. */
const char *call_form_token(struct call *c);
/* A writer for the page this call answers with. */
void call_html(struct call *c, struct html *h);
/* Whom secrets stand for is looked up anew: after log-out and changes of
 * accounts.  (Done by itself after writes that need CAP_ACCOUNTS.) */
void call_forget(struct call *c);

/* Lists: cursor and limit from the query; the envelope of SURFACES. */
enum { CALL_LIMIT = 100, CALL_LIMIT_MAX = 1000 };
int64_t call_after(struct call *c);
int64_t call_limit(struct call *c);
/* next is the id (the shape's first member) of the last item where the page
 * is full.  count: NONE unknown, over DB_COUNT_MAX "count_at_least". */
void call_list(struct call *c, const struct shape *s, const void *items,
               size_t n, int64_t count, enum reveal reveal);
