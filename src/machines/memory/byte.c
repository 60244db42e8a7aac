/* SPDX-License-Identifier: Apache-2.0 */
/* byte.c - Ldb, Stb: loads and stores of one byte.
 *
 * The byte's limb l is marked in `at` (none: limb 0), `high` says which half of it: offset = 2 limb + high.  l consists of `byte` and the other half,
 *     l = byte + 256 other (low),   l = other + 256 byte (high),
 * and a lookup says that both are bytes, so l < 2^16 has one such pair.  `other` is an expression: (l - byte) / 256 or l - 256 byte; where
 * 256 does not divide, the quotient mod p is not a byte.
 * Producers: Ldb's result is the byte and 255, 65535 times a bit; Stb's limb is made of bytes, since the stored byte is split off rb's low limb in
 * the same way.  Sign: byte < 256, so byte + is_signed byte - 256 sign is a byte only for the right bit. */
#include "machines/memory/memory.h"

#define AT_COLUMNS(X)                            \
    X(at, [3], 1, "the byte is in limb 1, 2, 3") \
    X(high, , 1, "in its high half")
#define LDB_COLUMNS(X)                             \
    MX_STEP(X)                                     \
    MX_READ(X, a)                                  \
    MX_WRITE(X, d)                                 \
    MEM_ADDRESS(X)                                 \
    X(is_signed, , 1, "result is sign extended")   \
    AT_COLUMNS(X)                                  \
    X(byte, , 8, "the byte")                       \
    X(sign, , 1, "its highest bit, 0 if unsigned") \
    MEM_WORD(X, v)
#define STB_COLUMNS(X)                            \
    MX_STEP(X)                                    \
    MX_READ(X, a)                                 \
    MX_READ(X, b)                                 \
    MEM_ADDRESS(X)                                \
    AT_COLUMNS(X)                                 \
    X(byte, , 8, "the byte before")               \
    X(stored, , 8, "the byte after: lowest of b") \
    MEM_WORD(X, v)

struct ldb_vars {
    LDB_COLUMNS(AIR_EXPR)
};
struct ldb_cols {
    LDB_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec ldb_columns[] = {LDB_COLUMNS(AIR_SPEC)};
struct stb_vars {
    STB_COLUMNS(AIR_EXPR)
};
struct stb_cols {
    STB_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec stb_columns[] = {STB_COLUMNS(AIR_SPEC)};

/* (x - low) / 256: the high byte of a limb x whose low byte is `low` */
static expr high_byte(expr x, expr low)
{
    const int64_t inverse_256 = 2122383361; /* 256 * 2122383361 = 1 mod p */
    return mulk(sub(x, low), inverse_256);
}

/* Marks the limb, proves `byte` to be in it, and returns the offset. */
static expr find_byte(struct air *t, const struct mx_builder *m, expr mark[4], const expr at[3], expr high, expr byte,
                      const expr v[4])
{
    expr marked = sum(at, 3), part[4];
    for (unsigned i = 0; i < 3; i++) {
        assert_bool(at[i]);
        mark[i + 1] = at[i];
    }
    mark[0] = sub(constant(t, 1), marked);
    assert_bool(mark[0]);
    assert_bool(high);
    for (unsigned i = 0; i < 4; i++) {
        part[i] = mul(mark[i], v[i]);
    }
    expr limb = sum(part, 4);
    expr if_high = sub(limb, mulk(byte, 256)), if_low = high_byte(limb, byte);
    mx_bytes(t, m, byte, select_expr(high, if_high, if_low));
    return add(high, add(mulk(mark[1], 2), add(mulk(mark[2], 4), mulk(mark[3], 6))));
}

static void declare_ldb(struct mx_builder *m)
{
    struct ldb_vars r;
    struct air *t = air_table(m->b, "ldb", AIR_MAX_HEIGHT, 0);
    air_committed(t, ldb_columns, MX_COUNT(ldb_columns), &r);
    expr mark[4], one = constant(t, 1);
    expr offset = find_byte(t, m, mark, r.at, r.high, r.byte, r.v);
    expr fill = mulk(r.sign, 0xffff), low = add(r.byte, mulk(r.sign, 0xff00));
    expr value[4] = {low, fill, fill, fill};

    mx_fetch(t, m, MX_LDB, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .x = {r.imm[0], r.imm[1], r.mode, r.is_signed}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mem_address(t, r.a, r.imm, offset, r.q, r.c1, r.c2);
    mem_allowed(t, m, NULL, offset, one, r.mode, r.v_perm);
    mx_mem_access(t, m, r.ts, r.q, r.c1, r.c2, r.v_gap, r.v_perm, r.v, r.v);
    assert_bool(r.sign);
    mx_range8(t, m, sub(add(r.byte, mul(r.is_signed, r.byte)), mulk(r.sign, 256)));
    mx_reg_write(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, r.d_old, value);
}

static void declare_stb(struct mx_builder *m)
{
    struct stb_vars r;
    struct air *t = air_table(m->b, "stb", AIR_MAX_HEIGHT, 0);
    air_committed(t, stb_columns, MX_COUNT(stb_columns), &r);
    expr mark[4], after[4], one = constant(t, 1);
    expr offset = find_byte(t, m, mark, r.at, r.high, r.byte, r.v);
    expr change = sub(r.stored, r.byte);
    expr limb_change = add(change, when(r.high, mulk(change, 255))); /* 256 change in the high half */
    for (unsigned i = 0; i < 4; i++) {
        after[i] = add(r.v[i], mul(mark[i], limb_change));
    }

    mx_fetch(t, m, MX_STB, r.pc,
             &(struct mx_fields){.inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .x = {r.imm[0], r.imm[1], r.mode}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mem_address(t, r.a, r.imm, offset, r.q, r.c1, r.c2);
    mem_allowed(t, m, NULL, offset, one, r.mode, r.v_perm);
    mx_bytes(t, m, r.stored, high_byte(r.b[0], r.stored));
    mx_mem_access(t, m, r.ts, r.q, r.c1, r.c2, r.v_gap, r.v_perm, r.v, after);
}

/* The cells of find_byte; returns the byte. */
static uint32_t put_byte(struct mx_filler *f, uint32_t *const at[3], uint32_t *high, size_t row, unsigned offset,
                         uint64_t word)
{
    uint32_t limb = mx_limb(word, offset / 2), byte = limb >> 8 * (offset % 2) & 0xff;
    for (unsigned k = 0; k < 3; k++) {
        at[k][row] = k + 1 == offset / 2;
    }
    high[row] = offset % 2;
    mx_count_bytes(f, byte, limb >> 8 * (1 - offset % 2));
    return byte;
}

static void fill_ldb(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct ldb_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_WRITE(f, c, i, d, rom->rd, rec->r.old, rec->r.gap[MX_SLOT_D]);
        MEM_PUT_ADDRESS(c, i, rom, rec->word[0]);
        MEM_PUT_WORD(f, c, i, v, rec->word[0], rec->perm[0]);
        c.is_signed[i] = rom->x[3];
        c.byte[i] = put_byte(f, c.at, c.high, i, rec->address & 7, rec->word[0].before);
        c.sign[i] = rom->x[3] & c.byte[i] >> 7;
        mx_count_range8(f, c.byte[i] << rom->x[3]);
        mem_count_allowed(f, rec->address & 7, 1, rom->x[2], rec->perm[0]);
    }
}

static void fill_stb(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct stb_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->r.b, rec->r.gap[MX_SLOT_B]);
        MEM_PUT_ADDRESS(c, i, rom, rec->word[0]);
        MEM_PUT_WORD(f, c, i, v, rec->word[0], rec->perm[0]);
        c.byte[i] = put_byte(f, c.at, c.high, i, rec->address & 7, rec->word[0].before);
        c.stored[i] = rec->r.b & 0xff;
        mx_count_bytes(f, c.stored[i], mx_limb(rec->r.b, 0) >> 8);
        mem_count_allowed(f, rec->address & 7, 1, rom->x[2], rec->perm[0]);
    }
}

static bool takes_ldb(const struct vm_insn *insn)
{
    return (insn->op == VM_LB || insn->op == VM_LBU) && mx_short_immediate(insn->imm);
}

static bool takes_stb(const struct vm_insn *insn)
{
    return insn->op == VM_SB && mx_short_immediate(insn->imm);
}

static void encode_ldb(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, false);
    row->x[3] = insn->op == VM_LB;
}

static void encode_stb(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, true);
}

const struct mx_class_def mx_class_ldb = {.name = "ldb",
                                          .class = MX_LDB,
                                          .uses = MX_USES_INC | MX_USES_RD | MX_USES_RA,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare_ldb,
                                          .ops = MX_OPS(VM_LB, VM_LBU),
                                          .takes = takes_ldb,
                                          .encode = encode_ldb,
                                          .fill = fill_ldb};
const struct mx_class_def mx_class_stb = {.name = "stb",
                                          .class = MX_STB,
                                          .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare_stb,
                                          .ops = MX_OPS(VM_SB),
                                          .takes = takes_stb,
                                          .encode = encode_stb,
                                          .fill = fill_stb};
