/* pg.c - the city's engine: PostgreSQL by libpq.  See engine.h.
 *
 * Arguments go as text (bytes as binary) with their types stated, so that a
 * statement is prepared once; results come in binary.  BEGIN, SAVEPOINT and
 * RELEASE are held back and sent with whatever is next, one round trip less
 * each; COMMIT and ROLLBACK are always sent and answered.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <endian.h>
#include <libpq-fe.h>

#include "base/buf.h"
#include "store/engine.h"

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21,
       OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701,
       HELD_MAX = 4096 /* a full batch of units that ran nothing fits */ };

static PGconn *connection(struct db *db) { return db->handle; }

static enum rc failed(struct db *db, PGresult *r, struct fault *f)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    enum rc rc;
    if (!state || PQstatus(connection(db)) != CONNECTION_OK)
        rc = fault_set(f, BUSY, "", "the database is away: %s",
                       PQerrorMessage(connection(db)));
    else if (strncmp(state, "23", 2) == 0)
        rc = fault_set(f, CONFLICT, "",
                       "this is there already, or is still needed");
    else if (strncmp(state, "40", 2) == 0 || strncmp(state, "55", 2) == 0)
        rc = fault_set(f, BUSY, "", "the database is busy");
    else if (strcmp(state, "53100") == 0)
        rc = fault_set(f, BUSY, "", "the disk is full");
    else if (strncmp(state, "25", 2) == 0)
        rc = fault_set(f, FAILED, "", "the database cannot be written");
    else
        rc = fault_set(f, FAILED, "", "the database failed: %s",
                       PQresultErrorMessage(r));
    PQclear(r);
    return rc;
}

static enum rc plain(struct db *db, const char *sql, struct fault *f)
{
    PGresult *r = PQexec(connection(db), sql);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
        return failed(db, r, f);
    /* COMMIT of a transaction that had failed says ROLLBACK. */
    bool undone = strstr(sql, "COMMIT") &&
                  strcmp(PQcmdStatus(r), "COMMIT") != 0;
    PQclear(r);
    return undone ? fault_set(f, BUSY, "", "the database is busy") : OK;
}

static enum rc send_held(struct db *db, struct fault *f)
{
    if (!db->held[0]) return OK;
    char sql[HELD_MAX];
    snprintf(sql, sizeof sql, "%s", db->held);
    db->held[0] = '\0';
    return plain(db, sql, f);
}

static void hold(struct db *db, const char *sql)
{
    size_t n = strlen(db->held);
    int more = snprintf(db->held + n, HELD_MAX - n, "%s;", sql);
    assert(more > 0 && (size_t)more < HELD_MAX - n);
}

static enum rc set_up(struct db *db, struct fault *f)
{
    return plain(db, "SET client_encoding='UTF8'; SET timezone='UTC';"
                     "SET statement_timeout='30s'", f);
}

/* A server that went away and came back: the next transaction finds it. */
static enum rc reconnect(struct db *db, struct fault *f)
{
    if (PQstatus(connection(db)) == CONNECTION_OK) return OK;
    PQreset(connection(db));
    if (PQstatus(connection(db)) != CONNECTION_OK)
        return failed(db, NULL, f);
    db_discard_all(db); /* prepared statements went with the server */
    return set_up(db, f);
}

static enum rc control(struct db *db, enum db_control c, struct fault *f)
{
    enum rc rc;
    switch (c) {
    case DB_BEGIN_WRITE:
        db->held[0] = '\0';
        rc = reconnect(db, f);
        if (rc) return rc;
        hold(db, "BEGIN");
        return OK;
    case DB_BEGIN_READ:
        db->held[0] = '\0';
        rc = reconnect(db, f);
        if (rc) return rc;
        hold(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        return OK;
    case DB_SAVEPOINT:
        hold(db, "SAVEPOINT unit");
        return OK;
    case DB_RELEASE:
        hold(db, "RELEASE unit");
        return OK;
    case DB_ROLLBACK_TO:
        rc = send_held(db, f);
        return rc ? rc : plain(db, "ROLLBACK TO unit; RELEASE unit", f);
    case DB_COMMIT:
        hold(db, "COMMIT");
        return send_held(db, f);
    case DB_ROLLBACK:
        db->held[0] = '\0';
        return plain(db, "ROLLBACK", f);
    }
    return OK;
}

static void ignore_notice(void *ctx, const PGresult *r)
{
    (void)ctx;
    (void)r;
}

static enum rc open(struct db *db, const char *where, bool write, bool create,
                    struct fault *f)
{
    (void)write;
    (void)create;
    db->held = calloc(1, HELD_MAX);
    db->handle = PQconnectdb(where);
    if (PQstatus(connection(db)) != CONNECTION_OK)
        return failed(db, NULL, f);
    PQsetNoticeReceiver(connection(db), ignore_notice, NULL);
    return set_up(db, f);
}

static void close_connection(struct db *db)
{
    db_discard_all(db);
    PQfinish(connection(db));
    free(db->held);
    db->handle = NULL;
    db->held = NULL;
}

static enum rc prepare(struct db *db, struct statement *st,
                       const struct db_arg *args, size_t n, struct fault *f)
{
    static const Oid oids[] = {[DB_INT] = OID_INT8, [DB_REAL] = OID_FLOAT8,
                               [DB_TEXT] = OID_TEXT, [DB_BLOB] = OID_BYTEA};
    Oid types[32];
    assert(n <= COUNT_OF(types));
    for (size_t i = 0; i < n; i++) types[i] = oids[args[i].type];
    char name[24];
    snprintf(name, sizeof name, "s%016llx", (unsigned long long)st->hash);
    PGresult *r = PQprepare(connection(db), name, st->sql, (int)n, types);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) return failed(db, r, f);
    PQclear(r);
    st->handle = strdup(name);
    return OK;
}

static void discard(struct db *db, struct statement *st)
{
    char sql[64];
    if (PQstatus(connection(db)) == CONNECTION_OK) {
        snprintf(sql, sizeof sql, "DEALLOCATE %s", (const char *)st->handle);
        PQclear(PQexec(connection(db), sql));
    }
    free(st->handle);
}

/* Text forms of the arguments live in `digits` while the call lasts. */
static void bind_all(const struct db_arg *args, size_t n,
                     const char *values[32], int lengths[32], int formats[32],
                     char digits[32][32])
{
    for (size_t i = 0; i < n; i++) {
        values[i] = NULL;
        formats[i] = args[i].type == DB_BLOB;
        lengths[i] = (int)args[i].n;
        if (args[i].type == DB_INT && args[i].i != NONE) {
            snprintf(digits[i], 32, "%lld", (long long)args[i].i);
            values[i] = digits[i];
        } else if (args[i].type == DB_REAL) {
            snprintf(digits[i], 32, "%.17g", args[i].r);
            values[i] = digits[i];
        } else if (args[i].type == DB_TEXT || args[i].type == DB_BLOB) {
            values[i] = args[i].p;
        }
    }
}

static enum rc start(struct db *db, struct statement *st,
                     const struct db_arg *args, size_t n, bool *row,
                     struct fault *f)
{
    const char *values[32];
    int lengths[32], formats[32];
    char digits[32][32];
    assert(n <= 32);
    bind_all(args, n, values, lengths, formats, digits);
    PGresult *r = PQexecPrepared(connection(db), st->handle, (int)n, values,
                                 lengths, formats, 1);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK)
        return failed(db, r, f);
    db->result = r;
    db->at_row = 0;
    db->changed = strtol(PQcmdTuples(r), NULL, 10);
    *row = PQntuples(r) > 0;
    return OK;
}

static enum rc step(struct db *db, struct statement *st, bool *row,
                    struct fault *f)
{
    (void)st;
    (void)f;
    db->at_row++;
    *row = db->at_row < PQntuples(db->result);
    return OK;
}

static void finish(struct db *db, struct statement *st)
{
    (void)st;
    PQclear(db->result);
    db->result = NULL;
}

static int columns(struct db *db, struct statement *st)
{
    (void)st;
    return PQnfields(db->result);
}

static const char *column_name(struct db *db, struct statement *st, int i)
{
    (void)st;
    return PQfname(db->result, i);
}

static bool is_null(struct db *db, struct statement *st, int i)
{
    (void)st;
    return PQgetisnull(db->result, db->at_row, i);
}

static int64_t get_int(struct db *db, struct statement *st, int i)
{
    (void)st;
    if (PQgetisnull(db->result, db->at_row, i)) return 0;
    const char *p = PQgetvalue(db->result, db->at_row, i);
    uint64_t u8;
    uint32_t u4;
    uint16_t u2;
    switch (PQftype(db->result, i)) {
    case OID_INT8:
        memcpy(&u8, p, 8);
        return (int64_t)be64toh(u8);
    case OID_INT4:
        memcpy(&u4, p, 4);
        return (int32_t)be32toh(u4);
    case OID_INT2:
        memcpy(&u2, p, 2);
        return (int16_t)be16toh(u2);
    case OID_BOOL:
        return *p;
    default:
        abort(); /* a whole number was wanted: cast in the statement */
    }
}

static double get_real(struct db *db, struct statement *st, int i)
{
    (void)st;
    if (PQftype(db->result, i) != OID_FLOAT8)
        return (double)get_int(db, st, i);
    uint64_t u;
    memcpy(&u, PQgetvalue(db->result, db->at_row, i), 8);
    u = be64toh(u);
    double d;
    memcpy(&d, &u, 8);
    return d;
}

static const void *get_text(struct db *db, struct statement *st, int i,
                            size_t *n)
{
    (void)st;
    if (PQgetisnull(db->result, db->at_row, i)) return NULL;
    *n = (size_t)PQgetlength(db->result, db->at_row, i);
    return PQgetvalue(db->result, db->at_row, i);
}

static int64_t changes(struct db *db) { return db->changed; }

static enum rc script(struct db *db, const char *sql, struct fault *f)
{
    enum rc rc = send_held(db, f);
    if (rc) return rc;
    char *own = pg_dialect(sql);
    rc = plain(db, own, f);
    free(own);
    return rc;
}

/* Held controls go first; an error there is the statement's. */
static enum rc start_held(struct db *db, struct statement *st,
                          const struct db_arg *args, size_t n, bool *row,
                          struct fault *f)
{
    enum rc rc = send_held(db, f);
    return rc ? rc : start(db, st, args, n, row, f);
}

static enum rc prepare_held(struct db *db, struct statement *st,
                            const struct db_arg *args, size_t n,
                            struct fault *f)
{
    enum rc rc = send_held(db, f);
    return rc ? rc : prepare(db, st, args, n, f);
}

const struct engine pg_engine = {
    "postgres", open, close_connection, control, prepare_held, discard,
    start_held, step, finish, columns, column_name, is_null, get_int,
    get_real, get_text, get_text, changes, script,
};

/* The words of SQLite's strict types that PostgreSQL writes otherwise. */
char *pg_dialect(const char *sql)
{
    static const struct { const char *ours, *theirs; } words[] = {
        {"INTEGER", "BIGINT"}, {"BLOB", "BYTEA"},
        {"REAL", "DOUBLE PRECISION"}, {"STRICT, WITHOUT ROWID", ""},
        {"STRICT", ""},
    };
    struct buf b;
    buf_init(&b, (size_t)4 << 20);
    while (*sql) {
        size_t i = 0;
        size_t n = 0;
        for (; i < COUNT_OF(words); i++) {
            n = strlen(words[i].ours);
            if (strncmp(sql, words[i].ours, n) == 0) break;
        }
        if (i < COUNT_OF(words)) {
            buf_puts(&b, words[i].theirs);
            sql += n;
        } else {
            buf_putc(&b, *sql++);
        }
    }
    assert(buf_ok(&b));
    return buf_take(&b, NULL);
}
