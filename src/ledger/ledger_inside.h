/* ledger_inside.h - what the files of the ledger share; nobody else's. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ledger/ledger.h"

/* What a checkpoint of w's community says it is of, and the name its key
 * signs with: "renlin/<community id>". */
const char *ledger_origin(struct work *w);
/* For those who check our checkpoints (checkpoint_open); NULL without keys. */
const char *ledger_vkey(struct work *w);
/* The head as it is stored: 0 and nothing where there is none. */
enum rc ledger_head_row(struct work *w, int64_t *size,
                        struct bytes *frontier) MUST_USE;

/* SHA-256(salt || value). */
struct digest ledger_salted(const uint8_t salt[LEDGER_SALT],
                            const char *value);
