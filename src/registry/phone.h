/* phone.h - telephone numbers of the mainland.  Pure.
 *
 * Mobiles are 1[3-9] and nine digits, with or without +86, 0086, 86; all
 * ranges are taken, since new ones are given out each year.  Landlines carry
 * their area code (0791-83828384).  Blanks, dashes and width do not count.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/rc.h"

enum phone_kind { PHONE_BAD, PHONE_MOBILE, PHONE_LANDLINE, PHONE_SERVICE,
                  PHONE_HOTLINE };
extern const char *const phone_kinds[]; /* "invalid" "mobile" ... */

#define PHONE_DEMO_PREFIX "100" /* given to nobody: demonstrations only */

struct phone {
    enum phone_kind kind;
    char normal[24]; /* 13800138000, 0791-83828384, 4008208820, 12345 */
};

/* PHONE_BAD leaves out untouched.  `demo` takes 11 digits that begin with
 * PHONE_DEMO_PREFIX as a mobile. */
enum phone_kind phone_check(const char *text, bool demo, struct phone *out);
