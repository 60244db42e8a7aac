/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - bump allocation with mark and release.
 *
 * A prover allocates its large tables from one arena that is reserved once, advised to use 2 MiB pages and kept warm
 * between proofs: first touch of cold memory costs more than the work done in it.  Blocks are 64-byte aligned (one
 * cache line, one AVX-512 register) and not zeroed.  Under ASan, released memory is poisoned and blocks are separated
 * by red zones. */
#ifndef GN_BASE_ARENA_H
#define GN_BASE_ARENA_H

#include <stddef.h>

#include "base/pool.h"

struct gn_arena {
    unsigned char *base;
    size_t used, size, peak;
    size_t warm; /* the first bytes, touched by gn_arena_warm */
};

typedef size_t gn_arena_mark;

/* gn_arena_init reserves size bytes of address space (committed lazily by the system, prefaulted by gn_arena_warm). */
GN_NODISCARD enum gn_status gn_arena_init(struct gn_arena *arena, size_t size, struct gn_error *err);
void gn_arena_free(struct gn_arena *arena);

/* how many of the first bytes have been touched, by whom ever */
static inline size_t gn_arena_touched(const struct gn_arena *arena)
{
    return arena->warm > arena->peak ? arena->warm : arena->peak;
}

/* gn_arena_warm touches what of the arena's first bytes has not been used yet, whole 2 MiB pages only, with all of pool's threads.  For memory that
 * will be used: the system clears it at the speed of all processors, which phases that begin at one end do not reach. */
void gn_arena_warm(struct gn_arena *arena, size_t bytes, struct gn_pool *pool);

/* gn_arena_alloc returns NULL when the arena is full; callers pass that on as GN_NO_MEMORY. */
void *gn_arena_alloc(struct gn_arena *arena, size_t bytes) __attribute__((warn_unused_result));
void *gn_arena_zalloc(struct gn_arena *arena, size_t bytes) __attribute__((warn_unused_result));

gn_arena_mark gn_arena_get_mark(const struct gn_arena *arena);
void gn_arena_release(struct gn_arena *arena, gn_arena_mark mark); /* frees all that was allocated since mark */

#endif
