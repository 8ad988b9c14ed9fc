/* desk.h - a small world to test a room in, on every store there is.
 *
 *     DESK_TEST(a_building_joins_a_grid_once)
 *     {
 *         desk_as(d, ROLE_DIRECTOR, (struct place_id){0});
 *         assert_rc(OK, WRITE(w, place_group_add(w, ...)));
 *         assert_refused(CONFLICT, "building",
 *                        WRITE(w, place_group_add(w, ...)));
 *     }
 *
 * A DESK_TEST runs once on SQLite and, where RENLIN_TEST_PG names a
 * throw-away server (tools/pg-throwaway), once on PostgreSQL.  What always
 * holds at its start: the clock stands at 2026-11-24T08:00:00Z (16:00 in
 * Shanghai), dice are seeded with 1, followers are started without one, and
 * two communities are full of the same data, 甲社区 (d->here) and 乙社区
 * (d->there):
 *
 *     grid G1 ── buildings 1, 2     grid G2 ── building 3
 *     each building: one unit ("1-1"), two doors ("1-1-101", "1-1-102")
 *     people 0, 1 behind door 0; person i behind door i-1 for i = 2 ... 6;
 *     identity numbers "ID-0000" ..., phones "139-0000" ...
 *
 * w is the desk's work: of the system in 甲社区 until desk_as changes it.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "ledger/ledger.h"
#include "place/place.h"
#include "registry/person.h"
#include "test.h"

enum { TOWN_GRIDS = 2, TOWN_BUILDINGS = 3, TOWN_DOORS = 6, TOWN_PEOPLE = 7 };

struct town {
    struct community_id community;
    struct place_id root, grid[TOWN_GRIDS], building[TOWN_BUILDINGS],
        unit[TOWN_BUILDINGS], door[TOWN_DOORS];
    struct person_id person[TOWN_PEOPLE];
};

struct desk {
    struct store *store;
    struct arena arena;
    struct work work;
    struct community_id community, other; /* here's and there's */
    struct town here, there;
    const char *url;                      /* of the store */
    int accounts;                         /* made by desk_as */
};

struct desk *desk_open(bool pg);
void desk_close(struct desk *d);
/* Close the store and open it again on the same data (and keys).  On SQLite
 * the desk then stands on a file. */
void desk_reopen(struct desk *d);
bool desk_has_pg(void);

/* ---- who works ---- */

/* The desk's work acts in 甲社区 as a fresh account of that role. */
void desk_as(struct desk *d, enum role role, struct place_id scope);
void desk_as_person(struct desk *d, enum role role, struct place_id scope,
                    struct person_id person);
/* The same in 乙社区, with its person 0. */
void desk_as_stranger(struct desk *d, enum role role);
void desk_as_system(struct desk *d);
/* A second work beside the desk's, of the system in 甲社区. */
struct work *desk_work(struct desk *d);
/* The world's clock, and the desk's work, move on. */
void desk_later(struct desk *d, int64_t ms);

/* ---- units ---- */

enum rc desk_write(struct desk *d, unit_fn *run, void *arg);
enum rc desk_read(struct desk *d, unit_fn *run, void *arg);

/* A call made inside a unit that is open while it lasts; the value is the
 * unit's code after the commit.  The writer (a reader's thread) stands still
 * meanwhile, so `call` may be any expression of type enum rc. */
#define WRITE(w, call) (desk_must(desk_begin(w)), desk_end((w), (call)))
#define READ(w, call) (desk_must(desk_look(w)), desk_looked((w), (call)))
/* The same by hand; one of each may be open.  False: it did not begin, and
 * the end says why. */
bool desk_begin(struct work *w) MUST_USE;
enum rc desk_end(struct work *w, enum rc rc);
bool desk_look(struct work *w) MUST_USE;
enum rc desk_looked(struct work *w, enum rc rc);
void desk_must(bool began);

/* Run `run` as units of n works at once, half of them by another process's
 * store of the same database; how many came to `rc`. */
int desk_race(struct desk *d, unit_fn *run, void *arg, int n, enum rc rc);

/* ---- what is so ---- */

/* A number that an SQL text with $1 = 甲社区's community gives, now. */
int64_t desk_count(struct desk *d, const char *sql);
/* Entries of a kind in 甲社区's ledger. */
int64_t desk_entries(struct desk *d, const char *kind);

/* Of the work `w` that is in sight. */
#define assert_rc(want, expr) \
    desk_assert_rc((want), (expr), &w->fault, __FILE__, __LINE__)
#define assert_refused(want, named, expr)                             \
    do {                                                              \
        desk_assert_rc((want), (expr), &w->fault, __FILE__, __LINE__); \
        assert_string_equal((named), w->fault.field);                 \
    } while (0)
void desk_assert_rc(enum rc want, enum rc got, const struct fault *f,
                    const char *file, int line);

#define DESK_TEST(sentence)                                               \
    static void sentence(struct desk *d, struct work *w);                 \
    static void sentence##_on(bool pg)                                    \
    {                                                                     \
        struct desk *d = desk_open(pg);                                   \
        sentence(d, &d->work);                                            \
        desk_close(d);                                                    \
    }                                                                     \
    static void sentence##_sqlite(void **state)                           \
    {                                                                     \
        (void)state;                                                      \
        sentence##_on(false);                                             \
    }                                                                     \
    static void sentence##_pg(void **state)                               \
    {                                                                     \
        (void)state;                                                      \
        sentence##_on(true);                                              \
    }                                                                     \
    __attribute__((constructor)) static void sentence##_register(void)    \
    {                                                                     \
        static struct test_entry t[2] = {                                 \
            {__FILE__, #sentence "[sqlite]", sentence##_sqlite, NULL},    \
            {__FILE__, #sentence "[pg]", sentence##_pg, NULL}};           \
        test_register(&t[0]);                                             \
        if (desk_has_pg()) test_register(&t[1]);                          \
    }                                                                     \
    static void sentence(struct desk *d __attribute__((unused)),          \
                         struct work *w __attribute__((unused)))
