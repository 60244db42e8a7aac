/* SPDX-License-Identifier: Apache-2.0 */
/* resume.c - RESUME rd, ra: the kernel enters user code at the place that ra holds; rd = the time of this row.  Only the kernel has such rows.
 *
 * The place is an address 0x8000_0000 + 2 i, i < 2^28: limbs 2 h, 0x8000 + f, 0, 0 of ra's token; the next pc is MX_PC_USER + i.
 *   2 h is a limb, and h < 2^16 by its lookup, so 2 h < 2^17 is that integer and h < 2^15: an odd place has no row;
 *   0x8000 + f is a limb, so |8 f| < 2^18, and its lookup makes 0 <= f < 2^13.
 * So the target is in the user's half whatever ra holds. */
#include "machines/machine.h"

#define RESUME_COLUMNS(X)                                   \
    X(pc, , 31, "program counter")                          \
    X(ts, , 24, "time")                                     \
    X(a_reg, , 7, "register with the place")                \
    X(h, , 15, "target's pc, lowest 15 bits")               \
    X(f, , 13, "target's pc, those above")                  \
    X(a_gap, , 16, "time since its last access, minus one") \
    X(high, , 8, "time, second limb")                       \
    MX_WRITE(X, d)

struct resume_vars {
    RESUME_COLUMNS(AIR_EXPR)
};
struct resume_cols {
    RESUME_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec resume_columns[] = {RESUME_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct resume_vars r;
    struct air *t = air_table(m->b, "resume", AIR_MAX_HEIGHT, 0);
    air_committed(t, resume_columns, MX_COUNT(resume_columns), &r);
    expr zero = constant(t, 0);
    mx_range16(t, m, r.h);
    expr target = mx_place(t, m, constant(t, MX_PC_USER), r.h, r.f);
    expr low = mx_time_limbs(t, m, r.ts, r.high);
    const expr place[4] = {mulk(r.h, 2), addk(r.f, 0x8000), zero, zero}, time[4] = {low, r.high, zero, zero};

    mx_fetch(t, m, MX_RESUME, r.pc, &(struct mx_fields){.rd = r.d_reg, .ra = r.a_reg});
    mx_step(t, m, r.pc, r.ts, target);
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, place);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, time);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_RESUME;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct resume_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        c.pc[i] = rom->pc;
        c.ts[i] = rec->ts;
        c.a_reg[i] = rom->ra;
        c.h[i] = mx_limb(rec->a, 0) >> 1;
        c.f[i] = mx_limb(rec->a, 1) - 0x8000;
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        c.high[i] = rec->ts >> 16;
        mx_count_range16(f, c.h[i]);
        mx_count_range16(f, 8 * c.f[i]);
        mx_count_range16(f, c.a_gap[i]);
        mx_count_range16(f, rec->ts);
        mx_count_range8(f, c.high[i]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
    }
}

const struct mx_class_def mx_class_resume = {.name = "resume",
                                             .class = MX_RESUME,
                                             .uses = MX_USES_RD | MX_USES_RA,
                                             .kernel_only = true,
                                             .record_bytes = sizeof(struct mx_record),
                                             .declare = declare,
                                             .ops = MX_OPS(VM_RESUME),
                                             .takes = takes,
                                             .fill = fill};
