/* SPDX-License-Identifier: Apache-2.0 */
/* addx.c - additions and subtractions that are too rare for a table of their own: wide immediates, immediate minus register, 32-bit forms extended by zeros.
 *
 * One identity for all, as in add.c: x + y = z mod 2^64, or mod 2^32 (`word`), where (x, y, z) is (a, b, result), for a - b (result, b, a),
 * for b - a (a, result, b).   A 32-bit result's limbs 2 and 3 are 0.
 * Bounds: limbs of a and b come from tokens or the Rom, those of the result are looked up; see mx_add_carries. */
#include "machines/machine.h"

#define ADDX_COLUMNS(X)                                     \
    MX_STEP(X)                                              \
    X(a_reg, , 7, "first operand's register")               \
    X(a_gap, , 16, "time since its last access, minus one") \
    X(b_reg, , 7, "second operand's register")              \
    X(b_gap, , 16, "time since its last access, minus one") \
    X(b_is_reg, , 1, "0: it is an immediate")               \
    MX_WRITE(X, d)                                          \
    X(sub, , 1, "a - b")                                    \
    X(reverse, , 1, "b - a")                                \
    X(word, , 1, "32 bits")                                 \
    X(x, [4], 16, "a; for a - b the result")                \
    X(y, [4], 16, "b; for b - a the result")                \
    X(z, [4], 16, "x + y: the result, a or b")

struct addx_vars {
    ADDX_COLUMNS(AIR_EXPR)
};
struct addx_cols {
    ADDX_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec addx_columns[] = {ADDX_COLUMNS(AIR_SPEC)};

enum { SUB = 2, REVERSE = 4, WORD = 8, IS_ADDI = 16 }; /* x0 (not IS_ADDI); 1: b is a register */

static void declare(struct mx_builder *m)
{
    struct addx_vars r;
    struct air *t = air_table(m->b, "addx", AIR_MAX_HEIGHT, 0);
    air_committed(t, addx_columns, MX_COUNT(addx_columns), &r);
    const expr flags[4] = {r.b_is_reg, r.sub, r.reverse, r.word};
    expr a[4], b[4], result[4], imm[4], is_add = addk(neg(add(r.sub, r.reverse)), 1);
    for (unsigned i = 0; i < 4; i++) {
        a[i] = select_expr(r.sub, r.z[i], r.x[i]);
        b[i] = select_expr(r.reverse, r.z[i], r.y[i]);
        result[i] = add(mul(is_add, r.z[i]), add(mul(r.sub, r.x[i]), mul(r.reverse, r.y[i])));
    }

    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, b, r.b_is_reg, imm);
    for (unsigned i = 1; i < 4; i++) {
        assert_bool(flags[i]);
    }
    mx_fetch(t, m, MX_ADDX, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {limbs(flags, 4, 1), imm[0], imm[1], imm[2], imm[3]}});
    expr low[2], carry = NULL, is_long = addk(neg(r.word), 1);
    mx_add_carries_n(2, low, r.x, r.y, r.z);
    carry = low[1];
    for (unsigned i = 2; i < 4; i++) {
        carry = mulk(add(sub(add(r.x[i], r.y[i]), r.z[i]), carry), MX_INVERSE_2_16);
        assert_zero(when(is_long, bit(carry)));
        assert_zero(when(r.word, result[i]));
    }
    mx_range16x4(t, m, result);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, result);
}

static uint32_t flags_of(const struct vm_insn *insn)
{
    switch (insn->op) {
    case VM_ADDI:
        return IS_ADDI; /* no flag */
    case VM_RSUBI:
        return REVERSE;
    case VM_ADDWZ:
        return 1 | WORD;
    case VM_SUBWZ:
        return 1 | SUB | WORD;
    case VM_ADDIWZ:
        return WORD;
    case VM_RSUBIWZ:
        return REVERSE | WORD;
    default:
        return 0;
    }
}

static bool takes(const struct vm_insn *insn)
{
    if (insn->op == VM_ADDI) {
        return !mx_short_immediate(insn->imm); /* else addi */
    }
    return flags_of(insn) != 0 && !(insn->op == VM_ADDIWZ && insn->imm == 0); /* movw */
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    row->x[0] = flags_of(insn) & ~(uint32_t)IS_ADDI;
    mx_encode_operand(row, insn, (row->x[0] & 1) != 0);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct addx_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint32_t flags = rom->x[0];
        bool subtract = (flags & SUB) != 0, reverse = (flags & REVERSE) != 0;
        MX_PUT_STEP(c, i, rom, rec);
        c.a_reg[i] = rom->ra;
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        mx_count_range16(f, rec->gap[MX_SLOT_A]);
        c.b_reg[i] = rom->rb;
        c.b_gap[i] = rec->gap[MX_SLOT_B];
        c.b_is_reg[i] = flags & 1;
        if ((flags & 1) != 0) {
            mx_count_range16(f, rec->gap[MX_SLOT_B]);
        }
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.sub[i] = subtract;
        c.reverse[i] = reverse;
        c.word[i] = (flags & WORD) != 0;
        mx_put_limbs(subtract ? c.z : c.x, i, rec->a);
        mx_put_limbs(reverse ? c.z : c.y, i, mx_operand(rom, rec->b));
        mx_put_ranged(f, subtract ? c.x : reverse ? c.y : c.z, i, rec->result);
    }
}

const struct mx_class_def mx_class_addx = {.name = "addx",
                                           .class = MX_ADDX,
                                           .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_ADDI, VM_RSUBI, VM_ADDWZ, VM_SUBWZ, VM_ADDIWZ, VM_RSUBIWZ),
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
