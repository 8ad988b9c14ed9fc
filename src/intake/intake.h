/* intake.h - reports: what comes in from outside, of a known kind.
 *
 * A kind is one file in kinds/ (row, shape, what types cannot say, what it
 * counts for), one table, one line in kinds.def.  Route, OpenAPI, list,
 * sheet, masking, erasure and the stream to the detector follow from it.
 *
 *     POST /api/reports/antigen ─► report row + kind row + ledger entry
 *                                  (one unit) ─► follower in watch/
 *
 * If the shape has a member `person` (F_REF) it is the subject, by default
 * the sender; if it has `day` (F_DAY) it is the day spoken of, by default
 * today.  Each report has a salted digest of its JSON in the ledger.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "base/hash.h"
#include "place/place.h"

struct report_kind {
    const char *name;            /* also of its table, shape and route */
    const struct shape *shape;
    uint64_t may_submit;         /* capabilities for one's own */
    uint64_t may_read;           /* capabilities for others', in scope */
    int64_t keep_days;
    /* What types cannot say; NULL nothing. */
    enum rc (*check)(struct work *w, const void *row);
    /* Does it raise the kind's signal?  Pure. */
    bool (*counts)(const void *row);
    const char *watch;           /* "smallcount by=building", watch/ */
    /* $2 the id, then the shape's members in order. */
    const char *insert;
};
extern const struct report_kind *const report_kinds[]; /* NULL-terminated */
const struct report_kind *report_kind_find(const char *name);

/* What every report has; stands before the kind's own row. */
struct report {
    struct report_id id;
    const char *uuid;            /* sender's, "" none */
    struct account_id account;
    struct instant received;
    struct person_id subject;
    struct place_id household, building;
    struct day on_day;
    int64_t counts;
    struct bytes salt, digest;
};

/* A report with its row behind it, as one shape: JSON, OpenAPI, sheets. */
const struct shape *report_shape(const struct report_kind *k);
static inline void *report_row(void *report)
{
    return (char *)report + sizeof(struct report);
}

/* Store one (as report_shape() describes; uuid and the kind's members are
 * read, the rest filled in).  *again: the same uuid from the same account was
 * there with the same content, and r now is that one; with other content
 * CONFLICT.  DENIED for a person outside one's home and scope. */
enum rc report_submit(struct work *w, const struct report_kind *k,
                      struct report *r, bool *again) MUST_USE;

/* NOT_FOUND where it is not the reader's to see.  Others' reports are
 * readings. */
enum rc report_load(struct work *w, const struct report_kind *k,
                    struct report_id id, struct report *r) MUST_USE;

struct report_filter {
    struct report_id after;  /* ids beyond this one, in the list's order */
    bool newest;             /* newest first */
    struct day day;          /* NO_DAY any */
    bool own;                /* only what I sent or what is about me */
    struct place_id building;
    int64_t limit;
};
/* By id; items are rows of report_shape(k).  *count up to
 * DB_COUNT_MAX + 1. */
enum rc report_list(struct work *w, const struct report_kind *k,
                    const struct report_filter *filter, void **items,
                    size_t *n, int64_t *count) MUST_USE;

/* For `renlin verify`: does the row still say what was entered? */
enum rc report_row_check(struct work *w, const char *entry_kind,
                         int64_t thing, const struct digest *digest,
                         bool *same) MUST_USE;
/* Erases reports past their kind's keep_days, at most `limit`; *n erased.
 * Whoever calls enters it in the ledger (job/retention.h does). */
enum rc report_expire(struct work *w, const struct report_kind *k,
                      int64_t limit, int64_t *n) MUST_USE;
