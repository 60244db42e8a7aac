/* SPDX-License-Identifier: Apache-2.0 */
/* ntt_kernel.h - the single-threaded transforms behind ntt.c, one table per instruction set.  What a block is:
 * ntt_kernel.c. */
#ifndef GN_POLY_NTT_KERNEL_H
#define GN_POLY_NTT_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define NTT_TABLE_PAD      16 /* words that must be readable behind the twiddle table */
#define NTT_SPLIT_MIN_LOG2 8  /* smallest block that split takes */

/* [j][m][s]: what the inputs 4 m ... 4 m + 3 add to output j of four, those in the set s being 1 */
struct ntt_bit_sums {
    uint32_t at[4][4][16];
};

struct ntt_ops {
    /* transforms block k of size 2^l in place: coefficients mod X^(2^l) - point(k) become values in bit-reversed
     * order */
    void (*block)(uint32_t *v, unsigned l, size_t k, const uint32_t *twiddle);
    /* two layers of the same, from src to dst (may be equal): block k becomes blocks 4k ... 4k + 3 of size 2^(l-2), one
     * behind the other.  Does the indices [begin, end) of the quarters, multiples of 16. */
    void (*split)(uint32_t *dst, const uint32_t *src, unsigned l, size_t k, const uint32_t *twiddle, size_t begin,
                  size_t end);
    /* Four layers on a packed column of 16 n bits, n a multiple of 32: word i of sets is the set of inputs i, n + i, 2 n + i, ...
     * that are 1, and four outputs come from it, n words each, one behind the other.  sets may be the last of them. */
    void (*bit_sets)(uint32_t *sets, const uint32_t *bits, size_t n);
    void (*bit_outputs)(uint32_t *dst, const uint32_t *sets, size_t n, const struct ntt_bit_sums *sums);
};

extern const struct ntt_ops gn_ntt_ops_scalar, gn_ntt_ops_avx2, gn_ntt_ops_avx512;

#endif
