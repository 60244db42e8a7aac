/* SPDX-License-Identifier: Apache-2.0 */
/* runs.h - the ways in which tests execute one instruction of a Solana program. */
#ifndef GN_TESTS_KERNEL_RUNS_H
#define GN_TESTS_KERNEL_RUNS_H

#include "svm/statement.h"
#include "tables.h"

enum run_how {
    RUN_MACHINE, /* kernel and program in the executor */
    RUN_SLICES,  /* the same, a few instructions at a time */
    RUN_TABLES,  /* recorded, and every row of every table checked */
    RUN_PROOFS,  /* and proven and verified */
    RUN_HOSTED,  /* the kernel's text as an ordinary program */
    RUN_LIBRARY  /* as the host side does it (svm/execute.h) */
};
bool run_how_named(enum run_how *how, const char *name); /* "machine", ... */

struct run_totals {          /* sums, over calls; zero at first */
    uint64_t emulated;       /* hosted: traps without syscall */
    uint64_t rows, steps;    /* in the machine: all rows, and the program's instructions */
    struct tables_area area; /* with tables */
};
GN_NODISCARD enum gn_status run_program(struct svm_statement *out, enum run_how how, const struct svm_input *in,
                                        struct svm_bytes elf, struct gn_arena *arena, struct run_totals *totals,
                                        struct gn_error *err);

#endif
