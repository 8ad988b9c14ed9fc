/* ledger.c - entries are collected, numbered and put into the tree.  Reading
 * and proving is in ledger_read.c, verifying in ledger_verify.c.  See
 * ledger.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/ledger.h"

#include <sodium.h>

/* An entry on its way into the tree. */
struct ledger_note {
    struct ledger_note *next; /* newest first, as w->notes */
    const char *kind;
    int64_t thing, actor;
    struct instant recorded;
    const char *body;
    struct ledger_part parts[LEDGER_PARTS_MAX];
    uint8_t salts[LEDGER_PARTS_MAX][LEDGER_SALT];
    size_t n_parts;
    struct reading *readings;
};

struct reading {
    struct reading *next;
    int64_t person;
};

struct digest ledger_salted(const uint8_t salt[LEDGER_SALT], const char *value)
{
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, salt, LEDGER_SALT);
    sha256_add(&h, value, strlen(value));
    return sha256_end(&h);
}

static void member(struct buf *b, const char *name, const char *value)
{
    if (!value || !value[0]) return;
    buf_printf(b, ",\"%s\":", name);
    buf_json(b, value);
}

static void member_id(struct buf *b, const char *name, int64_t id)
{
    if (id) buf_printf(b, ",\"%s\":\"%lld\"", name, (long long)id);
}

static void member_time(struct buf *b, const char *name, struct instant t)
{
    char out[25];
    instant_format(out, t);
    member(b, name, out);
}

static void write_parts(struct buf *b, struct ledger_note *note)
{
    if (!note->n_parts) return;
    buf_puts(b, ",\"parts\":{");
    for (size_t i = 0; i < note->n_parts; i++) {
        struct digest d = ledger_salted(note->salts[i], note->parts[i].value);
        if (i) buf_putc(b, ',');
        buf_json(b, note->parts[i].name);
        buf_puts(b, ":\"");
        buf_hex(b, d.b, sizeof d.b);
        buf_putc(b, '"');
    }
    buf_putc(b, '}');
}

static void write_body(struct buf *b, const struct work *w,
                       const struct ledger_fact *fact,
                       struct ledger_note *note)
{
    struct instant at = fact->at.ms ? fact->at : w->now;
    int64_t gap = w->now.ms - at.ms;
    buf_printf(b, "{\"v\":1,\"community\":\"%lld\"",
               (long long)w->community.v);
    member(b, "kind", fact->kind);
    member_id(b, "thing", fact->thing);
    member_id(b, "actor", w->actor.v);
    member(b, "role", w->role);
    member_time(b, "at", at);
    member_time(b, "recorded", w->now);
    if (gap > MS_PER_DAY || gap < -MS_PER_DAY) buf_puts(b, ",\"late\":true");
    member(b, "authority", w->authority);
    member(b, "purpose", w->purpose);
    member(b, "request", w->request);
    if (fact->values) buf_printf(b, ",\"values\":%s", fact->values);
    if (fact->digest) {
        buf_puts(b, ",\"digest\":\"");
        buf_hex(b, fact->digest->b, sizeof fact->digest->b);
        buf_putc(b, '"');
    }
    write_parts(b, note);
    buf_putc(b, '}');
}

enum rc ledger_add_fact(struct work *w, const struct ledger_fact *fact)
{
    assert(w->db && fact->n_parts <= LEDGER_PARTS_MAX);
    struct ledger_note *note = ARENA_NEW(w->arena, struct ledger_note);
    note->kind = fact->kind;
    note->thing = fact->thing;
    note->actor = w->actor.v;
    note->recorded = w->now;
    for (size_t i = 0; i < fact->n_parts; i++) {
        note->parts[i] = fact->parts[i];
        randombytes_buf(note->salts[i], LEDGER_SALT);
    }
    note->n_parts = fact->n_parts;
    struct buf b;
    buf_init(&b, LEDGER_BODY_MAX);
    write_body(&b, w, fact, note);
    bool fits = buf_ok(&b);
    if (fits) note->body = arena_strdup(w->arena, b.at);
    buf_release(&b);
    if (!fits) return work_fail(w, INVALID, "", "this is too large to enter");
    note->next = w->notes;
    w->notes = note;
    return OK;
}

enum rc ledger_add(struct work *w, const char *kind, int64_t thing)
{
    return ledger_add_fact(w, &(struct ledger_fact){.kind = kind,
                                                    .thing = thing});
}

/* ---- readings ---- */

void reading_add(struct work *w, struct person_id person)
{
    if (!person.v || person.v == w->person.v) return; /* own data is none */
    for (struct reading *r = w->readings; r; r = r->next)
        if (r->person == person.v) return;
    struct reading *r = ARENA_NEW(w->arena, struct reading);
    r->person = person.v;
    r->next = w->readings;
    w->readings = r;
}

bool reading_has(const struct work *w) { return w->readings != NULL; }

enum rc ledger_enter_readings(struct work *w, const char *what)
{
    if (!w->readings) return OK;
    int64_t n = 0;
    for (struct reading *r = w->readings; r; r = r->next) n++;
    struct buf b;
    buf_init(&b, 1024);
    buf_puts(&b, "{\"what\":");
    buf_json(&b, what);
    buf_printf(&b, ",\"persons\":%lld}", (long long)n);
    const char *values = arena_strdup(w->arena, b.at);
    buf_release(&b);
    enum rc rc = ledger_add_fact(
        w, &(struct ledger_fact){.kind = "reading", .values = values});
    if (!rc) w->notes->readings = w->readings;
    w->readings = NULL;
    return rc;
}

/* ---- into the tree ---- */

struct head_row {
    int64_t size;
    struct bytes frontier;
};
static const struct field head_fields[] = {
    FIELD(head_row, size, F_INT, 0),
    FIELD(head_row, frontier, F_BYTES, 0),
};
static const struct shape head_shape = SHAPE(head_row, head_fields);

/* Locks the community's head until the commit. */
static enum rc lock_head(struct work *w, struct merkle_frontier *tree)
{
    struct head_row row;
    enum rc rc = db_one(w, &head_shape, &row,
        "UPDATE ledger_head SET size=size WHERE community=$1"
        " RETURNING size, frontier");
    if (rc == NOT_FOUND) {
        merkle_frontier_init(tree);
        return db_exec(w, "INSERT INTO ledger_head(community, size, frontier)"
                          " VALUES($1, 0, $2)", db_blob("", 0));
    }
    if (rc) return rc;
    if (!merkle_frontier_decode(tree, (uint64_t)row.size, row.frontier.at,
                                row.frontier.n))
        return work_fail(w, FAILED, "", "the ledger's head is damaged");
    return OK;
}

static enum rc store_head(struct work *w, const struct merkle_frontier *tree)
{
    uint8_t out[64 * 32];
    size_t n = merkle_frontier_encode(tree, out);
    return db_exec(w, "UPDATE ledger_head SET size=$2, frontier=$3"
                      " WHERE community=$1",
                   (int64_t)tree->size, db_blob(out, n));
}

static enum rc store_secrets(struct work *w, const struct ledger_note *note,
                             int64_t seq)
{
    enum rc rc = OK;
    for (size_t i = 0; !rc && i < note->n_parts; i++)
        rc = db_exec(w,
            "INSERT INTO ledger_secret(community, seq, part, salt, value)"
            " VALUES($1, $2, $3, $4, $5)",
            seq, note->parts[i].name, db_blob(note->salts[i], LEDGER_SALT),
            note->parts[i].value);
    for (struct reading *r = note->readings; !rc && r; r = r->next)
        rc = db_exec(w,
            "INSERT INTO reading_subject(community, person, seq)"
            " VALUES($1, $2, $3)", r->person, seq);
    return rc;
}

static enum rc append(struct work *w, struct merkle_frontier *tree,
                      const struct ledger_note *note)
{
    int64_t seq = (int64_t)tree->size;
    struct digest leaf = merkle_leaf(note->body, strlen(note->body));
    struct digest run;
    bool full_run = merkle_frontier_append(tree, &leaf, &run);
    enum rc rc = db_exec(w,
        "INSERT INTO ledger_entry(community, seq, kind, thing, actor,"
        " recorded, body, leaf) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
        seq, note->kind, note->thing, note->actor, note->recorded.ms,
        note->body, db_blob(leaf.b, sizeof leaf.b));
    if (!rc && full_run)
        rc = db_exec(w, "INSERT INTO ledger_node(community, idx, hash)"
                        " VALUES($1, $2, $3)",
                     seq / 256, db_blob(run.b, sizeof run.b));
    return rc ? rc : store_secrets(w, note, seq);
}

/* Notes of one work stand newest first; they are entered oldest first. */
static enum rc append_notes(struct work *w, struct merkle_frontier *tree,
                            const struct ledger_note *note)
{
    if (!note) return OK;
    enum rc rc = append_notes(w, tree, note->next);
    return rc ? rc : append(w, tree, note);
}

static bool next_community(struct work **works, size_t n, int64_t after,
                           int64_t *out)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        int64_t c = works[i]->community.v;
        if (!works[i]->notes || c <= after) continue;
        if (!found || c < *out) *out = c;
        found = true;
    }
    return found;
}

enum rc ledger_before_commit(struct work *batch, struct work **works,
                             size_t n)
{
    int64_t community = INT64_MIN;
    /* Ascending, so that two processes never wait for each other. */
    while (next_community(works, n, community, &community)) {
        struct merkle_frontier tree;
        batch->community.v = community;
        enum rc rc = lock_head(batch, &tree);
        for (size_t i = 0; !rc && i < n; i++)
            if (works[i]->community.v == community)
                rc = append_notes(batch, &tree, works[i]->notes);
        if (!rc) rc = store_head(batch, &tree);
        if (rc) return rc;
    }
    return OK;
}
