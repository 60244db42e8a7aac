/* SPDX-License-Identifier: Apache-2.0 */
/* movi.c - rd = constant (li, lui, auipc; the four limbs are Rom fields x0 ... x3, below 2^16 by setup). */
#include "machines/machine.h"

#define MOVI_COLUMNS(X) \
    MX_STEP(X)          \
    MX_WRITE(X, d)      \
    X(x, [4], 16, "the constant")

struct movi_vars {
    MOVI_COLUMNS(AIR_EXPR)
};
struct movi_cols {
    MOVI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec movi_columns[] = {MOVI_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct movi_vars r;
    struct air *t = air_table(m->b, "movi", AIR_MAX_HEIGHT, 0);
    air_committed(t, movi_columns, MX_COUNT(movi_columns), &r);

    mx_fetch(t, m, MX_MOVI, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .x = {r.x[0], r.x[1], r.x[2], r.x[3]}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.x);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_MOVI;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    for (unsigned i = 0; i < 4; i++) {
        row->x[i] = mx_limb(insn->imm, i);
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct movi_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        mx_put_limbs(c.x, i, rec->result);
    }
}

const struct mx_class_def mx_class_movi = {.name = "movi",
                                           .class = MX_MOVI,
                                           .uses = MX_USES_INC | MX_USES_RD,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_MOVI),
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
