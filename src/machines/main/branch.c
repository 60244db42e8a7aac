/* SPDX-License-Identifier: Apache-2.0 */
/* branch.c - conditional branches: beq (two registers), beqi (register against VM_REG_ZERO), blt (orders).
 *
 * next pc = pc + inc + taken (tgt - pc - inc) with taken = condition xor Rom field "negated".
 * beq:  see mx_equal.
 * beqi: the sum of four limbs is below 2^18 and vanishes mod p only if all of them do: one hint.
 * blt:  see mx_less_than.  Limbs are bounded by their tokens. */
#include "machines/machine.h"

#define BRANCH_STEP(X)               \
    MX_STEP(X)                       \
    X(tgt, , 31, "pc of the target") \
    X(negated, , 1, "branch if the condition does not hold")
#define BEQ_COLUMNS(X)   \
    BRANCH_STEP(X)       \
    MX_READ(X, a)        \
    MX_READ(X, b)        \
    X(eq, , 1, "a == b") \
    X(hint, [4], 31, "a_i != b_i for the first such i: 1 / (a_i - b_i); else 0")
#define BEQI_COLUMNS(X)  \
    BRANCH_STEP(X)       \
    MX_READ(X, a)        \
    X(eq, , 1, "a == 0") \
    X(hint, , 31, "1 / (sum of limbs), or 0")
#define BLT_COLUMNS(X)                                 \
    BRANCH_STEP(X)                                     \
    X(is_signed, , 1, "signed comparison")             \
    MX_READ(X, a)                                      \
    MX_READ(X, b)                                      \
    X(sign, [2], 1, "signs of a and b; 0 if unsigned") \
    MX_LESS(X)

struct beq_vars {
    BEQ_COLUMNS(AIR_EXPR)
};
struct beq_cols {
    BEQ_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec beq_columns[] = {BEQ_COLUMNS(AIR_SPEC)};
struct beqi_vars {
    BEQI_COLUMNS(AIR_EXPR)
};
struct beqi_cols {
    BEQI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec beqi_columns[] = {BEQI_COLUMNS(AIR_SPEC)};
struct blt_vars {
    BLT_COLUMNS(AIR_EXPR)
};
struct blt_cols {
    BLT_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec blt_columns[] = {BLT_COLUMNS(AIR_SPEC)};

static void declare_beq(struct mx_builder *m)
{
    struct beq_vars r;
    struct air *t = air_table(m->b, "beq", AIR_MAX_HEIGHT, 0);
    air_committed(t, beq_columns, MX_COUNT(beq_columns), &r);

    mx_fetch(t, m, MX_BEQ, r.pc,
             &(struct mx_fields){.inc = r.inc, .tgt = r.tgt, .ra = r.a_reg, .rb = r.b_reg, .x = {r.negated}});
    mx_step(t, m, r.pc, r.ts, mx_branch(r.eq, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_equal(t, 4, r.eq, r.hint, r.a, r.b);
}

static void declare_beqi(struct mx_builder *m)
{
    struct beqi_vars r;
    struct air *t = air_table(m->b, "beqi", AIR_MAX_HEIGHT, 0);
    air_committed(t, beqi_columns, MX_COUNT(beqi_columns), &r);
    expr total = sum(r.a, 4);

    mx_fetch(t, m, MX_BEQI, r.pc, &(struct mx_fields){.inc = r.inc, .tgt = r.tgt, .ra = r.a_reg, .x = {r.negated}});
    mx_step(t, m, r.pc, r.ts, mx_branch(r.eq, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    assert_bool(r.eq);
    assert_zero(when(r.eq, total));
    assert_equal(mul(r.hint, total), sub(constant(t, 1), r.eq));
}

static void declare_blt(struct mx_builder *m)
{
    struct blt_vars r;
    struct air *t = air_table(m->b, "blt", AIR_MAX_HEIGHT, 0);
    air_committed(t, blt_columns, MX_COUNT(blt_columns), &r);

    mx_fetch(
        t, m, MX_BLT, r.pc,
        &(struct mx_fields){.inc = r.inc, .tgt = r.tgt, .ra = r.a_reg, .rb = r.b_reg, .x = {r.negated, r.is_signed}});
    mx_step(t, m, r.pc, r.ts, mx_branch(r.less, r.negated, r.pc, r.inc, r.tgt));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_sign(t, m, r.is_signed, r.a[3], r.sign[0]);
    mx_sign(t, m, r.is_signed, r.b[3], r.sign[1]);
    mx_less_than(t, m, r.less, r.at, r.a, r.b, sub(r.sign[0], r.sign[1]));
}

static bool takes_beq(const struct vm_insn *insn)
{
    return (insn->op == VM_BEQ || insn->op == VM_BNE) && insn->rb != VM_REG_ZERO;
}

static bool takes_beqi(const struct vm_insn *insn)
{
    return (insn->op == VM_BEQ || insn->op == VM_BNE) && insn->rb == VM_REG_ZERO;
}

static bool takes_blt(const struct vm_insn *insn)
{
    return insn->op == VM_BLT || insn->op == VM_BGE || insn->op == VM_BLTU || insn->op == VM_BGEU;
}

static void encode_equal(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_BNE;
}

static void encode_less(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_BGE || insn->op == VM_BGEU;
    row->x[1] = insn->op == VM_BLT || insn->op == VM_BGE;
}

static void fill_beq(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct beq_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = rom->x[0];
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        c.eq[i] = mx_put_equal(c.hint, i, 4, rec->a, rec->b);
    }
}

static void fill_beqi(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct beqi_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = rom->x[0];
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        uint64_t a = rec->a;
        c.eq[i] = a == 0;
        c.hint[i] = a == 0 ? 0 : mx_inverse((int64_t)mx_limb(a, 0) + mx_limb(a, 1) + mx_limb(a, 2) + mx_limb(a, 3));
    }
}

static void fill_blt(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct blt_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        c.negated[i] = rom->x[0];
        c.is_signed[i] = rom->x[1];
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        c.sign[0][i] = mx_put_sign(f, rom->x[1], rec->a);
        c.sign[1][i] = mx_put_sign(f, rom->x[1], rec->b);
        c.less[i] = mx_put_less_than(f, c.at, i, rom->x[1], rec->a, rec->b);
    }
}

#define BRANCH_USES (MX_USES_INC | MX_USES_TGT | MX_USES_RA | MX_USES_RB)

const struct mx_class_def mx_class_beq = {.name = "beq",
                                          .class = MX_BEQ,
                                          .uses = BRANCH_USES,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare_beq,
                                          .ops = MX_OPS(VM_BEQ, VM_BNE),
                                          .takes = takes_beq,
                                          .encode = encode_equal,
                                          .fill = fill_beq};
/* rb is not read: its Rom field is 0 */
const struct mx_class_def mx_class_beqi = {.name = "beqi",
                                           .class = MX_BEQI,
                                           .uses = BRANCH_USES & ~(unsigned)MX_USES_RB,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_beqi,
                                           .ops = MX_OPS(VM_BEQ, VM_BNE),
                                           .takes = takes_beqi,
                                           .encode = encode_equal,
                                           .fill = fill_beqi};
const struct mx_class_def mx_class_blt = {.name = "blt",
                                          .class = MX_BLT,
                                          .uses = BRANCH_USES,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare_blt,
                                          .ops = MX_OPS(VM_BLT, VM_BGE, VM_BLTU, VM_BGEU),
                                          .takes = takes_blt,
                                          .encode = encode_less,
                                          .fill = fill_blt};
