/* idno_test.c - identity numbers and telephone numbers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sheet.h"
#include "base/text.h"
#include "registry/idno.h"
#include "registry/person.h"
#include "registry/phone.h"
#include "test.h"

#define TODAY day_of(2026, 1, 1)

static const char *cell(const struct sheet_row *head,
                        const struct sheet_row *row, const char *name)
{
    size_t i = sheet_column(head, name);
    return i < row->n ? row->cell[i] : "";
}

/* The heading copied, since a row lives until the next one only. */
static struct sheet_row head_of(struct sheet *s)
{
    struct sheet_row row;
    struct fault f;
    assert_int_equal(sheet_next(s, &row, &f), OK);
    const char **cells = arena_alloc(&test_arena, row.n * sizeof *cells);
    for (size_t i = 0; i < row.n; i++)
        cells[i] = arena_strdup(&test_arena, row.cell[i]);
    row.cell = cells;
    return row;
}

static void check_good(const struct sheet_row *head,
                       const struct sheet_row *row, const struct idno *id)
{
    char birth[11] = "";
    assert_string_equal(idno_kinds[id->kind], cell(head, row, "kind"));
    if (id->kind == IDNO_FOREIGN_OLD) return;
    assert_string_equal(id->normal, cell(head, row, "normalised"));
    day_format(birth, id->birth);
    assert_string_equal(birth, cell(head, row, "birth"));
    assert_string_equal(id->sex == SEX_MALE ? "M" : "F",
                        cell(head, row, "sex"));
}

TEST(identity_numbers_are_judged_as_the_vectors_say)
{
    size_t len;
    SHARED_OR_SKIP(text, &len, "standards/ids.csv");
    struct sheet *s;
    struct fault f;
    struct sheet_row row;
    assert_int_equal(sheet_open_memory(&s, text, len, &f), OK);
    struct sheet_row head = head_of(s);
    int n = 0;
    for (; sheet_next(s, &row, &f) == OK; n++) {
        struct idno id;
        enum idno_fault fault =
            idno_check(cell(&head, &row, "input"), false, TODAY, &id);
        const char *reason = cell(&head, &row, "reason");
        bool good = strcmp(cell(&head, &row, "valid"), "1") == 0;
        assert_int_equal(good, fault == IDNO_GOOD);
        if (good) check_good(&head, &row, &id);
        else if (strcmp(reason, "bad_check_or_date") != 0)
            assert_string_equal(idno_faults[fault], reason);
    }
    assert_true(n > 100);
    sheet_close(s);
}

TEST(telephone_numbers_are_judged_as_the_vectors_say)
{
    size_t len;
    SHARED_OR_SKIP(text, &len, "standards/phones.csv");
    struct sheet *s;
    struct fault f;
    struct sheet_row row;
    assert_int_equal(sheet_open_memory(&s, text, len, &f), OK);
    struct sheet_row head = head_of(s);
    int n = 0;
    for (; sheet_next(s, &row, &f) == OK; n++) {
        struct phone p = {.normal = ""};
        enum phone_kind k =
            phone_check(cell(&head, &row, "input"), false, &p);
        assert_string_equal(phone_kinds[k], cell(&head, &row, "kind"));
        assert_string_equal(p.normal, cell(&head, &row, "normalised"));
    }
    assert_true(n > 40);
    sheet_close(s);
}

TEST(one_wrong_digit_or_two_swapped_never_pass)
{
    const char good[] = "36011219850504487";
    char s[19];
    struct idno id;
    snprintf(s, sizeof s, "%s%c", good, idno_check_char(good));
    assert_int_equal(idno_check(s, false, TODAY, &id), IDNO_GOOD);
    for (int i = 0; i < 17; i++) {
        for (char c = '0'; c <= '9'; c++) {
            char wrong[19];
            memcpy(wrong, s, sizeof wrong);
            if (c == s[i]) continue;
            wrong[i] = c;
            assert_int_not_equal(idno_check(wrong, false, TODAY, &id),
                                 IDNO_GOOD);
        }
        if (i == 16 || s[i] == s[i + 1]) continue;
        char swapped[19];
        memcpy(swapped, s, sizeof swapped);
        swapped[i] = s[i + 1];
        swapped[i + 1] = s[i];
        assert_int_not_equal(idno_check(swapped, false, TODAY, &id),
                             IDNO_GOOD);
    }
}

TEST(numbers_never_issued_are_for_demonstrations_only)
{
    char s[19] = IDNO_DEMO_REGION "19850504487";
    struct idno id;
    struct phone p;
    s[17] = idno_check_char(s);
    assert_int_equal(idno_check(s, false, TODAY, &id), IDNO_BAD_REGION);
    assert_int_equal(idno_check(s, true, TODAY, &id), IDNO_GOOD);
    assert_int_equal(id.kind, IDNO_RESIDENT);
    assert_int_equal(phone_check("10071234567", false, &p), PHONE_BAD);
    assert_int_equal(phone_check("10071234567", true, &p), PHONE_MOBILE);
}

TEST(a_birth_day_to_come_is_refused)
{
    char s[19] = "36011220260102123";
    struct idno id;
    s[17] = idno_check_char(s);
    assert_int_equal(idno_check(s, false, TODAY, &id), IDNO_FUTURE_BIRTH);
    assert_int_equal(idno_check(s, false, day_of(2026, 1, 2), &id),
                     IDNO_GOOD);
}
