/* session.c - logging in, staying logged in, being throttled.  See
 * account.h.  All times here are the wall clock's: a drill's clock must not
 * end or prolong a real session. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sodium.h>

#include "account/account.h"
#include "account/directory.h"
#include "ledger/ledger.h"
#include "place/place.h"

enum { FREE_FAILURES = 5, WAIT_MAX_S = 15 * 60, SECRET_BYTES = 32 };

struct throttle {
    int64_t failures, until;
};
static const struct field throttle_fields[] = {
    FIELD(throttle, failures, F_INT, 0),
    FIELD(throttle, until, F_INT, 0),
};
static const struct shape throttle_shape = SHAPE(throttle, throttle_fields);

static enum rc throttle_load(struct work *w, const char *kind,
                             const char *text, struct throttle *out)
{
    uint8_t hash[DIRECTORY_HASH];
    directory_hash(w, kind, text, hash);
    *out = (struct throttle){0, 0};
    enum rc rc = db_city_one(w, &throttle_shape, out,
        "SELECT failures, until FROM login_throttle WHERE hash=$1",
        db_blob(hash, sizeof hash));
    return rc == NOT_FOUND ? OK : rc;
}

enum rc login_allowed(struct work *w, const char *name, const char *address,
                      int64_t *wait_ms)
{
    struct throttle by_name, by_address;
    enum rc rc = throttle_load(w, "throttle-name", name, &by_name);
    if (!rc) rc = throttle_load(w, "throttle-address", address, &by_address);
    if (rc) return rc;
    int64_t until = by_name.until > by_address.until ? by_name.until
                                                     : by_address.until;
    *wait_ms = until - instant_wall().ms;
    if (*wait_ms <= 0) return OK;
    return work_fail(w, BUSY, "", "too many failed log-ins: wait a little");
}

static enum rc count_failure(struct work *w, const char *kind,
                             const char *text, int64_t free_failures)
{
    uint8_t hash[DIRECTORY_HASH];
    struct throttle t;
    enum rc rc = throttle_load(w, kind, text, &t);
    if (rc) return rc;
    directory_hash(w, kind, text, hash);
    int64_t over = ++t.failures - free_failures;
    int64_t wait_s = over <= 0 ? 0 : over > 9 ? WAIT_MAX_S
                                              : INT64_C(2) << over;
    if (wait_s > WAIT_MAX_S) wait_s = WAIT_MAX_S;
    return db_city_exec(w,
        "INSERT INTO login_throttle(hash, failures, until)"
        " VALUES($1, $2, $3) ON CONFLICT(hash)"
        " DO UPDATE SET failures=excluded.failures, until=excluded.until",
        db_blob(hash, sizeof hash), t.failures,
        instant_wall().ms + wait_s * MS_PER_SECOND);
}

enum rc login_failed(struct work *w, const char *name, const char *address)
{
    enum rc rc = count_failure(w, "throttle-name", name, FREE_FAILURES);
    /* Residents share addresses: ten times as patient. */
    if (!rc)
        rc = count_failure(w, "throttle-address", address,
                           10 * FREE_FAILURES);
    return rc;
}

enum rc login_worked(struct work *w, const char *name)
{
    uint8_t hash[DIRECTORY_HASH];
    directory_hash(w, "throttle-name", name, hash);
    return db_city_exec(w, "DELETE FROM login_throttle WHERE hash=$1",
                        db_blob(hash, sizeof hash));
}

enum rc session_open(struct work *w, struct account_id account, bool is_token,
                     const char *label, int64_t days, char secret[SECRET_TEXT])
{
    uint8_t raw[SECRET_BYTES], hash[DIRECTORY_HASH];
    randombytes_buf(raw, sizeof raw);
    sodium_bin2base64(secret, SECRET_TEXT, raw, sizeof raw,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(raw, sizeof raw);
    directory_hash(w, "session", secret, hash);
    int64_t id = work_new_id(w);
    int64_t now = instant_wall().ms;
    enum rc rc = directory_add(w, "session", secret, id);
    if (!rc)
        rc = db_exec(w,
            "INSERT INTO session(community, id, account, is_token, hash,"
            " label, created, until) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
            id, account.v, is_token, db_blob(hash, sizeof hash), label, now,
            now + days * MS_PER_DAY);
    if (rc) return rc;
    return ledger_add(w, is_token ? "token.made" : "session.opened",
                      account.v);
}

enum rc session_close(struct work *w, const char *secret)
{
    int64_t id;
    enum rc rc = directory_find(w, "session", secret, &id);
    if (!rc) rc = directory_remove(w, "session", secret);
    if (!rc)
        rc = db_exec(w, "UPDATE session SET revoked=$3"
                        " WHERE community=$1 AND id=$2 AND revoked IS NULL",
                     id, instant_wall().ms);
    return rc ? rc : ledger_add(w, "session.closed", w->actor.v);
}

static enum rc unknown(struct work *w)
{
    return work_fail(w, DENIED, "", "log in first");
}

enum rc account_identify(struct work *w, const char *secret)
{
    int64_t session, account;
    enum rc rc = directory_find(w, "session", secret, &session);
    if (rc) return rc == NOT_FOUND ? unknown(w) : rc;
    rc = db_int(w, &account,
        "SELECT account FROM session WHERE community=$1 AND id=$2"
        " AND until>$3 AND revoked IS NULL", session, instant_wall().ms);
    if (rc) return rc == NOT_FOUND ? unknown(w) : rc;
    struct community here;
    rc = community_load(w, &here); /* its zone */
    if (rc) return rc;
    return account_act_as(w, (struct account_id){account});
}
