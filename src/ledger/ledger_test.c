/* ledger_test.c - entries listed and proved; whatever is changed in the
 * database, `verify` names the entry.
 *
 * Tampering happens in a unit that verifies and is then rolled back, so that
 * each test changes one thing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include "ledger/checkpoint.h"
#include "ledger/ledger_inside.h"
#include "store/keys.h"

enum { MANY = 600 }; /* two whole runs and something more */

/* ---- filling ---- */

static enum rc enter_many(struct work *w, void *arg)
{
    const int *n = arg;
    enum rc rc = OK;
    for (int i = 0; !rc && i < *n; i++)
        rc = ledger_add(w, i % 3 ? "thing.moved" : "thing.made", i % 7 + 1);
    return rc;
}

static void enter(struct desk *d, int n)
{
    struct work *w = &d->work;
    assert_rc(OK, desk_write(d, enter_many, &n));
}

static struct digest row_digest(void)
{
    return sha256_of("row", 3);
}

/* One of everything that an entry can have; its seq. */
static int64_t enter_full(struct desk *d, struct work *w)
{
    struct ledger_head head;
    struct digest digest = row_digest();
    struct ledger_part parts[] = {{"name.before", "张三"},
                                  {"name.after", "张珊"}};
    struct ledger_fact fact = {.kind = "person.changed", .thing = 77,
                               .values = "{\"why\":\"typing\"}",
                               .digest = &digest, .parts = parts,
                               .n_parts = COUNT_OF(parts)};
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    desk_as(d, ROLE_DIRECTOR, (struct place_id){0});
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_rc(OK, WRITE(w, ledger_add_fact(w, &fact)));
    return head.size;
}

static enum rc look_at_two(struct work *w, void *arg)
{
    const struct town *t = arg;
    reading_add(w, t->person[1]);
    reading_add(w, t->person[2]);
    return ledger_enter_readings(w, "list");
}

static enum rc same_row(struct work *w, const char *kind, int64_t thing,
                        const struct digest *digest, bool *same)
{
    struct digest now = row_digest();
    (void)w;
    *same = strcmp(kind, "person.changed") == 0 && thing == 77 &&
            memcmp(now.b, digest->b, sizeof now.b) == 0;
    return OK;
}

static enum rc other_row(struct work *w, const char *kind, int64_t thing,
                         const struct digest *digest, bool *same)
{
    (void)w, (void)kind, (void)thing, (void)digest;
    *same = false;
    return OK;
}

static struct ledger_filter everything(void)
{
    return (struct ledger_filter){.after = -1, .before = NONE, .since = NONE,
                                  .until = NONE, .limit = 100000};
}

static size_t listed(struct work *w, struct ledger_filter f,
                     struct ledger_entry **items)
{
    size_t n = 0;
    assert_rc(OK, READ(w, ledger_list(w, &f, items, &n)));
    return n;
}

/* ---- reading ---- */

DESK_TEST(entries_are_listed_by_each_filter_in_the_order_asked_for)
{
    struct ledger_entry *e, one;
    enter(d, 21);
    struct ledger_filter f = everything();
    size_t all = listed(w, f, &e);
    for (size_t i = 0; i < all; i++) assert_int_equal(e[i].seq, i);
    f.kind = "thing.made";
    assert_int_equal(listed(w, f, &e), 7);
    f.kind = NULL;
    f.thing = 3;
    assert_int_equal(listed(w, f, &e), 3);
    f = everything();
    f.before = (int64_t)all - 1;
    f.limit = 2;
    assert_int_equal(listed(w, f, &e), 2);
    assert_int_equal(e[0].seq, all - 2);
    assert_int_equal(e[1].seq, all - 3);
    f = everything();
    f.since = w->now.ms + 1;
    assert_int_equal(listed(w, f, &e), 0);
    f.since = w->now.ms;
    f.until = w->now.ms + 1;
    assert_int_equal(listed(w, f, &e), all);
    f.until = w->now.ms;
    assert_int_equal(listed(w, f, &e), 0);
    assert_rc(OK, READ(w, ledger_load(w, 0, &one)));
    assert_string_equal(one.kind, "community.created");
    assert_rc(NOT_FOUND, READ(w, ledger_load(w, (int64_t)all, &one)));
}

DESK_TEST(an_actor_filter_finds_what_that_account_did)
{
    struct ledger_entry *e;
    int64_t seq = enter_full(d, w);
    struct ledger_filter f = everything();
    f.actor = w->actor.v;
    assert_int_equal(listed(w, f, &e), 1);
    assert_int_equal(e[0].seq, seq);
    assert_int_equal(e[0].thing, 77);
}

/* ---- proofs ---- */

/* The root of the first `size` leaves, the slow way. */
static struct digest root_at(const struct ledger_entry *e, int64_t size)
{
    struct merkle_frontier t;
    merkle_frontier_init(&t);
    for (int64_t i = 0; i < size; i++) {
        struct digest leaf = merkle_leaf(e[i].body, strlen(e[i].body));
        merkle_frontier_append(&t, &leaf, NULL);
    }
    return merkle_frontier_root(&t);
}

static struct digest digest_at(const void *p)
{
    struct digest d;
    memcpy(d.b, p, sizeof d.b);
    return d;
}

DESK_TEST(every_entry_is_proved_to_be_in_the_tree)
{
    struct ledger_entry *e;
    struct digest proof[MERKLE_PROOF_MAX];
    size_t n;
    enter(d, MANY);
    int64_t all = (int64_t)listed(w, everything(), &e);
    int64_t sizes[] = {1, 255, 256, 257, 512, 513, all - 1, all};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct digest root = root_at(e, sizes[i]);
        for (int64_t seq = 0; seq < sizes[i]; seq += 1 + sizes[i] / 5) {
            assert_rc(OK, READ(w, ledger_inclusion(w, seq, sizes[i], proof,
                                                   &n)));
            assert_true(merkle_inclusion_holds(
                digest_at(e[seq].leaf.at), (uint64_t)seq,
                (uint64_t)sizes[i], proof, n, root));
            assert_false(merkle_inclusion_holds(
                digest_at(e[seq].leaf.at), (uint64_t)seq + 1,
                (uint64_t)sizes[i] + 1, proof, n, root));
        }
    }
    assert_refused(INVALID, "size",
                   READ(w, ledger_inclusion(w, 0, all + 1, proof, &n)));
    assert_refused(INVALID, "seq",
                   READ(w, ledger_inclusion(w, all, all, proof, &n)));
    assert_refused(INVALID, "seq",
                   READ(w, ledger_inclusion(w, -1, all, proof, &n)));
}

DESK_TEST(every_older_tree_is_proved_to_be_the_beginning_of_the_newer)
{
    struct ledger_entry *e;
    struct ledger_head head;
    struct digest proof[MERKLE_PROOF_MAX];
    size_t n;
    enter(d, MANY);
    int64_t all = (int64_t)listed(w, everything(), &e);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_int_equal(head.size, all);
    struct digest root = root_at(e, all);
    assert_memory_equal(head.root.b, root.b, sizeof root.b);
    int64_t older[] = {1, 2, 100, 256, 257, 511, 512, 600, all - 1, all};
    for (size_t i = 0; i < COUNT_OF(older); i++) {
        assert_rc(OK, READ(w, ledger_consistency(w, older[i], all, proof,
                                                 &n)));
        assert_true(merkle_consistency_holds(
            (uint64_t)older[i], (uint64_t)all, root_at(e, older[i]), root,
            proof, n));
    }
    assert_refused(INVALID, "older",
                   READ(w, ledger_consistency(w, 0, all, proof, &n)));
    assert_refused(INVALID, "older",
                   READ(w, ledger_consistency(w, 9, 8, proof, &n)));
    assert_refused(INVALID, "size",
                   READ(w, ledger_consistency(w, 1, all + 1, proof, &n)));
}

/* ---- checkpoints ---- */

DESK_TEST(a_checkpoint_states_the_tree_and_is_signed)
{
    const char *note, *again, *newest;
    struct checkpoint c;
    struct ledger_head head;
    struct fault f;
    assert_rc(NOT_FOUND, READ(w, ledger_checkpoint_newest(w, &newest)));
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &note)));
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &again)));
    assert_string_equal(note, again);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_int_equal(checkpoint_open(note, ledger_vkey(w), &c, &f), OK);
    assert_int_equal(c.size, head.size);
    assert_memory_equal(c.root.b, head.root.b, sizeof c.root.b);
    enter(d, 3);
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &again)));
    assert_string_not_equal(note, again);
    assert_rc(OK, READ(w, ledger_checkpoint_newest(w, &newest)));
    assert_string_equal(newest, again);
}

/* ---- verifying ---- */

static enum rc verify(struct work *w, const char *kept,
                      ledger_row_check *holds)
{
    int64_t entries;
    struct digest root;
    return READ(w, ledger_verify(w, kept, holds, &entries, &root));
}

DESK_TEST(a_ledger_that_nobody_touched_holds)
{
    const char *note;
    int64_t entries = 0;
    struct digest root;
    struct ledger_head head;
    enter_full(d, w);
    enter(d, MANY);
    assert_rc(OK, desk_write(d, look_at_two, &d->here));
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &note)));
    enter(d, 5);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_rc(OK, READ(w, ledger_verify(w, note, same_row, &entries,
                                        &root)));
    assert_int_equal(entries, head.size);
    assert_memory_equal(root.b, head.root.b, sizeof root.b);
    w->community = d->other;
    assert_rc(OK, verify(w, NULL, NULL));
}

DESK_TEST(a_ledger_of_nothing_holds)
{
    int64_t entries = 7;
    struct digest root, empty = merkle_empty();
    w->community.v = 1;
    assert_rc(OK, READ(w, ledger_verify(w, NULL, NULL, &entries, &root)));
    assert_int_equal(entries, 0);
    assert_memory_equal(root.b, empty.b, sizeof root.b);
}

/* A change of the database, and the entry that verify then names. */
struct tamper {
    const char *sql; /* $2: seq */
    int64_t seq, named;
    const char *kept;
    struct bytes bytes; /* $3, where there are any */
    bool text;
    bool verified;
};

static enum rc change(struct work *w, const struct tamper *t)
{
    struct db_arg b = db_blob(t->bytes.at, t->bytes.n);
    if (!t->bytes.at) return db_exec(w, t->sql, t->seq);
    if (t->text) b.type = DB_TEXT;
    return db_exec(w, t->sql, t->seq, b);
}

static enum rc tamper_and_verify(struct work *w, void *arg)
{
    struct tamper *t = arg;
    int64_t entries;
    struct digest root;
    enum rc rc = change(w, t);
    if (rc) return rc;
    if (db_changes(w) != 1) return work_fail(w, FAILED, "", "no change");
    rc = ledger_verify(w, t->kept, same_row, &entries, &root);
    t->verified = rc == OK;
    return rc ? rc : work_fail(w, FAILED, "", "it verified");
}

static void assert_named(struct desk *d, struct tamper t)
{
    struct work *w = &d->work;
    char named[24];
    snprintf(named, sizeof named, "%lld", (long long)t.named);
    enum rc rc = desk_write(d, tamper_and_verify, &t);
    if (rc != INVALID || strcmp(w->fault.detail, "entry %s: %s") != 0 ||
        strcmp(w->fault.args[0], named) != 0)
        fail_msg("%s (%lld): wanted entry %s, got %s, %s [%s] [%s]", t.sql,
                 (long long)t.seq, named, rc_name(rc),
                 w->fault.detail ? w->fault.detail : "", w->fault.args[0],
                 w->fault.args[1]);
}

#define ENTRY(set) \
    "UPDATE ledger_entry SET " set " WHERE community=$1 AND seq=$2"

DESK_TEST(a_changed_column_of_an_entry_is_named)
{
    static const char *const changes[] = {
        ENTRY("community=community+1"),
        ENTRY("seq=100000"),
        ENTRY("kind='thing.mode'"),
        ENTRY("kind=kind || ' '"),
        ENTRY("thing=thing+1"),
        ENTRY("thing=0"),
        ENTRY("actor=actor+1"),
        ENTRY("recorded=recorded+1"),
        ENTRY("body=body || ' '"),
        ENTRY("body=''"),
        ENTRY("body='[]'"),
        ENTRY("body=(SELECT o.body FROM ledger_entry o WHERE"
              " o.community=$1 AND o.seq=300)"),
        ENTRY("leaf=(SELECT o.leaf FROM ledger_entry o WHERE"
              " o.community=$1 AND o.seq=300)"),
        "DELETE FROM ledger_entry WHERE community=$1 AND seq=$2",
    };
    enter(d, MANY);
    int64_t last = desk_count(d, "SELECT max(seq) FROM ledger_entry"
                                 " WHERE community=$1");
    int64_t seqs[] = {200, 255, last};
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        for (size_t k = 0; k < COUNT_OF(seqs); k++)
            assert_named(d, (struct tamper){.sql = changes[i],
                                            .seq = seqs[k],
                                            .named = seqs[k]});
    assert_named(d, (struct tamper){.sql = ENTRY("seq=-3"), .seq = 200,
                                    .named = -3});
}

DESK_TEST(what_stands_behind_a_nul_does_not_hide)
{
    if (!store_is_sqlite(d->store)) return; /* others refuse a NUL */
    assert_named(d, (struct tamper){.sql = ENTRY("body=body || char(0, 65)"),
                                    .seq = 2, .named = 2});
    assert_named(d, (struct tamper){.sql = ENTRY("kind=kind || char(0, 65)"),
                                    .seq = 2, .named = 2});
}

/* ---- byte by byte ---- */

/* Where a text or some bytes stand, and what names them when changed. */
struct place_of_bytes {
    const char *get, *set;
    bool text;
};

static struct bytes get_bytes(struct work *w,
                              const struct place_of_bytes *p, int64_t seq)
{
    struct bytes b = {0};
    const char *text = NULL;
    if (p->text) {
        assert_rc(OK, READ(w, db_text(w, &text, p->get, seq)));
        b = (struct bytes){text, strlen(text)};
    } else {
        assert_rc(OK, READ(w, db_bytes(w, &b, p->get, seq)));
    }
    return b;
}

/* Each `step`th byte changed in turn. */
static void flip(struct desk *d, const struct place_of_bytes *p, int64_t seq,
                 int64_t named, size_t step)
{
    struct bytes b = get_bytes(&d->work, p, seq);
    assert_true(b.n > 0);
    for (size_t i = 0; i < b.n; i += step) {
        char *other = arena_strndup(&test_arena, b.at, b.n);
        other[i] ^= 1;
        assert_named(d, (struct tamper){.sql = p->set, .seq = seq,
                                        .named = named,
                                        .bytes = {other, b.n},
                                        .text = p->text});
    }
}

DESK_TEST(a_changed_byte_of_an_entry_is_named)
{
    static const struct place_of_bytes body = {
        "SELECT body FROM ledger_entry WHERE community=$1 AND seq=$2",
        ENTRY("body=$3"), true};
    static const struct place_of_bytes leaf = {
        "SELECT leaf FROM ledger_entry WHERE community=$1 AND seq=$2",
        ENTRY("leaf=$3"), false};
    static const struct place_of_bytes kind = {
        "SELECT kind FROM ledger_entry WHERE community=$1 AND seq=$2",
        ENTRY("kind=$3"), true};
    int64_t seq = enter_full(d, w);
    enter(d, 5);
    flip(d, &body, seq, seq, 3);
    flip(d, &leaf, seq, seq, 5);
    flip(d, &kind, seq, seq, 1);
}

DESK_TEST(a_changed_byte_of_a_run_is_named_by_the_runs_last_entry)
{
    static const struct place_of_bytes hash = {
        "SELECT hash FROM ledger_node WHERE community=$1 AND idx=$2",
        "UPDATE ledger_node SET hash=$3 WHERE community=$1 AND idx=$2",
        false};
    enter(d, MANY);
    flip(d, &hash, 0, 255, 7);
    flip(d, &hash, 1, 511, 7);
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_node SET idx=9 WHERE community=$1 AND idx=$2",
        .seq = 1, .named = 511});
    assert_named(d, (struct tamper){
        .sql = "DELETE FROM ledger_node WHERE community=$1 AND idx=$2",
        .seq = 0, .named = 255});
    struct ledger_head head;
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_named(d, (struct tamper){
        .sql = "INSERT INTO ledger_node(community, idx, hash)"
               " SELECT community, idx+$2, hash FROM ledger_node"
               " WHERE community=$1 AND idx=0",
        .seq = 9, .named = head.size});
}

DESK_TEST(a_changed_head_is_named)
{
    static const struct place_of_bytes frontier = {
        "SELECT frontier FROM ledger_head WHERE community=$1 AND $2=0",
        "UPDATE ledger_head SET frontier=$3 WHERE community=$1 AND $2=0",
        false};
    struct ledger_head head;
    enter(d, MANY);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    struct bytes b = get_bytes(w, &frontier, 0);
    int64_t first = 0;
    size_t at = 0;
    for (int k = 62; k >= 0; k--) {
        if (!(head.size >> k & 1)) continue;
        char *other = arena_strndup(&test_arena, b.at, b.n);
        other[at + 31] ^= 1;
        assert_named(d, (struct tamper){.sql = frontier.set, .named = first,
                                        .bytes = {other, b.n}});
        first += INT64_C(1) << k;
        at += 32;
    }
    assert_int_equal(at, b.n);
    char *more = arena_zalloc(&test_arena, 1, b.n + 32);
    memcpy(more, b.at, b.n);
    assert_named(d, (struct tamper){.sql = frontier.set, .named = head.size,
                                    .bytes = {more, b.n + 32}});
}

DESK_TEST(a_head_that_counts_too_many_or_too_few_is_named)
{
    struct ledger_head head;
    enter(d, 10);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_head SET size=size+$2 WHERE community=$1",
        .seq = 1, .named = head.size});
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_head SET size=size+$2 WHERE community=$1",
        .seq = -1, .named = head.size - 1});
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_head SET size=$2 WHERE community=$1",
        .seq = -1, .named = 0});
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_head SET community=$2 WHERE community=$1",
        .seq = 1, .named = 0});
}

DESK_TEST(a_changed_personal_value_is_named_and_an_erased_one_is_not)
{
    static const struct place_of_bytes value = {
        "SELECT value FROM ledger_secret WHERE community=$1 AND seq=$2"
        " AND part='name.after'",
        "UPDATE ledger_secret SET value=$3 WHERE community=$1 AND seq=$2"
        " AND part='name.after'", true};
    static const struct place_of_bytes salt = {
        "SELECT salt FROM ledger_secret WHERE community=$1 AND seq=$2"
        " AND part='name.after'",
        "UPDATE ledger_secret SET salt=$3 WHERE community=$1 AND seq=$2"
        " AND part='name.after'", false};
    int64_t seq = enter_full(d, w);
    enter(d, 5);
    flip(d, &value, seq, seq, 1);
    flip(d, &salt, seq, seq, 5);
    struct bytes b = get_bytes(w, &salt, seq);
    char *longer = arena_zalloc(&test_arena, 1, b.n + 1);
    memcpy(longer, b.at, b.n);
    assert_named(d, (struct tamper){.sql = salt.set, .seq = seq,
                                    .named = seq,
                                    .bytes = {longer, b.n + 1}});
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_secret SET part='name' WHERE community=$1"
               " AND seq=$2 AND part='name.after'",
        .seq = seq, .named = seq});
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_secret SET seq=seq+2 WHERE community=$1"
               " AND seq=$2 AND part='name.after'",
        .seq = seq, .named = seq + 2});
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_secret SET seq=100000 WHERE community=$1"
               " AND seq=$2 AND part='name.after'",
        .seq = seq, .named = 100000});
    assert_rc(OK, WRITE(w, db_exec(w, "DELETE FROM ledger_secret"
                                      " WHERE community=$1 AND seq=$2",
                                   seq)));
    assert_rc(OK, verify(w, NULL, same_row));
}

DESK_TEST(a_reading_keeps_the_number_of_its_people)
{
    struct ledger_head head;
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_rc(OK, desk_write(d, look_at_two, &d->here));
    assert_named(d, (struct tamper){
        .sql = "DELETE FROM reading_subject WHERE community=$1 AND seq=$2"
               " AND person=(SELECT min(person) FROM reading_subject"
               " WHERE community=$1)",
        .seq = head.size, .named = head.size});
    assert_named(d, (struct tamper){
        .sql = "INSERT INTO reading_subject(community, person, seq)"
               " VALUES($1, 1, $2)",
        .seq = 0, .named = 0});
}

DESK_TEST(a_row_elsewhere_that_was_changed_is_named)
{
    char named[24];
    int64_t seq = enter_full(d, w);
    snprintf(named, sizeof named, "%lld", (long long)seq);
    assert_rc(OK, verify(w, NULL, same_row));
    assert_rc(INVALID, verify(w, NULL, other_row));
    assert_string_equal(w->fault.args[0], named);
}

DESK_TEST(a_changed_checkpoint_is_named)
{
    static const struct place_of_bytes note = {
        "SELECT note FROM ledger_checkpoint WHERE community=$1 AND size>$2",
        "UPDATE ledger_checkpoint SET note=$3 WHERE community=$1"
        " AND size>$2", true};
    const char *made;
    struct ledger_head head;
    enter(d, 9);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &made)));
    enter(d, 9);
    flip(d, &note, 0, head.size - 1, 3);
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_checkpoint SET size=size+$2"
               " WHERE community=$1",
        .seq = 1, .named = head.size});
}

DESK_TEST(without_keys_a_checkpoints_root_is_still_compared)
{
    const char *made;
    struct checkpoint c;
    struct fault f;
    uint8_t seed[64] = {1};
    enter(d, 9);
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &made)));
    assert_int_equal(checkpoint_parse(made, &c, &f), OK);
    store_set_keys(d->store, NULL);
    assert_rc(OK, verify(w, NULL, NULL));
    c.root.b[0] ^= 1;
    const char *other = checkpoint_sign(&test_arena, c.origin, c.size,
                                        c.root, seed, c.origin);
    assert_named(d, (struct tamper){
        .sql = "UPDATE ledger_checkpoint SET note=$3 WHERE community=$1"
               " AND size>$2",
        .named = (int64_t)c.size - 1, .bytes = {other, strlen(other)},
        .text = true});
}

/* ---- against a checkpoint kept elsewhere ---- */

static enum rc forget_everything(struct work *w, void *arg)
{
    (void)arg;
    enum rc rc = db_exec(w, "DELETE FROM ledger_entry WHERE community=$1");
    if (!rc) rc = db_exec(w, "DELETE FROM ledger_head WHERE community=$1");
    if (!rc) rc = db_exec(w, "DELETE FROM ledger_node WHERE community=$1");
    if (!rc) rc = db_exec(w, "DELETE FROM ledger_secret WHERE community=$1");
    if (!rc)
        rc = db_exec(w, "DELETE FROM ledger_checkpoint WHERE community=$1");
    return rc ? rc : db_exec(w, "DELETE FROM reading_subject"
                                " WHERE community=$1");
}

DESK_TEST(a_tree_that_was_built_again_fails_against_an_old_checkpoint)
{
    const char *kept;
    struct ledger_head head;
    char named[24];
    enter(d, 50);
    assert_rc(OK, READ(w, ledger_head(w, &head)));
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &kept)));
    enter(d, 50);
    assert_rc(OK, verify(w, kept, NULL));
    assert_rc(OK, desk_write(d, forget_everything, NULL));
    enter(d, 300);
    assert_rc(OK, verify(w, NULL, NULL));
    assert_rc(INVALID, verify(w, kept, NULL));
    snprintf(named, sizeof named, "%lld", (long long)head.size - 1);
    assert_string_equal(w->fault.args[0], named);
}

DESK_TEST(a_tree_that_was_cut_short_fails_against_a_newer_checkpoint)
{
    const char *kept;
    enter(d, 300);
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &kept)));
    assert_rc(OK, desk_write(d, forget_everything, NULL));
    enter(d, 12);
    assert_rc(INVALID, verify(w, kept, NULL));
    assert_string_equal(w->fault.args[0], "12");
}

DESK_TEST(a_kept_checkpoint_must_be_one_and_of_this_ledger)
{
    const char *kept;
    assert_rc(OK, WRITE(w, ledger_checkpoint(w, &kept)));
    assert_refused(INVALID, "checkpoint", verify(w, "hello\n", NULL));
    char *forged = arena_strdup(&test_arena, kept);
    char *end = forged + strlen(forged) - 6;
    *end = *end == 'A' ? 'B' : 'A';
    assert_refused(INVALID, "checkpoint", verify(w, forged, NULL));
    /* Three lines on paper are enough. */
    strstr(forged, "\n\n")[1] = '\0';
    assert_rc(OK, verify(w, forged, NULL));
    w->community = d->other;
    assert_refused(INVALID, "checkpoint", verify(w, kept, NULL));
}
