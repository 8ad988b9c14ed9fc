/* id.h - names of things: 63-bit, time-ordered, made by the program.
 *
 *      62            21 20      13 12        0
 *     +----------------+----------+-----------+
 *     | ms since 2020  |  node    | sequence  |
 *     +----------------+----------+-----------+
 *
 * Each kind of thing has a struct of its own, so a household can never be
 * passed as a person.  0 means none.  Ids travel as decimal text in JSON.
 * idgen is shared by threads; when a millisecond's sequence is used up it
 * runs ahead into the next, so ids of one generator never repeat and rise.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "base/day.h"

struct community_id { int64_t v; };
struct place_id { int64_t v; };     /* any level, a household's door included */
struct person_id { int64_t v; };
struct account_id { int64_t v; };
struct report_id { int64_t v; };

struct idgen {
    _Atomic int64_t last; /* last id given out */
    int64_t node;         /* 0..255: which process of a city */
};

/* `node` tells processes over one database apart; worlds that must repeat
 * to the byte use node 0 and start from their own clock. */
void idgen_init(struct idgen *g, int node, struct instant start);
/* A new id, not below now. */
int64_t idgen_next(struct idgen *g, struct instant now);
/* When an id was made, to the millisecond. */
struct instant id_instant(int64_t id);
