/* SPDX-License-Identifier: Apache-2.0 */
/* fp.h - the base field F_p, KoalaBear: p = 2^31 - 2^24 + 1; scalar reference.
 *
 * Two forms of an element occur, and the types keep them apart:
 *   uint32_t "cell"   the canonical integer in [0, p); what trace columns, code words, hashes and proofs hold
 *   fp                Montgomery form, v = x 2^32 mod p in [0, p); what arithmetic works on
 * fp_mul(fp, fp) is a product; fp_mul_cell(fp a, cell c) is the *cell* a c: one reduction leaves Montgomery form, which
 * is how transforms and folds of cells need no conversions.  All functions take and give fully reduced values.
 * Freestanding. */
#ifndef GN_FIELD_FP_H
#define GN_FIELD_FP_H

#include <stdbool.h>
#include <stdint.h>

#define FP_P           0x7f000001u
#define FP_P_INV       0x81000001u /* p * FP_P_INV == 1 mod 2^32 */
#define FP_R1          0x01fffffeu /* 2^32 mod p */
#define FP_R2          0x17f7efe4u /* 2^64 mod p */
#define FP_GENERATOR   3u          /* of the multiplicative group, canonical */
#define FP_TWO_ADICITY 24

typedef struct {
    uint32_t v;
} fp;

/* x / 2^32 mod p for x < 2^32 p */
static inline uint32_t fp_reduce(uint64_t x)
{
    uint32_t q = (uint32_t)x * FP_P_INV;
    uint32_t hi = (uint32_t)(x >> 32);
    uint32_t sub = (uint32_t)((uint64_t)q * FP_P >> 32);
    return hi >= sub ? hi - sub : hi - sub + FP_P;
}

static inline uint32_t fp_add_raw(uint32_t a, uint32_t b)
{
    uint32_t s = a + b;
    return s >= FP_P ? s - FP_P : s;
}

static inline uint32_t fp_sub_raw(uint32_t a, uint32_t b)
{
    return a >= b ? a - b : a - b + FP_P;
}

static inline fp fp_add(fp a, fp b)
{
    return (fp){fp_add_raw(a.v, b.v)};
}

static inline fp fp_sub(fp a, fp b)
{
    return (fp){fp_sub_raw(a.v, b.v)};
}

static inline fp fp_neg(fp a)
{
    return (fp){a.v == 0 ? 0 : FP_P - a.v};
}

static inline fp fp_mul(fp a, fp b)
{
    return (fp){fp_reduce((uint64_t)a.v * b.v)};
}

/* the cell a * c */
static inline uint32_t fp_mul_cell(fp a, uint32_t c)
{
    return fp_reduce((uint64_t)a.v * c);
}

/* x < p */
static inline fp fp_from_cell(uint32_t x)
{
    return (fp){fp_reduce((uint64_t)x * FP_R2)};
}

/* any x */
static inline fp fp_from_u64(uint64_t x)
{
    return fp_from_cell((uint32_t)(x % FP_P));
}

static inline uint32_t fp_to_cell(fp a)
{
    return fp_reduce(a.v);
}

static inline fp fp_zero(void)
{
    return (fp){0};
}

static inline fp fp_one(void)
{
    return (fp){FP_R1};
}

static inline bool fp_eq(fp a, fp b)
{
    return a.v == b.v;
}

fp gn_fp_pow(fp a, uint64_t e);
fp gn_fp_inv(fp a);           /* 0 for 0 */
fp gn_fp_root(unsigned log2); /* omega_d = g^((p-1)/2^d), d <= 24 */

#endif
