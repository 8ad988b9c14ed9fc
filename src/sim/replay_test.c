/* replay_test.c - line lists read, and an outbreak of 1861 run again. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <string.h>

#include "ledger/follower.h"
#include "registry/person.h"
#include "sim/replay.h"

extern const struct follower watch_follower;
static const struct follower *const followers[] = {&watch_follower};

static const char *const hagelloch_columns =
    "id=case_ID,onset=date_of_prodrome,place=family_ID,x=x_loc,y=y_loc";

static enum rc read_text(const char *csv, size_t len, const char *columns,
                         struct replay_case **cases, size_t *n,
                         struct fault *f)
{
    struct sheet *s;
    memset(f, 0, sizeof *f);
    enum rc rc = sheet_open_memory(&s, csv, len, f);
    assert_int_equal(rc, OK);
    rc = replay_read(s, columns, &test_arena, cases, n, f);
    sheet_close(s);
    return rc;
}

/* ---- reading ---- */

TEST(a_line_list_is_sorted_by_the_day_its_cases_enter)
{
    static const char csv[] =
        "id,onset,place,report,sex,age,x,y\n"
        "a,2020-01-05,h1,2020-01-09,f,30,142.5,100\n"
        "b,2020-01-03,h2,,男,NA,-0.5,99.9\n"
        "c,,NA,2020-01-04,,1e3,,\n"
        "d,2020-01-03,h1,2020-01-03,M,70,142.5,100\n";
    struct replay_case *c = NULL;
    struct fault f;
    size_t n = 0;
    assert_int_equal(read_text(csv, sizeof csv - 1, NULL, &c, &n, &f), OK);
    assert_int_equal(n, 4);
    assert_string_equal(c[0].id, "b");
    assert_string_equal(c[1].id, "d");
    assert_string_equal(c[2].id, "c");
    assert_string_equal(c[3].id, "a");
    assert_int_equal(c[3].day.n, day_of(2020, 1, 9).n);
    assert_int_equal(c[3].onset.n, day_of(2020, 1, 5).n);
    assert_string_equal(c[3].building, "x100y100");
    assert_string_equal(c[0].building, "x-100y0");
    assert_string_equal(c[2].place, "");
    assert_string_equal(c[2].building, "");
    assert_int_equal(c[2].onset.n, NONE);
    assert_int_equal(c[2].age, NONE);
    assert_int_equal(c[0].sex, SEX_MALE);
    assert_int_equal(c[1].age, 70);
}

TEST(without_coordinates_a_place_is_its_own_building)
{
    static const char csv[] = "who,began,ward\n1,2020-01-05,7\n";
    struct replay_case *c = NULL;
    struct fault f;
    size_t n = 0;
    assert_int_equal(read_text(csv, sizeof csv - 1,
                               "id=who,onset=began,place=ward", &c, &n, &f),
                     OK);
    assert_string_equal(c[0].place, "7");
    assert_string_equal(c[0].building, "7");
}

TEST(what_is_wrong_with_a_list_is_named_with_its_line)
{
    static const struct { const char *csv, *columns, *field; int row; }
    table[] = {
        {"id,onset,place\n1,2020-01-05,a\n2,5.1.2020,a\n", NULL, "onset", 3},
        {"id,onset,place\n1,2020-02-30,a\n", NULL, "onset", 2},
        {"id,onset,place\n1,,a\n", NULL, "onset", 2},
        {"id,onset,place\n,2020-01-05,a\n", NULL, "id", 2},
        {"id,onset,place\n1,2020-01-05,a\n2,2020-01-05\n", NULL, "", 3},
        {"id,onset,place\n1,2020-01-05,a,b\n", NULL, "", 2},
        {"id,onset,place\n1,2020-01-05,a\n2,2020-01-04,a\n1,2020-01-06,b\n",
         NULL, "id", 4},
        {"id,onset,place,report\n1,2020-01-05,a,2020-01-04\n", NULL, "onset",
         2},
        {"id,onset,place,x,y\n1,2020-01-05,a,east,1\n", NULL, "x", 2},
        {"id,onset,place,x,y\n1,2020-01-05,a,1,inf\n", NULL, "y", 2},
        {"id,onset,place,x,y\n1,2020-01-05,a,1,\n", NULL, "y", 2},
        {"id,onset\n1,2020-01-05\n", NULL, "place", 0},
        {"id,onset,place\n1,2020-01-05,a\n", "onset=began", "began", 0},
        {"id,onset,place\n1,2020-01-05,a\n", "day=onset", "--columns", 0},
        {"id,onset,place\n1,2020-01-05,a\n", "onset", "--columns", 0},
        {"id,onset,place\n1,2020-01-05,a\n", "onset=", "--columns", 0},
        {"id,onset,place\n1,2020-01-05,a\n", "id=id,id=id", "--columns", 0},
        {"id,onset,place\n", NULL, "", 0},
        {"", NULL, "", 0},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct replay_case *c = NULL;
        struct fault f;
        size_t n = 0;
        enum rc rc = read_text(table[i].csv, strlen(table[i].csv),
                               table[i].columns, &c, &n, &f);
        if (rc != INVALID || strcmp(f.field, table[i].field) != 0 ||
            f.row != table[i].row)
            fail_msg("%zu: %s, %s, line %d", i, rc_name(rc), f.field,
                     (int)f.row);
    }
}

/* ---- running ---- */

struct heard {
    struct buf text;
    size_t n;
    struct day first;
};

static void hear(void *ctx, const struct replay_alert *a)
{
    struct heard *h = ctx;
    char day[11];
    day_format(day, a->alert.day);
    if (h->n++ == 0) h->first = a->alert.day;
    buf_printf(&h->text, "%s %s %s %lld %lld %lld %lld\n", day, a->place,
               watch_levels[a->alert.level], (long long)a->alert.observed,
               (long long)a->alert.expected, (long long)a->alert.p,
               (long long)a->alert.parent.v);
}

static void run_list(struct replay *r, struct heard *h)
{
    struct fault f = {0};
    struct store_options o = {
        .url = "", .create = true, .migrate = true, .repeatable = true,
        .seed = 1, .clock.world = replay_start(r->cases, r->n, r->from)};
    assert_int_equal(store_open(&r->store, &o, &f), OK);
    assert_int_equal(followers_start(r->store, followers, 1, &f), OK);
    memset(h, 0, sizeof *h);
    buf_init(&h->text, 1 << 20);
    h->first = NO_DAY;
    r->each = hear;
    r->ctx = h;
    enum rc rc = replay_run(r, &test_arena, &f);
    if (rc) print_error("%s %s\n", f.field, f.detail);
    assert_int_equal(rc, OK);
    store_close(r->store);
}

static struct replay hagelloch(const char *csv, size_t len)
{
    struct replay r = {.from = NO_DAY, .until = NO_DAY};
    struct replay_case *c = NULL;
    struct fault f;
    enum rc rc = read_text(csv, len, hagelloch_columns, &c, &r.n, &f);
    if (rc) print_error("%s line %d\n", f.field, (int)f.row);
    assert_int_equal(rc, OK);
    r.cases = c;
    return r;
}

TEST(the_measles_of_hagelloch_are_told_within_five_cases)
{
    size_t len = 0, entered = 0;
    struct heard h;
    SHARED_OR_SKIP(csv, &len, "epi/hagelloch_1861.csv");
    struct replay r = hagelloch(csv, len);
    assert_int_equal(r.n, 188);
    run_list(&r, &h);
    while (entered < r.n && r.cases[entered].day.n <= h.first.n) entered++;
    assert_in_range(entered, 2, 5);
    assert_int_equal(h.first.n, day_of(1861, 11, 7).n);
    buf_release(&h.text);
}

TEST(the_same_list_gives_the_same_alerts)
{
    size_t len = 0;
    struct heard a, b;
    SHARED_OR_SKIP(csv, &len, "epi/hagelloch_1861.csv");
    struct replay r = hagelloch(csv, len);
    run_list(&r, &a);
    run_list(&r, &b);
    assert_true(a.n > 10);
    assert_string_equal(a.text.at, b.text.at);
    buf_release(&a.text);
    buf_release(&b.text);
}

TEST(only_the_days_asked_for_are_run)
{
    static const char csv[] =
        "id,onset,place\n"
        "1,2020-01-05,a\n2,2020-01-05,a\n"  /* before */
        "3,2020-02-05,b\n4,2020-02-06,b\n"
        "5,2020-03-05,c\n6,2020-03-05,c\n"; /* after */
    struct replay r = {.from = day_of(2020, 2, 1),
                       .until = day_of(2020, 2, 28)};
    struct replay_case *c = NULL;
    struct heard h;
    struct fault f;
    assert_int_equal(read_text(csv, sizeof csv - 1, NULL, &c, &r.n, &f), OK);
    r.cases = c;
    run_list(&r, &h);
    assert_int_equal(h.n, 1); /* the household is the building */
    assert_int_equal(h.first.n, day_of(2020, 2, 6).n);
    buf_release(&h.text);
}

TEST(cases_far_apart_tell_nothing)
{
    static const char csv[] =
        "id,onset,place\n1,2020-01-05,a\n2,2020-01-05,b\n3,2020-02-06,a\n";
    struct replay r = {.from = NO_DAY, .until = NO_DAY};
    struct replay_case *c = NULL;
    struct heard h;
    struct fault f;
    assert_int_equal(read_text(csv, sizeof csv - 1, NULL, &c, &r.n, &f), OK);
    r.cases = c;
    run_list(&r, &h);
    assert_int_equal(h.n, 0);
    buf_release(&h.text);
}
