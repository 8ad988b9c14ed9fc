/* buf_test.c - bytes that grow up to a stated maximum. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/buf.h"
#include "base/text.h"

TEST(a_buf_grows_and_stays_ended_by_nul)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    assert_int_equal(b.len, 0);
    buf_puts(&b, "a");
    buf_putc(&b, 'b');
    buf_add(&b, "c\0d", 3);
    buf_int(&b, INT64_MIN);
    buf_printf(&b, "|%s|%d", "x", 5);
    assert_true(buf_ok(&b));
    assert_int_equal(b.len, 29);
    assert_memory_equal(b.at, "abc\0d-9223372036854775808|x|5", 30);
    for (int i = 0; i < 100000; i++) {
        buf_putc(&b, 'z');
        assert_int_equal(b.at[b.len], 0);
    }
    buf_clear(&b);
    assert_int_equal(b.len, 0);
    buf_printf(&b, "%05000d", 1);
    assert_int_equal(b.len, 5000);
    buf_release(&b);
}

TEST(a_full_buf_says_so_and_takes_nothing_more)
{
    struct buf b;
    buf_init(&b, 10);
    buf_puts(&b, "0123456789");
    assert_true(buf_ok(&b));
    buf_putc(&b, 'x');
    assert_false(buf_ok(&b));
    buf_clear(&b);
    assert_true(buf_ok(&b));
    buf_puts(&b, "01234567");
    buf_puts(&b, "89a");
    assert_false(buf_ok(&b));
    size_t had = b.len;
    buf_puts(&b, "1");
    buf_printf(&b, "%d", 1);
    buf_int(&b, 1);
    assert_int_equal(b.len, had);
    assert_true(b.len <= 10);
    buf_release(&b);
}

TEST(hex_and_base64_are_those_of_rfc_4648)
{
    static const char *const cases[] = {"",     "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    struct buf b;
    buf_init(&b, 1 << 10);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        buf_clear(&b);
        buf_puts(&b, "");
        buf_base64(&b, "foobar", i);
        assert_string_equal(b.at ? b.at : "", cases[i]);
    }
    buf_clear(&b);
    buf_hex(&b, "\x00\xff\x1a", 3);
    assert_string_equal(b.at, "00ff1a");
    buf_release(&b);
}

TEST(bytes_taken_belong_to_the_taker)
{
    struct buf b;
    size_t n;
    buf_init(&b, 100);
    buf_puts(&b, "mine");
    char *p = buf_take(&b, &n);
    assert_int_equal(n, 4);
    assert_string_equal(p, "mine");
    assert_int_equal(b.len, 0);
    buf_puts(&b, "new");
    assert_string_equal(p, "mine");
    free(p);
    buf_release(&b);
}
