/* SPDX-License-Identifier: Apache-2.0 */
/* call.c - CALL: opens a frame and goes to a function of the program (frame.h).
 *
 * The next pc and the pc to return to, pc + inc, are the Rom's. */
#include "machines/frame/frame.h"

#define CALL_COLUMNS(X)                \
    MX_STEP(X)                         \
    X(tgt, , 31, "pc of the function") \
    FRAME_CALL(X)

struct call_vars {
    CALL_COLUMNS(AIR_EXPR)
};
struct call_cols {
    CALL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec call_columns[] = {CALL_COLUMNS(AIR_SPEC)};

/* The depth before is a limb, so 193 + depth is that integer, and below 256 exactly if depth + 1 < 64. */
void frame_open(struct air *t, const struct mx_builder *m, const struct frame_call *call)
{
    expr zero = constant(t, 0), deeper = addk(call->depth, 1);
    expr low = mx_time_limbs(t, m, call->ts, call->high);
    const expr before[4] = {call->parent[0], call->parent[1], call->depth, zero};
    const expr after[4] = {low, call->high, deeper, zero};
    mx_range8(t, m, addk(deeper, 256 - VM_FRAMES));
    mx_reg_write(t, m, call->ts, MX_SLOT_D, constant(t, VM_REG_FRAME), call->f_gap, before, after);
    bus_push(t, m->bus.call, NULL, call->ts, call->parent[0], call->parent[1], add(call->pc, call->inc), call->stride);
}

static void declare(struct mx_builder *m)
{
    struct call_vars r;
    struct air *t = air_table(m->b, "call", AIR_MAX_HEIGHT, 0);
    air_committed(t, call_columns, MX_COUNT(call_columns), &r);
    struct frame_call call = FRAME_CALL_OF(r);

    mx_fetch(t, m, MX_CALL, r.pc,
             &(struct mx_fields){.inc = r.inc, .tgt = r.tgt, .rd = constant(t, VM_REG_FRAME), .x = {r.stride}});
    mx_step(t, m, r.pc, r.ts, r.tgt);
    frame_open(t, m, &call);
}

static bool takes(const struct vm_insn *insn)
{
    return frame_takes_call(insn, VM_CALL);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->rd = VM_REG_FRAME;
    row->x[0] = (uint32_t)insn->imm;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct call_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.tgt[i] = rom->tgt;
        FRAME_PUT_CALL(f, c, i, rec, rom->x[0]);
    }
}

const struct mx_class_def mx_class_call = {.name = "call",
                                           .class = MX_CALL,
                                           .uses = MX_USES_INC | MX_USES_TGT | MX_USES_RD,
                                           .user_only = true,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_CALL),
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
