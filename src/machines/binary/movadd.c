/* SPDX-License-Identifier: Apache-2.0 */
/* movadd.c - two instructions in one row: rd = ra, then rd = rd + b or rd = rd - b, b a register or an immediate.
 *
 * Code with two operands (sBPF) writes a sum of two registers as this pair.  The row stands in the Rom at the move's pc, beside the move's own, and does what the two rows do: it
 * leads to where the second leads and takes the time of both.  What is in rd between them nobody sees: a trap there needs the two rows one by one, and a jump to the second finds its
 * own.  A prover may take either way; the meter is time, so both cost the same.
 * Rom field x5 says whether to subtract.  Bounds: limbs of ra and b come from tokens or the Rom, the rest is mx_sum's. */
#include "machines/machine.h"

enum { ROWS = 2 };

#define MOVADD_COLUMNS(X)                                   \
    MX_STEP(X)                                              \
    X(a_reg, , 7, "first operand's register")               \
    X(a_gap, , 16, "time since its last access, minus one") \
    MX_OPERAND(X, b)                                        \
    MX_WRITE(X, d)                                          \
    MX_SUM(X)

struct movadd_vars {
    MOVADD_COLUMNS(AIR_EXPR)
};
struct movadd_cols {
    MOVADD_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec movadd_columns[] = {MOVADD_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct movadd_vars r;
    struct air *t = air_table(m->b, "movadd", AIR_MAX_HEIGHT, 0);
    air_committed(t, movadd_columns, MX_COUNT(movadd_columns), &r);
    struct mx_sum s = mx_sum(t, m, r.sub, r.u, r.b, r.w);
    expr imm[4];

    mx_steps(t, m, ROWS, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, s.a);
    mx_operand_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b, r.b_is_reg, imm);
    mx_fetch(t, m, MX_MOVADD, r.pc,
             &(struct mx_fields){.inc = r.inc,
                                 .rd = r.d_reg,
                                 .ra = r.a_reg,
                                 .rb = r.b_reg,
                                 .x = {r.b_is_reg, imm[0], imm[1], imm[2], imm[3], r.sub}});
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, s.result);
}

static bool takes_pair(const struct vm_insn *first, const struct vm_insn *second)
{
    return first->op == VM_MOV && first->rd != first->ra && second->rd == first->rd && second->ra == first->rd &&
           (second->op == VM_ADD || second->op == VM_SUB || second->op == VM_ADDI);
}

/* A second operand that is rd is what was moved there. */
static void encode_pair(struct mx_rom_row *row, const struct vm_insn *first, const struct vm_insn *second)
{
    row->rd = second->rd;
    row->ra = first->ra;
    mx_encode_operand(row, second, second->op != VM_ADDI);
    row->rb = row->rb == first->rd ? first->ra : row->rb;
    row->x[5] = second->op == VM_SUB;
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct movadd_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        MX_PUT_STEP(c, i, rom, rec);
        c.a_reg[i] = rom->ra;
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        mx_count_range16(f, rec->gap[MX_SLOT_A]);
        MX_PUT_OPERAND(f, c, i, b, rom, mx_operand(rom, rec->b), rec->gap[MX_SLOT_B]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        MX_PUT_SUM(f, c, i, rom->x[5], rec->a, rec->result);
    }
}

const struct mx_class_def mx_class_movadd = {.name = "movadd",
                                             .class = MX_MOVADD,
                                             .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA | MX_USES_RB,
                                             .record_bytes = sizeof(struct mx_record),
                                             .declare = declare,
                                             .takes_pair = takes_pair,
                                             .encode_pair = encode_pair,
                                             .fill = fill};
