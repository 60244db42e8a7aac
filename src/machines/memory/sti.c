/* SPDX-License-Identifier: Apache-2.0 */
/* sti.c - Sti: stores of constants (sBPF), of every width, at any address.  They are rare: one table, which is Stx's (unaligned.h) with a value from the Rom and
 * with single bytes.
 *
 * The value is 64 bits with the upper 33 alike: limbs b_0, b_1 and twice 65535 sign.  Rom: x3 = one + 2 four + 4 eight + 8 sign, of four bits, of which at most one of
 * the first three is set; x4 = b_0, x5 = b_1. */
#include "machines/memory/unaligned.h"

#define STI_COLUMNS(X)                          \
    MX_STEP(X)                                  \
    MX_READ(X, a)                               \
    UNALIGNED_WORDS(X)                          \
    X(one, , 1, "1 byte")                       \
    X(b, [2], 16, "value, limbs 0 and 1")       \
    X(sign, , 1, "bits 32 ... 63 of the value") \
    X(b_low, [2], 8, "low bytes of b")          \
    UNALIGNED_STORE(X)

struct sti_vars {
    STI_COLUMNS(AIR_EXPR)
};
struct sti_cols {
    STI_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec sti_columns[] = {STI_COLUMNS(AIR_SPEC)};

static void declare(struct mx_builder *m)
{
    struct sti_vars r;
    struct air *t = air_table(m->b, "sti", AIR_MAX_HEIGHT, 0);
    air_committed(t, sti_columns, MX_COUNT(sti_columns), &r);
    struct unaligned u = UNALIGNED_OF(r, NULL);
    struct unaligned_store s = UNALIGNED_STORE_OF(r);
    u.one = r.one;
    for (unsigned i = 0; i < 2; i++) {
        s.limb[i] = r.b[i];
        s.low[i] = r.b_low[i];
        s.high[i] = high_byte(r.b[i], r.b_low[i]);
        mx_bytes(t, m, s.low[i], s.high[i]);
        s.limb[2 + i] = mulk(r.sign, 0xffff);
        s.low[2 + i] = s.high[2 + i] = mulk(r.sign, 0xff);
    }
    assert_bool(r.one);
    assert_bool(r.four);
    assert_bool(r.eight);
    assert_bool(r.sign);
    expr flags = add(add(r.one, mulk(r.four, 2)), add(mulk(r.eight, 4), mulk(r.sign, 8)));
    unaligned_store(t, m, &u, &s);

    mx_fetch(
        t, m, MX_STI, r.pc,
        &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .x = {r.imm[0], r.imm[1], r.mode, flags, r.b[0], r.b[1]}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mem_address(t, r.a, r.imm, u.offset, r.q, r.c1, r.c2);
}

static unsigned width(const struct vm_insn *insn)
{
    return insn->op == VM_SBI ? 1 : insn->op == VM_SHI ? 2 : insn->op == VM_SWI ? 4 : 8;
}

static bool takes(const struct vm_insn *insn)
{
    bool stores = insn->op == VM_SBI || insn->op == VM_SHI || insn->op == VM_SWI || insn->op == VM_SDI;
    uint64_t value = insn->link;
    return stores && mx_short_immediate(insn->imm) && (width(insn) < 8 || (uint64_t)(int64_t)(int32_t)value == value);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    unsigned n = width(insn);
    mem_encode(row, insn, true);
    row->x[3] = (n == 1) + 2 * (n == 4) + 4 * (n == 8) + 8 * (uint32_t)(n == 8 && insn->link >> 63 != 0);
    row->x[4] = mx_limb(insn->link, 0);
    row->x[5] = mx_limb(insn->link, 1);
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct sti_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        const uint32_t flags = rom->x[3];
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        c.one[i] = flags & 1;
        c.four[i] = flags >> 1 & 1;
        c.eight[i] = flags >> 2 & 1;
        c.sign[i] = flags >> 3;
        unsigned bytes = 2 + 2 * c.four[i] + 6 * c.eight[i] - c.one[i];
        UNALIGNED_PUT_BYTES(f, c, i, rom, rec, bytes);
        const uint64_t value = rom->x[4] | (uint64_t)rom->x[5] << 16 | (uint64_t)c.sign[i] * 0xffffffff00000000;
        c.b[0][i] = rom->x[4];
        c.b[1][i] = rom->x[5];
        mx_put_bytes(f, c.b_low, i, 2, value);
        UNALIGNED_PUT_STORE(f, c, i, rec, value, bytes);
    }
}

const struct mx_class_def mx_class_sti = {.name = "sti",
                                          .class = MX_STI,
                                          .uses = MX_USES_INC | MX_USES_RA,
                                          .user_only = true,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare,
                                          .ops = MX_OPS(VM_SBI, VM_SHI, VM_SWI, VM_SDI),
                                          .takes = takes,
                                          .encode = encode,
                                          .fill = fill};
