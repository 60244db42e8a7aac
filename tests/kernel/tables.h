/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h - a Solana program's run in the machine, recorded, filled into tables, and every row and bus checked. */
#ifndef GN_TESTS_KERNEL_TABLES_H
#define GN_TESTS_KERNEL_TABLES_H

#include "machines/system.h"
#include "proof/prove.h"
#include "proof/verify.h"
#include "solana/solana.h"

struct tables_area {  /* committed cells, and 2 for an interaction */
    uint64_t program; /* rows of its instructions, frames with them */
    uint64_t kernel;  /* all other rows */
    uint64_t memory;  /* words of memory, refreshed registers */
    uint64_t fixed;   /* what does not grow with a run */
};

struct tables { /* of a program */
    struct gn_arena arena;
    struct mx_system system;
    struct mx_region regions[SOLANA_REGIONS_MAX];
    struct mx_program *program;
    struct mx_preprocessed pre;
    struct mx_recorder *recorder; /* of the run at hand */
    struct tables_area area;      /* of the last run */
    bool prove;                   /* prove and verify too */
};
GN_NODISCARD enum gn_status tables_open(struct tables *t, const struct solana_program *p, struct gn_error *err);
void tables_close(struct tables *t);

/* input is kept until tables_check; the observer of the run is mx_recorder_observe on t->recorder */
GN_NODISCARD enum gn_status tables_start(struct tables *t, const uint8_t *input, size_t input_n, struct gn_error *err);
/* The run has halted at row; GN_INTERNAL names the first row that fails. */
GN_NODISCARD enum gn_status tables_check(struct tables *t, const struct vm *vm, const struct gn_buffer *statement,
                                         struct gn_error *err);

#endif
