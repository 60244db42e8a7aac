/* SPDX-License-Identifier: Apache-2.0 */
/* vector.c - plain passes over ext vectors (being replaced by a kernel) */
#include "poly/vector.h"

void gn_vec_eq(uint32_t *out, const fp6 *r, unsigned n, fp6 scale, const struct gn_work *w)
{
    (void)w;
    ext_set(out, 0, scale);
    for (unsigned i = 0; i < n; i++) {
        size_t half = (size_t)1 << i;
        for (size_t x = 0; x < half; x++) {
            fp6 a = ext_get(out, x), b = gn_fp6_mul(a, r[i]);
            ext_set(out, x, fp6_sub(a, b));
            ext_set(out, x + half, b);
        }
    }
}

void gn_vec_mac_cells(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *columns, size_t columns_n,
                      size_t n, const struct gn_work *w)
{
    (void)w;
    for (size_t i = 0; i < n; i++) {
        fp6 s = ext_get(acc, i);
        for (size_t c = 0; c < columns_n; c++) {
            s = fp6_add(s, fp6_mul_fp(coefficients[c], fp_from_cell(columns[c][i])));
        }
        ext_set(acc, i, s);
    }
}

fp6 gn_vec_dot_cells(const uint32_t *weights, const uint32_t *cells, size_t n, const struct gn_work *w)
{
    (void)w;
    fp6 s = fp6_zero();
    for (size_t i = 0; i < n; i++) {
        s = fp6_add(s, fp6_mul_fp(ext_get(weights, i), fp_from_cell(cells[i])));
    }
    return s;
}

fp6 gn_vec_dot(const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w)
{
    (void)w;
    fp6 s = fp6_zero();
    for (size_t i = 0; i < n; i++) {
        s = fp6_add(s, gn_fp6_mul(ext_get(a, i), ext_get(b, i)));
    }
    return s;
}

void gn_vec_axpy(uint32_t *acc, fp6 scale, const uint32_t *a, size_t n, const struct gn_work *w)
{
    (void)w;
    for (size_t i = 0; i < n; i++) {
        ext_set(acc, i, fp6_add(ext_get(acc, i), gn_fp6_mul(scale, ext_get(a, i))));
    }
}

static void fold(uint32_t *v, size_t half, size_t step, size_t gap, fp6 r)
{
    for (size_t i = 0; i < half; i++) {
        fp6 a = ext_get(v, step * i), b = ext_get(v, step * i + gap);
        ext_set(v, i, fp6_add(a, gn_fp6_mul(r, fp6_sub(b, a))));
    }
}

void gn_vec_fold_low(uint32_t *v, size_t n, fp6 r, const struct gn_work *w)
{
    (void)w;
    fold(v, n / 2, 2, 1, r);
}

void gn_vec_fold_high(uint32_t *v, size_t n, fp6 r, const struct gn_work *w)
{
    (void)w;
    fold(v, n / 2, 1, n / 2, r);
}

static void product_round(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t half, size_t step, size_t gap)
{
    s[0] = s[1] = s[2] = fp6_zero();
    for (size_t i = 0; i < half; i++) {
        fp6 a0 = ext_get(a, step * i), b0 = ext_get(b, step * i);
        fp6 da = fp6_sub(ext_get(a, step * i + gap), a0), db = fp6_sub(ext_get(b, step * i + gap), b0);
        s[0] = fp6_add(s[0], gn_fp6_mul(a0, b0));
        s[1] = fp6_add(s[1], fp6_add(gn_fp6_mul(a0, db), gn_fp6_mul(da, b0)));
        s[2] = fp6_add(s[2], gn_fp6_mul(da, db));
    }
}

void gn_vec_product_round_low(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w)
{
    (void)w;
    product_round(s, a, b, n / 2, 2, 1);
}

void gn_vec_product_round_high(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w)
{
    (void)w;
    product_round(s, a, b, n / 2, 1, n / 2);
}
