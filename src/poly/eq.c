/* SPDX-License-Identifier: Apache-2.0 */
/* eq.c - closed forms of eq, truncated eq and successor.  Freestanding; docs/protocol.md sections 0, 7.2, 9.
 *
 * The sums over a bit position (truncated eq, successor) are evaluated by walking the variables upwards while carrying
 * the value for the part below, so no table of prefix products is needed and any number of variables works. */
#include "poly/eq.h"

static fp6 one_minus(fp6 a)
{
    return fp6_sub(fp6_one(), a);
}

fp6 gn_eq1(fp6 a, fp6 b)
{
    fp6 ab = gn_fp6_mul(a, b); /* ab + (1-a)(1-b) = 1 - a - b + 2ab */
    return fp6_add(fp6_sub(one_minus(a), b), fp6_add(ab, ab));
}

fp6 gn_eq(const fp6 *a, const fp6 *b, unsigned n)
{
    fp6 e = fp6_one();
    for (unsigned i = 0; i < n; i++) {
        e = gn_fp6_mul(e, gn_eq1(a[i], b[i]));
    }
    return e;
}

fp6 gn_eq_bits(const fp6 *r, uint64_t x, unsigned n)
{
    fp6 e = fp6_one();
    for (unsigned i = 0; i < n; i++) {
        bool bit = i < 64 && (x >> i & 1);
        e = gn_fp6_mul(e, bit ? r[i] : one_minus(r[i]));
    }
    return e;
}

fp6 gn_succ(const fp6 *r, const fp6 *y, unsigned n)
{
    fp6 sum = fp6_zero();  /* succ of the variables below i */
    fp6 carry = fp6_one(); /* prod r (1 - y) over them: all ones plus one gives all zeros and a carry */
    for (unsigned i = 0; i < n; i++) {
        fp6 ry = gn_fp6_mul(r[i], y[i]);
        fp6 e = fp6_add(fp6_sub(one_minus(r[i]), y[i]), fp6_add(ry, ry)); /* eq1(r_i, y_i) */
        fp6 stop = fp6_sub(y[i], ry);                                     /* (1 - r_i) y_i */
        sum = fp6_add(gn_fp6_mul(sum, e), gn_fp6_mul(carry, stop));
        carry = gn_fp6_mul(carry, fp6_sub(r[i], ry));
    }
    return sum;
}

void gn_eq_table(fp6 *out, const fp6 *r, unsigned n)
{
    out[0] = fp6_one();
    for (unsigned i = 0; i < n; i++) {
        size_t half = (size_t)1 << i;
        for (size_t x = 0; x < half; x++) {
            out[x + half] = gn_fp6_mul(out[x], r[i]);
            out[x] = fp6_sub(out[x], out[x + half]);
        }
    }
}

void gn_skip_at(struct gn_skip *skip, unsigned log2, fp6 u)
{
    unsigned size = 1u << log2;
    fp coefficient[GN_SKIP_MAX]; /* omega^-k / 2^log2 */
    fp inverse_root = gn_fp_inv(gn_fp_root(log2));
    skip->log2 = log2;
    coefficient[0] = gn_fp_inv(fp_from_cell(size));
    for (unsigned k = 1; k < size; k++) {
        coefficient[k] = fp_mul(coefficient[k - 1], inverse_root);
    }
    for (unsigned b = 0; b < size; b++) {
        skip->low[b] = fp6_zero();
    }
    fp6 power = fp6_one(); /* u^k */
    for (unsigned k = 0; k < size; k++) {
        for (unsigned b = 0; b < size; b++) {
            skip->low[b] = fp6_add(skip->low[b], fp6_mul_fp(power, coefficient[b * k % size]));
        }
        power = gn_fp6_mul(power, u);
    }
}

fp6 gn_eq_truncated(const fp6 *xi, const fp6 *r, const struct gn_skip *skip, unsigned v, uint64_t n)
{
    unsigned size = 1u << skip->log2;
    fp6 e[GN_SKIP_MAX];
    gn_eq_table(e, xi, skip->log2);
    fp6 part = fp6_zero(); /* sum over the first n mod 2^i entries of the cube of the variables below i */
    fp6 full = fp6_zero(); /* sum over all of that cube */
    for (unsigned b = 0; b < size; b++) {
        fp6 term = gn_fp6_mul(e[b], skip->low[b]);
        full = fp6_add(full, term);
        if (b < n % size) {
            part = fp6_add(part, term);
        }
    }
    for (unsigned i = skip->log2; i < v; i++) {
        fp6 both = gn_fp6_mul(xi[i], r[i]);
        fp6 neither = fp6_add(fp6_sub(one_minus(xi[i]), r[i]), both); /* (1 - xi_i)(1 - r_i) */
        if (i < 64 && (n >> i & 1)) {
            part = fp6_add(gn_fp6_mul(neither, full), gn_fp6_mul(both, part));
        } else {
            part = gn_fp6_mul(neither, part);
        }
        full = gn_fp6_mul(full, fp6_add(both, neither));
    }
    return v < 64 && n >> v != 0 ? full : part;
}
