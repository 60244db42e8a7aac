/* SPDX-License-Identifier: Apache-2.0 */
/* proof_zerocheck_brute_test.c - the zerocheck's polynomials and closed forms against their definitions.
 *
 * t(X) of the skip round and the first later round polynomial are computed from docs/protocol.md section 7 by summing
 * over all rows, and must be what the prover sent; the claims must be the extensions of the columns; the verifier's
 * weights and fixed columns must be sums over rows. */
#include "unit/proof_zerocheck_fixture.h"

/* lambda and u, caught as they are drawn */
struct drawn {
    fp6 lambda, u;
};

static void observe(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct drawn *drawn = ctx;
    if (what == GN_OBSERVE_SQUEEZE && label == LABEL_ZC_LAMBDA) {
        assert_int_equal(n, 48);
        drawn->lambda = gn_fp6_from_uniform(bytes);
    } else if (what == GN_OBSERVE_SQUEEZE && label == LABEL_ZC_SKIP_CHALLENGE) {
        drawn->u = gn_fp6_from_uniform(bytes);
    }
}

/* weight of row x: 3.1 */
static fp6 row_weight(const fp6 *xi, unsigned v, uint32_t n, enum air_group group, uint32_t x)
{
    bool counts = group == AIR_ALL          ? x < n
                  : group == AIR_TRANSITION ? x + 1 < n
                  : group == AIR_FIRST      ? x == 0
                                            : x == n - 1;
    return counts ? gn_eq_bits(xi, x, v) : fp6_zero();
}

/* The batched outputs with weights: F_T, with column values and weights given.  Advances the power of lambda. */
static fp6 batch(const struct run *run, uint32_t table, const fp6 *operands, const fp6 weights[AIR_GROUPS], fp6 lambda,
                 fp6 *power)
{
    const struct air_table *t = &machine->tables[table];
    fp6 outputs[MAX_VALUES], sum = fp6_zero();
    run_program(outputs, t, operands, run->values);
    for (uint32_t i = 0; i < t->constraints_n; i++) {
        fp6 term = gn_fp6_mul(outputs[i], weights[t->constraints[i].group]);
        sum = fp6_add(sum, gn_fp6_mul(*power, term));
        *power = gn_fp6_mul(*power, lambda);
    }
    if (t->interactions_n == 0) {
        return sum;
    }
    fp6 p_power = gn_fp6_mul(*power, lambda);
    for (uint32_t k = 0; k < t->leaves_n; k++) {
        fp6 p, q;
        leaf_of(&p, &q, run, t, k, outputs);
        fp6 both = fp6_add(gn_fp6_mul(p_power, p), gn_fp6_mul(*power, fp6_sub(q, fp6_one())));
        sum = fp6_add(sum, gn_fp6_mul(gn_fp6_mul(weights[AIR_ALL], block_weight(run, table, k)), both));
    }
    *power = gn_fp6_mul(p_power, lambda);
    return sum;
}

/* t(X) by definition */
static fp6 skip_polynomial(const struct run *run, const fp6 *xi, fp6 lambda, fp6 x)
{
    struct gn_skip skip;
    fp6 operands[MAX_VALUES], total = fp6_zero(), power = fp6_one();
    gn_skip_at(&skip, skip_log2, x);
    for (uint32_t i = 0; i < TABLES; i++) {
        uint32_t n = run->shape.heights[i];
        unsigned v = run->shape.v[i];
        fp6 next = power;
        for (uint32_t y = 0; n > 0 && y < 1u << (v - skip_log2); y++) {
            fp6 weights[AIR_GROUPS];
            for (int g = 0; g < AIR_GROUPS; g++) {
                weights[g] = fp6_zero();
                for (uint32_t b = 0; b < 1u << skip_log2; b++) {
                    fp6 w = row_weight(xi, v, n, (enum air_group)g, (y << skip_log2) + b);
                    weights[g] = fp6_add(weights[g], gn_fp6_mul(skip.low[b], w));
                }
            }
            next = power;
            block_operands(operands, run, i, y, skip.low);
            total = fp6_add(total, batch(run, i, operands, weights, lambda, &next));
        }
        power = next;
    }
    return total;
}

/* the running claim before the skip round: 7.3 */
static fp6 first_claim(const struct run *run, fp6 lambda)
{
    fp6 claim = fp6_zero(), power = fp6_one();
    for (uint32_t i = 0; i < TABLES; i++) {
        if (run->shape.heights[i] == 0) {
            continue;
        }
        power = gn_fp6_mul(power, gn_fp6_pow(lambda, machine->tables[i].constraints_n));
        if (machine->tables[i].interactions_n > 0) {
            claim = fp6_add(claim, gn_fp6_mul(power, run->q_sums[i]));
            power = gn_fp6_mul(power, lambda);
            claim = fp6_add(claim, gn_fp6_mul(power, run->p_sums[i]));
            power = gn_fp6_mul(power, lambda);
        }
    }
    return claim;
}

static void read_elements(fp6 *out, const struct proof *proof, size_t first, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        assert_true(gn_fp6_read(&out[k], proof->bytes.data + FP6_BYTES * (first + k)));
    }
}

static size_t sums_sent(const struct run *run)
{
    size_t n = 0;
    for (uint32_t i = 0; i < TABLES; i++) {
        n += run->shape.heights[i] > 0 && machine->tables[i].interactions_n > 0 ? 2 : 0;
    }
    return n;
}

static const uint32_t runs[][TABLES] = {
    {1},
    {0, 7},
    {0, 0, 8},
    {0, 0, 0, 9},
    {0, 0, 0, 17, 0, 0, 0, 0},
    {0, 0, 0, 0, 13, 0, 0, 0},
    {0, 0, 0, 0, 0, 20, 0, 0},
    {0, 0, 0, 0, 0, 0, 256, 0},
    {0, 0, 0, 0, 0, 0, 0, 11},
    {130, 1, 131, 137, 16, 20, 0, 9},
    {0, 0, 0, 300, 20, 0, 512, 0},
    {0, 0, 0, 0, 0, 0, 0, 0, 7},
    {0, 9, 0, 0, 0, 0, 0, 0, 1100},
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 1100},
    {0, 0, 0, 0, 9, 0, 0, 0, 9, 40},
};

static void test_skip_polynomial(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct run *run = make_run(runs[i], i);
        struct random r = {i};
        struct drawn drawn;
        struct proof proof;
        fp6 c[(GN_SKIP_MAX - 1) * (AIR_MAX_DEGREE + 1) + 1];
        const unsigned size = 1u << skip_log2;
        prove(&proof, run, NULL, gn_isa_best(), observe, &drawn);
        unsigned top = (size - 1) * (run->shape.degree + 1);
        read_elements(c + 1, &proof, sums_sent(run), top);
        c[0] = fp6_mul_fp(first_claim(run, drawn.lambda), gn_fp_inv(fp_from_cell(size)));
        for (unsigned k = size; k <= top; k += size) {
            c[0] = fp6_sub(c[0], c[k]);
        }
        for (int j = 0; j < 3; j++) {
            fp6 x = random_fp6(&r), sum = fp6_zero();
            for (unsigned k = top + 1; k-- > 0;) {
                sum = fp6_add(gn_fp6_mul(sum, x), c[k]);
            }
            assert_true(fp6_eq(sum, skip_polynomial(run, proof.bus.xi, drawn.lambda, x)));
        }
        gn_buffer_free(&proof.bytes);
        gn_arena_release(&arena, mark);
    }
}

/* eq((r_3 ...), y) L_b(u) */
static fp6 point_weight(const fp6 *r, const struct gn_skip *skip, unsigned v, uint32_t x)
{
    unsigned k = skip->log2;
    return gn_fp6_mul(skip->low[x % (1u << k)], gn_eq_bits(r + k, x >> k, v - k));
}

static void test_claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct run *run = make_run(runs[i], i);
        struct random random = {i};
        for (uint32_t t = 0; t < TABLES; t++) { /* rows n ... H - 1 belong to the claims */
            uint32_t n = run->shape.heights[t], rows = air_committed_height(n, skip_log2);
            random_cells(&random, run->witness.tables[t].columns[0] + n, rows - n);
        }
        struct proof proof;
        prove(&proof, run, NULL, gn_isa_best(), NULL, NULL);
        const fp6 *claims[2] = {proof.result.main_claims, proof.result.pre_claims};
        for (uint32_t t = 0; t < TABLES; t++) {
            unsigned v = run->shape.v[t];
            for (enum air_space s = AIR_SPACE_COMMITTED; run->shape.heights[t] > 0 && s <= AIR_SPACE_PRE; s++) {
                for (uint32_t k = 0; k < space_size(&machine->tables[t], s); k++) {
                    fp6 sum = fp6_zero();
                    for (uint32_t x = 0; x < 1u << v; x++) {
                        fp cell = fp_from_cell(cell_at(run, t, s, k, x));
                        sum = fp6_add(sum, fp6_mul_fp(point_weight(proof.result.r, &proof.result.skip, v, x), cell));
                    }
                    assert_true(fp6_eq(sum, *claims[s == AIR_SPACE_PRE]++));
                }
            }
        }
        assert_int_equal(claims[0] - proof.result.main_claims, proof.result.main_n);
        assert_int_equal(claims[1] - proof.result.pre_claims, proof.result.pre_n);
        gn_buffer_free(&proof.bytes);
        gn_arena_release(&arena, mark);
    }
}

/* ---- closed forms ---- */

static void test_weights(void **state)
{
    (void)state;
    struct random r = {1};
    struct gn_shape *shape = gn_arena_zalloc(&arena, sizeof *shape);
    fp6 xi[10], point[10];
    struct gn_skip skip;
    for (uint32_t n = 1; n <= 140; n++) {
        unsigned v = air_row_variables(n, skip_log2);
        shape->heights[0] = n;
        shape->v[0] = v;
        for (unsigned i = 0; i < 10; i++) {
            xi[i] = random_fp6(&r);
            point[i] = random_fp6(&r);
        }
        gn_skip_at(&skip, skip_log2, random_fp6(&r));
        fp6 weights[AIR_GROUPS];
        gn_zerocheck_weights(weights, shape, 0, xi, point, &skip);
        for (int g = 0; g < AIR_GROUPS; g++) {
            fp6 sum = fp6_zero();
            for (uint32_t x = 0; x < 1u << v; x++) {
                fp6 w = row_weight(xi, v, n, (enum air_group)g, x);
                sum = fp6_add(sum, gn_fp6_mul(w, point_weight(point, &skip, v, x)));
            }
            assert_true(fp6_eq(sum, weights[g]));
        }
    }
}

static void test_fixed(void **state)
{
    (void)state;
    struct random r = {2};
    uint32_t values[70];
    random_cells(&r, values, 70);
    static const struct air_monomial high[] = {{3, 1u << 20}, {5, 9}, {FP_P - 1, 0}, {8, 1u << 6 | 1u << 3}};
    for (uint32_t n = 1; n <= 70; n++) {
        unsigned v = air_row_variables(n, skip_log2);
        const struct air_fixed forms[] = {{.values_n = n, .values = values}, {.monomials_n = 4, .monomials = high}};
        fp6 point[10];
        struct gn_skip skip;
        for (unsigned i = 0; i < 10; i++) {
            point[i] = random_fp6(&r);
        }
        gn_skip_at(&skip, skip_log2, random_fp6(&r));
        for (int k = 0; k < 2; k++) {
            fp6 sum = fp6_zero();
            for (uint32_t x = 0; x < 1u << v; x++) {
                fp value = fp_from_cell(air_fixed_at(&forms[k], x));
                sum = fp6_add(sum, fp6_mul_fp(point_weight(point, &skip, v, x), value));
            }
            assert_true(fp6_eq(sum, gn_fixed_at_point(&forms[k], v, point, &skip)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skip_polynomial),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_fixed),
    };
    int failed = cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
    skip_log2 = GN_SKIP_MAX_LOG2;
    return failed + cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
