/* countsum.c - CUSUM of counts in one place.  See detector.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/detector.h"

struct verdict cusum_judge(const int32_t *counts, const int32_t *due,
                           size_t days, const struct cusum_options *o)
{
    double k = o->k == 0 ? 0.5 : o->k;
    double h = o->h == 0 ? 4 : o->h;
    assert(k > 0 && h > 0 && o->rate_per_1000 >= 0);

    struct verdict v = {.p = 1};
    for (size_t i = 0; i < days; i++) {
        double at_risk = due[i] > counts[i] ? due[i] : counts[i];
        double expected = at_risk * o->rate_per_1000 / 1000;
        double s = v.statistic + counts[i] - expected - k;
        if (s <= 0) {
            v = (struct verdict){.p = 1};
            continue;
        }
        v.statistic = s;
        v.observed += counts[i];
        v.expected += expected;
        v.window_days++;
    }
    v.alarm = v.statistic >= h;
    return v;
}
