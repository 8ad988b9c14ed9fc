/* export.c - lists page by page: read, entered, written.  See export.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exchange/export.h"

#include "account/account.h"
#include "base/text.h"
#include "exchange/roster.h"
#include "intake/intake.h"
#include "ledger/ledger.h"

enum { PAGE_BYTES = 8 << 20, COLUMNS_MAX = 256 };

struct page;
struct list {
    const char *name;
    bool personal;
    void (*head)(struct page *p, enum language language);
    unit_fn *read; /* struct page * */
};

/* A column of reports: its field, and the shape that names it. */
struct column {
    const char *name, *shape;
};

/* One page on its way; rows are written into b while they are read. */
struct page {
    const struct list *list;
    const struct report_kind *kind; /* NULL: all kinds of reports */
    size_t at;        /* which of report_kinds has its turn */
    struct column columns[COLUMNS_MAX];
    size_t n_columns;
    struct buf b;
    int64_t after;    /* id of the last row so far */
    int64_t rows;     /* of this page */
    bool more;        /* there may be another page */
    struct place door; /* the door of the last person */
};

static void put_field(struct page *p, bool first, const struct field *f,
                      const void *row)
{
    struct buf cell;
    buf_init(&cell, PAGE_BYTES);
    field_to_text(f, row, &cell);
    sheet_put(&p->b, first, cell.at ? cell.at : "");
    buf_release(&cell);
}

static void put_label(struct page *p, bool first, enum language language,
                      const char *shape, const char *field)
{
    char key[128];
    snprintf(key, sizeof key, "%s.%s", shape, field);
    sheet_put(&p->b, first, words_in(language, key));
}

/* ---- people: the roster ---- */

static void people_head(struct page *p, enum language language)
{
    for (int i = 0; i < ROSTER_COLUMNS; i++)
        sheet_put(&p->b, i == 0, language == LANG_ZH ? roster_columns[i].zh
                                                     : roster_columns[i].en);
    sheet_end(&p->b);
}

/* "12-2-501": to the first dash, to the second, the rest. */
static void put_door(struct page *p, const char *code)
{
    for (int i = 0; i < 3; i++) {
        size_t n = i < 2 ? strcspn(code, "-") : strlen(code);
        char part[64];
        snprintf(part, sizeof part, "%.*s", (int)n, code);
        sheet_put(&p->b, i == 0, part);
        code += n + (code[n] == '-');
    }
}

static void put_person(struct page *p, const struct person *person,
                       enum language language)
{
    static const char *const words[][2] = {
        [LANG_ZH] = {"男", "女"}, [LANG_EN] = {"male", "female"},
    };
    char birth[11] = "";
    if (person->birth.n != NONE) day_format(birth, person->birth);
    put_door(p, p->door.id.v ? p->door.code : "");
    sheet_put(&p->b, false, person->name);
    sheet_put(&p->b, false,
              person->sex == NONE ? "" : words[language][person->sex]);
    sheet_put(&p->b, false, birth);
    sheet_put(&p->b, false, person->idno);
    sheet_put(&p->b, false, person->phone);
    sheet_put(&p->b, false, person->tags);
    sheet_end(&p->b);
}

static enum rc find_door(struct work *w, struct page *p, struct place_id id)
{
    if (p->door.id.v == id.v) return OK;
    memset(&p->door, 0, sizeof p->door);
    if (!id.v) return OK;
    enum rc rc = place_load(w, id, &p->door);
    return rc == NOT_FOUND ? OK : rc;
}

static enum rc people_read(struct work *w, void *arg)
{
    struct page *p = arg;
    struct person *items;
    size_t n;
    struct person_filter filter = {.after = {p->after},
                                   .limit = EXPORT_PAGE};
    enum rc rc = person_list(w, &filter, &items, &n, NULL);
    p->more = !rc && n == EXPORT_PAGE;
    memset(&p->door, 0, sizeof p->door); /* the page's arena is another */
    for (size_t i = 0; !rc && i < n; i++) {
        rc = person_unseal(w, &items[i]);
        if (!rc) rc = find_door(w, p, items[i].household);
        if (rc) break;
        put_person(p, &items[i], w->language);
        p->after = items[i].id.v;
        p->rows++;
    }
    return rc;
}

/* ---- places ---- */

static void shape_head(struct page *p, enum language language,
                       const struct shape *s)
{
    bool first = true;
    for (size_t i = 0; i < s->n; i++) {
        if (s->fields[i].flags & F_HIDDEN) continue;
        put_label(p, first, language, s->name, s->fields[i].name);
        first = false;
    }
    sheet_end(&p->b);
}

static void put_row(struct page *p, const struct shape *s, const void *row)
{
    bool first = true;
    for (size_t i = 0; i < s->n; i++) {
        if (s->fields[i].flags & F_HIDDEN) continue;
        put_field(p, first, &s->fields[i], row);
        first = false;
    }
    sheet_end(&p->b);
    p->rows++;
}

static void places_head(struct page *p, enum language language)
{
    shape_head(p, language, &place_shape);
}

static enum rc places_read(struct work *w, void *arg)
{
    struct page *p = arg;
    struct place *items;
    size_t n;
    struct place_filter filter = {.after = {p->after}, .level = NONE,
                                  .limit = EXPORT_PAGE};
    enum rc rc = account_require(w, CAP_PLACES);
    if (!rc) rc = place_list(w, &filter, &items, &n, NULL);
    p->more = !rc && n == EXPORT_PAGE;
    for (size_t i = 0; !rc && i < n; i++) {
        put_row(p, &place_shape, &items[i]);
        p->after = items[i].id.v;
    }
    return rc;
}

/* ---- reports: one kind, or all with the columns of all ---- */

static bool takes_kind(const struct page *p, const struct report_kind *k)
{
    return !p->kind || p->kind == k;
}

static void add_columns(struct page *p, const struct report_kind *k)
{
    const struct shape *s = report_shape(k);
    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->fields[i].name;
        bool there = (s->fields[i].flags & F_HIDDEN) != 0;
        for (size_t c = 0; c < p->n_columns; c++)
            there |= strcmp(p->columns[c].name, name) == 0;
        if (there) continue;
        assert(p->n_columns < COUNT_OF(p->columns));
        /* What all reports have is named once. */
        p->columns[p->n_columns++] = (struct column){
            name, shape_field(k->shape, name) ? s->name : "report"};
    }
}

static void reports_head(struct page *p, enum language language)
{
    for (size_t k = 0; report_kinds[k]; k++)
        if (takes_kind(p, report_kinds[k])) add_columns(p, report_kinds[k]);
    put_label(p, true, language, "report", "kind");
    for (size_t c = 0; c < p->n_columns; c++)
        put_label(p, false, language, p->columns[c].shape,
                  p->columns[c].name);
    sheet_end(&p->b);
}

static void put_report(struct page *p, const struct report_kind *k,
                       const void *row)
{
    const struct shape *s = report_shape(k);
    sheet_put(&p->b, true, k->name);
    for (size_t c = 0; c < p->n_columns; c++) {
        const struct field *f = shape_field(s, p->columns[c].name);
        if (f && !(f->flags & F_HIDDEN)) put_field(p, false, f, row);
        else sheet_put(&p->b, false, "");
    }
    sheet_end(&p->b);
    p->rows++;
}

/* A page of the kind whose turn it is; the next one's with the next page. */
static enum rc reports_read(struct work *w, void *arg)
{
    struct page *p = arg;
    while (report_kinds[p->at] && !takes_kind(p, report_kinds[p->at])) p->at++;
    const struct report_kind *k = report_kinds[p->at];
    p->more = k != NULL;
    if (!k) return OK;
    void *items;
    size_t n;
    struct report_filter filter = {.after = {p->after}, .day = NO_DAY,
                                   .limit = EXPORT_PAGE};
    enum rc rc = account_require(w, k->may_read);
    if (!rc) rc = report_list(w, k, &filter, &items, &n, NULL);
    if (rc) return rc;
    for (size_t i = 0; i < n; i++) {
        void *row = (char *)items + i * report_shape(k)->size;
        put_report(p, k, row);
        p->after = ((const struct report *)row)->id.v;
    }
    if (n == EXPORT_PAGE) return OK;
    p->at++;
    p->after = 0;
    return OK;
}

/* ---- the whole ---- */

static const struct list lists[] = {
    {"people", true, people_head, people_read},
    {"places", false, places_head, places_read},
    {"reports", true, reports_head, reports_read}, /* also by kind */
};

static enum rc find_list(struct work *w, const char *what, struct page *p)
{
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (strcmp(lists[i].name, what) == 0) p->list = &lists[i];
    p->kind = report_kind_find(what);
    if (p->kind) p->list = &lists[COUNT_OF(lists) - 1]; /* reports */
    if (!p->list)
        return work_fail(w, INVALID, "WHAT",
                         "is not a list: people, places, reports or a kind "
                         "of report");
    if (p->list->personal && text_is_blank(w->purpose))
        return work_fail(w, DENIED, "purpose",
                         "say for what purpose you look at personal data");
    return account_require(w, CAP_EXPORT);
}

static enum rc enter_unit(struct work *w, void *arg)
{
    const struct page *p = arg;
    return ledger_enter_readings(
        w, p->kind ? arena_printf(w->arena, "export %s", p->kind->name)
                   : arena_printf(w->arena, "export %s", p->list->name));
}

static enum rc done_unit(struct work *w, void *arg)
{
    const struct page *p = arg;
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "export.done",
        .values = arena_printf(w->arena, "{\"what\":\"%s\",\"rows\":%lld}",
                               p->kind ? p->kind->name : p->list->name,
                               (long long)p->rows)});
}

/* Read a page and enter who was looked at; nothing has left yet. */
static enum rc take_page(struct work *w, struct page *p)
{
    struct arena a;
    struct work read = *w;
    arena_init(&a, ARENA_MAX);
    read.arena = &a;
    read.notes = NULL;
    read.readings = NULL;
    p->rows = 0;
    enum rc rc = store_read(&read, p->list->read, p);
    w->fault = read.fault;
    if (!rc && reading_has(&read)) {
        struct work enter = read; /* with its readings */
        rc = store_write(&enter, enter_unit, p);
        w->fault = enter.fault;
    }
    arena_release(&a);
    if (!rc && !buf_ok(&p->b))
        rc = work_fail(w, FAILED, "", "a page is too large to write");
    return rc;
}

static enum rc hand_over(struct work *w, struct page *p, export_sink *sink,
                         void *ctx)
{
    bool written = p->b.len == 0 || sink(ctx, p->b.at, p->b.len);
    buf_clear(&p->b);
    return written ? OK : work_fail(w, FAILED, "", "the file cannot be "
                                                   "written");
}

static enum rc write_all(struct work *w, struct page *p, export_sink *sink,
                         void *ctx, int64_t *rows)
{
    enum rc rc;
    buf_puts(&p->b, "\xef\xbb\xbf");
    p->list->head(p, w->language);
    do {
        rc = take_page(w, p);
        if (!rc) rc = hand_over(w, p, sink, ctx);
        *rows += p->rows;
    } while (!rc && p->more);
    return rc;
}

enum rc export_table(struct work *w, const char *what, export_sink *sink,
                     void *ctx, int64_t *rows)
{
    struct page p = {.after = 0};
    *rows = 0;
    enum rc rc = find_list(w, what, &p);
    if (rc) return rc;
    buf_init(&p.b, PAGE_BYTES);
    rc = write_all(w, &p, sink, ctx, rows);
    buf_release(&p.b);
    if (rc) return rc;
    struct work end = *w;
    end.notes = NULL;
    end.readings = NULL;
    p.rows = *rows;
    rc = store_write(&end, done_unit, &p);
    w->fault = end.fault;
    return rc;
}
