/* notified_test.c - what a notified case may say, and who may notify. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include "intake/intake.h"

static enum rc submit(struct work *w, const struct person_id *person,
                      const char *days, struct report **out)
{
    const struct report_kind *k = report_kind_find("notified");
    const struct shape *s = report_shape(k);
    bool again;
    const char *json = arena_printf(w->arena, "{\"person\":\"%lld\"%s}",
                                    (long long)person->v, days);
    *out = arena_zalloc(w->arena, 1, s->size);
    enum rc rc = shape_from_json(s, *out, json, strlen(json), w->arena,
                                 &w->fault);
    return rc ? rc : report_submit(w, k, *out, &again);
}

DESK_TEST(a_notified_case_always_counts_on_its_day)
{
    struct report *r;
    desk_as(d, ROLE_DIRECTOR, (struct place_id){0});
    assert_rc(OK, WRITE(w, submit(w, &d->here.person[0],
                                  ",\"day\":\"2026-11-20\","
                                  "\"onset\":\"2026-11-11\","
                                  "\"disease\":\"麻疹\"", &r)));
    assert_int_equal(r->counts, 1);
    assert_int_equal(r->on_day.n, day_of(2026, 11, 20).n);
    assert_int_equal(r->building.v, d->here.building[0].v);
    assert_rc(OK, WRITE(w, submit(w, &d->here.person[1], "", &r)));
    assert_int_equal(r->on_day.n, work_today(w).n);
}

DESK_TEST(a_case_is_notified_after_it_began_and_soon)
{
    static const char *const wrong[][2] = {
        {",\"day\":\"2026-11-25\"", "day"},
        {",\"day\":\"2026-11-09\"", "day"},
        {",\"onset\":\"2026-11-25\"", "onset"},
        {",\"day\":\"2026-11-20\",\"onset\":\"2026-11-21\"", "onset"},
        {",\"onset\":\"2025-11-22\"", "onset"},
    };
    struct report *r;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(INVALID, wrong[i][1],
                       WRITE(w, submit(w, &d->here.person[0], wrong[i][0],
                                       &r)));
    assert_rc(OK, WRITE(w, submit(w, &d->here.person[0],
                                  ",\"onset\":\"2025-11-23\"", &r)));
}

DESK_TEST(staff_notify_in_their_scope_and_residents_do_not)
{
    struct report *r;
    desk_as_person(d, ROLE_RESIDENT, (struct place_id){0}, d->here.person[0]);
    assert_rc(DENIED, WRITE(w, submit(w, &d->here.person[0], "", &r)));
    desk_as(d, ROLE_GRID_WORKER, d->here.grid[1]);
    assert_refused(DENIED, "person",
                   WRITE(w, submit(w, &d->here.person[0], "", &r)));
    desk_as_stranger(d, ROLE_DIRECTOR);
    assert_refused(INVALID, "person",
                   WRITE(w, submit(w, &d->here.person[0], "", &r)));
    assert_int_equal(desk_entries(d, "report.received"), 0);
}
