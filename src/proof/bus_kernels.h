/* SPDX-License-Identifier: Apache-2.0 */
/* bus_kernels.h - the inner loops of the bus, over stored units (bus_layers.h); one table of functions per instruction
 * set. */
#ifndef GN_PROOF_BUS_KERNELS_H
#define GN_PROOF_BUS_KERNELS_H

#include "base/cpu.h"
#include "proof/bus_layers.h"

/* One layer's sumcheck runs on (P, q) with P_0 = p_0 + lambda q_0 and P_1 = p_1: then p_0 q_1 + p_1 q_0 + lambda q_0 q_1
 * = P_0 q_1 + P_1 q_0. */
struct bus_round {
    fp6 lambda;
    fp6 rho; /* the challenge that binds the variable */
};

/* A message on a unit of rows: numerator, and denominator base + sum weights[j] entries[j] / 2^32 (products of words). */
struct bus_side {
    fp6 base;
    const uint32_t *const *entries;
    const fp6 *weights;
    size_t entries_n;
    const uint32_t *numerator; /* NULL: constant */
    bool cells;                /* it is not in Montgomery form */
    fp constant;
};

/* The sums of a round over the units given, eq holding 16 weights per unit:
 *   s[0] = sum of eq (g(0) - lambda), s[1] = sum of eq (coefficient of X^2 in g),   g(X) = G at the bound variable = X
 * Pairs below which nothing is active contribute zero to both.  They are added to acc, BUS_ACC_WORDS: an ext block for
 * s[0] and one for s[1], spread over lanes until bus_acc_take. */
#define BUS_ACC_WORDS (2 * 6 * EXT_BLOCK)
struct bus_kernels {
    /* cells to Montgomery form; both arrays are padded to 16 words */
    void (*to_montgomery)(uint32_t *out, const uint32_t *cells, size_t n);
    /* one unit of leaves, the sum of 1 to AIR_LEAF_MESSAGES messages, from word `at` of each operand; slots >= active are (0, 1) */
    void (*leaf)(uint32_t *p, uint32_t *q, const struct bus_side *sides, size_t sides_n, size_t at, size_t active);
    /* units of the next level over 2 units children */
    void (*up)(const struct bus_layer *out, const struct bus_layer *in, size_t units);
    /* first round of a layer: replaces p by P and takes the sums */
    void (*sum)(uint32_t *acc, const struct bus_layer *layer, const uint32_t *eq, size_t units,
                const struct bus_round *r);
    /* binds a variable of (P, q) (2 units in, one out) and takes the sums of the next round, or none if eq is NULL */
    void (*fold)(uint32_t *acc, const struct bus_layer *out, const struct bus_layer *in, const uint32_t *eq,
                 size_t units, const struct bus_round *r);
};

extern const struct bus_kernels gn_bus_kernels_scalar, gn_bus_kernels_avx2, gn_bus_kernels_avx512;
const struct bus_kernels *gn_bus_kernels(enum gn_isa isa);

/* the sums that acc holds */
static inline void bus_acc_take(fp6 s[2], const uint32_t *acc)
{
    for (unsigned k = 0; k < 2; k++) {
        for (unsigned l = 0; l < 6; l++) {
            uint64_t sum = 0;
            for (unsigned lane = 0; lane < EXT_BLOCK; lane++) {
                sum += acc[(6 * k + l) * EXT_BLOCK + lane];
            }
            s[k].c[l] = (fp){(uint32_t)(sum % FP_P)};
        }
    }
}

#endif
