/* SPDX-License-Identifier: Apache-2.0 */
/* ntt_kernel.c - transforms of one block of cells, written over the lanes of field/fpx.h and compiled once per
 * instruction set.
 *
 * A block (l, k) holds a polynomial modulo X^(2^l) - point(k), point as in domain.c.  Because point(2k)^2 = point(k)
 * and point(2k + 1) = -point(2k),
 *   X^(2^l) - point(k) = (X^(2^(l-1)) - s)(X^(2^(l-1)) + s),   s = point(2k) = twiddle[k],
 * and one layer, (lo, hi) -> (lo + s hi, lo - s hi), makes of it the blocks (l - 1, 2k) and (l - 1, 2k + 1) in place.
 * Block (0, j) is the value at point(j).  The factor s is constant in a block, one table serves all layers and sizes,
 * and cosets cost nothing.  Layers are done two at a time, depth first as long as a block exceeds the first-level
 * cache; the last layers, in which a block is shorter than a register, happen inside pairs of registers.
 * Cells are canonical throughout: a cell times a twiddle in Montgomery form is a cell. */
#include "poly/ntt_kernel.h"

#include "field/fpx.h"

#define CACHE_LOG2 13 /* 2^13 cells, 32 KiB */

/* log2 of the cells in a pair of registers */
#define PAIR_LOG2 (FPX_LANES == 16 ? 5u : FPX_LANES == 8 ? 4u : 1u)

FPX_FN void butterfly(fpx *lo, fpx *hi, fpx s)
{
    fpx t = fpx_mul_set1(*hi, s);
    *hi = fpx_sub(*lo, t);
    *lo = fpx_add(*lo, t);
}

FPX_FN void butterfly_lanes(fpx *lo, fpx *hi, fpx s)
{
    fpx t = fpx_mul(*hi, s);
    *hi = fpx_sub(*lo, t);
    *lo = fpx_add(*lo, t);
}

/* one layer; 2^(l-1) is a multiple of FPX_LANES */
static void layer(uint32_t *v, unsigned l, size_t k, const uint32_t *twiddle)
{
    size_t half = (size_t)1 << (l - 1);
    fpx s = fpx_set1(twiddle[k]);
    for (size_t i = 0; i < half; i += FPX_LANES) {
        fpx lo = fpx_load(v + i), hi = fpx_load(v + half + i);
        butterfly(&lo, &hi, s);
        fpx_store(v + i, lo);
        fpx_store(v + half + i, hi);
    }
}

/* two layers; 2^(l-2) is a multiple of FPX_LANES */
static void kernel_split(uint32_t *dst, const uint32_t *src, unsigned l, size_t k, const uint32_t *twiddle,
                         size_t begin, size_t end)
{
    size_t q = (size_t)1 << (l - 2);
    fpx s = fpx_set1(twiddle[k]), s0 = fpx_set1(twiddle[2 * k]), s1 = fpx_set1(twiddle[2 * k + 1]);
    for (size_t i = begin; i < end; i += 2 * FPX_LANES) {
        fpx a[2], b[2], c[2], d[2];
        for (size_t u = 0; u < 2; u++) {
            const uint32_t *from = src + i + u * FPX_LANES;
            a[u] = fpx_load(from), b[u] = fpx_load(from + q);
            c[u] = fpx_load(from + 2 * q), d[u] = fpx_load(from + 3 * q);
        }
        for (size_t u = 0; u < 2; u++) {
            butterfly(&a[u], &c[u], s);
            butterfly(&b[u], &d[u], s);
        }
        for (size_t u = 0; u < 2; u++) {
            butterfly(&a[u], &b[u], s0);
            butterfly(&c[u], &d[u], s1);
        }
        for (size_t u = 0; u < 2; u++) {
            uint32_t *to = dst + i + u * FPX_LANES;
            fpx_store(to, a[u]);
            fpx_store(to + q, b[u]);
            fpx_store(to + 2 * q, c[u]);
            fpx_store(to + 3 * q, d[u]);
        }
    }
}

#define TOGETHER 4 /* pairs: their layers, which wait for each other, are done in turns */

/* The last PAIR_LOG2 layers of n consecutive blocks (PAIR_LOG2, k), (PAIR_LOG2, k + 1), ...  Before the layer
 * with blocks of 2m cells the pair of registers holds, block by block, the lower halves in lo and the upper ones in hi;
 * swapping runs of m / 2 cells re-establishes this for the next layer. */
FPX_FN void finish_some(uint32_t *v, int n, size_t k, const uint32_t *twiddle)
{
    fpx lo[TOGETHER], hi[TOGETHER];
    for (int j = 0; j < n; j++) {
        lo[j] = fpx_load(v + (ptrdiff_t)(2 * j) * FPX_LANES);
        hi[j] = fpx_load(v + (ptrdiff_t)(2 * j + 1) * FPX_LANES);
        butterfly(&lo[j], &hi[j], fpx_set1(twiddle[k + (size_t)j]));
    }
    for (int m = FPX_LANES / 2; m >= 1; m /= 2) {
        for (int j = 0; j < n; j++) {
            const uint32_t *w = twiddle + (k + (size_t)j) * (size_t)(FPX_LANES / m);
            fpx_interleave(&lo[j], &hi[j], m);
            butterfly_lanes(&lo[j], &hi[j], fpx_spread(fpx_load(w), m));
        }
    }
    for (int j = 0; j < n; j++) {
        fpx_zip(&lo[j], &hi[j], lo[j], hi[j]);
        fpx_store(v + (ptrdiff_t)(2 * j) * FPX_LANES, lo[j]);
        fpx_store(v + (ptrdiff_t)(2 * j + 1) * FPX_LANES, hi[j]);
    }
}

static void finish(uint32_t *v, size_t pairs, size_t k, const uint32_t *twiddle)
{
    size_t j = 0;
    for (; j + TOGETHER <= pairs; j += TOGETHER) {
        finish_some(v + j * 2 * FPX_LANES, TOGETHER, k + j, twiddle);
    }
    for (; j < pairs; j++) {
        finish_some(v + j * 2 * FPX_LANES, 1, k + j, twiddle);
    }
}

/* a block that does not fill a pair of registers */
static void block_tiny(uint32_t *v, unsigned l, size_t k, const uint32_t *twiddle)
{
    size_t blocks = 1;
    for (; l > 0; l--, k *= 2, blocks *= 2) {
        size_t half = (size_t)1 << (l - 1);
        for (size_t b = 0; b < blocks; b++) {
            for (size_t i = 0; i < half; i++) {
                uint32_t *lo = v + (2 * b * half + i), *hi = lo + half;
                uint32_t t = fp_mul_cell((fp){twiddle[k + b]}, *hi);
                *hi = fp_sub_raw(*lo, t);
                *lo = fp_add_raw(*lo, t);
            }
        }
    }
}

/* a block in the first-level cache, layer by layer */
static void block_cached(uint32_t *v, unsigned l, size_t k, const uint32_t *twiddle)
{
    size_t blocks = 1;
    if ((l - PAIR_LOG2) % 2 != 0) {
        layer(v, l, k, twiddle);
        l -= 1;
        k *= 2;
        blocks = 2;
    }
    for (; l > PAIR_LOG2; l -= 2, k *= 4, blocks *= 4) {
        for (size_t b = 0; b < blocks; b++) {
            uint32_t *at = v + (b << l);
            kernel_split(at, at, l, k + b, twiddle, 0, (size_t)1 << (l - 2));
        }
    }
    finish(v, blocks, k, twiddle);
}

static void kernel_block(uint32_t *v, unsigned l, size_t k, const uint32_t *twiddle)
{
    if (l < PAIR_LOG2) {
        block_tiny(v, l, k, twiddle);
        return;
    }
    if (l <= CACHE_LOG2) {
        block_cached(v, l, k, twiddle);
        return;
    }
    kernel_split(v, v, l, k, twiddle, 0, (size_t)1 << (l - 2));
    for (size_t b = 0; b < 4; b++) {
        kernel_block(v + (b << (l - 2)), l - 2, 4 * k + b, twiddle);
    }
}

static void kernel_bit_sets(uint32_t *sets, const uint32_t *bits, size_t n)
{
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fpx set = fpx_zero();
        for (size_t m = 4; m-- > 0;) {
            uint32_t four[4];
            for (size_t j = 0; j < 4; j++) {
                size_t x = (4 * m + j) * n + i;
                four[j] = bits[x / 32] >> x % 32;
            }
            set = fpx_shift_left(set, 4);
            set = fpx_add(set, fpx_nibbles(four[0], four[1], four[2], four[3])); /* below 2^16 */
        }
        fpx_store(sets + i, set);
    }
}

static void kernel_bit_outputs(uint32_t *dst, const uint32_t *sets, size_t n, const struct ntt_bit_sums *sums)
{
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fpx set[4];
        for (unsigned m = 0; m < 4; m++) {
            set[m] = fpx_shift_right(fpx_load(sets + i), 4 * m);
        }
        for (size_t j = 0; j < 4; j++) {
            fpx low = fpx_add(fpx_look(sums->at[j][0], set[0]), fpx_look(sums->at[j][1], set[1]));
            fpx high = fpx_add(fpx_look(sums->at[j][2], set[2]), fpx_look(sums->at[j][3], set[3]));
            fpx_store(dst + j * n + i, fpx_add(low, high));
        }
    }
}

#define NAME2(isa) gn_ntt_ops_##isa
#define NAME(isa)  NAME2(isa)

const struct ntt_ops NAME(ISA) = {
    .block = kernel_block, .split = kernel_split, .bit_sets = kernel_bit_sets, .bit_outputs = kernel_bit_outputs};
