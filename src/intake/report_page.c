/* report_page.c - sending today's report.  The form follows from the kind's
 * shape.  See report_api.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "intake/report_api.h"
#include "registry/household.h"
#include "web/route.h"

const char *report_label(struct call *c, const struct report_kind *k,
                         const char *field)
{
    return words_in(c->work.language,
                    arena_printf(&c->arena, "%s.%s", k->name, field));
}

const char *report_word(struct call *c, const struct report_kind *k,
                        const struct field *f, size_t i)
{
    return words_in(c->work.language,
                    arena_printf(&c->arena, "%s.%s.%s", k->name, f->name,
                                 f->words[i]));
}

/* What helps to answer, where the word files say something; else NULL. */
static const char *hint_of(struct call *c, const struct report_kind *k,
                           const char *field)
{
    const char *key = arena_printf(&c->arena, "hint.%s.%s", k->name, field);
    const char *text = words_in(c->work.language, key);
    return strcmp(text, key) == 0 ? NULL : text;
}

bool report_asks(const struct field *f)
{
    return strcmp(f->name, "person") != 0 && strcmp(f->name, "day") != 0 &&
           !(f->flags & (F_OURS | F_HIDDEN));
}

enum rc report_ask_kind(struct call *c, const char *name, bool to_send,
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
    return report_ask_kind(c, pairs_get(&c->query, "kind"), true, &f->kind);
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
            field->words[n], report_word(c, f->kind, field, n), NULL,
            was_chosen(c, name, field->words[n])};
    bool many = field_type(field) == F_SET;
    part_choices(h, &(struct choices_part){
        .name = name, .legend = report_label(c, f->kind, field->name),
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
        .name = name, .label = report_label(c, f->kind, field->name),
        .hint = hint_of(c, f->kind, field->name),
        .value = pairs_get(&c->form, name),
        .error = error_of(c, row_of(f, person), field->name),
        .type = type == F_DAY ? "date" : type == F_TEXT ? "textarea" : NULL,
        .inputmode = number ? "decimal" : NULL, .min = least, .max = most,
        .step = number ? step : NULL, .stepper = number,
        .max_length = type == F_TEXT ? field->max : 0,
        .required = field->flags & F_REQUIRED});
}

/* A report's uuid: a form that is sent twice is one report.  One that was
 * changed after it had been sent is another, if it is sent once more. */
static const char *uuid_of(struct call *c, const struct form_row *row,
                           int64_t person)
{
    const char *was = pairs_get(&c->form, answer_name(c, "uuid", person));
    if (was[0] && !(row && row->fault.code == CONFLICT)) return was;
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
    part_hidden(h, answer_name(c, "uuid", m->id.v), uuid_of(c, row, m->id.v));
    const struct shape *s = f->kind->shape;
    for (size_t i = 0; i < s->n; i++)
        if (report_asks(&s->fields[i]))
            answer_draw(c, h, f, &s->fields[i], m->id.v);
    part_card_end(h);
}

static const char *member_name(const struct form *f, int64_t person)
{
    for (size_t i = 0; i < f->n_members; i++)
        if (f->members[i].id.v == person) return f->members[i].name;
    return "";
}

static void errors_draw(struct call *c, struct html *h, const struct form *f)
{
    struct field_error errors[HOUSEHOLD_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < f->n_rows && n < COUNT_OF(errors); i++) {
        const struct form_row *row = &f->rows[i];
        if (!row->fault.code) continue;
        const struct field *at = shape_field(f->kind->shape,
                                             row->fault.field);
        bool field = at && report_asks(at);
        const char *text = error_text(c, row);
        if (field)
            text = arena_printf(&c->arena, T(h, "%s: %s"),
                                report_label(c, f->kind, row->fault.field),
                                text);
        if (f->n_members > 1)
            text = arena_printf(&c->arena, "%s · %s",
                                member_name(f, row->person), text);
        errors[n++] = (struct field_error){
            field ? answer_name(c, row->fault.field, row->person) : "",
            text};
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
    html(h, "<div class=\"buttons\">");
    part_button(h, BUTTON_MAIN, T(h, "Send"));
    html(h, "</div>");
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
        if (!report_asks(field)) continue;
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
    enum rc rc = report_ask_kind(c, pairs_get(&c->form, "kind"), true,
                                 &f->kind);
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
        if (rc == CONFLICT)
            fault_set(&row->fault, rc, "", "this was sent before with other"
                      " answers: send again to report the new ones, too");
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

static const struct route routes[] = {
    {.method = "GET", .path = "/report", .face = ROUTE_PAGE,
     .caps = CAP_RESIDENT, .summary = "today's report of one's household",
     .prepare = form_prepare, .run = form_run, .render = form_render},
    {.method = "POST", .path = "/report", .face = ROUTE_PAGE,
     .caps = CAP_RESIDENT, .flags = ROUTE_WRITE | ROUTE_FORM,
     .summary = "send today's reports: 303, or 422 with what was typed",
     .prepare = sent_prepare, .run = sent_run, .render = sent_render},
};

const struct route_table report_page = {routes, COUNT_OF(routes)};
