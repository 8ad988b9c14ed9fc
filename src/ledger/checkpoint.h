/* checkpoint.h - a signed statement of how large the ledger was, and its root.
 *
 *     renlin.example/community/7          origin: which ledger
 *     1042                                size
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     root
 *
 *     — renlin.example/community/7 Az3grlgtzPICa5OS8npVmf1M...
 *
 * The text is C2SP's tlog-checkpoint, the signature line its signed-note:
 * base64 of the 4-byte key id and the Ed25519 signature over the text, the line
 * break before the empty line included.  Readers hold the vkey,
 * "name+hex of key id+base64(0x01 || public key)".  The key id is the first 4
 * bytes of SHA-256(name || "\n" || 0x01 || public key).
 *
 * Names are of 1 to 127 bytes: a key name without blanks or '+', an origin
 * without control characters (best the ledger's address without "https://").
 * Pure; needs sodium_init() done (store/keys.h does it).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"
#include "base/hash.h"

enum {
    CHECKPOINT_NAME_MAX = 128,      /* with the NUL */
    CHECKPOINT_NOTE_MAX = 16 << 10, /* bytes of a note that is read */
};

struct checkpoint {
    char origin[CHECKPOINT_NAME_MAX];
    uint64_t size;
    struct digest root;
};

bool checkpoint_is_name(const char *name);
bool checkpoint_is_origin(const char *origin);

/* The whole note, in the arena.  secret is libsodium's 64 bytes (seed and
 * public key); size is below 2^63; origin and key_name are asserted. */
char *checkpoint_sign(struct arena *a, const char *origin, uint64_t size,
                      struct digest root, const uint8_t secret[64],
                      const char *key_name);
/* What to give to those who check notes. */
char *checkpoint_vkey(struct arena *a, const char *key_name,
                      const uint8_t public_key[32]);

/* Read a note and check the signature of that key; lines of other keys
 * (witnesses) are passed over.  INVALID if the note or the vkey is malformed
 * or the key's signature does not hold, NOT_FOUND if it did not sign; *out
 * is untouched then. */
enum rc checkpoint_open(const char *note, const char *vkey,
                        struct checkpoint *out, struct fault *f) MUST_USE;
/* Read what a note, or a bare text without signatures, says and believe it. */
enum rc checkpoint_parse(const char *note, struct checkpoint *out,
                         struct fault *f) MUST_USE;
