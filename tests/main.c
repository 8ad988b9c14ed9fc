/* main.c - runs every TEST in this program, file by file, in TAP.
 * Usage: test [-l] [SUBSTRING of file or name ...] */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct arena test_arena;
static struct test_entry *all;

void test_register(struct test_entry *t)
{
    t->next = all;
    all = t;
}

char *test_shared(const char *path, size_t *len)
{
    const char *root = getenv("RENLIN_SHARED");
    if (!root) root = "../shared";
    struct stat st;
    if (stat(root, &st) != 0) {
        fprintf(stderr, "SKIPPED: %s is not there, wanted %s\n", root, path);
        return NULL;
    }
    char *full = arena_printf(&test_arena, "%s/data/%s", root, path);
    FILE *f = fopen(full, "rb");
    if (!f) fail_msg("%s is missing though %s is there", full, root);
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *p = arena_alloc(&test_arena, (size_t)n + 1);
    if (fread(p, 1, (size_t)n, f) != (size_t)n) fail_msg("cannot read");
    fclose(f);
    p[n] = '\0';
    if (len) *len = (size_t)n;
    return p;
}

static int empty_arena(void **state)
{
    (void)state;
    arena_reset(&test_arena);
    return 0;
}

static bool wanted(const struct test_entry *t, int n, char **words)
{
    if (n == 0) return true;
    for (int i = 0; i < n; i++)
        if (strstr(t->file, words[i]) || strstr(t->name, words[i]))
            return true;
    return false;
}

static int by_place(const void *a, const void *b)
{
    const struct test_entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->file, (*y)->file);
    return order ? order : 0;
}

int main(int argc, char **argv)
{
    arena_init(&test_arena, (size_t)1 << 30);
    size_t n = 0;
    for (struct test_entry *t = all; t; t = t->next)
        if (wanted(t, argc - 1, argv + 1)) n++;
    if (n == 0) {
        fprintf(stderr, "no test matches\n");
        return 2;
    }
    struct test_entry **list = malloc(n * sizeof *list);
    size_t at = n;
    for (struct test_entry *t = all; t; t = t->next)
        if (wanted(t, argc - 1, argv + 1)) list[--at] = t;
    qsort(list, n, sizeof *list, by_place);
    int failed = 0;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    for (size_t i = 0; i < n;) {
        size_t k = i;
        while (k < n && strcmp(list[k]->file, list[i]->file) == 0) k++;
        struct CMUnitTest *group = calloc(k - i, sizeof *group);
        for (size_t j = i; j < k; j++)
            group[j - i] = (struct CMUnitTest){list[j]->name, list[j]->run,
                                               empty_arena, NULL, NULL};
        failed += _cmocka_run_group_tests(list[i]->file, group, k - i, NULL,
                                          NULL);
        free(group);
        i = k;
    }
    free(list);
    arena_release(&test_arena);
    return failed ? 1 : 0;
}
