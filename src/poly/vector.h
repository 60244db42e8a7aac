/* SPDX-License-Identifier: Apache-2.0 */
/* vector.h - the prover's passes over ext vectors (field/ext.h): tables of eq, folds, inner products, sumcheck rounds.
 *
 * All are split over the pool and give the same bits for any number of threads and any isa (arithmetic is exact, so
 * order does not matter). "low" operations pair entries 2i and 2i + 1 (bind the lowest variable), "high" ones pair i
 * and i + n/2. */
#ifndef GN_POLY_VECTOR_H
#define GN_POLY_VECTOR_H

#include "base/work.h"
#include "field/ext.h"

/* out[x] = scale eq(r, x), x < 2^n */
void gn_vec_eq(uint32_t *out, const fp6 *r, unsigned n, fp6 scale, const struct gn_work *w);

/* acc[i] += coefficient * cells[i], i < n: the base x ext pass.  Several columns at once: acc[i] += sum_c
 * coefficient[c] * columns[c][i]. */
void gn_vec_mac_cells(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *columns, size_t columns_n,
                      size_t n, const struct gn_work *w);
/* sum_i weights[i] * cells[i] */
fp6 gn_vec_dot_cells(const uint32_t *weights, const uint32_t *cells, size_t n, const struct gn_work *w);

/* Packed columns of bits: word i holds cells 32 i ... 32 i + 31, low bit first.  n is a multiple of 32. */
bool gn_vec_pack(uint32_t *bits, const uint32_t *cells, size_t n, enum gn_isa isa); /* false: some cell is no bit */
/* as gn_vec_mac_cells; and sums[c] = sum_i weights[i] bit i of column c, in one thread */
void gn_vec_mac_bits(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *bits, size_t columns_n, size_t n,
                     const struct gn_work *w);
void gn_vec_dot_bits(fp6 *sums, const uint32_t *weights, const uint32_t *const *bits, size_t columns_n, size_t n,
                     const struct gn_work *w);

fp6 gn_vec_dot(const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w);
/* acc[i] += scale * a[i] */
void gn_vec_axpy(uint32_t *acc, fp6 scale, const uint32_t *a, size_t n, const struct gn_work *w);

/* v[i] <- v[2i] + r (v[2i+1] - v[2i]), i < n/2, n even, in place; and the high form v[i] <- v[i] + r (v[i + n/2] -
 * v[i]) (n a power of two) */
void gn_vec_fold_low(uint32_t *v, size_t n, fp6 r, const struct gn_work *w);
void gn_vec_fold_high(uint32_t *v, size_t n, fp6 r, const struct gn_work *w);

/* Round polynomial of sum_i a[i] b[i] in the bound variable: coefficients s[0], s[1], s[2] of sum over pairs (a0 + X
 * (a1 - a0)) (b0 + X (b1 - b0)). */
void gn_vec_product_round_low(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w);
void gn_vec_product_round_high(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w);

#endif
