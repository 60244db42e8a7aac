/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - rd = (a < b), signed or not: compare (two registers: slt, sltu) and comparei (immediate: slti, sltiu).
 *
 * mx_less_than is the argument.  The immediate's sign is known to setup: Rom field x3 is its sign if the comparison is signed, else 0.
 * The word written is (less, 0, 0, 0), a bit. */
#include "machines/machine.h"

#define COMPARE_COLUMNS(X)                             \
    MX_STEP(X)                                         \
    MX_READ(X, a)                                      \
    MX_READ(X, b)                                      \
    MX_WRITE(X, d)                                     \
    X(is_signed, , 1, "signed comparison")             \
    X(sign, [2], 1, "signs of a and b; 0 if unsigned") \
    MX_LESS(X)
#define COMPAREI_COLUMNS(X)                                 \
    MX_STEP(X)                                              \
    MX_READ(X, a)                                           \
    MX_WRITE(X, d)                                          \
    X(imm, [2], 16, "immediate: low limb, the others")      \
    X(is_signed, , 1, "signed comparison")                  \
    X(imm_sign, , 1, "the immediate's sign; 0 if unsigned") \
    X(sign, , 1, "sign of a; 0 if unsigned")                \
    MX_LESS(X)

struct compare_vars {
    COMPARE_COLUMNS(AIR_EXPR)
};
struct compare_cols {
    COMPARE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec compare_columns[] = {COMPARE_COLUMNS(AIR_SPEC)};
struct comparei_vars {
    COMPAREI_COLUMNS(AIR_EXPR)
};
struct comparei_cols {
    COMPAREI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec comparei_columns[] = {COMPAREI_COLUMNS(AIR_SPEC)};

static void declare_compare(struct mx_builder *m)
{
    struct compare_vars r;
    struct air *t = air_table(m->b, "compare", AIR_MAX_HEIGHT, 0);
    air_committed(t, compare_columns, MX_COUNT(compare_columns), &r);
    expr zero = constant(t, 0), result[4] = {r.less, zero, zero, zero};

    mx_fetch(t, m, MX_COMPARE, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg, .x = {r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_sign(t, m, r.is_signed, r.a[3], r.sign[0]);
    mx_sign(t, m, r.is_signed, r.b[3], r.sign[1]);
    mx_less_than(t, m, r.less, r.at, r.a, r.b, sub(r.sign[0], r.sign[1]));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void declare_comparei(struct mx_builder *m)
{
    struct comparei_vars r;
    struct air *t = air_table(m->b, "comparei", AIR_MAX_HEIGHT, 0);
    air_committed(t, comparei_columns, MX_COUNT(comparei_columns), &r);
    expr zero = constant(t, 0), result[4] = {r.less, zero, zero, zero};
    expr imm[4] = {r.imm[0], r.imm[1], r.imm[1], r.imm[1]};

    mx_fetch(t, m, MX_COMPAREI, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1], r.is_signed, r.imm_sign}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_sign(t, m, r.is_signed, r.a[3], r.sign);
    mx_less_than(t, m, r.less, r.at, r.a, imm, sub(r.sign, r.imm_sign));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_compare(const struct vm_insn *insn)
{
    return insn->op == VM_SLT || insn->op == VM_SLTU;
}

static bool takes_comparei(const struct vm_insn *insn)
{
    return (insn->op == VM_SLTI || insn->op == VM_SLTIU) && mx_short_immediate(insn->imm);
}

static void encode_compare(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_SLT;
}

static void encode_comparei(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mx_encode_immediate(row, insn);
    row->x[2] = insn->op == VM_SLTI;
    row->x[3] = insn->op == VM_SLTI && insn->imm >> 63 != 0;
}

static void fill_compare(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct compare_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.is_signed[i] = rom->x[0];
        c.sign[0][i] = mx_put_sign(f, rom->x[0], rec->a);
        c.sign[1][i] = mx_put_sign(f, rom->x[0], rec->b);
        c.less[i] = mx_put_less_than(f, c.at, i, rom->x[0], rec->a, rec->b);
    }
}

static void fill_comparei(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct comparei_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.imm[0][i] = rom->x[0];
        c.imm[1][i] = rom->x[1];
        c.is_signed[i] = rom->x[2];
        c.imm_sign[i] = rom->x[3];
        c.sign[i] = mx_put_sign(f, rom->x[2], rec->a);
        c.less[i] = mx_put_less_than(f, c.at, i, rom->x[2], rec->a, mx_immediate(rom));
    }
}

const struct mx_class_def mx_class_compare = {.name = "compare",
                                              .class = MX_COMPARE,
                                              .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                              .record_bytes = sizeof(struct mx_record),
                                              .declare = declare_compare,
                                              .ops = MX_OPS(VM_SLT, VM_SLTU),
                                              .takes = takes_compare,
                                              .encode = encode_compare,
                                              .fill = fill_compare};
const struct mx_class_def mx_class_comparei = {.name = "comparei",
                                               .class = MX_COMPAREI,
                                               .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                               .record_bytes = sizeof(struct mx_record),
                                               .declare = declare_comparei,
                                               .ops = MX_OPS(VM_SLTI, VM_SLTIU),
                                               .takes = takes_comparei,
                                               .encode = encode_comparei,
                                               .fill = fill_comparei};
