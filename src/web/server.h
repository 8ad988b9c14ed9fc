/* server.h - the HTTP server over one store.
 *
 *     struct server *s;
 *     rc = server_start(&s, &(struct server_options){
 *         .store = store, .address = "127.0.0.1:8420"}, &fault);
 *     ...
 *     server_stop(s);
 *
 * Pages, API and event stream stand in the tables of routes.def; call.h
 * draws the way of a call.  A call is answered only when what it changed is
 * durable.  Start the followers first (ledger/follower.h): without them
 * nothing enters the ledger and /live is silent.  Several servers may stand
 * over one store.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

struct server;

struct server_options {
    struct store *store;        /* stays the caller's; must outlive it */
    const char *address;        /* "127.0.0.1:8420", "[::1]:0", ":8420" (all);
                                   port 0: any that is free */
    const char *tls_cert, *tls_key; /* PEM files; both or neither */
};

/* INVALID: an address or certificate that is none; BUSY: the port is taken;
 * FAILED otherwise. */
enum rc server_start(struct server **out, const struct server_options *o,
                     struct fault *f) MUST_USE;
/* Takes no more connections, answers what is in flight, ends the streams. */
void server_stop(struct server *s);
int server_port(const struct server *s);
