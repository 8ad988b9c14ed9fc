/* person_batch.c - staging, landing and undoing.  See person_batch.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>

#include "account/account.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "registry/person_batch.h"
#include "store/keys.h"

enum { SALT = 16, ABANDONED_HOURS = 1, TIDY_ROWS = 250 };

static const struct field person_batch_fields[] = {
    FIELD(person_batch, id, F_ID, F_OURS),
    FIELD(person_batch, state, F_INT, F_OURS),
    FIELD(person_batch, source, F_TEXT, 0),
    FIELD(person_batch, actor, F_REF, F_OURS),
    FIELD(person_batch, created, F_INSTANT, F_OURS),
    FIELD(person_batch, staged, F_INT, F_OURS),
    FIELD(person_batch, landed, F_INT, F_OURS),
    FIELD(person_batch, added, F_INT, F_OURS),
    FIELD(person_batch, changed, F_INT, F_OURS),
    FIELD(person_batch, unchanged, F_INT, F_OURS),
    FIELD(person_batch, refused, F_INT, F_OURS),
    FIELD(person_batch, undone, F_INT, F_OURS),
    FIELD(person_batch, restored, F_INT, F_OURS),
    FIELD(person_batch, closed, F_INT, F_OURS),
    FIELD(person_batch, salt, F_BYTES, F_HIDDEN),
    FIELD(person_batch, root, F_BYTES, F_HIDDEN),
};
const struct shape person_batch_shape =
    SHAPE(person_batch, person_batch_fields);

enum rc person_batch_create(struct work *w, struct person_batch *b)
{
    uint8_t *salt = arena_alloc(w->arena, SALT);
    enum rc rc = account_require(w, CAP_IMPORT);
    if (rc) return rc;
    randombytes_buf(salt, SALT);
    b->id = work_new_id(w);
    b->state = BATCH_STAGING;
    b->actor = w->actor;
    b->created = w->now;
    b->staged = b->landed = b->added = b->changed = 0;
    b->undone = b->restored = b->closed = 0;
    b->salt = (struct bytes){salt, SALT};
    b->root = (struct bytes){NULL, 0};
    return db_exec(w,
        "INSERT INTO person_batch(community, id, state, source, actor,"
        " created, staged, landed, added, changed, unchanged, refused,"
        " undone, restored, closed, salt)"
        " VALUES($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, $7, $8, 0, 0, 0, $9)",
        b->id, b->state, b->source ? b->source : "", b->actor.v,
        b->created.ms, b->unchanged, b->refused, db_blob(salt, SALT));
}

enum rc person_batch_load(struct work *w, int64_t id,
                          struct person_batch *out)
{
    enum rc rc = db_one(w, &person_batch_shape, out,
        "SELECT id, state, source, actor, created, staged, landed, added,"
        " changed, unchanged, refused, undone, restored, closed, salt, root"
        " FROM person_batch WHERE community=$1 AND id=$2", id);
    if (rc == NOT_FOUND)
        return work_fail(w, NOT_FOUND, "batch", "there is no such import");
    return rc;
}

/* Somebody else was faster. */
static enum rc gone_on(struct work *w)
{
    return work_fail(w, CONFLICT, "batch", "the import has gone on");
}

/* ---- staging ---- */

static void leaf_text(struct sha256 *h, const char *s)
{
    sha256_add(h, s, strlen(s) + 1); /* with its end: no two rows alike */
}

static struct digest leaf_of(const struct person_batch *b,
                             const struct person *p, bool adds,
                             const struct person_secrets *s)
{
    struct sha256 h;
    char numbers[128];
    snprintf(numbers, sizeof numbers, "%lld %lld %d %lld %lld %lld",
             (long long)b->staged, (long long)p->id.v, adds,
             (long long)p->household.v, (long long)p->sex,
             (long long)p->birth.n);
    sha256_init(&h);
    sha256_add(&h, b->salt.at, b->salt.n);
    leaf_text(&h, numbers);
    leaf_text(&h, p->name);
    leaf_text(&h, p->tags ? p->tags : "");
    sha256_add(&h, s->idno_hash.at, s->idno_hash.n);
    sha256_add(&h, s->phone_hash.at, s->phone_hash.n);
    struct digest row = sha256_end(&h);
    return merkle_leaf(row.b, sizeof row.b);
}

enum rc person_batch_stage(struct work *w, struct person_batch *b,
                           const struct person *row)
{
    struct person p = *row;
    struct person_secrets s;
    bool adds = p.id.v == 0;
    enum rc rc = account_require(w, CAP_IMPORT);
    assert(b->salt.n == SALT && b->state == BATCH_STAGING);
    if (adds) p.id.v = work_new_id(w);
    if (!rc) rc = person_settle(w, &p);
    if (!rc) rc = person_seal(w, &p, &s);
    if (rc) return rc;
    struct digest leaf = leaf_of(b, &p, adds, &s);
    rc = db_exec(w,
        "INSERT INTO person_stage(community, batch, side, num, person, adds,"
        " name, name_key, sex, birth, household, building, idno, idno_hash,"
        " idno_tail, phone, phone_hash, phone_tail, tags, until, last_batch,"
        " leaf) VALUES($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
        " $13, $14, $15, $16, $17, $18, $19, 0, $20)",
        b->id, b->staged, p.id.v, adds, p.name, text_key(w->arena, p.name),
        p.sex, p.birth.n, p.household.v, p.building.v,
        db_blob(s.idno.at, s.idno.n), db_blob(s.idno_hash.at, s.idno_hash.n),
        s.idno_tail, db_blob(s.phone.at, s.phone.n),
        db_blob(s.phone_hash.at, s.phone_hash.n), s.phone_tail,
        p.tags ? p.tags : "", PLACE_OPEN.n, db_blob(leaf.b, sizeof leaf.b));
    if (!rc) b->staged++;
    return rc;
}

struct leaf_row {
    struct bytes leaf;
};
static const struct field leaf_row_fields[] = {
    FIELD(leaf_row, leaf, F_BYTES, 0),
};
static const struct shape leaf_row_shape = SHAPE(leaf_row, leaf_row_fields);

static enum rc root_add(struct work *w, void *row, void *ctx)
{
    const struct leaf_row *r = row;
    struct digest leaf, run;
    if (r->leaf.n != sizeof leaf.b)
        return work_fail(w, FAILED, "", "the rows of the import are damaged");
    memcpy(leaf.b, r->leaf.at, sizeof leaf.b);
    merkle_frontier_append(ctx, &leaf, &run);
    return OK;
}

enum rc person_batch_root(struct work *w, const struct person_batch *b,
                          struct digest *root)
{
    struct merkle_frontier tree;
    merkle_frontier_init(&tree);
    enum rc rc = db_each(w, &leaf_row_shape, root_add, &tree,
        "SELECT leaf FROM person_stage"
        " WHERE community=$1 AND batch=$2 AND side=1 ORDER BY num", b->id);
    if (!rc) *root = merkle_frontier_root(&tree);
    return rc;
}

enum rc person_batch_seal(struct work *w, struct person_batch *b,
                          const struct digest *root)
{
    enum rc rc = account_require(w, CAP_IMPORT);
    if (!rc) rc = db_exec(w,
        "UPDATE person_batch SET state=$3, staged=$4, root=$5"
        " WHERE community=$1 AND id=$2 AND state=$6",
        b->id, BATCH_LANDING, b->staged, db_blob(root->b, sizeof root->b),
        BATCH_STAGING);
    if (rc) return rc;
    if (db_changes(w) == 0) return gone_on(w);
    b->state = BATCH_LANDING;
    return OK;
}

/* ---- landing ---- */

static enum rc land_added(struct work *w, const struct person_batch *b,
                          int64_t to, int64_t *n)
{
    enum rc rc = db_exec(w,
        "INSERT INTO person(community, id, name, name_key, sex, birth,"
        " household, building, idno, idno_hash, idno_tail, phone, phone_hash,"
        " phone_tail, tags, merged_into, since, until, batch)"
        " SELECT s.community, s.person, s.name, s.name_key, s.sex, s.birth,"
        " s.household, s.building, s.idno, s.idno_hash, s.idno_tail, s.phone,"
        " s.phone_hash, s.phone_tail, s.tags, 0, $5, s.until, $2"
        " FROM person_stage s WHERE s.community=$1 AND s.batch=$2"
        " AND s.side=1 AND s.num>=$3 AND s.num<$4 AND s.adds=1"
        " AND NOT EXISTS(SELECT 1 FROM person p"
        " WHERE p.community=s.community AND p.idno_hash=s.idno_hash)",
        b->id, b->landed, to, work_today(w).n);
    *n = db_changes(w);
    return rc;
}

static enum rc keep_before(struct work *w, const struct person_batch *b,
                           int64_t to)
{
    return db_exec(w,
        "INSERT INTO person_stage(community, batch, side, num, person, adds,"
        " name, name_key, sex, birth, household, building, idno, idno_hash,"
        " idno_tail, phone, phone_hash, phone_tail, tags, until, last_batch)"
        " SELECT s.community, s.batch, 0, s.num, s.person, 0, p.name,"
        " p.name_key, p.sex, p.birth, p.household, p.building, p.idno,"
        " p.idno_hash, p.idno_tail, p.phone, p.phone_hash, p.phone_tail,"
        " p.tags, p.until, p.batch FROM person_stage s JOIN person p"
        " ON p.community=s.community AND p.id=s.person"
        " WHERE s.community=$1 AND s.batch=$2 AND s.side=1 AND s.num>=$3"
        " AND s.num<$4 AND s.adds=0",
        b->id, b->landed, to);
}

static enum rc land_changed(struct work *w, const struct person_batch *b,
                            int64_t to, int64_t *n)
{
    enum rc rc = db_exec(w,
        "UPDATE person SET name=s.name, name_key=s.name_key,"
        " sex=COALESCE(s.sex, person.sex),"
        " birth=COALESCE(s.birth, person.birth), household=s.household,"
        " building=s.building, idno=COALESCE(s.idno, person.idno),"
        " idno_hash=COALESCE(s.idno_hash, person.idno_hash),"
        " idno_tail=CASE WHEN s.idno IS NULL THEN person.idno_tail"
        " ELSE s.idno_tail END, phone=COALESCE(s.phone, person.phone),"
        " phone_hash=COALESCE(s.phone_hash, person.phone_hash),"
        " phone_tail=CASE WHEN s.phone IS NULL THEN person.phone_tail"
        " ELSE s.phone_tail END, tags=CASE WHEN s.tags='' THEN person.tags"
        " ELSE s.tags END, until=s.until, batch=$2 FROM person_stage s"
        " WHERE s.community=$1 AND s.batch=$2 AND s.side=1 AND s.num>=$3"
        " AND s.num<$4 AND s.adds=0 AND person.community=$1"
        " AND person.id=s.person",
        b->id, b->landed, to);
    *n = db_changes(w);
    return rc;
}

static enum rc enter_done(struct work *w, const struct person_batch *b)
{
    struct digest root;
    assert(b->root.n == sizeof root.b);
    memcpy(root.b, b->root.at, sizeof root.b);
    struct buf v;
    buf_init(&v, 4096);
    buf_puts(&v, "{\"source\":");
    buf_json(&v, b->source);
    buf_printf(&v, ",\"added\":%lld,\"changed\":%lld,\"unchanged\":%lld,"
                   "\"refused\":%lld}", (long long)b->added,
               (long long)b->changed, (long long)b->unchanged,
               (long long)b->refused);
    const char *values = arena_strdup(w->arena, buf_ok(&v) ? v.at : "{}");
    buf_release(&v);
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "import.done", .thing = b->id, .values = values,
        .digest = &root});
}

static int64_t chunk_end(int64_t from, int64_t all)
{
    return from + PERSON_BATCH_LAND < all ? from + PERSON_BATCH_LAND : all;
}

/* What stands in the database counts, not what the caller remembers. */
static enum rc reload(struct work *w, struct person_batch *b)
{
    enum rc rc = account_require(w, CAP_IMPORT);
    return rc ? rc : person_batch_load(w, b->id, b);
}

enum rc person_batch_land(struct work *w, struct person_batch *b)
{
    int64_t added = 0, changed = 0;
    enum rc rc = reload(w, b);
    if (!rc && b->state != BATCH_LANDING)
        rc = gone_on(w);
    if (rc) return rc;
    int64_t from = b->landed, to = chunk_end(from, b->staged);
    rc = land_added(w, b, to, &added);
    if (!rc) rc = keep_before(w, b, to);
    if (!rc) rc = land_changed(w, b, to, &changed);
    if (rc) return rc;
    b->landed = to;
    b->added += added;
    b->changed += changed;
    if (to == b->staged) b->state = BATCH_DONE;
    rc = db_exec(w,
        "UPDATE person_batch SET state=$3, landed=$4, added=$5, changed=$6"
        " WHERE community=$1 AND id=$2 AND landed=$7",
        b->id, b->state, b->landed, b->added, b->changed, from);
    if (rc) return rc;
    if (db_changes(w) == 0) return gone_on(w);
    return b->state == BATCH_DONE ? enter_done(w, b) : OK;
}

/* ---- undoing ---- */

/* By id and nothing else: +0 keeps planners from going through all rows that
 * the batch wrote. */

static enum rc restore_changed(struct work *w, const struct person_batch *b,
                               int64_t to, int64_t *n)
{
    enum rc rc = db_exec(w,
        "UPDATE person SET name=s.name, name_key=s.name_key, sex=s.sex,"
        " birth=s.birth, household=s.household, building=s.building,"
        " idno=s.idno, idno_hash=s.idno_hash, idno_tail=s.idno_tail,"
        " phone=s.phone, phone_hash=s.phone_hash, phone_tail=s.phone_tail,"
        " tags=s.tags, until=s.until, batch=s.last_batch FROM person_stage s"
        " WHERE s.community=$1 AND s.batch=$2 AND s.side=0 AND s.num>=$3"
        " AND s.num<$4 AND person.community=$1 AND person.id=s.person"
        " AND person.batch+0=$2",
        b->id, b->undone, to);
    *n = db_changes(w);
    return rc;
}

static enum rc close_added(struct work *w, const struct person_batch *b,
                           int64_t to, int64_t *n)
{
    enum rc rc = db_exec(w,
        "UPDATE person SET until=$5, batch=0 FROM person_stage s"
        " WHERE s.community=$1 AND s.batch=$2 AND s.side=1 AND s.num>=$3"
        " AND s.num<$4 AND s.adds=1 AND person.community=$1"
        " AND person.id=s.person AND person.batch+0=$2",
        b->id, b->undone, to, work_today(w).n);
    *n = db_changes(w);
    return rc;
}

static enum rc may_undo(struct work *w, const struct person_batch *b)
{
    if (b->state == BATCH_UNDONE)
        return work_fail(w, CONFLICT, "batch", "the import is undone already");
    if (b->state == BATCH_STAGING)
        return work_fail(w, CONFLICT, "batch", "nothing of it was brought in");
    if (!b->salt.n)
        return work_fail(w, CONFLICT, "batch",
                         "the import lies too far back to be undone");
    return OK;
}

static enum rc enter_undone(struct work *w, const struct person_batch *b)
{
    long long kept =
        (long long)(b->added + b->changed - b->restored - b->closed);
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "import.undone", .thing = b->id,
        .values = arena_printf(w->arena,
                               "{\"restored\":%lld,\"closed\":%lld,"
                               "\"kept\":%lld}",
                               (long long)b->restored, (long long)b->closed,
                               kept)});
}

enum rc person_batch_undo(struct work *w, struct person_batch *b)
{
    int64_t restored = 0, closed = 0;
    enum rc rc = reload(w, b);
    if (!rc) rc = may_undo(w, b);
    if (rc) return rc;
    int64_t from = b->undone, to = chunk_end(from, b->landed);
    rc = restore_changed(w, b, to, &restored);
    if (!rc) rc = close_added(w, b, to, &closed);
    if (rc) return rc;
    b->undone = to;
    b->restored += restored;
    b->closed += closed;
    b->state = to == b->landed ? BATCH_UNDONE : BATCH_UNDOING;
    rc = db_exec(w,
        "UPDATE person_batch SET state=$3, undone=$4, restored=$5, closed=$6"
        " WHERE community=$1 AND id=$2 AND undone=$7",
        b->id, b->state, b->undone, b->restored, b->closed, from);
    if (rc) return rc;
    if (db_changes(w) == 0) return gone_on(w);
    return b->state == BATCH_UNDONE ? enter_undone(w, b) : OK;
}

/* ---- what is left behind ---- */

enum rc person_batch_unfinished(struct work *w, int64_t *id)
{
    *id = 0;
    enum rc rc = db_int(w, id,
        "SELECT id FROM person_batch WHERE community=$1"
        " AND state IN ($2, $3) ORDER BY id LIMIT 1",
        BATCH_LANDING, BATCH_UNDOING);
    return rc == NOT_FOUND ? OK : rc;
}

static enum rc clear_some(struct work *w, int64_t batch, int64_t *n)
{
    enum rc rc = db_exec(w,
        "DELETE FROM person_stage WHERE community=$1 AND batch=$2"
        " AND num<$3+(SELECT min(num) FROM person_stage"
        " WHERE community=$1 AND batch=$2)", batch, TIDY_ROWS);
    *n = db_changes(w);
    return rc;
}

enum rc person_batch_tidy(struct work *w, bool *more)
{
    int64_t batch = 0, n = 0;
    *more = false;
    enum rc rc = account_require(w, CAP_IMPORT);
    if (!rc) rc = db_int(w, &batch,
        "SELECT id FROM person_batch WHERE community=$1 AND"
        " ((state=$2 AND created<$3) OR (state IN ($4, $5) AND created<$6"
        " AND salt IS NOT NULL)) ORDER BY id LIMIT 1",
        BATCH_STAGING, w->now.ms - ABANDONED_HOURS * MS_PER_HOUR, BATCH_DONE,
        BATCH_UNDONE, w->now.ms - PERSON_BATCH_KEEP_DAYS * MS_PER_DAY);
    if (rc == NOT_FOUND) return OK;
    if (!rc) rc = clear_some(w, batch, &n);
    if (rc) return rc;
    *more = true;
    if (n) return OK;
    rc = db_exec(w, "DELETE FROM person_batch"
                    " WHERE community=$1 AND id=$2 AND state=$3",
                 batch, BATCH_STAGING);
    if (rc) return rc;
    return db_exec(w, "UPDATE person_batch SET salt=NULL"
                      " WHERE community=$1 AND id=$2", batch);
}

enum rc person_batch_check(struct work *w, const char *entry_kind,
                           int64_t thing, const struct digest *digest,
                           bool *same)
{
    struct person_batch b;
    struct digest root;
    *same = true;
    if (strcmp(entry_kind, "import.done") != 0) return OK;
    enum rc rc = person_batch_load(w, thing, &b);
    if (rc == NOT_FOUND) return OK;
    if (rc) return rc;
    *same = b.root.n == sizeof root.b &&
            bytes_equal_ct(b.root.at, digest->b, sizeof root.b);
    if (!*same || !b.salt.n) return OK; /* rows are kept for a while only */
    rc = person_batch_root(w, &b, &root);
    *same = !rc && bytes_equal_ct(root.b, digest->b, sizeof root.b);
    return rc;
}

/* ---- whom does a row mean? ---- */

static const struct field person_known_fields[] = {
    FIELD(person_known, id, F_ID, 0),
    FIELD(person_known, name, F_TEXT, F_PERSONAL),
    FIELD(person_known, name_key, F_TEXT, F_PERSONAL),
    FIELD(person_known, sex, F_ENUM, 0, .words = sexes),
    FIELD(person_known, birth, F_DAY, F_PERSONAL),
    FIELD(person_known, household, F_REF, F_PERSONAL),
    FIELD(person_known, tags, F_TEXT, F_PERSONAL),
    FIELD(person_known, until, F_DAY, 0),
    FIELD(person_known, idno_hash, F_BYTES, F_HIDDEN),
    FIELD(person_known, phone_hash, F_BYTES, F_HIDDEN),
};
static const struct shape person_known_shape =
    SHAPE(person_known, person_known_fields);

struct id_row {
    struct person_id id;
};
static const struct field id_row_fields[] = {
    FIELD(id_row, id, F_ID, 0),
};
static const struct shape id_row_shape = SHAPE(id_row, id_row_fields);

static enum rc known_load(struct work *w, struct person_id id,
                          struct person_known *out)
{
    return db_one(w, &person_known_shape, out,
        "SELECT id, name, name_key, sex, birth, household, tags, until,"
        " idno_hash, phone_hash FROM person"
        " WHERE community=$1 AND id=$2 AND merged_into=0", id.v);
}

/* Who is meant rather: one without a number, one who lives here still, the
 * one who was here first. */
static bool is_better(const struct person_known *a,
                      const struct person_known *b)
{
    if (!a->idno_hash.n != !b->idno_hash.n) return !a->idno_hash.n;
    if (a->until.n != b->until.n) return a->until.n > b->until.n;
    return a->id.v < b->id.v;
}

/* The best of these; with a name_key those of that name, with `numbered`
 * those without a number. */
static enum rc known_pick(struct work *w, const struct id_row *ids, size_t n,
                          const char *name_key, bool numbered,
                          struct person_known *out)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        struct person_known k;
        enum rc rc = known_load(w, ids[i].id, &k);
        if (rc == NOT_FOUND) continue;
        if (rc) return rc;
        if (name_key && strcmp(k.name_key, name_key) != 0) continue;
        if (numbered && k.idno_hash.n) continue;
        if (!found || is_better(&k, out)) *out = k;
        found = true;
    }
    return found ? OK : NOT_FOUND;
}

/* Ids first, from an index that holds them, then each by its id: a planner
 * without statistics would rather walk through the whole community. */
enum rc person_known_by_idno(struct work *w, const char *idno,
                             struct person_known *out)
{
    uint8_t hash[KEYS_LOOKUP];
    struct id_row *ids;
    size_t n;
    keys_lookup(store_keys(w->store), w->community.v, "idno", idno, hash);
    enum rc rc = db_all(w, &id_row_shape, &ids, &n,
        "SELECT id FROM person WHERE community=$1 AND idno_hash=$2",
        db_blob(hash, sizeof hash));
    return rc ? rc : known_pick(w, ids, n, NULL, false, out);
}

enum rc person_known_by_name(struct work *w, const char *name_key,
                             struct place_id household, bool numbered,
                             struct person_known *out)
{
    struct id_row *ids;
    size_t n;
    enum rc rc = db_all(w, &id_row_shape, &ids, &n,
        "SELECT id FROM person WHERE community=$1 AND household=$2",
        household.v);
    return rc ? rc : known_pick(w, ids, n, name_key, numbered, out);
}

bool person_hash_is(struct work *w, const char *field, const char *text,
                    struct bytes hash)
{
    uint8_t mine[KEYS_LOOKUP];
    if (text_is_empty(text)) return hash.n == 0;
    keys_lookup(store_keys(w->store), w->community.v, field, text, mine);
    return hash.n == sizeof mine &&
           bytes_equal_ct(hash.at, mine, sizeof mine);
}
