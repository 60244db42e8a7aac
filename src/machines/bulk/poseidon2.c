/* SPDX-License-Identifier: Apache-2.0 */
/* poseidon2.c - POSEIDON2 ra: the 24 x u32 from address a (a multiple of 8) on, 12 words, become Poseidon2 of themselves (base/poseidon2.h).
 *
 * One row does all: fetch, address and words (BULK_STATE), and the permutation.  Its 215 cubes are the only products, and what lies between two
 * cubes is linear; so committed are the cubes, but for those of the last round, which the words after say: a cube is of degree 3 in what was committed before it.
 *
 * Words before are low + 2^16 high in the field, that is mod p: any u32 will do.  Words after are below p: their limbs are range16's, and
 *     high + carry <= p >> 16 = 0x7f00, a range16 of the difference, where carry is a bit that is 1 if low is not 0;
 * so high = 0x7f00 is only with low = 0, and that is p - 1.  high and carry are below 2^17, so the difference does not wrap.  Of the residues
 * mod p only one is below p, so the words after follow from the words before.  Where low is 0 carry may be either: 1 asks for more. */
#include "base/poseidon2.h"
#include "machines/bulk/bulk.h"

enum {
    WIDTH = POSEIDON2_WIDTH,
    WORDS = BULK_POSEIDON2_WORDS,
    FULL = WIDTH * (POSEIDON2_FULL - 1), /* committed cubes of full rounds */
    TOP = (POSEIDON2_P - 1) >> 16
};
_Static_assert(2 * WORDS == WIDTH && POSEIDON2_P == FP_P && FP_P == (TOP << 16) + 1,
               "two elements a word, p - 1 = 2^16 TOP");

#define POSEIDON2_COLUMNS(X)                                                            \
    BULK_STATE(X, WORDS)                                                                \
    X(low, [WIDTH], 1, "the low limb after is not 0: the high one is less")             \
    X(full, [FULL], 31, "cubes of full round r at 24 r + i, the last round's left out") \
    X(partial, [POSEIDON2_PARTIAL], 31, "cubes of partial rounds")

struct poseidon2_vars {
    POSEIDON2_COLUMNS(AIR_EXPR)
};
struct poseidon2_cols {
    POSEIDON2_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec poseidon2_columns[] = {POSEIDON2_COLUMNS(AIR_SPEC)};

/* ---- constraints ---- */
static expr element(const expr limbs[2])
{
    return add(limbs[0], mulk(limbs[1], 1 << 16));
}

/* s := M s */
static void mix(expr s[WIDTH])
{
    expr sums[4] = {NULL};
    for (unsigned b = 0; b < WIDTH; b += 4) {
        expr *x = s + b, low = add(x[0], x[1]), high = add(x[2], x[3]), all = add(low, high);
        expr even = add(all, x[1]), odd = add(all, x[3]);
        const expr y[4] = {add(even, low), add(even, add(x[2], x[2])), add(odd, high), add(odd, add(x[0], x[0]))};
        for (unsigned i = 0; i < 4; i++) {
            x[i] = y[i];
            sums[i] = sums[i] == NULL ? y[i] : add(sums[i], y[i]);
        }
    }
    for (unsigned i = 0; i < WIDTH; i++) {
        s[i] = add(s[i], sums[i % 4]);
    }
}

static expr cube(expr x, uint32_t c)
{
    expr y = addk(x, c);
    return mul(mul(y, y), y);
}

static void assert_full_round(expr s[WIDTH], const uint32_t c[WIDTH], const expr cubes[WIDTH])
{
    for (unsigned i = 0; i < WIDTH; i++) {
        assert_equal(cubes[i], cube(s[i], c[i]));
        s[i] = cubes[i];
    }
    mix(s);
}

static void assert_partial_round(expr s[WIDTH], uint32_t c, expr cubed)
{
    assert_equal(cubed, cube(s[0], c));
    s[0] = cubed;
    expr total = sum(s, WIDTH);
    for (unsigned i = 0; i < WIDTH; i++) {
        s[i] = add(mulk(s[i], gn_poseidon2_diagonal[i]), total);
    }
}

static void assert_permutation(const struct poseidon2_vars *r)
{
    const unsigned half = POSEIDON2_FULL / 2;
    expr s[WIDTH];
    for (unsigned i = 0; i < WIDTH; i++) {
        s[i] = element(r->v + (size_t)2 * i);
    }
    mix(s);
    for (unsigned k = 0; k < half; k++) {
        assert_full_round(s, gn_poseidon2_full[k], r->full + (size_t)WIDTH * k);
    }
    for (unsigned k = 0; k < POSEIDON2_PARTIAL; k++) {
        assert_partial_round(s, gn_poseidon2_partial[k], r->partial[k]);
    }
    for (unsigned k = half; k < POSEIDON2_FULL - 1; k++) {
        assert_full_round(s, gn_poseidon2_full[k], r->full + (size_t)WIDTH * k);
    }
    for (unsigned i = 0; i < WIDTH; i++) {
        s[i] = cube(s[i], gn_poseidon2_full[POSEIDON2_FULL - 1][i]);
    }
    mix(s);
    for (unsigned i = 0; i < WIDTH; i++) {
        assert_equal(element(r->w + (size_t)2 * i), s[i]);
    }
}

static void assert_below_p(struct air *t, const struct mx_builder *m, const expr limbs[2], expr low_is_not_0)
{
    assert_bool(low_is_not_0);
    assert_zero(mul(limbs[0], bulk_not(low_is_not_0)));
    mx_range16(t, m, sub(constant(t, TOP), add(limbs[1], low_is_not_0)));
}

static void declare(struct mx_builder *m)
{
    struct poseidon2_vars r;
    struct air *t = air_table(m->b, "poseidon2", AIR_MAX_HEIGHT, 0);
    air_committed(t, poseidon2_columns, MX_COUNT(poseidon2_columns), &r);
    const struct bulk_state_vars state = BULK_STATE_OF(r);

    bulk_state_declare(t, m, MX_POSEIDON2, WORDS, &state);
    for (unsigned i = 0; i < WORDS; i++) {
        mx_range16x4(t, m, r.w + 4 * i);
    }
    for (unsigned i = 0; i < WIDTH; i++) {
        assert_below_p(t, m, r.w + 2 * i, r.low[i]);
    }
    assert_permutation(&r);
}

static bool takes(const struct vm_insn *insn)
{
    return insn->op == VM_POSEIDON2;
}

/* ---- filling ---- */
/* what the words after are looked up for: limbs, and elements below p */
static void put_bounds(struct mx_filler *f, const struct poseidon2_cols *c, size_t row,
                       const struct bulk_poseidon2_record *rec)
{
    for (unsigned i = 0; i < WIDTH; i++) {
        uint64_t after = rec->word[i / 2].w.after >> 32 * (i % 2);
        uint32_t low = mx_limb(after, 0), high = mx_limb(after, 1);
        c->low[i][row] = low != 0;
        mx_count_range16(f, low);
        mx_count_range16(f, high);
        mx_count_range16(f, TOP - high - (low != 0));
    }
}

/* s := M s, reduced */
static void mix_cells(fp s[WIDTH])
{
    fp sums[4] = {{0}};
    for (unsigned b = 0; b < WIDTH; b += 4) {
        fp *x = s + b, low = fp_add(x[0], x[1]), high = fp_add(x[2], x[3]), all = fp_add(low, high);
        fp even = fp_add(all, x[1]), odd = fp_add(all, x[3]);
        const fp y[4] = {fp_add(even, low), fp_add(even, fp_add(x[2], x[2])), fp_add(odd, high),
                         fp_add(odd, fp_add(x[0], x[0]))};
        for (unsigned i = 0; i < 4; i++) {
            x[i] = y[i];
            sums[i] = fp_add(sums[i], y[i]);
        }
    }
    for (unsigned i = 0; i < WIDTH; i++) {
        s[i] = fp_add(s[i], sums[i % 4]);
    }
}

static uint32_t put_cube(fp *x, uint32_t c)
{
    fp y = fp_add(*x, fp_from_cell(c));
    *x = fp_mul(fp_mul(y, y), y);
    return fp_to_cell(*x);
}

static void put_full_round(const struct poseidon2_cols *c, size_t row, unsigned k, fp s[WIDTH])
{
    for (unsigned i = 0; i < WIDTH; i++) {
        c->full[WIDTH * k + i][row] = put_cube(&s[i], gn_poseidon2_full[k][i]);
    }
    mix_cells(s);
}

static void put_cubes(const struct poseidon2_cols *c, size_t row, const struct bulk_poseidon2_record *rec)
{
    const unsigned half = POSEIDON2_FULL / 2;
    fp s[WIDTH];
    for (unsigned i = 0; i < WIDTH; i++) {
        s[i] = fp_from_u64(rec->word[i / 2].w.before >> 32 * (i % 2) & 0xffffffff);
    }
    mix_cells(s);
    for (unsigned k = 0; k < half; k++) {
        put_full_round(c, row, k, s);
    }
    for (unsigned k = 0; k < POSEIDON2_PARTIAL; k++) {
        fp total = {0};
        c->partial[k][row] = put_cube(&s[0], gn_poseidon2_partial[k]);
        for (unsigned i = 0; i < WIDTH; i++) {
            total = fp_add(total, s[i]);
        }
        for (unsigned i = 0; i < WIDTH; i++) {
            s[i] = fp_add(fp_mul(s[i], fp_from_cell(gn_poseidon2_diagonal[i])), total);
        }
    }
    for (unsigned k = half; k < POSEIDON2_FULL - 1; k++) {
        put_full_round(c, row, k, s);
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    const struct poseidon2_cols *c = (const void *)columns; /* the same pointers, by name */
    const struct bulk_state_cells state = BULK_STATE_OF(*c);
    for (size_t row = begin; row < end; row++) {
        const struct bulk_poseidon2_record *rec = (const struct bulk_poseidon2_record *)records + row;
        bulk_state_put(f, &state, row, WORDS, &rec->r, rec->word);
        put_bounds(f, c, row, rec);
        put_cubes(c, row, rec);
    }
}

const struct mx_class_def mx_class_poseidon2 = {.name = "poseidon2",
                                                .class = MX_POSEIDON2,
                                                .uses = MX_USES_INC | MX_USES_RA,
                                                .kernel_only = true,
                                                .record_bytes = sizeof(struct bulk_poseidon2_record),
                                                .declare = declare,
                                                .ops = MX_OPS(VM_POSEIDON2),
                                                .takes = takes,
                                                .fill = fill};
