/* buf.c - growing bytes.  See buf.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"

void buf_init(struct buf *b, size_t max) { *b = (struct buf){.max = max}; }

void buf_release(struct buf *b)
{
    free(b->at);
    buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->full = false;
    if (b->at) b->at[0] = '\0';
}

/* Room for n more bytes and the NUL. */
static bool reserve(struct buf *b, size_t n)
{
    if (b->full) return false;
    if (n > b->max || b->len > b->max - n) {
        b->full = true;
        return false;
    }
    size_t need = b->len + n + 1;
    if (need <= b->cap) return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need) cap *= 2;
    char *grown = realloc(b->at, cap);
    if (!grown) {
        b->full = true;
        return false;
    }
    b->at = grown;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!reserve(b, n)) return;
    if (n) memcpy(b->at + b->len, p, n);
    b->len += n;
    b->at[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s) { buf_add(b, s, strlen(s)); }

void buf_putc(struct buf *b, char c) { buf_add(b, &c, 1); }

void buf_int(struct buf *b, int64_t n)
{
    char digits[24];
    int k = snprintf(digits, sizeof digits, "%lld", (long long)n);
    buf_add(b, digits, (size_t)k);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, format, list);
    assert(n >= 0);
    if (reserve(b, (size_t)n)) {
        vsnprintf(b->at + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(list);
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *at = p;
    for (size_t i = 0; i < n; i++) {
        char pair[2] = {digits[at[i] >> 4], digits[at[i] & 15]};
        buf_add(b, pair, 2);
    }
}

void buf_base64(struct buf *b, const void *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = p;
    for (size_t i = 0; i < n; i += 3) {
        size_t k = n - i < 3 ? n - i : 3;
        uint32_t v = (uint32_t)at[i] << 16;
        if (k > 1) v |= (uint32_t)at[i + 1] << 8;
        if (k > 2) v |= at[i + 2];
        char four[4] = {digits[v >> 18], digits[v >> 12 & 63],
                        k > 1 ? digits[v >> 6 & 63] : '=',
                        k > 2 ? digits[v & 63] : '='};
        buf_add(b, four, 4);
    }
}

char *buf_take(struct buf *b, size_t *len)
{
    if (!b->at) buf_puts(b, "");
    char *p = b->at;
    if (len) *len = b->len;
    buf_init(b, b->max);
    return p;
}
