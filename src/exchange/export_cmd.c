/* export_cmd.c - a list written to a file. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "exchange/export.h"

static const struct option_spec options[] = {
    {"--out", "FILE.csv", "写到哪个文件", "the file to write"},
    {NULL, NULL, NULL, NULL},
};

static bool to_file(void *ctx, const void *p, size_t n)
{
    return fwrite(p, 1, n, ctx) == n;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* Into FILE.part, readable by its owner alone; FILE appears when it is
 * whole. */
static enum rc write_file(struct cli *c, const char *out, int64_t *rows)
{
    const char *part = arena_printf(&c->arena, "%s.part", out);
    (void)!unlink(part);
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!f) {
        if (fd >= 0) close(fd);
        return fault_set(&c->fault, INVALID, "--out", "%s cannot be written",
                         out);
    }
    enum rc rc = export_table(&c->work, c->operand[0], to_file, f, rows);
    if (rc) c->fault = c->work.fault;
    if (fclose(f) != 0 && !rc)
        rc = fault_set(&c->fault, FAILED, "", "the file cannot be written");
    if (!rc && rename(part, out) != 0)
        rc = fault_set(&c->fault, INVALID, "--out", "%s cannot be written",
                       out);
    if (rc) (void)!unlink(part);
    return rc;
}

static enum rc check(struct cli *c, const char *out)
{
    if (text_is_empty(out))
        return fault_set(&c->fault, INVALID, "--out", "is missing");
    if (ends_with(out, ".xlsx"))
        return fault_set(&c->fault, INVALID, "--out",
                         "workbooks are not written: name a file that ends "
                         "with .csv");
    if (!ends_with(out, ".csv"))
        return fault_set(&c->fault, INVALID, "--out",
                         "name a file that ends with .csv");
    return OK;
}

static int run(struct cli *c)
{
    const char *out = cli_option(c, "--out");
    int64_t rows = 0;
    enum rc rc = check(c, out);
    if (!rc) rc = write_file(c, out, &rows);
    if (rc) return cli_fail(c, &c->fault);
    printf(c->json ? "{\"rows\":%lld}\n"
           : c->language == LANG_ZH ? "已导出 %lld 行\n" : "%lld rows\n",
           (long long)rows);
    return CLI_DONE;
}

const struct command export_command = {
    .name = "export", .operands = "WHAT",
    .zh = "导出名册、地点或上报（people places reports）为 CSV",
    .en = "write people, places or reports to a CSV file",
    .flags = CLI_DB, .options = options, .run = run,
};
