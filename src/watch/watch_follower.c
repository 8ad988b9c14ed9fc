/* watch_follower.c - every report is counted, and the places it touched are
 * judged.
 *
 *     report.received ─► facts ─► signal_take ─► for a report that counts:
 *                        household, and the rule's level ─► watch_judge
 *                                                     ─► alert_raise
 *
 * Each report is judged by itself, in the ledger's order, as of the day it
 * came in: verdicts are the same however the entries are gathered in units,
 * and whenever the follower runs.  The budget of false alarms
 * (alerts_per_month_x10) is shared by the kinds evenly; each kind gives half
 * to its rule's level and half to households, where the first sign of most
 * outbreaks stands. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/follower.h"
#include "watch/alert.h"
#include "watch/signal.h"

/* A kind's rules and what they need, read once a unit. */
struct watched {
    const struct report_kind *kind;
    struct watch_rule rule, household; /* rule.by HOUSEHOLD: only one */
    int64_t places, households;        /* of each level */
    struct day day;                    /* that rate is of */
    double rate_per_1000;
    struct watched *next;
};

struct watching {
    struct watched *known;
    int64_t alerts_x10;
    int64_t kinds;                     /* that have a rule */
};

static enum rc count_places(struct work *w, enum watch_level by, int64_t *n)
{
    static const int levels[] = {[WATCH_HOUSEHOLD] = PLACE_HOUSEHOLD,
                                 [WATCH_BUILDING] = PLACE_BUILDING,
                                 [WATCH_COMMUNITY] = PLACE_COMMUNITY};
    int64_t today = work_today(w).n;
    enum rc rc = db_int(w, n,
        "SELECT count(*) FROM place WHERE community=$1 AND level=$2"
        " AND since<=$3 AND until>$3", levels[by], today);
    if (!rc && *n < 1) *n = 1;
    return rc;
}

static enum rc read_budget(struct work *w, struct watching *all)
{
    if (all->kinds) return OK;
    for (size_t i = 0; report_kinds[i]; i++)
        if (report_kinds[i]->watch) all->kinds++;
    return setting_int(w, "alerts_per_month_x10", &all->alerts_x10);
}

/* Half of the kind's share for a level, unless the rule says its own. */
static void spend(struct watch_rule *rule, const struct watching *all,
                  int64_t places, double part)
{
    double month = (double)all->alerts_x10 / 10 / (double)all->kinds * part;
    if (rule->alpha == 0) rule->alpha = watch_alpha(month, places);
}

static enum rc watched_of(struct work *w, struct watching *all,
                          const struct report_kind *k, struct watched **out)
{
    for (*out = all->known; *out; *out = (*out)->next)
        if ((*out)->kind == k) return OK;
    struct watched *x = ARENA_NEW(w->arena, struct watched);
    struct fault f;
    enum rc rc = watch_rule_parse(k->watch, &x->rule, &f);
    assert(!rc); /* a constant of the program */
    rc = read_budget(w, all);
    if (!rc) rc = count_places(w, x->rule.by, &x->places);
    if (!rc) rc = count_places(w, WATCH_HOUSEHOLD, &x->households);
    if (rc) return rc;
    x->kind = k;
    x->household = x->rule;
    x->household.by = WATCH_HOUSEHOLD;
    bool both = x->rule.by != WATCH_HOUSEHOLD;
    spend(&x->rule, all, x->places, both ? 0.5 : 1);
    spend(&x->household, all, x->households, 0.5);
    x->day = NO_DAY;
    x->next = all->known;
    all->known = *out = x;
    return OK;
}

/* Where due=residents, the same people are due on each day. */
static enum rc set_residents(struct work *w, enum watch_level level,
                             struct place_id place, int32_t *due)
{
    int64_t n = 0;
    enum rc rc = signal_residents(w, level, place, &n);
    for (int i = 0; i < SIGNAL_WINDOW_MAX; i++) due[i] = (int32_t)n;
    return rc;
}

static enum rc judge(struct work *w, const struct watched *x,
                     const struct watch_rule *rule, int64_t places,
                     const struct signal_facts *f, struct day today)
{
    int32_t counts[SIGNAL_WINDOW_MAX], due[SIGNAL_WINDOW_MAX];
    struct alert_finding found = {
        .kind = x->kind->name, .level = rule->by,
        .detector = detectors[rule->detector].name, .day = today,
        .places = places};
    if (rule->by == WATCH_HOUSEHOLD) found.place = f->household;
    if (rule->by == WATCH_BUILDING) found.place = f->building;
    if (rule->by != WATCH_COMMUNITY) {
        if (!found.place.v) return OK; /* nobody knows where */
        found.building = f->building;
    }
    struct day from = {today.n - SIGNAL_WINDOW_MAX + 1};
    enum rc rc = signal_window(w, found.kind, rule->by, found.place, from,
                               SIGNAL_WINDOW_MAX, counts, due);
    if (!rc && rule->due == WATCH_RESIDENTS)
        rc = set_residents(w, rule->by, found.place, due);
    if (rc) return rc;
    found.verdict = watch_judge(rule, counts, due, SIGNAL_WINDOW_MAX,
                                x->rate_per_1000);
    return found.verdict.alarm ? alert_raise(w, &found) : OK;
}

/* A late report may change the past that a rate was taken from. */
static void forget_rate(struct watching *all, const struct signal_facts *f)
{
    for (struct watched *x = all->known; x; x = x->next)
        if (x->day.n != NONE && f->day.n <= x->day.n - SIGNAL_PAST_UNTIL)
            x->day = NO_DAY;
}

static enum rc take_report(struct work *w, struct watching *all,
                           struct report_id id)
{
    struct signal_facts f;
    struct watched *x;
    bool changed = false;
    enum rc rc = signal_facts_load(w, id, &f);
    if (rc == NOT_FOUND) return OK; /* erased since */
    const struct report_kind *k = rc ? NULL : report_kind_find(f.kind);
    if (!k) return rc; /* a kind that is no more */
    rc = signal_take(w, &f, &changed);
    if (changed) forget_rate(all, &f);
    if (rc || !changed || !f.counts || !k->watch) return rc;
    rc = watched_of(w, all, k, &x);
    if (rc) return rc;
    struct day today = zone_day(w->zone, f.received);
    if (x->day.n != today.n) {
        rc = signal_rate(w, k->name, &x->rule, today, &x->rate_per_1000);
        if (rc) return rc;
        x->day = today;
    }
    rc = judge(w, x, &x->rule, x->places, &f, today);
    if (!rc && x->rule.by != WATCH_HOUSEHOLD)
        rc = judge(w, x, &x->household, x->households, &f, today);
    return rc;
}

static enum rc run(struct work *w, const struct ledger_entry *entries,
                   size_t n)
{
    struct watching all = {NULL, 0, 0};
    struct community here;
    enum rc rc = community_load(w, &here); /* sets the zone */
    for (size_t i = 0; !rc && i < n; i++)
        if (strcmp(entries[i].kind, "report.received") == 0)
            rc = take_report(w, &all, (struct report_id){entries[i].thing});
    return rc;
}

const struct follower watch_follower = {"watch", run};
