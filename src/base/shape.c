/* shape.c - members, words, and cells.  JSON is in shape_json.c.  See
 * shape.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/shape.h"

#include "base/text.h"

enum { TEXT_CHARACTERS_MAX = 1000 };

const struct field *shape_field(const struct shape *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->fields[i].name, name) == 0) return &s->fields[i];
    return NULL;
}

void shape_clear(const struct shape *s, void *row)
{
    memset(row, 0, s->size);
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];
        void *at = field_at(f, row);
        switch (field_type(f)) {
        case F_TEXT:
            *(const char **)at = "";
            break;
        case F_ROW:
            shape_clear(f->row, at);
            break;
        case F_INT:
        case F_BOOL:
        case F_DECIMAL_BASE:
        case F_ENUM:
        case F_DAY:
        case F_INSTANT:
            *(int64_t *)at = NONE;
            break;
        case F_ID:
        case F_REF:
        case F_SET:
        case F_BYTES:
            break; /* zero is absent */
        }
    }
}

int64_t words_index(const char *const *words, const char *word)
{
    for (int64_t i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0) return i;
    return -1;
}

static enum rc number_in_range(const struct field *f, int64_t n,
                               struct fault *fault)
{
    if ((f->min == 0 && f->max == 0) || (n >= f->min && n <= f->max))
        return OK;
    char low[32], high[32];
    text_from_decimal(low, f->min, field_digits(f));
    text_from_decimal(high, f->max, field_digits(f));
    return fault_set(fault, INVALID, f->name, "must be from %s to %s", low,
                     high);
}

static enum rc set_from_text(const struct field *f, int64_t *out,
                             const char *text, struct fault *fault)
{
    while (*text) {
        size_t n = strcspn(text, ";,");
        char word[64];
        if (n < sizeof word) {
            memcpy(word, text, n);
            word[n] = '\0';
            int64_t i = words_index(f->words, word);
            if (i >= 0) {
                *out |= INT64_C(1) << i;
                text += n + (text[n] != '\0');
                continue;
            }
        }
        return fault_set(fault, INVALID, f->name,
                         "%s is not one of the words allowed here", text);
    }
    return OK;
}

static enum rc text_member(const struct field *f, const char **out,
                           const char *text, struct arena *a,
                           struct fault *fault)
{
    size_t most = f->max ? (size_t)f->max : TEXT_CHARACTERS_MAX;
    const char *clean = text_clean(a, text);
    if (text_length(clean) > most) {
        char n[32];
        text_from_decimal(n, (int64_t)most, 0);
        return fault_set(fault, INVALID, f->name,
                         "at most %s characters fit here", n);
    }
    *out = clean;
    return OK;
}

static enum rc bytes_member(const struct field *f, struct bytes *out,
                            const char *text, struct arena *a,
                            struct fault *fault)
{
    size_t n = strlen(text), most = n / 4 * 3 + 3;
    void *at = arena_alloc(a, most);
    n = bytes_from_base64(at, most, text, n);
    if (n == SIZE_MAX)
        return fault_set(fault, INVALID, f->name, "must be base64");
    *out = (struct bytes){at, n};
    return OK;
}

/* Everything but text, bytes, sets and rows: one 8-byte number. */
static enum rc number_from_text(const struct field *f, int64_t *out,
                                const char *text, struct fault *fault)
{
    struct day d;
    struct instant t;
    switch (field_type(f)) {
    case F_BOOL:
        if (strcmp(text, "1") == 0 || strcmp(text, "true") == 0) *out = 1;
        else if (strcmp(text, "0") == 0 || strcmp(text, "false") == 0)
            *out = 0;
        else return fault_set(fault, INVALID, f->name, "must be yes or no");
        return OK;
    case F_ENUM:
        *out = words_index(f->words, text);
        if (*out >= 0) return OK;
        return fault_set(fault, INVALID, f->name,
                         "%s is not one of the words allowed here", text);
    case F_DAY:
        if (!day_parse(text, &d))
            return fault_set(fault, INVALID, f->name,
                             "must be a day as 2026-11-24");
        *out = d.n;
        return OK;
    case F_INSTANT:
        if (!instant_parse(text, &t))
            return fault_set(fault, INVALID, f->name,
                             "must be a time as 2026-11-24T08:00:00.000Z");
        *out = t.ms;
        return OK;
    case F_DECIMAL_BASE:
        if (!text_to_decimal(text, field_digits(f), out))
            return fault_set(fault, INVALID, f->name,
                             "must be a number as 36.5");
        return number_in_range(f, *out, fault);
    case F_ID:
    case F_REF:
        if (!text_to_int(text, 1, INT64_MAX, out))
            return fault_set(fault, INVALID, f->name, "is not an id");
        return OK;
    default:
        if (!text_to_int(text, INT64_MIN + 1, INT64_MAX, out))
            return fault_set(fault, INVALID, f->name,
                             "must be a whole number");
        return number_in_range(f, *out, fault);
    }
}

enum rc field_from_text(const struct field *f, void *row, const char *text,
                        struct arena *a, struct fault *fault)
{
    if (text_is_empty(text)) {
        if (f->flags & F_REQUIRED)
            return fault_set(fault, INVALID, f->name, "is missing");
        return OK;
    }
    void *at = field_at(f, row);
    switch (field_type(f)) {
    case F_TEXT:
        return text_member(f, at, text, a, fault);
    case F_SET:
        return set_from_text(f, at, text, fault);
    case F_BYTES:
        return bytes_member(f, at, text, a, fault);
    case F_ROW:
        return fault_set(fault, INVALID, f->name, "cannot be given as text");
    default:
        return number_from_text(f, at, text, fault);
    }
}

static void set_to_text(const struct field *f, int64_t bits, struct buf *b)
{
    bool first = true;
    for (int i = 0; f->words[i]; i++) {
        if (!(bits >> i & 1)) continue;
        if (!first) buf_putc(b, ';');
        buf_puts(b, f->words[i]);
        first = false;
    }
}

void field_to_text(const struct field *f, const void *row, struct buf *b)
{
    const void *at = (const char *)row + f->offset;
    char out[32];
    if (field_type(f) == F_TEXT) {
        const char *s = *(const char *const *)at;
        buf_puts(b, s ? s : "");
        return;
    }
    if (field_type(f) == F_BYTES) {
        const struct bytes *bytes = at;
        buf_base64(b, bytes->at, bytes->n);
        return;
    }
    if (field_type(f) == F_ROW) return;
    int64_t n = field_int(f, row);
    if (n == NONE) return;
    switch (field_type(f)) {
    case F_ID:
    case F_REF:
        if (n) buf_int(b, n);
        break;
    case F_SET:
        set_to_text(f, n, b);
        break;
    case F_ENUM:
        buf_puts(b, f->words[n]);
        break;
    case F_DAY:
        day_format(out, (struct day){n});
        buf_puts(b, out);
        break;
    case F_INSTANT:
        instant_format(out, (struct instant){n});
        buf_puts(b, out);
        break;
    default:
        text_from_decimal(out, n, field_digits(f));
        buf_puts(b, out);
    }
}

void text_mask(char *out, const char *s)
{
    out[0] = '\0';
    if (text_is_empty(s)) return;
    const char *p = s;
    uint32_t first = text_next(&p);
    size_t n = text_put(out, first);
    memcpy(out + n, "**", 3);
}
