/* merkle_test.c - the tree equals the standard's vectors, and every proof of
 * every small tree holds and stops holding when one bit of it turns. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "base/random.h"
#include "ledger/merkle.h"

/* ---- a tree of the test's own, hashed by the recursive definition ---- */

struct grove {
    struct digest *leaves;
    size_t asked; /* hashes of leaves and runs that were looked up */
};

/* RFC 9162 section 2.1.1, word for word. */
static struct digest root_by_definition(const struct digest *leaf, size_t n)
{
    if (n == 0) return merkle_empty();
    if (n == 1) return leaf[0];
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    return merkle_node(root_by_definition(leaf, k),
                       root_by_definition(leaf + k, n - k));
}

static enum rc get_leaf(void *ctx, uint64_t index, struct digest *out)
{
    struct grove *g = ctx;
    g->asked++;
    *out = g->leaves[index];
    return OK;
}

static enum rc get_run(void *ctx, uint64_t index, struct digest *out)
{
    struct grove *g = ctx;
    g->asked++;
    *out = root_by_definition(g->leaves + index * MERKLE_RUN, MERKLE_RUN);
    return OK;
}

static enum rc get_subtree(void *ctx, uint64_t first, uint64_t count,
                           struct digest *out)
{
    return merkle_root_of(get_leaf, get_run, ctx, first, count, out);
}

static struct grove grove_of(size_t n)
{
    struct grove g = {arena_alloc(&test_arena, (n + 1) * 32), 0};
    for (size_t i = 0; i < n; i++) g.leaves[i] = merkle_leaf(&i, sizeof i);
    return g;
}

static void same_digest(struct digest a, struct digest b)
{
    assert_memory_equal(a.b, b.b, sizeof a.b);
}

static bool digests_equal(struct digest a, struct digest b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

/* ---- the vectors ---- */

static json_t *load(char *text, size_t n)
{
    json_error_t why;
    /* Numbers up to 2^64 - 1: only reals hold them. */
    json_t *all = json_loadb(text, n, JSON_DECODE_INT_AS_REAL, &why);
    if (!all) fail_msg("%s", why.text);
    return all;
}

static uint64_t number(json_t *in, const char *name)
{
    double d = json_real_value(json_object_get(in, name));
    return d >= 0x1p64 ? UINT64_MAX : (uint64_t)d;
}

static struct digest from_hex(json_t *text)
{
    struct digest d;
    size_t n;
    const char *s = json_string_value(text);
    assert_non_null(s);
    assert_int_equal(
        sodium_hex2bin(d.b, 32, s, strlen(s), NULL, &n, NULL), 0);
    assert_int_equal(n, 32);
    return d;
}

/* False if it is no digest at all, which is a proof refused. */
static bool from_base64(json_t *text, struct digest *out)
{
    size_t n;
    const char *s = json_string_value(text);
    assert_non_null(s);
    return sodium_base642bin(out->b, 32, s, strlen(s), NULL, &n, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           n == 32;
}

static bool proof_of(json_t *list, struct digest *proof, size_t *n)
{
    *n = json_array_size(list);
    assert_true(*n <= MERKLE_PROOF_MAX);
    for (size_t i = 0; i < *n; i++)
        if (!from_base64(json_array_get(list, i), &proof[i])) return false;
    return true;
}

static void same_proof(json_t *list, const struct digest *proof, size_t n)
{
    assert_int_equal(json_array_size(list), n);
    for (size_t i = 0; i < n; i++)
        same_digest(proof[i], from_hex(json_array_get(list, i)));
}

static struct grove classic_leaves(json_t *tree)
{
    struct grove g = grove_of(8);
    for (size_t i = 0; i < 8; i++) {
        uint8_t entry[64];
        size_t n;
        const char *s = json_string_value(
            json_array_get(json_object_get(tree, "leaves_hex"), i));
        assert_int_equal(sodium_hex2bin(entry, sizeof entry, s, strlen(s),
                                        NULL, &n, NULL), 0);
        g.leaves[i] = merkle_leaf(entry, n);
        same_digest(g.leaves[i],
                    from_hex(json_array_get(
                        json_object_get(tree, "leaf_hashes_hex"), i)));
    }
    return g;
}

TEST(the_classic_eight_leaves_give_the_published_tree_and_proofs)
{
    size_t len;
    SHARED_OR_SKIP(text, &len, "standards/merkle/rfc6962_tree8.json");
    json_t *all = load(text, len), *tree = json_object_get(all, "tree"), *x;
    struct grove g = classic_leaves(tree);
    struct merkle_frontier t;
    struct digest proof[MERKLE_PROOF_MAX];
    size_t i, n, checked = 0;
    merkle_frontier_init(&t);
    json_array_foreach(json_object_get(tree, "roots_hex_by_size"), i, x) {
        same_digest(merkle_frontier_root(&t), from_hex(x));
        if (i < 8) merkle_frontier_append(&t, &g.leaves[i], NULL);
        checked++;
    }
    json_array_foreach(json_object_get(tree, "inclusion"), i, x) {
        assert_int_equal(merkle_inclusion(number(x, "index"),
                                          number(x, "size"), get_subtree,
                                          &g, proof, &n), OK);
        same_proof(json_object_get(x, "path_hex"), proof, n);
        checked++;
    }
    json_array_foreach(json_object_get(tree, "consistency"), i, x) {
        assert_int_equal(merkle_consistency(number(x, "from"),
                                            number(x, "to"), get_subtree,
                                            &g, proof, &n), OK);
        same_proof(json_object_get(x, "proof_hex"), proof, n);
        checked++;
    }
    assert_int_equal(checked, 9 + 36 + 36);
    json_decref(all);
}

TEST(published_inclusion_proofs_are_judged_as_published)
{
    size_t len, i, n, checked = 0;
    SHARED_OR_SKIP(text, &len, "standards/merkle/inclusion.json");
    json_t *all = load(text, len), *x;
    json_array_foreach(all, i, x) {
        struct digest leaf, root, proof[MERKLE_PROOF_MAX];
        bool holds =
            from_base64(json_object_get(x, "leafHash"), &leaf) &&
            from_base64(json_object_get(x, "root"), &root) &&
            proof_of(json_object_get(x, "proof"), proof, &n) &&
            merkle_inclusion_holds(leaf, number(x, "leafIdx"),
                                   number(x, "treeSize"), proof, n, root);
        if (holds == json_is_true(json_object_get(x, "wantErr")))
            fail_msg("%s", json_string_value(json_object_get(x, "file")));
        checked++;
    }
    assert_true(checked > 40);
    json_decref(all);
}

TEST(published_consistency_proofs_are_judged_as_published)
{
    size_t len, i, n, checked = 0;
    SHARED_OR_SKIP(text, &len, "standards/merkle/consistency.json");
    json_t *all = load(text, len), *x;
    json_array_foreach(all, i, x) {
        struct digest older, newer, proof[MERKLE_PROOF_MAX];
        bool holds =
            from_base64(json_object_get(x, "root1"), &older) &&
            from_base64(json_object_get(x, "root2"), &newer) &&
            proof_of(json_object_get(x, "proof"), proof, &n) &&
            merkle_consistency_holds(number(x, "size1"),
                                     number(x, "size2"), older, newer,
                                     proof, n);
        if (holds == json_is_true(json_object_get(x, "wantErr")))
            fail_msg("%s", json_string_value(json_object_get(x, "file")));
        checked++;
    }
    assert_true(checked > 30);
    json_decref(all);
}

/* ---- the rules ---- */

TEST(the_frontier_has_the_root_of_the_definition_at_every_size)
{
    struct grove g = grove_of(600);
    struct merkle_frontier t, back;
    uint8_t text[MERKLE_FRONTIER_MAX];
    merkle_frontier_init(&t);
    for (size_t n = 0; n < 600; n++) {
        same_digest(merkle_frontier_root(&t),
                    root_by_definition(g.leaves, n));
        size_t len = merkle_frontier_encode(&t, text);
        assert_true(merkle_frontier_decode(&back, n, text, len));
        same_digest(merkle_frontier_root(&back), merkle_frontier_root(&t));
        t = back; /* a tree taken up again grows on as if never put down */
        merkle_frontier_append(&t, &g.leaves[n], NULL);
        assert_int_equal(t.size, n + 1);
    }
}

TEST(a_frontier_of_the_wrong_length_is_refused)
{
    struct merkle_frontier t;
    uint8_t text[MERKLE_FRONTIER_MAX] = {0};
    assert_true(merkle_frontier_decode(&t, 0, text, 0));
    assert_true(merkle_frontier_decode(&t, 5, text, 64));
    assert_false(merkle_frontier_decode(&t, 5, text, 63));
    assert_false(merkle_frontier_decode(&t, 5, text, 96));
    assert_false(merkle_frontier_decode(&t, 4, text, 64));
    assert_false(merkle_frontier_decode(&t, 0, text, 32));
    assert_false(merkle_frontier_decode(&t, UINT64_MAX, text, 2048));
}

TEST(every_256th_leaf_completes_a_run_and_gives_its_root)
{
    struct grove g = grove_of(1100);
    struct merkle_frontier t;
    struct digest run;
    size_t runs = 0;
    merkle_frontier_init(&t);
    for (size_t i = 0; i < 1100; i++) {
        bool complete = merkle_frontier_append(&t, &g.leaves[i], &run);
        assert_int_equal(complete, i % 256 == 255);
        if (!complete) continue;
        same_digest(run, root_by_definition(g.leaves + i - 255, 256));
        runs++;
    }
    assert_int_equal(runs, 4);
}

TEST(a_root_computed_from_runs_reads_little)
{
    struct grove g = grove_of(1100);
    struct digest d;
    assert_int_equal(merkle_root_of(get_leaf, get_run, &g, 0, 1100, &d), OK);
    same_digest(d, root_by_definition(g.leaves, 1100));
    assert_int_equal(g.asked, 4 + 1100 % 256);
    g.asked = 0;
    assert_int_equal(merkle_root_of(get_leaf, NULL, &g, 64, 64, &d), OK);
    same_digest(d, root_by_definition(g.leaves + 64, 64));
    assert_int_equal(g.asked, 64);
}

/* One bit, anywhere in the proof or what it proves. */
static void flip(struct random *dice, struct digest *proof, size_t n,
                 struct digest *a, struct digest *b)
{
    uint64_t which = random_below(dice, n + 2), bit = random_below(dice, 256);
    struct digest *d = which == n ? a : which == n + 1 ? b : &proof[which];
    d->b[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

TEST(inclusion_of_every_leaf_holds_and_no_bit_of_it_may_turn)
{
    struct grove g = grove_of(300);
    struct random dice;
    random_seed(&dice, 1, "inclusion");
    for (size_t size = 1; size <= 300; size += size < 70 ? 1 : 23) {
        struct digest root = root_by_definition(g.leaves, size);
        for (size_t i = 0; i < size; i++) {
            struct digest proof[MERKLE_PROOF_MAX], leaf = g.leaves[i];
            struct digest same_root = root;
            size_t n;
            assert_int_equal(merkle_inclusion(i, size, get_subtree, &g,
                                              proof, &n), OK);
            assert_true(merkle_inclusion_holds(leaf, i, size, proof, n,
                                               root));
            if (size > 1)
                assert_false(merkle_inclusion_holds(
                    leaf, i ^ 1, size, proof, n, root));
            if (n)
                assert_false(merkle_inclusion_holds(leaf, i, size, proof,
                                                    n - 1, root));
            proof[n] = root;
            assert_false(merkle_inclusion_holds(leaf, i, size, proof, n + 1,
                                                root));
            flip(&dice, proof, n, &leaf, &same_root);
            assert_false(merkle_inclusion_holds(leaf, i, size, proof, n,
                                                same_root));
        }
    }
}

static void check_consistency(struct grove *g, struct random *dice,
                              size_t older, size_t newer)
{
    struct digest a = root_by_definition(g->leaves, older);
    struct digest b = root_by_definition(g->leaves, newer);
    struct digest proof[MERKLE_PROOF_MAX];
    size_t n;
    assert_int_equal(merkle_consistency(older, newer, get_subtree, g, proof,
                                        &n), OK);
    assert_true(merkle_consistency_holds(older, newer, a, b, proof, n));
    if (older == newer) assert_int_equal(n, 0);
    if (n)
        assert_false(merkle_consistency_holds(older, newer, a, b, proof,
                                              n - 1));
    proof[n] = a;
    assert_false(merkle_consistency_holds(older, newer, a, b, proof, n + 1));
    if (older < newer)
        assert_false(merkle_consistency_holds(older, newer, b, a, proof, n));
    flip(dice, proof, n, &a, &b);
    assert_false(merkle_consistency_holds(older, newer, a, b, proof, n));
}

TEST(every_tree_is_proved_to_continue_every_older_one)
{
    struct grove g = grove_of(300);
    struct random dice;
    random_seed(&dice, 1, "consistency");
    for (size_t newer = 1; newer <= 40; newer++)
        for (size_t older = 1; older <= newer; older++)
            check_consistency(&g, &dice, older, newer);
    for (int i = 0; i < 400; i++) {
        size_t newer = 1 + random_below(&dice, 300);
        check_consistency(&g, &dice, 1 + random_below(&dice, newer), newer);
    }
}

TEST(a_rewritten_past_is_never_consistent)
{
    struct grove g = grove_of(200);
    struct digest before = root_by_definition(g.leaves, 130);
    struct digest proof[MERKLE_PROOF_MAX];
    size_t n;
    g.leaves[77] = merkle_leaf("rewritten", 9);
    struct digest after = root_by_definition(g.leaves, 200);
    assert_false(digests_equal(before, root_by_definition(g.leaves, 130)));
    assert_int_equal(merkle_consistency(130, 200, get_subtree, &g, proof,
                                        &n), OK);
    assert_false(merkle_consistency_holds(130, 200, before, after, proof,
                                          n));
}

TEST(what_is_not_in_the_tree_has_no_proof)
{
    struct grove g = grove_of(8);
    struct digest proof[MERKLE_PROOF_MAX];
    size_t n;
    assert_int_equal(merkle_inclusion(8, 8, get_subtree, &g, proof, &n),
                     INVALID);
    assert_int_equal(merkle_inclusion(0, 0, get_subtree, &g, proof, &n),
                     INVALID);
    assert_int_equal(merkle_consistency(0, 8, get_subtree, &g, proof, &n),
                     INVALID);
    assert_int_equal(merkle_consistency(5, 4, get_subtree, &g, proof, &n),
                     INVALID);
}

static enum rc get_nothing(void *ctx, uint64_t first, uint64_t count,
                           struct digest *out)
{
    uint64_t *calls = ctx;
    assert_true(count > 0 && first + count <= (uint64_t)INT64_MAX);
    memset(out, 0, sizeof *out);
    ++*calls;
    return OK;
}

TEST(proofs_in_the_largest_tree_fit)
{
    struct digest proof[MERKLE_PROOF_MAX];
    uint64_t calls = 0, most = INT64_MAX;
    size_t n;
    assert_int_equal(merkle_inclusion(0, most, get_nothing, &calls, proof,
                                      &n), OK);
    assert_int_equal(n, 63);
    assert_int_equal(merkle_consistency(most / 2, most, get_nothing, &calls,
                                        proof, &n), OK);
    assert_true(n <= MERKLE_PROOF_MAX);
    assert_int_equal(merkle_inclusion(0, most + 1, get_nothing, &calls,
                                      proof, &n), INVALID);
}
