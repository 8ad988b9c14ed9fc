/* follower_test.c - each entry is taken in exactly once, whatever happens. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/follower.h"

#include "desk.h"

/* Counts, by thing, the entries "test.news" it was given, in the database;
 * fails when the dice say so, after having written. */
static struct random dice;
static double failing;
static _Atomic int runs;

static enum rc take_one(struct work *w, const struct ledger_entry *e)
{
    const char *name = arena_printf(w->arena, "n%lld", (long long)e->thing);
    if (strcmp(e->kind, "test.news") != 0) return OK;
    return db_exec(w, "INSERT INTO setting(community, name, value)"
                      " VALUES($1, $2, '')", name);
}

static enum rc take_all(struct work *w, const struct ledger_entry *entries,
                        size_t n)
{
    enum rc rc = OK;
    assert(n >= 1 && n <= FOLLOWER_ENTRIES_MAX);
    runs++;
    for (size_t i = 0; !rc && i < n; i++) {
        assert(!i || entries[i].seq == entries[i - 1].seq + 1);
        rc = take_one(w, &entries[i]);
    }
    if (!rc && random_chance(&dice, failing))
        return work_fail(w, FAILED, "", "the dice say so");
    return rc;
}

/* Another one, that is told of everything and keeps nothing. */
static enum rc take_nothing(struct work *w, const struct ledger_entry *e,
                            size_t n)
{
    assert(w->db && e && n);
    return OK;
}

static const struct follower taker = {"test.taker", take_all};
static const struct follower idler = {"test.idler", take_nothing};
static const struct follower *const both[] = {&taker, &idler};

static void start(struct desk *d)
{
    struct work *w = &d->work;
    void *before = store_upper(d->store);
    free(before); /* the desk's own, without a follower */
    assert_rc(OK, followers_start(d->store, both, COUNT_OF(both), &w->fault));
}

static enum rc tell(struct work *w, void *arg)
{
    return ledger_add(w, "test.news", *(int64_t *)arg);
}

static void tell_all(struct desk *d, int64_t from, int64_t until)
{
    struct work *w = &d->work;
    for (int64_t i = from; i < until; i++)
        assert_rc(OK, desk_write(d, tell, &i));
}

static void wait_all(struct desk *d)
{
    struct work *w = &d->work;
    /* One that failed tries again at the next bell: ring until all is in. */
    for (int i = 0; i < 200; i++) {
        assert_rc(OK, followers_wait(d->store, &w->fault));
        if (followers_lag(d->store) == 0) return;
    }
    fail_msg("followers do not catch up");
}

static int64_t taken(struct desk *d)
{
    return desk_count(d, "SELECT count(*) FROM setting WHERE community=$1"
                         " AND name>='n'");
}

DESK_TEST(a_follower_takes_in_what_is_entered)
{
    failing = 0;
    start(d);
    tell_all(d, 0, 20);
    wait_all(d);
    assert_int_equal(taken(d), 20);
    assert_int_equal(desk_count(d, "SELECT h.size-f.seq FROM ledger_head h"
                                   " JOIN follower f ON f.community="
                                   "h.community WHERE h.community=$1"
                                   " AND f.name='test.taker'"), 0);
}

DESK_TEST(a_follower_catches_up_with_what_it_missed)
{
    failing = 0;
    tell_all(d, 0, 600); /* more than one reading takes */
    start(d);
    wait_all(d);
    assert_int_equal(taken(d), 600);
}

DESK_TEST(each_entry_is_taken_once_however_often_units_fail)
{
    random_seed(&dice, 7, "follower");
    failing = 0.4;
    runs = 0;
    start(d);
    for (int64_t i = 0; i < 10; i++) {
        tell_all(d, 10 * i, 10 * i + 10);
        wait_all(d);
        assert_int_equal(taken(d), 10 * i + 10);
    }
    assert_true(runs > 10);
}

DESK_TEST(each_entry_is_taken_once_however_often_the_disk_is_full)
{
    failing = 0;
    start(d);
    random_seed(&dice, 8, "trouble");
    int64_t entered = 0;
    for (int64_t i = 0; i < 60; i++) {
        store_trouble(d->store, i % 2 ? TROUBLE_COMMIT : TROUBLE_STATEMENT,
                      1 + (int64_t)random_below(&dice, 12));
        enum rc rc = desk_write(d, tell, &i);
        assert_true(rc == OK || rc == BUSY);
        entered += rc == OK;
    }
    (void)!followers_wait(d->store, &w->fault); /* may meet the trouble */
    store_trouble(d->store, TROUBLE_NONE, 0);
    wait_all(d);
    assert_int_equal(desk_entries(d, "test.news"), entered);
    assert_int_equal(taken(d), entered);
    assert_in_range(entered, 10, 60);
}

DESK_TEST(a_follower_goes_on_where_it_was_after_opening_again)
{
    failing = 0;
    start(d);
    tell_all(d, 0, 5);
    wait_all(d);
    desk_reopen(d);
    tell_all(d, 5, 10); /* while nobody follows */
    assert_int_equal(taken(d), 5);
    start(d);
    wait_all(d);
    assert_int_equal(taken(d), 10);
}

static _Atomic int64_t observed;

static void observe(void *ctx, struct community_id community, int64_t seq)
{
    (void)seq;
    if (community.v == *(int64_t *)ctx) observed++;
}

DESK_TEST(an_observer_hears_of_its_community)
{
    observed = 0;
    start(d);
    followers_observe(d->store, observe, &d->community.v);
    tell_all(d, 0, 3);
    w->community = d->other;
    tell_all(d, 3, 4);
    wait_all(d);
    assert_int_equal(observed, 3);
}
