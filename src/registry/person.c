/* person.c - residents stored, sealed, listed.  See person.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/person.h"

#include "base/text.h"
#include "account/account.h"
#include "ledger/ledger.h"
#include "store/keys.h"

const char *const sexes[] = {"male", "female", NULL};

static const struct field person_fields[] = {
    FIELD(person, id, F_ID, F_OURS),
    FIELD(person, name, F_TEXT, F_REQUIRED | F_PERSONAL, .max = 60),
    FIELD(person, sex, F_ENUM, 0, .words = sexes),
    FIELD(person, birth, F_DAY, F_PERSONAL),
    FIELD(person, household, F_REF, F_PERSONAL),
    FIELD(person, building, F_REF, F_OURS),
    FIELD(person, idno, F_TEXT, F_PERSONAL, .max = 40),
    FIELD(person, phone, F_TEXT, F_PERSONAL, .max = 40),
    FIELD(person, idno_tail, F_TEXT, F_OURS),
    FIELD(person, phone_tail, F_TEXT, F_OURS),
    FIELD(person, tags, F_TEXT, F_PERSONAL, .max = 200),
    FIELD(person, merged_into, F_REF, F_OURS),
    FIELD(person, since, F_DAY, F_OURS),
    FIELD(person, until, F_DAY, F_OURS),
    FIELD(person, idno_sealed, F_BYTES, F_HIDDEN),
    FIELD(person, phone_sealed, F_BYTES, F_HIDDEN),
};
const struct shape person_shape = SHAPE(person, person_fields);

#define PERSON_COLUMNS                                                    \
    "id, name, sex, birth, household, building, idno_tail, phone_tail,"   \
    " tags, merged_into, since, until, idno AS idno_sealed,"              \
    " phone AS phone_sealed"

static const char *tail_of(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    return arena_strdup(a, n > 4 ? s + n - 4 : s);
}

static enum rc seal_one(struct work *w, int64_t id, const char *field,
                        const char *text, struct bytes *sealed,
                        struct bytes *hash)
{
    if (text_is_empty(text)) return OK;
    uint8_t *key = arena_alloc(w->arena, 16);
    keys_lookup(store_keys(w->store), w->community.v, field, text, key);
    *hash = (struct bytes){key, 16};
    size_t most = keys_sealed_size(strlen(text));
    uint8_t *out = arena_alloc(w->arena, most);
    size_t n = keys_seal(store_keys(w->store), w->community.v, "person", id,
                         field, text, strlen(text), out);
    *sealed = (struct bytes){out, n};
    return OK;
}

enum rc person_seal(struct work *w, const struct person *p,
                    struct person_secrets *out)
{
    memset(out, 0, sizeof *out);
    out->idno_tail = text_is_empty(p->idno) ? "" : tail_of(w->arena, p->idno);
    out->phone_tail = text_is_empty(p->phone) ? ""
                                              : tail_of(w->arena, p->phone);
    enum rc rc = seal_one(w, p->id.v, "idno", p->idno, &out->idno,
                          &out->idno_hash);
    if (rc) return rc;
    return seal_one(w, p->id.v, "phone", p->phone, &out->phone,
                    &out->phone_hash);
}

enum rc person_settle(struct work *w, struct person *p)
{
    p->building.v = 0;
    if (!p->household.v) return OK;
    enum rc rc = db_int(w, &p->building.v,
        "SELECT building FROM place WHERE community=$1 AND id=$2 AND level=$3",
        p->household.v, PLACE_HOUSEHOLD);
    if (rc == NOT_FOUND)
        return work_fail(w, INVALID, "household", "there is no such door");
    return rc;
}

enum rc person_create(struct work *w, struct person *p, int64_t batch)
{
    struct person_secrets s;
    enum rc rc = account_require(w, CAP_IMPORT);
    if (rc) return rc;
    if (text_is_blank(p->name))
        return work_fail(w, INVALID, "name", "is missing");
    p->id.v = work_new_id(w);
    p->since = work_today(w);
    p->until = PLACE_OPEN;
    rc = person_settle(w, p);
    if (!rc) rc = person_seal(w, p, &s);
    if (rc) return rc;
    rc = db_exec(w,
        "INSERT INTO person(community, id, name, name_key, sex, birth,"
        " household, building, idno, idno_hash, idno_tail, phone, phone_hash,"
        " phone_tail, tags, merged_into, since, until, batch)"
        " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
        " $15, 0, $16, $17, $18)",
        p->id.v, p->name, text_key(w->arena, p->name), p->sex, p->birth.n,
        p->household.v, p->building.v, db_blob(s.idno.at, s.idno.n),
        db_blob(s.idno_hash.at, s.idno_hash.n), s.idno_tail,
        db_blob(s.phone.at, s.phone.n),
        db_blob(s.phone_hash.at, s.phone_hash.n), s.phone_tail,
        p->tags ? p->tags : "", p->since.n, p->until.n, batch);
    if (rc || batch) return rc; /* an import is one entry with its root */
    return ledger_add(w, "person.created", p->id.v);
}

enum rc person_update(struct work *w, const struct person *p, int64_t batch)
{
    struct person_secrets s;
    struct person moved = *p;
    enum rc rc = account_require(w, CAP_IMPORT);
    if (!rc) rc = person_settle(w, &moved);
    if (!rc) rc = person_seal(w, p, &s);
    if (rc) return rc;
    rc = db_exec(w,
        "UPDATE person SET name=$3, name_key=$4, sex=$5, birth=$6,"
        " household=$7, building=$8, idno=$9, idno_hash=$10, idno_tail=$11,"
        " phone=$12, phone_hash=$13, phone_tail=$14, tags=$15, batch=$16"
        " WHERE community=$1 AND id=$2",
        p->id.v, p->name, text_key(w->arena, p->name), p->sex, p->birth.n,
        p->household.v, moved.building.v, db_blob(s.idno.at, s.idno.n),
        db_blob(s.idno_hash.at, s.idno_hash.n), s.idno_tail,
        db_blob(s.phone.at, s.phone.n),
        db_blob(s.phone_hash.at, s.phone_hash.n), s.phone_tail,
        p->tags ? p->tags : "", batch);
    if (!rc && db_changes(w) == 0)
        return work_fail(w, NOT_FOUND, "", "there is no such person here");
    if (rc || batch) return rc;
    return ledger_add(w, "person.changed", p->id.v);
}

enum rc person_load(struct work *w, struct person_id id, struct person *out)
{
    enum rc rc = db_one(w, &person_shape, out,
                        "SELECT " PERSON_COLUMNS " FROM person"
                        " WHERE community=$1 AND id=$2", id.v);
    if (rc || !out->merged_into.v) return rc;
    return person_load(w, out->merged_into, out); /* merged: the other one */
}

static enum rc open_one(struct work *w, const struct person *p,
                        const char *field, struct bytes sealed,
                        const char **out)
{
    *out = "";
    if (!sealed.n) return OK;
    char *text = arena_alloc(w->arena, sealed.n + 1);
    size_t n = 0;
    enum rc rc = keys_open(store_keys(w->store), w->community.v, "person",
                           p->id.v, field, sealed.at, sealed.n, text, &n,
                           &w->fault);
    if (rc) return rc;
    text[n] = '\0';
    *out = text;
    return OK;
}

enum rc person_unseal(struct work *w, struct person *p)
{
    if (text_is_empty(w->purpose) && p->id.v != w->person.v)
        return work_fail(w, DENIED, "purpose",
                         "say for what purpose you look at personal data");
    reading_add(w, p->id);
    enum rc rc = open_one(w, p, "idno", p->idno_sealed, &p->idno);
    return rc ? rc : open_one(w, p, "phone", p->phone_sealed, &p->phone);
}

enum rc person_by_idno(struct work *w, const char *idno, struct person *out)
{
    uint8_t hash[16];
    keys_lookup(store_keys(w->store), w->community.v, "idno", idno, hash);
    return db_one(w, &person_shape, out,
                  "SELECT " PERSON_COLUMNS " FROM person"
                  " WHERE community=$1 AND idno_hash=$2 ORDER BY id LIMIT 1",
                  db_blob(hash, sizeof hash));
}

enum rc person_erase(struct work *w, struct person_id id)
{
    enum rc rc = db_exec(w,
        "DELETE FROM ledger_secret WHERE community=$1 AND seq IN (SELECT seq"
        " FROM ledger_entry WHERE community=$1 AND thing=$2)", id.v);
    /* What imports keep of them, but for the hash of the row. */
    if (!rc) rc = db_exec(w,
        "UPDATE person_stage SET name='', name_key='', sex=NULL, birth=NULL,"
        " household=0, building=0, idno=NULL, idno_hash=NULL, idno_tail='',"
        " phone=NULL, phone_hash=NULL, phone_tail='', tags=''"
        " WHERE community=$1 AND person=$2", id.v);
    if (!rc) rc = db_exec(w, "DELETE FROM person"
                             " WHERE community=$1 AND id=$2", id.v);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, NOT_FOUND, "", "there is no such person here");
    return ledger_add(w, "person.erased", id.v);
}

enum rc person_list(struct work *w, const struct person_filter *filter,
                    struct person **items, size_t *n, int64_t *count)
{
    struct db_list q = db_list_from("SELECT " PERSON_COLUMNS " FROM person"
                                    " WHERE community=$1 AND merged_into=0");
    enum rc rc = account_require(w, CAP_REGISTRY);
    if (rc) return rc;
    db_list_and(&q, " AND until>$?", work_today(w).n);
    if (filter->household.v)
        db_list_and(&q, " AND household=$?", filter->household.v);
    if (filter->building.v)
        db_list_and(&q, " AND building=$?", filter->building.v);
    place_scope(w, &q);
    rc = count ? db_list_count(w, count, &q) : OK;
    if (rc) return rc;
    db_list_and(&q, " AND id>$?", filter->after.v);
    db_list_and(&q, " ORDER BY id LIMIT $?", filter->limit);
    return db_list_all(w, &person_shape, items, n, &q);
}

static const struct field person_home_fields[] = {
    FIELD(person_home, id, F_ID, 0),
    FIELD(person_home, household, F_REF, 0),
    FIELD(person_home, building, F_REF, 0),
};
static const struct shape person_home_shape =
    SHAPE(person_home, person_home_fields);

enum rc person_home(struct work *w, struct person_id id,
                    struct person_home *out)
{
    return db_one(w, &person_home_shape, out,
                  "SELECT id, household, building FROM person"
                  " WHERE community=$1 AND id=$2", id.v);
}
