/* SPDX-License-Identifier: Apache-2.0 */
/* logicx.c - and, or, xor that logic.c does not take: wide immediates, 32-bit forms extended by zeros.
 *
 * As logic.c: result = sum_factor (a + b) + both_factor (a & b), limb by limb, AND looked up byte by byte; 32-bit forms keep limbs 0 and 1. */
#include "machines/machine.h"

#define LOGICX_COLUMNS(X)                                  \
    MX_STEP(X)                                             \
    MX_READ(X, a)                                          \
    MX_OPERAND(X, b)                                       \
    MX_WRITE(X, d)                                         \
    X(word, , 1, "32 bits")                                \
    X(sum_factor, , 1, "of a + b: and 0, or 1, xor 1")     \
    X(both_factor, , 31, "of a & b: and 1, or -1, xor -2") \
    X(a_low, [4], 8, "low bytes of a's limbs")             \
    X(b_low, [4], 8, "low bytes of b's limbs")             \
    X(both, [8], 8, "bytes of a & b")

struct logicx_vars {
    LOGICX_COLUMNS(AIR_EXPR)
};
struct logicx_cols {
    LOGICX_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec logicx_columns[] = {LOGICX_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct logicx_vars r;
    struct air *t = air_table(m->b, "logicx", AIR_MAX_HEIGHT, 0);
    air_committed(t, logicx_columns, MX_COUNT(logicx_columns), &r);
    const expr flags[3] = {r.b_is_reg, r.word, r.sum_factor};
    expr result[4], imm[4], is_long = addk(neg(r.word), 1);

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    assert_bool(r.word);
    assert_bool(r.sum_factor);
    mx_fetch(t, m, MX_LOGICX, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 3, 1), imm[0], imm[1], imm[2], imm[3], r.both_factor}});
    mx_and(t, m, 4, r.a, r.b, r.a_low, r.b_low, r.both);
    for (unsigned i = 0; i < 4; i++) {
        expr both = add(r.both[2 * i], mulk(r.both[2 * i + 1], 256));
        result[i] = add(mul(r.sum_factor, add(r.a[i], r.b[i])), mul(r.both_factor, both));
        if (i >= 2) {
            result[i] = mul(is_long, result[i]);
        }
    }
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

enum { WORD = 2, SUM = 4 }; /* x0; 1: b is a register */

static bool takes(const struct vm_insn *insn)
{
    switch (insn->op) {
    case VM_ANDI:
    case VM_ORI:
    case VM_XORI:
        return !mx_short_immediate(insn->imm); /* else logici */
    case VM_ANDWZ:
    case VM_ORWZ:
    case VM_XORWZ:
    case VM_ORIWZ:
    case VM_XORIWZ:
        return true;
    default:
        return false;
    }
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    bool is_and = insn->op == VM_ANDI || insn->op == VM_ANDWZ;
    bool is_or = insn->op == VM_ORI || insn->op == VM_ORWZ || insn->op == VM_ORIWZ;
    bool is_long = insn->op == VM_ANDI || insn->op == VM_ORI || insn->op == VM_XORI;
    row->x[0] = (is_long ? 0 : WORD) | (is_and ? 0 : SUM);
    row->x[5] = is_and ? 1 : mx_cell(is_or ? -1 : -2);
    mx_encode_operand(row, insn, insn->op == VM_ANDWZ || insn->op == VM_ORWZ || insn->op == VM_XORWZ);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct logicx_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t b = mx_operand(rom, rec->b);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.word[i] = (rom->x[0] & WORD) != 0;
        c.sum_factor[i] = (rom->x[0] & SUM) != 0;
        c.both_factor[i] = rom->x[5];
        mx_put_and(f, c.a_low, c.b_low, c.both, i, 4, rec->a, b);
    }
}

const struct mx_class_def mx_class_logicx = {
    .name = "logicx",
    .class = MX_LOGICX,
    .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
    .record_bytes = sizeof(struct mx_record),
    .declare = declare,
    .ops = MX_OPS(VM_ANDI, VM_ORI, VM_XORI, VM_ANDWZ, VM_ORWZ, VM_XORWZ, VM_ORIWZ, VM_XORIWZ),
    .takes = takes,
    .encode = encode,
    .fill = fill};
