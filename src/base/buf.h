/* buf.h - bytes that grow up to a stated maximum.
 *
 * Always NUL-terminated after the first append.  Passing the maximum, or
 * running out of memory, sets `full`, after which appends do nothing: a
 * writer checks once at the end (buf_ok).  Owned by whoever called buf_init.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

struct buf {
    char *at;        /* NUL-terminated, or NULL while empty */
    size_t len, cap, max;
    bool full;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* len 0, memory kept, full forgotten */
static inline bool buf_ok(const struct buf *b) { return !b->full; }

void buf_add(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_int(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* Hex and base64 (RFC 4648 section 4, with padding) of n bytes. */
void buf_hex(struct buf *b, const void *p, size_t n);
void buf_base64(struct buf *b, const void *p, size_t n);
/* Hand the bytes over: the caller frees them with free(). */
char *buf_take(struct buf *b, size_t *len);
