/* rt_test.c - every reference file of R, laws it must keep, and requests that
 * are wrong. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"
#include "watch/rt.h"

#include <jansson.h>
#include <math.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"

extern const struct command rt_command;

#define TOLERANCE 1e-6

static json_t *answer_of(const char *line, enum rc *rc)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    *rc = rt_json(line, strlen(line), &test_arena, &out);
    json_t *answer = json_loads(out.at, 0, NULL);
    if (!answer) fail_msg("no JSON: %s", out.at);
    buf_release(&out);
    return answer;
}

/* |got - want| <= t max(1, |want|), null is null. */
static void near(const char *where, size_t i, const json_t *got,
                 const json_t *want, double t)
{
    if (json_is_null(want) && json_is_null(got)) return;
    double g = json_number_value(got), w = json_number_value(want);
    if (json_is_number(got) && json_is_number(want)
        && fabs(g - w) <= t * fmax(1, fabs(w)))
        return;
    fail_msg("%s[%zu]: got %.12g, want %.12g", where, i, g, w);
}

static void check_reference(const char *file, const char *method)
{
    char *text = test_shared(arena_printf(&test_arena, "epi/%s.json", file),
                             NULL);
    if (!text) skip();
    json_t *request = json_loads(text, 0, NULL);
    assert_non_null(request);
    json_t *want = json_incref(json_object_get(request, "expected"));
    json_object_del(request, "expected");
    json_object_set_new(request, "method", json_string(method));
    char *line = json_dumps(request, JSON_REAL_PRECISION(17));
    enum rc rc;
    json_t *got = answer_of(line, &rc);
    assert_int_equal(rc, OK);
    const char *key;
    json_t *list, *value;
    size_t i, compared = 0;
    json_object_foreach(want, key, list) {
        json_t *own = json_object_get(got, key);
        assert_int_equal(json_array_size(own), json_array_size(list));
        json_array_foreach(list, i, value) {
            near(arena_printf(&test_arena, "%s.%s", file, key), i,
                 json_array_get(own, i), value, TOLERANCE);
            compared++;
        }
    }
    assert_true(compared >= 75);
    free(line);
    json_decref(got);
    json_decref(want);
    json_decref(request);
}

TEST(cori_gives_the_published_r_of_influenza_2009)
{
    check_reference("rt_flu2009_parametric", "cori");
    check_reference("rt_flu2009_nonparametric", "cori");
}

TEST(cori_gives_the_published_r_of_sars_2003)
{
    check_reference("rt_sars2003_nonparametric", "cori");
}

TEST(cori_follows_a_prior_of_ones_own)
{
    check_reference("rt_measles1861_prior", "cori");
}

TEST(wallinga_teunis_gives_the_published_r_of_influenza_2009)
{
    check_reference("wt_flu2009", "wallinga-teunis");
}

TEST(the_serial_interval_is_the_discrete_shifted_gamma)
{
    char *text = test_shared("epi/discr_si.json", NULL);
    if (!text) skip();
    json_t *root = json_loads(text, 0, NULL), *one, *value;
    json_t *cases = json_object_get(root, "cases");
    size_t i, k;
    assert_int_equal(json_array_size(cases), 12);
    json_array_foreach(cases, i, one) {
        double w[31];
        rt_interval_gamma(json_number_value(json_object_get(one, "mu")),
                          json_number_value(json_object_get(one, "sigma")),
                          w, 31);
        json_t *want = json_object_get(one, "w");
        assert_int_equal(json_array_size(want), 31);
        json_array_foreach(want, k, value)
            if (!(fabs(w[k] - json_number_value(value)) <= 1e-9))
                fail_msg("case %zu, w[%zu] = %.15g", i, k, w[k]);
    }
    json_decref(root);
}

/* --- laws ------------------------------------------------------------- */

enum { DAYS = 40, WINDOWS = DAYS - 7 };
static struct rt_window window[WINDOWS];

static void weeks(void)
{
    for (size_t i = 0; i < WINDOWS; i++)
        window[i] = (struct rt_window){i + 1, i + 7};
}

/* An epidemic that obeys I = R Lambda gives R back, whatever the prior. */
TEST(cori_and_wallinga_teunis_find_the_r_that_made_the_cases)
{
    double w[DAYS], local[DAYS], imported[DAYS] = {1000};
    rt_interval_gamma(3, 1.5, w, DAYS);
    for (size_t t = 0; t < DAYS; t++) {
        local[t] = 0;
        for (size_t s = 1; s <= t; s++)
            local[t] += 1.3 * w[s] * (local[t - s] + imported[t - s]);
    }
    weeks();
    struct rt_cases c = {local, imported, DAYS};
    struct rt_interval si = {w, DAYS};
    struct rt_estimate e[WINDOWS];
    rt_cori(&c, si, RT_PRIOR, window, WINDOWS, e, &test_arena);
    for (size_t i = 0; i < WINDOWS; i++)
        assert_true(fabs(e[i].mean - 1.3) < 0.01);
    for (size_t t = 0; t < DAYS; t++) local[t] = round(100 * local[t]);
    imported[0] *= 100;
    rt_wallinga_teunis(&c, si, window, WINDOWS, e, &test_arena);
    for (size_t i = 0; i < WINDOWS - 20; i++)
        assert_true(fabs(e[i].mean - 1.3) < 0.01);
    assert_true(e[WINDOWS - 1].mean < 1); /* cut off, not over */
}

TEST(imported_cases_infect_but_were_not_infected_here)
{
    const char *f = "{\"method\":\"cori\",\"incidence\":{\"local\":"
                    "[0,%s,2,2,2,2,2,2],\"imported\":[4,%s,0,0,0,0,0,0]},"
                    "\"si_distr\":[0,0.5,0.5],\"control\":{\"t_start\":[2],"
                    "\"t_end\":[8]}}";
    enum rc rc;
    double mean[2];
    for (int i = 0; i < 2; i++) {
        char line[400];
        snprintf(line, sizeof line, f, i ? "0" : "6", i ? "6" : "0");
        json_t *a = answer_of(line, &rc);
        assert_int_equal(rc, OK);
        mean[i] = json_number_value(
            json_array_get(json_object_get(a, "mean"), 0));
        json_decref(a);
    }
    /* pressures 2 5 4 2 2 2 2 = 19; local cases 18 and 12 */
    assert_true(fabs(mean[0] - 19 / (19 + 0.2)) < 0.2);
    assert_true(fabs(mean[1] / mean[0] - 13.0 / 19.0) < 1e-12);
}

/* With no doubt about the interval the mixture is the plain posterior. */
TEST(an_interval_without_doubt_is_an_interval_that_is_known)
{
    double local[DAYS], w[DAYS];
    for (size_t t = 0; t < DAYS; t++) local[t] = (double)(t * t % 11);
    weeks();
    struct rt_cases c = {local, NULL, DAYS};
    struct rt_uncertain u = {{4, 0, 2, 9}, {2, 0, 1, 4}, 7, 1};
    struct rt_estimate known[WINDOWS], mixed[WINDOWS];
    rt_interval_gamma(4, 2, w, DAYS);
    rt_cori(&c, (struct rt_interval){w, DAYS}, RT_PRIOR, window, WINDOWS,
            known, &test_arena);
    rt_cori_uncertain(&c, &u, RT_PRIOR, window, WINDOWS, mixed, &test_arena);
    for (size_t i = 0; i < WINDOWS; i++) {
        assert_true(fabs(known[i].mean - mixed[i].mean) < 1e-9);
        assert_true(fabs(known[i].sd - mixed[i].sd) < 1e-9);
        for (int k = 0; k < RT_QUANTILES; k++)
            assert_true(fabs(known[i].q[k] - mixed[i].q[k]) < 1e-8);
    }
}

TEST(doubt_about_the_interval_widens_r_and_its_seed_repeats)
{
    double local[DAYS], w[DAYS];
    for (size_t t = 0; t < DAYS; t++) local[t] = exp(0.15 * (double)t);
    weeks();
    struct rt_cases c = {local, NULL, DAYS};
    struct rt_uncertain u = {{4, 1, 2, 9}, {2, 0.5, 1, 4}, 300, 1};
    struct rt_estimate known[WINDOWS], one[WINDOWS], two[WINDOWS];
    rt_interval_gamma(4, 2, w, DAYS);
    rt_cori(&c, (struct rt_interval){w, DAYS}, RT_PRIOR, window, WINDOWS,
            known, &test_arena);
    rt_cori_uncertain(&c, &u, RT_PRIOR, window, WINDOWS, one, &test_arena);
    rt_cori_uncertain(&c, &u, RT_PRIOR, window, WINDOWS, two, &test_arena);
    assert_memory_equal(one, two, sizeof one);
    u.seed = 2;
    rt_cori_uncertain(&c, &u, RT_PRIOR, window, WINDOWS, two, &test_arena);
    assert_memory_not_equal(one, two, sizeof one);
    struct rt_estimate last = one[WINDOWS - 1];
    assert_true(last.sd > 1.5 * known[WINDOWS - 1].sd);
    for (int k = 1; k < RT_QUANTILES; k++)
        assert_true(last.q[k - 1] < last.q[k]);
    assert_true(fabs(last.mean - two[WINDOWS - 1].mean) < last.sd / 5);
}

/* Of 100000 infectees the one case has few: 10 by Poisson's law, of which the
 * quantiles are 4 and 17. */
TEST(few_of_many_infectees_are_skewed)
{
    double local[] = {9999, 1, 100000}, w[] = {0, 0.5, 0.5};
    struct rt_window day = {1, 1};
    struct rt_estimate e;
    struct rt_cases c = {local, NULL, 3};
    rt_wallinga_teunis(&c, (struct rt_interval){w, 3}, &day, 1, &e,
                       &test_arena);
    assert_true(fabs(e.mean - 10) < 1e-9);
    assert_true(fabs(e.q[0] - 4) < 0.5);
    assert_true(fabs(e.q[RT_QUANTILES - 1] - 17) < 0.5);
}

/* Two cases, then three that either may have infected with the same chance:
 * offspring of the second is binomial(3, 1/2). */
TEST(wallinga_teunis_intervals_are_exact_binomials)
{
    double local[] = {1, 1, 0, 3}, w[] = {0, 0, 0.5, 0.5};
    struct rt_window day = {1, 1};
    struct rt_estimate e;
    struct rt_cases c = {local, NULL, 4};
    rt_wallinga_teunis(&c, (struct rt_interval){w, 4}, &day, 1, &e,
                       &test_arena);
    assert_true(fabs(e.mean - 1.5) < 1e-12);
    assert_true(fabs(e.sd - sqrt(0.75)) < 1e-12);
    assert_true(e.q[0] == 0 && e.q[3] == 1 && e.q[RT_QUANTILES - 1] == 3);
}

TEST(many_infectees_by_skewness_agree_with_the_exact_sum)
{
    double few[] = {10, 90, 1900}, many[] = {11, 99, 2090}, w[] = {0, .9, .1};
    struct rt_window day = {1, 1};
    struct rt_estimate a, b;
    struct rt_cases c = {few, NULL, 3};
    rt_wallinga_teunis(&c, (struct rt_interval){w, 3}, &day, 1, &a,
                       &test_arena);
    c.local = many;
    rt_wallinga_teunis(&c, (struct rt_interval){w, 3}, &day, 1, &b,
                       &test_arena);
    assert_true(fabs(a.mean - b.mean) < 1e-9);
    for (int k = 0; k < RT_QUANTILES; k++)
        assert_true(fabs((a.q[k] - a.mean) - (b.q[k] - b.mean) * sqrt(1.1))
                    < 1.0 / 90);
}

TEST(a_window_that_cannot_be_judged_has_no_value)
{
    enum rc rc;
    json_t *a = answer_of("{\"method\":\"cori\",\"incidence\":[1,0,0,1],"
                          "\"si_distr\":[0,0,0,1],\"control\":"
                          "{\"t_start\":[2,2],\"t_end\":[3,4]}}", &rc);
    assert_int_equal(rc, OK);
    json_t *mean = json_object_get(a, "mean");
    assert_true(json_is_null(json_array_get(mean, 0)));
    assert_true(json_is_number(json_array_get(mean, 1)));
    json_decref(a);
    a = answer_of("{\"method\":\"wallinga-teunis\",\"incidence\":[1,0,0,1],"
                  "\"si_distr\":[0,0,0,1],\"control\":"
                  "{\"t_start\":[2],\"t_end\":[3]}}", &rc);
    assert_int_equal(rc, OK);
    assert_true(json_is_null(json_array_get(json_object_get(a, "q05"), 0)));
    json_decref(a);
}

/* --- bad requests ----------------------------------------------------- */

TEST(a_bad_request_about_r_is_named)
{
    static const struct { const char *line, *field; } bad[] = {
        {"[]", ""},
        {"{\"method\":\"x\"}", "method"},
        {"{\"method\":\"cori\"}", "incidence"},
        {"{\"method\":\"cori\",\"observed\":[1]}", "observed"},
        {"{\"method\":\"cori\",\"incidence\":[1,null,2]}", "incidence"},
        {"{\"method\":\"cori\",\"incidence\":[1,-1,2]}", "incidence"},
        {"{\"method\":\"cori\",\"incidence\":{\"locale\":[1,1,2]}}",
         "incidence"},
        {"{\"method\":\"cori\",\"incidence\":{\"local\":[1,1,2],"
         "\"imported\":[1,1]}}", "incidence.imported"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2]}", "si_distr"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],"
         "\"si_distr\":[0.5,0.5]}", "si_distr"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],"
         "\"si_distr\":[0,0.5]}", "si_distr"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],"
         "\"si_distr\":[0,null,1]}", "si_distr"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"control\":"
         "{\"mean_si\":1,\"std_si\":1}}", "control.mean_si"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"control\":"
         "{\"mean_si\":3}}", "control.mean_si"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"si_distr\":[0,1]}",
         "control.t_start"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"si_distr\":[0,1],"
         "\"control\":{\"t_start\":[1],\"t_end\":[2]}}", "control.t_start"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"si_distr\":[0,1],"
         "\"control\":{\"t_start\":[2],\"t_end\":[4]}}", "control.t_start"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"si_distr\":[0,1],"
         "\"control\":{\"t_start\":[2],\"t_end\":[3],\"std_prio\":2}}",
         "control.std_prio"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"control\":"
         "{\"t_start\":[2],\"t_end\":[3],\"mean_si\":3,\"std_si\":1,"
         "\"std_mean_si\":1}}", "control.std_mean_si"},
        {"{\"method\":\"cori\",\"incidence\":[1,1,2],\"control\":"
         "{\"t_start\":[2],\"t_end\":[3],\"mean_si\":3,\"std_si\":1,"
         "\"std_mean_si\":1,\"min_mean_si\":1,\"max_mean_si\":5,"
         "\"std_std_si\":1,\"min_std_si\":0.5,\"max_std_si\":2}}",
         "control.std_mean_si"},
        {"{\"method\":\"wallinga-teunis\",\"incidence\":[1,1.5,2],"
         "\"si_distr\":[0,1],\"control\":{\"t_start\":[2],\"t_end\":[3]}}",
         "incidence"},
        {"{\"method\":\"wallinga-teunis\",\"incidence\":[1,1,2],"
         "\"si_distr\":[0,1],\"control\":{\"t_start\":[2],\"t_end\":[3],"
         "\"mean_prior\":2}}", "control.mean_prior"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        enum rc rc;
        json_t *a = answer_of(bad[i].line, &rc);
        assert_int_equal(rc, INVALID);
        const char *field = json_string_value(json_object_get(a, "field"));
        if (!field || strcmp(field, bad[i].field) != 0)
            fail_msg("%s: names %s", bad[i].line, field);
        assert_true(json_string_length(json_object_get(a, "error")) > 0);
        json_decref(a);
    }
}

/* --- the command ------------------------------------------------------ */

/* Runs `renlin rt` on a text; options are name, value ..., NULL.  The answer
 * is in *out, the exit code returned. */
static int rt_of(const char *text, bool json, const char *const *options,
                 char **out, struct fault *f)
{
    struct cli c = {.command = &rt_command, .language = LANG_EN,
                    .json = json, .operands = 1};
    char name[] = "/tmp/renlin-rt-XXXXXX";
    FILE *in = fdopen(mkstemp(name), "w"), *kept = tmpfile();
    FILE *err = tmpfile();
    assert_true(in && kept && err);
    fputs(text, in);
    fclose(in);
    for (; options && *options; options += 2)
        for (size_t i = 0; rt_command.options[i].name; i++)
            if (strcmp(rt_command.options[i].name, options[0]) == 0)
                c.value[i] = options[1];
    c.operand[0] = name;
    arena_init(&c.arena, ARENA_MAX);
    fflush(stdout);
    int old = dup(STDOUT_FILENO), old_err = dup(STDERR_FILENO);
    dup2(fileno(kept), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    int code = rt_command.run(&c);
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
    unlink(name);
    arena_release(&c.arena);
    return code;
}

TEST(a_table_of_days_gives_a_table_of_windows)
{
    /* 4 imported on the 1st; the 5th has no row: nobody */
    const char *table = "date,count,imported\n2026-03-01,4,4\n"
                        "2026-03-02,6,0\n2026-03-03,2,0\n2026-03-04,2,1\n"
                        "2026-03-06,3,0\n";
    const char *const options[] = {"--si", "0,0.5,0.5", "--window", "5",
                                   "--prior-mean", "1", "--prior-sd", "1",
                                   NULL};
    char *out;
    struct fault f;
    assert_int_equal(rt_of(table, false, options, &out, &f), CLI_DONE);
    /* pressures 2 5 4 2 1; local 12: (1 + 12) / (1 + 14) */
    const char *want = "start,end,mean,sd,q025,median,q975\r\n"
                       "2026-03-02,2026-03-06,0.866667,0.24037,";
    if (!text_starts(out, want)) fail_msg("%s", out);
}

TEST(what_is_wrong_with_a_table_of_days_is_named_with_its_line)
{
    static const struct { const char *table, *field; int64_t row; } bad[] = {
        {"", "", 0},
        {"day,count\n", "date", 0},
        {"date,cases\n", "count", 0},
        {"date,count\n2026-13-01,1\n", "date", 2},
        {"date,count\n2026-03-01,1\n2026-03-01,1\n", "date", 3},
        {"date,count\n2026-03-01,-1\n", "count", 2},
        {"date,count,imported\n2026-03-01,1,2\n", "imported", 2},
        {"date,count\n2026-03-01,1\n2026-03-02,1\n", "--window", 0},
    };
    const char *const options[] = {"--si", "0,1", NULL};
    char *out;
    struct fault f;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(rt_of(bad[i].table, false, options, &out, &f),
                         CLI_USAGE);
        if (strcmp(f.field, bad[i].field) != 0 || f.row != bad[i].row)
            fail_msg("%zu: %s line %d: %s", i, f.field, (int)f.row,
                     f.detail);
    }
    assert_int_equal(rt_of("date,count\n2026-03-01,1\n2026-03-02,1\n",
                           false, (const char *[]){"--window", "1", NULL},
                           &out, &f), CLI_USAGE);
    assert_string_equal(f.field, "--si-mean");
}

TEST(a_bad_line_of_requests_has_its_error_and_the_rest_go_on)
{
    const char *lines =
        "{\"method\":\"cori\"}\n\n"
        "{\"method\":\"cori\",\"incidence\":[1,2],\"si_distr\":[0,1],"
        "\"control\":{\"t_start\":[2],\"t_end\":[2]}}";
    char *out;
    struct fault f;
    assert_int_equal(rt_of(lines, true, NULL, &out, &f), CLI_NOT_SO);
    assert_true(text_starts(out, "{\"error\":"));
    assert_true(text_starts(strchr(out, '\n'), "\n{\"t_start\":[2]"));
}
