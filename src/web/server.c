/* server.c - starting and stopping.  See server.h and inside.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/server.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "web/inside.h"

enum { PEM_MAX = 1 << 20, INACTIVE_S = 90, STOP_S = 3 };

/* "127.0.0.1:8420", "[::1]:0", ":8420". */
static enum rc read_address(const char *text, struct addrinfo **out,
                            struct fault *f)
{
    char host[256];
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : sizeof host;
    if (n >= sizeof host)
        return fault_set(f, INVALID, "--listen",
                         "must be an address and a port: 127.0.0.1:8420");
    bool bare = text[0] == '[' && n >= 2 && text[n - 1] == ']';
    snprintf(host, sizeof host, "%.*s", (int)(bare ? n - 2 : n),
             text + (bare ? 1 : 0));
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, out) != 0)
        return fault_set(f, INVALID, "--listen", "%s is no address to "
                         "listen on", text);
    return OK;
}

static enum rc read_pem(const char *path, char **out, struct fault *f)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return fault_set(f, INVALID, "--tls-cert", "%s cannot be read", path);
    char *text = calloc(1, PEM_MAX);
    assert(text);
    size_t n = fread(text, 1, PEM_MAX - 1, file);
    fclose(file);
    *out = text;
    if (n == 0)
        return fault_set(f, INVALID, "--tls-cert", "%s cannot be read", path);
    return OK;
}

static enum rc read_tls(struct server *s, const struct server_options *o,
                        struct fault *f)
{
    if (!o->tls_cert && !o->tls_key) return OK;
    if (!o->tls_cert || !o->tls_key)
        return fault_set(f, INVALID, "--tls-key", "a certificate needs its "
                                                  "key, and a key its "
                                                  "certificate");
    enum rc rc = read_pem(o->tls_cert, &s->tls_cert, f);
    if (!rc) rc = read_pem(o->tls_key, &s->tls_key, f);
    s->secure = !rc;
    return rc;
}

/* The library's own complaints go to our log, cut at the line's end. */
static void complain(void *cls, const char *format, va_list args)
{
    (void)cls;
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    log_debug("http", "detail=\"%s\"", text);
}

static enum rc start_daemon(struct server *s, const struct addrinfo *at,
                            struct fault *f)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG |
                     MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    if (at->ai_family == AF_INET6) flags |= MHD_USE_DUAL_STACK;
    if (s->secure) flags |= MHD_USE_TLS;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, s->tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, s->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    if (!s->secure) tls[0] = tls[3];
    errno = 0;
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, call_handle, s,
        MHD_OPTION_EXTERNAL_LOGGER, complain, NULL,
        MHD_OPTION_SOCK_ADDR, at->ai_addr,
        MHD_OPTION_LISTENING_ADDRESS_REUSE, 0U,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)SERVER_THREADS,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)SERVER_BACKLOG,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SERVER_HEADERS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)INACTIVE_S,
        MHD_OPTION_NOTIFY_CONNECTION, connection_notify, s,
        MHD_OPTION_NOTIFY_COMPLETED, call_completed, s,
        MHD_OPTION_URI_LOG_CALLBACK, call_line_seen, s,
        MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (s->daemon) return OK;
    if (errno == EADDRINUSE)
        return fault_set(f, BUSY, "--listen", "this port is taken");
    if (s->secure && errno == 0)
        return fault_set(f, INVALID, "--tls-cert",
                         "this certificate and key do not go together");
    return fault_set(f, FAILED, "--listen", "cannot listen there: %s",
                     strerror(errno));
}

static enum rc start_all(struct server *s, const struct server_options *o,
                         struct fault *f)
{
    struct addrinfo *at = NULL;
    enum rc rc = read_address(o->address, &at, f);
    if (!rc) rc = read_tls(s, o, f);
    if (!rc) rc = workers_start(&s->workers, f);
    if (!rc) rc = live_start(s, f);
    if (!rc && pthread_create(&s->reaper, NULL, reaper_main, s) != 0)
        rc = fault_set(f, FAILED, "", "cannot start a thread");
    s->reaping = !rc;
    if (!rc) rc = start_daemon(s, at, f);
    if (at) freeaddrinfo(at);
    if (rc) return rc;
    s->port = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return OK;
}

enum rc server_start(struct server **out, const struct server_options *o,
                     struct fault *f)
{
    struct server *s = calloc(1, sizeof *s);
    assert(s && o->store && o->address);
    s->store = o->store;
    s->listener = -1;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->identities.lock, NULL);
    pthread_mutex_init(&s->openapi_lock, NULL);
    pthread_mutex_init(&s->spare_lock, NULL);
    enum rc rc = start_all(s, o, f);
    *out = s;
    if (rc) {
        server_stop(s);
        *out = NULL;
    }
    return rc;
}

int server_port(const struct server *s) { return s->port; }

void server_stop(struct server *s)
{
    if (!s) return;
    if (s->daemon) s->listener = MHD_quiesce_daemon(s->daemon);
    s->stopping = true;
    live_stop(s);
    /* The writer and the workers bring every call back; then answers leave,
     * but nobody's slow line may keep us. */
    while (s->n_away > 0) usleep(2000);
    for (int i = 0; s->n_calls > 0 && i < STOP_S * 500; i++) usleep(2000);
    workers_stop(&s->workers);
    if (s->daemon) MHD_stop_daemon(s->daemon);
    if (s->listener >= 0) close(s->listener);
    if (s->reaping) pthread_join(s->reaper, NULL);
    while (s->n_spare) call_free(s->spare[--s->n_spare]);
    buf_release(&s->openapi);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->identities.lock);
    pthread_mutex_destroy(&s->openapi_lock);
    pthread_mutex_destroy(&s->spare_lock);
    pthread_mutex_destroy(&s->live.lock);
    if (s->tls_key) memset(s->tls_key, 0, PEM_MAX);
    free(s->tls_cert);
    free(s->tls_key);
    free(s);
}
