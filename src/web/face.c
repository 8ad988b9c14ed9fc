/* face.c - frame of a page, input and answers that faces share.  See
 * face.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/face.h"

#include "base/text.h"

/* ---- the frame ---- */

enum rc face_load(struct call *c, struct face *f)
{
    struct work *w = &c->work;
    memset(f, 0, sizeof *f);
    f->community.name = f->community.hotline = "";
    if (w->actor.v) {
        enum rc rc = community_load(w, &f->community);
        return rc ? rc : account_load(w, w->actor, &f->account);
    }
    struct community *all;
    size_t n;
    enum rc rc = community_list(w, &all, &n);
    if (rc) return rc;
    if (n == 1) f->community = all[0];
    for (size_t i = 0; i < n; i++)
        if (all[i].demo) f->community.demo = 1;
    return OK;
}

/* A choice of the reader's: asked for now, else kept from before. */
static const char *preference(struct call *c, const char *name,
                              const char *const *words)
{
    const char *asked = pairs_get(&c->query, name);
    if (words_index(words, asked) >= 0) {
        call_header(c, "Set-Cookie",
                    arena_printf(&c->arena, "%s=%s; Path=/; Max-Age=31536000"
                                 "; SameSite=Lax", name, asked));
        return asked;
    }
    return pairs_get(&c->cookies, name);
}

/* What this reader may go to, at most NAV_MAX. */
static void nav_fill(struct call *c, struct html *h, struct page *p)
{
    struct work *w = &c->work;
    struct nav_item *nav = ARENA_ARRAY(&c->arena, NAV_MAX, struct nav_item);
    size_t n = 0;
    if (!w->actor.v) return;
    bool staff = account_has(w, CAP_CLINIC) || account_has(w, CAP_LEDGER);
    if (!staff) nav[n++] = (struct nav_item){T(h, "Home"), "/"};
    if (account_has(w, CAP_CLINIC))
        nav[n++] = (struct nav_item){T(h, "Reports"), "/reports"};
    if (account_has(w, CAP_RESIDENT)) {
        nav[n++] = (struct nav_item){T(h, "Report"), "/report"};
        nav[n++] = (struct nav_item){T(h, "My reports"), "/reports/mine"};
    }
    if (account_has(w, CAP_LEDGER))
        nav[n++] = (struct nav_item){T(h, "Ledger"), "/ledger"};
    p->nav = nav;
    p->n_nav = n;
}

const char *face_role(const struct html *h, const char *role)
{
    static char *const keys[] = {
        "account.role.resident", "account.role.grid_worker",
        "account.role.guard", "account.role.director",
        "account.role.epidemiologist", "account.role.auditor",
        "account.role.admin",
    };
    static_assert(COUNT_OF(keys) == ROLES, "a role lacks its word");
    int64_t i = words_index(role_names, role);
    return i < 0 ? T(h, "the system") : words_in(h->language, keys[i]);
}

void face_begin(struct call *c, struct html *h, const struct face *f,
                struct page *p)
{
    static const char *const languages[] = {"zh", "en", NULL};
    static const char *const sizes[] = {"normal", "large", NULL};
    call_html(c, h);
    (void)preference(c, "lang", languages);
    p->large = text_equal(preference(c, "size", sizes), "large");
    p->community = f->community.name;
    p->hotline = f->community.hotline;
    p->demo = f->community.demo == 1;
    if (f->account.id.v) {
        p->account = f->account.name;
        p->role = face_role(h, c->work.role);
    }
    nav_fill(c, h, p);
    page_begin(h, p);
}

void face_end(struct html *h, const struct page *p)
{
    page_end(h, p);
}

enum { FILTER_OPEN_MAX = 8 };

void face_filter(struct html *h, const char *label,
                 const struct face_choice *choices, size_t n)
{
    bool folded = n > FILTER_OPEN_MAX;
    html(h, folded ? "<details class=\"filter\"><summary>"
                   : "<nav class=\"filter\" aria-label=\"");
    html(h, "%s", label);
    for (size_t i = 0; folded && i < n; i++)
        if (choices[i].chosen) html(h, " <b>%s</b>", choices[i].label);
    if (folded) html(h, "</summary><ul>");
    else html(h, "\"><span aria-hidden=\"true\">%s</span><ul>", label);
    for (size_t i = 0; i < n; i++)
        html(h, choices[i].chosen
                    ? "<li><a href=\"%s\" aria-current=\"true\">%s</a></li>"
                    : "<li><a href=\"%s\">%s</a></li>",
             choices[i].href, choices[i].label);
    html(h, folded ? "</ul></details>" : "</ul></nav>");
}

/* ---- input ---- */

static const struct shape nothing_shape = {"nothing", 0, NULL, 0};

enum rc face_body(struct call *c, const struct shape *s, void *row)
{
    if (!s) {
        if (c->body_n == 0) return OK;
        char none[8];
        return shape_from_json(&nothing_shape, none, c->body, c->body_n,
                               &c->arena, &c->work.fault);
    }
    shape_clear(s, row);
    return shape_from_json(s, row, c->body, c->body_n, &c->arena,
                           &c->work.fault);
}

/* ---- answers ---- */

static const struct field face_made_fields[] = {
    FIELD(face_made, id, F_ID, F_OURS),
};
const struct shape face_made_shape = SHAPE(face_made, face_made_fields);

void face_object(struct call *c, const struct shape *s, const void *row,
                 enum reveal reveal)
{
    c->type = "application/json";
    shape_to_json(s, row, reveal, &c->out);
}

enum rc face_made(struct call *c, int status, int64_t id)
{
    c->status = status;
    face_object(c, &face_made_shape, &(struct face_made){id}, REVEAL_ALL);
    return OK;
}

enum rc face_nothing_here(struct work *w)
{
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}
