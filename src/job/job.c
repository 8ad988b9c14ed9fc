/* job.c - the life of a job as rows.  Running them is in jobs.c.  See job.h.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/job.h"

#include "ledger/ledger.h"

enum { BACK_OFF_MAX_MIN = 60 };

const char *const job_states[] = {"waiting", "running", "done", "failed",
                                  NULL};

static const struct field job_fields[] = {
    FIELD(job, id, F_ID, F_OURS),
    FIELD(job, name, F_TEXT, F_OURS),
    FIELD(job, key, F_TEXT, F_OURS),
    FIELD(job, payload, F_TEXT, F_OURS | F_HIDDEN),
    FIELD(job, state, F_ENUM, F_OURS, .words = job_states),
    FIELD(job, due, F_INSTANT, F_OURS),
    FIELD(job, lease_until, F_INSTANT, F_OURS),
    FIELD(job, claim, F_INT, F_OURS | F_HIDDEN),
    FIELD(job, attempts, F_INT, F_OURS),
    FIELD(job, last_fault, F_TEXT, F_OURS),
    FIELD(job, ended, F_INSTANT, F_OURS),
};
const struct shape job_shape = SHAPE(job, job_fields);

enum rc job_add(struct work *w, const char *name, const char *key,
                const char *payload, struct instant due)
{
    return db_exec(w,
        "INSERT INTO job(community, id, name, key, payload, state, due,"
        " lease_until, claim, attempts, last_fault)"
        " VALUES($1, $2, $3, $4, $5, 0, $6, 0, 0, 0, '')"
        " ON CONFLICT(community, name, key) WHERE state=0 DO NOTHING",
        work_new_id(w), name, key, payload, due.ms);
}

enum rc job_load(struct work *w, struct job_id id, struct job *out)
{
    return db_one(w, &job_shape, out,
        "SELECT id, name, key, payload, state, due, lease_until, claim,"
        " attempts, last_fault, ended FROM job"
        " WHERE community=$1 AND id=$2", id.v);
}

enum rc job_list(struct work *w, enum job_state state, struct job_id after,
                 int64_t limit, struct job **items, size_t *n)
{
    return db_all(w, &job_shape, items, n,
        "SELECT id, name, key, payload, state, due, lease_until, claim,"
        " attempts, last_fault, ended FROM job"
        " WHERE community=$1 AND state=$2 AND id>$3 ORDER BY id LIMIT $4",
        state, after.v, limit);
}

static enum rc too_late(struct work *w)
{
    return work_fail(w, CONFLICT, "", "somebody was faster");
}

enum rc job_claim(struct work *w, struct job_id id, struct job *out)
{
    int64_t wall = instant_wall().ms;
    enum rc rc = db_one(w, &job_shape, out,
        "UPDATE job SET state=$3, lease_until=$4, claim=claim+1,"
        " attempts=attempts+1 WHERE community=$1 AND id=$2 AND state<2"
        " AND due<=$5 AND lease_until<=$6"
        " RETURNING id, name, key, payload, state, due, lease_until, claim,"
        " attempts, last_fault, ended",
        id.v, JOB_RUNNING, wall + JOB_LEASE_MS, w->now.ms, wall);
    return rc == NOT_FOUND ? too_late(w) : rc;
}

/* Done or given up: out of the way of the next of its name and key. */
static enum rc end_job(struct work *w, const struct job *job,
                       enum job_state state, const char *fault)
{
    enum rc rc = db_exec(w,
        "UPDATE job SET state=$3, lease_until=0, last_fault=$4, ended=$5"
        " WHERE community=$1 AND id=$2 AND state=$6 AND claim=$7",
        job->id.v, state, fault, w->now.ms, JOB_RUNNING, job->claim);
    if (rc) return rc;
    return db_changes(w) ? OK : too_late(w);
}

/* Back to waiting, unless its like was added meanwhile and waits already:
 * then that one stands for both and *waits is false. */
static enum rc put_back(struct work *w, const struct job *job, int64_t due,
                        int64_t attempts, const char *fault, bool *waits)
{
    enum rc rc = db_exec(w,
        "UPDATE job SET state=0, lease_until=0, due=$3, attempts=$4,"
        " last_fault=$5 WHERE community=$1 AND id=$2 AND state=$6"
        " AND claim=$7 AND NOT EXISTS (SELECT 1 FROM job twin"
        " WHERE twin.community=$1 AND twin.name=$8 AND twin.key=$9"
        " AND twin.state=0)",
        job->id.v, due, attempts, fault, JOB_RUNNING, job->claim, job->name,
        job->key);
    if (rc) return rc;
    *waits = db_changes(w) > 0;
    return OK;
}

enum rc job_done(struct work *w, const struct job *job)
{
    return end_job(w, job, JOB_DONE, "");
}

enum rc job_wait_again(struct work *w, const struct job *job,
                       struct instant due)
{
    bool waits = false;
    enum rc rc = put_back(w, job, due.ms, 0, "", &waits);
    if (rc || waits) return rc;
    return end_job(w, job, JOB_DONE, "");
}

int64_t job_back_off_ms(int64_t attempts)
{
    assert(attempts > 0);
    int64_t minutes = attempts > 6 ? BACK_OFF_MAX_MIN
                                   : INT64_C(1) << (attempts - 1);
    return minutes * MS_PER_MINUTE;
}

const char *job_fault_note(struct arena *a, const struct fault *why)
{
    if (!why || !why->detail) return "failed";
    return arena_printf(a, "%s: %s", rc_name(why->code), why->detail);
}

static enum rc enter_failure(struct work *w, const struct job *job,
                             const char *fault)
{
    struct buf b;
    buf_init(&b, LEDGER_BODY_MAX);
    buf_puts(&b, "{\"name\":");
    buf_json(&b, job->name);
    buf_puts(&b, ",\"fault\":");
    buf_json(&b, fault);
    buf_putc(&b, '}');
    assert(buf_ok(&b));
    const char *values = arena_strdup(w->arena, b.at);
    buf_release(&b);
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "job.failed", .thing = job->id.v, .values = values});
}

enum rc job_failed(struct work *w, const struct job *job,
                   const struct fault *why, bool *gave_up)
{
    const char *fault = job_fault_note(w->arena, why);
    bool waits = false;
    *gave_up = job->attempts >= JOB_ATTEMPTS_MAX;
    if (*gave_up) {
        enum rc rc = end_job(w, job, JOB_FAILED, fault);
        return rc ? rc : enter_failure(w, job, fault);
    }
    enum rc rc = put_back(w, job, w->now.ms + job_back_off_ms(job->attempts),
                          job->attempts, fault, &waits);
    if (rc || waits) return rc;
    return end_job(w, job, JOB_DONE, fault);
}

/* ---- ended jobs go, too ---- */

static enum rc erase_ended(struct work *w, int64_t limit, int64_t *erased)
{
    struct instant before;
    enum rc rc = retention_before(w, &job_retention, &before);
    if (!rc)
        rc = db_exec(w,
            "DELETE FROM job WHERE community=$1 AND id IN (SELECT id FROM job"
            " WHERE community=$1 AND state>1 AND ended<$2"
            " ORDER BY ended LIMIT $3)", before.ms, limit);
    if (!rc) *erased = db_changes(w);
    return rc;
}

const struct retention_rule job_retention = {
    .name = "job", .days = 7, .erase = erase_ended,
};
