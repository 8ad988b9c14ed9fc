/* place_api.c - the tree of places, read. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "place/place.h"

#include "account/account.h"
#include "web/face.h"
#include "web/route.h"

struct place_page {
    struct place_filter filter;
    struct place *items;
    size_t n;
    int64_t count;
};

/* ?level=building, ?parent=ID */
static enum rc list_prepare(struct call *c)
{
    struct place_page *p = ARENA_NEW(&c->arena, struct place_page);
    const char *level = pairs_get(&c->query, "level");
    p->filter.level = NONE;
    if (level[0]) p->filter.level = words_index(place_levels, level);
    if (p->filter.level == -1)
        return work_fail(&c->work, INVALID, "level",
                         "%s is not one of the words allowed here", level);
    p->filter.parent.v = call_query_int(c, "parent", 0, 1, INT64_MAX);
    p->filter.after.v = call_after(c);
    p->filter.limit = call_limit(c);
    c->row = p;
    return OK;
}

static enum rc list_run(struct work *w, void *call)
{
    struct call *c = call;
    struct place_page *p = c->row;
    return place_list(w, &p->filter, &p->items, &p->n, &p->count);
}

static enum rc list_render(struct call *c)
{
    struct place_page *p = c->row;
    call_list(c, &place_shape, p->items, p->n, p->count, REVEAL_ALL);
    return OK;
}

/* The community, grids and gates belong to all who may read places; a
 * building and what is in it only to those who look after it. */
static enum rc one_run(struct work *w, void *call)
{
    struct call *c = call;
    struct place *p = ARENA_NEW(w->arena, struct place);
    bool in = true;
    c->row = p;
    enum rc rc = place_load(w, (struct place_id){call_param_id(c, 0)}, p);
    if (!rc && p->building.v) rc = place_in_scope(w, p->building, &in);
    return rc || in ? rc : face_nothing_here(w);
}

static enum rc one_render(struct call *c)
{
    face_object(c, &place_shape, c->row, REVEAL_ALL);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/api/places", .face = ROUTE_API,
     .caps = CAP_PLACES, .flags = ROUTE_LIST, .out = &place_shape,
     .summary = "places within one's scope; ?level= ?parent=",
     .prepare = list_prepare, .run = list_run, .render = list_render},
    {.method = "GET", .path = "/api/places/{id}", .face = ROUTE_API,
     .caps = CAP_PLACES, .flags = ROUTE_OWN_ROWS, .out = &place_shape,
     .summary = "one place", .run = one_run, .render = one_render},
};

const struct route_table place_api = {routes, COUNT_OF(routes)};
