/* SPDX-License-Identifier: Apache-2.0 */
/* field_fp_test.c - the scalar fields: constants against their formulas, products against integer and polynomial
 * arithmetic that shares no code with them, inverses, encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/bytes.h"
#include "unit/field_random.h"

static const uint32_t edges[] = {0,     1,     2,       3, FP_P - 1, FP_P - 2, (FP_P - 1) / 2, (FP_P + 1) / 2,
                                 FP_R1, FP_R2, 1u << 24};
#define EDGES_N (sizeof edges / sizeof *edges)

static uint32_t product_of_cells(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b % FP_P);
}

/* schoolbook product modulo x^6 + x^3 + 1 of canonical coefficients */
static void naive_product(uint32_t out[6], const uint32_t a[6], const uint32_t b[6])
{
    uint64_t c[11] = {0};
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            c[i + j] = (c[i + j] + (uint64_t)a[i] * b[j]) % FP_P;
        }
    }
    for (int i = 10; i >= 6; i--) { /* x^i = -x^(i-3) - x^(i-6) */
        c[i - 3] = (c[i - 3] + FP_P - c[i]) % FP_P;
        c[i - 6] = (c[i - 6] + FP_P - c[i]) % FP_P;
    }
    for (int i = 0; i < 6; i++) {
        out[i] = (uint32_t)c[i];
    }
}

static fp6 from_cells(const uint32_t c[6])
{
    fp6 a;
    for (int i = 0; i < 6; i++) {
        a.c[i] = fp_from_cell(c[i]);
    }
    return a;
}

static void constants(void **state)
{
    (void)state;
    assert_int_equal(FP_P, (1u << 31) - (1u << 24) + 1);
    assert_int_equal(FP_P * FP_P_INV, 1);
    assert_int_equal(FP_R1, ((uint64_t)1 << 32) % FP_P);
    assert_int_equal(FP_R2, product_of_cells(FP_R1, FP_R1));
    /* 3 generates: p - 1 = 2^24 127 */
    fp g = fp_from_cell(FP_GENERATOR);
    assert_false(fp_eq(gn_fp_pow(g, (FP_P - 1) / 2), fp_one()));
    assert_false(fp_eq(gn_fp_pow(g, (FP_P - 1) / 127), fp_one()));
    assert_true(fp_eq(gn_fp_pow(g, FP_P - 1), fp_one()));
    assert_int_equal(FP_P % 9, 2); /* so that x^6 + x^3 + 1 is irreducible */
}

static void roots_of_unity(void **state)
{
    (void)state;
    for (unsigned d = 0; d <= FP_TWO_ADICITY; d++) {
        assert_true(fp_eq(gn_fp_root(d), gn_fp_pow(fp_from_cell(FP_GENERATOR), (FP_P - 1) >> d)));
        fp x = gn_fp_root(d);
        for (unsigned i = 0; i < d; i++) { /* order 2^d: no earlier power is one */
            assert_false(fp_eq(x, fp_one()));
            x = fp_mul(x, x);
        }
        assert_true(fp_eq(x, fp_one()));
    }
    assert_int_equal(gn_fp_root(FP_TWO_ADICITY + 1).v, 0); /* there is none */
}

static void check_base(uint32_t a, uint32_t b)
{
    fp x = fp_from_cell(a), y = fp_from_cell(b);
    assert_int_equal(fp_to_cell(x), a);
    assert_int_equal(fp_to_cell(fp_mul(x, y)), product_of_cells(a, b));
    assert_int_equal(fp_mul_cell(x, b), product_of_cells(a, b));
    assert_int_equal(fp_to_cell(fp_add(x, y)), ((uint64_t)a + b) % FP_P);
    assert_int_equal(fp_to_cell(fp_sub(x, y)), ((uint64_t)a + FP_P - b) % FP_P);
    assert_int_equal(fp_to_cell(fp_neg(x)), (FP_P - a) % FP_P);
    assert_int_equal(fp_to_cell(fp_mul(x, gn_fp_inv(x))), a != 0);
}

static void base_field(void **state)
{
    (void)state;
    struct random r = {1};
    for (size_t i = 0; i < EDGES_N; i++) {
        for (size_t j = 0; j < EDGES_N; j++) {
            check_base(edges[i], edges[j]);
        }
    }
    for (int i = 0; i < 2000; i++) {
        check_base(random_cell(&r), random_cell(&r));
    }
    static const uint64_t wide[] = {0, FP_P, (uint64_t)FP_P << 32, UINT64_MAX, (uint64_t)FP_P * FP_P - 1};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        assert_int_equal(fp_to_cell(fp_from_u64(wide[i])), wide[i] % FP_P);
    }
    /* the largest argument of fp_reduce: 2^32 p - 1 */
    uint64_t top = ((uint64_t)FP_P << 32) - 1;
    assert_int_equal(product_of_cells(fp_reduce(top), FP_R1), top % FP_P);
}

static void check_product(const uint32_t a[6], const uint32_t b[6])
{
    uint32_t expected[6];
    naive_product(expected, a, b);
    assert_true(fp6_eq(gn_fp6_mul(from_cells(a), from_cells(b)), from_cells(expected)));
}

static void extension_product(void **state)
{
    (void)state;
    struct random r = {2};
    uint32_t a[6], b[6];
    for (size_t i = 0; i < EDGES_N; i++) { /* equal coefficients: the largest sums before reduction */
        for (size_t j = 0; j < EDGES_N; j++) {
            for (int k = 0; k < 64; k++) {
                for (int l = 0; l < 6; l++) {
                    a[l] = k >> l & 1 ? edges[i] : 0;
                    b[l] = edges[j];
                }
                check_product(a, b);
                check_product(b, a);
            }
        }
    }
    for (int i = 0; i < 20000; i++) {
        random_cells(&r, a, 6);
        random_cells(&r, b, 6);
        check_product(a, b);
    }
    for (int i = 0; i < 200; i++) { /* Montgomery words at their edges, not only cells */
        fp6 x = random_fp6(&r), y = random_fp6(&r), z = random_fp6(&r);
        assert_true(fp6_eq(gn_fp6_mul(x, fp6_add(y, z)), fp6_add(gn_fp6_mul(x, y), gn_fp6_mul(x, z))));
        assert_true(fp6_eq(gn_fp6_mul(gn_fp6_mul(x, y), z), gn_fp6_mul(x, gn_fp6_mul(y, z))));
        assert_true(fp6_eq(gn_fp6_square(x), gn_fp6_mul(x, x)));
        assert_true(fp6_eq(fp6_mul_fp(x, y.c[0]), gn_fp6_mul(x, fp6_from_fp(y.c[0]))));
        assert_true(fp6_eq(fp6_add_fp(x, y.c[0]), fp6_add(x, fp6_from_fp(y.c[0]))));
        assert_true(fp6_eq(fp6_add(x, fp6_neg(x)), fp6_zero()));
    }
}

static void extension_inverse(void **state)
{
    (void)state;
    struct random r = {3};
    assert_true(fp6_is_zero(gn_fp6_inv(fp6_zero())));
    for (int i = 0; i < 500; i++) {
        fp6 x = random_fp6(&r);
        if (!fp6_is_zero(x)) {
            assert_true(fp6_eq(gn_fp6_mul(x, gn_fp6_inv(x)), fp6_one()));
        }
    }
    for (int i = 0; i < 6; i++) { /* the monomials: x^9 = 1 */
        fp6 x = fp6_zero();
        x.c[i] = fp_one();
        assert_true(fp6_eq(gn_fp6_pow(x, 9), fp6_one()));
        assert_true(fp6_eq(gn_fp6_inv(x), gn_fp6_pow(x, 8)));
    }
    fp6 x = random_fp6(&r), y = x;
    assert_true(fp6_eq(gn_fp6_pow(x, 0), fp6_one()));
    for (int i = 0; i < 12; i++) {
        y = gn_fp6_mul(y, x);
    }
    assert_true(fp6_eq(gn_fp6_pow(x, 13), y));
}

static void batch_inverse(void **state)
{
    (void)state;
    struct random r = {4};
    fp6 a[40], b[40], scratch[40];
    for (size_t n = 0; n <= 40; n++) {
        for (size_t i = 0; i < n; i++) {
            a[i] = b[i] = random_u64(&r) % 4 == 0 || n == 7 ? fp6_zero() : random_fp6(&r);
        }
        gn_fp6_batch_inv(a, n, scratch);
        for (size_t i = 0; i < n; i++) {
            assert_true(fp6_eq(a[i], gn_fp6_inv(b[i])));
        }
    }
}

static void encoding(void **state)
{
    (void)state;
    struct random r = {5};
    uint8_t bytes[FP6_BYTES], again[FP6_BYTES];
    for (int i = 0; i < 200; i++) {
        uint32_t c[6];
        random_cells(&r, c, 6);
        for (int l = 0; l < 6; l++) {
            store_le32(bytes + 4 * l, c[l]);
        }
        fp6 a;
        assert_true(gn_fp6_read(&a, bytes));
        assert_true(fp6_eq(a, from_cells(c)));
        gn_fp6_write(again, a);
        assert_memory_equal(bytes, again, FP6_BYTES);
        static const uint32_t bad[] = {FP_P, FP_P + 1, 0x80000000u, 0xffffffffu};
        for (int l = 0; l < 6; l++) { /* one coefficient that is not canonical, also when it is 0 mod p */
            memcpy(again, bytes, FP6_BYTES);
            store_le32(again + 4 * l, bad[i % 4]);
            assert_false(gn_fp6_read(&a, again));
        }
    }
}

static void uniform(void **state)
{
    (void)state;
    struct random r = {6};
    uint8_t bytes[48];
    for (int i = 0; i < 100; i++) {
        uint64_t x[6];
        for (int l = 0; l < 6; l++) {
            x[l] = i == 0 ? UINT64_MAX : i == 1 ? FP_P : random_u64(&r);
            store_le64(bytes + 8 * l, x[l]);
        }
        fp6 a = gn_fp6_from_uniform(bytes);
        for (int l = 0; l < 6; l++) {
            assert_int_equal(fp_to_cell(a.c[l]), x[l] % FP_P);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants),         cmocka_unit_test(roots_of_unity),    cmocka_unit_test(base_field),
        cmocka_unit_test(extension_product), cmocka_unit_test(extension_inverse), cmocka_unit_test(batch_inverse),
        cmocka_unit_test(encoding),          cmocka_unit_test(uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
