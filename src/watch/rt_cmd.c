/* rt_cmd.c - R of a table of days, or of many requests, one a line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/day.h"
#include "base/sheet.h"
#include "cli/cli.h"
#include "watch/rt.h"

static const struct option_spec options[] = {
    {"--method", "cori|wallinga-teunis", "方法，默认 cori",
     "the method; cori if absent"},
    {"--si-mean", "DAYS", "代间隔（序列间隔）的均值，大于 1",
     "mean of the serial interval, above 1"},
    {"--si-sd", "DAYS", "序列间隔的标准差", "its standard deviation"},
    {"--si", "0,0.2,0.5,…", "或者直接给出序列间隔，从 0 天起各天的比例",
     "or the interval itself: the share of each day, from day 0"},
    {"--si-mean-sd", "DAYS", "均值本身的不确定性（标准差，截于两倍处）",
     "doubt about the mean: a standard deviation, cut at two of them"},
    {"--si-sd-sd", "DAYS", "标准差本身的不确定性，同上",
     "doubt about the standard deviation, likewise"},
    {"--draws", "N", "不确定时抽取多少个序列间隔，默认 500",
     "how many intervals are drawn under doubt; 500"},
    {"--seed", "N", "抽取用的种子，默认 1", "seed of the draws; 1"},
    {"--window", "DAYS", "时间窗的天数，默认 7", "days of a window; 7"},
    {"--prior-mean", "R", "先验均值，默认 5（cori）",
     "mean of the prior; 5 (cori)"},
    {"--prior-sd", "R", "先验标准差，默认 5（cori）",
     "standard deviation of the prior; 5 (cori)"},
    {NULL, NULL, NULL, NULL},
};

enum { CASES_MAX = 1000000000 }; /* on a day */

struct task {
    struct cli *c;
    struct day first;
    double *local, *imported;
    size_t n;
    struct rt_interval si;
    struct rt_uncertain uncertain;
    struct rt_prior prior;
    struct rt_window *window;
    size_t windows;
    struct rt_estimate *result;
};

/* --- the table -------------------------------------------------------- */

static long read_stream(void *ctx, void *out, size_t max)
{
    FILE *f = ctx;
    size_t n = fread(out, 1, max, f);
    return ferror(f) ? -1 : (long)n;
}

/* One day's row.  Days rise; a day without a row had no cases. */
static enum rc take_row(struct task *t, const struct sheet_row *row,
                        const size_t column[3])
{
    const char *cell[3] = {"", "", ""};
    struct fault *f = &t->c->fault;
    int64_t cases, imported = 0;
    struct day day;
    for (size_t i = 0; i < 3; i++)
        if (column[i] < row->n) cell[i] = row->cell[column[i]];
    if (!day_parse(cell[0], &day))
        return fault_set(f, INVALID, "date", "must be a day as 2026-11-24");
    if (!text_to_int(cell[1], 0, CASES_MAX, &cases))
        return fault_set(f, INVALID, "count",
                         "a whole number of at least 0 is needed");
    if (cell[2][0] && !text_to_int(cell[2], 0, cases, &imported))
        return fault_set(f, INVALID, "imported",
                         "a whole number no larger than count is needed");
    if (t->n == 0) t->first = day;
    int64_t at = day.n - t->first.n;
    if (at < (int64_t)t->n || at >= RT_DAYS_MAX)
        return fault_set(f, INVALID, "date", "dates must rise from line to "
                         "line, at most 20000 of them");
    t->n = (size_t)at + 1;
    t->local[at] = (double)(cases - imported);
    t->imported[at] = (double)imported;
    return OK;
}

static enum rc read_rows(struct task *t, struct sheet *s)
{
    struct sheet_row row;
    struct fault *f = &t->c->fault;
    enum rc rc = sheet_next(s, &row, f);
    if (rc == NOT_FOUND)
        return fault_set(f, INVALID, "", "the file is empty");
    if (rc) return rc;
    size_t column[3] = {sheet_column(&row, "date|日期"),
                        sheet_column(&row, "count|病例数"),
                        sheet_column(&row, "imported|输入病例")};
    for (size_t i = 0; i < 2; i++)
        if (column[i] == SIZE_MAX)
            return fault_set(f, INVALID, i ? "count" : "date",
                             "there is no such column");
    while (!(rc = sheet_next(s, &row, f))) {
        rc = take_row(t, &row, column);
        if (!rc) continue;
        f->row = row.line;
        return rc;
    }
    return rc == NOT_FOUND ? OK : rc;
}

static enum rc read_table(struct task *t)
{
    struct cli *c = t->c;
    struct sheet *s;
    t->local = ARENA_ARRAY(&c->arena, RT_DAYS_MAX, double);
    t->imported = ARENA_ARRAY(&c->arena, RT_DAYS_MAX, double);
    enum rc rc = c->operands
                     ? sheet_open_file(&s, c->operand[0], &c->fault)
                     : sheet_open(&s, read_stream, stdin, &c->fault);
    if (rc) return rc;
    rc = read_rows(t, s);
    sheet_close(s);
    return rc;
}

/* --- options ---------------------------------------------------------- */

static enum rc number_option(struct cli *c, const char *name, double least,
                             double most, double *out)
{
    const char *text = cli_option(c, name);
    if (!text) return OK;
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !(x >= least && x <= most))
        return fault_set(&c->fault, INVALID, name,
                         "a number within its range is needed");
    *out = x;
    return OK;
}

static enum rc interval_list(struct task *t, const char *text)
{
    size_t n = 0;
    double *w = ARENA_ARRAY(&t->c->arena, strlen(text) + 2, double), sum = 0;
    for (const char *p = text; ; p++) {
        char *end;
        double x = strtod(p, &end);
        if (end == p || !(x >= 0 && x <= 1) || (*end && *end != ','))
            return fault_set(&t->c->fault, INVALID, "--si",
                             "shares from 0 to 1 with commas are needed");
        w[n++] = x;
        sum += x;
        p = end;
        if (!*p) break;
    }
    if (w[0] != 0 || fabs(sum - 1) > 0.01)
        return fault_set(&t->c->fault, INVALID, "--si",
                         "it must begin with 0 and add up to 1");
    t->si = (struct rt_interval){w, n};
    return OK;
}

static enum rc interval_of(struct task *t)
{
    struct cli *c = t->c;
    const char *list = cli_option(c, "--si");
    struct rt_range *mean = &t->uncertain.mean, *sd = &t->uncertain.sd;
    enum rc rc = number_option(c, "--si-mean", 1.000001, 1000, &mean->mean);
    if (!rc) rc = number_option(c, "--si-sd", 0.001, 1000, &sd->mean);
    if (!rc) rc = number_option(c, "--si-mean-sd", 0, 1000, &mean->sd);
    if (!rc) rc = number_option(c, "--si-sd-sd", 0, 1000, &sd->sd);
    if (rc) return rc;
    if (list && (mean->mean > 0 || sd->mean > 0))
        return fault_set(&c->fault, INVALID, "--si",
                         "give either the interval or its mean");
    if (list) return interval_list(t, list);
    if (!(mean->mean > 0 && sd->mean > 0))
        return fault_set(&c->fault, INVALID, "--si-mean",
                         "the serial interval is needed: --si-mean and "
                         "--si-sd, or --si");
    double *w = ARENA_ARRAY(&c->arena, t->n + 1, double);
    rt_interval_gamma(mean->mean, sd->mean, w, t->n + 1);
    t->si = (struct rt_interval){w, t->n + 1};
    return OK;
}

static enum rc uncertain_of(struct task *t, bool ahead)
{
    struct rt_uncertain *u = &t->uncertain;
    struct cli *c = t->c;
    u->draws = (int)cli_int(c, "--draws", 500, 1, RT_DRAWS_MAX);
    u->seed = (uint64_t)cli_int(c, "--seed", 1, 0, INT64_MAX);
    if (u->mean.sd == 0 && u->sd.sd == 0) return OK;
    u->mean.least = u->mean.mean - 2 * u->mean.sd;
    u->mean.most = u->mean.mean + 2 * u->mean.sd;
    u->sd.least = u->sd.mean - 2 * u->sd.sd;
    u->sd.most = u->sd.mean + 2 * u->sd.sd;
    if (ahead || !rt_uncertain_holds(u))
        return fault_set(&c->fault, INVALID, "--si-mean-sd",
                         "doubt is for cori, and must leave the mean above "
                         "1 and its sd above 0");
    if ((double)t->windows * u->draws > 2e6)
        return fault_set(&c->fault, INVALID, "--draws",
                         "that many draws and windows are too many");
    return OK;
}

static enum rc windows_of(struct task *t)
{
    size_t days = (size_t)cli_int(t->c, "--window", 7, 1, RT_DAYS_MAX);
    if (t->n <= days)
        return fault_set(&t->c->fault, INVALID, "--window",
                         "the file has too few days for a window");
    t->windows = t->n - days;
    t->window = ARENA_ARRAY(&t->c->arena, t->windows, struct rt_window);
    for (size_t i = 0; i < t->windows; i++)
        t->window[i] = (struct rt_window){i + 1, i + days};
    t->result = ARENA_ARRAY(&t->c->arena, t->windows, struct rt_estimate);
    return OK;
}

static enum rc method_of(struct cli *c, bool *ahead)
{
    const char *name = cli_option(c, "--method");
    *ahead = name && strcmp(name, "wallinga-teunis") == 0;
    if (!name || *ahead || strcmp(name, "cori") == 0) return OK;
    return fault_set(&c->fault, INVALID, "--method",
                     "must be cori or wallinga-teunis");
}

/* --- the answer ------------------------------------------------------- */

static void put_number(struct buf *b, double x)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", x);
    sheet_put(b, false, isfinite(x) ? text : "");
}

static void print_table(const struct task *t, struct buf *b)
{
    static const char *const head[] = {"start", "end", "mean", "sd", "q025",
                                       "median", "q975"};
    for (size_t i = 0; i < COUNT_OF(head); i++)
        sheet_put(b, i == 0, head[i]);
    sheet_end(b);
    for (size_t i = 0; i < t->windows; i++) {
        const struct rt_estimate *e = &t->result[i];
        char start[11], end[11];
        day_format(start, (struct day){t->first.n
                                       + (int64_t)t->window[i].start});
        day_format(end, (struct day){t->first.n
                                     + (int64_t)t->window[i].end});
        sheet_put(b, true, start);
        sheet_put(b, false, end);
        put_number(b, e->mean);
        put_number(b, e->sd);
        put_number(b, e->q[0]);
        put_number(b, e->q[RT_QUANTILES / 2]);
        put_number(b, e->q[RT_QUANTILES - 1]);
        sheet_end(b);
    }
}

static enum rc run_table(struct cli *c, struct buf *out)
{
    bool ahead = false;
    struct task t = {.c = c, .prior = RT_PRIOR};
    enum rc rc = method_of(c, &ahead);
    if (!rc)
        rc = number_option(c, "--prior-mean", 1e-6, 1e6, &t.prior.mean);
    if (!rc) rc = number_option(c, "--prior-sd", 1e-6, 1e6, &t.prior.sd);
    if (!rc) rc = read_table(&t);
    if (!rc) rc = windows_of(&t);
    if (!rc) rc = interval_of(&t);
    if (!rc) rc = uncertain_of(&t, ahead);
    if (rc) return rc;
    struct rt_cases cases = {t.local, t.imported, t.n};
    if (ahead)
        rt_wallinga_teunis(&cases, t.si, t.window, t.windows, t.result,
                           &c->arena);
    else if (t.uncertain.mean.sd > 0 || t.uncertain.sd.sd > 0)
        rt_cori_uncertain(&cases, &t.uncertain, t.prior, t.window, t.windows,
                          t.result, &c->arena);
    else
        rt_cori(&cases, t.si, t.prior, t.window, t.windows, t.result,
                &c->arena);
    print_table(&t, out);
    return OK;
}

/* --- requests, one a line --------------------------------------------- */

/* A line without its end, at most RT_LINE_MAX + 1 bytes of it. */
static bool read_line(FILE *in, struct buf *b)
{
    int ch = getc_unlocked(in);
    if (ch == EOF) return false;
    buf_clear(b);
    for (; ch != EOF && ch != '\n'; ch = getc_unlocked(in))
        if (b->len <= RT_LINE_MAX) buf_putc(b, (char)ch);
    return true;
}

static bool is_blank(const struct buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (!strchr(" \t\r", b->at[i])) return false;
    return true;
}

/* A bad line has its error on its line of the answers; the rest go on. */
static bool answer_lines(FILE *in, struct arena *a)
{
    struct buf line, out;
    bool good = true;
    buf_init(&line, RT_LINE_MAX + 2);
    buf_init(&out, (size_t)64 << 20);
    while (read_line(in, &line)) {
        if (is_blank(&line)) continue;
        buf_clear(&out);
        arena_reset(a);
        if (rt_json(line.at, line.len, a, &out)) good = false;
        buf_putc(&out, '\n');
        assert(buf_ok(&out)); /* 20000 windows of 11 numbers: 6 MB */
        fwrite(out.at, 1, out.len, stdout);
    }
    buf_release(&line);
    buf_release(&out);
    return good;
}

static int run_lines(struct cli *c)
{
    struct arena a;
    FILE *in = c->operands ? fopen(c->operand[0], "rb") : stdin;
    if (!in) {
        fault_set(&c->fault, INVALID, c->operand[0], "cannot be read");
        return cli_fail(c, &c->fault);
    }
    arena_init(&a, (size_t)1 << 30);
    bool good = answer_lines(in, &a);
    arena_release(&a);
    if (in != stdin) fclose(in);
    return good ? CLI_DONE : CLI_NOT_SO;
}

static int run(struct cli *c)
{
    if (c->json) return run_lines(c);
    struct buf out;
    buf_init(&out, (size_t)64 << 20);
    enum rc rc = run_table(c, &out);
    if (!rc) fwrite(out.at, 1, out.len, stdout);
    buf_release(&out);
    return rc ? cli_fail(c, &c->fault) : CLI_DONE;
}

const struct command rt_command = {
    .name = "rt", .operands = "[SERIES.csv]",
    .zh = "由逐日病例数估计再生数 R（date,count[,imported]；"
          "加 --json 则每行一个请求）",
    .en = "estimate the reproduction number R of cases by day "
          "(date,count[,imported]; with --json one request a line)",
    .options = options, .run = run,
};
