/* SPDX-License-Identifier: Apache-2.0 */
/* poly_eq_test.c - the closed forms of eq.c against sums over the cube. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "poly/eq.h"
#include "unit/field_random.h"

static void random_point(struct random *r, fp6 *point, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        point[i] = random_fp6(r);
    }
}

/* eq1 from its definition */
static fp6 naive_eq1(fp6 a, fp6 b)
{
    fp6 not_a = fp6_sub(fp6_one(), a), not_b = fp6_sub(fp6_one(), b);
    return fp6_add(gn_fp6_mul(a, b), gn_fp6_mul(not_a, not_b));
}

static fp6 naive_eq_bits(const fp6 *r, unsigned x, unsigned n)
{
    fp6 e = fp6_one();
    for (unsigned i = 0; i < n; i++) {
        e = gn_fp6_mul(e, naive_eq1(r[i], fp6_from_cell(x >> i & 1)));
    }
    return e;
}

static void assert_fp6(fp6 a, fp6 b)
{
    assert_true(fp6_eq(a, b));
}

static void eq_of_points_and_bits(void **state)
{
    (void)state;
    struct random r = {1};
    for (unsigned n = 0; n <= 6; n++) {
        fp6 a[6], b[6], table[64], product = fp6_one(), sum = fp6_zero();
        random_point(&r, a, n);
        random_point(&r, b, n);
        gn_eq_table(table, a, n);
        for (unsigned x = 0; x < 1u << n; x++) {
            assert_fp6(gn_eq_bits(a, x, n), naive_eq_bits(a, x, n));
            assert_fp6(table[x], naive_eq_bits(a, x, n));
            sum = fp6_add(sum, gn_fp6_mul(table[x], naive_eq_bits(b, x, n)));
        }
        for (unsigned i = 0; i < n; i++) {
            assert_fp6(gn_eq1(a[i], b[i]), naive_eq1(a[i], b[i]));
            product = gn_fp6_mul(product, naive_eq1(a[i], b[i]));
        }
        assert_fp6(gn_eq(a, b, n), product);
        assert_fp6(sum, product); /* the multilinear extension of eq(a, .) at b */
    }
}

static void successor(void **state)
{
    (void)state;
    struct random r = {2};
    for (unsigned n = 0; n <= 6; n++) {
        fp6 a[6], b[6], sum = fp6_zero();
        random_point(&r, a, n);
        random_point(&r, b, n);
        for (unsigned x = 0; x + 1 < 1u << n; x++) {
            sum = fp6_add(sum, gn_fp6_mul(naive_eq_bits(a, x, n), naive_eq_bits(b, x + 1, n)));
        }
        assert_fp6(gn_succ(a, b, n), sum);
    }
}

static const unsigned skips[] = {GN_SKIP_MIN_LOG2, GN_SKIP_MAX_LOG2};

static void lagrange_basis(void **state)
{
    (void)state;
    struct random r = {3};
    for (int i = 0; i < 2; i++) {
        const unsigned log2 = skips[i], size = 1u << log2;
        struct gn_skip skip;
        for (unsigned b = 0; b < size; b++) { /* on the subgroup */
            gn_skip_at(&skip, log2, fp6_from_fp(gn_fp_pow(gn_fp_root(log2), b)));
            assert_int_equal(skip.log2, log2);
            for (unsigned c = 0; c < size; c++) {
                assert_fp6(skip.low[c], c == b ? fp6_one() : fp6_zero());
            }
        }
        for (int round = 0; round < 20; round++) { /* interpolation returns a polynomial of degree size - 1 */
            fp6 u = random_fp6(&r), coefficient[GN_SKIP_MAX], interpolated = fp6_zero(), direct = fp6_zero();
            random_point(&r, coefficient, size);
            gn_skip_at(&skip, log2, u);
            for (unsigned b = 0; b < size; b++) {
                fp6 value = fp6_zero();
                for (unsigned k = size; k-- > 0;) {
                    value = fp6_add(fp6_mul_fp(value, gn_fp_pow(gn_fp_root(log2), b)), coefficient[k]);
                }
                interpolated = fp6_add(interpolated, gn_fp6_mul(skip.low[b], value));
            }
            for (unsigned k = size; k-- > 0;) {
                direct = fp6_add(gn_fp6_mul(direct, u), coefficient[k]);
            }
            assert_fp6(interpolated, direct);
        }
    }
}

static void truncated_eq(void **state)
{
    (void)state;
    struct random r = {4};
    for (int i = 0; i < 2; i++) {
        const unsigned log2 = skips[i], size = 1u << log2;
        for (unsigned v = log2; v <= log2 + 3; v++) {
            fp6 xi[8], point[8], sum = fp6_zero();
            struct gn_skip skip;
            random_point(&r, xi, v);
            random_point(&r, point, v);
            gn_skip_at(&skip, log2, random_fp6(&r));
            for (unsigned n = 0; n <= 1u << v; n++) { /* sum over the rows x < n */
                assert_fp6(gn_eq_truncated(xi, point, &skip, v, n), sum);
                fp6 weight = gn_fp6_mul(skip.low[n % size], naive_eq_bits(point + log2, n / size, v - log2));
                sum = fp6_add(sum, gn_fp6_mul(naive_eq_bits(xi, n, v), weight));
            }
        }
    }
}

/* the walk that docs/protocol.md 7.2 describes, from the top variable down, on a cube too large to sum over */
static fp6 truncated_downwards(const fp6 *xi, const fp6 *r, const struct gn_skip *skip, unsigned v, uint64_t n)
{
    const unsigned log2 = skip->log2, size = 1u << log2;
    fp6 e_low[GN_SKIP_MAX + 1] = {fp6_zero()}, below[25], sum = fp6_zero(), prefix = fp6_one();
    for (unsigned b = 0; b < size; b++) {
        e_low[b + 1] = fp6_add(e_low[b], gn_fp6_mul(naive_eq_bits(xi, b, log2), skip->low[b]));
    }
    below[log2] = e_low[size]; /* below[j] = prod_{log2 <= i < j} E_i E_low(size) */
    for (unsigned j = log2; j < v; j++) {
        below[j + 1] = gn_fp6_mul(below[j], naive_eq1(xi[j], r[j]));
    }
    for (unsigned j = v; j-- > log2;) {
        fp6 both = gn_fp6_mul(xi[j], r[j]);
        fp6 neither = fp6_sub(naive_eq1(xi[j], r[j]), both);
        if (n >> j & 1) {
            sum = fp6_add(sum, gn_fp6_mul(prefix, gn_fp6_mul(neither, below[j])));
        }
        prefix = gn_fp6_mul(prefix, n >> j & 1 ? both : neither);
    }
    return n >> v != 0 ? below[v] : fp6_add(sum, gn_fp6_mul(prefix, e_low[n % size]));
}

static void truncated_eq_of_large_tables(void **state)
{
    (void)state;
    struct random r = {5};
    for (int round = 0; round < 50; round++) {
        fp6 xi[24], point[24];
        struct gn_skip skip = {.log2 = skips[round / 2 % 2]};
        random_point(&r, xi, 24);
        random_point(&r, point, 24);
        random_point(&r, skip.low, 1u << skip.log2);
        uint64_t n = round < 4 ? (round % 2 == 0 ? (uint64_t)1 << 24 : 0) : random_u64(&r) >> 40;
        assert_fp6(gn_eq_truncated(xi, point, &skip, 24, n), truncated_downwards(xi, point, &skip, 24, n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eq_of_points_and_bits),
        cmocka_unit_test(successor),
        cmocka_unit_test(lagrange_basis),
        cmocka_unit_test(truncated_eq),
        cmocka_unit_test(truncated_eq_of_large_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
