/* account.c - roles, accounts, grants.  Log-in is in session.c, passwords in
 * password.c.  See account.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"

#include "account/directory.h"
#include "base/text.h"
#include "ledger/ledger.h"

const char *const role_names[] = {
    [ROLE_RESIDENT] = "resident",
    [ROLE_GRID_WORKER] = "grid_worker",
    [ROLE_GUARD] = "guard",
    [ROLE_DIRECTOR] = "director",
    [ROLE_EPIDEMIOLOGIST] = "epidemiologist",
    [ROLE_AUDITOR] = "auditor",
    [ROLE_ADMIN] = "admin",
    [ROLES] = NULL,
};

uint64_t role_caps(enum role role)
{
    static const uint64_t caps[ROLES] = {
        [ROLE_RESIDENT] = CAP_RESIDENT,
        [ROLE_GRID_WORKER] = CAP_RESIDENT | CAP_REPORT_FOR | CAP_CLINIC |
                             CAP_REGISTRY | CAP_PLACES | CAP_SIGNALS,
        [ROLE_GUARD] = CAP_RESIDENT | CAP_PLACES,
        [ROLE_DIRECTOR] = CAP_RESIDENT | CAP_REPORT_FOR | CAP_CLINIC |
                          CAP_REGISTRY | CAP_PLACES | CAP_SIGNALS |
                          CAP_DISPATCH | CAP_LEDGER | CAP_IMPORT | CAP_EXPORT,
        [ROLE_EPIDEMIOLOGIST] = CAP_CLINIC | CAP_PLACES | CAP_SIGNALS,
        [ROLE_AUDITOR] = CAP_LEDGER | CAP_PLACES,
        [ROLE_ADMIN] = CAP_ACCOUNTS | CAP_IMPORT | CAP_PLACES | CAP_REGISTRY,
    };
    return caps[role] | CAP_SELF;
}

enum rc account_require(struct work *w, uint64_t caps)
{
    if (account_has(w, caps)) return OK;
    return work_fail(w, DENIED, "", "your role may not do this");
}

static const struct field account_fields[] = {
    FIELD(account, id, F_ID, F_OURS),
    FIELD(account, name, F_TEXT, F_REQUIRED, .max = 40),
    FIELD(account, role, F_ENUM, F_REQUIRED, .words = role_names),
    FIELD(account, person, F_REF, 0),
    FIELD(account, scope, F_REF, 0),
    FIELD(account, password, F_TEXT, F_HIDDEN, .max = 200),
    FIELD(account, created, F_INSTANT, F_OURS),
    FIELD(account, closed, F_INSTANT, F_OURS),
};
const struct shape account_shape = SHAPE(account, account_fields);

#define ACCOUNT_COLUMNS "id, name, role, person, scope, password, created," \
                        " closed"

static bool is_login_name(const char *s)
{
    size_t n = strlen(s);
    if (n < 2 || n > 40) return false;
    for (; *s; s++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", *s))
            return false;
    return true;
}

enum rc account_create(struct work *w, struct account *a)
{
    enum rc rc = account_require(w, CAP_ACCOUNTS);
    if (rc) return rc;
    if (!is_login_name(a->name))
        return work_fail(w, INVALID, "name",
                         "a log-in name has 2 to 40 of a-z 0-9 . _ -");
    a->id.v = work_new_id(w);
    a->created = w->now;
    a->closed = NO_INSTANT;
    rc = directory_add(w, "login", a->name, a->id.v);
    if (rc == CONFLICT)
        return work_fail(w, CONFLICT, "name", "this log-in name is taken");
    if (!rc)
        rc = db_exec(w,
            "INSERT INTO account(community, id, name, role, person, scope,"
            " password, created) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
            a->id.v, a->name, a->role, a->person.v, a->scope.v,
            a->password ? a->password : "", a->created.ms);
    return rc ? rc : ledger_add(w, "account.created", a->id.v);
}

enum rc account_load(struct work *w, struct account_id id,
                     struct account *out)
{
    return db_one(w, &account_shape, out,
                  "SELECT " ACCOUNT_COLUMNS " FROM account"
                  " WHERE community=$1 AND id=$2", id.v);
}

enum rc account_by_login(struct work *w, const char *name,
                         struct account *out)
{
    struct account_id id;
    enum rc rc = directory_find(w, "login", name, &id.v);
    if (!rc) rc = account_load(w, id, out);
    if (!rc && out->closed.ms != NONE)
        rc = work_fail(w, NOT_FOUND, "name", "this account is closed");
    return rc;
}

enum rc account_list(struct work *w, struct account_id after, int64_t limit,
                     struct account **items, size_t *n)
{
    enum rc rc = account_require(w, CAP_ACCOUNTS);
    if (rc) return rc;
    return db_all(w, &account_shape, items, n,
                  "SELECT " ACCOUNT_COLUMNS " FROM account"
                  " WHERE community=$1 AND id>$2 ORDER BY id LIMIT $3",
                  after.v, limit);
}

enum rc account_close(struct work *w, struct account_id id)
{
    enum rc rc = account_require(w, CAP_ACCOUNTS);
    if (!rc)
        rc = db_exec(w, "UPDATE account SET closed=$3"
                        " WHERE community=$1 AND id=$2 AND closed IS NULL",
                     id.v, w->now.ms);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, NOT_FOUND, "", "there is no such open account");
    rc = db_exec(w, "UPDATE session SET revoked=$3 WHERE community=$1"
                    " AND account=$2 AND revoked IS NULL",
                 id.v, instant_wall().ms);
    return rc ? rc : ledger_add(w, "account.closed", id.v);
}

/* ---- grants ---- */

static const struct field role_grant_fields[] = {
    FIELD(role_grant, id, F_ID, F_OURS),
    FIELD(role_grant, account, F_REF, F_REQUIRED),
    FIELD(role_grant, role, F_ENUM, F_REQUIRED, .words = role_names),
    FIELD(role_grant, scope, F_REF, 0),
    FIELD(role_grant, since, F_INSTANT, 0),
    FIELD(role_grant, until, F_INSTANT, F_REQUIRED),
    FIELD(role_grant, lender, F_TEXT, F_REQUIRED, .max = 80),
    FIELD(role_grant, reason, F_TEXT, 0, .max = 200),
    FIELD(role_grant, revoked, F_INSTANT, F_OURS),
};
const struct shape role_grant_shape = SHAPE(role_grant, role_grant_fields);

enum rc role_grant_create(struct work *w, struct role_grant *g)
{
    enum rc rc = account_require(w, CAP_ACCOUNTS);
    if (rc) return rc;
    if (g->since.ms == NONE) g->since = w->now;
    if (text_is_empty(g->lender))
        return work_fail(w, INVALID, "lender", "say who lends this person");
    if (g->until.ms <= g->since.ms)
        return work_fail(w, INVALID, "until", "the end lies before the start");
    if (g->until.ms - g->since.ms > 366 * MS_PER_DAY)
        return work_fail(w, INVALID, "until",
                         "a role is lent for a year at most");
    struct account a;
    rc = account_load(w, g->account, &a);
    if (rc) return rc;
    g->id = work_new_id(w);
    rc = db_exec(w,
        "INSERT INTO role_grant(community, id, account, role, scope, since,"
        " until, lender, reason) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        g->id, g->account.v, g->role, g->scope.v, g->since.ms, g->until.ms,
        g->lender, g->reason ? g->reason : "");
    return rc ? rc : ledger_add(w, "role.lent", g->account.v);
}

enum rc role_grant_revoke(struct work *w, int64_t id)
{
    enum rc rc = account_require(w, CAP_ACCOUNTS);
    if (!rc)
        rc = db_exec(w, "UPDATE role_grant SET revoked=$3"
                        " WHERE community=$1 AND id=$2 AND revoked IS NULL",
                     id, w->now.ms);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, NOT_FOUND, "", "there is no such grant in force");
    return ledger_add(w, "role.taken_back", id);
}

/* ---- acting ---- */

void account_act_as_system(struct work *w)
{
    w->actor.v = 0;
    w->role = "";
    w->authority = "system";
    w->caps = ~UINT64_C(0);
    w->scope.v = 0;
}

struct standing {
    int64_t role;
    struct place_id scope;
    const char *lender;
    int64_t level;
};
static const struct field standing_fields[] = {
    FIELD(standing, role, F_INT, 0),
    FIELD(standing, scope, F_REF, 0),
    FIELD(standing, lender, F_TEXT, 0),
    FIELD(standing, level, F_INT, 0),
};
static const struct shape standing_shape = SHAPE(standing, standing_fields);

/* The role that counts now: the newest grant in force, else the account's. */
static enum rc stand(struct work *w, const struct account *a)
{
    struct standing s = {a->role, a->scope, "", NONE};
    enum rc rc = db_one(w, &standing_shape, &s,
        "SELECT role, scope, lender FROM role_grant WHERE community=$1"
        " AND account=$2 AND since<=$3 AND until>$3 AND revoked IS NULL"
        " ORDER BY since DESC LIMIT 1", a->id.v, w->now.ms);
    if (rc && rc != NOT_FOUND) return rc;
    w->actor = a->id;
    w->person = a->person;
    w->role = role_names[s.role];
    w->caps = role_caps((enum role)s.role);
    w->scope = s.scope;
    w->authority = s.lender[0]
        ? arena_printf(w->arena, "grant:%s by %s", w->role, s.lender)
        : arena_printf(w->arena, "role:%s", w->role);
    if (!s.scope.v) return OK;
    return db_int(w, &w->scope_level,
                  "SELECT level FROM place WHERE community=$1 AND id=$2",
                  s.scope.v);
}

enum rc account_act_as(struct work *w, struct account_id id)
{
    struct account a;
    enum rc rc = account_load(w, id, &a);
    if (rc) return rc;
    if (a.closed.ms != NONE)
        return work_fail(w, DENIED, "", "this account is closed");
    return stand(w, &a);
}
