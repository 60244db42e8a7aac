/* SPDX-License-Identifier: Apache-2.0 */
/* jalr.c - rd = link, goto (ra + immediate) & ~1.
 *
 * Rom fields: x0, x1 immediate (low limb, the others), x2 third limb of code addresses (0: the user's, 16: the kernel's), x3, x4 lower limbs of the link.
 * The sum c has c2 = x2, c3 = 0, c0 = 2 h + lsb and c1 = 0x8000 + f; the next pc is MX_PC_USER + 2^24 x2 + h + 2^15 f, and nothing else is a pc:
 *   h < 2^16 by its own lookup, so that 2 h + lsb < 2^17 is an integer; its lookup then makes h < 2^15;
 *   c1 < 2^16 by lookup, so |8 f| < 2^18 is an integer; its lookup makes 0 <= f < 2^13.
 * So h + 2^15 f < 2^28 and the target lies in the row's own half of the pc space, whatever ra holds; a target outside of
 * the 2^29 bytes of text has no proof.  ra's limbs come from a token, c's are looked up: the carries hold in integers. */
#include "machines/machine.h"

#define JALR_COLUMNS(X)                                 \
    X(pc, , 31, "program counter")                      \
    X(ts, , 24, "time")                                 \
    MX_READ(X, a)                                       \
    MX_WRITE(X, d)                                      \
    X(imm, [2], 16, "immediate: low limb, the others")  \
    X(c2, , 5, "third limb of code addresses")          \
    X(link, [2], 16, "address of the next instruction") \
    X(h, , 15, "sum, bits 1 to 15")                     \
    X(lsb, , 1, "sum, bit 0: dropped")                  \
    X(c1, , 16, "sum, second limb")

struct jalr_vars {
    JALR_COLUMNS(AIR_EXPR)
};
struct jalr_cols {
    JALR_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec jalr_columns[] = {JALR_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct jalr_vars r;
    struct air *t = air_table(m->b, "jalr", AIR_MAX_HEIGHT, 0);
    air_committed(t, jalr_columns, MX_COUNT(jalr_columns), &r);
    expr zero = constant(t, 0);
    expr c0 = add(mulk(r.h, 2), r.lsb), f = addk(r.c1, -0x8000);
    expr imm[4] = {r.imm[0], r.imm[1], r.imm[1], r.imm[1]}, c[4] = {c0, r.c1, r.c2, zero}, carry[4];
    expr link[4] = {r.link[0], r.link[1], r.c2, zero};

    mx_fetch(t, m, MX_JALR, r.pc,
             &(struct mx_fields){.rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1], r.c2, r.link[0], r.link[1]}});
    expr base = addk(mulk(r.c2, 1 << 24), MX_PC_USER);
    mx_step(t, m, r.pc, r.ts, mx_place(t, m, base, r.h, f));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, link);
    mx_add_carries(carry, r.a, imm, c);
    assert_bool(r.lsb);
    mx_range16(t, m, r.h);
    mx_range16(t, m, c0);
    mx_range16(t, m, r.c1);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_JALR && mx_short_immediate(insn->imm) && insn->link >> 48 == 0;
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mx_encode_immediate(row, insn);
    row->x[2] = mx_limb(insn->link, 2);
    row->x[3] = mx_limb(insn->link, 0);
    row->x[4] = mx_limb(insn->link, 1);
}

static void fill_sum(struct mx_filler *f, const struct jalr_cols *c, size_t i, uint64_t total)
{
    uint32_t c0 = mx_limb(total, 0), c1 = mx_limb(total, 1);
    c->h[i] = c0 >> 1;
    c->lsb[i] = c0 & 1;
    c->c1[i] = c1;
    mx_count_range16(f, c0 >> 1);
    mx_count_range16(f, c0);
    mx_count_range16(f, c1);
    mx_count_range16(f, (c1 - 0x8000) * 8);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct jalr_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        c.pc[i] = rom->pc;
        c.ts[i] = rec->ts;
        MX_PUT_READ(f, c, i, a, rom->ra, rec->a, rec->gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->old, rec->gap[MX_SLOT_D]);
        c.imm[0][i] = rom->x[0];
        c.imm[1][i] = rom->x[1];
        c.c2[i] = rom->x[2];
        c.link[0][i] = rom->x[3];
        c.link[1][i] = rom->x[4];
        fill_sum(f, &c, i, rec->a + mx_immediate(rom));
    }
}

const struct mx_class_def mx_class_jalr = {.name = "jalr",
                                           .class = MX_JALR,
                                           .uses = MX_USES_RD | MX_USES_RA,
                                           .record_bytes = sizeof(struct mx_record),
                                           .declare = declare,
                                           .ops = MX_OPS(VM_JALR),
                                           .takes = takes,
                                           .encode = encode,
                                           .fill = fill};
