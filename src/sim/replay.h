/* replay.h - an outbreak of the past, day by day through the real thing.
 *
 *     line list ─► replay_read: rows checked, sorted by the day they enter
 *               ─► replay_run:  a throw-away community; each case enters as
 *                  a report "notified" at noon of its day, through the same
 *                  intake, signals, detectors and alerts as tomorrow's
 *               ─► each alert, on the day it was raised
 *
 * A case enters on its report's day, if given, else on its onset's.  Its
 * place is its household; where the list has x and y, buildings are squares
 * of REPLAY_RASTER metres, else each place is a building of its own (and told
 * once).  The registry holds the people of the list and nobody else.  The
 * same list gives the same alerts to the byte.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sheet.h"
#include "watch/alert.h"

enum { REPLAY_RASTER = 100, REPLAY_CASES_MAX = 200000 };

struct replay_case {
    int64_t line;            /* of the sheet */
    const char *id, *place;  /* place "" unknown */
    const char *building;    /* code; "" unknown */
    struct day day;          /* it enters */
    struct day onset;        /* NO_DAY unknown */
    int64_t sex, age;        /* enum sex, years; NONE unknown */
};

/* `columns` says which heading is which, "id=case_ID,onset=date_of_prodrome":
 * of id, onset, place and any of x, y (metres), sex, age, report; where it
 * names none, the heading of that name is taken.  "NA" is empty.  INVALID
 * names the column, and the line in f->row: no such heading, a date that is
 * none, no date at all, an id that came before, a row of another width.
 * Of sex and age what is not understood is left unknown. */
enum rc replay_read(struct sheet *s, const char *columns, struct arena *a,
                    struct replay_case **cases, size_t *n, struct fault *f)
    MUST_USE;

struct replay_alert {
    struct alert alert;      /* as it stood at the end of that day */
    const char *place;       /* code; "" the whole community */
};
typedef void replay_alert_fn(void *ctx, const struct replay_alert *a);

/* Cases of [from, until] only (NO_DAY: the first, the last).  The store is
 * new, its followers are started, its clock stands still and is set here. */
struct replay {
    struct store *store;
    const struct replay_case *cases; /* as replay_read sorted them */
    size_t n;
    struct day from, until;
    replay_alert_fn *each;
    void *ctx;
    struct community_id community;   /* set by replay_run */
};
enum rc replay_run(struct replay *r, struct arena *a, struct fault *f)
    MUST_USE;
/* Where the clock of such a store has to begin: before the first case. */
struct instant replay_start(const struct replay_case *cases, size_t n,
                            struct day from);
