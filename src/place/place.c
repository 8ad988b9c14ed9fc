/* place.c - the tree of places and its dated groupings.  See place.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "place/place.h"

#include "ledger/ledger.h"

const char *const place_levels[] = {
    [PLACE_COMMUNITY] = "community", [PLACE_GRID] = "grid",
    [PLACE_COMPOUND] = "compound",   [PLACE_BUILDING] = "building",
    [PLACE_UNIT] = "unit",           [PLACE_HOUSEHOLD] = "household",
    [PLACE_GATE] = "gate",           [PLACE_LEVELS] = NULL,
};

static const struct field place_fields[] = {
    FIELD(place, id, F_ID, F_OURS),
    FIELD(place, level, F_ENUM, F_REQUIRED, .words = place_levels),
    FIELD(place, parent, F_REF, 0),
    FIELD(place, building, F_REF, F_OURS),
    FIELD(place, code, F_TEXT, F_REQUIRED, .max = 40),
    FIELD(place, name, F_TEXT, 0, .max = 80),
    FIELD(place, x, F_DECIMAL(1), 0),
    FIELD(place, y, F_DECIMAL(1), 0),
    FIELD(place, outline, F_TEXT, 0, .max = 4000),
    FIELD(place, since, F_DAY, 0),
    FIELD(place, until, F_DAY, 0),
};
const struct shape place_shape = SHAPE(place, place_fields);

#define PLACE_COLUMNS                                                   \
    "id, level, parent, building, code, name, x, y, outline, since, until"

/* Which level may stand under which; groupings stand under the community. */
static bool may_stand_under(int64_t level, int64_t parent)
{
    static const int above[PLACE_LEVELS] = {
        [PLACE_COMMUNITY] = -1,
        [PLACE_GRID] = PLACE_COMMUNITY,
        [PLACE_COMPOUND] = PLACE_COMMUNITY,
        [PLACE_BUILDING] = PLACE_COMMUNITY,
        [PLACE_UNIT] = PLACE_BUILDING,
        [PLACE_HOUSEHOLD] = PLACE_UNIT,
        [PLACE_GATE] = PLACE_COMMUNITY,
    };
    return above[level] == parent;
}

/* Parent and building of a place that is to be made. */
static enum rc settle(struct work *w, struct place *p)
{
    struct place parent = {.level = -1};
    if (p->parent.v) {
        enum rc rc = place_load(w, p->parent, &parent);
        if (rc) return rc;
    }
    if (!may_stand_under(p->level, parent.level))
        return work_fail(w, INVALID, "parent",
                         "a place of this level does not stand there");
    p->building = p->level == PLACE_BUILDING ? p->id : parent.building;
    return OK;
}

enum rc place_create(struct work *w, struct place *p)
{
    p->id.v = work_new_id(w);
    if (p->since.n == NONE) p->since = work_today(w);
    if (p->until.n == NONE) p->until = PLACE_OPEN;
    if (!p->name || !p->name[0]) p->name = p->code;
    enum rc rc = settle(w, p);
    if (rc) return rc;
    rc = db_exec(w,
        "INSERT INTO place(community, id, level, parent, building, code,"
        " name, x, y, outline, since, until)"
        " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
        " WHERE NOT EXISTS(SELECT 1 FROM place WHERE community=$1"
        " AND level=$3 AND code=$6 AND since<$12 AND until>$11)",
        p->id.v, p->level, p->parent.v, p->building.v, p->code, p->name, p->x,
        p->y, p->outline ? p->outline : "", p->since.n, p->until.n);
    if (rc == CONFLICT || (!rc && db_changes(w) == 0))
        return work_fail(w, CONFLICT, "code",
                         "a place of this level has this code already");
    return rc ? rc : ledger_add(w, "place.created", p->id.v);
}

enum rc place_load(struct work *w, struct place_id id, struct place *out)
{
    return db_one(w, &place_shape, out,
                  "SELECT " PLACE_COLUMNS " FROM place"
                  " WHERE community=$1 AND id=$2", id.v);
}

enum rc place_by_code(struct work *w, enum place_level level,
                      const char *code, struct place *out)
{
    return db_one(w, &place_shape, out,
                  "SELECT " PLACE_COLUMNS " FROM place"
                  " WHERE community=$1 AND level=$2 AND code=$3"
                  " AND since<=$4 AND until>$4 ORDER BY since DESC LIMIT 1",
                  level, code, work_today(w).n);
}

void place_scope(struct work *w, struct db_list *q)
{
    if (!w->scope.v || w->scope_level == PLACE_COMMUNITY) return;
    if (w->scope_level != PLACE_GRID && w->scope_level != PLACE_COMPOUND) {
        db_list_and(q, " AND building=$?", w->scope.v);
        return;
    }
    int64_t today = work_today(w).n;
    db_list_and(q, " AND building IN (SELECT building FROM place_group"
                   " WHERE community=$1 AND grp=$?", w->scope.v);
    db_list_and(q, " AND since<=$?", today);
    db_list_and(q, " AND until>$?)", today);
}

enum rc place_list(struct work *w, const struct place_filter *filter,
                   struct place **items, size_t *n, int64_t *count)
{
    struct db_list q = db_list_from("SELECT " PLACE_COLUMNS " FROM place"
                                    " WHERE community=$1");
    if (filter->level != NONE)
        db_list_and(&q, " AND level=$?", filter->level);
    if (filter->parent.v)
        db_list_and(&q, " AND parent=$?", filter->parent.v);
    place_scope(w, &q);
    enum rc rc = count ? db_list_count(w, count, &q) : OK;
    if (rc) return rc;
    db_list_and(&q, " AND id>$?", filter->after.v);
    db_list_and(&q, " ORDER BY id LIMIT $?", filter->limit);
    return db_list_all(w, &place_shape, items, n, &q);
}

/* A grouping and a building, both of this community. */
static enum rc may_group(struct work *w, struct place_id group,
                         struct place_id building)
{
    struct place g, b;
    enum rc rc = place_load(w, group, &g);
    if (!rc) rc = place_load(w, building, &b);
    if (rc && rc != NOT_FOUND) return rc;
    if (!rc && b.level == PLACE_BUILDING &&
        (g.level == PLACE_GRID || g.level == PLACE_COMPOUND))
        return OK;
    return work_fail(w, NOT_FOUND, "building",
                     "there is no such building or grouping here");
}

static enum rc enter_group(struct work *w, const char *kind,
                           struct place_id building, struct place_id group)
{
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = kind, .thing = building.v,
        .values = arena_printf(w->arena, "{\"group\":\"%lld\"}",
                               (long long)group.v)});
}

enum rc place_group_add(struct work *w, struct place_id group,
                        struct place_id building, struct day since,
                        struct day until)
{
    if (since.n >= until.n)
        return work_fail(w, INVALID, "until", "the end lies before the start");
    enum rc rc = may_group(w, group, building);
    if (rc) return rc;
    rc = db_exec(w,
        "INSERT INTO place_group(community, grp, building, since, until)"
        " SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS(SELECT 1"
        " FROM place_group WHERE community=$1 AND grp=$2 AND building=$3"
        " AND since<$5 AND until>$4)",
        group.v, building.v, since.n, until.n);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, CONFLICT, "building",
                         "the building is in it already in that time");
    return enter_group(w, "place.grouped", building, group);
}

enum rc place_group_end(struct work *w, struct place_id group,
                        struct place_id building, struct day on)
{
    enum rc rc = db_exec(w,
        "UPDATE place_group SET until=$4 WHERE community=$1 AND grp=$2"
        " AND building=$3 AND since<$4 AND until>$4",
        group.v, building.v, on.n);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, NOT_FOUND, "building",
                         "the building is not in it then");
    return enter_group(w, "place.ungrouped", building, group);
}

enum rc place_in_scope(struct work *w, struct place_id building, bool *in)
{
    *in = true;
    if (!w->scope.v || w->scope_level == PLACE_COMMUNITY) return OK;
    if (w->scope_level != PLACE_GRID && w->scope_level != PLACE_COMPOUND) {
        *in = building.v == w->scope.v;
        return OK;
    }
    int64_t n = 0;
    enum rc rc = db_int(w, &n,
        "SELECT count(*) FROM place_group WHERE community=$1 AND grp=$2"
        " AND building=$3 AND since<=$4 AND until>$4",
        w->scope.v, building.v, work_today(w).n);
    *in = n > 0;
    return rc;
}
