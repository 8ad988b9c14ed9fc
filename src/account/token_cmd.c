/* token_cmd.c - one API token for an account. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"
#include "cli/cli.h"

static const struct option_spec options[] = {
    {"--user", "NAME", "登录名", "log-in name"},
    {"--days", "N", "有效天数（默认 30）", "days it lasts (30)"},
    {NULL, NULL, NULL, NULL},
};

struct made {
    const char *user;
    int64_t days;
    char secret[SECRET_TEXT];
};

static enum rc make(struct work *w, void *arg)
{
    struct made *m = arg;
    struct account a;
    enum rc rc = account_by_login(w, m->user, &a);
    if (rc) return rc;
    return session_open(w, a.id, true, "command line", m->days, m->secret);
}

static int run(struct cli *c)
{
    struct made m = {.user = cli_option(c, "--user"),
                     .days = cli_int(c, "--days", 30, 1, 3650)};
    enum rc rc = OK;
    if (!m.user)
        rc = work_fail(&c->work, INVALID, "--user", "is missing");
    if (!rc) rc = store_write(&c->work, make, &m);
    if (rc) return cli_fail(c, &c->work.fault);
    if (c->json) printf("{\"token\":\"%s\"}\n", m.secret);
    else printf("%s\n", m.secret);
    return CLI_DONE;
}

const struct command token_command = {
    .name = "token", .operands = "", .zh = "为一个账号发放接口令牌",
    .en = "make one API token for an account", .flags = CLI_DB | CLI_CITY,
    .options = options, .run = run,
};
