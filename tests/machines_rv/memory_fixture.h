/* SPDX-License-Identifier: Apache-2.0 */
/* memory_fixture.h - programs of loads and stores, written together with what a model of memory expects of them.
 *
 * The model is an array of bytes per region, and knows nothing of words.  After each load the program compares the register with the
 * model's value and jumps to a FAULT if it differs, so an executor that disagrees with the model ends the test; a table that
 * disagrees with the executor fails the row checker. */
#ifndef GN_TESTS_MACHINES_RV_MEMORY_FIXTURE_H
#define GN_TESTS_MACHINES_RV_MEMORY_FIXTURE_H

#include "machines_rv/run.h"

#define MEM_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define MEM_LOW        UINT64_C(0x1000) /* 4 KiB of zeros, written through negative bases */
#define MEM_INPUT_AT   UINT64_C(0x40000000)
#define MEM_TEXT_AT    UINT64_C(0x80100000) /* read-only image */
#define MEM_TEXT_SIZE  72u
#define MEM_DATA       UINT64_C(0x80200000) /* image, then zeros up to an end that fills no row of Zero */
#define MEM_DATA_IMAGE 45u
#define MEM_DATA_SIZE  0x128u
#define MEM_RAM        UINT64_C(0xa0030000)
#define MEM_RAM_SIZE   0x20000u
#define MEM_TOP        UINT64_C(0xffff0000) /* the last 64 KiB below 2^32 */
#define MEM_TOP_SIZE   0x10000u

enum { MEM_ROWS_OF_LOAD = 4 /* movi, load, movi, bne */, MEM_ROWS_OF_STORE = 3, MEM_MAX_ROWS = 20000, MEM_OPS = 11 };
extern const uint8_t mem_ops[MEM_OPS];

struct mem_program {
    struct vm_insn *rows; /* row 0 jumps to row 2; row 1 is where disagreement leads */
    uint32_t n;
    struct mx_region regions[6];
    uint32_t regions_n;
    uint8_t *model[6];
    const uint8_t *input;
    size_t input_n;
    uint8_t *input_image;
    struct mx_region kept[6]; /* those of the machine: without the input */
};

void mem_begin(struct mem_program *p);
/* one of each kind of access: what mutation and lies start from (rows: mem_samples in memory_fixture.c) */
void mem_begin_samples(struct mem_program *p);
void mem_replace_region(struct mem_program *p, unsigned i, uint64_t size, const uint8_t *image, size_t image_n);
void mem_set_input(struct mem_program *p, const uint8_t *data, size_t n);
void mem_row(struct mem_program *p, struct vm_insn insn);
/* an access of address; the base register holds address - imm; loads are compared with the model, stores change it */
void mem_put(struct mem_program *p, uint8_t op, uint64_t address, int64_t imm, uint64_t value);
bool mem_is_store(uint8_t op);

void mem_open(struct rv_run *r, struct mem_program *p); /* appends the ECALL */
void mem_close(struct rv_run *r, struct mem_program *p);
void mem_run_clean(struct mem_program *p);

#endif
