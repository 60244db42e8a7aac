/* SPDX-License-Identifier: Apache-2.0 */
/* jal.c - rd = link, goto target.  The link is an address below 2^48: Rom fields x0 ... x2 (x2 = 0 for the user, 16 for the kernel). */
#include "machines/machine.h"

#define JAL_COLUMNS(X)               \
    X(pc, , 31, "program counter")   \
    X(ts, , 24, "time")              \
    X(tgt, , 31, "pc of the target") \
    MX_WRITE(X, d)                   \
    X(link, [3], 16, "address of the next instruction")

struct jal_vars {
    JAL_COLUMNS(AIR_EXPR)
};
struct jal_cols {
    JAL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec jal_columns[] = {JAL_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct jal_vars r;
    struct air *t = air_table(m->b, "jal", AIR_MAX_HEIGHT, 0);
    air_committed(t, jal_columns, MX_COUNT(jal_columns), &r);
    expr zero = constant(t, 0);
    expr link[4] = {r.link[0], r.link[1], r.link[2], zero};

    mx_fetch(t, m, MX_JAL, r.pc,
             &(struct mx_fields){.tgt = r.tgt, .rd = r.d_reg, .x = {r.link[0], r.link[1], r.link[2]}});
    mx_step(t, m, r.pc, r.ts, r.tgt);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, link);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_JAL && insn->imm >> 48 == 0;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    for (unsigned i = 0; i < 3; i++) {
        row->x[i] = mx_limb(insn->imm, i);
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct jal_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        c.pc[i] = rom->pc;
        c.ts[i] = rec->ts;
        c.tgt[i] = rom->tgt;
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        for (unsigned k = 0; k < 3; k++) {
            c.link[k][i] = rom->x[k];
        }
    }
}

const struct mx_class_def mx_class_jal = {.name = "jal",
                                          .class = MX_JAL,
                                          .uses = MX_USES_TGT | MX_USES_RD,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_JAL),
                                          .takes = takes,
                                          .encode = encode,
                                          .fill = fill};
