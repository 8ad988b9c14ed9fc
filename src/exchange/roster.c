/* roster.c - a roster compared with what is known, and brought in.  See
 * roster.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"
#include "base/text.h"
#include "exchange/roster_inside.h"

enum { MATCH_ROWS = 500, PLACE_ROWS = 10 };

/* An import on its way.  Each unit has an arena of its own; what outlives it
 * is plain numbers in here. */
struct course {
    struct roster roster;
    struct person_batch batch;
    uint8_t salt[64];
    struct digest root;
    size_t from;        /* first row of the unit's piece */
    size_t next;        /* first row of the next piece */
    int64_t places;     /* made so far */
    bool more;          /* the unit wants to be called again */
    int64_t found;      /* an unfinished batch */
};

/* Notes and readings belong to one unit: each gets a work of its own. */
static enum rc unit(struct work *w, bool write, unit_fn *run, void *arg)
{
    struct arena a;
    struct work u = *w;
    arena_init(&a, ARENA_MAX);
    u.arena = &a;
    u.notes = NULL;
    u.readings = NULL;
    enum rc rc = write ? store_write(&u, run, arg) : store_read(&u, run, arg);
    w->fault = u.fault;
    w->random = u.random;
    arena_release(&a);
    return rc;
}

/* ---- before: what was left behind ---- */

static enum rc tidy_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    return person_batch_tidy(w, &c->more);
}

static enum rc unfinished_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    return person_batch_unfinished(w, &c->found);
}

static enum rc go_on_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    c->batch.id = c->found;
    enum rc rc = person_batch_load(w, c->found, &c->batch);
    if (rc) return rc;
    if (c->batch.state == BATCH_LANDING) rc = person_batch_land(w, &c->batch);
    else if (c->batch.state == BATCH_UNDOING)
        rc = person_batch_undo(w, &c->batch);
    return rc;
}

/* What a crash interrupted goes on first; its files come before ours. */
static enum rc finish_earlier(struct work *w)
{
    struct course c = {.found = 1, .more = true};
    enum rc rc = OK;
    while (!rc && c.more) rc = unit(w, true, tidy_unit, &c);
    while (!rc && c.found) {
        rc = unit(w, false, unfinished_unit, &c);
        if (!rc && c.found) rc = unit(w, true, go_on_unit, &c);
        if (rc == CONFLICT) rc = OK; /* another process was faster */
    }
    return rc;
}

/* ---- comparing ---- */

static enum rc community_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    struct community community;
    enum rc rc = account_require(w, CAP_IMPORT);
    if (!rc) rc = community_load(w, &community);
    if (rc) return rc;
    c->roster.demo = community.demo == 1;
    c->roster.today = work_today(w);
    return OK;
}

static enum rc match_door(struct work *w, struct roster_row *row)
{
    struct place door;
    enum rc rc = place_by_code(w, PLACE_HOUSEHOLD, row->door, &door);
    if (!rc) row->household = door.id;
    return rc == NOT_FOUND ? OK : rc;
}

static bool says_nothing_new(struct work *w, const struct roster_row *row,
                             const struct person_known *known)
{
    return known->until.n == PLACE_OPEN.n &&
           row->household.v == known->household.v &&
           strcmp(row->name, known->name) == 0 &&
           (row->sex == NONE || row->sex == known->sex) &&
           (row->birth.n == NONE || row->birth.n == known->birth.n) &&
           (!row->tags[0] || text_equal(row->tags, known->tags)) &&
           (!row->idno[0] ||
            person_hash_is(w, "idno", row->idno, known->idno_hash)) &&
           (!row->phone[0] ||
            person_hash_is(w, "phone", row->phone, known->phone_hash));
}

static enum rc match_person(struct work *w, struct roster_row *row)
{
    struct person_known known;
    enum rc rc = NOT_FOUND;
    if (row->idno[0]) rc = person_known_by_idno(w, row->idno, &known);
    if (rc == NOT_FOUND && row->household.v)
        rc = person_known_by_name(w, row->name_key, row->household,
                                  row->idno[0] != '\0', &known);
    if (rc == NOT_FOUND) return OK;
    if (rc) return rc;
    row->person = known.id;
    row->verdict = says_nothing_new(w, row, &known) ? ROW_SAME : ROW_CHANGED;
    return OK;
}

static enum rc match_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    struct roster *r = &c->roster;
    size_t to = c->from + MATCH_ROWS < r->n ? c->from + MATCH_ROWS : r->n;
    for (size_t i = c->from; i < to; i++) {
        struct roster_row *row = &r->rows[i];
        if (row->verdict == ROW_BAD) continue;
        enum rc rc = match_door(w, row);
        if (!rc) rc = match_person(w, row);
        if (rc) return rc;
    }
    c->next = to;
    return OK;
}

/* Piece by piece until all rows have been seen. */
static enum rc pieces(struct work *w, struct course *c, bool write,
                      unit_fn *run)
{
    enum rc rc = OK;
    for (c->from = 0; !rc && c->from < c->roster.n; c->from = c->next)
        rc = unit(w, write, run, c);
    return rc;
}

/* ---- bringing in ---- */

static bool goes_in(const struct roster_row *row)
{
    return row->verdict == ROW_NEW || row->verdict == ROW_CHANGED;
}

static enum rc want_place(struct work *w, struct course *c,
                          enum place_level level, const char *code,
                          struct place_id parent, struct place *out)
{
    enum rc rc = place_by_code(w, level, code, out);
    if (rc != NOT_FOUND) return rc;
    shape_clear(&place_shape, out);
    out->level = level;
    out->code = code;
    out->parent = parent;
    c->places++;
    return place_create(w, out);
}

static enum rc community_place(struct work *w, struct place_id *out)
{
    struct place *items;
    size_t n;
    struct place_filter filter = {.level = PLACE_COMMUNITY, .limit = 1};
    enum rc rc = place_list(w, &filter, &items, &n, NULL);
    if (!rc && n == 0)
        rc = work_fail(w, DENIED, "building", "new buildings are made by "
                                              "those in charge of all");
    if (!rc) *out = items[0].id;
    return rc;
}

static enum rc make_door(struct work *w, struct course *c,
                         struct roster_row *row)
{
    struct place_id root;
    struct place building, stair, door;
    const char *stair_code =
        arena_printf(w->arena, "%s-%s", row->code[0], row->code[1]);
    enum rc rc = community_place(w, &root);
    if (!rc) rc = want_place(w, c, PLACE_BUILDING, row->code[0], root,
                             &building);
    if (!rc) rc = want_place(w, c, PLACE_UNIT, stair_code, building.id,
                             &stair);
    if (!rc) rc = want_place(w, c, PLACE_HOUSEHOLD, row->door, stair.id,
                             &door);
    if (!rc) row->household = door.id;
    return rc;
}

/* A unit may run again from the start: only its own rows are touched, and a
 * door that is there by now is found. */
static enum rc places_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    struct roster *r = &c->roster;
    size_t i = c->from;
    for (int made = 0; i < r->n && made < PLACE_ROWS; i++) {
        struct roster_row *row = &r->rows[i];
        if (!goes_in(row) || row->household.v) continue;
        enum rc rc = make_door(w, c, row);
        if (rc) return rc;
        made++;
    }
    c->next = i;
    return OK;
}

static enum rc begin_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    enum rc rc = person_batch_create(w, &c->batch);
    if (rc) return rc;
    assert(c->batch.salt.n <= sizeof c->salt);
    memcpy(c->salt, c->batch.salt.at, c->batch.salt.n);
    c->batch.salt.at = c->salt;
    return OK;
}

static enum rc stage_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    struct roster *r = &c->roster;
    size_t i = c->from;
    for (int staged = 0; i < r->n && staged < PERSON_BATCH_STAGE; i++) {
        const struct roster_row *row = &r->rows[i];
        if (!goes_in(row)) continue;
        struct person p = {.id = row->person, .name = row->name,
                           .sex = row->sex, .birth = row->birth,
                           .household = row->household, .idno = row->idno,
                           .phone = row->phone, .tags = row->tags};
        enum rc rc = person_batch_stage(w, &c->batch, &p);
        if (rc) return rc;
        staged++;
    }
    c->next = i;
    return OK;
}

static enum rc root_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    return person_batch_root(w, &c->batch, &c->root);
}

static enum rc seal_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    return person_batch_seal(w, &c->batch, &c->root);
}

static enum rc land_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    return person_batch_land(w, &c->batch);
}

static enum rc bring_in(struct work *w, struct course *c)
{
    enum rc rc = pieces(w, c, true, places_unit);
    if (!rc) rc = unit(w, true, begin_unit, c);
    if (!rc) rc = pieces(w, c, true, stage_unit);
    if (!rc) rc = unit(w, false, root_unit, c);
    if (!rc) rc = unit(w, true, seal_unit, c);
    while (!rc && c->batch.state == BATCH_LANDING)
        rc = unit(w, true, land_unit, c);
    return rc;
}

/* ---- the whole ---- */

static void count(const struct roster *r, struct roster_result *out)
{
    for (size_t i = 0; i < r->n; i++) {
        out->refused += r->rows[i].verdict == ROW_BAD;
        out->added += r->rows[i].verdict == ROW_NEW;
        out->changed += r->rows[i].verdict == ROW_CHANGED;
        out->unchanged += r->rows[i].verdict == ROW_SAME;
    }
}

static int order_cells(const void *a, const void *b)
{
    const struct roster_cell *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static void take_cells(struct roster *r, struct roster_result *out)
{
    if (r->n_cells)
        qsort(r->cells, r->n_cells, sizeof *r->cells, order_cells);
    out->cells = r->cells;
    out->n_cells = r->n_cells;
    out->ignored = r->ignored;
}

static enum rc compare(struct work *w, struct course *c, struct sheet *sheet,
                       struct roster_result *out)
{
    struct roster *r = &c->roster;
    r->arena = w->arena;
    r->ignored = "";
    enum rc rc = unit(w, false, community_unit, c);
    if (!rc) rc = roster_read(r, sheet, &w->fault);
    if (!rc) rc = pieces(w, c, false, match_unit);
    if (rc) return rc;
    roster_check_persons(r);
    take_cells(r, out);
    count(r, out);
    return OK;
}

enum rc roster_import(struct work *w, struct sheet *sheet,
                      const struct roster_options *o,
                      struct roster_result *out)
{
    struct course c = {.from = 0};
    memset(out, 0, sizeof *out);
    out->ignored = "";
    enum rc rc = account_require(w, CAP_IMPORT);
    if (!rc && !o->dry_run) rc = finish_earlier(w);
    if (!rc) rc = compare(w, &c, sheet, out);
    if (rc) return rc;
    bool bad = out->n_cells > 0 && (!o->skip_bad || c.roster.n == 0);
    if (bad && !o->dry_run) out->added = out->changed = 0;
    if (bad)
        return work_fail(w, INVALID, "", "some cells are wrong: nothing was "
                                         "stored");
    if (o->dry_run || out->added + out->changed == 0) return OK;
    c.batch.source = o->sheet ? o->sheet : "";
    c.batch.unchanged = out->unchanged;
    c.batch.refused = out->refused;
    rc = bring_in(w, &c);
    if (rc) return rc;
    out->batch = c.batch.id;
    out->added = c.batch.added;
    out->changed = c.batch.changed;
    out->places = c.places;
    return OK;
}

static enum rc undo_unit(struct work *w, void *arg)
{
    struct course *c = arg;
    return person_batch_undo(w, &c->batch);
}

enum rc roster_undo(struct work *w, int64_t batch, struct roster_undone *out)
{
    struct course c = {.batch = {.id = batch}};
    memset(out, 0, sizeof *out);
    enum rc rc;
    do rc = unit(w, true, undo_unit, &c);
    while (!rc && c.batch.state == BATCH_UNDOING);
    if (rc) return rc;
    out->restored = c.batch.restored;
    out->closed = c.batch.closed;
    out->kept = c.batch.added + c.batch.changed - out->restored - out->closed;
    return OK;
}
