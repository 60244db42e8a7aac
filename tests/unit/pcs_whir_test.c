/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_whir_test.c - honest WHIR proofs: accepted for every kind of parameter row, the same bytes for every instruction
 * set and number of threads, and message by message what a slow prover written from docs/protocol.md section 10
 * sends. */
#include "unit/pcs_whir_fixture.h"

#include "base/bits.h"

static struct gn_pool *two_threads;

static int setup(void **state)
{
    (void)state;
    return gn_pool_create(&two_threads, 2, NULL) == GN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    gn_pool_destroy(two_threads);
    return 0;
}

static const struct whir_params *const all_rows[] = {&whir_no_rounds, &whir_one_row,    &whir_to_constant,
                                                     &whir_one_round, &whir_two_rounds, &whir_three_rounds};
#define ROWS (sizeof all_rows / sizeof all_rows[0])

static void accepts_honest_proofs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t widest = 1u << all_rows[i]->k0;
        const uint32_t widths[] = {1, 2, 5, widest - 1, widest};
        for (size_t k = 0; k < 5; k++) {
            struct instance in;
            instance_init(&in, all_rows[i], widths[k], 100 * i + k, NULL, gn_isa_best());
            struct gn_buffer proof = instance_prove(&in, NULL);
            assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
            gn_buffer_free(&proof);
            instance_free(&in);
        }
    }
}

/* A row of the committed table, whole: real widths, numbers of queries and grinding. */
static void accepts_at_real_parameters(void **state)
{
    (void)state;
    struct instance in;
    instance_init(&in, gn_whir_params(GN_PRESET_FAST_128, WHIR_MAIN, 14), 16, 7, two_threads, gn_isa_best());
    struct gn_buffer proof = instance_prove(&in, NULL);
    assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
    gn_buffer_free(&proof);
    instance_free(&in);
}

static void same_bytes_for_all_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct gn_buffer first = {0};
        for (int isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
            for (int threads = 1; threads <= 2 && gn_isa_supported((enum gn_isa)isa); threads++) {
                struct instance in;
                instance_init(&in, all_rows[i], 3, 42 + i, threads == 1 ? NULL : two_threads, (enum gn_isa)isa);
                struct gn_buffer proof = instance_prove(&in, NULL);
                if (first.data == NULL) {
                    first = proof;
                } else {
                    assert_int_equal(proof.size, first.size);
                    assert_memory_equal(proof.data, first.data, first.size);
                    gn_buffer_free(&proof);
                }
                instance_free(&in);
            }
        }
        gn_buffer_free(&first);
    }
}

static void every_table_row_can_run(void **state)
{
    (void)state;
    for (unsigned m = 10; m <= 28; m++) {
        assert_true(gn_whir_params_valid(gn_whir_params(GN_PRESET_FAST_128, WHIR_MAIN, m)));
    }
    for (unsigned m = 12; m <= 24; m++) {
        assert_true(gn_whir_params_valid(gn_whir_params(GN_PRESET_FAST_128, WHIR_PREPROCESSED, m)));
    }
    struct whir_params p = whir_two_rounds;
    p.final_log2++;
    assert_false(gn_whir_params_valid(&p));
    p = whir_two_rounds;
    p.queries[2] = WHIR_MAX_QUERIES + 1;
    assert_false(gn_whir_params_valid(&p));
    p = whir_two_rounds;
    p.mu[2] = 22;
    assert_false(gn_whir_params_valid(&p));
    p = whir_two_rounds;
    p.k[1] = WHIR_MAX_FOLD_LOG2 + 1;
    assert_false(gn_whir_params_valid(&p));
}

/* ---- the slow prover ---- */

struct twin {
    const struct whir_params *p;
    const struct gn_buffer *proof;
    const struct event *next, *end;
    unsigned vars;
    fp6 *f, *a;
};

/* the next event, which must be this one */
static const struct event *expect(struct twin *v, int squeezed, enum gn_label label, size_t n)
{
    assert_true(v->next < v->end);
    assert_int_equal(v->next->squeezed, squeezed);
    assert_int_equal(v->next->label, label);
    assert_int_equal(v->next->n, n);
    return v->next++;
}

static fp6 challenge(struct twin *v, enum gn_label label)
{
    return gn_fp6_from_uniform(expect(v, 1, label, 48)->bytes);
}

static void expect_sent(struct twin *v, enum gn_label label, const fp6 *x, size_t n)
{
    const struct event *e = expect(v, 0, label, n * FP6_BYTES);
    for (size_t i = 0; i < n; i++) {
        fp6 sent;
        assert_true(gn_fp6_read(&sent, v->proof->data + e->at + i * FP6_BYTES));
        assert_true(fp6_eq(sent, x[i]));
    }
}

/* the t queried points, in the order in which they were drawn */
static void queries(struct twin *v, unsigned i, unsigned d, fp *x)
{
    if (v->p->grind[i] > 0) {
        expect(v, 1, LABEL_GRIND, 32);
        expect(v, 0, LABEL_NONCE, 8);
    }
    const struct event *e = expect(v, 1, LABEL_WHIR_QUERIES, 4u * v->p->queries[i]);
    for (unsigned j = 0; j < v->p->queries[i]; j++) {
        uint32_t index = (e->bytes[4 * j] | (uint32_t)e->bytes[4 * j + 1] << 8) & ((1u << d) - 1); /* d <= 16 */
        x[j] = gn_fp_pow(gn_fp_root(d), bit_reverse(index, d));
    }
}

static void round_messages(struct twin *v, unsigned k)
{
    for (; k > 0; k--) {
        size_t half = (size_t)1 << --v->vars;
        fp6 at[3] = {fp6_zero(), fp6_zero(), fp6_zero()}; /* s(0), s(1), s(2) */
        for (size_t x = 0; x < half; x++) {
            for (int c = 0; c < 3; c++) {
                fp6 r = fp6_from_cell((uint32_t)c);
                fp6 f = fp6_add(v->f[x], gn_fp6_mul(r, fp6_sub(v->f[x + half], v->f[x])));
                fp6 a = fp6_add(v->a[x], gn_fp6_mul(r, fp6_sub(v->a[x + half], v->a[x])));
                at[c] = fp6_add(at[c], gn_fp6_mul(f, a));
            }
        }
        fp6 sent[2]; /* c_2 = (s(0) - 2 s(1) + s(2)) / 2, c_1 = s(1) - s(0) - c_2 */
        fp6 second = fp6_add(fp6_sub(at[0], fp6_add(at[1], at[1])), at[2]);
        sent[1] = fp6_mul_fp(second, gn_fp_inv(fp_from_cell(2)));
        sent[0] = fp6_sub(fp6_sub(at[1], at[0]), sent[1]);
        expect_sent(v, LABEL_WHIR_ROUND, sent, 2);
        fp6 r = challenge(v, LABEL_WHIR_CHALLENGE);
        for (size_t x = 0; x < half; x++) {
            v->f[x] = fp6_add(v->f[x], gn_fp6_mul(r, fp6_sub(v->f[x + half], v->f[x])));
            v->a[x] = fp6_add(v->a[x], gn_fp6_mul(r, fp6_sub(v->a[x + half], v->a[x])));
        }
    }
}

/* one round: 2 to 5 of section 10, A being a table of which every term is computed for itself */
static void twin_round(struct twin *v, unsigned i, unsigned d)
{
    fp6 z[WHIR_MAX_VARS], y = fp6_zero();
    fp points[WHIR_MAX_QUERIES];
    size_t n = (size_t)1 << v->vars;
    expect(v, 0, LABEL_ROOT, 32);
    const struct event *e = expect(v, 1, LABEL_OOD_POINT, 48u * v->vars);
    for (unsigned l = 0; l < v->vars; l++) {
        z[l] = gn_fp6_from_uniform(e->bytes + 48u * l);
    }
    for (size_t x = 0; x < n; x++) {
        y = fp6_add(y, gn_fp6_mul(v->f[x], gn_eq_bits(z, x, v->vars)));
    }
    expect_sent(v, LABEL_OOD_VALUE, &y, 1);
    queries(v, i - 1, d, points);
    fp6 beta = challenge(v, LABEL_WHIR_BETA);
    for (size_t x = 0; x < n; x++) {
        fp6 power = beta, sum = gn_fp6_mul(beta, gn_eq_bits(z, x, v->vars));
        for (unsigned j = 0; j < v->p->queries[i - 1]; j++) {
            power = gn_fp6_mul(power, beta);
            sum = fp6_add(sum, fp6_mul_fp(power, gn_fp_pow(points[j], x)));
        }
        v->a[x] = fp6_add(v->a[x], sum);
    }
    round_messages(v, v->p->k[i]);
}

static void sends_what_a_slow_prover_sends(void **state)
{
    (void)state;
    static struct events log;
    for (size_t i = 0; i < ROWS; i++) {
        struct instance in;
        instance_init(&in, all_rows[i], 6 < 1u << all_rows[i]->k0 ? 6 : 1, 900 + i, NULL, gn_isa_best());
        struct gn_buffer proof = instance_prove(&in, &log);
        struct twin v = {.p = all_rows[i], .proof = &proof, .next = log.event, .end = log.event + log.n, .vars = in.h};
        size_t n = (size_t)1 << in.h;
        v.f = instance_alloc(&in, n * sizeof(fp6));
        v.a = instance_alloc(&in, n * sizeof(fp6));
        for (size_t x = 0; x < n; x++) {
            v.f[x] = ext_get(in.f, x);
            v.a[x] = gn_eq_bits(in.point, x, in.h);
        }
        unsigned d = in.d;
        for (unsigned round = 1; round <= v.p->rounds; round++) {
            twin_round(&v, round, d);
            d = v.vars + v.p->mu[round];
        }
        fp points[WHIR_MAX_QUERIES];
        expect_sent(&v, LABEL_WHIR_FINAL, v.f, (size_t)1 << v.p->final_log2);
        queries(&v, v.p->rounds, d, points);
        round_messages(&v, v.p->final_log2);
        assert_ptr_equal(v.next, v.end);
        gn_buffer_free(&proof);
        instance_free(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_honest_proofs),          cmocka_unit_test(accepts_at_real_parameters),
        cmocka_unit_test(same_bytes_for_all_work),        cmocka_unit_test(every_table_row_can_run),
        cmocka_unit_test(sends_what_a_slow_prover_sends),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
