/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - a fixed set of pthreads that share the chunks of one loop at a time.
 *
 * A proof of a short run is some hundred loops of some microseconds, one behind the other, and waking a thread takes longer than such a loop.  So a worker that has
 * nothing to do looks for the next loop for a while before it sleeps, and nobody waits for a worker that comes too late: a loop is open while the caller works on it,
 * workers join an open loop, and when no chunk is left the caller closes it and waits only for those who joined.
 *
 * The caller works too, as worker 0.  Chunk numbers come from one atomic counter.  Loops do not nest: a loop started from inside a chunk runs in that thread
 * alone. */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
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

/* state: number of the loop, whether it is open, how many workers have joined it */
#define JOINED (UINT64_C(0xffff))
#define OPEN   (UINT64_C(1) << 16)
#define NUMBER (UINT64_C(1) << 17)
#define LOOKS  4000 /* before sleeping: about 50 microseconds */

struct gn_pool {
    struct loop loop;
    _Atomic uint64_t state;
    atomic_bool stop;
    /* who sleeps; the lock is for sleeping only */
    pthread_mutex_t lock;
    pthread_cond_t start, done;
    atomic_uint sleepers;
    atomic_bool caller_sleeps;
    unsigned threads;
    unsigned workers_n;
    struct worker *workers; /* threads - 1, or none in a pool for a guest */
};

static _Thread_local bool inside_loop;
static _Thread_local unsigned current_worker;

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

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

/* Is there something to do for one who has seen loop number `seen`? */
static bool has_news(struct gn_pool *pool, uint64_t seen)
{
    uint64_t s = atomic_load(&pool->state);
    return ((s & OPEN) != 0 && s / NUMBER != seen) || atomic_load(&pool->stop);
}

static void wait_for_news(struct gn_pool *pool, uint64_t seen)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if (has_news(pool, seen)) {
            return;
        }
        relax();
    }
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleepers, 1); /* whoever opens a loop from here on sees it */
    while (!has_news(pool, seen)) {
        pthread_cond_wait(&pool->start, &pool->lock);
    }
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->lock);
}

/* Joins the loop that is open, if there is one. */
static bool join_loop(struct gn_pool *pool, uint64_t *seen)
{
    uint64_t s = atomic_load(&pool->state);
    while ((s & OPEN) != 0 && s / NUMBER != *seen) {
        if (atomic_compare_exchange_weak(&pool->state, &s, s + 1)) {
            *seen = s / NUMBER;
            return true;
        }
    }
    return false;
}

static void leave_loop(struct gn_pool *pool)
{
    uint64_t left = atomic_fetch_sub(&pool->state, 1) - 1;
    if ((left & (OPEN | JOINED)) == 0 && atomic_load(&pool->caller_sleeps)) {
        pthread_mutex_lock(&pool->lock);
        pthread_cond_signal(&pool->done);
        pthread_mutex_unlock(&pool->lock);
    }
}

static void work(struct gn_pool *pool, unsigned number)
{
    uint64_t seen = 0;
    while (!atomic_load(&pool->stop)) {
        wait_for_news(pool, seen);
        if (join_loop(pool, &seen)) {
            run_chunks(&pool->loop, number);
            leave_loop(pool);
        }
    }
}

static void *worker_main(void *arg)
{
    const struct worker *self = arg;
    work(self->pool, self->number);
    return NULL;
}

static void wake(struct gn_pool *pool)
{
    if (atomic_load(&pool->sleepers) != 0) {
        pthread_mutex_lock(&pool->lock);
        pthread_cond_broadcast(&pool->start);
        pthread_mutex_unlock(&pool->lock);
    }
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
    for (unsigned i = 1; i < threads; i++, pool->workers_n++) {
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

enum gn_status gn_pool_create_open(struct gn_pool **out, struct gn_error *err)
{
    enum gn_status status = gn_pool_create(out, 1, err);
    if (status == GN_OK) {
        (*out)->threads = 2;
    }
    return status;
}

void gn_pool_attend(struct gn_pool *pool)
{
    work(pool, 1);
}

void gn_pool_close(struct gn_pool *pool)
{
    atomic_store(&pool->stop, true);
    wake(pool);
}

void gn_pool_destroy(struct gn_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    gn_pool_close(pool);
    for (unsigned i = 0; i < pool->workers_n; i++) {
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

/* Until all who joined the closed loop have left it. */
static void wait_for_joined(struct gn_pool *pool)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if ((atomic_load(&pool->state) & JOINED) == 0) {
            return;
        }
        relax();
    }
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->caller_sleeps, true); /* who leaves from here on sees it */
    while ((atomic_load(&pool->state) & JOINED) != 0) {
        pthread_cond_wait(&pool->done, &pool->lock);
    }
    atomic_store(&pool->caller_sleeps, false);
    pthread_mutex_unlock(&pool->lock);
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
    pool->loop.fn = fn;
    pool->loop.ctx = ctx;
    pool->loop.n = n;
    pool->loop.grain = grain;
    atomic_store(&pool->loop.next, 0);
    atomic_fetch_add(&pool->state, NUMBER + OPEN); /* it was closed and nobody's */
    wake(pool);

    run_chunks(&pool->loop, 0);

    atomic_fetch_sub(&pool->state, OPEN);
    wait_for_joined(pool);
}
