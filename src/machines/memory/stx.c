/* SPDX-License-Identifier: Apache-2.0 */
/* stx.c - Stx: stores of 2, 4 and 8 bytes at other addresses than multiples of their width (unaligned.h).
 *
 * unaligned.h says what a store does.  Where the second word is not accessed its cells are free; they only meet limbs that no message carries. */
#include "machines/memory/unaligned.h"

#define STX_COLUMNS(X)                 \
    MX_STEP(X)                         \
    MX_READ(X, a)                      \
    MX_READ(X, b)                      \
    UNALIGNED_WORDS(X)                 \
    X(b_low, [4], 8, "low bytes of b") \
    UNALIGNED_STORE(X)

struct stx_vars {
    STX_COLUMNS(AIR_EXPR)
};
struct stx_cols {
    STX_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec stx_columns[] = {STX_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct stx_vars r;
    struct air *t = air_table(m->b, "stx", AIR_MAX_HEIGHT, 0);
    air_committed(t, stx_columns, MX_COUNT(stx_columns), &r);
    struct unaligned u = UNALIGNED_OF(r, NULL);
    struct unaligned_store s = UNALIGNED_STORE_OF(r);
    for (unsigned i = 0; i < 4; i++) {
        s.limb[i] = r.b[i];
        s.low[i] = r.b_low[i];
        s.high[i] = high_byte(r.b[i], r.b_low[i]);
        mx_bytes(t, m, s.low[i], s.high[i]);
    }
    unaligned_store(t, m, &u, &s);

    mx_fetch(t, m, MX_STX, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .x = {r.imm[0], r.imm[1], r.mode, r.four, r.eight}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mem_address(t, r.a, r.imm, u.offset, r.q, r.c1, r.c2);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct stx_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->r.b, rec->r.gap[MX_SLOT_B]);
        UNALIGNED_PUT(f, c, i, rom, rec);
        mx_put_bytes(f, c.b_low, i, 4, rec->r.b);
        UNALIGNED_PUT_STORE(f, c, i, rec, rec->r.b, unaligned_bytes(rom));
    }
}

static bool takes(const struct vm_insn *insn)
{
    return (insn->op == VM_SH || insn->op == VM_SW || insn->op == VM_SD) && mx_short_immediate(insn->imm);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, true);
    row->x[3] = unaligned_width(insn) == 4;
    row->x[4] = unaligned_width(insn) == 8;
}

const struct mx_class_def mx_class_stx = {.name = "stx",
                                          .class = MX_STX,
                                          .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_SH, VM_SW, VM_SD),
                                          .takes = takes,
                                          .encode = encode,
                                          .fits = unaligned_fits,
                                          .fill = fill};
