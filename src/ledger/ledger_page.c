/* ledger_page.c - who did what, on which authority: the ledger for people.
 * See ledger_api.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>

#include "base/text.h"
#include "ledger/ledger_api.h"
#include "web/route.h"

/* Kinds of entries that have words of their own; others are shown by their
 * names. */
static const struct { const char *kind, *words; } kinds[] = {
    {"report.received", "report received"},
    {"reading", "personal data read"},
    {"session.opened", "logged in"},
    {"session.closed", "logged out"},
    {"token.made", "API token made"},
    {"person.created", "person added"},
    {"person.changed", "person changed"},
    {"person.erased", "person erased"},
    {"place.created", "place added"},
    {"place.grouped", "building joined a group"},
    {"place.ungrouped", "building left a group"},
    {"account.created", "account made"},
    {"account.closed", "account closed"},
    {"role.lent", "role lent"},
    {"role.taken_back", "role taken back"},
    {"setting.changed", "setting changed"},
    {"import.done", "roster imported"},
    {"import.undone", "import undone"},
    {"export.done", "list exported"},
    {"retention.erased", "erased after its time"},
    {"alert.raised", "alert raised"},
    {"alert.grew", "alert grew"},
    {"alert.taken", "alert taken"},
    {"alert.dismissed", "alert dismissed"},
    {"alert.confirmed", "alert confirmed"},
    {"job.failed", "background job failed"},
    {"outbox.failed", "message not sent"},
    {"community.created", "community founded"},
};

static const char *kind_words(const struct html *h, const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return words_in(h->language, kinds[i].words);
    return kind;
}

/* ---- the list ---- */

/* What the table says of an entry beside its columns. */
struct said { const char *role, *name; bool late; };

struct ledger_list_view {
    struct ledger_view view;
    struct said *said;      /* one an item */
};

static enum rc list_prepare(struct call *c)
{
    struct ledger_list_view *l = ARENA_NEW(&c->arena, struct ledger_list_view);
    c->row = l;
    enum rc rc = ledger_view_ask(c, &l->view);
    l->view.filter.before =
        call_query_int(c, "before", INT64_MAX, 0, INT64_MAX);
    l->view.filter.limit = FACE_ROWS;
    return rc;
}

static const char *member_text(struct arena *a, json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? arena_strdup(a, s) : "";
}

/* The log-in name of an account; the same one is looked up once in a row. */
static enum rc name_of(struct work *w, int64_t actor, struct account *last)
{
    if (actor == last->id.v) return OK;
    enum rc rc = account_load(w, (struct account_id){actor}, last);
    if (rc != NOT_FOUND) return rc;
    *last = (struct account){.id = {actor}, .name = ""};
    return OK;
}

static enum rc list_run(struct work *w, void *call)
{
    struct call *c = call;
    struct ledger_list_view *l = c->row;
    struct account last = {.name = ""};
    enum rc rc = face_load(c, &l->view.face);
    if (!rc) rc = ledger_view_read(w, &l->view);
    if (rc) return rc;
    l->said = ARENA_ARRAY(w->arena, l->view.n + 1, struct said);
    for (size_t i = 0; !rc && i < l->view.n; i++) {
        const struct ledger_entry *e = &l->view.items[i];
        json_t *body = json_loads(e->body, 0, NULL);
        l->said[i].role = member_text(w->arena, body, "role");
        l->said[i].late = json_is_true(json_object_get(body, "late"));
        json_decref(body);
        if (e->actor) rc = name_of(w, e->actor, &last);
        l->said[i].name = e->actor ? last.name : "";
    }
    return rc;
}

/* The address of this list with one filter changed. */
static const char *list_href(struct call *c, const char *kind,
                             struct day day, int64_t thing, int64_t before)
{
    char on[11] = "";
    if (day.n != NONE) day_format(on, day);
    const char *s = arena_printf(&c->arena, "/ledger?kind=%s&day=%s", kind,
                                 on);
    if (thing)
        s = arena_printf(&c->arena, "%s&thing=%lld", s, (long long)thing);
    if (before)
        s = arena_printf(&c->arena, "%s&before=%lld", s, (long long)before);
    return s;
}

static void filters_draw(struct call *c, struct html *h,
                         const struct ledger_view *v)
{
    const char *kind = v->filter.kind ? v->filter.kind : "";
    struct day today = work_today(&c->work);
    struct day yesterday = {today.n - 1};
    int64_t thing = v->filter.thing;
    struct face_choice days[] = {
        {T(h, "all"), list_href(c, kind, NO_DAY, thing, 0),
         v->day.n == NONE},
        {T(h, "today"), list_href(c, kind, today, thing, 0),
         v->day.n == today.n},
        {T(h, "yesterday"), list_href(c, kind, yesterday, thing, 0),
         v->day.n == yesterday.n},
    };
    face_filter(h, T(h, "Day"), days, COUNT_OF(days));
    struct face_choice what[COUNT_OF(kinds) + 1];
    what[0] = (struct face_choice){
        T(h, "all"), list_href(c, "", v->day, thing, 0), !kind[0]};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        what[i + 1] = (struct face_choice){
            words_in(h->language, kinds[i].words),
            list_href(c, kinds[i].kind, v->day, thing, 0),
            strcmp(kind, kinds[i].kind) == 0};
    face_filter(h, T(h, "What"), what, COUNT_OF(what));
}

static void row_draw(struct call *c, struct html *h,
                     const struct ledger_entry *e, const struct said *s)
{
    part_row_begin(h);
    part_cell_link(h, arena_printf(&c->arena, "%lld", (long long)e->seq),
                   arena_printf(&c->arena, "/ledger/%lld",
                                (long long)e->seq));
    part_cell_begin(h);
    html_time(h, e->recorded);
    part_cell_end(h);
    part_cell_begin(h);
    html(h, "%s", face_role(h, s->role));
    if (s->name[0]) html(h, " <small>%s</small>", s->name);
    part_cell_end(h);
    part_cell(h, kind_words(h, e->kind));
    if (e->thing)
        part_cell_link(h, arena_printf(&c->arena, "…%06lld",
                                       (long long)(e->thing % 1000000)),
                       list_href(c, "", NO_DAY, e->thing, 0));
    else part_cell(h, "–");
    part_cell_begin(h);
    if (s->late) part_state(h, STATE_LATE, T(h, "entered late"));
    part_cell_end(h);
    part_row_end(h);
}

static enum rc list_render(struct call *c)
{
    const struct ledger_list_view *l = c->row;
    const struct ledger_view *v = &l->view;
    struct html h;
    call_html(c, &h);
    struct page p = {.path = "/ledger", .title = T(&h, "Ledger"),
                     .lead = T(&h, "Who did what, when and by which right."
                                   " Nothing here can be changed afterwards."),
                     .as_of = c->work.now};
    face_begin(c, &h, &v->face, &p);
    filters_draw(c, &h, v);
    const struct column columns[] = {
        {.label = T(&h, "No.")}, {.label = T(&h, "Entered")},
        {.label = T(&h, "Who")}, {.label = T(&h, "What")},
        {.label = T(&h, "About")}, {.label = T(&h, "Remark")},
    };
    bool more = (int64_t)v->n >= v->filter.limit;
    bool first = v->filter.before == INT64_MAX;
    struct table_part t = {
        .caption = T(&h, "Entries, the newest first"), .columns = columns,
        .n_columns = COUNT_OF(columns),
        .count = v->filtered ? (int64_t)v->n : v->head.size,
        .count_at_least = v->filtered && (more || !first),
        .empty = T(&h, "No entry is like this. Choose another day or kind.")};
    if (more)
        t.next_href = list_href(c, v->filter.kind ? v->filter.kind : "",
                                v->day, v->filter.thing,
                                v->items[v->n - 1].seq);
    part_table_begin(&h, &t);
    for (size_t i = 0; i < v->n; i++)
        row_draw(c, &h, &v->items[i], &l->said[i]);
    part_table_end(&h, &t, v->n);
    face_end(&h, &p);
    return OK;
}

/* ---- one entry ---- */

static enum rc entry_run(struct work *w, void *call)
{
    struct call *c = call;
    struct ledger_proof *p = ARENA_NEW(w->arena, struct ledger_proof);
    int64_t seq = -1;
    c->row = p;
    (void)text_to_int(c->param[0], 0, INT64_MAX, &seq);
    enum rc rc = face_load(c, &p->face);
    if (!rc) rc = ledger_proof_read(w, seq, p);
    p->who.name = "";
    return rc || !p->entry.actor ? rc : name_of(w, p->entry.actor, &p->who);
}

static void row_time(struct html *h, const char *label, struct instant at)
{
    html(h, "<div><dt>%s</dt><dd>", label);
    html_time(h, at);
    html(h, "</dd></div>");
}

static void row_hash(struct html *h, const char *label, const void *at,
                     size_t n)
{
    struct buf hex;
    buf_init(&hex, 256);
    buf_hex(&hex, at, n);
    html(h, "<div><dt>%s</dt><dd><code>%s</code></dd></div>", label, hex.at);
    buf_release(&hex);
}

/* "role:guard", "grant:guard by the bureau", "system" in words. */
static const char *authority_words(struct arena *a, struct html *h,
                                   const char *authority)
{
    const char *by = strstr(authority, " by ");
    if (text_starts(authority, "role:")) return T(h, "own role");
    if (text_starts(authority, "grant:") && by)
        return arena_printf(a, T(h, "lent by %s"), by + 4);
    if (strcmp(authority, "system") == 0) return T(h, "the system");
    if (strcmp(authority, "demonstration") == 0)
        return T(h, "Demonstration data");
    return authority;
}

/* What the body says, but for what the columns said already. */
static void body_draw(struct call *c, struct html *h,
                      const struct ledger_proof *p)
{
    json_t *body = json_loads(p->entry.body, 0, NULL);
    struct arena *a = &c->arena;
    const char *role = member_text(a, body, "role");
    const char *at = member_text(a, body, "at");
    const char *purpose = member_text(a, body, "purpose");
    struct instant happened = NO_INSTANT;
    (void)instant_parse(at, &happened);
    part_summary_begin(h);
    part_summary_row(h, T(h, "What"), kind_words(h, p->entry.kind), NULL);
    part_summary_row(h, T(h, "Who"),
                     p->who.name[0]
                         ? arena_printf(a, "%s (%s)", p->who.name,
                                        face_role(h, role))
                         : face_role(h, role), NULL);
    part_summary_row(h, T(h, "By which right"),
                     authority_words(a, h, member_text(a, body, "authority")),
                     NULL);
    if (purpose[0]) part_summary_row(h, T(h, "Purpose"), purpose, NULL);
    row_time(h, T(h, "Happened"), happened);
    row_time(h, T(h, "Entered"), p->entry.recorded);
    if (p->entry.thing)
        part_summary_row(h, T(h, "About"),
                         arena_printf(a, "%lld", (long long)p->entry.thing),
                         NULL);
    part_summary_end(h);
    json_decref(body);
}

static void proof_draw(struct html *h, const struct ledger_proof *p)
{
    html(h, "<h2>%s</h2><p>", T(h, "Proof"));
    html_words(h, "The entry's hash, joined with the hashes below in order,"
                  " gives the root of all %lld entries. Whoever knows the"
                  " root can check it.", (long long)p->head.size);
    html(h, "</p>");
    part_summary_begin(h);
    row_hash(h, T(h, "Hash of the entry"), p->entry.leaf.at,
             p->entry.leaf.n);
    for (size_t i = 0; i < p->n; i++) {
        char step[24];
        snprintf(step, sizeof step, "%zu", i + 1);
        row_hash(h, step, p->hashes[i].b, sizeof p->hashes[i].b);
    }
    row_hash(h, T(h, "Root"), p->head.root.b, sizeof p->head.root.b);
    part_summary_end(h);
}

static enum rc entry_render(struct call *c)
{
    const struct ledger_proof *proof = c->row;
    struct html h;
    call_html(c, &h);
    const char *number = arena_printf(&c->arena, T(&h, "Entry %lld"),
                                      (long long)proof->entry.seq);
    const struct crumb crumbs[] = {{T(&h, "Ledger"), "/ledger"},
                                   {number, NULL}};
    struct page p = {.title = number, .crumbs = crumbs,
                     .n_crumbs = COUNT_OF(crumbs), .as_of = c->work.now};
    p.path = arena_printf(&c->arena, "/ledger/%lld",
                          (long long)proof->entry.seq);
    face_begin(c, &h, &proof->face, &p);
    body_draw(c, &h, proof);
    html(&h, "<details><summary>%s</summary><pre class=\"scroll\">%s</pre>"
             "</details>", T(&h, "As it is stored"), proof->entry.body);
    proof_draw(&h, proof);
    face_end(&h, &p);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/ledger", .face = ROUTE_PAGE,
     .caps = CAP_LEDGER, .summary = "the ledger as a table",
     .prepare = list_prepare, .run = list_run, .render = list_render},
    {.method = "GET", .path = "/ledger/{seq}", .face = ROUTE_PAGE,
     .caps = CAP_LEDGER, .summary = "one entry with its proof",
     .run = entry_run, .render = entry_render},
};

const struct route_table ledger_page = {routes, COUNT_OF(routes)};
