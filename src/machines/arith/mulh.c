/* SPDX-License-Identifier: Apache-2.0 */
/* mulh.c - the high half of a product, each operand signed or not.  b is a register or an immediate.
 *
 * With signs s_a, s_b (0 where unsigned) the operands are a - 2^64 s_a and b - 2^64 s_b, and the product mod 2^128 is a b - 2^64 (s_a b + s_b a).  So
 * limbs 4 to 7 of arith.h's chain have the extra terms - s_a b_k - s_b a_k.  There a carry may be negative, but not below -3: it is looked
 * up with BIAS added, and both sides stay between -2^20 and 2^29.
 *
 * The last carry is that of a value between -2^128 and 2^128 whose low 128 bits are the product: 0 or -1, a bit instead of a lookup.
 * (s_a = s_b = 0: the product is below 2^128.  One sign: it is the product, negative unless it is 0.  Both: the product, at least 0, minus 2^128.) */
#include "machines/arith/arith.h"

#define BIAS 8

#define MULH_COLUMNS(X)                             \
    MX_STEP(X)                                      \
    MX_READ(X, a)                                   \
    MX_OPERAND(X, b)                                \
    MX_WRITE(X, d)                                  \
    X(is_signed, [2], 1, "a, b are signed")         \
    X(sign, [2], 1, "signs of a, b; 0 if unsigned") \
    X(a_low, [4], 8, "low bytes of a's limbs")      \
    X(b_low, [4], 8, "low bytes of b's limbs")      \
    X(low, [4], 16, "low half of the product")      \
    X(high, [4], 16, "high half")                   \
    X(below, , 1, "the last carry is -1")

struct mulh_vars {
    MULH_COLUMNS(AIR_EXPR)
};
struct mulh_cols {
    MULH_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec mulh_columns[] = {MULH_COLUMNS(AIR_SPEC)};

/* A byte and, if signed, twice its low seven bits are bytes: that leaves one sign. */
static expr seven_bits(expr top, expr is_signed, expr sign)
{
    return sub(add(top, mul(is_signed, top)), mulk(sign, 256));
}

static void declare(struct mx_builder *m)
{
    struct mulh_vars r;
    struct air *t = air_table(m->b, "mulh", AIR_MAX_HEIGHT, 0);
    air_committed(t, mulh_columns, MX_COUNT(mulh_columns), &r);
    expr imm[4], x[8], y[8], carry = NULL;

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    assert_bool(r.is_signed[0]);
    assert_bool(r.is_signed[1]);
    mx_fetch(t, m, MX_MULH, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {add(r.b_is_reg, add(mulk(r.is_signed[0], 2), mulk(r.is_signed[1], 4))), imm[0],
                                       imm[1], imm[2], imm[3]}});
    mx_bytes_of(t, m, 4, x, r.a, r.a_low);
    mx_bytes_of(t, m, 4, y, r.b, r.b_low);
    assert_bool(r.sign[0]);
    assert_bool(r.sign[1]);
    mx_bytes(t, m, seven_bits(x[7], r.is_signed[0], r.sign[0]), seven_bits(y[7], r.is_signed[1], r.sign[1]));

    for (unsigned k = 0; k < 8; k++) {
        expr total = arith_limb(8, x, y, k), limb = k < 4 ? r.low[k] : r.high[k - 4];
        total = k == 0 ? total : add(total, carry);
        if (k >= 4) {
            total = sub(total, add(mul(r.sign[0], r.b[k - 4]), mul(r.sign[1], r.a[k - 4])));
        }
        carry = arith_carry(total, limb);
        mx_range16(t, m, limb);
        if (k < 7) {
            mx_range12(t, m, k < 4 ? carry : addk(carry, BIAS));
        }
    }
    assert_bool(r.below);
    assert_equal(carry, neg(r.below));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.high);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_MULH || insn->op == VM_MULHU || insn->op == VM_MULHSU || insn->op == VM_MULHI ||
           insn->op == VM_MULHUI;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    bool is_reg = insn->op != VM_MULHI && insn->op != VM_MULHUI;
    row->x[0] = insn->op == VM_MULH || insn->op == VM_MULHI ? 6 : insn->op == VM_MULHSU ? 2 : 0;
    mx_encode_operand(row, insn, is_reg);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct mulh_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        const uint64_t value[2] = {rec->a, mx_operand(rom, rec->b)};
        uint32_t sign[2], top[2];
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, value[0], rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, value[1], rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        mx_put_bytes(f, c.a_low, i, 4, value[0]);
        mx_put_bytes(f, c.b_low, i, 4, value[1]);
        for (unsigned k = 0; k < 2; k++) {
            uint32_t is_signed = rom->x[0] >> (1 + k) & 1;
            sign[k] = is_signed & (uint32_t)(value[k] >> 63);
            top[k] = (uint32_t)(value[k] >> 56 << is_signed); /* mx_count_bytes drops the sign */
            c.is_signed[k][i] = is_signed;
            c.sign[k][i] = sign[k];
        }
        mx_count_bytes(f, top[0], top[1]);
        int64_t total = 0;
        for (unsigned k = 0; k < 8; k++) {
            total += arith_limb_value(value[0], value[1], k);
            if (k >= 4) {
                total -= (int64_t)sign[0] * mx_limb(value[1], k - 4) + (int64_t)sign[1] * mx_limb(value[0], k - 4);
            }
            uint32_t limb = (uint32_t)(total & 0xffff);
            *(k < 4 ? &c.low[k][i] : &c.high[k - 4][i]) = limb;
            mx_count_range16(f, limb);
            total = (total - limb) / 65536;
            if (k < 7) {
                mx_count_range12(f, (uint32_t)(total + (k < 4 ? 0 : BIAS)));
            }
        }
        c.below[i] = (uint32_t)-total;
    }
}

const struct mx_class_def mx_class_mulh = {.name = "mulh",
                                           .class = MX_MULH,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_MULH, VM_MULHU, VM_MULHSU, VM_MULHI, VM_MULHUI),
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
