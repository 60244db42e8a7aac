/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_lanes.h - the zerocheck prover's inner loops, one table of functions per instruction set.
 *
 * The skip round works on chunks of 16 blocks of 8 rows, that is 128 consecutive cells.  A chunk is held as 8 vectors
 * of 16 lanes: word 16 b + y belongs to row (or point) b of block y.  Operands of air_eval_block have this form, with
 * rows = 128. */
#ifndef GN_PROOF_ZEROCHECK_LANES_H
#define GN_PROOF_ZEROCHECK_LANES_H

#include "base/cpu.h"
#include "field/ext.h"
#include "poly/eq.h"

#define ZC_LANES      16                   /* blocks of a chunk */
#define ZC_CHUNK      (GN_SKIP * ZC_LANES) /* rows of a chunk */
#define ZC_SPREAD_MAX 96                   /* elements that spread makes at most */

struct zc_roots { /* powers of omega_3 and of its inverse */
    fp root[GN_SKIP / 2], inverse[GN_SKIP / 2];
};

struct zc_lanes {
    /* the cells themselves, transposed, in Montgomery form */
    void (*on_domain)(uint32_t *out, const uint32_t *cells);
    /* 8 times the coefficients of the blocks' interpolants over D; vector j holds the coefficient of X^rev(j) */
    void (*interpolate)(uint32_t *coefficients, const uint32_t *cells, const struct zc_roots *roots);
    /* values at shift D, Montgomery form; scale[j] = shift^rev(j) / 8 * 2^64 */
    void (*on_coset)(uint32_t *out, const uint32_t *coefficients, const uint32_t scale[GN_SKIP],
                     const struct zc_roots *roots);
    /* a block of 16 elements: sum over b of low[b] cells[8 y + b] */
    void (*fold_rows)(uint32_t *out, const uint32_t *cells, const fp6 low[GN_SKIP]);

    /* ext vectors of n elements, n a multiple of 16 */
    void (*accumulate)(uint32_t *acc, fp6 scale, const uint32_t *a, size_t n); /* acc += scale a */
    void (*add)(uint32_t *acc, const uint32_t *a, size_t n);                   /* acc += a */
    /* value[i] = v[2 (first + i)], delta[i] = v[2 (first + i) + 1] - value[i]; first a multiple of 16 */
    void (*pairs)(uint32_t *value, uint32_t *delta, const uint32_t *v, size_t first, size_t n);

    /* pairs 0 ... n - 1 of v, n <= 16, at X = 0 ... points - 1 as elements X n + pair of out (n points <=
     * ZC_SPREAD_MAX; the padding holds anything) */
    void (*spread)(uint32_t *out, const uint32_t *v, size_t n, unsigned points);

    /* sum of the first n products a[i] b[i], any n */
    fp6 (*dot)(const uint32_t *a, const uint32_t *b, size_t n);
};

extern const struct zc_lanes gn_zc_lanes_scalar, gn_zc_lanes_avx2, gn_zc_lanes_avx512;
const struct zc_lanes *gn_zc_lanes(enum gn_isa isa);

#endif
