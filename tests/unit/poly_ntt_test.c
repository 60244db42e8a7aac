/* SPDX-License-Identifier: Apache-2.0 */
/* poly_ntt_test.c - encodings against evaluation at gn_ntt_point: every small size and rate, every instruction set, in
 * place and not; large sizes, columns and threads against the scalar transform and against evaluation at some
 * points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "poly/ntt.h"
#include "unit/field_random.h"

#define MAX_LOG2 17

static struct gn_twiddles *twiddles;
static struct gn_pool *pools[4]; /* pools[n] has n threads; no pool for n < 2 */

static int setup(void **state)
{
    (void)state;
    for (unsigned n = 2; n < 4; n++) {
        if (gn_pool_create(&pools[n], n, NULL) != GN_OK) {
            return -1;
        }
    }
    return gn_twiddles_create(&twiddles, MAX_LOG2, NULL) == GN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    gn_pool_destroy(pools[2]);
    gn_pool_destroy(pools[3]);
    gn_twiddles_destroy(twiddles);
    return 0;
}

static uint32_t *new_cells(size_t n)
{
    uint32_t *v = malloc(n * sizeof *v);
    assert_non_null(v);
    return v;
}

/* the cell sum a[x] point^x */
static uint32_t evaluate(const uint32_t *a, size_t n, fp point)
{
    uint32_t s = 0;
    for (size_t x = n; x-- > 0;) {
        s = fp_add_raw(fp_mul_cell(point, s), a[x]);
    }
    return s;
}

static void points_are_bit_reversed_powers(void **state)
{
    (void)state;
    for (unsigned d = 0; d <= 8; d++) {
        for (uint32_t j = 0; j < 1u << d; j++) {
            assert_true(fp_eq(gn_ntt_point(j, d), gn_fp_pow(gn_fp_root(d), bit_reverse(j, d))));
        }
    }
    assert_true(fp_eq(gn_ntt_point(0x00a5f00f, 24), gn_fp_pow(gn_fp_root(24), bit_reverse(0x00a5f00f, 24))));
}

static void small_sizes_against_evaluation(void **state)
{
    (void)state;
    struct random r = {1};
    for (unsigned d = 0; d <= 11; d++) {
        for (unsigned in = d < 5 ? 0 : d - 5; in <= d; in++) {
            uint32_t *a = new_cells((size_t)1 << in), *expected = new_cells((size_t)1 << d);
            random_cells(&r, a, (size_t)1 << in);
            for (size_t j = 0; j < (size_t)1 << d; j++) {
                expected[j] = evaluate(a, (size_t)1 << in, gn_ntt_point((uint32_t)j, d));
            }
            for (enum gn_isa isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
                if (!gn_isa_supported(isa)) {
                    continue;
                }
                uint32_t *out = new_cells((size_t)1 << d);
                random_cells(&r, out, (size_t)1 << d); /* what is in out does not matter */
                gn_ntt_encode(out, a, in, d, twiddles, isa);
                assert_memory_equal(out, expected, sizeof *out << d);
                memcpy(out, a, sizeof *out << in);
                gn_ntt_encode(out, out, in, d, twiddles, isa);
                assert_memory_equal(out, expected, sizeof *out << d);
                free(out);
            }
            free(a);
            free(expected);
        }
    }
}

static void large_sizes_agree(void **state)
{
    (void)state;
    struct random r = {2};
    for (unsigned d = 12; d <= MAX_LOG2; d++) {
        for (unsigned in = d - 2; in <= d; in++) {
            uint32_t *a = new_cells((size_t)1 << in), *first = new_cells((size_t)1 << d);
            random_cells(&r, a, (size_t)1 << in);
            gn_ntt_encode(first, a, in, d, twiddles, GN_ISA_SCALAR);
            for (int i = 0; i < 3; i++) {
                uint32_t j = (uint32_t)(random_u64(&r) >> (64 - d));
                assert_int_equal(first[j], evaluate(a, (size_t)1 << in, gn_ntt_point(j, d)));
            }
            for (enum gn_isa isa = GN_ISA_AVX2; isa <= GN_ISA_AVX512; isa++) {
                if (gn_isa_supported(isa)) {
                    uint32_t *out = new_cells((size_t)1 << d);
                    gn_ntt_encode(out, a, in, d, twiddles, isa);
                    assert_memory_equal(out, first, sizeof *out << d);
                    free(out);
                }
            }
            free(a);
            free(first);
        }
    }
}

/* columns_n columns, every second of them in place when mixed */
static void check_columns(size_t columns_n, unsigned in, unsigned d, unsigned threads, bool in_place)
{
    struct random r = {3};
    uint32_t *source[16], *out[16], *expected[16];
    const uint32_t *input[16];
    for (size_t c = 0; c < columns_n; c++) {
        source[c] = new_cells((size_t)1 << in);
        out[c] = new_cells((size_t)1 << d);
        expected[c] = new_cells((size_t)1 << d);
        random_cells(&r, source[c], (size_t)1 << in);
        gn_ntt_encode(expected[c], source[c], in, d, twiddles, GN_ISA_SCALAR);
        memcpy(out[c], source[c], sizeof **out << in);
        input[c] = in_place && c % 2 == 0 ? out[c] : source[c];
    }
    gn_ntt_encode_columns(out, input, columns_n, in, d, twiddles, pools[threads], gn_isa_best());
    for (size_t c = 0; c < columns_n; c++) {
        assert_memory_equal(out[c], expected[c], sizeof **out << d);
        free(source[c]);
        free(out[c]);
        free(expected[c]);
    }
}

static void columns_in_parallel(void **state)
{
    (void)state;
    static const struct {
        size_t columns_n;
        unsigned in, d;
    } cases[] = {{1, 0, 3}, {3, 5, 6}, {16, 9, 10}, {0, 4, 5}, {1, 14, 15}, {3, 14, 16}, {2, 15, 15}, {9, 14, 15}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned threads = 1; threads <= 3; threads++) {
            check_columns(cases[i].columns_n, cases[i].in, cases[i].d, threads, false);
            check_columns(cases[i].columns_n, cases[i].in, cases[i].d, threads, true);
        }
    }
}

static void bits_agree(void **state)
{
    (void)state;
    struct random r = {4};
    for (unsigned in = NTT_BITS_MIN_LOG2; in < MAX_LOG2; in++) {
        for (unsigned d = in; d <= MAX_LOG2 && d <= in + 2; d++) {
            size_t n = (size_t)1 << in;
            uint32_t *a = new_cells(n), *bits = new_cells(n / 32), *expected = new_cells((size_t)1 << d);
            random_cells(&r, bits, n / 32);
            for (size_t x = 0; x < n; x++) {
                bits[x / 32] |= (uint32_t)(x % 64 == 31) << 31; /* a cell leaves the top bit free */
                a[x] = bits[x / 32] >> x % 32 & 1;
            }
            gn_ntt_encode(expected, a, in, d, twiddles, GN_ISA_SCALAR);
            for (enum gn_isa isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
                if (gn_isa_supported(isa)) {
                    uint32_t *out = new_cells((size_t)1 << d);
                    gn_ntt_encode_bits(out, bits, in, d, twiddles, isa);
                    assert_memory_equal(out, expected, sizeof *out << d);
                    free(out);
                }
            }
            free(a);
            free(bits);
            free(expected);
        }
    }
}

static void too_large_a_table_is_refused(void **state)
{
    (void)state;
    struct gn_twiddles *t = NULL;
    assert_int_equal(gn_twiddles_create(&t, FP_TWO_ADICITY + 1, NULL), GN_LIMIT);
    assert_null(t);
    assert_int_equal(gn_twiddles_create(&t, 0, NULL), GN_OK);
    uint32_t a = 77, out = 0;
    gn_ntt_encode(&out, &a, 0, 0, t, GN_ISA_SCALAR);
    assert_int_equal(out, 77);
    gn_twiddles_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_bit_reversed_powers),
        cmocka_unit_test(small_sizes_against_evaluation),
        cmocka_unit_test(large_sizes_agree),
        cmocka_unit_test(columns_in_parallel),
        cmocka_unit_test(bits_agree),
        cmocka_unit_test(too_large_a_table_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
