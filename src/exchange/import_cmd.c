/* import_cmd.c - a roster brought in from the command line, or undone. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cli/cli.h"
#include "exchange/roster.h"

static const struct option_spec options[] = {
    {"--dry-run", NULL, "只比对，不写入", "compare only, store nothing"},
    {"--skip-bad", NULL, "有错的行跳过，其余导入",
     "bring in the good rows though others are bad"},
    {"--undo", "BATCH", "撤销一次导入", "undo an import"},
    {NULL, NULL, NULL, NULL},
};

static void member(struct buf *b, const char *name, int64_t n)
{
    buf_printf(b, ",\"%s\":%lld", name, (long long)n);
}

static void member_text(struct buf *b, bool first, const char *name,
                        const char *text)
{
    buf_printf(b, "%s\"%s\":", first ? "" : ",", name);
    buf_json(b, text);
}

static void print_cell(const struct cli *c, struct buf *b, const char *sheet,
                       const struct roster_cell *cell)
{
    buf_puts(b, "{");
    member_text(b, true, "sheet", sheet);
    member(b, "row", cell->row);
    member_text(b, false, "column", cell->column);
    member_text(b, false, "value", cell->value);
    member_text(b, false, "reason", words_in(c->language, cell->reason));
    member_text(b, false, "remedy", words_in(c->language, cell->remedy));
    buf_puts(b, "}");
}

static void print_json(const struct cli *c, const char *sheet,
                       const struct roster_result *r)
{
    struct buf b;
    buf_init(&b, (size_t)256 << 20);
    buf_puts(&b, "{\"batch\":");
    if (r->batch) buf_printf(&b, "\"%lld\"", (long long)r->batch);
    else buf_puts(&b, "null");
    member(&b, "added", r->added);
    member(&b, "changed", r->changed);
    member(&b, "unchanged", r->unchanged);
    member(&b, "refused", r->refused);
    buf_puts(&b, ",\"cells\":[");
    for (size_t i = 0; i < r->n_cells; i++) {
        if (i) buf_putc(&b, ',');
        print_cell(c, &b, sheet, &r->cells[i]);
    }
    buf_puts(&b, "]}\n");
    fwrite(b.at, 1, b.len, stdout);
    buf_release(&b);
}

static void print_text(const struct cli *c, const struct roster_result *r)
{
    bool zh = c->language == LANG_ZH;
    for (size_t i = 0; i < r->n_cells; i++) {
        const struct roster_cell *x = &r->cells[i];
        printf(zh ? "第 %lld 行 %s “%s”：%s。%s\n"
                  : "row %lld, %s \"%s\": %s; %s\n",
               (long long)x->row, x->column, x->value,
               words_in(c->language, x->reason),
               words_in(c->language, x->remedy));
    }
    printf(zh ? "新增 %lld，更改 %lld，不变 %lld，有错 %lld，新建地点 %lld\n"
              : "added %lld, changed %lld, unchanged %lld, refused %lld, "
                "places made %lld\n",
           (long long)r->added, (long long)r->changed,
           (long long)r->unchanged, (long long)r->refused,
           (long long)r->places);
    if (r->batch)
        printf(zh ? "批次 %lld（撤销：renlin import --undo %lld）\n"
                  : "batch %lld (to undo: renlin import --undo %lld)\n",
               (long long)r->batch, (long long)r->batch);
}

static int undo(struct cli *c, const char *text)
{
    struct roster_undone u;
    int64_t batch;
    if (!text_to_int(text, 1, INT64_MAX, &batch)) {
        fault_set(&c->fault, INVALID, "--undo",
                  "must be the number of an import");
        return cli_fail(c, &c->fault);
    }
    if (roster_undo(&c->work, batch, &u)) return cli_fail(c, &c->work.fault);
    const char *format = c->language == LANG_ZH
        ? "已恢复 %lld，已撤出 %lld，此后另有更改而保留 %lld\n"
        : "restored %lld, taken out %lld, kept since changed later %lld\n";
    if (c->json)
        format = "{\"restored\":%lld,\"closed\":%lld,\"kept\":%lld}\n";
    printf(format, (long long)u.restored, (long long)u.closed,
           (long long)u.kept);
    return CLI_DONE;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int bring_in(struct cli *c, const char *path)
{
    struct sheet *sheet = NULL;
    struct roster_result r;
    struct roster_options o = {.sheet = file_name(path),
                               .dry_run = cli_option(c, "--dry-run") != NULL,
                               .skip_bad =
                                   cli_option(c, "--skip-bad") != NULL};
    if (sheet_open_file(&sheet, path, &c->fault))
        return cli_fail(c, &c->fault);
    enum rc rc = roster_import(&c->work, sheet, &o, &r);
    sheet_close(sheet);
    if (rc && !r.n_cells) return cli_fail(c, &c->work.fault);
    if (r.ignored[0])
        fprintf(stderr, "%s %s\n",
                words_in(c->language, "columns that were not used:"),
                r.ignored);
    if (c->json) print_json(c, o.sheet, &r);
    else print_text(c, &r);
    return rc ? cli_fail(c, &c->work.fault) : CLI_DONE;
}

/* A zip: xlsx, whatever it is called. */
static bool is_workbook(const char *path)
{
    char start[4] = "";
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    size_t n = fread(start, 1, sizeof start, f);
    fclose(f);
    return n == sizeof start && memcmp(start, "PK\3\4", 4) == 0;
}

static int run(struct cli *c)
{
    const char *batch = cli_option(c, "--undo");
    if (batch && c->operands == 0) return undo(c, batch);
    if (batch || c->operands == 0) {
        fault_set(&c->fault, INVALID, "ROSTER",
                  "name a file, or an import to undo");
        return cli_fail(c, &c->fault);
    }
    if (is_workbook(c->operand[0])) {
        fault_set(&c->fault, INVALID, "ROSTER",
                  "workbooks are not read: save the sheet as CSV UTF-8");
        return cli_fail(c, &c->fault);
    }
    return bring_in(c, c->operand[0]);
}

const struct command import_command = {
    .name = "import", .operands = "[ROSTER]",
    .zh = "导入居民名册（CSV），或撤销一次导入",
    .en = "bring in a roster of residents (CSV), or undo an import",
    .flags = CLI_DB, .options = options, .run = run,
};
