/* SPDX-License-Identifier: Apache-2.0 */
/* branch_word.c - conditional branches on the low halves of two operands: beqw (equality), bltw (order); and on their common bits, of 32 or 64: bset.
 * The second operand is a register or an immediate.
 *
 * beqw, bltw: the arguments of beq and blt in branch.c, for limbs 0 and 1.
 * bset: the bytes of a & b, looked up, have a sum below 2^11, which is 0 only if all of them are. */
#include "machines/machine.h"

#define WORD_STEP(X)                                         \
    MX_STEP(X)                                               \
    X(tgt, , 31, "pc of the target")                         \
    X(negated, , 1, "branch if the condition does not hold") \
    MX_READ(X, a)                                            \
    MX_OPERAND(X, b)
#define BEQW_COLUMNS(X)                    \
    WORD_STEP(X)                           \
    X(eq, , 1, "the low halves are equal") \
    X(hint, [2], 31, "a_i != b_i for the first such i: 1 / (a_i - b_i); else 0")
#define BLTW_COLUMNS(X)                                   \
    WORD_STEP(X)                                          \
    X(is_signed, , 1, "signed comparison")                \
    X(sign, [2], 1, "signs of the halves; 0 if unsigned") \
    X(at, [1], 1, "they first differ in limb 1")          \
    X(less, , 1, "a < b")
#define BSET_COLUMNS(X)                        \
    MX_STEP(X)                                 \
    X(tgt, , 31, "pc of the target")           \
    MX_READ(X, a)                              \
    MX_OPERAND(X, b)                           \
    X(word, , 1, "32 bits")                    \
    X(a_low, [4], 8, "low bytes of a's limbs") \
    X(b_low, [4], 8, "low bytes of b's limbs") \
    X(both, [8], 8, "bytes of a & b")          \
    X(none, , 1, "no common bit")              \
    X(hint, , 31, "1 / (sum of bytes), or 0")

struct beqw_vars {
    BEQW_COLUMNS(AIR_EXPR)
};
struct beqw_cols {
    BEQW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec beqw_columns[] = {BEQW_COLUMNS(AIR_SPEC)};
struct bltw_vars {
    BLTW_COLUMNS(AIR_EXPR)
};
struct bltw_cols {
    BLTW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec bltw_columns[] = {BLTW_COLUMNS(AIR_SPEC)};
struct bset_vars {
    BSET_COLUMNS(AIR_EXPR)
};
struct bset_cols {
    BSET_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec bset_columns[] = {BSET_COLUMNS(AIR_SPEC)};

static void declare_beqw(struct mx_builder *m)
{
    struct beqw_vars r;
    struct air *t = air_table(m->b, "beqw", AIR_MAX_HEIGHT, 0);
    air_committed(t, beqw_columns, MX_COUNT(beqw_columns), &r);
    const expr flags[2] = {r.b_is_reg, r.negated};
    expr imm[4];

    mx_step(t, m, r.pc, r.ts, mx_branch(r.eq, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    assert_bool(r.negated);
    mx_fetch(t, m, MX_BEQW, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .tgt = r.tgt,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 2, 1), imm[0], imm[1], imm[2], imm[3]}});
    mx_equal(t, 2, r.eq, r.hint, r.a, r.b);
}

static void declare_bltw(struct mx_builder *m)
{
    struct bltw_vars r;
    struct air *t = air_table(m->b, "bltw", AIR_MAX_HEIGHT, 0);
    air_committed(t, bltw_columns, MX_COUNT(bltw_columns), &r);
    const expr flags[3] = {r.b_is_reg, r.negated, r.is_signed};
    expr imm[4];

    mx_step(t, m, r.pc, r.ts, mx_branch(r.less, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    assert_bool(r.negated);
    assert_bool(r.is_signed);
    mx_fetch(t, m, MX_BLTW, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .tgt = r.tgt,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 3, 1), imm[0], imm[1], imm[2], imm[3]}});
    mx_sign(t, m, r.is_signed, r.a[1], r.sign[0]);
    mx_sign(t, m, r.is_signed, r.b[1], r.sign[1]);
    mx_less_than_n(t, m, 2, r.less, r.at, r.a, r.b, sub(r.sign[0], r.sign[1]));
}

static void declare_bset(struct mx_builder *m)
{
    struct bset_vars r;
    struct air *t = air_table(m->b, "bset", AIR_MAX_HEIGHT, 0);
    air_committed(t, bset_columns, MX_COUNT(bset_columns), &r);
    const expr flags[2] = {r.b_is_reg, r.word};
    expr imm[4], is_long = addk(neg(r.word), 1), total = add(sum(r.both, 4), mul(is_long, sum(r.both + 4, 4)));

    mx_step(t, m, r.pc, r.ts, select_expr(r.none, add(r.pc, r.inc), r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    assert_bool(r.word);
    mx_fetch(t, m, MX_BSET, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .tgt = r.tgt,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 2, 1), imm[0], imm[1], imm[2], imm[3]}});
    mx_and(t, m, 4, r.a, r.b, r.a_low, r.b_low, r.both);
    assert_bool(r.none);
    assert_zero(when(r.none, total));
    assert_equal(mul(r.hint, total), addk(neg(r.none), 1));
}

enum { IS_REG = 1, NEGATED = 2, IS_SIGNED = 4, WORD = 2 /* bset's */, OURS = 8 }; /* x0, but for OURS */

static uint32_t beqw_flags(const struct vm_insn *insn)
{
    static const uint8_t flags[VM_OPS] = {
        [VM_BEQW] = OURS | IS_REG, [VM_BNEW] = OURS | IS_REG | NEGATED, [VM_BEQIW] = OURS, [VM_BNEIW] = OURS | NEGATED};
    return flags[insn->op];
}

static uint32_t bltw_flags(const struct vm_insn *insn)
{
    static const uint8_t flags[VM_OPS] = {
        [VM_BLTW] = OURS | IS_REG | IS_SIGNED,
        [VM_BGEW] = OURS | IS_REG | IS_SIGNED | NEGATED,
        [VM_BLTUW] = OURS | IS_REG,
        [VM_BGEUW] = OURS | IS_REG | NEGATED,
        [VM_BLTIW] = OURS | IS_SIGNED,
        [VM_BGEIW] = OURS | IS_SIGNED | NEGATED,
        [VM_BLTUIW] = OURS,
        [VM_BGEUIW] = OURS | NEGATED,
    };
    return flags[insn->op];
}

static uint32_t bset_flags(const struct vm_insn *insn)
{
    static const uint8_t flags[VM_OPS] = {
        [VM_BSET] = OURS | IS_REG, [VM_BSETW] = OURS | IS_REG | WORD, [VM_BSETI] = OURS};
    return flags[insn->op];
}

static bool takes_beqw(const struct vm_insn *insn)
{
    return beqw_flags(insn) != 0;
}

static bool takes_bltw(const struct vm_insn *insn)
{
    return bltw_flags(insn) != 0;
}

static bool takes_bset(const struct vm_insn *insn)
{
    return bset_flags(insn) != 0;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = (beqw_flags(insn) | bltw_flags(insn) | bset_flags(insn)) & ~(uint32_t)OURS; /* one is not 0 */
    mx_encode_operand(row, insn, (row->x[0] & IS_REG) != 0);
}

static void fill_beqw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct beqw_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t b = mx_operand(rom, rec->b);
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = (rom->x[0] & NEGATED) != 0;
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        c.eq[i] = mx_put_equal(c.hint, i, 2, rec->a, b);
    }
}

static void fill_bltw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct bltw_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t b = mx_operand(rom, rec->b);
        uint32_t is_signed = (rom->x[0] & IS_SIGNED) != 0;
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = (rom->x[0] & NEGATED) != 0;
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        c.is_signed[i] = is_signed;
        c.sign[0][i] = mx_put_sign(f, is_signed, rec->a << 32);
        c.sign[1][i] = mx_put_sign(f, is_signed, b << 32);
        c.less[i] = mx_put_less_than_n(f, 2, c.at, i, is_signed, rec->a, b);
    }
}

static void fill_bset(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct bset_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t b = mx_operand(rom, rec->b);
        uint32_t word = (rom->x[0] & WORD) != 0, total = 0;
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        c.word[i] = word;
        mx_put_and(f, c.a_low, c.b_low, c.both, i, 4, rec->a, b);
        for (unsigned k = 0; k < (word ? 4u : 8u); k++) {
            total += c.both[k][i];
        }
        c.none[i] = total == 0;
        c.hint[i] = total == 0 ? 0 : mx_inverse(total);
    }
}

#define WORD_USES (MX_USES_INC | MX_USES_TGT | MX_USES_RA | MX_USES_RB)

const struct mx_class_def mx_class_beqw = {.name = "beqw",
                                           .class = MX_BEQW,
                                           .uses = WORD_USES,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_beqw,
                                           .ops = MX_OPS(VM_BEQW, VM_BNEW, VM_BEQIW, VM_BNEIW),
                                           .takes = takes_beqw,
                                           .encode = encode,
                                           .fill = fill_beqw};
const struct mx_class_def mx_class_bltw = {
    .name = "bltw",
    .class = MX_BLTW,
    .uses = WORD_USES,
    .record_bytes = sizeof(struct mx_record),
    .declare = declare_bltw,
    .ops = MX_OPS(VM_BLTW, VM_BGEW, VM_BLTUW, VM_BGEUW, VM_BLTIW, VM_BGEIW, VM_BLTUIW, VM_BGEUIW),
    .takes = takes_bltw,
    .encode = encode,
    .fill = fill_bltw};
const struct mx_class_def mx_class_bset = {.name = "bset",
                                           .class = MX_BSET,
                                           .uses = WORD_USES,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_bset,
                                           .ops = MX_OPS(VM_BSET, VM_BSETI, VM_BSETW),
                                           .takes = takes_bset,
                                           .encode = encode,
                                           .fill = fill_bset};
