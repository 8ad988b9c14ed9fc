/* account.h - who is asking, and what may they do here and now?
 *
 *   secret (cookie, token) ─ keyed hash ─► directory (city) ─► session
 *        ─► account ─► role, or the newest grant in force ─► capabilities
 *
 * A role is a set of capabilities (one table in account.c) within a place
 * (its scope; 0: the whole community).  A grant lends a role to an account
 * from a start to an end, with the lender's name: seconded workers; it ends
 * by itself.  Passwords are Argon2id (RFC 9106; 19 MiB, 2 passes, the OWASP
 * minimum), hashed in prepare or in a worker thread, never in a unit.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/db.h"
#include "store/store.h"

enum role {
    ROLE_RESIDENT, ROLE_GRID_WORKER, ROLE_GUARD, ROLE_DIRECTOR,
    ROLE_EPIDEMIOLOGIST, ROLE_AUDITOR, ROLE_ADMIN, ROLES,
};
extern const char *const role_names[]; /* words of enum role */

/* Capabilities: bits of w->caps. */
#define CAP_RESIDENT (UINT64_C(1) << 0) /* report for oneself, one's home */
#define CAP_REPORT_FOR (UINT64_C(1) << 1) /* report for others, in scope */
#define CAP_CLINIC (UINT64_C(1) << 2)   /* read health reports, in scope */
#define CAP_REGISTRY (UINT64_C(1) << 3) /* read people (masked), in scope */
#define CAP_PLACES (UINT64_C(1) << 4)   /* read the tree of places */
#define CAP_SIGNALS (UINT64_C(1) << 5)  /* read counts and alerts */
#define CAP_DISPATCH (UINT64_C(1) << 6) /* take alerts, give out tasks */
#define CAP_LEDGER (UINT64_C(1) << 7)   /* read the ledger */
#define CAP_IMPORT (UINT64_C(1) << 8)   /* bring in people and places */
#define CAP_EXPORT (UINT64_C(1) << 9)   /* take lists out */
#define CAP_ACCOUNTS (UINT64_C(1) << 10) /* make accounts, lend roles */
#define CAP_SELF (UINT64_C(1) << 11)    /* anyone who is logged in */

uint64_t role_caps(enum role role);
/* DENIED unless the work holds all of caps. */
enum rc account_require(struct work *w, uint64_t caps) MUST_USE;
static inline bool account_has(const struct work *w, uint64_t caps)
{
    return (w->caps & caps) == caps;
}

struct account {
    struct account_id id;
    const char *name;
    int64_t role;
    struct person_id person;
    struct place_id scope;
    const char *password;     /* hash; hidden */
    struct instant created;
    struct instant closed;    /* NO_INSTANT while open */
};
extern const struct shape account_shape;

/* ---- passwords: slow on purpose ---- */

/* NULL only when memory is short. */
char *password_hash(struct arena *a, const char *password);
/* Costs the same when hash is "" (nobody by that name). */
bool password_matches(const char *hash, const char *password);
/* n characters of an alphabet without look-alikes, into out[n + 1]. */
void password_make(char *out, size_t n);

/* ---- accounts ---- */

/* Needs CAP_ACCOUNTS (the system has all).  CONFLICT if the name is taken
 * anywhere in the database. */
enum rc account_create(struct work *w, struct account *a) MUST_USE;
enum rc account_load(struct work *w, struct account_id id,
                     struct account *out) MUST_USE;
/* City-wide; sets w->community.  NOT_FOUND: no such name. */
enum rc account_by_login(struct work *w, const char *name,
                         struct account *out) MUST_USE;
enum rc account_list(struct work *w, struct account_id after, int64_t limit,
                     struct account **items, size_t *n) MUST_USE;
/* All its sessions end with it. */
enum rc account_close(struct work *w, struct account_id id) MUST_USE;

struct role_grant {
    int64_t id;
    struct account_id account;
    int64_t role;
    struct place_id scope;
    struct instant since, until;
    const char *lender, *reason;
    struct instant revoked;
};
extern const struct shape role_grant_shape;
/* INVALID without an end, a lender, or with an end over a year away. */
enum rc role_grant_create(struct work *w, struct role_grant *g) MUST_USE;
enum rc role_grant_revoke(struct work *w, int64_t id) MUST_USE;

/* ---- log-in ---- */

/* May this name from this address try now?  BUSY with Retry-After in
 * *wait_ms otherwise. */
enum rc login_allowed(struct work *w, const char *name, const char *address,
                      int64_t *wait_ms) MUST_USE;
/* Five failures are free; then each doubles the wait up to 15 minutes. */
enum rc login_failed(struct work *w, const char *name, const char *address)
    MUST_USE;
enum rc login_worked(struct work *w, const char *name) MUST_USE;

enum { SECRET_TEXT = 44 }; /* 43 characters and NUL */

/* A new secret for an account: cookie of a session or API token.  The text
 * is shown once; only its keyed hash is kept. */
enum rc session_open(struct work *w, struct account_id account, bool is_token,
                     const char *label, int64_t days, char secret[SECRET_TEXT])
    MUST_USE;
/* The one this secret belongs to ends at once. */
enum rc session_close(struct work *w, const char *secret) MUST_USE;

/* Fill in who is asking: community, actor, person, role, scope, caps, zone.
 * DENIED (401) if the secret is unknown, expired or revoked. */
enum rc account_identify(struct work *w, const char *secret) MUST_USE;
/* Act as an account without a secret: command line, tests, demonstration. */
enum rc account_act_as(struct work *w, struct account_id id) MUST_USE;
/* Act as the operator of the machine: every capability, actor 0. */
void account_act_as_system(struct work *w);

/* ---- settings ---- */

enum setting_type { SETTING_INT, SETTING_TEXT };
struct setting {
    const char *name;
    enum setting_type type;
    const char *fallback;       /* default */
    int64_t min, max;
    const char *zh, *en;        /* one sentence each */
};
extern const struct setting settings[];
extern const size_t settings_count;
enum rc setting_int(struct work *w, const char *name, int64_t *out) MUST_USE;
enum rc setting_text(struct work *w, const char *name, const char **out)
    MUST_USE;
enum rc setting_set(struct work *w, const char *name, const char *value)
    MUST_USE;
