/* login_page.c - logging in and out, and one's own account. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"

#include "base/text.h"
#include "web/face.h"
#include "web/route.h"

struct login {
    struct face face;
    struct account account;
    const char *name, *next;
    int64_t wait_ms;        /* throttled so long; 0 not */
    bool matched;
    bool asked;             /* somebody tried: POST */
    int64_t days;
    char secret[SECRET_TEXT];
};

/* Where to go afterwards: a path of ours and nothing else. */
static const char *safe_next(const char *next)
{
    bool ours = next[0] == '/' && next[1] != '/' && next[1] != '\\';
    for (const char *p = next; *p; p++)
        if ((unsigned char)*p < ' ') ours = false;
    return ours ? next : "/";
}

/* ---- the page ---- */

static enum rc page_run(struct work *w, void *call)
{
    struct call *c = call;
    struct login *l = ARENA_NEW(w->arena, struct login);
    l->name = "";
    l->next = safe_next(pairs_get(&c->query, "next"));
    c->row = l;
    return face_load(c, &l->face);
}

static void refusal_draw(struct html *h, const struct login *l)
{
    if (l->wait_ms > 0) {
        part_notice(h, NOTICE_PROBLEM, T(h, "Please wait a little"),
                    T(h, "There were too many failed log-ins. Wait a few"
                         " minutes and try again, or ask your community"
                         " office for a new password."));
        return;
    }
    part_error_summary(h, &(struct field_error){
        "name", T(h, "The name or the password is not right. Check both"
                     " and try again.")}, 1);
}

static enum rc page_render(struct call *c)
{
    struct login *l = c->row;
    struct html h;
    struct page p = {.path = "/login", .as_of = NO_INSTANT};
    if (c->work.actor.v) {
        call_see_other(c, l->next);
        return OK;
    }
    call_html(c, &h);
    p.title = T(&h, "Log in");
    p.lead = T(&h, "With the name and password that your community gave you.");
    p.resident = true;
    face_begin(c, &h, &l->face, &p);
    if (l->asked) refusal_draw(&h, l);
    part_form_begin(&h, "/login");
    part_hidden(&h, "next", l->next);
    part_field(&h, &(struct field_part){
        .name = "name", .label = T(&h, "Log-in name"), .value = l->name,
        .autocomplete = "username", .required = true, .max_length = 40});
    part_field(&h, &(struct field_part){
        .name = "password", .label = T(&h, "Password"), .type = "password",
        .autocomplete = "current-password", .required = true,
        .max_length = 200});
    part_button(&h, BUTTON_MAIN, T(&h, "Log in"));
    part_form_end(&h);
    face_end(&h, &p);
    return OK;
}

/* ---- trying ---- */

static enum rc find_run(struct work *w, void *call)
{
    struct call *c = call;
    struct login *l = c->row;
    enum rc rc = face_load(c, &l->face);
    if (rc) return rc;
    rc = login_allowed(w, l->name, c->address, &l->wait_ms);
    if (l->wait_ms > 0) return OK;
    if (rc) return rc;
    rc = account_by_login(w, l->name, &l->account);
    if (rc != NOT_FOUND) return rc;
    l->account.password = "";
    return OK;
}

/* On a worker: telling a password takes some 50 ms on purpose, as long for a
 * name that nobody has. */
static enum rc try_prepare(struct call *c)
{
    struct login *l = ARENA_NEW(&c->arena, struct login);
    l->name = text_clean(&c->arena, pairs_get(&c->form, "name"));
    l->next = safe_next(pairs_get(&c->form, "next"));
    l->asked = true;
    c->row = l;
    /* A log-in is nobody's until it worked, whoever sent it. */
    c->work.actor.v = 0;
    enum rc rc = store_read(&c->work, find_run, c);
    if (rc || l->wait_ms > 0) return rc;
    l->matched = password_matches(l->account.password,
                                  pairs_get(&c->form, "password"));
    memset(&c->work.fault, 0, sizeof c->work.fault);
    return OK;
}

static enum rc try_run(struct work *w, void *call)
{
    struct call *c = call;
    struct login *l = c->row;
    if (l->wait_ms > 0) return OK;
    if (!l->matched) return login_failed(w, l->name, c->address);
    enum rc rc = account_act_as(w, l->account.id);
    if (!rc) rc = login_worked(w, l->name);
    if (!rc) rc = setting_int(w, "session_days", &l->days);
    if (rc) return rc;
    return session_open(w, l->account.id, false, "", l->days, l->secret);
}

static void cookie_set(struct call *c, const char *secret, int64_t days)
{
    call_header(c, "Set-Cookie", arena_printf(&c->arena,
        "renlin_session=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
        secret, (long long)(days * MS_PER_DAY / MS_PER_SECOND),
        c->secure ? "; Secure" : ""));
}

static enum rc try_render(struct call *c)
{
    struct login *l = c->row;
    if (l->matched) {
        cookie_set(c, l->secret, l->days);
        call_see_other(c, l->next);
        return OK;
    }
    c->status = 401;
    if (l->wait_ms > 0) {
        c->status = 429;
        call_header(c, "Retry-After", arena_printf(
            &c->arena, "%lld",
            (long long)(l->wait_ms / MS_PER_SECOND + 1)));
    }
    return page_render(c);
}

/* ---- out ---- */

static enum rc out_run(struct work *w, void *call)
{
    struct call *c = call;
    enum rc rc = c->cookie ? session_close(w, c->cookie) : OK;
    return rc == NOT_FOUND ? OK : rc; /* over already */
}

static enum rc out_render(struct call *c)
{
    call_forget(c);
    cookie_set(c, "", 0);
    call_see_other(c, "/login");
    return OK;
}

/* ---- one's own account ---- */

static enum rc own_run(struct work *w, void *call)
{
    struct call *c = call;
    c->row = ARENA_NEW(w->arena, struct face);
    return face_load(c, c->row);
}

static enum rc own_render(struct call *c)
{
    struct face *f = c->row;
    struct html h;
    call_html(c, &h);
    bool lent = text_starts(c->work.authority, "grant:");
    struct page p = {.path = "/account", .title = T(&h, "My account"),
                     .resident = !account_has(&c->work, CAP_CLINIC),
                     .as_of = NO_INSTANT};
    face_begin(c, &h, f, &p);
    part_summary_begin(&h);
    part_summary_row(&h, T(&h, "Log-in name"), f->account.name, NULL);
    part_summary_row(&h, T(&h, "Role"), face_role(&h, c->work.role), NULL);
    part_summary_row(&h, T(&h, "By which right"),
                     lent ? T(&h, "lent for a time") : T(&h, "own role"),
                     NULL);
    part_summary_row(&h, T(&h, "Community"), f->community.name, NULL);
    part_summary_row(&h, T(&h, "Language"),
                     h.language == LANG_ZH ? "中文" : "English",
                     h.language == LANG_ZH ? "/account?lang=en"
                                           : "/account?lang=zh");
    part_summary_row(&h, T(&h, "Type size"),
                     p.large ? T(&h, "Large type") : T(&h, "Normal type"),
                     p.large ? "/account?size=normal"
                             : "/account?size=large");
    part_summary_end(&h);
    part_form_begin(&h, "/logout");
    part_button(&h, BUTTON_OTHER, T(&h, "Log out"));
    part_form_end(&h);
    face_end(&h, &p);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/login", .face = ROUTE_PAGE,
     .summary = "log in", .run = page_run, .render = page_render},
    {.method = "POST", .path = "/login", .face = ROUTE_PAGE,
     .flags = ROUTE_WRITE | ROUTE_SLOW | ROUTE_FORM,
     .summary = "log in: 303 with a cookie, 401, 429",
     .prepare = try_prepare, .run = try_run, .render = try_render},
    {.method = "POST", .path = "/logout", .face = ROUTE_PAGE,
     .caps = CAP_SELF, .flags = ROUTE_WRITE | ROUTE_FORM,
     .summary = "log out: the session ends at once",
     .run = out_run, .render = out_render},
    {.method = "GET", .path = "/account", .face = ROUTE_PAGE,
     .caps = CAP_SELF, .summary = "one's own account",
     .run = own_run, .render = own_render},
};

const struct route_table login_page = {routes, COUNT_OF(routes)};
