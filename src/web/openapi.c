/* openapi.c - /api/openapi.json, OpenAPI 3.1, from the tables of routes.
 *
 * Each shape is a schema twice: `task` as it is answered, `task_in` as it is
 * taken (without what the program sets itself, unknown members refused).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"
#include "intake/intake.h"
#include "web/inside.h"

enum { SCHEMAS_MAX = 512 };

struct writer {
    struct buf *b;
    bool first;                  /* of the paths */
    const struct shape *taken[SCHEMAS_MAX], *answered[SCHEMAS_MAX];
    size_t n_taken, n_answered;
};

/* ---- schemas ---- */

static void write_words(struct buf *b, const char *const *words, bool null)
{
    buf_puts(b, ",\"enum\":[");
    for (size_t i = 0; words[i]; i++) {
        if (i) buf_putc(b, ',');
        buf_json(b, words[i]);
    }
    buf_puts(b, null ? ",null]" : "]");
}

static void write_bounds(struct buf *b, const struct field *f)
{
    char text[32];
    if (!f->min && !f->max) return;
    text_from_decimal(text, f->min, field_digits(f));
    buf_printf(b, ",\"minimum\":%s", text);
    text_from_decimal(text, f->max, field_digits(f));
    buf_printf(b, ",\"maximum\":%s", text);
}

static const char *json_type(const struct field *f)
{
    switch (field_type(f)) {
    case F_INT: return "integer";
    case F_BOOL: return "boolean";
    case F_DECIMAL_BASE: return "number";
    case F_SET: return "array";
    case F_ROW: return "object";
    default: return "string";
    }
}

static void write_object(struct buf *b, const struct shape *s, bool in);

static void write_field(struct buf *b, const struct field *f, bool in)
{
    bool null = !(f->flags & F_REQUIRED) && field_type(f) != F_SET &&
                field_type(f) != F_ROW;
    if (field_type(f) == F_ROW) {
        write_object(b, f->row, in);
        return;
    }
    if (null) buf_printf(b, "{\"type\":[\"%s\",\"null\"]", json_type(f));
    else buf_printf(b, "{\"type\":\"%s\"", json_type(f));
    switch (field_type(f)) {
    case F_ID:
    case F_REF: buf_puts(b, ",\"pattern\":\"^[0-9]{1,19}$\""); break;
    case F_TEXT:
        buf_printf(b, ",\"maxLength\":%lld",
                   (long long)(f->max ? f->max : 1000));
        break;
    case F_INT:
    case F_DECIMAL_BASE: write_bounds(b, f); break;
    case F_ENUM: write_words(b, f->words, null); break;
    case F_SET:
        buf_puts(b, ",\"uniqueItems\":true,\"items\":{\"type\":\"string\"");
        write_words(b, f->words, false);
        buf_putc(b, '}');
        break;
    case F_DAY: buf_puts(b, ",\"format\":\"date\""); break;
    case F_INSTANT: buf_puts(b, ",\"format\":\"date-time\""); break;
    case F_BYTES: buf_puts(b, ",\"contentEncoding\":\"base64\""); break;
    case F_BOOL:
    case F_ROW: break;
    }
    if (f->flags & F_PERSONAL)
        buf_puts(b, ",\"description\":\"Personal: masked or null where no "
                    "purpose is named.\"");
    buf_putc(b, '}');
}

static void write_object(struct buf *b, const struct shape *s, bool in)
{
    unsigned skip = F_HIDDEN | (in ? (unsigned)F_OURS : 0);
    bool first = true;
    buf_puts(b, "{\"type\":\"object\",\"properties\":{");
    for (size_t i = 0; i < s->n; i++) {
        if (s->fields[i].flags & skip) continue;
        buf_puts(b, first ? "\n" : ",\n");
        buf_json(b, s->fields[i].name);
        buf_putc(b, ':');
        write_field(b, &s->fields[i], in);
        first = false;
    }
    buf_putc(b, '}');
    first = true;
    for (size_t i = 0; in && i < s->n; i++) {
        if (s->fields[i].flags & skip ||
            !(s->fields[i].flags & F_REQUIRED))
            continue;
        buf_puts(b, first ? ",\"required\":[" : ",");
        buf_json(b, s->fields[i].name);
        first = false;
    }
    if (!first) buf_putc(b, ']');
    buf_puts(b, in ? ",\"additionalProperties\":false}" : "}");
}

static void remember(const struct shape **list, size_t *n,
                     const struct shape *s)
{
    for (size_t i = 0; i < *n; i++)
        if (list[i] == s) return;
    assert(*n < SCHEMAS_MAX);
    list[(*n)++] = s;
}

static void write_schemas(struct writer *w)
{
    struct buf *b = w->b;
    buf_puts(b, "\"schemas\":{\"problem\":{\"type\":\"object\","
                "\"required\":[\"type\",\"status\",\"title\"],"
                "\"properties\":{\"type\":{\"type\":\"string\"},"
                "\"status\":{\"type\":\"integer\"},"
                "\"title\":{\"type\":\"string\"},"
                "\"detail\":{\"type\":\"string\"},"
                "\"field\":{\"type\":\"string\"},"
                "\"row\":{\"type\":\"integer\"},"
                "\"remedy\":{\"type\":\"string\"}}}");
    for (size_t i = 0; i < w->n_answered; i++) {
        buf_printf(b, ",\n\"%s\":", w->answered[i]->name);
        write_object(b, w->answered[i], false);
    }
    for (size_t i = 0; i < w->n_taken; i++) {
        buf_printf(b, ",\n\"%s_in\":", w->taken[i]->name);
        write_object(b, w->taken[i], true);
    }
    buf_putc(b, '}');
}

/* ---- operations ---- */

static void write_parameters(struct buf *b, const char *path, bool list)
{
    bool first = true;
    buf_puts(b, ",\"parameters\":[");
    for (const char *p = path; (p = strchr(p, '{')); p++) {
        int n = (int)strcspn(p + 1, "}");
        buf_printf(b, "%s{\"name\":\"%.*s\",\"in\":\"path\","
                   "\"required\":true,\"schema\":{\"type\":\"string\"}}",
                   first ? "" : ",", n, p + 1);
        first = false;
    }
    if (list)
        buf_printf(b, "%s{\"name\":\"after\",\"in\":\"query\","
                   "\"description\":\"The cursor `next` of the page "
                   "before.\",\"schema\":{\"type\":\"string\"}},"
                   "{\"name\":\"limit\",\"in\":\"query\",\"schema\":"
                   "{\"type\":\"integer\",\"minimum\":1,\"maximum\":%d,"
                   "\"default\":%d}}", first ? "" : ",", CALL_LIMIT_MAX,
                   CALL_LIMIT);
    buf_putc(b, ']');
}

static void write_body(struct writer *w, const struct route *r,
                       const struct shape *in)
{
    struct buf *b = w->b;
    const char *type = "application/json";
    if (r->flags & ROUTE_FORM) type = "application/x-www-form-urlencoded";
    if (r->flags & ROUTE_LINES) type = "application/x-ndjson";
    if (!in && !(r->flags & (ROUTE_FORM | ROUTE_LINES))) return;
    buf_printf(b, ",\n\"requestBody\":{\"content\":{\"%s\":{\"schema\":",
               type);
    if (r->flags & ROUTE_LINES) {
        buf_puts(b, "{\"type\":\"string\",\"description\":\"One object a "
                    "line.\"}");
    } else if (in) {
        buf_printf(b, "{\"$ref\":\"#/components/schemas/%s_in\"}", in->name);
        remember(w->taken, &w->n_taken, in);
    } else {
        buf_puts(b, "{\"type\":\"object\"}");
    }
    buf_puts(b, "}}}");
}

static void write_answer(struct writer *w, const struct route *r,
                         const struct shape *out)
{
    struct buf *b = w->b;
    buf_puts(b, "{\"description\":\"Done.\",\"content\":"
                "{\"application/json\":{\"schema\":");
    if (!out) {
        buf_puts(b, "{}}}}");
        return;
    }
    remember(w->answered, &w->n_answered, out);
    if (r->flags & ROUTE_LIST)
        buf_printf(b, "{\"type\":\"object\",\"required\":[\"items\","
                   "\"next\"],\"properties\":{\"items\":{\"type\":\"array\","
                   "\"items\":{\"$ref\":\"#/components/schemas/%s\"}},"
                   "\"next\":{\"type\":[\"string\",\"null\"]},"
                   "\"count\":{\"type\":\"integer\"},"
                   "\"count_at_least\":{\"type\":\"integer\"}}}", out->name);
    else
        buf_printf(b, "{\"$ref\":\"#/components/schemas/%s\"}", out->name);
    buf_puts(b, "}}}");
}

/* "get_api_reports_temperature_id" */
static void write_operation_id(struct buf *b, const char *method,
                               const char *path)
{
    buf_puts(b, "\"operationId\":\"");
    for (const char *p = method; *p; p++) buf_putc(b, (char)(*p | 0x20));
    for (const char *p = path; *p; p++) {
        if (*p == '{' || *p == '}') continue;
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        buf_putc(b, plain ? *p : '_');
    }
    buf_putc(b, '"');
}

/* What comes first behind "/api/" groups the operations. */
static void write_tag(struct buf *b, const char *path)
{
    const char *name = path + (text_starts(path, "/api/") ? 5 : 1);
    size_t n = strcspn(name, "/.");
    buf_printf(b, ",\"tags\":[\"%.*s\"]", (int)n, name);
}

static void write_operation(struct writer *w, const struct route *r,
                            const char *path, const struct report_kind *k)
{
    struct buf *b = w->b;
    bool write = strcmp(r->method, "GET") != 0;
    const struct shape *in = r->in, *out = r->out;
    if (k && write && !in) in = report_shape(k);
    if (k && !write && !out) out = report_shape(k);
    const char *low = write ? "post" : "get";
    if (strcmp(r->method, "PUT") == 0) low = "put";
    if (strcmp(r->method, "DELETE") == 0) low = "delete";
    buf_printf(b, "\"%s\":{", low);
    write_operation_id(b, low, path);
    write_tag(b, path);
    buf_puts(b, ",\"summary\":");
    buf_json(b, r->summary);
    buf_puts(b, ",\"x-roles\":");
    route_roles(r, k, b);
    buf_puts(b, route_caps(r, k)
                    ? ",\"security\":[{\"bearer\":[]},{\"cookie\":[]}]"
                    : ",\"security\":[]");
    write_parameters(b, path, r->flags & ROUTE_LIST);
    if (write) write_body(w, r, in);
    buf_printf(b, ",\n\"responses\":{\"%s\":", r->render ? "2XX" : "204");
    if (r->render) write_answer(w, r, out);
    else buf_puts(b, "{\"description\":\"Done.\"}");
    buf_puts(b, ",\"4XX\":{\"$ref\":\"#/components/responses/problem\"},"
                "\"5XX\":{\"$ref\":\"#/components/responses/problem\"}}}");
}

/* ---- the document ---- */

/* Operations of one path belong together, so each path writes all of them
 * when its first route comes by. */
struct same_path {
    struct writer *w;
    const char *path;
    bool first, earlier, met;
    const struct route *from;
    const struct report_kind *kind;
};

static void write_if_same(const struct route *r, const char *path,
                          const struct report_kind *k, void *ctx)
{
    struct same_path *s = ctx;
    if (r->face != ROUTE_API || strcmp(path, s->path) != 0) return;
    if (!s->first) buf_puts(s->w->b, ",\n");
    s->first = false;
    write_operation(s->w, r, path, k);
}

static void find_earlier(const struct route *r, const char *path,
                         const struct report_kind *k, void *ctx)
{
    struct same_path *s = ctx;
    if (r == s->from && k == s->kind) s->met = true;
    if (!s->met && r->face == ROUTE_API && strcmp(path, s->path) == 0)
        s->earlier = true;
}

static void write_path(const struct route *r, const char *path,
                       const struct report_kind *k, void *ctx)
{
    struct writer *w = ctx;
    struct same_path s = {.w = w, .path = path, .first = true, .from = r,
                          .kind = k};
    if (r->face != ROUTE_API) return;
    route_each(find_earlier, &s);
    if (s.earlier) return;
    buf_puts(w->b, w->first ? "\n" : ",\n");
    w->first = false;
    buf_json(w->b, path);
    buf_puts(w->b, ":{");
    route_each(write_if_same, &s);
    buf_putc(w->b, '}');
}

void openapi_write(struct buf *b)
{
    struct writer w = {.b = b, .first = true};
    buf_puts(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Renlin\","
                "\"version\":\"1\",\"description\":\"Neighbours helping "
                "each other in an emergency: reports, places, tasks and the "
                "ledger of one community.\",\"license\":{\"name\":"
                "\"GPL-3.0-or-later\",\"identifier\":\"GPL-3.0-or-later\"}},"
                "\n\"servers\":[{\"url\":\"/\"}],\n\"paths\":{");
    route_each(write_path, &w);
    buf_puts(b, "},\n\"components\":{\"securitySchemes\":{"
                "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
                "\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\","
                "\"name\":\"renlin_session\"}},\n"
                "\"responses\":{\"problem\":{\"description\":\"What is "
                "wrong and what to do (RFC 9457).\",\"content\":"
                "{\"application/problem+json\":{\"schema\":{\"$ref\":"
                "\"#/components/schemas/problem\"}}}}},\n");
    write_schemas(&w);
    buf_puts(b, "}}\n");
}
