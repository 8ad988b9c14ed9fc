/* migrate_test.c - databases that are new, old, from the future, or not
 * there; copies of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embed.h"

/* A fresh name of a file that is not there, in memory where possible. */
static const char *fresh(void)
{
    struct stat st;
    static int n;
    return arena_printf(&test_arena, "%s/renlin-migrate-%d-%d.db",
                        stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp",
                        (int)getpid(), ++n);
}

static const char *beside(const char *file, const char *end)
{
    return arena_printf(&test_arena, "%s%s", file, end);
}

static void sweep(const char *file)
{
    unlink(file);
    unlink(beside(file, "-wal"));
    unlink(beside(file, "-shm"));
}

static bool is_there(const char *file)
{
    struct stat st;
    return stat(file, &st) == 0;
}

static void sql(const char *file, const char *text)
{
    sqlite3 *c = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(file, &c), SQLITE_OK);
    if (sqlite3_exec(c, text, NULL, NULL, &why)) fail_msg("%s", why);
    sqlite3_close(c);
}

static int64_t number(const char *file, const char *text)
{
    sqlite3 *c = NULL;
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_open(file, &c), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(c, text, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(c);
    return n;
}

static enum rc open_it(struct store **s, const char *file, bool create,
                       bool must_be_new, struct fault *f)
{
    struct store_options o = {.url = file, .create = create,
                              .must_be_new = must_be_new, .migrate = true};
    memset(f, 0, sizeof *f);
    return store_open(s, &o, f);
}

/* A database as a program of long ago left it: the first three migrations. */
enum { OLD = 3 };
static const char *old_database(void)
{
    const char *file = fresh();
    for (size_t i = 0; i < embed_count(); i++) {
        const struct embedded *e = embed_at(i);
        if (strncmp(e->name, "sql/", 4) != 0) continue;
        long n = strtol(e->name + 4, NULL, 10);
        if (n > OLD) continue;
        sql(file, (const char *)e->at);
        sql(file, arena_printf(&test_arena, "INSERT INTO schema_version"
                               " VALUES(%ld, '%s', 0)", n, e->name + 4));
    }
    sql(file, "INSERT INTO community VALUES(7, '旧社区', 'Asia/Shanghai', 0,"
              " '', 0)");
    return file;
}

TEST(a_new_database_has_the_schema_of_this_program)
{
    struct store *s;
    struct fault f;
    struct stat st;
    int64_t applied, known;
    const char *file = fresh();
    assert_int_equal(open_it(&s, file, true, true, &f), OK);
    assert_int_equal(store_schema(s, &applied, &known, &f), OK);
    assert_int_equal(applied, known);
    assert_true(known > OLD);
    assert_string_equal(store_path(s), file);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    store_close(s);
    assert_false(is_there(beside(file, "-wal"))); /* checkpointed */
    assert_int_equal(open_it(&s, file, true, true, &f), CONFLICT);
    assert_string_equal(f.field, "db");
    assert_int_equal(open_it(&s, file, false, false, &f), OK);
    store_close(s);
    sweep(file);
}

TEST(the_planner_is_told_of_every_index)
{
    struct store *s;
    struct fault f;
    const char *file = fresh();
    assert_int_equal(open_it(&s, file, true, true, &f), OK);
    store_close(s);
    assert_int_equal(number(file, "SELECT count(*) FROM sqlite_stat1"),
                     number(file, "SELECT count(*) FROM sqlite_schema t JOIN"
                                  " pragma_index_list(t.name) WHERE"
                                  " t.type='table' AND t.name NOT LIKE"
                                  " 'sqlite%'"));
    /* A unique index names one row. */
    assert_int_equal(number(file, "SELECT count(*) FROM sqlite_stat1 WHERE"
                                  " idx IN ('report_uuid', 'person',"
                                  " 'place_code') AND stat LIKE '% 1'"), 3);
    sweep(file);
}

TEST(a_database_that_is_not_there_is_not_made_by_looking)
{
    struct store *s;
    struct fault f;
    const char *file = fresh();
    assert_int_equal(open_it(&s, file, false, false, &f), NOT_FOUND);
    assert_string_equal(f.field, "db");
    assert_null(s);
    assert_false(is_there(file));
    file = "/nowhere/at/all.db";
    assert_int_equal(open_it(&s, file, true, false, &f), FAILED);
    assert_string_equal(f.field, "db");
}

TEST(a_file_that_is_no_database_is_refused)
{
    struct store *s;
    struct fault f;
    const char *file = fresh();
    FILE *out = fopen(file, "wb");
    for (int i = 0; i < 1000; i++) fputs("not a database ", out);
    fclose(out);
    assert_int_equal(open_it(&s, file, true, false, &f), FAILED);
    assert_null(s);
    sweep(file);
}

TEST(a_schema_from_the_future_is_refused)
{
    struct store *s;
    struct fault f;
    const char *file = fresh();
    assert_int_equal(open_it(&s, file, true, true, &f), OK);
    store_close(s);
    sql(file, "INSERT INTO schema_version VALUES(9999, 'later', 0)");
    assert_int_equal(open_it(&s, file, false, false, &f), INVALID);
    assert_string_equal(f.field, "db");
    sweep(file);
}

TEST(an_old_database_is_copied_and_then_brought_up)
{
    struct store *s;
    struct fault f;
    int64_t applied, known;
    const char *file = old_database();
    assert_int_equal(open_it(&s, file, false, false, &f), OK);
    assert_int_equal(store_schema(s, &applied, &known, &f), OK);
    assert_int_equal(applied, known);
    store_close(s);
    const char *copy = beside(file, arena_printf(&test_arena, ".before-%04d",
                                                 (int)known));
    assert_true(is_there(copy));
    assert_int_equal(number(copy, "SELECT max(version) FROM schema_version"),
                     OLD);
    assert_int_equal(number(copy, "SELECT count(*) FROM community"), 1);
    assert_int_equal(number(file, "SELECT count(*) FROM community"), 1);
    assert_int_equal(number(file, "SELECT count(*) FROM account"), 0);
    sweep(copy);
    sweep(file);
}

TEST(a_migration_that_fails_leaves_the_database_as_it_was)
{
    struct store *s;
    struct fault f;
    const char *file = old_database();
    sql(file, "CREATE TABLE session(x INTEGER)"); /* in the way of 0004 */
    assert_int_not_equal(open_it(&s, file, false, false, &f), OK);
    assert_null(s);
    assert_int_equal(number(file, "SELECT max(version) FROM schema_version"),
                     OLD);
    assert_int_equal(number(file, "SELECT count(*) FROM sqlite_schema"
                                  " WHERE name='account'"), 0);
    assert_int_equal(number(file, "SELECT count(*) FROM community"), 1);
    sweep(file);
    char *rest = arena_printf(&test_arena, "rm -f '%s'.before-*", file);
    assert_int_equal(system(rest), 0);
}

/* ---- copies ---- */


static enum rc touch(struct work *w, void *arg)
{
    (void)arg;
    return ledger_add(w, "test.touched", 1);
}

static void touch_often(struct desk *d)
{
    struct work *w = &d->work;
    for (int i = 0; i < 50; i++) assert_rc(OK, desk_write(d, touch, NULL));
}

DESK_TEST(a_copy_is_whole_and_is_never_written_over)
{
    const char *to = fresh();
    struct fault f;
    touch_often(d);
    if (!store_is_sqlite(d->store)) {
        assert_int_equal(store_backup(d->store, to, &f), INVALID);
        return;
    }
    assert_true(desk_begin(w)); /* others go on meanwhile */
    enum rc rc = ledger_add(w, "test.touched", 2);
    enum rc copied = store_backup(d->store, to, &f);
    assert_rc(OK, desk_end(w, rc));
    assert_int_equal(copied, OK);
    assert_int_equal(number(to, "SELECT count(*) FROM ledger_entry"
                                " WHERE kind='test.touched'"), 50);
    assert_int_equal(number(to, "SELECT count(*) FROM person"),
                     2 * TOWN_PEOPLE);
    assert_int_equal(store_backup(d->store, to, &f), CONFLICT);
    assert_string_equal(f.field, "out");
    sweep(to);
}
