/* detect_cmd.c - published detectors on a series of counts: CSV in and out, or
 * one JSON request and answer a line (watch/detect.h).
 *
 * The CSV form is the JSON form in other clothes: the sheet becomes a
 * request, the answer's lists become columns. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>

#include "base/sheet.h"
#include "cli/cli.h"
#include "watch/detect.h"

static const struct option_spec options[] = {
    {"--method", "METHOD",
     "方法：ears-c1 ears-c2 ears-c3 cusum ewma rki bayes cdc farrington "
     "farrington-flexible lr-poisson glr-poisson glr-nb outbreak-p "
     "back-projection",
     "ears-c1 ears-c2 ears-c3 cusum ewma rki bayes cdc farrington "
     "farrington-flexible lr-poisson glr-poisson glr-nb outbreak-p "
     "back-projection"},
    {"--freq", "N", "一年有多少期：52（默认）、12、365",
     "periods a year: 52 (default), 12, 365"},
    {"--from", "DATE", "从这天起判断；默认有足够历史即开始",
     "judge from this date on; by default as soon as there is enough past"},
    {"--control", "JSON",
     "方法的参数，如 {\"alpha\":0.01}。ears：alpha baseline minSigma；"
     "cusum：k h trans m alpha；ewma：lambda L m；rki、bayes：b w actY "
     "alpha；cdc：b m alpha；farrington：b w reweight alpha trend powertrans "
     "limit54，灵活式另有 noPeriods pastWeeksNotIncluded weightsThreshold "
     "pThresholdTrend thresholdMethod populationOffset；lr、glr：c.ARL theta "
     "mu0 alpha；outbreak-p：k；back-projection：k eps iter_max；都可加 "
     "textbook",
     "of the method, as {\"alpha\":0.01}.  ears: alpha baseline minSigma; "
     "cusum: k h trans m alpha; ewma: lambda L m; rki, bayes: b w actY "
     "alpha; cdc: b m alpha; farrington: b w reweight alpha trend powertrans "
     "limit54, flexible also noPeriods pastWeeksNotIncluded weightsThreshold "
     "pThresholdTrend thresholdMethod populationOffset; lr, glr: c.ARL theta "
     "mu0 alpha; outbreak-p: k; back-projection: k eps iter_max; textbook "
     "for all"},
    {"--incubation", "JSON",
     "back-projection：潜伏期分布，从 0 天起，如 [0,0.5,0.5]",
     "back-projection: chances of delays from 0 on, as [0,0.5,0.5]"},
    {NULL, NULL, NULL, NULL},
};

/* ---- one JSON object a line ---- */

/* A line without its end into b, at most DETECT_LINE_MAX + 1 bytes of it.
 * False at the end of the input. */
static bool line_read(FILE *in, struct buf *b)
{
    int c = getc_unlocked(in);
    if (c == EOF) return false;
    buf_clear(b);
    for (; c != EOF && c != '\n'; c = getc_unlocked(in))
        if (b->len <= DETECT_LINE_MAX) buf_putc(b, (char)c);
    return true;
}

static bool is_blank(const struct buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (!strchr(" \t\r", b->at[i])) return false;
    return true;
}

static int run_lines(struct cli *c, FILE *in)
{
    struct buf line, answer;
    int code = CLI_DONE;
    buf_init(&line, DETECT_LINE_MAX + 2);
    buf_init(&answer, (size_t)16 << 20);
    while (line_read(in, &line)) {
        if (is_blank(&line)) continue;
        buf_clear(&answer);
        if (detect_json(line.at, line.len, &c->arena, &answer))
            code = CLI_NOT_SO;
        buf_putc(&answer, '\n');
        fwrite(answer.at, 1, answer.len, stdout);
        arena_reset(&c->arena);
    }
    buf_release(&line);
    buf_release(&answer);
    return code;
}

/* ---- a sheet becomes a request ---- */

struct series_read {
    struct cli *c;
    size_t date, count, population; /* columns */
    const char **dates;
    json_t *observed, *epoch, *people;
    size_t n, cap;
    struct day last;
    size_t from;              /* first value judged, SIZE_MAX as method says */
};

static enum rc head_read(struct series_read *s, struct sheet *sheet)
{
    struct sheet_row row;
    struct fault *f = &s->c->fault;
    enum rc rc = sheet_next(sheet, &row, f);
    if (rc == NOT_FOUND)
        return fault_set(f, INVALID, "", "the file is empty");
    if (rc) return rc;
    s->date = sheet_column(&row, "date");
    s->count = sheet_column(&row, "count");
    s->population = sheet_column(&row, "population");
    if (s->date == SIZE_MAX)
        return fault_set(f, INVALID, "date", "there is no such column");
    if (s->count == SIZE_MAX)
        return fault_set(f, INVALID, "count", "there is no such column");
    return OK;
}

/* A count, or null where it is missing. */
static enum rc number_read(struct series_read *s, const struct sheet_row *row,
                           size_t column, const char *field, json_t *list)
{
    const char *text = column < row->n ? row->cell[column] : "";
    char *end;
    double x = strtod(text, &end);
    if (text_is_blank(text) || strcmp(text, "NA") == 0) {
        json_array_append_new(list, json_null());
        return OK;
    }
    if (end == text || *end || !(x >= 0 && x < 1e15)) {
        (void)!fault_set(&s->c->fault, INVALID, field,
                         "this is not a number");
        s->c->fault.row = row->line;
        return INVALID;
    }
    json_array_append_new(list, json_real(x));
    return OK;
}

static enum rc row_read(struct series_read *s, const struct sheet_row *row,
                        struct day from)
{
    struct day d;
    const char *text = s->date < row->n ? row->cell[s->date] : "";
    bool is_day = day_parse(text, &d);
    if (!is_day || (s->n && d.n <= s->last.n) ||
        s->n == DETECT_OBSERVED_MAX) {
        (void)!fault_set(&s->c->fault, INVALID, "date", is_day
            ? "dates must rise from line to line, at most 20000 of them"
            : "must be a day as 2026-11-24");
        s->c->fault.row = row->line;
        return INVALID;
    }
    if (from.n != NONE && d.n >= from.n && s->from == SIZE_MAX)
        s->from = s->n;
    s->last = d;
    s->dates = arena_grow(&s->c->arena, s->dates, s->n, &s->cap, s->n + 1,
                          sizeof *s->dates);
    s->dates[s->n++] = arena_strdup(&s->c->arena, text);
    json_array_append_new(s->epoch, json_string(text));
    enum rc rc = number_read(s, row, s->count, "count", s->observed);
    if (rc || s->population == SIZE_MAX) return rc;
    return number_read(s, row, s->population, "population", s->people);
}

static enum rc series_read(struct series_read *s, struct sheet *sheet)
{
    struct sheet_row row;
    struct fault *f = &s->c->fault;
    struct day from = NO_DAY;
    const char *text = cli_option(s->c, "--from");
    if (text && !day_parse(text, &from))
        return fault_set(f, INVALID, "--from", "must be a day as 2026-11-24");
    enum rc rc = head_read(s, sheet);
    while (!rc && (rc = sheet_next(sheet, &row, f)) == OK)
        rc = row_read(s, &row, from);
    if (rc != NOT_FOUND) return rc;
    if (text && s->from == SIZE_MAX)
        return fault_set(f, INVALID, "--from",
                         "the series ends before that day");
    return OK;
}

static enum rc json_option(struct cli *c, const char *name, json_t *request,
                           const char *member)
{
    const char *text = cli_option(c, name);
    if (!text) return OK;
    json_t *v = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (!v) return fault_set(&c->fault, INVALID, name, "is not JSON");
    json_object_set_new(request, member, v);
    return OK;
}

/* Period of the year that a date falls in, from 1. */
static int64_t period_of(const char *date, int64_t freq)
{
    struct day d;
    if (!day_parse(date, &d)) return 1;
    int64_t day = d.n - day_of(day_civil(d).year, 1, 1).n;
    int64_t period = day * freq / 365 + 1;
    return period < freq ? period : freq;
}

/* Takes over the lists of s. */
static enum rc request_make(struct series_read *s, json_t *q)
{
    struct cli *c = s->c;
    int64_t freq = cli_int(c, "--freq", 52, 1, 366);
    struct day first;
    json_object_set_new(q, "method", json_string(cli_option(c, "--method")));
    json_object_set(q, "observed", s->observed);
    json_object_set_new(q, "freq", json_integer(freq));
    if (s->n && day_parse(s->dates[0], &first))
        json_object_set_new(q, "start", json_pack(
            "[I,I]", (json_int_t)day_civil(first).year,
            (json_int_t)period_of(s->dates[0], freq)));
    if (s->n > 1) {
        json_object_set_new(q, "epoch_as_date", json_true());
        json_object_set(q, "epoch", s->epoch);
    }
    if (s->population != SIZE_MAX)
        json_object_set(q, "population", s->people);
    if (s->from != SIZE_MAX) {
        json_t *range = json_array();
        for (size_t i = s->from; i < s->n; i++)
            json_array_append_new(range, json_integer((json_int_t)i + 1));
        json_object_set_new(q, "range", range);
    }
    enum rc rc = json_option(c, "--control", q, "control");
    return rc ? rc : json_option(c, "--incubation", q, "incubation_pmf");
}

/* ---- the answer becomes a sheet ---- */

static void put_number(struct buf *b, const json_t *v)
{
    char text[40] = "";
    if (json_is_number(v))
        snprintf(text, sizeof text, "%.12g", json_number_value(v));
    sheet_put(b, false, text);
}

/* The value of a member for the i-th of n times: lists have one each, a
 * single number is that of all. */
static const json_t *value_at(const json_t *answer, const char *const *names,
                              size_t i)
{
    for (; *names; names++) {
        const json_t *v = json_object_get(answer, *names);
        if (json_is_array(v)) return json_array_get(v, i);
        if (json_is_number(v)) return v;
    }
    return NULL;
}

static size_t times_of(const json_t *answer)
{
    const json_t *alarm = json_object_get(answer, "alarm");
    if (!alarm) alarm = json_object_get(answer, "lambda");
    return json_array_size(alarm);
}

/* outbreak-p has no bound: what it calls one is its statistic. */
static void rename_bound(const struct cli *c, json_t *answer)
{
    if (strcmp(cli_option(c, "--method"), "outbreak-p") != 0) return;
    json_object_set(answer, "value", json_object_get(answer, "upperbound"));
    json_object_del(answer, "upperbound");
}

static void print_answer(const struct series_read *s, const json_t *answer,
                         struct buf *b)
{
    static const char *const head[] = {"date", "observed", "expected",
                                       "threshold", "statistic", "alarm"};
    static const char *const columns[][4] = {
        {"expected", "m", "mu0", "lambda"}, {"upperbound"},
        {"cusum", "value", "score"}, {"alarm"},
    };
    size_t n = times_of(answer);
    for (size_t i = 0; i < COUNT_OF(head); i++) sheet_put(b, !i, head[i]);
    sheet_end(b);
    /* The times judged are the last ones, whatever the method needs. */
    for (size_t i = 0, at = s->n - n; i < n; i++, at++) {
        sheet_put(b, true, s->dates[at]);
        put_number(b, json_array_get(s->observed, at));
        for (size_t k = 0; k < COUNT_OF(columns); k++) {
            const char *names[5] = {NULL};
            for (size_t j = 0; j < 4; j++) names[j] = columns[k][j];
            put_number(b, value_at(answer, names, i));
        }
        sheet_end(b);
    }
}

static enum rc judge(struct series_read *s, json_t *q, struct buf *out)
{
    struct cli *c = s->c;
    struct buf answer;
    enum rc rc = request_make(s, q);
    if (rc) return rc;
    char *text = json_dumps(q, JSON_COMPACT);
    assert(text);
    buf_init(&answer, (size_t)16 << 20);
    rc = detect_json(text, strlen(text), &c->arena, &answer);
    free(text);
    json_t *a = json_loadb(answer.at, answer.len, 0, NULL);
    buf_release(&answer);
    if (rc && a)
        fault_set(&c->fault, rc,
                  json_string_value(json_object_get(a, "field")), "%s",
                  json_string_value(json_object_get(a, "error")));
    else if (!a)
        rc = fault_set(&c->fault, FAILED, "", "the answer is too long");
    if (!rc) {
        rename_bound(c, a);
        print_answer(s, a, out);
    }
    json_decref(a);
    return rc;
}

static long read_stdin(void *ctx, void *out, size_t max)
{
    size_t n = fread(out, 1, max, ctx);
    return n || !ferror(ctx) ? (long)n : -1;
}

static enum rc run_sheet(struct cli *c, struct buf *out)
{
    struct series_read s = {.c = c, .from = SIZE_MAX};
    struct sheet *sheet;
    if (!cli_option(c, "--method"))
        return fault_set(&c->fault, INVALID, "--method", "is missing");
    enum rc rc = c->operands
        ? sheet_open_file(&sheet, c->operand[0], &c->fault)
        : sheet_open(&sheet, read_stdin, stdin, &c->fault);
    if (rc) return rc;
    json_t *q = json_object();
    s.observed = json_array();
    s.epoch = json_array();
    s.people = json_array();
    rc = series_read(&s, sheet);
    if (!rc) rc = judge(&s, q, out);
    sheet_close(sheet);
    json_decref(q);
    json_decref(s.observed);
    json_decref(s.epoch);
    json_decref(s.people);
    return rc;
}

static int run_json(struct cli *c)
{
    FILE *in = stdin;
    if (c->operands) in = fopen(c->operand[0], "rb");
    if (!in) {
        fault_set(&c->fault, INVALID, c->operand[0], "cannot be read");
        return cli_fail(c, &c->fault);
    }
    int code = run_lines(c, in);
    if (in != stdin) fclose(in);
    return code;
}

static int run(struct cli *c)
{
    if (c->json) return run_json(c);
    struct buf out;
    buf_init(&out, (size_t)64 << 20);
    enum rc rc = run_sheet(c, &out);
    if (!rc) fwrite(out.at, 1, out.len, stdout);
    buf_release(&out);
    return rc ? cli_fail(c, &c->fault) : CLI_DONE;
}

const struct command detect_command = {
    .name = "detect", .operands = "[SERIES.csv]",
    .zh = "用已发表的方法判断一列计数（date,count[,population]）；"
          "--json 逐行问答",
    .en = "judge a series of counts (date,count[,population]) by a published "
          "method; with --json one request a line",
    .options = options, .run = run,
};
