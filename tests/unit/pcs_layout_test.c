/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_layout_test.c - the walk gives the pieces of docs/protocol.md section 4 in its order; pieces are aligned, cross
 * no stack column and cover every committed cell once; shapes that no stack can have are refused. */
#include "unit/pcs_stack_fixture.h"

static void check_walk(const struct pcs_layout *l)
{
    static struct slow_piece pieces[1 << 16];
    size_t n = slow_pieces(l, pieces), i = 0;
    uint64_t at = 0;
    struct pcs_walk walk;
    struct pcs_run run;
    gn_pcs_walk_begin(&walk, l);
    while (gn_pcs_walk_next(&walk, &run)) {
        assert_true(run.offset == at);
        for (uint32_t k = 0; k < l->tables[run.table].columns_n * run.repeat; k++, i++) {
            assert_true(i < n);
            assert_int_equal(pieces[i].a, run.a);
            assert_int_equal(pieces[i].table, run.table);
            assert_int_equal(pieces[i].column, k / run.repeat);
            assert_int_equal(pieces[i].s, run.row + (k % run.repeat << run.a));
            assert_true(at % ((uint64_t)1 << run.a) == 0);
            assert_true(at >> l->h == (at + ((uint64_t)1 << run.a) - 1) >> l->h);
            at += (uint64_t)1 << run.a;
        }
    }
    assert_int_equal(i, n);
    assert_true(at == l->cells);
    assert_true((uint64_t)l->columns << l->h >= l->cells);
    assert_true(((uint64_t)l->columns - 1) << l->h < l->cells);
    assert_true(1u << l->w_log2 >= l->columns && (l->w_log2 == 0 || 1u << (l->w_log2 - 1) < l->columns));
}

static struct pcs_table table_of(uint32_t rows, uint32_t columns_n)
{
    return (struct pcs_table){.height = slow_height(rows, 3), .columns_n = columns_n, .v = slow_variables(rows)};
}

static void pieces_of_one_table(void **state)
{
    (void)state;
    for (uint32_t rows = 1; rows <= 5000; rows += rows < 140 ? 1 : 61) {
        struct pcs_table t = table_of(rows, 3);
        struct pcs_layout l;
        assert_true(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128));
        assert_true(l.m == l.params->m && l.h == l.m - l.params->k0 && !l.paged);
        check_walk(&l);
        for (unsigned h = 3; h < 10; h++) {
            struct whir_params p = {.m = (uint8_t)(h + 8), .k0 = 8, .mu0 = 1};
            if (gn_pcs_layout_split(&l, &p)) {
                check_walk(&l);
            }
        }
    }
}

static void pieces_of_many_tables(void **state)
{
    (void)state;
    struct random rng = {1};
    for (int round = 0; round < 300; round++) {
        struct pcs_table tables[10];
        uint32_t n = 1 + (uint32_t)(random_u64(&rng) % 10);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t rows = (uint32_t)(random_u64(&rng) >> (random_u64(&rng) % 12 + 52));
            tables[i] = table_of(rows, (uint32_t)(random_u64(&rng) % 20));
        }
        struct pcs_layout l;
        if (!gn_pcs_layout(&l, tables, n, WHIR_MAIN, GN_PRESET_FAST_128)) {
            assert_true(l.cells == 0);
            continue;
        }
        check_walk(&l);
    }
}

static void pieces_of_a_preprocessed_stack(void **state)
{
    (void)state;
    static const uint32_t pages[] = {0, 4};
    struct pcs_table tables[2] = {{.height = 5 * 256, .columns_n = 9, .v = 9, .pages_n = 2, .pages = pages},
                                  {.height = slow_height(37 * 256, 8), .columns_n = 3}};
    struct pcs_layout l;
    assert_true(gn_pcs_layout(&l, tables, 2, WHIR_PREPROCESSED, GN_PRESET_FAST_128));
    assert_true(l.paged);
    check_walk(&l);
    assert_int_equal(gn_pcs_claims(&l), 9);
    tables[0].pages_n = 0;
    assert_int_equal(gn_pcs_claims(&l), 0);
}

static void numbers_of_claims(void **state)
{
    (void)state;
    static const uint32_t next[] = {1, 2};
    struct pcs_table tables[3] = {table_of(10, 4), table_of(0, 7), table_of(100, 5)};
    tables[0].next = tables[1].next = next;
    tables[0].next_n = tables[1].next_n = 2;
    struct pcs_layout l;
    assert_true(gn_pcs_layout(&l, tables, 3, WHIR_MAIN, GN_PRESET_FAST_128));
    assert_int_equal(gn_pcs_claims(&l), 4 + 2 + 5);
    assert_int_equal(gn_pcs_table_claims(&l, 1), 0);
}

static void refuses(void **state)
{
    (void)state;
    struct pcs_layout l;
    struct pcs_table t = table_of(0, 4);
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128)); /* no cells */
    t = table_of(1u << 24, 16);
    assert_true(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128));
    t.columns_n = 17; /* more than 2^28 */
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128));
    t.columns_n = UINT32_MAX;
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128));
    t = table_of(100, 4);
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESETS)); /* no such preset */
    t.height += 4;
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128)); /* not a multiple of 8 */
    t = table_of(100, 4);
    t.v = 6;
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_MAIN, GN_PRESET_FAST_128)); /* more rows than 2^v */
    uint32_t pages[] = {1, 5};
    t = (struct pcs_table){.height = 5 * 256, .columns_n = 1, .v = 9, .pages_n = 2, .pages = pages};
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_PREPROCESSED, GN_PRESET_FAST_128)); /* page outside of the column */
    pages[1] = 4;
    assert_true(gn_pcs_layout(&l, &t, 1, WHIR_PREPROCESSED, GN_PRESET_FAST_128));
    t.v = 8;
    assert_false(gn_pcs_layout(&l, &t, 1, WHIR_PREPROCESSED, GN_PRESET_FAST_128)); /* more pages than rows */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_one_table),
        cmocka_unit_test(pieces_of_many_tables),
        cmocka_unit_test(pieces_of_a_preprocessed_stack),
        cmocka_unit_test(numbers_of_claims),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
