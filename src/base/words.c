/* words.c - the two word files, read once into hash tables.  See words.h.
 *
 * `key = text`, one a line; # begins a comment line; \n in either side is a
 * line break.  A key that stands twice keeps its first text.  The tables
 * live as long as the process and never change after the first call.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"

struct word {
    const char *key, *text; /* key NULL: a free slot */
};

struct words {
    struct word *slots;
    size_t mask; /* number of slots - 1; 0 while there is no file */
};

static struct words tables[2]; /* by enum language */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* FNV-1a, 64 bit. */
static size_t hash(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *s; s++) h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return (size_t)(h ^ h >> 32);
}

static struct word *slot_of(const struct words *w, const char *key)
{
    size_t i = hash(key) & w->mask;
    while (w->slots[i].key && strcmp(w->slots[i].key, key) != 0)
        i = (i + 1) & w->mask;
    return &w->slots[i];
}

/* Where the key ends: at the first " = ", since a key may hold a =. */
static char *equals_of(char *line, const char *end)
{
    for (char *p = line; p + 2 < end; p++)
        if (p[0] == ' ' && p[1] == '=' && p[2] == ' ') return p;
    return NULL;
}

/* Cuts blanks off both ends of [s, end) and undoes \n and \\, in place. */
static char *tidy(char *s, char *end)
{
    while (s < end && (*s == ' ' || *s == '\t')) s++;
    while (end > s && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    char *to = s;
    for (const char *p = s; p < end; p++) {
        if (*p == '\\' && p + 1 < end) {
            p++;
            *to++ = *p == 'n' ? '\n' : *p;
        } else {
            *to++ = *p;
        }
    }
    *to = '\0';
    return s;
}

static void line_take(struct words *w, char *line, char *end)
{
    char *equals = equals_of(line, end);
    if (line[0] == '#' || !equals) return;
    char *text = tidy(equals + 3, end); /* before the key ends there */
    char *key = tidy(line, equals);
    struct word *slot = slot_of(w, key);
    if (key[0] && !slot->key) *slot = (struct word){key, text};
}

static void table_read(struct words *w, const char *name)
{
    const struct embedded *file = embed_find(name);
    if (!file) return;
    size_t lines = 1;
    for (size_t i = 0; i < file->len; i++)
        lines += ((const char *)file->at)[i] == '\n';
    size_t slots = 16;
    while (slots < 2 * lines) slots *= 2; /* at most half full */
    char *text = malloc(file->len + 1);
    w->slots = calloc(slots, sizeof *w->slots);
    assert(text && w->slots);
    w->mask = slots - 1;
    memcpy(text, file->at, file->len);
    text[file->len] = '\0';
    char *end = text + file->len;
    for (char *line = text; line < end;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        line_take(w, line, stop);
        line = stop + 1;
    }
}

static void tables_read(void)
{
    table_read(&tables[LANG_ZH], "i18n/zh.txt");
    table_read(&tables[LANG_EN], "i18n/en.txt");
}

const char *words_in(enum language language, const char *key)
{
    int rc = pthread_once(&once, tables_read);
    assert(rc == 0 && key);
    const struct words *w = &tables[language];
    if (!w->slots) return key;
    const struct word *slot = slot_of(w, key);
    return slot->key ? slot->text : key;
}
