/* SPDX-License-Identifier: Apache-2.0 */
/* branch_constant.c - conditional branches on a register and a constant: beqc (equality), bltc (order).  The constant is a sign-extended 48-bit
 * number: Rom fields for its limbs 0, 1 and 2, of which limb 3 is a copy.
 *
 * The arguments are those of beq and blt in branch.c.  bltc: setup knows the constant's sign: a Rom field, 0 if the order is unsigned. */
#include "machines/machine.h"

#define CONSTANT_STEP(X)                                     \
    MX_STEP(X)                                               \
    X(tgt, , 31, "pc of the target")                         \
    X(negated, , 1, "branch if the condition does not hold") \
    MX_READ(X, a)                                            \
    X(imm, [3], 16, "the constant: limbs 0, 1, 2 and 3")
#define BEQC_COLUMNS(X)             \
    CONSTANT_STEP(X)                \
    X(eq, , 1, "a is the constant") \
    X(hint, [4], 31, "a_i != b_i for the first such i: 1 / (a_i - b_i); else 0")
#define BLTC_COLUMNS(X)                                    \
    CONSTANT_STEP(X)                                       \
    X(is_signed, , 1, "signed comparison")                 \
    X(imm_sign, , 1, "the constant's sign; 0 if unsigned") \
    X(sign, , 1, "sign of a; 0 if unsigned")               \
    MX_LESS(X)

struct beqc_vars {
    BEQC_COLUMNS(AIR_EXPR)
};
struct beqc_cols {
    BEQC_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec beqc_columns[] = {BEQC_COLUMNS(AIR_SPEC)};
struct bltc_vars {
    BLTC_COLUMNS(AIR_EXPR)
};
struct bltc_cols {
    BLTC_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec bltc_columns[] = {BLTC_COLUMNS(AIR_SPEC)};

static void declare_beqc(struct mx_builder *m)
{
    struct beqc_vars r;
    struct air *t = air_table(m->b, "beqc", AIR_MAX_HEIGHT, 0);
    air_committed(t, beqc_columns, MX_COUNT(beqc_columns), &r);
    expr imm[4] = {r.imm[0], r.imm[1], r.imm[2], r.imm[2]};

    mx_fetch(
        t, m, MX_BEQC, r.pc,
        &(struct mx_fields){.inc = r.inc, .tgt = r.tgt, .ra = r.a_reg, .x = {r.negated, r.imm[0], r.imm[1], r.imm[2]}});
    mx_step(t, m, r.pc, r.ts, mx_branch(r.eq, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_equal(t, 4, r.eq, r.hint, r.a, imm);
}

static void declare_bltc(struct mx_builder *m)
{
    struct bltc_vars r;
    struct air *t = air_table(m->b, "bltc", AIR_MAX_HEIGHT, 0);
    air_committed(t, bltc_columns, MX_COUNT(bltc_columns), &r);
    const expr flags[3] = {r.negated, r.is_signed, r.imm_sign};
    expr imm[4] = {r.imm[0], r.imm[1], r.imm[2], r.imm[2]};

    for (unsigned i = 0; i < 3; i++) {
        assert_bool(flags[i]);
    }
    mx_fetch(t, m, MX_BLTC, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .tgt = r.tgt, .ra = r.a_reg, .x = {limbs(flags, 3, 1), r.imm[0], r.imm[1], r.imm[2]}});
    mx_step(t, m, r.pc, r.ts, mx_branch(r.less, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_sign(t, m, r.is_signed, r.a[3], r.sign);
    mx_less_than(t, m, r.less, r.at, r.a, imm, sub(r.sign, r.imm_sign));
}

static bool is_constant(uint64_t imm)
{
    return mx_limb(imm, 2) == mx_limb(imm, 3);
}

static bool takes_beqc(const struct vm_insn *insn)
{
    return (insn->op == VM_BEQI || insn->op == VM_BNEI) && is_constant(insn->imm);
}

static bool takes_bltc(const struct vm_insn *insn)
{
    return (insn->op == VM_BLTI || insn->op == VM_BGEI || insn->op == VM_BLTUI || insn->op == VM_BGEUI) &&
           is_constant(insn->imm);
}

static void encode_constant(struct mx_rom_row *row, const struct vm_insn *insn)
{
    for (unsigned i = 0; i < 3; i++) {
        row->x[1 + i] = mx_limb(insn->imm, i);
    }
}

static uint64_t constant_of(const struct mx_rom_row *row)
{
    const uint32_t *x = row->x;
    return x[1] | (uint64_t)x[2] << 16 | (uint64_t)x[3] << 32 | (uint64_t)x[3] << 48;
}

static void encode_beqc(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_BNEI;
    encode_constant(row, insn);
}

enum { NEGATED = 1, IS_SIGNED = 2, IMM_SIGN = 4 }; /* bltc's x0 */

static void encode_bltc(struct mx_rom_row *row, const struct vm_insn *insn)
{
    bool is_signed = insn->op == VM_BLTI || insn->op == VM_BGEI;
    row->x[0] = (insn->op == VM_BGEI || insn->op == VM_BGEUI ? NEGATED : 0) | (is_signed ? IS_SIGNED : 0) |
                (is_signed && insn->imm >> 63 != 0 ? IMM_SIGN : 0);
    encode_constant(row, insn);
}

static void fill_beqc(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct beqc_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = rom->x[0];
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        for (unsigned k = 0; k < 3; k++) {
            c.imm[k][i] = rom->x[1 + k];
        }
        c.eq[i] = mx_put_equal(c.hint, i, 4, rec->a, constant_of(rom));
    }
}

static void fill_bltc(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct bltc_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint32_t is_signed = (rom->x[0] & IS_SIGNED) != 0;
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = rom->x[0] & NEGATED;
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        for (unsigned k = 0; k < 3; k++) {
            c.imm[k][i] = rom->x[1 + k];
        }
        c.is_signed[i] = is_signed;
        c.imm_sign[i] = (rom->x[0] & IMM_SIGN) != 0;
        c.sign[i] = mx_put_sign(f, is_signed, rec->a);
        c.less[i] = mx_put_less_than(f, c.at, i, is_signed, rec->a, constant_of(rom));
    }
}

#define CONSTANT_USES (MX_USES_INC | MX_USES_TGT | MX_USES_RA)

const struct mx_class_def mx_class_beqc = {.name = "beqc",
                                           .class = MX_BEQC,
                                           .uses = CONSTANT_USES,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_beqc,
                                           .ops = MX_OPS(VM_BEQI, VM_BNEI),
                                           .takes = takes_beqc,
                                           .encode = encode_beqc,
                                           .fill = fill_beqc};
const struct mx_class_def mx_class_bltc = {.name = "bltc",
                                           .class = MX_BLTC,
                                           .uses = CONSTANT_USES,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_bltc,
                                           .ops = MX_OPS(VM_BLTI, VM_BGEI, VM_BLTUI, VM_BGEUI),
                                           .takes = takes_bltc,
                                           .encode = encode_bltc,
                                           .fill = fill_bltc};
