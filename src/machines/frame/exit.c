/* SPDX-License-Identifier: Apache-2.0 */
/* exit.c - EXIT: leaves the frame that FRAME names and goes on behind its call (frame.h).  In the first frame it has no row. */
#include "machines/frame/frame.h"

#define EXIT_COLUMNS(X)                                          \
    X(pc, , 31, "program counter")                               \
    X(ts, , 24, "time")                                          \
    X(call_ts, [2], 16, "FRAME before: time of the call, limbs") \
    X(depth, , 6, "FRAME before: frames that are open")          \
    X(f_gap, , 16, "time since FRAME's last access, minus one")  \
    X(parent, [2], 16, "FRAME after: time of the frame below")   \
    X(return_pc, , 31, "pc behind the call")

struct exit_vars {
    EXIT_COLUMNS(AIR_EXPR)
};
struct exit_cols {
    EXIT_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec exit_columns[] = {EXIT_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct exit_vars r;
    struct air *t = air_table(m->b, "exit", AIR_MAX_HEIGHT, 0);
    air_committed(t, exit_columns, MX_COUNT(exit_columns), &r);
    expr zero = constant(t, 0), reg = constant(t, VM_REG_FRAME);
    const expr before[4] = {r.call_ts[0], r.call_ts[1], r.depth, zero};
    const expr after[4] = {r.parent[0], r.parent[1], addk(r.depth, -1), zero};

    mx_fetch(t, m, MX_EXIT, r.pc, &(struct mx_fields){.rd = reg});
    mx_step(t, m, r.pc, r.ts, r.return_pc);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, reg, r.f_gap, before, after);
    bus_pull(t, m->bus.exit, NULL, limbs(r.call_ts, 2, 16), r.ts, r.parent[0], r.parent[1], r.return_pc);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_EXIT;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    (void)insn;
    row->rd = VM_REG_FRAME;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct exit_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        c.pc[i] = mx_fetched(f, rec)->pc;
        c.ts[i] = rec->ts;
        for (unsigned k = 0; k < 2; k++) {
            c.call_ts[k][i] = mx_limb(rec->old, k);
            c.parent[k][i] = mx_limb(rec->result, k);
        }
        c.depth[i] = mx_limb(rec->old, 2);
        c.f_gap[i] = rec->gap[MX_SLOT_D];
        c.return_pc[i] = (uint32_t)rec->b;
        mx_count_range16(f, c.f_gap[i]);
    }
}

const struct mx_class_def mx_class_exit = {.name = "exit",
                                           .class = MX_EXIT,
                                           .uses = MX_USES_RD,
                                           .user_only = true,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_EXIT),
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
