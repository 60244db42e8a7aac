/* SPDX-License-Identifier: Apache-2.0 */
/* add.c - rd = ra + rb and rd = ra - rb; add2: rd = rd + rb and rd = rd - rb, where rd is accessed once (after rb, which may be rd too).
 *
 * Rom field x0 says whether to subtract.  Bounds: limbs of ra and rb come from tokens, the rest is mx_sum's. */
#include "machines/machine.h"

#define ADD_COLUMNS(X)                                      \
    MX_STEP(X)                                              \
    X(a_reg, , 7, "first operand's register")               \
    X(a_gap, , 16, "time since its last access, minus one") \
    MX_READ(X, b)                                           \
    MX_WRITE(X, d)                                          \
    MX_SUM(X)
#define ADD2_COLUMNS(X)                                     \
    MX_STEP(X)                                              \
    MX_READ(X, b)                                           \
    X(d_reg, , 7, "register read and written")              \
    X(d_gap, , 16, "time since its last access, minus one") \
    MX_SUM(X)

struct add_vars {
    ADD_COLUMNS(AIR_EXPR)
};
struct add_cols {
    ADD_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec add_columns[] = {ADD_COLUMNS(AIR_SPEC)};
struct add2_vars {
    ADD2_COLUMNS(AIR_EXPR)
};
struct add2_cols {
    ADD2_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec add2_columns[] = {ADD2_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct add_vars r;
    struct air *t = air_table(m->b, "add", AIR_MAX_HEIGHT, 0);
    air_committed(t, add_columns, MX_COUNT(add_columns), &r);
    struct mx_sum s = mx_sum(t, m, r.sub, r.u, r.b, r.w);

    mx_fetch(t, m, MX_ADD, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg, .x = {r.sub}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, s.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, s.result);
}

static void declare_in_place(struct mx_builder *m)
{
    struct add2_vars r;
    struct air *t = air_table(m->b, "add2", AIR_MAX_HEIGHT, 0);
    air_committed(t, add2_columns, MX_COUNT(add2_columns), &r);
    struct mx_sum s = mx_sum(t, m, r.sub, r.u, r.b, r.w);

    mx_fetch(t, m, MX_ADD2, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .rb = r.b_reg, .x = {r.sub}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, s.a, s.result);
}

/* Sums commute. */
static bool in_place(const struct vm_insn *insn)
{
    return insn->rd == insn->ra || (insn->op == VM_ADD && insn->rd == insn->rb);
}

static bool takes(const struct vm_insn *insn)
{
    return (insn->op == VM_ADD || insn->op == VM_SUB) && !in_place(insn);
}

static bool takes_in_place(const struct vm_insn *insn)
{
    return (insn->op == VM_ADD || insn->op == VM_SUB) && in_place(insn);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_SUB;
}

static void encode_in_place(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_SUB;
    row->rb = insn->rd == insn->ra ? insn->rb : insn->ra;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct add_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.a_reg[i] = rom->ra;
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        mx_count_range16(f, rec->gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        MX_PUT_SUM(f, c, i, rom->x[0], rec->a, rec->result);
    }
}

static void fill_in_place(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct add2_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        c.d_reg[i] = rom->rd;
        c.d_gap[i] = rec->gap[MX_SLOT_D];
        mx_count_range16(f, rec->gap[MX_SLOT_D]);
        MX_PUT_SUM(f, c, i, rom->x[0], rec->old, rec->result);
    }
}

const struct mx_class_def mx_class_add = {.name = "add",
                                          .class = MX_ADD,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_ADD, VM_SUB),
                                          .takes = takes,
                                          .encode = encode,
                                          .fill = fill};
const struct mx_class_def mx_class_add2 = {.name = "add2",
                                           .class = MX_ADD2,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RB,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_in_place,
                                           .ops = MX_OPS(VM_ADD, VM_SUB),
                                           .takes = takes_in_place,
                                           .encode = encode_in_place,
                                           .fill = fill_in_place};
