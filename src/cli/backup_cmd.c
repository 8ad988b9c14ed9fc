/* backup_cmd.c - a consistent copy while others go on, and back again. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/stat.h>

#include "cli/cli.h"

static int say_done(const struct cli *c, const char *from, const char *to)
{
    if (c->json) {
        struct buf b;
        buf_init(&b, 16384);
        buf_puts(&b, "{\"from\":");
        buf_json(&b, from);
        buf_puts(&b, ",\"to\":");
        buf_json(&b, to);
        buf_puts(&b, "}");
        printf("%s\n", b.at);
        buf_release(&b);
    } else {
        printf("%s -> %s\n", from, to);
    }
    return CLI_DONE;
}

/* Copy `from` to the new file `to`; the copy must open as a database whose
 * schema is known. */
static enum rc copy_database(const char *from, const char *to,
                             struct fault *f)
{
    struct store *s = NULL;
    struct store_options o = {.url = from, .read_only = true};
    enum rc rc = store_open(&s, &o, f);
    int64_t applied = 0, known = 0;
    if (!rc) rc = store_schema(s, &applied, &known, f);
    if (!rc && (applied == 0 || applied > known))
        rc = fault_set(f, INVALID, "", "%s is no database of this program",
                       from);
    if (!rc) rc = store_backup(s, to, f);
    store_close(s);
    return rc;
}

static const struct option_spec backup_options[] = {
    {"--db", "FILE", "要备份的数据库", "the database to copy"},
    {"--out", "FILE", "备份写到哪里（新文件）", "where to (a new file)"},
    {NULL, NULL, NULL, NULL},
};

static enum rc want(struct cli *c, const char *name, const char **out)
{
    *out = cli_option(c, name);
    if (*out && (*out)[0]) return OK;
    return fault_set(&c->fault, INVALID, name, "is missing");
}

static int backup_run(struct cli *c)
{
    const char *from, *to;
    enum rc rc = want(c, "--db", &from);
    if (!rc) rc = want(c, "--out", &to);
    if (!rc) rc = copy_database(from, to, &c->fault);
    if (rc) return cli_fail(c, &c->fault);
    /* Without its keys a copy cannot be read: say so, never copy them. */
    fprintf(stderr, "%s\n",
            words_in(c->language, "keep the keys of this database in another "
                                  "place: without them the copy cannot be "
                                  "read"));
    return say_done(c, from, to);
}

const struct command backup_command = {
    .name = "backup", .operands = "", .zh = "在线备份数据库",
    .en = "copy a database while it serves", .options = backup_options,
    .run = backup_run,
};

static const struct option_spec restore_options[] = {
    {"--from", "FILE", "备份文件", "the copy"},
    {"--db", "FILE", "恢复为哪个数据库（新文件）",
     "the database to make of it (a new file)"},
    {NULL, NULL, NULL, NULL},
};

static int restore_run(struct cli *c)
{
    const char *from, *to;
    struct stat st;
    enum rc rc = want(c, "--from", &from);
    if (!rc) rc = want(c, "--db", &to);
    if (!rc && stat(to, &st) == 0)
        rc = fault_set(&c->fault, CONFLICT, "db", "%s is there already", to);
    if (!rc) rc = copy_database(from, to, &c->fault);
    return rc ? cli_fail(c, &c->fault) : say_done(c, from, to);
}

const struct command restore_command = {
    .name = "restore", .operands = "", .zh = "从备份恢复为新的数据库",
    .en = "make a database of a copy", .options = restore_options,
    .run = restore_run,
};
