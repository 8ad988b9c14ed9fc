/* report_test.c - reports submitted, read back, listed, erased, whatever
 * their kind; temperature stands for all. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include "intake/intake.h"

static const char first_uuid[] = "01234567-89ab-cdef-0123-456789ABCDEF";

static const struct report_kind *kind(void)
{
    return report_kind_find("temperature");
}

static struct place_id everywhere(void) { return (struct place_id){0}; }

/* A member of the kind's own row. */
static int64_t *member(struct report *r, const char *name)
{
    const struct field *f = shape_field(report_shape(kind()), name);
    assert_non_null(f);
    return field_at(f, r);
}

/* A temperature in tenths of a degree, of a person (0: the sender), today. */
static struct report *new_report(struct desk *d, struct person_id person,
                                 int64_t tenths)
{
    struct report *r = arena_zalloc(&d->arena, 1, report_shape(kind())->size);
    shape_clear(report_shape(kind()), r);
    *member(r, "person") = person.v;
    *member(r, "temperature_c") = tenths;
    return r;
}

static struct report *blank(struct desk *d)
{
    return new_report(d, (struct person_id){0}, 0);
}

static enum rc submit(struct work *w, struct report *r)
{
    bool again;
    return report_submit(w, kind(), r, &again);
}

static struct report_filter all_reports(void)
{
    return (struct report_filter){.day = NO_DAY, .limit = 100};
}

static size_t listed(struct work *w, struct report_filter f)
{
    void *items;
    size_t n = 0;
    int64_t count = 0;
    assert_rc(OK, READ(w, report_list(w, kind(), &f, &items, &n, &count)));
    assert_int_equal(n, count);
    return n;
}

static struct person_id self(void) { return (struct person_id){0}; }

/* ---- submitted ---- */

DESK_TEST(a_resident_reports_for_oneself_without_saying_so)
{
    struct report *r = new_report(d, self(), 365), *back = blank(d);
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[2]);
    assert_rc(OK, WRITE(w, submit(w, r)));
    assert_int_equal(r->subject.v, d->here.person[2].v);
    assert_rc(OK, READ(w, report_load(w, kind(), r->id, back)));
    assert_int_equal(back->subject.v, d->here.person[2].v);
    assert_int_equal(back->household.v, d->here.door[1].v);
    assert_int_equal(back->building.v, d->here.building[0].v);
    assert_int_equal(back->account.v, w->actor.v);
    assert_int_equal(back->on_day.n, day_of(2026, 11, 24).n);
    assert_int_equal(back->received.ms, w->now.ms);
    assert_int_equal(back->counts, 0);
    assert_int_equal(*member(back, "temperature_c"), 365);
    assert_false(reading_has(w));
    assert_int_equal(desk_entries(d, "report.received"), 1);
}

DESK_TEST(a_resident_reports_for_the_own_door_and_no_other)
{
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, new_report(d, d->here.person[1], 365))));
    assert_refused(DENIED, "person",
                   WRITE(w, submit(w, new_report(d, d->here.person[2], 365))));
    assert_refused(INVALID, "person",
                   WRITE(w, submit(w, new_report(d, d->there.person[0],
                                                 365))));
    assert_refused(INVALID, "person",
                   WRITE(w, submit(w, new_report(d, (struct person_id){7},
                                                 365))));
    desk_as(d, ROLE_RESIDENT, everywhere()); /* nobody in the registry */
    assert_refused(INVALID, "person",
                   WRITE(w, submit(w, new_report(d, self(), 365))));
    assert_refused(DENIED, "person",
                   WRITE(w, submit(w, new_report(d, d->here.person[2], 365))));
    assert_int_equal(desk_entries(d, "report.received"), 1);
}

DESK_TEST(who_has_no_known_door_shares_it_with_nobody)
{
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE person SET household=0,"
                                      " building=0 WHERE community=$1"
                                      " AND id<=$2", d->here.person[2].v)));
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, new_report(d, self(), 365))));
    assert_refused(DENIED, "person",
                   WRITE(w, submit(w, new_report(d, d->here.person[1], 365))));
}

DESK_TEST(a_grid_worker_reports_for_the_grid)
{
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[0]);
    assert_rc(OK, WRITE(w, submit(w, new_report(d, d->here.person[3], 365))));
    assert_refused(DENIED, "person",
                   WRITE(w, submit(w, new_report(d, d->here.person[5], 365))));
}

DESK_TEST(who_may_not_submit_is_denied)
{
    static const enum role roles[] = {ROLE_EPIDEMIOLOGIST, ROLE_AUDITOR,
                                      ROLE_ADMIN};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        desk_as_person(d, roles[i], everywhere(), d->here.person[0]);
        assert_rc(DENIED, WRITE(w, submit(w, new_report(d, self(), 365))));
    }
}

DESK_TEST(a_report_of_another_day_is_entered_as_late)
{
    struct report *r = new_report(d, self(), 365);
    const char *body = "";
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    *member(r, "day") = day_of(2026, 11, 20).n;
    assert_rc(OK, WRITE(w, submit(w, r)));
    assert_int_equal(r->on_day.n, day_of(2026, 11, 20).n);
    assert_rc(OK, READ(w, db_text(w, &body, "SELECT body FROM ledger_entry"
                                            " WHERE community=$1 AND thing=$2",
                                  r->id.v)));
    assert_non_null(strstr(body, "\"late\":true"));
    assert_non_null(strstr(body, "\"at\":\"2026-11-19T16:00:00.000Z\""));
    assert_non_null(strstr(body, "\"digest\":\""));
}

/* ---- the same again ---- */

DESK_TEST(the_same_uuid_with_the_same_content_is_the_same_report)
{
    bool again = true;
    struct report *r = new_report(d, self(), 380), *s;
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    r->uuid = first_uuid;
    assert_rc(OK, WRITE(w, report_submit(w, kind(), r, &again)));
    assert_false(again);
    s = new_report(d, self(), 380);
    s->uuid = first_uuid;
    desk_later(d, MS_PER_MINUTE);
    assert_rc(OK, WRITE(w, report_submit(w, kind(), s, &again)));
    assert_true(again);
    assert_int_equal(s->id.v, r->id.v);
    assert_int_equal(s->received.ms, r->received.ms);
    assert_int_equal(desk_entries(d, "report.received"), 1);
    s = new_report(d, self(), 381);
    s->uuid = first_uuid;
    assert_refused(CONFLICT, "uuid", WRITE(w, submit(w, s)));
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[1]);
    s = new_report(d, self(), 381); /* another sender's own names */
    s->uuid = first_uuid;
    assert_rc(OK, WRITE(w, report_submit(w, kind(), s, &again)));
    assert_false(again);
}

DESK_TEST(a_report_sent_again_the_next_day_is_the_same)
{
    bool again = false;
    struct report *r = new_report(d, self(), 380);
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    r->uuid = first_uuid;
    *member(r, "day") = day_of(2026, 11, 24).n;
    assert_rc(OK, WRITE(w, submit(w, r)));
    desk_later(d, MS_PER_DAY);
    r = new_report(d, self(), 380);
    r->uuid = first_uuid;
    *member(r, "day") = day_of(2026, 11, 24).n;
    assert_rc(OK, WRITE(w, report_submit(w, kind(), r, &again)));
    assert_true(again);
}

DESK_TEST(reports_without_a_uuid_are_each_their_own)
{
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, new_report(d, self(), 365))));
    assert_rc(OK, WRITE(w, submit(w, new_report(d, self(), 365))));
    assert_int_equal(listed(w, all_reports()), 2);
}

DESK_TEST(a_uuid_looks_like_one)
{
    static const char *const wrong[] = {
        "x", "01234567-89ab-cdef-0123-456789abcde",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "0123456789abcdef-0123-0123-456789abc"};
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct report *r = new_report(d, self(), 365);
        r->uuid = wrong[i];
        assert_refused(INVALID, "uuid", WRITE(w, submit(w, r)));
    }
}

static enum rc submit_same(struct work *w, void *arg)
{
    struct desk *d = arg;
    size_t size = report_shape(kind())->size;
    struct report *r = arena_zalloc(w->arena, 1, size);
    bool again = false;
    shape_clear(report_shape(kind()), r);
    *member(r, "temperature_c") = 380;
    r->uuid = first_uuid;
    assert(d->store);
    return report_submit(w, kind(), r, &again);
}

DESK_TEST(of_many_who_send_one_report_one_is_entered)
{
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_int_equal(desk_race(d, submit_same, d, 8, OK), 8);
    assert_int_equal(desk_entries(d, "report.received"), 1);
    assert_int_equal(listed(w, all_reports()), 1);
}

/* ---- who sees it ---- */

DESK_TEST(a_report_is_seen_by_its_sender_its_subject_and_the_grid)
{
    struct report *r = new_report(d, d->here.person[1], 380);
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, r)));
    assert_rc(OK, READ(w, report_load(w, kind(), r->id, blank(d))));
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[1]);
    assert_rc(OK, READ(w, report_load(w, kind(), r->id, blank(d))));
    assert_int_equal(listed(w, all_reports()), 1);
    assert_false(reading_has(w));
    desk_as_person(d, ROLE_GRID_WORKER, d->here.grid[0], d->here.person[6]);
    assert_rc(OK, READ(w, report_load(w, kind(), r->id, blank(d))));
    assert_true(reading_has(w));
    w->readings = NULL;
    assert_int_equal(listed(w, all_reports()), 1);
    assert_true(reading_has(w));
}

DESK_TEST(a_report_is_not_there_for_anybody_else)
{
    struct report *r = new_report(d, self(), 380);
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, r)));
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[2]);
    assert_rc(NOT_FOUND, READ(w, report_load(w, kind(), r->id, blank(d))));
    assert_int_equal(listed(w, all_reports()), 0);
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[1]);
    assert_rc(NOT_FOUND, READ(w, report_load(w, kind(), r->id, blank(d))));
    assert_int_equal(listed(w, all_reports()), 0);
    desk_as_stranger(d, ROLE_DIRECTOR);
    assert_rc(NOT_FOUND, READ(w, report_load(w, kind(), r->id, blank(d))));
    assert_int_equal(listed(w, all_reports()), 0);
    assert_false(reading_has(w));
    desk_as(d, ROLE_AUDITOR, everywhere());
    struct report_filter f = all_reports();
    void *items;
    size_t n;
    assert_rc(DENIED, READ(w, report_list(w, kind(), &f, &items, &n, NULL)));
}

DESK_TEST(who_is_nobody_owns_nothing)
{
    struct report *r = new_report(d, d->here.person[0], 380);
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[0]);
    assert_rc(OK, WRITE(w, submit(w, r)));
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE report SET subject=0" /* none */
                                      " WHERE community=$1 AND id=$2",
                                   r->id.v)));
    desk_as(d, ROLE_RESIDENT, everywhere()); /* is no person either */
    assert_rc(NOT_FOUND, READ(w, report_load(w, kind(), r->id, blank(d))));
    assert_int_equal(listed(w, all_reports()), 0);
}

DESK_TEST(a_list_is_narrowed_by_day_building_and_owner)
{
    desk_as_person(d, ROLE_GRID_WORKER, d->here.grid[0], d->here.person[0]);
    struct report *r = new_report(d, self(), 365);
    *member(r, "day") = day_of(2026, 11, 23).n;
    assert_rc(OK, WRITE(w, submit(w, r)));
    assert_rc(OK, WRITE(w, submit(w, new_report(d, d->here.person[3], 365))));
    desk_as(d, ROLE_DIRECTOR, everywhere());
    assert_rc(OK, WRITE(w, submit(w, new_report(d, d->here.person[5], 365))));
    struct report_filter f = all_reports();
    assert_int_equal(listed(w, f), 3);
    f.day = day_of(2026, 11, 23);
    assert_int_equal(listed(w, f), 1);
    f = all_reports();
    f.building = d->here.building[1];
    assert_int_equal(listed(w, f), 1);
    f = all_reports();
    f.own = true;
    assert_int_equal(listed(w, f), 1);
    f = all_reports();
    f.after = r->id;
    void *items;
    size_t n;
    assert_rc(OK, READ(w, report_list(w, kind(), &f, &items, &n, NULL)));
    assert_int_equal(n, 2);
}

/* ---- proof and end ---- */

static bool row_is_same(struct work *w, const struct report *r)
{
    bool same = false;
    struct digest digest;
    memcpy(digest.b, r->digest.at, sizeof digest.b);
    assert_rc(OK, READ(w, report_row_check(w, "report.received", r->id.v,
                                           &digest, &same)));
    return same;
}

DESK_TEST(a_row_that_was_changed_no_longer_says_what_was_entered)
{
    struct report *r = new_report(d, self(), 380), *back = blank(d);
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, r)));
    assert_rc(OK, READ(w, report_load(w, kind(), r->id, back)));
    assert_true(row_is_same(w, back));
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE temperature SET"
                                      " temperature_c=366 WHERE community=$1"
                                      " AND id=$2", r->id.v)));
    assert_false(row_is_same(w, back));
}

DESK_TEST(reports_past_their_time_are_erased)
{
    int64_t n = 0;
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, new_report(d, self(), 365))));
    assert_rc(OK, WRITE(w, submit(w, new_report(d, self(), 366))));
    desk_later(d, kind()->keep_days * MS_PER_DAY);
    assert_rc(OK, WRITE(w, submit(w, new_report(d, self(), 367))));
    assert_rc(OK, WRITE(w, report_expire(w, kind(), 100, &n)));
    assert_int_equal(n, 0);
    desk_later(d, MS_PER_DAY);
    w->community = d->other;
    assert_rc(OK, WRITE(w, report_expire(w, kind(), 100, &n)));
    assert_int_equal(n, 0);
    w->community = d->community;
    assert_rc(OK, WRITE(w, report_expire(w, kind(), 1, &n)));
    assert_int_equal(n, 1);
    assert_rc(OK, WRITE(w, report_expire(w, kind(), 100, &n)));
    assert_int_equal(n, 1);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM report"
                                   " WHERE community=$1"), 1);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM temperature"
                                   " WHERE community=$1"), 1);
    assert_int_equal(desk_entries(d, "report.received"), 3);
}

DESK_TEST(trouble_anywhere_leaves_never_half_a_report)
{
    static const enum trouble kinds[] = {TROUBLE_STATEMENT, TROUBLE_COMMIT};
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[0]);
    int64_t whole = 0;
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        for (int64_t nth = 1; nth <= 12; nth++) {
            store_trouble(d->store, kinds[k], nth);
            enum rc rc = WRITE(w, submit(w, new_report(d, self(), 380)));
            store_trouble(d->store, TROUBLE_NONE, 0);
            assert_true(rc == OK || rc == BUSY);
            assert_int_equal(rc, nth == 1 ? BUSY : rc);
            whole += rc == OK;
            assert_int_equal(desk_count(d, "SELECT count(*) FROM report"
                                           " WHERE community=$1"), whole);
            assert_int_equal(desk_count(d, "SELECT count(*) FROM temperature"
                                           " WHERE community=$1"), whole);
            assert_int_equal(desk_entries(d, "report.received"), whole);
        }
    }
    assert_in_range(whole, 11 + 4, 11 + 8); /* some statements failed */
}
