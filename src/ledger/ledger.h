/* ledger.h - who did what, when, by which right, provably.
 *
 * Append-only per community: an RFC 9162 Merkle tree over the entries'
 * bodies.  ledger_add collects an entry in the work; just before COMMIT the
 * store calls ledger_before_commit, which gives each its number (seq), so
 * that entries exist exactly when their effects do.
 *
 * A body is canonical JSON:
 *   {"v":1,"community":"…","kind":"task.moved","thing":"…","actor":"…",
 *    "role":"director","at":"…Z","recorded":"…Z","late":true,
 *    "authority":"…","purpose":"…","request":"…",
 *    "values":{…},"digest":"hex","parts":{"name":"hex"}}
 * `at` is when it happened, `recorded` when it was entered; over a day apart
 * marks it late.  values are never personal.  digest stands for a row kept
 * elsewhere: SHA-256(salt || its JSON), the salt beside the row.  parts are
 * personal values: SHA-256(salt || value), salt and value in ledger_secret,
 * so that erasure leaves the tree whole.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hash.h"
#include "ledger/merkle.h"
#include "store/db.h"
#include "store/store.h"

enum { LEDGER_SALT = 16, LEDGER_BODY_MAX = 16 << 10, LEDGER_PARTS_MAX = 16 };

struct ledger_part {
    const char *name;  /* "name.before" */
    const char *value;
};

/* What there is to say; members left zero are left out. */
struct ledger_fact {
    const char *kind;
    int64_t thing;
    struct instant at;            /* ms 0: now */
    const char *values;           /* JSON object text */
    const struct digest *digest;
    const struct ledger_part *parts;
    size_t n_parts;
};

/* Collect an entry of this unit of work. */
enum rc ledger_add(struct work *w, const char *kind, int64_t thing) MUST_USE;
enum rc ledger_add_fact(struct work *w, const struct ledger_fact *fact)
    MUST_USE;

/* Somebody's personal data was looked at: subjects of this request gather
 * in one entry "reading" when ledger_enter_readings is called in a unit. */
void reading_add(struct work *w, struct person_id person);
bool reading_has(const struct work *w);
enum rc ledger_enter_readings(struct work *w, const char *what) MUST_USE;

/* The store's hook; see store_hooks. */
enum rc ledger_before_commit(struct work *batch, struct work **works,
                             size_t n);

/* ---- reading the ledger ---- */

struct ledger_entry {
    int64_t seq;
    const char *kind;
    int64_t thing, actor;
    struct instant recorded;
    const char *body;
    struct bytes leaf;
};
extern const struct shape ledger_entry_shape;

struct ledger_filter {
    int64_t after;        /* seq greater than this; -1 all */
    int64_t before;       /* seq below this, newest first; NONE: ascending */
    const char *kind;     /* NULL any */
    int64_t thing, actor; /* 0 any */
    int64_t since, until; /* recorded, ms; NONE open */
    int64_t limit;
};
enum rc ledger_list(struct work *w, const struct ledger_filter *filter,
                    struct ledger_entry **items, size_t *n) MUST_USE;
enum rc ledger_load(struct work *w, int64_t seq, struct ledger_entry *out)
    MUST_USE;

struct ledger_head {
    int64_t size;
    struct digest root;
};
enum rc ledger_head(struct work *w, struct ledger_head *out) MUST_USE;
/* That entry seq is in the tree of the given size; at most 64 hashes. */
enum rc ledger_inclusion(struct work *w, int64_t seq, int64_t size,
                         struct digest *proof, size_t *n) MUST_USE;
enum rc ledger_consistency(struct work *w, int64_t older, int64_t newer,
                           struct digest *proof, size_t *n) MUST_USE;

/* Sign the tree as it stands with the database's key and keep the note.
 * One a size; the newest is at /checkpoint. */
enum rc ledger_checkpoint(struct work *w, const char **note) MUST_USE;
enum rc ledger_checkpoint_newest(struct work *w, const char **note) MUST_USE;

/* Recompute everything of w->community: bodies, columns, leaves, nodes,
 * head, checkpoints.  NOT_FOUND... never; INVALID with the fault naming the
 * first entry that does not hold; *entries counts those that do.  `kept` is
 * a checkpoint kept elsewhere (or NULL) that the tree must extend.
 * `holds` is asked for each entry with a digest: does the row it stands for
 * still say the same?  (NULL: do not ask.) */
typedef enum rc ledger_row_check(struct work *w, const char *kind,
                                 int64_t thing, const struct digest *digest,
                                 bool *same);
enum rc ledger_verify(struct work *w, const char *kept,
                      ledger_row_check *holds, int64_t *entries,
                      struct digest *root) MUST_USE;
