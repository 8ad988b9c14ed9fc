/* text.h - UTF-8 text: checking, measuring, cleaning, matching.
 *
 * Text inside the program is valid UTF-8 without NUL.  It becomes so at the
 * edges (JSON, forms, sheets) by these functions.  Lengths in limits are
 * counted in characters (code points), not bytes.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"

/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF, no NUL. */
bool text_is_utf8(const char *s, size_t n);
/* Code points in valid UTF-8. */
size_t text_length(const char *s);
/* Largest k <= n that does not cut a character of s (n bytes valid UTF-8). */
size_t text_cut(const char *s, size_t n);
/* The code point at *s, advancing *s; 0 at the end. */
uint32_t text_next(const char **s);
/* Append one code point to out (4 bytes are enough); bytes written. */
size_t text_put(char *out, uint32_t cp);

/* A copy without leading and trailing blanks (ASCII, U+00A0, U+3000), without
 * bidi controls, zero-width marks and control characters but newline and tab;
 * full-width ASCII forms stay. */
char *text_clean(struct arena *a, const char *s);
/* A copy for comparing keys: cleaned, full-width ASCII to ASCII, ASCII upper
 * case, inner runs of blanks and dashes of every kind to one. */
char *text_key(struct arena *a, const char *s);
bool text_is_blank(const char *s);
static inline bool text_is_empty(const char *s) { return !s || !s[0]; }
bool text_equal(const char *a, const char *b); /* NULL equals "" */
bool text_starts(const char *s, const char *prefix);

/* Whole decimal number with optional sign, nothing else around it, within
 * [min, max]; false otherwise (out untouched). */
bool text_to_int(const char *s, int64_t min, int64_t max, int64_t *out);
/* A decimal with at most `decimals` digits after the point, scaled by
 * 10^decimals: "36.5", 1 -> 365.  No exponent, no blanks. */
bool text_to_decimal(const char *s, int decimals, int64_t *out);
/* The reverse, into out (32 bytes are enough): 365, 1 -> "36.5". */
void text_from_decimal(char *out, int64_t value, int decimals);

/* Equal in time that does not depend on where they differ. */
bool bytes_equal_ct(const void *a, const void *b, size_t n);
/* Hex or base64 (standard or URL alphabet, padding optional) to bytes; the
 * number of bytes, or SIZE_MAX if malformed or longer than max. */
size_t bytes_from_hex(void *out, size_t max, const char *s, size_t n);
size_t bytes_from_base64(void *out, size_t max, const char *s, size_t n);
