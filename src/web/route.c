/* route.c - finding a route, listing them all.  See route.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/route.h"

#include "base/text.h"
#include "intake/intake.h"

#define ROUTES(name) extern const struct route_table name;
#include "web/routes.def"
#undef ROUTES

static const struct route_table *const tables[] = {
#define ROUTES(name) &name,
#include "web/routes.def"
#undef ROUTES
};

/* Does the path match the pattern, segment by segment? */
static bool matches(const struct route *r, const char *path, struct call *c,
                    const struct report_kind **kind)
{
    const char *pattern = r->path;
    size_t params = 0;
    *kind = NULL;
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++) return false;
            continue;
        }
        size_t n = strcspn(path, "/");
        if (n == 0 || n > 200) return false;
        const char *value = arena_strndup(&c->arena, path, n);
        if (strncmp(pattern, "{kind}", 6) == 0) {
            *kind = report_kind_find(value);
            if (!*kind) return false;
        } else {
            assert(params < CALL_PARAMS);
            c->param[params++] = value;
        }
        pattern += strcspn(pattern, "}") + 1;
        path += n;
    }
    return *pattern == *path;
}

static void add_allowed(char *allow, const char *method)
{
    size_t n = strlen(allow);
    snprintf(allow + n, 200 - n, "%s%s", n ? ", " : "", method);
}

enum rc route_find(struct call *c, const char *method, const char *path,
                   const struct route **out, char *allow)
{
    bool head = strcmp(method, "HEAD") == 0;
    allow[0] = '\0';
    for (size_t t = 0; t < COUNT_OF(tables); t++) {
        for (size_t i = 0; i < tables[t]->n; i++) {
            const struct route *r = &tables[t]->routes[i];
            const struct report_kind *kind;
            if (!matches(r, path, c, &kind)) continue;
            if (strcmp(r->method, head ? "GET" : method) == 0) {
                c->kind = kind;
                *out = r;
                return OK;
            }
            add_allowed(allow, r->method);
        }
    }
    return allow[0] ? CONFLICT : NOT_FOUND;
}

void route_each(route_visit *visit, void *ctx)
{
    for (size_t t = 0; t < COUNT_OF(tables); t++) {
        for (size_t i = 0; i < tables[t]->n; i++) {
            const struct route *r = &tables[t]->routes[i];
            if (!(r->flags & ROUTE_PER_KIND)) {
                visit(r, r->path, NULL, ctx);
                continue;
            }
            const char *mark = strstr(r->path, "{kind}");
            for (size_t k = 0; report_kinds[k]; k++) {
                char path[200];
                snprintf(path, sizeof path, "%.*s%s%s",
                         (int)(mark - r->path), r->path,
                         report_kinds[k]->name, mark + 6);
                visit(r, path, report_kinds[k], ctx);
            }
        }
    }
}

uint64_t route_caps(const struct route *r, const struct report_kind *k)
{
    uint64_t caps = r->caps;
    if (k && r->flags & ROUTE_WRITE) caps |= k->may_submit;
    return caps;
}

void route_roles(const struct route *r, const struct report_kind *k,
                 struct buf *b)
{
    uint64_t caps = route_caps(r, k);
    bool first = true;
    buf_putc(b, '[');
    if (!caps) buf_puts(b, "\"public\"");
    for (int role = 0; caps && role < ROLES; role++) {
        if ((role_caps((enum role)role) & caps) != caps) continue;
        if (!first) buf_putc(b, ',');
        buf_json(b, role_names[role]);
        first = false;
    }
    buf_putc(b, ']');
}
