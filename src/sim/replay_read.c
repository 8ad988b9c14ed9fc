/* replay_read.c - a dated line list, checked and sorted.  See replay.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "registry/person.h"
#include "sim/replay.h"

enum { COL_ID, COL_ONSET, COL_PLACE, COL_X, COL_Y, COL_SEX, COL_AGE,
       COL_REPORT, COLS, COLS_REQUIRED = COL_X };
static const char *const col_names[] = {
    "id", "onset", "place", "x", "y", "sex", "age", "report", NULL,
};

struct reading {
    struct arena *arena;
    struct fault *fault;
    const char *heading[COLS];
    size_t at[COLS];           /* SIZE_MAX: the list has none */
    size_t width;
    struct replay_case *cases;
    size_t n, cap;
};

/* ---- headings ---- */

/* "id=case_ID,onset=date_of_prodrome". */
static enum rc columns_read(struct reading *r, const char *text)
{
    for (int i = 0; i < COLS; i++) r->heading[i] = NULL;
    for (size_t n; text && *text; text += n + (text[n] == ',')) {
        n = strcspn(text, ",");
        const char *pair = arena_strndup(r->arena, text, n);
        const char *eq = strchr(pair, '=');
        if (!eq || !eq[1])
            return fault_set(r->fault, INVALID, "--columns",
                             "%s: write NAME=HEADING", pair);
        const char *name = arena_strndup(r->arena, pair,
                                         (size_t)(eq - pair));
        int64_t i = words_index(col_names, name);
        if (i < 0)
            return fault_set(r->fault, INVALID, "--columns",
                             "%s is none of id, onset, place, x, y, sex, "
                             "age, report", name);
        if (r->heading[i])
            return fault_set(r->fault, INVALID, "--columns",
                             "%s was given twice", name);
        r->heading[i] = eq + 1;
    }
    return OK;
}

static enum rc head_read(struct reading *r, const struct sheet_row *head)
{
    r->width = head->n;
    for (int i = 0; i < COLS; i++) {
        const char *name = r->heading[i] ? r->heading[i] : col_names[i];
        r->at[i] = sheet_column(head, name);
        bool needed = r->heading[i] || i < COLS_REQUIRED;
        r->heading[i] = name;
        if (r->at[i] != SIZE_MAX || !needed) continue;
        return fault_set(r->fault, INVALID, name,
                         "the list has no such column");
    }
    return OK;
}

/* ---- rows ---- */

/* The fault that was just set is of this row. */
static enum rc in_row(struct reading *r, const struct sheet_row *row,
                      enum rc rc)
{
    r->fault->row = row->line;
    return rc;
}

/* "" where there is none. */
static const char *cell(struct reading *r, const struct sheet_row *row,
                        int col)
{
    if (r->at[col] == SIZE_MAX) return "";
    const char *text = text_clean(r->arena, row->cell[r->at[col]]);
    return strcmp(text, "NA") == 0 ? "" : text;
}

static enum rc day_read(struct reading *r, const struct sheet_row *row,
                        int col, struct day *out)
{
    const char *text = cell(r, row, col);
    *out = NO_DAY;
    if (!text[0] || day_parse(text, out)) return OK;
    return in_row(r, row, fault_set(r->fault, INVALID,
            r->heading[col], "must be a day as 2026-11-24"));
}

/* Metres of the raster square that a coordinate falls in. */
static enum rc square_read(struct reading *r, const struct sheet_row *row,
                           int col, long long *out)
{
    const char *text = cell(r, row, col);
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !(fabs(x) <= 1e7))
        return in_row(r, row, fault_set(r->fault, INVALID,
            r->heading[col], "must be metres as 142.5"));
    *out = (long long)floor(x / REPLAY_RASTER) * REPLAY_RASTER;
    return OK;
}

static enum rc building_read(struct reading *r, const struct sheet_row *row,
                             struct replay_case *c)
{
    long long x, y;
    c->building = c->place;
    if (!c->place[0] || r->at[COL_X] == SIZE_MAX || r->at[COL_Y] == SIZE_MAX)
        return OK;
    if (!cell(r, row, COL_X)[0] && !cell(r, row, COL_Y)[0]) return OK;
    enum rc rc = square_read(r, row, COL_X, &x);
    if (!rc) rc = square_read(r, row, COL_Y, &y);
    if (!rc) c->building = arena_printf(r->arena, "x%lldy%lld", x, y);
    return rc;
}

static void person_read(struct reading *r, const struct sheet_row *row,
                        struct replay_case *c)
{
    const char *sex = text_key(r->arena, cell(r, row, COL_SEX));
    c->sex = c->age = NONE;
    if (!strcmp(sex, "M") || !strcmp(sex, "MALE") || !strcmp(sex, "男"))
        c->sex = SEX_MALE;
    if (!strcmp(sex, "F") || !strcmp(sex, "FEMALE") || !strcmp(sex, "女"))
        c->sex = SEX_FEMALE;
    (void)text_to_int(cell(r, row, COL_AGE), 0, 130, &c->age);
}

static enum rc case_read(struct reading *r, const struct sheet_row *row)
{
    if (row->n != r->width)
        return in_row(r, row, fault_set(r->fault, INVALID, "",
            "the row has more or fewer cells than the first"));
    if (r->n == REPLAY_CASES_MAX)
        return in_row(r, row, fault_set(r->fault, INVALID,
            r->heading[COL_ID], "the list is too long"));
    r->cases = arena_grow(r->arena, r->cases, r->n, &r->cap, r->n + 1,
                          sizeof *r->cases);
    struct replay_case *c = &r->cases[r->n++];
    struct day report;
    *c = (struct replay_case){.line = row->line, .id = cell(r, row, COL_ID),
                              .place = cell(r, row, COL_PLACE)};
    if (!c->id[0])
        return in_row(r, row, fault_set(r->fault, INVALID,
            r->heading[COL_ID], "is missing"));
    enum rc rc = day_read(r, row, COL_ONSET, &c->onset);
    if (!rc) rc = day_read(r, row, COL_REPORT, &report);
    if (rc) return rc;
    c->day = report.n == NONE ? c->onset : report;
    if (c->day.n == NONE)
        return in_row(r, row, fault_set(r->fault, INVALID,
            r->heading[COL_ONSET], "is missing"));
    if (c->onset.n != NONE && c->onset.n > c->day.n)
        return in_row(r, row, fault_set(r->fault, INVALID,
            r->heading[COL_ONSET],
            "the illness began after it was notified"));
    person_read(r, row, c);
    return building_read(r, row, c);
}

static int by_id(const void *a, const void *b)
{
    const struct replay_case *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int by_day(const void *a, const void *b)
{
    const struct replay_case *x = a, *y = b;
    if (x->day.n != y->day.n) return x->day.n < y->day.n ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static enum rc sort(struct reading *r)
{
    qsort(r->cases, r->n, sizeof *r->cases, by_id);
    for (size_t i = 1; i < r->n; i++) {
        if (strcmp(r->cases[i - 1].id, r->cases[i].id) != 0) continue;
        struct sheet_row row = {.line = r->cases[i].line};
        return in_row(r, &row, fault_set(r->fault, INVALID,
            r->heading[COL_ID], "this id came before"));
    }
    qsort(r->cases, r->n, sizeof *r->cases, by_day);
    return OK;
}

enum rc replay_read(struct sheet *s, const char *columns, struct arena *a,
                    struct replay_case **cases, size_t *n, struct fault *f)
{
    struct reading r = {.arena = a, .fault = f};
    struct sheet_row row;
    enum rc rc = columns_read(&r, columns);
    if (!rc) rc = sheet_next(s, &row, f);
    if (rc == NOT_FOUND)
        return fault_set(f, INVALID, "", "the file is empty");
    if (!rc) rc = head_read(&r, &row);
    while (!rc && (rc = sheet_next(s, &row, f)) == OK)
        rc = case_read(&r, &row);
    if (rc != NOT_FOUND) return rc;
    if (r.n == 0) return fault_set(f, INVALID, "", "the list has no cases");
    rc = sort(&r);
    *cases = r.cases;
    *n = r.n;
    return rc;
}
