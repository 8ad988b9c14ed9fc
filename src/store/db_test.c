/* db_test.c - values in and out of SQL, on every engine. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include <string.h>

struct sample {
    int64_t n;
    const char *t;
    struct bytes b;
    struct day day;
    int64_t missing;
};
static const struct field sample_fields[] = {
    FIELD(sample, n, F_INT, 0),
    FIELD(sample, t, F_TEXT, 0),
    FIELD(sample, b, F_BYTES, 0),
    FIELD(sample, day, F_DAY, 0),
    FIELD(sample, missing, F_INT, 0),
};
static const struct shape sample_shape = SHAPE(sample, sample_fields);

/* 1 … $2, as rows with n. */
#define NUMBERS                                                       \
    "SELECT n FROM (WITH RECURSIVE test_n(n) AS (SELECT 1 UNION ALL"  \
    " SELECT n+1 FROM test_n WHERE n<20000) SELECT n FROM test_n)"    \
    " AS numbers WHERE $1>0"

static enum rc put(struct work *w, const char *name, const char *value)
{
    return db_exec(w, "INSERT INTO setting(community, name, value)"
                      " VALUES($1, $2, $3)", name, value);
}

static int64_t settings_now(struct desk *d)
{
    return desk_count(d, "SELECT count(*) FROM setting WHERE community=$1");
}

/* ---- values ---- */

DESK_TEST(whole_numbers_pass_unchanged)
{
    static const int64_t all[] = {0, 1, -1, INT64_MAX, INT64_MIN + 1,
                                  INT64_C(1) << 53, 2147483648};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        int64_t n = 7;
        assert_rc(OK, READ(w, db_int(w, &n, "SELECT $2 WHERE $1>0", all[i])));
        assert_true(n == all[i]);
    }
    int64_t n = 7;
    bool yes = true;
    assert_rc(OK, READ(w, db_int(w, &n, "SELECT $2 WHERE $1>0", yes)));
    assert_int_equal(n, 1);
    assert_rc(OK, READ(w, db_int(w, &n, "SELECT $1 WHERE $2=$2", 0)));
    assert_int_equal(n, d->community.v);
    assert_rc(OK, READ(w, db_int(w, &n, "SELECT CAST($2*2 AS INTEGER)"
                                        " WHERE $1>0", 1.5)));
    assert_int_equal(n, 3);
    assert_rc(OK, READ(w, db_int(w, &n, "SELECT CAST($2 AS INTEGER)"
                                        " WHERE $1>0", 7)));
    assert_int_equal(n, 7);
}

DESK_TEST(text_and_bytes_pass_unchanged)
{
    static const char *const texts[] = {"", "韧邻", "it's; --", "$1", "\\x41",
                                        "a\nb\t%"};
    const char *t = NULL;
    struct bytes b = {NULL, 0};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_rc(OK, READ(w, db_text(w, &t, "SELECT $2 WHERE $1>0",
                                      texts[i])));
        assert_string_equal(t, texts[i]);
    }
    assert_rc(OK, READ(w, db_bytes(w, &b, "SELECT $2 AS b WHERE $1>0",
                                   db_blob("\0\xff'\0", 4))));
    assert_int_equal(b.n, 4);
    assert_memory_equal(b.at, "\0\xff'\0", 4);
}

DESK_TEST(absent_is_null_both_ways)
{
    int64_t n = 7;
    const char *t = "untouched";
    assert_rc(OK, READ(w, db_int(w, &n, "SELECT count(*) WHERE $1>0 AND $2"
                                        " IS NULL AND $3 IS NULL AND $4 IS"
                                        " NULL", NONE, (const char *)NULL,
                                 db_blob(NULL, 0))));
    assert_int_equal(n, 1);
    n = 7;
    assert_rc(NOT_FOUND, READ(w, db_int(w, &n, "SELECT $2 WHERE $1>0", NONE)));
    assert_int_equal(n, 7);
    assert_rc(NOT_FOUND, READ(w, db_text(w, &t, "SELECT $2 WHERE $1>0",
                                         (const char *)NULL)));
    assert_string_equal(t, "untouched");
}

/* ---- rows ---- */

DESK_TEST(a_row_fills_the_members_that_have_a_column)
{
    struct sample s;
    assert_rc(OK, READ(w, db_one(w, &sample_shape, &s,
        "SELECT $2 AS n, $3 AS t, $4 AS b, $5 AS day, $2 AS stranger"
        " WHERE $1>0", 12, "字", db_blob("xy", 2), NONE)));
    assert_int_equal(s.n, 12);
    assert_string_equal(s.t, "字");
    assert_int_equal(s.b.n, 2);
    assert_true(s.day.n == NONE);
    assert_true(s.missing == NONE);
}

DESK_TEST(no_row_is_not_found_and_touches_nothing)
{
    struct sample s = {.n = 99};
    assert_rc(NOT_FOUND, READ(w, db_one(w, &sample_shape, &s,
                                        "SELECT $2 AS n WHERE $1<0", 1)));
    assert_int_equal(s.n, 99);
    int64_t n = 7;
    assert_rc(NOT_FOUND, READ(w, db_int(w, &n, "SELECT $2 WHERE $1<0", 1)));
    assert_int_equal(n, 7);
}

DESK_TEST(all_rows_come_as_one_array_in_order)
{
    struct sample *items;
    size_t n;
    assert_rc(OK, READ(w, db_all(w, &sample_shape, &items, &n,
                                 NUMBERS " AND n<=$2 ORDER BY n", 1000)));
    assert_int_equal(n, 1000);
    for (size_t i = 0; i < n; i++) assert_int_equal(items[i].n, i + 1);
    assert_rc(OK, READ(w, db_all(w, &sample_shape, &items, &n,
                                 NUMBERS " AND n<=$2", 0)));
    assert_int_equal(n, 0);
    assert_null(items);
}

static enum rc add_up(struct work *w, void *row, void *ctx)
{
    int64_t *sum = ctx;
    *sum += ((struct sample *)row)->n;
    if (((struct sample *)row)->n < 10) return OK;
    return work_fail(w, INVALID, "n", "is enough");
}

DESK_TEST(row_by_row_ends_with_the_rows_or_an_error)
{
    int64_t sum = 0;
    assert_rc(OK, READ(w, db_each(w, &sample_shape, add_up, &sum,
                                  NUMBERS " AND n<=$2 ORDER BY n", 9)));
    assert_int_equal(sum, 45);
    sum = 0;
    assert_refused(INVALID, "n",
                   READ(w, db_each(w, &sample_shape, add_up, &sum,
                                   NUMBERS " AND n<=$2 ORDER BY n", 9999)));
    assert_int_equal(sum, 55);
}

DESK_TEST(one_statement_serves_two_shapes)
{
    struct sample s;
    struct place p;
    for (int i = 0; i < 4; i++) {
        assert_rc(OK, READ(w, i % 2
            ? db_one(w, &sample_shape, &s, "SELECT $2 AS x, $3 AS n"
                                           " WHERE $1>0", i, 5)
            : db_one(w, &place_shape, &p, "SELECT $2 AS x, $3 AS n"
                                          " WHERE $1>0", i, 5)));
        if (i % 2) assert_int_equal(s.n, 5);
        else assert_int_equal(p.x, i);
    }
}

DESK_TEST(statements_beyond_what_is_kept_still_run)
{
    struct db_list q;
    for (int i = 0; i < 600; i++) {
        struct sample *items;
        size_t n;
        q = db_list_from(arena_printf(&d->arena, "SELECT %d AS n WHERE $1>0",
                                      i));
        assert_rc(OK, READ(w, db_list_all(w, &sample_shape, &items, &n, &q)));
        assert_int_equal(items[0].n, i);
    }
}

/* ---- lists ---- */

DESK_TEST(a_list_numbers_its_fragments)
{
    struct sample *items;
    size_t n;
    int64_t count;
    struct db_list q = db_list_from(NUMBERS);
    db_list_and(&q, " AND n>$?", 10);
    db_list_plain(&q, " AND n<>13");
    db_list_and(&q, " AND n<=$?", 15);
    db_list_and(&q, " AND 'x'=$?", "x");
    assert_rc(OK, READ(w, db_list_count(w, &count, &q)));
    assert_int_equal(count, 4);
    db_list_and(&q, " ORDER BY n DESC LIMIT $?", 3);
    assert_rc(OK, READ(w, db_list_all(w, &sample_shape, &items, &n, &q)));
    assert_int_equal(n, 3);
    assert_int_equal(items[0].n, 15);
    assert_int_equal(items[2].n, 12);
}

DESK_TEST(a_count_stops_past_ten_thousand)
{
    int64_t count;
    struct db_list q = db_list_from(NUMBERS);
    db_list_and(&q, " AND n<=$?", DB_COUNT_MAX);
    assert_rc(OK, READ(w, db_list_count(w, &count, &q)));
    assert_int_equal(count, DB_COUNT_MAX);
    q = db_list_from(NUMBERS);
    assert_rc(OK, READ(w, db_list_count(w, &count, &q)));
    assert_int_equal(count, DB_COUNT_MAX + 1);
}

/* ---- writing ---- */

DESK_TEST(a_unique_index_that_says_no_is_a_conflict)
{
    assert_rc(OK, WRITE(w, put(w, "a", "1")));
    assert_rc(CONFLICT, WRITE(w, put(w, "a", "2")));
    assert_rc(OK, WRITE(w, put(w, "b", "3")));
    assert_rc(CONFLICT, WRITE(w, db_exec(w, "INSERT INTO setting(community,"
                                            " name, value) VALUES($1, $2,"
                                            " $3)", "c", NONE)));
    assert_int_equal(settings_now(d), 2);
}

DESK_TEST(bad_sql_fails_and_the_next_unit_works)
{
    assert_rc(FAILED, WRITE(w, db_exec(w, "SELEKT $1")));
    assert_rc(FAILED, READ(w, db_exec(w, "SELECT nothing FROM setting"
                                         " WHERE community=$1")));
    assert_rc(OK, WRITE(w, put(w, "a", "1")));
    assert_int_equal(settings_now(d), 1);
}

DESK_TEST(changes_are_counted_per_statement)
{
    assert_true(desk_begin(w));
    enum rc rc = put(w, "a", "1");
    int64_t inserted = db_changes(w);
    if (!rc) rc = db_exec(w, "UPDATE setting SET value=$2 WHERE community=$1",
                          "2");
    int64_t updated = db_changes(w);
    if (!rc) rc = db_exec(w, "DELETE FROM setting WHERE community=$1"
                             " AND name=$2", "none");
    int64_t deleted = db_changes(w);
    assert_rc(OK, desk_end(w, rc));
    assert_int_equal(inserted, 1);
    assert_int_equal(updated, 1);
    assert_int_equal(deleted, 0);
}

DESK_TEST(a_reader_cannot_write)
{
    assert_rc(FAILED, READ(w, put(w, "a", "1")));
    assert_int_equal(settings_now(d), 0);
}

DESK_TEST(readers_see_only_what_is_committed)
{
    struct work *other = desk_work(d);
    int64_t inside = 0, outside = 7, early = 7, late = 7;
    static const char count[] =
        "SELECT count(*) FROM setting WHERE community=$1";
    assert_true(desk_begin(w));
    enum rc rc = put(w, "a", "1");
    if (!rc) rc = db_int(w, &inside, count);
    assert_int_equal(READ(other, db_int(other, &outside, count)), OK);
    assert_rc(OK, desk_end(w, rc));
    assert_int_equal(inside, 1);
    assert_int_equal(outside, 0);
    /* One state while a reader looks, whatever is committed meanwhile. */
    assert_true(desk_look(other));
    rc = db_int(other, &early, count);
    assert_rc(OK, WRITE(w, put(w, "b", "1")));
    if (!rc) rc = db_int(other, &late, count);
    assert_int_equal(desk_looked(other, rc), OK);
    assert_int_equal(early, 1);
    assert_int_equal(late, 1);
    assert_int_equal(settings_now(d), 2);
}

DESK_TEST(what_was_committed_is_there_after_opening_again)
{
    assert_rc(OK, WRITE(w, put(w, "a", "1")));
    desk_reopen(d);
    assert_int_equal(settings_now(d), 1);
    assert_rc(OK, WRITE(w, put(w, "b", "1")));
    assert_int_equal(settings_now(d), 2);
}
