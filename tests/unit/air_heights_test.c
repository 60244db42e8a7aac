/* SPDX-License-Identifier: Apache-2.0 */
/* air_heights_test.c - committed heights, row variables, fixed columns at a row, and the memory of a witness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "air/witness.h"
#include "field/fp.h"
#include "machines/machines.h"

static void committed_heights(void **state)
{
    (void)state;
    static const uint32_t pairs[][2] = {{0, 0},
                                        {1, 8},
                                        {8, 8},
                                        {9, 16},
                                        {120, 120},
                                        {121, 128},
                                        {128, 128},
                                        {129, 144},
                                        {255, 256},
                                        {257, 288},
                                        {1000, 1024},
                                        {1 << 24, 1 << 24},
                                        {(1 << 23) + 1, (1 << 23) + (1 << 20)}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(air_committed_height(pairs[i][0], 3), pairs[i][1]);
    }
    assert_int_equal(air_committed_height(256, 8), 256);
    assert_int_equal(air_committed_height(257, 8), 512);
    assert_int_equal(air_committed_height(8193, 8), 8192 + 1024);
}

/* What section 4 promises about H, for every n up to 2^13 and some larger ones. */
static void heights_have_few_pieces(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= AIR_MAX_HEIGHT; n += n < 1u << 13 ? 1 : n / 97) {
        uint32_t h = air_committed_height(n, 3);
        assert_in_range(h, n, 1u << air_row_variables(n, 3));
        assert_int_equal(h % 8, 0);
        assert_true(__builtin_popcount(h) <= 5);
        assert_true(h - n < 8 || (h - n) * 8 < n);
        assert_true(air_committed_height(n - 1, 3) <= h);
    }
}

static void row_variables(void **state)
{
    (void)state;
    static const uint32_t pairs[][2] = {{0, 0}, {1, 3}, {8, 3}, {9, 4}, {16, 4}, {17, 5}, {1 << 24, 24}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(air_row_variables(pairs[i][0], 3), pairs[i][1]);
    }
}

static void fixed_columns(void **state)
{
    (void)state;
    const struct air_monomial m[] = {{5, 0}, {FP_P - 1, 1}, {7, 6}}; /* 5 - x0 + 7 x1 x2 */
    const struct air_fixed poly = {.monomials_n = 3, .monomials = m};
    static const uint32_t expected[] = {5, 4, 5, 4, 5, 4, 12, 11, 5};
    for (uint32_t row = 0; row < 9; row++) {
        assert_int_equal(air_fixed_at(&poly, row), expected[row]);
    }
    const uint32_t values[] = {9, 8, 7};
    const struct air_fixed list = {.values_n = 3, .values = values};
    assert_int_equal(air_fixed_at(&list, 2), 7);
    assert_int_equal(air_fixed_at(&list, 3), 0);
}

static void witness_memory(void **state)
{
    (void)state;
    struct gn_arena arena;
    struct gn_error err;
    assert_int_equal(gn_arena_init(&arena, (size_t)64 << 20, &err), GN_OK);
    const struct air_system *s = machine_build(machine_find("fib"), &arena, &err);
    assert_non_null(s);
    struct air_witness w;
    uint32_t height = 1000;
    assert_int_equal(air_witness_alloc(&w, s, &height, &arena, &err), GN_OK);
    for (uint32_t c = 0; c < 2; c++) {
        assert_int_equal((uintptr_t)w.tables[0].columns[c] % 64, 0);
        for (uint32_t i = 0; i < 1024 + 16; i++) {
            assert_int_equal(w.tables[0].columns[c][i], 0);
        }
    }
    height = s->tables[0].max_height + 1;
    assert_int_equal(air_witness_alloc(&w, s, &height, &arena, &err), GN_LIMIT);
    height--;
    arena.size = arena.used + (1 << 20);
    assert_int_equal(air_witness_alloc(&w, s, &height, &arena, &err), GN_NO_MEMORY);
    arena.size = (size_t)64 << 20;
    gn_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(committed_heights), cmocka_unit_test(heights_have_few_pieces), cmocka_unit_test(row_variables),
        cmocka_unit_test(fixed_columns),     cmocka_unit_test(witness_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
