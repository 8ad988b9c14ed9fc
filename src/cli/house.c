/* house.c - the tables of house.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/house.h"

#include "intake/intake.h"
#include "job/outbox.h"
#include "ledger/ledger.h"
#include "watch/signal.h"

extern const struct follower watch_follower;

const struct follower *const all_followers[] = {&watch_follower};
const size_t all_followers_n = COUNT_OF(all_followers);

/* Each day's signed checkpoint, for the public page and the evening sheet. */
static enum rc checkpoint_run(struct work *w, const char *payload,
                              bool *again)
{
    const char *note;
    (void)payload;
    *again = false;
    return ledger_checkpoint(w, &note);
}
static const struct job_kind checkpoint_job = {
    .name = "checkpoint", .run = checkpoint_run, .every_ms = MS_PER_DAY,
};

const struct job_kind *const all_jobs[] = {&checkpoint_job};
const size_t all_jobs_n = COUNT_OF(all_jobs);

/* Every kind by its own keeping time. */
static enum rc reports_erase(struct work *w, int64_t limit, int64_t *erased)
{
    enum rc rc = OK;
    *erased = 0;
    for (size_t i = 0; !rc && report_kinds[i] && *erased < limit; i++) {
        int64_t n = 0;
        rc = report_expire(w, report_kinds[i], limit - *erased, &n);
        *erased += n;
    }
    return rc;
}
static const struct retention_rule report_retention = {
    .name = "report", .erase = reports_erase,
};

const struct retention_rule *const all_retention[] = {
    &report_retention, &signal_retention, &job_retention, &outbox_retention,
};
const size_t all_retention_n = COUNT_OF(all_retention);
