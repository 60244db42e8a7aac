/* SPDX-License-Identifier: Apache-2.0 */
/* addw.c - 32-bit addition and subtraction, sign-extended: addw (two registers; roles as in add.c) and addiw (immediate).
 *
 * Two limbs are added, the carry out of the second is dropped.  The sign s of limb 1 of the result fills the other two: 65535 s.
 * Bounds: both limbs of the result are looked up, which makes the carries integers, and 2 limb1 - 2^16 s too (mx_sign). */
#include "machines/machine.h"

#define ADDW_COLUMNS(X)                                              \
    MX_STEP(X)                                                       \
    X(sub, , 1, "1: subtract")                                       \
    X(a_reg, , 7, "first operand's register")                        \
    X(a_high, [2], 16, "its limbs 2 and 3")                          \
    X(a_gap, , 16, "time since its last access, minus one")          \
    MX_READ(X, b)                                                    \
    MX_WRITE(X, d)                                                   \
    X(u, [2], 16, "add: first operand; sub: result")                 \
    X(w, [2], 16, "u + b mod 2^32: add: result; sub: first operand") \
    X(sign, , 1, "bit 31 of the result")
#define ADDIW_COLUMNS(X)                              \
    MX_STEP(X)                                        \
    MX_READ(X, a)                                     \
    MX_WRITE(X, d)                                    \
    X(imm, [2], 16, "immediate: low limb, the other") \
    X(c, [2], 16, "sum")                              \
    X(sign, , 1, "its bit 31")

struct addw_vars {
    ADDW_COLUMNS(AIR_EXPR)
};
struct addw_cols {
    ADDW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec addw_columns[] = {ADDW_COLUMNS(AIR_SPEC)};
struct addiw_vars {
    ADDIW_COLUMNS(AIR_EXPR)
};
struct addiw_cols {
    ADDIW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec addiw_columns[] = {ADDIW_COLUMNS(AIR_SPEC)};

/* word[0], word[1] looked up; out = the four limbs of their sign extension */
static void sign_extend(struct air *t, const struct mx_builder *m, const expr word[2], expr sign, expr out[4])
{
    mx_range16(t, m, word[0]);
    mx_range16(t, m, word[1]);
    mx_sign(t, m, constant(t, 1), word[1], sign);
    out[0] = word[0];
    out[1] = word[1];
    out[2] = out[3] = mulk(sign, 0xffff);
}

static void declare_addw(struct mx_builder *m)
{
    struct addw_vars r;
    struct air *t = air_table(m->b, "addw", AIR_MAX_HEIGHT, 0);
    air_committed(t, addw_columns, MX_COUNT(addw_columns), &r);
    expr a[4], word[2], result[4], carry[2];
    for (unsigned i = 0; i < 2; i++) {
        a[i] = select_expr(r.sub, r.w[i], r.u[i]);
        a[2 + i] = r.a_high[i];
        word[i] = select_expr(r.sub, r.u[i], r.w[i]);
    }

    mx_fetch(t, m, MX_ADDW, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg, .x = {r.sub}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mx_add_carries_n(2, carry, r.u, r.b, r.w);
    sign_extend(t, m, word, r.sign, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static void declare_addiw(struct mx_builder *m)
{
    struct addiw_vars r;
    struct air *t = air_table(m->b, "addiw", AIR_MAX_HEIGHT, 0);
    air_committed(t, addiw_columns, MX_COUNT(addiw_columns), &r);
    expr result[4], carry[2];

    mx_fetch(t, m, MX_ADDIW, r.pc,
             &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1]}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_add_carries_n(2, carry, r.a, r.imm, r.c);
    sign_extend(t, m, r.c, r.sign, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static bool takes_addw(const struct vm_insn *insn)
{
    return insn->op == VM_ADDW || insn->op == VM_SUBW;
}

static bool takes_addiw(const struct vm_insn *insn)
{
    return insn->op == VM_ADDIW;
}

static void encode_addw(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = insn->op == VM_SUBW;
}

/* two limbs */
static void put_word(uint32_t *const column[2], size_t row, uint64_t v)
{
    column[0][row] = mx_limb(v, 0);
    column[1][row] = mx_limb(v, 1);
}

static uint32_t count_result(struct mx_filler *f, uint64_t result)
{
    mx_count_range16(f, mx_limb(result, 0));
    mx_count_range16(f, mx_limb(result, 1));
    return mx_put_sign(f, 1, result << 32); /* limb 1 on top */
}

static void fill_addw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct addw_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        bool subtract = rom->x[0] != 0;
        MX_PUT_STEP(c, i, rom, rec);
        c.sub[i] = subtract;
        c.a_reg[i] = rom->ra;
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        mx_count_range16(f, rec->gap[MX_SLOT_A]);
        put_word(subtract ? c.w : c.u, i, rec->a);
        put_word(c.a_high, i, rec->a >> 32);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->b, rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        put_word(subtract ? c.u : c.w, i, rec->result);
        c.sign[i] = count_result(f, rec->result);
    }
}

static void fill_addiw(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct addiw_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.imm[0][i] = rom->x[0];
        c.imm[1][i] = rom->x[1];
        put_word(c.c, i, rec->result);
        c.sign[i] = count_result(f, rec->result);
    }
}

const struct mx_class_def mx_class_addw = {.name = "addw",
                                           .class = MX_ADDW,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare_addw,
                                           .ops = MX_OPS(VM_ADDW, VM_SUBW),
                                           .takes = takes_addw,
                                           .encode = encode_addw,
                                           .fill = fill_addw};
const struct mx_class_def mx_class_addiw = {.name = "addiw",
                                            .class = MX_ADDIW,
                                            .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                            .record_bytes = sizeof(struct mx_record),
                                            .declare = declare_addiw,
                                            .ops = MX_OPS(VM_ADDIW),
                                            .takes = takes_addiw,
                                            .encode = mx_encode_immediate,
                                            .fill = fill_addiw};
