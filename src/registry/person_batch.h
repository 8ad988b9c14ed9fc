/* person_batch.h - many people brought in at once, and taken back.
 *
 *     STAGING ──► LANDING ──► DONE ──► UNDOING ──► UNDONE
 *      rows wait   chunks of            chunks again
 *      unseen      PERSON_BATCH_LAND
 *
 * Everything here is called in units of work, each well under 20 ms; the
 * caller (exchange/) makes one unit of each call.  Up to PERSON_BATCH_LAND
 * people land in one unit together with DONE and the entry in the ledger:
 * nobody sees half of such a batch.  A larger one shows its people chunk by
 * chunk while its state says LANDING, for as long as that takes (about 10 ms
 * a thousand); its entry is written with the last chunk.  Whoever finds a
 * batch LANDING or UNDOING after a crash just goes on.
 *
 * What always holds: a row lands once (landed moves in the same unit); what
 * stood there before is read in the unit that writes over it; a row is undone
 * only while the batch is still the last that wrote it (person.batch).
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/hash.h"
#include "registry/person.h"

enum person_batch_state {
    BATCH_STAGING, BATCH_LANDING, BATCH_DONE, BATCH_UNDOING, BATCH_UNDONE,
};

enum {
    PERSON_BATCH_STAGE = 30,   /* people staged in a unit, at most */
    PERSON_BATCH_LAND = 500,    /* people that land or are undone in a unit */
    PERSON_BATCH_KEEP_DAYS = 90 /* undoing is possible so long */
};

struct person_batch {
    int64_t id;
    int64_t state;           /* enum person_batch_state */
    const char *source;      /* name of the file it came from */
    struct account_id actor;
    struct instant created;
    int64_t staged, landed, added, changed, unchanged, refused;
    int64_t undone, restored, closed;
    struct bytes salt, root;
};
extern const struct shape person_batch_shape;

/* A new one, STAGING; source, unchanged and refused are taken from b, id
 * and salt filled in. */
enum rc person_batch_create(struct work *w, struct person_batch *b) MUST_USE;
/* NOT_FOUND if this community has no such batch. */
enum rc person_batch_load(struct work *w, int64_t id,
                          struct person_batch *out) MUST_USE;

/* Stage the next row (number b->staged, which moves on): p->id 0 adds a
 * person, else changes that one.  Members left absent ("" or NONE) keep what
 * is known of a changed person.  household must be a door. */
enum rc person_batch_stage(struct work *w, struct person_batch *b,
                           const struct person *p) MUST_USE;
/* Merkle root over the leaves of all staged rows; for a reader. */
enum rc person_batch_root(struct work *w, const struct person_batch *b,
                          struct digest *root) MUST_USE;
/* All is staged: LANDING from here. */
enum rc person_batch_seal(struct work *w, struct person_batch *b,
                          const struct digest *root) MUST_USE;
/* The next chunk lands; the last writes "import.done" and makes it DONE.
 * Someone added meanwhile under the same number is not added twice. */
enum rc person_batch_land(struct work *w, struct person_batch *b) MUST_USE;
/* The next chunk is undone: changed people get back what they had, added
 * ones are closed today; who was changed since stays.  The last writes
 * "import.undone".  CONFLICT if it never landed or is undone already. */
enum rc person_batch_undo(struct work *w, struct person_batch *b) MUST_USE;

/* The oldest batch that waits to go on (LANDING, UNDOING), or 0. */
enum rc person_batch_unfinished(struct work *w, int64_t *id) MUST_USE;
/* Clears a piece of what nobody needs: staging left for an hour, rows kept
 * over PERSON_BATCH_KEEP_DAYS.  *more: call again. */
enum rc person_batch_tidy(struct work *w, bool *more) MUST_USE;
/* For `renlin verify`: do the rows still give the entered root? */
enum rc person_batch_check(struct work *w, const char *entry_kind,
                           int64_t thing, const struct digest *digest,
                           bool *same) MUST_USE;

/* ---- whom does a row mean? ---- */

/* What of a person can be compared without opening a seal. */
struct person_known {
    struct person_id id;
    const char *name, *name_key;
    int64_t sex;
    struct day birth;
    struct place_id household;
    const char *tags;
    struct day until;
    struct bytes idno_hash, phone_hash;
};
/* NOT_FOUND if there is none. */
enum rc person_known_by_idno(struct work *w, const char *idno,
                             struct person_known *out) MUST_USE;
/* By name (text_key) and door.  With `numbered` only people without a number
 * are meant: one number never takes the place of another. */
enum rc person_known_by_name(struct work *w, const char *name_key,
                             struct place_id household, bool numbered,
                             struct person_known *out) MUST_USE;
/* Is this the number (or phone) that was hashed?  Empty text is none. */
bool person_hash_is(struct work *w, const char *field, const char *text,
                    struct bytes hash);
