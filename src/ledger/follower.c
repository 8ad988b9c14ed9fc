/* follower.c - the bell, cursors, and units that read from them.  See
 * follower.h.
 *
 * What always holds:
 *  1. At most one unit of a follower and community is on its way.
 *  2. A unit moves the cursor by exactly the entries it was given: the UPDATE
 *     names the old cursor, so two processes never both move it.
 *  3. If a bell rings while a unit is on its way, another follows.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/follower.h"

#include <pthread.h>
#include <unistd.h>

#include "base/log.h"

enum { COMMUNITIES_MAX = 4096, OBSERVERS_MAX = 4 };

/* A follower in a community. */
struct post {
    struct unit unit;
    struct work work;
    struct arena arena;
    struct followers *all;
    const struct follower *follower;
    struct community_id community;
    bool away, again;          /* a unit is on its way; ring once more */
    bool more;                 /* the last unit left entries behind */
    int64_t done;              /* cursor as last saved */
    struct post *next;
};

struct observer {
    follower_observe *fn;
    void *ctx;
};

struct followers {
    struct store *store;
    const struct follower *const *list;
    size_t n;
    pthread_mutex_t lock;
    pthread_cond_t quiet;
    struct post *posts;
    struct observer observers[OBSERVERS_MAX];
    size_t observers_n;
    bool stopping;
    pthread_t ticker;
    bool ticks;
};

static enum rc load_cursor(struct work *w, const struct follower *f,
                           int64_t *seq)
{
    *seq = 0;
    enum rc rc = db_int(w, seq, "SELECT seq FROM follower"
                                " WHERE community=$1 AND name=$2", f->name);
    if (rc != NOT_FOUND) return rc;
    return db_exec(w, "INSERT INTO follower(community, name, seq)"
                      " VALUES($1, $2, 0)", f->name);
}

static enum rc save_cursor(struct work *w, const struct follower *f,
                           int64_t from, int64_t to)
{
    enum rc rc = db_exec(w, "UPDATE follower SET seq=$3 WHERE community=$1"
                            " AND name=$2 AND seq=$4", f->name, to, from);
    if (rc) return rc;
    if (db_changes(w) == 0)
        return work_fail(w, CONFLICT, "", "somebody was faster");
    return OK;
}

static enum rc take(struct work *w, void *arg)
{
    struct post *p = arg;
    struct ledger_entry *items;
    size_t n;
    int64_t seq;
    p->more = false;
    enum rc rc = load_cursor(w, p->follower, &seq);
    if (rc) return rc;
    struct ledger_filter filter = {.after = seq - 1, .before = NONE,
                                   .since = NONE, .until = NONE,
                                   .limit = FOLLOWER_ENTRIES_MAX};
    rc = ledger_list(w, &filter, &items, &n);
    p->done = seq;
    if (rc || !n) return rc;
    rc = p->follower->run(w, items, n);
    if (!rc) rc = save_cursor(w, p->follower, seq, seq + (int64_t)n);
    if (rc) return rc;
    p->done = seq + (int64_t)n;
    p->more = n == FOLLOWER_ENTRIES_MAX;
    return OK;
}

static void send(struct post *p);

/* On the writer, after the commit. */
static void done(struct unit *u)
{
    struct post *p = u->arg;
    struct followers *all = p->all;
    if (u->rc)
        log_warn("follower-failed", "name=%s rc=%s detail=\"%s\" arg=\"%s\"",
                 p->follower->name, rc_name(u->rc),
                 p->work.fault.detail ? p->work.fault.detail : "",
                 p->work.fault.args[0]);
    pthread_mutex_lock(&all->lock);
    bool again = !all->stopping && ((p->again && !u->rc) || p->more);
    p->again = false;
    p->away = again;
    if (!again) pthread_cond_broadcast(&all->quiet);
    pthread_mutex_unlock(&all->lock);
    if (again) send(p);
}

static void send(struct post *p)
{
    arena_reset(&p->arena);
    work_init(&p->work, p->all->store, &p->arena, p->community);
    p->work.caps = ~UINT64_C(0);
    p->unit = (struct unit){.work = &p->work, .run = take, .done = done,
                            .arg = p, .patient = true};
    if (store_submit(p->all->store, &p->unit) == OK) return;
    /* Too much waits: whoever is served rings the bell again. */
    pthread_mutex_lock(&p->all->lock);
    p->away = false;
    pthread_cond_broadcast(&p->all->quiet);
    pthread_mutex_unlock(&p->all->lock);
}

static struct post *post_of(struct followers *all, const struct follower *f,
                            struct community_id community)
{
    for (struct post *p = all->posts; p; p = p->next)
        if (p->follower == f && p->community.v == community.v) return p;
    struct post *p = calloc(1, sizeof *p);
    assert(p);
    p->all = all;
    p->follower = f;
    p->community = community;
    arena_init(&p->arena, ARENA_MAX);
    p->next = all->posts;
    all->posts = p;
    return p;
}

static void ring(struct followers *all, struct community_id community)
{
    for (size_t i = 0; i < all->n; i++) {
        pthread_mutex_lock(&all->lock);
        struct post *p = post_of(all, all->list[i], community);
        bool go = !p->away && !all->stopping;
        if (p->away) p->again = true;
        p->away = p->away || go;
        pthread_mutex_unlock(&all->lock);
        if (go) send(p);
    }
}

/* The store's bell: each community that entered something, once.  A work that
 * only moved a cursor has no notes and rings nothing. */
static void bell(struct store *s, struct work **works, size_t n)
{
    struct followers *all = store_upper(s);
    if (!all) return;
    for (size_t i = 0; i < n; i++) {
        bool first = works[i]->notes != NULL;
        for (size_t k = 0; first && k < i; k++)
            first = !works[k]->notes ||
                    works[k]->community.v != works[i]->community.v;
        if (!first) continue;
        ring(all, works[i]->community);
        for (size_t k = 0; k < all->observers_n; k++)
            all->observers[k].fn(all->observers[k].ctx, works[i]->community,
                                 NONE);
    }
}

struct known {
    int64_t community;
};
static const struct field known_fields[] = {
    FIELD(known, community, F_INT, 0),
};
static const struct shape known_shape = SHAPE(known, known_fields);

struct heads {
    struct known *items;
    size_t n;
};

static enum rc read_heads(struct work *w, void *arg)
{
    struct heads *h = arg;
    return db_city_all(w, &known_shape, &h->items, &h->n,
                       "SELECT community FROM ledger_head"
                       " ORDER BY community LIMIT $1", COMMUNITIES_MAX);
}

static enum rc ring_all(struct followers *all, struct fault *f)
{
    struct arena a;
    struct work w;
    struct heads h = {NULL, 0};
    arena_init(&a, ARENA_MAX);
    work_init(&w, all->store, &a, (struct community_id){0});
    enum rc rc = store_read(&w, read_heads, &h);
    if (rc && f) *f = w.fault;
    for (size_t i = 0; !rc && i < h.n; i++)
        ring(all, (struct community_id){h.items[i].community});
    arena_release(&a);
    return rc;
}

/* Other processes' commits ring no bell here. */
static void *tick(void *arg)
{
    struct followers *all = arg;
    for (;;) {
        for (int i = 0; i < 10; i++) {
            usleep(100000);
            pthread_mutex_lock(&all->lock);
            bool stop = all->stopping;
            pthread_mutex_unlock(&all->lock);
            if (stop) return NULL;
        }
        (void)!ring_all(all, NULL);
    }
}

/* By store_close, once the writer has stopped. */
static void release(void *arg)
{
    struct followers *all = arg;
    pthread_mutex_lock(&all->lock);
    all->stopping = true;
    pthread_mutex_unlock(&all->lock);
    if (all->ticks) pthread_join(all->ticker, NULL);
    while (all->posts) {
        struct post *p = all->posts;
        all->posts = p->next;
        arena_release(&p->arena);
        free(p);
    }
    pthread_mutex_destroy(&all->lock);
    pthread_cond_destroy(&all->quiet);
    free(all);
}

enum rc followers_start(struct store *s, const struct follower *const *list,
                        size_t n, struct fault *f)
{
    struct followers *all = calloc(1, sizeof *all);
    assert(all);
    all->store = s;
    all->list = list;
    all->n = n;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->quiet, NULL);
    store_set_upper(s, all, release);
    store_set_hooks(s, (struct store_hooks){ledger_before_commit, bell});
    if (n == 0) return OK;
    if (!store_is_sqlite(s))
        all->ticks = pthread_create(&all->ticker, NULL, tick, all) == 0;
    return ring_all(all, f);
}

void followers_observe(struct store *s, follower_observe *fn, void *ctx)
{
    struct followers *all = store_upper(s);
    assert(all && all->observers_n < OBSERVERS_MAX);
    all->observers[all->observers_n++] = (struct observer){fn, ctx};
}

static bool is_quiet(const struct followers *all)
{
    for (const struct post *p = all->posts; p; p = p->next)
        if (p->away) return false;
    return true;
}

enum rc followers_wait(struct store *s, struct fault *f)
{
    struct followers *all = store_upper(s);
    if (!all) return OK;
    enum rc rc = ring_all(all, f);
    if (rc) return rc;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    int late = 0;
    pthread_mutex_lock(&all->lock);
    while (!is_quiet(all) && !late)
        late = pthread_cond_timedwait(&all->quiet, &all->lock, &until);
    pthread_mutex_unlock(&all->lock);
    if (late) return fault_set(f, BUSY, "", "followers are late");
    return OK;
}

struct lag {
    int64_t entries;
};

static enum rc read_lag(struct work *w, void *arg)
{
    struct lag *lag = arg;
    enum rc rc = db_city_int(w, &lag->entries,
        "SELECT max(h.size - f.seq) FROM ledger_head h"
        " JOIN follower f ON f.community=h.community WHERE h.size>=$1", 0);
    return rc == NOT_FOUND ? OK : rc;
}

int64_t followers_lag(struct store *s)
{
    struct arena a;
    struct work w;
    struct lag lag = {0};
    arena_init(&a, ARENA_MAX);
    work_init(&w, s, &a, (struct community_id){0});
    (void)!store_read(&w, read_lag, &lag);
    arena_release(&a);
    return lag.entries;
}
