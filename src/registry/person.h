/* person.h - a resident as the registry knows one.
 *
 * Identity number and phone are given and taken in the clear here, and stand
 * sealed in the database; only last digits leave by themselves.  Reading a
 * person in full is a reading (reading_add), entered before the answer.
 * Erasing the row erases what was known; ledger entries stand (salted).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place/place.h"

enum sex { SEX_MALE, SEX_FEMALE };
extern const char *const sexes[]; /* "male" "female" */

struct person {
    struct person_id id;
    const char *name;
    int64_t sex;
    struct day birth;
    struct place_id household, building;
    const char *idno;      /* clear text in; "" when read from a row */
    const char *phone;     /* likewise */
    const char *idno_tail, *phone_tail;
    const char *tags;      /* words separated by ; */
    struct person_id merged_into;
    struct day since, until;
    struct bytes idno_sealed, phone_sealed; /* hidden */
};
extern const struct shape person_shape;

/* Sealed and hashed forms of what is told apart by number; in the arena. */
struct person_secrets {
    struct bytes idno, idno_hash, phone, phone_hash;
    const char *idno_tail, *phone_tail;
};
enum rc person_seal(struct work *w, const struct person *p,
                    struct person_secrets *out) MUST_USE;

/* Fill in p->building from its door.  INVALID if there is no such door. */
enum rc person_settle(struct work *w, struct person *p) MUST_USE;

/* Store a new person, filling in id and building.  Needs CAP_IMPORT.  `batch`
 * is the import it belongs to, 0 by hand. */
enum rc person_create(struct work *w, struct person *p, int64_t batch)
    MUST_USE;
/* Masked: name and last digits only leave through the shape's mask. */
enum rc person_load(struct work *w, struct person_id id, struct person *out)
    MUST_USE;
/* Open what is sealed: p->idno and p->phone.  A reading, entered by the
 * caller with ledger_enter_readings.  DENIED without a purpose. */
enum rc person_unseal(struct work *w, struct person *p) MUST_USE;
enum rc person_by_idno(struct work *w, const char *idno, struct person *out)
    MUST_USE;
/* Write what an import found changed; the household may change. */
enum rc person_update(struct work *w, const struct person *p, int64_t batch)
    MUST_USE;
/* The row goes, with its secrets in the ledger; counts stay. */
enum rc person_erase(struct work *w, struct person_id id) MUST_USE;

struct person_filter {
    struct person_id after;
    struct place_id household, building; /* 0 any */
    int64_t limit;
};
/* Who lives here today, within the work's scope, by id; *count exact. */
enum rc person_list(struct work *w, const struct person_filter *filter,
                    struct person **items, size_t *n, int64_t *count)
    MUST_USE;

/* Where a person lives, and nothing else: no reading. */
struct person_home {
    struct person_id id;
    struct place_id household, building;
};
enum rc person_home(struct work *w, struct person_id id,
                    struct person_home *out) MUST_USE;
