/* SPDX-License-Identifier: Apache-2.0 */
/* disassemble.c - instructions as assembly text, in the form of LLVM's disassembler without aliases; branch and jump
 * targets are absolute. */
#include <inttypes.h>
#include <stdio.h>

#include "riscv/decode.h"
#include "riscv/program.h"

static const char *const registers[32] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                          "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                          "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

/* a set of fence's four kinds of access: "rw", "iorw", "0" for none */
static const char *access_set(char out[5], uint32_t set)
{
    static const char letters[4] = {'i', 'o', 'r', 'w'};
    unsigned n = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (set & 8u >> i) {
            out[n++] = letters[i];
        }
    }
    out[n] = '\0';
    return n == 0 ? "0" : out;
}

static int format_fence(char *out, size_t out_n, uint32_t fields)
{
    char pred[5], succ[5];
    if (fields == 0x833) {
        return snprintf(out, out_n, "fence.tso");
    }
    return snprintf(out, out_n, "fence %s, %s", access_set(pred, fields >> 4 & 15), access_set(succ, fields & 15));
}

size_t gn_rv_format(char *out, size_t out_n, const struct rv_insn *insn, uint64_t pc)
{
    static const char *const ordering[4] = {"", ".rl", ".aq", ".aqrl"};
    const struct rv_encoding *e = &gn_rv_encodings[insn->op];
    const char *name = e->mnemonic;
    const char *rd = registers[insn->rd], *rs1 = registers[insn->rs1], *rs2 = registers[insn->rs2];
    int64_t i = insn->imm;
    int n = 0;
    switch (e->format) {
    case RV_FORMAT_R:
        n = snprintf(out, out_n, "%s %s, %s, %s", name, rd, rs1, rs2);
        break;
    case RV_FORMAT_I:
    case RV_FORMAT_SH6:
    case RV_FORMAT_SH5:
        n = snprintf(out, out_n, "%s %s, %s, %" PRId64, name, rd, rs1, i);
        break;
    case RV_FORMAT_U:
        n = snprintf(out, out_n, "%s %s, %" PRIu64, name, rd, (uint64_t)i >> 12 & 0xfffff);
        break;
    case RV_FORMAT_J:
        n = snprintf(out, out_n, "%s %s, 0x%" PRIx64, name, rd, pc + (uint64_t)i);
        break;
    case RV_FORMAT_B:
        n = snprintf(out, out_n, "%s %s, %s, 0x%" PRIx64, name, rs1, rs2, pc + (uint64_t)i);
        break;
    case RV_FORMAT_LD:
        n = snprintf(out, out_n, "%s %s, %" PRId64 "(%s)", name, rd, i, rs1);
        break;
    case RV_FORMAT_ST:
        n = snprintf(out, out_n, "%s %s, %" PRId64 "(%s)", name, rs2, i, rs1);
        break;
    case RV_FORMAT_LR:
        n = snprintf(out, out_n, "%s%s %s, (%s)", name, ordering[i & 3], rd, rs1);
        break;
    case RV_FORMAT_AMO:
        n = snprintf(out, out_n, "%s%s %s, %s, (%s)", name, ordering[i & 3], rd, rs2, rs1);
        break;
    case RV_FORMAT_FEN:
        n = format_fence(out, out_n, (uint32_t)i);
        break;
    case RV_FORMAT_CSR:
        n = snprintf(out, out_n, "%s %s, marchid", name, rd);
        break;
    case RV_FORMAT_NONE:
        n = snprintf(out, out_n, "%s", name);
        break;
    }
    return n < 0 ? 0 : (size_t)n;
}

unsigned gn_riscv_disassemble(char *out, size_t out_n, const struct rv_program *p, uint64_t pc)
{
    struct rv_insn insn;
    const struct rv_segment *s = gn_rv_text_segment(p, pc);
    if (s == NULL) {
        if (out_n > 0) {
            out[0] = '\0';
        }
        return 0;
    }
    gn_rv_fetch(&insn, p, s, pc);
    gn_rv_format(out, out_n, &insn, pc);
    return insn.length;
}
