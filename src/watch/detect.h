/* detect.h - published detectors for other programs: one JSON object in, one
 * out.  The manual of members is SURFACES, row `renlin detect`; what a member
 * of `control` means stands in series.h beside the method.
 *
 *     {"method":"ears-c1","observed":[1,0,5,…],"control":{"alpha":0.01}}
 *     {"upperbound":[6.88,…],"alarm":[0,…]}
 *
 * `range` (1-based, rising) names the times to evaluate; without it all that
 * have enough before them.  null is "no value", in and out.  Members and
 * controls that a method does not know are refused: a misspelt option is not
 * a default.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/buf.h"
#include "base/arena.h"

enum {
    DETECT_LINE_MAX = 4 << 20,     /* bytes of a request */
    DETECT_OBSERVED_MAX = 20000,   /* counts in a series */
};

/* Name of the i-th method, NULL behind the last. */
const char *detect_method(size_t i);

/* Append the answer, without a line end.  A bad request: INVALID, and the
 * answer is {"error":…,"field":…}. */
enum rc detect_json(const char *line, size_t n, struct arena *a,
                    struct buf *out) MUST_USE;
