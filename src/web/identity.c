/* identity.c - who is asking, and do they mean it?
 *
 * A secret's account is looked up in the store and then believed for two
 * seconds; log-out and every change of accounts forget all of it at once.
 * An answer that was being looked up meanwhile is not kept (`age`).
 *
 * A browser sends its cookie wherever it is led, so a cookie's writes must
 * also say that they come from our own pages: by Origin and by the form token
 * of the session.  Tokens are sent on purpose and need neither.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "store/keys.h"
#include "web/inside.h"

void identities_forget(struct identities *all)
{
    pthread_mutex_lock(&all->lock);
    memset(all->at, 0, sizeof all->at);
    all->age++;
    pthread_mutex_unlock(&all->lock);
}

static struct identity *slot(struct identities *all, const struct digest *d)
{
    return &all->at[(d->b[0] | d->b[1] << 8) % IDENTITIES];
}

static bool recall(struct call *c, const struct digest *d, int64_t *age)
{
    struct identities *all = &c->server->identities;
    struct work *w = &c->work;
    pthread_mutex_lock(&all->lock);
    *age = all->age;
    const struct identity *i = slot(all, d);
    bool known = i->until_ns > c->started_ns &&
                 bytes_equal_ct(i->hash, d->b, sizeof d->b);
    if (known) {
        w->community = i->community;
        w->actor = i->actor;
        w->person = i->person;
        w->scope = i->scope;
        w->scope_level = i->scope_level;
        w->caps = i->caps;
        w->role = i->role;
        w->zone = i->zone;
        w->authority = arena_strdup(&c->arena, i->authority);
    }
    pthread_mutex_unlock(&all->lock);
    return known;
}

static void keep(struct call *c, const struct digest *d, int64_t age)
{
    struct identities *all = &c->server->identities;
    const struct work *w = &c->work;
    struct identity i = {
        .until_ns = c->started_ns + IDENTITY_S * INT64_C(1000000000),
        .community = w->community, .actor = w->actor, .person = w->person,
        .scope = w->scope, .scope_level = w->scope_level, .caps = w->caps,
        .role = w->role, .zone = w->zone,
    };
    if (strlen(w->authority) >= sizeof i.authority) return;
    memcpy(i.hash, d->b, sizeof i.hash);
    snprintf(i.authority, sizeof i.authority, "%s", w->authority);
    pthread_mutex_lock(&all->lock);
    if (all->age == age) *slot(all, d) = i;
    pthread_mutex_unlock(&all->lock);
}

static enum rc look_up(struct work *w, void *secret)
{
    return account_identify(w, secret);
}

enum rc identity_find(struct call *c)
{
    size_t n = strlen(c->cookie);
    if (n == 0 || n >= 200)
        return work_fail(&c->work, DENIED, "", "log in first");
    struct digest d = sha256_of(c->cookie, n);
    int64_t age;
    if (recall(c, &d, &age)) return OK;
    char *secret = arena_strdup(&c->arena, c->cookie);
    enum rc rc = store_read(&c->work, look_up, secret);
    if (!rc) keep(c, &d, age);
    return rc;
}

/* ---- does the sender mean it? ---- */

/* "https://a.example:8420" against "a.example:8420"; "null" never. */
static bool is_own_origin(struct call *c, const char *origin)
{
    const char *host = call_asked(c, "Host");
    const char *at = strstr(origin, "://");
    return host && at && strcasecmp(at + 3, host) == 0;
}

static bool has_form_token(struct call *c)
{
    const char *want = call_form_token(c);
    const char *got = call_asked(c, "X-Form-Token");
    if (!got) got = pairs_get(&c->form, FORM_TOKEN_FIELD);
    return want && strlen(got) == strlen(want) &&
           bytes_equal_ct(got, want, strlen(want));
}

static enum rc check_meant(struct call *c, bool by_cookie)
{
    if (c->by_token || strcmp(c->route->method, "GET") == 0) return OK;
    const char *origin = call_asked(c, "Origin");
    bool own = origin ? is_own_origin(c, origin) : !by_cookie;
    if (!own)
        return fault_set(&c->work.fault, DENIED, "Origin",
                         "this was sent from another site's page");
    if (by_cookie && !has_form_token(c))
        return fault_set(&c->work.fault, DENIED, FORM_TOKEN_FIELD,
                         "this page is out of date: load it again and repeat");
    return OK;
}

enum rc identity_check(struct call *c)
{
    struct work *w = &c->work;
    uint64_t caps = route_caps(c->route, c->kind);
    w->caps = 0;
    enum rc rc = c->cookie ? identity_find(c)
                           : fault_set(&w->fault, DENIED, "", "log in first");
    if (rc == DENIED) {
        c->cookie = NULL;
        c->status = caps ? 401 : 0;
        w->community.v = 0; /* known even of a session that is over */
    }
    if (rc && (caps || rc != DENIED)) return rc;
    w->fault = (struct fault){0};
    rc = check_meant(c, caps != 0);
    return rc ? rc : account_require(w, caps);
}
