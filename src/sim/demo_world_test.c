/* demo_world_test.c - the demonstration community keeps its promises: sizes,
 * blemishes, cast, and what it reports. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "sim/demo_world.h"

#define SEED 1

static struct demo_world *world_make(uint64_t seed)
{
    return demo_world_make(&test_arena, seed, day_of(2026, 11, 24));
}

static const int cast_ages[CASTS] = {46, 31, 68, 80, 53};

static int building_of(const struct demo_world *w, int person)
{
    return w->households[w->people[person].household].building + 1;
}

static int age_of(const struct demo_world *w, int person)
{
    return day_age(w->people[person].birth, w->today);
}

static uint64_t hash_text(uint64_t h, const char *s)
{
    do h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    while (*s++);
    return h;
}

static uint64_t hash_number(uint64_t h, int64_t n)
{
    for (int i = 0; i < 64; i += 8)
        h = (h ^ ((uint64_t)n >> i & 255)) * UINT64_C(1099511628211);
    return h;
}

static uint64_t hash_places(const struct demo_world *w)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (int i = 0; i < DEMO_BUILDINGS; i++)
        h = hash_text(h, w->buildings[i].outline);
    for (int i = 0; i < DEMO_HOUSEHOLDS; i++) {
        const struct demo_household *home = &w->households[i];
        h = hash_text(hash_text(h, home->code), home->landline);
        h = hash_number(hash_number(h, home->first), home->has_phone);
    }
    return h;
}

static uint64_t hash_world(const struct demo_world *w)
{
    uint64_t h = hash_places(w);
    for (int i = 0; i < DEMO_PEOPLE; i++) {
        const struct demo_person *p = &w->people[i];
        h = hash_text(hash_text(h, p->name), p->idno);
        h = hash_text(hash_text(h, p->phone), p->tags);
        h = hash_number(hash_number(h, p->birth.n), p->sex);
        h = hash_number(hash_number(h, p->household), p->double_of);
    }
    return h;
}

static uint64_t hash_reports(struct demo_world *w, int day)
{
    const struct demo_report *all;
    size_t n = demo_reports_day(w, day, &all);
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++) {
        h = hash_number(hash_number(h, all[i].person), all[i].minute);
        h = hash_number(hash_number(h, all[i].temperature), all[i].symptoms);
    }
    return h;
}

/* ---- places ---- */

TEST(the_community_has_the_size_of_the_real_one)
{
    struct demo_world *w = world_make(SEED);
    int in_grid[DEMO_GRIDS] = {0}, in_compound[DEMO_COMPOUNDS] = {0};
    for (int i = 0; i < DEMO_BUILDINGS; i++) {
        in_grid[w->buildings[i].grid]++;
        in_compound[w->buildings[i].compound]++;
    }
    for (int i = 0; i < DEMO_GRIDS; i++) assert_in_range(in_grid[i], 10, 13);
    for (int i = 0; i < DEMO_COMPOUNDS; i++) assert_true(in_compound[i] > 0);
    int people = 0, with_phone = 0;
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        assert_int_equal(w->households[h].first, people);
        assert_true(w->households[h].size >= 1);
        people += w->households[h].size;
        with_phone += w->households[h].has_phone;
    }
    assert_int_equal(people, 5600);
    assert_int_equal(DEMO_HOUSEHOLDS - with_phone, 212);
    assert_string_equal(w->buildings[11].name, "12栋");
    assert_string_equal(w->grids[0].name, "第一网格");
}

TEST(a_door_stands_in_its_unit_and_building_and_once)
{
    struct demo_world *w = world_make(SEED);
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        const struct demo_household *home = &w->households[h];
        const struct demo_unit *u = &w->units[home->unit];
        size_t n = strlen(u->code);
        assert_int_equal(u->building, home->building);
        assert_memory_equal(home->code, u->code, n);
        assert_int_equal(home->code[n], '-');
        for (int o = h - 1; o >= 0 && w->households[o].unit == home->unit; o--)
            assert_string_not_equal(home->code, w->households[o].code);
        if (h) assert_true(w->households[h - 1].unit <= home->unit);
    }
}

struct box {
    long left, top, right, bottom;
};

static struct box box_of(const char *outline)
{
    struct box b = {DEMO_SIDE, DEMO_SIDE, 0, 0};
    int corners = 0;
    for (char *at = (char *)(uintptr_t)outline; *at; corners++) {
        long x = strtol(at, &at, 10);
        assert_int_equal(*at++, ',');
        long y = strtol(at, &at, 10);
        b.left = x < b.left ? x : b.left;
        b.right = x > b.right ? x : b.right;
        b.top = y < b.top ? y : b.top;
        b.bottom = y > b.bottom ? y : b.bottom;
    }
    assert_int_equal(corners, 4);
    return b;
}

TEST(buildings_stand_on_the_site_and_on_nobody_elses_ground)
{
    struct demo_world *w = world_make(SEED);
    for (int i = 0; i < DEMO_BUILDINGS; i++) {
        struct box b = box_of(w->buildings[i].outline);
        assert_true(b.left > 0 && b.right < DEMO_SIDE);
        assert_true(b.top > 0 && b.bottom < DEMO_SIDE);
        assert_in_range(w->buildings[i].x, b.left, b.right);
        assert_in_range(w->buildings[i].y, b.top, b.bottom);
        for (int k = 0; k < i; k++) {
            struct box o = box_of(w->buildings[k].outline);
            assert_true(b.left > o.right || o.left > b.right ||
                        b.top > o.bottom || o.top > b.bottom);
        }
    }
    const struct demo_building *b = w->buildings;
    assert_int_equal(b[11].y, b[12].y); /* 12 and 13 are neighbours */
    assert_in_range(abs(b[11].x - b[12].x), 600, 800);
}

/* ---- people ---- */

TEST(a_third_of_the_residents_is_sixty_or_older)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct demo_world *w = world_make(seed);
        int old = 0, children = 0, women = 0;
        for (int i = 0; i < DEMO_RESIDENTS; i++) {
            assert_in_range(age_of(w, i), 0, 100);
            old += age_of(w, i) >= 60;
            children += age_of(w, i) < 18;
            women += w->people[i].sex == DEMO_FEMALE;
        }
        assert_in_range(old, 5600 * 31 / 100, 5600 * 36 / 100);
        assert_in_range(children, 5600 * 5 / 100, 5600 * 15 / 100);
        assert_in_range(women, 5600 * 46 / 100, 5600 * 56 / 100);
    }
}

TEST(children_live_with_a_parent_old_enough)
{
    struct demo_world *w = world_make(SEED);
    for (int i = 0; i < DEMO_RESIDENTS; i++) {
        if (age_of(w, i) >= 18) continue;
        const struct demo_household *home =
            &w->households[w->people[i].household];
        bool parent = false;
        for (int k = home->first; k < home->first + home->size; k++) {
            int gap = age_of(w, k) - age_of(w, i);
            if (gap >= 20 && gap <= 45) parent = true;
        }
        assert_true(parent);
    }
}

static bool idno_holds(const struct demo_person *p)
{
    if (strlen(p->idno) != 18) return false;
    int weight = 1, sum = 0; /* from the right: powers of two mod 11 */
    for (int i = 17; i >= 0; i--) {
        sum += weight * (p->idno[i] == 'X' ? 10 : p->idno[i] - '0');
        weight = weight * 2 % 11;
    }
    struct civil c = day_civil(p->birth);
    char birth[32];
    snprintf(birth, sizeof birth, "%04d%02d%02d", c.year, c.month, c.day);
    return sum % 11 == 1 && memcmp(p->idno, "999999", 6) == 0 &&
           memcmp(p->idno + 6, birth, 8) == 0 &&
           (p->idno[16] - '0') % 2 == (p->sex == DEMO_MALE);
}

TEST(identity_numbers_hold_and_only_doubles_share_one)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct demo_world *w = world_make(seed);
        for (int i = 0; i < DEMO_PEOPLE; i++) {
            const struct demo_person *p = &w->people[i];
            if (p->double_of >= 0) {
                const char *first = w->people[p->double_of].idno;
                assert_true(!p->idno[0] || strcmp(p->idno, first) == 0);
                continue;
            }
            assert_true(idno_holds(p));
            for (int k = 0; k < i; k++)
                assert_true(w->people[k].double_of >= 0 ||
                            strcmp(p->idno, w->people[k].idno) != 0);
        }
    }
}

TEST(phones_have_a_prefix_without_operator_and_one_owner)
{
    struct demo_world *w = world_make(SEED);
    for (int i = 0; i < DEMO_PEOPLE; i++) {
        const char *phone = w->people[i].phone;
        if (!phone[0] || w->people[i].double_of >= 0) continue;
        assert_int_equal(strlen(phone), 11);
        assert_memory_equal(phone, "1007", 4);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(phone, w->people[k].phone);
    }
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        const char *line = w->households[h].landline;
        if (!line[0]) continue;
        assert_int_equal(strlen(line), 11);
        assert_memory_equal(line, "1004", 4);
    }
}

TEST(a_household_without_phone_has_neither_landline_nor_mobile)
{
    struct demo_world *w = world_make(SEED);
    bool reached[DEMO_HOUSEHOLDS] = {false};
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++)
        reached[h] = w->households[h].landline[0];
    for (int i = 0; i < DEMO_RESIDENTS + DEMO_DOUBLES; i++)
        if (w->people[i].phone[0]) reached[w->people[i].household] = true;
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++)
        assert_int_equal(reached[h], w->households[h].has_phone);
}

TEST(six_people_were_entered_twice_each_with_a_difference)
{
    struct demo_world *w = world_make(SEED);
    int doubles = 0, unregistered = 0, seen[4] = {0};
    for (int i = 0; i < DEMO_PEOPLE; i++) {
        const struct demo_person *d = &w->people[i];
        unregistered += !d->registered;
        if (d->double_of < 0) continue;
        const struct demo_person *p = &w->people[d->double_of];
        bool name = strcmp(d->name, p->name) != 0, idno = !d->idno[0];
        bool home = d->household != p->household;
        assert_true(name || idno || home);
        assert_int_equal(d->birth.n, p->birth.n);
        assert_true(d->registered && p->registered);
        seen[0] += name;
        seen[1] += idno;
        seen[2] += home;
        doubles++;
    }
    assert_int_equal(doubles, 6);
    assert_int_equal(seen[0], 3);
    assert_int_equal(seen[1], 3);
    assert_int_equal(seen[2], 3);
    assert_int_equal(unregistered, 2); /* the tenant and the daughter */
}

TEST(the_cast_is_always_there)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct demo_world *w = world_make(seed);
        for (int i = 0; i < CASTS; i++)
            assert_int_equal(age_of(w, w->cast[i]), cast_ages[i]);
        const struct demo_person *she = &w->people[w->cast[CAST_GRANDMOTHER]];
        const struct demo_household *home = &w->households[she->household];
        assert_string_equal(she->name, "王秀英");
        assert_string_equal(home->code, "12-2-501");
        assert_int_equal(home->size, 1);
        assert_int_equal(strlen(home->landline), 11);
        assert_string_equal(she->phone, "");
        assert_non_null(strstr(she->tags, "独居;高龄"));
        assert_int_equal(w->people[w->cast[CAST_DAUGHTER]].household, -1);
        int worker = building_of(w, w->cast[CAST_GRID_WORKER]);
        assert_int_equal(w->buildings[worker - 1].grid, w->buildings[11].grid);
        for (int i = 0; i < CASTS; i++)
            for (int k = DEMO_RESIDENTS; k < DEMO_PEOPLE; k++)
                assert_true(w->people[k].double_of != w->cast[i]);
    }
}

TEST(ages_hold_on_any_day_of_the_year)
{
    for (int i = 0; i < 34; i++) {
        struct day today = day_of(2028, 2, 20);
        today.n += i == 0 ? 9 : i * 11; /* 29 February first */
        struct demo_world *w =
            demo_world_make(&test_arena, SEED + (uint64_t)i, today);
        for (int c = 0; c < CASTS; c++)
            assert_int_equal(age_of(w, w->cast[c]), cast_ages[c]);
        int old = 0;
        for (int p = 0; p < DEMO_RESIDENTS; p++) {
            assert_true(w->people[p].birth.n <= today.n);
            old += age_of(w, p) >= 60;
        }
        assert_in_range(old, 5600 * 31 / 100, 5600 * 36 / 100);
        arena_reset(&test_arena);
    }
}

TEST(same_seed_same_world_other_seed_another)
{
    uint64_t h = hash_world(world_make(SEED));
    assert_true(h == hash_world(world_make(SEED)));
    assert_true(h != hash_world(world_make(SEED + 1)));
}

/* ---- reports ---- */

TEST(a_day_of_reports_does_not_depend_on_what_was_asked_before)
{
    struct demo_world *w = world_make(SEED), *other = world_make(SEED);
    uint64_t upwards[70];
    for (int d = 0; d < 70; d++) upwards[d] = hash_reports(w, d);
    for (int d = 69; d >= 0; d -= 3)
        assert_true(hash_reports(other, d) == upwards[d]);
    for (int d = 1; d < 70; d++) assert_true(upwards[d] != upwards[d - 1]);
    assert_true(hash_reports(world_make(SEED + 1), 10) != upwards[10]);
}

TEST(reports_come_in_order_from_people_who_live_here_once_a_day)
{
    struct demo_world *w = world_make(SEED);
    int tenant = 0;
    for (int d = 0; d < 62; d++) {
        const struct demo_report *r;
        size_t n = demo_reports_day(w, d, &r);
        bool seen[DEMO_PEOPLE] = {false};
        for (size_t i = 0; i < n; i++) {
            const struct demo_person *p = &w->people[r[i].person];
            assert_false(seen[r[i].person]);
            seen[r[i].person] = true;
            assert_true(p->double_of < 0 && p->household >= 0);
            assert_in_range(r[i].minute, i ? r[i - 1].minute : 0, 1439);
            assert_in_range(r[i].temperature, 360, 395);
            assert_true(r[i].symptoms < 1u << DEMO_SYMPTOMS);
            assert_int_not_equal(building_of(w, r[i].person), 31);
        }
        tenant += seen[w->tenant];
    }
    assert_true(tenant > 40); /* on most days */
    assert_false(w->people[w->tenant].registered);
}

TEST(a_fifth_reports_and_after_the_campaign_four_fifths)
{
    struct demo_world *w = world_make(SEED);
    double all = 0, before = 0, after = 0;
    for (int i = 0; i < DEMO_RESIDENTS; i++) all += building_of(w, i) != 31;
    const struct demo_report *r;
    for (int d = 0; d < 40; d++)
        before += (double)demo_reports_day(w, d, &r) / all / 40;
    for (int d = 40; d < 60; d++)
        after += (double)demo_reports_day(w, d, &r) / all / 20;
    assert_true(before > 0.18 && before < 0.22);
    assert_true(after > 0.77 && after < 0.83);
    size_t monday = 0, sunday = 0;
    for (int d = 0; d < 35; d++) {
        int weekday = day_weekday((struct day){w->today.n - 60 + d});
        size_t n = demo_reports_day(w, d, &r);
        monday += weekday == 1 ? n : 0;
        sunday += weekday == 7 ? n : 0;
    }
    assert_true(monday * 100 > sunday * 114);
}

TEST(four_of_a_thousand_have_a_fever_before_the_cluster)
{
    double sum = 0;
    enum { WORLDS = 8, DAYS = 55 };
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct demo_world *w = world_make(seed);
        double n = 0;
        for (int d = 0; d < DAYS; d++)
            n += (double)demo_febrile_day(w, d, w->febrile);
        sum += n;
        arena_reset(&test_arena);
    }
    /* Person-days of one fever hang together (one to three days, and 0.11
     * more at home), so the variance is some 2.9 times a Poisson count's. */
    double mean = sum / WORLDS, want = 0.004 * 5600 * DAYS;
    double sd2 = 2.9 * want / WORLDS;
    assert_true((mean - want) * (mean - want) < 9 * sd2);
}

/* Of those who share a home with a first fever, how many have one within six
 * days: a tenth, and the background of those days. */
TEST(a_tenth_of_the_home_falls_ill_after_the_first)
{
    struct demo_world *w = world_make(SEED);
    w->cluster_from = DEMO_NEVER;
    static bool ill[800][DEMO_PEOPLE];
    for (int d = 0; d < 800; d++) demo_febrile_day(w, d, ill[d]);
    double exposed = 0, fell = 0;
    for (int h = 0; h < DEMO_HOUSEHOLDS; h++) {
        const struct demo_household *home = &w->households[h];
        if (home->size != 2) continue;
        int a = home->first, quiet = 0;
        for (int d = 0; d < 793; d++) {
            bool one = ill[d][a] != ill[d][a + 1];
            if (one && quiet >= 7) {
                int other = ill[d][a] ? a + 1 : a;
                exposed++;
                bool later = false;
                for (int k = 1; k <= 4; k++) later |= ill[d + k][other];
                fell += later;
            }
            quiet = ill[d][a] || ill[d][a + 1] ? 0 : quiet + 1;
        }
    }
    assert_true(exposed > 2000);
    assert_true(fell / exposed > 0.08 && fell / exposed < 0.14);
}

static int febrile_reports(struct demo_world *w, int day, bool in_cluster)
{
    const struct demo_report *r;
    size_t n = demo_reports_day(w, day, &r);
    int febrile = 0;
    for (size_t i = 0; i < n; i++) {
        int b = building_of(w, r[i].person);
        febrile += r[i].temperature >= DEMO_FEVER &&
                   (b == 12 || b == 13) == in_cluster;
    }
    return febrile;
}

TEST(a_cluster_began_five_days_ago_in_two_buildings_and_rises)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct demo_world *w = world_make(seed);
        int before = 0;
        for (int d = 50; d < 55; d++) before += febrile_reports(w, d, true);
        int first = febrile_reports(w, 55, true);
        int last = febrile_reports(w, 59, true);
        assert_true(before <= 20);
        assert_true(last >= 10 && last > first + 5);
        assert_true(febrile_reports(w, 75, true) >= 8); /* it stays */
        int elsewhere = febrile_reports(w, 59, false);
        assert_true(elsewhere < 45);
        w->cluster_from = DEMO_NEVER;
        assert_true(febrile_reports(w, 59, true) < 10);
        assert_int_equal(febrile_reports(w, 59, false), elsewhere);
        arena_reset(&test_arena);
    }
}

TEST(the_febrile_report_a_little_more_and_feel_worse)
{
    struct demo_world *w = world_make(SEED);
    w->campaign_from = w->cluster_from = DEMO_NEVER;
    double febrile = 0, febrile_told = 0, well = 0, well_told = 0;
    double cough_ill = 0, cough_well = 0;
    for (int d = 0; d < 400; d++) {
        const struct demo_report *r;
        size_t n = demo_reports_day(w, d, &r);
        double f = (double)demo_febrile_day(w, d, w->febrile);
        febrile += f;
        well += DEMO_RESIDENTS - f;
        for (size_t i = 0; i < n; i++) {
            bool ill = r[i].temperature >= DEMO_FEVER;
            assert_int_equal(ill, w->febrile[r[i].person]);
            bool cough = r[i].symptoms & 1u << DEMO_COUGH;
            *(ill ? &febrile_told : &well_told) += 1;
            *(ill ? &cough_ill : &cough_well) += cough;
        }
    }
    double ratio = febrile_told / febrile / (well_told / well);
    assert_true(ratio > 1.05 && ratio < 1.35);
    assert_true(cough_ill / febrile_told > 0.5);
    assert_true(cough_well / well_told < 0.02);
}
