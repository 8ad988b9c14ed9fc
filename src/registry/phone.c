/* phone.c - which digits are a telephone number.  See phone.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/phone.h"

#include "base/text.h"

const char *const phone_kinds[] = {
    [PHONE_BAD] = "invalid",          [PHONE_MOBILE] = "mobile",
    [PHONE_LANDLINE] = "landline",    [PHONE_SERVICE] = "service",
    [PHONE_HOTLINE] = "hotline",      NULL,
};

enum { DIGITS_MAX = 20 };

static bool is_filler(uint32_t c)
{
    return c == ' ' || c == '-' || c == '(' || c == ')' || c == 0xa0 ||
           c == 0x3000 || (c >= 0x2010 && c <= 0x2015);
}

/* Digits alone, a leading + kept apart; false if there is anything else. */
static bool digits_of(const char *s, char out[DIGITS_MAX + 1], bool *plus)
{
    size_t n = 0;
    uint32_t c;
    *plus = false;
    while ((c = text_next(&s))) {
        if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;
        if (is_filler(c) || c == '\t') continue;
        if (c == '+' && n == 0 && !*plus) *plus = true;
        else if (c < '0' || c > '9' || n == DIGITS_MAX) return false;
        else out[n++] = (char)c;
    }
    out[n] = '\0';
    return n > 0;
}

static const char *without_country(const char *d, bool plus)
{
    size_t n = strlen(d);
    if (plus) return text_starts(d, "86") ? d + 2 : "";
    if (n == 15 && text_starts(d, "0086")) return d + 4;
    if (n == 13 && text_starts(d, "86")) return d + 2;
    return d;
}

/* Length of the area code: 010 and 02x have three digits, others four. */
static size_t area_of(const char *d)
{
    if (d[0] != '0' || d[1] == '0' || d[1] == '\0') return 0;
    if (d[1] == '1') return d[2] == '0' ? 3 : 0;
    return d[1] == '2' ? 3 : 4;
}

static enum phone_kind kind_of(const char *d, bool demo)
{
    size_t n = strlen(d), area = area_of(d);
    if (n == 11 && d[0] == '1' && d[1] >= '3') return PHONE_MOBILE;
    if (n == 11 && demo && text_starts(d, PHONE_DEMO_PREFIX))
        return PHONE_MOBILE;
    if (area == 3 && n == 11) return PHONE_LANDLINE;
    if (area == 4 && (n == 11 || n == 12) && d[4] > '1')
        return PHONE_LANDLINE;
    if (n == 10 && (text_starts(d, "400") || text_starts(d, "800")))
        return PHONE_SERVICE;
    if (n == 5 && text_starts(d, "12")) return PHONE_HOTLINE;
    return PHONE_BAD;
}

enum phone_kind phone_check(const char *text, bool demo, struct phone *out)
{
    char all[DIGITS_MAX + 1];
    bool plus;
    if (!text || !digits_of(text, all, &plus)) return PHONE_BAD;
    const char *d = without_country(all, plus);
    enum phone_kind kind = kind_of(d, demo);
    if (kind == PHONE_BAD || (plus && kind != PHONE_MOBILE)) return PHONE_BAD;
    out->kind = kind;
    size_t area = kind == PHONE_LANDLINE ? area_of(d) : 0;
    snprintf(out->normal, sizeof out->normal, "%.*s%s%.20s", (int)area, d,
             area ? "-" : "", d + area);
    return kind;
}
