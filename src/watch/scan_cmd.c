/* scan_cmd.c - clusters of a table of places and a table of counts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/day.h"
#include "base/sheet.h"
#include "cli/cli.h"
#include "watch/scan.h"

static const struct option_spec options[] = {
    {"--places", "P.csv", "地点表：place,x,y,population（平面坐标，如米）",
     "places: place,x,y,population (on a plane, as metres)"},
    {"--counts", "C.csv", "病例表：place,date,count；没有的行按 0 计，"
     "最后一天以最晚的行为准", "counts: place,date,count; absent rows are 0, "
     "the last day is the latest row's"},
    {"--model", "poisson|permutation",
     "期望按人口（默认），或按各地点、各日自身的多少（不用人口）",
     "expect by population (default), or by what places and days have on "
     "their own (without population)"},
    {"--max-population", "SHARE", "一个聚集区最多占多少人口（或病例），默认 0.5",
     "largest share of the population (or the cases) in a zone; 0.5"},
    {"--max-days", "N", "聚集最长几天，默认 7", "longest cluster; 7"},
    {"--replicates", "N", "随机重复多少次，默认 999",
     "how often the cases are dealt out by chance; 999"},
    {"--seed", "N", "随机数种子，默认 1", "seed of the dice; 1"},
    {NULL, NULL, NULL, NULL},
};

enum { MIN_CASES = 2, MAX_DAYS = 7, REPLICATES = 999, REPLICATES_MIN = 9 };

struct named { const char *key; uint32_t place; };
struct entry { uint32_t place; struct day day; int32_t n; };

struct tables {
    struct cli *c;
    struct scan_place *place;
    const char **name;       /* as written */
    struct named *by_key;    /* sorted once all are read */
    struct entry *entry;
    size_t places, places_cap, names_cap, keys_cap, entries, entries_cap;
    struct day first, last;
    bool population;         /* the model asks for it */
};

/* --- places ----------------------------------------------------------- */

static bool number_of(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && *out >= -1e9 && *out <= 1e9;
}

static const char *cell_of(const struct sheet_row *row, size_t column)
{
    return column < row->n ? row->cell[column] : "";
}

static enum rc take_place(struct tables *t, const struct sheet_row *row,
                          const size_t column[4])
{
    struct arena *a = &t->c->arena;
    struct fault *f = &t->c->fault;
    struct scan_place p = {0};
    const char *name = cell_of(row, column[0]);
    if (text_is_blank(name))
        return fault_set(f, INVALID, "place", "is missing");
    if (!number_of(cell_of(row, column[1]), &p.x))
        return fault_set(f, INVALID, "x", "this is not a number");
    if (!number_of(cell_of(row, column[2]), &p.y))
        return fault_set(f, INVALID, "y", "this is not a number");
    if (t->population && !text_to_int(cell_of(row, column[3]), 0,
                                      SCAN_POPULATION_MAX, &p.population))
        return fault_set(f, INVALID, "population",
                         "a whole number of at least 0 is needed");
    if (t->places == SCAN_PLACES_MAX)
        return fault_set(f, INVALID, "place", "there are too many places");
    size_t n = t->places, want = n + 1;
    t->place = arena_grow(a, t->place, n, &t->places_cap, want,
                          sizeof *t->place);
    t->name = arena_grow(a, t->name, n, &t->names_cap, want,
                         sizeof *t->name);
    t->by_key = arena_grow(a, t->by_key, n, &t->keys_cap, want,
                           sizeof *t->by_key);
    t->place[n] = p;
    t->name[n] = text_clean(a, name);
    t->by_key[n] = (struct named){text_key(a, name), (uint32_t)n};
    t->places = want;
    return OK;
}

static int by_key(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    return strcmp(a->key, b->key);
}

static enum rc sort_places(struct tables *t)
{
    struct fault *f = &t->c->fault;
    if (t->places == 0)
        return fault_set(f, INVALID, "--places", "the file is empty");
    qsort(t->by_key, t->places, sizeof *t->by_key, by_key);
    for (size_t i = 1; i < t->places; i++)
        if (strcmp(t->by_key[i].key, t->by_key[i - 1].key) == 0)
            return fault_set(f, INVALID, "--places", "%s stands twice",
                             t->name[t->by_key[i].place]);
    return OK;
}

/* --- counts ----------------------------------------------------------- */

static enum rc take_count(struct tables *t, const struct sheet_row *row,
                          const size_t column[4])
{
    struct fault *f = &t->c->fault;
    struct entry e;
    int64_t n;
    const char *name = cell_of(row, column[0]);
    struct named key = {text_key(&t->c->arena, name), 0};
    const struct named *found =
        bsearch(&key, t->by_key, t->places, sizeof *t->by_key, by_key);
    if (!found)
        return fault_set(f, INVALID, "place", "there is no place %s", name);
    if (!day_parse(cell_of(row, column[1]), &e.day))
        return fault_set(f, INVALID, "date", "must be a day as 2026-11-24");
    if (!text_to_int(cell_of(row, column[2]), 0, SCAN_CASES_MAX, &n))
        return fault_set(f, INVALID, "count",
                         "a whole number of at least 0 is needed");
    e.place = found->place;
    e.n = (int32_t)n;
    if (t->entries == 0 || e.day.n < t->first.n) t->first = e.day;
    if (t->entries == 0 || e.day.n > t->last.n) t->last = e.day;
    if (t->last.n - t->first.n >= SCAN_DAYS_MAX)
        return fault_set(f, INVALID, "date",
                         "the dates lie more than ten years apart");
    t->entry = arena_grow(&t->c->arena, t->entry, t->entries,
                          &t->entries_cap, t->entries + 1, sizeof e);
    t->entry[t->entries++] = e;
    return OK;
}

/* Rows of one place and day add up. */
static enum rc add_up(struct tables *t, struct scan *s, int32_t **out)
{
    struct fault *f = &t->c->fault;
    int64_t all = 0;
    if (t->entries == 0)
        return fault_set(f, INVALID, "--counts", "the file is empty");
    s->days = (size_t)(t->last.n - t->first.n) + 1;
    int32_t *count = ARENA_ARRAY(&t->c->arena, t->places * s->days, int32_t);
    for (size_t i = 0; i < t->entries; i++) {
        const struct entry *e = &t->entry[i];
        all += e->n;
        if (all > SCAN_CASES_MAX)
            return fault_set(f, INVALID, "--counts",
                             "the cases must be from 0 to a million");
        count[e->place * s->days + (size_t)(e->day.n - t->first.n)] += e->n;
    }
    *out = count;
    return OK;
}

/* --- both tables ------------------------------------------------------ */

typedef enum rc take_row(struct tables *t, const struct sheet_row *row,
                         const size_t column[4]);

static enum rc read_rows(struct tables *t, struct sheet *s,
                         const char *const headings[4], take_row *take)
{
    struct sheet_row row;
    struct fault *f = &t->c->fault;
    size_t column[4] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    enum rc rc = sheet_next(s, &row, f);
    if (rc == NOT_FOUND)
        return fault_set(f, INVALID, "", "the file is empty");
    if (rc) return rc;
    for (size_t i = 0; i < 4 && headings[i]; i++) {
        column[i] = sheet_column(&row, headings[i]);
        if (column[i] == SIZE_MAX)
            return fault_set(f, INVALID, headings[i],
                             "there is no such column");
    }
    while (!(rc = sheet_next(s, &row, f))) {
        rc = take(t, &row, column);
        if (!rc) continue;
        f->row = row.line;
        return rc;
    }
    return rc == NOT_FOUND ? OK : rc;
}

static enum rc read_table(struct tables *t, const char *option,
                          const char *const headings[4], take_row *take)
{
    struct sheet *s;
    const char *path = cli_option(t->c, option);
    if (text_is_empty(path))
        return fault_set(&t->c->fault, INVALID, option, "is missing");
    enum rc rc = sheet_open_file(&s, path, &t->c->fault);
    if (rc) return rc;
    rc = read_rows(t, s, headings, take);
    sheet_close(s);
    return rc;
}

static enum rc model_of(struct cli *c, enum scan_model *out)
{
    const char *name = cli_option(c, "--model");
    *out = SCAN_POISSON;
    for (int i = 0; name && scan_models[i]; i++)
        if (strcmp(scan_models[i], name) == 0) {
            *out = (enum scan_model)i;
            return OK;
        }
    return name ? fault_set(&c->fault, INVALID, "--model",
                            "must be poisson or permutation") : OK;
}

static enum rc read_both(struct tables *t, struct scan *s)
{
    const char *const counts[4] = {"place", "date", "count", NULL};
    const char *const places[4] = {"place", "x", "y",
                                   t->population ? "population" : NULL};
    int32_t *count = NULL;
    enum rc rc = read_table(t, "--places", places, take_place);
    if (!rc) rc = sort_places(t);
    if (!rc) rc = read_table(t, "--counts", counts, take_count);
    if (!rc) rc = add_up(t, s, &count);
    if (rc) return rc;
    s->place = t->place;
    s->places = t->places;
    s->count = count;
    int64_t most = (int64_t)s->days < MAX_DAYS ? (int64_t)s->days : MAX_DAYS;
    s->max_days = (size_t)cli_int(t->c, "--max-days", most, 1,
                                  (int64_t)s->days);
    return OK;
}

static enum rc options_of(struct cli *c, struct scan *s)
{
    const char *share = cli_option(c, "--max-population");
    s->max_share = 0.5;
    if (share && (!number_of(share, &s->max_share)
                  || !(s->max_share > 0 && s->max_share <= 1)))
        return fault_set(&c->fault, INVALID, "--max-population",
                         "a number within its range is needed");
    s->min_cases = MIN_CASES;
    s->replicates = (int)cli_int(c, "--replicates", REPLICATES,
                                 REPLICATES_MIN, SCAN_REPLICATES_MAX);
    s->seed = (uint64_t)cli_int(c, "--seed", 1, 0, INT64_MAX);
    return model_of(c, &s->model);
}

/* --- the answer ------------------------------------------------------- */

static const char *joined(const struct tables *t,
                          const struct scan_cluster *k, struct arena *a)
{
    struct buf b;
    buf_init(&b, (size_t)16 << 20);
    for (size_t i = 0; i < k->places; i++) {
        if (i) buf_putc(&b, ';');
        buf_puts(&b, t->name[k->place[i]]);
    }
    char *text = arena_strdup(a, buf_ok(&b) ? b.at : "");
    buf_release(&b);
    return text;
}

enum { CELLS = 11 };
static const char *const head[CELLS] = {
    "rank", "centre", "places", "start", "end", "observed", "expected",
    "llr", "p", "recurrence_days", NULL};

static void cells_of(const struct tables *t, const struct scan_cluster *k,
                     size_t rank, const char **cell)
{
    struct arena *a = &t->c->arena;
    char *start = arena_alloc(a, 11), *end = arena_alloc(a, 11);
    day_format(start, (struct day){t->first.n + (int64_t)k->start});
    day_format(end, t->last);
    cell[0] = arena_printf(a, "%zu", rank);
    cell[1] = t->name[k->centre];
    cell[2] = joined(t, k, a);
    cell[3] = start;
    cell[4] = end;
    cell[5] = arena_printf(a, "%lld", (long long)k->observed);
    cell[6] = arena_printf(a, "%.6f", k->expected);
    cell[7] = arena_printf(a, "%.6f", k->llr);
    cell[8] = arena_printf(a, "%.6g", k->p);
    cell[9] = arena_printf(a, "%.6g", k->recurrence_days);
}

static void print_csv(const struct tables *t, const struct scan_result *r,
                      struct buf *b)
{
    for (size_t i = 0; head[i]; i++) sheet_put(b, i == 0, head[i]);
    sheet_end(b);
    for (size_t i = 0; i < r->clusters; i++) {
        const char *cell[CELLS];
        cells_of(t, &r->cluster[i], i + 1, cell);
        for (size_t k = 0; head[k]; k++) sheet_put(b, k == 0, cell[k]);
        sheet_end(b);
    }
}

static void print_json(const struct tables *t, const struct scan_result *r,
                       struct buf *b)
{
    buf_putc(b, '[');
    for (size_t i = 0; i < r->clusters; i++) {
        const struct scan_cluster *c = &r->cluster[i];
        const char *cell[CELLS];
        cells_of(t, c, i + 1, cell);
        buf_puts(b, i ? ",\n{" : "{");
        for (size_t k = 0; head[k]; k++) {
            buf_printf(b, "%s\"%s\":", k ? "," : "", head[k]);
            if (k == 2) {
                for (size_t j = 0; j < c->places; j++) {
                    buf_putc(b, j ? ',' : '[');
                    buf_json(b, t->name[c->place[j]]);
                }
                buf_putc(b, ']');
            } else if (k == 1 || k == 3 || k == 4) {
                buf_json(b, cell[k]);
            } else {
                buf_puts(b, cell[k]);
            }
        }
        buf_putc(b, '}');
    }
    buf_puts(b, "]\n");
}

static int run(struct cli *c)
{
    struct tables t = {.c = c};
    struct scan s = {0};
    struct scan_result r = {0};
    struct buf out;
    enum rc rc = options_of(c, &s);
    t.population = s.model == SCAN_POISSON;
    if (!rc) rc = read_both(&t, &s);
    if (!rc) rc = scan_run(&s, &r, &c->arena, &c->fault);
    if (rc) return cli_fail(c, &c->fault);
    buf_init(&out, (size_t)64 << 20);
    if (c->json) print_json(&t, &r, &out);
    else print_csv(&t, &r, &out);
    bool whole = buf_ok(&out);
    if (whole) fwrite(out.at, 1, out.len, stdout);
    else fault_set(&c->fault, FAILED, "", "the answer is too long");
    buf_release(&out);
    return whole ? CLI_DONE : cli_fail(c, &c->fault);
}

const struct command scan_command = {
    .name = "scan", .operands = "",
    .zh = "时空扫描：到最后一天为止，哪些地点的病例多得不像偶然",
    .en = "scan space and time: where there are, up to the last day, more "
          "cases than chance explains",
    .options = options, .run = run,
};
