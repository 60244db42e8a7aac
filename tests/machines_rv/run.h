/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - a small program, executed, recorded and filled, ready to be checked, proven, or lied about.
 *
 *     static const struct vm_insn rows[] = {{.op = VM_MOVI, .rd = 10, .imm = 7}, {.op = VM_ECALL}};
 *     struct rv_run r;
 *     rv_open(&r, rows, 2);                 row i stands at address MX_TEXT + 4 i and is followed by row i + 1
 *     assert_int_equal(rv_failures(&r), 0);
 *     *rv_cell(&r, "movi", "x[0]", 0) = 8;
 *     assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
 *     rv_close(&r);
 *
 * User rows need a kernel.  That of rv_open enters them at row 0, and when they leave, by ECALL or a fault, says register x10 as the one word of the statement and halts. */
#ifndef GN_TESTS_MACHINES_RV_RUN_H
#define GN_TESTS_MACHINES_RV_RUN_H

#include "machines/system.h"
#include "proof/prove.h"
#include "proof/verify.h"

struct rv_run {
    struct gn_arena arena;
    struct mx_system system;
    struct mx_program *program;
    struct mx_preprocessed pre;
    struct vm_program core;
    struct vm vm;
    struct mx_recorder *recorder;
    struct air_witness witness;
    bool set_up;
    bool *executed;  /* by row of core */
    uint8_t word[8]; /* rv_state */
    struct air_public_bytes bytes;
    uint8_t record[GN_KEY_BYTES];
    struct gn_buffer proof;
    struct gn_error err;
};

struct rv_source {
    const struct vm_insn *rows;
    uint32_t rows_n;
    const struct vm_insn *
        kernel; /* row i stands at MX_KERNEL_TEXT + 4 i; row 0 is the vector.  NULL: as above.  Targets count from 0 here too */
    uint32_t kernel_n, kernel_entry;
    bool sbpf;  /* user rows are sBPF's: row i is slot i, at MX_TEXT + 2 i */
    bool traps; /* a fault of user code is no failure of the test */
    const struct mx_region *regions;
    uint32_t regions_n;
    const uint8_t *input;
    size_t input_n;
};
/* The last row executed is a HALT of the kernel.  All abort the test on failure. */
void rv_open(struct rv_run *r, const struct vm_insn *rows, uint32_t rows_n);
void rv_open_source(struct rv_run *r, const struct rv_source *source);
void rv_close(struct rv_run *r);

/* Constraints and buses that fail (not declared widths); the first few are printed if loud. */
size_t rv_failures(struct rv_run *r, bool loud);
/* Sets up (once), proves and verifies. */
enum gn_verdict rv_prove(struct rv_run *r);

uint32_t rv_table(const struct rv_run *r, const char *table);
uint32_t rv_height(const struct rv_run *r, const char *table);
/* the number of a register of the kernel */
#define RV_K(i) (VM_REG_KERNEL + (i))
/* word i of the statement; rv_state replaces the statement by one of a word */
uint64_t rv_word(const struct rv_run *r, uint32_t i);
void rv_state(struct rv_run *r, uint64_t word);

uint32_t *rv_cell(struct rv_run *r, const char *table, const char *column, uint32_t row);

/* Changes every cell of the table (up to 64 rows) in several ways; columns of which a change goes unnoticed must be in free_cells.txt, and only they. */
void rv_mutate(struct rv_run *r, const char *table);
/* The same for a fixed table or its sparse twin: some rows, the first ones that are used among them; nothing may go unnoticed. */
void rv_mutate_sample(struct rv_run *r, const char *table);
/* Says that the rows of this table have been mutated, and with them the instructions that were executed there (support/mutated.h). */
void rv_note_mutated(const struct rv_run *r, const char *table);

#endif
