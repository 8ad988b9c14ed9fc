/* sheet_test.c - CSV in every encoding a community office sends, and out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <jansson.h>
#include <unistd.h>

#include "base/sheet.h"

static struct sheet *opened(const void *p, size_t n)
{
    struct sheet *s;
    struct fault f;
    if (sheet_open_memory(&s, p, n, &f) != OK)
        fail_msg("%s (%s, %s)", f.detail, f.args[0], f.args[1]);
    return s;
}

/* Cells joined by | and rows by /, the way a test reads them. */
static const char *table_of(const char *csv)
{
    struct buf b;
    struct sheet_row row;
    struct fault f;
    struct sheet *s = opened(csv, strlen(csv));
    buf_init(&b, 1 << 20);
    buf_puts(&b, "");
    enum rc rc;
    while ((rc = sheet_next(s, &row, &f)) == OK) {
        if (b.len) buf_putc(&b, '/');
        for (size_t i = 0; i < row.n; i++) {
            if (i) buf_putc(&b, '|');
            buf_puts(&b, row.cell[i]);
        }
    }
    if (rc != NOT_FOUND) buf_printf(&b, " %s %d", rc_name(rc), (int)f.row);
    sheet_close(s);
    char *text = arena_strdup(&test_arena, b.at ? b.at : "");
    buf_release(&b);
    return text;
}

/* What reading all of it came to; f from wherever it failed. */
static enum rc read_all(const void *p, size_t n, struct fault *f)
{
    struct sheet *s;
    struct sheet_row row;
    enum rc rc = sheet_open_memory(&s, p, n, f);
    if (rc) return rc;
    while ((rc = sheet_next(s, &row, f)) == OK) {
    }
    sheet_close(s);
    return rc == NOT_FOUND ? OK : rc;
}

static const char *put_one(const char *cell)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    sheet_put(&b, true, cell);
    buf_puts(&b, "");
    char *text = arena_strdup(&test_arena, b.at ? b.at : "");
    buf_release(&b);
    return text;
}

TEST(quotes_separators_and_line_ends_follow_rfc_4180)
{
    assert_string_equal(table_of("a,b\r\n1,2\r\n"), "a|b/1|2");
    assert_string_equal(table_of("a,b\n1,2"), "a|b/1|2");
    assert_string_equal(table_of("a,b\r"), "a|b");
    assert_string_equal(table_of("\"a,\"\"b\"\"\",\"c\nd\"\n"),
                        "a,\"b\"|c\nd");
    assert_string_equal(table_of("a,,\n,,b\n"), "a||/||b");
    assert_string_equal(table_of("\"\"\n"), "");
    assert_string_equal(table_of("a \"b\",c\n"), "a \"b\"|c");
    assert_string_equal(table_of(""), "");
}

TEST(blank_lines_are_skipped_and_lines_are_counted)
{
    static const char csv[] = "\n  \r\na,b\n\n\"x\ny\",2\nlast,3\n";
    static const int64_t lines[] = {3, 5, 7};
    struct sheet *s = opened(csv, sizeof csv - 1);
    struct sheet_row row;
    struct fault f;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(sheet_next(s, &row, &f), OK);
        assert_int_equal(row.line, lines[i]);
        assert_int_equal(row.n, 2);
    }
    assert_int_equal(sheet_next(s, &row, &f), NOT_FOUND);
    assert_int_equal(sheet_next(s, &row, &f), NOT_FOUND);
    sheet_close(s);
}

TEST(the_separator_is_the_most_frequent_of_the_first_line)
{
    assert_string_equal(table_of("a;b;c,d\n1;2;3\n"), "a|b|c,d/1|2|3");
    assert_string_equal(table_of("a\tb\n1,5\t2\n"), "a|b/1,5|2");
    assert_string_equal(table_of("\"a;b;c\",d\n1;2,3\n"), "a;b;c|d/1;2|3");
    assert_string_equal(table_of("姓名\n张,三\n"), "姓名/张|三");
    assert_string_equal(table_of(" \r\n\na;b\n1;2,3,4\n"), "a|b/1|2,3,4");
    assert_string_equal(table_of("id,no;姓;名\n"), "id,no|姓|名");
}

TEST(a_wrong_row_is_reported_with_its_line_and_left)
{
    assert_string_equal(table_of("a,b\n\"x\"y,2\n"), "a|b invalid 2");
    assert_string_equal(table_of("a\n\n\"never\nclosed"), "a invalid 3");
    static const char csv[] = "a,b\n\"x\"y,2\n3,4\n";
    struct sheet *s = opened(csv, sizeof csv - 1);
    struct sheet_row row;
    struct fault f;
    assert_int_equal(sheet_next(s, &row, &f), OK);
    assert_int_equal(sheet_next(s, &row, &f), INVALID);
    assert_int_equal(sheet_next(s, &row, &f), OK);
    assert_int_equal(row.line, 3);
    assert_string_equal(row.cell[0], "3");
    sheet_close(s);
}

static enum rc read_repeated(const char *unit, size_t times, size_t *cells)
{
    struct buf b;
    struct fault f;
    struct sheet *s;
    struct sheet_row row = {0};
    buf_init(&b, 64 << 20);
    for (size_t i = 0; i < times; i++) buf_puts(&b, unit);
    assert_int_equal(sheet_open_memory(&s, b.at, b.len, &f), OK);
    enum rc rc = sheet_next(s, &row, &f);
    *cells = rc ? 0 : row.n;
    sheet_close(s);
    buf_release(&b);
    return rc;
}

TEST(cells_rows_and_characters_have_limits)
{
    size_t n;
    assert_int_equal(read_repeated(",", SHEET_CELLS_MAX - 1, &n), OK);
    assert_int_equal(n, SHEET_CELLS_MAX);
    assert_int_equal(read_repeated(",", SHEET_CELLS_MAX, &n), INVALID);
    assert_int_equal(read_repeated("人", SHEET_CELL_MAX, &n), OK);
    assert_int_equal(read_repeated("人", SHEET_CELL_MAX + 1, &n), INVALID);
    assert_int_equal(read_repeated("\"x\ny", SHEET_LINE_MAX, &n), INVALID);
}

static void expect_table(const char *name, const char *csv, size_t n,
                         json_t *want)
{
    struct sheet *s = opened(csv, n);
    struct sheet_row row;
    struct fault f;
    size_t i, k;
    json_t *cells, *cell;
    json_array_foreach(want, i, cells) {
        if (sheet_next(s, &row, &f) != OK) fail_msg("%s row %zu", name, i);
        assert_int_equal(row.n, json_array_size(cells));
        json_array_foreach(cells, k, cell)
            assert_string_equal(row.cell[k], json_string_value(cell));
    }
    assert_int_equal(sheet_next(s, &row, &f), NOT_FOUND);
    sheet_close(s);
}

/* truncated_multibyte.csv of the vectors lacks its last line end, nothing
 * else: the table in it is whole, so it is read.  Cuts inside a character are
 * made below, from the good files. */
TEST(every_encoding_gives_the_same_table_and_damage_is_refused)
{
    size_t n;
    SHARED_OR_SKIP(text, &n, "standards/encoding/expected.json");
    json_t *all = json_loadb(text, n, 0, NULL), *verdict;
    assert_non_null(all);
    const char *name;
    size_t tables = 0, refused = 0;
    json_object_foreach(json_object_get(all, "files"), name, verdict) {
        size_t size;
        char *csv = test_shared(
            arena_printf(&test_arena, "standards/encoding/%s", name), &size);
        const char *word = json_string_value(verdict);
        if (strcmp(name, "truncated_multibyte.csv") == 0) word = "full";
        json_t *table = json_object_get(all, word);
        struct fault f;
        if (table) {
            expect_table(name, csv, size, table);
            tables++;
        } else {
            if (read_all(csv, size, &f) != INVALID) fail_msg("%s", name);
            assert_true(f.args[0][0] >= '0' && f.args[0][0] <= '9');
            refused++;
        }
    }
    json_decref(all);
    assert_int_equal(tables, 9);
    assert_int_equal(refused, 4);
}

TEST(the_encoding_found_is_named)
{
    static const struct {
        const char *bytes, *name;
        size_t n;
    } cases[] = {
        {"a,b\n", "UTF-8", 4},
        {"\xef\xbb\xbf" "a\n", "UTF-8", 5},
        {"\xd0\xd5\xc3\xfb\n", "GB18030", 5},
        {"\xff\xfe" "a\0\n\0", "UTF-16LE", 6},
        {"\xfe\xff" "\0a\0\n", "UTF-16BE", 6},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sheet *s = opened(cases[i].bytes, cases[i].n);
        assert_string_equal(sheet_encoding(s), cases[i].name);
        assert_int_equal(sheet_separator(s), ',');
        sheet_close(s);
    }
}

TEST(bytes_that_are_no_text_are_refused_at_their_offset)
{
    static const struct {
        const char *bytes, *offset;
        size_t n;
    } cases[] = {
        {"a\n\xc0\xaf\n", "2", 5},                /* overlong */
        {"a\n\xe0\x80\xaf\n", "2", 6},            /* overlong, 3 bytes */
        {"a\n\xed\xa0\x80\n", "2", 6},            /* a surrogate */
        {"a\n\xf4\x90\x80\x80\n", "2", 7},        /* above U+10FFFF */
        {"a\n\xe5\xa7\x93,\xe5\xa7", "6", 8},     /* cut in UTF-8 */
        {"a\n\xd0\xd5,\xc3", "5", 6},             /* cut in GB 18030 */
        {"a\n\xd0\xd5,\xff\n", "5", 7},           /* no GB 18030 */
        {"a\0b\n", "1", 4},
        {"\xe5\xa7\x93\0\n", "3", 5},
        {"\xd0\xd5\0\n", "2", 4},
        {"\xff\xfe" "a\0\0\0", "4", 6},           /* NUL in UTF-16 */
        {"\xff\xfe" "a\0\0\xd8\n\0", "4", 8},     /* half a pair */
        {"\xff\xfe" "a\0b", "4", 5},              /* an odd byte */
        {"\xef\xbb\xbf" "a\n\xd0\xd5\n", "5", 8}, /* BOM, then GBK */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fault f;
        if (read_all(cases[i].bytes, cases[i].n, &f) != INVALID)
            fail_msg("case %zu was read", i);
        assert_string_equal(f.args[0], cases[i].offset);
        assert_true(f.malformed);
    }
}

TEST(a_good_file_cut_inside_a_character_is_refused)
{
    static const struct { const char *name, *offset; size_t n; } cuts[] = {
        {"utf8_plain.csv", "3", 5},
        {"gb18030.csv", "2", 3},
        {"gbk_lf_only.csv", "26", 27},
        {"utf16le_bom_tab.txt", "4", 5},
        {"utf16be_bom_tab.txt", "6", 7},
    };
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        size_t n;
        struct fault f;
        SHARED_OR_SKIP(csv, &n, arena_printf(&test_arena,
                       "standards/encoding/%s", cuts[i].name));
        assert_int_equal(read_all(csv, cuts[i].n, &f), INVALID);
        assert_string_equal(f.args[0], cuts[i].offset);
    }
}

/* UTF-8 lines of which each, read as GBK, would be text as well. */
TEST(a_utf8_line_in_a_gbk_file_is_refused_not_guessed)
{
    static const char tail[] = "\xd0\xd5\xc3\xfb,1\n"
                               "\xe5\xbc\xa0\xe5\xb9\xb3,"
                               "\xe7\x8e\x8b\xe4\xbc\x9f\n"
                               "\xd0\xd5\xc3\xfb,2\n";
    static const char head[] = "\xe5\xa7\x93\xe5\x90\x8d\n\xd5\xc5\xc8\xfd\n";
    struct fault f;
    assert_int_equal(read_all(tail, sizeof tail - 1, &f), INVALID);
    assert_string_equal(f.args[0], "7");
    assert_int_equal(read_all(head, sizeof head - 1, &f), INVALID);
    assert_string_equal(f.args[0], "0");
}

/* Chinese that starts far behind the first window is still GBK, and a
 * character across two windows is whole. */
TEST(the_encoding_is_settled_by_the_first_byte_that_is_not_ascii)
{
    static const char *const name[] = {"\xe5\xbc\xa0", "\xd5\xc5"};
    for (size_t shift = 0; shift < 6; shift++) {
        struct buf b;
        struct fault f;
        struct sheet_row row;
        buf_init(&b, 64 << 20);
        for (size_t i = 0; i < shift; i++) buf_putc(&b, 'x');
        for (int i = 0; i < 20000; i++) buf_puts(&b, "plain,row\r\n");
        for (int i = 0; i < 60000; i++)
            buf_printf(&b, "%s,%d\n", name[shift % 2], i);
        struct sheet *s = opened(b.at, b.len);
        int n = 0;
        while (sheet_next(s, &row, &f) == OK) {
            n++;
            assert_int_equal(row.line, n);
            assert_int_equal(row.n, 2);
            if (n > 20000) assert_string_equal(row.cell[0], "张");
        }
        assert_int_equal(n, 80000);
        sheet_close(s);
        buf_release(&b);
    }
}

TEST(damage_far_inside_is_told_by_the_line_of_its_row)
{
    struct buf b;
    struct fault f;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 20000; i++) buf_puts(&b, "plain,row\n");
    buf_puts(&b, "\"two\nlines\xff\",x\n");
    assert_int_equal(read_all(b.at, b.len, &f), INVALID);
    assert_string_equal(f.args[0], "200010");
    assert_int_equal(f.row, 20001);
    buf_release(&b);
}

/* One byte at a time, then lost. */
struct drip { const char *at; bool lost; };

static long drip_read(void *ctx, void *out, size_t max)
{
    struct drip *d = ctx;
    assert_true(max > 0);
    if (!*d->at) return d->lost ? -1 : 0;
    *(char *)out = *d->at++;
    return 1;
}

TEST(a_slow_reader_gives_the_same_rows_and_a_lost_one_fails)
{
    struct drip slow = {"姓名,手机\r\n\"张,三\",138\r\n", false};
    struct sheet *s;
    struct sheet_row row;
    struct fault f;
    assert_int_equal(sheet_open(&s, drip_read, &slow, &f), OK);
    assert_int_equal(sheet_next(s, &row, &f), OK);
    assert_int_equal(sheet_next(s, &row, &f), OK);
    assert_string_equal(row.cell[0], "张,三");
    assert_int_equal(sheet_next(s, &row, &f), NOT_FOUND);
    sheet_close(s);
    struct drip lost = {"a,b\n", true};
    assert_int_equal(sheet_open(&s, drip_read, &lost, &f), FAILED);
    assert_null(s);
}

TEST(a_file_is_read_and_a_missing_one_is_not_found)
{
    char path[] = "/tmp/renlin-sheet-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a,b\n1,2\n", 8), 8);
    close(fd);
    struct sheet *s;
    struct sheet_row row;
    struct fault f;
    assert_int_equal(sheet_open_file(&s, path, &f), OK);
    assert_int_equal(sheet_next(s, &row, &f), OK);
    assert_string_equal(row.cell[1], "b");
    sheet_close(s);
    unlink(path);
    assert_int_equal(sheet_open_file(&s, path, &f), NOT_FOUND);
}

TEST(a_column_is_found_by_any_of_its_names)
{
    const char *const cells[] = {"序号", " 身份证号 ", "Ｐhone", "name"};
    struct sheet_row head = {1, COUNT_OF(cells), cells};
    assert_int_equal(sheet_column(&head, "证件号|身份证号"), 1);
    assert_int_equal(sheet_column(&head, "手机|PHONE"), 2);
    assert_int_equal(sheet_column(&head, "Name"), 3);
    assert_int_equal(sheet_column(&head, "nam"), SIZE_MAX);
    assert_int_equal(sheet_column(&head, ""), SIZE_MAX);
}

TEST(formulas_are_made_harmless_and_numbers_stay)
{
    static const char *const pairs[][2] = {
        {"=1+1", "'=1+1"},         {"@SUM(1)", "'@SUM(1)"},
        {"+86 138", "'+86 138"},   {"-1+1", "'-1+1"},
        {"-", "'-"},               {"＝1", "'＝1"},
        {"＋1", "'＋1"},           {"－1", "'－1"},
        {"＠a", "'＠a"},           {"-12", "-12"},
        {"+3.5", "+3.5"},          {"-1e9", "-1e9"},
        {"-.5", "-.5"},            {"-1e", "'-1e"},
        {"1-1", "1-1"},            {"a=b", "a=b"},
        {"\t=1", "\"'\t=1\""},     {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""},     {"a;=1", "\"a;'=1\""},
        {"a,\"=1", "\"a,\"\"'=1\""}, {"3;-4", "\"3;-4\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        assert_string_equal(put_one(pairs[i][0]), pairs[i][1]);
}

TEST(no_injection_vector_survives_an_export)
{
    size_t n;
    SHARED_OR_SKIP(text, &n, "standards/fuzz/csv_injection.json");
    json_t *all = json_loadb(text, n, 0, NULL), *item;
    assert_non_null(all);
    size_t i;
    json_array_foreach(json_object_get(all, "inputs"), i, item) {
        const char *in = json_string_value(item);
        const char *want = arena_printf(&test_arena, "'%s", in);
        assert_string_equal(table_of(put_one(in)), want);
    }
    json_decref(all);
}

TEST(what_is_written_is_read_back)
{
    static const char *const cells[] = {
        "\uFEFFbom", "", " ", "a;b;c", "\"", "\"\"", "x\r\ny", "张\t三", ",",
        "\r", "0401", "𠮷田", "'",
    };
    struct buf b;
    struct fault f;
    struct sheet_row row;
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        sheet_put(&b, true, cells[i]);
        sheet_end(&b);
    }
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        sheet_put(&b, i == 0, cells[i]);
    sheet_end(&b);
    struct sheet *s = opened(b.at, b.len);
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        assert_int_equal(sheet_next(s, &row, &f), OK);
        assert_int_equal(row.n, 1);
        const char *cell = row.cell[0];
        if (strcmp(cells[i], "\r") == 0) cell++; /* got its quote */
        assert_string_equal(cell, cells[i]);
    }
    assert_int_equal(sheet_next(s, &row, &f), OK);
    assert_int_equal(row.n, COUNT_OF(cells));
    assert_int_equal(sheet_next(s, &row, &f), NOT_FOUND);
    sheet_close(s);
    buf_release(&b);
}
