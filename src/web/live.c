/* live.c - /live: which topics changed, as server-sent events.
 *
 *   commit ─► bell ─► live thread: new entries of the communities listened
 *                     to ─► topics ─► each stream's buffer ─► resume
 *
 *     event: change
 *     id: 1042
 *     data: reports 1042
 *
 * An event says what changed, never to what: the page asks for that, as who
 * it is.  A topic is told at most once a second a stream.  A stream that has
 * nothing to send is suspended; "suspended" and the buffer change under one
 * lock, so a resume is never lost.  Everything about entries happens on the
 * one live thread.  Streams end after ten minutes, and within a heartbeat
 * once somebody's log-in ended: the browser comes back and is asked anew who
 * it is.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "ledger/follower.h"
#include "web/inside.h"

#define NS_PER_S INT64_C(1000000000)
enum { BEAT_S = 20, LIFE_S = 600, ENTRIES_A_READ = 256, ROUND_MS = 50 };

struct topic {
    char name[24];
    int64_t seq, told;      /* newest; newest that was sent */
    int64_t first;          /* oldest that was not */
    int64_t told_ns;
};

struct stream {
    struct stream *next, **link;
    struct server *server;
    struct MHD_Connection *connection;
    struct community_id community;
    uint64_t caps;
    int64_t since;          /* Last-Event-ID; -1 none */
    int64_t age;            /* of the identities when it began */
    int64_t start_ns, beat_ns;
    struct buf out;
    size_t sent;            /* of out */
    struct topic topics[STREAM_TOPICS];
    size_t n_topics;
    bool fresh, suspended, ended;
};

struct room {
    struct room *next;
    struct community_id community;
    int64_t seq;            /* newest entry that was read; -2 not known */
};

/* Rung for any store of this process: waking for nothing costs little, and
 * an observer of a store must not point to a server that may stop before. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t rings;
    int64_t n;
} bell = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

static void ring(void *ctx, struct community_id community, int64_t seq)
{
    (void)ctx;
    (void)community;
    (void)seq;
    pthread_mutex_lock(&bell.lock);
    bell.n++;
    pthread_cond_broadcast(&bell.rings);
    pthread_mutex_unlock(&bell.lock);
}

/* Waits for the next ring, `ms` at most. */
static void listen_for(int64_t *heard, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&bell.lock);
    int late = 0;
    while (bell.n == *heard && !late)
        late = pthread_cond_timedwait(&bell.rings, &bell.lock, &until);
    *heard = bell.n;
    pthread_mutex_unlock(&bell.lock);
}

/* ---- topics: who may hear of what ---- */

static const struct topic_rule {
    const char *kind;       /* of an entry, up to the dot */
    const char *topic;
    uint64_t caps;
} topic_rules[] = {
    {"report", "reports", CAP_CLINIC},
    {"alert", "alerts", CAP_SIGNALS},
    {"signal", "signals", CAP_SIGNALS},
    {"incident", "incidents", CAP_SIGNALS},
    {"task", "tasks", CAP_SELF},
    {"notice", "notices", CAP_SELF},
    {"person", "people", CAP_REGISTRY},
    {"place", "places", CAP_PLACES},
    {"gate", "gates", CAP_PLACES},
    {"import", "imports", CAP_IMPORT},
    {"account", "accounts", CAP_ACCOUNTS},
    {"role", "accounts", CAP_ACCOUNTS},
};

static const struct topic_rule *rule_of(const char *kind)
{
    size_t n = strcspn(kind, ".");
    for (size_t i = 0; i < COUNT_OF(topic_rules); i++)
        if (strlen(topic_rules[i].kind) == n &&
            strncmp(topic_rules[i].kind, kind, n) == 0)
            return &topic_rules[i];
    return NULL;
}

static void note(struct stream *st, const char *name, int64_t seq)
{
    struct topic *t = st->topics;
    while (t < st->topics + st->n_topics && strcmp(t->name, name) != 0) t++;
    if (t == st->topics + st->n_topics) {
        if (st->n_topics == STREAM_TOPICS) return;
        st->n_topics++;
        snprintf(t->name, sizeof t->name, "%s", name);
        t->seq = t->told = -1;
    }
    if (t->seq <= t->told) t->first = seq;
    t->seq = seq;
}

static void note_entry(struct stream *st, const char *kind, int64_t seq)
{
    const struct topic_rule *rule = rule_of(kind);
    if (rule && (st->caps & rule->caps) == rule->caps)
        note(st, rule->topic, seq);
    if (st->caps & CAP_LEDGER) note(st, "ledger", seq);
}

/* ---- feeding; live.lock is held ---- */

static void wake(struct stream *st)
{
    if (!st->suspended) return;
    st->suspended = false;
    MHD_resume_connection(st->connection);
}

/* Who resumes behind this id misses nothing: it lies before whatever waits
 * for its second to pass. */
static int64_t safe_id(const struct stream *st, int64_t newest)
{
    for (size_t i = 0; i < st->n_topics; i++) {
        const struct topic *t = &st->topics[i];
        if (t->seq > t->told && t->first <= newest) newest = t->first - 1;
    }
    return newest;
}

static void tell_due(struct stream *st, int64_t now)
{
    for (size_t i = 0; i < st->n_topics; i++) {
        struct topic *t = &st->topics[i];
        if (t->seq <= t->told || now - t->told_ns < NS_PER_S) continue;
        t->told = t->seq;
        buf_printf(&st->out, "event: change\nid: %lld\ndata: %s %lld\n\n",
                   (long long)safe_id(st, t->seq), t->name,
                   (long long)t->seq);
        t->told_ns = now;
    }
}

static void beat(struct stream *st, int64_t now, int64_t age)
{
    if (now < st->beat_ns) return;
    st->beat_ns = now + BEAT_S * NS_PER_S;
    if (st->age != age || now - st->start_ns > LIFE_S * NS_PER_S)
        st->ended = true;
    buf_puts(&st->out, ":\n\n");
}

static void feed(struct server *s)
{
    int64_t now = clock_ns();
    pthread_mutex_lock(&s->identities.lock);
    int64_t age = s->identities.age;
    pthread_mutex_unlock(&s->identities.lock);
    pthread_mutex_lock(&s->live.lock);
    for (struct stream *st = s->live.streams; st; st = st->next) {
        size_t before = st->out.len;
        tell_due(st, now);
        beat(st, now, age);
        if (!buf_ok(&st->out)) st->ended = true;
        if (st->out.len != before || st->ended) wake(st);
    }
    pthread_mutex_unlock(&s->live.lock);
}

/* ---- reading; on the live thread, without a lock ---- */

struct look {
    int64_t after, limit;
    struct ledger_entry *items;
    size_t n;
    struct ledger_head head;
};

static enum rc look_entries(struct work *w, void *arg)
{
    struct look *l = arg;
    if (l->after == -2) return ledger_head(w, &l->head);
    struct ledger_filter filter = {
        .after = l->after, .before = NONE, .since = NONE, .until = NONE,
        .limit = l->limit,
    };
    return ledger_list(w, &filter, &l->items, &l->n);
}

/* New entries of one community to all who listen there. */
static void read_room(struct server *s, struct room *room)
{
    struct arena a;
    arena_init(&a, ARENA_MAX);
    for (bool more = true; more;) {
        struct work w;
        work_init(&w, s->store, &a, room->community);
        account_act_as_system(&w);
        struct look l = {.after = room->seq, .limit = ENTRIES_A_READ};
        enum rc rc = store_read(&w, look_entries, &l);
        if (!rc && room->seq == -2) room->seq = l.head.size - 1;
        more = !rc && l.n == ENTRIES_A_READ;
        pthread_mutex_lock(&s->live.lock);
        for (size_t i = 0; !rc && i < l.n; i++) {
            room->seq = l.items[i].seq;
            for (struct stream *st = s->live.streams; st; st = st->next)
                if (!st->fresh && st->community.v == room->community.v)
                    note_entry(st, l.items[i].kind, room->seq);
        }
        pthread_mutex_unlock(&s->live.lock);
        arena_reset(&a);
    }
    arena_release(&a);
}

static struct room *room_of(struct live *live, struct community_id community)
{
    struct room *r = live->rooms;
    while (r && r->community.v != community.v) r = r->next;
    if (r) return r;
    r = calloc(1, sizeof *r);
    assert(r);
    *r = (struct room){live->rooms, community, -2};
    live->rooms = r;
    return r;
}

/* What a new stream missed between its Last-Event-ID and the room's newest;
 * very much is told as "everything it may hear of". */
static void catch_up(struct stream *st, const struct room *room,
                     const struct look *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].seq <= room->seq)
            note_entry(st, l->items[i].kind, l->items[i].seq);
    if (l->n < ENTRIES_A_READ) return;
    for (size_t i = 0; i < COUNT_OF(topic_rules); i++)
        note_entry(st, topic_rules[i].kind, room->seq);
}

/* One fresh stream, if there is any; false: none is left. */
static bool greet_one(struct server *s)
{
    struct live *live = &s->live;
    struct community_id community = {0};
    int64_t since = -1;
    pthread_mutex_lock(&live->lock);
    struct stream *st = live->streams;
    while (st && !st->fresh) st = st->next;
    if (st) {
        community = st->community;
        since = st->since;
    }
    pthread_mutex_unlock(&live->lock);
    if (!st) return false;
    struct room *room = room_of(live, community);
    if (room->seq == -2) read_room(s, room);
    struct arena a;
    struct work w;
    struct look l = {.after = since, .limit = ENTRIES_A_READ};
    arena_init(&a, ARENA_MAX);
    work_init(&w, s->store, &a, community);
    account_act_as_system(&w);
    if (since >= 0 && store_read(&w, look_entries, &l)) l.n = 0;
    pthread_mutex_lock(&live->lock);
    /* It may have left meanwhile. */
    struct stream *now = live->streams;
    while (now && (now != st || !now->fresh)) now = now->next;
    if (now) {
        st->fresh = false;
        buf_puts(&st->out, "retry: 2000\n");
        if (since >= 0) catch_up(st, room, &l);
        else if (room->seq >= 0)
            buf_printf(&st->out, "id: %lld\n", (long long)room->seq);
        buf_puts(&st->out, "\n");
        wake(st);
    }
    pthread_mutex_unlock(&live->lock);
    arena_release(&a);
    return true;
}

/* Rooms that everybody has left are forgotten. */
static void sweep_rooms(struct live *live)
{
    pthread_mutex_lock(&live->lock);
    for (struct room **at = &live->rooms; *at;) {
        const struct stream *st = live->streams;
        while (st && st->community.v != (*at)->community.v) st = st->next;
        struct room *room = *at;
        if (st) {
            at = &room->next;
            continue;
        }
        *at = room->next;
        free(room);
    }
    pthread_mutex_unlock(&live->lock);
}

static void *live_main(void *arg)
{
    struct server *s = arg;
    int64_t heard = 0;
    while (!s->live.stopping) {
        listen_for(&heard, s->live.n ? 250 : 1000);
        if (s->live.stopping) break;
        if (!s->live.n && !s->live.rooms) continue;
        while (greet_one(s)) continue;
        for (struct room *r = s->live.rooms; r; r = r->next) read_room(s, r);
        feed(s);
        sweep_rooms(&s->live);
        struct timespec pause = {0, ROUND_MS * 1000000L};
        nanosleep(&pause, NULL); /* what comes meanwhile is one round */
    }
    return NULL;
}

/* ---- a stream's connection ---- */

static ssize_t stream_read(void *cls, uint64_t pos, char *to, size_t max)
{
    (void)pos;
    struct stream *st = cls;
    struct live *live = &st->server->live;
    ssize_t n = 0;
    pthread_mutex_lock(&live->lock);
    if (st->ended || live->stopping) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (st->sent < st->out.len) {
        size_t left = st->out.len - st->sent;
        size_t some = left < max ? left : max;
        memcpy(to, st->out.at + st->sent, some);
        st->sent += some;
        if (st->sent == st->out.len) {
            buf_clear(&st->out);
            st->sent = 0;
        }
        n = (ssize_t)some;
    } else {
        st->suspended = true;
        MHD_suspend_connection(st->connection);
    }
    pthread_mutex_unlock(&live->lock);
    return n;
}

static void stream_free(void *cls)
{
    struct stream *st = cls;
    struct live *live = &st->server->live;
    pthread_mutex_lock(&live->lock);
    *st->link = st->next;
    if (st->next) st->next->link = st->link;
    pthread_mutex_unlock(&live->lock);
    live->n--;
    buf_release(&st->out);
    free(st);
}

static struct stream *stream_new(struct call *c)
{
    struct stream *st = calloc(1, sizeof *st);
    assert(st);
    st->server = c->server;
    st->connection = c->connection;
    st->community = c->work.community;
    st->caps = c->work.caps;
    st->start_ns = clock_ns();
    st->beat_ns = st->start_ns + BEAT_S * NS_PER_S;
    st->fresh = true;
    st->since = -1;
    buf_init(&st->out, STREAM_BUFFER_MAX);
    const char *last = call_asked(c, "Last-Event-ID");
    if (last && !text_to_int(last, 0, INT64_MAX, &st->since)) st->since = -1;
    struct identities *ids = &c->server->identities;
    pthread_mutex_lock(&ids->lock);
    st->age = ids->age;
    pthread_mutex_unlock(&ids->lock);
    struct live *live = &c->server->live;
    pthread_mutex_lock(&live->lock);
    st->next = live->streams;
    st->link = &live->streams;
    if (st->next) st->next->link = &st->next;
    live->streams = st;
    pthread_mutex_unlock(&live->lock);
    return st;
}

mhd_result live_open(struct call *c)
{
    struct live *live = &c->server->live;
    if (live->n++ >= STREAMS_MAX || live->stopping) {
        live->n--;
        (void)!work_fail(&c->work, BUSY, "", "too many are listening here");
        answer_problem(c, BUSY);
        return answer_send(c);
    }
    struct stream *st = stream_new(c);
    struct MHD_Response *r = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, 4096, stream_read, st, stream_free);
    if (!r) {
        stream_free(st);
        return MHD_NO;
    }
    c->status = 200;
    c->type = "text/event-stream";
    answer_headers(c, r);
    (void)!MHD_add_response_header(r, "X-Accel-Buffering", "no");
    connection_phase(c->link, PHASE_AWAY, 0);
    c->server->answered[2]++;
    mhd_result sent = MHD_queue_response(c->connection, 200, r);
    MHD_destroy_response(r);
    ring(NULL, c->work.community, 0); /* the live thread greets it */
    return sent;
}

enum rc live_start(struct server *s, struct fault *f)
{
    pthread_mutex_init(&s->live.lock, NULL);
    if (store_upper(s->store)) followers_observe(s->store, ring, NULL);
    if (pthread_create(&s->live.thread, NULL, live_main, s) != 0)
        return fault_set(f, FAILED, "", "cannot start a thread");
    s->live.running = true;
    return OK;
}

void live_stop(struct server *s)
{
    struct live *live = &s->live;
    live->stopping = true;
    if (live->running) {
        ring(NULL, (struct community_id){0}, 0);
        pthread_join(live->thread, NULL);
        live->running = false;
    }
    pthread_mutex_lock(&live->lock);
    for (struct stream *st = live->streams; st; st = st->next) {
        st->ended = true;
        wake(st);
    }
    while (live->rooms) {
        struct room *r = live->rooms;
        live->rooms = r->next;
        free(r);
    }
    pthread_mutex_unlock(&live->lock);
}
