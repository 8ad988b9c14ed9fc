/* roster_test.c - rosters in, undone, and out again. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <iconv.h>

#include "base/text.h"
#include "desk.h"
#include "exchange/export.h"
#include "exchange/roster.h"
#include "intake/intake.h"
#include "registry/idno.h"

#define HEAD "楼栋,单元,房号,姓名,身份证号,电话,标签\r\n"

/* A valid number of a region never issued; serials tell them apart. */
static const char *number(int serial)
{
    char *s = arena_printf(&test_arena, IDNO_DEMO_REGION "1946%02d%02d%03d?",
                           1 + serial / 1000 % 12, 1 + serial / 12000,
                           serial % 1000);
    s[17] = idno_check_char(s);
    return s;
}

static enum rc bring(struct work *w, const char *csv, bool dry, bool skip,
                     struct roster_result *r)
{
    struct sheet *s;
    struct roster_options o = {.sheet = "名册.csv", .dry_run = dry,
                               .skip_bad = skip};
    assert_int_equal(sheet_open_memory(&s, csv, strlen(csv), &w->fault), OK);
    enum rc rc = roster_import(w, s, &o, r);
    sheet_close(s);
    return rc;
}

static int64_t people(struct desk *d)
{
    return desk_count(d, "SELECT count(*) FROM person WHERE community=$1"
                         " AND until=2932896");
}

/* What a person export says, without its mark. */
static bool collect(void *ctx, const void *p, size_t n)
{
    buf_add(ctx, p, n);
    return true;
}

static const char *exported(struct work *w, const char *what)
{
    struct buf b;
    int64_t rows;
    buf_init(&b, 1 << 20);
    w->purpose = "test";
    assert_rc(OK, export_table(w, what, collect, &b, &rows));
    const char *s = arena_strdup(&test_arena, b.at + 3);
    buf_release(&b);
    return s;
}

#define assert_has(text, part) assert_non_null(strstr((text), (part)))
#define assert_lacks(text, part) assert_null(strstr((text), (part)))

static void assert_counts(const struct roster_result *r, int64_t added,
                          int64_t changed, int64_t unchanged,
                          int64_t refused)
{
    assert_int_equal(added, r->added);
    assert_int_equal(changed, r->changed);
    assert_int_equal(unchanged, r->unchanged);
    assert_int_equal(refused, r->refused);
}

static const char *one(const char *name, int serial, const char *phone,
                       const char *tags)
{
    return arena_printf(&test_arena, HEAD "12,2,501,%s,%s,%s,%s\r\n", name,
                        number(serial), phone, tags);
}

DESK_TEST(headings_stand_in_any_order_and_either_language)
{
    struct roster_result r;
    assert_rc(OK, bring(w, one("王秀英", 2, "13800138000", "独居;高龄"),
                        false, false, &r));
    assert_counts(&r, 1, 0, 0, 0);
    assert_true(r.batch > 0);
    assert_int_equal(r.places, 3); /* building, stair, door */
    const char *csv = arena_printf(
        &test_arena, "Tags;note;IDNO;name;room;phone;UNIT;Building\n"
                     "独居，高龄;x;%s;王秀英;０501室;138 0013 8000;2单元;"
                     "12号楼\n", number(2));
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 0, 0, 1, 0);
    assert_string_equal(r.ignored, "note");
    assert_has(exported(w, "people"), "12,2,501,王秀英,女,1946-01-01,");
}

DESK_TEST(each_wrong_cell_is_named_with_its_remedy)
{
    static const struct {
        const char *row, *column, *value, *reason;
    } cases[] = {
        {",2,501,甲,,,", "楼栋", "", "is missing"},
        {"12,,501,甲,,,", "单元", "", "is missing"},
        {"12,2,,甲,,,", "房号", "", "is missing"},
        {"12,2,501,,,,", "姓名", "", "is missing"},
        {"1234567890123,2,501,甲,,,", "楼栋", "1234567890123",
         "is too long"},
        {"12,2,501,甲,3.60112E+17,,", "身份证号", "3.60112E+17",
         "the spreadsheet turned the number into the form 3.6E+17"},
        {"12,2,501,甲,110105194907253000,,", "身份证号",
         "110105194907253000", "the spreadsheet kept 15 digits and made the "
                               "last three 000"},
        {"12,2,501,甲,320312194601261016,,", "身份证号",
         "320312194601261016", "the check digit does not fit: one digit is "
                               "wrong, or two are swapped"},
        {"12,2,501,甲,371623190002292900,,", "身份证号",
         "371623190002292900", "holds a birth day that does not exist"},
        {"12,2,501,甲,170101201703065310,,", "身份证号",
         "170101201703065310", "begins with a region that does not exist"},
        {"12,2,501,甲,36011219620216836,,", "身份证号", "36011219620216836",
         "an identity number has 18 characters"},
        {"12,2,501,甲,,12800138000,", "电话", "12800138000",
         "is not the telephone number of a person"},
        {"12,2,501,甲,,1.38E+10,", "电话", "1.38E+10",
         "the spreadsheet turned the number into the form 3.6E+17"},
        {"12,2,501,甲,,,,未知,", "性别", "未知",
         "is neither male nor female"},
        {"12,2,501,甲,,,,,1946-02-30", "出生", "1946-02-30", "is not a day"},
        {"12,2,501,甲,,,,,2946-02-03", "出生", "2946-02-03",
         "is yet to come"},
    };
    int64_t before = people(d);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct roster_result r;
        const char *csv = arena_printf(
            &test_arena, "楼栋,单元,房号,姓名,身份证号,电话,标签,性别,出生\n"
                         "12,2,502,乙,,,,,\n%s\n", cases[i].row);
        assert_refused(INVALID, "", bring(w, csv, false, false, &r));
        assert_int_equal(r.n_cells, 1);
        assert_int_equal(r.cells[0].row, 3);
        assert_string_equal(r.cells[0].column, cases[i].column);
        assert_string_equal(r.cells[0].value, cases[i].value);
        assert_string_equal(r.cells[0].reason, cases[i].reason);
        assert_string_not_equal(words_in(LANG_ZH, r.cells[0].reason),
                                r.cells[0].reason);
        assert_string_not_equal(words_in(LANG_ZH, r.cells[0].remedy),
                                r.cells[0].remedy);
        assert_counts(&r, 0, 0, 0, 1);
        assert_int_equal(r.batch, 0);
    }
    assert_int_equal(people(d), before);
}

DESK_TEST(a_missing_column_is_named)
{
    struct roster_result r;
    assert_refused(INVALID, "", bring(w, "楼栋,单元,姓名\n1,1,甲\n", false,
                                      true, &r));
    assert_int_equal(r.n_cells, 1);
    assert_int_equal(r.cells[0].row, 1);
    assert_string_equal(r.cells[0].column, "房号");
    assert_refused(INVALID, "", bring(w, "", false, false, &r));
}

DESK_TEST(one_person_stands_once_in_a_file)
{
    struct roster_result r;
    const char *csv = arena_printf(
        &test_arena, HEAD "12,2,501,甲,%s,,\n12,2,502,乙,%s,,\n"
                          "12,2,502,丁,%s,,\n12,2,501,丙,,,\n"
                          "12,2,501,戊,,,\n12,2,501,丙,,,\n",
        number(2), number(1), number(2));
    assert_rc(OK, bring(w, csv, false, true, &r));
    assert_counts(&r, 4, 0, 0, 2);
    assert_int_equal(r.n_cells, 2);
    assert_int_equal(r.cells[0].row, 4);
    assert_string_equal(r.cells[0].column, "身份证号");
    assert_int_equal(r.cells[1].row, 7);
    assert_string_equal(r.cells[1].column, "姓名");
}

DESK_TEST(a_dry_run_stores_nothing_and_says_what_would_be)
{
    struct roster_result r;
    int64_t before = people(d), entries = desk_entries(d, "import.done");
    assert_rc(OK, bring(w, one("王秀英", 1, "", ""), true, false, &r));
    assert_counts(&r, 1, 0, 0, 0);
    assert_int_equal(r.batch, 0);
    assert_int_equal(people(d), before);
    assert_int_equal(desk_entries(d, "import.done"), entries);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM place WHERE"
                                   " community=$1 AND code='12'"), 0);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM person_batch"
                                   " WHERE community=$1"), 0);
}

DESK_TEST(good_rows_go_in_beside_bad_ones_when_asked)
{
    struct roster_result r;
    int64_t before = people(d);
    const char *csv = arena_printf(&test_arena,
                                   HEAD "12,2,501,甲,123,,\n,,,,,,\n"
                                        "12,2,501,乙,,,\n");
    assert_rc(INVALID, bring(w, csv, false, false, &r));
    assert_int_equal(people(d), before);
    assert_rc(OK, bring(w, csv, false, true, &r));
    assert_counts(&r, 1, 0, 0, 1);
    assert_int_equal(people(d), before + 1);
}

DESK_TEST(the_same_file_twice_changes_nothing)
{
    struct roster_result r;
    const char *csv = arena_printf(
        &test_arena, HEAD "12,2,501,甲,%s,13800138000,独居\n"
                          "12,2,501,乙,,0791-83828384,\n12,2,501,丙,,,\n",
        number(1));
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 3, 0, 0, 0);
    int64_t now = people(d);
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 0, 0, 3, 0);
    assert_int_equal(r.batch, 0);
    assert_int_equal(people(d), now);
    assert_int_equal(desk_entries(d, "import.done"), 1);
}

DESK_TEST(an_empty_cell_leaves_what_is_known)
{
    struct roster_result r;
    assert_rc(OK, bring(w, one("甲", 1, "13800138000", "独居"), false, false,
                        &r));
    const char *csv = arena_printf(&test_arena, HEAD "12,2,601,甲,%s,,\n",
                                   number(1));
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 0, 1, 0, 0); /* moved */
    const char *line = arena_printf(
        &test_arena, "12,2,601,甲,男,1946-01-01,%s,13800138000,独居\r\n",
        number(1));
    assert_has(exported(w, "people"), line);
}

DESK_TEST(a_number_never_takes_the_place_of_another)
{
    struct roster_result r;
    assert_rc(OK, bring(w, one("甲", 1, "", ""), false, false, &r));
    assert_rc(OK, bring(w, one("甲", 3, "", ""), false, false, &r));
    assert_counts(&r, 1, 0, 0, 0);
    const char *csv = HEAD "12,2,501,丙,,,\n";
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_rc(OK, bring(w, one("丙", 5, "", ""), false, false, &r));
    assert_counts(&r, 0, 1, 0, 0); /* who had none gets one */
}

DESK_TEST(undoing_puts_back_what_stood_there)
{
    struct roster_result r;
    struct roster_undone u;
    assert_rc(OK, bring(w, one("甲", 1, "13800138000", "独居"), false, false,
                        &r));
    const char *before = exported(w, "people");
    const char *csv = arena_printf(
        &test_arena, HEAD "12,2,502,甲甲,%s,13900139000,空巢\n"
                          "12,2,503,乙,%s,,\n", number(1), number(2));
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 1, 1, 0, 0);
    assert_has(exported(w, "people"), "甲甲");
    assert_rc(OK, roster_undo(w, r.batch, &u));
    assert_int_equal(u.restored, 1);
    assert_int_equal(u.closed, 1);
    assert_int_equal(u.kept, 0);
    assert_string_equal(exported(w, "people"), before);
    assert_int_equal(desk_entries(d, "import.undone"), 1);
    assert_refused(CONFLICT, "batch", roster_undo(w, r.batch, &u));
    /* and once more: who was taken out comes back as the same person */
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 0, 2, 0, 0);
}

static enum rc add_same_name(struct work *w, void *arg)
{
    struct place door;
    (void)arg;
    enum rc rc = place_by_code(w, PLACE_HOUSEHOLD, "12-2-501", &door);
    struct person p = {.name = "丙", .idno = "", .phone = "", .tags = "",
                       .household = door.id, .sex = NONE, .birth = NO_DAY};
    return rc ? rc : person_create(w, &p, 0);
}

DESK_TEST(who_lives_here_still_is_meant_rather_than_who_left)
{
    struct roster_result r;
    struct roster_undone u;
    const char *csv = HEAD "12,2,501,丙,,,\n";
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_rc(OK, roster_undo(w, r.batch, &u));
    assert_rc(OK, desk_write(d, add_same_name, NULL));
    assert_rc(OK, bring(w, csv, false, false, &r));
    assert_counts(&r, 0, 0, 1, 0);
}

DESK_TEST(undoing_keeps_what_others_changed_since)
{
    struct roster_result first, second;
    struct roster_undone u;
    const char *csv = arena_printf(&test_arena, HEAD "12,2,501,甲,%s,,\n"
                                                     "12,2,501,乙,%s,,\n",
                                   number(1), number(2));
    assert_rc(OK, bring(w, csv, false, false, &first));
    assert_rc(OK, bring(w, one("乙乙", 2, "", "高龄"), false, false,
                        &second));
    assert_rc(OK, roster_undo(w, first.batch, &u));
    assert_int_equal(u.closed, 1);
    assert_int_equal(u.restored, 0);
    assert_int_equal(u.kept, 1);
    const char *all = exported(w, "people");
    assert_has(all, "乙乙");
    assert_lacks(all, ",甲,");
}

DESK_TEST(an_import_of_another_community_is_not_there)
{
    struct roster_result r;
    struct roster_undone u;
    assert_rc(OK, bring(w, one("甲", 1, "", ""), false, false, &r));
    int64_t batch = r.batch, now = people(d);
    desk_as_stranger(d, ROLE_ADMIN);
    assert_refused(NOT_FOUND, "batch", roster_undo(w, batch, &u));
    assert_rc(OK, bring(w, one("甲", 1, "", ""), true, false, &r));
    assert_counts(&r, 1, 0, 0, 0); /* unknown there */
    desk_as_system(d);
    assert_int_equal(people(d), now);
}

DESK_TEST(who_may_not_import_changes_nothing)
{
    struct roster_result r;
    struct roster_undone u;
    assert_rc(OK, bring(w, one("甲", 1, "", ""), false, false, &r));
    int64_t batch = r.batch, now = people(d);
    desk_as(d, ROLE_RESIDENT, (struct place_id){0});
    assert_rc(DENIED, bring(w, one("乙", 2, "", ""), false, false, &r));
    assert_rc(DENIED, roster_undo(w, batch, &u));
    desk_as_system(d);
    assert_int_equal(people(d), now);
}

static const char *many(int n, const char *tag)
{
    struct buf b;
    buf_init(&b, 4 << 20);
    buf_puts(&b, HEAD);
    for (int i = 0; i < n; i++)
        buf_printf(&b, "%d,1,%d,居民%d,%s,1381%07d,%s\n", 20 + i / 400,
                   100 + i / 3 % 134, i, number(i), i, tag);
    const char *s = arena_strdup(&test_arena, b.at);
    buf_release(&b);
    return s;
}

DESK_TEST(a_large_file_lands_in_pieces_and_is_undone_whole)
{
    enum { N = 2 * PERSON_BATCH_LAND + 7 };
    struct roster_result r;
    struct roster_undone u;
    int64_t before = people(d);
    assert_rc(OK, bring(w, many(N, "甲"), false, false, &r));
    assert_counts(&r, N, 0, 0, 0);
    assert_int_equal(people(d), before + N);
    assert_int_equal(desk_entries(d, "import.done"), 1);
    assert_rc(OK, bring(w, many(N, "乙"), false, false, &r));
    assert_counts(&r, 0, N, 0, 0);
    assert_rc(OK, roster_undo(w, r.batch, &u));
    assert_int_equal(u.restored, N);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM person WHERE"
                                   " community=$1 AND tags='甲'"), N);
}

struct landing {
    struct person_batch batch;
    struct digest root;
};

static enum rc stage_two(struct work *w, void *arg)
{
    struct landing *l = arg;
    struct person a = {.name = "甲", .idno = number(1), .phone = "",
                       .tags = "", .sex = NONE, .birth = NO_DAY};
    struct person b = a;
    b.name = "乙";
    b.idno = number(2);
    enum rc rc = person_batch_create(w, &l->batch);
    if (!rc) rc = person_batch_stage(w, &l->batch, &a);
    if (!rc) rc = person_batch_stage(w, &l->batch, &b);
    if (!rc) rc = person_batch_root(w, &l->batch, &l->root);
    return rc;
}

static enum rc seal(struct work *w, void *arg)
{
    struct landing *l = arg;
    return person_batch_seal(w, &l->batch, &l->root);
}

DESK_TEST(a_batch_that_a_crash_interrupted_goes_on_by_itself)
{
    struct landing l = {.batch = {.source = "x"}};
    struct roster_result r;
    int64_t before = people(d);
    assert_rc(OK, desk_write(d, stage_two, &l));
    assert_int_equal(people(d), before); /* nobody sees what is staged */
    assert_rc(OK, desk_write(d, seal, &l));
    assert_rc(OK, bring(w, one("丙", 3, "", ""), false, false, &r));
    assert_int_equal(people(d), before + 3);
    assert_int_equal(desk_entries(d, "import.done"), 2);
}

DESK_TEST(staging_that_was_left_is_cleared_after_an_hour)
{
    struct landing l = {.batch = {.source = "x"}};
    struct roster_result r;
    assert_rc(OK, desk_write(d, stage_two, &l));
    desk_later(d, 61 * MS_PER_MINUTE);
    assert_rc(OK, bring(w, one("丙", 3, "", ""), false, false, &r));
    assert_int_equal(desk_count(d, "SELECT count(*) FROM person_stage WHERE"
                                   " community=$1 AND person_stage.name<>"
                                   "'丙'"), 0);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM person_batch WHERE"
                                   " community=$1"), 1);
}

static enum rc add_first(struct work *w, void *arg)
{
    (void)arg;
    struct person p = {.name = "先到", .idno = number(1), .phone = "",
                       .tags = "", .sex = NONE, .birth = NO_DAY};
    return person_create(w, &p, 0);
}

DESK_TEST(who_was_added_meanwhile_is_not_added_twice)
{
    struct landing l = {.batch = {.source = "x"}};
    int64_t before = people(d);
    assert_rc(OK, desk_write(d, stage_two, &l));
    assert_rc(OK, desk_write(d, add_first, NULL));
    assert_rc(OK, desk_write(d, seal, &l));
    assert_rc(OK, WRITE(w, person_batch_land(w, &l.batch)));
    assert_int_equal(l.batch.added, 1);
    assert_int_equal(people(d), before + 2);
}

/* Whatever statement fails, a file of a few rows is in whole or not at all,
 * and the next try brings it in. */
DESK_TEST(a_failure_anywhere_leaves_no_half_import)
{
    int64_t before = people(d);
    int failed = 0;
    for (int n = 1; n < 400; n += 7) {
        struct roster_result r;
        const char *csv = arena_printf(
            &test_arena, HEAD "30,1,%d,甲,%s,,\n30,1,%d,乙,%s,,\n", n,
            number(2 * n), n, number(2 * n + 1));
        store_trouble(d->store, TROUBLE_STATEMENT, n);
        enum rc rc = bring(w, csv, false, false, &r);
        store_trouble(d->store, TROUBLE_NONE, 0);
        int64_t now = people(d);
        assert_true(now == before || now == before + 2);
        if (!rc) assert_int_equal(now, before + 2);
        else failed++;
        assert_rc(OK, bring(w, csv, false, false, &r));
        before += 2;
        assert_int_equal(people(d), before);
    }
    assert_true(failed > 3);
}

DESK_TEST(the_entry_of_an_import_proves_its_rows)
{
    struct roster_result r;
    struct person_batch b;
    struct digest root;
    bool same;
    assert_rc(OK, bring(w, one("甲", 1, "", ""), false, false, &r));
    assert_rc(OK, READ(w, person_batch_load(w, r.batch, &b)));
    assert_int_equal(b.root.n, sizeof root.b);
    memcpy(root.b, b.root.at, sizeof root.b);
    assert_rc(OK, READ(w, person_batch_check(w, "import.done", r.batch,
                                             &root, &same)));
    assert_true(same);
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE person_stage SET leaf=$2"
                                      " WHERE community=$1 AND side=1",
                                   db_blob(root.b, sizeof root.b))));
    root.b[0] ^= 1;
    assert_rc(OK, READ(w, person_batch_check(w, "import.done", r.batch,
                                             &root, &same)));
    assert_false(same);
}

DESK_TEST(erasing_a_person_erases_what_imports_kept)
{
    struct roster_result r;
    int64_t id;
    assert_rc(OK, bring(w, one("将删", 1, "13800138000", "x"), false, false,
                        &r));
    assert_rc(OK, bring(w, one("将删", 1, "13900139000", "x"), false, false,
                        &r));
    assert_rc(OK, READ(w, db_int(w, &id, "SELECT id FROM person WHERE"
                                         " community=$1 AND name='将删'")));
    assert_rc(OK, WRITE(w, person_erase(w, (struct person_id){id})));
    assert_int_equal(desk_count(d, "SELECT count(*) FROM person_stage WHERE"
                                   " community=$1 AND (name<>'' OR tags<>''"
                                   " OR idno IS NOT NULL OR phone IS NOT"
                                   " NULL)"), 0);
}

DESK_TEST(a_file_in_gb18030_is_read)
{
    struct sheet *s;
    struct roster_result r;
    struct roster_options o = {.sheet = "gb18030.csv"};
    char out[512], *to = out;
    char *from = arena_strdup(&test_arena, one("𠮷田㛃子", 2, "", "独居"));
    size_t n = strlen(from), room = sizeof out;
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    assert_int_equal(iconv(cd, &from, &n, &to, &room), 0);
    iconv_close(cd);
    assert_int_equal(sheet_open_memory(&s, out, sizeof out - room, &w->fault),
                     OK);
    assert_rc(OK, roster_import(w, s, &o, &r));
    sheet_close(s);
    assert_counts(&r, 1, 0, 0, 0);
    assert_has(exported(w, "people"), "12,2,501,𠮷田㛃子,女,");
}

DESK_TEST(every_row_of_a_damaged_file_is_accounted_for)
{
    size_t len;
    SHARED_OR_SKIP(text, &len, "standards/encoding/gb18030.csv");
    struct sheet *s;
    struct roster_result r;
    struct roster_options o = {.sheet = "gb18030.csv", .skip_bad = true};
    assert_int_equal(sheet_open_memory(&s, text, len, &w->fault), OK);
    assert_rc(OK, roster_import(w, s, &o, &r));
    sheet_close(s);
    assert_counts(&r, 0, 0, 0, 15); /* made-up numbers, missing doors */
    assert_string_equal(r.ignored, "备注");
    assert_string_equal(r.cells[0].value, "360112196202168364");
    assert_string_equal(r.cells[8].column, "楼栋"); /* as the file goes */
    assert_string_equal(r.cells[9].column, "单元");
}

DESK_TEST(what_leaves_can_come_back_in)
{
    struct roster_result r;
    int64_t rows = people(d);
    assert_rc(OK, bring(w, many(300, "甲"), false, false, &r));
    const char *out = exported(w, "people");
    /* those of the desk have numbers that are none */
    assert_rc(OK, bring(w, out, false, true, &r));
    assert_counts(&r, 0, 0, 300, rows);
}

DESK_TEST(a_formula_does_not_leave_as_one)
{
    struct roster_result r;
    assert_rc(OK, bring(w, one("=cmd|'/C calc'!A0", 1, "", "@SUM(1)"), false,
                        false, &r));
    const char *out = exported(w, "people");
    assert_has(out, ",'=cmd|");
    assert_has(out, ",'@SUM(1)");
}

DESK_TEST(personal_lists_want_a_purpose_and_are_readings)
{
    struct buf b;
    int64_t rows;
    buf_init(&b, 1 << 20);
    w->purpose = "";
    assert_refused(DENIED, "purpose",
                   export_table(w, "people", collect, &b, &rows));
    assert_refused(DENIED, "purpose",
                   export_table(w, "reports", collect, &b, &rows));
    assert_int_equal(b.len, 0);
    assert_rc(OK, export_table(w, "places", collect, &b, &rows));
    assert_refused(INVALID, "WHAT",
                   export_table(w, "salaries", collect, &b, &rows));
    w->purpose = "疫情流调";
    assert_rc(OK, export_table(w, "people", collect, &b, &rows));
    assert_int_equal(rows, TOWN_PEOPLE);
    assert_int_equal(desk_entries(d, "reading"), 1);
    assert_int_equal(desk_entries(d, "export.done"), 2);
    assert_int_equal(desk_count(d, "SELECT count(*) FROM reading_subject"
                                   " WHERE community=$1"), TOWN_PEOPLE);
    assert_rc(OK, export_table(w, "temperature", collect, &b, &rows));
    buf_release(&b);
    desk_as(d, ROLE_GUARD, (struct place_id){0});
    w->purpose = "x";
    assert_rc(DENIED, export_table(w, "people", collect, &b, &rows));
}

static enum rc report_one(struct work *w, void *arg)
{
    const struct report_kind *k = arg;
    bool again;
    void *r = arena_zalloc(w->arena, 1, report_shape(k)->size);
    char json[256];
    snprintf(json, sizeof json, "{\"person\":\"%lld\"%s}",
             (long long)w->person.v,
             strcmp(k->name, "temperature") == 0
                 ? ",\"temperature_c\":38.5,\"note\":\"=1+1\"" : "");
    shape_clear(report_shape(k), r);
    enum rc rc = shape_from_json(k->shape, report_row(r), json, strlen(json),
                                 w->arena, &w->fault);
    return rc ? rc : report_submit(w, k, r, &again);
}

DESK_TEST(reports_of_all_kinds_leave_with_the_columns_of_all)
{
    desk_as_person(d, ROLE_RESIDENT, (struct place_id){0},
                   d->here.person[0]);
    void *kind = (void *)(uintptr_t)report_kind_find("temperature");
    assert_rc(OK, desk_write(d, report_one, kind));
    desk_as_system(d);
    const char *out = exported(w, "reports");
    assert_true(text_starts(out, words_in(w->language, "report.kind")));
    assert_has(out, words_in(w->language, "temperature.temperature_c"));
    if (report_kind_find("notified"))
        assert_has(out, words_in(w->language, "notified.disease"));
    assert_has(out, "\r\ntemperature,");
    assert_has(out, ",38.5,");
    assert_has(out, ",'=1+1");
    assert_int_equal(desk_entries(d, "reading"), 1);
    out = exported(w, "temperature");
    assert_lacks(out, words_in(w->language, "notified.disease"));
}
