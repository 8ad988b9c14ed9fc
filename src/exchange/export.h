/* export.h - lists that leave the program as CSV.
 *
 *   people       as a roster (roster.h): what leaves can come back in
 *   places       the tree of places
 *   reports      of all kinds, with the columns of all; or a kind's name
 *
 * UTF-8 with a mark at the start, so that spreadsheets read it right; cells
 * that a spreadsheet would run as a formula are made harmless (sheet_put).
 * Personal lists want a purpose: each page of them is entered in the ledger
 * as a reading, with its subjects, before its first byte leaves; the whole is
 * one entry "export.done" with its rows.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/db.h"

enum { EXPORT_PAGE = 250 }; /* rows read and entered at a time */

/* Takes the bytes; false: they cannot be written. */
typedef bool export_sink(void *ctx, const void *p, size_t n);

/* Outside a unit of work: makes its own.  Needs CAP_EXPORT and what reading
 * the list needs.  INVALID for a list that is not known; DENIED for a
 * personal one without a purpose, before anything is written. */
enum rc export_table(struct work *w, const char *what, export_sink *sink,
                     void *ctx, int64_t *rows) MUST_USE;
