/* inside.h - what an open store is made of; for the files of store/ alone. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "store/engine.h"

struct store {
    const struct engine *engine;
    char *where;                 /* file or URL */
    bool temporary;              /* remove the file at the end */
    bool repeatable;
    struct clock clock;
    struct idgen ids;
    struct random dice;          /* under lock */
    struct keys *keys;
    struct store_hooks hooks;
    void *upper;
    void (*release_upper)(void *);

    pthread_mutex_t lock;        /* over all below */
    pthread_cond_t work_waits, reader_free;
    struct unit *first, *last;   /* the queue */
    int64_t waiting, patient;    /* in the queue; those that may wait */
    bool stopping, running;
    bool writable;
    struct db *readers;          /* free ones */
    int readers_open;
    struct store_stats stats;

    pthread_t writer;
    struct db *writer_db;        /* the writer thread's alone once started */
    struct arena batch_arena;

    _Atomic bool careful;        /* a savepoint for every unit */
    enum trouble trouble;
    _Atomic int64_t trouble_in;
    _Atomic int64_t statements;  /* run so far */
    FILE *statement_log;
    store_trace_fn *trace;
    void *trace_ctx;
};

enum rc writer_start(struct store *s, struct fault *f);
void writer_stop(struct store *s);
