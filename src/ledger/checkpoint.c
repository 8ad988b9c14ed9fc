/* checkpoint.c - signed notes about the ledger.  See checkpoint.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/checkpoint.h"

#include <sodium.h>
#include <string.h>

enum { ED25519 = 0x01, KEY_ID = 4, SIGNATURE = crypto_sign_BYTES };
enum { B64 = sodium_base64_VARIANT_ORIGINAL };
#define B64_LENGTH(n) (sodium_base64_ENCODED_LEN((n), B64) - 1)

#define DASH "\xe2\x80\x94 " /* em dash and blank begin a signature line */

/* A piece of the note, in place. */
struct span {
    const char *at;
    size_t n;
};

/* No blanks of any kind: the ASCII ones, and U+0085, U+00A0, U+1680,
 * U+2000..200A, 2028, 2029, 202F, 205F, 3000 as Unicode has them. */
static bool is_space(const uint8_t *p)
{
    if (*p <= ' ' || *p == 0x7f) return true;
    if (p[0] == 0xc2) return p[1] == 0x85 || p[1] == 0xa0;
    if (p[0] == 0xe1) return p[1] == 0x9a && p[2] == 0x80;
    if (p[0] == 0xe3) return p[1] == 0x80 && p[2] == 0x80;
    if (p[0] != 0xe2) return false;
    if (p[1] == 0x81) return p[2] == 0x9f;
    return p[1] == 0x80 && (p[2] <= 0x8a || p[2] == 0xa8 || p[2] == 0xa9 ||
                            p[2] == 0xaf);
}

bool checkpoint_is_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n >= CHECKPOINT_NAME_MAX) return false;
    for (const char *s = name; *s; s++)
        if (*s == '+' || is_space((const uint8_t *)s)) return false;
    return true;
}

bool checkpoint_is_origin(const char *origin)
{
    size_t n = strlen(origin);
    if (n == 0 || n >= CHECKPOINT_NAME_MAX) return false;
    for (const char *s = origin; *s; s++)
        if ((uint8_t)*s < ' ' || *s == 0x7f) return false;
    return true;
}

/* name || 0x0A || 0x01 || key, hashed; its first bytes, big-endian. */
static void key_id(const char *name, const uint8_t key[32],
                   uint8_t out[KEY_ID])
{
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, name, strlen(name));
    sha256_add(&h, "\n\x01", 2);
    sha256_add(&h, key, 32);
    struct digest d = sha256_end(&h);
    memcpy(out, d.b, KEY_ID);
}

char *checkpoint_sign(struct arena *a, const char *origin, uint64_t size,
                      struct digest root, const uint8_t secret[64],
                      const char *key_name)
{
    assert(checkpoint_is_origin(origin) && checkpoint_is_name(key_name));
    assert(size < (uint64_t)1 << 63);
    char text[B64_LENGTH(KEY_ID + SIGNATURE) + 1];
    sodium_bin2base64(text, sizeof text, root.b, sizeof root.b, B64);
    char *body = arena_printf(a, "%s\n%llu\n%s\n", origin,
                              (unsigned long long)size, text);
    uint8_t line[KEY_ID + SIGNATURE];
    key_id(key_name, secret + 32, line); /* the public key is its end */
    crypto_sign_detached(line + KEY_ID, NULL, (const uint8_t *)body,
                         strlen(body), secret);
    sodium_bin2base64(text, sizeof text, line, sizeof line, B64);
    return arena_printf(a, "%s\n" DASH "%s %s\n", body, key_name, text);
}

char *checkpoint_vkey(struct arena *a, const char *key_name,
                      const uint8_t public_key[32])
{
    assert(checkpoint_is_name(key_name));
    uint8_t id[KEY_ID], key[1 + 32] = {ED25519};
    memcpy(key + 1, public_key, 32);
    key_id(key_name, public_key, id);
    char text[B64_LENGTH(sizeof key) + 1];
    sodium_bin2base64(text, sizeof text, key, sizeof key, B64);
    return arena_printf(a, "%s+%02x%02x%02x%02x+%s", key_name, id[0], id[1],
                        id[2], id[3], text);
}

/* ---- reading ---- */

/* Exactly n bytes in the padded standard alphabet.  The library takes 0xaf
 * for '/' where char is signed, so that bytes over 127 are kept from it. */
static bool from_base64(struct span s, uint8_t *out, size_t n)
{
    size_t got;
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.at[i] > 127) return false;
    return s.n == sodium_base64_ENCODED_LEN(n, B64) - 1 &&
           sodium_base642bin(out, n, s.at, s.n, NULL, &got, NULL, B64) == 0 &&
           got == n;
}

/* Cut the first line off rest, without its break; false if none is whole. */
static bool next_line(struct span *rest, struct span *line)
{
    const char *end = memchr(rest->at, '\n', rest->n);
    if (!end) return false;
    *line = (struct span){rest->at, (size_t)(end - rest->at)};
    rest->n -= line->n + 1;
    rest->at = end + 1;
    return true;
}

/* Decimal without leading zeros, below 2^63. */
static bool to_size(struct span s, uint64_t *out)
{
    if (s.n == 0 || s.n > 19 || (s.at[0] == '0' && s.n > 1)) return false;
    uint64_t size = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        size = size * 10 + (uint64_t)(s.at[i] - '0');
    }
    *out = size;
    return size < (uint64_t)1 << 63;
}

/* The three lines that count; extension lines may follow.  On return *rest
 * is what follows the empty line, *text what is signed. */
static bool read_text(const char *note, struct checkpoint *c,
                      struct span *text, struct span *rest)
{
    *rest = (struct span){note, strnlen(note, CHECKPOINT_NOTE_MAX + 1)};
    if (rest->n > CHECKPOINT_NOTE_MAX) return false;
    struct span line;
    if (!next_line(rest, &line)) return false;
    if (line.n == 0 || line.n >= sizeof c->origin) return false;
    memcpy(c->origin, line.at, line.n);
    c->origin[line.n] = '\0';
    if (!checkpoint_is_origin(c->origin)) return false;
    if (!next_line(rest, &line) || !to_size(line, &c->size)) return false;
    if (!next_line(rest, &line) || !from_base64(line, c->root.b, 32))
        return false;
    do {
        text->at = note;
        text->n = (size_t)(rest->at - note);
        if (rest->n == 0) return true; /* a bare text */
        if (!next_line(rest, &line)) return false;
    } while (line.n > 0);
    return true;
}

enum rc checkpoint_parse(const char *note, struct checkpoint *out,
                         struct fault *f)
{
    struct checkpoint c = {0};
    struct span text, rest;
    if (!read_text(note, &c, &text, &rest))
        return fault_set(f, INVALID, "", "this is no checkpoint");
    *out = c;
    return OK;
}

struct verifier {
    char name[CHECKPOINT_NAME_MAX];
    uint8_t id[KEY_ID];
    uint8_t key[1 + 32]; /* its kind first */
};

/* name+hex+base64, and a line break at most; the name has no '+', the base64
 * may. */
static bool read_vkey(const char *vkey, struct verifier *v)
{
    const char *hex = strchr(vkey, '+');
    const char *key = hex ? strchr(hex + 1, '+') : NULL;
    if (!key || (size_t)(hex - vkey) >= sizeof v->name) return false;
    memcpy(v->name, vkey, (size_t)(hex - vkey));
    v->name[hex - vkey] = '\0';
    uint8_t said[KEY_ID];
    size_t n;
    if (!checkpoint_is_name(v->name) || key - hex != 1 + 2 * KEY_ID ||
        sodium_hex2bin(said, KEY_ID, hex + 1, 2 * KEY_ID, NULL, &n, NULL) ||
        n != KEY_ID)
        return false;
    struct span rest = {key + 1, strcspn(key + 1, "\n")};
    if (rest.at[rest.n] && rest.at[rest.n + 1]) return false;
    if (!from_base64(rest, v->key, sizeof v->key)) return false;
    key_id(v->name, v->key + 1, v->id);
    return v->key[0] == ED25519 && memcmp(said, v->id, KEY_ID) == 0;
}

/* "— name base64": the signature's bytes if it is by the key's name and id. */
enum line { MALFORMED, OTHER, OURS };
static enum line read_signature(struct span line, const struct verifier *v,
                                uint8_t out[KEY_ID + SIGNATURE])
{
    size_t dash = strlen(DASH), name = strlen(v->name);
    if (line.n <= dash || memcmp(line.at, DASH, dash) != 0) return MALFORMED;
    line.at += dash;
    line.n -= dash;
    const char *blank = memchr(line.at, ' ', line.n);
    if (!blank || blank == line.at) return MALFORMED;
    size_t n = (size_t)(blank - line.at);
    if (n != name || memcmp(line.at, v->name, n) != 0) return OTHER;
    struct span rest = {blank + 1, line.n - n - 1};
    if (!from_base64(rest, out, KEY_ID + SIGNATURE)) return OTHER;
    return memcmp(out, v->id, KEY_ID) == 0 ? OURS : OTHER;
}

enum rc checkpoint_open(const char *note, const char *vkey,
                        struct checkpoint *out, struct fault *f)
{
    struct verifier v;
    struct checkpoint c = {0};
    struct span text, rest, line;
    if (!read_vkey(vkey, &v))
        return fault_set(f, INVALID, "vkey", "this is no verifier key");
    if (!read_text(note, &c, &text, &rest))
        return fault_set(f, INVALID, "", "this is no checkpoint");
    bool signed_by_us = false;
    while (rest.n > 0) {
        uint8_t sig[KEY_ID + SIGNATURE];
        enum line what = next_line(&rest, &line)
                             ? read_signature(line, &v, sig)
                             : MALFORMED;
        if (what == MALFORMED)
            return fault_set(f, INVALID, "", "this is no checkpoint");
        if (what == OTHER) continue;
        if (crypto_sign_verify_detached(sig + KEY_ID,
                                        (const uint8_t *)text.at, text.n,
                                        v.key + 1) != 0)
            return fault_set(f, INVALID, "",
                             "the checkpoint's signature does not hold");
        signed_by_us = true;
    }
    if (!signed_by_us)
        return fault_set(f, NOT_FOUND, "",
                         "the checkpoint is not signed by this key");
    *out = c;
    return OK;
}
