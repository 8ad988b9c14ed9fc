/* session_test.c - log-in, its throttle, sessions, tokens and settings. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

static void fail_log_in(struct desk *d, const char *name, const char *from,
                        int times)
{
    struct work *w = &d->work;
    for (int i = 0; i < times; i++)
        assert_rc(OK, WRITE(w, login_failed(w, name, from)));
}

TEST(a_password_matches_itself_alone)
{
    char *hash = password_hash(&test_arena, "苹果 树-17");
    assert_non_null(hash);
    assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
    assert_true(password_matches(hash, "苹果 树-17"));
    assert_false(password_matches(hash, "苹果 树-18"));
    assert_false(password_matches("", ""));
    assert_false(password_matches("", "苹果 树-17"));
    assert_string_not_equal(hash, password_hash(&test_arena, "苹果 树-17"));
}

TEST(a_password_that_is_made_has_no_look_alikes)
{
    char one[21], two[21];
    password_make(one, 20);
    password_make(two, 20);
    assert_int_equal(strlen(one), 20);
    assert_string_not_equal(one, two);
    assert_null(strpbrk(one, "0O1lI"));
}

/* ---- throttle ---- */

DESK_TEST(five_failures_are_free_and_then_each_doubles_the_wait)
{
    int64_t wait = 0, before = 0;
    fail_log_in(d, "zhang", "192.0.2.1", 5);
    assert_rc(OK, READ(w, login_allowed(w, "zhang", "192.0.2.1", &wait)));
    fail_log_in(d, "zhang", "192.0.2.1", 1);
    assert_rc(BUSY, READ(w, login_allowed(w, "zhang", "192.0.2.1", &wait)));
    assert_in_range(wait, 1, 4 * MS_PER_SECOND);
    for (int i = 0; i < 6; i++) {
        before = wait;
        fail_log_in(d, "zhang", "192.0.2.1", 1);
        assert_rc(BUSY, READ(w, login_allowed(w, "zhang", "", &wait)));
        assert_in_range(wait, before * 3 / 2, before * 3);
    }
    fail_log_in(d, "zhang", "192.0.2.1", 20);
    assert_rc(BUSY, READ(w, login_allowed(w, "zhang", "", &wait)));
    assert_in_range(wait, 14 * MS_PER_MINUTE, 15 * MS_PER_MINUTE);
}

DESK_TEST(a_log_in_that_works_forgives_its_name)
{
    int64_t wait;
    fail_log_in(d, "zhang", "192.0.2.1", 8);
    assert_rc(OK, READ(w, login_allowed(w, "wang", "192.0.2.1", &wait)));
    assert_rc(OK, WRITE(w, login_worked(w, "zhang")));
    assert_rc(OK, READ(w, login_allowed(w, "zhang", "192.0.2.1", &wait)));
    fail_log_in(d, "zhang", "192.0.2.1", 5);
    assert_rc(OK, READ(w, login_allowed(w, "zhang", "192.0.2.1", &wait)));
}

DESK_TEST(an_address_that_tries_many_names_waits_too)
{
    int64_t wait;
    for (int i = 0; i < 51; i++)
        fail_log_in(d, arena_printf(&d->arena, "name%d", i), "192.0.2.9", 1);
    assert_rc(BUSY, READ(w, login_allowed(w, "other", "192.0.2.9", &wait)));
    assert_rc(OK, READ(w, login_allowed(w, "other", "192.0.2.8", &wait)));
}

/* ---- sessions ---- */

static struct account_id guard_of(struct desk *d, char secret[SECRET_TEXT])
{
    struct work *w = &d->work;
    desk_as_person(d, ROLE_GUARD, d->here.grid[1], d->here.person[4]);
    struct account_id id = w->actor;
    assert_rc(OK, WRITE(w, session_open(w, id, false, "手机", 9, secret)));
    desk_as_system(d);
    w->caps = 0;
    return id;
}

DESK_TEST(a_secret_says_who_is_asking)
{
    char secret[SECRET_TEXT];
    struct account_id id = guard_of(d, secret);
    w->community.v = 0;
    assert_int_equal(strlen(secret), SECRET_TEXT - 1);
    assert_rc(OK, READ(w, account_identify(w, secret)));
    assert_int_equal(w->community.v, d->community.v);
    assert_int_equal(w->actor.v, id.v);
    assert_int_equal(w->person.v, d->here.person[4].v);
    assert_int_equal(w->scope.v, d->here.grid[1].v);
    assert_int_equal(w->scope_level, PLACE_GRID);
    assert_string_equal(w->role, "guard");
    assert_true(w->caps == role_caps(ROLE_GUARD));
    assert_int_equal(desk_count(d, "SELECT count(*) FROM session"
                                   " WHERE community=$1"), 1);
}

DESK_TEST(who_is_asking_brings_the_zone_of_the_community)
{
    struct community c = {.name = "丙社区", .zone = "Asia/Urumqi"};
    struct account a;
    char secret[SECRET_TEXT];
    shape_clear(&account_shape, &a);
    a.name = "urumqi";
    a.role = ROLE_GUARD;
    assert_rc(OK, WRITE(w, community_create(w, &c)));
    assert_rc(OK, WRITE(w, account_create(w, &a)));
    assert_rc(OK, WRITE(w, session_open(w, a.id, false, "", 9, secret)));
    desk_as_system(d);
    assert_rc(OK, READ(w, account_identify(w, secret)));
    assert_string_equal(zone_name(w->zone), "Asia/Urumqi");
}

DESK_TEST(an_unknown_or_ended_secret_is_denied)
{
    char secret[SECRET_TEXT], past[SECRET_TEXT];
    struct account_id id = guard_of(d, secret);
    assert_rc(DENIED, READ(w, account_identify(w, "")));
    assert_rc(DENIED, READ(w, account_identify(w, "nonsense")));
    assert_int_equal(w->caps, 0);
    assert_rc(OK, WRITE(w, session_open(w, id, false, "", 0, past)));
    assert_rc(DENIED, READ(w, account_identify(w, past)));
    assert_rc(OK, WRITE(w, session_close(w, secret)));
    assert_rc(DENIED, READ(w, account_identify(w, secret)));
    assert_rc(NOT_FOUND, WRITE(w, session_close(w, secret)));
}

DESK_TEST(a_drill_s_clock_ends_no_session)
{
    char secret[SECRET_TEXT];
    guard_of(d, secret);
    desk_later(d, 400 * MS_PER_DAY);
    assert_rc(OK, READ(w, account_identify(w, secret)));
}

DESK_TEST(only_a_hash_of_the_secret_is_kept)
{
    struct bytes hash = {NULL, 0};
    char secret[SECRET_TEXT];
    struct account_id id = guard_of(d, secret);
    assert_rc(OK, READ(w, db_bytes(w, &hash, "SELECT hash FROM session WHERE"
                                             " community=$1 AND account=$2",
                                   id.v)));
    assert_int_equal(hash.n, 16);
    assert_memory_not_equal(hash.at, secret, 16);
}

DESK_TEST(a_token_is_entered_as_one)
{
    char secret[SECRET_TEXT];
    struct account_id id = guard_of(d, secret);
    assert_rc(OK, WRITE(w, session_open(w, id, true, "脚本", 9, secret)));
    assert_int_equal(desk_entries(d, "token.made"), 1);
    assert_int_equal(desk_entries(d, "session.opened"), 1);
    assert_rc(OK, READ(w, account_identify(w, secret)));
}

/* ---- settings ---- */

DESK_TEST(a_setting_has_its_default_until_it_is_set)
{
    int64_t n = 0;
    assert_rc(OK, READ(w, setting_int(w, "session_days", &n)));
    assert_int_equal(n, 30);
    assert_rc(OK, WRITE(w, setting_set(w, "session_days", "7")));
    assert_rc(OK, WRITE(w, setting_set(w, "session_days", "8")));
    assert_rc(OK, READ(w, setting_int(w, "session_days", &n)));
    assert_int_equal(n, 8);
    assert_int_equal(desk_entries(d, "setting.changed"), 2);
    w->community = d->other;
    assert_rc(OK, READ(w, setting_int(w, "session_days", &n)));
    assert_int_equal(n, 30);
}

DESK_TEST(a_setting_is_refused_outside_its_limits)
{
    static const char *const wrong[] = {"0", "91", "", "x", "7x", "-1"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(INVALID, "session_days",
                       WRITE(w, setting_set(w, "session_days", wrong[i])));
    assert_refused(NOT_FOUND, "name", WRITE(w, setting_set(w, "no", "1")));
}
