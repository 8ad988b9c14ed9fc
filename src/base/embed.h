/* embed.h - files that travel inside the binary: migrations, words, styles.
 *
 * The table is made by tools/embed at build time, sorted by name.  `at` is
 * followed by a NUL byte that `len` does not count; `br` is the same content
 * in Brotli, NULL where it is not served; `etag` is 16 hex digits of its
 * SHA-256.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

struct embedded {
    const char *name; /* "sql/0001_store.sql", "css/renlin.css" */
    const void *at;
    size_t len;
    const void *br;
    size_t br_len;
    const char *etag;
};

/* NULL if there is none of that name. */
const struct embedded *embed_find(const char *name);
size_t embed_count(void);
const struct embedded *embed_at(size_t i);
