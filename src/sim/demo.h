/* demo.h - the demonstration community, stored.
 *
 * demo_world.h invents it; here it enters a store through the same doors as
 * anything real: places, people, accounts, then 60 days of reports, each day
 * at its own time by the world's clock.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "sim/demo_world.h"
#include "store/store.h"

enum { DEMO_ACCOUNTS_MAX = 12, DEMO_PASSWORD = 12 };

struct demo_account {
    const char *name;
    enum role role;
    char password[DEMO_PASSWORD + 1];
    char token[SECRET_TEXT];
};

struct demo_options {
    const char *name;       /* of the community */
    uint64_t seed;
    struct day today;
    int days;               /* of reports, 0 … DEMO_DAYS */
    /* Progress; NULL for none. */
    void (*progress)(void *ctx, int64_t done, int64_t all);
    void *ctx;
};

struct demo_made {
    struct community_id community;
    struct demo_account accounts[DEMO_ACCOUNTS_MAX];
    size_t n;
};

/* Fills a store whose clock it sets (to 07:30 of today at the end).  `a`
 * takes about 16 MiB.  CONFLICT if the community is there already. */
enum rc demo_store(struct store *s, const struct demo_options *o,
                   struct arena *a, struct demo_made *out, struct fault *f)
    MUST_USE;

/* A password and a token for a new account, role and all. */
enum rc demo_account_make(struct work *w, struct demo_account *d,
                          struct person_id person, struct place_id scope)
    MUST_USE;
