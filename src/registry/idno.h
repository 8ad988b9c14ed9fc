/* idno.h - identity numbers as residents carry them.  Pure.
 *
 *   3 6 0 1 1 2 | 1 9 8 5 0 5 0 4 | 4 8 9 | 6
 *   region        birth             serial  check (ISO 7064 MOD 11-2)
 *                                   (last digit odd: male)
 *
 * Taken: 18 digits (GB 11643), the 15 digits of before 1999, residence
 * permits of Hong Kong, Macau and Taiwan (region 81, 82, 83), permanent
 * resident cards of 2023 (18, beginning with 9) and 2017 (3 letters and 12
 * digits).  Blanks, dashes, width and case do not count.  A county need not
 * exist today: numbers outlive counties; only the province must be one.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/day.h"

enum idno_kind {
    IDNO_RESIDENT, IDNO_RESIDENT_OLD, IDNO_HONGKONG, IDNO_MACAU, IDNO_TAIWAN,
    IDNO_FOREIGN, IDNO_FOREIGN_OLD,
};
extern const char *const idno_kinds[]; /* "resident18" ... */

enum idno_fault {
    IDNO_GOOD, IDNO_EMPTY, IDNO_BAD_LENGTH, IDNO_BAD_CHAR, IDNO_BAD_REGION,
    IDNO_BAD_DATE, IDNO_FUTURE_BIRTH, IDNO_BAD_CHECK,
    IDNO_SPREADSHEET_CUT,        /* 15 digits kept, the last three 000 */
    IDNO_SPREADSHEET_SCIENTIFIC, /* 3.60112E+17 */
};
extern const char *const idno_faults[]; /* "", "empty", "bad_length" ... */

#define IDNO_DEMO_REGION "999999" /* never issued: demonstrations only */

struct idno {
    enum idno_kind kind;
    char normal[19];   /* 18 characters, X in upper case (old foreign: 15) */
    char region[7];    /* first six digits; "" for foreigners */
    struct day birth;  /* NO_DAY: the number does not tell */
    int64_t sex;       /* enum sex, NONE if it does not tell */
};

/* `today` judges birth days to come; `demo` takes IDNO_DEMO_REGION as a
 * region.  out is filled only for IDNO_GOOD. */
enum idno_fault idno_check(const char *text, bool demo, struct day today,
                           struct idno *out);

/* The check character of 17 digits. */
char idno_check_char(const char *digits);
