/* report.c - reports submitted, read back, listed, erased.  See intake.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>

#include "base/text.h"
#include "intake/intake.h"
#include "ledger/ledger.h"
#include "registry/person.h"

enum { SALT = 16 };

/* The member of the kind's own row, or NULL if it has none of that type. */
static int64_t *own_member(const struct report_kind *k, struct report *r,
                           const char *name, enum field_type type)
{
    const struct field *f = shape_field(k->shape, name);
    if (!f || field_type(f) != type) return NULL;
    return field_at(f, report_row(r));
}

/* May the actor report for this person?  Oneself, one's household, or anyone
 * in scope with CAP_REPORT_FOR. */
static enum rc may_report_for(struct work *w, struct report *r)
{
    struct person_home home, mine = {.household = {0}};
    enum rc rc = person_home(w, r->subject, &home);
    if (rc == NOT_FOUND)
        return work_fail(w, INVALID, "person", "there is no such person here");
    if (rc) return rc;
    r->household = home.household;
    r->building = home.building;
    if (home.id.v == w->person.v) return OK;
    if (account_has(w, CAP_REPORT_FOR)) {
        bool in = false;
        rc = place_in_scope(w, home.building, &in);
        if (rc || in) return rc;
    }
    if (w->person.v) {
        rc = person_home(w, w->person, &mine);
        if (rc && rc != NOT_FOUND) return rc;
    }
    if (mine.household.v && mine.household.v == home.household.v) return OK;
    return work_fail(w, DENIED, "person",
                     "you may not report for this person");
}

static enum rc settle_subject(struct work *w, const struct report_kind *k,
                              struct report *r)
{
    int64_t *person = own_member(k, r, "person", F_REF);
    if (!person) return OK;
    if (!*person) *person = w->person.v;
    if (!*person)
        return work_fail(w, INVALID, "person", "say whom the report is about");
    r->subject.v = *person;
    return may_report_for(w, r);
}

/* Fills in what the sender left to us and checks the rest. */
static enum rc settle(struct work *w, const struct report_kind *k,
                      struct report *r)
{
    int64_t *day = own_member(k, r, "day", F_DAY);
    if (day && *day == NONE) *day = work_today(w).n;
    r->on_day.n = day ? *day : work_today(w).n;
    enum rc rc = settle_subject(w, k, r);
    if (!rc && k->check) rc = k->check(w, report_row(r));
    if (rc) return rc;
    r->counts = k->counts && k->counts(report_row(r));
    r->account = w->actor;
    r->received = w->now;
    return OK;
}

/* SHA-256(salt || JSON of the kind's row). */
static struct digest digest_of(const struct report_kind *k,
                               struct report *r, const void *salt)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 10);
    shape_to_json(k->shape, report_row(r), REVEAL_ALL, &b);
    assert(buf_ok(&b));
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, salt, SALT);
    sha256_add(&h, b.at, b.len);
    buf_release(&b);
    return sha256_end(&h);
}

/* The kind's own statement with its members as arguments. */
static enum rc insert_row(struct work *w, const struct report_kind *k,
                          struct report *r)
{
    struct db_arg args[24];
    size_t n = 0;
    args[n++] = db_arg_text(k->insert);
    args[n++] = db_arg_int(r->id.v);
    for (size_t i = 0; i < k->shape->n; i++) {
        const struct field *f = &k->shape->fields[i];
        const void *at = field_at(f, report_row(r));
        assert(n < COUNT_OF(args));
        if (field_type(f) == F_TEXT)
            args[n++] = db_arg_text(*(const char *const *)at);
        else if (field_type(f) == F_BYTES)
            args[n++] = db_blob(((const struct bytes *)at)->at,
                                ((const struct bytes *)at)->n);
        else args[n++] = db_arg_int(*(const int64_t *)at);
    }
    return db_exec_call(w, (struct db_call){args, n, false});
}

static enum rc load_row(struct work *w, const struct report_kind *k,
                        struct db_list *q, void **items, size_t *n)
{
    return db_list_all(w, report_shape(k), items, n, q);
}

static struct db_list select_of(const struct report_kind *k)
{
    struct db_list q = db_list_from(
        "SELECT r.id, r.uuid, r.account, r.received, r.subject, r.household,"
        " r.building, r.on_day, r.counts, r.salt, r.digest, k.* FROM report r"
        " JOIN ");
    db_list_add(&q, k->name, db_arg_int(NONE)); /* a constant of kinds.def */
    db_list_plain(&q, " k ON k.community=r.community AND k.id=r.id"
                      " WHERE r.community=$1");
    return q;
}

/* The same uuid came before: is it the same report? */
static enum rc came_before(struct work *w, const struct report_kind *k,
                           struct report *r)
{
    struct db_list q = select_of(k);
    void *items;
    size_t n;
    db_list_and(&q, " AND r.account=$?", w->actor.v);
    db_list_and(&q, " AND r.uuid=$?", r->uuid);
    enum rc rc = load_row(w, k, &q, &items, &n);
    if (rc) return rc;
    struct report *before = items;
    if (n == 1) {
        struct digest d = digest_of(k, r, before->salt.at);
        if (before->digest.n == sizeof d.b &&
            bytes_equal_ct(before->digest.at, d.b, sizeof d.b)) {
            memcpy(r, before, report_shape(k)->size);
            return OK;
        }
    }
    return work_fail(w, CONFLICT, "uuid",
                     "this uuid was used for another report");
}

static bool is_uuid(const char *s)
{
    if (strlen(s) != 36) return false;
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : !strchr("0123456789abcdefABCDEF", s[i]))
            return false;
    }
    return true;
}

static enum rc enter(struct work *w, const struct report_kind *k,
                     const struct report *r, const struct digest *d)
{
    const char *values = arena_printf(
        w->arena, "{\"kind\":\"%s\",\"building\":\"%lld\"}", k->name,
        (long long)r->building.v);
    struct instant at = r->on_day.n == work_today(w).n
        ? r->received : zone_start(w->zone, r->on_day);
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "report.received", .thing = r->id.v, .at = at,
        .values = values, .digest = d});
}

enum rc report_submit(struct work *w, const struct report_kind *k,
                      struct report *r, bool *again)
{
    *again = false;
    enum rc rc = account_require(w, k->may_submit);
    if (rc) return rc;
    if (!text_is_empty(r->uuid) && !is_uuid(r->uuid))
        return work_fail(w, INVALID, "uuid", "is not a UUID");
    rc = settle(w, k, r);
    if (rc) return rc;
    uint8_t salt[SALT];
    randombytes_buf(salt, sizeof salt);
    struct digest d = digest_of(k, r, salt);
    r->id.v = work_new_id(w);
    rc = db_exec(w,
        "INSERT INTO report(community, id, kind, account, subject, household,"
        " building, on_day, received, counts, uuid, salt, digest)"
        " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        " ON CONFLICT(community, account, uuid) DO NOTHING",
        r->id.v, k->name, r->account.v, r->subject.v, r->household.v,
        r->building.v, r->on_day.n, r->received.ms, r->counts,
        text_is_empty(r->uuid) ? NULL : r->uuid, db_blob(salt, SALT),
        db_blob(d.b, sizeof d.b));
    if (rc) return rc;
    *again = db_changes(w) == 0;
    if (*again) return came_before(w, k, r);
    rc = insert_row(w, k, r);
    return rc ? rc : enter(w, k, r, &d);
}

/* ---- reading ---- */

static bool is_own(const struct work *w, const struct report *r)
{
    return (w->actor.v && r->account.v == w->actor.v) ||
           (w->person.v && r->subject.v == w->person.v);
}

enum rc report_load(struct work *w, const struct report_kind *k,
                    struct report_id id, struct report *r)
{
    struct db_list q = select_of(k);
    void *items;
    size_t n;
    bool in = false;
    db_list_and(&q, " AND r.id=$?", id.v);
    enum rc rc = load_row(w, k, &q, &items, &n);
    if (rc) return rc;
    if (n == 1) {
        memcpy(r, items, report_shape(k)->size);
        in = is_own(w, r);
        if (!in && account_has(w, k->may_read)) {
            rc = place_in_scope(w, r->building, &in);
            if (rc) return rc;
            if (in) reading_add(w, r->subject);
        }
    }
    if (in) return OK;
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}

/* Only what the reader sent, or what is about them. */
static void only_own(struct work *w, struct db_list *q)
{
    db_list_and(q, " AND (r.account=$?", w->actor.v);
    db_list_and(q, " OR (r.subject=$?", w->person.v);
    db_list_plain(q, " AND r.subject<>0))");
}

enum rc report_list(struct work *w, const struct report_kind *k,
                    const struct report_filter *filter, void **items,
                    size_t *n, int64_t *count)
{
    struct db_list q = select_of(k);
    bool own = filter->own || !account_has(w, k->may_read);
    enum rc rc = account_require(w, CAP_SELF);
    if (!rc && own) rc = account_require(w, k->may_submit);
    if (rc) return rc;
    db_list_and(&q, " AND r.kind=$?", k->name);
    if (own) only_own(w, &q);
    else place_scope(w, &q);
    if (filter->day.n != NONE)
        db_list_and(&q, " AND r.on_day=$?", filter->day.n);
    if (filter->building.v)
        db_list_and(&q, " AND r.building=$?", filter->building.v);
    if (count) {
        rc = db_list_count(w, count, &q);
        if (rc) return rc;
    }
    if (filter->newest) {
        if (filter->after.v) db_list_and(&q, " AND r.id<$?", filter->after.v);
        db_list_and(&q, " ORDER BY r.id DESC LIMIT $?", filter->limit);
    } else {
        db_list_and(&q, " AND r.id>$?", filter->after.v);
        db_list_and(&q, " ORDER BY r.id LIMIT $?", filter->limit);
    }
    rc = load_row(w, k, &q, items, n);
    if (rc || own) return rc;
    for (size_t i = 0; i < *n; i++) {
        char *row = (char *)*items + i * report_shape(k)->size;
        struct report *r = (struct report *)(void *)row;
        if (!is_own(w, r)) reading_add(w, r->subject);
    }
    return OK;
}

/* ---- proof and end ---- */

struct kind_row {
    const char *kind;
};
static const struct field kind_row_fields[] = {
    FIELD(kind_row, kind, F_TEXT, 0),
};
static const struct shape kind_row_shape = SHAPE(kind_row, kind_row_fields);

enum rc report_row_check(struct work *w, const char *entry_kind,
                         int64_t thing, const struct digest *digest,
                         bool *same)
{
    struct kind_row row;
    *same = true;
    if (strcmp(entry_kind, "report.received") != 0) return OK;
    enum rc rc = db_one(w, &kind_row_shape, &row,
        "SELECT kind FROM report WHERE community=$1 AND id=$2", thing);
    if (rc == NOT_FOUND) return OK; /* erased when its time was over */
    if (rc) return rc;
    const struct report_kind *k = report_kind_find(row.kind);
    *same = false;
    if (!k) return OK;
    struct db_list q = select_of(k);
    void *items;
    size_t n;
    db_list_and(&q, " AND r.id=$?", thing);
    rc = load_row(w, k, &q, &items, &n);
    if (rc || n != 1) return rc;
    struct report *r = items;
    if (r->salt.n != SALT) return OK;
    struct digest now = digest_of(k, r, r->salt.at);
    *same = bytes_equal_ct(now.b, digest->b, sizeof now.b) &&
            r->digest.n == sizeof now.b &&
            bytes_equal_ct(now.b, r->digest.at, sizeof now.b);
    return OK;
}

/* Ids rise with time, so the first of a kind are the oldest: looking no
 * further than `limit` of them is enough, and needs no index of its own. */
enum rc report_expire(struct work *w, const struct report_kind *k,
                      int64_t limit, int64_t *n)
{
    struct day last = {work_today(w).n - k->keep_days};
    int64_t before = zone_start(w->zone, last).ms;
    struct db_list q = select_of(k);
    void *items;
    size_t rows;
    db_list_and(&q, " AND r.kind=$?", k->name);
    db_list_and(&q, " ORDER BY r.id LIMIT $?", limit);
    enum rc rc = load_row(w, k, &q, &items, &rows);
    *n = 0;
    for (size_t i = 0; !rc && i < rows; i++) {
        struct report *r =
            (struct report *)(void *)((char *)items +
                                      i * report_shape(k)->size);
        if (r->received.ms >= before) break;
        struct db_list out = db_list_from("DELETE FROM ");
        db_list_add(&out, k->name, db_arg_int(NONE));
        db_list_and(&out, " WHERE community=$1 AND id=$?", r->id.v);
        rc = db_list_exec(w, &out);
        if (!rc)
            rc = db_exec(w, "DELETE FROM report"
                            " WHERE community=$1 AND id=$2", r->id.v);
        ++*n;
    }
    return rc;
}
