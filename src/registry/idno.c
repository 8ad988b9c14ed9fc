/* idno.c - length, region, date and check digit of identity numbers.  See
 * idno.h; rules: GB 11643-1999, ISO 7064 MOD 11-2. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/idno.h"

#include "base/text.h"
#include "registry/person.h"

const char *const idno_kinds[] = {
    [IDNO_RESIDENT] = "resident18",
    [IDNO_RESIDENT_OLD] = "resident15",
    [IDNO_HONGKONG] = "residence_permit_hk",
    [IDNO_MACAU] = "residence_permit_macau",
    [IDNO_TAIWAN] = "residence_permit_taiwan",
    [IDNO_FOREIGN] = "foreign_pr_2023",
    [IDNO_FOREIGN_OLD] = "foreign_pr_2017",
    NULL,
};
const char *const idno_faults[] = {
    [IDNO_GOOD] = "",
    [IDNO_EMPTY] = "empty",
    [IDNO_BAD_LENGTH] = "bad_length",
    [IDNO_BAD_CHAR] = "bad_char",
    [IDNO_BAD_REGION] = "bad_region",
    [IDNO_BAD_DATE] = "bad_date",
    [IDNO_FUTURE_BIRTH] = "future_birth",
    [IDNO_BAD_CHECK] = "bad_check",
    [IDNO_SPREADSHEET_CUT] = "excel_precision",
    [IDNO_SPREADSHEET_SCIENTIFIC] = "excel_scientific",
    NULL,
};

enum { KEY_MAX = 32 };

/* Characters that count, in ASCII upper case; too many: cut at KEY_MAX. */
static size_t key_of(const char *s, char out[KEY_MAX + 1])
{
    size_t n = 0;
    uint32_t c;
    while (n < KEY_MAX && (c = text_next(&s))) {
        if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0;
        if (c == ' ' || c == '\t' || c == '-' || c == '\'' || c == 0xa0 ||
            c == 0x3000 || c == 0xfeff)
            continue;
        if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
        out[n++] = c < 128 ? (char)c : '?';
    }
    out[n] = '\0';
    return n;
}

static bool is_digits(const char *s, size_t n)
{
    return strspn(s, "0123456789") >= n;
}

/* 3.60112E+17, 1.1E17 */
static bool is_scientific(const char *s)
{
    size_t whole = strspn(s, "0123456789.,");
    if (!whole || s[whole] != 'E') return false;
    s += whole + 1;
    s += *s == '+';
    return *s && s[strspn(s, "0123456789")] == '\0';
}

char idno_check_char(const char *digits)
{
    static const int weights[17] = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                    3, 7, 9,  10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++) sum += weights[i] * (digits[i] - '0');
    return "10X98765432"[sum % 11];
}

static bool is_province(const char *s)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35"
                                    " 36 37 41 42 43 44 45 46 50 51 52 53 54"
                                    " 61 62 63 64 65 71 81 82 83";
    const char two[3] = {s[0], s[1], '\0'};
    return strstr(provinces, two) != NULL;
}

static bool kind_of(const char *s, bool demo, enum idno_kind *kind)
{
    *kind = IDNO_RESIDENT;
    if (demo && text_starts(s, IDNO_DEMO_REGION)) return true;
    if (text_starts(s, "9")) *kind = IDNO_FOREIGN;
    else if (text_starts(s, "810000")) *kind = IDNO_HONGKONG;
    else if (text_starts(s, "820000")) *kind = IDNO_MACAU;
    else if (text_starts(s, "830000")) *kind = IDNO_TAIWAN;
    return is_province(*kind == IDNO_FOREIGN ? s + 1 : s);
}

static int number_at(const char *s, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) v = 10 * v + (s[i] - '0');
    return v;
}

/* 18 characters, all digits but perhaps the last. */
static enum idno_fault check_long(const char *s, bool demo, struct day today,
                                  struct idno *out)
{
    enum idno_kind kind;
    if (!is_digits(s, 17) || !strchr("0123456789X", s[17]))
        return IDNO_BAD_CHAR;
    if (!kind_of(s, demo, &kind)) return IDNO_BAD_REGION;
    int y = number_at(s + 6, 4), m = number_at(s + 10, 2);
    int d = number_at(s + 12, 2);
    if (y < 1850 || !day_exists(y, m, d)) return IDNO_BAD_DATE;
    if (s[17] != idno_check_char(s))
        return strcmp(s + 15, "000") == 0 ? IDNO_SPREADSHEET_CUT
                                          : IDNO_BAD_CHECK;
    struct day birth = day_of(y, m, d);
    if (birth.n > today.n) return IDNO_FUTURE_BIRTH;
    out->kind = kind;
    memcpy(out->normal, s, 19);
    snprintf(out->region, sizeof out->region, "%.6s",
             kind == IDNO_FOREIGN ? "" : s);
    out->birth = birth;
    out->sex = (s[16] - '0') % 2 ? SEX_MALE : SEX_FEMALE;
    return IDNO_GOOD;
}

/* 15 digits of before 1999: born in the 1900s, no check digit. */
static enum idno_fault check_old(const char *s, bool demo, struct day today,
                                 struct idno *out)
{
    char whole[19];
    snprintf(whole, sizeof whole, "%.6s19%.9s?", s, s + 6);
    whole[17] = idno_check_char(whole);
    enum idno_fault fault = check_long(whole, demo, today, out);
    if (!fault) out->kind = IDNO_RESIDENT_OLD;
    return fault;
}

static bool is_old_foreign(const char *s)
{
    for (int i = 0; i < 3; i++)
        if (s[i] < 'A' || s[i] > 'Z') return false;
    return is_digits(s + 3, 12);
}

enum idno_fault idno_check(const char *text, bool demo, struct day today,
                           struct idno *out)
{
    char s[KEY_MAX + 1];
    size_t n = text ? key_of(text, s) : 0;
    if (n == 0) return IDNO_EMPTY;
    if (is_scientific(s)) return IDNO_SPREADSHEET_SCIENTIFIC;
    if (n == 15 && is_old_foreign(s)) {
        *out = (struct idno){.kind = IDNO_FOREIGN_OLD, .birth = NO_DAY,
                             .sex = NONE};
        memcpy(out->normal, s, 16);
        return IDNO_GOOD;
    }
    if (n == 15)
        return is_digits(s, 15) ? check_old(s, demo, today, out)
                                : IDNO_BAD_CHAR;
    return n == 18 ? check_long(s, demo, today, out) : IDNO_BAD_LENGTH;
}
