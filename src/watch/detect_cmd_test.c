/* detect_cmd_test.c - series in, verdicts out, as CSV and as JSON lines. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

extern const struct command detect_command;

struct ran {
    int code;
    char *out;
    struct fault fault;
};

static char *read_all(FILE *f)
{
    char *text = arena_alloc(&test_arena, 65536);
    rewind(f);
    size_t n = fread(text, 1, 65535, f);
    text[n] = '\0';
    return text;
}

/* Runs `renlin detect` on a text with options (--method, --freq, --from,
 * --control, in that order). */
static struct ran detect(const char *text, bool json,
                         const char *const options[4])
{
    struct ran r;
    struct cli c = {.command = &detect_command, .language = LANG_EN,
                    .json = json, .operands = 1};
    char name[] = "/tmp/renlin-detect-XXXXXX";
    FILE *in = fdopen(mkstemp(name), "w"), *out = tmpfile();
    FILE *err = tmpfile();
    assert_true(in && out && err);
    fputs(text, in);
    fclose(in);
    for (int i = 0; options && i < 4; i++) c.value[i] = options[i];
    c.operand[0] = name;
    arena_init(&c.arena, ARENA_MAX);
    fflush(stdout);
    int old = dup(STDOUT_FILENO), old_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    r.code = detect_command.run(&c);
    fflush(stdout);
    dup2(old, STDOUT_FILENO);
    dup2(old_err, STDERR_FILENO);
    close(old);
    close(old_err);
    r.fault = c.fault;
    r.out = read_all(out);
    fclose(out);
    fclose(err);
    unlink(name);
    arena_release(&c.arena);
    return r;
}

static const char series[] =
    "date,count\n2011-01-03,1\n2011-01-10,0\n2011-01-17,2\n2011-01-24,1\n"
    "2011-01-31,0\n2011-02-07,1\n2011-02-14,2\n2011-02-21,0\n2011-02-28,9\n"
    "2011-03-07,NA\n";

TEST(a_series_is_judged_from_the_first_day_with_enough_past)
{
    struct ran r = detect(series, false, (const char *[]){
        "ears-c1", NULL, NULL, "{\"alpha\":0.01}"});
    assert_int_equal(r.code, CLI_DONE);
    assert_true(strncmp(r.out, "date,observed,expected,threshold,statistic,"
                        "alarm\r\n2011-02-21,0,,", 62) == 0);
    assert_non_null(strstr(r.out, "2011-02-28,9,,2.9"));
    assert_non_null(strstr(r.out, ",,1\r\n2011-03-07,,,"));
}

TEST(only_days_asked_for_are_judged)
{
    struct ran r = detect(series, false, (const char *[]){
        "cusum", "52", "2011-02-28", "{\"m\":1}"});
    assert_int_equal(r.code, CLI_DONE);
    assert_non_null(strstr(r.out, "alarm\r\n2011-02-28,9,1,"));
    r = detect(series, false, (const char *[]){"outbreak-p", NULL,
                                               "2011-02-28", NULL});
    assert_int_equal(r.code, CLI_DONE);
    assert_non_null(strstr(r.out, "2011-02-28,9,,,")); /* no threshold */
}

TEST(what_is_wrong_with_a_series_is_named)
{
    static const struct {
        const char *csv, *field, *options[4];
        int line;
    } table[] = {
        {series, "--method", {NULL}, 0},
        {series, "method", {"oracle"}, 0},
        {series, "--from", {"ears-c1", NULL, "2012-01-01"}, 0},
        {series, "--from", {"ears-c1", NULL, "1.1.2011"}, 0},
        {series, "--control", {"ears-c1", NULL, NULL, "{"}, 0},
        {series, "control.alfa", {"ears-c1", NULL, NULL, "{\"alfa\":1}"}, 0},
        {"", "", {"ears-c1"}, 0},
        {"day,count\n", "date", {"ears-c1"}, 0},
        {"date,n\n", "count", {"ears-c1"}, 0},
        {"date,count\n2011-01-03,1\n2011-01-03,1\n", "date", {"ears-c1"}, 3},
        {"date,count\n2011-02-30,1\n", "date", {"ears-c1"}, 2},
        {"date,count\n2011-01-03,-1\n", "count", {"ears-c1"}, 2},
        {"date,count\n2011-01-03,1e99\n", "count", {"ears-c1"}, 2},
        {"date,count,population\n2011-01-03,1,many\n", "population",
         {"ears-c1"}, 2},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct ran r = detect(table[i].csv, false, table[i].options);
        if (r.code != CLI_USAGE || r.out[0] ||
            strcmp(r.fault.field, table[i].field) != 0 ||
            r.fault.row != table[i].line)
            fail_msg("%zu: %d %s line %d", i, r.code, r.fault.field,
                     (int)r.fault.row);
    }
}

TEST(a_bad_line_is_answered_and_the_rest_go_on)
{
    struct ran r = detect(
        "{\"method\":\"ears-c1\",\"observed\":[1,0,2,1,0,1,2,9]}\n"
        "\n"
        "nonsense\n"
        "{\"method\":\"outbreak-p\",\"observed\":[1,2]}", true, NULL);
    assert_int_equal(r.code, CLI_NOT_SO);
    assert_true(strncmp(r.out, "{\"upperbound\":[", 15) == 0);
    assert_non_null(strstr(r.out, "\"alarm\":[1]}\n{\"error\":"));
    assert_non_null(strstr(r.out, "\"field\":\"\"}\n{\"upperbound\":["));
    assert_int_equal(r.out[strlen(r.out) - 1], '\n');
    r = detect("{\"method\":\"outbreak-p\",\"observed\":[1,2]}\n", true, NULL);
    assert_int_equal(r.code, CLI_DONE);
}
