/* face.h - what every page and API of the rooms shares.
 *
 *     static enum rc run(struct work *w, void *call)   face_load(w, c)
 *     static enum rc render(struct call *c)            face_begin(…) … face_end
 *
 * A page's run loads all that it shows (the community and the reader's
 * account too: face_load) and leaves it in c->row; its render draws only.
 * The answers of the API are drawn from the same rows.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place/place.h"
#include "web/call.h"
#include "web/parts.h"

enum { FACE_ROWS = 50 }; /* rows of a page's table */

/* Whom and what the frame of a page names; first member of a page's row. */
struct face {
    struct community community; /* id 0: nobody is logged in, several here */
    struct account account;     /* id 0: nobody is logged in */
};
/* In run.  With nobody logged in the only community, if there is one. */
enum rc face_load(struct call *c, struct face *f) MUST_USE;

/* In render: from <!doctype> to the open <main>.  path, title, lead and
 * crumbs of *p are the page's; the rest is filled in here. */
void face_begin(struct call *c, struct html *h, const struct face *f,
                struct page *p);
void face_end(struct html *h, const struct page *p);
/* In words: "网格员". */
const char *face_role(const struct html *h, const char *role);

/* Filters that are links: "Day  all · today · yesterday".  Many fold up
 * behind the one that is chosen. */
struct face_choice { const char *label, *href; bool chosen; };
void face_filter(struct html *h, const char *label,
                 const struct face_choice *choices, size_t n);

/* ---- input ---- */

/* The JSON body into row, cleared first.  Without a shape an empty body or
 * an empty object is asked for. */
enum rc face_body(struct call *c, const struct shape *s, void *row) MUST_USE;

/* ---- answers of the API ---- */

struct face_made { int64_t id; };
extern const struct shape face_made_shape; /* {"id":"…"} */

void face_object(struct call *c, const struct shape *s, const void *row,
                 enum reveal reveal);
enum rc face_made(struct call *c, int status, int64_t id);
enum rc face_nothing_here(struct work *w);
