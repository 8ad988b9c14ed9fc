/* temperature_test.c - what a temperature may say and what it counts for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include "intake/intake.h"

static struct report *from_json(struct desk *d, const char *json)
{
    struct work *w = &d->work;
    const struct report_kind *k = report_kind_find("temperature");
    const struct shape *s = report_shape(k);
    struct report *r = arena_zalloc(&d->arena, 1, s->size);
    assert_rc(OK, shape_from_json(s, r, json, strlen(json), &d->arena,
                                  &w->fault));
    return r;
}

static enum rc submit(struct work *w, struct report *r)
{
    bool again;
    return report_submit(w, report_kind_find("temperature"), r, &again);
}

DESK_TEST(fever_counts_from_37_3_degrees)
{
    static const struct { const char *json; int counts; } table[] = {
        {"{\"temperature_c\":37.2}", 0}, {"{\"temperature_c\":37.3}", 1},
        {"{\"temperature_c\":43.0}", 1}, {"{\"temperature_c\":34}", 0},
        {"{\"temperature_c\":36.5,\"symptoms\":[\"cough\"]}", 0},
    };
    desk_as_person(d, ROLE_RESIDENT, (struct place_id){0}, d->here.person[0]);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct report *r = from_json(d, table[i].json);
        assert_rc(OK, WRITE(w, submit(w, r)));
        assert_int_equal(r->counts, table[i].counts);
    }
    assert_int_equal(desk_count(d, "SELECT count(*) FROM report"
                                   " WHERE community=$1 AND counts=1"), 2);
}

DESK_TEST(a_temperature_is_refused_outside_what_bodies_have)
{
    static const char *const wrong[] = {
        "{\"temperature_c\":33.9}", "{\"temperature_c\":43.1}", "{}",
        "{\"temperature_c\":36.55}"};
    const struct shape *s = report_shape(report_kind_find("temperature"));
    struct report *r = arena_zalloc(&d->arena, 1, s->size);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(INVALID, "temperature_c",
                       shape_from_json(s, r, wrong[i], strlen(wrong[i]),
                                       &d->arena, &w->fault));
}

DESK_TEST(the_day_is_within_the_last_two_weeks)
{
    static const struct { const char *json; enum rc rc; } table[] = {
        {"{\"temperature_c\":37,\"day\":\"2026-11-25\"}", INVALID},
        {"{\"temperature_c\":37,\"day\":\"2026-11-24\"}", OK},
        {"{\"temperature_c\":37,\"day\":\"2026-11-10\"}", OK},
        {"{\"temperature_c\":37,\"day\":\"2026-11-09\"}", INVALID},
    };
    desk_as_person(d, ROLE_RESIDENT, (struct place_id){0}, d->here.person[0]);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        assert_rc(table[i].rc,
                  WRITE(w, submit(w, from_json(d, table[i].json))));
        assert_string_equal(w->fault.field, table[i].rc ? "day" : "");
    }
}

DESK_TEST(what_was_reported_comes_back)
{
    const struct report_kind *k = report_kind_find("temperature");
    struct report *r = from_json(d,
        "{\"temperature_c\":38.5,\"symptoms\":[\"cough\",\"rash\"],"
        "\"note\":\"昨晚开始\"}");
    desk_as_person(d, ROLE_RESIDENT, (struct place_id){0}, d->here.person[0]);
    assert_rc(OK, WRITE(w, submit(w, r)));
    struct report *back = arena_zalloc(&d->arena, 1, report_shape(k)->size);
    assert_rc(OK, READ(w, report_load(w, k, r->id, back)));
    struct buf b;
    buf_init(&b, 4096);
    shape_to_json(report_shape(k), back, REVEAL_ALL, &b);
    assert_non_null(strstr(b.at, "\"temperature_c\":38.5"));
    assert_non_null(strstr(b.at, "[\"cough\",\"rash\"]"));
    assert_non_null(strstr(b.at, "昨晚开始"));
    assert_null(strstr(b.at, "digest"));
    buf_release(&b);
}
