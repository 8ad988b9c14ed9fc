/* inside.h - what the files of the HTTP server share; nobody else includes it.
 *
 *   MHD threads (2)   parse, identify, read, render, answer
 *   reaper            shuts connections down that are past their deadline
 *   workers (2)       what is slow on purpose (Argon2)
 *   live              reads new entries once a bell, feeds the streams
 *   (the store's writer calls done(), which resumes a connection)
 *
 * Locks, each for a moment and never two at once but in this order:
 * server.lock (list of connections), identities, workers, live.lock, the
 * bell's.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/embed.h"
#include "web/route.h"
#include "web/server.h"

/* MHD_Result is an enum of its own in C. */
typedef enum MHD_Result mhd_result;

enum {
    SERVER_THREADS = 2, SERVER_BACKLOG = 1024, SERVER_CONNECTIONS_MAX = 4096,
    SERVER_HEADERS_MAX = 16 << 10, /* bytes of a request's line and headers */
    SERVER_IDLE_S = 60, SERVER_HEADERS_S = 10, SERVER_BODY_S = 30,
    SERVER_BYTES_PER_S = 20000,    /* slower clients than this are let go */
    SWALLOW_MAX = 1 << 20,         /* of a body that is refused */
    CALLS_SPARE = 256, CALL_KEEP_MAX = 64 << 10, /* bytes of a buffer */
};

/* ---- connection.c: who is connected, and for how long may they be ---- */

enum phase {
    PHASE_IDLE,    /* kept alive, nothing asked */
    PHASE_HEADERS, /* the request line has begun */
    PHASE_BODY,
    PHASE_AWAY,    /* ours to answer: no deadline */
    PHASE_ANSWER,  /* going out */
};

struct connection {
    struct server *server;
    struct connection *next, **link;
    int fd;
    _Atomic int phase;
    _Atomic int64_t deadline_ns; /* by clock_ns; INT64_MAX none */
    char *uri;                   /* as it stood in the request line */
    char address[INET6_ADDRSTRLEN];
    bool loopback;
};

void connection_notify(void *server, struct MHD_Connection *c, void **link,
                       enum MHD_ConnectionNotificationCode code);
/* `bytes`: what is to come in or go out in this phase. */
void connection_phase(struct connection *link, enum phase phase,
                      uint64_t bytes);
struct connection *connection_of(struct MHD_Connection *c);
void *reaper_main(void *server);

/* ---- identity.c ---- */

enum { IDENTITIES = 1024, IDENTITY_S = 2 };
struct identity {
    uint8_t hash[32];        /* of the secret */
    int64_t until_ns;        /* 0: empty */
    struct community_id community;
    struct account_id actor;
    struct person_id person;
    struct place_id scope;
    int64_t scope_level;
    uint64_t caps;
    const char *role;        /* a constant */
    const struct zone *zone;
    char authority[160];
};
struct identities {
    pthread_mutex_t lock;
    int64_t age;             /* times it was emptied */
    struct identity at[IDENTITIES];
};
void identities_forget(struct identities *all);
/* Who sent c->cookie; as account_identify, which it asks at most once in
 * IDENTITY_S seconds for a secret. */
enum rc identity_find(struct call *c) MUST_USE;
/* May this call go on: logged in, able, and really meant by its sender? */
enum rc identity_check(struct call *c) MUST_USE;

/* ---- worker.c ---- */

enum { WORKERS = 2, WORKER_QUEUE = 64 };
struct workers {
    pthread_mutex_t lock;
    pthread_cond_t waits;
    pthread_t thread[WORKERS];
    int running;
    struct call *queue[WORKER_QUEUE];
    size_t first, n;
    bool stopping;
};
enum rc workers_start(struct workers *all, struct fault *f) MUST_USE;
void workers_stop(struct workers *all);
/* BUSY if too many wait; else call_work(c) runs on a worker. */
enum rc workers_add(struct workers *all, struct call *c) MUST_USE;

/* ---- dispatch.c: the way of a call ---- */

mhd_result call_handle(void *server, struct MHD_Connection *m,
                       const char *path, const char *method,
                       const char *version, const char *data, size_t *n,
                       void **state);
void call_completed(void *server, struct MHD_Connection *m, void **state,
                    enum MHD_RequestTerminationCode why);
void *call_line_seen(void *server, const char *uri,
                     struct MHD_Connection *m);
void call_work(struct call *c);
void call_free(struct call *c);

/* ---- answer.c ---- */

mhd_result answer_send(struct call *c);
/* Those that every answer carries, and the call's own. */
void answer_headers(const struct call *c, struct MHD_Response *r);
/* The problem document or page of c->work.fault; sets status, type, out. */
void answer_problem(struct call *c, enum rc rc);
void answer_refuse(struct call *c, int status, const char *detail,
                   const char *remedy);
const char *status_title(int status);
int status_of(enum rc rc, const struct fault *f);

/* ---- live.c ---- */

enum { STREAMS_MAX = 1000, STREAM_BUFFER_MAX = 64 << 10, STREAM_TOPICS = 24 };
struct stream;
struct room; /* a community that somebody listens to */
struct live {
    pthread_mutex_t lock;
    pthread_t thread;
    struct stream *streams;
    struct room *rooms;
    _Atomic int n;
    bool running;
    _Atomic bool stopping;
};
enum rc live_start(struct server *s, struct fault *f) MUST_USE;
void live_stop(struct server *s);
mhd_result live_open(struct call *c);

/* ---- the server ---- */

struct server {
    struct store *store;
    struct MHD_Daemon *daemon;
    bool secure;
    int listener;              /* after quiescing; -1 */
    uint16_t port;
    char *tls_cert, *tls_key;

    pthread_mutex_t lock;      /* of connections */
    struct connection *connections;
    pthread_t reaper;
    bool reaping;
    _Atomic bool stopping;

    pthread_mutex_t spare_lock;
    struct call *spare[CALLS_SPARE];
    size_t n_spare;

    struct identities identities;
    struct workers workers;
    struct live live;

    _Atomic int64_t n_connections, n_calls, n_away, reaped;
    _Atomic int64_t answered[6]; /* by hundreds of the status */
    _Atomic int64_t answered_ns;
    pthread_mutex_t openapi_lock;
    struct buf openapi;        /* made at the first asking */
};

void metrics_write(struct server *s, struct buf *b);
void openapi_write(struct buf *b);
