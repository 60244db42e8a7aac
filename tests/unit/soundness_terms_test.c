/* SPDX-License-Identifier: Apache-2.0 */
/* The parameter table: inside the limits of params.h, every row as sound as its preset says, digest as absorbed. */
#include <math.h>
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
} tables[] = {{WHIR_MAIN, 10, 28, 7, 3}, {WHIR_PREPROCESSED, 12, 24, 8, 8}, {WHIR_JOINT, 9, 22, 0, 9}};

/* A joint row has nothing for i = 0. */
static unsigned first_oracle(enum whir_table table)
{
    return table == WHIR_JOINT ? 1 : 0;
}

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

/* Where throughput counts more than latency, the fast presets grind as much as the compact ones. */
static bool large(enum whir_table table, unsigned m)
{
    return (table == WHIR_MAIN && m >= 23) || (table == WHIR_JOINT && m >= 17);
}

static void check_limits(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    const unsigned first = first_oracle(table);
    unsigned variables = p->m;
    assert_in_range(p->rounds, table == WHIR_PREPROCESSED ? 0 : 1, table == WHIR_PREPROCESSED ? 0 : WHIR_MAX_ROUNDS);
    assert_int_equal(p->k[0], p->k0);
    assert_int_equal(p->mu[0], p->mu0);
    assert_true(p->k0 <= tables[table].max_k0 && 1u << p->k0 <= WHIR_MAX_STACK_COLUMNS);
    assert_true(p->m >= p->k0 + tables[table].min_h);
    if (table == WHIR_PREPROCESSED) { /* the fast ones pay for its encoding: docs/decisions.md 9 */
        assert_in_range(p->mu0, compact(preset) ? 5 : 1, compact(preset) ? 5 : 4);
    }
    for (unsigned i = first; i <= p->rounds; i++) {
        assert_true(i == 0 || (p->k[i] >= 1 && p->k[i] <= WHIR_MAX_FOLD_LOG2));
        assert_true(p->mu[i] >= 1 && (i == first || p->mu[i] >= p->mu[i - 1]));
        assert_true(p->k[i] <= variables);
        assert_true(variables - p->k[i] + p->mu[i] <= 24);
        assert_in_range(p->queries[i], 1, WHIR_MAX_QUERIES);
        assert_true(p->grind[i] <= (large(table, p->m) || compact(preset) ? 20 : 16));
        variables -= p->k[i];
    }
    for (unsigned i = 0; i <= WHIR_MAX_ROUNDS; i++) {
        if (i < first || i > p->rounds) {
            assert_int_equal(p->k[i] | p->mu[i] | p->queries[i] | p->grind[i], 0);
        }
    }
    assert_int_equal(variables, p->final_log2);
    assert_true(table == WHIR_PREPROCESSED || p->final_log2 <= 8);
}

static void rows_are_inside_the_limits(void **state)
{
    (void)state;
    for_each_row(check_limits);
}

/* The joint row of two stacks: m_1 = 1 + the larger h. */
static unsigned joint_variables(const struct whir_params *main_row, const struct whir_params *pre)
{
    const unsigned h = (unsigned)main_row->m - main_row->k0, pre_h = (unsigned)pre->m - pre->k0;
    return 1 + (h > pre_h ? h : pre_h);
}

static void two_stacks_have_a_joint_row(void **state)
{
    (void)state;
    for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
        for (unsigned m = tables[WHIR_MAIN].first; m <= tables[WHIR_MAIN].last; m++) {
            for (unsigned pre = tables[WHIR_PREPROCESSED].first; pre <= tables[WHIR_PREPROCESSED].last; pre++) {
                const unsigned n = joint_variables(gn_whir_params(preset, WHIR_MAIN, m),
                                                   gn_whir_params(preset, WHIR_PREPROCESSED, pre));
                assert_int_equal(gn_whir_params(preset, WHIR_JOINT, n)->m, n);
            }
        }
    }
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
    for (unsigned i = first_oracle(table); i <= p->rounds; i++) {
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

/* The smallest term of a row that belongs to oracle 0, or to any. */
static double least_term(uint32_t preset, enum whir_table table, unsigned m, bool oracle_0)
{
    struct soundness_term terms[SOUNDNESS_MAX_TERMS];
    unsigned multiplicity[WHIR_MAX_ROUNDS + 1];
    unsigned n = soundness_row_terms(terms, preset, table, gn_whir_params(preset, table, m), &soundness_largest_machine,
                                     multiplicity);
    n += soundness_common_terms(terms + n, &soundness_largest_machine);
    double least = HUGE_VAL;
    for (unsigned i = 0; i < n; i++) {
        least = oracle_0 && terms[i].oracle > 0 ? least : fmin(least, terms[i].johnson);
    }
    return least;
}

static void bits_of_a_proof(void **state)
{
    (void)state;
    unsigned other = 0; /* with two stacks than with the main one alone */
    for (uint32_t preset = GN_PRESET_FAST_100; preset <= GN_PRESET_COMPACT_100; preset++) {
        for (unsigned m = 10; m <= 28; m += 3) {
            const uint64_t cells = UINT64_C(1) << m;
            const double alone = least_term(preset, WHIR_MAIN, m, false);
            assert_true(soundness_proof_bits(preset, cells, 0) == alone);
            for (unsigned pre = 12; pre <= 24; pre += 4) {
                const unsigned n = joint_variables(gn_whir_params(preset, WHIR_MAIN, m),
                                                   gn_whir_params(preset, WHIR_PREPROCESSED, pre));
                const double both = soundness_proof_bits(preset, cells - 1, UINT64_C(1) << pre);
                assert_true(both == fmin(least_term(preset, WHIR_MAIN, m, true),
                                         fmin(least_term(preset, WHIR_PREPROCESSED, pre, false),
                                              least_term(preset, WHIR_JOINT, n, false))));
                other += both != alone;
            }
        }
    }
    assert_true(other > 0);
    assert_true(soundness_proof_bits(GN_PRESET_FAST_128, 1, 1) >= 128);
    assert_true(soundness_proof_bits(GN_PRESET_FAST_128, UINT64_C(1) << 29, 0) == 0);
    assert_true(soundness_proof_bits(GN_PRESET_FAST_128, 1, UINT64_C(1) << 25) == 0);
    assert_true(soundness_proof_bits(GN_PRESETS, 1, 0) == 0);
}

/* Of two stacks, the terms of oracle 0 are in the main and the preprocessed row, the others in the joint row; the last
 * does not know how many queries' claims beta joins first. */
static void rows_have_the_terms_of_their_oracles(void **state)
{
    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        const enum whir_table table = tables[t].table;
        const struct whir_params *p = gn_whir_params(GN_PRESET_FAST_128, table, 20);
        struct soundness_term terms[SOUNDNESS_MAX_TERMS];
        unsigned multiplicity[WHIR_MAX_ROUNDS + 1], count[3] = {0}, deltas = 0, out_of_domain = 0;
        const unsigned n =
            soundness_row_terms(terms, GN_PRESET_FAST_128, table, p, &soundness_largest_machine, multiplicity);
        for (unsigned i = 0; i < n; i++) {
            count[terms[i].oracle < 0 ? 0 : terms[i].oracle == 0 ? 1 : 2]++;
            deltas += strcmp(terms[i].section, "10") == 0;
            out_of_domain += strcmp(terms[i].section, "5.2") == 0;
            if (table == WHIR_JOINT && terms[i].oracle == 1 && strcmp(terms[i].section, "10.4") == 0) {
                assert_true(fabs(terms[i].unique + log2(2 * WHIR_MAX_QUERIES + 1) - 6 * log2(2130706433)) < 1e-6);
            }
        }
        assert_int_equal(count[0], table == WHIR_PREPROCESSED ? 0 : 1);
        assert_int_equal(count[1], table == WHIR_MAIN ? 6 : table == WHIR_PREPROCESSED ? 4 : 0);
        assert_int_equal(count[2], 4u * p->rounds);
        assert_int_equal(deltas, table == WHIR_MAIN);
        assert_int_equal(out_of_domain, table == WHIR_MAIN);
    }
}

/* In the union every variable that is folded is a round. */
static void check_rounds(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    struct soundness_term terms[SOUNDNESS_MAX_TERMS];
    unsigned multiplicity[WHIR_MAX_ROUNDS + 1], folded = 0, reduced = 0;
    const unsigned n = soundness_row_terms(terms, preset, table, p, &soundness_largest_machine, multiplicity);
    for (unsigned i = 0; i < n; i++) {
        const bool fold = strcmp(terms[i].section, "10.5") == 0 || strcmp(terms[i].section, "10.7") == 0;
        folded += fold ? terms[i].rounds : 0;
        reduced += strcmp(terms[i].section, "9.2") == 0 ? terms[i].rounds : 0;
        assert_true(fold || strcmp(terms[i].section, "9.2") == 0 || terms[i].rounds == 1);
    }
    assert_int_equal(folded, table == WHIR_PREPROCESSED ? 0 : table == WHIR_MAIN ? p->m - p->k0 : p->m);
    assert_int_equal(reduced, table == WHIR_JOINT ? 0 : p->m);
}

static void the_union_counts_every_round(void **state)
{
    (void)state;
    const struct soundness_term terms[] = {{.johnson = 130, .unique = 99, .rounds = 3},
                                           {.johnson = 130, .unique = 100, .rounds = 1}};
    assert_true(soundness_union(terms, 2, false) == 128);
    assert_true(soundness_union(terms, 2, true) == 99 - log2(3.5));
    for_each_row(check_rounds);
}

static void store(struct gn_blake3 *h, uint32_t x)
{
    gn_blake3_update(h, (const uint8_t[]){(uint8_t)x, (uint8_t)(x >> 8), (uint8_t)(x >> 16), (uint8_t)(x >> 24)}, 4);
}

static struct gn_blake3 hasher;

static void hash_row(uint32_t preset, enum whir_table table, const struct whir_params *p)
{
    (void)preset;
    store(&hasher, table == WHIR_MAIN ? 0 : table == WHIR_PREPROCESSED ? 1 : 2);
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
        cmocka_unit_test(two_stacks_have_a_joint_row),
        cmocka_unit_test(rows_reach_the_claim),
        cmocka_unit_test(rows_are_tight),
        cmocka_unit_test(figures_known_from_elsewhere),
        cmocka_unit_test(rows_have_the_terms_of_their_oracles),
        cmocka_unit_test(bits_of_a_proof),
        cmocka_unit_test(the_union_counts_every_round),
        cmocka_unit_test(digest_is_that_of_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
