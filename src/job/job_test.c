/* job_test.c - claims, leases, back-off, periodic jobs, keeping times.  See
 * job.h and retention.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/job.h"

#include <unistd.h>

#include "base/text.h"
#include "desk.h"

/* Handlers leave their trace where the test looks: in rows of the database,
 * so that a rolled back run leaves none, and here, so that it does. */
static int runs;         /* handlers begun in this test */
static int fail_first;   /* this many runs fail */
static int chunks_left;  /* of a job in parts */
static const char *zone; /* of the last run */

static enum rc leave_trace(struct work *w, const char *payload)
{
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "test.ran",
        .values = text_is_empty(payload) ? NULL : payload});
}

static enum rc run_plain(struct work *w, const char *payload, bool *again)
{
    (void)again;
    runs++;
    zone = zone_name(w->zone);
    enum rc rc = leave_trace(w, payload);
    if (rc) return rc;
    if (fail_first-- > 0)
        return work_fail(w, INVALID, "x", "quoted: %s", "张三");
    return OK;
}

static enum rc run_in_parts(struct work *w, const char *payload, bool *again)
{
    runs++;
    *again = --chunks_left > 0;
    return leave_trace(w, payload);
}

static const struct job_kind plain_kind = {"plain", run_plain, 0};
static const struct job_kind parts_kind = {"parts", run_in_parts, 0};
static const struct job_kind hourly_kind = {"hourly", run_plain,
                                            MS_PER_HOUR};
static const struct job_kind *const on_demand[] = {&plain_kind, &parts_kind};
static const struct job_kind *const periodic[] = {&hourly_kind};

static struct jobs jobs_of(struct desk *d)
{
    runs = 0;
    fail_first = 0;
    return (struct jobs){.store = d->store, .kinds = on_demand,
                         .n_kinds = COUNT_OF(on_demand)};
}

static int64_t run_due(struct jobs *j)
{
    struct fault f = {0};
    int64_t ran = 0;
    assert_int_equal(OK, jobs_run_due(j, &ran, &f));
    return ran;
}

/* The only job of a state. */
static struct job only_job(struct work *w, const char *name,
                           enum job_state state)
{
    struct job *items;
    struct job out = {0};
    size_t n = 0, of_name = 0;
    assert_rc(OK, READ(w, job_list(w, state, (struct job_id){0}, 100, &items,
                                   &n)));
    for (size_t i = 0; i < n; i++)
        if (strcmp(items[i].name, name) == 0) {
            out = items[i];
            of_name++;
        }
    assert_int_equal(1, of_name);
    return out;
}

static struct job add_one(struct work *w, const char *key)
{
    assert_rc(OK, WRITE(w, job_add(w, "plain", key, "", w->now)));
    return only_job(w, "plain", JOB_WAITING);
}

DESK_TEST(a_job_added_twice_waits_once)
{
    assert_rc(OK, WRITE(w, job_add(w, "plain", "a", "{\"n\":1}", w->now)));
    assert_rc(OK, WRITE(w, job_add(w, "plain", "a", "{\"n\":2}", w->now)));
    assert_rc(OK, WRITE(w, job_add(w, "plain", "b", "", w->now)));
    assert_int_equal(2, desk_count(d, "SELECT count(*) FROM job"
                                      " WHERE community=$1"));
    assert_int_equal(1, desk_count(d, "SELECT count(*) FROM job WHERE"
        " community=$1 AND payload='{\"n\":1}'"));
}

DESK_TEST(while_a_job_runs_its_like_may_wait)
{
    struct job first, second;
    first = add_one(w, "a");
    assert_rc(OK, WRITE(w, job_claim(w, first.id, &first)));
    second = add_one(w, "a");
    assert_true(first.id.v != second.id.v);
    /* The one that fails meanwhile leaves it to the one that waits. */
    bool gave_up = true;
    assert_rc(OK, WRITE(w, job_failed(w, &first, NULL, &gave_up)));
    assert_false(gave_up);
    assert_int_equal(second.id.v, only_job(w, "plain", JOB_WAITING).id.v);
    assert_int_equal(first.id.v, only_job(w, "plain", JOB_DONE).id.v);
}

static enum rc claim_unit(struct work *w, void *arg)
{
    const struct job *job = arg;
    struct job mine;
    return job_claim(w, job->id, &mine);
}

DESK_TEST(of_many_that_claim_a_job_one_gets_it)
{
    struct job job = add_one(w, "");
    assert_int_equal(1, desk_race(d, claim_unit, &job, 8, OK));
    struct job now = only_job(w, "plain", JOB_RUNNING);
    assert_int_equal(1, now.claim);
    assert_int_equal(1, now.attempts);
    assert_true(now.lease_until.ms > instant_wall().ms);
}

static enum rc claim_as_loser(struct work *w, void *arg)
{
    enum rc rc = claim_unit(w, arg);
    return rc == CONFLICT ? OK : rc ? rc : FAILED;
}

DESK_TEST(who_is_too_late_is_told_so)
{
    struct job job = add_one(w, "");
    assert_rc(OK, WRITE(w, job_claim(w, job.id, &job)));
    assert_refused(CONFLICT, "", WRITE(w, job_claim(w, job.id, &job)));
    assert_int_equal(4, desk_race(d, claim_as_loser, &job, 4, OK));
}

static enum rc end_lease(struct work *w)
{
    return db_exec(w, "UPDATE job SET lease_until=1 WHERE community=$1"
                      " AND state=$2", JOB_RUNNING);
}

DESK_TEST(a_lease_that_ran_out_passes_to_the_next)
{
    struct job dead, next;
    bool gave_up;
    dead = add_one(w, "");
    assert_rc(OK, WRITE(w, job_claim(w, dead.id, &dead)));
    assert_refused(CONFLICT, "", WRITE(w, job_claim(w, dead.id, &next)));
    assert_rc(OK, WRITE(w, end_lease(w)));
    assert_rc(OK, WRITE(w, job_claim(w, dead.id, &next)));
    assert_int_equal(dead.claim + 1, next.claim);
    assert_int_equal(2, next.attempts);
    /* The first holder wakes up: nothing of his counts any more. */
    assert_refused(CONFLICT, "", WRITE(w, job_done(w, &dead)));
    assert_refused(CONFLICT, "", WRITE(w, job_wait_again(w, &dead, w->now)));
    assert_refused(CONFLICT, "",
                   WRITE(w, job_failed(w, &dead, NULL, &gave_up)));
    assert_rc(OK, WRITE(w, job_done(w, &next)));
    assert_refused(CONFLICT, "", WRITE(w, job_done(w, &next)));
}

DESK_TEST(a_job_is_not_run_before_it_is_due)
{
    struct jobs j = jobs_of(d);
    struct instant due = {w->now.ms + MS_PER_HOUR};
    assert_rc(OK, WRITE(w, job_add(w, "plain", "", "{\"n\":1}", due)));
    run_due(&j);
    assert_int_equal(0, runs);
    desk_later(d, MS_PER_HOUR - 1);
    run_due(&j);
    assert_int_equal(0, runs);
    struct job early = only_job(w, "plain", JOB_WAITING);
    assert_refused(CONFLICT, "", WRITE(w, job_claim(w, early.id, &early)));
    desk_later(d, 1);
    assert_int_equal(1, run_due(&j));
    assert_int_equal(1, runs);
    assert_int_equal(1, desk_entries(d, "test.ran"));
    assert_int_equal(w->now.ms, only_job(w, "plain", JOB_DONE).ended.ms);
    assert_int_equal(0, run_due(&j));
}

DESK_TEST(a_job_that_fails_backs_off_and_gives_up_on_the_record)
{
    static const int64_t minutes[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    struct jobs j = jobs_of(d);
    add_one(w, "");
    fail_first = 1000;
    for (size_t i = 0; i < COUNT_OF(minutes); i++) {
        run_due(&j);
        assert_int_equal(i + 1, runs);
        struct job job = only_job(w, "plain", JOB_WAITING);
        assert_int_equal(i + 1, job.attempts);
        assert_int_equal(minutes[i] * MS_PER_MINUTE, job.due.ms - w->now.ms);
        desk_later(d, minutes[i] * MS_PER_MINUTE - 1);
        assert_int_equal(0, run_due(&j));
        desk_later(d, 1);
    }
    assert_int_equal(0, desk_entries(d, "job.failed"));
    run_due(&j);
    assert_int_equal(JOB_ATTEMPTS_MAX, runs);
    struct job job = only_job(w, "plain", JOB_FAILED);
    assert_int_equal(1, desk_entries(d, "job.failed"));
    /* What the fault quoted is not kept, and failed runs left no trace. */
    assert_string_equal("invalid: quoted: %s", job.last_fault);
    assert_int_equal(0, desk_entries(d, "test.ran"));
    desk_later(d, MS_PER_DAY);
    run_due(&j);
    assert_int_equal(JOB_ATTEMPTS_MAX, runs);
}

DESK_TEST(a_job_that_worked_in_the_end_happened_once)
{
    struct jobs j = jobs_of(d);
    add_one(w, "");
    fail_first = 2;
    for (int i = 0; i < 5; i++) {
        run_due(&j);
        desk_later(d, MS_PER_HOUR);
    }
    assert_int_equal(3, runs);
    assert_int_equal(1, desk_entries(d, "test.ran"));
    assert_string_equal("", only_job(w, "plain", JOB_DONE).last_fault);
}

DESK_TEST(a_job_nobody_lives_to_end_is_given_up)
{
    struct jobs j = jobs_of(d);
    struct job job = add_one(w, "");
    for (int i = 0; i < JOB_ATTEMPTS_MAX; i++) {
        assert_rc(OK, WRITE(w, job_claim(w, job.id, &job)));
        assert_rc(OK, WRITE(w, end_lease(w)));
    }
    run_due(&j);
    assert_int_equal(0, runs);
    only_job(w, "plain", JOB_FAILED);
    assert_int_equal(1, desk_entries(d, "job.failed"));
}

DESK_TEST(a_job_this_program_does_not_know_waits_for_one_that_does)
{
    struct jobs j = jobs_of(d);
    assert_rc(OK, WRITE(w, job_add(w, "future", "", "", w->now)));
    run_due(&j);
    struct job job = only_job(w, "future", JOB_WAITING);
    assert_int_equal(w->now.ms + MS_PER_MINUTE, job.due.ms);
}

DESK_TEST(a_long_job_goes_in_parts_each_a_unit)
{
    struct jobs j = jobs_of(d);
    chunks_left = 25;
    assert_rc(OK, WRITE(w, job_add(w, "parts", "", "", w->now)));
    run_due(&j);
    assert_int_equal(25, runs);
    assert_int_equal(25, desk_entries(d, "test.ran"));
    struct job job = only_job(w, "parts", JOB_DONE);
    assert_int_equal(25, job.claim);
    assert_int_equal(1, job.attempts);
}

DESK_TEST(a_periodic_job_is_there_in_every_community_and_keeps_its_hour)
{
    struct jobs j = jobs_of(d);
    j.kinds = periodic;
    j.n_kinds = 1;
    struct instant start = w->now;
    run_due(&j);
    assert_int_equal(2, runs);
    assert_int_equal(start.ms + MS_PER_HOUR,
                     only_job(w, "hourly", JOB_WAITING).due.ms);
    /* Switched off for three hours and a half: made good once. */
    desk_later(d, 3 * MS_PER_HOUR + MS_PER_HOUR / 2);
    run_due(&j);
    assert_int_equal(4, runs);
    assert_int_equal(start.ms + 4 * MS_PER_HOUR,
                     only_job(w, "hourly", JOB_WAITING).due.ms);
    run_due(&j);
    assert_int_equal(4, runs);
}

DESK_TEST(a_periodic_job_given_up_has_a_next_time)
{
    struct jobs j = jobs_of(d);
    j.kinds = periodic;
    j.n_kinds = 1;
    fail_first = 2 * JOB_ATTEMPTS_MAX; /* two communities */
    for (int i = 0; i < 244; i++) {
        run_due(&j);
        desk_later(d, MS_PER_MINUTE);
    }
    assert_int_equal(2 * JOB_ATTEMPTS_MAX, runs);
    assert_int_equal(1, desk_entries(d, "job.failed"));
    only_job(w, "hourly", JOB_FAILED);
    struct job next = only_job(w, "hourly", JOB_WAITING);
    assert_true(next.due.ms > w->now.ms);
    assert_true(next.due.ms <= w->now.ms + MS_PER_HOUR);
}

DESK_TEST(a_job_runs_in_its_communitys_own_zone)
{
    struct jobs j = jobs_of(d);
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE community SET zone=$2"
                                      " WHERE community=$1",
                                   "Europe/Berlin")));
    add_one(w, "");
    run_due(&j);
    assert_string_equal("Europe/Berlin", zone);
}

DESK_TEST(another_communitys_job_is_not_ours)
{
    struct job job = add_one(w, "");
    desk_as_stranger(d, ROLE_ADMIN);
    assert_rc(NOT_FOUND, READ(w, job_load(w, job.id, &job)));
    assert_refused(CONFLICT, "", WRITE(w, job_claim(w, job.id, &job)));
}

DESK_TEST(the_thread_runs_what_is_due_and_stops_when_told)
{
    struct jobs j = jobs_of(d);
    struct fault f = {0};
    add_one(w, "");
    assert_int_equal(OK, jobs_start(&j, &f));
    for (int i = 0; i < 500 && !desk_entries(d, "test.ran"); i++)
        usleep(10000);
    jobs_stop(&j);
    jobs_stop(&j);
    assert_int_equal(1, desk_entries(d, "test.ran"));
    only_job(w, "plain", JOB_DONE);
}

DESK_TEST(a_full_disk_delays_a_job_and_loses_nothing)
{
    for (int64_t nth = 1; nth <= 12; nth++) {
        struct jobs j = jobs_of(d);
        struct fault f = {0};
        int64_t before = desk_entries(d, "test.ran");
        assert_rc(OK, WRITE(w, job_add(w, "plain", "", "", w->now)));
        store_trouble(d->store, nth % 2 ? TROUBLE_COMMIT : TROUBLE_STATEMENT,
                      (nth + 1) / 2);
        (void)!jobs_run_due(&j, NULL, &f);
        store_trouble(d->store, TROUBLE_NONE, 0);
        assert_rc(OK, WRITE(w, end_lease(w)));
        desk_later(d, MS_PER_HOUR);
        run_due(&j);
        assert_int_equal(before + 1, desk_entries(d, "test.ran"));
    }
}

/* ---- keeping times ---- */

static int64_t last_limit;
static const struct retention_rule old_jobs; /* defined below */

static enum rc erase_old_jobs(struct work *w, int64_t limit, int64_t *erased)
{
    struct instant before;
    last_limit = limit;
    assert_true(limit > 0 && limit <= RETENTION_ROWS_MAX);
    enum rc rc = retention_before(w, &old_jobs, &before);
    if (rc) return rc;
    rc = db_exec(w, "DELETE FROM job WHERE community=$1 AND id IN"
                    " (SELECT id FROM job WHERE community=$1 AND name=$2"
                    " AND due<$3 ORDER BY id LIMIT $4)", "old", before.ms,
                 limit);
    *erased = db_changes(w);
    return rc;
}

static const struct retention_rule old_jobs = {
    .name = "test.old", .days = 90, .setting = "report_keep_days",
    .erase = erase_old_jobs,
};
static const struct retention_rule *const rules[] = {&old_jobs,
                                                     &job_retention};

static const struct retention_rule *const ended_first[] = {&job_retention,
                                                           &old_jobs};

static enum rc fill(struct work *w, void *arg)
{
    const int64_t *n = arg;
    enum rc rc = OK;
    for (int64_t i = 0; !rc && i < *n; i++)
        rc = db_exec(w, "INSERT INTO job(community, id, name, key, payload,"
            " state, due, lease_until, claim, attempts, last_fault, ended)"
            " VALUES($1, $2, 'old', '', '', $3, $4, 0, 0, 0, '', $5)",
            work_new_id(w), JOB_DONE, w->now.ms, w->now.ms);
    return rc;
}

DESK_TEST(what_was_kept_long_enough_is_erased_in_small_units)
{
    struct jobs j = jobs_of(d);
    int64_t n = 450;
    j.rules = rules;
    j.n_rules = 1;
    assert_rc(OK, desk_write(d, fill, &n));
    desk_later(d, 89 * MS_PER_DAY);
    run_due(&j);
    assert_int_equal(0, desk_entries(d, "retention.erased"));
    desk_later(d, 2 * MS_PER_DAY);
    run_due(&j);
    assert_int_equal(3, desk_entries(d, "retention.erased"));
    assert_int_equal(0, desk_count(d, "SELECT count(*) FROM job WHERE"
                                      " community=$1 AND name='old'"));
}

DESK_TEST(the_day_counts_by_the_communitys_own_clock)
{
    struct instant before;
    /* 16:00 in Shanghai; 90 days before began at 16:00 UTC the day before. */
    assert_rc(OK, READ(w, retention_before(w, &old_jobs, &before)));
    char text[25];
    instant_format(text, before);
    assert_string_equal("2026-08-25T16:00:00.000Z", text);
    account_act_as_system(w);
    assert_rc(OK, WRITE(w, setting_set(w, "report_keep_days", "1")));
    assert_rc(OK, READ(w, retention_before(w, &old_jobs, &before)));
    instant_format(text, before);
    assert_string_equal("2026-11-22T16:00:00.000Z", text);
}

DESK_TEST(a_unit_erases_no_more_than_its_share_over_all_rules)
{
    int64_t n = RETENTION_ROWS_MAX - 50;
    bool again = false;
    assert_rc(OK, desk_write(d, fill, &n));
    desk_later(d, 10 * MS_PER_DAY);
    assert_rc(OK, WRITE(w, retention_run(w, ended_first, 2, &again)));
    assert_false(again); /* 150 by job_retention, none by the other */
    assert_int_equal(50, last_limit);
    assert_int_equal(1, desk_entries(d, "retention.erased"));
    n = RETENTION_ROWS_MAX + 1;
    assert_rc(OK, desk_write(d, fill, &n));
    desk_later(d, 91 * MS_PER_DAY);
    assert_rc(OK, WRITE(w, retention_run(w, rules, 2, &again)));
    assert_true(again);
    assert_int_equal(1, desk_count(d, "SELECT count(*) FROM job WHERE"
                                      " community=$1 AND name='old'"));
    assert_rc(OK, WRITE(w, retention_run(w, rules, 2, &again)));
    assert_false(again);
}

DESK_TEST(an_erasure_that_fails_leaves_rows_and_ledger_as_they_were)
{
    int64_t n = 10;
    bool again;
    assert_rc(OK, desk_write(d, fill, &n));
    desk_later(d, 91 * MS_PER_DAY);
    store_trouble(d->store, TROUBLE_COMMIT, 1);
    assert_rc(BUSY, WRITE(w, retention_run(w, rules, 2, &again)));
    assert_int_equal(0, desk_entries(d, "retention.erased"));
    assert_int_equal(10, desk_count(d, "SELECT count(*) FROM job WHERE"
                                       " community=$1 AND name='old'"));
}
