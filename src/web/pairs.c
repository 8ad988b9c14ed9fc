/* pairs.c - query strings, forms, cookies.  Fuzzed in fuzz/pairs_fuzz.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "web/call.h"

const char *pairs_get(const struct pairs *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->at[i].name, name) == 0) return p->at[i].value;
    return "";
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* %41 and + decoded; NULL for a bad escape, NUL or bad UTF-8. */
static const char *decode(struct arena *a, const char *s, size_t n)
{
    char *out = arena_alloc(a, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            if (i + 2 >= n) return NULL;
            int high = hex_digit(s[i + 1]);
            int low = hex_digit(s[i + 2]);
            if (high < 0 || low < 0) return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[k++] = c;
    }
    out[k] = '\0';
    return text_is_utf8(out, k) ? out : NULL;
}

enum rc pairs_from_form(struct pairs *p, struct arena *a, const char *text,
                        size_t n, struct fault *f)
{
    const char *end = text + n;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        if (!stop) stop = end;
        const char *eq = memchr(text, '=', (size_t)(stop - text));
        const char *name_end = eq ? eq : stop;
        if (stop > text) {
            if (p->n == CALL_PAIRS_MAX)
                return fault_set(f, INVALID, "",
                                 "there are too many fields");
            struct pair *at = &p->at[p->n];
            at->name = decode(a, text, (size_t)(name_end - text));
            at->value = eq ? decode(a, eq + 1, (size_t)(stop - eq - 1)) : "";
            if (!at->name || !at->value)
                return fault_set(f, INVALID, "",
                                 "the form is not well encoded");
            p->n++;
        }
        text = stop + 1;
    }
    return OK;
}

void pairs_from_cookies(struct pairs *p, struct arena *a, const char *text)
{
    while (*text && p->n < CALL_PAIRS_MAX) {
        text += strspn(text, " \t;");
        size_t n = strcspn(text, ";");
        const char *eq = memchr(text, '=', n);
        if (eq) {
            size_t name_n = (size_t)(eq - text);
            size_t value_n = n - name_n - 1;
            while (value_n && (eq[value_n] == ' ' || eq[value_n] == '\t'))
                value_n--;
            p->at[p->n].name = arena_strndup(a, text, name_n);
            p->at[p->n].value = arena_strndup(a, eq + 1, value_n);
            p->n++;
        }
        text += n;
    }
}
