/* ledger_api.h - the ledger as it is asked for: one result, drawn as JSON by
 * ledger_api.c and as pages by ledger_page.c. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ledger/ledger.h"
#include "web/face.h"

struct ledger_view {
    struct face face;          /* pages only */
    struct ledger_filter filter;
    struct day day;            /* NO_DAY any */
    bool filtered;
    struct ledger_entry *items;
    size_t n;
    struct ledger_head head;
};
/* ?kind= ?thing= ?actor= ?since= ?until= ?day= ?after= ?limit=; since and
 * until are days or instants. */
enum rc ledger_view_ask(struct call *c, struct ledger_view *v) MUST_USE;
enum rc ledger_view_read(struct work *w, struct ledger_view *v) MUST_USE;

/* One entry and the proof that it is in the tree as it stands. */
struct ledger_proof {
    struct face face;          /* pages only */
    struct account who;        /* pages only */
    struct ledger_entry entry;
    struct ledger_head head;
    struct digest hashes[MERKLE_PROOF_MAX];
    size_t n;
};
enum rc ledger_proof_read(struct work *w, int64_t seq,
                          struct ledger_proof *p) MUST_USE;
