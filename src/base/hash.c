/* hash.c - SHA-256 by GnuTLS.  See hash.h.
 *
 * The library fails here only out of memory or when it was built without
 * SHA-256: both stop the program. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hash.h"

void sha256_init(struct sha256 *h)
{
    int rc = gnutls_hash_init(&h->handle, GNUTLS_DIG_SHA256);
    assert(rc == 0);
}

void sha256_add(struct sha256 *h, const void *p, size_t n)
{
    if (n == 0) return;
    int rc = gnutls_hash(h->handle, p, n);
    assert(rc == 0);
}

struct digest sha256_end(struct sha256 *h)
{
    struct digest d;
    gnutls_hash_deinit(h->handle, d.b);
    h->handle = NULL;
    return d;
}

struct digest sha256_of(const void *p, size_t n)
{
    struct digest d;
    int rc = gnutls_hash_fast(GNUTLS_DIG_SHA256, n ? p : "", n, d.b);
    assert(rc == 0);
    return d;
}
