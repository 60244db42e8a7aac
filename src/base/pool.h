/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - one threading primitive: a parallel for over pthreads.
 *
 * Results never depend on the number of threads: every chunk writes its own output and reductions are combined in chunk
 * order. */
#ifndef GN_BASE_POOL_H
#define GN_BASE_POOL_H

#include <stddef.h>

#include "base/status.h"

struct gn_pool;

GN_NODISCARD enum gn_status gn_pool_create(struct gn_pool **pool, unsigned threads, struct gn_error *err);
void gn_pool_destroy(struct gn_pool *pool);
unsigned gn_pool_threads(const struct gn_pool *pool); /* 1 for a NULL pool */

/* A pool of one thread, its owner's, with a place for a guest: a thread that has nothing else to do for a while.  gn_pool_threads is 2, whether the guest is there or not. */
GN_NODISCARD enum gn_status gn_pool_create_open(struct gn_pool **pool, struct gn_error *err);
/* The guest: works on what loops there are until the owner closes the pool. */
void gn_pool_attend(struct gn_pool *pool);
/* The owner, whose loops are its own from then on. */
void gn_pool_close(struct gn_pool *pool);

/* gn_pool_for calls fn(ctx, begin, end, worker) on disjoint ranges that cover [0, n); every range but the last has
 * exactly grain items and begins at a multiple of grain, so that "begin / grain" numbers a chunk.  worker <
 * gn_pool_threads tells which thread runs it (for per-thread scratch).  Returns when all are done.  A NULL pool runs
 * everything in the caller. */
typedef void gn_pool_fn(void *ctx, size_t begin, size_t end, unsigned worker);
void gn_pool_for(struct gn_pool *pool, size_t n, size_t grain, gn_pool_fn *fn, void *ctx);

#endif
