/* SPDX-License-Identifier: Apache-2.0 */
/* shift_right.c - a >> s, zeros or copies of the sign in: shr (count in a register), shri (immediate).
 *
 * n = 64 - s, so r = 8 - s mod 8 and 7 - floor(s / 8) whole bytes; the result is the high half of a 2^n, eight of y's bytes 1 to 8 and of those
 * above.  y = a 2^r (shift.h) from the top down: the ninth byte is the highest carry, each carry gives the next lower one, byte 0 is what remains:
 *
 *     carry_(i-1) = y_i + 2^16 carry_i - a_i 2^r,      byte 0 = a_0 2^r - 2^16 carry_0 - 2^8 byte 1
 *
 * Signed: with a sign-extended, all bits of y from 64 + r on are copies of the sign.  So `top`, the ninth byte, is carry_3 + sign (2^8 - 2^r), which
 * does not overlap since carry_3 < 2^r, and the bytes above are 255 sign.  For unsigned shifts sign is 0 (mx_sign). */
#include "machines/binary/shift.h"

#define SHIFT_RIGHT(X)                         \
    X(is_signed, , 1, "copies of the sign in") \
    X(sign, , 1, "a's, 0 if not signed")       \
    X(y, [7], 8, "bytes 1 to 7 of a 2^r")      \
    X(top, , 8, "byte 8, with the sign's bits above")
#define SHRI_COLUMNS(X) MX_STEP(X) MX_READ(X, a) MX_WRITE(X, d) SHIFT_DISTANCE(X) SHIFT_RIGHT(X)
#define SHR_COLUMNS(X) \
    MX_STEP(X) MX_READ(X, a) MX_READ(X, b) MX_WRITE(X, d) SHIFT_DISTANCE(X) SHIFT_RIGHT(X) SHIFT_BITS(X)

struct shri_vars {
    SHRI_COLUMNS(AIR_EXPR)
};
struct shri_cols {
    SHRI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shri_columns[] = {SHRI_COLUMNS(AIR_SPEC)};
struct shr_vars {
    SHR_COLUMNS(AIR_EXPR)
};
struct shr_cols {
    SHR_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shr_columns[] = {SHR_COLUMNS(AIR_SPEC)};
struct right_vars {
    SHIFT_RIGHT(AIR_EXPR)
};

static void shift_right(struct air *t, const struct mx_builder *m, const struct shift_distance *d, const expr a[4],
                        const struct right_vars *r, expr result[4])
{
    expr y[8] = {NULL}; /* y[1] ... y[7] */
    memcpy(y + 1, r->y, sizeof r->y);
    expr window[15], carry[4];
    mx_sign(t, m, r->is_signed, a[3], r->sign);
    carry[3] = sub(r->top, mul(r->sign, addk(neg(d->power), 256)));
    for (unsigned i = 3; i > 0; i--) {
        expr limb = add(y[2 * i], mulk(y[2 * i + 1], 256));
        carry[i - 1] = sub(add(limb, mulk(carry[i], 1 << 16)), mul(a[i], d->power));
    }
    expr byte0 = sub(mul(a[0], d->power), add(mulk(carry[0], 1 << 16), mulk(y[1], 256)));
    mx_bytes(t, m, byte0, y[1]);
    for (unsigned i = 1; i < 4; i++) {
        mx_bytes(t, m, y[2 * i], y[2 * i + 1]);
    }
    mx_bytes(t, m, carry[0], carry[1]);
    mx_bytes(t, m, carry[2], carry[3]);
    for (unsigned j = 0; j < 15; j++) {
        window[j] = j < 7 ? y[j + 1] : j == 7 ? r->top : mulk(r->sign, 0xff);
    }
    shift_window(result, d, window);
}

static void declare_shri(struct mx_builder *m)
{
    struct shri_vars r;
    struct air *t = air_table(m->b, "shri", AIR_MAX_HEIGHT, 0);
    air_committed(t, shri_columns, MX_COUNT(shri_columns), &r);
    struct shift_distance d = {r.power, r.byte, {r.limb[0], r.limb[1], r.limb[2]}};
    struct right_vars right = {.is_signed = r.is_signed, .sign = r.sign, .top = r.top};
    memcpy(right.y, r.y, sizeof right.y);
    expr result[4];

    mx_fetch(t, m, MX_SHRI, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .x = {r.power, r.byte, r.limb[0], r.limb[1], r.limb[2], r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    shift_right(t, m, &d, r.a, &right, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void declare_shr(struct mx_builder *m)
{
    struct shr_vars r;
    struct air *t = air_table(m->b, "shr", AIR_MAX_HEIGHT, 0);
    air_committed(t, shr_columns, MX_COUNT(shr_columns), &r);
    struct shift_distance d = {r.power, r.byte, {r.limb[0], r.limb[1], r.limb[2]}};
    struct right_vars right = {.is_signed = r.is_signed, .sign = r.sign, .top = r.top};
    memcpy(right.y, r.y, sizeof right.y);
    expr result[4], half_power;

    mx_fetch(t, m, MX_SHR, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg, .x = {r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    expr n = shift_prove_distance(r.bits, r.byte, r.limb, &half_power);
    assert_equal(r.power, mulk(half_power, 2));
    shift_prove_count(t, m, r.b[0], addk(neg(n), 63), 64);
    shift_right(t, m, &d, r.a, &right, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_shri(const struct vm_insn *insn)
{
    return insn->op == VM_SRLI || insn->op == VM_SRAI;
}

static bool takes_shr(const struct vm_insn *insn)
{
    return insn->op == VM_SRL || insn->op == VM_SRA;
}

static void encode_shri(struct mx_rom_row *row, const struct vm_insn *insn)
{
    shift_encode_distance(row, 63 - (insn->imm & 63), true);
    row->x[5] = insn->op == VM_SRAI;
}

static void encode_shr(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_SRA;
}

struct right_cells {
    uint32_t *is_signed, *sign, *const *y, *top;
};
static void put_right(struct mx_filler *f, const struct right_cells *c, size_t row, uint64_t a, unsigned r,
                      uint32_t is_signed)
{
    uint8_t y[9];
    shift_put_product(f, y, a, r, 4);
    for (unsigned j = 0; j < 7; j++) {
        c->y[j][row] = y[j + 1];
    }
    c->is_signed[row] = is_signed;
    c->sign[row] = mx_put_sign(f, is_signed, a);
    c->top[row] = y[8] + c->sign[row] * (256 - (1u << r));
}

static void fill_shri(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shri_cols c;
    memcpy(&c, columns, sizeof c);
    const struct right_cells right = {c.is_signed, c.sign, c.y, c.top};
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.power[i] = rom->x[0];
        c.byte[i] = rom->x[1];
        for (unsigned k = 0; k < 3; k++) {
            c.limb[k][i] = rom->x[2 + k];
        }
        put_right(f, &right, i, rec->a, (unsigned)__builtin_ctz(rom->x[0]), rom->x[5]);
    }
}

static void fill_shr(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shr_cols c;
    memcpy(&c, columns, sizeof c);
    const struct right_cells right = {c.is_signed, c.sign, c.y, c.top};
    const struct shift_distance_cells distance = {c.bits, c.byte, c.limb};
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        unsigned r = 8 - (rec->b & 7);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        shift_put_distance(f, &distance, i, rec->b, 63 - (rec->b & 63), 64);
        c.power[i] = 1u << r;
        put_right(f, &right, i, rec->a, r, rom->x[0]);
    }
}

const struct mx_class_def mx_class_shri = {.name = "shri",
                                           .class = MX_SHRI,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_shri,
                                           .ops = MX_OPS(VM_SRLI, VM_SRAI),
                                           .takes = takes_shri,
                                           .encode = encode_shri,
                                           .fill = fill_shri};
const struct mx_class_def mx_class_shr = {.name = "shr",
                                          .class = MX_SHR,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare_shr,
                                          .ops = MX_OPS(VM_SRL, VM_SRA),
                                          .takes = takes_shr,
                                          .encode = encode_shr,
                                          .fill = fill_shr};
