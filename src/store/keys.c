/* keys.c - sealing, hashing and signing keys by libsodium; their file is in
 * keys_file.c.  See keys.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keys.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "store/keys_inside.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

_Static_assert(KEYS_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
               "seal keys fit the cipher");
_Static_assert(KEYS_KEY == crypto_sign_SEEDBYTES, "the seed fits");
_Static_assert(KEYS_FORM_TOKEN ==
                   sodium_base64_ENCODED_LEN(
                       32, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "32 bytes fit a form token");

struct keys *keys_new(void)
{
    if (sodium_init() < 0) return NULL;
    struct keys *k = sodium_malloc(sizeof *k);
    if (k) memset(k, 0, sizeof *k);
    return k;
}

/* From here on a write to them would stop the program. */
void keys_finish(struct keys *k)
{
    int rc = crypto_sign_seed_keypair(k->sign_public, k->sign_secret,
                                      k->seed);
    assert(rc == 0 && k->newest > 0);
    sodium_mprotect_readonly(k);
}

void keys_free(struct keys *keys)
{
    sodium_free(keys); /* zeroes; NULL is nothing */
}

/* ---- finding ---- */

/* The personal parameter of BLAKE2b keeps the uses of one key apart. */
static void hash_init(crypto_generichash_blake2b_state *h,
                      const struct keys *keys, const char *use, size_t n)
{
    uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = {0};
    assert(strlen(use) <= sizeof personal);
    memcpy(personal, use, strlen(use));
    int rc = crypto_generichash_blake2b_init_salt_personal(
        h, keys->lookup, sizeof keys->lookup, n, NULL, personal);
    assert(rc == 0);
}

static void hash_add(crypto_generichash_blake2b_state *h, const void *p,
                     size_t n)
{
    int rc = crypto_generichash_blake2b_update(h, p, n);
    assert(rc == 0);
}

void keys_lookup(const struct keys *keys, int64_t community,
                 const char *purpose, const char *text,
                 uint8_t out[KEYS_LOOKUP])
{
    uint8_t number[8];
    for (int i = 0; i < 8; i++)
        number[i] = (uint8_t)((uint64_t)community >> (8 * i));
    crypto_generichash_blake2b_state h;
    hash_init(&h, keys, "renlin lookup", KEYS_LOOKUP);
    hash_add(&h, number, sizeof number);
    hash_add(&h, purpose, strlen(purpose) + 1); /* its NUL ends it */
    hash_add(&h, text, strlen(text));
    int rc = crypto_generichash_blake2b_final(&h, out, KEYS_LOOKUP);
    assert(rc == 0);
    sodium_memzero(&h, sizeof h);
}

void keys_form_token(const struct keys *keys, const char *secret,
                     char out[KEYS_FORM_TOKEN])
{
    uint8_t hash[32];
    crypto_generichash_blake2b_state h;
    hash_init(&h, keys, "renlin form", sizeof hash);
    hash_add(&h, secret, strlen(secret));
    int rc = crypto_generichash_blake2b_final(&h, hash, sizeof hash);
    assert(rc == 0);
    sodium_memzero(&h, sizeof h);
    sodium_bin2base64(out, KEYS_FORM_TOKEN, hash, sizeof hash,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* ---- sealing ---- */

struct place {
    char text[256];
    size_t n;
};

/* Where a sealed text belongs, without two places ever looking the same: the
 * names are ours and hold no line breaks. */
static struct place place_of(int64_t community, const char *table,
                             int64_t id, const char *field)
{
    struct place p;
    int n = snprintf(p.text, sizeof p.text, "%lld\n%s\n%lld\n%s",
                     (long long)community, table, (long long)id, field);
    assert(n > 0 && (size_t)n < sizeof p.text);
    p.n = (size_t)n;
    return p;
}

size_t keys_sealed_size(size_t n)
{
    return 1 + NONCE + n + TAG;
}

size_t keys_seal(const struct keys *keys, int64_t community,
                 const char *table, int64_t id, const char *field,
                 const void *text, size_t n, uint8_t *out)
{
    struct place p = place_of(community, table, id, field);
    out[0] = keys->newest;
    randombytes_buf(out + 1, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + 1 + NONCE, NULL, text, n, (const uint8_t *)p.text, p.n, NULL,
        out + 1, keys->seal[keys->newest]);
    return keys_sealed_size(n);
}

enum rc keys_open(const struct keys *keys, int64_t community,
                  const char *table, int64_t id, const char *field,
                  const void *at, size_t n, char *out, size_t *out_n,
                  struct fault *f)
{
    const uint8_t *p = at;
    *out_n = 0;
    if (n < keys_sealed_size(0))
        return fault_set(f, FAILED, field, "a sealed value is damaged");
    if (!keys->has[p[0]])
        return fault_set(f, FAILED, field,
                         "a sealed value needs a key that is not here");
    struct place place = place_of(community, table, id, field);
    int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
        (uint8_t *)out, NULL, NULL, p + 1 + NONCE, n - 1 - NONCE,
        (const uint8_t *)place.text, place.n, p + 1, keys->seal[p[0]]);
    if (rc)
        return fault_set(f, FAILED, field, "a sealed value is damaged");
    *out_n = n - keys_sealed_size(0);
    return OK;
}

/* ---- signing ---- */

const uint8_t *keys_sign_secret(const struct keys *keys)
{
    return keys->sign_secret;
}

const uint8_t *keys_sign_public(const struct keys *keys)
{
    return keys->sign_public;
}
