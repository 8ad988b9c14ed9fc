/* worker.c - a bounded few threads for what is slow on purpose.
 *
 * A password's hash takes 19 MiB and tens of milliseconds: two at a time, 64
 * waiting, beyond that the caller is told to come back (503).  The server's
 * own threads never wait for one.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/inside.h"

static struct call *take(struct workers *all)
{
    pthread_mutex_lock(&all->lock);
    while (!all->n && !all->stopping)
        pthread_cond_wait(&all->waits, &all->lock);
    struct call *c = NULL;
    if (all->n) {
        c = all->queue[all->first];
        all->first = (all->first + 1) % WORKER_QUEUE;
        all->n--;
    }
    pthread_mutex_unlock(&all->lock);
    return c;
}

static void *worker_main(void *arg)
{
    for (struct call *c; (c = take(arg));) call_work(c);
    return NULL;
}

enum rc workers_start(struct workers *all, struct fault *f)
{
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->waits, NULL);
    while (all->running < WORKERS) {
        if (pthread_create(&all->thread[all->running], NULL, worker_main,
                           all) != 0)
            return fault_set(f, FAILED, "", "cannot start a thread");
        all->running++;
    }
    return OK;
}

void workers_stop(struct workers *all)
{
    pthread_mutex_lock(&all->lock);
    all->stopping = true;
    pthread_cond_broadcast(&all->waits);
    pthread_mutex_unlock(&all->lock);
    while (all->running) pthread_join(all->thread[--all->running], NULL);
    pthread_mutex_destroy(&all->lock);
    pthread_cond_destroy(&all->waits);
}

enum rc workers_add(struct workers *all, struct call *c)
{
    pthread_mutex_lock(&all->lock);
    bool full = all->n == WORKER_QUEUE || all->stopping;
    if (!full) {
        all->queue[(all->first + all->n++) % WORKER_QUEUE] = c;
        pthread_cond_signal(&all->waits);
    }
    pthread_mutex_unlock(&all->lock);
    if (full)
        return work_fail(&c->work, BUSY, "", "too much is waiting here");
    return OK;
}
