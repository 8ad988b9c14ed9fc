/* directory.h - whose is this?  City-wide look-up by keyed hash.
 *
 * Who is asking is found before the community is known: login names and
 * secrets of sessions, tokens and devices are looked up here, as hashes
 * that nobody without the keys can make (store/keys.h).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/db.h"

enum { DIRECTORY_HASH = 16 };

void directory_hash(struct work *w, const char *kind, const char *text,
                    uint8_t out[DIRECTORY_HASH]);
/* CONFLICT if the text is taken for that kind, in any community. */
enum rc directory_add(struct work *w, const char *kind, const char *text,
                      int64_t id) MUST_USE;
/* Sets w->community and *id.  NOT_FOUND if unknown. */
enum rc directory_find(struct work *w, const char *kind, const char *text,
                       int64_t *id) MUST_USE;
enum rc directory_remove(struct work *w, const char *kind, const char *text)
    MUST_USE;
