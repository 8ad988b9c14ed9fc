/* shape_test.c - three unlike structs through JSON and cells. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <jansson.h>

#include "base/shape.h"
#include "base/text.h"

static const char *const days_open[] = {"monday", "tuesday", "sunday", NULL};
static const char *const states[] = {"open", "shut", NULL};

/* A place on the map, inside a shop. */
struct spot { int64_t lon, lat; const char *hint; };
static const struct field spot_fields[] = {
    FIELD(spot, lon, F_DECIMAL(6), F_REQUIRED, .min = -180000000,
          .max = 180000000),
    FIELD(spot, lat, F_DECIMAL(6), F_REQUIRED),
    FIELD(spot, hint, F_TEXT, 0, .max = 4),
};
static const struct shape spot_shape = SHAPE(spot, spot_fields);

struct shop {
    struct place_id id, parent;
    const char *name;
    int64_t state, open_on;
    struct spot spot;
    struct bytes seal;
};
static const struct field shop_fields[] = {
    FIELD(shop, id, F_ID, F_REQUIRED | F_OURS),
    FIELD(shop, parent, F_REF, 0),
    FIELD(shop, name, F_TEXT, F_REQUIRED),
    FIELD(shop, state, F_ENUM, 0, .words = states),
    FIELD(shop, open_on, F_SET, 0, .words = days_open),
    FIELD(shop, spot, F_ROW, 0, .row = &spot_shape),
    FIELD(shop, seal, F_BYTES, 0),
};
static const struct shape shop_shape = SHAPE(shop, shop_fields);

/* A measurement of a person: personal, decimal, times. */
struct reading {
    struct person_id who;
    const char *name;
    int64_t heat, steps, rash;
    struct day onset;
    struct instant taken;
    const char *secret;
};
static const struct field reading_fields[] = {
    FIELD(reading, who, F_REF, F_REQUIRED),
    FIELD(reading, name, F_TEXT, F_PERSONAL, .max = 30),
    FIELD(reading, heat, F_DECIMAL(1), F_PERSONAL, .min = 340, .max = 430),
    FIELD(reading, steps, F_INT, 0, .min = 0, .max = 100000),
    FIELD(reading, rash, F_BOOL, 0),
    FIELD(reading, onset, F_DAY, 0),
    FIELD(reading, taken, F_INSTANT, 0),
    FIELD(reading, secret, F_TEXT, F_HIDDEN),
};
static const struct shape reading_shape = SHAPE(reading, reading_fields);

/* One member. */
struct note { const char *text; };
static const struct field note_fields[] = {
    FIELD(note, text, F_TEXT, F_REQUIRED, .max = 1000),
};
static const struct shape note_shape = SHAPE(note, note_fields);

static struct fault fault;

static enum rc take(const struct shape *s, void *row, const char *json)
{
    fault = (struct fault){0};
    return shape_from_json(s, row, json, strlen(json), &test_arena, &fault);
}

static const char *shown(const struct shape *s, const void *row,
                         enum reveal reveal)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    shape_to_json(s, row, reveal, &b);
    assert_true(buf_ok(&b));
    char *text = arena_strdup(&test_arena, b.at);
    buf_release(&b);
    return text;
}

static const char *cell_of(const struct shape *s, const void *row,
                           const char *name)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    field_to_text(shape_field(s, name), row, &b);
    char *text = arena_strdup(&test_arena, b.at ? b.at : "");
    buf_release(&b);
    return text;
}

static enum rc give(const struct shape *s, void *row, const char *name,
                    const char *text)
{
    fault = (struct fault){0};
    return field_from_text(shape_field(s, name), row, text, &test_arena,
                           &fault);
}

TEST(a_shop_goes_through_json_and_back)
{
    static const char json[] =
        "{\"parent\":\"9007199254740993\",\"name\":\"小\\\"店\\n\\u97e7\","
        "\"state\":\"shut\",\"open_on\":[\"sunday\",\"monday\"],"
        "\"spot\":{\"lon\":115.816712,\"lat\":-0.5,\"hint\":\"门口\"},"
        "\"seal\":\"AP8Q\"}";
    struct shop shop;
    assert_int_equal(take(&shop_shape, &shop, json), OK);
    assert_int_equal(shop.id.v, 0);
    assert_int_equal(shop.parent.v, INT64_C(9007199254740993));
    assert_string_equal(shop.name, "小\"店\n韧");
    assert_int_equal(shop.state, 1);
    assert_int_equal(shop.open_on, 5);
    assert_int_equal(shop.spot.lon, 115816712);
    assert_int_equal(shop.spot.lat, -500000);
    assert_int_equal(shop.seal.n, 3);
    assert_memory_equal(shop.seal.at, "\0\xff\x10", 3);
    assert_string_equal(
        shown(&shop_shape, &shop, REVEAL_MASKED),
        "{\"id\":null,\"parent\":\"9007199254740993\","
        "\"name\":\"小\\\"店\\n韧\",\"state\":\"shut\","
        "\"open_on\":[\"monday\",\"sunday\"],"
        "\"spot\":{\"lon\":115.816712,\"lat\":-0.500000,"
        "\"hint\":\"门口\"},\"seal\":\"AP8Q\"}");
}

TEST(a_reading_goes_through_json_and_back)
{
    static const char json[] =
        "{\"who\":\"7\",\"name\":\"张三\",\"heat\":38.5,\"steps\":0,"
        "\"rash\":false,\"onset\":\"1861-10-30\","
        "\"taken\":\"2026-11-24T16:00:00.250+08:00\"}";
    static const char want[] =
        "{\"who\":\"7\",\"name\":\"张三\",\"heat\":38.5,\"steps\":0,"
        "\"rash\":false,\"onset\":\"1861-10-30\","
        "\"taken\":\"2026-11-24T08:00:00.250Z\"}";
    struct reading x, y;
    assert_int_equal(take(&reading_shape, &x, json), OK);
    assert_int_equal(x.heat, 385);
    assert_int_equal(x.rash, 0);
    const char *text = shown(&reading_shape, &x, REVEAL_ALL);
    assert_string_equal(text, want);
    assert_int_equal(take(&reading_shape, &y, text), OK);
    assert_string_equal(shown(&reading_shape, &y, REVEAL_ALL), want);
}

TEST(decimals_in_json_are_exact_to_fifteen_digits)
{
    static const struct { const char *json; int64_t n; } good[] = {
        {"0.00001", 10}, {"1e-6", 1}, {"-0.0", 0}, {"0.1", 100000},
        {"-179.999999", -179999999}, {"1.5e1", 15000000}, {"7", 7000000},
        {"179.9999990", 179999999},
    };
    struct spot spot;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        const char *json = arena_printf(&test_arena,
                                        "{\"lon\":%s,\"lat\":0}",
                                        good[i].json);
        if (take(&spot_shape, &spot, json)) fail_msg("%s", json);
        assert_int_equal(spot.lon, good[i].n);
        json = shown(&spot_shape, &spot, REVEAL_ALL);
        assert_int_equal(take(&spot_shape, &spot, json), OK);
        assert_int_equal(spot.lon, good[i].n);
    }
    static const char *const wrong[] = {"1e-7", "0.0000015", "1.1234567",
                                        "1e300", "1000000001",
                                        "-1000000000.5"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (take(&spot_shape, &spot,
                 arena_printf(&test_arena, "{\"lon\":0,\"lat\":%s}",
                              wrong[i])) != INVALID)
            fail_msg("%s", wrong[i]);
}

TEST(personal_fields_leave_masked_and_hidden_ones_never)
{
    struct reading x;
    assert_int_equal(take(&reading_shape, &x,
                          "{\"who\":\"7\",\"name\":\"欧阳锋\",\"heat\":39}"),
                     OK);
    x.secret = "never";
    assert_string_equal(shown(&reading_shape, &x, REVEAL_MASKED),
                        "{\"who\":\"7\",\"name\":\"欧**\",\"heat\":null,"
                        "\"steps\":null,\"rash\":null,\"onset\":null,"
                        "\"taken\":null}");
    assert_null(strstr(shown(&reading_shape, &x, REVEAL_ALL), "never"));
    assert_int_equal(take(&reading_shape, &x,
                          "{\"who\":\"7\",\"secret\":\"x\"}"), INVALID);
    assert_string_equal(fault.field, "secret");
}

TEST(what_is_absent_is_null_or_not_there_and_says_so)
{
    struct shop a, b;
    assert_int_equal(take(&shop_shape, &a, "{\"name\":\"x\"}"), OK);
    assert_int_equal(take(&shop_shape, &b,
                          "{\"name\":\"x\",\"parent\":null,\"state\":null,"
                          "\"open_on\":null,\"spot\":null,\"seal\":null}"),
                     OK);
    const char *text = shown(&shop_shape, &a, REVEAL_ALL);
    assert_string_equal(text, shown(&shop_shape, &b, REVEAL_ALL));
    assert_int_equal(a.state, NONE);
    assert_int_equal(a.open_on, 0);
    assert_int_equal(a.spot.lon, NONE);
    assert_string_equal(a.spot.hint, "");
    assert_int_equal(a.seal.n, 0);
    struct reading r;
    memset(&r, 0xa5, sizeof r);
    shape_clear(&reading_shape, &r);
    assert_int_equal(r.who.v, 0);
    assert_string_equal(r.name, "");
    assert_int_equal(r.heat, NONE);
    assert_int_equal(r.onset.n, NONE);
    assert_int_equal(r.taken.ms, NONE);
    for (size_t i = 0; i < reading_shape.n; i++)
        assert_string_equal(
            cell_of(&reading_shape, &r, reading_fields[i].name), "");
}

TEST(cells_go_through_text_and_back)
{
    static const char *const cells[][2] = {
        {"who", "9223372036854775807"}, {"name", "张三"}, {"heat", "36.5"},
        {"steps", "100000"}, {"rash", "1"}, {"onset", "2024-02-29"},
        {"taken", "2026-11-24T08:00:00.000Z"},
    };
    struct reading r;
    shape_clear(&reading_shape, &r);
    for (size_t i = 0; i < COUNT_OF(cells); i++) {
        assert_int_equal(give(&reading_shape, &r, cells[i][0], cells[i][1]),
                         OK);
        assert_string_equal(cell_of(&reading_shape, &r, cells[i][0]),
                            cells[i][1]);
    }
    assert_int_equal(r.heat, 365);
    struct shop s;
    shape_clear(&shop_shape, &s);
    assert_int_equal(give(&shop_shape, &s, "open_on", "sunday,monday"), OK);
    assert_int_equal(give(&shop_shape, &s, "open_on", "tuesday"), OK);
    assert_string_equal(cell_of(&shop_shape, &s, "open_on"),
                        "monday;tuesday;sunday");
    assert_int_equal(give(&shop_shape, &s, "seal", "AP8Q"), OK);
    assert_string_equal(cell_of(&shop_shape, &s, "seal"), "AP8Q");
}

TEST(a_wrong_cell_names_its_field)
{
    static const char *const wrong[][2] = {
        {"who", ""}, {"who", "0"}, {"who", "-1"}, {"who", "1.5"},
        {"who", "9223372036854775808"}, {"heat", "36.55"}, {"heat", "33.9"},
        {"heat", "43.1"}, {"heat", "3e1"}, {"heat", "NaN"}, {"steps", "-1"},
        {"steps", "100001"}, {"steps", "1.0"}, {"rash", "yes"},
        {"onset", "2026-02-29"}, {"onset", "2026-1-1"},
        {"taken", "2026-11-24"},
        {"name", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct reading r;
        shape_clear(&reading_shape, &r);
        if (give(&reading_shape, &r, wrong[i][0], wrong[i][1]) != INVALID)
            fail_msg("%s took %s", wrong[i][0], wrong[i][1]);
        assert_string_equal(fault.field, wrong[i][0]);
        assert_false(fault.malformed);
    }
    struct shop s;
    shape_clear(&shop_shape, &s);
    assert_int_equal(give(&shop_shape, &s, "state", "SHUT"), INVALID);
    assert_int_equal(give(&shop_shape, &s, "open_on", "monday;x"), INVALID);
    assert_int_equal(give(&shop_shape, &s, "seal", "A"), INVALID);
}

TEST(json_of_the_wrong_type_is_refused_by_name)
{
    static const char *const wrong[][2] = {
        {"{}", "who"},
        {"{\"who\":7}", "who"},
        {"{\"who\":null}", "who"},
        {"{\"who\":\"7\",\"steps\":1.5}", "steps"},
        {"{\"who\":\"7\",\"steps\":1.0}", "steps"},
        {"{\"who\":\"7\",\"steps\":\"1\"}", "steps"},
        {"{\"who\":\"7\",\"heat\":\"36.5\"}", "heat"},
        {"{\"who\":\"7\",\"heat\":36.55}", "heat"},
        {"{\"who\":\"7\",\"heat\":1e300}", "heat"},
        {"{\"who\":\"7\",\"rash\":1}", "rash"},
        {"{\"who\":\"7\",\"onset\":20240101}", "onset"},
        {"{\"who\":\"7\",\"name\":[]}", "name"},
        {"{\"who\":\"7\",\"nobody\":1}", "nobody"},
    };
    struct reading r;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (take(&reading_shape, &r, wrong[i][0]) != INVALID)
            fail_msg("took %s", wrong[i][0]);
        assert_string_equal(fault.field, wrong[i][1]);
        assert_false(fault.malformed);
    }
    struct shop s;
    assert_int_equal(take(&shop_shape, &s,
                          "{\"name\":\"x\",\"spot\":{\"lon\":181,"
                          "\"lat\":0}}"), INVALID);
    assert_string_equal(fault.field, "spot.lon");
    assert_int_equal(take(&shop_shape, &s,
                          "{\"name\":\"x\",\"spot\":{\"lon\":1}}"), INVALID);
    assert_string_equal(fault.field, "spot.lat");
    assert_int_equal(take(&shop_shape, &s,
                          "{\"name\":\"x\",\"open_on\":[\"never\"]}"),
                     INVALID);
    assert_int_equal(take(&shop_shape, &s,
                          "{\"name\":\"x\",\"open_on\":\"monday\"}"),
                     INVALID);
    assert_int_equal(take(&shop_shape, &s,
                          "{\"id\":\"5\",\"name\":\"x\"}"), INVALID);
    assert_string_equal(fault.field, "id");
}

TEST(what_is_not_one_strict_json_object_is_malformed)
{
    static const char *const wrong[] = {
        "", "[]", "1", "null", "{\"text\":\"a\"} x", "{\"text\":\"a\",}",
        "{\"text\":\"a\",\"text\":\"b\"}", "{'text':'a'}",
        "{\"text\":\"\xff\"}",
        "{\"text\":\"a\\u0000b\"}", "{\"text\":\"\\ud800\"}", "{\"text\":NaN}",
        "\xef\xbb\xbf{\"text\":\"a\"}", "{\"text\":\"a\nb\"}",
    };
    struct note n;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (take(&note_shape, &n, wrong[i]) != INVALID)
            fail_msg("took %s", wrong[i]);
        if (!fault.malformed) fail_msg("not malformed: %s", wrong[i]);
    }
    char *deep = arena_alloc(&test_arena, 100001);
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    assert_int_equal(take(&note_shape, &n, deep), INVALID);
    assert_true(fault.malformed);
}

/* {"text":"a","more":[[…]]} with that many brackets in all. */
static const char *nested(int depth)
{
    char *open = arena_alloc(&test_arena, 100), *shut;
    shut = arena_alloc(&test_arena, 100);
    memset(open, '[', 100);
    memset(shut, ']', 100);
    return arena_printf(&test_arena,
                        "{\"text\":\"\\\"%.*s\",\"more\":%.*s%.*s}", 50, open,
                        depth - 1, open, depth - 1, shut);
}

TEST(depth_is_counted_outside_strings)
{
    struct note n;
    assert_int_equal(take(&note_shape, &n, nested(JSON_DEPTH_MAX)), INVALID);
    assert_false(fault.malformed); /* only no member of ours */
    assert_string_equal(fault.field, "more");
    assert_int_equal(take(&note_shape, &n, nested(JSON_DEPTH_MAX + 1)),
                     INVALID);
    assert_true(fault.malformed);
}

/* A case of the suite is mostly no object, so it is put behind a member that
 * is not ours: a good one is then a wrong member, a bad one is malformed. */
static void suite_case(const char *name, const char *must, const char *b64)
{
    char raw[4096], text[4200];
    size_t n = bytes_from_base64(raw, sizeof raw, b64, strlen(b64));
    if (n == SIZE_MAX) fail_msg("%s is too long", name);
    struct note note;
    fault = (struct fault){0};
    enum rc rc = shape_from_json(&note_shape, &note, raw, n, &test_arena,
                                 &fault);
    if (rc && rc != INVALID) fail_msg("%s: %s", name, rc_name(rc));
    bool object = n && raw[0] == '{';
    if (strcmp(must, "accept") == 0 && object && fault.malformed) {
        /* ours is stricter: keys stand once, a key has no NUL */
        if (!strstr(name, "duplicate") && !strstr(name, "null"))
            fail_msg("%s is good", name);
    }
    if (strcmp(must, "reject") == 0 && !fault.malformed)
        fail_msg("%s is bad but taken", name);
    static const char head[] = "{\"text\":\"a\",\"more\":";
    memcpy(text, head, sizeof head - 1);
    memcpy(text + sizeof head - 1, raw, n);
    size_t all = sizeof head - 1 + n;
    text[all++] = '}';
    fault = (struct fault){0};
    rc = shape_from_json(&note_shape, &note, text, all, &test_arena, &fault);
    assert_int_equal(rc, INVALID);
    bool strict = strstr(name, "duplicate") || strstr(name, "nul");
    if (strcmp(must, "accept") == 0 && fault.malformed && !strict)
        fail_msg("%s is good inside", name);
}

TEST(the_json_suite_is_refused_or_taken_as_it_says)
{
    size_t n, i;
    SHARED_OR_SKIP(text, &n, "standards/fuzz/json_test_suite.json");
    json_t *all = json_loadb(text, n, 0, NULL), *item;
    assert_non_null(all);
    json_array_foreach(all, i, item)
        suite_case(json_string_value(json_object_get(item, "name")),
                   json_string_value(json_object_get(item, "must")),
                   json_string_value(json_object_get(item, "b64")));
    assert_true(i > 50);
    json_decref(all);
}

TEST(naughty_strings_go_through_json_unharmed_or_cleaned)
{
    size_t n, i;
    SHARED_OR_SKIP(text, &n, "standards/fuzz/naughty_strings.json");
    json_t *all = json_loadb(text, n, JSON_ALLOW_NUL, NULL), *item;
    assert_non_null(all);
    json_array_foreach(all, i, item) {
        struct note a = {json_string_value(item)}, b;
        const char *once = shown(&note_shape, &a, REVEAL_ALL);
        enum rc rc = take(&note_shape, &b, once);
        if (rc) { /* nothing left of it, or too long */
            assert_string_equal(fault.field, "text");
            continue;
        }
        assert_string_equal(b.text, text_clean(&test_arena, a.text));
    }
    assert_true(i > 100);
    json_decref(all);
}

TEST(a_mask_keeps_one_character)
{
    char out[16];
    text_mask(out, "张三丰");
    assert_string_equal(out, "张**");
    text_mask(out, "𠮷田");
    assert_string_equal(out, "𠮷**");
    text_mask(out, "");
    assert_string_equal(out, "");
    text_mask(out, NULL);
    assert_string_equal(out, "");
}
