/* person_api.c - residents, read: masked, or in full for a purpose. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/person.h"

#include "account/account.h"
#include "base/text.h"
#include "web/face.h"
#include "web/route.h"

enum { PURPOSE_MAX = 200 };

struct person_page {
    struct person_filter filter;
    struct person *items;
    size_t n;
    int64_t count;
};

/* ?building=ID, ?household=ID */
static enum rc list_prepare(struct call *c)
{
    struct person_page *p = ARENA_NEW(&c->arena, struct person_page);
    p->filter.building.v = call_query_int(c, "building", 0, 1, INT64_MAX);
    p->filter.household.v = call_query_int(c, "household", 0, 1, INT64_MAX);
    p->filter.after.v = call_after(c);
    p->filter.limit = call_limit(c);
    c->row = p;
    return OK;
}

static enum rc list_run(struct work *w, void *call)
{
    struct call *c = call;
    struct person_page *p = c->row;
    return person_list(w, &p->filter, &p->items, &p->n, &p->count);
}

/* Lists are masked always: looking through them is no reading. */
static enum rc list_render(struct call *c)
{
    struct person_page *p = c->row;
    call_list(c, &person_shape, p->items, p->n, p->count, REVEAL_MASKED);
    return OK;
}

/* With ?purpose= in full, which is entered as a reading; else masked. */
static enum rc one_prepare(struct call *c)
{
    const char *purpose = text_clean(&c->arena,
                                     pairs_get(&c->query, "purpose"));
    c->reveal = purpose[0] ? REVEAL_ALL : REVEAL_MASKED;
    c->work.purpose = purpose;
    if (text_length(purpose) > PURPOSE_MAX)
        return work_fail(&c->work, INVALID, "purpose", "is too long");
    return OK;
}

static enum rc one_run(struct work *w, void *call)
{
    struct call *c = call;
    struct person *p = ARENA_NEW(w->arena, struct person);
    bool in = false;
    c->row = p;
    enum rc rc = person_load(w, (struct person_id){call_param_id(c, 0)}, p);
    if (!rc) rc = place_in_scope(w, p->building, &in);
    if (rc) return rc;
    if (!in) return face_nothing_here(w);
    return c->reveal == REVEAL_ALL ? person_unseal(w, p) : OK;
}

static enum rc one_render(struct call *c)
{
    face_object(c, &person_shape, c->row, c->reveal);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/api/people", .face = ROUTE_API,
     .caps = CAP_REGISTRY, .flags = ROUTE_LIST, .out = &person_shape,
     .summary = "residents within one's scope, masked; ?building="
                " ?household=",
     .prepare = list_prepare, .run = list_run, .render = list_render},
    {.method = "GET", .path = "/api/people/{id}", .face = ROUTE_API,
     .caps = CAP_REGISTRY, .flags = ROUTE_OWN_ROWS, .out = &person_shape,
     .summary = "one resident, masked; in full, as a reading, with ?purpose=",
     .prepare = one_prepare, .run = one_run, .render = one_render},
};

const struct route_table person_api = {routes, COUNT_OF(routes)};
