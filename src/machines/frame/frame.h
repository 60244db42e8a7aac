/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h - calls of sBPF: what CALL, CALLX, EXIT and the table Frame share; internal to this folder.
 *
 * Register FRAME names the frame that is open: limbs (t0, t1, depth, 0), where t0 + 2^16 t1 is the time of the CALL or CALLX row that opened it and depth says how
 * many are open; all 0 in the first frame.  User rows name FRAME nowhere else (setup).
 *
 *     CALL, CALLX   FRAME: (p0, p1, depth) becomes (time of this row, depth + 1);  call(ts, p0, p1, return pc, stride)
 *     Frame         takes that message.  At the call: r6 ... r9 are read, r10 += stride.
 *                   If `closed`, at the exit: r6 ... r10 become what they were;        exit(ts of the call, ts of the exit, p0, p1, return pc)
 *     EXIT          FRAME: (t0, t1, depth) becomes (p0, p1, depth - 1), on at the return pc;  takes exit(t0 + 2^16 t1, its own ts, p0, p1, return pc)
 *
 * Times.  CALL, CALLX and EXIT are rows of the state chain: no two rows have the same ts, all are below 2^24.  The accesses of Frame are at slot d of those rows, so its
 * times are bounded as theirs are; in these slots nobody else touches r6 ... r10 (CALLX reads its target in slot a, before).  Frame is no row of the
 * chain and takes no time.
 *
 * One frame, one call.  A Frame row takes exactly one call message, and a message has the ts of its row: so there is one Frame row for each call, and no two with one ts.  Parent, return pc and
 * stride are that row's.  A Frame row sends at most one exit message (`closed` is a bit), so nobody returns through a frame twice; and it must send it exactly if an EXIT takes it, so
 * `closed` is no choice.  Messages run from CALL to Frame to EXIT, never back: there are no cycles without a call.
 *
 * Order.  FRAME's log is one chain in time.  Whatever it holds at a moment is the ts of an earlier call: look at the first moment at which it is not.  A call wrote its own
 * ts there; or an EXIT wrote a parent, that is, what FRAME held when the call that it closes was made, which was before since FRAME held that call's ts.  So an EXIT is
 * later than its call, and closes the frame that FRAME names: frames are a stack whatever the prover wishes, and a parent is what was found, not what is claimed.
 * t0 + 2^16 t1 < 2^24: t1 is looked up when a call writes it, and is copied since.
 *
 * Depth.  A call looks 192 + depth + 1 up in range8: depth + 1 <= 63, so at 63 only a trap remains.  EXIT writes depth - 1: a FRAME that names a call was written by it, or put back
 * after a frame above it was closed, so its depth is that call's depth + 1 > 0, whichever EXIT put it back.  In the first frame FRAME is 0 and no call has ts 0: EXIT has no row, only a trap remains.
 *
 * Kernels write FRAME by moves.  They must put 0 there (a program begins) or what they have read from it; frames that are then never left stay open, closed = 0. */
#ifndef GN_MACHINES_FRAME_FRAME_H
#define GN_MACHINES_FRAME_FRAME_H

#include "machines/machine.h"

/* ---- what CALL and CALLX do ---- */
#define FRAME_CALL(X)                                                \
    X(stride, , 16, "what r10 grows by")                             \
    X(parent, [2], 16, "FRAME before: time of the frame that calls") \
    X(depth, , 6, "FRAME before: frames that are open")              \
    X(f_gap, , 16, "time since FRAME's last access, minus one")      \
    X(high, , 8, "time, second limb")

struct frame_call {
    expr pc, ts, inc, stride, depth, f_gap, high;
    const expr *parent;
};
#define FRAME_CALL_OF(r)   \
    {.pc = (r).pc,         \
     .ts = (r).ts,         \
     .inc = (r).inc,       \
     .stride = (r).stride, \
     .depth = (r).depth,   \
     .f_gap = (r).f_gap,   \
     .high = (r).high,     \
     .parent = (r).parent}
void frame_open(struct air *t, const struct mx_builder *m, const struct frame_call *call);

/* Calls that a row can prove: the stride is a limb. */
static inline bool frame_takes_call(const struct vm_insn *insn, enum vm_op op)
{
    return insn->op == op && insn->rd == VM_REG_R10 && insn->imm >> 16 == 0;
}

/* Cells of FRAME_CALL.  rec: old is FRAME before. */
#define FRAME_PUT_CALL(f, c, i, rec, of_r10)                    \
    do {                                                        \
        (c).stride[i] = (of_r10);                               \
        (c).parent[0][i] = mx_limb((rec)->old, 0);              \
        (c).parent[1][i] = mx_limb((rec)->old, 1);              \
        (c).depth[i] = mx_limb((rec)->old, 2);                  \
        (c).f_gap[i] = (rec)->gap[MX_SLOT_D];                   \
        (c).high[i] = (rec)->ts >> 16;                          \
        mx_count_range16(f, (c).f_gap[i]);                      \
        mx_count_range16(f, (rec)->ts);                         \
        mx_count_range8(f, (c).high[i]);                        \
        mx_count_range8(f, 256 - VM_FRAMES + (c).depth[i] + 1); \
    } while (0)

#endif
