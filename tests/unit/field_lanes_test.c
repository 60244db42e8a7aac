/* SPDX-License-Identifier: Apache-2.0 */
/* field_lanes_test.c - field/fpx.h in every instruction set against fp and fp6 element by element, with operands full
 * of edge values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/field_lanes.h"
#include "unit/field_random.h"

static const struct lanes_ops *ops_of(enum gn_isa isa)
{
    if (!gn_isa_supported(isa)) {
        return NULL;
    }
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &lanes_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &lanes_avx2;
    }
#endif
    return isa == GN_ISA_SCALAR ? &lanes_scalar : NULL;
}

#define FOR_ALL_OPS(ops)                                                  \
    for (enum gn_isa isa_ = GN_ISA_SCALAR; isa_ <= GN_ISA_AVX512; isa_++) \
        for (const struct lanes_ops *ops = ops_of(isa_); ops != NULL; ops = NULL)

/* what the i-th entry of lanes_ops.base computes */
static fp expect_base(int op, fp a, fp b, fp c, fp b0)
{
    switch (op) {
    case 0:
        return fp_add(a, b);
    case 1:
        return fp_sub(a, b);
    case 2:
        return fp_neg(a);
    case 3:
        return fp_mul(a, b);
    case 4:
        return fp_mul(a, b0);
    case 5:
        return fp_from_cell(a.v);
    case 6:
        return (fp){fp_to_cell(a)};
    default:
        return fp_add(fp_add(fp_mul(a, b), fp_mul(b, c)), fp_add(fp_mul(a, a), fp_mul(c, c)));
    }
}

static void base_lanes(void **state)
{
    (void)state;
    uint32_t a[16], b[16], c[16], out[16];
    FOR_ALL_OPS(ops)
    {
        struct random r = {1};
        for (int round = 0; round < 2000; round++) {
            for (int i = 0; i < 16; i++) {
                a[i] = round == 0 ? FP_P - 1 : random_cell(&r);
                b[i] = round == 0 ? FP_P - 1 : random_cell(&r);
                c[i] = round == 0 ? FP_P - 1 : random_cell(&r);
            }
            for (int op = 0; op < LANES_BASE_OPS; op++) {
                ops->base[op](out, a, b, c);
                for (int i = 0; i < 16; i++) {
                    assert_int_equal(out[i], expect_base(op, (fp){a[i]}, (fp){b[i]}, (fp){c[i]}, (fp){b[0]}).v);
                }
            }
        }
    }
}

static fp6 expect_ext(int op, fp6 a, fp6 b, fp6 c, fp6 b3)
{
    switch (op) {
    case 0:
        return fp6_add(a, b);
    case 1:
        return fp6_sub(a, b);
    case 2:
        return fp6_neg(a);
    case 3:
        return gn_fp6_mul(a, b);
    case 4:
        return gn_fp6_mul(a, a);
    case 5:
        return fp6_mul_fp(a, b.c[0]);
    case 6:
        return fp6_add_fp(a, b.c[0]);
    case 7:
        return gn_fp6_mul(a, b3);
    case 8:
        return fp6_add(gn_fp6_mul(a, b), gn_fp6_mul(b, c));
    case 9:
        return fp6_add(fp6_add(gn_fp6_mul(a, c), fp6_mul_fp(c, b.c[2])),
                       fp6_add(fp6_mul_fp(a, b.c[0]), fp6_mul_fp(b, c.c[1])));
    default:
        return fp6_add(gn_fp6_mul(a, b), fp6_mul_fp(c, c.c[5]));
    }
}

static void extension_lanes(void **state)
{
    (void)state;
    uint32_t a[96], b[96], c[96], out[96];
    FOR_ALL_OPS(ops)
    {
        struct random r = {2};
        for (int round = 0; round < 2000; round++) {
            random_ext(&r, a, 16);
            random_ext(&r, b, 16);
            random_ext(&r, c, 16);
            for (int i = 0; round < 64 && i < 96; i++) { /* largest sums: coefficients 0 or p - 1 */
                a[i] = round >> i / 16 & 1 ? FP_P - 1 : 0;
                b[i] = i % 2 ? FP_P - 1 : a[i];
            }
            for (int op = 0; op < LANES_EXT_OPS; op++) {
                ops->ext[op](out, a, b, c);
                for (size_t i = 0; i < 16; i++) {
                    fp6 expected = expect_ext(op, ext_get(a, i), ext_get(b, i), ext_get(c, i), ext_get(b, 3));
                    assert_true(fp6_eq(ext_get(out, i), expected));
                }
            }
        }
    }
}

static void partial_registers(void **state)
{
    (void)state;
    struct random r = {3};
    uint32_t a[96], b[96], out[96];
    FOR_ALL_OPS(ops)
    {
        random_ext(&r, a, 16);
        random_ext(&r, b, 16);
        for (size_t n = 0; n <= 20; n++) {
            ops->keep(out, a, b, n);
            for (size_t i = 0; i < 16; i++) {
                assert_true(fp6_eq(ext_get(out, i), ext_get(i < n ? a : b, i)));
            }
            for (int i = 0; i < 16; i++) {
                out[i] = 99;
            }
            ops->partial(out, a, n);
            for (int i = 0; i < 16; i++) {
                assert_int_equal(out[i], i < ops->lanes && (size_t)i < n ? a[i] : 99);
            }
        }
        uint32_t s = 0;
        for (int i = 0; i < ops->lanes; i++) {
            s = fp_add_raw(s, a[i]);
        }
        assert_int_equal(ops->sum(a), s);
    }
}

static void moved_lanes(void **state)
{
    (void)state;
    uint32_t a[32], out[32];
    for (uint32_t i = 0; i < 32; i++) {
        a[i] = i;
    }
    FOR_ALL_OPS(ops)
    {
        uint32_t n = (uint32_t)ops->lanes;
        ops->unzip(out, a);
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(out[i], 2 * i);
            assert_int_equal(out[n + i], 2 * i + 1);
        }
        ops->zip(out, a);
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(out[2 * i], i);
            assert_int_equal(out[2 * i + 1], n + i);
        }
        for (uint32_t k = 1; k <= n; k *= 2) {
            ops->spread(out, a, (int)k);
            for (uint32_t i = 0; i < n; i++) {
                assert_int_equal(out[i], i / k);
            }
            if (k == n) {
                break;
            }
            ops->interleave(out, a, (int)k);
            for (uint32_t i = 0; i < n; i++) { /* odd blocks of the first swapped with even blocks of the second */
                assert_int_equal(out[i], (i & k) == 0 ? i : n + i - k);
                assert_int_equal(out[n + i], (i & k) == 0 ? i + k : n + i);
            }
        }
    }
}

static void bits_of_lanes(void **state)
{
    (void)state;
    struct random r = {11};
    for (int round = 0; round < 200; round++) {
        uint32_t a[16], b[16], out[16];
        for (uint32_t i = 0; i < 16; i++) { /* zeros and ones, now and then something else */
            uint64_t x = random_u64(&r);
            a[i] = (x & 15) == 0 ? (uint32_t)(x >> 8) % FP_P : (uint32_t)(x >> 4 & 1);
            b[i] = random_cell(&r);
        }
        a[round % 16] = round % 3 == 0 ? FP_P - 1 : a[round % 16];
        FOR_ALL_OPS(ops)
        {
            uint32_t odd = 0, above = 0;
            for (int i = 0; i < ops->lanes; i++) {
                odd |= (a[i] & 1) << i;
                above |= (uint32_t)(a[i] > 1) << i;
            }
            assert_int_equal(ops->odd(a), odd);
            assert_int_equal(ops->above_one(a), above);
            ops->keep_bits(out, a, b[0]);
            for (int i = 0; i < ops->lanes; i++) {
                assert_int_equal(out[i], b[0] >> i & 1 ? a[i] : 0);
            }
            ops->nibbles(out, b);
            for (int i = 0; i < ops->lanes; i++) {
                uint32_t nibble = (b[0] >> i & 1) + 2 * (b[1] >> i & 1) + 4 * (b[2] >> i & 1) + 8 * (b[3] >> i & 1);
                assert_int_equal(out[i], nibble);
            }
            ops->look(out, a, b);
            for (int i = 0; i < ops->lanes; i++) {
                assert_int_equal(out[i], a[b[i] & 15]);
            }
            ops->shift_right(out, a, (unsigned)round % 32);
            for (int i = 0; i < ops->lanes; i++) {
                assert_int_equal(out[i], a[i] >> round % 32);
            }
            ops->shift_left(out, a, (unsigned)round % 32);
            for (int i = 0; i < ops->lanes; i++) {
                assert_int_equal(out[i], a[i] << round % 32);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_lanes),  cmocka_unit_test(extension_lanes), cmocka_unit_test(partial_registers),
        cmocka_unit_test(moved_lanes), cmocka_unit_test(bits_of_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
