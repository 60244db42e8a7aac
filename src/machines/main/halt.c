/* SPDX-License-Identifier: Apache-2.0 */
/* halt.c - the end of a run: takes the last state and says so.  What the run has to say it said before, by OUT.  Only the kernel has such a row. */
#include "machines/machine.h"

#define HALT_COLUMNS(X)            \
    X(pc, , 31, "program counter") \
    X(ts, , 24, "time")

struct halt_vars {
    HALT_COLUMNS(AIR_EXPR)
};
struct halt_cols {
    HALT_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec halt_columns[] = {HALT_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct halt_vars r;
    struct air *t = air_table(m->b, "halt", 1, AIR_MANDATORY);
    air_committed(t, halt_columns, MX_COUNT(halt_columns), &r);

    mx_fetch(t, m, MX_HALT, r.pc, &(struct mx_fields){0});
    bus_pull(t, m->bus.state, NULL, r.pc, r.ts);
    bus_push(t, m->bus.halt, NULL, constant(t, 0));
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_HALT;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct halt_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        c.pc[i] = mx_fetched(f, rec)->pc;
        c.ts[i] = rec->ts;
    }
}

const struct mx_class_def mx_class_halt = {.name = "halt",
                                           .class = MX_HALT,
                                           .kernel_only = true,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_HALT),
                                           .takes = takes,
                                           .fill = fill};
