/* shape_json.c - shapes to and from JSON.  See shape.h.
 *
 * Reading is jansson's, the only strict reader among those packaged
 * (duplicates, UTF-8, numbers); what it lets pass (depth, fractions, unknown
 * members) is refused here.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>

#include "base/shape.h"
#include "base/text.h"

/* Depth of brackets outside strings; jansson allows 2048. */
static bool depth_is_fine(const char *s, size_t n)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (in_string) {
            if (c == '\\') i++;
            else if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX) return false;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

static enum rc not_json(struct fault *f, const char *detail,
                        const char *remedy)
{
    enum rc rc = fault_set(f, INVALID, "", "%s", "");
    f->detail = detail;
    f->remedy = remedy;
    f->malformed = true;
    return rc;
}

static const char *member_name(const char *path, const struct field *f,
                               struct arena *a)
{
    return path[0] ? arena_printf(a, "%s.%s", path, f->name) : f->name;
}

static enum rc set_from_json(const struct field *f, const char *name,
                             json_t *v, int64_t *out, struct fault *fault)
{
    size_t i;
    json_t *item;
    if (!json_is_array(v))
        return fault_set(fault, INVALID, name, "must be a list of words");
    json_array_foreach(v, i, item) {
        const char *word = json_string_value(item);
        int64_t at = word ? words_index(f->words, word) : -1;
        if (at < 0)
            return fault_set(fault, INVALID, name,
                             "%s is not one of the words allowed here",
                             word ? word : "?");
        *out |= INT64_C(1) << at;
    }
    return OK;
}

/* 36.5 as the text of 365 tenths.  Within 15 digits a double and its decimal
 * text name each other, so whatever comes back as another double had digits
 * beyond the shape's. */
static enum rc decimal_from_json(const struct field *f, json_t *v,
                                 char text[40], const char *name,
                                 struct fault *fault)
{
    double d = json_is_number(v) ? json_number_value(v) : 1e300;
    double most = 1e15;
    for (int i = 0; i < field_digits(f); i++) most /= 10;
    if (d > most || d < -most)
        return fault_set(fault, INVALID, name, "must be a number as 36.5");
    snprintf(text, 40, "%.*f", field_digits(f), d);
    if (strtod(text, NULL) != d)
        return fault_set(fault, INVALID, name,
                         "has more digits after the point than fit");
    return OK;
}

/* The text that field_from_text() reads, for every type that JSON writes in a
 * way of its own; wrong JSON types are refused by name. */
static enum rc text_of(const struct field *f, json_t *v, const char *name,
                       char number[40], const char **out,
                       struct fault *fault)
{
    switch (field_type(f)) {
    case F_INT:
        if (!json_is_integer(v))
            return fault_set(fault, INVALID, name, "must be a whole number");
        snprintf(number, 40, "%lld", (long long)json_integer_value(v));
        *out = number;
        return OK;
    case F_BOOL:
        if (!json_is_boolean(v))
            return fault_set(fault, INVALID, name, "must be true or false");
        *out = json_is_true(v) ? "1" : "0";
        return OK;
    case F_DECIMAL_BASE:
        *out = number;
        return decimal_from_json(f, v, number, name, fault);
    default:
        if (!json_is_string(v))
            return fault_set(fault, INVALID, name, "must be text");
        *out = json_string_value(v);
        return OK;
    }
}

static enum rc row_from_json(const struct shape *s, void *row, json_t *o,
                             const char *path, struct arena *a,
                             struct fault *fault);

static enum rc member_from_json(const struct field *f, void *row, json_t *v,
                                const char *path, struct arena *a,
                                struct fault *fault)
{
    const char *name = member_name(path, f, a);
    const char *text = NULL;
    char number[40];
    if (field_type(f) == F_ROW) {
        if (!json_is_object(v))
            return fault_set(fault, INVALID, name, "must be an object");
        return row_from_json(f->row, field_at(f, row), v, name, a, fault);
    }
    if (field_type(f) == F_SET)
        return set_from_json(f, name, v, field_at(f, row), fault);
    enum rc rc = text_of(f, v, name, number, &text, fault);
    if (!rc) rc = field_from_text(f, row, text, a, fault);
    if (rc) /* name the member by its path */
        snprintf(fault->field, sizeof fault->field, "%s", name);
    return rc;
}

static enum rc row_from_json(const struct shape *s, void *row, json_t *o,
                             const char *path, struct arena *a,
                             struct fault *fault)
{
    const char *key;
    json_t *v;
    uint64_t seen = 0;
    json_object_foreach(o, key, v) {
        const struct field *f = shape_field(s, key);
        if (!f || f->flags & (F_OURS | F_HIDDEN)) {
            const char *name = path[0] ? arena_printf(a, "%s.%s", path, key)
                                       : key;
            return fault_set(fault, INVALID, name, "is not a field here");
        }
        if (json_is_null(v)) continue;
        enum rc rc = member_from_json(f, row, v, path, a, fault);
        if (rc) return rc;
        seen |= UINT64_C(1) << (f - s->fields);
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if (f->flags & F_REQUIRED && !(f->flags & F_OURS) &&
            !(seen >> i & 1))
            return fault_set(fault, INVALID, member_name(path, f, a),
                             "is missing");
    }
    return OK;
}

enum rc shape_from_json(const struct shape *s, void *row, const char *text,
                        size_t n, struct arena *a, struct fault *f)
{
    assert(s->n <= SHAPE_FIELDS_MAX);
    shape_clear(s, row);
    if (!depth_is_fine(text, n))
        return not_json(f, "the JSON is nested too deeply", NULL);
    json_error_t why;
    json_t *o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    if (!o)
        return not_json(f, "this is not JSON",
                        "send one JSON object in UTF-8, each key once");
    enum rc rc = OK;
    if (!json_is_object(o))
        rc = not_json(f, "the JSON must be one object", NULL);
    if (!rc) rc = row_from_json(s, row, o, "", a, f);
    json_decref(o);
    return rc;
}

void buf_json(struct buf *b, const char *s)
{
    static const char hex[] = "0123456789abcdef";
    buf_putc(b, '"');
    const char *from = s;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(b, from, (size_t)(s - from));
        from = s + 1;
        if (c == '"' || c == '\\') {
            buf_putc(b, '\\');
            buf_putc(b, (char)c);
        } else if (c == '\n') {
            buf_puts(b, "\\n");
        } else if (c == '\t') {
            buf_puts(b, "\\t");
        } else {
            char u[7] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], 0};
            buf_puts(b, u);
        }
    }
    buf_add(b, from, (size_t)(s - from));
    buf_putc(b, '"');
}

static void set_to_json(const struct field *f, int64_t bits, struct buf *b)
{
    bool first = true;
    buf_putc(b, '[');
    for (int i = 0; f->words[i]; i++) {
        if (!(bits >> i & 1)) continue;
        if (!first) buf_putc(b, ',');
        buf_json(b, f->words[i]);
        first = false;
    }
    buf_putc(b, ']');
}

static bool is_absent(const struct field *f, const void *row)
{
    const void *at = (const char *)row + f->offset;
    switch (field_type(f)) {
    case F_ID:
    case F_REF:
        return field_int(f, row) == 0;
    case F_TEXT:
    case F_SET:
    case F_ROW:
        return false; /* "", [] and {} say it */
    case F_BYTES:
        return ((const struct bytes *)at)->n == 0;
    default:
        return field_int(f, row) == NONE;
    }
}

static void value_to_json(const struct field *f, const void *row,
                          enum reveal reveal, struct buf *b)
{
    const void *at = (const char *)row + f->offset;
    const char *s;
    switch (field_type(f)) {
    case F_TEXT:
        s = *(const char *const *)at;
        buf_json(b, s ? s : "");
        break;
    case F_INT:
    case F_DECIMAL_BASE:
        field_to_text(f, row, b);
        break;
    case F_BOOL:
        buf_puts(b, field_int(f, row) ? "true" : "false");
        break;
    case F_SET:
        set_to_json(f, field_int(f, row), b);
        break;
    case F_ROW:
        shape_to_json(f->row, at, reveal, b);
        break;
    default: /* ids, words, days, instants, bytes: plain ASCII in quotes */
        buf_putc(b, '"');
        field_to_text(f, row, b);
        buf_putc(b, '"');
    }
}

static void masked_to_json(const struct field *f, const void *row,
                           struct buf *b)
{
    char out[16];
    const char *s = NULL;
    if (field_type(f) == F_TEXT)
        s = *(const char *const *)(const void *)((const char *)row +
                                                 f->offset);
    if (text_is_empty(s)) {
        buf_puts(b, "null");
        return;
    }
    text_mask(out, s);
    buf_json(b, out);
}

void shape_to_json(const struct shape *s, const void *row, enum reveal reveal,
                   struct buf *b)
{
    bool first = true;
    buf_putc(b, '{');
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        if (f->flags & F_HIDDEN) continue;
        if (!first) buf_putc(b, ',');
        first = false;
        buf_putc(b, '"');
        buf_puts(b, f->name);
        buf_puts(b, "\":");
        if (f->flags & F_PERSONAL && reveal == REVEAL_MASKED)
            masked_to_json(f, row, b);
        else if (is_absent(f, row)) buf_puts(b, "null");
        else value_to_json(f, row, reveal, b);
    }
    buf_putc(b, '}');
}
