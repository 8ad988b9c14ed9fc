/* arena.h - memory that belongs to one piece of work and dies with it.
 *
 *     arena ──► [block 8 KiB|####----] ──► [block|########] ──► NULL
 *                 newest, being filled       full
 *
 * Nothing is freed by hand: arena_reset() forgets everything since the start
 * (keeping the first block), arena_release() gives all back.  An arena has a
 * largest size; going over it, or out of memory, stops the program by assert
 * only in arena_alloc(); parsers of outside input use arena_try().  An arena
 * is used by one thread at a time.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

struct arena_block;
struct arena {
    struct arena_block *block; /* newest first */
    char *next, *end;          /* free part of the newest block */
    size_t used, max;          /* bytes handed out; most that may be */
};

#define ARENA_MAX ((size_t)64 << 20) /* of one request or unit of work */

void arena_init(struct arena *a, size_t max);
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

/* n bytes, aligned to 16, uninitialised.  Never NULL. */
void *arena_alloc(struct arena *a, size_t n);
/* The same, zeroed: n things of the given size. */
void *arena_zalloc(struct arena *a, size_t n, size_t size);
/* NULL when the arena's largest size would be passed. */
void *arena_try(struct arena *a, size_t n);
/* Grow the array p (or NULL) from n to at least want things of the given
 * size; *cap is kept by this function.  Old contents are copied. */
void *arena_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t want,
                 size_t size);

char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *format, ...)
    PRINTF_LIKE(2, 3);

#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_zalloc((a), (n), sizeof(type)))
