/* job.h - what runs later: claimed in the database, by whoever is free.
 *
 *     WAITING ──claim──► RUNNING ──done──► DONE, or WAITING again (every_ms)
 *        ▲                │  │
 *        │    back-off    │  └─10 times──► FAILED, entered in the ledger
 *        └────────────────┘
 *
 * A claim is a lease: UPDATE … WHERE the row is due and nobody's lease runs.
 * It is committed before the work begins; the work and job_done share a unit
 * that names the claim's number, so a holder whose lease ran out changes
 * nothing, and each job's effects happen once.  Whoever dies holding a job
 * loses it JOB_LEASE_MS later.
 *
 * `due` is the world's clock (w->now), so that a drill's evening job runs in
 * the drill's evening; leases are the wall clock's.  Back-off, after the nth
 * attempt: 1, 2, 4, 8, 16, 32, 60, 60 … minutes of the world's clock.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>

#include "job/retention.h"
#include "store/store.h"

enum { JOB_LEASE_MS = 60 * 1000, JOB_ATTEMPTS_MAX = 10 };

enum job_state { JOB_WAITING, JOB_RUNNING, JOB_DONE, JOB_FAILED };
extern const char *const job_states[]; /* words of enum job_state */

struct job_id { int64_t v; };

struct job {
    struct job_id id;
    const char *name, *key, *payload;
    int64_t state;                  /* enum job_state */
    struct instant due;
    struct instant lease_until;     /* ms 0: nobody's */
    int64_t claim;                  /* the holder's number */
    int64_t attempts;               /* since it last worked */
    const char *last_fault;         /* "" none; never what a user typed */
    struct instant ended;           /* NO_INSTANT while open */
};
extern const struct shape job_shape;

/* One job waits a (community, name, key); added again it stays as it is, with
 * its payload and due time.  While one runs, one more may wait. */
enum rc job_add(struct work *w, const char *name, const char *key,
                const char *payload, struct instant due) MUST_USE;
enum rc job_load(struct work *w, struct job_id id, struct job *out) MUST_USE;
/* In a state, oldest first, from the one after `after` on. */
enum rc job_list(struct work *w, enum job_state state, struct job_id after,
                 int64_t limit, struct job **items, size_t *n) MUST_USE;

/* Take the lease.  CONFLICT: somebody was faster, it is not due or not open.
 * The rest is for the holder, with `job` as claimed; CONFLICT when the lease
 * was taken over. */
enum rc job_claim(struct work *w, struct job_id id, struct job *out) MUST_USE;
enum rc job_done(struct work *w, const struct job *job) MUST_USE;
/* It worked; wait for the next time, attempts forgotten. */
enum rc job_wait_again(struct work *w, const struct job *job,
                       struct instant due) MUST_USE;
/* Back off, or give up after JOB_ATTEMPTS_MAX.  `why` may be NULL; only its
 * code and sentence are kept, not what it quotes. */
enum rc job_failed(struct work *w, const struct job *job,
                   const struct fault *why, bool *gave_up) MUST_USE;

/* How long to wait after the nth attempt (from 1), and a fault as it is kept:
 * code and sentence.  The outbox uses them, too. */
int64_t job_back_off_ms(int64_t attempts);
const char *job_fault_note(struct arena *a, const struct fault *why);

/* ---- running them ---- */

struct job_kind {
    const char *name;
    /* In a unit of its own, as the system of the job's community, at most
     * STORE_UNIT_MS_MAX: what takes longer does a part, remembers where it
     * is in its own table and sets *again to be called again at once.  May be
     * run again from the start; an error rolls it back. */
    enum rc (*run)(struct work *w, const char *payload, bool *again);
    int64_t every_ms; /* of the world's clock; 0 only when added */
};

/* Who runs jobs of a store; the caller's memory, members before jobs_start
 * filled in by him and left alone until jobs_stop.  The daily job "retention"
 * is built in and obeys `rules`. */
struct jobs {
    struct store *store;
    const struct job_kind *const *kinds;
    size_t n_kinds;
    const struct retention_rule *const *rules;
    size_t n_rules;
    /* inside */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, stopping;
};

/* Every second, run what is due in all communities, and see that each has the
 * periodic jobs.  Stop before store_close. */
enum rc jobs_start(struct jobs *j, struct fault *f) MUST_USE;
void jobs_stop(struct jobs *j);

/* The same once, now, in the calling thread, until nothing is due; for
 * commands and tests.  *ran counts runs, failed ones included (may be NULL).
 * A job that fails is no error here. */
enum rc jobs_run_due(struct jobs *j, int64_t *ran, struct fault *f) MUST_USE;

/* Erases jobs that ended a week ago; for the table of rules. */
extern const struct retention_rule job_retention;
