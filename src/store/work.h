/* work.h - the unit of work: everything one act needs, in one struct.
 *
 * Every function above base/ that reads or changes the world takes a struct
 * work first.  Pages, API, command line, channels, tests and drills differ
 * only in who fills it.
 *
 *      prepare            run                          render
 *   any thread: parse,    inside a transaction:        after the commit:
 *   check the form,  ──►  SQL only, may be run   ──►   answers, bells
 *   hash a password       again from the start
 *
 * Nothing outside the transaction happens before the commit.  What must hold
 * is in a WHERE clause or a unique index, never in an earlier SELECT.  A unit
 * holds the writer at most 20 ms (STORE_UNIT_MS_MAX; /metrics has the
 * histogram).  Rooms take time, dice, memory and settings from here and from
 * nowhere else, so that a drill runs the real code on a simulated clock.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"
#include "base/day.h"
#include "base/id.h"
#include "base/random.h"
#include "base/words.h"

struct store;
struct db;
struct ledger_note; /* ledger/: entries of this unit, not yet in the tree */
struct reading;     /* ledger/: whose personal data it looked at */

enum { STORE_UNIT_MS_MAX = 20 };

struct work {
    struct store *store;
    struct db *db;              /* connection; NULL outside run */
    struct arena *arena;        /* dies with the work */
    struct community_id community;
    struct account_id actor;    /* 0: nobody is logged in */
    struct person_id person;    /* who the actor is in the registry, or 0 */
    const char *role;           /* "director"; "" for the system */
    struct place_id scope;      /* place the role is bound to; 0 all */
    int64_t scope_level;        /* enum place_level of scope (place/) */
    uint64_t caps;              /* capabilities held now (account/) */
    const char *authority;      /* by which right: "role:director", a grant */
    const char *purpose;        /* asked once per piece of work; "" if none */
    const char *request;        /* id of the HTTP request or command */
    struct instant now;         /* the world's clock when the work began */
    const struct zone *zone;    /* the community's */
    struct random random;       /* dice of this work */
    enum language language;
    struct fault fault;         /* why it failed */
    struct ledger_note *notes;  /* newest first; dropped on rollback */
    struct reading *readings;
};

/* A work of the system itself in a community (0: none yet), in the store's
 * own world: now, dice and zone are set; arena is the caller's. */
void work_init(struct work *w, struct store *s, struct arena *a,
               struct community_id community);

/* Say why, once, where it is known; returns the code.  See fault_set(). */
#define work_fail(w, ...) fault_set(&(w)->fault, __VA_ARGS__)

int64_t work_new_id(struct work *w);
/* The civil day of w->now in the community's zone. */
struct day work_today(const struct work *w);
