/* id.c - time-ordered ids.  See id.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"

#define TIME_SHIFT 21
#define NODE_SHIFT 13
#define SEQUENCE_MASK ((INT64_C(1) << NODE_SHIFT) - 1)
#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */

static int64_t floor_of(const struct idgen *g, struct instant t)
{
    int64_t ms = t.ms > EPOCH_MS ? t.ms - EPOCH_MS : 0;
    return ms << TIME_SHIFT | g->node << NODE_SHIFT;
}

void idgen_init(struct idgen *g, int node, struct instant start)
{
    g->node = node & 0xff;
    atomic_init(&g->last, floor_of(g, start));
}

int64_t idgen_next(struct idgen *g, struct instant now)
{
    int64_t least = floor_of(g, now);
    int64_t last = atomic_load(&g->last);
    for (;;) {
        int64_t id = last + 1;
        if ((id & SEQUENCE_MASK) == 0) /* sequence used up: next ms */
            id = (((last >> TIME_SHIFT) + 1) << TIME_SHIFT) |
                 g->node << NODE_SHIFT | 1;
        if (id <= least) id = least + 1;
        if (atomic_compare_exchange_weak(&g->last, &last, id)) return id;
    }
}

struct instant id_instant(int64_t id)
{
    return (struct instant){(id >> TIME_SHIFT) + EPOCH_MS};
}
