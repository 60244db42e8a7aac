/* SPDX-License-Identifier: Apache-2.0 */
/* logic.c - and, or, xor: of two registers (logic), of a register and an immediate (logici).
 *
 * Only AND is looked up, byte by byte; the others follow from a | b = a + b - (a & b) and a ^ b = a + b - 2 (a & b).
 *
 * logic: result = sum_factor (a + b) + both_factor (a & b), limb by limb; factors (0, 1), (1, -1), (1, -2) are Rom fields.
 * logici: the immediate is a limb and a sign, so limbs 1 to 3 are a AND 0 or 65535 and need no lookup.  The Rom has the mask that a is ANDed with: the
 * immediate i, for OR ~i (a | i = (a & ~i) + i, where i = ~mask).  With mask bits 1 in each limb above the lowest iff `ones`:
 *     limb 0:  AND n,   OR n + 65535 - mask,      XOR a + mask - 2 n          (n = a & mask)
 *     limb i:  AND k a, OR k a + 65535 (1 - k),   XOR k a + 65535 (1 - k)/2   (k = ones; XOR: 1 - 2 ones)
 *
 * Bounds: a limb of a (b) comes from a token.  With low and (limb - low)/256 looked up as bytes x, y, limb = x + 256 y holds in
 * integers, both sides being below 2^16.  So each result is the integer that it should be, below 2^16 as a bitwise result. */
#include "machines/machine.h"

#define LOGIC_COLUMNS(X)                                   \
    MX_STEP(X)                                             \
    MX_READ(X, a)                                          \
    MX_READ(X, b)                                          \
    MX_WRITE(X, d)                                         \
    X(sum_factor, , 1, "of a + b: and 0, or 1, xor 1")     \
    X(both_factor, , 31, "of a & b: and 1, or -1, xor -2") \
    X(a_low, [4], 8, "low byte of a's limb")               \
    X(b_low, [4], 8, "low byte of b's limb")               \
    X(both, [8], 8, "byte of a & b")
#define LOGICI_COLUMNS(X)                                             \
    MX_STEP(X)                                                        \
    MX_READ(X, a)                                                     \
    MX_WRITE(X, d)                                                    \
    X(is_or, , 1, "")                                                 \
    X(is_xor, , 1, "")                                                \
    X(mask, [2], 8, "bytes of the mask's limb 0")                     \
    X(keep, , 31, "factor of a's limbs 1 to 3: 0, 1, or (xor) 1, -1") \
    X(a_low, , 8, "low byte of a")                                    \
    X(both, [2], 8, "byte of a & mask")

struct logic_vars {
    LOGIC_COLUMNS(AIR_EXPR)
};
struct logic_cols {
    LOGIC_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec logic_columns[] = {LOGIC_COLUMNS(AIR_SPEC)};
struct logici_vars {
    LOGICI_COLUMNS(AIR_EXPR)
};
struct logici_cols {
    LOGICI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec logici_columns[] = {LOGICI_COLUMNS(AIR_SPEC)};

#define INVERSE_2 1065353217 /* 2 * 1065353217 = 1 mod p */

static expr high_byte(expr limb, expr low)
{
    return mulk(sub(limb, low), MX_INVERSE_2_8);
}

static expr limb_of(expr low, expr high)
{
    return add(low, mulk(high, 256));
}

static void declare_logic(struct mx_builder *m)
{
    struct logic_vars r;
    struct air *t = air_table(m->b, "logic", AIR_MAX_HEIGHT, 0);
    air_committed(t, logic_columns, MX_COUNT(logic_columns), &r);
    expr result[4];
    mx_and(t, m, 4, r.a, r.b, r.a_low, r.b_low, r.both);
    for (unsigned i = 0; i < 4; i++) {
        result[i] =
            add(mul(r.sum_factor, add(r.a[i], r.b[i])), mul(r.both_factor, limb_of(r.both[2 * i], r.both[2 * i + 1])));
    }

    mx_fetch(t, m, MX_LOGIC, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg, .x = {r.sum_factor, r.both_factor}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void declare_logici(struct mx_builder *m)
{
    struct logici_vars r;
    struct air *t = air_table(m->b, "logici", AIR_MAX_HEIGHT, 0);
    air_committed(t, logici_columns, MX_COUNT(logici_columns), &r);
    expr mask = limb_of(r.mask[0], r.mask[1]), both = limb_of(r.both[0], r.both[1]), one = constant(t, 1);
    expr result[4];
    bus_push(t, m->bus.and8, NULL, r.a_low, r.mask[0], r.both[0]);
    bus_push(t, m->bus.and8, NULL, high_byte(r.a[0], r.a_low), r.mask[1], r.both[1]);
    result[0] =
        add(add(both, mul(r.is_or, addk(neg(mask), 0xffff))), mul(r.is_xor, sub(add(r.a[0], mask), mulk(both, 3))));
    expr filled = mulk(add(r.is_or, mulk(r.is_xor, INVERSE_2)), 0xffff);
    for (unsigned i = 1; i < 4; i++) {
        result[i] = add(mul(r.keep, r.a[i]), mul(filled, sub(one, r.keep)));
    }

    mx_fetch(t, m, MX_LOGICI, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.is_or, r.is_xor, r.mask[0], r.mask[1], r.keep}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_logic(const struct vm_insn *insn)
{
    return insn->op == VM_AND || insn->op == VM_OR || insn->op == VM_XOR;
}

static bool takes_logici(const struct vm_insn *insn)
{
    return (insn->op == VM_ANDI || insn->op == VM_ORI || insn->op == VM_XORI) && mx_short_immediate(insn->imm);
}

static void encode_logic(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op != VM_AND;
    row->x[1] = insn->op == VM_AND ? 1 : mx_cell(insn->op == VM_OR ? -1 : -2);
}

static void encode_logici(struct mx_rom_row *row, const struct vm_insn *insn)
{
    uint64_t mask = insn->op == VM_ORI ? ~insn->imm : insn->imm;
    int ones = mask >> 63 != 0;
    row->x[0] = insn->op == VM_ORI;
    row->x[1] = insn->op == VM_XORI;
    row->x[2] = mask & 0xff;
    row->x[3] = mask >> 8 & 0xff;
    row->x[4] = mx_cell(insn->op == VM_XORI ? 1 - 2 * ones : ones);
}

static uint32_t put_and(struct mx_filler *f, uint64_t x, uint64_t y, unsigned byte)
{
    uint32_t xb = x >> 8 * byte & 0xff, yb = y >> 8 * byte & 0xff;
    mx_count_and8(f, xb, yb);
    return xb & yb;
}

static void fill_logic(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct logic_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.sum_factor[i] = rom->x[0];
        c.both_factor[i] = rom->x[1];
        mx_put_and(f, c.a_low, c.b_low, c.both, i, 4, rec->a, rec->b);
    }
}

static void fill_logici(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct logici_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.is_or[i] = rom->x[0];
        c.is_xor[i] = rom->x[1];
        c.keep[i] = rom->x[4];
        c.a_low[i] = rec->a & 0xff;
        for (unsigned k = 0; k < 2; k++) {
            c.mask[k][i] = rom->x[2 + k];
            c.both[k][i] = put_and(f, rec->a, rom->x[2] | rom->x[3] << 8, k);
        }
    }
}

const struct mx_class_def mx_class_logic = {.name = "logic",
                                            .class = MX_LOGIC,
                                            .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                            .record_bytes = sizeof(struct mx_record),
                                            .declare = declare_logic,
                                            .ops = MX_OPS(VM_AND, VM_OR, VM_XOR),
                                            .takes = takes_logic,
                                            .encode = encode_logic,
                                            .fill = fill_logic};
const struct mx_class_def mx_class_logici = {.name = "logici",
                                             .class = MX_LOGICI,
                                             .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                             .record_bytes = sizeof(struct mx_record),
                                             .declare = declare_logici,
                                             .ops = MX_OPS(VM_ANDI, VM_ORI, VM_XORI),
                                             .takes = takes_logici,
                                             .encode = encode_logici,
                                             .fill = fill_logici};
