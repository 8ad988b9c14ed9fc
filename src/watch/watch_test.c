/* watch_test.c - from reports through counts and verdicts to alerts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include "intake/intake.h"
#include "ledger/follower.h"
#include "watch/alert.h"
#include "watch/signal.h"

extern const struct follower watch_follower;

static struct place_id everywhere(void) { return (struct place_id){0}; }

/* ---- reports, followed ---- */

/* As follower.c does it, once, with entries `most` at a time: the cursor
 * moves in the unit of the effects. */
struct step {
    int64_t most;
    size_t read;
};

static enum rc follow_unit(struct work *w, void *arg)
{
    struct step *s = arg;
    struct ledger_entry *entries;
    int64_t seq = 0;
    enum rc rc = db_int(w, &seq, "SELECT seq FROM follower WHERE community=$1"
                                 " AND name=$2", watch_follower.name);
    if (rc && rc != NOT_FOUND) return rc;
    struct ledger_filter filter = {.after = seq - 1, .before = NONE,
                                   .since = NONE, .until = NONE,
                                   .limit = s->most};
    rc = ledger_list(w, &filter, &entries, &s->read);
    if (!rc && s->read) rc = watch_follower.run(w, entries, s->read);
    if (rc) return rc;
    return db_exec(w, "INSERT INTO follower(community, name, seq)"
                      " VALUES($1, $2, $3) ON CONFLICT(community, name)"
                      " DO UPDATE SET seq=excluded.seq",
                   watch_follower.name, seq + (int64_t)s->read);
}

static enum rc follow_some(struct desk *d, struct step *s)
{
    struct work x;
    struct arena a;
    arena_init(&a, ARENA_MAX);
    work_init(&x, d->store, &a, d->community);
    x.caps = ~UINT64_C(0);
    enum rc rc = store_write(&x, follow_unit, s);
    arena_release(&a);
    return rc;
}

static void follow(struct desk *d)
{
    struct step s = {FOLLOWER_ENTRIES_MAX, 1};
    while (s.read) assert_int_equal(follow_some(d, &s), OK);
}

static int64_t *member(const struct report_kind *k, struct report *r,
                       const char *name)
{
    const struct field *f = shape_field(k->shape, name);
    assert_non_null(f);
    return field_at(f, report_row(r));
}

static struct report *new_report(struct desk *d, const char *kind,
                                 struct person_id person)
{
    const struct report_kind *k = report_kind_find(kind);
    struct report *r = arena_zalloc(&d->arena, 1, report_shape(k)->size);
    shape_clear(report_shape(k), r);
    *member(k, r, "person") = person.v;
    return r;
}

/* A temperature in tenths, today; not yet followed. */
static void report(struct desk *d, struct person_id person, int64_t tenths)
{
    struct work *w = &d->work;
    const struct report_kind *k = report_kind_find("temperature");
    struct report *r = new_report(d, "temperature", person);
    bool again;
    *member(k, r, "temperature_c") = tenths;
    assert_rc(OK, WRITE(w, report_submit(w, k, r, &again)));
}

static void notify(struct desk *d, struct person_id person)
{
    struct work *w = &d->work;
    bool again;
    assert_rc(OK, WRITE(w, report_submit(w, report_kind_find("notified"),
                                         new_report(d, "notified", person),
                                         &again)));
}

/* ---- counts ---- */

static void assert_count(struct desk *d, enum watch_level level,
                         struct place_id place, int counts, int due)
{
    struct work *w = &d->work;
    int32_t n[3], m[3];
    struct day from = {work_today(w).n - 2};
    assert_rc(OK, READ(w, signal_window(w, "temperature", level, place, from,
                                        3, n, m)));
    assert_int_equal(n[2], counts);
    assert_int_equal(m[2], due);
    assert_int_equal(n[0] + n[1] + m[0] + m[1], 0);
}

DESK_TEST(a_person_is_counted_once_a_day)
{
    for (int i = 0; i < 3; i++) report(d, d->here.person[0], 380);
    report(d, d->here.person[2], 365);
    follow(d);
    assert_count(d, WATCH_HOUSEHOLD, d->here.door[0], 1, 1);
    assert_count(d, WATCH_HOUSEHOLD, d->here.door[1], 0, 1);
    assert_count(d, WATCH_BUILDING, d->here.building[0], 1, 2);
    assert_count(d, WATCH_COMMUNITY, everywhere(), 1, 2);
    assert_count(d, WATCH_BUILDING, d->here.building[1], 0, 0);
    desk_later(d, MS_PER_DAY);
    report(d, d->here.person[2], 380);
    follow(d);
    assert_int_equal(desk_count(d, "SELECT CAST(sum(due) AS BIGINT)"
                                   " FROM signal_count WHERE"
                                   " community=$1 AND level=2"), 3);
}

DESK_TEST(well_in_the_morning_and_ill_at_night_counts)
{
    report(d, d->here.person[0], 365);
    follow(d);
    assert_count(d, WATCH_BUILDING, d->here.building[0], 0, 1);
    report(d, d->here.person[0], 380);
    follow(d);
    assert_count(d, WATCH_BUILDING, d->here.building[0], 1, 1);
    report(d, d->here.person[0], 365);
    follow(d);
    assert_count(d, WATCH_BUILDING, d->here.building[0], 1, 1);
}

DESK_TEST(who_goes_on_being_ill_is_not_another_person)
{
    for (int day = 0; day < 8; day++) {
        report(d, d->here.person[0], 380);
        desk_later(d, MS_PER_DAY);
    }
    follow(d); /* ill from day 0 to 7 */
    assert_int_equal(desk_count(d, "SELECT CAST(sum(counts) AS BIGINT)"
                                   " FROM signal_count WHERE community=$1"
                                   " AND level=2"), 1);
    assert_int_equal(desk_count(d, "SELECT CAST(sum(due) AS BIGINT)"
                                   " FROM signal_count WHERE community=$1"
                                   " AND level=2"), 8);
    desk_later(d, 6 * MS_PER_DAY);
    report(d, d->here.person[0], 380); /* day 14: seven days after */
    follow(d);
    assert_count(d, WATCH_COMMUNITY, everywhere(), 0, 1);
    desk_later(d, 8 * MS_PER_DAY);
    report(d, d->here.person[0], 380); /* ill again */
    follow(d);
    assert_count(d, WATCH_COMMUNITY, everywhere(), 1, 1);
}

DESK_TEST(a_fever_told_late_is_the_same_illness)
{
    const struct report_kind *k = report_kind_find("temperature");
    struct report *r = new_report(d, "temperature", d->here.person[0]);
    bool again;
    report(d, d->here.person[0], 380);
    *member(k, r, "temperature_c") = 385;
    *member(k, r, "day") = work_today(w).n - 1;
    assert_rc(OK, WRITE(w, report_submit(w, k, r, &again)));
    follow(d);
    assert_int_equal(desk_count(d, "SELECT CAST(sum(counts) AS BIGINT)"
                                   " FROM signal_count WHERE community=$1"
                                   " AND level=2"), 1);
}

DESK_TEST(who_moves_in_between_stays_counted_where_first_counted)
{
    report(d, d->here.person[0], 365);
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE person SET household=$2,"
                                      " building=$3 WHERE community=$1"
                                      " AND id=$4", d->here.door[5].v,
                                   d->here.building[2].v,
                                   d->here.person[0].v)));
    report(d, d->here.person[0], 380);
    follow(d);
    assert_count(d, WATCH_BUILDING, d->here.building[0], 1, 1);
    assert_count(d, WATCH_BUILDING, d->here.building[2], 0, 0);
}

DESK_TEST(who_lives_nowhere_known_counts_for_the_community)
{
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE person SET household=0,"
                                      " building=0 WHERE community=$1"
                                      " AND id=$2", d->here.person[0].v)));
    report(d, d->here.person[0], 380);
    follow(d);
    assert_count(d, WATCH_COMMUNITY, everywhere(), 1, 1);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM signal_count"
                                   " WHERE community=$1"), 1);
}

/* All counts, alerts and entries, as one number that depends on each. */
static int64_t everything(struct desk *d)
{
    return desk_count(d, "SELECT CAST(1000000 * coalesce(sum(due), 0)"
                         " + 1000 * coalesce(sum(counts), 0) + count(*)"
                         " AS BIGINT) FROM signal_count WHERE community=$1") +
           desk_count(d, "SELECT CAST(coalesce(sum(p + 7 * day"
                         " + window_days), 0) AS BIGINT) FROM alert"
                         " WHERE community=$1") +
           100000000 * desk_count(d, "SELECT CAST(coalesce(sum(observed), 0)"
                                     " + 10 * count(*) AS BIGINT) FROM alert"
                                     " WHERE community=$1");
}

/* As if nothing had been followed. */
static enum rc start_again(struct work *w)
{
    enum rc rc = db_exec(w, "DELETE FROM follower WHERE community=$1"
                            " AND name=$2", watch_follower.name);
    for (size_t i = 0; !rc && report_kinds[i]; i++) {
        const char *kind = report_kinds[i]->name;
        rc = db_exec(w, "DELETE FROM signal_seen WHERE community=$1"
                        " AND kind=$2", kind);
        if (!rc)
            rc = db_exec(w, "DELETE FROM signal_count WHERE community=$1"
                            " AND signal=$2", kind);
        if (!rc)
            rc = db_exec(w, "DELETE FROM alert WHERE community=$1"
                            " AND kind=$2", kind);
    }
    return rc;
}

static void three_sick(struct desk *d)
{
    for (int i = 0; i < 3; i++) report(d, d->here.person[i], 385);
    notify(d, d->here.person[0]);
    notify(d, d->here.person[1]);
    report(d, d->here.person[5], 365);
}

DESK_TEST(a_follower_that_fails_anywhere_counts_nothing_twice_or_never)
{
    three_sick(d);
    follow(d);
    int64_t want = everything(d);
    int64_t raised = desk_entries(d, "alert.raised");
    int64_t grew = desk_entries(d, "alert.grew");
    assert_in_range(raised, 1, 9);
    assert_rc(OK, WRITE(w, start_again(w)));
    /* From the start again, a few entries a unit, the nth statement of each
     * failing until nothing is left that could. */
    int64_t failed = 0;
    struct step s = {5, 1};
    while (s.read) {
        enum rc rc = BUSY;
        for (int64_t nth = 1; rc; nth++) {
            store_trouble(d->store, TROUBLE_STATEMENT, nth);
            rc = follow_some(d, &s);
            failed += rc != OK;
            store_trouble(d->store, TROUBLE_NONE, 0);
        }
        store_trouble(d->store, TROUBLE_COMMIT, 1);
        follow_some(d, &s);
        store_trouble(d->store, TROUBLE_NONE, 0);
    }
    assert_true(failed > 20);
    assert_int_equal(everything(d), want);
    assert_int_equal(desk_entries(d, "alert.raised"), 2 * raised);
    assert_int_equal(desk_entries(d, "alert.grew"), 2 * grew);
}

DESK_TEST(how_entries_are_gathered_changes_nothing)
{
    three_sick(d);
    follow(d);
    int64_t want = everything(d);
    assert_rc(OK, WRITE(w, start_again(w)));
    desk_later(d, 3 * MS_PER_DAY); /* and it ran late */
    struct step s = {1, 1};
    while (s.read) assert_int_equal(follow_some(d, &s), OK);
    assert_int_equal(everything(d), want);
}

DESK_TEST(who_was_counted_is_forgotten_after_the_longest_window)
{
    int64_t n = 0;
    report(d, d->here.person[0], 380);
    notify(d, d->here.person[0]);
    follow(d);
    desk_later(d, SIGNAL_WINDOW_MAX * MS_PER_DAY);
    assert_rc(OK, WRITE(w, signal_expire(w, 100, &n)));
    assert_int_equal(n, 0);
    desk_later(d, MS_PER_DAY);
    assert_rc(OK, WRITE(w, signal_expire(w, 1, &n)));
    assert_int_equal(n, 1);
    assert_rc(OK, WRITE(w, signal_expire(w, 100, &n)));
    assert_int_equal(n, 1);
    assert_int_equal(desk_count(d, "SELECT CAST(sum(counts) AS BIGINT)"
                                   " FROM signal_count"
                                   " WHERE community=$1 AND level=2"), 2);
}

/* ---- the expected ---- */

static double rate(struct desk *d, const char *kind)
{
    struct work *w = &d->work;
    struct watch_rule rule;
    double x = 0;
    assert_rc(OK, watch_rule_parse(report_kind_find(kind)->watch, &rule,
                                   &w->fault));
    assert_rc(OK, READ(w, signal_rate(w, kind, &rule, work_today(w), &x)));
    return x;
}

static void put_count(struct desk *d, int64_t days_ago, int64_t counts,
                      int64_t due)
{
    struct work *w = &d->work;
    assert_rc(OK, WRITE(w, db_exec(w,
        "INSERT INTO signal_count(community, signal, place, day, level,"
        " counts, due) VALUES($1, 'temperature', 0, $2, 2, $3, $4)",
        work_today(w).n - days_ago, counts, due)));
}

static void assert_near(double x, double want)
{
    if (x < want - 1e-9 || x > want + 1e-9)
        fail_msg("%.12g is not %.12g", x, want);
}

DESK_TEST(the_expected_comes_from_the_communitys_own_past)
{
    assert_near(rate(d, "temperature"), 4);
    put_count(d, 36, 500, 500); /* too long ago */
    put_count(d, 7, 500, 500);  /* maybe the outbreak itself */
    assert_near(rate(d, "temperature"), 4);
    put_count(d, 35, 10, 1000);
    put_count(d, 8, 14, 1000);
    assert_near(rate(d, "temperature"), (8 + 10 + 14) / 4000.0 * 1000);
}

DESK_TEST(where_only_the_ill_report_all_residents_are_due)
{
    assert_near(rate(d, "notified"), 0.01);
    /* The days that the community has been there, until a week ago. */
    desk_later(d, 9 * MS_PER_DAY);
    assert_near(rate(d, "notified"), 0.02 / (2000 + 2.0 * TOWN_PEOPLE) * 1000);
    desk_later(d, 90 * MS_PER_DAY);
    assert_near(rate(d, "notified"),
                0.02 / (2000 + 28.0 * TOWN_PEOPLE) * 1000);
}

/* ---- alerts ---- */

static struct alert_filter all_alerts(void)
{
    return (struct alert_filter){.state = NONE, .since = NO_DAY,
                                 .limit = 100};
}

static struct alert *alerts(struct desk *d, size_t *n)
{
    struct work *w = &d->work;
    struct alert_filter f = all_alerts();
    struct alert *items = NULL;
    int64_t count = 0;
    assert_rc(OK, READ(w, alert_list(w, &f, &items, n, &count)));
    assert_int_equal(*n, count);
    return items;
}

/* A verdict that alarms, of so many persons, in a place. */
static enum rc raise_alert(struct work *w, enum watch_level level,
                           struct place_id place, struct place_id building,
                           int persons)
{
    return alert_raise(w, &(struct alert_finding){
        .kind = "temperature", .level = level, .detector = "smallcount",
        .place = place, .building = building, .day = work_today(w),
        .places = 47,
        .verdict = {.alarm = true, .observed = persons, .expected = 0.8,
                    .p = 5e-5, .window_days = 3}});
}

static struct alert raise_one(struct desk *d)
{
    struct work *w = &d->work;
    size_t n;
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_BUILDING, d->here.building[0],
                                       d->here.building[0], 5)));
    struct alert *a = alerts(d, &n);
    return a[n - 1];
}

DESK_TEST(a_cluster_raises_exactly_one_alert_that_grows)
{
    size_t n;
    report(d, d->here.person[0], 385);
    follow(d);
    alerts(d, &n);
    assert_int_equal(n, 0); /* one person is no excess */
    for (int i = 1; i < 3; i++) {
        report(d, d->here.person[i], 385);
        follow(d);
    }
    struct alert_filter f = all_alerts();
    struct alert *a;
    f.tops = true;
    assert_rc(OK, READ(w, alert_list(w, &f, &a, &n, NULL)));
    assert_int_equal(n, 1);
    assert_int_equal(a->level, WATCH_BUILDING);
    assert_int_equal(a->place.v, d->here.building[0].v);
    assert_int_equal(a->observed, 3);
    assert_int_equal(a->state, ALERT_OPEN);
    assert_int_equal(a->places, TOWN_BUILDINGS);
    assert_string_equal(a->detector, "smallcount");
    assert_true(desk_entries(d, "alert.grew") >= 1);
    int64_t grew = desk_entries(d, "alert.grew");
    report(d, d->here.person[2], 390); /* nobody new */
    report(d, d->here.person[1], 365);
    follow(d);
    assert_int_equal(desk_entries(d, "alert.grew"), grew);
}

DESK_TEST(a_jump_in_reporting_raises_nothing)
{
    size_t n;
    for (int day = 0; day < 3; day++) {
        for (int i = 0; i < (day ? TOWN_PEOPLE : 1); i++)
            report(d, d->here.person[i], 365);
        follow(d);
        desk_later(d, MS_PER_DAY);
    }
    alerts(d, &n);
    assert_int_equal(n, 0);
    assert_int_equal(desk_entries(d, "alert.raised"), 0);
}

DESK_TEST(two_notified_in_one_household_are_an_alert)
{
    size_t n;
    notify(d, d->here.person[0]);
    notify(d, d->here.person[5]);
    follow(d);
    alerts(d, &n);
    assert_int_equal(n, 0);
    notify(d, d->here.person[1]);
    follow(d);
    struct alert *a = alerts(d, &n);
    assert_int_equal(n, 2); /* the building's, and the household's in it */
    assert_int_equal(a[0].expected, 30); /* of 3 residents, 0.01 per 1000 */
    assert_int_equal(a[1].level, WATCH_HOUSEHOLD);
    assert_int_equal(a[1].place.v, d->here.door[0].v);
    assert_int_equal(a[1].parent.v, a[0].id.v);
}

DESK_TEST(a_building_takes_the_alerts_of_its_households)
{
    size_t n;
    struct place_id in = d->here.building[0];
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_HOUSEHOLD, d->here.door[0],
                                       in, 2)));
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_HOUSEHOLD, d->here.door[4],
                                       d->here.building[2], 2)));
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_BUILDING, in, in, 3)));
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_HOUSEHOLD, d->here.door[1],
                                       in, 2)));
    struct alert *a = alerts(d, &n);
    assert_int_equal(n, 4);
    assert_int_equal(a[0].parent.v, a[2].id.v);
    assert_int_equal(a[1].parent.v, 0);
    assert_int_equal(a[2].parent.v, 0);
    assert_int_equal(a[3].parent.v, a[2].id.v);
}

DESK_TEST(the_ledger_names_no_household)
{
    const char *body = "";
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_HOUSEHOLD, d->here.door[0],
                                       d->here.building[0], 2)));
    assert_rc(OK, READ(w, db_text(w, &body, "SELECT body FROM ledger_entry"
                                            " WHERE community=$1 AND kind=$2",
                                  "alert.raised")));
    assert_null(strstr(body, arena_printf(&d->arena, "%lld",
                                          (long long)d->here.door[0].v)));
    assert_non_null(strstr(body, "\"observed\":2,\"expected\":0.8"));
}

DESK_TEST(a_closed_alert_is_raised_anew_by_more_people_or_later)
{
    struct alert a = raise_one(d);
    struct place_id at = d->here.building[0];
    size_t n;
    assert_rc(OK, WRITE(w, alert_dismiss(w, a.id, "a broken thermometer")));
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_BUILDING, at, at, 5)));
    alerts(d, &n);
    assert_int_equal(n, 1);
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_BUILDING, at, at, 6)));
    a = alerts(d, &n)[1];
    assert_int_equal(n, 2);
    assert_rc(OK, WRITE(w, alert_dismiss(w, a.id, "again")));
    desk_later(d, ALERT_QUIET_DAYS * MS_PER_DAY);
    assert_rc(OK, WRITE(w, raise_alert(w, WATCH_BUILDING, at, at, 2)));
    alerts(d, &n);
    assert_int_equal(n, 3);
}

DESK_TEST(an_alert_is_taken_then_closed_and_never_moved_back)
{
    struct alert a = raise_one(d), back;
    desk_as(d, ROLE_DIRECTOR, everywhere());
    assert_refused(CONFLICT, "state", WRITE(w, alert_confirm(w, a.id)));
    assert_rc(OK, WRITE(w, alert_take(w, a.id)));
    assert_refused(CONFLICT, "state", WRITE(w, alert_take(w, a.id)));
    assert_refused(INVALID, "reason", WRITE(w, alert_dismiss(w, a.id, " ")));
    assert_refused(INVALID, "reason", WRITE(w, alert_dismiss(w, a.id, NULL)));
    assert_rc(OK, READ(w, alert_load(w, a.id, &back)));
    assert_int_equal(back.state, ALERT_TAKEN);
    assert_int_equal(back.owner.v, w->actor.v);
    assert_rc(OK, WRITE(w, alert_dismiss(w, a.id, "a birthday party")));
    assert_rc(OK, READ(w, alert_load(w, a.id, &back)));
    assert_string_equal(back.reason, "a birthday party");
    assert_int_equal(back.owner.v, w->actor.v);
    assert_refused(CONFLICT, "state", WRITE(w, alert_confirm(w, a.id)));
    assert_int_equal(desk_entries(d, "alert.taken"), 1);
    assert_int_equal(desk_entries(d, "alert.dismissed"), 1);
}

static enum rc take_it(struct work *w, void *arg)
{
    struct alert *a = arg;
    return alert_take(w, a->id);
}

DESK_TEST(of_many_who_take_an_alert_one_does)
{
    struct alert a = raise_one(d);
    desk_as(d, ROLE_DIRECTOR, everywhere());
    assert_int_equal(desk_race(d, take_it, &a, 8, OK), 1);
    assert_int_equal(desk_entries(d, "alert.taken"), 1);
}

DESK_TEST(only_who_may_dispatch_moves_an_alert)
{
    struct alert a = raise_one(d), back;
    desk_as(d, ROLE_EPIDEMIOLOGIST, everywhere());
    assert_rc(OK, READ(w, alert_load(w, a.id, &back)));
    assert_rc(DENIED, WRITE(w, alert_take(w, a.id)));
    assert_rc(DENIED, WRITE(w, alert_dismiss(w, a.id, "no")));
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(DENIED, READ(w, alert_load(w, a.id, &back)));
}

DESK_TEST(another_community_and_another_grid_see_no_alert)
{
    struct alert a = raise_one(d), back;
    size_t n;
    desk_as_stranger(d, ROLE_DIRECTOR);
    assert_rc(NOT_FOUND, READ(w, alert_load(w, a.id, &back)));
    assert_rc(NOT_FOUND, WRITE(w, alert_take(w, a.id)));
    alerts(d, &n);
    assert_int_equal(n, 0);
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[1]);
    assert_rc(NOT_FOUND, READ(w, alert_load(w, a.id, &back)));
    alerts(d, &n);
    assert_int_equal(n, 0);
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[0]);
    assert_rc(OK, READ(w, alert_load(w, a.id, &back)));
    alerts(d, &n);
    assert_int_equal(n, 1);
}

DESK_TEST(the_reports_of_a_community_count_there_alone)
{
    three_sick(d);
    follow(d);
    assert_true(desk_entries(d, "alert.raised") > 0);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM signal_count"
                                   " WHERE community<>$1"), 0);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM alert"
                                   " WHERE community<>$1"), 0);
}

static void assert_says(struct desk *d, const struct alert *a,
                        enum language language, const char *want)
{
    struct work *w = &d->work;
    struct buf b;
    buf_init(&b, 1000);
    w->language = language;
    assert_rc(OK, READ(w, alert_evidence(w, a, &b)));
    assert_string_equal(b.at, want);
    buf_release(&b);
}

DESK_TEST(the_evidence_is_one_sentence)
{
    struct alert a = raise_one(d);
    assert_near(alert_recurrence_days(&a), 1 / (5e-5 * 47));
    assert_says(d, &a, LANG_EN, "1: in 3 days 5 people with fever, "
                "usually 0.8; by chance about once in 400 days");
    assert_says(d, &a, LANG_ZH, "1 3 天内 5 人发热，通常 0.8 人；"
                "偶然出现约每 400 天一次");
    a.place.v = 0;
    a.expected = 12345678;
    a.p = 1000000; /* 1e-6 */
    assert_says(d, &a, LANG_EN, "the whole community: in 3 days 5 people "
                "with fever, usually 12; by chance about once in 60 years");
    a.p = 1;
    a.expected = 3;
    assert_says(d, &a, LANG_EN, "the whole community: in 3 days 5 people "
                "with fever, usually <0.1; by chance less than once in a "
                "hundred years");
    a.p = 0;
    assert_says(d, &a, LANG_EN, "the whole community: in 3 days 5 people "
                "with fever, usually <0.1");
}
