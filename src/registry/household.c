/* household.c - one's own household.  See household.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/household.h"

enum rc household_own(struct work *w, struct person **items, size_t *n)
{
    struct person_home home;
    *items = NULL;
    *n = 0;
    if (!w->person.v) return OK;
    enum rc rc = person_home(w, w->person, &home);
    if (rc) return rc == NOT_FOUND ? OK : rc;
    return db_all(w, &person_shape, items, n,
        "SELECT id, name, sex, birth, household, building FROM person"
        " WHERE community=$1 AND (id=$2 OR (household=$3 AND household<>0"
        " AND merged_into=0 AND until>$4))"
        " ORDER BY CASE WHEN id=$2 THEN 0 ELSE 1 END, birth, id LIMIT $5",
        w->person.v, home.household.v, work_today(w).n, HOUSEHOLD_MAX);
}
