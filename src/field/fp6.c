/* SPDX-License-Identifier: Apache-2.0 */
/* fp6.c - the challenge field, scalar.  Freestanding; shared by prover and verifier.
 *
 * Product: with a = A0 + x^3 A1, b = B0 + x^3 B1 and x^6 = -x^3 - 1,
 *   a b = (P0 - P1) + x^3 (P0 - PD),   P0 = A0 B0,  P1 = A1 B1,  PD = (A0 - A1)(B0 - B1),
 * three products of quadratics.  Each coefficient of the result is a signed sum of exactly six products of base
 * elements, which is collected in 64 bits and reduced once.  Bounds: a product is below p^2; M = 2^32 p lies between 2
 * p^2 and 4 p^2 < 2^64; a sum of three products is below 2 M, and fp_reduce wants an argument below M. Inverse:
 * Frobenius maps x^i to x^(2i mod 9) because p = 2 mod 9; the norm lies in F_p (Itoh-Tsujii). */
#include "field/fp6.h"

#include "base/bytes.h"

static const uint64_t M = (uint64_t)FP_P << 32;

/* [0, 2M) -> [0, M) */
static uint64_t wide_trim(uint64_t x)
{
    return x >= M ? x - M : x;
}

/* a - b mod M for a, b < M */
static uint64_t wide_sub(uint64_t a, uint64_t b)
{
    return a >= b ? a - b : a - b + M;
}

/* the five coefficients of a product of quadratics; c[i] is a sum of at most three products */
static void quadratic_mul(uint64_t c[5], const uint32_t a[3], const uint32_t b[3])
{
    c[0] = (uint64_t)a[0] * b[0];
    c[1] = (uint64_t)a[0] * b[1] + (uint64_t)a[1] * b[0];
    c[2] = (uint64_t)a[0] * b[2] + (uint64_t)a[1] * b[1] + (uint64_t)a[2] * b[0];
    c[3] = (uint64_t)a[1] * b[2] + (uint64_t)a[2] * b[1];
    c[4] = (uint64_t)a[2] * b[2];
}

fp6 gn_fp6_mul(fp6 a, fp6 b)
{
    uint32_t a0[3], a1[3], ad[3], b0[3], b1[3], bd[3];
    for (int i = 0; i < 3; i++) {
        a0[i] = a.c[i].v;
        a1[i] = a.c[i + 3].v;
        ad[i] = fp_sub_raw(a0[i], a1[i]);
        b0[i] = b.c[i].v;
        b1[i] = b.c[i + 3].v;
        bd[i] = fp_sub_raw(b0[i], b1[i]);
    }
    uint64_t p0[5], p1[5], pd[5];
    quadratic_mul(p0, a0, b0);
    quadratic_mul(p1, a1, b1);
    quadratic_mul(pd, ad, bd);
    fp6 r;
    for (int i = 0; i < 2; i++) { /* x^6 = -x^3 - 1 folds coefficients 3 and 4 of P0 - PD back */
        uint64_t t = wide_trim(p0[i] + pd[i + 3]);
        r.c[i].v = fp_reduce(wide_sub(t, wide_trim(p1[i] + p0[i + 3])));
        r.c[i + 3].v = fp_reduce(wide_sub(t, wide_trim(pd[i] + p1[i + 3])));
    }
    uint64_t t = wide_trim(p0[2]);
    r.c[2].v = fp_reduce(wide_sub(t, wide_trim(p1[2])));
    r.c[5].v = fp_reduce(wide_sub(t, wide_trim(pd[2])));
    return r;
}

fp6 gn_fp6_square(fp6 a)
{
    return gn_fp6_mul(a, a);
}

fp6 gn_fp6_pow(fp6 a, uint64_t e)
{
    fp6 r = fp6_one();
    for (; e != 0; e >>= 1) {
        if (e & 1) {
            r = gn_fp6_mul(r, a);
        }
        a = gn_fp6_square(a);
    }
    return r;
}

/* a^p: exponents double mod 9, and x^6 = -x^3 - 1, x^8 = -x^5 - x^2 */
static fp6 frobenius(fp6 a)
{
    return (fp6){{fp_sub(a.c[0], a.c[3]), a.c[5], fp_sub(a.c[1], a.c[4]), fp_neg(a.c[3]), a.c[2], fp_neg(a.c[4])}};
}

fp6 gn_fp6_inv(fp6 a)
{
    fp6 t1 = frobenius(a);                             /* a^p */
    fp6 t2 = gn_fp6_mul(t1, frobenius(t1));            /* a^(p + p^2) */
    fp6 t4 = gn_fp6_mul(t2, frobenius(frobenius(t2))); /* a^(p + ... + p^4) */
    fp6 t5 = gn_fp6_mul(t1, frobenius(t4));            /* a^(p + ... + p^5) */
    fp norm = gn_fp6_mul(a, t5).c[0];                  /* the other coefficients are zero */
    return fp6_mul_fp(t5, gn_fp_inv(norm));
}

void gn_fp6_batch_inv(fp6 *a, size_t n, fp6 *scratch)
{
    fp6 all = fp6_one(); /* product of the nonzero entries so far */
    for (size_t i = 0; i < n; i++) {
        scratch[i] = all;
        if (!fp6_is_zero(a[i])) {
            all = gn_fp6_mul(all, a[i]);
        }
    }
    fp6 inv = gn_fp6_inv(all);
    for (size_t i = n; i-- > 0;) {
        if (!fp6_is_zero(a[i])) {
            fp6 next = gn_fp6_mul(inv, a[i]);
            a[i] = gn_fp6_mul(inv, scratch[i]);
            inv = next;
        }
    }
}

void gn_fp6_write(uint8_t out[FP6_BYTES], fp6 a)
{
    for (int i = 0; i < 6; i++) {
        store_le32(out + 4 * i, fp_to_cell(a.c[i]));
    }
}

bool gn_fp6_read(fp6 *a, const uint8_t in[FP6_BYTES])
{
    bool canonical = true;
    for (int i = 0; i < 6; i++) {
        uint32_t x = load_le32(in + 4 * i);
        canonical = canonical && x < FP_P;
        a->c[i] = fp_from_cell(x < FP_P ? x : 0);
    }
    return canonical;
}

fp6 gn_fp6_from_uniform(const uint8_t in[48])
{
    fp6 a;
    for (int i = 0; i < 6; i++) {
        a.c[i] = fp_from_u64(load_le64(in + 8 * i));
    }
    return a;
}
