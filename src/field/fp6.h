/* SPDX-License-Identifier: Apache-2.0 */
/* fp6.h - the challenge field F = F_p[x]/(x^6 + x^3 + 1), 186 bits; scalar reference.
 *
 * x^6 + x^3 + 1 is the 9th cyclotomic polynomial, irreducible because p = 2 mod 9.  So x^9 = 1, reduction is additions,
 * and the Frobenius map permutes exponents: (x^i)^p = x^(p i mod 9).  Coefficients are fp (Montgomery form), lowest
 * first.  Freestanding. */
#ifndef GN_FIELD_FP6_H
#define GN_FIELD_FP6_H

#include <stddef.h>

#include "base/status.h"
#include "field/fp.h"

#define FP6_BYTES 24

typedef struct {
    fp c[6];
} fp6;

static inline fp6 fp6_zero(void)
{
    return (fp6){{{0}}};
}

static inline fp6 fp6_one(void)
{
    return (fp6){{{FP_R1}}};
}

static inline fp6 fp6_from_fp(fp a)
{
    return (fp6){{a}};
}

static inline fp6 fp6_from_cell(uint32_t x)
{
    return fp6_from_fp(fp_from_cell(x));
}

static inline fp6 fp6_add(fp6 a, fp6 b)
{
    for (int i = 0; i < 6; i++) {
        a.c[i] = fp_add(a.c[i], b.c[i]);
    }
    return a;
}

static inline fp6 fp6_sub(fp6 a, fp6 b)
{
    for (int i = 0; i < 6; i++) {
        a.c[i] = fp_sub(a.c[i], b.c[i]);
    }
    return a;
}

static inline fp6 fp6_neg(fp6 a)
{
    return fp6_sub(fp6_zero(), a);
}

static inline fp6 fp6_mul_fp(fp6 a, fp b)
{
    for (int i = 0; i < 6; i++) {
        a.c[i] = fp_mul(a.c[i], b);
    }
    return a;
}

static inline fp6 fp6_add_fp(fp6 a, fp b)
{
    a.c[0] = fp_add(a.c[0], b);
    return a;
}

static inline bool fp6_eq(fp6 a, fp6 b)
{
    uint32_t d = 0;
    for (int i = 0; i < 6; i++) {
        d |= a.c[i].v ^ b.c[i].v;
    }
    return d == 0;
}

static inline bool fp6_is_zero(fp6 a)
{
    return fp6_eq(a, fp6_zero());
}

fp6 gn_fp6_mul(fp6 a, fp6 b);
fp6 gn_fp6_square(fp6 a);
fp6 gn_fp6_pow(fp6 a, uint64_t e);
fp6 gn_fp6_inv(fp6 a); /* through Frobenius: a^-1 = (a^p a^(p^2) ... a^(p^5)) / Norm(a); 0 for 0 */

/* gn_fp6_batch_inv replaces each of a[0..n) by its inverse with one inversion (Montgomery's trick); scratch holds n.
 * Zeros stay zero. */
void gn_fp6_batch_inv(fp6 *a, size_t n, fp6 *scratch);

/* The 24-byte encoding of docs/protocol.md section 0.  Reading fails on a coefficient that is not canonical. */
void gn_fp6_write(uint8_t out[FP6_BYTES], fp6 a);
GN_NODISCARD bool gn_fp6_read(fp6 *a, const uint8_t in[FP6_BYTES]);

/* An element from 48 uniform bytes: coefficient i is the little-endian u64 at 8 i, mod p. */
fp6 gn_fp6_from_uniform(const uint8_t in[48]);

#endif
