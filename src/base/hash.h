/* hash.h - SHA-256 (FIPS 180-4), whole or piece by piece, by GnuTLS.
 *
 *     struct sha256 h;
 *     sha256_init(&h);
 *     sha256_add(&h, salt, sizeof salt);
 *     struct digest d = sha256_end(&h);
 *
 * Every sha256_init is ended by exactly one sha256_end, which gives the
 * library's memory back.  A digest is 32 plain bytes, passed by value.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/crypto.h>

#include "base/rc.h"

struct digest { uint8_t b[32]; };

struct sha256 { gnutls_hash_hd_t handle; };

void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *p, size_t n);
struct digest sha256_end(struct sha256 *h);

/* Of one buffer; p may be NULL when n is 0.  Allocates nothing. */
struct digest sha256_of(const void *p, size_t n);
