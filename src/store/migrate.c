/* migrate.c - the schema, brought up to what this program knows.
 *
 * Migrations are src/<room>/sql/NNNN_thing.sql, embedded, applied in the order
 * of their numbers in one transaction; a file of SQLite that holds anything is
 * copied to FILE.before-NNNN first.  A number above ours is a schema from the
 * future: refused.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/log.h"
#include "store/inside.h"

/* The number of "sql/0012_thing.sql", 0 if it is no migration. */
static int64_t number_of(const struct embedded *e)
{
    if (strncmp(e->name, "sql/", 4) != 0) return 0;
    return strtol(e->name + 4, NULL, 10);
}

static int64_t newest_known(void)
{
    int64_t n = 0;
    for (size_t i = 0; i < embed_count(); i++)
        if (number_of(embed_at(i)) > n) n = number_of(embed_at(i));
    return n;
}

/* Is there a table schema_version at all?  0 when the database is new. */
static enum rc newest_applied(struct work *w, int64_t *out)
{
    int64_t there = 0;
    *out = 0;
    enum rc rc = store_is_sqlite(w->store)
        ? db_city_int(w, &there, "SELECT count(*) FROM sqlite_schema"
                                 " WHERE name=$1", "schema_version")
        : db_city_int(w, &there, "SELECT count(*) FROM pg_tables"
                                 " WHERE tablename=$1 AND schemaname ="
                                 " current_schema()", "schema_version");
    if (rc || !there) return rc;
    rc = db_city_int(w, out, "SELECT max(version) FROM schema_version"
                             " WHERE version>$1", 0);
    return rc == NOT_FOUND ? OK : rc;
}

/* A work outside the writer's queue, on a connection of our own. */
struct bare {
    struct arena arena;
    struct work work;
};

static void bare_init(struct bare *b, struct store *s, struct db *db)
{
    arena_init(&b->arena, ARENA_MAX);
    work_init(&b->work, s, &b->arena, (struct community_id){0});
    b->work.db = db;
}

enum rc store_versions(struct db *db, int64_t *applied, int64_t *known,
                       struct fault *f)
{
    struct bare b;
    bare_init(&b, db->store, db);
    *known = newest_known();
    enum rc rc = newest_applied(&b.work, applied);
    *f = b.work.fault;
    arena_release(&b.arena);
    return rc;
}

enum rc store_schema(struct store *s, int64_t *applied, int64_t *known,
                     struct fault *f)
{
    return store_versions(s->writer_db, applied, known, f);
}

static enum rc apply_one(struct work *w, const struct embedded *e)
{
    enum rc rc = w->db->engine->script(w->db, e->at, &w->fault);
    if (rc) {
        log_error("migration-failed", "file=%s", e->name);
        return rc;
    }
    return db_city_exec(w, "INSERT INTO schema_version(version, name, at)"
                           " VALUES($1, $2, $3)",
                        number_of(e), e->name + 4, instant_wall().ms);
}

/* Names sort by number: four digits each. */
static enum rc apply_all(struct work *w, int64_t applied)
{
    enum rc rc = OK;
    for (size_t i = 0; !rc && i < embed_count(); i++)
        if (number_of(embed_at(i)) > applied) rc = apply_one(w, embed_at(i));
    return rc;
}

static enum rc keep_copy(struct store *s, int64_t applied, struct fault *f)
{
    if (!applied || s->temporary || !store_is_sqlite(s)) return OK;
    char to[4096];
    snprintf(to, sizeof to, "%s.before-%04lld", s->where,
             (long long)newest_known());
    return store_backup(s, to, f);
}

/* Without statistics SQLite may walk a whole community along the primary key
 * although an index knows the row, so each index is told what a full
 * community looks like: 100,000 rows, few of each value.  Plans then do not
 * depend on when somebody last ran ANALYZE. */
static enum rc state_sizes(struct store *s, struct db *db, struct fault *f)
{
    if (!store_is_sqlite(s)) return OK;
    return db->engine->script(db,
        "ANALYZE schema_version; DELETE FROM sqlite_stat1;"
        "INSERT INTO sqlite_stat1(tbl, idx, stat) SELECT m.name,"
        " CASE WHEN l.origin='pk' THEN m.name ELSE l.name END,"
        " '100000' || (SELECT group_concat(CASE WHEN i.seqno=(SELECT"
        " max(seqno) FROM pragma_index_info(l.name))"
        " THEN CASE WHEN l.\"unique\" THEN ' 1' ELSE ' 10' END"
        " WHEN i.seqno=0 THEN ' 100000' ELSE ' 300' END, '')"
        " FROM pragma_index_info(l.name) i)"
        " FROM sqlite_schema m JOIN pragma_index_list(m.name) l"
        " WHERE m.type='table'; ANALYZE sqlite_schema", f);
}

enum rc store_migrate(struct store *s, struct db *db, struct fault *f)
{
    struct bare b;
    int64_t applied, known;
    enum rc rc = store_versions(db, &applied, &known, f);
    if (rc) return rc;
    if (applied > known)
        return fault_set(f, INVALID, "db",
                         "this database was made by a newer program");
    if (applied == known) return OK;
    rc = keep_copy(s, applied, f);
    if (!rc) rc = db->engine->control(db, DB_BEGIN_WRITE, f);
    if (rc) return rc;
    bare_init(&b, s, db);
    rc = apply_all(&b.work, applied);
    *f = b.work.fault;
    arena_release(&b.arena);
    if (!rc) rc = state_sizes(s, db, f);
    if (!rc) rc = db->engine->control(db, DB_COMMIT, f);
    struct fault late;
    if (rc) (void)!db->engine->control(db, DB_ROLLBACK, &late);
    else if (applied)
        log_info("migrated", "from=%lld to=%lld", (long long)applied,
                 (long long)known);
    db_discard_all(db); /* plans made before the tables changed */
    return rc;
}

/* SQLite's own online backup, a hundred pages at a time. */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    if (!b) return sqlite3_errcode(to);
    int code;
    do {
        code = sqlite3_backup_step(b, 100);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) sqlite3_sleep(10);
    } while (code == SQLITE_OK || code == SQLITE_BUSY ||
             code == SQLITE_LOCKED);
    sqlite3_backup_finish(b);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

enum rc store_backup(struct store *s, const char *to, struct fault *f)
{
    if (!store_is_sqlite(s))
        return fault_set(f, INVALID, "db",
                         "use pg_dump to copy a PostgreSQL database");
    /* As the database itself: for its owner alone. */
    int made = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0)
        return fault_set(f, CONFLICT, "out",
                         "%s is there already or cannot be made", to);
    close(made);
    sqlite3 *from = NULL, *copy = NULL;
    int code = sqlite3_open_v2(s->where, &from, SQLITE_OPEN_READONLY, NULL);
    if (!code)
        code = sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE, NULL);
    if (!code) {
        sqlite3_busy_timeout(from, 5000);
        code = copy_pages(from, copy);
    }
    sqlite3_close(copy);
    sqlite3_close(from);
    if (!code) return OK;
    remove(to);
    return fault_set(f, code == SQLITE_FULL ? BUSY : FAILED, "out",
                     "the copy failed: %s", sqlite3_errstr(code));
}
