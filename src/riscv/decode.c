/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - RV64IMAC decoder, driven by rv.def and rvc.def.
 *
 * A 32-bit word is looked up by match and mask; its format says where the operands are.  A 16-bit instruction becomes
 * the base instruction that it abbreviates, so nothing behind the decoder knows of the C extension but for the
 * length.  Both are total functions of the bits: no state, no order of entries that matters (rv.def) or one order
 * that is part of the table's meaning (rvc.def). */
#include "riscv/decode.h"

const struct rv_encoding gn_rv_encodings[RV_OPS] = {
    [RV_ILLEGAL] = {"unknown", 1, 0, RV_FORMAT_NONE},
#define RV(name, mnemonic, match, mask, format) [RV_##name] = {mnemonic, match, mask, RV_FORMAT_##format},
#include "riscv/rv.def"
#undef RV
};

/* bits high..low of w, at the bottom of the result */
static uint32_t bits(uint32_t w, unsigned high, unsigned low)
{
    return w >> low & ((2u << (high - low)) - 1);
}

/* the low n bits of v as a signed number */
static int64_t sign_extend(uint64_t v, unsigned n)
{
    uint64_t sign = UINT64_C(1) << (n - 1);
    return (int64_t)((v ^ sign) - sign);
}

/* ---- 32-bit instructions ---- */
static int64_t immediate(enum rv_format format, uint32_t w)
{
    switch (format) {
    case RV_FORMAT_I:
    case RV_FORMAT_LD:
        return sign_extend(bits(w, 31, 20), 12);
    case RV_FORMAT_ST:
        return sign_extend(bits(w, 31, 25) << 5 | bits(w, 11, 7), 12);
    case RV_FORMAT_B:
        return sign_extend(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 | bits(w, 11, 8) << 1,
                           13);
    case RV_FORMAT_U:
        return sign_extend(w & 0xfffff000u, 32);
    case RV_FORMAT_J:
        return sign_extend(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 | bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1,
                           21);
    case RV_FORMAT_SH6:
        return bits(w, 25, 20);
    case RV_FORMAT_SH5:
        return bits(w, 24, 20);
    case RV_FORMAT_LR:
    case RV_FORMAT_AMO:
        return bits(w, 26, 25);
    case RV_FORMAT_FEN:
        return bits(w, 31, 20);
    default:
        return 0;
    }
}

static bool has_rd(enum rv_format f)
{
    return f != RV_FORMAT_NONE && f != RV_FORMAT_B && f != RV_FORMAT_ST && f != RV_FORMAT_FEN;
}

static bool has_rs1(enum rv_format f)
{
    return has_rd(f) ? f != RV_FORMAT_U && f != RV_FORMAT_J && f != RV_FORMAT_CSR
                     : f == RV_FORMAT_B || f == RV_FORMAT_ST;
}

static bool has_rs2(enum rv_format f)
{
    return f == RV_FORMAT_R || f == RV_FORMAT_B || f == RV_FORMAT_ST || f == RV_FORMAT_AMO;
}

static bool decode_word(struct rv_insn *out, uint32_t w)
{
    for (uint32_t op = RV_ILLEGAL + 1; op < RV_OPS; op++) {
        const struct rv_encoding *e = &gn_rv_encodings[op];
        if ((w & e->mask) == e->match) {
            *out = (struct rv_insn){.op = op,
                                    .rd = has_rd(e->format) ? (uint8_t)bits(w, 11, 7) : 0,
                                    .rs1 = has_rs1(e->format) ? (uint8_t)bits(w, 19, 15) : 0,
                                    .rs2 = has_rs2(e->format) ? (uint8_t)bits(w, 24, 20) : 0,
                                    .length = 4,
                                    .imm = immediate(e->format, w)};
            return true;
        }
    }
    return false;
}

uint32_t gn_rv_encode(const struct rv_insn *insn)
{
    const struct rv_encoding *e = &gn_rv_encodings[insn->op];
    uint32_t i = (uint32_t)insn->imm;
    uint32_t w = e->match | (uint32_t)insn->rd << 7 | (uint32_t)insn->rs1 << 15 | (uint32_t)insn->rs2 << 20;
    switch (e->format) {
    case RV_FORMAT_I:
    case RV_FORMAT_LD:
    case RV_FORMAT_FEN:
        return w | i << 20;
    case RV_FORMAT_ST:
        return w | bits(i, 11, 5) << 25 | bits(i, 4, 0) << 7;
    case RV_FORMAT_B:
        return w | bits(i, 12, 12) << 31 | bits(i, 10, 5) << 25 | bits(i, 4, 1) << 8 | bits(i, 11, 11) << 7;
    case RV_FORMAT_U:
        return w | (i & 0xfffff000u);
    case RV_FORMAT_J:
        return w | bits(i, 20, 20) << 31 | bits(i, 10, 1) << 21 | bits(i, 11, 11) << 20 | bits(i, 19, 12) << 12;
    case RV_FORMAT_SH6:
    case RV_FORMAT_SH5:
        return w | i << 20;
    case RV_FORMAT_LR:
    case RV_FORMAT_AMO:
        return w | i << 25;
    default:
        return w;
    }
}

/* ---- 16-bit instructions ---- */
enum rvc_format {
    CIW,
    CL4,
    CL8,
    CS4,
    CS8,
    CI,
    CLI,
    CLUI,
    C16,
    CSH,
    CBSH,
    CBI,
    CA,
    CJ,
    CB,
    CL4SP,
    CL8SP,
    CS4SP,
    CS8SP,
    CJR,
    CJALR,
    CMV,
    CADD,
    CNONE
};
enum rvc_condition { ANY, RD, RS1, IMM };

struct rvc_encoding {
    uint16_t match, mask;
    uint8_t op, format, condition;
};

static const struct rvc_encoding compressed[] = {
#define RVC(base, match, mask, format, condition) {match, mask, RV_##base, format, condition},
#include "riscv/rvc.def"
#undef RVC
};

static int64_t compressed_immediate(enum rvc_format format, uint32_t w)
{
    switch (format) {
    case CIW:
        return bits(w, 10, 7) << 6 | bits(w, 12, 11) << 4 | bits(w, 5, 5) << 3 | bits(w, 6, 6) << 2;
    case CL4:
    case CS4:
        return bits(w, 5, 5) << 6 | bits(w, 12, 10) << 3 | bits(w, 6, 6) << 2;
    case CL8:
    case CS8:
        return bits(w, 6, 5) << 6 | bits(w, 12, 10) << 3;
    case CI:
    case CLI:
    case CBI:
        return sign_extend(bits(w, 12, 12) << 5 | bits(w, 6, 2), 6);
    case CLUI:
        return sign_extend(bits(w, 12, 12) << 17 | bits(w, 6, 2) << 12, 18);
    case C16:
        return sign_extend(bits(w, 12, 12) << 9 | bits(w, 4, 3) << 7 | bits(w, 5, 5) << 6 | bits(w, 2, 2) << 5 |
                               bits(w, 6, 6) << 4,
                           10);
    case CSH:
    case CBSH:
        return bits(w, 12, 12) << 5 | bits(w, 6, 2);
    case CJ:
        return sign_extend(bits(w, 12, 12) << 11 | bits(w, 8, 8) << 10 | bits(w, 10, 9) << 8 | bits(w, 6, 6) << 7 |
                               bits(w, 7, 7) << 6 | bits(w, 2, 2) << 5 | bits(w, 11, 11) << 4 | bits(w, 5, 3) << 1,
                           12);
    case CB:
        return sign_extend(bits(w, 12, 12) << 8 | bits(w, 6, 5) << 6 | bits(w, 2, 2) << 5 | bits(w, 11, 10) << 3 |
                               bits(w, 4, 3) << 1,
                           9);
    case CL4SP:
        return bits(w, 3, 2) << 6 | bits(w, 12, 12) << 5 | bits(w, 6, 4) << 2;
    case CL8SP:
        return bits(w, 4, 2) << 6 | bits(w, 12, 12) << 5 | bits(w, 6, 5) << 3;
    case CS4SP:
        return bits(w, 8, 7) << 6 | bits(w, 12, 9) << 2;
    case CS8SP:
        return bits(w, 9, 7) << 6 | bits(w, 12, 10) << 3;
    default:
        return 0;
    }
}

enum { RA = 1, SP = 2 };

static void compressed_registers(struct rv_insn *out, enum rvc_format format, uint32_t w)
{
    uint8_t full = (uint8_t)bits(w, 11, 7), second = (uint8_t)bits(w, 6, 2);
    uint8_t high = (uint8_t)(8 + bits(w, 9, 7)), low = (uint8_t)(8 + bits(w, 4, 2));
    switch (format) {
    case CIW:
        out->rd = low, out->rs1 = SP;
        break;
    case CL4:
    case CL8:
        out->rd = low, out->rs1 = high;
        break;
    case CS4:
    case CS8:
        out->rs2 = low, out->rs1 = high;
        break;
    case CI:
    case CSH:
    case C16:
        out->rd = full, out->rs1 = full;
        break;
    case CLI:
    case CLUI:
        out->rd = full;
        break;
    case CBSH:
    case CBI:
        out->rd = high, out->rs1 = high;
        break;
    case CA:
        out->rd = high, out->rs1 = high, out->rs2 = low;
        break;
    case CB:
        out->rs1 = high;
        break;
    case CL4SP:
    case CL8SP:
        out->rd = full, out->rs1 = SP;
        break;
    case CS4SP:
    case CS8SP:
        out->rs2 = second, out->rs1 = SP;
        break;
    case CJR:
        out->rs1 = full;
        break;
    case CJALR:
        out->rd = RA, out->rs1 = full;
        break;
    case CMV:
        out->rd = full, out->rs2 = second;
        break;
    case CADD:
        out->rd = full, out->rs1 = full, out->rs2 = second;
        break;
    case CJ:
    case CNONE:
        break;
    }
}

static bool decode_halfword(struct rv_insn *out, uint32_t w)
{
    for (size_t i = 0; i < sizeof compressed / sizeof *compressed; i++) {
        const struct rvc_encoding *e = &compressed[i];
        if ((w & e->mask) == e->match) {
            *out = (struct rv_insn){.op = e->op, .length = 2, .imm = compressed_immediate(e->format, w)};
            compressed_registers(out, e->format, w);
            return e->condition == ANY || (e->condition == RD && out->rd != 0) ||
                   (e->condition == RS1 && out->rs1 != 0) || (e->condition == IMM && out->imm != 0);
        }
    }
    return false;
}

bool gn_rv_decode(struct rv_insn *out, uint32_t word)
{
    if ((word & 3) == 3 ? decode_word(out, word) : decode_halfword(out, word & 0xffff)) {
        return true;
    }
    *out = (struct rv_insn){.op = RV_ILLEGAL, .length = 2};
    return false;
}
