/* SPDX-License-Identifier: Apache-2.0 */
/* shift_left.c - a << n: shl (count in a register), shli (immediate).
 *
 * y = a 2^r (shift.h) from the bottom up; the result is its eight low bytes, moved up.  The ninth, y's last carry, is looked up but dropped. */
#include "machines/binary/shift.h"

#define SHLI_COLUMNS(X) \
    MX_STEP(X)          \
    MX_READ(X, a)       \
    MX_WRITE(X, d)      \
    SHIFT_DISTANCE(X)   \
    X(y, [8], 8, "bytes of a 2^r mod 2^64")
#define SHL_COLUMNS(X) \
    MX_STEP(X)         \
    MX_READ(X, a)      \
    MX_READ(X, b)      \
    MX_WRITE(X, d)     \
    SHIFT_DISTANCE(X)  \
    SHIFT_BITS(X)      \
    X(y, [8], 8, "bytes of a 2^r mod 2^64")

struct shli_vars {
    SHLI_COLUMNS(AIR_EXPR)
};
struct shli_cols {
    SHLI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shli_columns[] = {SHLI_COLUMNS(AIR_SPEC)};
struct shl_vars {
    SHL_COLUMNS(AIR_EXPR)
};
struct shl_cols {
    SHL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shl_columns[] = {SHL_COLUMNS(AIR_SPEC)};

static void shift_left(struct air *t, const struct mx_builder *m, const struct shift_distance *d, const expr a[4],
                       const expr y[8], expr result[4])
{
    expr window[15], carry[4];
    for (unsigned i = 0; i < 4; i++) {
        expr product = mul(a[i], d->power);
        expr rest = sub(i == 0 ? product : add(product, carry[i - 1]), add(y[2 * i], mulk(y[2 * i + 1], 256)));
        carry[i] = mulk(rest, MX_INVERSE_2_16);
        mx_bytes(t, m, y[2 * i], y[2 * i + 1]);
    }
    mx_bytes(t, m, carry[0], carry[1]);
    mx_bytes(t, m, carry[2], carry[3]);
    for (unsigned j = 0; j < 15; j++) {
        window[j] = j < 7 ? constant(t, 0) : y[j - 7];
    }
    shift_window(result, d, window);
}

static void declare_shli(struct mx_builder *m)
{
    struct shli_vars r;
    struct air *t = air_table(m->b, "shli", AIR_MAX_HEIGHT, 0);
    air_committed(t, shli_columns, MX_COUNT(shli_columns), &r);
    struct shift_distance d = {r.power, r.byte, {r.limb[0], r.limb[1], r.limb[2]}};
    expr result[4];

    mx_fetch(t, m, MX_SHLI, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.power, r.byte, r.limb[0], r.limb[1], r.limb[2]}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    shift_left(t, m, &d, r.a, r.y, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void declare_shl(struct mx_builder *m)
{
    struct shl_vars r;
    struct air *t = air_table(m->b, "shl", AIR_MAX_HEIGHT, 0);
    air_committed(t, shl_columns, MX_COUNT(shl_columns), &r);
    struct shift_distance d = {r.power, r.byte, {r.limb[0], r.limb[1], r.limb[2]}};
    expr result[4], power;

    mx_fetch(t, m, MX_SHL, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    expr n = shift_prove_distance(r.bits, r.byte, r.limb, &power);
    assert_equal(r.power, power);
    shift_prove_count(t, m, r.b[0], n, 64);
    shift_left(t, m, &d, r.a, r.y, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_shli(const struct vm_insn *insn)
{
    return insn->op == VM_SLLI;
}

static bool takes_shl(const struct vm_insn *insn)
{
    return insn->op == VM_SLL;
}

static void encode_shli(struct mx_rom_row *row, const struct vm_insn *insn)
{
    shift_encode_distance(row, insn->imm & 63, false);
}

static void put_bytes(struct mx_filler *f, uint32_t *const column[8], size_t row, uint64_t a, unsigned r)
{
    uint8_t y[9];
    shift_put_product(f, y, a, r, 4);
    for (unsigned j = 0; j < 8; j++) {
        column[j][row] = y[j];
    }
}

static void fill_shli(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shli_cols c;
    memcpy(&c, columns, sizeof c);
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
        put_bytes(f, c.y, i, rec->a, (unsigned)__builtin_ctz(rom->x[0]));
    }
}

static void fill_shl(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shl_cols c;
    memcpy(&c, columns, sizeof c);
    const struct shift_distance_cells distance = {c.bits, c.byte, c.limb};
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        shift_put_distance(f, &distance, i, rec->b, rec->b & 63, 64);
        c.power[i] = 1u << (rec->b & 7);
        put_bytes(f, c.y, i, rec->a, rec->b & 7);
    }
}

const struct mx_class_def mx_class_shli = {.name = "shli",
                                           .class = MX_SHLI,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_shli,
                                           .ops = MX_OPS(VM_SLLI),
                                           .takes = takes_shli,
                                           .encode = encode_shli,
                                           .fill = fill_shli};
const struct mx_class_def mx_class_shl = {.name = "shl",
                                          .class = MX_SHL,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare_shl,
                                          .ops = MX_OPS(VM_SLL),
                                          .takes = takes_shl,
                                          .fill = fill_shl};
