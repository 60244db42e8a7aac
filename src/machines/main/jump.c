/* SPDX-License-Identifier: Apache-2.0 */
/* jump.c - goto target.  Also the row of MX_PC_ENTRY, with which every run begins, and what does nothing (fence): a jump to the next row. */
#include "machines/machine.h"

#define JUMP_COLUMNS(X)            \
    X(pc, , 31, "program counter") \
    X(ts, , 24, "time")            \
    X(tgt, , 31, "pc of the target")

struct jump_vars {
    JUMP_COLUMNS(AIR_EXPR)
};
struct jump_cols {
    JUMP_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec jump_columns[] = {JUMP_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct jump_vars r;
    struct air *t = air_table(m->b, "jump", AIR_MAX_HEIGHT, 0);
    air_committed(t, jump_columns, MX_COUNT(jump_columns), &r);

    mx_fetch(t, m, MX_JUMP, r.pc, &(struct mx_fields){.tgt = r.tgt});
    mx_step(t, m, r.pc, r.ts, r.tgt);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_J;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct jump_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        c.pc[i] = rom->pc;
        c.ts[i] = rec->ts;
        c.tgt[i] = rom->tgt;
    }
}

const struct mx_class_def mx_class_jump = {.name = "jump",
                                           .class = MX_JUMP,
                                           .uses = MX_USES_TGT,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_J),
                                           .takes = takes,
                                           .fill = fill};
