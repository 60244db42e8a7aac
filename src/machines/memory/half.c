/* SPDX-License-Identifier: Apache-2.0 */
/* half.c - Ldh, Sth: loads and stores of 2 and 4 bytes at multiples of their width.
 *
 * They are one or two whole limbs of the word: limb j is marked in `at` (none marked: limb 0), offset = 2 j; four bytes (`wide`, from the Rom)
 * begin at limb 0 or 2.  Bounds: results are limbs of the word, or 65535 times a bit.  The sign is bit 15 of the value's highest limb `top`: for
 * 0 <= top < 2^16 and a bit s, 2 top - 2^16 s is in range16 only if s is that bit.  Ldh also is the first row of 4-byte atomics, see double.c. */
#include "machines/memory/memory.h"

#define LDH_COLUMNS(X)                                \
    MX_STEP(X)                                        \
    MX_READ(X, a)                                     \
    MX_WRITE(X, d)                                    \
    MEM_ADDRESS(X)                                    \
    X(wide, , 1, "4 bytes, else 2")                   \
    X(is_signed, , 1, "result is sign extended")      \
    X(at, [3], 1, "the value begins at limb 1, 2, 3") \
    X(sign, , 1, "highest bit of the value")          \
    MEM_WORD(X, v)
#define STH_COLUMNS(X)                                \
    MX_STEP(X)                                        \
    MX_READ(X, a)                                     \
    MX_READ(X, b)                                     \
    MEM_ADDRESS(X)                                    \
    X(wide, , 1, "4 bytes, else 2")                   \
    X(at, [3], 1, "the value begins at limb 1, 2, 3") \
    MEM_WORD(X, v)

struct ldh_vars {
    LDH_COLUMNS(AIR_EXPR)
};
struct ldh_cols {
    LDH_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec ldh_columns[] = {LDH_COLUMNS(AIR_SPEC)};
struct sth_vars {
    STH_COLUMNS(AIR_EXPR)
};
struct sth_cols {
    STH_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec sth_columns[] = {STH_COLUMNS(AIR_SPEC)};

/* mark[0] ... mark[3]: one is 1; not 1 or 3 if wide */
static void mark_limbs(struct air *t, expr mark[4], const expr at[3], expr wide)
{
    expr marked = sum(at, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_bool(at[i]);
        mark[i + 1] = at[i];
    }
    mark[0] = sub(constant(t, 1), marked);
    assert_bool(mark[0]); /* at most one is marked */
    assert_zero(when(wide, add(mark[1], mark[3])));
}

/* 2, 4, 6 times the marks */
static expr offset_of(const expr mark[4])
{
    return add(mulk(mark[1], 2), add(mulk(mark[2], 4), mulk(mark[3], 6)));
}

static void declare_ldh(struct mx_builder *m)
{
    struct ldh_vars r;
    struct air *t = air_table(m->b, "ldh", AIR_MAX_HEIGHT, 0);
    air_committed(t, ldh_columns, MX_COUNT(ldh_columns), &r);
    expr mark[4], low[4];
    mark_limbs(t, mark, r.at, r.wide);
    for (unsigned i = 0; i < 4; i++) {
        low[i] = mul(mark[i], r.v[i]);
    }
    expr offset = offset_of(mark), bytes = addk(mulk(r.wide, 2), 2);
    expr v0 = sum(low, 4), v1 = add(mul(mark[0], r.v[1]), mul(mark[2], r.v[3])); /* v1: if wide */
    expr top = select_expr(r.wide, v1, v0);
    expr fill = mulk(mul(r.is_signed, r.sign), 0xffff);
    expr value[4] = {v0, select_expr(r.wide, v1, fill), fill, fill};

    mx_fetch(t, m, MX_LDH, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1], r.mode, r.wide, r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mem_address(t, r.a, r.imm, offset, r.q, r.c1, r.c2);
    mem_allowed(t, m, NULL, offset, bytes, r.mode, r.v_perm);
    mx_mem_access(t, m, r.ts, r.q, r.c1, r.c2, r.v_gap, r.v_perm, r.v, r.v);
    assert_bool(r.sign);
    mx_range16(t, m, sub(mulk(top, 2), mulk(r.sign, 1 << 16)));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, value);
}

static void declare_sth(struct mx_builder *m)
{
    struct sth_vars r;
    struct air *t = air_table(m->b, "sth", AIR_MAX_HEIGHT, 0);
    air_committed(t, sth_columns, MX_COUNT(sth_columns), &r);
    expr mark[4], stored[4];
    mark_limbs(t, mark, r.at, r.wide);
    for (unsigned i = 0; i < 4; i++) {
        stored[i] = select_expr(mark[i], r.b[0], r.v[i]);
        if (i % 2 == 1) { /* here mark[i] and wide are not both 1 */
            stored[i] = add(stored[i], when(r.wide, mul(mark[i - 1], sub(r.b[1], r.v[i]))));
        }
    }
    expr offset = offset_of(mark), bytes = addk(mulk(r.wide, 2), 2);

    mx_fetch(
        t, m, MX_STH, r.pc,
        &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .x = {r.imm[0], r.imm[1], r.mode, r.wide}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mem_address(t, r.a, r.imm, offset, r.q, r.c1, r.c2);
    mem_allowed(t, m, NULL, offset, bytes, r.mode, r.v_perm);
    mx_mem_access(t, m, r.ts, r.q, r.c1, r.c2, r.v_gap, r.v_perm, r.v, stored);
}

static void put_marks(uint32_t *const at[3], size_t row, unsigned limb)
{
    for (unsigned k = 0; k < 3; k++) {
        at[k][row] = k + 1 == limb;
    }
}

static void fill_ldh(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct ldh_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        unsigned offset = rec->address & 7, bytes = rom->x[3] ? 4 : 2;
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->r.old, rec->r.gap[MX_SLOT_D]);
        MEM_PUT_ADDRESS(c, i, rom, rec->word[0]);
        MEM_PUT_WORD(f, c, i, v, rec->word[0], rec->perm[0]);
        c.wide[i] = rom->x[3];
        c.is_signed[i] = rom->x[4];
        put_marks(c.at, i, offset / 2);
        uint32_t top = mx_limb(rec->word[0].before, (offset + bytes) / 2 - 1);
        c.sign[i] = top >> 15;
        mx_count_range16(f, 2 * top);
        mem_count_allowed(f, offset, bytes, rom->x[2], rec->perm[0]);
    }
}

static void fill_sth(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct sth_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        unsigned offset = rec->address & 7;
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->r.b, rec->r.gap[MX_SLOT_B]);
        MEM_PUT_ADDRESS(c, i, rom, rec->word[0]);
        MEM_PUT_WORD(f, c, i, v, rec->word[0], rec->perm[0]);
        c.wide[i] = rom->x[3];
        put_marks(c.at, i, offset / 2);
        mem_count_allowed(f, offset, rom->x[3] ? 4 : 2, rom->x[2], rec->perm[0]);
    }
}

static bool takes_ldh(const struct vm_insn *insn)
{
    return (insn->op == VM_LH || insn->op == VM_LHU || insn->op == VM_LW || insn->op == VM_LWU || insn->op == VM_LAW ||
            insn->op == VM_AMOLW) &&
           mx_short_immediate(insn->imm);
}

static bool takes_sth(const struct vm_insn *insn)
{
    return (insn->op == VM_SH || insn->op == VM_SW) && mx_short_immediate(insn->imm);
}

static bool is_wide(const struct vm_insn *insn)
{
    return insn->op == VM_LW || insn->op == VM_LWU || insn->op == VM_LAW || insn->op == VM_AMOLW || insn->op == VM_SW;
}

static void encode_ldh(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, insn->op == VM_AMOLW);
    row->x[3] = is_wide(insn);
    row->x[4] = insn->op == VM_LH || insn->op == VM_LW || insn->op == VM_LAW || insn->op == VM_AMOLW;
}

static void encode_sth(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, true);
    row->x[3] = is_wide(insn);
}

static bool fits(const struct vm_insn *insn, uint64_t address)
{
    return mem_aligned(address, is_wide(insn) ? 4 : 2);
}

const struct mx_class_def mx_class_ldh = {.name = "ldh",
                                          .class = MX_LDH,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare_ldh,
                                          .ops = MX_OPS(VM_LH, VM_LHU, VM_LW, VM_LWU, VM_LAW, VM_AMOLW),
                                          .takes = takes_ldh,
                                          .encode = encode_ldh,
                                          .fits = fits,
                                          .fill = fill_ldh};
const struct mx_class_def mx_class_sth = {.name = "sth",
                                          .class = MX_STH,
                                          .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare_sth,
                                          .ops = MX_OPS(VM_SH, VM_SW),
                                          .takes = takes_sth,
                                          .encode = encode_sth,
                                          .fits = fits,
                                          .fill = fill_sth};
