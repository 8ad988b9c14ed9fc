/* outbox.c - messages as rows, and the round of a sender.  See outbox.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/outbox.h"

#include "base/log.h"
#include "base/text.h"
#include "job/job.h"
#include "ledger/ledger.h"

enum { COMMUNITIES_MAX = 4096 };

const char *const outbox_states[] = {"waiting", "sending", "sent", "failed",
                                     NULL};

static const struct field outbox_fields[] = {
    FIELD(outbox, id, F_ID, F_OURS),
    FIELD(outbox, channel, F_TEXT, F_OURS),
    FIELD(outbox, to_ref, F_TEXT, F_OURS),
    FIELD(outbox, template, F_TEXT, F_OURS),
    FIELD(outbox, args, F_TEXT, F_OURS | F_HIDDEN),
    FIELD(outbox, dedupe, F_TEXT, F_OURS | F_HIDDEN),
    FIELD(outbox, state, F_ENUM, F_OURS, .words = outbox_states),
    FIELD(outbox, due, F_INSTANT, F_OURS),
    FIELD(outbox, claim, F_INT, F_OURS | F_HIDDEN),
    FIELD(outbox, attempts, F_INT, F_OURS),
    FIELD(outbox, last_fault, F_TEXT, F_OURS),
    FIELD(outbox, created, F_INSTANT, F_OURS),
    FIELD(outbox, ended, F_INSTANT, F_OURS),
};
const struct shape outbox_shape = SHAPE(outbox, outbox_fields);

enum rc outbox_add(struct work *w, struct outbox *m)
{
    assert(!text_is_empty(m->channel) && !text_is_empty(m->to_ref));
    assert(!text_is_empty(m->template) && !text_is_empty(m->dedupe));
    m->id.v = work_new_id(w);
    m->created = w->now;
    if (m->due.ms == 0) m->due = w->now;
    enum rc rc = db_exec(w,
        "INSERT INTO outbox(community, id, channel, to_ref, template, args,"
        " dedupe, state, due, lease_until, claim, attempts, last_fault,"
        " created) VALUES($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, 0, 0, '', $9)"
        " ON CONFLICT(community, channel, dedupe) DO NOTHING",
        m->id.v, m->channel, m->to_ref, m->template,
        m->args ? m->args : "", m->dedupe, m->due.ms, m->created.ms);
    if (rc || db_changes(w)) return rc;
    return db_int(w, &m->id.v,
        "SELECT id FROM outbox WHERE community=$1 AND channel=$2"
        " AND dedupe=$3", m->channel, m->dedupe);
}

enum rc outbox_load(struct work *w, struct outbox_id id, struct outbox *out)
{
    return db_one(w, &outbox_shape, out,
        "SELECT id, channel, to_ref, template, args, dedupe, state, due,"
        " claim, attempts, last_fault, created, ended FROM outbox"
        " WHERE community=$1 AND id=$2", id.v);
}

/* The list is only a hint: the WHERE of each UPDATE says who holds it. */
static enum rc claim_one(struct work *w, struct outbox *m)
{
    int64_t wall = instant_wall().ms;
    return db_one(w, &outbox_shape, m,
        "UPDATE outbox SET state=$3, lease_until=$4, claim=claim+1,"
        " attempts=attempts+1 WHERE community=$1 AND id=$2 AND state<2"
        " AND due<=$5 AND lease_until<=$6"
        " RETURNING id, channel, to_ref, template, args, dedupe, state, due,"
        " claim, attempts, last_fault, created, ended",
        m->id.v, OUTBOX_SENDING, wall + OUTBOX_LEASE_MS, w->now.ms, wall);
}

enum rc outbox_claim(struct work *w, const char *channel, int64_t limit,
                     struct outbox **items, size_t *n)
{
    size_t found;
    *n = 0;
    if (limit > OUTBOX_CLAIM_MAX) limit = OUTBOX_CLAIM_MAX;
    enum rc rc = db_all(w, &outbox_shape, items, &found,
        "SELECT id FROM outbox WHERE community=$1 AND channel=$2"
        " AND state<2 AND due<=$3 AND lease_until<=$4"
        " ORDER BY due, id LIMIT $5",
        channel, w->now.ms, instant_wall().ms, limit);
    for (size_t i = 0; !rc && i < found; i++) {
        struct outbox m = (*items)[i];
        rc = claim_one(w, &m);
        if (!rc) (*items)[(*n)++] = m;
        else if (rc == NOT_FOUND) rc = OK;
    }
    return rc;
}

/* One end or another of the holder's attempt. */
static enum rc move(struct work *w, const struct outbox *m,
                    enum outbox_state to, int64_t due, const char *fault)
{
    enum rc rc = db_exec(w,
        "UPDATE outbox SET state=$3, lease_until=0, due=$4, last_fault=$5,"
        " ended=$6 WHERE community=$1 AND id=$2 AND state=$7 AND claim=$8",
        m->id.v, to, due, fault, to == OUTBOX_WAITING ? NONE : w->now.ms,
        OUTBOX_SENDING, m->claim);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, CONFLICT, "", "somebody was faster");
    return OK;
}

enum rc outbox_sent(struct work *w, const struct outbox *m)
{
    return move(w, m, OUTBOX_SENT, m->due.ms, "");
}

enum rc outbox_failed(struct work *w, const struct outbox *m,
                      const struct fault *why)
{
    const char *fault = job_fault_note(w->arena, why);
    if (m->attempts < OUTBOX_ATTEMPTS_MAX)
        return move(w, m, OUTBOX_WAITING,
                    w->now.ms + job_back_off_ms(m->attempts), fault);
    enum rc rc = move(w, m, OUTBOX_FAILED, m->due.ms, fault);
    return rc ? rc : ledger_add(w, "outbox.failed", m->id.v);
}

/* ---- a sender's round ---- */

struct waiting {
    int64_t community;
};
static const struct field waiting_fields[] = {
    FIELD(waiting, community, F_INT, 0),
};
static const struct shape waiting_shape = SHAPE(waiting, waiting_fields);

struct round {
    const struct outbox_sender *sender;
    struct waiting *where;
    size_t n_where;
    struct outbox *items;
    size_t n;
};

static enum rc find_waiting(struct work *w, void *arg)
{
    struct round *r = arg;
    return db_city_all(w, &waiting_shape, &r->where, &r->n_where,
        "SELECT DISTINCT community FROM outbox WHERE state<2 AND channel=$1"
        " AND due<=$2 AND lease_until<=$3 ORDER BY community LIMIT $4",
        r->sender->channel, w->now.ms, instant_wall().ms, COMMUNITIES_MAX);
}

static enum rc take(struct work *w, void *arg)
{
    struct round *r = arg;
    return outbox_claim(w, r->sender->channel, OUTBOX_CLAIM_MAX, &r->items,
                        &r->n);
}

struct outcome {
    const struct outbox *message;
    enum rc rc;
    struct fault fault;
};

static enum rc settle(struct work *w, void *arg)
{
    const struct outcome *o = arg;
    return o->rc ? outbox_failed(w, o->message, &o->fault)
                 : outbox_sent(w, o->message);
}

static enum rc send_one(struct work *w, const struct outbox_sender *sender,
                        const struct outbox *m, int64_t *sent)
{
    struct outcome o = {.message = m};
    o.rc = sender->send(w, m);
    o.fault = w->fault;
    struct work after;
    work_init(&after, w->store, w->arena, w->community);
    enum rc rc = store_write(&after, settle, &o);
    if (!rc && !o.rc) ++*sent;
    /* Not settled: the lease runs out and it is sent again. */
    if (rc)
        log_warn("outbox-unsettled", "community=%lld id=%lld rc=%s",
                 (long long)w->community.v, (long long)m->id.v, rc_name(rc));
    return rc == CONFLICT ? OK : rc;
}

static enum rc drain_community(struct store *s, struct round *r,
                               struct community_id community, int64_t *sent,
                               struct fault *f)
{
    struct arena a;
    enum rc rc;
    arena_init(&a, ARENA_MAX);
    do {
        struct work w;
        arena_reset(&a);
        work_init(&w, s, &a, community);
        rc = store_write(&w, take, r);
        if (rc) *f = w.fault;
        for (size_t i = 0; !rc && i < r->n; i++) {
            work_init(&w, s, &a, community);
            rc = send_one(&w, r->sender, &r->items[i], sent);
            if (rc) fault_set(f, rc, "", "a message could not be settled");
        }
    } while (!rc && r->n == OUTBOX_CLAIM_MAX);
    arena_release(&a);
    return rc;
}

enum rc outbox_drain(struct store *s, const struct outbox_sender *sender,
                     int64_t *sent, struct fault *f)
{
    struct arena a;
    struct work w;
    struct round r = {.sender = sender};
    int64_t count = 0;
    arena_init(&a, ARENA_MAX);
    work_init(&w, s, &a, (struct community_id){0});
    enum rc rc = store_read(&w, find_waiting, &r);
    if (rc) *f = w.fault;
    for (size_t i = 0; !rc && i < r.n_where; i++)
        rc = drain_community(s, &r,
                             (struct community_id){r.where[i].community},
                             &count, f);
    arena_release(&a);
    if (sent) *sent = count;
    return rc;
}

/* ---- the log channel ---- */

static enum rc send_to_log(struct work *w, const struct outbox *m)
{
    log_info("outbox", "community=%lld id=%lld template=\"%s\"",
             (long long)w->community.v, (long long)m->id.v, m->template);
    return OK;
}

const struct outbox_sender outbox_log_sender = {"log", send_to_log};

/* ---- ended messages go, too ---- */

static enum rc erase_ended(struct work *w, int64_t limit, int64_t *erased)
{
    struct instant before;
    enum rc rc = retention_before(w, &outbox_retention, &before);
    if (!rc)
        rc = db_exec(w,
            "DELETE FROM outbox WHERE community=$1 AND id IN"
            " (SELECT id FROM outbox WHERE community=$1 AND state>1"
            " AND ended<$2 ORDER BY ended LIMIT $3)", before.ms, limit);
    if (!rc) *erased = db_changes(w);
    return rc;
}

const struct retention_rule outbox_retention = {
    .name = "outbox", .days = 30, .erase = erase_ended,
};
