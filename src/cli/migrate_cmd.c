/* migrate_cmd.c - a schema brought up to this program's, by its owner. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

static const struct option_spec options[] = {
    {"--db", "FILE|postgres://…", "数据库", "the database"},
    {NULL, NULL, NULL, NULL},
};

static int run(struct cli *c)
{
    int64_t applied = 0, known = 0;
    struct store_options o = {.url = cli_option(c, "--db"), .migrate = true,
                              .read_only = true};
    enum rc rc = OK;
    if (!o.url || !o.url[0])
        rc = fault_set(&c->fault, INVALID, "--db", "is missing");
    if (!rc) rc = store_open(&c->store, &o, &c->fault);
    if (!rc) rc = store_schema(c->store, &applied, &known, &c->fault);
    if (rc) return cli_fail(c, &c->fault);
    if (c->json) printf("{\"schema\":%lld}\n", (long long)applied);
    else printf("schema %lld\n", (long long)applied);
    return CLI_DONE;
}

const struct command migrate_command = {
    .name = "migrate", .operands = "", .zh = "把数据库结构升级到本程序的版本",
    .en = "bring a database's schema up to this program's",
    .options = options, .run = run,
};
