/* SPDX-License-Identifier: Apache-2.0 */
/* vector_kernel.c - passes over ext vectors, written over the lanes of field/fpx.h and compiled once per instruction
 * set.
 *
 * Elementwise passes run over whole blocks and leave anything in the padding; passes that sum mask it.  Cells are not
 * padded: they are read with fpx_load_n. */
#include "poly/vector_kernel.h"

#include "field/fpx.h"

static void kernel_eq(uint32_t *out, size_t begin, const uint32_t *low, const fp6 *r, unsigned n, fp6 head)
{
    uint32_t *v = out + ext_words(begin);
    fp6x h = fp6x_set1(head);
    for (size_t i = 0; i < EXT_BLOCK; i += FPX_LANES) {
        fp6x_store(v, i, fp6x_mul(h, fp6x_load(low, i)));
    }
    for (unsigned k = 0; k < n; k++) {
        size_t half = (size_t)EXT_BLOCK << k;
        fp6x rk = fp6x_set1(r[k]);
        for (size_t i = 0; i < half; i += FPX_LANES) {
            fp6x a = fp6x_load(v, i);
            fp6x b = fp6x_mul(rk, a);
            fp6x_store(v, i, fp6x_sub(a, b));
            fp6x_store(v, i + half, b);
        }
    }
}

/* Columns are taken a few at a time over a stretch of rows that stays in cache: few streams, and acc is read seldom. */
#define MAC_COLUMNS 16
#define MAC_ROWS    1024

/* lifted[c] = coefficient[c] 2^32: a product with a cell is then in Montgomery form */
static void mac_stretch(uint32_t *acc, const fp6 *lifted, const uint32_t *const *columns, size_t columns_n,
                        size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i += FPX_LANES) {
        fp6x_wide w = fp6x_wide_zero();
        for (size_t c = 0; c < columns_n; c += 2) {
            fpx x = fpx_load_n(columns[c] + i, end - i);
            if (c + 1 < columns_n) {
                fpx y = fpx_load_n(columns[c + 1] + i, end - i);
                w = fp6x_wide_mac2_fpx(w, fp6x_set1(lifted[c]), x, fp6x_set1(lifted[c + 1]), y);
            } else {
                w = fp6x_wide_mac_fpx(w, fp6x_set1(lifted[c]), x);
            }
        }
        fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_reduce(w)));
    }
}

static void kernel_mac_cells(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *columns, size_t columns_n,
                             size_t begin, size_t end)
{
    fp6 lifted[MAC_COLUMNS];
    for (size_t i = begin; i < end; i += MAC_ROWS) {
        size_t stop = end - i < MAC_ROWS ? end : i + MAC_ROWS;
        for (size_t c = 0; c < columns_n; c += MAC_COLUMNS) {
            size_t n = columns_n - c < MAC_COLUMNS ? columns_n - c : MAC_COLUMNS;
            for (size_t k = 0; k < n; k++) {
                lifted[k] = fp6_mul_fp(coefficients[c + k], (fp){FP_R2});
            }
            mac_stretch(acc, lifted, columns + c, n, i, stop);
        }
    }
}

static fp6 kernel_dot_cells(const uint32_t *weights, const uint32_t *cells, size_t begin, size_t end)
{
    fp6x_wide w = fp6x_wide_zero();
    size_t i = begin;
    for (; i + 2 * FPX_LANES <= end; i += 2 * FPX_LANES) {
        w = fp6x_wide_mac2_fpx(w, fp6x_load(weights, i), fpx_load(cells + i), fp6x_load(weights, i + FPX_LANES),
                               fpx_load(cells + i + FPX_LANES));
    }
    for (; i < end; i += FPX_LANES) { /* zero cells behind the end silence the padding */
        w = fp6x_wide_mac_fpx(w, fp6x_load(weights, i), fpx_load_n(cells + i, end - i));
    }
    return fp6_mul_fp(fp6x_sum(fp6x_reduce(w)), (fp){FP_R2}); /* a cell lacks the factor 2^32 */
}

/* ---- packed columns ----
 * Four columns at a time: their four bits of a row name one of 16 sums of coefficients. */

#define GROUP         4
#define GROUPS        (MAC_COLUMNS / GROUP)
#define DOT_COLUMNS   (FPX_LANES == 16 ? 4 : 1) /* whose sums fit into registers */
#define WORD(bits, i) ((bits)[(i) / 32] >> (i) % 32)

struct sums_of_four {
    uint32_t limb[6][16];
};

static void make_sums(struct sums_of_four *s, const fp6 *coefficients, size_t n)
{
    for (int l = 0; l < 6; l++) {
        s->limb[l][0] = 0;
        for (size_t k = 0; k < GROUP; k++) {
            uint32_t c = k < n ? coefficients[k].c[l].v : 0;
            for (size_t i = 0; i < (size_t)1 << k; i++) {
                s->limb[l][((size_t)1 << k) + i] = fp_add_raw(s->limb[l][i], c);
            }
        }
    }
}

static bool kernel_pack(uint32_t *bits, const uint32_t *cells, size_t n)
{
    uint32_t above = 0;
    for (size_t i = 0; i < n; i += 32) {
        uint32_t word = 0;
        for (size_t k = 0; k < 32; k += FPX_LANES) {
            fpx a = fpx_load(cells + i + k);
            word |= fpx_odd(a) << k;
            above |= fpx_above_one(a);
        }
        bits[i / 32] = word;
    }
    return above == 0;
}

static void kernel_mac_bits(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *bits, size_t columns_n,
                            size_t begin, size_t end)
{
    for (size_t c = 0; c < columns_n; c += MAC_COLUMNS) {
        const uint32_t *column[MAC_COLUMNS];
        struct sums_of_four sums[GROUPS];
        size_t n = columns_n - c < MAC_COLUMNS ? columns_n - c : MAC_COLUMNS, groups = (n + GROUP - 1) / GROUP;
        for (size_t k = 0; k < GROUPS * GROUP; k++) {
            column[k] = bits[k < n ? c + k : c]; /* with coefficient zero */
        }
        for (size_t g = 0; g < groups; g++) {
            make_sums(&sums[g], coefficients + c + GROUP * g, n - GROUP * g);
        }
        for (size_t i = begin; i < end; i += FPX_LANES) {
            fp6x sum = fp6x_load(acc, i);
            for (size_t g = 0; g < groups; g++) {
                const uint32_t *const *four = column + GROUP * g;
                fpx at = fpx_nibbles(WORD(four[0], i), WORD(four[1], i), WORD(four[2], i), WORD(four[3], i));
                for (int l = 0; l < 6; l++) {
                    sum.c[l] = fpx_add(sum.c[l], fpx_look(sums[g].limb[l], at));
                }
            }
            fp6x_store(acc, i, sum);
        }
    }
}

/* columns_n <= DOT_COLUMNS */
FPX_FN void dot_bits(fp6 *sums, const uint32_t *weights, const uint32_t *const *bits, int columns_n, size_t n)
{
    fp6x sum[DOT_COLUMNS];
    for (int c = 0; c < columns_n; c++) {
        sum[c] = fp6x_zero();
    }
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fp6x w = fp6x_load(weights, i);
        for (int c = 0; c < columns_n; c++) {
            uint32_t mask = WORD(bits[c], i);
            for (int l = 0; l < 6; l++) {
                sum[c].c[l] = fpx_add(sum[c].c[l], fpx_keep_bits(w.c[l], mask));
            }
        }
    }
    for (int c = 0; c < columns_n; c++) {
        sums[c] = fp6x_sum(sum[c]);
    }
}

static void kernel_dot_bits(fp6 *sums, const uint32_t *weights, const uint32_t *const *bits, size_t columns_n, size_t n)
{
    size_t c = 0;
    for (; c + DOT_COLUMNS <= columns_n; c += DOT_COLUMNS) {
        dot_bits(sums + c, weights, bits + c, DOT_COLUMNS, n);
    }
    for (; c < columns_n; c++) {
        dot_bits(sums + c, weights, bits + c, 1, n);
    }
}

static fp6 kernel_dot(const uint32_t *a, const uint32_t *b, size_t begin, size_t end)
{
    fp6x s = fp6x_zero();
    for (size_t i = begin; i < end; i += FPX_LANES) {
        s = fp6x_add(s, fp6x_keep(fp6x_mul(fp6x_load(a, i), fp6x_load(b, i)), end - i));
    }
    return fp6x_sum(s);
}

static void kernel_axpy(uint32_t *acc, fp6 scale, const uint32_t *a, size_t begin, size_t end)
{
    fp6x s = fp6x_set1(scale);
    for (size_t i = begin; i < end; i += FPX_LANES) {
        fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_mul(s, fp6x_load(a, i))));
    }
}

/* entries 2i ... of v, which has n: even and odd ones apart.  What lies behind n need not be owned memory. */
FPX_FN void load_pairs(fp6x *even, fp6x *odd, const uint32_t *v, size_t i, size_t n)
{
    fp6x lo = fp6x_load(v, 2 * i);
    fp6x hi = 2 * i + FPX_LANES < n ? fp6x_load(v, 2 * i + FPX_LANES) : lo;
    fp6x_unzip(even, odd, lo, hi);
}

FPX_FN fp6x line(fp6x a0, fp6x a1, fp6x r)
{
    return fp6x_add(a0, fp6x_mul(r, fp6x_sub(a1, a0)));
}

static void kernel_fold_low(uint32_t *v, size_t half, fp6 r, size_t begin, size_t end)
{
    fp6x rx = fp6x_set1(r);
    for (size_t i = begin; i < end; i += FPX_LANES) {
        fp6x a0, a1;
        load_pairs(&a0, &a1, v, i, 2 * half);
        fp6x_store(v, i, line(a0, a1, rx));
    }
}

static void kernel_fold_high(uint32_t *v, size_t half, fp6 r, size_t begin, size_t end)
{
    fp6x rx = fp6x_set1(r);
    for (size_t i = begin; i < end; i += FPX_LANES) {
        fp6x_store(v, i, line(fp6x_load(v, i), fp6x_load(v, i + half), rx));
    }
}

struct round_sums {
    fp6x s[3];
};

FPX_FN void round_add(struct round_sums *sums, fp6x a0, fp6x a1, fp6x b0, fp6x b1, size_t n)
{
    sums->s[0] = fp6x_add(sums->s[0], fp6x_keep(fp6x_mul(a0, b0), n));
    sums->s[1] = fp6x_add(sums->s[1], fp6x_keep(fp6x_mul(a1, b1), n));
    sums->s[2] = fp6x_add(sums->s[2], fp6x_keep(fp6x_mul(fp6x_sub(a1, a0), fp6x_sub(b1, b0)), n));
}

static void kernel_round_low(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t half, size_t begin, size_t end)
{
    struct round_sums sums = {{fp6x_zero(), fp6x_zero(), fp6x_zero()}};
    for (size_t i = begin; i < end; i += FPX_LANES) {
        fp6x a0, a1, b0, b1;
        load_pairs(&a0, &a1, a, i, 2 * half);
        load_pairs(&b0, &b1, b, i, 2 * half);
        round_add(&sums, a0, a1, b0, b1, end - i);
    }
    for (int k = 0; k < 3; k++) {
        s[k] = fp6x_sum(sums.s[k]);
    }
}

static void kernel_round_high(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t half, size_t begin, size_t end)
{
    struct round_sums sums = {{fp6x_zero(), fp6x_zero(), fp6x_zero()}};
    for (size_t i = begin; i < end; i += FPX_LANES) {
        round_add(&sums, fp6x_load(a, i), fp6x_load(a, i + half), fp6x_load(b, i), fp6x_load(b, i + half), end - i);
    }
    for (int k = 0; k < 3; k++) {
        s[k] = fp6x_sum(sums.s[k]);
    }
}

#define NAME2(isa) gn_vec_ops_##isa
#define NAME(isa)  NAME2(isa)

const struct vec_ops NAME(ISA) = {
    .eq = kernel_eq,
    .mac_cells = kernel_mac_cells,
    .dot_cells = kernel_dot_cells,
    .pack = kernel_pack,
    .mac_bits = kernel_mac_bits,
    .dot_bits = kernel_dot_bits,
    .dot = kernel_dot,
    .axpy = kernel_axpy,
    .fold_low = kernel_fold_low,
    .fold_high = kernel_fold_high,
    .round_low = kernel_round_low,
    .round_high = kernel_round_high,
};
