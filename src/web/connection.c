/* connection.c - every connection has a deadline, and a reaper keeps it.
 *
 * The library's own time-out counts inactivity only, so that a client that
 * sends a byte every few seconds would stay for ever.  Here each phase of a
 * connection has an end:
 *
 *     idle 60 s ─► headers 10 s ─► body 30 s + size/20 kB/s ─► away (none)
 *       ▲                                                        │
 *       └───────────── answer 30 s + size/20 kB/s ◄──────────────┘
 *
 * The reaper shuts sockets down and leaves closing them to the library: in
 * the CLOSED notice the descriptor is still open and leaves the list under
 * the same lock, so a number that was given out anew is never shut down.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/inside.h"

#define NS_PER_S INT64_C(1000000000)

static bool is_loopback6(const struct in6_addr *a)
{
    if (IN6_IS_ADDR_V4MAPPED(a)) return a->s6_addr[12] == 127;
    return IN6_IS_ADDR_LOOPBACK(a);
}

static void note_address(struct connection *link, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    if (a && a->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)a;
        link->loopback = ntohl(in->sin_addr.s_addr) >> 24 == 127;
        inet_ntop(AF_INET, &in->sin_addr, link->address,
                  sizeof link->address);
    } else if (a && a->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const void *)a;
        link->loopback = is_loopback6(&in->sin6_addr);
        inet_ntop(AF_INET6, &in->sin6_addr, link->address,
                  sizeof link->address);
    }
}

static void *connection_new(struct server *s, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct connection *link = calloc(1, sizeof *link);
    assert(link && info);
    link->server = s;
    link->fd = info->connect_fd;
    note_address(link, c);
    connection_phase(link, PHASE_HEADERS, 0);
    pthread_mutex_lock(&s->lock);
    link->next = s->connections;
    link->link = &s->connections;
    if (link->next) link->next->link = &link->next;
    s->connections = link;
    pthread_mutex_unlock(&s->lock);
    s->n_connections++;
    return link;
}

void connection_notify(void *server, struct MHD_Connection *c, void **link,
                       enum MHD_ConnectionNotificationCode code)
{
    struct server *s = server;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *link = connection_new(s, c);
        return;
    }
    struct connection *gone = *link;
    if (!gone) return;
    pthread_mutex_lock(&s->lock);
    *gone->link = gone->next;
    if (gone->next) gone->next->link = gone->link;
    pthread_mutex_unlock(&s->lock);
    s->n_connections--;
    free(gone->uri);
    free(gone);
    *link = NULL;
}

struct connection *connection_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    assert(info && info->socket_context);
    return info->socket_context;
}

void connection_phase(struct connection *link, enum phase phase,
                      uint64_t bytes)
{
    int64_t seconds = (int64_t)(bytes / SERVER_BYTES_PER_S);
    switch (phase) {
    case PHASE_IDLE: seconds = SERVER_IDLE_S; break;
    case PHASE_HEADERS: seconds = SERVER_HEADERS_S; break;
    case PHASE_BODY:
    case PHASE_ANSWER: seconds += SERVER_BODY_S; break;
    case PHASE_AWAY: break;
    }
    link->phase = (int)phase;
    link->deadline_ns = phase == PHASE_AWAY
                            ? INT64_MAX : clock_ns() + seconds * NS_PER_S;
}

static void reap(struct server *s)
{
    int64_t now = clock_ns();
    pthread_mutex_lock(&s->lock);
    for (struct connection *c = s->connections; c; c = c->next) {
        if (c->deadline_ns > now) continue;
        shutdown(c->fd, SHUT_RDWR);
        c->deadline_ns = INT64_MAX; /* once is enough */
        s->reaped++;
    }
    pthread_mutex_unlock(&s->lock);
}

void *reaper_main(void *server)
{
    struct server *s = server;
    while (!s->stopping) {
        usleep(200000);
        reap(s);
    }
    return NULL;
}
