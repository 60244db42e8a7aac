/* SPDX-License-Identifier: Apache-2.0 */
/* halt.c - the end of a run: takes the last state and tells the verifier a0 (exit status) and a1 (bytes of output).
 *
 * a1 is below 2^24: two limbs, the second one a byte, so that it travels as one field element.  Only the monitor has such a row. */
#include "machines/machine.h"

#define HALT_COLUMNS(X)                                          \
    X(pc, , 31, "program counter")                               \
    X(ts, , 24, "time")                                          \
    MX_READ(X, a)                                                \
    X(b_reg, , 6, "register with the number of bytes of output") \
    X(b, [2], 16, "its value")                                   \
    X(b_gap, , 16, "time since its last access, minus one")

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
    expr zero = constant(t, 0), b[4] = {r.b[0], r.b[1], zero, zero};
    expr output_n = limbs(r.b, 2, 16);

    mx_fetch(t, m, MX_HALT, r.pc, &(struct mx_fields){.ra = r.a_reg, .rb = r.b_reg});
    bus_pull(t, m->bus.state, NULL, r.pc, r.ts);
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, b);
    mx_range8(t, m, r.b[1]);
    bus_push(t, m->bus.halt, NULL, r.a[0], r.a[1], r.a[2], r.a[3], output_n);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_HALT;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    (void)insn;
    row->ra = 10;
    row->rb = 11;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct halt_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        c.pc[i] = rom->pc;
        c.ts[i] = rec->ts;
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        c.b_reg[i] = rom->rb;
        c.b[0][i] = mx_limb(rec->b, 0);
        c.b[1][i] = mx_limb(rec->b, 1);
        c.b_gap[i] = rec->gap[MX_SLOT_B];
        mx_count_range16(f, rec->gap[MX_SLOT_B]);
        mx_count_range8(f, mx_limb(rec->b, 1));
    }
}

const struct mx_class_def mx_class_halt = {.name = "halt",
                                           .class = MX_HALT,
                                           .uses = MX_USES_RA | MX_USES_RB,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
