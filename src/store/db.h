/* db.h - SQL in rooms: written out in full, always bound, always scoped.
 *
 *     rc = db_exec(w, "UPDATE task SET state=$3"
 *                     " WHERE community=$1 AND id=$2 AND state=$4",
 *                  t->id.v, to, from);
 *     if (rc) return rc;
 *     if (db_changes(w) == 0) ...somebody was faster
 *
 * $1 is always the community and bound by the call; arguments count from $2.
 * They are typed: whole numbers (bool and enum too), const char *, double,
 * db_blob(p, n); NONE and a NULL text are SQL's NULL; a struct does not
 * compile.  db_city_* bind nothing by themselves ($1 is the first argument):
 * for the directory and overviews, listed in tools/citywide.txt.
 *
 * Results: text and bytes are copied into w->arena.  Rows are matched with
 * shapes by column name; columns the shape lacks are ignored, members without
 * a column stay absent.  A caller never sees a statement.
 *
 * Errors of all: CONFLICT when a unique index says no, BUSY when the engine
 * is locked or full, FAILED otherwise, with the fault filled in.  db_one and
 * the scalars say NOT_FOUND without touching out.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/shape.h"
#include "store/work.h"

struct db_arg {
    enum { DB_INT, DB_REAL, DB_TEXT, DB_BLOB } type;
    union {
        int64_t i;
        double r;
        const void *p;
    };
    size_t n; /* bytes of text or blob */
};

static inline struct db_arg db_arg_int(int64_t i)
{
    return (struct db_arg){.type = DB_INT, .i = i};
}
static inline struct db_arg db_arg_real(double r)
{
    return (struct db_arg){.type = DB_REAL, .r = r};
}
struct db_arg db_arg_text(const char *s);
static inline struct db_arg db_blob(const void *p, size_t n)
{
    return (struct db_arg){.type = DB_BLOB, .p = p, .n = n};
}
static inline struct db_arg db_arg_same(struct db_arg a) { return a; }

#define DB_ARG(x)                                                        \
    _Generic((x), bool: db_arg_int, char: db_arg_int, int: db_arg_int,   \
        unsigned: db_arg_int, long: db_arg_int, long long: db_arg_int,   \
        double: db_arg_real, char *: db_arg_text,                        \
        const char *: db_arg_text, struct db_arg: db_arg_same)(x)

/* DB_PACK(sql, a, b) is an array of db_arg and its length; 24 at most. */
#define DB_E1(a) DB_ARG(a)
#define DB_E2(a, ...) DB_ARG(a), DB_E1(__VA_ARGS__)
#define DB_E3(a, ...) DB_ARG(a), DB_E2(__VA_ARGS__)
#define DB_E4(a, ...) DB_ARG(a), DB_E3(__VA_ARGS__)
#define DB_E5(a, ...) DB_ARG(a), DB_E4(__VA_ARGS__)
#define DB_E6(a, ...) DB_ARG(a), DB_E5(__VA_ARGS__)
#define DB_E7(a, ...) DB_ARG(a), DB_E6(__VA_ARGS__)
#define DB_E8(a, ...) DB_ARG(a), DB_E7(__VA_ARGS__)
#define DB_E9(a, ...) DB_ARG(a), DB_E8(__VA_ARGS__)
#define DB_E10(a, ...) DB_ARG(a), DB_E9(__VA_ARGS__)
#define DB_E11(a, ...) DB_ARG(a), DB_E10(__VA_ARGS__)
#define DB_E12(a, ...) DB_ARG(a), DB_E11(__VA_ARGS__)
#define DB_E13(a, ...) DB_ARG(a), DB_E12(__VA_ARGS__)
#define DB_E14(a, ...) DB_ARG(a), DB_E13(__VA_ARGS__)
#define DB_E15(a, ...) DB_ARG(a), DB_E14(__VA_ARGS__)
#define DB_E16(a, ...) DB_ARG(a), DB_E15(__VA_ARGS__)
#define DB_E17(a, ...) DB_ARG(a), DB_E16(__VA_ARGS__)
#define DB_E18(a, ...) DB_ARG(a), DB_E17(__VA_ARGS__)
#define DB_E19(a, ...) DB_ARG(a), DB_E18(__VA_ARGS__)
#define DB_E20(a, ...) DB_ARG(a), DB_E19(__VA_ARGS__)
#define DB_PICK(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, \
                name, ...) name
#define DB_PACK(...)                                                        \
    (const struct db_arg[]){DB_PICK(                                        \
        __VA_ARGS__, DB_E20, DB_E19, DB_E18, DB_E17, DB_E16, DB_E15,        \
        DB_E14, DB_E13, DB_E12, DB_E11, DB_E10, DB_E9, DB_E8, DB_E7, DB_E6, \
        DB_E5, DB_E4, DB_E3, DB_E2, DB_E1, )(__VA_ARGS__)},                 \
        DB_PICK(__VA_ARGS__, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, \
                8, 7, 6, 5, 4, 3, 2, 1, )

/* A call: SQL and its arguments; `city` binds no community. */
struct db_call {
    const struct db_arg *args; /* args[0] is the SQL */
    size_t n;
    bool city;
};
#define DB_CALL(is_city, ...) \
    (struct db_call) { DB_PACK(__VA_ARGS__), is_city }

enum rc db_exec_call(struct work *w, struct db_call c) MUST_USE;
enum rc db_one_call(struct work *w, const struct shape *s, void *out,
                    struct db_call c) MUST_USE;
enum rc db_all_call(struct work *w, const struct shape *s, void **items,
                    size_t *n, struct db_call c) MUST_USE;
enum rc db_int_call(struct work *w, int64_t *out, struct db_call c) MUST_USE;
enum rc db_text_call(struct work *w, const char **out, struct db_call c)
    MUST_USE;
enum rc db_bytes_call(struct work *w, struct bytes *out, struct db_call c)
    MUST_USE;
typedef enum rc db_row_fn(struct work *w, void *row, void *ctx);
enum rc db_each_call(struct work *w, const struct shape *s, db_row_fn *each,
                     void *ctx, struct db_call c) MUST_USE;

#define db_exec(w, ...) db_exec_call((w), DB_CALL(false, __VA_ARGS__))
#define db_one(w, s, out, ...) \
    db_one_call((w), (s), (out), DB_CALL(false, __VA_ARGS__))
/* All rows as one array in the arena (*items NULL when there are none). */
#define db_all(w, s, items, n, ...)                  \
    db_all_call((w), (s), (void **)(items), (n),     \
                DB_CALL(false, __VA_ARGS__))
/* Row by row; what a row's members point to dies with the next row. */
#define db_each(w, s, fn, ctx, ...) \
    db_each_call((w), (s), (fn), (ctx), DB_CALL(false, __VA_ARGS__))
#define db_int(w, out, ...) \
    db_int_call((w), (out), DB_CALL(false, __VA_ARGS__))
#define db_text(w, out, ...) \
    db_text_call((w), (out), DB_CALL(false, __VA_ARGS__))
#define db_bytes(w, out, ...) \
    db_bytes_call((w), (out), DB_CALL(false, __VA_ARGS__))

#define db_city_exec(w, ...) db_exec_call((w), DB_CALL(true, __VA_ARGS__))
#define db_city_one(w, s, out, ...) \
    db_one_call((w), (s), (out), DB_CALL(true, __VA_ARGS__))
#define db_city_all(w, s, items, n, ...)          \
    db_all_call((w), (s), (void **)(items), (n),  \
                DB_CALL(true, __VA_ARGS__))
#define db_city_int(w, out, ...) \
    db_int_call((w), (out), DB_CALL(true, __VA_ARGS__))

/* Rows changed by the last db_exec of this work. */
int64_t db_changes(const struct work *w);

/* A list with filters: the only composed SQL.  Fragments are constants; "$?"
 * in one stands for its own argument.
 *
 *     struct db_list q = db_list_from("SELECT id, name FROM person"
 *                                     " WHERE community=$1");
 *     if (building) db_list_and(&q, " AND building=$?", building);
 *     db_list_and(&q, " AND id>$?", after);
 *     db_list_and(&q, " ORDER BY id LIMIT $?", limit);
 *     rc = db_list_all(w, &person_shape, &items, &n, &q);
 */
enum { DB_LIST_PARTS_MAX = 12 };
struct db_list {
    const char *part[DB_LIST_PARTS_MAX];
    struct db_arg arg[DB_LIST_PARTS_MAX];
    size_t n;
};
struct db_list db_list_from(const char *sql);
void db_list_add(struct db_list *q, const char *fragment, struct db_arg arg);
#define db_list_and(q, fragment, x) \
    db_list_add((q), ("" fragment), DB_ARG(x))
/* A fragment without an argument. */
#define db_list_plain(q, fragment) \
    db_list_add((q), ("" fragment), db_arg_int(NONE))
enum rc db_list_all_rows(struct work *w, const struct shape *s, void **items,
                         size_t *n, const struct db_list *q) MUST_USE;
#define db_list_all(w, s, items, n, q) \
    db_list_all_rows((w), (s), (void **)(items), (n), (q))
/* Rows of the list, counting no further than DB_COUNT_MAX + 1. */
enum { DB_COUNT_MAX = 10000 };
enum rc db_list_count(struct work *w, int64_t *out, const struct db_list *q)
    MUST_USE;
/* A statement composed of constants that returns nothing. */
enum rc db_list_exec(struct work *w, const struct db_list *q) MUST_USE;
