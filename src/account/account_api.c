/* account_api.c - who am I; accounts, lent roles and settings. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"

#include "base/text.h"
#include "web/face.h"
#include "web/route.h"

/* ---- who is asking ---- */

struct me {
    struct account_id account;
    const char *name, *role, *authority, *community;
    struct person_id person;
    struct place_id scope;
    int64_t demo;
};
static const struct field me_fields[] = {
    FIELD(me, account, F_REF, F_OURS),
    FIELD(me, name, F_TEXT, F_OURS),
    FIELD(me, role, F_TEXT, F_OURS),
    FIELD(me, authority, F_TEXT, F_OURS),
    FIELD(me, person, F_REF, F_OURS),
    FIELD(me, scope, F_REF, F_OURS),
    FIELD(me, community, F_TEXT, F_OURS),
    FIELD(me, demo, F_BOOL, F_OURS),
};
static const struct shape me_shape = SHAPE(me, me_fields);

static enum rc me_run(struct work *w, void *call)
{
    struct call *c = call;
    struct face f;
    struct me *me = ARENA_NEW(w->arena, struct me);
    enum rc rc = face_load(c, &f);
    *me = (struct me){
        .account = w->actor, .name = f.account.name, .role = w->role,
        .authority = w->authority, .community = f.community.name,
        .person = w->person, .scope = w->scope, .demo = f.community.demo};
    c->row = me;
    return rc;
}

static enum rc me_render(struct call *c)
{
    face_object(c, &me_shape, c->row, REVEAL_ALL);
    return OK;
}

/* ---- accounts ---- */

struct account_page {
    struct account_id after;
    int64_t limit;
    struct account *items;
    size_t n;
};

static enum rc list_prepare(struct call *c)
{
    struct account_page *p = ARENA_NEW(&c->arena, struct account_page);
    p->after.v = call_after(c);
    p->limit = call_limit(c);
    c->row = p;
    return OK;
}

static enum rc list_run(struct work *w, void *call)
{
    struct call *c = call;
    struct account_page *p = c->row;
    return account_list(w, p->after, p->limit, &p->items, &p->n);
}

static enum rc list_render(struct call *c)
{
    struct account_page *p = c->row;
    bool all = p->after.v == 0 && (int64_t)p->n < p->limit;
    call_list(c, &account_shape, p->items, p->n, all ? (int64_t)p->n : NONE,
              REVEAL_ALL);
    return OK;
}

struct new_account {
    const char *name;
    int64_t role;
    struct person_id person;
    struct place_id scope;
    const char *password;
};
enum { PASSWORD_MIN = 8, PASSWORD_MAX = 200 };
static const struct field new_account_fields[] = {
    FIELD(new_account, name, F_TEXT, F_REQUIRED, .max = 40),
    FIELD(new_account, role, F_ENUM, F_REQUIRED, .words = role_names),
    FIELD(new_account, person, F_REF, 0),
    FIELD(new_account, scope, F_REF, 0),
    FIELD(new_account, password, F_TEXT, F_REQUIRED, .max = PASSWORD_MAX),
};
static const struct shape new_account_shape =
    SHAPE(new_account, new_account_fields);

/* On a worker: hashing a password is slow on purpose. */
static enum rc make_prepare(struct call *c)
{
    struct new_account *n = ARENA_NEW(&c->arena, struct new_account);
    struct account *a = ARENA_NEW(&c->arena, struct account);
    enum rc rc = face_body(c, &new_account_shape, n);
    if (rc) return rc;
    if (text_length(n->password) < PASSWORD_MIN)
        return work_fail(&c->work, INVALID, "password",
                         "a password has at least 8 characters");
    *a = (struct account){.name = n->name, .role = n->role,
                          .person = n->person, .scope = n->scope,
                          .password = password_hash(&c->arena, n->password)};
    c->row = a;
    return a->password ? OK
                       : work_fail(&c->work, BUSY, "", "out of memory");
}

/* A person and a scope are of this community, or are not there. */
static enum rc is_here(struct work *w, struct person_id person,
                       struct place_id scope)
{
    int64_t n;
    enum rc rc = OK;
    if (person.v)
        rc = db_int(w, &n, "SELECT 1 FROM person"
                           " WHERE community=$1 AND id=$2", person.v);
    if (rc == NOT_FOUND)
        return work_fail(w, INVALID, "person",
                         "there is no such person here");
    if (!rc && scope.v)
        rc = db_int(w, &n, "SELECT 1 FROM place"
                           " WHERE community=$1 AND id=$2", scope.v);
    if (rc == NOT_FOUND)
        return work_fail(w, INVALID, "scope", "there is no such place here");
    return rc;
}

static enum rc make_run(struct work *w, void *call)
{
    struct account *a = ((struct call *)call)->row;
    enum rc rc = is_here(w, a->person, a->scope);
    return rc ? rc : account_create(w, a);
}

static enum rc make_render(struct call *c)
{
    return face_made(c, 201, ((struct account *)c->row)->id.v);
}

static enum rc empty_prepare(struct call *c)
{
    return face_body(c, NULL, NULL);
}

static enum rc close_run(struct work *w, void *call)
{
    return account_close(w, (struct account_id){call_param_id(call, 0)});
}

/* ---- lent roles ---- */

static enum rc lend_prepare(struct call *c)
{
    struct role_grant *g = ARENA_NEW(&c->arena, struct role_grant);
    c->row = g;
    return face_body(c, &role_grant_shape, g);
}

static enum rc lend_run(struct work *w, void *call)
{
    struct role_grant *g = ((struct call *)call)->row;
    enum rc rc = is_here(w, (struct person_id){0}, g->scope);
    if (!rc) rc = role_grant_create(w, g);
    if (rc == NOT_FOUND)
        return work_fail(w, INVALID, "account",
                         "there is no such open account");
    return rc;
}

static enum rc lend_render(struct call *c)
{
    return face_made(c, 201, ((struct role_grant *)c->row)->id);
}

static enum rc take_back_run(struct work *w, void *call)
{
    return role_grant_revoke(w, call_param_id(call, 0));
}

/* ---- settings ---- */

struct setting_row { const char *name, *value, *standard, *about; };
static const struct field setting_row_fields[] = {
    FIELD(setting_row, name, F_TEXT, F_OURS),
    FIELD(setting_row, value, F_TEXT, F_OURS, .max = 200),
    FIELD(setting_row, standard, F_TEXT, F_OURS, .max = 200),
    FIELD(setting_row, about, F_TEXT, F_OURS, .max = 200),
};
static const struct shape setting_row_shape =
    SHAPE(setting_row, setting_row_fields);

static enum rc settings_run(struct work *w, void *call)
{
    struct call *c = call;
    struct setting_row *rows =
        ARENA_ARRAY(w->arena, settings_count, struct setting_row);
    enum rc rc = OK;
    for (size_t i = 0; !rc && i < settings_count; i++) {
        const struct setting *s = &settings[i];
        rows[i] = (struct setting_row){
            .name = s->name, .standard = s->fallback,
            .about = w->language == LANG_ZH ? s->zh : s->en};
        rc = setting_text(w, s->name, &rows[i].value);
    }
    c->row = rows;
    return rc;
}

static enum rc settings_render(struct call *c)
{
    const struct setting_row *rows = c->row;
    c->type = "application/json";
    buf_puts(&c->out, "{\"items\":[");
    for (size_t i = 0; i < settings_count; i++) {
        if (i) buf_putc(&c->out, ',');
        shape_to_json(&setting_row_shape, &rows[i], REVEAL_ALL, &c->out);
    }
    buf_printf(&c->out, "],\"next\":null,\"count\":%zu}", settings_count);
    return OK;
}

struct setting_value { const char *value; };
static const struct field setting_value_fields[] = {
    FIELD(setting_value, value, F_TEXT, F_REQUIRED, .max = 200),
};
static const struct shape setting_value_shape =
    SHAPE(setting_value, setting_value_fields);

static enum rc set_prepare(struct call *c)
{
    c->row = ARENA_NEW(&c->arena, struct setting_value);
    return face_body(c, &setting_value_shape, c->row);
}

static enum rc set_run(struct work *w, void *call)
{
    struct call *c = call;
    const struct setting_value *v = c->row;
    return setting_set(w, c->param[0], v->value);
}

static const struct route routes[] = {
    {.method = "GET", .path = "/api/me", .face = ROUTE_API, .caps = CAP_SELF,
     .out = &me_shape, .summary = "who is asking, and as what",
     .run = me_run, .render = me_render},
    {.method = "GET", .path = "/api/accounts", .face = ROUTE_API,
     .caps = CAP_ACCOUNTS, .flags = ROUTE_LIST, .out = &account_shape,
     .summary = "accounts, closed ones too",
     .prepare = list_prepare, .run = list_run, .render = list_render},
    {.method = "POST", .path = "/api/accounts", .face = ROUTE_API,
     .caps = CAP_ACCOUNTS, .flags = ROUTE_WRITE | ROUTE_SLOW,
     .in = &new_account_shape, .out = &face_made_shape,
     .summary = "make an account",
     .prepare = make_prepare, .run = make_run, .render = make_render},
    {.method = "POST", .path = "/api/accounts/{id}/close",
     .face = ROUTE_API, .caps = CAP_ACCOUNTS, .flags = ROUTE_WRITE,
     .summary = "close an account; its sessions end at once",
     .prepare = empty_prepare, .run = close_run},
    {.method = "POST", .path = "/api/grants", .face = ROUTE_API,
     .caps = CAP_ACCOUNTS, .flags = ROUTE_WRITE, .in = &role_grant_shape,
     .out = &face_made_shape,
     .summary = "lend a role to an account until a day",
     .prepare = lend_prepare, .run = lend_run, .render = lend_render},
    {.method = "POST", .path = "/api/grants/{id}/revoke", .face = ROUTE_API,
     .caps = CAP_ACCOUNTS, .flags = ROUTE_WRITE,
     .summary = "take a lent role back",
     .prepare = empty_prepare, .run = take_back_run},
    {.method = "GET", .path = "/api/settings", .face = ROUTE_API,
     .caps = CAP_ACCOUNTS, .flags = ROUTE_LIST, .out = &setting_row_shape,
     .summary = "settings of the community and their defaults",
     .run = settings_run, .render = settings_render},
    {.method = "POST", .path = "/api/settings/{name}", .face = ROUTE_API,
     .caps = CAP_ACCOUNTS, .flags = ROUTE_WRITE,
     .in = &setting_value_shape, .summary = "change a setting",
     .prepare = set_prepare, .run = set_run},
};

const struct route_table account_api = {routes, COUNT_OF(routes)};
