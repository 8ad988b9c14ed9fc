/* test.h - tests that read as sentences: a thin layer over cmocka.
 *
 *     TEST(a_day_is_parsed_exactly)
 *     {
 *         struct day d;
 *         assert_true(day_parse("2026-11-24", &d));
 *     }
 *
 * A TEST is found by the runner (tests/main.c) without being listed anywhere;
 * tests of one file form a group.  Tests that need a store are DESK_TEST
 * (tests/desk.h) and run once on every store there is.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

struct test_entry {
    const char *file, *name;
    void (*run)(void **state);
    struct test_entry *next;
};
void test_register(struct test_entry *t);

/* An arena that is emptied before every test; for results to live in. */
extern struct arena test_arena;

/* A file of ../shared/data, or NULL (and the test is marked skipped, loudly)
 * only where the whole folder is missing.  Result lives in test_arena. */
char *test_shared(const char *path, size_t *len);
#define SHARED_OR_SKIP(var, len, path)     \
    char *var = test_shared((path), (len)); \
    if (!var) skip()

/* clang and gcc: a test function registers itself before main. */
#define TEST(sentence)                                                    \
    static void sentence(void **state);                                   \
    static void sentence##_run(void **state) { sentence(state); }         \
    __attribute__((constructor)) static void sentence##_register(void)    \
    {                                                                     \
        static struct test_entry t = {__FILE__, #sentence,                \
                                      sentence##_run, NULL};              \
        test_register(&t);                                                \
    }                                                                     \
    static void sentence(void **state __attribute__((unused)))
