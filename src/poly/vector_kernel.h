/* SPDX-License-Identifier: Apache-2.0 */
/* vector_kernel.h - the single-threaded passes behind vector.c, one table per instruction set.
 *
 * Ranges [begin, end) count elements; begin is a multiple of 16, and the lanes behind end in its block are padding
 * (only the last range of a vector may end inside a block). */
#ifndef GN_POLY_VECTOR_KERNEL_H
#define GN_POLY_VECTOR_KERNEL_H

#include "field/ext.h"

struct vec_ops {
    /* out[begin + x] = head low[x mod 16] eq(r, x / 16) for x < 16 2^n: low is one block, r has n coordinates */
    void (*eq)(uint32_t *out, size_t begin, const uint32_t *low, const fp6 *r, unsigned n, fp6 head);
    void (*mac_cells)(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *columns, size_t columns_n,
                      size_t begin, size_t end);
    fp6 (*dot_cells)(const uint32_t *weights, const uint32_t *cells, size_t begin, size_t end);
    /* Packed columns, word i being cells 32 i ... 32 i + 31, low bit first; begin and end are multiples of 32. */
    bool (*pack)(uint32_t *bits, const uint32_t *cells, size_t n); /* false: some cell is neither 0 nor 1 */
    void (*mac_bits)(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *bits, size_t columns_n,
                     size_t begin, size_t end);
    void (*dot_bits)(fp6 *sums, const uint32_t *weights, const uint32_t *const *bits, size_t columns_n, size_t n);
    fp6 (*dot)(const uint32_t *a, const uint32_t *b, size_t begin, size_t end);
    void (*axpy)(uint32_t *acc, fp6 scale, const uint32_t *a, size_t begin, size_t end);
    /* ranges of the result; half = n / 2; the high forms need half % 16 == 0 */
    void (*fold_low)(uint32_t *v, size_t half, fp6 r, size_t begin, size_t end);
    void (*fold_high)(uint32_t *v, size_t half, fp6 r, size_t begin, size_t end);
    /* sums over the pairs in the range of a0 b0, a1 b1 and (a1 - a0)(b1 - b0) */
    void (*round_low)(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t half, size_t begin, size_t end);
    void (*round_high)(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t half, size_t begin, size_t end);
};

extern const struct vec_ops gn_vec_ops_scalar, gn_vec_ops_avx2, gn_vec_ops_avx512;

#endif
