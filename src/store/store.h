/* store.h - one database, one batching writer, a few readers.
 *
 *   threads ──submit──► queue ──► writer: BEGIN
 *                                   unit 1
 *                                   unit 2  failed late? all once more, each
 *                                           between SAVEPOINT and RELEASE
 *                                   …all that wait…
 *                                   before_commit (ledger: tree and entries)
 *                                 COMMIT      one durable write for all
 *                                 done(unit) for each, then the bell
 *
 * No answer waits for company: the disk makes the batch (followers, which
 * answer nobody, wait STORE_PATIENT_MS for others to go with).  A failed
 * COMMIT answers BUSY to the whole batch.  Readers never block it.  The same
 * SQL text runs on SQLite (a file) and PostgreSQL (postgres://…); engine.h
 * is what an engine must do.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "store/db.h"

struct keys;
struct unit;

/* The world's clock: real, or starting elsewhere and running at a speed of
 * its own (0: stands still until clock_set). */
struct clock {
    struct instant world, wall; /* where the world stood at which wall time */
    double speed;               /* world seconds a second; 1 the real world */
};

struct store_options {
    const char *url;       /* file, postgres://…, or "" for one in memory */
    bool create;           /* make it if it is not there */
    bool must_be_new;      /* refuse one that is */
    bool migrate;          /* bring the schema up to this program's */
    bool read_only;
    bool repeatable;       /* node 0, dice from `seed`: same bytes each run */
    uint64_t seed;
    struct clock clock;    /* speed 0 and world 0: the real world */
};

enum {
    STORE_READERS = 4,
    STORE_BATCH_MAX = 256,      /* units in a commit (PostgreSQL: 64) */
    STORE_QUEUE_MAX = 4096,     /* units that may wait; beyond it BUSY */
    STORE_PATIENT_MS = 2,       /* how long patient units wait for others */
};

enum rc store_open(struct store **out, const struct store_options *o,
                   struct fault *f) MUST_USE;
/* Finishes what was submitted, checkpoints, closes. */
void store_close(struct store *s);
bool store_is_sqlite(const struct store *s);
const char *store_path(const struct store *s); /* file or URL, "" memory */

/* Keys of this database (store/keys.h); NULL until given.  Owned by s. */
void store_set_keys(struct store *s, struct keys *k);
const struct keys *store_keys(const struct store *s);

struct instant store_now(struct store *s);
void store_set_now(struct store *s, struct instant t);
/* World seconds a second from now on. */
void store_set_speed(struct store *s, double speed);
int64_t store_new_id(struct store *s);
uint64_t store_dice(struct store *s); /* seed for a work's stream */

/* ---- writing ---- */

typedef enum rc unit_fn(struct work *w, void *arg);

/* What a unit submitted from elsewhere consists of; memory is the caller's
 * until done() is called. */
struct unit {
    struct work *work;
    unit_fn *run;
    void (*done)(struct unit *u); /* on the writer thread, after the commit */
    void *arg;
    bool patient;                 /* may wait a little for company: it
                                     is nobody's answer (followers) */
    enum rc rc;                   /* for done() */
    struct unit *next;            /* the queue's */
};

/* BUSY if the queue is full (nothing was taken). */
enum rc store_submit(struct store *s, struct unit *u) MUST_USE;
/* Submit and wait. */
enum rc store_write(struct work *w, unit_fn *run, void *arg) MUST_USE;
/* On a reader of the pool, in a transaction that sees one state. */
enum rc store_read(struct work *w, unit_fn *run, void *arg) MUST_USE;

/* ---- what stands above and is called at the right moment ---- */

struct store_hooks {
    /* Inside the batch's transaction, after its units: the works that wrote,
     * in order.  `batch` is a work to run SQL with (set its community).  An
     * error fails the whole batch. */
    enum rc (*before_commit)(struct work *batch, struct work **works,
                             size_t n);
    /* After the commit and the answers: the same works.  Must be brief; may
     * submit. */
    void (*bell)(struct store *s, struct work **works, size_t n);
};
void store_set_hooks(struct store *s, struct store_hooks hooks);
/* What stands above keeps its own state of this store here (followers);
 * `release` is called by store_close once the writer has stopped. */
void store_set_upper(struct store *s, void *upper, void (*release)(void *));
void *store_upper(const struct store *s);

/* ---- what it is doing ---- */

/* Units by how long they held the writer, in ms: <=1 2 5 10 20 50 more. */
enum { STORE_BUCKETS = 7 };
struct store_stats {
    int64_t units, commits, failed_commits, statements;
    int64_t held[STORE_BUCKETS];
    int64_t held_ns;           /* sum */
    int64_t waiting;           /* units in the queue now */
    int64_t wal_bytes;         /* SQLite's write-ahead log; 0 otherwise */
    bool writable;             /* the last commit worked */
};
void store_stats(struct store *s, struct store_stats *out);

/* ---- schema ---- */

/* Applied and known versions; serve refuses a schema it does not know. */
enum rc store_schema(struct store *s, int64_t *applied, int64_t *known,
                     struct fault *f) MUST_USE;
/* A consistent copy while others go on (SQLite only; INVALID elsewhere). */
enum rc store_backup(struct store *s, const char *to, struct fault *f)
    MUST_USE;

/* ---- tests make it fail ---- */

enum trouble { TROUBLE_NONE, TROUBLE_STATEMENT, TROUBLE_COMMIT,
               TROUBLE_WRITE };
/* Every unit in a savepoint of its own, so that none is ever run twice: for
 * units that cannot be (writer.c). */
void store_set_careful(struct store *s, bool careful);
/* The nth from now (1 the next) fails once, as a full disk would. */
void store_trouble(struct store *s, enum trouble what, int64_t nth);
/* Every statement's text, once each, goes to this stream (NULL: none). */
void store_log_statements(struct store *s, FILE *to);
/* Every statement as it runs, with its arguments ($1 first); for measuring.
 * NULL: no more. */
typedef void store_trace_fn(void *ctx, const char *sql,
                            const struct db_arg *args, size_t n);
void store_trace(struct store *s, store_trace_fn *fn, void *ctx);
