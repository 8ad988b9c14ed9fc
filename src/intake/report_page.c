/* report_page.c - sending today's report, and reading reports as tables.
 * The form and the tables follow from the kind's shape.  See report_api.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "intake/report_api.h"
#include "registry/household.h"
#include "web/route.h"

static const char *label_of(struct call *c, const struct report_kind *k,
                            const char *field)
{
    return words_in(c->work.language,
                    arena_printf(&c->arena, "%s.%s", k->name, field));
}

static const char *word_of(struct call *c, const struct report_kind *k,
                           const struct field *f, size_t i)
{
    return words_in(c->work.language,
                    arena_printf(&c->arena, "%s.%s.%s", k->name, f->name,
                                 f->words[i]));
}

/* Whom and what day is known without asking. */
static bool is_asked(const struct field *f)
{
    return strcmp(f->name, "person") != 0 && strcmp(f->name, "day") != 0 &&
           !(f->flags & (F_OURS | F_HIDDEN));
}

/* The kind of that name, else the first that the reader may send (or read
 * others' of). */
static enum rc ask_kind(struct call *c, const char *name, bool to_send,
                        const struct report_kind **out)
{
    for (size_t i = 0; report_kinds[i]; i++) {
        const struct report_kind *k = report_kinds[i];
        *out = k;
        if (name[0] && strcmp(k->name, name) != 0) continue;
        if (account_has(&c->work, to_send ? k->may_submit : k->may_read))
            return OK;
    }
    return face_nothing_here(&c->work);
}

/* ---- the form ---- */

/* One person of the household and what was said of them. */
struct form_row {
    int64_t person;
    struct report *report;  /* NULL: nothing was filled in */
    struct fault fault;     /* code OK: sent, or not tried */
    bool sent;
};

struct form {
    struct face face;
    const struct report_kind *kind;
    struct person *members;
    size_t n_members;
    struct form_row *rows;  /* of a form that was sent */
    size_t n_rows, n_sent, n_wrong;
    int64_t thanks;         /* reports just sent, 0 none */
};

static enum rc form_prepare(struct call *c)
{
    struct form *f = ARENA_NEW(&c->arena, struct form);
    c->row = f;
    f->thanks = call_query_int(c, "sent", 0, 1, HOUSEHOLD_MAX);
    return ask_kind(c, pairs_get(&c->query, "kind"), true, &f->kind);
}

static enum rc form_run(struct work *w, void *call)
{
    struct call *c = call;
    struct form *f = c->row;
    enum rc rc = face_load(c, &f->face);
    return rc ? rc : household_own(w, &f->members, &f->n_members);
}

/* "temperature_c-PERSON": what an answer about a person is called. */
static const char *answer_name(struct call *c, const char *field,
                               int64_t person)
{
    return arena_printf(&c->arena, "%s-%lld", field, (long long)person);
}

static const struct form_row *row_of(const struct form *f, int64_t person)
{
    for (size_t i = 0; i < f->n_rows; i++)
        if (f->rows[i].person == person) return &f->rows[i];
    return NULL;
}

static const char *error_text(struct call *c, const struct form_row *row)
{
    struct buf b;
    buf_init(&b, 1024);
    words_fault(&b, c->work.language, &row->fault);
    const char *text = arena_strdup(&c->arena, b.at ? b.at : "");
    buf_release(&b);
    return text;
}

/* The error of this answer, or NULL. */
static const char *error_of(struct call *c, const struct form_row *row,
                            const char *field)
{
    if (!row || !row->fault.code) return NULL;
    return strcmp(row->fault.field, field) == 0 ? error_text(c, row) : NULL;
}

static bool was_chosen(const struct call *c, const char *name,
                       const char *word)
{
    for (size_t i = 0; i < c->form.n; i++)
        if (strcmp(c->form.at[i].name, name) == 0 &&
            strcmp(c->form.at[i].value, word) == 0)
            return true;
    return false;
}

static void choices_draw(struct call *c, struct html *h, const struct form *f,
                         const struct field *field, int64_t person)
{
    struct choice words[64];
    size_t n = 0;
    const char *name = answer_name(c, field->name, person);
    for (; field->words[n] && n < COUNT_OF(words); n++)
        words[n] = (struct choice){
            field->words[n], word_of(c, f->kind, field, n), NULL,
            was_chosen(c, name, field->words[n])};
    bool many = field_type(field) == F_SET;
    part_choices(h, &(struct choices_part){
        .name = name, .legend = label_of(c, f->kind, field->name),
        .hint = many ? T(h, "Tick what applies; nothing if all is well.")
                     : NULL,
        .error = error_of(c, row_of(f, person), field->name),
        .choices = words, .n = n, .many = many});
}

static void answer_draw(struct call *c, struct html *h, const struct form *f,
                        const struct field *field, int64_t person)
{
    enum field_type type = field_type(field);
    char least[32] = "", most[32] = "", step[32] = "1";
    if (type == F_SET || type == F_ENUM) {
        choices_draw(c, h, f, field, person);
        return;
    }
    bool number = type == F_INT || type == F_DECIMAL_BASE;
    if (number && (field->min || field->max)) {
        text_from_decimal(least, field->min, field_digits(field));
        text_from_decimal(most, field->max, field_digits(field));
    }
    text_from_decimal(step, 1, field_digits(field));
    const char *name = answer_name(c, field->name, person);
    part_field(h, &(struct field_part){
        .name = name, .label = label_of(c, f->kind, field->name),
        .value = pairs_get(&c->form, name),
        .error = error_of(c, row_of(f, person), field->name),
        .type = type == F_DAY ? "date" : type == F_TEXT ? "textarea" : NULL,
        .inputmode = number ? "decimal" : NULL, .min = least, .max = most,
        .step = number ? step : NULL, .stepper = number,
        .max_length = type == F_TEXT ? field->max : 0,
        .required = field->flags & F_REQUIRED});
}

/* A report's uuid: a form that is sent twice is one report. */
static const char *uuid_of(struct call *c, int64_t person)
{
    const char *was = pairs_get(&c->form, answer_name(c, "uuid", person));
    if (was[0]) return was;
    unsigned long long a = random_u64(&c->work.random);
    unsigned long long b = random_u64(&c->work.random);
    return arena_printf(&c->arena, "%08llx-%04llx-4%03llx-%04llx-%012llx",
                        a >> 32, a >> 16 & 0xffff, a & 0xfff,
                        0x8000 | (b >> 48 & 0x3fff),
                        b & 0xffffffffffffULL);
}

static void member_draw(struct call *c, struct html *h, const struct form *f,
                        const struct person *m)
{
    const struct form_row *row = row_of(f, m->id.v);
    bool self = m->id.v == c->work.person.v;
    const char *title = self ? arena_printf(&c->arena, T(h, "%s (myself)"),
                                            m->name)
                             : m->name;
    part_card_begin(h, title, NULL);
    if (row && row->sent) {
        part_state(h, STATE_DONE, T(h, "sent"));
        part_card_end(h);
        return;
    }
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)m->id.v);
    part_hidden(h, "person", id);
    part_hidden(h, answer_name(c, "uuid", m->id.v), uuid_of(c, m->id.v));
    const struct shape *s = f->kind->shape;
    for (size_t i = 0; i < s->n; i++)
        if (is_asked(&s->fields[i]))
            answer_draw(c, h, f, &s->fields[i], m->id.v);
    part_card_end(h);
}

static void errors_draw(struct call *c, struct html *h, const struct form *f)
{
    struct field_error errors[HOUSEHOLD_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < f->n_rows && n < COUNT_OF(errors); i++) {
        const struct form_row *row = &f->rows[i];
        if (!row->fault.code) continue;
        bool field = row->fault.field[0] &&
                     shape_field(f->kind->shape, row->fault.field);
        errors[n++] = (struct field_error){
            field ? answer_name(c, row->fault.field, row->person) : "",
            field ? arena_printf(&c->arena, "%s: %s",
                                 label_of(c, f->kind, row->fault.field),
                                 error_text(c, row))
                  : error_text(c, row)};
    }
    if (!n && f->n_members && !f->n_sent)
        errors[n++] = (struct field_error){
            "", T(h, "Fill in the answers for at least one person.")};
    part_error_summary(h, errors, n);
}

static void thanks_draw(struct html *h)
{
    part_notice(h, NOTICE_DONE, T(h, "Sent. Thank you!"),
                T(h, "Your grid worker, the director and the epidemiologists"
                     " can read it; each time is entered in the ledger."
                     " Please report again tomorrow."));
    html(h, "<div class=\"buttons\">");
    part_link_button(h, BUTTON_MAIN, T(h, "To the start"), "/");
    part_link_button(h, BUTTON_OTHER, T(h, "My reports"), "/reports/mine");
    html(h, "</div>");
}

static void form_draw(struct call *c, struct html *h, const struct form *f)
{
    if (f->n_members == 0) {
        part_notice(h, NOTICE_INFO, T(h, "This account is nobody's own"),
                    T(h, "It is not joined to a resident, so there is nobody"
                         " to report for here. Ask the community office."));
        return;
    }
    part_form_begin(h, "/report");
    part_hidden(h, "kind", f->kind->name);
    for (size_t i = 0; i < f->n_members; i++)
        member_draw(c, h, f, &f->members[i]);
    part_button(h, BUTTON_MAIN, T(h, "Send"));
    part_form_end(h);
}

static enum rc form_render(struct call *c)
{
    struct form *f = c->row;
    struct html h;
    call_html(c, &h);
    struct page p = {.path = "/report", .resident = true,
                     .title = T(&h, "Today's report"), .as_of = NO_INSTANT};
    if (f->thanks) p.title = T(&h, "Received");
    else if (f->n_members > 1)
        p.lead = T(&h, "Leave out whoever you do not report for today.");
    face_begin(c, &h, &f->face, &p);
    if (f->thanks) {
        thanks_draw(&h);
    } else {
        if (c->status == 422) errors_draw(c, &h, f);
        form_draw(c, &h, f);
    }
    face_end(&h, &p);
    return OK;
}

/* ---- a form that was sent ---- */

/* All that was said about one person into a report; false if nothing was. */
static bool row_read(struct call *c, const struct form *f,
                     struct form_row *row)
{
    const struct shape *s = report_shape(f->kind);
    struct report *r = arena_zalloc(&c->arena, 1, s->size);
    bool said = false;
    shape_clear(s, r);
    for (size_t i = 0; i < f->kind->shape->n; i++) {
        const struct field *field = &f->kind->shape->fields[i];
        if (!is_asked(field)) continue;
        const char *name = answer_name(c, field->name, row->person);
        for (size_t k = 0; k < c->form.n; k++) {
            const char *value = c->form.at[k].value;
            if (strcmp(c->form.at[k].name, name) != 0 || !value[0]) continue;
            said = true;
            if (!row->fault.code)
                (void)!field_from_text(field, report_row(r), value,
                                       &c->arena, &row->fault);
        }
        bool missing = field->flags & F_REQUIRED &&
                       !pairs_get(&c->form, name)[0];
        if (missing && !row->fault.code)
            fault_set(&row->fault, INVALID, field->name, "is missing");
    }
    const struct field *person = shape_field(f->kind->shape, "person");
    if (person) *(int64_t *)field_at(person, report_row(r)) = row->person;
    r->uuid = pairs_get(&c->form, answer_name(c, "uuid", row->person));
    row->report = said ? r : NULL;
    if (!said) memset(&row->fault, 0, sizeof row->fault);
    return said;
}

static enum rc sent_prepare(struct call *c)
{
    struct form *f = ARENA_NEW(&c->arena, struct form);
    c->row = f;
    f->rows = ARENA_ARRAY(&c->arena, HOUSEHOLD_MAX, struct form_row);
    enum rc rc = ask_kind(c, pairs_get(&c->form, "kind"), true, &f->kind);
    for (size_t i = 0; !rc && i < c->form.n; i++) {
        struct form_row *row = &f->rows[f->n_rows];
        if (strcmp(c->form.at[i].name, "person") != 0) continue;
        if (f->n_rows == HOUSEHOLD_MAX) break;
        if (!text_to_int(c->form.at[i].value, 1, INT64_MAX, &row->person))
            return work_fail(&c->work, INVALID, "person", "is not an id");
        f->n_rows++;
        row_read(c, f, row);
    }
    return rc;
}

/* What can be stored is; what is refused comes back with what was typed. */
static enum rc sent_run(struct work *w, void *call)
{
    struct call *c = call;
    struct form *f = c->row;
    size_t size = report_shape(f->kind)->size;
    enum rc rc = form_run(w, call);
    for (size_t i = 0; !rc && i < f->n_rows; i++) {
        struct form_row *row = &f->rows[i];
        bool again;
        if (!row->report || row->fault.code) continue;
        struct report *r = arena_alloc(w->arena, size);
        memcpy(r, row->report, size);
        rc = report_submit(w, f->kind, r, &again);
        if (rc == BUSY || rc == FAILED) return rc;
        row->sent = rc == OK;
        if (rc) row->fault = w->fault;
        rc = OK;
    }
    return rc;
}

static enum rc sent_render(struct call *c)
{
    struct form *f = c->row;
    for (size_t i = 0; i < f->n_rows; i++) {
        f->n_sent += f->rows[i].sent;
        f->n_wrong += f->rows[i].fault.code != OK;
    }
    if (f->n_sent && !f->n_wrong) {
        call_see_other(c, arena_printf(&c->arena, "/report?kind=%s&sent=%zu",
                                       f->kind->name, f->n_sent));
        return OK;
    }
    c->status = 422;
    return form_render(c);
}

/* ---- tables ---- */

struct table_row { const char *door, *name; };

struct table_view {
    struct report_view view;
    struct place *buildings; /* within scope, for the filter */
    size_t n_buildings;
    struct table_row *rows;  /* one an item */
    bool mine;
};

static enum rc table_prepare(struct call *c, bool mine)
{
    struct table_view *t = ARENA_NEW(&c->arena, struct table_view);
    const struct report_kind *k;
    c->row = t;
    t->mine = mine;
    enum rc rc = ask_kind(c, pairs_get(&c->query, "kind"), mine, &k);
    if (rc) return rc;
    report_view_ask(c, k, &t->view);
    t->view.filter.limit = FACE_ROWS;
    t->view.filter.own = mine;
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

/* Door and name of the person that a report is about. */
static enum rc row_load(struct work *w, const struct report *r, bool mine,
                        struct table_row *row)
{
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
    row->name = mine ? p.name : arena_strdup(w->arena, masked);
    return OK;
}

static enum rc table_run(struct work *w, void *call)
{
    struct call *c = call;
    struct table_view *t = c->row;
    struct report_view *v = &t->view;
    enum rc rc = face_load(c, &v->face);
    if (!rc) rc = report_view_read(w, v);
    t->rows = ARENA_ARRAY(w->arena, v->n + 1, struct table_row);
    for (size_t i = 0; !rc && i < v->n; i++)
        rc = row_load(w, item_at(v, i), t->mine, &t->rows[i]);
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
    char on[11];
    day_format(on, day);
    return arena_strdup(&c->arena, on);
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
        kinds[n++] = (struct face_choice){
            words_in(c->work.language, arena_printf(&c->arena, "kind.%s",
                                                    k->name)),
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

/* One answer; personal ones only where the reading is entered. */
static void answer_cell(struct call *c, struct html *h,
                        const struct report_kind *k, const struct field *f,
                        const void *row)
{
    enum field_type type = field_type(f);
    if (f->flags & F_PERSONAL && c->reveal != REVEAL_ALL) {
        part_cell(h, NULL);
        return;
    }
    if (type == F_INT || type == F_DECIMAL_BASE) {
        part_cell_number(h, field_int(f, row), field_digits(f));
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
            part_tag(h, word_of(c, k, f, i));
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
    if (!is_asked(f)) return false;
    if (field_type(f) != F_TEXT || f->flags & F_REQUIRED) return true;
    for (size_t i = 0; i < t->view.n; i++) {
        const void *row = report_row(item_at(&t->view, i));
        if (!text_is_empty(*(const char *const *)field_in(f, row)))
            return true;
    }
    return false;
}

static void row_draw(struct call *c, struct html *h,
                     const struct table_view *t, size_t i)
{
    struct report *r = item_at(&t->view, i);
    const struct report_kind *k = t->view.kind;
    part_row_begin(h);
    part_cell_begin(h);
    html_time(h, r->received);
    part_cell_end(h);
    if (t->mine) {
        part_cell_begin(h);
        html_day(h, r->on_day);
        part_cell_end(h);
    } else {
        part_cell(h, building_name(t, r->building.v));
        part_cell(h, t->rows[i].door);
    }
    part_cell(h, t->rows[i].name);
    for (size_t f = 0; f < k->shape->n; f++)
        if (is_shown(t, &k->shape->fields[f]))
            answer_cell(c, h, k, &k->shape->fields[f], report_row(r));
    part_row_end(h);
}

static size_t columns_fill(struct call *c, struct html *h,
                           const struct table_view *t, struct column *out)
{
    const struct report_kind *k = t->view.kind;
    size_t n = 0;
    out[n++] = (struct column){.label = T(h, "Received at")};
    if (t->mine) {
        out[n++] = (struct column){.label = T(h, "Day")};
    } else {
        out[n++] = (struct column){.label = T(h, "Building")};
        out[n++] = (struct column){.label = T(h, "Door")};
    }
    out[n++] = (struct column){.label = T(h, "Person")};
    for (size_t i = 0; i < k->shape->n; i++) {
        const struct field *f = &k->shape->fields[i];
        enum field_type type = field_type(f);
        if (is_shown(t, f))
            out[n++] = (struct column){
                .label = label_of(c, k, f->name),
                .number = type == F_INT || type == F_DECIMAL_BASE};
    }
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
    {.method = "GET", .path = "/report", .face = ROUTE_PAGE,
     .caps = CAP_RESIDENT, .summary = "today's report of one's household",
     .prepare = form_prepare, .run = form_run, .render = form_render},
    {.method = "POST", .path = "/report", .face = ROUTE_PAGE,
     .caps = CAP_RESIDENT, .flags = ROUTE_WRITE | ROUTE_FORM,
     .summary = "send today's reports: 303, or 422 with what was typed",
     .prepare = sent_prepare, .run = sent_run, .render = sent_render},
    {.method = "GET", .path = "/reports", .face = ROUTE_PAGE,
     .caps = CAP_CLINIC, .summary = "reports of a day within one's scope",
     .purpose = "health reports of the day", .prepare = today_prepare,
     .run = table_run, .render = table_render},
    {.method = "GET", .path = "/reports/mine", .face = ROUTE_PAGE,
     .caps = CAP_RESIDENT, .summary = "one's own reports",
     .purpose = "one's own reports", .prepare = mine_prepare,
     .run = table_run, .render = table_render},
};

const struct route_table report_page = {routes, COUNT_OF(routes)};
