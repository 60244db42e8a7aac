/* SPDX-License-Identifier: Apache-2.0 */
/* declare.c - DECLARE ra, rb, rd: the words of [a, a + b) come into being, zero, as what d says (enum mem_perm; rd is read, not written).  Only the kernel has such rows.
 *
 * Their tokens get the time of this row, so that nothing reaches them before: an access at an earlier time would need a negative gap.
 *
 * The range: base's limbs 32 b0 + 8 f, c1, c2, 0 are a token's; b0 by range16, so 32 b0 + 8 f < 2^22 is that limb, b0 < 2^11 and the base is a multiple of 8.  The
 * end's limbs are 32 be + 8 g, e1, c2: range16 of be and of the sum make be < 2^11; one carry, and e1 by range16 without one, so the range is inside of its window.
 * Hence b is a multiple of 8 too.
 *
 * What the row says, each once: `declare` (first block, end block, both with their limb 1, c2, perm, time), taken by Declared; and an `edge` for a head, if f > 0, and for a tail, if
 * g > 0, but not for both if they are one.  same: base and end are in one block; the difference D of the block numbers is below 2^28, so it is 0 or has an inverse.
 *
 * A word must not be declared twice, nor where a program's memory is, nor the input: that is the kernel's business, like what it declares and how. */
#include "machines/memory/declare.h"

#define DECLARE_COLUMNS(X)                                       \
    MX_STEP(X)                                                   \
    X(a_reg, , 7, "register with the base")                      \
    X(b0, , 11, "base, bits 5 ... 15: block")                    \
    X(f, [2], 1, "base, bits 3, 4: word of the block")           \
    X(c1, , 16, "base, limb 1")                                  \
    X(c2, , 16, "base, limb 2")                                  \
    X(a_gap, , 16, "time since its last access, minus one")      \
    X(b_reg, , 7, "register with the size")                      \
    X(b, [2], 16, "size")                                        \
    X(b_gap, , 16, "time since its last access, minus one")      \
    X(d_reg, , 7, "register with the kind")                      \
    X(perm, , 16, "what the words are")                          \
    X(d_gap, , 16, "time since its last access, minus one")      \
    X(be, , 11, "end, bits 5 ... 15")                            \
    X(g, [2], 1, "end, bits 3, 4")                               \
    X(has_head, , 1, "base is not the first word of its block")  \
    X(has_end, , 1, "end is not the first word of its block")    \
    X(same, , 1, "base and end are in one block")                \
    X(inverse, , 31, "1 / (end's block - base's block), if not") \
    X(has_tail, , 1, "end's block has an edge of its own")

struct declare_vars {
    DECLARE_COLUMNS(AIR_EXPR)
};
struct declare_cols {
    DECLARE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec declare_columns[] = {DECLARE_COLUMNS(AIR_SPEC)};

struct declare_cut declare_cut(uint64_t base, uint64_t size)
{
    uint64_t end = base + size, at[2] = {base, end};
    struct declare_edge e[2];
    for (unsigned i = 0; i < 2; i++) {
        e[i] = (struct declare_edge){mx_limb(at[i], 0) >> 5, mx_limb(at[i], 1), mx_limb(at[i], 2), 0, at[i] >> 3 & 3};
    }
    bool head = e[0].end != 0, same = base >> 5 == end >> 5;
    struct declare_cut cut = {.first = {e[0].block + head, e[0].c1}, .end = {e[1].block, e[1].c1}};
    if (head) {
        e[0].lo = e[0].end;
        e[0].end = same ? e[1].end : MEM_ZERO_WORDS;
        cut.edges[cut.edges_n++] = e[0];
    }
    if (e[1].end != 0 && !(same && head)) {
        cut.edges[cut.edges_n++] = e[1];
    }
    return cut;
}

static expr word_of_block(const expr bits[2])
{
    return add(bits[0], mulk(bits[1], 2));
}

/* x = (bits != 0) */
static void assert_any(expr x, const expr bits[2])
{
    assert_bool(bits[0]);
    assert_bool(bits[1]);
    assert_bool(x);
    assert_equal(x, sub(add(bits[0], bits[1]), mul(bits[0], bits[1])));
}

static void declare(struct mx_builder *m)
{
    struct declare_vars r;
    struct air *t = air_table(m->b, "declare", AIR_MAX_HEIGHT, 0);
    air_committed(t, declare_columns, MX_COUNT(declare_columns), &r);
    expr zero = constant(t, 0), one = constant(t, 1), f = word_of_block(r.f), g = word_of_block(r.g);
    expr a0 = add(mulk(r.b0, 32), mulk(f, 8)), e0 = add(mulk(r.be, 32), mulk(g, 8));
    const expr base[4] = {a0, r.c1, r.c2, zero}, size[4] = {r.b[0], r.b[1], zero, zero},
               kind[4] = {r.perm, zero, zero, zero};

    mx_fetch(t, m, MX_DECLARE, r.pc, &(struct mx_fields){.inc = r.inc, .rd = r.d_reg, .ra = r.a_reg, .rb = r.b_reg});
    mx_step(t, m, r.pc, r.ts, add(r.pc, r.inc));
    mx_reg_read(t, m, r.ts, MX_SLOT_A, r.a_reg, r.a_gap, base);
    mx_reg_read(t, m, r.ts, MX_SLOT_B, r.b_reg, r.b_gap, size);
    mx_reg_read(t, m, r.ts, MX_SLOT_D, r.d_reg, r.d_gap, kind);
    expr carry;
    mx_add_carries_n(1, &carry, &a0, &r.b[0], &e0);
    expr e1 = add(add(r.c1, r.b[1]), carry);
    mx_range16(t, m, r.b0);
    mx_range16(t, m, r.be);
    mx_range16(t, m, e0);
    mx_range16(t, m, e1);

    assert_any(r.has_head, r.f);
    assert_any(r.has_end, r.g);
    expr difference = add(sub(r.be, r.b0), mulk(sub(e1, r.c1), DECLARE_BLOCKS));
    assert_bool(r.same);
    assert_zero(mul(r.same, difference));
    assert_equal(mul(difference, r.inverse), sub(one, r.same));
    assert_bool(r.has_tail);
    assert_equal(r.has_tail, sub(r.has_end, mul(mul(r.has_end, r.has_head), r.same)));

    expr start = addk(r.ts, MX_SLOT_MEMORY);
    bus_push(t, m->bus.declare, NULL, add(r.b0, r.has_head), r.c1, r.be, e1, r.c2, r.perm, start);
    expr head_end = addk(mul(r.same, addk(g, -MEM_ZERO_WORDS)), MEM_ZERO_WORDS);
    bus_push(t, m->bus.edge, r.has_head, r.b0, r.c1, r.c2, f, head_end, r.perm, start);
    bus_push(t, m->bus.edge, r.has_tail, r.be, e1, r.c2, zero, g, r.perm, start);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_DECLARE;
}

/* block, word and whether it is not the first; returns block */
static uint32_t put_end(uint32_t *block, uint32_t *const bits[2], uint32_t *not_first, size_t row, uint64_t at)
{
    block[row] = mx_limb(at, 0) >> 5;
    bits[0][row] = at >> 3 & 1;
    bits[1][row] = at >> 4 & 1;
    not_first[row] = (at >> 3 & 3) != 0;
    return block[row];
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct declare_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct mx_record *rec = (const struct mx_record *)records + i;
        const struct mx_rom_row *rom = mx_fetched(f, rec);
        uint64_t base = rec->a, behind = rec->a + rec->b;
        MX_PUT_STEP(c, i, rom, rec);
        c.a_reg[i] = rom->ra;
        c.b_reg[i] = rom->rb;
        c.d_reg[i] = rom->rd;
        c.a_gap[i] = rec->gap[MX_SLOT_A];
        c.b_gap[i] = rec->gap[MX_SLOT_B];
        c.d_gap[i] = rec->gap[MX_SLOT_D];
        for (unsigned slot = 0; slot < 3; slot++) {
            mx_count_range16(f, rec->gap[slot]);
        }
        c.c1[i] = mx_limb(base, 1);
        c.c2[i] = mx_limb(base, 2);
        c.b[0][i] = mx_limb(rec->b, 0);
        c.b[1][i] = mx_limb(rec->b, 1);
        c.perm[i] = mx_limb(rec->old, 0);
        uint32_t b0 = put_end(c.b0, c.f, c.has_head, i, base), be = put_end(c.be, c.g, c.has_end, i, behind);
        mx_count_range16(f, b0);
        mx_count_range16(f, be);
        mx_count_range16(f, mx_limb(behind, 0));
        mx_count_range16(f, mx_limb(behind, 1));
        int64_t difference = (int64_t)(behind >> 5) - (int64_t)(base >> 5);
        c.same[i] = difference == 0;
        c.inverse[i] = difference == 0 ? 0 : mx_inverse(difference);
        c.has_tail[i] = c.has_end[i] && !(c.has_head[i] && c.same[i]);
    }
}

const struct mx_class_def mx_class_declare = {.name = "declare",
                                              .class = MX_DECLARE,
                                              .uses = MX_USES_INC | MX_USES_RA | MX_USES_RB | MX_USES_RD,
                                              .kernel_only = true,
                                              .record_bytes = sizeof(struct mx_record),
                                              .declare = declare,
                                              .ops = MX_OPS(VM_DECLARE),
                                              .takes = takes,
                                              .fill = fill};
