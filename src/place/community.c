/* community.c - the communities of a database.  See place.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger.h"
#include "place/place.h"

static const struct field community_fields[] = {
    FIELD(community, community, F_ID, F_OURS),
    FIELD(community, name, F_TEXT, F_REQUIRED, .max = 80),
    FIELD(community, zone, F_TEXT, F_REQUIRED, .max = 60),
    FIELD(community, demo, F_BOOL, 0),
    FIELD(community, hotline, F_TEXT, 0, .max = 40),
    FIELD(community, created, F_INSTANT, F_OURS),
};
const struct shape community_shape = SHAPE(community, community_fields);

enum rc community_create(struct work *w, struct community *c)
{
    const struct zone *zone = zone_find(c->zone);
    if (!zone)
        return work_fail(w, INVALID, "zone", "there is no such time zone");
    c->community.v = work_new_id(w);
    c->created = w->now;
    w->community = c->community;
    w->zone = zone;
    enum rc rc = db_exec(w,
        "INSERT INTO community(community, name, zone, demo, hotline, created)"
        " VALUES($1, $2, $3, $4, $5, $6)",
        c->name, c->zone, c->demo, c->hotline ? c->hotline : "",
        c->created.ms);
    if (rc == CONFLICT)
        return work_fail(w, CONFLICT, "name",
                         "there is a community of that name already");
    if (!rc) rc = ledger_add(w, "community.created", 0);
    struct place root;
    shape_clear(&place_shape, &root);
    root.level = PLACE_COMMUNITY;
    root.code = root.name = c->name;
    return rc ? rc : place_create(w, &root);
}

enum rc community_load(struct work *w, struct community *out)
{
    enum rc rc = db_one(w, &community_shape, out,
        "SELECT community, name, zone, demo, hotline, created FROM community"
        " WHERE community=$1");
    if (rc) return rc;
    const struct zone *zone = zone_find(out->zone);
    if (zone) w->zone = zone;
    return OK;
}

enum rc community_list(struct work *w, struct community **items, size_t *n)
{
    return db_city_all(w, &community_shape, items, n,
        "SELECT community, name, zone, demo, hotline, created FROM community"
        " ORDER BY community");
}

enum rc community_find(struct work *w, const char *name,
                       struct community *out)
{
    struct community *all;
    size_t n;
    enum rc rc = community_list(w, &all, &n);
    if (rc) return rc;
    if (!name && n > 1)
        return work_fail(w, INVALID, "community",
                         "there are several communities here: name one");
    for (size_t i = 0; i < n; i++) {
        if (name && strcmp(all[i].name, name) != 0) continue;
        *out = all[i];
        w->community = out->community;
        const struct zone *zone = zone_find(out->zone);
        if (zone) w->zone = zone;
        return OK;
    }
    return work_fail(w, NOT_FOUND, "community",
                     "there is no such community here");
}
