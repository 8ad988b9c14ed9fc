/* follower.h - news travels by the ledger.
 *
 *     commit ──bell──► followers: unit { read entries from the cursor on,
 *                                        run(entries), save the cursor }
 *
 * A follower is a function and a row that holds its cursor, one a community.
 * It saves the cursor in the unit of its own effects, so each entry is taken
 * in exactly once, whatever is killed when.  The bell is a hint: a follower
 * that missed it catches up at the next, at the start, and (PostgreSQL, where
 * other processes commit too) once a second.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ledger/ledger.h"

enum { FOLLOWER_ENTRIES_MAX = 256 };

/* Inside a unit on the writer, as the system in the entries' community; n of
 * 1 … FOLLOWER_ENTRIES_MAX entries in order.  An error rolls the unit back;
 * it is tried again at the next bell. */
typedef enum rc follower_fn(struct work *w, const struct ledger_entry *entries,
                            size_t n);
struct follower {
    const char *name;   /* of its row */
    follower_fn *run;
};

/* After each commit that entered something: the newest seq.  Must be brief. */
typedef void follower_observe(void *ctx, struct community_id community,
                              int64_t seq);

/* Sets the store's hooks (ledger_before_commit and the bell) and catches up
 * with every community.  `list` must outlive the store.  n may be 0: then
 * entries are only entered. */
enum rc followers_start(struct store *s, const struct follower *const *list,
                        size_t n, struct fault *f) MUST_USE;
void followers_observe(struct store *s, follower_observe *fn, void *ctx);
/* Waits until every follower has read all there is; for commands and tests.
 * BUSY after ten seconds. */
enum rc followers_wait(struct store *s, struct fault *f) MUST_USE;
/* Entries between the newest and the slowest follower's cursor, now. */
int64_t followers_lag(struct store *s);
