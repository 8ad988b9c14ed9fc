/* jobs.c - who runs the jobs.  See job.h.
 *
 * What always holds:
 *  1. A job's effects and its end share a unit.
 *  2. No lock is held while anything runs; claims in the database decide
 *     between threads and processes.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"
#include "base/log.h"
#include "job/job.h"
#include "job/outbox.h"
#include "place/place.h"

enum { DUE_MAX = 64, PASS_MS = 1000, SEED_EVERY_PASSES = 60 };

static const struct job_kind retention_kind = {
    .name = "retention", .every_ms = MS_PER_DAY, /* run: retention_run */
};

/* ---- one job ---- */

struct due {
    int64_t community, id;
};
static const struct field due_fields[] = {
    FIELD(due, community, F_INT, 0),
    FIELD(due, id, F_INT, 0),
};
static const struct shape due_shape = SHAPE(due, due_fields);

/* What the units of one run share. */
struct one {
    const struct jobs *jobs;
    const struct job_kind *kind; /* NULL: this program knows none */
    struct job job;
    struct fault fault;          /* why it failed */
    bool gave_up;
};

static const struct job_kind *kind_find(const struct jobs *j,
                                        const char *name)
{
    if (strcmp(name, retention_kind.name) == 0) return &retention_kind;
    for (size_t i = 0; i < j->n_kinds; i++)
        if (strcmp(j->kinds[i]->name, name) == 0) return j->kinds[i];
    return NULL;
}

static enum rc claim(struct work *w, void *arg)
{
    struct one *o = arg;
    return job_claim(w, o->job.id, &o->job);
}

/* Its next time: whole steps after this one, so that a day spent switched
 * off is made good once and the hour of the day stays. */
static struct instant next_due(const struct job *job, int64_t every_ms,
                               struct instant now)
{
    int64_t steps = 1 + (now.ms - job->due.ms) / every_ms;
    return (struct instant){job->due.ms + steps * every_ms};
}

static enum rc run_handler(struct work *w, struct one *o, bool *again)
{
    struct community c;
    account_act_as_system(w);
    enum rc rc = community_load(w, &c); /* its zone */
    if (rc) return rc;
    if (o->kind == &retention_kind)
        return retention_run(w, o->jobs->rules, o->jobs->n_rules, again);
    return o->kind->run(w, o->job.payload, again);
}

static enum rc run(struct work *w, void *arg)
{
    struct one *o = arg;
    bool again = false;
    int64_t start = clock_ns();
    enum rc rc = run_handler(w, o, &again);
    int64_t ms = (clock_ns() - start) / 1000000;
    if (ms > STORE_UNIT_MS_MAX)
        log_warn("job-slow", "name=%s id=%lld ms=%lld", o->job.name,
                 (long long)o->job.id.v, (long long)ms);
    if (rc) return rc;
    /* The same due time keeps the hour of a periodic job. */
    if (again) return job_wait_again(w, &o->job, o->job.due);
    if (!o->kind->every_ms) return job_done(w, &o->job);
    return job_wait_again(w, &o->job,
                          next_due(&o->job, o->kind->every_ms, w->now));
}

static enum rc fail(struct work *w, void *arg)
{
    struct one *o = arg;
    enum rc rc = job_failed(w, &o->job, &o->fault, &o->gave_up);
    if (rc || !o->gave_up || !o->kind || !o->kind->every_ms) return rc;
    /* This time is lost; there will be a next. */
    return job_add(w, o->job.name, o->job.key, o->job.payload,
                   next_due(&o->job, o->kind->every_ms, w->now));
}

/* Before it is run: why it must not be. */
static enum rc refuse(struct one *o)
{
    if (!o->kind)
        return fault_set(&o->fault, INVALID, "name",
                         "this program knows no such job");
    if (o->job.attempts > JOB_ATTEMPTS_MAX)
        return fault_set(&o->fault, FAILED, "",
                         "it was begun often and never ended");
    return OK;
}

/* True if it was ours to run, whatever came of it. */
static bool run_one(const struct jobs *j, const struct due *due)
{
    struct community_id community = {due->community};
    struct one o = {.jobs = j, .job.id.v = due->id};
    struct arena a;
    struct work w;
    arena_init(&a, ARENA_MAX);
    work_init(&w, j->store, &a, community);
    bool ours = store_write(&w, claim, &o) == OK;
    if (ours) {
        o.kind = kind_find(j, o.job.name);
        enum rc rc = refuse(&o);
        if (!rc) {
            work_init(&w, j->store, &a, community);
            rc = store_write(&w, run, &o);
            o.fault = w.fault;
        }
        if (rc) {
            log_warn("job-failed", "name=%s id=%lld attempt=%lld rc=%s"
                     " detail=\"%s\"", o.job.name, (long long)o.job.id.v,
                     (long long)o.job.attempts, rc_name(rc),
                     o.fault.detail ? o.fault.detail : "");
            work_init(&w, j->store, &a, community);
            /* If this fails, too, the lease runs out. */
            (void)!store_write(&w, fail, &o);
        }
    }
    arena_release(&a);
    return ours;
}

/* ---- all of them ---- */

static bool is_stopping(struct jobs *j)
{
    if (!j->running) return false;
    pthread_mutex_lock(&j->lock);
    bool stop = j->stopping;
    pthread_mutex_unlock(&j->lock);
    return stop;
}

struct found {
    struct due *items;
    size_t n;
};

static enum rc find_due(struct work *w, void *arg)
{
    struct found *found = arg;
    return db_city_all(w, &due_shape, &found->items, &found->n,
        "SELECT community, id FROM job WHERE state<2 AND due<=$1"
        " AND lease_until<=$2 ORDER BY due, community, id LIMIT $3",
        w->now.ms, instant_wall().ms, DUE_MAX);
}

/* Everything due, until nothing is: what reschedules itself comes again. */
static enum rc run_all(struct jobs *j, int64_t *ran, struct fault *f)
{
    struct arena a;
    struct found found;
    enum rc rc;
    int64_t mine;
    arena_init(&a, ARENA_MAX);
    do {
        struct work w;
        mine = 0;
        arena_reset(&a);
        work_init(&w, j->store, &a, (struct community_id){0});
        rc = store_read(&w, find_due, &found);
        if (rc) *f = w.fault;
        for (size_t i = 0; !rc && i < found.n && !is_stopping(j); i++)
            mine += run_one(j, &found.items[i]);
        *ran += mine;
    } while (!rc && mine && !is_stopping(j));
    arena_release(&a);
    return rc;
}

/* ---- periodic jobs are there ---- */

struct seeding {
    const struct jobs *jobs;
    struct community *items;
    size_t n;
    bool missing;
};

static enum rc list_communities(struct work *w, void *arg)
{
    struct seeding *s = arg;
    return community_list(w, &s->items, &s->n);
}

/* The i-th of the periodic kinds, the built-in one last; NULL: not periodic. */
static const struct job_kind *periodic(const struct jobs *j, size_t i)
{
    const struct job_kind *k = i < j->n_kinds ? j->kinds[i]
                                              : &retention_kind;
    return k->every_ms ? k : NULL;
}

static enum rc is_open(struct work *w, const struct job_kind *k, bool *open)
{
    int64_t n = 0;
    enum rc rc = db_int(w, &n,
        "SELECT count(*) FROM job WHERE community=$1 AND name=$2 AND key=''"
        " AND state<2", k->name);
    *open = n > 0;
    return rc;
}

static enum rc look_for_missing(struct work *w, void *arg)
{
    struct seeding *s = arg;
    s->missing = false;
    for (size_t i = 0; i <= s->jobs->n_kinds && !s->missing; i++) {
        const struct job_kind *k = periodic(s->jobs, i);
        bool open = true;
        enum rc rc = k ? is_open(w, k, &open) : OK;
        if (rc) return rc;
        s->missing = !open;
    }
    return OK;
}

static enum rc add_missing(struct work *w, void *arg)
{
    struct seeding *s = arg;
    for (size_t i = 0; i <= s->jobs->n_kinds; i++) {
        const struct job_kind *k = periodic(s->jobs, i);
        bool open = true;
        enum rc rc = k ? is_open(w, k, &open) : OK;
        if (!rc && !open) rc = job_add(w, k->name, "", "", w->now);
        if (rc) return rc;
    }
    return OK;
}

static enum rc seed(struct jobs *j, struct fault *f)
{
    struct arena a, mine;
    struct work w;
    struct seeding s = {.jobs = j};
    arena_init(&a, ARENA_MAX);
    arena_init(&mine, ARENA_MAX);
    work_init(&w, j->store, &a, (struct community_id){0});
    enum rc rc = store_read(&w, list_communities, &s);
    for (size_t i = 0; !rc && i < s.n && !is_stopping(j); i++) {
        arena_reset(&mine);
        work_init(&w, j->store, &mine, s.items[i].community);
        rc = store_read(&w, look_for_missing, &s);
        if (!rc && s.missing) rc = store_write(&w, add_missing, &s);
    }
    if (rc) *f = w.fault;
    arena_release(&mine);
    arena_release(&a);
    return rc;
}

enum rc jobs_run_due(struct jobs *j, int64_t *ran, struct fault *f)
{
    int64_t count = 0;
    enum rc rc = seed(j, f);
    if (!rc) rc = run_all(j, &count, f);
    if (!rc) rc = outbox_drain(j->store, &outbox_log_sender, NULL, f);
    if (ran) *ran = count;
    return rc;
}

/* ---- the thread ---- */

static bool wait_a_pass(struct jobs *j)
{
    int64_t at = instant_wall().ms + PASS_MS;
    struct timespec until = {.tv_sec = at / 1000,
                             .tv_nsec = at % 1000 * 1000000};
    int late = 0;
    pthread_mutex_lock(&j->lock);
    while (!j->stopping && !late)
        late = pthread_cond_timedwait(&j->wake, &j->lock, &until);
    bool go_on = !j->stopping;
    pthread_mutex_unlock(&j->lock);
    return go_on;
}

static void *run_passes(void *arg)
{
    struct jobs *j = arg;
    int pass = 0;
    do {
        struct fault f = {0};
        int64_t ran = 0;
        enum rc rc = pass == 0 ? seed(j, &f) : OK;
        if (!rc) rc = run_all(j, &ran, &f);
        if (!rc) rc = outbox_drain(j->store, &outbox_log_sender, NULL, &f);
        if (rc)
            log_warn("jobs-failed", "rc=%s detail=\"%s\"", rc_name(rc),
                     f.detail ? f.detail : "");
        pass = (pass + 1) % SEED_EVERY_PASSES;
    } while (wait_a_pass(j));
    return NULL;
}

enum rc jobs_start(struct jobs *j, struct fault *f)
{
    assert(!j->running);
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->wake, NULL);
    j->stopping = false;
    j->running = true;
    if (pthread_create(&j->thread, NULL, run_passes, j) == 0) return OK;
    j->running = false;
    return fault_set(f, FAILED, "", "cannot start a thread");
}

void jobs_stop(struct jobs *j)
{
    if (!j->running) return;
    pthread_mutex_lock(&j->lock);
    j->stopping = true;
    pthread_cond_signal(&j->wake);
    pthread_mutex_unlock(&j->lock);
    pthread_join(j->thread, NULL);
    pthread_mutex_destroy(&j->lock);
    pthread_cond_destroy(&j->wake);
    j->running = false;
}
