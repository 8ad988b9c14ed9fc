/* keys_inside.h - what keys are made of, for keys.c and keys_file.c only. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/keys.h"

enum { KEYS_KEY = 32 }; /* bytes of every key in the file */

struct keys {
    uint8_t seal[256][KEYS_KEY]; /* by key id; 0 is no key */
    bool has[256];
    uint8_t newest;              /* largest id there is */
    uint8_t lookup[KEYS_KEY];
    uint8_t seed[KEYS_KEY];
    uint8_t sign_secret[64], sign_public[32];
};

/* Zeroed, in guarded memory that is kept out of swap and core dumps; NULL
 * out of memory.  keys_finish derives the rest and makes it read-only. */
struct keys *keys_new(void);
void keys_finish(struct keys *k);
