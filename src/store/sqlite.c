/* sqlite.c - the embedded engine.  See engine.h; figures in docs/stack.md. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sqlite3.h>

#include "store/engine.h"

static sqlite3 *connection(struct db *db) { return db->handle; }

/* Our code for SQLite's; the fault carries SQLite's words for the log. */
static enum rc failed(struct db *db, int code, struct fault *f)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return fault_set(f, CONFLICT, "", "this is there already, or is "
                                          "still needed");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fault_set(f, BUSY, "", "the database is busy");
    case SQLITE_FULL:
        return fault_set(f, BUSY, "", "the disk is full");
    case SQLITE_READONLY:
        return fault_set(f, FAILED, "", "the database cannot be written");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fault_set(f, FAILED, "", "the database file is damaged");
    default:
        return fault_set(f, code == SQLITE_IOERR ? BUSY : FAILED, "",
                         "the database failed: %s",
                         db->handle ? sqlite3_errmsg(connection(db))
                                    : sqlite3_errstr(code));
    }
}

static enum rc script(struct db *db, const char *sql, struct fault *f)
{
    int code = sqlite3_exec(connection(db), sql, NULL, NULL, NULL);
    return code ? failed(db, code, f) : OK;
}

/* One writer with the large cache; readers see only committed state. */
static const char *pragmas(bool write)
{
    return write ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                   "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
                   "PRAGMA cache_size=-16384; PRAGMA mmap_size=0;"
                   "PRAGMA case_sensitive_like=ON;"
                   "PRAGMA wal_autocheckpoint=4000;"
                   "PRAGMA journal_size_limit=67108864;"
                   "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY"
                 : "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;"
                   "PRAGMA cache_size=-4096; PRAGMA mmap_size=0;"
                   "PRAGMA case_sensitive_like=ON;"
                   "PRAGMA temp_store=MEMORY";
}

static enum rc open(struct db *db, const char *where, bool write, bool create,
                    struct fault *f)
{
    sqlite3 *c = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_URI | (create ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(where, &c, flags, NULL);
    db->handle = c;
    if (code) return failed(db, code, f);
    sqlite3_extended_result_codes(c, 0);
    sqlite3_busy_timeout(c, 5000);
    sqlite3_limit(c, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    return script(db, pragmas(write), f);
}

static void close_connection(struct db *db)
{
    if (!db->handle) return;
    db_discard_all(db);
    for (size_t i = 0; i < COUNT_OF(db->controls); i++) {
        sqlite3_finalize(db->controls[i]);
        db->controls[i] = NULL;
    }
    sqlite3_close(connection(db));
    db->handle = NULL;
}

static enum rc control(struct db *db, enum db_control c, struct fault *f)
{
    static const char *const sql[] = {
        [DB_BEGIN_WRITE] = "BEGIN IMMEDIATE",
        [DB_BEGIN_READ] = "BEGIN",
        [DB_SAVEPOINT] = "SAVEPOINT unit",
        [DB_RELEASE] = "RELEASE unit",
        [DB_ROLLBACK_TO] = "ROLLBACK TO unit",
        [DB_COMMIT] = "COMMIT",
        [DB_ROLLBACK] = "ROLLBACK",
    };
    int code = SQLITE_OK;
    if (!db->controls[c]) {
        sqlite3_stmt *p = NULL;
        code = sqlite3_prepare_v3(connection(db), sql[c], -1,
                                  SQLITE_PREPARE_PERSISTENT, &p, NULL);
        db->controls[c] = p;
    }
    if (!code) {
        sqlite3_step(db->controls[c]);
        code = sqlite3_reset(db->controls[c]);
    }
    return code ? failed(db, code, f) : OK;
}

static enum rc prepare(struct db *db, struct statement *st,
                       const struct db_arg *args, size_t n, struct fault *f)
{
    (void)args;
    sqlite3_stmt *p = NULL;
    const char *rest = NULL;
    int code = sqlite3_prepare_v3(connection(db), st->sql, -1,
                                  SQLITE_PREPARE_PERSISTENT, &p, &rest);
    if (code) return failed(db, code, f);
    assert(p && rest && !*rest); /* one statement, nothing behind it */
    st->handle = p;
    int count = sqlite3_bind_parameter_count(p);
    assert(count <= (int)COUNT_OF(st->arg));
    st->args = (uint8_t)count;
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_bind_parameter_name(p, i + 1);
        long k = strtol(name + 1, NULL, 10);
        assert(name[0] == '$' && k >= 1 && (size_t)k <= n);
        st->arg[i] = (uint8_t)k;
    }
    return OK;
}

static void discard(struct db *db, struct statement *st)
{
    (void)db;
    sqlite3_finalize(st->handle);
}

static void bind_one(sqlite3_stmt *p, int at, const struct db_arg *a)
{
    int code = SQLITE_OK;
    switch (a->type) {
    case DB_INT:
        code = a->i == NONE ? sqlite3_bind_null(p, at)
                            : sqlite3_bind_int64(p, at, a->i);
        break;
    case DB_REAL:
        code = sqlite3_bind_double(p, at, a->r);
        break;
    case DB_TEXT:
        code = a->p ? sqlite3_bind_text(p, at, a->p, (int)a->n, SQLITE_STATIC)
                    : sqlite3_bind_null(p, at);
        break;
    case DB_BLOB:
        code = a->p ? sqlite3_bind_blob(p, at, a->p, (int)a->n, SQLITE_STATIC)
                    : sqlite3_bind_null(p, at);
        break;
    }
    assert(code == SQLITE_OK);
}

static enum rc step(struct db *db, struct statement *st, bool *row,
                    struct fault *f)
{
    int code = sqlite3_step(st->handle);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE) return OK;
    return failed(db, code, f);
}

static enum rc start(struct db *db, struct statement *st,
                     const struct db_arg *args, size_t n, bool *row,
                     struct fault *f)
{
    sqlite3_stmt *p = st->handle;
    for (int i = 0; i < st->args; i++) {
        assert(st->arg[i] <= n);
        bind_one(p, i + 1, &args[st->arg[i] - 1]);
    }
    int64_t before = sqlite3_total_changes64(connection(db));
    enum rc rc = step(db, st, row, f);
    db->changed_ever = sqlite3_total_changes64(connection(db));
    db->changed = db->changed_ever - before;
    return rc;
}

static void finish(struct db *db, struct statement *st)
{
    (void)db;
    sqlite3_reset(st->handle);
}

static int columns(struct db *db, struct statement *st)
{
    (void)db;
    return sqlite3_column_count(st->handle);
}

static const char *column_name(struct db *db, struct statement *st, int i)
{
    (void)db;
    return sqlite3_column_name(st->handle, i);
}

static bool is_null(struct db *db, struct statement *st, int i)
{
    (void)db;
    return sqlite3_column_type(st->handle, i) == SQLITE_NULL;
}

static int64_t get_int(struct db *db, struct statement *st, int i)
{
    (void)db;
    return sqlite3_column_int64(st->handle, i);
}

static double get_real(struct db *db, struct statement *st, int i)
{
    (void)db;
    return sqlite3_column_double(st->handle, i);
}

static const void *get_text(struct db *db, struct statement *st, int i,
                            size_t *n)
{
    (void)db;
    const void *p = sqlite3_column_text(st->handle, i);
    *n = (size_t)sqlite3_column_bytes(st->handle, i);
    return p;
}

static const void *get_blob(struct db *db, struct statement *st, int i,
                            size_t *n)
{
    (void)db;
    const void *p = sqlite3_column_blob(st->handle, i);
    *n = (size_t)sqlite3_column_bytes(st->handle, i);
    return p;
}

static int64_t changes(struct db *db) { return db->changed; }

const struct engine sqlite_engine = {
    "sqlite", open, close_connection, control, prepare, discard, start, step,
    finish, columns, column_name, is_null, get_int, get_real, get_text,
    get_blob, changes, script,
};
