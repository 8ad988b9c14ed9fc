/* arena_test.c - memory that belongs to one piece of work. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

TEST(pieces_are_aligned_and_do_not_overlap)
{
    struct arena a;
    arena_init(&a, 16 << 20);
    char *before = NULL;
    size_t sizes[] = {1, 15, 16, 17, 4000, 8192, 100000, 3};
    char *piece[COUNT_OF(sizes)];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        piece[i] = arena_alloc(&a, sizes[i]);
        assert_int_equal((uintptr_t)piece[i] % 16, 0);
        assert_ptr_not_equal(piece[i], before);
        memset(piece[i], (int)i + 1, sizes[i]);
        before = piece[i];
    }
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(piece[i][k], i + 1);
    assert_non_null(arena_alloc(&a, 0));
    arena_release(&a);
}

TEST(trying_beyond_the_largest_size_gives_nothing)
{
    struct arena a;
    arena_init(&a, 64 << 10);
    assert_non_null(arena_try(&a, 1000));
    assert_null(arena_try(&a, 1 << 20));
    assert_null(arena_try(&a, SIZE_MAX));
    assert_null(arena_try(&a, SIZE_MAX - 8));
    assert_non_null(arena_try(&a, 1000));
    size_t got = 0;
    while (arena_try(&a, 1000)) got += 1000;
    assert_true(got <= 64 << 10);
    assert_true(got > 32 << 10);
    arena_release(&a);
}

TEST(a_reset_arena_is_as_new)
{
    struct arena a;
    arena_init(&a, 1 << 20);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 50; i++) memset(arena_alloc(&a, 9000), 1, 9000);
        assert_true(a.used >= 450000);
        arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    unsigned char *p = arena_zalloc(&a, 10, 100);
    for (int i = 0; i < 1000; i++) assert_int_equal(p[i], 0);
    arena_release(&a);
    arena_release(&a); /* nothing left to give back */
}

TEST(arrays_grow_and_keep_what_they_hold)
{
    int64_t *list = NULL;
    size_t cap = 0;
    for (size_t n = 0; n < 10000; n++) {
        list = arena_grow(&test_arena, list, n, &cap, n + 1, sizeof *list);
        assert_true(cap > n);
        list[n] = (int64_t)n * 3;
    }
    for (size_t n = 0; n < 10000; n++) assert_int_equal(list[n], n * 3);
}

TEST(texts_are_copied_and_printed)
{
    char text[] = "韧邻";
    char *copy = arena_strdup(&test_arena, text);
    text[0] = 'x';
    assert_string_equal(copy, "韧邻");
    assert_string_equal(arena_strndup(&test_arena, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(&test_arena, "", 0), "");
    char *long_text = arena_printf(&test_arena, "%020000d|%s", 7, "end");
    assert_int_equal(strlen(long_text), 20004);
    assert_string_equal(long_text + 19999, "7|end");
}
