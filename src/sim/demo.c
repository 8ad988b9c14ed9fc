/* demo.c - the demonstration community enters a store.  See demo.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/demo.h"

#include "intake/intake.h"
#include "ledger/follower.h"
#include "registry/person.h"

enum { CHUNK = 200, YEAR = 365 };

/* What lives while the community is being made. */
struct making {
    struct store *store;
    const struct demo_options *o;
    struct demo_world *world;
    struct arena *arena;
    struct arena unit_arena;      /* of one unit */
    struct fault *fault;
    struct demo_made *out;
    struct place_id root, grid[DEMO_GRIDS], compound[DEMO_COMPOUNDS];
    struct place_id building[DEMO_BUILDINGS];
    struct place_id *unit, *household;
    struct person_id *person;
    const struct zone *zone;
    size_t from, to;              /* of the chunk */
    const struct demo_report *reports;
    int day_index;
};

static enum rc write_unit(struct making *m, unit_fn *run)
{
    struct work w;
    arena_reset(&m->unit_arena);
    work_init(&w, m->store, &m->unit_arena, m->out->community);
    account_act_as_system(&w);
    w.authority = "demonstration";
    enum rc rc = store_write(&w, run, m);
    if (rc) *m->fault = w.fault;
    return rc;
}

static enum rc in_chunks(struct making *m, size_t n, unit_fn *run)
{
    enum rc rc = OK;
    for (m->from = 0; !rc && m->from < n; m->from = m->to) {
        m->to = m->from + CHUNK < n ? m->from + CHUNK : n;
        rc = write_unit(m, run);
    }
    return rc;
}

static struct place new_place(const struct making *m, enum place_level level,
                              struct place_id parent, const char *code,
                              const char *name)
{
    struct place p;
    shape_clear(&place_shape, &p);
    p.level = level;
    p.parent = parent;
    p.code = code;
    p.name = name;
    p.since.n = m->o->today.n - YEAR;
    return p;
}

static enum rc make_community(struct work *w, void *arg)
{
    struct making *m = arg;
    struct community c = {.name = m->o->name, .zone = "Asia/Shanghai",
                          .demo = 1, .hotline = "1004-0000-000"};
    enum rc rc = community_create(w, &c);
    if (rc) return rc;
    m->out->community = c.community;
    return db_int(w, &m->root.v, "SELECT id FROM place WHERE community=$1"
                                 " AND level=$2", PLACE_COMMUNITY);
}

static enum rc make_groups(struct work *w, struct making *m)
{
    enum rc rc = OK;
    for (size_t i = 0; !rc && i < DEMO_GRIDS; i++) {
        const struct demo_grid *g = &m->world->grids[i];
        struct place p = new_place(m, PLACE_GRID, m->root, g->code, g->name);
        rc = place_create(w, &p);
        m->grid[i] = p.id;
    }
    for (size_t i = 0; !rc && i < DEMO_COMPOUNDS; i++) {
        const struct demo_compound *g = &m->world->compounds[i];
        struct place p = new_place(m, PLACE_COMPOUND, m->root, g->code,
                                   g->name);
        rc = place_create(w, &p);
        m->compound[i] = p.id;
    }
    return rc;
}

static enum rc make_buildings(struct work *w, void *arg)
{
    struct making *m = arg;
    enum rc rc = make_groups(w, m);
    for (size_t i = 0; !rc && i < DEMO_BUILDINGS; i++) {
        const struct demo_building *b = &m->world->buildings[i];
        struct place p = new_place(m, PLACE_BUILDING, m->root, b->code,
                                   b->name);
        p.x = b->x;
        p.y = b->y;
        p.outline = b->outline;
        rc = place_create(w, &p);
        m->building[i] = p.id;
        if (!rc)
            rc = place_group_add(w, m->grid[b->grid], p.id, p.since,
                                 PLACE_OPEN);
        if (!rc)
            rc = place_group_add(w, m->compound[b->compound], p.id, p.since,
                                 PLACE_OPEN);
    }
    return rc;
}

static enum rc make_units(struct work *w, void *arg)
{
    struct making *m = arg;
    enum rc rc = OK;
    for (size_t i = m->from; !rc && i < m->to; i++) {
        const struct demo_unit *u = &m->world->units[i];
        struct place p = new_place(m, PLACE_UNIT, m->building[u->building],
                                   u->code, u->name);
        rc = place_create(w, &p);
        m->unit[i] = p.id;
    }
    return rc;
}

static enum rc make_households(struct work *w, void *arg)
{
    struct making *m = arg;
    enum rc rc = OK;
    for (size_t i = m->from; !rc && i < m->to; i++) {
        const struct demo_household *h = &m->world->households[i];
        struct place p = new_place(m, PLACE_HOUSEHOLD, m->unit[h->unit],
                                   h->code, h->code);
        rc = place_create(w, &p);
        m->household[i] = p.id;
    }
    return rc;
}

static enum rc make_people(struct work *w, void *arg)
{
    struct making *m = arg;
    enum rc rc = OK;
    for (size_t i = m->from; !rc && i < m->to; i++) {
        const struct demo_person *d = &m->world->people[i];
        if (!d->registered) continue;
        struct person p;
        shape_clear(&person_shape, &p);
        p.name = d->name;
        p.sex = d->sex == DEMO_MALE ? SEX_MALE : SEX_FEMALE;
        p.birth = d->birth;
        p.idno = d->idno;
        p.phone = d->phone;
        if (d->household >= 0) {
            p.household = m->household[d->household];
            const struct demo_household *h =
                &m->world->households[d->household];
            if (!p.phone[0] && h->first == (int)i) p.phone = h->landline;
        }
        p.tags = d->tags;
        rc = person_create(w, &p, 0);
        m->person[i] = p.id;
    }
    return rc;
}

/* ---- accounts ---- */

enum rc demo_account_make(struct work *w, struct demo_account *d,
                          struct person_id person, struct place_id scope)
{
    struct account a = {.name = d->name, .role = d->role, .person = person,
                        .scope = scope,
                        .password = password_hash(w->arena, d->password)};
    if (!a.password)
        return work_fail(w, BUSY, "", "memory is short");
    enum rc rc = account_create(w, &a);
    if (rc) return rc;
    return session_open(w, a.id, true, "first token", 30, d->token);
}

struct demo_role {
    const char *name;
    enum role role;
    int cast;             /* enum demo_cast, -1 nobody in the registry */
    bool scoped;          /* to the grid of buildings 12 and 13 */
};
static const struct demo_role demo_roles[] = {
    {"director", ROLE_DIRECTOR, CAST_DIRECTOR, false},
    {"grid_worker", ROLE_GRID_WORKER, CAST_GRID_WORKER, true},
    {"guard", ROLE_GUARD, CAST_GUARD, false},
    {"resident", ROLE_RESIDENT, CAST_GRANDMOTHER, false},
    {"daughter", ROLE_RESIDENT, CAST_DAUGHTER, false},
    {"tenant", ROLE_RESIDENT, -1, false},
    {"epidemiologist", ROLE_EPIDEMIOLOGIST, -1, false},
    {"auditor", ROLE_AUDITOR, -1, false},
    {"admin", ROLE_ADMIN, -1, false},
};

/* Log-in names are unique in a database: a second community's carry its
 * name's number. */
static const char *login_of(struct making *m, const char *name)
{
    if (strcmp(m->o->name, "示范社区") == 0) return name;
    return arena_printf(m->arena, "%s.%lld", name,
                        (long long)(m->out->community.v % 100000));
}

static enum rc make_accounts(struct work *w, void *arg)
{
    struct making *m = arg;
    enum rc rc = OK;
    for (size_t i = m->from; !rc && i < m->to; i++) {
        const struct demo_role *r = &demo_roles[i];
        struct demo_account *d = &m->out->accounts[i];
        struct person_id person = {0};
        struct place_id scope = {0};
        if (r->cast >= 0) person = m->person[m->world->cast[r->cast]];
        if (r->scoped) scope = m->grid[m->world->buildings[11].grid];
        rc = demo_account_make(w, d, person, scope);
    }
    return rc;
}

static enum rc all_accounts(struct making *m)
{
    size_t n = COUNT_OF(demo_roles);
    enum rc rc = OK;
    for (size_t i = 0; i < n; i++) {
        struct demo_account *d = &m->out->accounts[i];
        d->name = login_of(m, demo_roles[i].name);
        d->role = demo_roles[i].role;
        password_make(d->password, DEMO_PASSWORD);
    }
    m->out->n = n;
    /* One a unit: a password takes the writer's whole patience. */
    for (size_t i = 0; !rc && i < n; i++) {
        m->from = i;
        m->to = i + 1;
        rc = write_unit(m, make_accounts);
    }
    return rc;
}

/* ---- 60 days of reports ---- */

/* Members that temperature reports share with demo_report, by name. */
static void fill(const struct report_kind *k, struct report *r,
                 const char *member, int64_t value)
{
    const struct field *f = shape_field(k->shape, member);
    assert(f);
    *(int64_t *)field_at(f, report_row(r)) = value;
}

static enum rc make_reports(struct work *w, void *arg)
{
    struct making *m = arg;
    const struct report_kind *k = report_kind_find("temperature");
    struct day day = {m->o->today.n - DEMO_DAYS + m->day_index};
    struct instant start = zone_start(m->zone, day);
    enum rc rc = OK;
    for (size_t i = m->from; !rc && i < m->to; i++) {
        const struct demo_report *d = &m->reports[i];
        struct person_id person = m->person[d->person];
        bool again;
        if (!person.v) continue; /* the tenant whom nobody registered */
        struct report *r = arena_alloc(w->arena, report_shape(k)->size);
        shape_clear(report_shape(k), r);
        w->now.ms = start.ms + d->minute * MS_PER_MINUTE;
        fill(k, r, "person", person.v);
        fill(k, r, "day", day.n);
        fill(k, r, "temperature_c", d->temperature);
        fill(k, r, "symptoms", d->symptoms);
        rc = report_submit(w, k, r, &again);
    }
    return rc;
}

static enum rc make_day(struct making *m, int day_index)
{
    struct day day = {m->o->today.n - DEMO_DAYS + day_index};
    size_t n = demo_reports_day(m->world, day_index, &m->reports);
    m->day_index = day_index;
    enum rc rc = OK;
    for (m->from = 0; !rc && m->from < n; m->from = m->to) {
        m->to = m->from + CHUNK < n ? m->from + CHUNK : n;
        int minute = m->reports[m->to - 1].minute;
        store_set_now(m->store, (struct instant){
            zone_start(m->zone, day).ms + minute * MS_PER_MINUTE});
        rc = write_unit(m, make_reports);
    }
    return rc ? rc : followers_wait(m->store, m->fault);
}

static enum rc make_all(struct making *m)
{
    struct demo_world *world = m->world;
    enum rc rc = write_unit(m, make_community);
    if (!rc) rc = write_unit(m, make_buildings);
    if (!rc) rc = in_chunks(m, world->unit_n, make_units);
    if (!rc) rc = in_chunks(m, DEMO_HOUSEHOLDS, make_households);
    if (!rc) rc = in_chunks(m, DEMO_PEOPLE, make_people);
    if (!rc) rc = all_accounts(m);
    for (int i = DEMO_DAYS - m->o->days; !rc && i < DEMO_DAYS; i++) {
        rc = make_day(m, i);
        if (m->o->progress) m->o->progress(m->o->ctx, i + 1, DEMO_DAYS);
    }
    return rc;
}

enum rc demo_store(struct store *s, const struct demo_options *o,
                   struct arena *a, struct demo_made *out, struct fault *f)
{
    struct making m = {.store = s, .o = o, .arena = a, .out = out,
                       .fault = f, .zone = zone_find("Asia/Shanghai")};
    assert(m.zone && o->days >= 0 && o->days <= DEMO_DAYS);
    memset(out, 0, sizeof *out);
    m.world = demo_world_make(a, o->seed, o->today);
    m.unit = ARENA_ARRAY(a, m.world->unit_n, struct place_id);
    m.household = ARENA_ARRAY(a, DEMO_HOUSEHOLDS, struct place_id);
    m.person = ARENA_ARRAY(a, DEMO_PEOPLE, struct person_id);
    arena_init(&m.unit_arena, ARENA_MAX);
    struct day first = {o->today.n - DEMO_DAYS};
    store_set_now(s, zone_start(m.zone, first));
    enum rc rc = make_all(&m);
    arena_release(&m.unit_arena);
    store_set_now(s, (struct instant){zone_start(m.zone, o->today).ms +
                                      7 * MS_PER_HOUR + 30 * MS_PER_MINUTE});
    return rc;
}
