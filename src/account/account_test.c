/* account_test.c - roles, accounts and lent roles. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

static struct account new_account(const char *name, enum role role)
{
    struct account a;
    shape_clear(&account_shape, &a);
    a.name = name;
    a.role = role;
    return a;
}

static struct place_id everywhere(void) { return (struct place_id){0}; }

/* ---- what a role may ---- */

TEST(each_role_may_what_the_table_says)
{
    static const struct { enum role role; const char *may; } table[] = {
        {ROLE_RESIDENT, "R"}, {ROLE_GRID_WORKER, "Rrcgps"},
        {ROLE_GUARD, "Rp"}, {ROLE_DIRECTOR, "Rrcgpsdlie"},
        {ROLE_EPIDEMIOLOGIST, "cps"}, {ROLE_AUDITOR, "lp"},
        {ROLE_ADMIN, "aipg"},
    };
    static const struct { char letter; uint64_t cap; } caps[] = {
        {'R', CAP_RESIDENT}, {'r', CAP_REPORT_FOR}, {'c', CAP_CLINIC},
        {'g', CAP_REGISTRY}, {'p', CAP_PLACES}, {'s', CAP_SIGNALS},
        {'d', CAP_DISPATCH}, {'l', CAP_LEDGER}, {'i', CAP_IMPORT},
        {'e', CAP_EXPORT}, {'a', CAP_ACCOUNTS},
    };
    assert_int_equal(COUNT_OF(table), ROLES);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint64_t held = role_caps(table[i].role);
        assert_true(held & CAP_SELF);
        for (size_t k = 0; k < COUNT_OF(caps); k++)
            assert_int_equal(!!(held & caps[k].cap),
                             !!strchr(table[i].may, caps[k].letter));
    }
}

DESK_TEST(who_lacks_one_of_the_capabilities_is_denied)
{
    desk_as(d, ROLE_GUARD, everywhere());
    assert_rc(OK, account_require(w, CAP_PLACES));
    assert_rc(DENIED, account_require(w, CAP_PLACES | CAP_CLINIC));
    assert_rc(DENIED, account_require(w, CAP_ACCOUNTS));
}

/* ---- accounts ---- */

DESK_TEST(an_account_is_made_and_found_by_its_name)
{
    struct account a = new_account("wang.li", ROLE_GRID_WORKER), b;
    a.person = d->here.person[2];
    a.scope = d->here.grid[0];
    desk_as(d, ROLE_ADMIN, everywhere());
    assert_rc(OK, WRITE(w, account_create(w, &a)));
    w->community.v = 0;
    assert_rc(OK, READ(w, account_by_login(w, "wang.li", &b)));
    assert_int_equal(w->community.v, d->community.v);
    assert_int_equal(b.id.v, a.id.v);
    assert_int_equal(b.role, ROLE_GRID_WORKER);
    assert_int_equal(b.person.v, d->here.person[2].v);
    assert_true(b.closed.ms == NONE);
    assert_rc(NOT_FOUND, READ(w, account_by_login(w, "wang", &b)));
}

DESK_TEST(a_log_in_name_is_plain_and_taken_once_in_all_communities)
{
    static const char *const wrong[] = {"", "a", "Wang", "王力", "a b", "a/b",
        "01234567890123456789012345678901234567890"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct account a = new_account(wrong[i], ROLE_GUARD);
        assert_refused(INVALID, "name", WRITE(w, account_create(w, &a)));
    }
    struct account a = new_account("ab", ROLE_GUARD);
    assert_rc(OK, WRITE(w, account_create(w, &a)));
    assert_refused(CONFLICT, "name", WRITE(w, account_create(w, &a)));
    w->community = d->other;
    assert_refused(CONFLICT, "name", WRITE(w, account_create(w, &a)));
}

static enum rc create_same(struct work *w, void *arg)
{
    struct account a = new_account(arg, ROLE_GUARD);
    return account_create(w, &a);
}

DESK_TEST(of_many_who_take_one_log_in_name_one_gets_it)
{
    char name[] = "racer";
    assert_int_equal(desk_race(d, create_same, name, 8, OK), 1);
    assert_int_equal(desk_entries(d, "account.created"), 1);
}

DESK_TEST(only_who_keeps_accounts_touches_them)
{
    struct account a = new_account("nobody", ROLE_GUARD), *items;
    struct role_grant g = {.lender = "区卫健委"};
    size_t n;
    for (enum role role = ROLE_RESIDENT; role < ROLE_ADMIN; role++) {
        desk_as(d, role, everywhere());
        assert_rc(DENIED, WRITE(w, account_create(w, &a)));
        assert_rc(DENIED, WRITE(w, account_close(w, w->actor)));
        assert_rc(DENIED, WRITE(w, role_grant_create(w, &g)));
        assert_rc(DENIED, WRITE(w, role_grant_revoke(w, 1)));
        assert_rc(DENIED, WRITE(w, setting_set(w, "session_days", "9")));
        assert_rc(DENIED, READ(w, account_list(w, w->actor, 9, &items, &n)));
    }
}

DESK_TEST(a_closed_account_ends_with_its_sessions)
{
    struct account a;
    char secret[SECRET_TEXT];
    desk_as(d, ROLE_GUARD, everywhere());
    struct account_id guard = w->actor;
    desk_as(d, ROLE_ADMIN, everywhere());
    assert_rc(OK, WRITE(w, session_open(w, guard, false, "", 9, secret)));
    assert_rc(OK, READ(w, account_identify(w, secret)));
    desk_as(d, ROLE_ADMIN, everywhere());
    assert_rc(OK, WRITE(w, account_close(w, guard)));
    assert_rc(DENIED, READ(w, account_act_as(w, guard)));
    assert_rc(NOT_FOUND, READ(w, account_by_login(w, "guard-1", &a)));
    assert_rc(NOT_FOUND, WRITE(w, account_close(w, guard)));
    assert_rc(DENIED, READ(w, account_identify(w, secret)));
    assert_int_equal(desk_entries(d, "account.closed"), 1);
}

DESK_TEST(accounts_of_another_community_are_not_there)
{
    struct account a, *items;
    size_t n;
    desk_as(d, ROLE_GUARD, everywhere());
    struct account_id guard = w->actor;
    desk_as_stranger(d, ROLE_ADMIN);
    assert_rc(NOT_FOUND, READ(w, account_load(w, guard, &a)));
    assert_rc(NOT_FOUND, WRITE(w, account_close(w, guard)));
    assert_rc(NOT_FOUND, READ(w, account_act_as(w, guard)));
    struct role_grant g = {.account = guard, .role = ROLE_DIRECTOR,
                           .since = NO_INSTANT, .lender = "区卫健委",
                           .until = {w->now.ms + MS_PER_DAY}};
    assert_rc(NOT_FOUND, WRITE(w, role_grant_create(w, &g)));
    assert_rc(OK, READ(w, account_list(w, (struct account_id){0}, 9, &items,
                                       &n)));
    assert_int_equal(n, 1);
    assert_int_equal(items[0].id.v, w->actor.v);
}

/* ---- lent roles ---- */

static struct role_grant lend(struct work *w, struct account_id to)
{
    return (struct role_grant){
        .account = to, .role = ROLE_DIRECTOR, .lender = "区卫健委",
        .since = {w->now.ms + MS_PER_HOUR},
        .until = {w->now.ms + 3 * MS_PER_HOUR}, .revoked = NO_INSTANT};
}

static const char *role_now(struct desk *d, struct account_id id)
{
    struct work *w = &d->work;
    assert_rc(OK, READ(w, account_act_as(w, id)));
    return w->role;
}

DESK_TEST(a_lent_role_begins_and_ends_by_the_clock)
{
    desk_as(d, ROLE_GUARD, everywhere());
    struct account_id guard = w->actor;
    desk_as_system(d);
    struct role_grant g = lend(w, guard);
    assert_rc(OK, WRITE(w, role_grant_create(w, &g)));
    desk_later(d, MS_PER_HOUR - 1);
    assert_string_equal(role_now(d, guard), "guard");
    assert_string_equal(w->authority, "role:guard");
    desk_later(d, 1);
    assert_string_equal(role_now(d, guard), "director");
    assert_true(account_has(w, CAP_DISPATCH));
    assert_string_equal(w->authority, "grant:director by 区卫健委");
    desk_later(d, 2 * MS_PER_HOUR - 1);
    assert_string_equal(role_now(d, guard), "director");
    desk_later(d, 1);
    assert_string_equal(role_now(d, guard), "guard");
    assert_false(account_has(w, CAP_DISPATCH));
}

DESK_TEST(a_lent_role_is_taken_back_once)
{
    desk_as(d, ROLE_GUARD, everywhere());
    struct account_id guard = w->actor;
    desk_as_system(d);
    struct role_grant g = lend(w, guard);
    g.since = NO_INSTANT; /* from now */
    assert_rc(OK, WRITE(w, role_grant_create(w, &g)));
    assert_string_equal(role_now(d, guard), "director");
    desk_as_stranger(d, ROLE_ADMIN);
    assert_rc(NOT_FOUND, WRITE(w, role_grant_revoke(w, g.id)));
    desk_as_system(d);
    assert_rc(OK, WRITE(w, role_grant_revoke(w, g.id)));
    assert_string_equal(role_now(d, guard), "guard");
    desk_as_system(d);
    assert_rc(NOT_FOUND, WRITE(w, role_grant_revoke(w, g.id)));
    assert_int_equal(desk_entries(d, "role.lent"), 1);
    assert_int_equal(desk_entries(d, "role.taken_back"), 1);
}

DESK_TEST(a_role_is_lent_by_somebody_until_a_day_within_the_year)
{
    desk_as(d, ROLE_ADMIN, everywhere());
    struct role_grant g = lend(w, w->actor);
    g.lender = "";
    assert_refused(INVALID, "lender", WRITE(w, role_grant_create(w, &g)));
    g = lend(w, w->actor);
    g.until = g.since;
    assert_refused(INVALID, "until", WRITE(w, role_grant_create(w, &g)));
    g.until.ms = NONE;
    assert_refused(INVALID, "until", WRITE(w, role_grant_create(w, &g)));
    g.until.ms = g.since.ms + 367 * MS_PER_DAY;
    assert_refused(INVALID, "until", WRITE(w, role_grant_create(w, &g)));
    g = lend(w, (struct account_id){7});
    assert_rc(NOT_FOUND, WRITE(w, role_grant_create(w, &g)));
}

DESK_TEST(the_system_may_everything)
{
    desk_as(d, ROLE_RESIDENT, d->here.building[0]);
    account_act_as_system(w);
    assert_true(account_has(w, ~UINT64_C(0)));
    assert_int_equal(w->actor.v, 0);
    assert_int_equal(w->scope.v, 0);
    assert_string_equal(w->authority, "system");
}
