/* text_test.c - UTF-8 checked, measured, cleaned and matched. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/text.h"

TEST(utf8_is_checked_strictly)
{
    static const struct { const char *s; size_t n; bool good; } cases[] = {
        {"", 0, true},
        {"plain", 5, true},
        {"é韧𠮷", 9, true},
        {"\xef\xbf\xbf", 3, true},             /* U+FFFF */
        {"\xf4\x8f\xbf\xbf", 4, true},         /* U+10FFFF */
        {"\xed\x9f\xbf", 3, true},             /* U+D7FF */
        {"\xee\x80\x80", 3, true},             /* U+E000 */
        {"\xc0\xaf", 2, false},                /* overlong */
        {"\xc1\xbf", 2, false},
        {"\xe0\x80\xaf", 3, false},
        {"\xe0\x9f\xbf", 3, false},
        {"\xf0\x80\x80\xaf", 4, false},
        {"\xf0\x8f\xbf\xbf", 4, false},
        {"\xed\xa0\x80", 3, false},            /* surrogates */
        {"\xed\xbf\xbf", 3, false},
        {"\xf4\x90\x80\x80", 4, false},        /* above U+10FFFF */
        {"\xf8\x88\x80\x80\x80", 5, false},
        {"\xfc\x83\xbf\xbf\xbf\xbf", 6, false},
        {"\x80", 1, false},
        {"\xff", 1, false},
        {"\xe9\x9f", 2, false},                /* cut */
        {"\xe9\x9f" "a", 3, false},
        {"a\0b", 3, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (text_is_utf8(cases[i].s, cases[i].n) != cases[i].good)
            fail_msg("case %zu", i);
}

TEST(lengths_are_in_characters_and_cuts_spare_them)
{
    assert_int_equal(text_length(""), 0);
    assert_int_equal(text_length("a韧𠮷"), 3);
    static const char s[] = "a韧𠮷"; /* 1 + 3 + 4 bytes */
    static const size_t want[] = {0, 1, 1, 1, 4, 4, 4, 4, 8};
    for (size_t n = 0; n < COUNT_OF(want); n++)
        assert_int_equal(text_cut(s, n), want[n]);
}

TEST(code_points_are_taken_and_put)
{
    static const uint32_t points[] = {'a', 0x80, 0x7ff, 0x800, 0x97e7,
                                      0xffff, 0x10000, 0x10ffff};
    char text[64], *out = text;
    for (size_t i = 0; i < COUNT_OF(points); i++)
        out += text_put(out, points[i]);
    *out = '\0';
    assert_true(text_is_utf8(text, strlen(text)));
    const char *s = text;
    for (size_t i = 0; i < COUNT_OF(points); i++)
        assert_int_equal(text_next(&s), points[i]);
    assert_int_equal(text_next(&s), 0);
    assert_int_equal(text_next(&s), 0);
    assert_ptr_equal(s, out);
}

TEST(cleaning_takes_blanks_at_the_ends_and_invisible_marks)
{
    static const char *const cases[][2] = {
        {"", ""},
        {" \t\n张三 \r\n", "张三"},
        {"\u00a0\u3000张三\u3000", "张三"},
        {"王　伟", "王　伟"},
        {"张\u200b三", "张三"},
        {"\ufeff张三", "张三"},
        {"user\u202etxt.exe", "usertxt.exe"},
        {"a\u2066b\u2069\u200e\u200f", "ab"},
        {"a\x01" "b\x1f" "c\x7f", "abc"},
        {"a\n\tb", "a\n\tb"},
        {"ＡＢ１２", "ＡＢ１２"},
        {" \u200b ", ""},
        {"\u200b  x \u200b", "x"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(text_clean(&test_arena, cases[i][0]),
                            cases[i][1]);
}

TEST(keys_forget_case_width_blanks_and_kinds_of_dash)
{
    static const char *const same[][2] = {
        {"ａｂ１２", "AB12"},
        {"Name", "ＮＡＭＥ"},
        {"a  b", "A\u3000b"},
        {"42-1--3", "42\u20141\u20103"},
        {" 身份证号 ", "身份证号"},
        {"42－1", "42-1"},
    };
    for (size_t i = 0; i < COUNT_OF(same); i++)
        assert_string_equal(text_key(&test_arena, same[i][0]),
                            text_key(&test_arena, same[i][1]));
    assert_string_not_equal(text_key(&test_arena, "a b"),
                            text_key(&test_arena, "ab"));
    assert_string_not_equal(text_key(&test_arena, "4-21"),
                            text_key(&test_arena, "42-1"));
}

TEST(blank_equal_and_starts_say_what_they_say)
{
    assert_true(text_is_blank(""));
    assert_true(text_is_blank(" \t\n\u00a0\u3000"));
    assert_false(text_is_blank(" x"));
    assert_true(text_is_empty(NULL));
    assert_true(text_equal(NULL, ""));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", NULL));
    assert_true(text_starts("abc", "ab"));
    assert_true(text_starts("abc", ""));
    assert_false(text_starts("ab", "abc"));
}

TEST(whole_numbers_stand_alone_and_within_their_range)
{
    int64_t n = 77;
    assert_true(text_to_int("-9223372036854775808", INT64_MIN, INT64_MAX,
                            &n));
    assert_true(n == INT64_MIN);
    assert_true(text_to_int("9223372036854775807", 0, INT64_MAX, &n));
    assert_true(n == INT64_MAX);
    assert_true(text_to_int("+5", 0, 5, &n));
    assert_int_equal(n, 5);
    assert_true(text_to_int("007", 0, 7, &n));
    static const char *const wrong[] = {
        "", "-", "+", " 1", "1 ", "1.0", "1e3", "0x1", "--1", "101", "-1",
        "9223372036854775808", "99999999999999999999999", "１",
    };
    n = 77;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (text_to_int(wrong[i], 0, 100, &n)) fail_msg("%s", wrong[i]);
    assert_int_equal(n, 77);
}

TEST(decimals_are_exact_and_come_back)
{
    static const struct { const char *s; int digits; int64_t n; } good[] = {
        {"36.5", 1, 365}, {"36", 1, 360}, {"-0.5", 1, -5}, {"0.05", 2, 5},
        {"-180.000001", 6, -180000001}, {"12", 0, 12}, {"0", 3, 0},
    };
    char out[32];
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int64_t n = -99, again = -98;
        if (!text_to_decimal(good[i].s, good[i].digits, &n))
            fail_msg("%s", good[i].s);
        assert_int_equal(n, good[i].n);
        text_from_decimal(out, n, good[i].digits);
        assert_true(text_to_decimal(out, good[i].digits, &again));
        assert_int_equal(again, n);
    }
    text_from_decimal(out, 365, 1);
    assert_string_equal(out, "36.5");
    text_from_decimal(out, -5, 2);
    assert_string_equal(out, "-0.05");
    text_from_decimal(out, INT64_MAX, 0);
    assert_string_equal(out, "9223372036854775807");
    static const char *const wrong[] = {
        "", ".", "-", "36.55", "3e1", " 1", "1 ", "1.", "1..2", "nan", "inf",
        "0x1", "922337203685477580.8", "99999999999999999999", "1,5",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t n;
        if (text_to_decimal(wrong[i], 1, &n)) fail_msg("%s", wrong[i]);
    }
}

TEST(bytes_compare_and_decode)
{
    unsigned char out[8];
    assert_true(bytes_equal_ct("abc", "abc", 3));
    assert_false(bytes_equal_ct("abc", "abd", 3));
    assert_false(bytes_equal_ct("xbc", "abc", 3));
    assert_true(bytes_equal_ct("a", "b", 0));
    assert_int_equal(bytes_from_hex(out, 8, "00fFa0", 6), 3);
    assert_memory_equal(out, "\x00\xff\xa0", 3);
    assert_int_equal(bytes_from_hex(out, 8, "0", 1), SIZE_MAX);
    assert_int_equal(bytes_from_hex(out, 8, "0g", 2), SIZE_MAX);
    assert_int_equal(bytes_from_hex(out, 2, "00ffa0", 6), SIZE_MAX);
}

TEST(base64_follows_rfc_4648_in_both_alphabets)
{
    static const char *const cases[][2] = {
        {"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"}, {"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"},
        {"Zg", "f"}, {"Zm8", "fo"}, {"+/8=", "\xfb\xff"},
        {"-_8", "\xfb\xff"},
    };
    char out[8];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t want = strlen(cases[i][1]);
        assert_int_equal(bytes_from_base64(out, 8, cases[i][0],
                                           strlen(cases[i][0])), want);
        assert_memory_equal(out, cases[i][1], want);
    }
    static const char *const wrong[] = {"Z", "Zg=", "Z===", "Zg==Zg==", "Z g=",
                                        "Zm9v====", "Zm9vYmFyYmF6"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (bytes_from_base64(out, 8, wrong[i], strlen(wrong[i])) !=
            SIZE_MAX)
            fail_msg("%s", wrong[i]);
}
