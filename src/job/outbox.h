/* outbox.h - messages on their way out of the house.
 *
 *     unit that decides ──outbox_add──► row, committed with the decision
 *     sender: claim (unit) ─► send, outside ─► outbox_sent (unit)
 *                                └─ fails ──► outbox_failed: 1, 2, 4 … 60
 *                                             minutes, given up after 10
 *
 * At least once: a sender that dies between sending and outbox_sent sends the
 * message again, under the same id.  Every channel hands the id on as its
 * idempotency key, so that the other side can tell.  A message says whom by
 * reference ("person:123") and what by template; address and sentence are
 * found when it is sent, in the reader's language, and never kept here.
 * Leases as in job.h.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/retention.h"
#include "store/store.h"

enum { OUTBOX_LEASE_MS = 2 * 60 * 1000, OUTBOX_ATTEMPTS_MAX = 10,
       OUTBOX_CLAIM_MAX = 50 };

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENDING, OUTBOX_SENT,
                    OUTBOX_FAILED };
extern const char *const outbox_states[]; /* words of enum outbox_state */

struct outbox_id { int64_t v; };

struct outbox {
    struct outbox_id id;            /* the idempotency key */
    const char *channel;            /* "log", "sms" */
    const char *to_ref;             /* "person:123", "role:director" */
    const char *template, *args;    /* key; JSON object, "" is none */
    const char *dedupe;             /* "alert:77:person:123", never "" */
    int64_t state;                  /* enum outbox_state */
    struct instant due;             /* ms 0 when added: now */
    int64_t claim;                  /* the holder's number */
    int64_t attempts;
    const char *last_fault;         /* "" none */
    struct instant created;
    struct instant ended;           /* NO_INSTANT while open */
};
extern const struct shape outbox_shape;

/* Into the outbox in this unit; fills in m->id.  A message of the same
 * channel and dedupe key that is there already, whatever became of it, stands
 * for this one: OK, with its id. */
enum rc outbox_add(struct work *w, struct outbox *m) MUST_USE;
enum rc outbox_load(struct work *w, struct outbox_id id, struct outbox *out)
    MUST_USE;

/* Lease up to `limit` (OUTBOX_CLAIM_MAX) due messages of a channel in this
 * community; what others hold is passed over. */
enum rc outbox_claim(struct work *w, const char *channel, int64_t limit,
                     struct outbox **items, size_t *n) MUST_USE;
/* For the holder, with `m` as claimed; CONFLICT when the lease was taken
 * over.  Giving up is entered in the ledger. */
enum rc outbox_sent(struct work *w, const struct outbox *m) MUST_USE;
enum rc outbox_failed(struct work *w, const struct outbox *m,
                      const struct fault *why) MUST_USE;

/* A channel's way out.  `send` runs outside any unit on the draining thread
 * and may take its time, within OUTBOX_LEASE_MS for all it claimed. */
struct outbox_sender {
    const char *channel;
    enum rc (*send)(struct work *w, const struct outbox *m);
};
/* Writes the id and template to the log, and nothing else. */
extern const struct outbox_sender outbox_log_sender;

/* Send what is due on this channel in all communities; *sent may be NULL.
 * A message that fails is no error here. */
enum rc outbox_drain(struct store *s, const struct outbox_sender *sender,
                     int64_t *sent, struct fault *f) MUST_USE;

/* Erases messages that ended 30 days ago; for the table of rules. */
extern const struct retention_rule outbox_retention;
