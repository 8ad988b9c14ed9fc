/* store.c - opening, the pool of readers, clock, ids, and small change.  The
 * writer is in writer.c.  See store.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"
#include "store/keys.h"

bool store_is_sqlite(const struct store *s)
{
    return s->engine == &sqlite_engine;
}

const char *store_path(const struct store *s)
{
    return s->temporary ? "" : s->where;
}

static bool is_url(const char *s)
{
    return strncmp(s, "postgres://", 11) == 0 ||
           strncmp(s, "postgresql://", 13) == 0;
}

/* A store "in memory" is a file where files live in memory, so that it works
 * just as the real one does. */
static enum rc temporary_file(struct store *s, struct fault *f)
{
    struct stat st;
    const char *dir = stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp";
    size_t n = strlen(dir) + 32;
    s->where = malloc(n);
    assert(s->where);
    snprintf(s->where, n, "%s/renlin-XXXXXX", dir);
    int fd = mkstemp(s->where);
    if (fd < 0)
        return fault_set(f, FAILED, "", "cannot make a file in %s", dir);
    close(fd);
    s->temporary = true;
    return OK;
}

static enum rc check_file(const struct store_options *o, struct fault *f)
{
    struct stat st;
    bool there = stat(o->url, &st) == 0;
    if (there && o->must_be_new)
        return fault_set(f, CONFLICT, "db", "%s is there already", o->url);
    if (!there && !o->create)
        return fault_set(f, NOT_FOUND, "db", "%s is not there", o->url);
    if (there || !o->create) return OK;
    FILE *made = fopen(o->url, "wxb");
    if (!made)
        return fault_set(f, FAILED, "db", "cannot make %s", o->url);
    fclose(made);
    if (chmod(o->url, 0600) != 0)
        return fault_set(f, FAILED, "db", "cannot make %s", o->url);
    return OK;
}

static enum rc find_where(struct store *s, const struct store_options *o,
                          struct fault *f)
{
    if (!o->url || !o->url[0]) return temporary_file(s, f);
    s->where = strdup(o->url);
    return is_url(o->url) ? OK : check_file(o, f);
}

static struct db *db_new(struct store *s)
{
    struct db *db = calloc(1, sizeof *db);
    assert(db);
    db->engine = s->engine;
    db->store = s;
    return db;
}

static void db_free(struct db *db)
{
    if (!db) return;
    db->engine->close(db);
    free(db);
}

static void start_clock(struct store *s, const struct store_options *o)
{
    s->clock = o->clock;
    s->clock.wall = instant_wall();
    if (o->clock.speed == 0 && o->clock.world.ms == 0) {
        s->clock.world = s->clock.wall;
        s->clock.speed = 1;
    }
}

enum rc store_open(struct store **out, const struct store_options *o,
                   struct fault *f)
{
    if (sodium_init() < 0)
        return fault_set(f, FAILED, "", "libsodium does not start");
    struct store *s = calloc(1, sizeof *s);
    assert(s);
    s->engine = o->url && is_url(o->url) ? &pg_engine : &sqlite_engine;
    s->writable = true;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work_waits, NULL);
    pthread_cond_init(&s->reader_free, NULL);
    start_clock(s, o);
    s->repeatable = o->repeatable;
    uint64_t seed = o->seed;
    if (!o->repeatable) randombytes_buf(&seed, sizeof seed);
    random_seed(&s->dice, seed, "store");
    idgen_init(&s->ids, o->repeatable ? 0 : (int)randombytes_uniform(256),
               store_now(s));
    enum rc rc = find_where(s, o, f);
    s->writer_db = db_new(s);
    if (!rc)
        rc = s->engine->open(s->writer_db, s->where, true, o->create, f);
    if (!rc && o->migrate) rc = store_migrate(s, s->writer_db, f);
    if (!rc && !o->read_only) rc = writer_start(s, f);
    *out = s;
    if (rc) {
        store_close(s);
        *out = NULL;
    }
    return rc;
}

void store_close(struct store *s)
{
    if (!s) return;
    writer_stop(s);
    if (s->release_upper) s->release_upper(s->upper);
    while (s->readers) {
        struct db *db = s->readers;
        s->readers = db->next_free;
        db_free(db);
    }
    db_free(s->writer_db);
    if (s->temporary) {
        char side[300];
        unlink(s->where);
        snprintf(side, sizeof side, "%s-wal", s->where);
        unlink(side);
        snprintf(side, sizeof side, "%s-shm", s->where);
        unlink(side);
    }
    keys_free(s->keys);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->work_waits);
    pthread_cond_destroy(&s->reader_free);
    free(s->where);
    free(s);
}

/* ---- readers ---- */

static enum rc borrow(struct store *s, struct db **out, struct fault *f)
{
    pthread_mutex_lock(&s->lock);
    while (!s->readers && s->readers_open >= STORE_READERS)
        pthread_cond_wait(&s->reader_free, &s->lock);
    struct db *db = s->readers;
    if (db) s->readers = db->next_free;
    else s->readers_open++;
    pthread_mutex_unlock(&s->lock);
    enum rc rc = OK;
    if (!db) {
        db = db_new(s);
        rc = s->engine->open(db, s->where, false, false, f);
    }
    *out = db;
    return rc;
}

static void give_back(struct store *s, struct db *db, bool broken)
{
    pthread_mutex_lock(&s->lock);
    if (broken) {
        s->readers_open--;
    } else {
        db->next_free = s->readers;
        s->readers = db;
    }
    pthread_cond_signal(&s->reader_free);
    pthread_mutex_unlock(&s->lock);
    if (broken) db_free(db);
}

enum rc store_read(struct work *w, unit_fn *run, void *arg)
{
    assert(!w->db);
    struct db *db = NULL;
    struct fault late;
    enum rc rc = borrow(w->store, &db, &w->fault);
    bool broken = rc != OK;
    if (!rc) rc = db->engine->control(db, DB_BEGIN_READ, &w->fault);
    if (!rc) {
        w->db = db;
        rc = run(w, arg);
        w->db = NULL;
        /* A reader whose transaction will not end is thrown away. */
        broken = db->engine->control(db, DB_ROLLBACK, &late) != OK;
    }
    give_back(w->store, db, broken);
    return rc;
}

/* ---- clock, ids, dice, keys ---- */

struct instant store_now(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    struct clock c = s->clock;
    pthread_mutex_unlock(&s->lock);
    if (c.speed == 0) return c.world;
    int64_t since = instant_wall().ms - c.wall.ms;
    return (struct instant){c.world.ms + (int64_t)((double)since * c.speed)};
}

void store_set_now(struct store *s, struct instant t)
{
    pthread_mutex_lock(&s->lock);
    s->clock.world = t;
    s->clock.wall = instant_wall();
    pthread_mutex_unlock(&s->lock);
}

void store_set_speed(struct store *s, double speed)
{
    struct instant now = store_now(s);
    pthread_mutex_lock(&s->lock);
    s->clock = (struct clock){now, instant_wall(), speed};
    pthread_mutex_unlock(&s->lock);
}

int64_t store_new_id(struct store *s)
{
    return idgen_next(&s->ids,
                      s->repeatable ? store_now(s) : instant_wall());
}

uint64_t store_dice(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    uint64_t seed = random_u64(&s->dice);
    pthread_mutex_unlock(&s->lock);
    return seed;
}

void store_set_keys(struct store *s, struct keys *k)
{
    if (s->keys != k) keys_free(s->keys);
    s->keys = k;
}

const struct keys *store_keys(const struct store *s) { return s->keys; }
void store_set_hooks(struct store *s, struct store_hooks hooks)
{
    s->hooks = hooks;
}

void store_set_upper(struct store *s, void *upper, void (*release)(void *))
{
    s->upper = upper;
    s->release_upper = release;
}

void *store_upper(const struct store *s) { return s->upper; }

void work_init(struct work *w, struct store *s, struct arena *a,
               struct community_id community)
{
    memset(w, 0, sizeof *w);
    w->store = s;
    w->arena = a;
    w->community = community;
    w->role = "";
    w->authority = "system";
    w->purpose = "";
    w->request = "";
    w->now = store_now(s);
    w->zone = zone_find("Asia/Shanghai");
    random_seed(&w->random, store_dice(s), "work");
}

int64_t work_new_id(struct work *w) { return store_new_id(w->store); }

struct day work_today(const struct work *w)
{
    return zone_day(w->zone, w->now);
}

/* ---- trouble and statements, for tests ---- */

void store_set_careful(struct store *s, bool careful) { s->careful = careful; }

void store_trouble(struct store *s, enum trouble what, int64_t nth)
{
    s->trouble = what;
    atomic_store(&s->trouble_in, nth);
}

bool store_trouble_now(struct store *s, enum trouble what)
{
    if (s->trouble != what) return false;
    return atomic_fetch_sub(&s->trouble_in, 1) == 1;
}

void store_log_statements(struct store *s, FILE *to) { s->statement_log = to; }

void store_trace(struct store *s, store_trace_fn *fn, void *ctx)
{
    s->trace_ctx = ctx;
    s->trace = fn;
}

void store_note_run(struct store *s, const char *sql,
                    const struct db_arg *args, size_t n)
{
    atomic_fetch_add_explicit(&s->statements, 1, memory_order_relaxed);
    if (s->trace) s->trace(s->trace_ctx, sql, args, n);
}

void store_note_statement(struct store *s, const char *sql)
{
    if (s->statement_log) fprintf(s->statement_log, "%s\n", sql);
}

void store_stats(struct store *s, struct store_stats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    out->waiting = s->waiting;
    out->statements = atomic_load(&s->statements);
    out->writable = s->writable;
    pthread_mutex_unlock(&s->lock);
    struct stat st;
    char wal[4096];
    snprintf(wal, sizeof wal, "%s-wal", s->where);
    if (store_is_sqlite(s) && stat(wal, &st) == 0) out->wal_bytes = st.st_size;
}
