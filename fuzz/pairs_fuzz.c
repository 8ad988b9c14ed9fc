/* pairs_fuzz.c - any bytes as a form and as a cookie header.  What a form
 * gives is clean text, and encoded again gives the same pairs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "web/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == ' ') {
            buf_putc(b, '+');
            continue;
        }
        buf_putc(b, '%');
        buf_hex(b, s, 1);
    }
}

static void form_round_trip(const struct pairs *p, struct arena *a)
{
    static struct pairs again; /* too large for some stacks */
    struct fault f;
    struct buf b;
    buf_init(&b, 64 << 20);
    for (size_t i = 0; i < p->n; i++) {
        assert(text_is_utf8(p->at[i].name, strlen(p->at[i].name)));
        assert(text_is_utf8(p->at[i].value, strlen(p->at[i].value)));
        if (i) buf_putc(&b, '&');
        encode(&b, p->at[i].name);
        buf_putc(&b, '=');
        encode(&b, p->at[i].value);
    }
    again.n = 0;
    enum rc rc = pairs_from_form(&again, a, b.at ? b.at : "", b.len, &f);
    assert(rc == OK && again.n == p->n);
    for (size_t i = 0; i < p->n; i++) {
        assert(strcmp(again.at[i].name, p->at[i].name) == 0);
        assert(strcmp(again.at[i].value, p->at[i].value) == 0);
    }
    buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > CALL_BODY_MAX) return 0;
    static struct pairs p;
    struct arena a;
    struct fault f;
    arena_init(&a, ARENA_MAX);
    /* a copy of exact size: reading past it is seen */
    char *form = malloc(size ? size : 1);
    assert(form);
    if (size) memcpy(form, data, size);
    p.n = 0;
    if (pairs_from_form(&p, &a, form, size, &f) == OK)
        form_round_trip(&p, &a);
    free(form);
    p.n = 0;
    pairs_from_cookies(&p, &a, arena_strndup(&a, (const char *)data, size));
    assert(p.n <= CALL_PAIRS_MAX);
    for (size_t i = 0; i < p.n; i++)
        assert(p.at[i].name && !strchr(p.at[i].value, ';'));
    assert(pairs_get(&p, "session"));
    arena_release(&a);
    return 0;
}
