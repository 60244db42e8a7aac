/* SPDX-License-Identifier: Apache-2.0 */
/* poly_vector_test.c - every pass against a plain loop over scalar elements: all instruction sets, one and two threads,
 * sizes inside one block, around block edges and over several chunks.  Vectors are allocated exactly, so that a
 * sanitizer sees reads behind them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "poly/eq.h"
#include "poly/vector.h"
#include "unit/field_random.h"

static struct gn_pool *two_threads;

static int setup(void **state)
{
    (void)state;
    return gn_pool_create(&two_threads, 2, NULL) == GN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    gn_pool_destroy(two_threads);
    return 0;
}

static uint32_t *new_ext(struct random *r, size_t n)
{
    uint32_t *v = malloc(ext_words(n) * sizeof *v + 1);
    assert_non_null(v);
    random_ext(r, v, n);
    return v;
}

static uint32_t *copy_ext(const uint32_t *v, size_t n)
{
    uint32_t *c = malloc(ext_words(n) * sizeof *c + 1);
    assert_non_null(c);
    return memcpy(c, v, ext_words(n) * sizeof *c);
}

static void assert_fp6(fp6 a, fp6 b)
{
    assert_true(fp6_eq(a, b));
}

static void assert_ext(const uint32_t *v, const uint32_t *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_fp6(ext_get(v, i), ext_get(w, i));
    }
}

/* calls check for every instruction set that this machine has, with one and with two threads */
static void for_all_work(void (*check)(struct random *r, size_t n, const struct gn_work *w), size_t n)
{
    for (enum gn_isa isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
        if (!gn_isa_supported(isa)) {
            continue;
        }
        for (int threads = 1; threads <= 2; threads++) {
            struct gn_work w = {.pool = threads == 1 ? NULL : two_threads, .isa = isa};
            struct random r = {1000 + n};
            check(&r, n, &w);
        }
    }
}

static void for_all_sizes(void (*check)(struct random *r, size_t n, const struct gn_work *w))
{
    for (size_t n = 1; n <= 100; n++) {
        for_all_work(check, n);
    }
    for_all_work(check, 4096);
    for_all_work(check, 4100 + 2048);
    for_all_work(check, 20011);
}

/* ---- eq ---- */

static void check_eq(struct random *r, size_t n, const struct gn_work *w)
{
    fp6 point[16], scale = random_fp6(r);
    for (size_t i = 0; i < n; i++) {
        point[i] = random_fp6(r);
    }
    size_t size = (size_t)1 << n;
    uint32_t *out = new_ext(r, size);
    gn_vec_eq(out, point, (unsigned)n, scale, w);
    for (size_t x = 0; x < size; x += 1 + x / 200) {
        assert_fp6(ext_get(out, x), gn_fp6_mul(scale, gn_eq_bits(point, x, (unsigned)n)));
    }
    free(out);
}

static void eq_is_a_product_of_bits(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 13; n++) {
        for_all_work(check_eq, n);
    }
}

/* ---- cells ---- */

static void check_mac_cells(struct random *r, size_t n, const struct gn_work *w)
{
    size_t columns_n = n % 36;
    uint32_t *columns[36];
    fp6 coefficients[36];
    for (size_t c = 0; c < columns_n; c++) {
        columns[c] = malloc(n * sizeof *columns[c]);
        assert_non_null(columns[c]);
        random_cells(r, columns[c], n);
        coefficients[c] = random_fp6(r);
    }
    uint32_t *acc = new_ext(r, n), *expected = copy_ext(acc, n);
    for (size_t i = 0; i < n; i++) {
        fp6 s = ext_get(acc, i);
        for (size_t c = 0; c < columns_n; c++) {
            s = fp6_add(s, fp6_mul_fp(coefficients[c], fp_from_cell(columns[c][i])));
        }
        ext_set(expected, i, s);
    }
    gn_vec_mac_cells(acc, coefficients, (const uint32_t *const *)columns, columns_n, n, w);
    assert_ext(acc, expected, n);
    for (size_t c = 0; c < columns_n; c++) {
        free(columns[c]);
    }
    free(acc);
    free(expected);
}

static void mac_cells(void **state)
{
    (void)state;
    for_all_sizes(check_mac_cells);
}

static void check_dots(struct random *r, size_t n, const struct gn_work *w)
{
    uint32_t *a = new_ext(r, n), *b = new_ext(r, n), *cells = malloc(n * sizeof *cells);
    assert_non_null(cells);
    random_cells(r, cells, n);
    fp6 with_cells = fp6_zero(), with_b = fp6_zero();
    for (size_t i = 0; i < n; i++) {
        with_cells = fp6_add(with_cells, fp6_mul_fp(ext_get(a, i), fp_from_cell(cells[i])));
        with_b = fp6_add(with_b, gn_fp6_mul(ext_get(a, i), ext_get(b, i)));
    }
    assert_fp6(gn_vec_dot_cells(a, cells, n, w), with_cells);
    assert_fp6(gn_vec_dot(a, b, n, w), with_b);
    free(a);
    free(b);
    free(cells);
}

static void inner_products(void **state)
{
    (void)state;
    for_all_sizes(check_dots);
}

static void check_bits(struct random *r, size_t rows, const struct gn_work *w)
{
    enum { COLUMNS = 23 };
    size_t n = 32 * rows;
    uint32_t *cells = malloc(n * sizeof *cells), *bits[COLUMNS], *acc = new_ext(r, n), *expected = copy_ext(acc, n);
    fp6 coefficients[COLUMNS], sums[COLUMNS], dots[COLUMNS];
    assert_non_null(cells);
    for (size_t c = 0; c < COLUMNS; c++) {
        bits[c] = malloc(rows * sizeof *bits[c]);
        assert_non_null(bits[c]);
        coefficients[c] = random_fp6(r);
        sums[c] = fp6_zero();
        random_cells(r, cells, n);
        for (size_t i = 0; i < n; i++) {
            cells[i] = c == 0 ? 1 : cells[i] & 1;
            fp cell = fp_from_cell(cells[i]);
            sums[c] = fp6_add(sums[c], fp6_mul_fp(ext_get(acc, i), cell));
            ext_set(expected, i, fp6_add(ext_get(expected, i), fp6_mul_fp(coefficients[c], cell)));
        }
        assert_true(gn_vec_pack(bits[c], cells, n, w->isa));
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(bits[c][i / 32] >> i % 32 & 1, cells[i]);
        }
    }
    for (size_t columns_n = 0; columns_n <= COLUMNS; columns_n += COLUMNS) {
        gn_vec_dot_bits(dots, acc, (const uint32_t *const *)bits, columns_n, n, w);
        for (size_t c = 0; c < columns_n; c++) {
            assert_fp6(dots[c], sums[c]);
        }
    }
    gn_vec_mac_bits(acc, coefficients, (const uint32_t *const *)bits, COLUMNS, n, w);
    assert_ext(acc, expected, n);
    cells[n - 1 - (n > 40 ? 40 : 0)] = 2;
    assert_false(gn_vec_pack(bits[0], cells, n, w->isa));
    for (size_t c = 0; c < COLUMNS; c++) {
        free(bits[c]);
    }
    free(cells);
    free(acc);
    free(expected);
}

static void packed_bits(void **state)
{
    (void)state;
    for_all_work(check_bits, 1);
    for_all_work(check_bits, 3);
    for_all_work(check_bits, 150);
}

static void check_axpy(struct random *r, size_t n, const struct gn_work *w)
{
    uint32_t *acc = new_ext(r, n), *a = new_ext(r, n), *expected = copy_ext(acc, n);
    fp6 scale = random_fp6(r);
    for (size_t i = 0; i < n; i++) {
        ext_set(expected, i, fp6_add(ext_get(acc, i), gn_fp6_mul(scale, ext_get(a, i))));
    }
    gn_vec_axpy(acc, scale, a, n, w);
    assert_ext(acc, expected, n);
    free(acc);
    free(a);
    free(expected);
}

static void axpy(void **state)
{
    (void)state;
    for_all_sizes(check_axpy);
}

/* ---- folds and rounds: step and gap say which entries pair up ---- */

static void expect_fold(uint32_t *out, const uint32_t *v, size_t half, size_t step, size_t gap, fp6 r)
{
    for (size_t i = 0; i < half; i++) {
        fp6 a = ext_get(v, step * i), b = ext_get(v, step * i + gap);
        ext_set(out, i, fp6_add(a, gn_fp6_mul(r, fp6_sub(b, a))));
    }
}

/* s(t) = sum of the products of both lines at t */
static fp6 round_at(const uint32_t *a, const uint32_t *b, size_t half, size_t step, size_t gap, fp6 t)
{
    fp6 s = fp6_zero();
    for (size_t i = 0; i < half; i++) {
        fp6 a0 = ext_get(a, step * i), b0 = ext_get(b, step * i);
        fp6 at = fp6_add(a0, gn_fp6_mul(t, fp6_sub(ext_get(a, step * i + gap), a0)));
        fp6 bt = fp6_add(b0, gn_fp6_mul(t, fp6_sub(ext_get(b, step * i + gap), b0)));
        s = fp6_add(s, gn_fp6_mul(at, bt));
    }
    return s;
}

static void assert_round(const fp6 s[3], const uint32_t *a, const uint32_t *b, size_t half, size_t step, size_t gap)
{
    for (uint32_t x = 0; x < 3; x++) { /* three points determine a quadratic */
        fp t = fp_from_cell(x);
        fp6 value = fp6_add(s[0], fp6_mul_fp(fp6_add(s[1], fp6_mul_fp(s[2], t)), t));
        assert_fp6(value, round_at(a, b, half, step, gap, fp6_from_fp(t)));
    }
}

static void check_low(struct random *r, size_t pairs, const struct gn_work *w)
{
    size_t n = 2 * pairs;
    uint32_t *a = new_ext(r, n), *b = new_ext(r, n), *expected = copy_ext(a, n);
    fp6 s[3], at = random_fp6(r);
    gn_vec_product_round_low(s, a, b, n, w);
    assert_round(s, a, b, pairs, 2, 1);
    expect_fold(expected, a, pairs, 2, 1, at);
    gn_vec_fold_low(a, n, at, w);
    assert_ext(a, expected, pairs);
    free(a);
    free(b);
    free(expected);
}

static void low_variable(void **state)
{
    (void)state;
    for_all_sizes(check_low);
}

static void check_high(struct random *r, size_t log2, const struct gn_work *w)
{
    size_t n = (size_t)1 << log2;
    uint32_t *a = new_ext(r, n), *b = new_ext(r, n), *expected = copy_ext(a, n);
    fp6 s[3], at = random_fp6(r);
    gn_vec_product_round_high(s, a, b, n, w);
    assert_round(s, a, b, n / 2, 1, n / 2);
    expect_fold(expected, a, n / 2, 1, n / 2, at);
    gn_vec_fold_high(a, n, at, w);
    assert_ext(a, expected, n / 2);
    free(a);
    free(b);
    free(expected);
}

static void high_variable(void **state)
{
    (void)state;
    for (size_t log2 = 1; log2 <= 14; log2++) {
        for_all_work(check_high, log2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eq_is_a_product_of_bits),
        cmocka_unit_test(mac_cells),
        cmocka_unit_test(inner_products),
        cmocka_unit_test(packed_bits),
        cmocka_unit_test(axpy),
        cmocka_unit_test(low_variable),
        cmocka_unit_test(high_variable),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
