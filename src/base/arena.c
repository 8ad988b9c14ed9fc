/* arena.c - blocks filled from the front.  See arena.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

enum { BLOCK = 8 << 10, ALIGN = 16 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    _Alignas(16) char bytes[];
};

void arena_init(struct arena *a, size_t max)
{
    *a = (struct arena){.max = max};
}

static void free_older(struct arena_block *b)
{
    while (b) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
}

void arena_reset(struct arena *a)
{
    a->used = 0;
    if (!a->block) return;
    struct arena_block *first = a->block;
    while (first->older) {
        struct arena_block *older = first->older;
        free(first);
        first = older;
    }
    a->block = first;
    a->next = first->bytes;
    a->end = first->bytes + first->size;
}

void arena_release(struct arena *a)
{
    free_older(a->block);
    *a = (struct arena){.max = a->max};
}

static bool add_block(struct arena *a, size_t n)
{
    size_t size = BLOCK;
    /* Blocks double with what is used, so long answers take few. */
    while (size < n || (size < a->used && size < (size_t)1 << 20)) size *= 2;
    struct arena_block *b = malloc(sizeof *b + size);
    if (!b) return false;
    b->older = a->block;
    b->size = size;
    a->block = b;
    a->next = b->bytes;
    a->end = b->bytes + size;
    return true;
}

void *arena_try(struct arena *a, size_t n)
{
    if (n > a->max) return NULL;
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (a->used + n > a->max) return NULL;
    if ((size_t)(a->end - a->next) < n && !add_block(a, n)) return NULL;
    void *p = a->next;
    a->next += n;
    a->used += n;
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    void *p = arena_try(a, n ? n : 1);
    assert(p); /* a stated maximum was passed, or memory is out */
    return p;
}

void *arena_zalloc(struct arena *a, size_t n, size_t size)
{
    assert(size == 0 || n <= SIZE_MAX / size);
    void *p = arena_alloc(a, n * size);
    memset(p, 0, n * size);
    return p;
}

void *arena_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t want,
                 size_t size)
{
    if (want <= *cap) return p;
    size_t more = *cap ? *cap * 2 : 8;
    if (more < want) more = want;
    assert(more <= SIZE_MAX / size);
    void *grown = arena_alloc(a, more * size);
    if (n) memcpy(grown, p, n * size);
    *cap = more;
    return grown;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, format, list);
    assert(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    va_end(list);
    return p;
}
