/* merkle.h - the tree of RFC 9162 (section 2.1): hashing, growing, proving.
 *
 *     leaf = SHA-256(0x00 || entry)            size 6:       root
 *     node = SHA-256(0x01 || left || right)                 /    \
 *     empty tree = SHA-256("")                           [0-3]  [4-5]
 *
 * A tree of n leaves splits at the largest power of two below n.  Its
 * frontier is the roots of the full subtrees that n is the sum of: one for
 * each bit set in n, enough to append and to know the root.  In the picture
 * these are [0-3] (level 2) and [4-5] (level 1), as 6 is binary 110.
 *
 * Pure: numbers and hashes in, hashes out.  Sizes stay below 2^63.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hash.h"

enum {
    MERKLE_RUN = 256,              /* leaves of a run kept by the ledger */
    MERKLE_PROOF_MAX = 64,         /* hashes in the longest proof */
    MERKLE_FRONTIER_MAX = 64 * 32, /* bytes of the longest frontier */
};

struct digest merkle_empty(void);
struct digest merkle_leaf(const void *p, size_t n);
struct digest merkle_node(struct digest left, struct digest right);

/* ---- growing ---- */

struct merkle_frontier {
    uint64_t size;          /* leaves so far */
    struct digest node[64]; /* [k]: of 2^k leaves; meaningful if bit k of size
                               is set */
};

void merkle_frontier_init(struct merkle_frontier *t);
/* Largest subtree first, 32 bytes each; the bytes written. */
size_t merkle_frontier_encode(const struct merkle_frontier *t,
                              uint8_t out[MERKLE_FRONTIER_MAX]);
/* False (t undefined) unless n is 32 for each bit set in size < 2^63. */
bool merkle_frontier_decode(struct merkle_frontier *t, uint64_t size,
                            const void *at, size_t n);
/* Add one leaf.  True if it completed an aligned run of MERKLE_RUN leaves,
 * whose root is then in *run (may be NULL if nobody wants it). */
bool merkle_frontier_append(struct merkle_frontier *t,
                            const struct digest *leaf, struct digest *run);
/* Add a whole run by its root; size must be a multiple of MERKLE_RUN. */
void merkle_frontier_append_run(struct merkle_frontier *t,
                                const struct digest *run);
struct digest merkle_frontier_root(const struct merkle_frontier *t);

/* ---- proving ---- */

/* The hash of the subtree of `count` >= 1 leaves from first_leaf on.  The
 * proofs ask only for subtrees of the tree, so count is any number and
 * first_leaf a multiple of the smallest power of two not below it. */
typedef enum rc merkle_subtree_fn(void *ctx, uint64_t first_leaf,
                                  uint64_t count, struct digest *out);

/* That leaf `index` is in the tree of `size`: siblings from the leaf up into
 * proof (MERKLE_PROOF_MAX of them), their number into *n.  INVALID unless
 * index < size; else what get fails with. */
enum rc merkle_inclusion(uint64_t index, uint64_t size,
                         merkle_subtree_fn *get, void *ctx,
                         struct digest *proof, size_t *n) MUST_USE;
/* That the tree of `newer` leaves begins with that of `older`.  INVALID
 * unless 1 <= older <= newer; no hashes when they are equal. */
enum rc merkle_consistency(uint64_t older, uint64_t newer,
                           merkle_subtree_fn *get, void *ctx,
                           struct digest *proof, size_t *n) MUST_USE;

/* One hash of a list: leaf number index, or run number index. */
typedef enum rc merkle_hash_fn(void *ctx, uint64_t index,
                               struct digest *out);
/* What a merkle_subtree_fn answers, computed from leaves, and from the roots
 * of whole runs where get_run is not NULL and first is a run's start. */
enum rc merkle_root_of(merkle_hash_fn *get_leaf, merkle_hash_fn *get_run,
                       void *ctx, uint64_t first, uint64_t count,
                       struct digest *out) MUST_USE;

/* ---- checking a proof; whatever the input, false unless it proves ---- */

bool merkle_inclusion_holds(struct digest leaf, uint64_t index,
                            uint64_t size, const struct digest *proof,
                            size_t n, struct digest root);
bool merkle_consistency_holds(uint64_t older, uint64_t newer,
                              struct digest older_root,
                              struct digest newer_root,
                              const struct digest *proof, size_t n);
