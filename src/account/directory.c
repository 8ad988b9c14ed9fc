/* directory.c - city-wide look-up.  See directory.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/directory.h"

#include "store/keys.h"
#include "store/store.h"

void directory_hash(struct work *w, const char *kind, const char *text,
                    uint8_t out[DIRECTORY_HASH])
{
    keys_lookup(store_keys(w->store), 0, kind, text, out);
}

enum rc directory_add(struct work *w, const char *kind, const char *text,
                      int64_t id)
{
    uint8_t hash[DIRECTORY_HASH];
    directory_hash(w, kind, text, hash);
    enum rc rc = db_city_exec(w,
        "INSERT INTO directory(hash, kind, community, id)"
        " VALUES($1, $2, $3, $4) ON CONFLICT(hash) DO NOTHING",
        db_blob(hash, sizeof hash), kind, w->community.v, id);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, CONFLICT, "", "this is taken already");
    return OK;
}

struct found {
    int64_t community, id;
};
static const struct field found_fields[] = {
    FIELD(found, community, F_INT, 0),
    FIELD(found, id, F_INT, 0),
};
static const struct shape found_shape = SHAPE(found, found_fields);

enum rc directory_find(struct work *w, const char *kind, const char *text,
                       int64_t *id)
{
    uint8_t hash[DIRECTORY_HASH];
    struct found f;
    directory_hash(w, kind, text, hash);
    enum rc rc = db_city_one(w, &found_shape, &f,
        "SELECT community, id FROM directory WHERE hash=$1 AND kind=$2",
        db_blob(hash, sizeof hash), kind);
    if (rc) return rc;
    w->community.v = f.community;
    *id = f.id;
    return OK;
}

enum rc directory_remove(struct work *w, const char *kind, const char *text)
{
    uint8_t hash[DIRECTORY_HASH];
    directory_hash(w, kind, text, hash);
    return db_city_exec(w, "DELETE FROM directory WHERE hash=$1 AND kind=$2",
                        db_blob(hash, sizeof hash), kind);
}
