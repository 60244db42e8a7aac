/* SPDX-License-Identifier: Apache-2.0 */
/* out.c - OUT index, word: row `index` of the statement is this word.  Only the kernel has such rows.
 *
 * The verifier pulls out(i, limbs of row i) once for every row of the statement, so each index is said once, with that word, or the bus does
 * not balance.  The index is below 2^24 (second limb by range8, those above are 0), so that it travels as one field element. */
#include "machines/machine.h"

#define OUT_COLUMNS(X)                                      \
    MX_STEP(X)                                              \
    X(a_reg, , 7, "register with the index")                \
    X(a, [2], 16, "the index")                              \
    X(a_gap, , 16, "time since its last access, minus one") \
    MX_READ(X, b)

struct out_vars {
    OUT_COLUMNS(AIR_EXPR)
};
struct out_cols {
    OUT_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec out_columns[] = {OUT_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct out_vars r;
    struct air *t = air_table(m->b, "out", AIR_MAX_HEIGHT, 0);
    air_committed(t, out_columns, MX_COUNT(out_columns), &r);
    expr zero = constant(t, 0), index[4] = {r.a[0], r.a[1], zero, zero};

    mx_fetch(t, m, MX_OUT, r.pc, &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, index);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_range8(t, m, r.a[1]);
    bus_push(t, m->bus.out, NULL, limbs(r.a, 2, 16), r.b[0], r.b[1], r.b[2], r.b[3]);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_OUT;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct out_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.a_reg[i] = rom->ra;
        c.a[0][i] = mx_limb(rec->a, 0);
        c.a[1][i] = mx_limb(rec->a, 1);
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        mx_count_range16(f, rec->gap[MX_SLOT_A]);
        mx_count_range8(f, mx_limb(rec->a, 1));
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
    }
}

const struct mx_class_def mx_class_out = {.name = "out",
                                          .class = MX_OUT,
                                          .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                          .kernel_only = true,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_OUT),
                                          .takes = takes,
                                          .fill = fill};
