/* household.h - who lives behind one door, for those who live there too. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "registry/person.h"

/* The work's own person first, then the others of the same household by
 * birth, at most HOUSEHOLD_MAX; names in full, nothing sealed.  Looking at
 * one's own household is no reading.  None where the account is nobody in
 * the registry. */
enum { HOUSEHOLD_MAX = 12 };
enum rc household_own(struct work *w, struct person **items, size_t *n)
    MUST_USE;
