/* SPDX-License-Identifier: Apache-2.0 */
/* The parameter table: inside the limits of params.h, every row as sound as its preset says, digest as absorbed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../tools/soundness_terms.h"

static const struct {
    enum whir_table table;
    unsigned first, last, max_k0, min_h;
} tables[] = {{WHIR_MAIN, 10, 28, 7, 3}, {WHIR_PREPROCESSED, 12, 24, 8, 8}};

typedef void row_check(uint32_t preset, enum whir_table table, const struct whir_params *p);

static void for_each_row_of(uint32_t preset, row_check *check)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (unsigned m = tables[t].first; m <= tables[t].last; m++) {
            const struct whir_params *p = gn_whir_params(preset, tables[t].table, m);
            assert_non_null(p);
            assert_int_equal(p->m, m);
            check(preset, tables[t].table, p);
        }
    }
}

static void for_each_row(row_check *check)
{
    for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
        for_each_row_of(preset, check);
    }
}

static bool compact(uint32_t preset)
{
    return preset == GN_PRESET_COMPACT_128 || preset == GN_PRESET_COMPACT_100;
}

static void lookup_is_total(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (unsigned m = 0; m < tables[t].first; m++) {
            assert_int_equal(gn_whir_params(GN_PRESET_FAST_128, tables[t].table, m)->m, tables[t].first);
        }
        for (unsigned m = tables[t].last + 1; m < 70; m++) {
            assert_null(gn_whir_params(GN_PRESET_FAST_128, tables[t].table, m));
        }
        assert_null(gn_whir_params(GN_PRESETS, tables[t].table, tables[t].first));
        assert_null(gn_whir_params(0, tables[t].table, tables[t].first));
    }
    assert_null(gn_whir_params_digest(0));
    static const char *const names[GN_PRESETS] = {"unknown", "fast", "compact", "fast-100", "compact-100"};
    static const unsigned bits[GN_PRESETS] = {0, 128, 128, 100, 100};
    for (uint32_t preset = 0; preset < GN_PRESETS; preset++) {
        assert_string_equal(gn_preset_name(preset), names[preset]);
        assert_int_equal(gn_preset_bits(preset), bits[preset]);
    }
    assert_string_equal(gn_preset_name(GN_PRESETS), "unknown");
    assert_int_equal(gn_preset_bits(GN_PRESETS), 0);
    assert_null(gn_whir_params_digest(GN_PRESETS));
}

static void check_limits(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    unsigned variables = p->m;
    assert_in_range(p->rounds, 1, WHIR_MAX_ROUNDS);
    assert_int_equal(p->k[0], p->k0);
    assert_int_equal(p->mu[0], p->mu0);
    assert_true(p->k0 <= tables[table].max_k0 && 1u << p->k0 <= WHIR_MAX_STACK_COLUMNS);
    assert_true(p->m >= p->k0 + tables[table].min_h);
    if (table == WHIR_PREPROCESSED) { /* the fast ones pay for its encoding: docs/decisions.md 9 */
        assert_in_range(p->mu0, compact(preset) ? 5 : 2, compact(preset) ? 5 : 4);
    }
    for (unsigned i = 0; i <= p->rounds; i++) {
        assert_true(i == 0 || (p->k[i] >= 1 && p->k[i] <= WHIR_MAX_FOLD_LOG2));
        assert_true(p->mu[i] >= 1 && (i == 0 || p->mu[i] >= p->mu[i - 1]));
        assert_true(p->k[i] <= variables);
        assert_true(variables - p->k[i] + p->mu[i] <= 24);
        assert_in_range(p->queries[i], 1, WHIR_MAX_QUERIES);
        assert_true(p->grind[i] <= 20 && (p->m > 21 || compact(preset) || p->grind[i] <= 16));
        variables -= p->k[i];
    }
    for (unsigned i = p->rounds + 1; i <= WHIR_MAX_ROUNDS; i++) {
        assert_int_equal(p->k[i] | p->mu[i] | p->queries[i] | p->grind[i], 0);
    }
    assert_int_equal(variables, p->final_log2);
    assert_true(p->final_log2 <= 8);
}

static void rows_are_inside_the_limits(void **state)
{
    (void)state;
    for_each_row(check_limits);
}

static double least_bits(uint32_t preset, enum whir_table table, const struct whir_params *p, bool query)
{
    struct soundness_term terms[SOUNDNESS_MAX_TERMS];
    unsigned multiplicity[WHIR_MAX_ROUNDS + 1];
    unsigned n = soundness_row_terms(terms, preset, table, p, &soundness_largest_machine, multiplicity);
    n += soundness_common_terms(terms + n, &soundness_largest_machine);
    assert_true(n <= SOUNDNESS_MAX_TERMS);
    return soundness_minimum(terms, n, query, false);
}

static void check_bits(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    assert_true(least_bits(preset, table, p, true) >= soundness_query_bits(preset));
    assert_true(least_bits(preset, table, p, false) >= soundness_other_bits(preset));
}

/* The table is tight, and the calculator sees each of its fields: with one query or one bit less a row is below the
 * claim. */
static void check_tight(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    for (unsigned i = 0; i <= p->rounds; i++) {
        struct whir_params weaker = *p;
        weaker.queries[i] -= 1;
        assert_true(least_bits(preset, table, &weaker, true) < soundness_query_bits(preset));
        weaker = *p;
        weaker.mu[i] -= 1;
        assert_true(least_bits(preset, table, &weaker, true) < soundness_query_bits(preset));
        weaker = *p;
        weaker.grind[i] = (uint8_t)(weaker.grind[i] > 2 ? weaker.grind[i] - 2 : 0);
        /* two bits of grinding are at most six queries' worth and at least half a query's */
        weaker.queries[i] -= 1;
        assert_true(least_bits(preset, table, &weaker, true) < soundness_query_bits(preset) - 1);
    }
}

static void rows_reach_the_claim(void **state)
{
    (void)state;
    for_each_row(check_bits);
}

static void rows_are_tight(void **state)
{
    (void)state;
    for_each_row(check_tight);
}

/* Figures computed elsewhere (a public calculator, and by hand) for the same formulas. */
static void figures_known_from_elsewhere(void **state)
{
    (void)state;
    struct soundness_term terms[SOUNDNESS_MAX_TERMS];
    const struct soundness_machine machine = {
        .interactions_log2 = 28, .entries = 16, .degree = 3, .constraints_log2 = 0, .claims_log2 = 0};
    const unsigned n = soundness_common_terms(terms, &machine);
    bool seen = false;
    for (unsigned i = 0; i < n; i++) {
        if (terms[i].theorem == THEOREM_LOGUP) {
            seen = true;
            assert_true(terms[i].johnson > 153.7 && terms[i].johnson < 153.8); /* 185.93 - 28 - log2 18 */
        }
    }
    assert_true(seen);
    /* unique decoding at rate 1/2 gives 0.415 bits a query, at 1/16 0.913; Johnson at most 0.5 and 2 */
    const struct whir_params p = {
        .m = 20, .k0 = 5, .mu0 = 1, .rounds = 1, .k = {5, 5}, .mu = {1, 4}, .queries = {100, 100}, .final_log2 = 10};
    unsigned multiplicity[WHIR_MAX_ROUNDS + 1];
    const unsigned row_n =
        soundness_row_terms(terms, GN_PRESET_FAST_128, WHIR_MAIN, &p, &soundness_largest_machine, multiplicity);
    unsigned queries = 0;
    for (unsigned i = 0; i < row_n; i++) {
        if (terms[i].query) {
            const double unique = queries == 0 ? 41.5 : 91.25, johnson = queries == 0 ? 50 : 200;
            assert_true(terms[i].unique > unique - 0.1 && terms[i].unique < unique + 0.1);
            assert_true(terms[i].johnson < johnson && terms[i].johnson > johnson - 3);
            queries++;
        }
    }
    assert_int_equal(queries, 2);
}

static void store(struct gn_blake3 *h, uint32_t x)
{
    gn_blake3_update(h, (const uint8_t[]){(uint8_t)x, (uint8_t)(x >> 8), (uint8_t)(x >> 16), (uint8_t)(x >> 24)}, 4);
}

static struct gn_blake3 hasher;

static void hash_row(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    (void)preset;
    store(&hasher, table == WHIR_PREPROCESSED);
    store(&hasher, p->m);
    store(&hasher, p->rounds);
    store(&hasher, p->final_log2);
    for (unsigned i = 0; i <= p->rounds; i++) {
        store(&hasher, p->k[i]);
        store(&hasher, p->mu[i]);
        store(&hasher, p->queries[i]);
        store(&hasher, p->grind[i]);
    }
}

static void digest_is_that_of_the_rows(void **state)
{
    (void)state;
    for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
        digest d;
        gn_blake3_init(&hasher);
        for_each_row_of(preset, hash_row);
        gn_blake3_final(&hasher, d.b, sizeof d.b);
        assert_memory_equal(d.b, gn_whir_params_digest(preset)->b, sizeof d.b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookup_is_total),
        cmocka_unit_test(rows_are_inside_the_limits),
        cmocka_unit_test(rows_reach_the_claim),
        cmocka_unit_test(rows_are_tight),
        cmocka_unit_test(figures_known_from_elsewhere),
        cmocka_unit_test(digest_is_that_of_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
