/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_lanes.h - the zerocheck prover's inner loops, one table of functions per instruction set.
 *
 * The skip round works on chunks of 16 blocks of 2^log2 rows (log2 skipped variables, 3 or 5), that is 128 or 512
 * consecutive cells.  A chunk is held as 2^log2 vectors of 16 lanes: word 16 b + y belongs to row (or point) b of block
 * y.  Operands of air_eval_plan have this form, in slices of ZC_SLICE words.  Where a chunk is written, `stride` words lie
 * from one slice to the next: so equal slices of all operands stand together, which caches want. */
#ifndef GN_PROOF_ZEROCHECK_LANES_H
#define GN_PROOF_ZEROCHECK_LANES_H

#include "air/system.h"
#include "base/cpu.h"
#include "field/ext.h"
#include "poly/eq.h"

#define ZC_LANES      16 /* blocks of a chunk */
#define ZC_SLICE      128
#define ZC_CHUNK_MAX  (GN_SKIP_MAX * ZC_LANES) /* most rows of a chunk */
#define ZC_SPREAD_MAX 96                       /* elements that spread makes at most */

struct zc_roots { /* powers of the generator of the subgroup of order 2^log2 and of its inverse */
    unsigned log2;
    fp root[GN_SKIP_MAX / 2], inverse[GN_SKIP_MAX / 2];
};

/* The bus's part on rows (zerocheck_bus.c), from linear forms base + sum of weights[j] sources[j] over first <= j < first + n:
 *   sum over products of form(factors[0]) form(factors[1]) ... + form(sum) + sum over crosses of weight sources[a] sources[b] */
struct zc_form {
    fp6 base;
    uint32_t first, n;
};
struct zc_product {
    struct zc_form factors[AIR_LEAF_MESSAGES];
    uint32_t n; /* at least 2 */
};
struct zc_cross {
    uint32_t a, b;
    fp6 weight;
};
struct zc_forms {
    const struct zc_product *products;
    const struct zc_cross *crosses;
    const fp6 *weights; /* by source */
    struct zc_form sum;
    uint32_t products_n, crosses_n;
};

struct zc_lanes {
    /* the cells themselves, transposed, in Montgomery form */
    void (*on_domain)(uint32_t *out, size_t stride, const uint32_t *cells, unsigned log2);
    /* 2^log2 times the coefficients of the blocks' interpolants over D; vector j holds the coefficient of X^rev(j) */
    void (*interpolate)(uint32_t *coefficients, const uint32_t *cells, const struct zc_roots *roots);
    /* values at shift D, Montgomery form; scale[j] = shift^rev(j) / 2^log2 * 2^64 */
    void (*on_coset)(uint32_t *out, size_t stride, const uint32_t *coefficients, const uint32_t *scale,
                     const struct zc_roots *roots);
    /* a block of 16 elements: sum over b of low[b] cells[2^log2 y + b]; weights[b] = 2^32 low[b], so that a product with
     * a cell is in Montgomery form */
    void (*fold_rows)(uint32_t *out, const uint32_t *cells, const fp6 *weights, unsigned log2);

    /* masks[y] = the bits of block y, if every cell of the chunk is 0 or 1; else false */
    bool (*read_bits)(uint32_t masks[ZC_LANES], const uint32_t *cells, unsigned log2);
    /* Values by nibbles of the masks.  points rows: out[16 i + y] = sum over m < nibbles of table[i][m][nibble m of masks[y]]
     * mod p, table[points][nibbles][16]; nibbles is 2 or 8. */
    void (*spread_bits)(uint32_t *out, const uint32_t masks[ZC_LANES], const uint32_t *table, unsigned nibbles,
                        unsigned points);

    /* the bus's part on `rows` rows, a multiple of 16: sources are words in Montgomery form, or ext vectors */
    void (*forms)(uint32_t *out, const struct zc_forms *f, const uint32_t *const *sources, size_t rows);
    void (*forms_ext)(uint32_t *out, const struct zc_forms *f, const uint32_t *const *sources, size_t rows);

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
