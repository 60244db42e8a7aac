/* SPDX-License-Identifier: Apache-2.0 */
/* work.h - what every prover-side routine is handed: memory, threads, instruction set. */
#ifndef GN_BASE_WORK_H
#define GN_BASE_WORK_H

#include "base/arena.h"
#include "base/cpu.h"
#include "base/pool.h"

struct gn_work {
    struct gn_arena *arena;
    struct gn_pool *pool; /* NULL: one thread */
    enum gn_isa isa;
};

#endif
