/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_common.c - what prover and verifier of the zerocheck both compute: the coefficients that batch a table's
 * outputs, the weights of its groups of constraints, and its fixed columns at the point (u, r).
 *
 * Every table takes its powers of lambda from one sequence, so no two claims of a proof share a power.  The values
 * here depend on heights, the machine and challenges only.  docs/protocol.md sections 7.3, 7.1 (fixed columns) and 7.2
 * (weights).  Freestanding. */
#include "proof/zerocheck.h"

void gn_zerocheck_coefficients(fp6 *coefficients, fp6 *bus, const struct air_table *t, fp6 lambda, fp6 *lambda_at)
{
    *bus = fp6_zero();
    for (uint32_t i = 0; i < t->constraints_n; i++) {
        coefficients[i] = *lambda_at;
        *lambda_at = gn_fp6_mul(*lambda_at, lambda);
    }
    if (t->interactions_n > 0) {
        *bus = *lambda_at;
        *lambda_at = gn_fp6_mul(gn_fp6_mul(*lambda_at, lambda), lambda);
    }
}

void gn_zerocheck_leaf_weights(fp6 *weights, const struct gn_shape *shape, uint32_t table, const fp6 *xi, fp6 scale)
{
    const unsigned v = shape->v[table];
    struct gn_block_walk walk;
    struct gn_block block;
    uint32_t left = shape->system->tables[table].leaves_n;
    gn_blocks_begin(&walk, shape);
    while (left > 0 && gn_blocks_next(&walk, &block)) {
        if (block.table == table) {
            fp6 e = gn_eq_bits(xi + v, block.offset >> v, shape->gkr_layers - v);
            weights[block.leaf] = gn_fp6_mul(scale, e);
            left--;
        }
    }
}

void gn_zerocheck_weights(fp6 weights[AIR_GROUPS], const struct gn_shape *shape, uint32_t table, const fp6 *xi,
                          const fp6 *r, const struct gn_skip *skip)
{
    unsigned v = shape->v[table];
    uint32_t n = shape->heights[table];
    weights[AIR_ALL] = gn_eq_truncated(xi, r, skip, v, n);
    weights[AIR_TRANSITION] = n == 0 ? fp6_zero() : gn_eq_truncated(xi, r, skip, v, n - 1);
    weights[AIR_FIRST] = n == 0 ? fp6_zero() : gn_eq_truncated(xi, r, skip, v, 1);
    weights[AIR_LAST] = fp6_sub(weights[AIR_ALL], weights[AIR_TRANSITION]);
}

/* A product of bits: its extension is the product over the high bits of r_i, and over the skipped ones the sum of those
 * L_b whose b has them all.  A bit that rows of this table do not have is 0 on all of them. */
static fp6 monomial_at(uint32_t bits, unsigned v, const fp6 *r, const struct gn_skip *skip)
{
    if (v < 32 && bits >> v != 0) {
        return fp6_zero();
    }
    uint32_t size = 1u << skip->log2, inside = bits % size;
    fp6 x = fp6_zero();
    for (uint32_t b = 0; b < size; b++) {
        if ((b & inside) == inside) {
            x = fp6_add(x, skip->low[b]);
        }
    }
    for (unsigned i = skip->log2; i < v; i++) {
        if (bits >> i & 1) {
            x = gn_fp6_mul(x, r[i]);
        }
    }
    return x;
}

/* A list: blocks of 2^log2 values come one by one and are merged like the digits of a counter, so that level i holds at
 * most one pending value, the extension of 2^i blocks at u and the first i coordinates of r. */
static fp6 list_at(const struct air_fixed *f, unsigned v, const fp6 *r, const struct gn_skip *skip)
{
    const uint32_t size = 1u << skip->log2;
    fp6 pending[32];
    fp6 x = fp6_zero();
    uint32_t blocks = (uint32_t)1 << (v - skip->log2);
    for (uint32_t y = 0; y < blocks; y++) {
        x = fp6_zero();
        for (uint32_t b = 0; b < size && size * y + b < f->values_n; b++) {
            x = fp6_add(x, fp6_mul_fp(skip->low[b], fp_from_cell(f->values[size * y + b])));
        }
        unsigned level = 0;
        for (; y >> level & 1; level++) {
            fp6 step = gn_fp6_mul(r[skip->log2 + level], fp6_sub(x, pending[level]));
            x = fp6_add(pending[level], step);
        }
        pending[level] = x;
    }
    return x;
}

fp6 gn_fixed_at_point(const struct air_fixed *f, unsigned v, const fp6 *r, const struct gn_skip *skip)
{
    if (f->values_n > 0) {
        return list_at(f, v, r, skip);
    }
    fp6 x = fp6_zero();
    for (uint32_t i = 0; i < f->monomials_n; i++) {
        fp6 m = monomial_at(f->monomials[i].bits, v, r, skip);
        x = fp6_add(x, fp6_mul_fp(m, fp_from_cell(f->monomials[i].coefficient)));
    }
    return x;
}
