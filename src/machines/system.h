/* SPDX-License-Identifier: Apache-2.0 */
/* system.h - the whole machine as one air_system, its preprocessed columns, its witness. */
#ifndef GN_MACHINES_SYSTEM_H
#define GN_MACHINES_SYSTEM_H

#include "air/witness.h"
#include "machines/recorder.h"
#include "machines/rom.h"

struct mx_system {
    const struct air_system *air;
    uint32_t table_of_class[MX_CLASSES]; /* by class number */
    const uint32_t *table_of_store;      /* by number in mx_stores */
};

/* Lives in the arena. */
GN_NODISCARD enum gn_status mx_system_build(struct mx_system *out, struct gn_arena *arena, struct gn_error *err);

struct mx_preprocessed { /* as gn_setup and struct air_witness want them */
    const uint32_t *const *const *columns;
    const uint32_t *pages;
};
GN_NODISCARD enum gn_status mx_preprocess(struct mx_preprocessed *out, const struct mx_system *s,
                                          const struct mx_program *program, struct gn_arena *arena,
                                          struct gn_error *err);

/* How large the tables will be: heights by table; pages by number in mx_stores (tables in pages only), in run's arena. */
GN_NODISCARD enum gn_status mx_witness_plan(uint32_t *heights, const uint32_t **pages, const struct mx_system *s,
                                            const struct mx_recorder *r, const struct mx_run *run,
                                            struct gn_error *err);

/* Fills all tables from the records of a finished run (mx_recorder_halt), with pool's threads (may be NULL).  The witness lives in the
 * arena and reads pre; its statement is the recorder's. */
GN_NODISCARD enum gn_status mx_witness_build(struct air_witness *out, const struct mx_system *s,
                                             const struct mx_preprocessed *pre, struct mx_recorder *r,
                                             struct gn_pool *pool, struct gn_arena *arena, struct gn_error *err);

#endif
