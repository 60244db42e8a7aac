/* SPDX-License-Identifier: Apache-2.0 */
/* assembler.h - machine code in memory, and a whole executable around it, for tests that make programs.
 *
 * Instructions are encoded from rv.def (gn_rv_encode); that those encodings are right is what qemu and LLVM decide. */
#ifndef GN_TESTS_ASSEMBLER_H
#define GN_TESTS_ASSEMBLER_H

#include <stdint.h>

#include "base/buffer.h"
#include "riscv/decode.h"

#define TEXT      0x80000000u
#define POOL      0x88000000u /* read-only data */
#define DATA      0xA0030000u /* RAM */
#define DATA_SIZE 0x20000u

struct assembler {
    struct gn_buffer text, pool, data; /* data: first bytes of DATA; the rest of DATA_SIZE is zero */
};

void assembler_free(struct assembler *a);

/* address of the next instruction */
uint64_t here(const struct assembler *a);

void emit16(struct assembler *a, uint32_t halfword);
void emit32(struct assembler *a, uint32_t word);
/* an instruction of rv.def; fields that its format lacks must be 0 */
void emit(struct assembler *a, enum rv_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm);
/* the instruction at address `at` again, with another immediate (branches and jumps to what was not known yet) */
void patch(struct assembler *a, uint64_t at, enum rv_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm);

/* rd = value, in at most 8 instructions */
void emit_constant(struct assembler *a, unsigned rd, uint64_t value);
/* write(1, DATA + offset, n); changes a0, a1, a2, a7 */
void emit_write(struct assembler *a, uint32_t offset, uint32_t n);
void emit_exit(struct assembler *a, unsigned code);

/* the executable: segments for what is not empty, entry TEXT; the caller frees */
struct gn_buffer assembler_elf(const struct assembler *a);

#endif
