/* routes_cmd.c - the table of routes, printed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"
#include "web/route.h"

struct list {
    struct buf out;
    bool json;
    size_t n;
};

static void add(const struct route *r, const char *path,
                const struct report_kind *k, void *ctx)
{
    struct list *l = ctx;
    const char *kind = r->face == ROUTE_PAGE ? "page" : "api";
    if (!l->json) {
        buf_printf(&l->out, "%-6s %-44s %-4s ", r->method, path, kind);
        route_roles(r, k, &l->out);
        buf_putc(&l->out, '\n');
        return;
    }
    buf_puts(&l->out, l->n++ ? ",\n" : "");
    buf_printf(&l->out, "{\"method\":\"%s\",\"path\":\"%s\",\"kind\":\"%s\","
               "\"roles\":", r->method, path, kind);
    route_roles(r, k, &l->out);
    buf_puts(&l->out, ",\"summary\":");
    buf_json(&l->out, r->summary);
    buf_putc(&l->out, '}');
}

static int run(struct cli *c)
{
    struct list l = {.json = c->json};
    buf_init(&l.out, (size_t)4 << 20);
    if (c->json) buf_putc(&l.out, '[');
    route_each(add, &l);
    if (c->json) buf_puts(&l.out, "]\n");
    fwrite(l.out.at, 1, l.out.len, stdout);
    buf_release(&l.out);
    return CLI_DONE;
}

const struct command routes_command = {
    .name = "routes", .operands = "", .zh = "列出所有网页与接口及可用角色",
    .en = "list every page and API route and the roles that may use it",
    .run = run,
};
