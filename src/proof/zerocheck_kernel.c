/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_kernel.c - transforms of chunks and passes over short ext vectors, on the lanes of field/fpx.h; compiled
 * once per instruction set.
 *
 * Row b of 16 blocks is one vector, so a transform of length 8 over the rows of each block is butterflies between whole
 * vectors.  The inverse transform decimates in frequency (natural order in, bit-reversed out), the forward one in time
 * (bit-reversed in, natural out): no permutation.  Cells times Montgomery constants are cells, and the coset's scale
 * carries the factor that makes the result a Montgomery form. */
#include "proof/zerocheck_lanes.h"

#include "field/fpx.h"

#define VECTORS (ZC_CHUNK / FPX_LANES) /* registers of a chunk */
#define PART    (ZC_LANES / FPX_LANES) /* registers of one row of a chunk */
#define ALWAYS  static inline __attribute__((always_inline))

/* in: 2 n registers of consecutive words; even and odd words to n registers each */
ALWAYS void split(fpx *even, fpx *odd, const fpx *in, int n)
{
    for (int i = 0; i < n; i++) {
        fpx_unzip(&even[i], &odd[i], in[2 * i], in[2 * i + 1]);
    }
}

/* row[b PART + k] = lanes k FPX_LANES ... of row b: three splits by the low, middle and high bit of b */
ALWAYS void transpose(fpx row[VECTORS], const uint32_t *cells)
{
    fpx in[VECTORS], half[VECTORS], quarter[VECTORS];
    for (int i = 0; i < VECTORS; i++) {
        in[i] = fpx_load(cells + (ptrdiff_t)i * FPX_LANES);
    }
    split(half, half + VECTORS / 2, in, VECTORS / 2);
    for (int b0 = 0; b0 < 2; b0++) {
        fpx *q = quarter + (ptrdiff_t)b0 * (VECTORS / 2);
        split(q, q + VECTORS / 4, half + (ptrdiff_t)b0 * (VECTORS / 2), VECTORS / 4);
        for (int b1 = 0; b1 < 2; b1++) {
            int b = b0 + 2 * b1;
            split(row + (ptrdiff_t)b * PART, row + (ptrdiff_t)(b + 4) * PART, q + (ptrdiff_t)b1 * (VECTORS / 4), PART);
        }
    }
}

static void kernel_on_domain(uint32_t *out, const uint32_t *cells)
{
    fpx row[VECTORS];
    transpose(row, cells);
    for (int i = 0; i < VECTORS; i++) {
        fpx_store(out + (ptrdiff_t)i * FPX_LANES, fpx_from_cells(row[i]));
    }
}

ALWAYS void butterfly(fpx *a, fpx *b)
{
    fpx s = fpx_add(*a, *b);
    *b = fpx_sub(*a, *b);
    *a = s;
}

ALWAYS fpx twiddle(fpx a, fp root)
{
    return fpx_mul(a, fpx_set1(root.v));
}

static void kernel_interpolate(uint32_t *coefficients, const uint32_t *cells, const struct zc_roots *roots)
{
    const fp *w = roots->inverse;
    fpx row[VECTORS];
    transpose(row, cells);
    for (int k = 0; k < PART; k++) {
        fpx x[GN_SKIP];
        for (int b = 0; b < GN_SKIP; b++) {
            x[b] = row[b * PART + k];
        }
        for (int i = 0; i < 4; i++) {
            butterfly(&x[i], &x[i + 4]);
        }
        for (int i = 1; i < 4; i++) {
            x[i + 4] = twiddle(x[i + 4], w[i]);
        }
        for (int h = 0; h < 8; h += 4) {
            butterfly(&x[h], &x[h + 2]);
            butterfly(&x[h + 1], &x[h + 3]);
            x[h + 3] = twiddle(x[h + 3], w[2]);
            butterfly(&x[h], &x[h + 1]);
            butterfly(&x[h + 2], &x[h + 3]);
        }
        for (int j = 0; j < GN_SKIP; j++) {
            fpx_store(coefficients + (ptrdiff_t)j * ZC_LANES + (ptrdiff_t)k * FPX_LANES, x[j]);
        }
    }
}

static void kernel_on_coset(uint32_t *out, const uint32_t *coefficients, const uint32_t scale[GN_SKIP],
                            const struct zc_roots *roots)
{
    const fp *w = roots->root;
    for (ptrdiff_t k = 0; k < ZC_LANES; k += FPX_LANES) {
        fpx x[GN_SKIP];
        for (int j = 0; j < GN_SKIP; j++) {
            x[j] = fpx_mul(fpx_load(coefficients + (ptrdiff_t)j * ZC_LANES + k), fpx_set1(scale[j]));
        }
        for (int h = 0; h < 8; h += 4) {
            butterfly(&x[h], &x[h + 1]);
            butterfly(&x[h + 2], &x[h + 3]);
            x[h + 3] = twiddle(x[h + 3], w[2]);
            butterfly(&x[h], &x[h + 2]);
            butterfly(&x[h + 1], &x[h + 3]);
        }
        for (int i = 1; i < 4; i++) {
            x[i + 4] = twiddle(x[i + 4], w[i]);
        }
        for (int i = 0; i < 4; i++) {
            butterfly(&x[i], &x[i + 4]);
        }
        for (int b = 0; b < GN_SKIP; b++) {
            fpx_store(out + (ptrdiff_t)b * ZC_LANES + k, x[b]);
        }
    }
}

static void kernel_fold_rows(uint32_t *out, const uint32_t *cells, const fp6 low[GN_SKIP])
{
    fpx row[VECTORS];
    fp6x weight[GN_SKIP]; /* times 2^32: a product with a cell is then in Montgomery form */
    transpose(row, cells);
    for (int b = 0; b < GN_SKIP; b++) {
        weight[b] = fp6x_set1(fp6_mul_fp(low[b], (fp){FP_R2}));
    }
    for (int k = 0; k < PART; k++) {
        fp6x_wide sum = fp6x_wide_zero();
        for (int b = 0; b < GN_SKIP; b += 2) {
            sum = fp6x_wide_mac2_fpx(sum, weight[b], row[b * PART + k], weight[b + 1], row[(b + 1) * PART + k]);
        }
        fp6x_store(out, (size_t)k * FPX_LANES, fp6x_reduce(sum));
    }
}

static void kernel_accumulate(uint32_t *acc, fp6 scale, const uint32_t *a, size_t n)
{
    fp6x s = fp6x_set1(scale);
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_mul(s, fp6x_load(a, i))));
    }
}

static void kernel_add(uint32_t *acc, const uint32_t *a, size_t n)
{
    for (size_t i = 0; i < 6 * n; i += FPX_LANES) { /* whole blocks: the order of the limbs does not matter */
        fpx_store(acc + i, fpx_add(fpx_load(acc + i), fpx_load(a + i)));
    }
}

static void kernel_pairs(uint32_t *value, uint32_t *delta, const uint32_t *v, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fp6x even, odd;
        size_t at = 2 * (first + i);
        fp6x_unzip(&even, &odd, fp6x_load(v, at), fp6x_load(v, at + FPX_LANES));
        fp6x_store(value, i, even);
        fp6x_store(delta, i, fp6x_sub(odd, even));
    }
}

#define GROUPS (EXT_BLOCK / FPX_LANES)

/* Limb by limb into flat rows first.  Registers are stored whole, upwards: what a store spills over its last pair, the
 * next one overwrites. */
static void kernel_spread(uint32_t *out, const uint32_t *v, size_t n, unsigned points)
{
    uint32_t flat[6][ZC_SPREAD_MAX + 2 * EXT_BLOCK];
    fp6x value[GROUPS], delta[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
        size_t at = (size_t)g * 2 * FPX_LANES;
        fp6x_unzip(&value[g], &delta[g], fp6x_load(v, at), fp6x_load(v, at + FPX_LANES));
        delta[g] = fp6x_sub(delta[g], value[g]);
    }
    size_t end = n * points;
    for (unsigned x = 0; x < points; x++) {
        for (int g = 0; g < GROUPS; g++) {
            size_t first = (size_t)g * FPX_LANES;
            for (int l = 0; l < 6 && first < n; l++) {
                fpx_store(flat[l] + x * n + first, value[g].c[l]);
            }
            value[g] = fp6x_add(value[g], delta[g]);
        }
    }
    for (int l = 0; l < 6; l++) {
        for (size_t i = 0; i < EXT_BLOCK; i += FPX_LANES) {
            fpx_store(flat[l] + end + i, fpx_zero());
        }
    }
    for (size_t i = 0; i < end; i += FPX_LANES) {
        fp6x a;
        for (int l = 0; l < 6; l++) {
            a.c[l] = fpx_load(flat[l] + i);
        }
        fp6x_store(out, i, a);
    }
}

static fp6 kernel_dot(const uint32_t *a, const uint32_t *b, size_t n)
{
    fp6x_wide sum = fp6x_wide_zero();
    for (size_t i = 0; i < n; i += FPX_LANES) {
        sum = fp6x_wide_mac(sum, fp6x_keep(fp6x_load(a, i), n - i), fp6x_keep(fp6x_load(b, i), n - i));
    }
    return fp6x_sum(fp6x_reduce(sum));
}

#define NAME_(isa) gn_zc_lanes_##isa
#define NAME(isa)  NAME_(isa)
const struct zc_lanes NAME(ISA) = {
    .on_domain = kernel_on_domain,
    .interpolate = kernel_interpolate,
    .on_coset = kernel_on_coset,
    .fold_rows = kernel_fold_rows,
    .accumulate = kernel_accumulate,
    .add = kernel_add,
    .pairs = kernel_pairs,
    .spread = kernel_spread,
    .dot = kernel_dot,
};
