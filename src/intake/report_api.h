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

/* ---- what the pages say of a kind (report_page.c) ---- */

/* "体温（℃）", "咳嗽": of the word files. */
const char *report_label(struct call *c, const struct report_kind *k,
                         const char *field);
const char *report_word(struct call *c, const struct report_kind *k,
                        const struct field *f, size_t i);
/* Is it asked on a form?  Whom and what day is known without asking. */
bool report_asks(const struct field *f);
/* The kind of that name ("" any), else the first, that the reader may send,
 * or read others' of.  NOT_FOUND if there is none. */
enum rc report_ask_kind(struct call *c, const char *name, bool to_send,
                        const struct report_kind **out) MUST_USE;
