/* ledger_read.c - entries listed, the head, proofs, checkpoints.  See
 * ledger.h.
 *
 * A proof needs hashes of subtrees: they are computed from the leaves beside
 * the entries and from the roots of whole runs in ledger_node, fetched a
 * window at a time, so that a proof over a million entries reads some four
 * thousand hashes in twenty statements.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger_inside.h"

#include "ledger/checkpoint.h"
#include "store/keys.h"

static const struct field ledger_entry_fields[] = {
    FIELD(ledger_entry, seq, F_INT, F_OURS),
    FIELD(ledger_entry, kind, F_TEXT, F_OURS),
    FIELD(ledger_entry, thing, F_ID, F_OURS),
    FIELD(ledger_entry, actor, F_ID, F_OURS),
    FIELD(ledger_entry, recorded, F_INSTANT, F_OURS),
    FIELD(ledger_entry, body, F_TEXT, F_OURS, .max = LEDGER_BODY_MAX),
    FIELD(ledger_entry, leaf, F_BYTES, F_OURS),
};
const struct shape ledger_entry_shape =
    SHAPE(ledger_entry, ledger_entry_fields);

/* ---- entries ---- */

enum rc ledger_list(struct work *w, const struct ledger_filter *filter,
                    struct ledger_entry **items, size_t *n)
{
    struct db_list q = db_list_from(
        "SELECT seq, kind, thing, actor, recorded, body, leaf"
        " FROM ledger_entry WHERE community=$1");
    /* One of ledger_entry_kind, _thing, _actor, or the primary key; each ends
     * in seq, so the order costs nothing. */
    if (filter->kind) db_list_and(&q, " AND kind=$?", filter->kind);
    if (filter->thing) db_list_and(&q, " AND thing=$?", filter->thing);
    if (filter->actor) db_list_and(&q, " AND actor=$?", filter->actor);
    if (filter->since != NONE)
        db_list_and(&q, " AND recorded>=$?", filter->since);
    if (filter->until != NONE)
        db_list_and(&q, " AND recorded<$?", filter->until);
    db_list_and(&q, " AND seq>$?", filter->after);
    if (filter->before != NONE) {
        db_list_and(&q, " AND seq<$?", filter->before);
        db_list_plain(&q, " ORDER BY seq DESC");
    } else {
        db_list_plain(&q, " ORDER BY seq");
    }
    db_list_and(&q, " LIMIT $?", filter->limit);
    return db_list_all(w, &ledger_entry_shape, items, n, &q);
}

enum rc ledger_load(struct work *w, int64_t seq, struct ledger_entry *out)
{
    return db_one(w, &ledger_entry_shape, out,
        "SELECT seq, kind, thing, actor, recorded, body, leaf"
        " FROM ledger_entry WHERE community=$1 AND seq=$2", seq);
}

/* ---- the head ---- */

struct head_row {
    int64_t size;
    struct bytes frontier;
};
static const struct field head_row_fields[] = {
    FIELD(head_row, size, F_INT, 0),
    FIELD(head_row, frontier, F_BYTES, 0),
};
static const struct shape head_row_shape = SHAPE(head_row, head_row_fields);

enum rc ledger_head_row(struct work *w, int64_t *size,
                        struct bytes *frontier)
{
    struct head_row row = {0};
    enum rc rc = db_one(w, &head_row_shape, &row,
        "SELECT size, frontier FROM ledger_head WHERE community=$1");
    *size = row.size;
    *frontier = row.frontier;
    return rc == NOT_FOUND ? OK : rc; /* nothing was entered yet */
}

enum rc ledger_head(struct work *w, struct ledger_head *out)
{
    struct merkle_frontier tree;
    struct bytes frontier;
    int64_t size;
    enum rc rc = ledger_head_row(w, &size, &frontier);
    if (rc) return rc;
    if (size < 0 || !merkle_frontier_decode(&tree, (uint64_t)size,
                                            frontier.at, frontier.n))
        return work_fail(w, FAILED, "", "the ledger's head is damaged");
    out->size = size;
    out->root = merkle_frontier_root(&tree);
    return OK;
}

/* ---- proofs ---- */

/* Hashes read together; n of them from number `first` on. */
struct window {
    uint64_t first, n;
    struct digest hash[MERKLE_RUN];
};

struct prover {
    struct work *w;
    struct window leaves, runs;
};

struct hash_row {
    int64_t at;
    struct bytes hash;
};
static const struct field hash_row_fields[] = {
    FIELD(hash_row, at, F_INT, 0),
    FIELD(hash_row, hash, F_BYTES, 0),
};
static const struct shape hash_row_shape = SHAPE(hash_row, hash_row_fields);

/* Number `index` of the window that `rows` fill from `first` on. */
static enum rc take_window(struct work *w, struct window *win,
                           const struct hash_row *rows, size_t n,
                           uint64_t first, uint64_t index,
                           struct digest *out)
{
    win->first = first;
    win->n = 0;
    for (size_t i = 0; i < n; i++) {
        if ((uint64_t)rows[i].at != first + i ||
            rows[i].hash.n != sizeof win->hash[i].b)
            break;
        memcpy(win->hash[i].b, rows[i].hash.at, sizeof win->hash[i].b);
        win->n++;
    }
    if (index - first >= win->n)
        return work_fail(w, FAILED, "", "the ledger lacks a hash");
    *out = win->hash[index - first];
    return OK;
}

static bool in_window(const struct window *win, uint64_t index,
                      struct digest *out)
{
    if (index < win->first || index - win->first >= win->n) return false;
    *out = win->hash[index - win->first];
    return true;
}

static enum rc get_leaf(void *ctx, uint64_t index, struct digest *out)
{
    struct prover *p = ctx;
    struct hash_row *rows;
    size_t n;
    if (in_window(&p->leaves, index, out)) return OK;
    uint64_t first = index - index % MERKLE_RUN;
    enum rc rc = db_all(p->w, &hash_row_shape, &rows, &n,
        "SELECT seq AS at, leaf AS hash FROM ledger_entry"
        " WHERE community=$1 AND seq>=$2 AND seq<$3 ORDER BY seq",
        (int64_t)first, (int64_t)(first + MERKLE_RUN));
    if (rc) return rc;
    return take_window(p->w, &p->leaves, rows, n, first, index, out);
}

static enum rc get_run(void *ctx, uint64_t index, struct digest *out)
{
    struct prover *p = ctx;
    struct hash_row *rows;
    size_t n;
    if (in_window(&p->runs, index, out)) return OK;
    uint64_t first = index - index % MERKLE_RUN;
    enum rc rc = db_all(p->w, &hash_row_shape, &rows, &n,
        "SELECT idx AS at, hash FROM ledger_node"
        " WHERE community=$1 AND idx>=$2 AND idx<$3 ORDER BY idx",
        (int64_t)first, (int64_t)(first + MERKLE_RUN));
    if (rc) return rc;
    return take_window(p->w, &p->runs, rows, n, first, index, out);
}

static enum rc get_subtree(void *ctx, uint64_t first, uint64_t count,
                           struct digest *out)
{
    return merkle_root_of(get_leaf, get_run, ctx, first, count, out);
}

/* The newer tree of a proof must be one that we have or had. */
static enum rc start_prover(struct work *w, struct prover *p, int64_t size)
{
    struct ledger_head head;
    enum rc rc = ledger_head(w, &head);
    if (rc) return rc;
    if (size < 0 || size > head.size)
        return work_fail(w, INVALID, "size",
                         "the ledger has not so many entries");
    p->w = w;
    p->leaves.n = p->runs.n = 0;
    return OK;
}

enum rc ledger_inclusion(struct work *w, int64_t seq, int64_t size,
                         struct digest *proof, size_t *n)
{
    struct prover p;
    *n = 0;
    enum rc rc = start_prover(w, &p, size);
    if (rc) return rc;
    if (seq < 0 || seq >= size)
        return work_fail(w, INVALID, "seq",
                         "the tree of that size does not have this entry");
    return merkle_inclusion((uint64_t)seq, (uint64_t)size, get_subtree, &p,
                            proof, n);
}

enum rc ledger_consistency(struct work *w, int64_t older, int64_t newer,
                           struct digest *proof, size_t *n)
{
    struct prover p;
    *n = 0;
    enum rc rc = start_prover(w, &p, newer);
    if (rc) return rc;
    if (older < 1 || older > newer)
        return work_fail(w, INVALID, "older",
                         "must be from 1 to the size of the newer tree");
    return merkle_consistency((uint64_t)older, (uint64_t)newer, get_subtree,
                              &p, proof, n);
}

/* ---- checkpoints ---- */

const char *ledger_origin(struct work *w)
{
    return arena_printf(w->arena, "renlin/%lld", (long long)w->community.v);
}

const char *ledger_vkey(struct work *w)
{
    const struct keys *keys = store_keys(w->store);
    if (!keys) return NULL;
    return checkpoint_vkey(w->arena, ledger_origin(w),
                           keys_sign_public(keys));
}

enum rc ledger_checkpoint(struct work *w, const char **note)
{
    const struct keys *keys = store_keys(w->store);
    struct ledger_head head;
    if (!keys)
        return work_fail(w, FAILED, "",
                         "the keys of this database are not here");
    enum rc rc = ledger_head(w, &head);
    if (rc) return rc;
    const char *origin = ledger_origin(w);
    const char *made =
        checkpoint_sign(w->arena, origin, (uint64_t)head.size, head.root,
                        keys_sign_secret(keys), origin);
    /* Who comes second finds the first one's note. */
    rc = db_exec(w,
        "INSERT INTO ledger_checkpoint(community, size, at, note)"
        " VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        head.size, w->now.ms, made);
    if (rc) return rc;
    return db_text(w, note, "SELECT note FROM ledger_checkpoint"
                            " WHERE community=$1 AND size=$2", head.size);
}

enum rc ledger_checkpoint_newest(struct work *w, const char **note)
{
    return db_text(w, note,
        "SELECT note FROM ledger_checkpoint WHERE community=$1"
        " ORDER BY size DESC LIMIT 1");
}
