/* id_test.c - ids rise, never repeat, and tell their time and node. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <pthread.h>

#include "base/id.h"

static const struct instant noon = {INT64_C(1795521600000)};

TEST(ids_rise_even_when_the_clock_stands_or_falls)
{
    struct idgen g;
    idgen_init(&g, 3, noon);
    int64_t last = 0;
    for (int i = 0; i < 50000; i++) { /* over six milliseconds' worth */
        struct instant now = {noon.ms - (i % 3) * 1000};
        int64_t id = idgen_next(&g, now);
        assert_true(id > last);
        assert_int_equal(id >> 13 & 0xff, 3);
        last = id;
    }
    assert_true(id_instant(last).ms >= noon.ms);
    assert_true(id_instant(last).ms < noon.ms + 10);
}

TEST(an_id_tells_its_millisecond)
{
    struct idgen g;
    idgen_init(&g, 0, noon);
    struct instant later = {noon.ms + 12345};
    assert_int_equal(id_instant(idgen_next(&g, noon)).ms, noon.ms);
    assert_int_equal(id_instant(idgen_next(&g, later)).ms, later.ms);
    /* the clock falls back: the id does not */
    assert_int_equal(id_instant(idgen_next(&g, noon)).ms, later.ms);
}

TEST(ids_are_positive_from_before_2020_on)
{
    struct idgen g;
    idgen_init(&g, 255, (struct instant){0});
    assert_true(idgen_next(&g, (struct instant){0}) > 0);
    idgen_init(&g, 0, (struct instant){0});
    assert_true(idgen_next(&g, (struct instant){-MS_PER_DAY}) > 0);
    /* 2150 still fits 63 bits */
    assert_true(idgen_next(&g, (struct instant){INT64_C(5680281600000)}) > 0);
}

TEST(two_nodes_never_give_the_same_id)
{
    struct idgen a, b;
    idgen_init(&a, 1, noon);
    idgen_init(&b, 2, noon);
    int64_t x = 0, y = 0;
    for (int i = 0; i < 30000; i++) {
        if (x <= y) x = idgen_next(&a, noon);
        else y = idgen_next(&b, noon);
        assert_true(x != y);
    }
}

enum { THREADS = 4, EACH = 20000 };
static struct idgen shared;

static void *take_ids(void *out)
{
    int64_t *ids = out;
    for (int i = 0; i < EACH; i++) ids[i] = idgen_next(&shared, noon);
    return NULL;
}

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

TEST(threads_share_a_generator)
{
    pthread_t t[THREADS];
    int64_t *ids = arena_alloc(&test_arena, THREADS * EACH * sizeof *ids);
    idgen_init(&shared, 0, noon);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, take_ids,
                                        ids + i * EACH), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
    qsort(ids, THREADS * EACH, sizeof *ids, by_value);
    for (int i = 1; i < THREADS * EACH; i++)
        assert_true(ids[i] > ids[i - 1]);
}
