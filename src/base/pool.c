/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - a fixed set of pthreads that share the chunks of one loop at a time.
 *
 * Workers sleep on a condition variable between loops; inside a loop they take chunk numbers from one atomic counter.
 * The caller works too, as worker 0.  Loops do not nest: a loop started from inside a chunk runs in that thread
 * alone. */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct loop {
    gn_pool_fn *fn;
    void *ctx;
    size_t n, grain;
    atomic_size_t next;
};

struct worker {
    struct gn_pool *pool;
    unsigned number;
    pthread_t thread;
};

struct gn_pool {
    pthread_mutex_t lock;
    pthread_cond_t start, done;
    struct loop loop;
    unsigned long generation; /* counts loops; a worker runs each once */
    unsigned running;         /* workers that still work on the current loop */
    bool stop;
    unsigned threads;
    struct worker *workers; /* threads - 1 */
};

static _Thread_local bool inside_loop;
static _Thread_local unsigned current_worker;

static void run_chunks(struct loop *loop, unsigned worker)
{
    inside_loop = true;
    current_worker = worker;
    for (;;) {
        size_t begin = atomic_fetch_add(&loop->next, 1) * loop->grain;
        if (begin >= loop->n) {
            break;
        }
        size_t end = loop->n - begin < loop->grain ? loop->n : begin + loop->grain;
        loop->fn(loop->ctx, begin, end, worker);
    }
    inside_loop = false;
    current_worker = 0;
}

static void *worker_main(void *arg)
{
    struct worker *self = arg;
    struct gn_pool *pool = self->pool;
    unsigned long seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stop && pool->generation == seen) {
            pthread_cond_wait(&pool->start, &pool->lock);
        }
        if (pool->stop) {
            break;
        }
        seen = pool->generation;
        pthread_mutex_unlock(&pool->lock);
        run_chunks(&pool->loop, self->number);
        pthread_mutex_lock(&pool->lock);
        if (--pool->running == 0) {
            pthread_cond_signal(&pool->done);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

enum gn_status gn_pool_create(struct gn_pool **out, unsigned threads, struct gn_error *err)
{
    *out = NULL;
    if (threads == 0 || threads > 1024) {
        return gn_fail(err, GN_BAD_INPUT, "thread count %u is not between 1 and 1024", threads);
    }
    struct gn_pool *pool = calloc(1, sizeof *pool);
    struct worker *workers = calloc(threads, sizeof *workers);
    if (pool == NULL || workers == NULL) {
        free(pool);
        free(workers);
        return gn_fail(err, GN_NO_MEMORY, "no memory for a pool of %u threads", threads);
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->threads = 1;
    pool->workers = workers;
    for (unsigned i = 1; i < threads; i++) {
        workers[i - 1] = (struct worker){.pool = pool, .number = i};
        if (pthread_create(&workers[i - 1].thread, NULL, worker_main, &workers[i - 1]) != 0) {
            gn_pool_destroy(pool);
            return gn_fail(err, GN_NO_MEMORY, "cannot start thread %u", i);
        }
        pool->threads++;
    }
    *out = pool;
    return GN_OK;
}

void gn_pool_destroy(struct gn_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i + 1 < pool->threads; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->start);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

unsigned gn_pool_threads(const struct gn_pool *pool)
{
    return pool == NULL ? 1 : pool->threads;
}

void gn_pool_for(struct gn_pool *pool, size_t n, size_t grain, gn_pool_fn *fn, void *ctx)
{
    if (n == 0) {
        return;
    }
    if (grain == 0) {
        grain = 1;
    }
    if (pool == NULL || pool->threads == 1 || n <= grain || inside_loop) {
        for (size_t begin = 0; begin < n; begin += grain) {
            fn(ctx, begin, n - begin < grain ? n : begin + grain, current_worker);
        }
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->loop.fn = fn;
    pool->loop.ctx = ctx;
    pool->loop.n = n;
    pool->loop.grain = grain;
    atomic_store(&pool->loop.next, 0);
    pool->running = pool->threads - 1;
    pool->generation++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);

    run_chunks(&pool->loop, 0);

    pthread_mutex_lock(&pool->lock);
    while (pool->running != 0) {
        pthread_cond_wait(&pool->done, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}
