/* text.c - UTF-8, numbers in text, hex and base64.  See text.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

/* Length of the character at s (n bytes left), 0 if it is not one. */
static size_t character(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80) return s[0] != 0;
    size_t k = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n < k) return 0;
    for (size_t i = 1; i < k; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if (s[0] == 0xe0 && s[1] < 0xa0) return 0; /* overlong */
    if (s[0] == 0xed && s[1] > 0x9f) return 0; /* surrogate */
    if (s[0] == 0xf0 && s[1] < 0x90) return 0; /* overlong */
    if (s[0] == 0xf4 && s[1] > 0x8f) return 0; /* above U+10FFFF */
    return k;
}

bool text_is_utf8(const char *s, size_t n)
{
    while (n) {
        size_t k = character((const unsigned char *)s, n);
        if (!k) return false;
        s += k;
        n -= k;
    }
    return true;
}

size_t text_length(const char *s)
{
    size_t n = 0;
    for (; *s; s++) n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

size_t text_cut(const char *s, size_t n)
{
    while (n && ((unsigned char)s[n] & 0xc0) == 0x80) n--;
    return n;
}

uint32_t text_next(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    if (!*p) return 0;
    size_t k = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
    uint32_t cp = k == 1 ? *p : *p & (0xffu >> (k + 1));
    for (size_t i = 1; i < k; i++) cp = cp << 6 | (p[i] & 0x3f);
    *s += k;
    return cp;
}

size_t text_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t k = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = k - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[k] | cp);
    return k;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x3000;
}

/* Marks that are not seen but change what is: never kept. */
static bool is_hidden(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ||
           (c >= 0x80 && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) ||
           c == 0xfeff || c == 0xad;
}

char *text_clean(struct arena *a, const char *s)
{
    char *out = arena_alloc(a, strlen(s) + 1);
    size_t n = 0, keep = 0;
    uint32_t c;
    while ((c = text_next(&s))) {
        if (c == '\r') continue; /* before the check: line ends become \n */
        if (is_hidden(c) || (n == 0 && is_blank(c))) continue;
        n += text_put(out + n, c);
        if (!is_blank(c)) keep = n;
    }
    out[keep] = '\0';
    return out;
}

static bool is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
           c == 0xfe58 || c == 0xfe63;
}

char *text_key(struct arena *a, const char *s)
{
    const char *clean = text_clean(a, s);
    char *out = arena_alloc(a, strlen(clean) + 1);
    size_t n = 0;
    uint32_t c, last = 0;
    while ((c = text_next(&clean))) {
        if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0; /* full width */
        if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
        if (is_blank(c)) c = ' ';
        if (is_dash(c)) c = '-';
        if ((c == ' ' || c == '-') && c == last) continue;
        last = c;
        n += text_put(out + n, c);
    }
    out[n] = '\0';
    return out;
}

bool text_is_blank(const char *s)
{
    uint32_t c;
    if (!s) return true;
    while ((c = text_next(&s)))
        if (!is_blank(c) && !is_hidden(c)) return false;
    return true;
}

bool text_equal(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool text_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* ---- numbers ---- */

/* Digits of s added to *out (as a negative number, whose range is larger);
 * how many there were, or -1 past the range. */
static int digits(const char **s, int64_t *out)
{
    int n = 0;
    for (; **s >= '0' && **s <= '9'; ++*s, n++) {
        if (__builtin_mul_overflow(*out, 10, out) ||
            __builtin_sub_overflow(*out, **s - '0', out))
            return -1;
    }
    return n;
}

bool text_to_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
    bool minus = *s == '-';
    int64_t n = 0;
    if (*s == '-' || *s == '+') s++;
    if (digits(&s, &n) <= 0 || *s) return false;
    if (!minus && __builtin_sub_overflow(0, n, &n)) return false;
    if (n < min || n > max) return false;
    *out = n;
    return true;
}

bool text_to_decimal(const char *s, int decimals, int64_t *out)
{
    bool minus = *s == '-';
    int64_t n = 0;
    int after = 0;
    if (*s == '-' || *s == '+') s++;
    if (digits(&s, &n) <= 0) return false;
    if (*s == '.') {
        s++;
        after = digits(&s, &n);
        if (after <= 0 || after > decimals) return false;
    }
    if (*s) return false;
    for (; after < decimals; after++)
        if (__builtin_mul_overflow(n, 10, &n)) return false;
    if (!minus && __builtin_sub_overflow(0, n, &n)) return false;
    if (n == NONE) return false;
    *out = n;
    return true;
}

void text_from_decimal(char *out, int64_t value, int decimals)
{
    char all[32];
    uint64_t u = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int n = snprintf(all, sizeof all, "%0*llu", decimals + 1,
                     (unsigned long long)u);
    snprintf(out, 32, "%s%.*s%s%s", value < 0 ? "-" : "", n - decimals, all,
             decimals ? "." : "", all + n - decimals);
}

/* ---- bytes ---- */

bool bytes_equal_ct(const void *a, const void *b, size_t n)
{
    const volatile unsigned char *x = a, *y = b;
    unsigned char differ = 0;
    for (size_t i = 0; i < n; i++)
        differ = (unsigned char)(differ | (x[i] ^ y[i]));
    return differ == 0;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

size_t bytes_from_hex(void *out, size_t max, const char *s, size_t n)
{
    unsigned char *at = out;
    if (n % 2 || n / 2 > max) return SIZE_MAX;
    for (size_t i = 0; i < n / 2; i++) {
        int high = hex_value(s[2 * i]);
        int low = hex_value(s[2 * i + 1]);
        if (high < 0 || low < 0) return SIZE_MAX;
        at[i] = (unsigned char)(high << 4 | low);
    }
    return n / 2;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

size_t bytes_from_base64(void *out, size_t max, const char *s, size_t n)
{
    unsigned char *at = out;
    size_t k = 0;
    uint32_t v = 0;
    int bits = 0;
    size_t pad = 0;
    while (pad < 2 && n && s[n - 1] == '=') {
        n--;
        pad++;
    }
    if (n % 4 == 1 || (pad && (n + pad) % 4)) return SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        int d = base64_value(s[i]);
        if (d < 0) return SIZE_MAX;
        v = (v << 6 | (uint32_t)d) & 0xffffff;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        if (k == max) return SIZE_MAX;
        at[k++] = (unsigned char)(v >> bits);
    }
    return v & ((1u << bits) - 1) ? SIZE_MAX : k; /* canonical only */
}
