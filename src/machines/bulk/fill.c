/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - FILL ra, rb, rd: the b bytes from address d on become the low byte of a (rd is read, not written).
 *
 * The head: as COPY's (copy.c), without a source.  a's lowest limb is split into two bytes. */
#include "machines/bulk/copy.h"

#define FILL_COLUMNS(X)                                     \
    MX_STEP(X)                                              \
    X(a_reg, , 7, "register with the byte")                 \
    X(a_gap, , 16, "time since its last access, minus one") \
    X(b_reg, , 7, "register with the number of bytes")      \
    X(b_gap, , 16, "time since its last access, minus one") \
    X(d_reg, , 7, "register with the target's address")     \
    X(d_gap, , 16, "time since its last access, minus one") \
    X(byte, , 8, "the byte")                                \
    X(rest, , 8, "the second byte of ra's value")           \
    X(upper, [3], 16, "its other limbs")                    \
    COPY_ADDRESS(X, d)                                      \
    X(b, [2], 16, "number of bytes")                        \
    X(inverse, , 31, "1 / number of bytes")                 \
    X(used, , 1, "number of bytes > 0")                     \
    X(end_target, , 29, "target when nothing is left")

struct fill_vars {
    FILL_COLUMNS(AIR_EXPR)
};
struct fill_cols {
    FILL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec fill_columns[] = {FILL_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct fill_vars r;
    struct air *t = air_table(m->b, "fill", AIR_MAX_HEIGHT, 0);
    air_committed(t, fill_columns, MX_COUNT(fill_columns), &r);
    expr zero = constant(t, 0);
    const expr a[4] = {add(r.byte, mulk(r.rest, 256)), r.upper[0], r.upper[1], r.upper[2]},
               b[4] = {r.b[0], r.b[1], zero, zero};

    mx_fetch(t, m, MX_FILL, r.pc, &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .rd = r.d_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, b);
    mx_reg_read(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d);
    expr n = copy_length(t, m, r.b, r.inverse, r.used);
    expr target = copy_address(t, m, r.d, r.d_q, r.d_offset, r.used);
    mx_bytes(t, m, r.byte, r.rest);
    mx_range8(t, m, mulk(r.d_offset, 32));
    struct fill_token token = {.left = n, .byte = r.byte, .target = target, .target_c2 = r.d[2], .offset = r.d_offset};
    fill_send(t, m, 1, r.used, r.ts, &token);
    token.left = token.offset = zero;
    token.target = r.end_target;
    fill_send(t, m, -1, r.used, r.ts, &token);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_FILL;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct fill_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_head_record *rec = (const struct bulk_head_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        const struct mx_record *r = &rec->r;
        uint32_t n = (uint32_t)r->b;
        MX_PUT_STEP(c, i, rom, r);
        c.a_reg[i] = rom->ra;
        c.b_reg[i] = rom->rb;
        c.d_reg[i] = rom->rd;
        c.a_gap[i] = r->gap[MX_SLOT_A];
        c.b_gap[i] = r->gap[MX_SLOT_B];
        c.d_gap[i] = r->gap[MX_SLOT_D];
        mx_count_range16(f, r->gap[MX_SLOT_A]);
        mx_count_range16(f, r->gap[MX_SLOT_B]);
        mx_count_range16(f, r->gap[MX_SLOT_D]);
        c.byte[i] = r->a & 0xff;
        c.rest[i] = r->a >> 8 & 0xff;
        for (unsigned k = 0; k < 3; k++) {
            c.upper[k][i] = mx_limb(r->a, k + 1);
        }
        COPY_PUT_ADDRESS(f, c, i, d, r->old);
        mx_count_bytes(f, c.byte[i], c.rest[i]);
        mx_count_range8(f, 32 * c.d_offset[i]);
        c.b[0][i] = n & 0xffff;
        c.b[1][i] = n >> 16;
        mx_count_range8(f, n >> 16);
        c.used[i] = n > 0;
        c.inverse[i] = n > 0 ? mx_inverse(n) : 0;
        c.end_target[i] = rec->end_target;
    }
}

const struct mx_class_def mx_class_fill = {.name = "fill",
                                           .class = MX_FILL,
                                           .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB | MX_USES_RD,
                                           .kernel_only = true,
                                           .record_bytes = sizeof(struct bulk_head_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_FILL),
                                           .takes = takes,
                                           .fill = fill};
