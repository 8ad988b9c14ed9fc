/* report_api.h - reports as they are asked for: one result, drawn as JSON by
 * report_api.c and as pages by report_page.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "intake/intake.h"
#include "web/face.h"

struct report_view {
    struct face face;           /* pages only */
    const struct report_kind *kind;
    struct report_filter filter;
    void *items;                /* rows of report_shape(kind) */
    size_t n;
    int64_t count;
};
/* ?day= ?building= ?own=1 ?after= ?limit= */
void report_view_ask(struct call *c, const struct report_kind *k,
                     struct report_view *v);
/* Who may neither read nor send this kind has none: an empty list. */
enum rc report_view_read(struct work *w, struct report_view *v) MUST_USE;
