/* SPDX-License-Identifier: Apache-2.0 */
/* callx.c - CALLX: opens a frame (frame.h) and goes to the slot that holds address a, if there is one.
 *
 * With w, the address of text, and n, its slots, from the Rom: t = a - w modulo 2^64 must be below 8 n, and the slot is t / 8, rounded down.  The row has
 *     t = (8 y + e, t1, 0, 0),  e < 8, y < 2^13, t1 < 2^16,   slot = y + 2^13 t1,   n - 1 - slot = u0 + 2^16 u1,  u0 < 2^16, u1 < 2^12.
 * t + w = a + 2^64 carry, limb by limb: all are limbs, so t is a - w in integers (mx_add_carries) and unique; that its upper limbs are 0 says t < 2^32.
 *   e: shift(5, e, 32 e, 0) has a row only for e, 32 e < 256.  y: a limb, so 8 y + e < 2^19 is that integer, and a limb too: y < 2^13 and (y, e) are the only ones.
 *   slot < 2^29 and n <= 2^28, so n - 1 - slot lies between -2^29 and 2^28 and does not wrap; u0 + 2^16 u1 < 2^28: it is not negative.  n <= 2^28 is setup's (the end of text is the user's pc).
 * So an address in text has one row, to one slot; any other has none, and only a trap remains.  Every slot of text has a row in the Rom: setup again. */
#include "machines/frame/frame.h"

#define CALLX_COLUMNS(X)                        \
    MX_STEP(X)                                  \
    X(end, , 31, "pc behind the last slot")     \
    X(text, [4], 16, "address of text")         \
    FRAME_CALL(X)                               \
    MX_READ(X, a)                               \
    X(y, , 13, "offset in text, bits 3 ... 15") \
    X(e, , 3, "its bits 0 ... 2")               \
    X(t1, , 16, "its second limb")              \
    X(u1, , 12, "slots of text behind the target, second limb")

struct callx_vars {
    CALLX_COLUMNS(AIR_EXPR)
};
struct callx_cols {
    CALLX_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec callx_columns[] = {CALLX_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct callx_vars r;
    struct air *t = air_table(m->b, "callx", AIR_MAX_HEIGHT, 0);
    air_committed(t, callx_columns, MX_COUNT(callx_columns), &r);
    struct frame_call call = FRAME_CALL_OF(r);
    expr zero = constant(t, 0), carry[4];
    expr offset[4] = {add(mulk(r.y, 8), r.e), r.t1, zero, zero};
    expr target = addk(add(r.y, mulk(r.t1, 1 << 13)), MX_PC_USER);

    mx_fetch(t, m, MX_CALLX, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .tgt = r.end,
                                 .rd = constant(t, VM_REG_FRAME),
                                 .ra = r.a_reg,
                                 .x = {r.text[0], r.text[1], r.text[2], r.text[3], r.stride}});
    mx_step(t, m, r.pc, r.ts, target);
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_add_carries(carry, offset, r.text, r.a);
    bus_push(t, m->bus.shift, NULL, constant(t, 5), r.e, mulk(r.e, 32), zero);
    mx_range16(t, m, r.y);
    mx_range16(t, m, offset[0]);
    mx_range16(t, m, r.t1);
    mx_range16(t, m, sub(addk(sub(r.end, target), -1), mulk(r.u1, 1 << 16)));
    mx_range12(t, m, r.u1);
    frame_open(t, m, &call);
}

static bool takes(const struct vm_insn *insn)
{
    return frame_takes_call(insn, VM_CALLX);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->rd = VM_REG_FRAME;
    for (unsigned i = 0; i < 4; i++) {
        row->x[i] = mx_limb(insn->link, i);
    }
    row->x[4] = (uint32_t)insn->imm;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct callx_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        const uint64_t text =
            rom->x[0] | (uint64_t)rom->x[1] << 16 | (uint64_t)rom->x[2] << 32 | (uint64_t)rom->x[3] << 48;
        const uint32_t offset = (uint32_t)(rec->a - text), behind = rom->tgt - MX_PC_USER - 1 - offset / 8;
        MX_PUT_STEP(c, i, rom, rec);
        c.end[i] = rom->tgt;
        mx_put_limbs(c.text, i, text);
        FRAME_PUT_CALL(f, c, i, rec, rom->x[4]);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        c.y[i] = (offset & 0xffff) / 8;
        c.e[i] = offset % 8;
        c.t1[i] = offset >> 16;
        c.u1[i] = behind >> 16;
        mx_count_shift(f, 5, c.e[i]);
        mx_count_range16(f, c.y[i]);
        mx_count_range16(f, offset);
        mx_count_range16(f, c.t1[i]);
        mx_count_range16(f, behind);
        mx_count_range12(f, c.u1[i]);
    }
}

const struct mx_class_def mx_class_callx = {.name = "callx",
                                            .class = MX_CALLX,
                                            .uses = MX_USES_INC | MX_USES_TEXT_END | MX_USES_RD | MX_USES_RA,
                                            .user_only = true,
                                            .record_bytes = sizeof(struct mx_record),
                                            .declare = declare,
                                            .ops = MX_OPS(VM_CALLX),
                                            .takes = takes,
                                            .encode = encode,
                                            .fill = fill};
