/* SPDX-License-Identifier: Apache-2.0 */
/* addi.c - rd = ra + immediate; addi2: rd = rd + immediate, one access of one register.
 *
 * The immediate is a sign-extended 17-bit number: Rom fields x0 (low limb) and x1 (the other three, 0 or 65535).
 * Bounds: ra's limbs come from a token, the immediate's from the Rom, those of the sum are looked up; see mx_add_carries. */
#include "machines/machine.h"

#define ADDI_COLUMNS(X)                                \
    MX_STEP(X)                                         \
    MX_READ(X, a)                                      \
    MX_WRITE(X, d)                                     \
    X(imm, [2], 16, "immediate: low limb, the others") \
    X(c, [4], 16, "sum")
#define ADDI2_COLUMNS(X)                               \
    MX_STEP(X)                                         \
    MX_WRITE(X, d)                                     \
    X(imm, [2], 16, "immediate: low limb, the others") \
    X(c, [4], 16, "sum")

struct addi_vars {
    ADDI_COLUMNS(AIR_EXPR)
};
struct addi_cols {
    ADDI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec addi_columns[] = {ADDI_COLUMNS(AIR_SPEC)};
struct addi2_vars {
    ADDI2_COLUMNS(AIR_EXPR)
};
struct addi2_cols {
    ADDI2_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec addi2_columns[] = {ADDI2_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct addi_vars r;
    struct air *t = air_table(m->b, "addi", AIR_MAX_HEIGHT, 0);
    air_committed(t, addi_columns, MX_COUNT(addi_columns), &r);
    expr imm[4] = {r.imm[0], r.imm[1], r.imm[1], r.imm[1]}, carry[4];

    mx_fetch(t, m, MX_ADDI, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1]}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_add_carries(carry, r.a, imm, r.c);
    mx_range16x4(t, m, r.c);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.c);
}

static void declare_in_place(struct mx_builder *m)
{
    struct addi2_vars r;
    struct air *t = air_table(m->b, "addi2", AIR_MAX_HEIGHT, 0);
    air_committed(t, addi2_columns, MX_COUNT(addi2_columns), &r);
    expr imm[4] = {r.imm[0], r.imm[1], r.imm[1], r.imm[1]}, carry[4];

    mx_fetch(t, m, MX_ADDI2, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .x = {r.imm[0], r.imm[1]}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_add_carries(carry, r.d_old, imm, r.c);
    mx_range16x4(t, m, r.c);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.c);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_ADDI && insn->rd != insn->ra && mx_short_immediate(insn->imm);
}

static bool takes_in_place(const struct vm_insn *insn)
{
    return insn->op == VM_ADDI && insn->rd == insn->ra && mx_short_immediate(insn->imm);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct addi_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.imm[0][i] = rom->x[0];
        c.imm[1][i] = rom->x[1];
        mx_put_ranged(f, c.c, i, rec->result);
    }
}

static void fill_in_place(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct addi2_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.imm[0][i] = rom->x[0];
        c.imm[1][i] = rom->x[1];
        mx_put_ranged(f, c.c, i, rec->result);
    }
}

const struct mx_class_def mx_class_addi = {.name = "addi",
                                           .class = MX_ADDI,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_ADDI),
                                           .takes = takes,
                                           .encode = mx_encode_immediate,
                                           .fill = fill};
const struct mx_class_def mx_class_addi2 = {.name = "addi2",
                                            .class = MX_ADDI2,
                                            .uses = MX_USES_INC | MX_USES_RD,
                                            .record_bytes = sizeof(struct mx_record),
                                            .declare = declare_in_place,
                                            .ops = MX_OPS(VM_ADDI),
                                            .takes = takes_in_place,
                                            .encode = mx_encode_immediate,
                                            .fill = fill_in_place};
