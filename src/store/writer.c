/* writer.c - the one thread that writes.  See store.h for the picture.
 *
 * What always holds:
 *  1. A unit's effects and its ledger entries become visible together or not
 *     at all: they share a savepoint, entries are added before the COMMIT.
 *  2. done(unit) is called exactly once, after the fate of its batch is known.
 *  3. A unit that failed leaves no trace: ROLLBACK TO, notes dropped.
 *  4. If the transaction itself broke (disk full in the middle, connection
 *     lost), every unit of the batch fails with BUSY and none is visible.
 *
 * Savepoints cost SQLite a copy of every page that a unit touches, and units
 * rarely fail after they have changed something.  So a batch runs without
 * them first; when one does fail that late, all is rolled back and the batch
 * runs again, each unit in a savepoint.  (Units may be run again from the
 * start: work.h.)  PostgreSQL, where any error ends the transaction, has them
 * always.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"
#include "store/inside.h"

struct batch {
    struct store *s;
    struct unit *units[STORE_BATCH_MAX];
    struct work *wrote[STORE_BATCH_MAX]; /* works of units that succeeded */
    struct {                             /* what a second run begins with */
        struct random dice;
        struct reading *readings;
    } before[STORE_BATCH_MAX];
    size_t n, n_wrote;
    bool careful;                        /* a savepoint for each unit */
    bool again;                          /* it has to be careful after all */
    bool broken;
    struct fault fault;
};

static size_t batch_limit(const struct store *s)
{
    /* PostgreSQL: more than 64 subtransactions spill out of its cache. */
    return store_is_sqlite(s) ? STORE_BATCH_MAX : 64;
}

/* Whoever was just answered asks again in a moment: a follower that went
 * alone would make them all wait for one more write to the disk. */
static void wait_for_company(struct store *s)
{
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += STORE_PATIENT_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    while (s->patient == s->waiting && !s->stopping && !late)
        late = pthread_cond_timedwait(&s->work_waits, &s->lock, &until);
}

static bool collect(struct store *s, struct batch *b)
{
    pthread_mutex_lock(&s->lock);
    while (!s->first && !s->stopping)
        pthread_cond_wait(&s->work_waits, &s->lock);
    if (s->waiting && s->patient == s->waiting) wait_for_company(s);
    b->n = 0;
    while (s->first && b->n < batch_limit(s)) {
        struct unit *u = s->first;
        s->first = u->next;
        b->units[b->n++] = u;
        s->waiting--;
        s->patient -= u->patient;
    }
    if (!s->first) s->last = NULL;
    pthread_mutex_unlock(&s->lock);
    return b->n > 0;
}

static void note_held(struct store *s, int64_t ns)
{
    static const int64_t most_ms[STORE_BUCKETS - 1] = {1, 2, 5, 10, 20, 50};
    size_t i = 0;
    while (i < COUNT_OF(most_ms) && ns > most_ms[i] * 1000000) i++;
    pthread_mutex_lock(&s->lock);
    s->stats.units++;
    s->stats.held[i]++;
    s->stats.held_ns += ns;
    pthread_mutex_unlock(&s->lock);
}

static void drop_notes(struct work *w)
{
    w->notes = NULL;
    w->readings = NULL;
}

static enum rc run_it(struct batch *b, struct unit *u)
{
    struct work *w = u->work;
    w->db = b->s->writer_db;
    enum rc rc = u->run(w, u->arg);
    w->db = NULL;
    return rc;
}

static void run_boldly(struct batch *b, struct unit *u)
{
    struct db *db = b->s->writer_db;
    int64_t before = db->changed_ever;
    u->rc = run_it(b, u);
    /* BUSY and FAILED: the transaction itself may be in doubt. */
    b->again = u->rc && (db->changed_ever != before || u->rc == BUSY ||
                         u->rc == FAILED);
}

static void break_off(struct batch *b, const struct fault *f)
{
    b->broken = true;
    b->fault = *f;
}

static void run_in_savepoint(struct batch *b, struct unit *u)
{
    struct db *db = b->s->writer_db;
    struct work *w = u->work;
    struct fault late;
    u->rc = db->engine->control(db, DB_SAVEPOINT, &w->fault);
    if (u->rc) {
        break_off(b, &w->fault);
        return;
    }
    u->rc = run_it(b, u);
    if (!u->rc) {
        u->rc = db->engine->control(db, DB_RELEASE, &w->fault);
        if (u->rc) break_off(b, &w->fault);
        return;
    }
    if (db->engine->control(db, DB_ROLLBACK_TO, &late) ||
        /* ROLLBACK TO keeps the savepoint open. */
        (store_is_sqlite(b->s) && db->engine->control(db, DB_RELEASE, &late)))
        break_off(b, &late);
}

static void run_unit(struct batch *b, struct unit *u)
{
    int64_t start = clock_ns();
    if (b->careful) run_in_savepoint(b, u);
    else run_boldly(b, u);
    if (b->again) return;
    if (u->rc) drop_notes(u->work);
    else b->wrote[b->n_wrote++] = u->work;
    note_held(b->s, clock_ns() - start);
}

static enum rc commit(struct batch *b)
{
    struct store *s = b->s;
    struct db *db = s->writer_db;
    struct work batch;
    work_init(&batch, s, &s->batch_arena, (struct community_id){0});
    enum rc rc = OK;
    if (b->n_wrote && s->hooks.before_commit) {
        batch.db = db;
        rc = s->hooks.before_commit(&batch, b->wrote, b->n_wrote);
        b->fault = batch.fault;
    }
    if (!rc && store_trouble_now(s, TROUBLE_COMMIT))
        rc = fault_set(&b->fault, BUSY, "", "the disk is full");
    if (!rc) rc = db->engine->control(db, DB_COMMIT, &b->fault);
    arena_reset(&s->batch_arena);
    return rc;
}

/* The whole batch did not become durable: nobody may hear otherwise. */
static void fail_all(struct batch *b)
{
    struct fault late;
    (void)!b->s->writer_db->engine->control(b->s->writer_db, DB_ROLLBACK,
                                            &late);
    log_error("commit-failed", "units=%zu detail=\"%s\" args=\"%s\"", b->n,
              b->fault.detail ? b->fault.detail : "", b->fault.args[0]);
    for (size_t i = 0; i < b->n; i++) {
        struct unit *u = b->units[i];
        if (u->rc) continue;
        drop_notes(u->work);
        u->work->fault = b->fault;
        u->rc = BUSY;
        u->work->fault.code = BUSY;
    }
    b->n_wrote = 0;
}

static void answer(struct batch *b, bool worked)
{
    struct store *s = b->s;
    pthread_mutex_lock(&s->lock);
    s->writable = worked;
    if (worked) s->stats.commits++;
    else s->stats.failed_commits++;
    pthread_mutex_unlock(&s->lock);
    /* The bell first: done() may let go of the works. */
    if (worked && b->n_wrote && s->hooks.bell)
        s->hooks.bell(s, b->wrote, b->n_wrote);
    /* Entered: the same work may be submitted again. */
    for (size_t i = 0; i < b->n_wrote; i++) b->wrote[i]->notes = NULL;
    for (size_t i = 0; i < b->n; i++) b->units[i]->done(b->units[i]);
}

static void remember(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct work *w = b->units[i]->work;
        b->units[i]->rc = OK;
        b->before[i].dice = w->random;
        b->before[i].readings = w->readings;
    }
}

static void begin_again(struct batch *b)
{
    struct fault late;
    (void)!b->s->writer_db->engine->control(b->s->writer_db, DB_ROLLBACK,
                                            &late);
    b->careful = true;
    for (size_t i = 0; i < b->n; i++) {
        struct work *w = b->units[i]->work;
        b->units[i]->rc = OK;
        w->random = b->before[i].dice;
        w->readings = b->before[i].readings;
        w->notes = NULL;
        memset(&w->fault, 0, sizeof w->fault);
    }
}

/* All units once; OK when they can be committed. */
static enum rc run_units(struct batch *b)
{
    struct db *db = b->s->writer_db;
    b->n_wrote = 0;
    b->broken = b->again = false;
    memset(&b->fault, 0, sizeof b->fault);
    enum rc rc = db->engine->control(db, DB_BEGIN_WRITE, &b->fault);
    for (size_t i = 0; !rc && i < b->n && !b->broken && !b->again; i++)
        run_unit(b, b->units[i]);
    return rc;
}

static void run_batch(struct batch *b)
{
    /* Trouble that a test ordered strikes once: it must strike for good. */
    b->careful = !store_is_sqlite(b->s) || b->s->careful ||
                 b->s->trouble != TROUBLE_NONE;
    remember(b);
    enum rc rc = run_units(b);
    if (!rc && b->again) {
        begin_again(b);
        rc = run_units(b);
    }
    bool worked = !rc && !b->broken && commit(b) == OK;
    if (!worked) fail_all(b);
    answer(b, worked);
}

static void *writer_main(void *arg)
{
    struct batch b = {.s = arg};
    while (collect(b.s, &b)) run_batch(&b);
    return NULL;
}

enum rc writer_start(struct store *s, struct fault *f)
{
    arena_init(&s->batch_arena, ARENA_MAX);
    if (pthread_create(&s->writer, NULL, writer_main, s) != 0)
        return fault_set(f, FAILED, "", "cannot start a thread");
    s->running = true;
    return OK;
}

void writer_stop(struct store *s)
{
    if (!s->running) return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->work_waits);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer, NULL);
    arena_release(&s->batch_arena);
    s->running = false;
}

enum rc store_submit(struct store *s, struct unit *u)
{
    u->next = NULL;
    pthread_mutex_lock(&s->lock);
    bool full = s->waiting >= STORE_QUEUE_MAX || s->stopping || !s->running;
    if (!full) {
        if (s->last) s->last->next = u;
        else s->first = u;
        s->last = u;
        s->waiting++;
        s->patient += u->patient;
        pthread_cond_signal(&s->work_waits);
    }
    pthread_mutex_unlock(&s->lock);
    if (full)
        return work_fail(u->work, BUSY, "", "too much is waiting here");
    return OK;
}

/* A caller that waits for its unit. */
struct waiter {
    struct unit unit;
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool is_done;
};

static void wake(struct unit *u)
{
    struct waiter *x = (struct waiter *)u; /* its first member */
    pthread_mutex_lock(&x->lock);
    x->is_done = true;
    pthread_cond_signal(&x->finished);
    pthread_mutex_unlock(&x->lock);
}

enum rc store_write(struct work *w, unit_fn *run, void *arg)
{
    assert(!w->db && !pthread_equal(pthread_self(), w->store->writer));
    struct waiter x = {.unit = {.work = w, .run = run, .done = wake,
                                .arg = arg}};
    pthread_mutex_init(&x.lock, NULL);
    pthread_cond_init(&x.finished, NULL);
    enum rc rc = store_submit(w->store, &x.unit);
    if (!rc) {
        pthread_mutex_lock(&x.lock);
        while (!x.is_done) pthread_cond_wait(&x.finished, &x.lock);
        pthread_mutex_unlock(&x.lock);
        rc = x.unit.rc;
    }
    pthread_mutex_destroy(&x.lock);
    pthread_cond_destroy(&x.finished);
    return rc;
}
