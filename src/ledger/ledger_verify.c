/* ledger_verify.c - the whole ledger of a community computed again.  See
 * ledger.h.
 *
 * One pass over the entries in their order grows a tree of its own, from the
 * bodies alone; everything else that is stored must agree with it: columns,
 * leaves, runs of 256, checkpoints as their sizes are passed, personal
 * values, the rows that digests stand for, and in the end the head.
 *
 * The database is not trusted: texts are fetched with a limit, and `whole`
 * says that nothing stood beyond it or behind a NUL.
 *
 * What no hash covers is not checked: the time of a checkpoint, which person
 * a reading was of (their number is), followers' cursors.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>

#include "base/text.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger_inside.h"

enum {
    CHUNK = 1000,               /* entries read together */
    CHUNK_ARENA = 512 << 20,    /* if each were as large as can be */
};

struct row {
    int64_t seq;
    const char *kind;
    int64_t thing, actor, recorded;
    const char *body;
    struct bytes leaf;
    int64_t whole;
};
static const struct field row_fields[] = {
    FIELD(row, seq, F_INT, 0),      FIELD(row, kind, F_TEXT, 0),
    FIELD(row, thing, F_INT, 0),    FIELD(row, actor, F_INT, 0),
    FIELD(row, recorded, F_INT, 0), FIELD(row, body, F_TEXT, 0),
    FIELD(row, leaf, F_BYTES, 0),   FIELD(row, whole, F_INT, 0),
};
static const struct shape row_shape = SHAPE(row, row_fields);

/* What a checkpoint says of the tree; why: it is itself not sound. */
struct mark {
    int64_t size;
    struct digest root;
    const char *why;
};

struct check {
    struct work *w;
    ledger_row_check *holds;
    struct merkle_frontier tree; /* grown from the bodies so far */
    struct mark *marks;          /* by size */
    size_t n_marks, next_mark;
    const struct row *rows;      /* the chunk at hand */
};

static enum rc broken(struct work *w, int64_t seq, const char *why)
{
    char n[24];
    snprintf(n, sizeof n, "%lld", (long long)seq);
    return work_fail(w, INVALID, "", "entry %s: %s", n, why);
}

static bool is_digest(struct bytes b, const struct digest *d)
{
    return b.n == sizeof d->b && memcmp(b.at, d->b, sizeof d->b) == 0;
}

/* ---- an entry by itself ---- */

/* A member that is an id: decimal text, absent 0. */
static bool says_id(const json_t *body, const char *name, int64_t id)
{
    const json_t *v = json_object_get(body, name);
    int64_t said;
    if (!v) return id == 0;
    return json_is_string(v) && id != 0 &&
           text_to_int(json_string_value(v), INT64_MIN, INT64_MAX, &said) &&
           said == id;
}

static bool says_text(const json_t *body, const char *name, const char *text)
{
    const char *said = json_string_value(json_object_get(body, name));
    return said && strcmp(said, text) == 0;
}

static bool says_time(const json_t *body, const char *name, int64_t ms)
{
    const char *said = json_string_value(json_object_get(body, name));
    struct instant t;
    return said && instant_parse(said, &t) && t.ms == ms;
}

/* NULL if the columns repeat what the body says. */
static const char *columns_differ(const struct work *w, const struct row *r,
                                  const json_t *body)
{
    if (json_integer_value(json_object_get(body, "v")) != 1)
        return "the body is of no version that is known";
    if (!says_id(body, "community", w->community.v))
        return "the body is of another community";
    if (!says_text(body, "kind", r->kind))
        return "kind is not what the body says";
    if (!says_id(body, "thing", r->thing))
        return "thing is not what the body says";
    if (!says_id(body, "actor", r->actor))
        return "actor is not what the body says";
    if (!says_time(body, "recorded", r->recorded))
        return "recorded is not what the body says";
    return NULL;
}

/* The digest that an entry holds for a row elsewhere, if it does. */
static bool digest_in(const json_t *body, struct digest *out)
{
    const char *hex = json_string_value(json_object_get(body, "digest"));
    return hex && bytes_from_hex(out->b, sizeof out->b, hex, strlen(hex)) ==
                      sizeof out->b;
}

static json_t *parse(const char *body)
{
    json_t *o = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(o)) return o;
    json_decref(o);
    return NULL;
}

static enum rc check_row(struct check *c, const struct row *r)
{
    struct digest digest, leaf = merkle_leaf(r->body, strlen(r->body));
    bool same = true;
    json_t *body = parse(r->body);
    const char *why = !r->whole ? "a text in it was changed"
                      : !body   ? "the body is not JSON"
                                : columns_differ(c->w, r, body);
    if (!why && !is_digest(r->leaf, &leaf))
        why = "the leaf is not the hash of the body";
    bool asks = !why && c->holds && digest_in(body, &digest);
    json_decref(body);
    if (why) return broken(c->w, r->seq, why);
    enum rc rc = asks ? c->holds(c->w, r->kind, r->thing, &digest, &same)
                      : OK;
    if (!rc && !same)
        return broken(c->w, r->seq, "the row it stands for was changed");
    return rc;
}

/* ---- the tree ---- */

/* All checkpoints of the size that the tree has now, or of none it had. */
static enum rc check_marks(struct check *c)
{
    int64_t size = (int64_t)c->tree.size;
    for (; c->next_mark < c->n_marks; c->next_mark++) {
        const struct mark *m = &c->marks[c->next_mark];
        int64_t last = m->size > 0 ? m->size - 1 : 0;
        if (m->size > size) return OK;
        if (m->why) return broken(c->w, last, m->why);
        struct digest root = merkle_frontier_root(&c->tree);
        if (memcmp(root.b, m->root.b, sizeof root.b) != 0)
            return broken(c->w, last,
                          "the ledger up to it is not the one that a "
                          "checkpoint states");
    }
    return OK;
}

static enum rc check_run(struct check *c, int64_t seq,
                         const struct digest *run)
{
    struct bytes stored;
    enum rc rc = db_bytes(c->w, &stored,
        "SELECT hash FROM ledger_node WHERE community=$1 AND idx=$2",
        seq / MERKLE_RUN);
    if (rc == NOT_FOUND)
        return broken(c->w, seq, "the hash of its run is missing");
    if (!rc && !is_digest(stored, run))
        return broken(c->w, seq, "the hash of its run is another");
    return rc;
}

static enum rc check_entry(struct check *c, const struct row *r)
{
    int64_t expected = (int64_t)c->tree.size;
    if (r->seq < expected)
        return broken(c->w, r->seq, "there can be no entry of this number");
    if (r->seq > expected) return broken(c->w, expected, "it is missing");
    enum rc rc = check_row(c, r);
    if (rc) return rc;
    struct digest run, leaf;
    memcpy(leaf.b, r->leaf.at, sizeof leaf.b); /* the body's, as just seen */
    bool full = merkle_frontier_append(&c->tree, &leaf, &run);
    if (full) rc = check_run(c, r->seq, &run);
    return rc ? rc : check_marks(c);
}

/* The first entry of the largest subtree whose root in the head is wrong. */
static enum rc check_frontier(struct check *c, struct bytes stored)
{
    uint8_t own[MERKLE_FRONTIER_MAX];
    size_t n = merkle_frontier_encode(&c->tree, own), at = 0;
    int64_t first = 0;
    for (int k = 62; k >= 0; k--) {
        if (!(c->tree.size >> k & 1)) continue;
        if (at + 32 > stored.n ||
            memcmp(own + at, (const char *)stored.at + at, 32) != 0)
            return broken(c->w, first, "the head has another hash over it");
        first += INT64_C(1) << k;
        at += 32;
    }
    if (stored.n == n) return OK;
    return broken(c->w, first, "the head has a hash for what is not there");
}

static enum rc check_head(struct check *c)
{
    struct bytes frontier;
    int64_t size, nodes, count = (int64_t)c->tree.size;
    enum rc rc = ledger_head_row(c->w, &size, &frontier);
    if (rc) return rc;
    if (size > count) return broken(c->w, count, "it is missing");
    if (size < count)
        return broken(c->w, size > 0 ? size : 0,
                      "the head does not count it");
    if (c->next_mark < c->n_marks)
        return broken(c->w, count,
                      "it is missing, though a checkpoint counts it");
    rc = check_frontier(c, frontier);
    if (!rc)
        rc = db_int(c->w, &nodes, "SELECT count(*) FROM ledger_node"
                                  " WHERE community=$1");
    if (!rc && nodes != count / MERKLE_RUN)
        return broken(c->w, count, "there is a hash of a run without it");
    return rc;
}

/* ---- personal values and readings beside the entries ---- */

struct secret_row {
    int64_t seq;
    const char *part;
    struct bytes salt;
    const char *value;
    int64_t whole;
};
static const struct field secret_row_fields[] = {
    FIELD(secret_row, seq, F_INT, 0),    FIELD(secret_row, part, F_TEXT, 0),
    FIELD(secret_row, salt, F_BYTES, 0), FIELD(secret_row, value, F_TEXT, 0),
    FIELD(secret_row, whole, F_INT, 0),
};
static const struct shape secret_row_shape =
    SHAPE(secret_row, secret_row_fields);

static enum rc check_secret(struct work *w, void *row, void *ctx)
{
    const struct secret_row *s = row;
    const struct check *c = ctx;
    struct digest said, own;
    if (!s->whole || s->salt.n != LEDGER_SALT)
        return broken(w, s->seq, "a personal value was changed");
    json_t *body = parse(c->rows[s->seq - c->rows[0].seq].body);
    const char *hex = json_string_value(
        json_object_get(json_object_get(body, "parts"), s->part));
    bool there = hex && bytes_from_hex(said.b, sizeof said.b, hex,
                                       strlen(hex)) == sizeof said.b;
    json_decref(body);
    if (!there)
        return broken(w, s->seq, "a personal value was not entered with it");
    own = ledger_salted(s->salt.at, s->value);
    if (memcmp(own.b, said.b, sizeof own.b) != 0)
        return broken(w, s->seq, "a personal value was changed");
    return OK;
}

/* Those of the chunk, whose entries hold. */
static enum rc check_secrets(struct check *c, size_t n)
{
    return db_each(c->w, &secret_row_shape, check_secret, c,
        "SELECT seq, substr(part, 1, 200) AS part, substr(salt, 1, 17) AS"
        " salt, substr(value, 1, 100000) AS value, CASE WHEN"
        " part=substr(part, 1, 200) AND value=substr(value, 1, 100000)"
        " THEN 1 ELSE 0 END AS whole FROM ledger_secret"
        " WHERE community=$1 AND seq>=$2 AND seq<=$3 ORDER BY seq",
        c->rows[0].seq, c->rows[n - 1].seq);
}

struct reading_row {
    int64_t seq;
    const char *body;
    int64_t subjects;
};
static const struct field reading_row_fields[] = {
    FIELD(reading_row, seq, F_INT, 0),
    FIELD(reading_row, body, F_TEXT, 0),
    FIELD(reading_row, subjects, F_INT, 0),
};
static const struct shape reading_row_shape =
    SHAPE(reading_row, reading_row_fields);

static enum rc check_reading(struct work *w, void *row, void *ctx)
{
    const struct reading_row *r = row;
    (void)ctx;
    json_t *body = parse(r->body);
    int64_t said = json_integer_value(
        json_object_get(json_object_get(body, "values"), "persons"));
    json_decref(body);
    if (said == r->subjects) return OK;
    return broken(w, r->seq, "it was a reading of another number of people");
}

/* What stands beside entries must have an entry to stand beside. */
static enum rc check_strays(struct check *c)
{
    int64_t seq;
    enum rc rc = db_int(c->w, &seq,
        "SELECT min(seq) FROM ledger_secret"
        " WHERE community=$1 AND (seq<0 OR seq>=$2)", (int64_t)c->tree.size);
    if (!rc)
        return broken(c->w, seq, "a personal value was not entered with it");
    if (rc != NOT_FOUND) return rc;
    rc = db_int(c->w, &seq,
        "SELECT min(s.seq) FROM reading_subject s LEFT JOIN ledger_entry e"
        " ON e.community=s.community AND e.seq=s.seq AND e.kind='reading'"
        " WHERE s.community=$1 AND e.seq IS NULL");
    if (!rc)
        return broken(c->w, seq, "it was a reading of another number of "
                                 "people");
    return rc == NOT_FOUND ? OK : rc;
}

static enum rc check_readings(struct check *c)
{
    enum rc rc = db_each(c->w, &reading_row_shape, check_reading, c,
        "SELECT e.seq, e.body, coalesce(r.n, 0) AS subjects"
        " FROM ledger_entry e LEFT JOIN (SELECT seq, count(*) AS n"
        " FROM reading_subject WHERE community=$1 GROUP BY seq) r"
        " ON r.seq=e.seq WHERE e.community=$1 AND e.kind='reading'"
        " ORDER BY e.seq");
    return rc ? rc : check_strays(c);
}

/* ---- checkpoints ---- */

struct note_row {
    int64_t size;
    const char *note;
};
static const struct field note_row_fields[] = {
    FIELD(note_row, size, F_INT, 0),
    FIELD(note_row, note, F_TEXT, 0),
};
static const struct shape note_row_shape = SHAPE(note_row, note_row_fields);

/* The signature is checked where the keys are; else the note is believed,
 * and it is for the tree to agree. */
static struct mark read_note(struct work *w, const struct note_row *row,
                             const char *vkey)
{
    struct mark m = {.size = row->size};
    struct checkpoint said;
    struct fault f;
    enum rc rc = vkey ? checkpoint_open(row->note, vkey, &said, &f)
                      : checkpoint_parse(row->note, &said, &f);
    if (rc)
        m.why = "the note of its checkpoint was changed";
    else if (strcmp(said.origin, ledger_origin(w)) != 0 ||
             (int64_t)said.size != row->size)
        m.why = "the note of its checkpoint is another's";
    else
        m.root = said.root;
    return m;
}

/* One kept elsewhere may bear no signature of this key: whoever kept it
 * vouches for it.  One that is of this key must hold. */
static enum rc read_kept(struct work *w, const char *kept, const char *vkey,
                         struct mark *out)
{
    struct checkpoint said;
    struct fault f;
    if (checkpoint_parse(kept, &said, &f))
        return work_fail(w, INVALID, "checkpoint", "this is no checkpoint");
    if (strcmp(said.origin, ledger_origin(w)) != 0)
        return work_fail(w, INVALID, "checkpoint",
                         "the checkpoint is of another ledger");
    if (vkey && checkpoint_open(kept, vkey, &said, &f) == INVALID)
        return work_fail(w, INVALID, "checkpoint",
                         "the checkpoint's signature does not hold");
    *out = (struct mark){.size = (int64_t)said.size, .root = said.root};
    return OK;
}

static int by_size(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

static enum rc load_marks(struct check *c, const char *kept)
{
    struct note_row *rows;
    size_t n;
    const char *vkey = ledger_vkey(c->w);
    enum rc rc = db_all(c->w, &note_row_shape, &rows, &n,
        "SELECT size, CASE WHEN note=substr(note, 1, 16385) THEN note"
        " ELSE '' END AS note FROM ledger_checkpoint WHERE community=$1");
    if (rc) return rc;
    c->marks = ARENA_ARRAY(c->w->arena, n + 1, struct mark);
    for (size_t i = 0; i < n; i++)
        c->marks[i] = read_note(c->w, &rows[i], vkey);
    c->n_marks = n;
    if (kept) rc = read_kept(c->w, kept, vkey, &c->marks[c->n_marks++]);
    qsort(c->marks, c->n_marks, sizeof *c->marks, by_size);
    return rc;
}

/* ---- all of it ---- */

static enum rc check_chunk(struct check *c, int64_t *after, size_t *n)
{
    struct row *rows;
    enum rc rc = db_all(c->w, &row_shape, &rows, n,
        "SELECT seq, substr(kind, 1, 200) AS kind, thing, actor, recorded,"
        " substr(body, 1, 16385) AS body, substr(leaf, 1, 33) AS leaf,"
        " CASE WHEN kind=substr(kind, 1, 200) AND"
        " body=substr(body, 1, 16385) THEN 1 ELSE 0 END AS whole"
        " FROM ledger_entry WHERE community=$1 AND seq>$2"
        " ORDER BY seq LIMIT $3", *after, CHUNK);
    for (size_t i = 0; !rc && i < *n; i++) rc = check_entry(c, &rows[i]);
    if (rc || !*n) return rc;
    *after = rows[*n - 1].seq;
    c->rows = rows;
    return check_secrets(c, *n);
}

static enum rc check_all(struct check *c)
{
    struct arena own, *theirs = c->w->arena;
    int64_t after = INT64_MIN + 1; /* the least itself is SQL's NULL */
    size_t n = 1;
    arena_init(&own, CHUNK_ARENA);
    c->w->arena = &own;
    enum rc rc = check_marks(c);
    while (!rc && n) {
        rc = check_chunk(c, &after, &n);
        arena_reset(&own);
    }
    if (!rc) rc = check_head(c);
    if (!rc) rc = check_readings(c);
    c->w->arena = theirs;
    arena_release(&own);
    return rc;
}

enum rc ledger_verify(struct work *w, const char *kept,
                      ledger_row_check *holds, int64_t *entries,
                      struct digest *root)
{
    struct check c = {.w = w, .holds = holds};
    merkle_frontier_init(&c.tree);
    *entries = 0;
    *root = merkle_empty();
    enum rc rc = load_marks(&c, kept);
    if (!rc) rc = check_all(&c);
    *entries = (int64_t)c.tree.size;
    *root = merkle_frontier_root(&c.tree);
    return rc;
}
