/* SPDX-License-Identifier: Apache-2.0 */
/* mov.c - rd = ra (mov), rd = the low half of ra (movw).
 *
 * The limbs written are those that the read token carries, so they are below 2^16 without a check. */
#include "machines/machine.h"

#define MOV_COLUMNS(X) MX_STEP(X) MX_READ(X, a) MX_WRITE(X, d)

struct mov_vars {
    MOV_COLUMNS(AIR_EXPR)
};
struct mov_cols {
    MOV_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec mov_columns[] = {MOV_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct mov_vars r;
    struct air *t = air_table(m->b, "mov", AIR_MAX_HEIGHT, 0);
    air_committed(t, mov_columns, MX_COUNT(mov_columns), &r);

    mx_fetch(t, m, MX_MOV, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.a);
}

static void declare_word(struct mx_builder *m)
{
    struct mov_vars r;
    struct air *t = air_table(m->b, "movw", AIR_MAX_HEIGHT, 0);
    air_committed(t, mov_columns, MX_COUNT(mov_columns), &r);
    expr zero = constant(t, 0), low[4] = {r.a[0], r.a[1], zero, zero};

    mx_fetch(t, m, MX_MOVW, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, low);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_MOV;
}

static bool takes_word(const struct vm_insn *insn)
{
    return insn->op == VM_ADDIWZ && insn->imm == 0;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct mov_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
    }
}

const struct mx_class_def mx_class_mov = {.name = "mov",
                                          .class = MX_MOV,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_MOV),
                                          .takes = takes,
                                          .fill = fill};
const struct mx_class_def mx_class_movw = {.name = "movw",
                                           .class = MX_MOVW,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_word,
                                           .ops = MX_OPS(VM_ADDIWZ),
                                           .takes = takes_word,
                                           .fill = fill};
