/* retention.c - erasing in small units, on the record.  See retention.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/retention.h"

#include "account/account.h"
#include "ledger/ledger.h"

enum rc retention_before(struct work *w, const struct retention_rule *rule,
                         struct instant *before)
{
    int64_t days = rule->days;
    if (rule->setting) {
        enum rc rc = setting_int(w, rule->setting, &days);
        if (rc) return rc;
    }
    assert(days > 0);
    *before = zone_start(w->zone, (struct day){work_today(w).n - days});
    return OK;
}

static enum rc enter(struct work *w, const struct retention_rule *rule,
                     int64_t rows)
{
    return ledger_add_fact(w, &(struct ledger_fact){
        .kind = "retention.erased",
        .values = arena_printf(w->arena, "{\"rule\":\"%s\",\"rows\":%lld}",
                               rule->name, (long long)rows)});
}

enum rc retention_run(struct work *w,
                      const struct retention_rule *const *rules, size_t n,
                      bool *again)
{
    int64_t left = RETENTION_ROWS_MAX;
    *again = false;
    for (size_t i = 0; i < n; i++) {
        int64_t erased = 0;
        enum rc rc = rules[i]->erase(w, left, &erased);
        if (!rc && erased) rc = enter(w, rules[i], erased);
        if (rc) return rc;
        assert(erased >= 0 && erased <= left);
        left -= erased;
        if (left > 0) continue;
        *again = true;
        return OK;
    }
    return OK;
}
