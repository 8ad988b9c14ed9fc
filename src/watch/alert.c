/* alert.c - the life of an alert.  See alert.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/alert.h"

#include <math.h>

#include "base/text.h"
#include "ledger/ledger.h"

const char *const alert_states[] = {"open", "taken", "dismissed", "confirmed",
                                    NULL};

static const struct field alert_fields[] = {
    FIELD(alert, id, F_ID, F_OURS),
    FIELD(alert, kind, F_TEXT, F_OURS),
    FIELD(alert, level, F_ENUM, F_OURS, .words = watch_levels),
    FIELD(alert, detector, F_TEXT, F_OURS),
    FIELD(alert, place, F_REF, F_OURS),
    FIELD(alert, building, F_REF, F_OURS),
    FIELD(alert, parent, F_REF, F_OURS),
    FIELD(alert, day, F_DAY, F_OURS),
    FIELD(alert, window_days, F_INT, F_OURS),
    FIELD(alert, observed, F_INT, F_OURS),
    FIELD(alert, expected, F_DECIMAL(6), F_OURS),
    FIELD(alert, p, F_DECIMAL(12), F_OURS),
    FIELD(alert, places, F_INT, F_OURS),
    FIELD(alert, state, F_ENUM, F_OURS, .words = alert_states),
    FIELD(alert, raised, F_INSTANT, F_OURS),
    FIELD(alert, updated, F_INSTANT, F_OURS),
    FIELD(alert, owner, F_REF, F_OURS),
    FIELD(alert, reason, F_TEXT, F_OURS, .max = ALERT_REASON_MAX),
    FIELD(alert, evidence, F_TEXT, F_OURS),
};
const struct shape alert_shape = SHAPE(alert, alert_fields);

#define ALERT_COLUMNS                                                      \
    "id, kind, level, detector, place, building, parent, day, window_days," \
    " observed, expected, p, places, state, raised, updated, owner, reason"

bool alert_can_become(enum alert_state from, enum alert_state to)
{
    static const bool moves[4][4] = {
        [ALERT_OPEN] = {[ALERT_TAKEN] = true, [ALERT_DISMISSED] = true},
        [ALERT_TAKEN] = {[ALERT_DISMISSED] = true, [ALERT_CONFIRMED] = true},
    };
    return moves[from][to];
}

static bool is_live(const struct alert *a) { return a->state <= ALERT_TAKEN; }

/* ---- raised, grown ---- */

/* A chance in ALERT_P_UNITs, never rounded to none. */
static int64_t p_units(double p)
{
    if (p >= 1) return 0; /* a judge without p says 1 */
    double units = round(p / ALERT_P_UNIT);
    return units < 1 ? 1 : (int64_t)units;
}

static void set_verdict(struct alert *a, const struct alert_finding *f)
{
    a->window_days = f->verdict.window_days;
    a->observed = (int64_t)f->verdict.observed;
    a->expected = (int64_t)round(f->verdict.expected * 1e6);
    a->p = p_units(f->verdict.p);
    a->places = f->places;
}

/* The household stays out of the ledger: two people in one flat are almost a
 * name. */
static enum rc enter(struct work *w, const char *kind, const struct alert *a)
{
    char expected[32];
    text_from_decimal(expected, a->expected, 6);
    const char *values = arena_printf(
        w->arena, "{\"kind\":\"%s\",\"level\":\"%s\",\"detector\":\"%s\","
        "\"building\":\"%lld\",\"observed\":%lld,\"expected\":%s}",
        a->kind, watch_levels[a->level], a->detector,
        (long long)a->building.v, (long long)a->observed, expected);
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = kind, .thing = a->id.v, .values = values});
}

/* The live alert of that kind of the building, 0 if there is none. */
static enum rc parent_of(struct work *w, const struct alert *a,
                         struct alert_id *out)
{
    out->v = 0;
    if (a->level != WATCH_HOUSEHOLD || !a->building.v) return OK;
    enum rc rc = db_int(w, &out->v,
        "SELECT min(id) FROM alert WHERE community=$1 AND kind=$2"
        " AND place=$3 AND level=$4 AND state<$5",
        a->kind, a->building.v, WATCH_BUILDING, ALERT_DISMISSED);
    if (out->v == NONE) out->v = 0;
    return rc == NOT_FOUND ? OK : rc;
}

static enum rc adopt(struct work *w, const struct alert *a)
{
    if (a->level != WATCH_BUILDING) return OK;
    return db_exec(w,
        "UPDATE alert SET parent=$2 WHERE community=$1 AND building=$3"
        " AND kind=$4 AND level=$5 AND state<$6 AND parent=0",
        a->id.v, a->building.v, a->kind, WATCH_HOUSEHOLD, ALERT_DISMISSED);
}

static enum rc create(struct work *w, const struct alert_finding *f)
{
    struct alert a = {.kind = f->kind, .level = f->level,
                      .detector = f->detector, .place = f->place,
                      .building = f->building, .day = f->day,
                      .state = ALERT_OPEN, .raised = w->now};
    set_verdict(&a, f);
    a.id.v = work_new_id(w);
    enum rc rc = parent_of(w, &a, &a.parent);
    if (rc) return rc;
    rc = db_exec(w,
        "INSERT INTO alert(community, id, kind, level, detector, place,"
        " building, parent, day, window_days, observed, expected, p, places,"
        " state, raised, updated, owner, reason) VALUES($1, $2, $3, $4, $5,"
        " $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $15, 0, '')",
        a.id.v, a.kind, a.level, a.detector, a.place.v, a.building.v,
        a.parent.v, a.day.n, a.window_days, a.observed, a.expected, a.p,
        a.places, a.raised.ms);
    if (!rc) rc = adopt(w, &a);
    return rc ? rc : enter(w, "alert.raised", &a);
}

static bool is_past(const struct work *w, const struct alert *a)
{
    return a->updated.ms <= w->now.ms - ALERT_QUIET_DAYS * MS_PER_DAY;
}

/* Fewer persons than before are no news while the old ones are; later they
 * are another event at the same place. */
static enum rc grow(struct work *w, struct alert *a,
                    const struct alert_finding *f)
{
    set_verdict(a, f);
    enum rc rc = db_exec(w,
        "UPDATE alert SET window_days=$3, observed=$4, expected=$5, p=$6,"
        " places=$7, updated=$8 WHERE community=$1 AND id=$2 AND state<$9",
        a->id.v, a->window_days, a->observed, a->expected, a->p, a->places,
        w->now.ms, ALERT_DISMISSED);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, CONFLICT, "state", "somebody was faster");
    return enter(w, "alert.grew", a);
}

enum rc alert_raise(struct work *w, const struct alert_finding *f)
{
    struct alert a;
    assert(f->verdict.alarm);
    enum rc rc = db_one(w, &alert_shape, &a,
        "SELECT " ALERT_COLUMNS " FROM alert WHERE community=$1 AND kind=$2"
        " AND place=$3 AND detector=$4 ORDER BY id DESC LIMIT 1",
        f->kind, f->place.v, f->detector);
    if (rc == NOT_FOUND) return create(w, f);
    if (rc) return rc;
    if ((int64_t)f->verdict.observed <= a.observed && !is_past(w, &a))
        return OK;
    return is_live(&a) ? grow(w, &a, f) : create(w, f);
}

/* ---- read ---- */

enum rc alert_load(struct work *w, struct alert_id id, struct alert *out)
{
    bool in = true;
    enum rc rc = account_require(w, CAP_SIGNALS);
    if (rc) return rc;
    rc = db_one(w, &alert_shape, out,
                "SELECT " ALERT_COLUMNS " FROM alert"
                " WHERE community=$1 AND id=$2", id.v);
    if (!rc) rc = place_in_scope(w, out->building, &in);
    if (rc && rc != NOT_FOUND) return rc;
    if (!rc && in) return OK;
    return work_fail(w, NOT_FOUND, "", "there is no such thing here");
}

enum rc alert_list(struct work *w, const struct alert_filter *filter,
                   struct alert **items, size_t *n, int64_t *count)
{
    struct db_list q = db_list_from("SELECT " ALERT_COLUMNS " FROM alert"
                                    " WHERE community=$1");
    enum rc rc = account_require(w, CAP_SIGNALS);
    if (rc) return rc;
    place_scope(w, &q);
    if (filter->state != NONE)
        db_list_and(&q, " AND state=$?", filter->state);
    if (filter->live) db_list_and(&q, " AND state<$?", ALERT_DISMISSED);
    if (filter->tops) db_list_plain(&q, " AND parent=0");
    if (filter->building.v)
        db_list_and(&q, " AND building=$?", filter->building.v);
    if (filter->since.n != NONE)
        db_list_and(&q, " AND day>=$?", filter->since.n);
    struct db_list all = q;
    db_list_and(&all, " AND id>$?", 0);
    if (count) rc = db_list_count(w, count, &all);
    if (rc) return rc;
    db_list_and(&q, " AND id>$?", filter->after.v);
    db_list_and(&q, " ORDER BY id LIMIT $?", filter->limit);
    return db_list_all(w, &alert_shape, items, n, &q);
}

/* ---- taken, closed ---- */

/* Two may race: the WHERE clause decides who won. */
static enum rc move(struct work *w, struct alert_id id, enum alert_state to,
                    const char *reason, const char *entry)
{
    struct alert a;
    enum rc rc = account_require(w, CAP_DISPATCH);
    if (!rc) rc = alert_load(w, id, &a);
    if (rc) return rc;
    if (!alert_can_become((enum alert_state)a.state, to))
        return work_fail(w, CONFLICT, "state",
                         "the alert was taken or closed already");
    if (to == ALERT_TAKEN) a.owner = w->actor;
    rc = db_exec(w,
        "UPDATE alert SET state=$3, owner=$4, reason=$5, updated=$6"
        " WHERE community=$1 AND id=$2 AND state=$7",
        id.v, to, a.owner.v, reason, w->now.ms, a.state);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, CONFLICT, "state", "somebody was faster");
    return enter(w, entry, &a);
}

enum rc alert_take(struct work *w, struct alert_id id)
{
    return move(w, id, ALERT_TAKEN, "", "alert.taken");
}

enum rc alert_confirm(struct work *w, struct alert_id id)
{
    return move(w, id, ALERT_CONFIRMED, "", "alert.confirmed");
}

enum rc alert_dismiss(struct work *w, struct alert_id id, const char *reason)
{
    if (text_is_empty(reason) || text_is_blank(reason))
        return work_fail(w, INVALID, "reason",
                         "say why it is nothing to act on");
    return move(w, id, ALERT_DISMISSED, reason, "alert.dismissed");
}

/* ---- in words ---- */

double alert_recurrence_days(const struct alert *a)
{
    if (!a->p || !a->places) return 0;
    return 1 / ((double)a->p * ALERT_P_UNIT * (double)a->places);
}

/* A sentence with %s, in a language, and what they stand for in order. */
static void say(struct buf *b, const char *sentence, const char *const *args)
{
    for (; *sentence; sentence++) {
        if (sentence[0] == '%' && sentence[1] == 's') {
            buf_puts(b, *args++);
            sentence++;
        } else {
            buf_putc(b, *sentence);
        }
    }
}

/* "0.8", "12": a count as people say it. */
static const char *persons(struct work *w, int64_t millionths)
{
    char text[32];
    if (millionths == 0) return "0";
    if (millionths < 50000) return "<0.1";
    if (millionths < 9950000)
        text_from_decimal(text, (millionths + 50000) / 100000, 1);
    else text_from_decimal(text, (millionths + 500000) / 1000000, 0);
    return arena_strdup(w->arena, text);
}

/* One leading digit: a chance is not known better. */
static const char *about(struct work *w, double x)
{
    double unit = pow(10, floor(log10(fmax(x, 1))));
    return arena_printf(w->arena, "%.0f", round(fmax(x, 1) / unit) * unit);
}

static void say_recurrence(struct work *w, const struct alert *a,
                           struct buf *b)
{
    double days = alert_recurrence_days(a);
    const char *args[1];
    if (days == 0) return;
    if (days >= 36525) {
        buf_puts(b, words_in(w->language, "; by chance less than once in a "
                                          "hundred years"));
    } else if (days >= 730) {
        args[0] = about(w, days / 365.25);
        say(b, words_in(w->language, "; by chance about once in %s years"),
            args);
    } else {
        args[0] = about(w, days);
        say(b, words_in(w->language, "; by chance about once in %s days"),
            args);
    }
}

enum rc alert_evidence(struct work *w, const struct alert *a, struct buf *b)
{
    struct place p = {.name = NULL};
    if (a->place.v) {
        enum rc rc = place_load(w, a->place, &p);
        if (rc && rc != NOT_FOUND) return rc;
    }
    const char *key = arena_printf(w->arena, "signal.%s", a->kind);
    const char *args[] = {
        p.name ? p.name : words_in(w->language, "the whole community"),
        arena_printf(w->arena, "%lld", (long long)a->window_days),
        arena_printf(w->arena, "%lld", (long long)a->observed),
        words_in(w->language, key), persons(w, a->expected)};
    say(b, words_in(w->language,
                    "%s: in %s days %s people %s, usually %s"), args);
    say_recurrence(w, a, b);
    return OK;
}

enum rc alert_explain(struct work *w, struct alert *a)
{
    struct buf b;
    buf_init(&b, 4096);
    enum rc rc = alert_evidence(w, a, &b);
    if (!rc && buf_ok(&b)) a->evidence = arena_strdup(w->arena, b.at);
    buf_release(&b);
    return rc;
}
