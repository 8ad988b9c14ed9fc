/* day_test.c - civil days, instants and zones against known calendars. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/day.h"

TEST(days_count_from_1970_in_the_gregorian_calendar)
{
    static const struct { int y, m, d; int64_t n; int weekday; } cases[] = {
        {1970, 1, 1, 0, 4},          {1969, 12, 31, -1, 3},
        {2000, 2, 29, 11016, 2},     {2026, 11, 24, 20781, 2},
        {1861, 10, 30, -39509, 3},   {1, 1, 1, -719162, 1},
        {9999, 12, 31, 2932896, 5},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct day d = day_of(cases[i].y, cases[i].m, cases[i].d);
        assert_int_equal(d.n, cases[i].n);
        assert_int_equal(day_weekday(d), cases[i].weekday);
    }
}

TEST(every_day_of_eight_centuries_comes_back)
{
    struct day last = day_of(2200, 12, 31);
    struct civil before = {1399, 12, 31};
    for (struct day d = day_of(1400, 1, 1); d.n <= last.n; d.n++) {
        struct civil c = day_civil(d);
        assert_true(day_exists(c.year, c.month, c.day));
        assert_int_equal(day_of(c.year, c.month, c.day).n, d.n);
        bool next = c.day == before.day + 1 || c.day == 1;
        assert_true(next);
        before = c;
    }
}

TEST(leap_days_exist_when_they_do)
{
    assert_true(day_exists(2024, 2, 29));
    assert_true(day_exists(2000, 2, 29));
    assert_false(day_exists(1900, 2, 29));
    assert_false(day_exists(2026, 2, 29));
    assert_false(day_exists(2026, 4, 31));
    assert_false(day_exists(2026, 13, 1));
    assert_false(day_exists(2026, 0, 1));
    assert_false(day_exists(2026, 1, 0));
}

TEST(age_changes_on_the_birthday)
{
    struct day birth = day_of(1962, 2, 16);
    assert_int_equal(day_age(birth, day_of(2026, 2, 15)), 63);
    assert_int_equal(day_age(birth, day_of(2026, 2, 16)), 64);
    assert_true(day_age(birth, day_of(1962, 2, 15)) < 0);
    assert_int_equal(day_age(birth, birth), 0);
    struct day leap = day_of(2000, 2, 29);
    assert_int_equal(day_age(leap, day_of(2025, 2, 28)), 24);
    assert_int_equal(day_age(leap, day_of(2025, 3, 1)), 25);
}

TEST(a_day_is_written_one_way)
{
    static const char *const wrong[] = {
        "", "2026-11-2", "2026-11-244", "2026/11/24", "26-11-24",
        "2026-02-29", "0000-01-01", "2026-11-24 ", " 2026-11-24",
        "2026-1a-24", "+026-11-24", "2026-00-10",
    };
    struct day d;
    char out[11];
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (day_parse(wrong[i], &d)) fail_msg("%s", wrong[i]);
    static const char *const good[] = {"2026-11-24", "0001-01-01",
                                       "1861-10-30", "9999-12-31"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(day_parse(good[i], &d));
        day_format(out, d);
        assert_string_equal(out, good[i]);
    }
}

TEST(instants_follow_rfc_3339_and_come_out_in_utc)
{
    static const char *const good[][2] = {
        {"2026-11-24T08:00:00.000Z", "2026-11-24T08:00:00.000Z"},
        {"2026-11-24T08:00:00Z", "2026-11-24T08:00:00.000Z"},
        {"2026-11-24T16:00:00+08:00", "2026-11-24T08:00:00.000Z"},
        {"2026-11-23T22:30:00.5-09:30", "2026-11-24T08:00:00.500Z"},
        {"2026-11-24T08:00:00.1239Z", "2026-11-24T08:00:00.123Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
        {"1861-10-30T00:00:00Z", "1861-10-30T00:00:00.000Z"},
    };
    struct instant t;
    char out[25];
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        if (!instant_parse(good[i][0], &t)) fail_msg("%s", good[i][0]);
        instant_format(out, t);
        assert_string_equal(out, good[i][1]);
    }
    assert_true(instant_parse("1970-01-01T00:00:01.002Z", &t));
    assert_int_equal(t.ms, 1002);
    static const char *const wrong[] = {
        "", "2026-11-24", "2026-11-24T08:00:00", "2026-11-24T08:00Z",
        "2026-11-24T24:00:00Z", "2026-11-24T08:60:00Z",
        "2026-11-24T08:00:60Z", "2026-11-24T08:00:00.Z",
        "2026-11-24T08:00:00+0800", "2026-11-24T08:00:00+24:00",
        "2026-11-24T08:00:00+08:60", "2026-11-24T08:00:00Zx",
        "2026-02-29T08:00:00Z", "2026-11-24 08:00:00Z",
        "2026-11-24T08:00:00+08:0", "2026-11-24T-8:00:00Z",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (instant_parse(wrong[i], &t)) fail_msg("%s", wrong[i]);
}

static struct instant at(const char *s)
{
    struct instant t;
    if (!instant_parse(s, &t)) fail_msg("%s", s);
    return t;
}

TEST(a_day_begins_at_midnight_of_its_zone)
{
    const struct zone *z = zone_find("Asia/Shanghai");
    assert_non_null(z);
    assert_string_equal(zone_name(z), "Asia/Shanghai");
    assert_ptr_equal(zone_find("Asia/Shanghai"), z);
    assert_int_equal(zone_offset_ms(z, at("2026-11-24T00:00:00Z")),
                     8 * MS_PER_HOUR);
    struct day d = day_of(2026, 11, 24);
    assert_int_equal(zone_day(z, at("2026-11-24T15:59:59.999Z")).n, d.n);
    assert_int_equal(zone_day(z, at("2026-11-24T16:00:00Z")).n, d.n + 1);
    assert_int_equal(zone_start(z, d).ms, at("2026-11-23T16:00:00Z").ms);
    /* summer time of 1986-1991 */
    assert_int_equal(zone_offset_ms(z, at("1988-07-01T00:00:00Z")),
                     9 * MS_PER_HOUR);
    /* before 1970 no local mean time: 1861 is not shifted */
    assert_int_equal(zone_offset_ms(z, at("1861-10-30T00:00:00Z")),
                     8 * MS_PER_HOUR);
}

TEST(days_of_summer_time_changes_have_their_23_or_25_hours)
{
    const struct zone *z = zone_find("Europe/Berlin");
    assert_non_null(z);
    struct day spring = day_of(2026, 3, 29), autumn = day_of(2026, 10, 25);
    assert_int_equal(zone_start(z, (struct day){spring.n + 1}).ms -
                         zone_start(z, spring).ms, 23 * MS_PER_HOUR);
    assert_int_equal(zone_start(z, (struct day){autumn.n + 1}).ms -
                         zone_start(z, autumn).ms, 25 * MS_PER_HOUR);
    assert_int_equal(zone_offset_ms(z, at("2026-03-29T00:59:59Z")),
                     MS_PER_HOUR);
    assert_int_equal(zone_offset_ms(z, at("2026-03-29T01:00:00Z")),
                     2 * MS_PER_HOUR);
    /* rules go on beyond the table of the zone file */
    assert_int_equal(zone_offset_ms(z, at("2090-07-01T00:00:00Z")),
                     2 * MS_PER_HOUR);
    for (int64_t n = day_of(2020, 1, 1).n; n < day_of(2030, 1, 1).n; n++) {
        struct instant t = zone_start(z, (struct day){n});
        assert_int_equal(zone_day(z, t).n, n);
        assert_int_equal(zone_day(z, (struct instant){t.ms - 1}).n, n - 1);
    }
}

TEST(a_zone_is_found_by_its_whole_name_only)
{
    static const char *const wrong[] = {"", "Asia/Nowhere", "../etc/passwd",
                                        "/etc/localtime", "Asia",
                                        "Asia/../Asia/Shanghai"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (zone_find(wrong[i])) fail_msg("%s", wrong[i]);
    assert_non_null(zone_find("UTC"));
    const struct zone *z = zone_find("Asia/Kathmandu");
    assert_int_equal(zone_offset_ms(z, at("2026-01-01T00:00:00Z")),
                     345 * MS_PER_MINUTE);
}

TEST(the_clocks_go_forward)
{
    int64_t a = clock_ns(), b = clock_ns();
    assert_true(b >= a);
    assert_true(instant_wall().ms > at("2024-01-01T00:00:00Z").ms);
}
