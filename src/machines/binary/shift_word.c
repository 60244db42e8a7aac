/* SPDX-License-Identifier: Apache-2.0 */
/* shift_word.c - 32-bit shifts, left and right in one table, being rare: shiftiw (immediate count, result extended by its sign); shiftw (count in a register, or an immediate, and
 * either extension).
 *
 * As shift_left.c and shift_right.c, for limbs 0 and 1 of a and n = 32 - s for right shifts; y = a 2^r has five bytes.  Which window of y,
 * filled how, depends on `right`; the byte distance 0 to 3 is one-hot.
 *
 * Signs: `sign` is a's bit 31 for sra, otherwise 0: it fills from the left.  The high limbs of the result are copies of its bit 31, or 0.
 * shiftiw has one cell for both: sra's sign is the result's; srl by 0 is encoded as sra by 0, and by more it has sign 0; sll fills nothing. */
#include "machines/binary/shift.h"

#define SHIFT_WORD(X)                                 \
    X(right, , 1, "")                                 \
    X(is_signed, , 1, "right, copies of the sign in") \
    X(power, , 9, "2^r; shiftw, right: 2^(r - 1)")    \
    X(byte, [3], 1, "whole bytes: 1, 2, 3 (one-hot)") \
    X(y, [4], 8, "bytes 0 to 3 of a 2^r")             \
    X(top, , 8, "byte 4, with the sign's bits above")
#define SHIFTIW_COLUMNS(X) MX_STEP(X) MX_READ(X, a) MX_WRITE(X, d) SHIFT_WORD(X) X(sign, , 1, "of the result")
#define SHIFTW_SIGNS(X)                                            \
    X(sign, , 1, "a's, 0 if not signed")                           \
    X(extends, , 1, "1: result extended by its sign, 0: by zeros") \
    X(result_sign, , 1, "of the result")
#define SHIFTW_COLUMNS(X) \
    MX_STEP(X) MX_READ(X, a) MX_OPERAND(X, b) MX_WRITE(X, d) SHIFT_WORD(X) SHIFT_BITS(X) SHIFTW_SIGNS(X)

enum { IS_REG = 1, RIGHT = 2, IS_SIGNED = 4, EXTENDS = 8, OURS = 16 }; /* shiftw's x0, but for OURS */

struct shiftiw_vars {
    SHIFTIW_COLUMNS(AIR_EXPR)
};
struct shiftiw_cols {
    SHIFTIW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shiftiw_columns[] = {SHIFTIW_COLUMNS(AIR_SPEC)};
struct shiftw_vars {
    SHIFTW_COLUMNS(AIR_EXPR)
};
struct shiftw_cols {
    SHIFTW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shiftw_columns[] = {SHIFTW_COLUMNS(AIR_SPEC)};
struct word_vars {
    SHIFT_WORD(AIR_EXPR)
};
struct word_cols {
    SHIFT_WORD(AIR_CELLS)
};

/* Two limbs of the window of 7 bytes that holds y at distance 0: window[3 + j] is byte j then. */
static void word_window(expr out[2], const expr byte[3], const expr window[7])
{
    expr byte0 = addk(neg(sum(byte, 3)), 1);
    for (unsigned i = 0; i < 2; i++) {
        expr total = NULL;
        for (unsigned k = 0; k < 4; k++) {
            const expr *w = window + 3 + 2 * i - k;
            expr part = mul(k == 0 ? byte0 : byte[k - 1], add(w[0], mulk(w[1], 256)));
            total = k == 0 ? part : add(total, part);
        }
        out[i] = total;
    }
}

/* power = 2^r; fill = sign where it fills (right only: it need not be 0 for left shifts); left = the result's limbs as a left shift */
static void shift_word(struct air *t, const struct mx_builder *m, const struct word_vars *r, expr power,
                       const expr a[4], expr fill, expr left[2], expr result[2])
{
    expr carry1 = sub(r->top, mul(fill, addk(neg(power), 256)));
    expr y0 = add(r->y[0], mulk(r->y[1], 256)), y1 = add(r->y[2], mulk(r->y[3], 256));
    expr carry0 = sub(add(y1, mulk(carry1, 1 << 16)), mul(a[1], power));
    assert_equal(mul(a[0], power), add(y0, mulk(carry0, 1 << 16)));
    mx_bytes(t, m, r->y[0], r->y[1]);
    mx_bytes(t, m, r->y[2], r->y[3]);
    mx_bytes(t, m, carry0, carry1);

    expr window[7], zero = constant(t, 0);
    for (unsigned j = 0; j < 7; j++) {
        window[j] = j < 3 ? zero : r->y[j - 3];
    }
    word_window(left, r->byte, window);
    for (unsigned j = 0; j < 7; j++) {
        expr from_above = j < 3 ? r->y[j + 1] : j == 3 ? r->top : mulk(fill, 0xff);
        window[j] = select_expr(r->right, from_above, window[j]);
    }
    word_window(result, r->byte, window);
}

static void declare_shiftiw(struct mx_builder *m)
{
    struct shiftiw_vars r;
    struct air *t = air_table(m->b, "shiftiw", AIR_MAX_HEIGHT, 0);
    air_committed(t, shiftiw_columns, MX_COUNT(shiftiw_columns), &r);
    struct word_vars word = {.right = r.right, .power = r.power, .top = r.top};
    memcpy(word.byte, r.byte, sizeof word.byte);
    memcpy(word.y, r.y, sizeof word.y);
    expr left[2], result[4];

    mx_fetch(t, m, MX_SHIFTIW, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .x = {r.power, r.byte[0], r.byte[1], r.byte[2], r.right, r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    shift_word(t, m, &word, r.power, r.a, r.sign, left, result);
    /* bit 15 of left[1], of a[1], or 0 (srl): 2 limb - 2^16 sign in range16; the factors of limb and sign are 0 for srl, which has sign 0 */
    expr is_left = addk(neg(r.right), 1), has_sign = add(is_left, r.is_signed);
    assert_bool(r.sign);
    assert_zero(mul(r.sign, addk(neg(has_sign), 1)));
    mx_range16(t, m, sub(mulk(add(mul(is_left, left[1]), mul(r.is_signed, r.a[1])), 2), mulk(r.sign, 1 << 16)));
    result[2] = result[3] = mulk(r.sign, 0xffff);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void declare_shiftw(struct mx_builder *m)
{
    struct shiftw_vars r;
    struct air *t = air_table(m->b, "shiftw", AIR_MAX_HEIGHT, 0);
    air_committed(t, shiftw_columns, MX_COUNT(shiftw_columns), &r);
    struct word_vars word = {.right = r.right, .top = r.top};
    memcpy(word.byte, r.byte, sizeof word.byte);
    memcpy(word.y, r.y, sizeof word.y);
    const expr flags[4] = {r.b_is_reg, r.right, r.is_signed, r.extends};
    expr left[2], result[4], power, imm[4];

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    for (unsigned i = 1; i < 4; i++) {
        assert_bool(flags[i]);
    }
    mx_fetch(t, m, MX_SHIFTW, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 4, 1), imm[0], imm[1], imm[2], imm[3]}});
    expr n = shift_prove_distance(r.bits, NULL, r.byte, &power);
    assert_equal(r.power, power);
    shift_prove_count(t, m, r.b[0], select_expr(r.right, addk(neg(n), 31), n), 32);
    mx_sign(t, m, r.is_signed, r.a[1], r.sign);
    shift_word(t, m, &word, add(r.power, mul(r.right, r.power)), r.a, r.sign, left, result);
    mx_sign(t, m, constant(t, 1), result[1], r.result_sign);
    result[2] = result[3] = mulk(mul(r.extends, r.result_sign), 0xffff);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_shiftiw(const struct vm_insn *insn)
{
    return insn->op == VM_SLLIW || insn->op == VM_SRLIW || insn->op == VM_SRAIW;
}

/* x0's flags; 0 for other instructions */
static uint32_t shiftw_flags(const struct vm_insn *insn)
{
    static const uint8_t flags[VM_OPS] = {
        [VM_SLLW] = IS_REG | EXTENDS | OURS,
        [VM_SRLW] = IS_REG | RIGHT | EXTENDS | OURS,
        [VM_SRAW] = IS_REG | RIGHT | IS_SIGNED | EXTENDS | OURS,
        [VM_SLLWZ] = IS_REG | OURS,
        [VM_SRLWZ] = IS_REG | RIGHT | OURS,
        [VM_SRAWZ] = IS_REG | RIGHT | IS_SIGNED | OURS,
        [VM_SLLIWZ] = OURS,
        [VM_SRLIWZ] = RIGHT | OURS,
        [VM_SRAIWZ] = RIGHT | IS_SIGNED | OURS,
    };
    return flags[insn->op];
}

static bool takes_shiftw(const struct vm_insn *insn)
{
    return shiftw_flags(insn) != 0;
}

static void encode_shiftiw(struct mx_rom_row *row, const struct vm_insn *insn)
{
    unsigned s = insn->imm & 31;
    bool right = insn->op != VM_SLLIW;
    unsigned n = right ? 31 - s : s;
    row->x[0] = 1u << (n % 8 + right);
    for (unsigned k = 1; k < 4; k++) {
        row->x[k] = n / 8 == k;
    }
    row->x[4] = right;
    row->x[5] = insn->op == VM_SRAIW || (right && s == 0);
}

static void encode_shiftw(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = shiftw_flags(insn) & ~(uint32_t)OURS;
    mx_encode_operand(row, insn, (row->x[0] & IS_REG) != 0);
}

struct word_cells {
    uint32_t *right, *is_signed, *const *y, *top;
};
static void put_word(struct mx_filler *f, const struct word_cells *c, size_t row, uint64_t a, unsigned r,
                     uint32_t right, uint32_t is_signed, uint32_t fill)
{
    uint8_t y[9];
    shift_put_product(f, y, a, r, 2);
    for (unsigned j = 0; j < 4; j++) {
        c->y[j][row] = y[j];
    }
    c->top[row] = y[4] + fill * (256 - (1u << r));
    c->right[row] = right;
    c->is_signed[row] = is_signed;
}

static void fill_shiftiw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shiftiw_cols c;
    memcpy(&c, columns, sizeof c);
    const struct word_cells word = {c.right, c.is_signed, c.y, c.top};
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint32_t right = rom->x[4], is_signed = rom->x[5];
        unsigned r = (unsigned)__builtin_ctz(rom->x[0]), n = r + 8 * (rom->x[1] + 2 * rom->x[2] + 3 * rom->x[3]);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.power[i] = rom->x[0];
        for (unsigned k = 0; k < 3; k++) {
            c.byte[k][i] = rom->x[1 + k];
        }
        uint64_t signed_word = !right ? rec->a << n : is_signed ? rec->a : 0; /* its bit 31 */
        c.sign[i] = mx_put_sign(f, 1, signed_word << 32);
        put_word(f, &word, i, rec->a, r, right, is_signed, c.sign[i]);
    }
}

static void fill_shiftw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shiftw_cols c;
    memcpy(&c, columns, sizeof c);
    const struct word_cells word = {c.right, c.is_signed, c.y, c.top};
    const struct shift_distance_cells distance = {c.bits, NULL, c.byte};
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint32_t right = (rom->x[0] & RIGHT) != 0, is_signed = (rom->x[0] & IS_SIGNED) != 0;
        uint64_t b = mx_operand(rom, rec->b);
        unsigned s = b & 31, n = right ? 31 - s : s;
        uint64_t shifted = right ? (rec->a & 0xffffffff) >> s : rec->a << s;
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        shift_put_distance(f, &distance, i, b, n, 32);
        c.power[i] = 1u << n % 8;
        c.sign[i] = mx_put_sign(f, is_signed, rec->a << 32);
        shifted |= is_signed && c.sign[i] ? ~UINT64_C(0) << (32 - s) : 0;
        c.extends[i] = (rom->x[0] & EXTENDS) != 0;
        c.result_sign[i] = mx_put_sign(f, 1, shifted << 32);
        put_word(f, &word, i, rec->a, n % 8 + right, right, is_signed, c.sign[i]);
    }
}

const struct mx_class_def mx_class_shiftiw = {.name = "shiftiw",
                                              .class = MX_SHIFTIW,
                                              .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                              .record_bytes = sizeof(struct mx_record),
                                              .declare = declare_shiftiw,
                                              .ops = MX_OPS(VM_SLLIW, VM_SRLIW, VM_SRAIW),
                                              .takes = takes_shiftiw,
                                              .encode = encode_shiftiw,
                                              .fill = fill_shiftiw};
const struct mx_class_def mx_class_shiftw = {
    .name = "shiftw",
    .class = MX_SHIFTW,
    .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
    .record_bytes = sizeof(struct mx_record),
    .declare = declare_shiftw,
    .ops = MX_OPS(VM_SLLW, VM_SRLW, VM_SRAW, VM_SLLWZ, VM_SRLWZ, VM_SRAWZ, VM_SLLIWZ, VM_SRLIWZ, VM_SRAIWZ),
    .takes = takes_shiftw,
    .encode = encode_shiftw,
    .fill = fill_shiftw};
