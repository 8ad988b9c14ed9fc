/* place.h - where: the community and the five levels of place in it.
 *
 *     community 社区
 *       ├── grid 网格       (duty)      ┐ two groupings of buildings,
 *       ├── compound 小区   (property)  ┘ dated, many to many
 *       └── building 楼栋   the atom of place
 *             └── unit 单元 (stair)
 *                   └── household 户 (a door)
 *
 * A grouping has a first day and a first day no longer (place_group_holds);
 * old reports keep the building they were made in, so a building that changes
 * its grid takes nothing with it.  Coordinates are decimetres on the site's
 * plan, x to the east, y to the north.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/db.h"
#include "store/store.h"

enum place_level {
    PLACE_COMMUNITY, PLACE_GRID, PLACE_COMPOUND, PLACE_BUILDING, PLACE_UNIT,
    PLACE_HOUSEHOLD, PLACE_GATE, PLACE_LEVELS,
};
extern const char *const place_levels[]; /* words of enum place_level */

#define PLACE_OPEN ((struct day){2932896}) /* 9999-12-31: no end known */

struct community {
    struct community_id community;
    const char *name;
    const char *zone;
    int64_t demo;
    const char *hotline;
    struct instant created;
};
extern const struct shape community_shape;

struct place {
    struct place_id id;
    int64_t level;
    struct place_id parent, building;
    const char *code, *name;
    int64_t x, y;
    const char *outline;
    struct day since, until;
};
extern const struct shape place_shape;

/* A new community, with its own place at the root.  The work then acts in
 * it.  CONFLICT if the name is taken. */
enum rc community_create(struct work *w, struct community *c) MUST_USE;
/* The work's community; sets w->zone. */
enum rc community_load(struct work *w, struct community *out) MUST_USE;
/* By name (NULL: the only one; INVALID if there are several). */
enum rc community_find(struct work *w, const char *name,
                       struct community *out) MUST_USE;
enum rc community_list(struct work *w, struct community **items, size_t *n)
    MUST_USE;

/* Store a place, filling in id, building and (where 0) since, until.
 * CONFLICT if the code is taken at its level at that time. */
enum rc place_create(struct work *w, struct place *p) MUST_USE;
enum rc place_load(struct work *w, struct place_id id, struct place *out)
    MUST_USE;
/* Today's place of a level and code. */
enum rc place_by_code(struct work *w, enum place_level level,
                      const char *code, struct place *out) MUST_USE;

struct place_filter {
    struct place_id after;   /* ids greater than this */
    int64_t level;           /* NONE any */
    struct place_id parent;  /* 0 any */
    int64_t limit;
};
/* Places within the work's scope, by id. */
enum rc place_list(struct work *w, const struct place_filter *filter,
                   struct place **items, size_t *n, int64_t *count) MUST_USE;

/* A building joins a grid or compound on a day, until another (PLACE_OPEN).
 * CONFLICT if it is in it already in that time. */
enum rc place_group_add(struct work *w, struct place_id group,
                        struct place_id building, struct day since,
                        struct day until) MUST_USE;
/* It leaves on a day. */
enum rc place_group_end(struct work *w, struct place_id group,
                        struct place_id building, struct day on) MUST_USE;

/* Is a building within the work's scope today? */
enum rc place_in_scope(struct work *w, struct place_id building, bool *in)
    MUST_USE;
/* Narrow a list whose rows have a column `building` to the work's scope. */
void place_scope(struct work *w, struct db_list *q);
