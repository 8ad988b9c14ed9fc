/* keys.h - the secrets of a database, kept in a file outside of it.
 *
 *     seal 1 <base64, 32 bytes>    seals personal text; the newest seals,
 *     seal 2 <base64, 32 bytes>    all open
 *     lookup <base64, 32 bytes>    hashes for finding what is sealed
 *     sign <base64, 32 bytes>      Ed25519 seed: checkpoints, passes
 *
 * Who has the database without this file can read no sealed text and cannot
 * try out numbers against the hashes.  Who loses the file loses the sealed
 * text: back it up apart from the database.  Blank lines and lines that
 * begin with # are ignored.
 *
 * Keys never change once loaded: every function but keys_make, keys_open_file,
 * keys_load, keys_rotate and keys_free may be called by any number of threads
 * at once.  keys_free must come after the last of them.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

struct keys;

enum {
    KEYS_LOOKUP = 16,     /* bytes of a look-up hash */
    KEYS_FORM_TOKEN = 44, /* characters of a form token and its NUL */
};

/* Fresh keys, owned by the caller.  With a path they are written there first
 * (mode 0600): CONFLICT if there is a file already, FAILED if it cannot be
 * written, and then nothing is left behind.  NULL: in memory only. */
enum rc keys_make(struct keys **out, const char *path, struct fault *f)
    MUST_USE;
/* NOT_FOUND without the file, DENIED if others than its owner may read or
 * write it, INVALID (the fault's row is the line) if it is not as above. */
enum rc keys_open_file(struct keys **out, const char *path, struct fault *f)
    MUST_USE;
/* From the file that the environment names in RENLIN_KEYS, else from
 * "<db_path>.keys"; NOT_FOUND if there is neither. */
enum rc keys_load(struct keys **out, const char *db_path, struct fault *f)
    MUST_USE;
/* Zeroes them; NULL is nothing. */
void keys_free(struct keys *keys);

/* Add a seal key to a key file; what was sealed stays readable.  Programs
 * that run must load it anew.  CONFLICT if another rotation is under way or
 * all 255 numbers are taken. */
enum rc keys_rotate(const char *path, struct fault *f) MUST_USE;

/* ---- finding: equal text, equal hash ---- */

/* Keyed BLAKE2b over community, purpose and text.  Other communities (0: the
 * whole city) and other purposes give unrelated hashes.  The caller brings
 * the text into one form first (text_key). */
void keys_lookup(const struct keys *keys, int64_t community,
                 const char *purpose, const char *text,
                 uint8_t out[KEYS_LOOKUP]);

/* ---- sealing: XChaCha20-Poly1305 with a random nonce ---- */

/*     +--------+----------+----------------+---------+
 *     | key id | nonce 24 | n bytes sealed |  tag 16 |
 *     +--------+----------+----------------+---------+
 * bound to its place: a sealed text moved to another community, table, row
 * or field does not open. */
size_t keys_sealed_size(size_t n);
/* Writes keys_sealed_size(n) bytes and returns that number. */
size_t keys_seal(const struct keys *keys, int64_t community,
                 const char *table, int64_t id, const char *field,
                 const void *text, size_t n, uint8_t *out);
/* out takes n bytes at most (fewer: n less 41), *out_n tells; no NUL is
 * added.  FAILED if the bytes were changed, moved, or their key is not here;
 * *out_n is then 0. */
enum rc keys_open(const struct keys *keys, int64_t community,
                  const char *table, int64_t id, const char *field,
                  const void *at, size_t n, char *out, size_t *out_n,
                  struct fault *f) MUST_USE;

/* ---- signing: Ed25519, as libsodium wants them ---- */

const uint8_t *keys_sign_secret(const struct keys *keys); /* 64 bytes */
const uint8_t *keys_sign_public(const struct keys *keys); /* 32 bytes */

/* The token that a form of the session with this secret carries: base64url
 * of a keyed hash, so that seeing it does not give the secret away. */
void keys_form_token(const struct keys *keys, const char *secret,
                     char out[KEYS_FORM_TOKEN]);
