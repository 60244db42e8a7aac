/* SPDX-License-Identifier: Apache-2.0 */
/* ldx.c - Ldx: loads of 2, 4 and 8 bytes at other addresses than multiples of their width (unaligned.h).
 *
 * `at` marks the offset.  The five limbs l_i = limb j + i of the two words are split as l_i = low_i + 256 high_i, both looked up as bytes; high_i is
 * an expression.  The value's limbs are l_i at an even offset, high_i + 256 low_{i+1} at an odd one; products with the marks keep that at
 * degree 2: l_i = E_i + O_i (even and odd marks), odd l_i = O_i, so
 *     r_i = E_i + (O_i - odd low_i) / 256 + 256 odd low_{i+1}.
 * Limbs of a word that is not accessed (no straddle) are free, but a value that ends in the first word does not contain them: r_i reads limbs
 * j + i and, if odd, j + i + 1, which for 2 i + 2 <= bytes begin below offset + bytes <= 8.
 * Bounds: r_i for 2 i < bytes is a limb of an accessed word or made of bytes; the others are replaced by 65535 times a bit.  The sign is bit 15 of the
 * highest limb, as in half.c; 8 bytes: of 0. */
#include "machines/memory/unaligned.h"

#define LDX_COLUMNS(X)                                                \
    MX_STEP(X)                                                        \
    MX_READ(X, a)                                                     \
    MX_WRITE(X, d)                                                    \
    UNALIGNED_WORDS(X)                                                \
    X(is_signed, , 1, "result is sign extended")                      \
    X(at, [7], 1, "offset is 1 ... 7")                                \
    X(low, [5], 8, "low bytes of the limbs from the first byte's on") \
    X(sign, , 1, "highest bit of the value, if it has 2 or 4 bytes")

struct ldx_vars {
    LDX_COLUMNS(AIR_EXPR)
};
struct ldx_cols {
    LDX_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec ldx_columns[] = {LDX_COLUMNS(AIR_SPEC)};

/* the value's limbs, as if it had four */
static void value_limbs(struct air *t, const struct mx_builder *m, expr value[4], const struct ldx_vars *r,
                        const expr mark[8], const expr limb[8])
{
    expr odd = add(add(mark[1], mark[3]), add(mark[5], mark[7]));
    for (unsigned i = 0; i < 5; i++) {
        expr even_part[4], odd_part[4];
        for (unsigned j = 0; j < 4; j++) {
            expr l = i + j < 8 ? limb[i + j] : constant(t, 0);
            even_part[j] = mul(mark[2 * j], l);
            odd_part[j] = mul(mark[2 * j + 1], l);
        }
        expr if_even = sum(even_part, 4), if_odd = sum(odd_part, 4);
        mx_bytes(t, m, r->low[i], high_byte(add(if_even, if_odd), r->low[i]));
        if (i < 4) {
            value[i] = add(add(if_even, high_byte(if_odd, mul(odd, r->low[i]))), mulk(mul(odd, r->low[i + 1]), 256));
        }
    }
}

static void declare(struct mx_builder *m)
{
    struct ldx_vars r;
    struct air *t = air_table(m->b, "ldx", AIR_MAX_HEIGHT, 0);
    air_committed(t, ldx_columns, MX_COUNT(ldx_columns), &r);
    const expr limb[8] = {r.v[0], r.v[1], r.v[2], r.v[3], r.w[0], r.w[1], r.w[2], r.w[3]};
    expr mark[8], part[8], value[4];
    unaligned_mark(t, mark, r.at, 7);
    for (unsigned k = 0; k < 8; k++) {
        part[k] = mulk(mark[k], k);
    }
    struct unaligned u = UNALIGNED_OF(r, sum(part, 8));
    value_limbs(t, m, value, &r, mark, limb);
    expr two = sub(constant(t, 1), add(r.four, r.eight));
    expr top = add(mul(two, value[0]), mul(r.four, value[1]));
    expr fill = mulk(mul(r.is_signed, r.sign), 0xffff);
    expr result[4] = {value[0], select_expr(two, fill, value[1]), select_expr(r.eight, value[2], fill),
                      select_expr(r.eight, value[3], fill)};

    mx_fetch(t, m, MX_LDX, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .x = {r.imm[0], r.imm[1], r.mode, r.four, r.eight, r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mem_address(t, r.a, r.imm, u.offset, r.q, r.c1, r.c2);
    unaligned_access(t, m, &u, limb);
    assert_bool(r.sign);
    mx_range16(t, m, sub(mulk(top, 2), mulk(r.sign, 1 << 16)));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void fill_value(struct mx_filler *f, const struct ldx_cols *c, size_t i, const struct mx_memory_record *rec,
                       const struct mx_rom_row *rom)
{
    unsigned offset = rec->address & 7;
    for (unsigned k = 1; k < 8; k++) {
        c->at[k - 1][i] = k == offset;
    }
    for (unsigned k = 0; k < 5; k++) {
        uint32_t limb = unaligned_limb(rec, offset / 2 + k);
        c->low[k][i] = limb & 0xff;
        mx_count_bytes(f, limb, limb >> 8);
    }
    uint32_t top = 0; /* the value's limb 0 or 1 */
    if (!rom->x[4]) {
        uint64_t value =
            rec->word[0].before >> (8 * offset) | (offset > 0 ? rec->word[1].before << (64 - 8 * offset) : 0);
        top = mx_limb(value, rom->x[3]);
    }
    c->sign[i] = top >> 15;
    mx_count_range16(f, 2 * top);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct ldx_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->r.old, rec->r.gap[MX_SLOT_D]);
        UNALIGNED_PUT(f, c, i, rom, rec);
        c.is_signed[i] = rom->x[5];
        fill_value(f, &c, i, rec, rom);
    }
}

static bool takes(const struct vm_insn *insn)
{
    return (insn->op == VM_LH || insn->op == VM_LHU || insn->op == VM_LW || insn->op == VM_LWU || insn->op == VM_LD) &&
           mx_short_immediate(insn->imm);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, false);
    row->x[3] = unaligned_width(insn) == 4;
    row->x[4] = unaligned_width(insn) == 8;
    row->x[5] = insn->op == VM_LH || insn->op == VM_LW;
}

const struct mx_class_def mx_class_ldx = {.name = "ldx",
                                          .class = MX_LDX,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_LH, VM_LHU, VM_LW, VM_LWU, VM_LD),
                                          .takes = takes,
                                          .encode = encode,
                                          .fits = unaligned_fits,
                                          .fill = fill};
