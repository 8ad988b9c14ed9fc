/* alert.h - more than by chance: raised, grown, taken, closed.
 *
 *                     ┌──────────► DISMISSED (已排除, with a reason)
 *     raised ─► OPEN ─┤                ▲
 *                     └─► TAKEN ───────┤
 *                                      └─► CONFIRMED (属实)
 *
 * What always holds:
 *  1. A kind, place and detector has at most one live (OPEN or TAKEN) alert;
 *     it grows instead of being raised again.  A closed one is raised anew
 *     only by more persons than it was closed with, or after
 *     ALERT_QUIET_DAYS.
 *  2. A household's alert belongs to its building's live alert of the same
 *     kind, if there is one (parent): one thing to look at, not six.
 *  3. Each change has its ledger entry: alert.raised, alert.grew,
 *     alert.taken, alert.dismissed, alert.confirmed.  Entries name the
 *     building, never the household.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "base/buf.h"
#include "place/place.h"
#include "watch/detector.h"

struct alert_id { int64_t v; };

enum alert_state { ALERT_OPEN, ALERT_TAKEN, ALERT_DISMISSED,
                   ALERT_CONFIRMED };
extern const char *const alert_states[]; /* words, NULL-terminated */

enum { ALERT_QUIET_DAYS = 14, ALERT_REASON_MAX = 200 };
/* Scale of alert.p; a smaller p stands as 1. */
#define ALERT_P_UNIT 1e-12

struct alert {
    struct alert_id id;
    const char *kind;            /* of report */
    int64_t level;               /* enum watch_level */
    const char *detector;
    struct place_id place, building; /* 0: the community */
    struct alert_id parent;      /* 0 none */
    struct day day;              /* last of its window when it was raised */
    int64_t window_days;
    int64_t observed;            /* persons */
    int64_t expected;            /* millionths of a person */
    int64_t p;                   /* ALERT_P_UNIT; 0: the judge gives none */
    int64_t places;              /* of its level, for how often by chance */
    int64_t state;               /* enum alert_state */
    struct instant raised, updated;
    struct account_id owner;     /* who took it, 0 */
    const char *reason;
    const char *evidence;        /* "" until alert_explain */
};
extern const struct shape alert_shape;

/* A verdict that alarms, about one place as of `day`: raises an alert, grows
 * the live one, or does nothing (see 1.).  In a unit, as the system. */
struct alert_finding {
    const char *kind;
    enum watch_level level;
    const char *detector;
    struct place_id place, building;
    struct day day;
    int64_t places;
    struct verdict verdict;
};
enum rc alert_raise(struct work *w, const struct alert_finding *f) MUST_USE;

/* NOT_FOUND where it is not the reader's to see (CAP_SIGNALS, in scope). */
enum rc alert_load(struct work *w, struct alert_id id, struct alert *out)
    MUST_USE;

struct alert_filter {
    struct alert_id after;
    int64_t state;               /* enum alert_state; NONE any */
    bool live;                   /* OPEN and TAKEN */
    bool tops;                   /* without those that have a parent */
    struct place_id building;    /* 0 any */
    struct day since;            /* day not before; NO_DAY any */
    int64_t limit;
};
/* By id, within the work's scope. */
enum rc alert_list(struct work *w, const struct alert_filter *filter,
                   struct alert **items, size_t *n, int64_t *count) MUST_USE;

/* CAP_DISPATCH all.  CONFLICT where the state is another by now. */
enum rc alert_take(struct work *w, struct alert_id id) MUST_USE;
enum rc alert_dismiss(struct work *w, struct alert_id id, const char *reason)
    MUST_USE;
enum rc alert_confirm(struct work *w, struct alert_id id) MUST_USE;
/* May an alert go from one state to the other?  Pure. */
bool alert_can_become(enum alert_state from, enum alert_state to);

/* Days between two such alerts by chance alone, somewhere in the community:
 * 1 / (p places); 0 if the judge gave no p.  Pure. */
double alert_recurrence_days(const struct alert *a);

/* One sentence in the work's language that a lay person understands:
 * "12栋 3 天内 5 人发热，通常 0.8 人；偶然出现约每 400 天一次". */
enum rc alert_evidence(struct work *w, const struct alert *a, struct buf *b)
    MUST_USE;
/* The same into a->evidence, in w->arena. */
enum rc alert_explain(struct work *w, struct alert *a) MUST_USE;
