/* SPDX-License-Identifier: Apache-2.0 */
/* decode.h - machine words to struct rv_insn and text. */
#ifndef GN_RISCV_DECODE_H
#define GN_RISCV_DECODE_H

#include "riscv/riscv.h"

enum rv_op {
    RV_ILLEGAL,
#define RV(name, mnemonic, match, mask, format) RV_##name,
#include "riscv/rv.def"
#undef RV
    RV_OPS
};

enum rv_format {
    RV_FORMAT_NONE,
    RV_FORMAT_R,
    RV_FORMAT_I,
    RV_FORMAT_SH6,
    RV_FORMAT_SH5,
    RV_FORMAT_U,
    RV_FORMAT_J,
    RV_FORMAT_B,
    RV_FORMAT_LD,
    RV_FORMAT_ST,
    RV_FORMAT_LR,
    RV_FORMAT_AMO,
    RV_FORMAT_FEN,
    RV_FORMAT_CSR
};

struct rv_encoding {
    const char *mnemonic;
    uint32_t match, mask;
    enum rv_format format;
};
/* indexed by enum rv_op; the entry of RV_ILLEGAL matches nothing (mask 0, match 1) */
extern const struct rv_encoding gn_rv_encodings[RV_OPS];

#define RV_MARCHID_VALUE 0xFFFEEEEu /* the value that ZisK guests look for */

/* The instruction at the beginning of the 4 bytes `word` (little endian; when only 2 are left, the upper half is 0
 * and not looked at unless the low bits say that the instruction is longer: whoever calls checks out->length against
 * what was left).  True and a base instruction of length 2 or 4; false: illegal, op = RV_ILLEGAL and length 2, so
 * that a sweep through data within text finds the next instruction after it.  Fields that the format lacks are 0; imm
 * is the value as the instruction uses it (U: shifted left by 12; B, J: byte offset; FEN: bits 31-20; LR, AMO: aq and
 * rl as bits 1 and 0).  The `rd` of a CSR read is its only operand. */
bool gn_rv_decode(struct rv_insn *out, uint32_t word);

/* The 32-bit encoding of insn (imm in range and aligned as the format wants); the inverse of gn_rv_decode for words
 * of length 4.  For tests. */
uint32_t gn_rv_encode(const struct rv_insn *insn);

/* insn as text, standing at pc: "addi a0, a1, 4", "beq a0, zero, 0x80000010", "unknown" when illegal.  Compressed
 * instructions appear as their base form.  Returns the length as snprintf does. */
size_t gn_rv_format(char *out, size_t out_n, const struct rv_insn *insn, uint64_t pc);

#endif
