/* SPDX-License-Identifier: Apache-2.0 */
/* frame.c - Frame: one row for each call, which keeps r6 ... r10 for the exit (frame.h).
 *
 * r10 + stride modulo 2^64: c_0 = s_0 + stride - 2^16 k_0, c_i = s_i + k_(i-1) - 2^16 k_i.  s_i is a limb of a token, stride of the Rom, k_i a bit and c_i
 * looked up: the sums are below 2^17, so each leaves one choice.  Where the frame is not closed the cells of the exit are free: no message carries them. */
#include "machines/frame/frame.h"

enum { R10 = VM_FRAME_REGS - 1 };
#define FRAME_COLUMNS(X)                                                             \
    X(call_ts, , 24, "time of the call")                                             \
    X(exit_ts, , 24, "time of the exit")                                             \
    X(parent, [2], 16, "FRAME before the call: time of the frame that calls")        \
    X(return_pc, , 31, "pc behind the call")                                         \
    X(stride, , 16, "what r10 grows by")                                             \
    X(closed, , 1, "there is an exit")                                               \
    X(saved, [4 * VM_FRAME_REGS], 16, "r6 ... r10 before the call, four limbs each") \
    X(saved_gap, [VM_FRAME_REGS], 16, "time since their last access, minus one")     \
    X(carry, [4], 1, "of r10 + stride")                                              \
    X(left, [4 * VM_FRAME_REGS], 16, "r6 ... r10 before the exit, four limbs each")  \
    X(left_gap, [VM_FRAME_REGS], 16, "time since their last access, minus one")

struct frame_vars {
    FRAME_COLUMNS(AIR_EXPR)
};
struct frame_cols {
    FRAME_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec frame_columns[] = {FRAME_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct frame_vars r;
    struct air *t = air_table(m->b, "frame", AIR_MAX_HEIGHT, 0);
    air_committed(t, frame_columns, MX_COUNT(frame_columns), &r);
    expr callee[4], into = r.stride;
    for (unsigned i = 0; i < 4; i++) {
        assert_bool(r.carry[i]);
        callee[i] = sub(add(r.saved[4 * R10 + i], into), mulk(r.carry[i], 1 << 16));
        mx_range16(t, m, callee[i]);
        into = r.carry[i];
    }
    assert_bool(r.closed);
    bus_pull(t, m->bus.call, NULL, r.call_ts, r.parent[0], r.parent[1], r.return_pc, r.stride);
    bus_push(t, m->bus.exit, r.closed, r.call_ts, r.exit_ts, r.parent[0], r.parent[1], r.return_pc);
    for (unsigned i = 0; i < VM_FRAME_REGS; i++) {
        expr reg = constant(t, VM_REG_R6 + i);
        const expr *saved = r.saved + 4 * i;
        mx_reg_write(t, m, r.call_ts, MX_SLOT_D, reg, r.saved_gap[i], saved, i == R10 ? callee : saved);
        mx_reg_write_when(t, m, r.closed, r.exit_ts, MX_SLOT_D, reg, r.left_gap[i], r.left + 4 * i, saved);
    }
}

static void put_exit(struct mx_filler *f, struct frame_cols *c, size_t row, const struct mx_frame_record *rec)
{
    c->exit_ts[row] = rec->exit_ts;
    c->closed[row] = rec->exit_ts != 0;
    for (unsigned i = 0; i < VM_FRAME_REGS && rec->exit_ts != 0; i++) {
        mx_put_limbs(c->left + 4 * i, row, rec->left[i]);
        c->left_gap[i][row] = rec->left_gap[i];
        mx_count_range16(f, rec->left_gap[i]);
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct frame_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t row = begin; row < end; row++) {
        const struct mx_frame_record *rec = (const struct mx_frame_record *)records + row;
        c.call_ts[row] = rec->call_ts;
        c.parent[0][row] = mx_limb(rec->parent, 0);
        c.parent[1][row] = mx_limb(rec->parent, 1);
        c.return_pc[row] = rec->return_pc;
        c.stride[row] = rec->stride;
        for (unsigned i = 0; i < VM_FRAME_REGS; i++) {
            mx_put_limbs(c.saved + 4 * i, row, rec->saved[i]);
            c.saved_gap[i][row] = rec->saved_gap[i];
            mx_count_range16(f, rec->saved_gap[i]);
        }
        uint32_t into = rec->stride;
        for (unsigned i = 0; i < 4; i++) {
            uint32_t total = mx_limb(rec->saved[R10], i) + into;
            mx_count_range16(f, total);
            into = c.carry[i][row] = total >> 16;
        }
        put_exit(f, &c, row, rec);
    }
}

const struct mx_class_def mx_class_frame = {.name = "frame",
                                            .class = MX_FRAME,
                                            .record_bytes = sizeof(struct mx_frame_record),
                                            .declare = declare,
                                            .fill = fill};
