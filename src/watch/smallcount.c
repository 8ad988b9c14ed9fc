/* smallcount.c - exact excess of few cases in one place.  See detector.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch/detector.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

enum { WINDOW_MAX = 28 };

static struct smallcount_options filled(const struct smallcount_options *o)
{
    struct smallcount_options f = *o;
    if (!(f.rate_per_1000 > SMALLCOUNT_RATE_LEAST))
        f.rate_per_1000 = SMALLCOUNT_RATE_LEAST;
    if (f.alpha == 0) f.alpha = SMALLCOUNT_ALPHA;
    if (f.prior_shape == 0) f.prior_shape = 4;
    if (f.window_days == 0) f.window_days = 7;
    if (f.least_persons == 0) f.least_persons = 2;
    assert(f.alpha > 0 && f.alpha < 1 && f.prior_shape > 0);
    assert(f.window_days > 0 && f.window_days <= WINDOW_MAX);
    return f;
}

/* Who is counted has reported: due is never less than counts. */
static double persons_due(int32_t count, int32_t due)
{
    return due > count ? due : count;
}

struct verdict smallcount_judge(const int32_t *counts, const int32_t *due,
                                size_t days,
                                const struct smallcount_options *options)
{
    struct smallcount_options o = filled(options);
    size_t longest = (size_t)o.window_days;
    if (longest > days) longest = days;

    /* The place's own past, without the days under judgement: an outbreak
     * must not raise what is expected of it. */
    double shape = o.prior_shape;
    double person_days = o.prior_shape / (o.rate_per_1000 / 1000);
    for (size_t i = 0; i < days - longest; i++) {
        shape += counts[i];
        person_days += persons_due(counts[i], due[i]);
    }

    struct verdict v = {.p = 1};
    double observed = 0, at_risk = 0, least = 1;
    for (size_t w = 1; w <= longest; w++) {
        size_t day = days - w;
        observed += counts[day];
        at_risk += persons_due(counts[day], due[day]);
        if (at_risk == 0 || observed == 0) continue;
        double p = pnbinom(observed - 1, shape,
                           person_days / (person_days + at_risk), 0, 0);
        if (p > least) continue;
        if (p == least && v.window_days) continue;
        least = p;
        v.observed = observed;
        v.expected = shape * at_risk / person_days;
        v.window_days = (int)w;
    }
    v.p = fmin(1, least * (double)longest);
    if (!longest) v.p = 1;
    v.statistic = -log10(fmax(v.p, 1e-300));
    v.alarm = v.p < o.alpha && v.observed >= o.least_persons;
    return v;
}
