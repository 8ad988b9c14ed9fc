/* merkle.c - the tree of RFC 9162.  See merkle.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/merkle.h"

#include <string.h>

#define SIZE_END ((uint64_t)1 << 63)

enum { RUN_LEVEL = 8 };
_Static_assert(1 << RUN_LEVEL == MERKLE_RUN, "a run is a full subtree");

struct digest merkle_empty(void)
{
    return sha256_of(NULL, 0);
}

struct digest merkle_leaf(const void *p, size_t n)
{
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, "\x00", 1);
    sha256_add(&h, p, n);
    return sha256_end(&h);
}

struct digest merkle_node(struct digest left, struct digest right)
{
    uint8_t both[1 + 64] = {0x01};
    memcpy(both + 1, left.b, 32);
    memcpy(both + 33, right.b, 32);
    return sha256_of(both, sizeof both);
}

static bool same(struct digest a, struct digest b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

/* ---- growing ---- */

void merkle_frontier_init(struct merkle_frontier *t)
{
    memset(t, 0, sizeof *t);
}

size_t merkle_frontier_encode(const struct merkle_frontier *t,
                              uint8_t out[MERKLE_FRONTIER_MAX])
{
    size_t n = 0;
    for (int k = 63; k >= 0; k--) {
        if (!(t->size >> k & 1)) continue;
        memcpy(out + n, t->node[k].b, 32);
        n += 32;
    }
    return n;
}

bool merkle_frontier_decode(struct merkle_frontier *t, uint64_t size,
                            const void *at, size_t n)
{
    if (size >= SIZE_END) return false;
    if (n != 32 * (size_t)__builtin_popcountll(size)) return false;
    merkle_frontier_init(t);
    t->size = size;
    const uint8_t *p = at;
    for (int k = 63; k >= 0; k--) {
        if (!(size >> k & 1)) continue;
        memcpy(t->node[k].b, p, 32);
        p += 32;
    }
    return true;
}

/* Add a full subtree of 2^level leaves, merging equals as when counting in
 * binary.  True if a run became complete on the way. */
static bool add(struct merkle_frontier *t, int level, struct digest d,
                struct digest *run)
{
    assert(t->size + ((uint64_t)1 << level) < SIZE_END);
    bool complete = false;
    int k = level;
    for (;; k++) {
        if (k == RUN_LEVEL) {
            complete = true;
            if (run) *run = d;
        }
        if (!(t->size >> k & 1)) break;
        d = merkle_node(t->node[k], d);
    }
    t->node[k] = d;
    t->size += (uint64_t)1 << level;
    return complete;
}

bool merkle_frontier_append(struct merkle_frontier *t,
                            const struct digest *leaf, struct digest *run)
{
    return add(t, 0, *leaf, run);
}

void merkle_frontier_append_run(struct merkle_frontier *t,
                                const struct digest *run)
{
    assert(t->size % MERKLE_RUN == 0);
    add(t, RUN_LEVEL, *run, NULL);
}

struct digest merkle_frontier_root(const struct merkle_frontier *t)
{
    if (t->size == 0) return merkle_empty();
    int k = __builtin_ctzll(t->size);
    struct digest d = t->node[k];
    for (k++; k < 64; k++)
        if (t->size >> k & 1) d = merkle_node(t->node[k], d);
    return d;
}

/* ---- proving ---- */

/* Largest power of two below n, n >= 2. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct digest *p, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct digest d = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = d;
    }
}

/* RFC 9162 section 2.1.3.1, walked from the root down and then turned. */
enum rc merkle_inclusion(uint64_t index, uint64_t size,
                         merkle_subtree_fn *get, void *ctx,
                         struct digest *proof, size_t *n)
{
    *n = 0;
    if (index >= size || size >= SIZE_END) return INVALID;
    uint64_t first = 0, count = size;
    while (count > 1) {
        uint64_t k = split(count);
        bool left = index - first < k;
        enum rc rc = left ? get(ctx, first + k, count - k, &proof[*n])
                          : get(ctx, first, k, &proof[*n]);
        if (rc) return rc;
        ++*n;
        if (!left) first += k;
        count = left ? k : count - k;
    }
    reverse(proof, *n);
    return OK;
}

/* Section 2.1.4.1 likewise.  The older tree's root is left out of the proof
 * while it is a subtree of the newer as it stands (first still 0). */
enum rc merkle_consistency(uint64_t older, uint64_t newer,
                           merkle_subtree_fn *get, void *ctx,
                           struct digest *proof, size_t *n)
{
    *n = 0;
    if (older == 0 || older > newer || newer >= SIZE_END) return INVALID;
    uint64_t first = 0, count = newer;
    while (older - first < count) {
        uint64_t k = split(count);
        bool left = older - first <= k;
        enum rc rc = left ? get(ctx, first + k, count - k, &proof[*n])
                          : get(ctx, first, k, &proof[*n]);
        if (rc) return rc;
        ++*n;
        if (!left) first += k;
        count = left ? k : count - k;
    }
    if (first > 0) {
        enum rc rc = get(ctx, first, count, &proof[*n]);
        if (rc) return rc;
        ++*n;
    }
    reverse(proof, *n);
    return OK;
}

enum rc merkle_root_of(merkle_hash_fn *get_leaf, merkle_hash_fn *get_run,
                       void *ctx, uint64_t first, uint64_t count,
                       struct digest *out)
{
    assert(first < SIZE_END && count < SIZE_END - first);
    struct merkle_frontier t;
    merkle_frontier_init(&t);
    bool runs = get_run && first % MERKLE_RUN == 0;
    while (t.size < count) {
        struct digest d;
        bool whole = runs && count - t.size >= MERKLE_RUN;
        uint64_t at = first + t.size;
        enum rc rc = whole ? get_run(ctx, at / MERKLE_RUN, &d)
                           : get_leaf(ctx, at, &d);
        if (rc) return rc;
        if (whole)
            merkle_frontier_append_run(&t, &d);
        else
            merkle_frontier_append(&t, &d, NULL);
    }
    *out = merkle_frontier_root(&t);
    return OK;
}

/* ---- checking ---- */

/* RFC 9162 section 2.1.3.2; fn and sn are the RFC's names. */
bool merkle_inclusion_holds(struct digest leaf, uint64_t index,
                            uint64_t size, const struct digest *proof,
                            size_t n, struct digest root)
{
    if (index >= size) return false;
    uint64_t fn = index, sn = size - 1;
    struct digest r = leaf;
    for (size_t i = 0; i < n; i++) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            r = merkle_node(proof[i], r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = merkle_node(r, proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(r, root);
}

/* RFC 9162 section 2.1.4.2: fr grows into the older root, sr into the newer.
 */
bool merkle_consistency_holds(uint64_t older, uint64_t newer,
                              struct digest older_root,
                              struct digest newer_root,
                              const struct digest *proof, size_t n)
{
    if (older == 0 || older > newer) return false;
    if (older == newer) return n == 0 && same(older_root, newer_root);
    /* A full older tree is its own first hash, which the proof leaves out. */
    bool full = (older & (older - 1)) == 0;
    if (!full && n == 0) return false;
    struct digest fr = full ? older_root : proof[0], sr = fr;
    uint64_t fn = older - 1, sn = newer - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (size_t i = full ? 0 : 1; i < n; i++) {
        if (sn == 0) return false;
        if ((fn & 1) || fn == sn) {
            fr = merkle_node(proof[i], fr);
            sr = merkle_node(proof[i], sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = merkle_node(sr, proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && same(fr, older_root) && same(sr, newer_root);
}
