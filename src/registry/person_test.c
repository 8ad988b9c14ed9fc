/* person_test.c - residents stored sealed, found, unsealed, erased. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

static struct place_id everywhere(void) { return (struct place_id){0}; }

static struct person new_person(struct place_id household)
{
    struct person p;
    shape_clear(&person_shape, &p);
    p.name = "郑八";
    p.household = household;
    p.idno = "ID-9999";
    p.phone = "139-9999";
    return p;
}

/* ---- stored ---- */

DESK_TEST(a_person_is_stored_with_the_building_of_the_door)
{
    struct person p = new_person(d->here.door[4]), back;
    desk_as(d, ROLE_ADMIN, everywhere());
    assert_rc(OK, WRITE(w, person_create(w, &p, 0)));
    assert_rc(OK, READ(w, person_load(w, p.id, &back)));
    assert_string_equal(back.name, "郑八");
    assert_int_equal(back.building.v, d->here.building[2].v);
    assert_string_equal(back.idno_tail, "9999");
    assert_string_equal(back.phone_tail, "9999");
    assert_string_equal(back.idno, "");
    assert_true(back.sex == NONE && back.birth.n == NONE);
    assert_int_equal(back.since.n, day_of(2026, 11, 24).n);
    assert_int_equal(desk_entries(d, "person.created"), TOWN_PEOPLE + 1);
}

DESK_TEST(a_person_needs_a_name_and_a_door_of_this_community)
{
    struct person p = new_person(d->here.door[0]);
    p.name = " 　";
    assert_refused(INVALID, "name", WRITE(w, person_create(w, &p, 0)));
    p = new_person(d->here.unit[0]);
    assert_refused(INVALID, "household", WRITE(w, person_create(w, &p, 0)));
    p = new_person(d->there.door[0]);
    assert_refused(INVALID, "household", WRITE(w, person_create(w, &p, 0)));
    p = new_person(everywhere()); /* not known yet */
    assert_rc(OK, WRITE(w, person_create(w, &p, 0)));
}

DESK_TEST(only_who_imports_stores_people)
{
    static const enum role roles[] = {ROLE_RESIDENT, ROLE_GRID_WORKER,
        ROLE_GUARD, ROLE_EPIDEMIOLOGIST, ROLE_AUDITOR};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        struct person p = new_person(d->here.door[0]);
        desk_as(d, roles[i], everywhere());
        assert_rc(DENIED, WRITE(w, person_create(w, &p, 0)));
        p.id = d->here.person[0];
        assert_rc(DENIED, WRITE(w, person_update(w, &p, 0)));
    }
}

DESK_TEST(a_person_who_moves_takes_the_building_along)
{
    struct person p, back;
    assert_rc(OK, READ(w, person_load(w, d->here.person[0], &p)));
    w->purpose = "核对";
    assert_rc(OK, READ(w, person_unseal(w, &p)));
    p.household = d->here.door[5];
    p.phone = "139-1234";
    assert_rc(OK, WRITE(w, person_update(w, &p, 0)));
    assert_rc(OK, READ(w, person_load(w, p.id, &back)));
    assert_int_equal(back.building.v, d->here.building[2].v);
    assert_string_equal(back.idno_tail, "0000");
    assert_string_equal(back.phone_tail, "1234");
    assert_rc(OK, READ(w, person_by_idno(w, "ID-0000", &back)));
    assert_int_equal(back.id.v, p.id.v);
    assert_int_equal(desk_entries(d, "person.changed"), 1);
}

/* ---- sealed ---- */

static bool holds(struct bytes b, const char *text)
{
    return b.n && memmem(b.at, b.n, text, strlen(text)) != NULL;
}

DESK_TEST(numbers_stand_sealed_in_the_database)
{
    struct bytes idno = {NULL, 0}, hash = {NULL, 0};
    assert_rc(OK, READ(w, db_bytes(w, &idno, "SELECT idno FROM person WHERE"
                                             " community=$1 AND id=$2",
                                   d->here.person[1].v)));
    assert_rc(OK, READ(w, db_bytes(w, &hash, "SELECT idno_hash FROM person"
                                             " WHERE community=$1 AND id=$2",
                                   d->here.person[1].v)));
    assert_int_equal(idno.n, 7 + 41);
    assert_false(holds(idno, "ID-0001"));
    assert_int_equal(hash.n, 16);
    assert_int_equal(desk_count(d, "SELECT count(DISTINCT idno_hash)"
                                   " FROM person WHERE community>=$1"),
                     2 * TOWN_PEOPLE); /* equal numbers, other communities */
}

DESK_TEST(a_sealed_number_moved_to_another_row_does_not_open)
{
    struct person p;
    w->purpose = "核对";
    assert_rc(OK, WRITE(w, db_exec(w,
        "UPDATE person SET idno=(SELECT idno FROM person WHERE community=$1"
        " AND id=$3) WHERE community=$1 AND id=$2", d->here.person[0].v,
        d->here.person[1].v)));
    assert_rc(OK, READ(w, person_load(w, d->here.person[0], &p)));
    assert_rc(FAILED, READ(w, person_unseal(w, &p)));
}

DESK_TEST(unsealing_needs_a_purpose_and_is_a_reading)
{
    struct person p;
    desk_as_person(d, ROLE_DIRECTOR, everywhere(), d->here.person[6]);
    assert_rc(OK, READ(w, person_load(w, d->here.person[1], &p)));
    assert_refused(DENIED, "purpose", READ(w, person_unseal(w, &p)));
    assert_false(reading_has(w));
    w->purpose = "流调";
    assert_rc(OK, READ(w, person_unseal(w, &p)));
    assert_string_equal(p.idno, "ID-0001");
    assert_string_equal(p.phone, "139-0001");
    assert_true(reading_has(w));
    assert_rc(OK, WRITE(w, ledger_enter_readings(w, "person")));
    assert_int_equal(desk_entries(d, "reading"), 1);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM reading_subject"
                                   " WHERE community=$1"), 1);
}

DESK_TEST(ones_own_data_needs_no_purpose_and_is_no_reading)
{
    struct person p;
    desk_as_person(d, ROLE_RESIDENT, everywhere(), d->here.person[1]);
    assert_rc(OK, READ(w, person_load(w, d->here.person[1], &p)));
    assert_rc(OK, READ(w, person_unseal(w, &p)));
    assert_string_equal(p.phone, "139-0001");
    assert_false(reading_has(w));
}

/* ---- found ---- */

DESK_TEST(a_person_is_found_by_number_in_the_own_community)
{
    struct person p;
    assert_rc(OK, READ(w, person_by_idno(w, "ID-0003", &p)));
    assert_int_equal(p.id.v, d->here.person[3].v);
    assert_rc(NOT_FOUND, READ(w, person_by_idno(w, "ID-0303", &p)));
    w->community = d->other;
    assert_rc(OK, READ(w, person_by_idno(w, "ID-0003", &p)));
    assert_int_equal(p.id.v, d->there.person[3].v);
}

DESK_TEST(people_of_another_community_are_not_there)
{
    struct person p;
    struct person_home home;
    assert_rc(NOT_FOUND, READ(w, person_load(w, d->there.person[0], &p)));
    assert_rc(NOT_FOUND, READ(w, person_home(w, d->there.person[0], &home)));
    assert_rc(NOT_FOUND, WRITE(w, person_erase(w, d->there.person[0])));
    p = new_person(d->here.door[0]);
    p.id = d->there.person[0];
    assert_rc(NOT_FOUND, WRITE(w, person_update(w, &p, 0)));
    w->community = d->other;
    assert_rc(OK, READ(w, person_load(w, d->there.person[0], &p)));
    assert_string_equal(p.name, "赵一");
}

DESK_TEST(a_home_says_where_and_no_more)
{
    struct person_home home;
    assert_rc(OK, READ(w, person_home(w, d->here.person[3], &home)));
    assert_int_equal(home.household.v, d->here.door[2].v);
    assert_int_equal(home.building.v, d->here.building[1].v);
    assert_false(reading_has(w));
}

DESK_TEST(a_list_of_people_stays_within_the_scope)
{
    struct person_filter f = {.limit = 100};
    struct person *items;
    size_t n;
    int64_t count;
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[1]);
    assert_rc(OK, READ(w, person_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 2);
    assert_int_equal(items[0].id.v, d->here.person[5].v);
    f.building = d->here.building[0];
    assert_rc(OK, READ(w, person_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 0);
    assert_null(items);
    desk_as(d, ROLE_DIRECTOR, everywhere());
    assert_rc(OK, READ(w, person_list(w, &f, &items, &n, &count)));
    assert_int_equal(count, 3);
    f = (struct person_filter){.household = d->here.door[0], .limit = 1};
    assert_rc(OK, READ(w, person_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 1);
    assert_int_equal(count, 2);
    desk_as(d, ROLE_GUARD, everywhere());
    assert_rc(DENIED, READ(w, person_list(w, &f, &items, &n, &count)));
}

DESK_TEST(a_merged_person_is_the_other_one)
{
    struct person p;
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE person SET merged_into=$3"
                                      " WHERE community=$1 AND id=$2",
                                   d->here.person[1].v,
                                   d->here.person[0].v)));
    assert_rc(OK, READ(w, person_load(w, d->here.person[1], &p)));
    assert_int_equal(p.id.v, d->here.person[0].v);
}

/* ---- erased ---- */

static enum rc enter_secret(struct work *w, int64_t thing)
{
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "person.changed", .thing = thing,
        .parts = &(struct ledger_part){"name.before", "赵甲"}, .n_parts = 1});
}

DESK_TEST(erasing_takes_the_row_and_its_secrets_and_leaves_the_ledger)
{
    struct person p;
    int64_t before, after;
    assert_rc(OK, WRITE(w, enter_secret(w, d->here.person[0].v)));
    assert_rc(OK, WRITE(w, enter_secret(w, d->here.person[1].v)));
    before = desk_count(d, "SELECT size FROM ledger_head"
                             " WHERE community=$1");
    assert_rc(OK, WRITE(w, person_erase(w, d->here.person[0])));
    assert_rc(NOT_FOUND, READ(w, person_load(w, d->here.person[0], &p)));
    assert_rc(NOT_FOUND, READ(w, person_by_idno(w, "ID-0000", &p)));
    assert_int_equal(desk_count(d, "SELECT count(*) FROM ledger_secret"
                                   " WHERE community=$1"), 1);
    after = desk_count(d, "SELECT size FROM ledger_head"
                            " WHERE community=$1");
    assert_int_equal(after, before + 1);
    assert_rc(NOT_FOUND, WRITE(w, person_erase(w, d->here.person[0])));
    assert_int_equal(desk_entries(d, "person.erased"), 1);
}

static enum rc erase(struct work *w, void *arg)
{
    return person_erase(w, *(struct person_id *)arg);
}

DESK_TEST(of_many_who_erase_one_person_one_does)
{
    assert_int_equal(desk_race(d, erase, &d->here.person[0], 8, OK), 1);
    assert_int_equal(desk_entries(d, "person.erased"), 1);
}
