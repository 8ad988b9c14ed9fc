/* retention.h - what has reached the end of its keeping time is erased.
 *
 *     const struct retention_rule pass_retention = {
 *         .name = "pass", .days = 90, .erase = erase_passes};
 *
 *     daily job "retention" ──► unit: rules in order, 200 rows at most
 *                               unit: … until no rule finds any
 *
 * Each room states a rule for what it keeps; the table of them all comes from
 * above (struct jobs).  Every unit that erased enters "retention.erased" with
 * the rule and the number of rows, in that same unit.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/db.h"

enum { RETENTION_ROWS_MAX = 200 }; /* in one unit */

struct retention_rule {
    const char *name;     /* "report.temperature": letters, digits . _ */
    int64_t days;         /* kept, counted in the community's civil days; */
    const char *setting;  /* or the setting that says how many, or NULL */
    /* Erase at most `limit` rows past their time; *erased says how many went
     * (fewer than limit: none is left).  Inside a unit, as the system. */
    enum rc (*erase)(struct work *w, int64_t limit, int64_t *erased);
};

/* What is older than this has been kept long enough: the first instant of
 * the day `days` before today.  For erase functions. */
enum rc retention_before(struct work *w, const struct retention_rule *rule,
                         struct instant *before) MUST_USE;

/* One unit's worth over all rules.  *again: there may be more. */
enum rc retention_run(struct work *w,
                      const struct retention_rule *const *rules, size_t n,
                      bool *again) MUST_USE;
