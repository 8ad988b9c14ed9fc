/* smallcount_test.c - few cases in one place: arithmetic, false alarms of a
 * whole community over years, and a real outbreak. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"
#include "watch/detector.h"

#include <math.h>

#include "base/random.h"

enum { PAST = 63, YEAR = 365 };

TEST(an_exact_tail_agrees_with_a_sum_by_hand)
{
    /* No past, one day: NB(4, mean 0.4): P(X >= 3) = 1 - P(0) - P(1) - P(2). */
    int32_t counts[] = {3}, due[] = {100};
    struct smallcount_options o = {.rate_per_1000 = 4};
    struct verdict v = smallcount_judge(counts, due, 1, &o);
    double q = 0.4 / 4.4, p0 = pow(1 - q, 4);
    double tail = 1 - p0 - p0 * 4 * q - p0 * 10 * q * q;
    assert_true(fabs(v.p - tail) < 1e-12);
    assert_true(fabs(v.expected - 0.4) < 1e-12);
    assert_true(v.observed == 3 && v.window_days == 1 && !v.alarm);
}

TEST(the_window_that_speaks_loudest_is_named)
{
    int32_t counts[PAST] = {0}, due[PAST];
    for (int i = 0; i < PAST; i++) due[i] = 60;
    counts[PAST - 3] = 4;
    counts[PAST - 2] = 3;
    counts[PAST - 1] = 4;
    struct smallcount_options o = {.rate_per_1000 = 4};
    struct verdict v = smallcount_judge(counts, due, PAST, &o);
    assert_true(v.alarm && v.window_days == 3 && v.observed == 11);
    assert_true(v.expected < 1 && v.p < 1e-6);
}

TEST(one_person_or_a_jump_in_reporting_raises_nothing)
{
    int32_t one[PAST] = {[PAST - 1] = 1}, few[PAST], many[PAST], due[PAST];
    for (int i = 0; i < PAST; i++) {
        due[i] = i < PAST - 7 ? 25 : 250; /* ten times as many report */
        few[i] = i % 10 == 0;             /* at the same 4 per 1000 */
        many[i] = i < PAST - 7 ? i % 10 == 0 : 1;
    }
    struct smallcount_options o = {.rate_per_1000 = 4};
    assert_false(smallcount_judge(few, due, PAST, &o).alarm);
    assert_false(smallcount_judge(many, due, PAST, &o).alarm);
    for (int i = 0; i < PAST; i++) due[i] = 25;
    assert_true(smallcount_judge(many, due, PAST, &o).alarm);
    o.rate_per_1000 = 0; /* as rare as may be */
    assert_false(smallcount_judge(one, due, PAST, &o).alarm);
    o.least_persons = 1;
    assert_true(smallcount_judge(one, due, PAST, &o).alarm);
}

TEST(no_days_and_no_reports_are_no_excess)
{
    int32_t none[PAST] = {0};
    struct smallcount_options o = {.rate_per_1000 = 4};
    struct verdict v = smallcount_judge(none, none, 0, &o);
    assert_true(v.p == 1 && !v.alarm && v.window_days == 0);
    v = smallcount_judge(none, none, PAST, &o);
    assert_true(v.p == 1 && !v.alarm && v.window_days == 0);
}

TEST(the_past_of_a_place_moves_what_is_expected_of_it)
{
    int32_t counts[PAST], due[PAST];
    for (int i = 0; i < PAST; i++) {
        due[i] = 100;
        counts[i] = 3; /* seven times the community's rate, always */
    }
    struct smallcount_options o = {.rate_per_1000 = 4};
    assert_false(smallcount_judge(counts, due, PAST, &o).alarm);
    assert_true(smallcount_judge(counts, due, 7, &o).alarm);
}

/* A community without an outbreak.  Everybody's reports come one by one; a
 * judge is asked after each that counts, as in life. */
struct background {
    int places, persons; /* in each */
    int years;
    double rate_per_1000;
    double variation;    /* of the places' own rates, 0 all the same */
    struct watch_rule rule;
};

struct tally { int looks, episodes; };

/* The day's reports of one place; true if any look raised. */
static bool day_passes(const struct background *b, struct random *dice,
                       double rate, int32_t *counts, int32_t *due, int day,
                       struct tally *t)
{
    int from = day >= PAST ? day - PAST + 1 : 0;
    double share = 0.2 + 0.6 * random_unit(dice);
    bool raised = false;
    for (int i = 0; i < b->persons; i++) {
        if (!random_chance(dice, share)) continue;
        due[day]++;
        if (!random_chance(dice, rate / 1000)) continue;
        counts[day]++;
        t->looks++;
        raised |= watch_judge(&b->rule, counts + from, due + from,
                              (size_t)(day - from + 1), b->rate_per_1000)
                      .alarm;
    }
    return raised;
}

/* False alarms a month; alarms of a place within a week of another are one. */
static double false_alarms(const struct background *b, const char *name)
{
    struct random dice;
    random_seed(&dice, 20200218, name);
    struct tally t = {0, 0};
    int days = b->years * YEAR;
    for (int place = 0; place < b->places; place++) {
        int32_t *counts = ARENA_ARRAY(&test_arena, (size_t)days, int32_t);
        int32_t *due = ARENA_ARRAY(&test_arena, (size_t)days, int32_t);
        double rate = b->rate_per_1000
                      * exp(b->variation * random_normal(&dice)
                            - b->variation * b->variation / 2);
        int last = -YEAR;
        for (int day = 0; day < days; day++) {
            if (!day_passes(b, &dice, rate, counts, due, day, &t)) continue;
            if (day - last > 7) t.episodes++;
            last = day;
        }
    }
    double a_month = t.episodes / (b->years * 12.0);
    fprintf(stderr, "# %s: %d alarms in %d years, %.3f a month\n", name,
            t.episodes, b->years, a_month);
    return a_month;
}

TEST(a_community_without_outbreak_gets_at_most_one_alarm_a_month)
{
    struct background b = {47, 119, 20, 4, 0, {.by = WATCH_BUILDING}};
    struct background h = {3331, 2, 2, 4, 0, {.by = WATCH_HOUSEHOLD}};
    h.rule.alpha = watch_alpha(1, h.places);
    double of_buildings = false_alarms(&b, "buildings");
    double of_households = false_alarms(&h, "households");
    assert_true(of_buildings + of_households <= 1);
    assert_true(of_buildings > 0.02); /* not deaf either */
}

TEST(buildings_whose_rates_differ_raise_no_more)
{
    struct background b = {47, 119, 20, 4, 0.4, {.by = WATCH_BUILDING}};
    assert_true(false_alarms(&b, "unlike buildings") <= 1);
    struct background rare = {47, 119, 20, 0.1, 0, {.by = WATCH_BUILDING}};
    assert_true(false_alarms(&rare, "a rare disease") <= 1);
}

/* Measles in Hagelloch 1861: the n-th case at which a rule speaks. */
struct onset { int day, family, x, y; };

static int days_of(const char *date)
{
    int year, month, day;
    if (sscanf(date, "%d-%d-%d", &year, &month, &day) != 3) fail();
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1,
                    .tm_mday = day};
    return (int)(timegm(&tm) / 86400);
}

static int by_day(const void *a, const void *b)
{
    const struct onset *x = a, *y = b;
    return x->day - y->day;
}

static size_t onsets_read(char *text, struct onset *out, size_t max)
{
    size_t n = 0;
    char *line = strchr(text, '\n');
    for (; line && line[1] && n < max; line = strchr(line + 1, '\n')) {
        const char *cell[12];
        int k = 0;
        cell[k++] = line + 1;
        for (char *p = line + 1; *p && *p != '\n' && k < 12; p++)
            if (*p == ',') cell[k++] = p + 1;
        assert_int_equal(k, 12);
        out[n].day = days_of(cell[2]);
        out[n].family = (int)strtol(cell[7], NULL, 10);
        out[n].x = (int)(10 * strtod(cell[10], NULL));
        out[n].y = (int)(10 * strtod(cell[11], NULL));
        n++;
    }
    qsort(out, n, sizeof *out, by_day);
    return n;
}

static bool same_place(const struct onset *a, const struct onset *b,
                       enum watch_level by)
{
    if (by == WATCH_HOUSEHOLD) return a->family == b->family;
    return a->x == b->x && a->y == b->y;
}

static size_t first_alarm(const struct onset *cases, size_t n,
                          const struct watch_rule *rule, int32_t persons)
{
    int32_t counts[PAST], due[PAST];
    for (size_t now = 0; now < n; now++) {
        for (int i = 0; i < PAST; i++) {
            counts[i] = 0;
            due[i] = persons;
        }
        for (size_t i = 0; i <= now; i++) {
            int ago = cases[now].day - cases[i].day;
            if (ago < PAST && same_place(&cases[i], &cases[now], rule->by))
                counts[PAST - 1 - ago]++;
        }
        if (watch_judge(rule, counts, due, PAST, 0.01).alarm) return now + 1;
    }
    return SIZE_MAX;
}

TEST(measles_of_1861_are_seen_within_five_cases)
{
    SHARED_OR_SKIP(text, NULL, "epi/hagelloch_1861.csv");
    struct onset cases[200];
    size_t n = onsets_read(text, cases, COUNT_OF(cases));
    assert_int_equal(n, 188);
    struct watch_rule by_household = {.by = WATCH_HOUSEHOLD,
                                      .alpha = watch_alpha(1, 3331),
                                      .window_days = 14};
    struct watch_rule by_building = {.by = WATCH_BUILDING};
    size_t household = first_alarm(cases, n, &by_household, 4);
    size_t building = first_alarm(cases, n, &by_building, 119);
    fprintf(stderr, "# measles: household at case %zu, building at %zu\n",
            household, building);
    assert_true(household <= 5);
    assert_true(building <= 5);
}
