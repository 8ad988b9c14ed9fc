/* init_cmd.c - a new community, real or for demonstration. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cli/cli.h"
#include "ledger/follower.h"
#include "place/place.h"
#include "sim/demo.h"

static const struct option_spec options[] = {
    {"--db", "FILE|postgres://…", "数据库（新文件）",
     "the database (a new file)"},
    {"--demo", NULL, "建立示范社区", "make the demonstration community"},
    {"--seed", "N", "示范数据的种子（默认 1）",
     "seed of the demonstration data (1)"},
    {"--today", "YYYY-MM-DD", "示范社区的今天", "its today"},
    {"--name", "NAME", "社区名称", "name of the community"},
    {"--zone", "ZONE", "时区（默认 Asia/Shanghai）",
     "time zone (Asia/Shanghai)"},
    {"--days", "N", "示范数据含多少天上报（默认 60）",
     "days of reports in the demonstration (60)"},
    {"--add", NULL, "加入已有的数据库", "add it to a database that is there"},
    {NULL, NULL, NULL, NULL},
};

static void progress(void *ctx, int64_t done, int64_t all)
{
    cli_progress(ctx, "days of reports", done, all);
}

static enum rc make_real(struct work *w, void *arg)
{
    struct cli *c = ((void **)arg)[0];
    struct demo_made *made = ((void **)arg)[1];
    struct demo_account *d = &made->accounts[0];
    const char *zone = cli_option(c, "--zone");
    struct community community = {.name = cli_option(c, "--name"),
                                  .zone = zone ? zone : "Asia/Shanghai"};
    if (text_is_blank(community.name))
        return work_fail(w, INVALID, "--name", "is missing");
    enum rc rc = community_create(w, &community);
    if (rc == CONFLICT)
        return work_fail(w, CONFLICT, "--name",
                         "there is a community of that name already");
    if (rc) return rc;
    made->community = community.community;
    made->n = 1;
    return demo_account_make(w, d, (struct person_id){0},
                             (struct place_id){0});
}

static enum rc real(struct cli *c, struct demo_made *made)
{
    void *arg[] = {c, made};
    memset(made, 0, sizeof *made);
    made->accounts[0].name = "admin";
    made->accounts[0].role = ROLE_ADMIN;
    password_make(made->accounts[0].password, DEMO_PASSWORD);
    enum rc rc = store_write(&c->work, make_real, arg);
    if (rc) c->fault = c->work.fault;
    return rc;
}

static enum rc today_of(struct cli *c, struct day *out)
{
    const char *text = cli_option(c, "--today");
    *out = zone_day(zone_find("Asia/Shanghai"), instant_wall());
    if (!text || day_parse(text, out)) return OK;
    return fault_set(&c->fault, INVALID, "--today",
                     "must be a day as 2026-11-24");
}

static enum rc demo(struct cli *c, struct demo_made *made)
{
    const char *name = cli_option(c, "--name");
    struct demo_options o = {
        .name = name ? name : "示范社区",
        .seed = (uint64_t)cli_int(c, "--seed", 1, 0, INT64_MAX),
        .days = (int)cli_int(c, "--days", DEMO_DAYS, 0, DEMO_DAYS),
        .progress = progress, .ctx = c};
    enum rc rc = today_of(c, &o.today);
    if (rc) return rc;
    rc = demo_store(c->store, &o, &c->arena, made, &c->fault);
    if (rc == CONFLICT)
        return fault_set(&c->fault, CONFLICT, "--name",
                         "there is a community of that name already");
    return rc;
}

static void print_json(const struct demo_made *made)
{
    struct buf b;
    buf_init(&b, (size_t)64 << 10);
    buf_printf(&b, "{\"community\":\"%lld\",\"accounts\":[",
               (long long)made->community.v);
    for (size_t i = 0; i < made->n; i++) {
        const struct demo_account *d = &made->accounts[i];
        buf_printf(&b, "%s{\"name\":\"%s\",\"role\":\"%s\",\"password\":"
                   "\"%s\",\"token\":\"%s\"}", i ? "," : "", d->name,
                   role_names[d->role], d->password, d->token);
    }
    buf_puts(&b, "]}\n");
    fwrite(b.at, 1, b.len, stdout);
    buf_release(&b);
}

static void print(const struct cli *c, const struct demo_made *made)
{
    if (c->json) {
        print_json(made);
        return;
    }
    for (size_t i = 0; i < made->n; i++)
        printf("%-16s %-16s %s  %s\n", role_names[made->accounts[i].role],
               made->accounts[i].name, made->accounts[i].password,
               made->accounts[i].token);
}

static int run(struct cli *c)
{
    struct demo_made made;
    bool is_demo = cli_option(c, "--demo"), add = cli_option(c, "--add");
    c->db = cli_option(c, "--db");
    if (text_is_empty(c->db)) {
        fault_set(&c->fault, INVALID, "--db", "is missing");
        return cli_fail(c, &c->fault);
    }
    /* A demonstration repeats to the byte but for its secrets: ids and dice
     * come from the seed and the world's own clock. */
    struct store_options o = {
        .url = c->db, .create = !add, .must_be_new = !add, .migrate = true,
        .repeatable = is_demo && !add,
        .seed = (uint64_t)cli_int(c, "--seed", 1, 0, INT64_MAX)};
    if (is_demo) {
        struct day today;
        if (today_of(c, &today)) return cli_fail(c, &c->fault);
        o.clock.world = zone_start(zone_find("Asia/Shanghai"),
                                   (struct day){today.n - DEMO_DAYS});
    }
    enum rc rc = cli_open(c, &o, true);
    if (!rc) rc = is_demo ? demo(c, &made) : real(c, &made);
    if (!rc) rc = followers_wait(c->store, &c->fault);
    if (rc) return cli_fail(c, &c->fault);
    print(c, &made);
    return CLI_DONE;
}

const struct command init_command = {
    .name = "init", .operands = "", .zh = "建立一个社区",
    .en = "make a community", .flags = CLI_CITY, .options = options,
    .run = run,
};
