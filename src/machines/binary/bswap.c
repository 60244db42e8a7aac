/* SPDX-License-Identifier: Apache-2.0 */
/* bswap.c - rd = its low 2, 4 or 8 bytes in reverse, zeros above; one access of one register.
 *
 * Bounds: the limbs come from a token; low and (limb - low) / 256 are looked up as bytes x, y, so limb = x + 256 y in integers, and y + 256 x is a limb. */
#include "machines/machine.h"

#define BSWAP_COLUMNS(X)    \
    MX_STEP(X)              \
    MX_WRITE(X, d)          \
    X(half, , 1, "2 bytes") \
    X(word, , 1, "4 bytes") \
    X(low, [4], 8, "low bytes of the limbs")

struct bswap_vars {
    BSWAP_COLUMNS(AIR_EXPR)
};
struct bswap_cols {
    BSWAP_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec bswap_columns[] = {BSWAP_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct bswap_vars r;
    struct air *t = air_table(m->b, "bswap", AIR_MAX_HEIGHT, 0);
    air_committed(t, bswap_columns, MX_COUNT(bswap_columns), &r);
    expr swapped[4], is_long = addk(neg(add(r.half, r.word)), 1);
    for (unsigned i = 0; i < 4; i++) {
        expr high = mulk(sub(r.d_old[i], r.low[i]), MX_INVERSE_2_8);
        mx_bytes(t, m, r.low[i], high);
        swapped[i] = add(high, mulk(r.low[i], 256));
    }
    expr long0 = mul(is_long, swapped[3]), long1 = mul(is_long, swapped[2]);
    expr result[4] = {add(add(mul(r.half, swapped[0]), mul(r.word, swapped[1])), long0),
                      add(mul(r.word, swapped[0]), long1), mul(is_long, swapped[1]), mul(is_long, swapped[0])};

    mx_fetch(t, m, MX_BSWAP, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .x = {r.half, r.word}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes(const struct vm_insn *insn)
{
    return (insn->op == VM_BSWAPH || insn->op == VM_BSWAPW || insn->op == VM_BSWAPD) && insn->rd == insn->ra;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_BSWAPH;
    row->x[1] = insn->op == VM_BSWAPW;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct bswap_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.half[i] = rom->x[0];
        c.word[i] = rom->x[1];
        mx_put_bytes(f, c.low, i, 4, rec->old);
    }
}

const struct mx_class_def mx_class_bswap = {.name = "bswap",
                                            .class = MX_BSWAP,
                                            .uses = MX_USES_INC | MX_USES_RD,
                                            .record_bytes = sizeof(struct mx_record),
                                            .declare = declare,
                                            .ops = MX_OPS(VM_BSWAPH, VM_BSWAPW, VM_BSWAPD),
                                            .takes = takes,
                                            .encode = encode,
                                            .fill = fill};
