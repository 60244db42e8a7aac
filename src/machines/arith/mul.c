/* SPDX-License-Identifier: Apache-2.0 */
/* mul.c - the low half of a product: mul (64 bits), mulw (32 bits, extended by sign or zeros).  b is a register or an immediate.
 *
 * The argument is arith.h's, for the limbs that are kept; the last carry is dropped, but must be a carry. */
#include "machines/arith/arith.h"

#define MUL_COLUMNS(X)                         \
    MX_STEP(X)                                 \
    MX_READ(X, a)                              \
    MX_OPERAND(X, b)                           \
    MX_WRITE(X, d)                             \
    X(a_low, [4], 8, "low bytes of a's limbs") \
    X(b_low, [4], 8, "low bytes of b's limbs") \
    X(c, [4], 16, "product")
#define MULW_COLUMNS(X)                             \
    MX_STEP(X)                                      \
    MX_READ(X, a)                                   \
    MX_OPERAND(X, b)                                \
    MX_WRITE(X, d)                                  \
    X(a_low, [2], 8, "low bytes of a's limbs 0, 1") \
    X(b_low, [2], 8, "low bytes of b's limbs 0, 1") \
    X(c, [2], 16, "product")                        \
    X(extends, , 1, "1: by the sign, 0: by zeros")  \
    X(sign, , 1, "bit 31 of the product; 0 if extended by zeros")

struct mul_vars {
    MUL_COLUMNS(AIR_EXPR)
};
struct mul_cols {
    MUL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec mul_columns[] = {MUL_COLUMNS(AIR_SPEC)};
struct mulw_vars {
    MULW_COLUMNS(AIR_EXPR)
};
struct mulw_cols {
    MULW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec mulw_columns[] = {MULW_COLUMNS(AIR_SPEC)};

/* c = the lowest n limbs of a b */
static void product(struct air *t, const struct mx_builder *m, unsigned n, const expr *a, const expr *b,
                    const expr *a_low, const expr *b_low, const expr *c)
{
    expr x[8], y[8], carry = NULL;
    mx_bytes_of(t, m, n, x, a, a_low);
    mx_bytes_of(t, m, n, y, b, b_low);
    for (unsigned k = 0; k < n; k++) {
        expr total = arith_limb(2 * n, x, y, k);
        carry = arith_carry(k == 0 ? total : add(total, carry), c[k]);
        mx_range16(t, m, c[k]);
        mx_range12(t, m, carry);
    }
}

static void declare_mul(struct mx_builder *m)
{
    struct mul_vars r;
    struct air *t = air_table(m->b, "mul", AIR_MAX_HEIGHT, 0);
    air_committed(t, mul_columns, MX_COUNT(mul_columns), &r);
    expr imm[4];

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    mx_fetch(t, m, MX_MUL, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {r.b_is_reg, imm[0], imm[1], imm[2], imm[3]}});
    product(t, m, 4, r.a, r.b, r.a_low, r.b_low, r.c);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.c);
}

static void declare_mulw(struct mx_builder *m)
{
    struct mulw_vars r;
    struct air *t = air_table(m->b, "mulw", AIR_MAX_HEIGHT, 0);
    air_committed(t, mulw_columns, MX_COUNT(mulw_columns), &r);
    expr imm[4], high = mulk(r.sign, 0xffff), result[4] = {r.c[0], r.c[1], high, high};

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    assert_bool(r.extends);
    mx_fetch(t, m, MX_MULW, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {add(r.b_is_reg, mulk(r.extends, 2)), imm[0], imm[1], imm[2], imm[3]}});
    product(t, m, 2, r.a, r.b, r.a_low, r.b_low, r.c);
    mx_sign(t, m, r.extends, r.c[1], r.sign);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_mul(const struct vm_insn *insn)
{
    return insn->op == VM_MUL || insn->op == VM_MULI;
}

static bool takes_mulw(const struct vm_insn *insn)
{
    return insn->op == VM_MULW || insn->op == VM_MULIW || insn->op == VM_MULWZ || insn->op == VM_MULIWZ;
}

static void encode_mul(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mx_encode_operand(row, insn, insn->op == VM_MUL);
}

static void encode_mulw(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_MULW || insn->op == VM_MULIW ? 2 : 0;
    mx_encode_operand(row, insn, insn->op == VM_MULW || insn->op == VM_MULWZ);
}

static void put_product(struct mx_filler *f, uint32_t *const *c, size_t row, unsigned n, uint64_t a, uint64_t b)
{
    int64_t total = 0;
    for (unsigned k = 0; k < n; k++) {
        total += arith_limb_value(a, b, k);
        c[k][row] = (uint32_t)total & 0xffff;
        mx_count_range16(f, c[k][row]);
        total >>= 16;
        mx_count_range12(f, (uint32_t)total);
    }
}

static void fill_mul(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct mul_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t b = mx_operand(rom, rec->b);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        mx_put_bytes(f, c.a_low, i, 4, rec->a);
        mx_put_bytes(f, c.b_low, i, 4, b);
        put_product(f, c.c, i, 4, rec->a, b);
    }
}

static void fill_mulw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct mulw_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t b = mx_operand(rom, rec->b);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        mx_put_bytes(f, c.a_low, i, 2, rec->a);
        mx_put_bytes(f, c.b_low, i, 2, b);
        put_product(f, c.c, i, 2, rec->a, b);
        c.extends[i] = rom->x[0] >> 1;
        c.sign[i] = mx_put_sign(f, c.extends[i], (uint64_t)c.c[1][i] << 48);
    }
}

#define MUL_USES (MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB)

const struct mx_class_def mx_class_mul = {.name = "mul",
                                          .class = MX_MUL,
                                          .uses = MUL_USES,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare_mul,
                                          .ops = MX_OPS(VM_MUL, VM_MULI),
                                          .takes = takes_mul,
                                          .encode = encode_mul,
                                          .fill = fill_mul};
const struct mx_class_def mx_class_mulw = {.name = "mulw",
                                           .class = MX_MULW,
                                           .uses = MUL_USES,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_mulw,
                                           .ops = MX_OPS(VM_MULW, VM_MULIW, VM_MULWZ, VM_MULIWZ),
                                           .takes = takes_mulw,
                                           .encode = encode_mulw,
                                           .fill = fill_mulw};
