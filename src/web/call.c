/* call.c - what a route's functions ask of their call.  See call.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/call.h"

#include <string.h>

#include "base/text.h"
#include "store/keys.h"
#include "web/inside.h"

int64_t call_param_id(const struct call *c, size_t i)
{
    int64_t id = 0;
    assert(i < CALL_PARAMS);
    if (!c->param[i] || !text_to_int(c->param[i], 1, INT64_MAX, &id))
        return 0;
    return id;
}

int64_t call_query_int(struct call *c, const char *name, int64_t fallback,
                       int64_t min, int64_t max)
{
    const char *text = pairs_get(&c->query, name);
    int64_t n = fallback;
    if (!text[0] || text_to_int(text, min, max, &n)) return n;
    if (!c->bad.code) {
        char range[64];
        snprintf(range, sizeof range, "%lld … %lld", (long long)min,
                 (long long)max);
        (void)!fault_set(&c->bad, INVALID, name,
                         "must be a whole number within %s", range);
    }
    return fallback;
}

struct day call_query_day(struct call *c, const char *name)
{
    const char *text = pairs_get(&c->query, name);
    struct day day = NO_DAY;
    if (text[0] && !day_parse(text, &day) && !c->bad.code)
        (void)!fault_set(&c->bad, INVALID, name,
                         "must be a day such as 2026-11-24");
    return day;
}

void call_header(struct call *c, const char *name, const char *value)
{
    assert(c->n_headers < CALL_HEADERS_MAX);
    /* A line break in a value would end the header. */
    char *copy = arena_strdup(&c->arena, value);
    for (char *p = copy; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) *p = ' ';
    c->headers[c->n_headers++] = (struct pair){name, copy};
}

void call_see_other(struct call *c, const char *where)
{
    c->status = 303;
    call_header(c, "Location", where);
}

const char *call_asked(const struct call *c, const char *name)
{
    return MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, name);
}

const char *call_form_token(struct call *c)
{
    const struct keys *keys = store_keys(c->work.store);
    if (!c->cookie || c->by_token || !keys) return NULL;
    char *out = arena_alloc(&c->arena, KEYS_FORM_TOKEN);
    keys_form_token(keys, c->cookie, out);
    return out;
}

void call_html(struct call *c, struct html *h)
{
    *h = (struct html){
        .out = &c->out, .language = c->work.language, .zone = c->work.zone,
        .now = c->work.now, .form_token = call_form_token(c),
    };
    if (!c->type) c->type = "text/html; charset=utf-8";
}

void call_forget(struct call *c)
{
    identities_forget(&c->server->identities);
}

/* ---- lists ---- */

int64_t call_after(struct call *c)
{
    return call_query_int(c, "after", 0, 0, INT64_MAX);
}

int64_t call_limit(struct call *c)
{
    return call_query_int(c, "limit", CALL_LIMIT, 1, CALL_LIMIT_MAX);
}

void call_list(struct call *c, const struct shape *s, const void *items,
               size_t n, int64_t count, enum reveal reveal)
{
    struct buf *b = &c->out;
    const char *row = items;
    buf_puts(b, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        if (i) buf_puts(b, ",\n");
        shape_to_json(s, row + i * s->size, reveal, b);
    }
    buf_puts(b, "],\"next\":");
    if (n > 0 && (int64_t)n >= call_limit(c))
        buf_printf(b, "\"%lld\"",
                   (long long)field_int(&s->fields[0],
                                        row + (n - 1) * s->size));
    else
        buf_puts(b, "null");
    if (count > DB_COUNT_MAX)
        buf_printf(b, ",\"count_at_least\":%d", DB_COUNT_MAX);
    else if (count != NONE)
        buf_printf(b, ",\"count\":%lld", (long long)count);
    buf_putc(b, '}');
}
