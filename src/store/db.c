/* db.c - statements found, bound, run and turned into rows.  See db.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "store/engine.h"

struct db_arg db_arg_text(const char *s)
{
    return (struct db_arg){.type = DB_TEXT, .p = s, .n = s ? strlen(s) : 0};
}

static uint64_t hash_of(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *s; s++) h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h;
}

void db_discard_all(struct db *db)
{
    for (size_t i = 0; i < DB_BUCKETS; i++) {
        struct statement *st = db->buckets[i];
        while (st) {
            struct statement *next = st->next;
            db->engine->discard(db, st);
            free(st->sql);
            free(st);
            st = next;
        }
        db->buckets[i] = NULL;
    }
    db->statements = 0;
}

/* The prepared statement of this text. */
static enum rc find(struct db *db, const struct db_arg *args, size_t n,
                    struct statement **out, struct fault *f)
{
    const char *sql = args[-1].p;
    uint64_t h = hash_of(sql);
    struct statement **bucket = &db->buckets[h % DB_BUCKETS];
    for (struct statement *st = *bucket; st; st = st->next) {
        if (st->hash == h && strcmp(st->sql, sql) == 0) {
            *out = st;
            return OK;
        }
    }
    if (db->statements >= DB_STATEMENTS_MAX) db_discard_all(db);
    struct statement *st = calloc(1, sizeof *st);
    assert(st);
    st->hash = h;
    st->sql = strdup(sql);
    st->columns = -1;
    enum rc rc = db->engine->prepare(db, st, args, n, f);
    if (rc) {
        free(st->sql);
        free(st);
        return rc;
    }
    st->next = *bucket;
    *bucket = st;
    db->statements++;
    store_note_statement(db->store, sql);
    *out = st;
    return OK;
}

/* One running call: arguments with the community in front. */
struct run {
    struct db *db;
    struct statement *st;
    struct db_arg args[24]; /* [0] the SQL, [1] is $1 */
    size_t n;               /* arguments from $1 */
    bool row;
};

static enum rc begin(struct work *w, const struct db_call *c, struct run *r)
{
    assert(w->db); /* inside store_read or store_write only */
    r->db = w->db;
    r->args[0] = c->args[0];
    size_t shift = 1;
    if (!c->city) {
        r->args[1] = db_arg_int(w->community.v);
        shift = 2;
    }
    assert(c->n - 1 + shift <= COUNT_OF(r->args));
    for (size_t i = 1; i < c->n; i++) r->args[shift + i - 1] = c->args[i];
    r->n = c->n - 1 + shift - 1;
    if (store_trouble_now(w->store, TROUBLE_STATEMENT))
        return work_fail(w, BUSY, "", "the disk is full");
    enum rc rc = find(r->db, r->args + 1, r->n, &r->st, &w->fault);
    if (rc) return rc;
    store_note_run(w->store, r->args[0].p, r->args + 1, r->n);
    rc = r->db->engine->start(r->db, r->st, r->args + 1, r->n, &r->row,
                              &w->fault);
    if (rc) r->db->engine->finish(r->db, r->st);
    return rc;
}

static void end(struct run *r) { r->db->engine->finish(r->db, r->st); }

static enum rc next(struct work *w, struct run *r)
{
    return r->db->engine->step(r->db, r->st, &r->row, &w->fault);
}

static void map_columns(struct run *r, const struct shape *s)
{
    const struct engine *e = r->db->engine;
    struct statement *st = r->st;
    if (st->shape == s) return;
    st->columns = e->columns(r->db, st);
    assert(st->columns <= DB_COLUMNS_MAX);
    for (int i = 0; i < st->columns; i++) {
        const struct field *f = shape_field(s, e->column_name(r->db, st, i));
        st->map[i] = f ? (int16_t)(f - s->fields) : (int16_t)-1;
    }
    st->shape = s;
}

static const char *copy_text(struct run *r, int i, struct arena *a)
{
    size_t n = 0;
    const char *p = r->db->engine->get_text(r->db, r->st, i, &n);
    return p ? arena_strndup(a, p, n) : "";
}

static struct bytes copy_bytes(struct run *r, int i, struct arena *a)
{
    struct bytes b = {NULL, 0};
    const void *p = r->db->engine->get_blob(r->db, r->st, i, &b.n);
    if (!p || !b.n) return (struct bytes){NULL, 0};
    void *own = arena_alloc(a, b.n);
    memcpy(own, p, b.n);
    b.at = own;
    return b;
}

static void read_row(struct run *r, const struct shape *s, void *row,
                     struct arena *a)
{
    const struct engine *e = r->db->engine;
    shape_clear(s, row);
    for (int i = 0; i < r->st->columns; i++) {
        if (r->st->map[i] < 0 || e->is_null(r->db, r->st, i)) continue;
        const struct field *f = &s->fields[r->st->map[i]];
        void *at = field_at(f, row);
        if (field_type(f) == F_TEXT)
            *(const char **)at = copy_text(r, i, a);
        else if (field_type(f) == F_BYTES)
            *(struct bytes *)at = copy_bytes(r, i, a);
        else *(int64_t *)at = e->get_int(r->db, r->st, i);
    }
}

enum rc db_exec_call(struct work *w, struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    if (!rc) end(&r);
    return rc;
}

int64_t db_changes(const struct work *w)
{
    return w->db->engine->changes(w->db);
}

enum rc db_one_call(struct work *w, const struct shape *s, void *out,
                    struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    if (rc) return rc;
    if (r.row) {
        map_columns(&r, s);
        read_row(&r, s, out, w->arena);
    }
    end(&r);
    if (r.row) return OK;
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}

enum rc db_all_call(struct work *w, const struct shape *s, void **items,
                    size_t *n, struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    *items = NULL;
    *n = 0;
    if (rc) return rc;
    size_t cap = 0;
    if (r.row) map_columns(&r, s);
    while (!rc && r.row) {
        *items = arena_grow(w->arena, *items, *n, &cap, *n + 1, s->size);
        read_row(&r, s, (char *)*items + *n * s->size, w->arena);
        ++*n;
        rc = next(w, &r);
    }
    end(&r);
    return rc;
}

enum rc db_each_call(struct work *w, const struct shape *s, db_row_fn *each,
                     void *ctx, struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    if (rc) return rc;
    struct arena mine;
    arena_init(&mine, ARENA_MAX);
    void *row = arena_alloc(w->arena, s->size);
    if (r.row) map_columns(&r, s);
    while (!rc && r.row) {
        read_row(&r, s, row, &mine);
        rc = each(w, row, ctx);
        arena_reset(&mine);
        if (!rc) rc = next(w, &r);
    }
    arena_release(&mine);
    end(&r);
    return rc;
}

enum rc db_int_call(struct work *w, int64_t *out, struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    if (rc) return rc;
    bool there = r.row && !r.db->engine->is_null(r.db, r.st, 0);
    if (there) *out = r.db->engine->get_int(r.db, r.st, 0);
    end(&r);
    if (there) return OK;
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}

enum rc db_text_call(struct work *w, const char **out, struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    if (rc) return rc;
    bool there = r.row && !r.db->engine->is_null(r.db, r.st, 0);
    if (there) *out = copy_text(&r, 0, w->arena);
    end(&r);
    if (there) return OK;
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}

enum rc db_bytes_call(struct work *w, struct bytes *out, struct db_call c)
{
    struct run r;
    enum rc rc = begin(w, &c, &r);
    if (rc) return rc;
    bool there = r.row && !r.db->engine->is_null(r.db, r.st, 0);
    if (there) *out = copy_bytes(&r, 0, w->arena);
    end(&r);
    if (there) return OK;
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}

struct db_list db_list_from(const char *sql)
{
    struct db_list q = {.n = 1};
    q.part[0] = sql;
    return q;
}

void db_list_add(struct db_list *q, const char *fragment, struct db_arg arg)
{
    assert(q->n < DB_LIST_PARTS_MAX);
    q->part[q->n] = fragment;
    q->arg[q->n] = arg;
    q->n++;
}

/* Fragments joined, each $? numbered; fragments without one drop their arg. */
static struct db_call compose(struct work *w, const struct db_list *q,
                              const char *before, const char *after,
                              struct db_arg *args)
{
    struct buf b;
    buf_init(&b, (size_t)16 << 10);
    buf_puts(&b, before);
    size_t n = 1;
    for (size_t i = 0; i < q->n; i++) {
        const char *mark = strstr(q->part[i], "$?");
        if (!mark) {
            buf_puts(&b, q->part[i]);
            continue;
        }
        buf_add(&b, q->part[i], (size_t)(mark - q->part[i]));
        args[n] = q->arg[i];
        buf_printf(&b, "$%d", (int)++n);
        buf_puts(&b, mark + 2);
    }
    buf_puts(&b, after);
    assert(buf_ok(&b));
    args[0] = db_arg_text(arena_strdup(w->arena, b.at));
    buf_release(&b);
    return (struct db_call){args, n, false};
}

enum rc db_list_all_rows(struct work *w, const struct shape *s, void **items,
                         size_t *n, const struct db_list *q)
{
    struct db_arg args[DB_LIST_PARTS_MAX + 1];
    return db_all_call(w, s, items, n, compose(w, q, "", "", args));
}

enum rc db_list_count(struct work *w, int64_t *out, const struct db_list *q)
{
    struct db_arg args[DB_LIST_PARTS_MAX + 1];
    return db_int_call(w, out, compose(w, q, "SELECT count(*) FROM (",
                                       " LIMIT 10001) AS rows", args));
}

enum rc db_list_exec(struct work *w, const struct db_list *q)
{
    struct db_arg args[DB_LIST_PARTS_MAX + 1];
    return db_exec_call(w, compose(w, q, "", "", args));
}
