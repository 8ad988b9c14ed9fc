/* rule_test.c - rules of watching: parsing, and the count CUSUM. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"
#include "watch/detector.h"

#include <math.h>

TEST(a_rule_is_read_with_its_parameters)
{
    struct watch_rule r;
    struct fault f;
    assert_int_equal(watch_rule_parse("cusum k=0.5 h=4 by=household", &r, &f),
                     OK);
    assert_string_equal(detectors[r.detector].name, "cusum");
    assert_true(r.k == 0.5 && r.h == 4 && r.by == WATCH_HOUSEHOLD);
    assert_int_equal(watch_rule_parse(" smallcount  alpha=1e-5 window=14"
                                      " least=3 ", &r, &f), OK);
    assert_string_equal(detectors[r.detector].name, "smallcount");
    assert_true(r.alpha == 1e-5 && r.window_days == 14);
    assert_true(r.least_persons == 3 && r.by == WATCH_BUILDING);
    assert_true(r.rate_per_1000 == WATCH_RATE && r.due == WATCH_REPORTS);
    assert_int_equal(watch_rule_parse("smallcount rate=0.01 due=residents",
                                      &r, &f), OK);
    assert_true(r.rate_per_1000 == 0.01 && r.due == WATCH_RESIDENTS);
}

TEST(a_wrong_rule_names_what_is_wrong)
{
    static const char *const wrong[][2] = {
        {"", "watch"}, {"oracle", "watch"}, {"cusum by=street", "by"},
        {"cusum by", "watch"}, {"cusum k", "watch"}, {"cusum k=", "k"},
        {"cusum k=-1", "k"}, {"cusum k=nan", "k"}, {"cusum k=0x1", "k"},
        {"cusum h=0", "h"}, {"cusum h=1e9", "h"}, {"cusum q=1", "watch"},
        {"smallcount alpha=1", "alpha"}, {"smallcount window=2.5", "window"},
        {"smallcount window=29", "window"}, {"smallcount least=0", "least"},
        {"cusum k=1x", "k"}, {"cusum by=building=4", "by"},
        {"cusum due=me", "due"}, {"cusum rate=0", "rate"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct watch_rule r;
        struct fault f = {0};
        assert_int_equal(watch_rule_parse(wrong[i][0], &r, &f), INVALID);
        assert_string_equal(f.field, wrong[i][1]);
    }
}

TEST(a_cusum_adds_up_small_excesses_and_forgets_them)
{
    /* 100 due at 4 per 1000: 0.4 expected, 0.5 forgiven: 2 a day add 1.1. */
    int32_t counts[10] = {0, 2, 2, 2, 2, 0, 0, 0, 0, 0}, due[10];
    for (int i = 0; i < 10; i++) due[i] = 100;
    struct cusum_options o = {.rate_per_1000 = 4};
    assert_false(cusum_judge(counts, due, 4, &o).alarm);
    struct verdict v = cusum_judge(counts, due, 5, &o);
    assert_true(v.alarm && v.window_days == 4 && v.observed == 8);
    assert_true(fabs(v.statistic - 4.4) < 1e-12);
    assert_true(fabs(v.expected - 1.6) < 1e-12);
    v = cusum_judge(counts, due, 10, &o);
    assert_true(!v.alarm && v.statistic == 0 && v.window_days == 0);
}

TEST(a_monthly_budget_becomes_a_level_for_each_place_and_day)
{
    assert_true(fabs(watch_alpha(1, 47) - 1 / (30.44 * 47)) < 1e-15);
    assert_true(watch_alpha(100, 1) == 0.5);
}
