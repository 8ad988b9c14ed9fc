/* password.c - Argon2id by libsodium.  See account.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>

#include "account/account.h"

/* OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, 2 passes. */
enum { PASSES = 2, MEMORY = 19 << 20 };

/* What an unknown name is checked against, so that it takes as long. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

char *password_hash(struct arena *a, const char *password)
{
    char *out = arena_alloc(a, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(out, password, strlen(password), PASSES, MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return NULL;
    return out;
}

bool password_matches(const char *hash, const char *password)
{
    bool there = hash && hash[0];
    bool same = crypto_pwhash_str_verify(there ? hash : nobody, password,
                                         strlen(password)) == 0;
    return there && same;
}

void password_make(char *out, size_t n)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    for (size_t i = 0; i < n; i++)
        out[i] = letters[randombytes_uniform(sizeof letters - 1)];
    out[n] = '\0';
}
