/* engine.h - what a database engine must do for store/; nobody else sees it.
 *
 * A connection is used by one thread at a time.  Statements are kept
 * prepared, found by their text, and given back by finish() before the same
 * text runs again.  SQL is the common subset of SQLite 3.40 and PostgreSQL 15
 * with $1, $2 …; SQLite numbers $n by first appearance, so it binds by name.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

enum db_control { DB_BEGIN_WRITE, DB_BEGIN_READ, DB_SAVEPOINT, DB_RELEASE,
                  DB_ROLLBACK_TO, DB_COMMIT, DB_ROLLBACK };

enum { DB_COLUMNS_MAX = 64, DB_STATEMENTS_MAX = 256 };

/* A prepared statement and where a shape's members lie in its rows. */
struct statement {
    char *sql;
    uint64_t hash;
    void *handle;              /* sqlite3_stmt or PostgreSQL's name */
    const struct shape *shape; /* the one that map is for */
    int16_t map[DB_COLUMNS_MAX]; /* column -> field, -1 none */
    int columns;
    uint8_t args;              /* parameters, and which $n each stands for */
    uint8_t arg[32];
    struct statement *next;    /* same bucket */
};

struct engine {
    const char *name;
    enum rc (*open)(struct db *db, const char *where, bool write, bool create,
                    struct fault *f);
    void (*close)(struct db *db);
    enum rc (*control)(struct db *db, enum db_control c, struct fault *f);
    enum rc (*prepare)(struct db *db, struct statement *st,
                       const struct db_arg *args, size_t n, struct fault *f);
    void (*discard)(struct db *db, struct statement *st);
    /* Bind and run to the first row: *row says whether there is one. */
    enum rc (*start)(struct db *db, struct statement *st,
                     const struct db_arg *args, size_t n, bool *row,
                     struct fault *f);
    enum rc (*step)(struct db *db, struct statement *st, bool *row,
                    struct fault *f);
    void (*finish)(struct db *db, struct statement *st);
    int (*columns)(struct db *db, struct statement *st);
    const char *(*column_name)(struct db *db, struct statement *st, int i);
    bool (*is_null)(struct db *db, struct statement *st, int i);
    int64_t (*get_int)(struct db *db, struct statement *st, int i);
    double (*get_real)(struct db *db, struct statement *st, int i);
    /* Valid until the next step; bytes for blobs. */
    const void *(*get_text)(struct db *db, struct statement *st, int i,
                            size_t *n);
    const void *(*get_blob)(struct db *db, struct statement *st, int i,
                            size_t *n);
    int64_t (*changes)(struct db *db);
    /* Several statements without arguments: migrations. */
    enum rc (*script)(struct db *db, const char *sql, struct fault *f);
};

enum { DB_BUCKETS = 64 };

struct db {
    const struct engine *engine;
    struct store *store;
    void *handle;                        /* sqlite3 or PGconn */
    void *result;                        /* PGresult being read */
    int at_row;                          /* of result */
    int64_t changed;                     /* rows, by the last statement */
    int64_t changed_ever;                /* rows, by all of this connection */
    char *held;                          /* controls to send with the next */
    void *controls[DB_ROLLBACK + 1];     /* prepared: SQLite */
    bool in_savepoint;
    struct statement *buckets[DB_BUCKETS];
    size_t statements;
    struct db *next_free;                /* readers' pool */
};

extern const struct engine sqlite_engine, pg_engine;

/* True once, on the nth `what` since store_trouble(). */
bool store_trouble_now(struct store *s, enum trouble what);
void store_note_statement(struct store *s, const char *sql);
void store_note_run(struct store *s, const char *sql,
                    const struct db_arg *args, size_t n);
void db_discard_all(struct db *db);

/* Makes migrations' SQL PostgreSQL's; the result is malloc'ed. */
char *pg_dialect(const char *sql);
/* Applies what is missing, in one transaction, after a backup (SQLite). */
enum rc store_migrate(struct store *s, struct db *db, struct fault *f);
enum rc store_versions(struct db *db, int64_t *applied, int64_t *known,
                       struct fault *f);
