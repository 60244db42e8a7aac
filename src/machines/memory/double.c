/* SPDX-License-Identifier: Apache-2.0 */
/* double.c - Ld8, St8: loads and stores of whole words, at multiples of 8.
 *
 * The word's limbs are the register's.  Ld8 also is the first row of 8-byte atomics: LR, and SC and AMOs, which may only pass where a
 * store may: their `mode` is that of a store.  There is no other class for these rows, so a misaligned one has no proof.
 * Producers: Ld8 gives a register the word's limbs, St8 gives the word the register's. */
#include "machines/memory/memory.h"

#define LD8_COLUMNS(X) \
    MX_STEP(X)         \
    MX_READ(X, a)      \
    MX_WRITE(X, d)     \
    MEM_ADDRESS(X)     \
    MEM_WORD(X, v)
#define ST8_COLUMNS(X) \
    MX_STEP(X)         \
    MX_READ(X, a)      \
    MX_READ(X, b)      \
    MEM_ADDRESS(X)     \
    MEM_WORD(X, v)

struct ld8_vars {
    LD8_COLUMNS(AIR_EXPR)
};
struct ld8_cols {
    LD8_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec ld8_columns[] = {LD8_COLUMNS(AIR_SPEC)};
struct st8_vars {
    ST8_COLUMNS(AIR_EXPR)
};
struct st8_cols {
    ST8_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec st8_columns[] = {ST8_COLUMNS(AIR_SPEC)};

static void declare_ld8(struct mx_builder *m)
{
    struct ld8_vars r;
    struct air *t = air_table(m->b, "ld8", AIR_MAX_HEIGHT, 0);
    air_committed(t, ld8_columns, MX_COUNT(ld8_columns), &r);
    expr zero = constant(t, 0), eight = constant(t, 8);

    mx_fetch(t, m, MX_LD8, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1], r.mode}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mem_address(t, r.a, r.imm, zero, r.q, r.c1, r.c2);
    mem_allowed(t, m, NULL, zero, eight, r.mode, r.v_perm);
    mx_mem_access(t, m, r.ts, r.q, r.c1, r.c2, r.v_gap, r.v_perm, r.v, r.v);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, r.v);
}

static void declare_st8(struct mx_builder *m)
{
    struct st8_vars r;
    struct air *t = air_table(m->b, "st8", AIR_MAX_HEIGHT, 0);
    air_committed(t, st8_columns, MX_COUNT(st8_columns), &r);
    expr zero = constant(t, 0), eight = constant(t, 8);

    mx_fetch(t, m, MX_ST8, r.pc,
             &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .x = {r.imm[0], r.imm[1], r.mode}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mem_address(t, r.a, r.imm, zero, r.q, r.c1, r.c2);
    mem_allowed(t, m, NULL, zero, eight, r.mode, r.v_perm);
    mx_mem_access(t, m, r.ts, r.q, r.c1, r.c2, r.v_gap, r.v_perm, r.v, r.b);
}

static void fill_ld8(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct ld8_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->r.old, rec->r.gap[MX_SLOT_D]);
        MEM_PUT_ADDRESS(c, i, rom, rec->word[0]);
        MEM_PUT_WORD(f, c, i, v, rec->word[0], rec->perm[0]);
        mem_count_allowed(f, 0, 8, rom->x[2], rec->perm[0]);
    }
}

static void fill_st8(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct st8_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->r.b, rec->r.gap[MX_SLOT_B]);
        MEM_PUT_ADDRESS(c, i, rom, rec->word[0]);
        MEM_PUT_WORD(f, c, i, v, rec->word[0], rec->perm[0]);
        mem_count_allowed(f, 0, 8, rom->x[2], rec->perm[0]);
    }
}

static bool takes_ld8(const struct vm_insn *insn)
{
    return (insn->op == VM_LD || insn->op == VM_LAD || insn->op == VM_AMOLD) && mx_short_immediate(insn->imm);
}

static bool takes_st8(const struct vm_insn *insn)
{
    return insn->op == VM_SD && mx_short_immediate(insn->imm);
}

static void encode_ld8(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, insn->op == VM_AMOLD);
}

static void encode_st8(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, true);
}

static bool fits(const struct vm_insn *insn, uint64_t address)
{
    (void)insn;
    return mem_aligned(address, 8);
}

const struct mx_class_def mx_class_ld8 = {.name = "ld8",
                                          .class = MX_LD8,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare_ld8,
                                          .ops = MX_OPS(VM_LD, VM_LAD, VM_AMOLD),
                                          .takes = takes_ld8,
                                          .encode = encode_ld8,
                                          .fits = fits,
                                          .fill = fill_ld8};
const struct mx_class_def mx_class_st8 = {.name = "st8",
                                          .class = MX_ST8,
                                          .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare_st8,
                                          .ops = MX_OPS(VM_SD),
                                          .takes = takes_st8,
                                          .encode = encode_st8,
                                          .fits = fits,
                                          .fill = fill_st8};
