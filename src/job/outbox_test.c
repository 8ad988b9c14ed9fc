/* outbox_test.c - once in, at least once out.  See outbox.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/outbox.h"

#include "desk.h"
#include "job/job.h"

static struct outbox message(const char *dedupe)
{
    return (struct outbox){.channel = "log", .to_ref = "person:7",
                           .template = "come and see", .args = "{}",
                           .dedupe = dedupe};
}

static struct outbox_id add(struct work *w, const char *dedupe)
{
    struct outbox m = message(dedupe);
    assert_rc(OK, WRITE(w, outbox_add(w, &m)));
    return m.id;
}

static struct outbox load(struct work *w, struct outbox_id id)
{
    struct outbox m;
    assert_rc(OK, READ(w, outbox_load(w, id, &m)));
    return m;
}

DESK_TEST(a_message_with_the_same_key_is_kept_once)
{
    struct outbox_id first, again, other;
    first = add(w, "alert:1");
    again = add(w, "alert:1");
    other = add(w, "alert:2");
    assert_int_equal(first.v, again.v);
    assert_true(other.v != first.v);
    struct outbox sms = message("alert:1");
    sms.channel = "sms";
    assert_rc(OK, WRITE(w, outbox_add(w, &sms)));
    assert_true(sms.id.v != first.v);
    assert_int_equal(3, desk_count(d, "SELECT count(*) FROM outbox"
                                      " WHERE community=$1"));
}

DESK_TEST(a_message_of_a_unit_that_failed_was_never_there)
{
    struct outbox m = message("alert:1");
    assert_rc(FAILED, WRITE(w, (outbox_add(w, &m) ? OK : FAILED)));
    assert_int_equal(0, desk_count(d, "SELECT count(*) FROM outbox"
                                      " WHERE community=$1"));
}

DESK_TEST(what_one_sender_holds_another_passes_over)
{
    struct outbox *mine, *theirs;
    size_t n;
    add(w, "1");
    add(w, "2");
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 1, &mine, &n)));
    assert_int_equal(1, n);
    assert_string_equal("1", mine[0].dedupe);
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 50, &theirs, &n)));
    assert_int_equal(1, n);
    assert_string_equal("2", theirs[0].dedupe);
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 50, &theirs, &n)));
    assert_int_equal(0, n);
    assert_rc(OK, WRITE(w, outbox_sent(w, &mine[0])));
    assert_int_equal(OUTBOX_SENT, load(w, mine[0].id).state);
}

static _Atomic int64_t claimed;

static enum rc claim_all(struct work *w, void *arg)
{
    struct outbox *items;
    size_t n;
    (void)arg;
    enum rc rc = outbox_claim(w, "log", 50, &items, &n);
    claimed += (int64_t)n;
    return rc;
}

DESK_TEST(of_many_senders_each_message_has_one)
{
    char key[16];
    for (int i = 0; i < 10; i++) {
        snprintf(key, sizeof key, "%d", i);
        add(w, key);
    }
    claimed = 0;
    assert_int_equal(8, desk_race(d, claim_all, NULL, 8, OK));
    assert_int_equal(10, claimed);
    assert_int_equal(10, desk_count(d, "SELECT count(*) FROM outbox WHERE"
                                       " community=$1 AND claim=1"));
}

DESK_TEST(a_sender_that_died_is_followed_by_another_under_the_same_id)
{
    struct outbox *dead, *next;
    size_t n;
    add(w, "1");
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 50, &dead, &n)));
    assert_rc(OK, WRITE(w, db_exec(w, "UPDATE outbox SET lease_until=1"
                                      " WHERE community=$1")));
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 50, &next, &n)));
    assert_int_equal(1, n);
    assert_int_equal(dead[0].id.v, next[0].id.v);
    assert_refused(CONFLICT, "", WRITE(w, outbox_sent(w, &dead[0])));
    assert_refused(CONFLICT, "", WRITE(w, outbox_failed(w, &dead[0], NULL)));
    assert_rc(OK, WRITE(w, outbox_sent(w, &next[0])));
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 50, &next, &n)));
    assert_int_equal(0, n);
}

static int sends;
static int64_t last_key;

static enum rc send_badly(struct work *w, const struct outbox *m)
{
    sends++;
    assert_null(w->db); /* outside any unit */
    if (last_key) assert_int_equal(last_key, m->id.v);
    last_key = m->id.v;
    return work_fail(w, BUSY, "", "no signal: %s", "139");
}

static const struct outbox_sender bad_sender = {"log", send_badly};

DESK_TEST(a_message_that_will_not_go_is_tried_ten_times_and_recorded)
{
    struct fault f = {0};
    struct outbox_id id = add(w, "1");
    sends = 0;
    last_key = 0;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(OK, outbox_drain(d->store, &bad_sender, NULL, &f));
        assert_int_equal(OK, outbox_drain(d->store, &bad_sender, NULL, &f));
        assert_int_equal(i < 10 ? i + 1 : 10, sends); /* one a back-off */
        desk_later(d, MS_PER_HOUR);
    }
    struct outbox m = load(w, id);
    assert_int_equal(OUTBOX_FAILED, m.state);
    assert_string_equal("busy: no signal: %s", m.last_fault);
    assert_int_equal(1, desk_entries(d, "outbox.failed"));
}

DESK_TEST(a_message_waits_for_its_time)
{
    struct fault f = {0};
    struct outbox m = message("1");
    int64_t sent = 0;
    m.due.ms = w->now.ms + MS_PER_HOUR;
    assert_rc(OK, WRITE(w, outbox_add(w, &m)));
    assert_int_equal(OK, outbox_drain(d->store, &outbox_log_sender, &sent,
                                      &f));
    assert_int_equal(0, sent);
    desk_later(d, MS_PER_HOUR);
    assert_int_equal(OK, outbox_drain(d->store, &outbox_log_sender, &sent,
                                      &f));
    assert_int_equal(1, sent);
}

static enum rc send_well(struct work *w, const struct outbox *m)
{
    (void)w;
    (void)m;
    sends++;
    return OK;
}

static const struct outbox_sender good_sender = {"log", send_well};

DESK_TEST(more_than_a_claim_of_every_community_is_sent)
{
    struct fault f = {0};
    char key[16];
    int64_t sent = 0;
    assert_true(desk_begin(w));
    for (int i = 0; i < OUTBOX_CLAIM_MAX + 7; i++) {
        snprintf(key, sizeof key, "%d", i);
        struct outbox m = message(key);
        assert_int_equal(OK, outbox_add(w, &m));
    }
    assert_rc(OK, desk_end(w, OK));
    desk_as_stranger(d, ROLE_ADMIN);
    add(w, "theirs");
    sends = 0;
    assert_int_equal(OK, outbox_drain(d->store, &good_sender, &sent, &f));
    assert_int_equal(OUTBOX_CLAIM_MAX + 8, sent);
    assert_int_equal(OUTBOX_CLAIM_MAX + 8, sends);
}

DESK_TEST(another_communitys_message_is_not_ours)
{
    struct outbox_id id = add(w, "1");
    struct outbox m, *items;
    size_t n;
    desk_as_stranger(d, ROLE_ADMIN);
    assert_rc(NOT_FOUND, READ(w, outbox_load(w, id, &m)));
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 50, &items, &n)));
    assert_int_equal(0, n);
}

DESK_TEST(a_sent_message_is_erased_after_a_month_and_an_open_one_never)
{
    static const struct retention_rule *const rules[] = {&outbox_retention};
    struct outbox *items;
    size_t n;
    bool again;
    add(w, "1");
    add(w, "2");
    assert_rc(OK, WRITE(w, outbox_claim(w, "log", 1, &items, &n)));
    assert_rc(OK, WRITE(w, outbox_sent(w, &items[0])));
    desk_later(d, 29 * MS_PER_DAY);
    assert_rc(OK, WRITE(w, retention_run(w, rules, 1, &again)));
    assert_int_equal(2, desk_count(d, "SELECT count(*) FROM outbox"
                                      " WHERE community=$1"));
    desk_later(d, 3 * MS_PER_DAY);
    assert_rc(OK, WRITE(w, retention_run(w, rules, 1, &again)));
    assert_int_equal(1, desk_count(d, "SELECT count(*) FROM outbox"
                                      " WHERE community=$1"));
}
