/* report_list_page.c - reports as tables: a day's for staff, one's own.  The
 * columns follow from the kind's shape.  See report_api.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "intake/report_api.h"
#include "registry/person.h"
#include "web/route.h"

struct table_row { const char *door, *name; };

struct table_view {
    struct report_view view;
    struct place *buildings; /* within scope, for the filter */
    size_t n_buildings;
    struct table_row *rows;  /* one an item */
    bool mine;
    bool named;              /* about more than one person: say whom */
};

static enum rc table_prepare(struct call *c, bool mine)
{
    struct table_view *t = ARENA_NEW(&c->arena, struct table_view);
    const struct report_kind *k;
    c->row = t;
    t->mine = mine;
    enum rc rc = report_ask_kind(c, pairs_get(&c->query, "kind"), mine, &k);
    if (rc) return rc;
    report_view_ask(c, k, &t->view);
    t->view.filter.limit = FACE_ROWS;
    t->view.filter.own = mine;
    t->view.filter.newest = true; /* the latest is what one looks for */
    if (!mine && t->view.filter.day.n == NONE)
        t->view.filter.day = work_today(&c->work);
    return OK;
}

static enum rc today_prepare(struct call *c)
{
    return table_prepare(c, false);
}

static enum rc mine_prepare(struct call *c)
{
    return table_prepare(c, true);
}

static struct report *item_at(const struct report_view *v, size_t i)
{
    char *at = (char *)v->items + i * report_shape(v->kind)->size;
    return (struct report *)(void *)at;
}

/* Door and name of the person that a report is about: in full only of one's
 * own household, which is `home`. */
static enum rc row_load(struct work *w, const struct report *r,
                        struct place_id home, struct table_row *row)
{
    bool own = r->subject.v == w->person.v ||
               (home.v && r->household.v == home.v);
    struct person p;
    struct place door;
    row->door = row->name = "";
    enum rc rc = r->household.v ? place_load(w, r->household, &door)
                                : NOT_FOUND;
    if (!rc) row->door = door.name;
    if (rc && rc != NOT_FOUND) return rc;
    rc = r->subject.v ? person_load(w, r->subject, &p) : NOT_FOUND;
    if (rc) return rc == NOT_FOUND ? OK : rc;
    char masked[16];
    text_mask(masked, p.name);
    row->name = own ? p.name : arena_strdup(w->arena, masked);
    return OK;
}

static enum rc table_run(struct work *w, void *call)
{
    struct call *c = call;
    struct table_view *t = c->row;
    struct report_view *v = &t->view;
    struct person_home home = {.household = {0}};
    enum rc rc = face_load(c, &v->face);
    if (!rc) rc = report_view_read(w, v);
    if (!rc && t->mine && w->person.v) {
        rc = person_home(w, w->person, &home);
        if (rc == NOT_FOUND) rc = OK; /* left the registry */
    }
    t->rows = ARENA_ARRAY(w->arena, v->n + 1, struct table_row);
    for (size_t i = 0; !rc && i < v->n; i++)
        rc = row_load(w, item_at(v, i), home.household, &t->rows[i]);
    t->named = !t->mine;
    for (size_t i = 1; i < v->n; i++)
        if (item_at(v, i)->subject.v != item_at(v, 0)->subject.v)
            t->named = true;
    if (rc || t->mine) return rc;
    return place_list(w, &(struct place_filter){.level = PLACE_BUILDING,
                                                .limit = 500},
                      &t->buildings, &t->n_buildings, NULL);
}

static const char *table_href(struct call *c, const struct table_view *t,
                              struct day day, int64_t building,
                              int64_t after)
{
    char on[11] = "";
    if (day.n != NONE) day_format(on, day);
    const char *s = arena_printf(&c->arena, "%s?kind=%s&day=%s",
                                 t->mine ? "/reports/mine" : "/reports",
                                 t->view.kind->name, on);
    if (building)
        s = arena_printf(&c->arena, "%s&building=%lld", s,
                         (long long)building);
    if (after)
        s = arena_printf(&c->arena, "%s&after=%lld", s, (long long)after);
    return s;
}

static const char *day_label(struct call *c, struct html *h, struct day day)
{
    int64_t back = work_today(&c->work).n - day.n;
    if (back == 0) return T(h, "today");
    if (back == 1) return T(h, "yesterday");
    struct civil on = day_civil(day);
    return h->language == LANG_ZH
        ? arena_printf(&c->arena, "%d月%d日", on.month, on.day)
        : arena_printf(&c->arena, "%d/%d", on.day, on.month);
}

/* The other kinds that the reader may read, where there are any. */
static void kinds_draw(struct call *c, struct html *h,
                       const struct table_view *t)
{
    struct face_choice kinds[16];
    size_t n = 0;
    for (size_t i = 0; report_kinds[i] && n < COUNT_OF(kinds); i++) {
        const struct report_kind *k = report_kinds[i];
        if (!account_has(&c->work, t->mine ? k->may_submit : k->may_read))
            continue;
        const char *key = arena_printf(&c->arena, "kind.%s", k->name);
        kinds[n++] = (struct face_choice){
            words_in(c->work.language, key),
            arena_printf(&c->arena, "%s?kind=%s",
                         t->mine ? "/reports/mine" : "/reports", k->name),
            k == t->view.kind};
    }
    if (n > 1) face_filter(h, T(h, "Kind"), kinds, n);
}

enum { DAYS_SHOWN = 7 };

static void filters_draw(struct call *c, struct html *h,
                         const struct table_view *t)
{
    const struct report_filter *f = &t->view.filter;
    struct day today = work_today(&c->work);
    struct face_choice days[DAYS_SHOWN];
    for (size_t i = 0; i < DAYS_SHOWN; i++) {
        struct day d = {today.n - (int64_t)i};
        days[i] = (struct face_choice){
            day_label(c, h, d), table_href(c, t, d, f->building.v, 0),
            d.n == f->day.n};
    }
    face_filter(h, T(h, "Day"), days, DAYS_SHOWN);
    struct face_choice *places =
        ARENA_ARRAY(&c->arena, t->n_buildings + 1, struct face_choice);
    places[0] = (struct face_choice){
        T(h, "all"), table_href(c, t, f->day, 0, 0), !f->building.v};
    for (size_t i = 0; i < t->n_buildings; i++)
        places[i + 1] = (struct face_choice){
            t->buildings[i].name,
            table_href(c, t, f->day, t->buildings[i].id.v, 0),
            t->buildings[i].id.v == f->building.v};
    face_filter(h, T(h, "Building"), places, t->n_buildings + 1);
}

static const char *building_name(const struct table_view *t, int64_t id)
{
    for (size_t i = 0; i < t->n_buildings; i++)
        if (t->buildings[i].id.v == id) return t->buildings[i].name;
    return NULL;
}

static const void *field_in(const struct field *f, const void *row)
{
    return (const char *)row + f->offset;
}

/* What raises a signal stands out by weight. */
static void number_draw(struct html *h, int64_t value, int digits,
                        bool counts)
{
    if (counts) html(h, "<b>");
    html_number(h, value, digits);
    if (counts) html(h, "</b>");
}

/* One answer; personal ones only where the reading is entered. */
static void answer_cell(struct call *c, struct html *h,
                        const struct report_kind *k, const struct field *f,
                        const struct report *r)
{
    const void *row = r + 1; /* the kind's own stands behind */
    enum field_type type = field_type(f);
    if (f->flags & F_PERSONAL && c->reveal != REVEAL_ALL) {
        part_cell(h, NULL);
        return;
    }
    if (type == F_INT || type == F_DECIMAL_BASE) {
        html(h, "<td class=\"number\">");
        number_draw(h, field_int(f, row), field_digits(f), r->counts == 1);
        part_cell_end(h);
        return;
    }
    part_cell_begin(h);
    if (type == F_SET || type == F_ENUM) {
        int64_t v = field_int(f, row);
        bool any = false;
        for (size_t i = 0; f->words[i]; i++) {
            bool has = type == F_SET ? v >> i & 1 : v == (int64_t)i;
            if (!has) continue;
            html(h, any ? " " : "");
            part_tag(h, report_word(c, k, f, i));
            any = true;
        }
        if (!any) html(h, "–");
    } else if (type == F_DAY) {
        html_day(h, *(const struct day *)field_in(f, row));
    } else if (type == F_TEXT) {
        html(h, "%s", *(const char *const *)field_in(f, row));
    }
    part_cell_end(h);
}

/* A column of remarks that nobody made is left out. */
static bool is_shown(const struct table_view *t, const struct field *f)
{
    if (!report_asks(f)) return false;
    if (field_type(f) != F_TEXT || f->flags & F_REQUIRED) return true;
    for (size_t i = 0; i < t->view.n; i++) {
        const void *row = report_row(item_at(&t->view, i));
        if (!text_is_empty(*(const char *const *)field_in(f, row)))
            return true;
    }
    return false;
}

static void time_cell(struct html *h, struct instant at)
{
    part_cell_begin(h);
    html_time(h, at);
    part_cell_end(h);
}

/* Staff ask what came in when and where, residents which day is done. */
static void row_draw(struct call *c, struct html *h,
                     const struct table_view *t, size_t i)
{
    struct report *r = item_at(&t->view, i);
    const struct report_kind *k = t->view.kind;
    part_row_begin(h);
    if (t->mine) {
        part_cell_begin(h);
        html_day(h, r->on_day);
        part_cell_end(h);
    } else {
        time_cell(h, r->received);
        part_cell(h, building_name(t, r->building.v));
        part_cell_begin(h);
        if (t->rows[i].door)
            html(h, "<span class=\"whole\">%s</span>", t->rows[i].door);
        else html_unknown(h);
        part_cell_end(h);
    }
    if (t->named) part_cell(h, t->rows[i].name);
    for (size_t f = 0; f < k->shape->n; f++)
        if (is_shown(t, &k->shape->fields[f]))
            answer_cell(c, h, k, &k->shape->fields[f], r);
    if (t->mine) time_cell(h, r->received);
    part_row_end(h);
}

static size_t columns_fill(struct call *c, struct html *h,
                           const struct table_view *t, struct column *out)
{
    const struct report_kind *k = t->view.kind;
    size_t n = 0;
    if (t->mine) {
        out[n++] = (struct column){.label = T(h, "Day")};
    } else {
        out[n++] = (struct column){.label = T(h, "Received at")};
        out[n++] = (struct column){.label = T(h, "Building")};
        out[n++] = (struct column){.label = T(h, "Door")};
    }
    if (t->named) out[n++] = (struct column){.label = T(h, "Person")};
    for (size_t i = 0; i < k->shape->n; i++) {
        const struct field *f = &k->shape->fields[i];
        enum field_type type = field_type(f);
        if (is_shown(t, f))
            out[n++] = (struct column){
                .label = report_label(c, k, f->name),
                .number = type == F_INT || type == F_DECIMAL_BASE};
    }
    if (t->mine) out[n++] = (struct column){.label = T(h, "Received at")};
    return n;
}

static enum rc table_render(struct call *c)
{
    const struct table_view *t = c->row;
    const struct report_view *v = &t->view;
    struct html h;
    call_html(c, &h);
    struct page p = {
        .path = t->mine ? "/reports/mine" : "/reports",
        .title = t->mine ? T(&h, "My reports") : T(&h, "Reports"),
        .lead = t->mine ? T(&h, "What you sent, and what was reported about"
                                " you.")
                        : T(&h, "Names are masked; that you looked is in the"
                                " ledger."),
        .resident = t->mine && !account_has(&c->work, CAP_CLINIC),
        .as_of = c->work.now};
    face_begin(c, &h, &v->face, &p);
    kinds_draw(c, &h, t);
    if (!t->mine) filters_draw(c, &h, t);
    struct column columns[SHAPE_FIELDS_MAX + 4];
    struct table_part table = {
        .caption = p.title, .columns = columns, .count = v->count,
        .empty = t->mine ? T(&h, "You have not reported yet.")
                         : T(&h, "No report of this day yet. Choose another"
                                 " day or building.")};
    table.n_columns = columns_fill(c, &h, t, columns);
    if (v->count > DB_COUNT_MAX) {
        table.count = DB_COUNT_MAX;
        table.count_at_least = true;
    }
    if (v->n && (int64_t)v->n >= v->filter.limit)
        table.next_href = table_href(c, t, v->filter.day,
                                     v->filter.building.v,
                                     item_at(v, v->n - 1)->id.v);
    part_table_begin(&h, &table);
    for (size_t i = 0; i < v->n; i++) row_draw(c, &h, t, i);
    part_table_end(&h, &table, v->n);
    face_end(&h, &p);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/reports", .face = ROUTE_PAGE,
     .caps = CAP_CLINIC, .summary = "reports of a day within one's scope",
     .purpose = "health reports of the day", .prepare = today_prepare,
     .run = table_run, .render = table_render},
    {.method = "GET", .path = "/reports/mine", .face = ROUTE_PAGE,
     .caps = CAP_RESIDENT, .summary = "one's own reports",
     .purpose = "one's own reports", .prepare = mine_prepare,
     .run = table_run, .render = table_render},
};

const struct route_table report_list_page = {routes, COUNT_OF(routes)};
