/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_interpolate.c - small polynomials of the zerocheck's prover: from values to coefficients.
 *
 * The skip round knows a polynomial f on m cosets s_i D, s_i = 3^i.  Written as f(X) = sum_{k<8} X^k F_k(X^8), an
 * inverse transform of coset i gives s_i^k F_k(s_i^8); so each F_k, of degree below m, is interpolated from m values.
 * The points s_i^8 differ because 3 generates the multiplicative group.  Later rounds know a polynomial at 0, 1, ..., m
 * - 1.  Both interpolations multiply by the inverse of a Vandermonde matrix over the base field. */
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

static void cosets_init(struct zc_constants *c)
{
    fp eighth = gn_fp_inv(fp_from_cell(GN_SKIP)), x8[ZC_COSETS];
    fp root = gn_fp_root(GN_SKIP_LOG2), shift = fp_one();
    c->roots.root[0] = c->roots.inverse[0] = fp_one();
    for (unsigned i = 1; i < GN_SKIP / 2; i++) {
        c->roots.root[i] = fp_mul(c->roots.root[i - 1], root);
        c->roots.inverse[i] = gn_fp_inv(c->roots.root[i]);
    }
    for (unsigned i = 0; i < ZC_COSETS; i++) {
        fp inverse = gn_fp_inv(shift);
        x8[i] = gn_fp_pow(shift, GN_SKIP);
        for (unsigned k = 0; k < GN_SKIP; k++) {
            unsigned j = bit_reverse(k, GN_SKIP_LOG2);
            fp s = fp_mul(eighth, gn_fp_pow(shift, k));
            c->scale[i][j] = fp_mul(s, (fp){FP_R2}).v;
            c->unscale[i][k] = fp_mul(eighth, gn_fp_pow(inverse, k));
        }
        shift = fp_mul(shift, fp_from_cell(FP_GENERATOR));
    }
    for (unsigned m = 1; m <= ZC_COSETS; m++) {
        invert_vandermonde(ZC_COSETS, &c->from_cosets[m][0][0], x8, m);
    }
}

void gn_zc_constants_init(struct zc_constants *c)
{
    fp x[ZC_ROUND_POINTS];
    for (unsigned i = 0; i < ZC_ROUND_POINTS; i++) {
        x[i] = fp_from_cell(i);
    }
    for (unsigned m = 1; m <= ZC_ROUND_POINTS; m++) {
        invert_vandermonde(ZC_ROUND_POINTS, &c->from_points[m][0][0], x, m);
    }
    cosets_init(c);
}

/* F_k at X^8 of coset i, from the values on it */
static void from_coset(fp6 out[GN_SKIP], const fp6 values[GN_SKIP], unsigned i, const struct zc_constants *c)
{
    for (unsigned k = 0; k < GN_SKIP; k++) {
        fp6 sum = fp6_zero();
        for (unsigned b = 0; b < GN_SKIP; b++) { /* omega^(-bk); omega^4 = -1 */
            unsigned e = b * k % GN_SKIP;
            fp6 term = fp6_mul_fp(values[b], c->roots.inverse[e % 4]);
            sum = e < 4 ? fp6_add(sum, term) : fp6_sub(sum, term);
        }
        out[k] = fp6_mul_fp(sum, c->unscale[i][k]);
    }
}

void gn_zc_from_cosets(fp6 *coefficients, const fp6 *values, unsigned cosets, const struct zc_constants *c)
{
    fp6 f[ZC_COSETS][GN_SKIP];
    for (unsigned i = 0; i < cosets; i++) {
        from_coset(f[i], values + GN_SKIP * i, i, c);
    }
    for (unsigned j = 0; j < cosets; j++) {
        for (unsigned k = 0; k < GN_SKIP; k++) {
            fp6 sum = fp6_zero();
            for (unsigned i = 0; i < cosets; i++) {
                sum = fp6_add(sum, fp6_mul_fp(f[i][k], c->from_cosets[cosets][j][i]));
            }
            coefficients[GN_SKIP * j + k] = sum;
        }
    }
}

void gn_zc_to_cosets(fp6 *values, const fp6 *coefficients, unsigned n, unsigned cosets, const struct zc_constants *c)
{
    fp shift = fp_one();
    for (unsigned i = 0; i < cosets; i++) {
        fp x = shift;
        for (unsigned b = 0; b < GN_SKIP; b++) {
            fp6 y = fp6_zero();
            for (unsigned k = n; k-- > 0;) {
                y = fp6_add(fp6_mul_fp(y, x), coefficients[k]);
            }
            values[GN_SKIP * i + b] = y;
            x = fp_mul(x, c->roots.root[1]);
        }
        shift = fp_mul(shift, fp_from_cell(FP_GENERATOR));
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

fp6 gn_zc_eq_prefix(const fp6 *xi, unsigned n, uint64_t count)
{
    fp6 sum = fp6_zero(); /* over the entries below count mod 2^i of the low i variables; the whole cube sums to 1 */
    for (unsigned i = 0; i < n; i++) {
        fp6 low_half = fp6_sub(fp6_one(), xi[i]);
        sum = count >> i & 1 ? fp6_add(low_half, gn_fp6_mul(xi[i], sum)) : gn_fp6_mul(low_half, sum);
    }
    return count >> n != 0 ? fp6_one() : sum;
}
