/* scan_test.c - the scan against SaTScan's output, against a slow scan that
 * tries everything, and against chance. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"
#include "watch/scan.h"

#include <jansson.h>
#include <math.h>

#include "base/day.h"
#include "base/random.h"

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
