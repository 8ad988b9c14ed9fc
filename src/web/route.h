/* route.h - the table of contents of the HTTP side.
 *
 * Each *_page.c and *_api.c declares its routes as a table of constants;
 * routes.def lists the tables.  Dispatch, permission, limits, `renlin
 * routes`, OpenAPI and the tests of every role are driven by them.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "web/call.h"

enum {
    ROUTE_WRITE = 1,    /* run on the writer */
    ROUTE_SLOW = 2,     /* the whole call on a worker thread (passwords) */
    ROUTE_PER_KIND = 4, /* one a kind of report: {kind} in the path */
    ROUTE_LINES = 8,    /* body is newline-delimited JSON */
    ROUTE_LIST = 16,    /* answers the list envelope of `out` */
    ROUTE_FORM = 32,    /* body is a form */
    ROUTE_OWN_ROWS = 64, /* rows of others read as not there */
};

enum route_face { ROUTE_PAGE, ROUTE_API };

struct route {
    const char *method, *path;
    enum route_face face;
    uint64_t caps;              /* needed; 0 public */
    unsigned flags;
    size_t body_max;            /* bytes; 0: CALL_BODY_MAX */
    const struct shape *in;     /* body; NULL none (or the kind's) */
    const struct shape *out;    /* answer; NULL free form */
    const char *summary;        /* English, for OpenAPI and routes */
    const char *purpose;        /* of readings through it; NULL none */
    enum rc (*prepare)(struct call *c); /* any thread; NULL nothing */
    enum rc (*run)(struct work *w, void *call); /* NULL nothing */
    enum rc (*render)(struct call *c); /* after the commit; NULL 204 */
};

struct route_table {
    const struct route *routes;
    size_t n;
};



/* The route of a method and path, filling in c->param and c->kind.
 * NOT_FOUND: no such path; DENIED never; CONFLICT: the path is there with
 * other methods, named in `allow` (200 bytes). */
enum rc route_find(struct call *c, const char *method, const char *path,
                   const struct route **out, char *allow);
/* Concrete paths: routes per kind once a kind. */
typedef void route_visit(const struct route *r, const char *path,
                         const struct report_kind *k, void *ctx);
void route_each(route_visit *visit, void *ctx);
/* Names of the roles that hold r->caps ("public" if none needed), as a JSON
 * array. */
void route_roles(const struct route *r, const struct report_kind *k,
                 struct buf *b);
/* Capabilities a call needs: the route's and the kind's. */
uint64_t route_caps(const struct route *r, const struct report_kind *k);
