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

static void lagrange_basis_of_order_8(void **state)
{
    (void)state;
    struct random r = {3};
    fp6 l[GN_SKIP];
    for (unsigned b = 0; b < GN_SKIP; b++) { /* on the subgroup */
        gn_lagrange8(l, fp6_from_fp(gn_fp_pow(gn_fp_root(3), b)));
        for (unsigned c = 0; c < GN_SKIP; c++) {
            assert_fp6(l[c], c == b ? fp6_one() : fp6_zero());
        }
    }
    for (int round = 0; round < 20; round++) { /* interpolation returns a polynomial of degree 7 */
        fp6 u = random_fp6(&r), coefficient[GN_SKIP], interpolated = fp6_zero(), direct = fp6_zero();
        random_point(&r, coefficient, GN_SKIP);
        gn_lagrange8(l, u);
        for (unsigned b = 0; b < GN_SKIP; b++) {
            fp6 value = fp6_zero();
            for (unsigned k = GN_SKIP; k-- > 0;) {
                value = fp6_add(fp6_mul_fp(value, gn_fp_pow(gn_fp_root(3), b)), coefficient[k]);
            }
            interpolated = fp6_add(interpolated, gn_fp6_mul(l[b], value));
        }
        for (unsigned k = GN_SKIP; k-- > 0;) {
            direct = fp6_add(gn_fp6_mul(direct, u), coefficient[k]);
        }
        assert_fp6(interpolated, direct);
    }
}

static void truncated_eq(void **state)
{
    (void)state;
    struct random r = {4};
    for (unsigned v = GN_SKIP_LOG2; v <= 6; v++) {
        fp6 xi[6], point[6], low[GN_SKIP], sum = fp6_zero();
        random_point(&r, xi, v);
        random_point(&r, point, v);
        gn_lagrange8(low, random_fp6(&r));
        for (unsigned n = 0; n <= 1u << v; n++) { /* sum over the rows x < n */
            assert_fp6(gn_eq_truncated(xi, point, low, v, n), sum);
            fp6 weight =
                gn_fp6_mul(low[n % GN_SKIP], naive_eq_bits(point + GN_SKIP_LOG2, n / GN_SKIP, v - GN_SKIP_LOG2));
            sum = fp6_add(sum, gn_fp6_mul(naive_eq_bits(xi, n, v), weight));
        }
    }
}

/* the walk that docs/protocol.md 7.2 describes, from the top variable down, on a cube too large to sum over */
static fp6 truncated_downwards(const fp6 *xi, const fp6 *r, const fp6 *low, unsigned v, uint64_t n)
{
    fp6 e_low[GN_SKIP + 1] = {fp6_zero()}, below[25], sum = fp6_zero(), prefix = fp6_one();
    for (unsigned b = 0; b < GN_SKIP; b++) {
        e_low[b + 1] = fp6_add(e_low[b], gn_fp6_mul(naive_eq_bits(xi, b, GN_SKIP_LOG2), low[b]));
    }
    below[GN_SKIP_LOG2] = e_low[GN_SKIP]; /* below[j] = prod_{3 <= i < j} E_i E_low(8) */
    for (unsigned j = GN_SKIP_LOG2; j < v; j++) {
        below[j + 1] = gn_fp6_mul(below[j], naive_eq1(xi[j], r[j]));
    }
    for (unsigned j = v; j-- > GN_SKIP_LOG2;) {
        fp6 both = gn_fp6_mul(xi[j], r[j]);
        fp6 neither = fp6_sub(naive_eq1(xi[j], r[j]), both);
        if (n >> j & 1) {
            sum = fp6_add(sum, gn_fp6_mul(prefix, gn_fp6_mul(neither, below[j])));
        }
        prefix = gn_fp6_mul(prefix, n >> j & 1 ? both : neither);
    }
    return n >> v != 0 ? below[v] : fp6_add(sum, gn_fp6_mul(prefix, e_low[n % GN_SKIP]));
}

static void truncated_eq_of_large_tables(void **state)
{
    (void)state;
    struct random r = {5};
    for (int round = 0; round < 50; round++) {
        fp6 xi[24], point[24], low[GN_SKIP];
        random_point(&r, xi, 24);
        random_point(&r, point, 24);
        random_point(&r, low, GN_SKIP);
        uint64_t n = round == 0 ? (uint64_t)1 << 24 : round == 1 ? 0 : random_u64(&r) >> 40;
        assert_fp6(gn_eq_truncated(xi, point, low, 24, n), truncated_downwards(xi, point, low, 24, n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eq_of_points_and_bits),        cmocka_unit_test(successor),
        cmocka_unit_test(lagrange_basis_of_order_8),    cmocka_unit_test(truncated_eq),
        cmocka_unit_test(truncated_eq_of_large_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
