/* SPDX-License-Identifier: Apache-2.0 */
/* stx.c - Stx: stores of 2, 4 and 8 bytes at other addresses than multiples of their width (unaligned.h).
 *
 * `at` marks limb j, where the value begins; `odd`: in its high half.  The value has n = 1, 2 or 4 limbs b_i = b_low_i + 256 b_high_i.  `after` are the
 * five limbs j ... j + 4 behind the store:
 *                    i = 0                   0 < i < n                         i = n                       i > n
 *     even           b_0                     b_i                               unchanged                   unchanged
 *     odd            first + 256 b_low_0     b_high_{i-1} + 256 b_low_i        b_high_{n-1} + 256 last[1]    unchanged
 * where `first` is the low byte of limb j and last[0] + 256 last[1] is limb j + n: the two limbs of which a store at an odd offset keeps a half.
 * All halves are looked up as bytes, so every limb behind the store is a limb before it, one of the register, or two bytes; limbs outside of the five keep
 * their expression, so a store changes only its bytes.  Where the second word is not accessed its cells are free; they only meet limbs that no message carries. */
#include "machines/memory/unaligned.h"

#define STX_COLUMNS(X)                                                          \
    MX_STEP(X)                                                                  \
    MX_READ(X, a)                                                               \
    MX_READ(X, b)                                                               \
    UNALIGNED_WORDS(X)                                                          \
    X(at, [3], 1, "the value begins in limb 1, 2, 3")                           \
    X(odd, , 1, "in its high half")                                             \
    X(b_low, [4], 8, "low bytes of b")                                          \
    X(first, , 8, "low byte of the value's first limb before the store")        \
    X(last, [2], 8, "bytes of the limb in which a value at an odd offset ends") \
    X(after, [5], 16, "limbs from the value's first on behind the store")

struct stx_vars {
    STX_COLUMNS(AIR_EXPR)
};
struct stx_cols {
    STX_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec stx_columns[] = {STX_COLUMNS(AIR_SPEC)};

static expr two_bytes(expr low, expr high)
{
    return add(low, mulk(high, 256));
}

/* The table above.  before[i]: limb j + i. */
static void after_constraints(struct air *t, const struct mx_builder *m, const struct stx_vars *r, const expr before[5])
{
    expr high[4], two = sub(constant(t, 1), add(r->four, r->eight));
    for (unsigned i = 0; i < 4; i++) {
        high[i] = high_byte(r->b[i], r->b_low[i]);
        mx_bytes(t, m, r->b_low[i], high[i]);
    }
    mx_bytes(t, m, r->first, high_byte(before[0], r->first));
    mx_bytes(t, m, r->last[0], r->last[1]);
    expr is_end[5] = {NULL, two, r->four, NULL, r->eight}; /* i = n */
    expr end_limb = add(add(mul(two, before[1]), mul(r->four, before[2])), mul(r->eight, before[4]));
    assert_equal(two_bytes(r->last[0], r->last[1]), end_limb);

    assert_equal(r->after[0], select_expr(r->odd, two_bytes(r->first, r->b_low[0]), r->b[0]));
    expr is_inside[5] = {NULL, add(r->four, r->eight), r->eight, r->eight, NULL}; /* i < n */
    for (unsigned i = 1; i < 5; i++) {
        expr end = two_bytes(select_expr(r->odd, high[i - 1], r->last[0]), r->last[1]);
        expr change = constant(t, 0);
        if (is_inside[i] != NULL) {
            expr inside = select_expr(r->odd, two_bytes(high[i - 1], r->b_low[i < 4 ? i : 0]), r->b[i < 4 ? i : 0]);
            change = add(change, when(is_inside[i], sub(inside, before[i])));
        }
        if (is_end[i] != NULL) {
            change = add(change, when(is_end[i], sub(end, before[i])));
        }
        assert_equal(r->after[i], add(before[i], change));
    }
}

static void declare(struct mx_builder *m)
{
    struct stx_vars r;
    struct air *t = air_table(m->b, "stx", AIR_MAX_HEIGHT, 0);
    air_committed(t, stx_columns, MX_COUNT(stx_columns), &r);
    const expr limb[8] = {r.v[0], r.v[1], r.v[2], r.v[3], r.w[0], r.w[1], r.w[2], r.w[3]};
    expr mark[4], before[5], behind[8];
    unaligned_mark(t, mark, r.at, 3);
    assert_bool(r.odd);
    for (unsigned i = 0; i < 5; i++) {
        expr part[4];
        for (unsigned j = 0; j < 4; j++) {
            part[j] = mul(mark[j], limb[i + j]);
        }
        before[i] = sum(part, 4);
    }
    after_constraints(t, m, &r, before);
    for (unsigned k = 0; k < 8; k++) {
        behind[k] = limb[k];
        for (unsigned j = k < 4 ? 0 : k - 4; j < 4 && j <= k; j++) {
            behind[k] = add(behind[k], mul(mark[j], sub(r.after[k - j], limb[k])));
        }
    }
    expr offset = add(r.odd, add(mulk(mark[1], 2), add(mulk(mark[2], 4), mulk(mark[3], 6))));
    struct unaligned u = UNALIGNED_OF(r, offset);

    mx_fetch(t, m, MX_STX, r.pc,
             &(struct mx_fields){
                 .inc = r.inc, .ra = r.a_reg, .rb = r.b_reg, .x = {r.imm[0], r.imm[1], r.mode, r.four, r.eight}});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, r.a);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, r.b);
    mem_address(t, r.a, r.imm, offset, r.q, r.c1, r.c2);
    unaligned_access(t, m, &u, behind);
}

static void fill_value(struct mx_filler *f, const struct stx_cols *c, size_t i, const struct mx_memory_record *rec,
                       unsigned limbs_n)
{
    unsigned offset = rec->address & 7, j = offset / 2;
    uint64_t b = rec->r.b;
    for (unsigned k = 1; k < 4; k++) {
        c->at[k - 1][i] = k == j;
    }
    c->odd[i] = offset % 2;
    for (unsigned k = 0; k < 4; k++) {
        c->b_low[k][i] = mx_limb(b, k) & 0xff;
        mx_count_bytes(f, mx_limb(b, k), mx_limb(b, k) >> 8);
    }
    uint32_t first = unaligned_limb(rec, j), last = unaligned_limb(rec, j + limbs_n);
    c->first[i] = first & 0xff;
    c->last[0][i] = last & 0xff;
    c->last[1][i] = last >> 8;
    mx_count_bytes(f, first, first >> 8);
    mx_count_bytes(f, last, last >> 8);
    for (unsigned k = 0; k < 5; k++) {
        uint32_t high = k > 0 ? mx_limb(b, k - 1) >> 8 : first & 0xff;
        uint32_t low_of_next = k < limbs_n ? mx_limb(b, k) & 0xff : last >> 8;
        uint32_t inside = k < limbs_n ? mx_limb(b, k) : unaligned_limb(rec, j + k);
        c->after[k][i] = c->odd[i] && k <= limbs_n ? high | low_of_next << 8 : inside;
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct stx_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_memory_record *rec = (const struct mx_memory_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, &rec->r);
        MX_PUT_STEP(c, i, rom, &rec->r);
        MX_PUT_READ(f, c, i, a, rom->ra, rec->r.a, rec->r.gap[MX_SLOT_A]);
        MX_PUT_READ(f, c, i, b, rom->rb, rec->r.b, rec->r.gap[MX_SLOT_B]);
        UNALIGNED_PUT(f, c, i, rom, rec);
        fill_value(f, &c, i, rec, unaligned_bytes(rom) / 2);
    }
}

static bool takes(const struct vm_insn *insn)
{
    return (insn->op == VM_SH || insn->op == VM_SW || insn->op == VM_SD) && mx_short_immediate(insn->imm);
}

static void encode(struct mx_rom_row *row, const struct vm_insn *insn)
{
    mem_encode(row, insn, true);
    row->x[3] = unaligned_width(insn) == 4;
    row->x[4] = unaligned_width(insn) == 8;
}

const struct mx_class_def mx_class_stx = {.name = "stx",
                                          .class = MX_STX,
                                          .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB,
                                          .record_bytes = sizeof(struct mx_memory_record),
                                          .declare = declare,
                                          .takes = takes,
                                          .encode = encode,
                                          .fits = unaligned_fits,
                                          .fill = fill};
