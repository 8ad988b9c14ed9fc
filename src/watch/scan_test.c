/* scan_test.c - the scan against SaTScan's output, against a slow scan that
 * tries everything, and against chance. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"
#include "watch/scan.h"

#include <jansson.h>
#include <math.h>
#include <unistd.h>

#include "base/day.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/cli.h"

extern const struct command scan_command;

static struct scan_result scanned(const struct scan *s)
{
    struct scan_result out;
    struct fault f = {0};
    if (scan_run(s, &out, &test_arena, &f))
        fail_msg("%s: %s", f.field, f.detail);
    return out;
}

/* --- SaTScan 10.3.2 --------------------------------------------------- */

static struct scan read_reference(json_t *root, enum scan_model model)
{
    json_t *control = json_object_get(root, "control"), *one;
    json_t *places = json_object_get(root, "places"), *row;
    size_t n = json_array_size(places), i;
    size_t days = (size_t)json_integer_value(json_object_get(root, "days"));
    struct scan_place *place =
        ARENA_ARRAY(&test_arena, n, struct scan_place);
    int32_t *count = ARENA_ARRAY(&test_arena, n * days, int32_t);
    json_array_foreach(places, i, one) {
        place[i] = (struct scan_place){
            json_number_value(json_object_get(one, "x")),
            json_number_value(json_object_get(one, "y")),
            json_integer_value(json_object_get(one, "population"))};
        row = json_array_get(json_object_get(root, "counts"), i);
        for (size_t t = 0; t < days; t++)
            count[i * days + t] =
                (int32_t)json_integer_value(json_array_get(row, t));
    }
    return (struct scan){
        .place = place, .places = n, .days = days, .count = count,
        .model = model, .replicates = 9999, .seed = 1,
        .max_share = json_number_value(json_object_get(control, "max_share")),
        .max_days = (size_t)json_integer_value(
            json_object_get(control, "max_days")),
        .min_cases = (int)json_integer_value(
            json_object_get(control, "min_cases"))};
}

/* Two Monte Carlo estimates of one p differ by chance: five sd of the
 * difference, and a replicate. */
static double p_room(double p, int replicates)
{
    return 5 * sqrt(2 * p * (1 - p) / replicates) + 1.0 / replicates;
}

static void check_cluster(json_t *root, const struct scan *s, json_t *want,
                          const struct scan_cluster *got)
{
    json_t *locations = json_object_get(want, "locations"), *id;
    double p = json_number_value(json_object_get(want, "p"));
    struct day start;
    size_t i, found = 0;
    assert_int_equal(got->places, json_array_size(locations));
    json_array_foreach(locations, i, id)
        for (size_t k = 0; k < got->places; k++)
            if (json_equal(id, json_object_get(json_array_get(
                    json_object_get(root, "places"), got->place[k]), "id")))
                found++;
    assert_int_equal(found, got->places);
    assert_true(day_parse(json_string_value(json_object_get(want, "start")),
                          &start));
    assert_int_equal(start.n - day_of(2024, 1, 1).n, got->start);
    assert_int_equal(got->observed,
                     json_integer_value(json_object_get(want, "cases")));
    assert_true(fabs(got->expected - json_number_value(
        json_object_get(want, "expected"))) <= 0.01);
    assert_true(fabs(got->llr - json_number_value(
        json_object_get(want, "llr"))) <= 1e-6);
    if (fabs(got->p - p) > p_room(p, s->replicates))
        fail_msg("p = %g, not %g", got->p, p);
}

static void check_reference(const char *file, enum scan_model model)
{
    char *text = test_shared(arena_printf(&test_arena, "epi/%s.json", file),
                             NULL);
    if (!text) skip();
    json_t *root = json_loads(text, 0, NULL), *one;
    assert_non_null(root);
    struct scan s = read_reference(root, model);
    struct scan_result r = scanned(&s);
    json_t *clusters = json_object_get(
        json_object_get(root, "expected"), "clusters");
    size_t i;
    assert_true(r.clusters > 0);
    json_array_foreach(clusters, i, one)
        if (i < r.clusters)
            check_cluster(root, &s, one, &r.cluster[i]);
        else /* which replicate is the least is chance */
            assert_true(json_number_value(json_object_get(one, "p")) > .999);
    for (; i < r.clusters; i++) assert_true(r.cluster[i].p > 0.999);
    json_decref(root);
}

TEST(the_poisson_scan_gives_the_clusters_of_satscan)
{
    check_reference("scan_poisson_a", SCAN_POISSON);
    check_reference("scan_poisson_b", SCAN_POISSON);
}

TEST(the_permutation_scan_gives_the_clusters_of_satscan)
{
    check_reference("scan_permutation_a", SCAN_PERMUTATION);
    check_reference("scan_permutation_b", SCAN_PERMUTATION);
}

/* --- a slow scan that tries everything -------------------------------- */

enum { PLACES = 9, DAYS = 12, LONGEST = 5 };

struct world {
    struct scan_place place[PLACES];
    int32_t count[PLACES * DAYS];
    struct scan s;
};

static void world_make(struct world *w, struct random *r,
                       enum scan_model model)
{
    for (size_t i = 0; i < PLACES; i++) {
        /* a coarse grid, so that distances tie and places are twins */
        w->place[i] = (struct scan_place){
            (double)random_below(r, 4), (double)random_below(r, 4),
            50 + (int64_t)random_below(r, 50)};
        for (size_t t = 0; t < DAYS; t++)
            w->count[i * DAYS + t] = (int32_t)random_poisson(r, 0.3);
    }
    w->s = (struct scan){
        .place = w->place, .places = PLACES, .days = DAYS,
        .count = w->count, .model = model, .max_share = 0.5,
        .max_days = LONGEST, .min_cases = 2, .replicates = 99, .seed = 5};
}

static double weight_of(const struct world *w, size_t i)
{
    double sum = 0;
    if (w->s.model == SCAN_POISSON) return (double)w->place[i].population;
    for (size_t t = 0; t < DAYS; t++) sum += w->count[i * DAYS + t];
    return sum;
}

static double distance(const struct world *w, size_t i, size_t k)
{
    return hypot(w->place[i].x - w->place[k].x,
                 w->place[i].y - w->place[k].y);
}

static bool twins(const struct world *w, size_t i, size_t k)
{
    return distance(w, i, k) == 0;
}

/* As scan.h orders them: by distance, x, y, number, the centre first. */
static bool closer(const struct world *w, size_t centre, size_t i, size_t k)
{
    double a = distance(w, centre, i), b = distance(w, centre, k);
    if (fabs(a - b) > 1e-9) return a < b;
    if (i == centre || k == centre) return i == centre;
    if (w->place[i].x != w->place[k].x) return w->place[i].x < w->place[k].x;
    if (w->place[i].y != w->place[k].y) return w->place[i].y < w->place[k].y;
    return i < k;
}

static void order_of(const struct world *w, size_t centre, size_t *order)
{
    for (size_t i = 0; i < PLACES; i++) {
        size_t rank = 0;
        for (size_t k = 0; k < PLACES; k++)
            if (k != i && closer(w, centre, k, i)) rank++;
        order[rank] = i;
    }
}

struct slow { double llr, expected; size_t places, days; int observed; };

static double slow_ratio(double c, double e, double all)
{
    if (c <= e) return 0;
    double rest = all - c;
    return c * log(c / e) + (rest > 0 ? rest * log(rest / (all - e)) : 0);
}

static struct slow slow_zone(const struct world *w, const size_t *order,
                             size_t places, size_t days)
{
    double all = 0, weight = 0, whole = 0, part = 0, c = 0;
    for (size_t i = 0; i < PLACES; i++) whole += weight_of(w, i);
    for (size_t k = 0; k < places; k++) weight += weight_of(w, order[k]);
    for (size_t i = 0; i < PLACES; i++)
        for (size_t t = 0; t < DAYS; t++) {
            double n = w->count[i * DAYS + t];
            all += n;
            if (t < DAYS - days) continue;
            part += n;
            for (size_t k = 0; k < places; k++)
                if (order[k] == i) c += n;
        }
    double share = w->s.model == SCAN_POISSON
                       ? (double)days / DAYS : part / all;
    double e = weight / whole * share * all;
    struct slow z = {0, e, places, days, (int)c};
    if (weight <= w->s.max_share * whole && c >= w->s.min_cases)
        z.llr = slow_ratio(c, e, all);
    return z;
}

static struct slow slow_centre(const struct world *w, size_t centre)
{
    struct slow best = {0};
    size_t order[PLACES];
    order_of(w, centre, order);
    for (size_t n = 1; n <= PLACES; n++) {
        if (n < PLACES && twins(w, order[n - 1], order[n])) continue;
        for (size_t d = 1; d <= LONGEST; d++) {
            struct slow z = slow_zone(w, order, n, d);
            if (z.llr > best.llr + 1e-9) best = z;
        }
    }
    return best;
}

static double slow_maximum(const struct world *w)
{
    double most = 0;
    for (size_t i = 0; i < PLACES; i++)
        most = fmax(most, slow_centre(w, i).llr);
    return most;
}

TEST(the_scan_finds_what_trying_everything_finds)
{
    struct random r;
    random_seed(&r, 11, "test");
    struct world w;
    size_t clusters = 0;
    for (int run = 0; run < 200; run++) {
        world_make(&w, &r, run % 2 ? SCAN_PERMUTATION : SCAN_POISSON);
        struct scan_result got = scanned(&w.s);
        double most = slow_maximum(&w);
        if (got.clusters)
            assert_true(fabs(got.cluster[0].llr - most) < 1e-9);
        for (size_t i = 0; i < got.clusters; i++, clusters++) {
            const struct scan_cluster *c = &got.cluster[i];
            struct slow z = slow_centre(&w, c->centre);
            assert_true(fabs(c->llr - z.llr) < 1e-9);
            assert_true(fabs(c->expected - z.expected) < 1e-9);
            assert_int_equal(c->observed, z.observed);
            assert_int_equal(c->places, z.places);
            assert_int_equal(c->start, DAYS - z.days);
            assert_int_equal(c->place[0], c->centre);
        }
    }
    assert_true(clusters > 200);
}

TEST(clusters_fall_in_ratio_and_share_no_place)
{
    struct random r;
    random_seed(&r, 12, "test");
    struct world w;
    for (int run = 0; run < 100; run++) {
        bool taken[PLACES] = {false};
        world_make(&w, &r, run % 2 ? SCAN_PERMUTATION : SCAN_POISSON);
        struct scan_result got = scanned(&w.s);
        for (size_t i = 0; i < got.clusters; i++) {
            const struct scan_cluster *c = &got.cluster[i];
            assert_true(c->p < 1);
            if (i) assert_true(c->llr <= c[-1].llr && c->p >= c[-1].p);
            for (size_t k = 0; k < c->places; k++) {
                assert_false(taken[c->place[k]]);
                taken[c->place[k]] = true;
            }
        }
    }
}

/* The slow scan's maxima of cases dealt out by hand have the mean and sd of
 * the fast one's replicates. */
static void check_chance(enum scan_model model)
{
    enum { DEALS = 600 };
    struct random r;
    struct world w, dealt;
    random_seed(&r, 13, "test");
    world_make(&w, &r, model);
    for (size_t i = 0; i < PLACES; i++) /* so few that each one counts */
        w.place[i].population = 1 + (int64_t)(i % 3);
    w.s.replicates = 4999;
    struct scan_result got = scanned(&w.s);
    double mean = 0, squares = 0, slow = 0, slow_squares = 0;
    for (int i = 0; i < w.s.replicates; i++) {
        mean += got.maxima[i] / w.s.replicates;
        squares += got.maxima[i] * got.maxima[i] / w.s.replicates;
    }
    size_t people[PLACES * 100], days[200], n = 0, cases = 0;
    for (size_t i = 0; i < PLACES; i++)
        for (int64_t k = 0; k < w.place[i].population; k++) people[n++] = i;
    for (size_t i = 0; i < PLACES * DAYS; i++)
        for (int32_t k = 0; k < w.count[i]; k++) days[cases++] = i % DAYS;
    for (int deal = 0; deal < DEALS; deal++) {
        dealt = w;
        memset(dealt.count, 0, sizeof dealt.count);
        random_shuffle(&r, days, cases, sizeof *days);
        size_t k = 0;
        for (size_t i = 0; i < PLACES * DAYS; i++)
            for (int32_t c = 0; c < w.count[i]; c++, k++) {
                bool poisson = model == SCAN_POISSON;
                size_t who = poisson ? people[random_below(&r, n)] : i / DAYS;
                size_t day = poisson ? random_below(&r, DAYS) : days[k];
                dealt.count[who * DAYS + day]++;
            }
        double most = slow_maximum(&dealt);
        slow += most / DEALS;
        slow_squares += most * most / DEALS;
    }
    double sd = sqrt(squares - mean * mean);
    double slow_sd = sqrt(slow_squares - slow * slow);
    assert_true(fabs(slow - mean) < 5 * sd / sqrt(DEALS));
    assert_true(fabs(slow_sd - sd) < 0.2 * sd);
}

TEST(replicates_of_the_poisson_scan_are_chance)
{
    check_chance(SCAN_POISSON);
}

TEST(replicates_of_the_permutation_scan_are_chance)
{
    check_chance(SCAN_PERMUTATION);
}

/* --- rules ------------------------------------------------------------ */

TEST(a_seed_repeats_to_the_last_bit_and_another_does_not)
{
    struct random r;
    random_seed(&r, 14, "test");
    struct world w;
    for (int model = 0; model < 2; model++) {
        world_make(&w, &r, (enum scan_model)model);
        size_t n = (size_t)w.s.replicates * sizeof(double);
        struct scan_result one = scanned(&w.s), two = scanned(&w.s);
        assert_int_equal(one.clusters, two.clusters);
        assert_memory_equal(one.maxima, two.maxima, n);
        for (size_t i = 0; i < one.clusters; i++) {
            const struct scan_cluster *a = &one.cluster[i];
            const struct scan_cluster *b = &two.cluster[i];
            assert_true(a->p == b->p && a->gumbel_p == b->gumbel_p);
            assert_memory_equal(a->place, b->place,
                                a->places * sizeof *a->place);
        }
        w.s.seed++;
        two = scanned(&w.s);
        assert_memory_not_equal(one.maxima, two.maxima, n);
    }
}

enum { TOWN = 47, TOWN_DAYS = 60 };
static struct scan_place town_place[TOWN];
static int32_t town_count[TOWN * TOWN_DAYS];

static struct scan town_make(struct random *r, enum scan_model model)
{
    for (size_t i = 0; i < TOWN; i++) {
        town_place[i] = (struct scan_place){
            random_unit(r) * 1000, random_unit(r) * 1000,
            100 + (int64_t)random_below(r, 100)};
        for (size_t t = 0; t < TOWN_DAYS; t++)
            town_count[i * TOWN_DAYS + t] = (int32_t)random_poisson(
                r, (double)town_place[i].population * 4e-4);
    }
    return (struct scan){
        .place = town_place, .places = TOWN, .days = TOWN_DAYS,
        .count = town_count, .model = model, .max_share = 0.5,
        .max_days = 7, .min_cases = 2, .replicates = 999, .seed = 3};
}

TEST(a_planted_cluster_is_found_where_and_since_when_it_is)
{
    struct random r;
    random_seed(&r, 15, "test");
    for (int model = 0; model < 2; model++) {
        struct scan s = town_make(&r, (enum scan_model)model);
        town_place[3] = (struct scan_place){5000, 5000, 150};
        town_place[9] = (struct scan_place){5000, 5010, 150};
        for (size_t t = TOWN_DAYS - 3; t < TOWN_DAYS; t++) {
            town_count[3 * TOWN_DAYS + t] = 3;
            town_count[9 * TOWN_DAYS + t] = 3;
        }
        struct scan_result got = scanned(&s);
        assert_true(got.clusters >= 1);
        const struct scan_cluster *c = &got.cluster[0];
        assert_int_equal(c->places, 2);
        assert_int_equal(c->place[0] + c->place[1], 12);
        assert_int_equal(c->start, TOWN_DAYS - 3);
        assert_int_equal(c->observed, 18);
        assert_true(c->p == 0.001);
        assert_true(c->gumbel_p < 1e-4);
        assert_true(c->recurrence_days == 1 / c->gumbel_p);
    }
}

TEST(in_noise_five_of_a_hundred_scans_find_something_at_five_per_cent)
{
    enum { RUNS = 300 };
    struct random r;
    random_seed(&r, 16, "test");
    for (int model = 0; model < 2; model++) {
        int found = 0;
        for (int run = 0; run < RUNS; run++) {
            arena_reset(&test_arena);
            struct scan s = town_make(&r, (enum scan_model)model);
            s.replicates = 59;
            s.seed = (uint64_t)run;
            struct scan_result got = scanned(&s);
            if (got.clusters) found += got.cluster[0].p <= 0.05;
        }
        /* 15 expected, sd 3.8: within 3 sd */
        if (found < 4 || found > 26) fail_msg("%d of %d", found, RUNS);
    }
}

TEST(recurrence_is_by_the_law_of_maxima_only_where_counting_ends)
{
    struct random r;
    random_seed(&r, 17, "test");
    struct scan s = town_make(&r, SCAN_POISSON);
    struct scan_result got = scanned(&s);
    assert_true(got.clusters >= 1);
    for (size_t i = 0; i < got.clusters; i++) {
        const struct scan_cluster *c = &got.cluster[i];
        int reached = 0;
        for (int k = 0; k < s.replicates; k++)
            reached += got.maxima[k] >= c->llr;
        assert_true(reached > 0 && reached < s.replicates);
        assert_true(c->p == (1.0 + reached) / 1000);
        assert_true(c->recurrence_days == 1 / c->p);
        assert_true(fabs(c->gumbel_p - c->p) < 0.05);
    }
}

TEST(of_equals_the_smaller_is_the_cluster)
{
    /* 0 and 1 have the cases, 2 none ever; all in a row */
    struct scan_place place[] = {
        {0, 0, 10}, {1, 0, 10}, {2, 0, 10}, {9, 0, 10}, {10, 0, 10}};
    int32_t count[5 * 4] = {
        0, 0, 0, 3,  0, 0, 0, 2,  0, 0, 0, 0,  2, 2, 0, 0,  1, 2, 0, 0};
    struct scan s = {
        .place = place, .places = 5, .days = 4, .count = count,
        .model = SCAN_PERMUTATION, .max_share = 0.5, .max_days = 4,
        .min_cases = 2, .replicates = 99, .seed = 1};
    struct scan_result got = scanned(&s);
    assert_int_equal(got.clusters, 1);
    assert_int_equal(got.cluster[0].places, 2);
    assert_int_equal(got.cluster[0].centre, 0);
    assert_int_equal(got.cluster[0].start, 3); /* day 2 had no case */
}

TEST(places_at_one_point_enter_together)
{
    struct scan_place place[] = {
        {0, 0, 10}, {0, 0, 10}, {5, 0, 10}, {6, 0, 10}, {9, 0, 10}};
    int32_t count[5 * 3] = {0, 0, 4,  0, 0, 0,  1, 0, 0,  0, 1, 0,  1, 0, 0};
    struct scan s = {
        .place = place, .places = 5, .days = 3, .count = count,
        .model = SCAN_POISSON, .max_share = 0.5, .max_days = 2,
        .min_cases = 2, .replicates = 99, .seed = 1};
    struct scan_result got = scanned(&s);
    assert_int_equal(got.clusters, 1);
    assert_int_equal(got.cluster[0].places, 2);
    s.max_share = 0.3; /* the two no longer fit, nor does one alone */
    got = scanned(&s);
    assert_int_equal(got.clusters, 0);
}

TEST(without_cases_there_is_no_cluster)
{
    struct scan_place place[] = {{0, 0, 10}, {1, 0, 10}};
    int32_t count[2 * 3] = {0};
    struct scan s = {
        .place = place, .places = 2, .days = 3, .count = count,
        .max_share = 0.5, .max_days = 2, .min_cases = 2, .replicates = 9};
    assert_int_equal(scanned(&s).clusters, 0);
    count[5] = 1;
    assert_int_equal(scanned(&s).clusters, 0);
}

TEST(what_is_wrong_with_the_input_of_a_scan_is_named)
{
    struct scan_place place[] = {{0, 0, 10}, {1, 0, 0}};
    int32_t count[2 * 3] = {1, 1, 1, 0, 0, 1};
    struct scan s = {
        .place = place, .places = 2, .days = 3, .count = count,
        .max_share = 0.5, .max_days = 2, .min_cases = 2, .replicates = 9};
    struct scan_result out;
    struct fault f;
    assert_int_equal(scan_run(&s, &out, &test_arena, &f), INVALID);
    assert_string_equal(f.field, "places"); /* a case where nobody lives */
    s.model = SCAN_PERMUTATION; /* asks for no population */
    assert_int_equal(scan_run(&s, &out, &test_arena, &f), OK);
    place[1].population = -1;
    assert_int_equal(scan_run(&s, &out, &test_arena, &f), INVALID);
    assert_string_equal(f.field, "places");
    place[1] = (struct scan_place){NAN, 0, 10};
    assert_int_equal(scan_run(&s, &out, &test_arena, &f), INVALID);
    assert_string_equal(f.field, "places");
    place[1].x = 0;
    count[0] = -1;
    assert_int_equal(scan_run(&s, &out, &test_arena, &f), INVALID);
    assert_string_equal(f.field, "counts");
    count[0] = count[1] = 600000;
    assert_int_equal(scan_run(&s, &out, &test_arena, &f), INVALID);
    assert_string_equal(f.field, "counts");
}

/* --- the command ------------------------------------------------------ */

static char *file_of(const char *text)
{
    char *name = arena_strdup(&test_arena, "/tmp/renlin-scan-XXXXXX");
    FILE *f = fdopen(mkstemp(name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return name;
}

/* Runs `renlin scan` on two tables, with 99 replicates. */
static int scan_of(const char *places, const char *counts, bool json,
                   const char *model, char **out, struct fault *f)
{
    char *p = file_of(places), *n = file_of(counts);
    struct cli c = {.command = &scan_command, .language = LANG_EN,
                    .json = json};
    const char *const given[][2] = {{"--places", p}, {"--counts", n},
                                    {"--model", model},
                                    {"--replicates", "99"}};
    for (size_t k = 0; k < COUNT_OF(given); k++)
        for (size_t i = 0; scan_command.options[i].name; i++)
            if (strcmp(scan_command.options[i].name, given[k][0]) == 0)
                c.value[i] = given[k][1];
    arena_init(&c.arena, ARENA_MAX);
    FILE *kept = tmpfile(), *err = tmpfile();
    assert_true(kept && err);
    fflush(stdout);
    int old = dup(STDOUT_FILENO), old_err = dup(STDERR_FILENO);
    dup2(fileno(kept), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    int code = scan_command.run(&c);
    fflush(stdout);
    dup2(old, STDOUT_FILENO);
    dup2(old_err, STDERR_FILENO);
    close(old);
    close(old_err);
    *f = c.fault;
    *out = arena_zalloc(&test_arena, 1, 65536);
    rewind(kept);
    (void)!fread(*out, 1, 65535, kept);
    fclose(kept);
    fclose(err);
    unlink(p);
    unlink(n);
    arena_release(&c.arena);
    return code;
}

static const char row_of_places[] =
    "place,x,y,population\nA,0,0,100\nB,1,0,100\nC,50,0,100\nD,51,0,100\n"
    "E,60,0,100\n";
/* Rows of a place and day add up; the first date is the first day. */
static const char their_counts[] =
    "place,date,count\nC,2026-03-01,1\nA,2026-03-20,3\nA,2026-03-20,2\n"
    "b,2026-03-20,4\nE,2026-03-11,1\n";

TEST(two_tables_give_a_table_of_clusters)
{
    char *out;
    struct fault f;
    assert_int_equal(scan_of(row_of_places, their_counts, false, NULL, &out,
                             &f), CLI_DONE);
    /* 11 cases, 2 of 5 places, 1 of 20 days: 0.22 expected;
     * 9 log(9/0.22) + 2 log(2/10.78) */
    const char *want = "rank,centre,places,start,end,observed,expected,llr,p,"
                       "recurrence_days\r\n1,A,\"A;B\",2026-03-20,2026-03-20,9,"
                       "0.220000,30.033";
    if (!text_starts(out, want)) fail_msg("%s", out);
    assert_int_equal(scan_of(row_of_places, their_counts, true,
                             "permutation", &out, &f), CLI_DONE);
    json_t *root = json_loads(out, 0, NULL);
    assert_true(json_is_array(root));
    json_decref(root);
}

TEST(what_is_wrong_with_a_table_of_places_or_counts_is_named)
{
    static const struct {
        const char *places, *counts, *field;
        int64_t row;
    } bad[] = {
        {"place,x,population\n", "", "y", 0},
        {"place,x,y\nA,0,0\n", "", "population", 0},
        {"place,x,y,population\n", "", "--places", 0},
        {"place,x,y,population\nA,0,b,1\n", "", "y", 2},
        {"place,x,y,population\nA,0,nan,1\n", "", "y", 2},
        {"place,x,y,population\nA,0,0,-1\n", "", "population", 2},
        {"place,x,y,population\n,0,0,1\n", "", "place", 2},
        {"place,x,y,population\nA,0,0,1\nA,1,1,1\n", "", "--places", 0},
        {row_of_places, "place,date,count\n", "--counts", 0},
        {row_of_places, "place,date,count\nA,2026-03-01,1\n"
         "X,2026-03-01,1\n", "place", 3},
        {row_of_places, "place,date,count\nA,1 March,1\n", "date", 2},
        {row_of_places, "place,date,count\nA,2026-03-01,x\n", "count", 2},
        {row_of_places, "place,date,count\nA,2006-03-01,1\n"
         "A,2026-03-01,1\n", "date", 3},
        {"place,x,y,population\nA,0,0,0\n",
         "place,date,count\nA,2026-03-01,1\n", "places", 0},
    };
    char *out;
    struct fault f;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(scan_of(bad[i].places, bad[i].counts, false, NULL,
                                 &out, &f), CLI_USAGE);
        if (strcmp(f.field, bad[i].field) != 0 || f.row != bad[i].row)
            fail_msg("%zu: %s line %d: %s", i, f.field, (int)f.row,
                     f.detail);
    }
    assert_int_equal(scan_of(row_of_places, their_counts, false, "x", &out,
                             &f), CLI_USAGE);
    assert_string_equal(f.field, "--model");
}
