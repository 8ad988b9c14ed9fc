/* place_test.c - places, their dated groupings, and what a scope shows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

static struct place new_place(enum place_level level, struct place_id parent,
                              const char *code)
{
    struct place p;
    shape_clear(&place_shape, &p);
    p.level = level;
    p.parent = parent;
    p.code = code;
    return p;
}

/* ---- communities ---- */

DESK_TEST(a_community_stands_with_its_place_at_the_root)
{
    struct community c = {.name = "丙社区", .zone = "Asia/Urumqi"};
    struct place root;
    w->community.v = 0;
    assert_rc(OK, WRITE(w, community_create(w, &c)));
    assert_int_equal(w->community.v, c.community.v);
    assert_string_equal(zone_name(w->zone), "Asia/Urumqi");
    assert_int_equal(c.created.ms, w->now.ms);
    assert_rc(OK, READ(w, place_by_code(w, PLACE_COMMUNITY, "丙社区", &root)));
    assert_int_equal(root.parent.v, 0);
    assert_int_equal(root.building.v, 0);
}

DESK_TEST(a_community_is_refused_without_a_known_zone_or_a_free_name)
{
    struct community c = {.name = "丙社区", .zone = "Asia/Nowhere"};
    assert_refused(INVALID, "zone", WRITE(w, community_create(w, &c)));
    c = (struct community){.name = "乙社区", .zone = "Asia/Shanghai"};
    assert_refused(CONFLICT, "name", WRITE(w, community_create(w, &c)));
    struct community *all;
    size_t n;
    assert_rc(OK, READ(w, community_list(w, &all, &n)));
    assert_int_equal(n, 2);
}

DESK_TEST(a_community_is_found_by_name_or_alone)
{
    struct community c;
    assert_rc(OK, READ(w, community_find(w, "乙社区", &c)));
    assert_int_equal(c.community.v, d->other.v);
    assert_int_equal(w->community.v, d->other.v);
    assert_refused(NOT_FOUND, "community",
                   READ(w, community_find(w, "丁社区", &c)));
    assert_refused(INVALID, "community",
                   READ(w, community_find(w, NULL, &c)));
}

/* ---- places ---- */

DESK_TEST(a_door_knows_its_building)
{
    struct place p = new_place(PLACE_HOUSEHOLD, d->here.unit[1], "2-1-999");
    struct place back;
    assert_rc(OK, WRITE(w, place_create(w, &p)));
    assert_int_equal(p.building.v, d->here.building[1].v);
    assert_rc(OK, READ(w, place_load(w, p.id, &back)));
    assert_int_equal(back.building.v, d->here.building[1].v);
    assert_string_equal(back.name, "2-1-999"); /* nobody said otherwise */
    assert_int_equal(back.since.n, day_of(2026, 11, 24).n);
    assert_int_equal(back.until.n, PLACE_OPEN.n);
    assert_true(back.x == NONE);
}

DESK_TEST(a_building_is_its_own_building)
{
    struct place p = new_place(PLACE_BUILDING, d->here.root, "77");
    assert_rc(OK, WRITE(w, place_create(w, &p)));
    assert_int_equal(p.building.v, p.id.v);
    assert_int_equal(desk_entries(d, "place.created"), 1 + 2 + 12 + 1);
}

DESK_TEST(a_place_stands_only_under_the_level_above_it)
{
    struct {
        enum place_level level;
        struct place_id parent;
    } wrong[] = {
        {PLACE_HOUSEHOLD, d->here.building[0]},
        {PLACE_HOUSEHOLD, d->here.root},
        {PLACE_UNIT, d->here.root},
        {PLACE_UNIT, d->here.grid[0]},
        {PLACE_BUILDING, d->here.grid[0]},
        {PLACE_GRID, d->here.grid[0]},
        {PLACE_COMMUNITY, d->here.root},
        {PLACE_BUILDING, {0}},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct place p = new_place(wrong[i].level, wrong[i].parent, "x");
        assert_refused(INVALID, "parent", WRITE(w, place_create(w, &p)));
    }
}

DESK_TEST(a_code_names_one_place_of_a_level_at_a_time)
{
    struct place p = new_place(PLACE_BUILDING, d->here.root, "1");
    assert_refused(CONFLICT, "code", WRITE(w, place_create(w, &p)));
    p = new_place(PLACE_BUILDING, d->here.root, "1");
    p.since = day_of(2020, 1, 1);
    assert_refused(CONFLICT, "code", WRITE(w, place_create(w, &p)));
    p = new_place(PLACE_BUILDING, d->here.root, "1"); /* one torn down */
    p.since = day_of(1980, 1, 1);
    p.until = day_of(2020, 1, 1);
    assert_rc(OK, WRITE(w, place_create(w, &p)));
    struct place now;
    assert_rc(OK, READ(w, place_by_code(w, PLACE_BUILDING, "1", &now)));
    assert_int_equal(now.id.v, d->here.building[0].v);
}

static enum rc create_gate(struct work *w, void *arg)
{
    struct desk *d = arg;
    struct place p = new_place(PLACE_GATE, d->here.root, "东门");
    return place_create(w, &p);
}

DESK_TEST(of_many_who_make_one_place_one_does)
{
    assert_int_equal(desk_race(d, create_gate, d, 8, OK), 1);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM place"
                                   " WHERE community=$1 AND level=6"), 1);
}

DESK_TEST(places_of_another_community_are_not_there)
{
    struct place p, own;
    assert_rc(NOT_FOUND, READ(w, place_load(w, d->there.building[0], &p)));
    p = new_place(PLACE_UNIT, d->there.building[0], "1-2");
    assert_rc(NOT_FOUND, WRITE(w, place_create(w, &p)));
    assert_rc(OK, READ(w, place_by_code(w, PLACE_BUILDING, "1", &own)));
    assert_int_equal(own.id.v, d->here.building[0].v);
}

/* ---- groupings ---- */

DESK_TEST(a_building_is_in_a_grid_once_at_a_time)
{
    struct place_id grid = d->here.grid[0], b = d->here.building[0];
    struct day until = day_of(2027, 1, 1);
    assert_refused(CONFLICT, "building",
                   WRITE(w, place_group_add(w, grid, b, day_of(2026, 1, 1),
                                            PLACE_OPEN)));
    assert_rc(OK, WRITE(w, place_group_end(w, grid, b, until)));
    assert_refused(CONFLICT, "building",
                   WRITE(w, place_group_add(w, grid, b, day_of(2026, 12, 31),
                                            PLACE_OPEN)));
    assert_rc(OK, WRITE(w, place_group_add(w, grid, b, until, PLACE_OPEN)));
    assert_int_equal(desk_entries(d, "place.ungrouped"), 1);
    assert_int_equal(desk_entries(d, "place.grouped"), 4);
}

DESK_TEST(a_grouping_ends_after_it_began)
{
    struct place_id grid = d->here.grid[1], b = d->here.building[0];
    struct day on = day_of(2026, 1, 1);
    assert_refused(INVALID, "until",
                   WRITE(w, place_group_add(w, grid, b, on, on)));
    assert_refused(NOT_FOUND, "building",
                   WRITE(w, place_group_end(w, grid, b, on)));
    assert_refused(NOT_FOUND, "building",
                   WRITE(w, place_group_end(w, d->here.grid[0], b,
                                            day_of(2020, 1, 1))));
}

DESK_TEST(only_buildings_and_groupings_of_the_community_are_grouped)
{
    struct day on = day_of(2026, 1, 1);
    struct place_id pairs[][2] = {
        {d->here.grid[0], d->there.building[2]},
        {d->there.grid[0], d->here.building[2]},
        {d->here.building[0], d->here.building[2]},
        {d->here.grid[0], d->here.unit[2]},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        assert_refused(NOT_FOUND, "building",
                       WRITE(w, place_group_add(w, pairs[i][0], pairs[i][1],
                                                on, PLACE_OPEN)));
    assert_int_equal(desk_entries(d, "place.grouped"), 3);
}

/* ---- scope ---- */

static struct place_filter all_of(int64_t level)
{
    return (struct place_filter){.level = level, .limit = 100};
}

DESK_TEST(a_list_of_places_goes_page_by_page)
{
    struct place_filter f = all_of(PLACE_HOUSEHOLD);
    struct place *items;
    size_t n;
    int64_t count;
    f.limit = 4;
    assert_rc(OK, READ(w, place_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 4);
    assert_int_equal(count, TOWN_DOORS);
    f.after = items[3].id;
    assert_rc(OK, READ(w, place_list(w, &f, &items, &n, NULL)));
    assert_int_equal(n, 2);
    assert_int_equal(items[1].id.v, d->here.door[5].v);
    f = all_of(NONE);
    f.parent = d->here.unit[0];
    assert_rc(OK, READ(w, place_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 2);
}

DESK_TEST(a_grid_worker_sees_the_places_of_the_grid)
{
    struct place_filter f = all_of(PLACE_HOUSEHOLD);
    struct place *items;
    size_t n;
    int64_t count;
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[0]);
    assert_int_equal(w->scope_level, PLACE_GRID);
    assert_rc(OK, READ(w, place_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 4);
    assert_int_equal(count, 4);
    desk_as(d, ROLE_GRID_WORKER, d->here.building[2]);
    assert_rc(OK, READ(w, place_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 2);
    assert_int_equal(items[0].id.v, d->here.door[4].v);
    desk_as(d, ROLE_GRID_WORKER, d->here.root);
    assert_rc(OK, READ(w, place_list(w, &f, &items, &n, &count)));
    assert_int_equal(n, 6);
}

DESK_TEST(a_building_that_changes_its_grid_changes_the_scope_that_day)
{
    struct place_id b = d->here.building[1];
    struct day tomorrow = day_of(2026, 11, 25);
    bool in;
    assert_rc(OK, WRITE(w, place_group_end(w, d->here.grid[0], b, tomorrow)));
    assert_rc(OK, WRITE(w, place_group_add(w, d->here.grid[1], b, tomorrow,
                                           PLACE_OPEN)));
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[1]);
    assert_rc(OK, READ(w, place_in_scope(w, b, &in)));
    assert_false(in);
    desk_later(d, 8 * MS_PER_HOUR - 1); /* the last moment of the day here */
    assert_rc(OK, READ(w, place_in_scope(w, b, &in)));
    assert_false(in);
    desk_later(d, 1);
    assert_rc(OK, READ(w, place_in_scope(w, b, &in)));
    assert_true(in);
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[0]);
    assert_rc(OK, READ(w, place_in_scope(w, b, &in)));
    assert_false(in);
}
