/* writer_test.c - batches: who stands, who falls, who hears what. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include <stdio.h>
#include <unistd.h>

/* A unit fired without waiting. */
struct shot {
    struct unit unit;
    struct work work;
    int64_t number;
    enum rc wanted;        /* what the unit itself comes to */
    _Atomic int answers;   /* times done() was called */
};

static enum rc store_number(struct work *w, void *arg)
{
    struct shot *s = arg;
    char name[24];
    snprintf(name, sizeof name, "n%lld", (long long)s->number);
    enum rc rc = db_exec(w, "INSERT INTO setting(community, name, value)"
                            " VALUES($1, $2, '')", name);
    if (!rc) rc = ledger_add(w, "test.stored", s->number);
    if (rc || !s->wanted) return rc;
    return work_fail(w, s->wanted, "number", "is not wanted");
}

static enum rc nothing(struct work *w, void *arg)
{
    (void)w;
    (void)arg;
    return OK;
}

static void answered(struct unit *u)
{
    struct shot *s = (struct shot *)u;
    s->answers++;
}

static struct shot *load(struct desk *d, size_t n, unit_fn *run)
{
    struct shot *all = ARENA_ARRAY(&d->arena, n, struct shot);
    for (size_t i = 0; i < n; i++) {
        all[i].work = *desk_work(d);
        all[i].number = (int64_t)i + 1;
        all[i].unit = (struct unit){.work = &all[i].work, .run = run,
                                    .done = answered, .arg = &all[i]};
    }
    return all;
}

static void fire(struct desk *d, struct shot *all, size_t n)
{
    struct work *w = &d->work;
    for (size_t i = 0; i < n; i++)
        assert_rc(OK, store_submit(d->store, &all[i].unit));
}

/* Until each has its answer. */
static void settle(struct shot *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        while (!all[i].answers) usleep(100);
    usleep(100); /* for an answer too many */
}

static int64_t stored(struct desk *d)
{
    return desk_count(d, "SELECT count(*) FROM setting WHERE community=$1");
}

static struct store_stats stats_of(struct desk *d)
{
    struct store_stats s;
    store_stats(d->store, &s);
    return s;
}

DESK_TEST(units_that_wait_together_share_one_commit)
{
    struct shot *all = load(d, 20, store_number);
    int64_t before = stats_of(d).commits;
    assert_true(desk_begin(w));
    fire(d, all, 20);
    assert_int_equal(stats_of(d).waiting, 20);
    assert_rc(OK, desk_end(w, OK));
    settle(all, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(all[i].answers, 1);
        assert_int_equal(all[i].unit.rc, OK);
    }
    assert_int_equal(stored(d), 20);
    assert_int_equal(stats_of(d).commits - before, 2);
}

DESK_TEST(a_unit_that_fails_leaves_no_trace_and_its_neighbours_stand)
{
    struct shot *all = load(d, 12, store_number);
    for (int i = 0; i < 12; i += 3) all[i].wanted = INVALID;
    all[7].number = all[8].number; /* a conflict within the batch */
    assert_true(desk_begin(w));
    fire(d, all, 12);
    assert_rc(OK, desk_end(w, OK));
    settle(all, 12);
    for (int i = 0; i < 12; i++) {
        enum rc want = i % 3 == 0 ? INVALID : i == 8 ? CONFLICT : OK;
        assert_int_equal(all[i].answers, 1);
        assert_int_equal(all[i].unit.rc, want);
        assert_string_equal(all[i].work.fault.field,
                            i % 3 == 0 ? "number" : "");
    }
    assert_int_equal(stored(d), 7);
    assert_int_equal(desk_entries(d, "test.stored"), 7);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM ledger_entry"
                                   " WHERE community=$1 AND thing=7"), 0);
}

/* As in use: without savepoints until one is needed. */
DESK_TEST(without_savepoints_a_late_failure_leaves_no_trace_either)
{
    store_set_careful(d->store, false);
    struct shot *all = load(d, 5, store_number);
    all[2].wanted = INVALID;
    fire(d, all, 5);
    settle(all, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(all[i].unit.rc, i == 2 ? INVALID : OK);
        assert_int_equal(all[i].answers, 1);
    }
    assert_int_equal(stored(d), 4);
    assert_int_equal(desk_entries(d, "test.stored"), 4);
    store_set_careful(d->store, true);
}

/* How often a unit ran that refuses before it has changed anything. */
static _Atomic int runs;
static enum rc refuse(struct work *w, void *arg)
{
    (void)arg;
    runs++;
    return work_fail(w, CONFLICT, "number", "is not wanted");
}

DESK_TEST(who_refuses_before_changing_anything_runs_once)
{
    store_set_careful(d->store, false);
    runs = 0;
    struct shot *all = load(d, 3, store_number);
    all[1].unit.run = refuse;
    fire(d, all, 3);
    settle(all, 3);
    assert_int_equal(runs, 1);
    assert_int_equal(all[1].unit.rc, CONFLICT);
    assert_int_equal(stored(d), 2);
    store_set_careful(d->store, true);
}

DESK_TEST(entries_stand_in_the_order_of_their_units)
{
    struct shot *all = load(d, 50, store_number);
    assert_true(desk_begin(w));
    fire(d, all, 50);
    assert_rc(OK, desk_end(w, OK));
    settle(all, 50);
    assert_int_equal(desk_count(d,
        "SELECT count(*) FROM ledger_entry a JOIN ledger_entry b"
        " ON b.community=a.community AND b.seq=a.seq+1 WHERE a.community=$1"
        " AND a.kind='test.stored' AND b.thing=a.thing+1"), 49);
    assert_int_equal(desk_count(d,
        "SELECT h.size-count(*) FROM ledger_entry e JOIN ledger_head h"
        " ON h.community=e.community WHERE e.community=$1 GROUP BY h.size"),
                     0);
}

DESK_TEST(a_commit_that_fails_answers_busy_to_all)
{
    struct shot *all = load(d, 10, store_number);
    int64_t before = stats_of(d).failed_commits;
    all[4].wanted = INVALID;
    assert_true(desk_begin(w));
    fire(d, all, 10);
    store_trouble(d->store, TROUBLE_COMMIT, 2);
    assert_rc(OK, desk_end(w, OK));
    settle(all, 10);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(all[i].answers, 1);
        assert_int_equal(all[i].unit.rc, i == 4 ? INVALID : BUSY);
        assert_int_equal(all[i].work.fault.code, i == 4 ? INVALID : BUSY);
        assert_null(all[i].work.notes);
    }
    assert_int_equal(stored(d), 0);
    assert_int_equal(desk_entries(d, "test.stored"), 0);
    assert_int_equal(stats_of(d).failed_commits - before, 1);
}

DESK_TEST(a_store_that_could_not_commit_says_so)
{
    struct shot *one = load(d, 1, store_number);
    store_trouble(d->store, TROUBLE_COMMIT, 1);
    assert_rc(BUSY, desk_write(d, store_number, one));
    assert_false(stats_of(d).writable);
    assert_rc(OK, desk_write(d, store_number, one));
    assert_true(stats_of(d).writable);
    assert_int_equal(stored(d), 1);
}

DESK_TEST(who_comes_when_the_queue_is_full_is_told_at_once)
{
    size_t n = STORE_QUEUE_MAX;
    struct shot *all = load(d, n, nothing), *late = load(d, 1, nothing);
    assert_true(desk_begin(w));
    fire(d, all, n);
    assert_int_equal(store_submit(d->store, &late->unit), BUSY);
    assert_int_equal(late->answers, 0);
    assert_rc(OK, desk_end(w, OK));
    settle(all, n);
    for (size_t i = 0; i < n; i++) assert_int_equal(all[i].answers, 1);
    assert_int_equal(store_submit(d->store, &late->unit), OK);
    settle(late, 1);
    assert_int_equal(late->answers, 1);
}

DESK_TEST(closing_finishes_what_was_submitted)
{
    struct shot *all = load(d, 40, store_number);
    fire(d, all, 40);
    desk_reopen(d);
    for (int i = 0; i < 40; i++) assert_int_equal(all[i].answers, 1);
    assert_int_equal(stored(d), 40);
}

/* ---- hooks ---- */

static int hooked, rung;
static enum rc hook_rc;

static enum rc count_hook(struct work *batch, struct work **works, size_t n)
{
    assert(batch->db && works);
    hooked += (int)n;
    if (!hook_rc) return OK;
    return work_fail(batch, hook_rc, "", "the hook does not want to");
}

static void count_bell(struct store *s, struct work **works, size_t n)
{
    assert(s && works);
    rung += (int)n;
}

DESK_TEST(hooks_see_the_works_that_wrote)
{
    struct shot *all = load(d, 6, store_number);
    all[1].wanted = DENIED;
    hooked = rung = 0;
    hook_rc = OK;
    store_set_hooks(d->store, (struct store_hooks){count_hook, count_bell});
    for (int i = 0; i < 6; i++)
        assert_int_equal(desk_write(d, store_number, &all[i]),
                         all[i].wanted);
    assert_int_equal(hooked, 5);
    assert_int_equal(rung, 5);
    hook_rc = FAILED;
    struct shot *more = load(d, 1, store_number);
    more->number = 99;
    assert_rc(BUSY, desk_write(d, store_number, more));
    assert_int_equal(hooked, 6);
    assert_int_equal(rung, 5);
    assert_int_equal(stored(d), 5);
}

/* ---- clock, ids, dice ---- */

DESK_TEST(the_clock_stands_still_or_runs_at_its_speed)
{
    struct instant t = store_now(d->store);
    assert_int_equal(t.ms, w->now.ms);
    char text[25];
    instant_format(text, t);
    assert_string_equal(text, "2026-11-24T08:00:00.000Z");
    assert_int_equal(work_today(w).n, day_of(2026, 11, 24).n);
    store_set_now(d->store, (struct instant){t.ms + 5});
    assert_int_equal(store_now(d->store).ms, t.ms + 5);
    store_set_speed(d->store, 86400);
    int64_t wall = instant_wall().ms;
    while (instant_wall().ms < wall + 5) continue;
    assert_true(store_now(d->store).ms >= t.ms + 5 + 4 * 86400);
}

DESK_TEST(ids_rise_and_never_repeat)
{
    int64_t last = 0;
    for (int i = 0; i < 20000; i++) {
        int64_t id = work_new_id(w);
        assert_true(id > last);
        last = id;
    }
}

TEST(the_same_seed_gives_the_same_ids_and_dice)
{
    struct store *s[2];
    struct fault f;
    struct instant t = {INT64_C(1790000000000)};
    int64_t ids[2];
    uint64_t dice[2];
    for (int i = 0; i < 2; i++) {
        struct store_options o = {.url = "", .create = true, .migrate = true,
                                  .repeatable = true, .seed = 9,
                                  .clock = {.world = t}};
        assert_int_equal(store_open(&s[i], &o, &f), OK);
        assert_string_equal(store_path(s[i]), "");
        for (int k = 0; k < 100; k++) ids[i] = store_new_id(s[i]);
        for (int k = 0; k < 100; k++) dice[i] = store_dice(s[i]);
        store_close(s[i]);
    }
    assert_int_equal(ids[0], ids[1]);
    assert_true(dice[0] == dice[1]);
}
