/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_whir_powers_test.c - sum_j first beta^j x_j^x, the table that WHIR's prover adds to its weight, against powers that
 * are computed one by one; every instruction set, one and two threads, with repeated indices and a table that is not
 * zero before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "pcs/whir_powers.h"
#include "unit/field_random.h"

static void check(unsigned vars, unsigned d, size_t n, enum gn_isa isa, struct gn_pool *pool)
{
    struct random r = {1000 * vars + 10 * d + n};
    struct gn_work w = {.pool = pool, .isa = isa};
    size_t size = (size_t)1 << vars;
    fp6 beta = random_fp6(&r), first = random_fp6(&r);
    uint32_t indices[256];
    for (size_t j = 0; j < n; j++) {
        indices[j] = j % 5 == 4 ? indices[j / 2] : (uint32_t)(random_u64(&r) & (((uint64_t)1 << d) - 1));
    }
    uint32_t *before = malloc(ext_words(size) * sizeof *before), *a = malloc(ext_words(size) * sizeof *a);
    uint32_t *memory = aligned_alloc(64, gn_whir_powers_bytes(vars, d, n) / 64 * 64 + 64);
    assert_true(before != NULL && a != NULL && memory != NULL);
    random_ext(&r, before, size);
    memcpy(a, before, ext_words(size) * sizeof *a);
    gn_whir_powers_add(a, vars, d, first, beta, indices, n, memory, &w);

    for (int k = 0; k < 40; k++) {
        size_t x = size <= 40 ? (size_t)k % size : random_u64(&r) % size;
        fp6 power = first, sum = ext_get(before, x);
        for (size_t j = 0; j < n; j++) {
            sum = fp6_add(sum, fp6_mul_fp(power, gn_fp_pow(gn_fp_root(d), (uint64_t)bit_reverse(indices[j], d) * x)));
            power = gn_fp6_mul(power, beta);
        }
        assert_true(fp6_eq(ext_get(a, x), sum));
    }
    free(before);
    free(a);
    free(memory);
}

static void equals_single_powers(void **state)
{
    (void)state;
    static const unsigned sizes[][2] = {{0, 1},  {1, 4}, {3, 3},  {4, 4},   {4, 9},   {5, 5},
                                        {6, 14}, {8, 9}, {9, 13}, {10, 15}, {13, 14}, {14, 16}};
    struct gn_pool *pool;
    assert_int_equal(gn_pool_create(&pool, 2, NULL), GN_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
            if (gn_isa_supported((enum gn_isa)isa)) {
                check(sizes[i][0], sizes[i][1], 1, (enum gn_isa)isa, NULL);
                check(sizes[i][0], sizes[i][1], 37, (enum gn_isa)isa, pool);
            }
        }
    }
    check(17, 19, 256, gn_isa_best(), pool);
    gn_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_single_powers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
