/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_interpolate.c - small polynomials of the zerocheck's prover: from values to coefficients.
 *
 * The skip round knows a polynomial f on m cosets s_i D, s_i = 3^i, D of order S (8 or 32).  Written as f(X) = sum_{k<S}
 * X^k F_k(X^S), an inverse transform of coset i gives s_i^k F_k(s_i^S); so each F_k, of degree below m, is interpolated
 * from m values.  The points s_i^S differ because 3 generates the multiplicative group.  Later rounds know a polynomial at 0, 1, ..., m
 * - 1.  Both interpolations multiply by the inverse of a Vandermonde matrix over the base field. */
#include <string.h>

#include "base/bits.h"
#include "proof/zerocheck_prover.h"

/* inverse[k][i] = coefficient of X^k in the polynomial that is 1 at x[i] and 0 at the other m - 1 points */
static void invert_vandermonde(unsigned stride, fp *inverse, const fp *x, unsigned m)
{
    for (unsigned i = 0; i < m; i++) {
        fp c[ZC_ROUND_POINTS] = {fp_one()}; /* product of X - x[j], j != i, coefficients upwards */
        fp scale = fp_one();
        unsigned degree = 0;
        for (unsigned j = 0; j < m; j++) {
            if (j == i) {
                continue;
            }
            for (unsigned k = ++degree; k > 0; k--) {
                fp below = k < degree ? c[k] : fp_zero();
                c[k] = fp_sub(c[k - 1], fp_mul(below, x[j]));
            }
            c[0] = fp_neg(fp_mul(c[0], x[j]));
            scale = fp_mul(scale, fp_sub(x[i], x[j]));
        }
        scale = gn_fp_inv(scale);
        for (unsigned k = 0; k < m; k++) {
            inverse[k * stride + i] = fp_mul(c[k], scale);
        }
    }
}

static void roots_init(struct zc_roots *roots, unsigned log2)
{
    fp root = gn_fp_root(log2);
    roots->log2 = log2;
    roots->root[0] = roots->inverse[0] = fp_one();
    for (unsigned i = 1; i < 1u << (log2 - 1); i++) {
        roots->root[i] = fp_mul(roots->root[i - 1], root);
        roots->inverse[i] = gn_fp_inv(roots->root[i]);
    }
}

static void cosets_init(struct zc_constants *c, unsigned log2)
{
    const unsigned size = 1u << log2;
    fp part = gn_fp_inv(fp_from_cell(size)), powers[ZC_COSETS];
    fp root = gn_fp_root(log2), shift = fp_one();
    roots_init(&c->roots, log2);
    for (unsigned i = 0; i < ZC_COSETS; i++) {
        fp inverse = gn_fp_inv(shift), x = shift;
        powers[i] = gn_fp_pow(shift, size);
        for (unsigned k = 0; k < size; k++) {
            unsigned j = bit_reverse(k, log2);
            fp s = fp_mul(part, gn_fp_pow(shift, k));
            c->scale[i][j] = fp_mul(s, (fp){FP_R2}).v;
            c->unscale[i][k] = fp_mul(part, gn_fp_pow(inverse, k));
            fp sum = fp_zero(); /* L_0(X) = (1 + X + ... + X^(S-1)) / S */
            for (unsigned e = 0; e < size; e++) {
                sum = fp_add(fp_mul(sum, x), fp_one());
            }
            c->first[i][k] = fp_mul(sum, part);
            x = fp_mul(x, root);
        }
        shift = fp_mul(shift, fp_from_cell(FP_GENERATOR));
    }
    for (unsigned m = 1; m <= ZC_COSETS; m++) {
        invert_vandermonde(ZC_COSETS, &c->from_cosets[m][0][0], powers, m);
    }
}

void gn_zc_constants_init(struct zc_constants *c, unsigned skip_log2)
{
    c->skip_log2 = skip_log2;
    fp x[ZC_ROUND_POINTS];
    for (unsigned i = 0; i < ZC_ROUND_POINTS; i++) {
        x[i] = fp_from_cell(i);
    }
    for (unsigned m = 1; m <= ZC_ROUND_POINTS; m++) {
        invert_vandermonde(ZC_ROUND_POINTS, &c->from_points[m][0][0], x, m);
    }
    cosets_init(c, skip_log2);
}

/* F_k at X^S of coset i, from the values on it: an inverse transform, decimation in frequency */
static void from_coset(fp6 out[GN_SKIP_MAX], const fp6 *values, unsigned i, const struct zc_constants *c)
{
    const unsigned log2 = c->skip_log2, size = 1u << log2;
    fp6 x[GN_SKIP_MAX];
    memcpy(x, values, size * sizeof *x);
    for (unsigned half = size / 2; half > 0; half /= 2) {
        for (unsigned b = 0; b < size; b++) {
            if ((b & half) == 0) {
                fp6 difference = fp6_sub(x[b], x[b + half]);
                x[b] = fp6_add(x[b], x[b + half]);
                x[b + half] = fp6_mul_fp(difference, c->roots.inverse[b % half * (size / 2 / half)]);
            }
        }
    }
    for (unsigned k = 0; k < size; k++) {
        out[k] = fp6_mul_fp(x[bit_reverse(k, log2)], c->unscale[i][k]);
    }
}

void gn_zc_from_cosets(fp6 *coefficients, const fp6 *values, unsigned cosets, const struct zc_constants *c)
{
    const unsigned size = 1u << c->skip_log2;
    fp6 f[ZC_COSETS][GN_SKIP_MAX];
    for (unsigned i = 0; i < cosets; i++) {
        from_coset(f[i], values + (size_t)size * i, i, c);
    }
    for (unsigned j = 0; j < cosets; j++) {
        for (unsigned k = 0; k < size; k++) {
            fp6 sum = fp6_zero();
            for (unsigned i = 0; i < cosets; i++) {
                sum = fp6_add(sum, fp6_mul_fp(f[i][k], c->from_cosets[cosets][j][i]));
            }
            coefficients[size * j + k] = sum;
        }
    }
}

void gn_zc_from_points(fp6 *coefficients, const fp6 *values, unsigned n, const struct zc_constants *c)
{
    fp6 out[ZC_ROUND_POINTS];
    for (unsigned k = 0; k < n; k++) {
        out[k] = fp6_zero();
        for (unsigned i = 0; i < n; i++) {
            out[k] = fp6_add(out[k], fp6_mul_fp(values[i], c->from_points[n][k][i]));
        }
    }
    for (unsigned k = 0; k < n; k++) {
        coefficients[k] = out[k];
    }
}

fp6 gn_zc_polynomial_at(const fp6 *coefficients, unsigned n, fp6 x)
{
    fp6 y = fp6_zero();
    for (unsigned k = n; k-- > 0;) {
        y = fp6_add(gn_fp6_mul(y, x), coefficients[k]);
    }
    return y;
}
