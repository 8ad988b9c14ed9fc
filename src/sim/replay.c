/* replay.c - a community made for a line list, and its days.  See replay.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/replay.h"

#include "intake/intake.h"
#include "ledger/follower.h"
#include "registry/person.h"

enum { CHUNK = 200 };

struct running {
    struct replay *r;
    struct arena *arena;
    struct arena unit_arena;    /* of one unit */
    struct fault *fault;
    struct place_id root;
    struct person_id *person;   /* of each case */
    size_t from, to;            /* cases of the unit */
    struct alert_id told;       /* newest alert that was told */
};

static const struct zone *zone_of_lists(void)
{
    return zone_find("Asia/Shanghai");
}

static struct instant noon(struct day d)
{
    return (struct instant){zone_start(zone_of_lists(), d).ms +
                            12 * MS_PER_HOUR};
}

struct instant replay_start(const struct replay_case *cases, size_t n,
                            struct day from)
{
    assert(n > 0);
    return noon(from.n == NONE ? cases[0].day : from);
}

static void begin(struct running *x, struct work *w)
{
    arena_reset(&x->unit_arena);
    work_init(w, x->r->store, &x->unit_arena, x->r->community);
    w->zone = zone_of_lists();
    account_act_as_system(w);
    w->authority = "replay";
}

static enum rc write_unit(struct running *x, unit_fn *run)
{
    struct work w;
    begin(x, &w);
    enum rc rc = store_write(&w, run, x);
    if (rc) *x->fault = w.fault;
    return rc;
}

static enum rc in_chunks(struct running *x, size_t from, size_t to,
                         unit_fn *run)
{
    enum rc rc = OK;
    for (x->from = from; !rc && x->from < to; x->from = x->to) {
        x->to = x->from + CHUNK < to ? x->from + CHUNK : to;
        rc = write_unit(x, run);
    }
    return rc;
}

/* ---- the community ---- */

static enum rc make_community(struct work *w, void *arg)
{
    struct running *x = arg;
    struct community c = {.name = "replay", .zone = "Asia/Shanghai",
                          .demo = 1, .hotline = ""};
    enum rc rc = community_create(w, &c);
    if (rc) return rc;
    x->r->community = c.community;
    return db_int(w, &x->root.v, "SELECT id FROM place WHERE community=$1"
                                 " AND level=$2", PLACE_COMMUNITY);
}

/* The place of a code, made if it is new. */
static enum rc place_of(struct work *w, enum place_level level,
                        struct place_id parent, const char *code,
                        struct place_id *out)
{
    struct place p;
    enum rc rc = place_by_code(w, level, code, &p);
    if (rc == NOT_FOUND) {
        shape_clear(&place_shape, &p);
        p.level = level;
        p.parent = parent;
        p.code = code;
        rc = place_create(w, &p);
    }
    *out = p.id;
    return rc;
}

/* A household is where its first case says. */
static enum rc door_of(struct work *w, const struct running *x,
                       const struct replay_case *c, struct place_id *door)
{
    struct place_id building, stair;
    door->v = 0;
    if (!c->place[0]) return OK;
    enum rc rc = place_of(w, PLACE_BUILDING, x->root, c->building, &building);
    if (!rc) rc = place_of(w, PLACE_UNIT, building, c->building, &stair);
    return rc ? rc : place_of(w, PLACE_HOUSEHOLD, stair, c->place, door);
}

static enum rc make_people(struct work *w, void *arg)
{
    struct running *x = arg;
    enum rc rc = OK;
    for (size_t i = x->from; !rc && i < x->to; i++) {
        const struct replay_case *c = &x->r->cases[i];
        struct person p;
        shape_clear(&person_shape, &p);
        p.name = c->id;
        p.sex = c->sex;
        if (c->age != NONE)
            p.birth = day_of(day_civil(c->day).year - (int)c->age, 1, 1);
        rc = door_of(w, x, c, &p.household);
        if (!rc) rc = person_create(w, &p, 0);
        x->person[i] = p.id;
    }
    return rc;
}

/* ---- a day ---- */

static void fill(const struct report_kind *k, struct report *r,
                 const char *member, int64_t value)
{
    const struct field *f = shape_field(k->shape, member);
    assert(f);
    *(int64_t *)field_at(f, report_row(r)) = value;
}

static enum rc make_reports(struct work *w, void *arg)
{
    struct running *x = arg;
    const struct report_kind *k = report_kind_find("notified");
    enum rc rc = OK;
    assert(k);
    for (size_t i = x->from; !rc && i < x->to; i++) {
        const struct replay_case *c = &x->r->cases[i];
        struct report *r = arena_alloc(w->arena, report_shape(k)->size);
        bool again;
        shape_clear(report_shape(k), r);
        fill(k, r, "person", x->person[i].v);
        fill(k, r, "day", c->day.n);
        fill(k, r, "onset", c->onset.n);
        rc = report_submit(w, k, r, &again);
    }
    return rc;
}

/* Where a household is all of its building, one of their alerts is enough. */
static enum rc tell_one(struct work *w, struct running *x,
                        const struct alert *a)
{
    struct replay_alert told = {*a, ""};
    struct place p, building = {.code = ""};
    enum rc rc = OK;
    x->told = a->id;
    if (a->place.v) {
        rc = place_load(w, a->place, &p);
        told.place = p.code;
    }
    if (!rc && a->parent.v) rc = place_load(w, a->building, &building);
    if (!rc && (!a->parent.v || strcmp(building.code, told.place) != 0))
        x->r->each(x->r->ctx, &told);
    return rc;
}

/* Alerts that are new since the last time. */
static enum rc tell_unit(struct work *w, void *arg)
{
    struct running *x = arg;
    struct alert_filter filter = {.state = NONE, .since = NO_DAY,
                                  .limit = CHUNK};
    struct alert *items;
    size_t n;
    do {
        filter.after = x->told;
        enum rc rc = alert_list(w, &filter, &items, &n, NULL);
        for (size_t i = 0; !rc && i < n; i++) rc = tell_one(w, x, &items[i]);
        if (rc) return rc;
    } while (n == CHUNK);
    return OK;
}

static enum rc tell(struct running *x)
{
    struct work w;
    begin(x, &w);
    enum rc rc = store_read(&w, tell_unit, x);
    if (rc) *x->fault = w.fault;
    return rc;
}

static enum rc run_day(struct running *x, size_t from, size_t to)
{
    store_set_now(x->r->store, noon(x->r->cases[from].day));
    enum rc rc = in_chunks(x, from, to, make_reports);
    if (!rc) rc = followers_wait(x->r->store, x->fault);
    return rc ? rc : tell(x);
}

static enum rc run_days(struct running *x)
{
    const struct replay *r = x->r;
    enum rc rc = OK;
    for (size_t i = 0, k; !rc && i < r->n; i = k) {
        struct day day = r->cases[i].day;
        for (k = i; k < r->n && r->cases[k].day.n == day.n;) k++;
        if (r->from.n != NONE && day.n < r->from.n) continue;
        if (r->until.n != NONE && day.n > r->until.n) break;
        rc = run_day(x, i, k);
    }
    return rc;
}

enum rc replay_run(struct replay *r, struct arena *a, struct fault *f)
{
    struct running x = {.r = r, .arena = a, .fault = f};
    r->community.v = 0;
    x.person = ARENA_ARRAY(a, r->n, struct person_id);
    arena_init(&x.unit_arena, ARENA_MAX);
    store_set_now(r->store, replay_start(r->cases, r->n, r->from));
    enum rc rc = write_unit(&x, make_community);
    if (!rc) rc = in_chunks(&x, 0, r->n, make_people);
    if (!rc) rc = run_days(&x);
    arena_release(&x.unit_arena);
    return rc;
}
