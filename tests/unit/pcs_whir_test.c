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

static void accepts_honest_proofs(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHIR_ROWS; i++) {
        uint32_t widest = 1u << whir_all_rows[i].main->k0;
        const uint32_t widths[] = {1, 2, 5, widest - 1, widest};
        for (size_t k = 0; k < 5; k++) {
            struct instance in;
            instance_init(&in, &whir_all_rows[i], widths[k], 100 * i + k, NULL, gn_isa_best());
            struct gn_buffer proof = instance_prove(&in, NULL);
            assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
            gn_buffer_free(&proof);
            instance_free(&in);
        }
    }
}

/* Rows of the committed table, whole: real widths, numbers of queries and grinding. */
static void accepts_at_real_parameters(void **state)
{
    (void)state;
    const struct whir_params *main = gn_whir_params(GN_PRESET_FAST_128, WHIR_MAIN, 14);
    const struct whir_params *pre = gn_whir_params(GN_PRESET_FAST_128, WHIR_PREPROCESSED, 13);
    const struct whir_params *joint = gn_whir_joint_params(GN_PRESET_FAST_128, main, pre);
    const struct whir_rows rows[] = {{main, NULL, NULL}, {main, pre, joint}};
    for (size_t i = 0; i < 2; i++) {
        struct instance in;
        instance_init(&in, &rows[i], 16, 7, two_threads, gn_isa_best());
        struct gn_buffer proof = instance_prove(&in, NULL);
        assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
        gn_buffer_free(&proof);
        instance_free(&in);
    }
}

static void same_bytes_for_all_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHIR_ROWS; i++) {
        struct gn_buffer first = {0};
        for (int isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
            for (int threads = 1; threads <= 2 && gn_isa_supported((enum gn_isa)isa); threads++) {
                struct instance in;
                instance_init(&in, &whir_all_rows[i], 3, 42 + i, threads == 1 ? NULL : two_threads, (enum gn_isa)isa);
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

static bool can_run(const struct whir_params *main, const struct whir_params *pre, const struct whir_params *joint)
{
    struct whir_plan plan;
    return gn_whir_plan(&plan, main, pre, joint);
}

static void every_table_row_can_run(void **state)
{
    (void)state;
    for (uint32_t preset = 1; preset < GN_PRESETS; preset++) {
        for (unsigned m = 10; m <= 28; m++) {
            const struct whir_params *main = gn_whir_params(preset, WHIR_MAIN, m);
            assert_true(can_run(main, NULL, NULL));
            for (unsigned pre_m = 12; pre_m <= 24; pre_m++) {
                const struct whir_params *pre = gn_whir_params(preset, WHIR_PREPROCESSED, pre_m);
                assert_true(can_run(main, pre, gn_whir_joint_params(preset, main, pre)));
            }
        }
    }
}

static void refuses_rows_that_do_not_fit(void **state)
{
    (void)state;
    struct whir_params p = whir_two_rounds;
    p.final_log2++;
    assert_false(can_run(&p, NULL, NULL));
    p = whir_two_rounds;
    p.queries[2] = WHIR_MAX_QUERIES + 1;
    assert_false(can_run(&p, NULL, NULL));
    p = whir_two_rounds;
    p.queries[0] = WHIR_MAX_QUERIES + 1;
    assert_false(can_run(&p, NULL, NULL));
    p = whir_two_rounds;
    p.mu[2] = 22;
    assert_false(can_run(&p, NULL, NULL));
    p = whir_two_rounds;
    p.k[1] = WHIR_MAX_FOLD_LOG2 + 1;
    assert_false(can_run(&p, NULL, NULL));
    p = whir_two_rounds;
    p.mu0 = WHIR_MAX_VARS;
    assert_false(can_run(&p, NULL, NULL));
    assert_false(can_run(NULL, NULL, NULL));

    const struct whir_params *main = &whir_one_round, *pre = &whir_small_stack;
    assert_true(can_run(main, pre, &whir_joint_7));
    assert_false(can_run(main, pre, NULL));
    assert_false(can_run(main, pre, &whir_joint_8)); /* of another size */
    p = whir_joint_7;
    p.k0 = 1;
    assert_false(can_run(main, pre, &p));
    p = whir_joint_7;
    p.rounds = 0;
    p.final_log2 = 7;
    assert_false(can_run(main, pre, &p)); /* the stacks' rows would be compared with nothing */
    const struct whir_params large = {.m = WHIR_MAX_VARS, .final_log2 = WHIR_MAX_VARS}; /* h = 24 */
    const struct whir_params joint_25 = {
        .m = WHIR_MAX_VARS + 1, .rounds = 3, .k = {0, 5, 5, 5}, .mu = {0, 1, 1, 1}, .final_log2 = 10};
    assert_false(can_run(&large, &large, &joint_25));
    p = whir_small_stack;
    p.k0 = 5; /* h = 3, less than a block */
    assert_false(can_run(main, &p, &whir_joint_7));
}

/* Columns of oracle 1 behind the smaller stack would be 0, and are left out. */
static void leaves_out_columns(void **state)
{
    (void)state;
    struct whir_plan plan;
    assert_true(gn_whir_plan(&plan, &whir_one_round, &whir_small_stack, &whir_joint_7)); /* 2^6 and 2^4 in 2^7 */
    assert_int_equal(plan.place[0], 0);
    assert_int_equal(plan.place[1], 64);
    assert_int_equal(plan.grind, 5);
    assert_int_equal(gn_whir_columns(&plan, 1), 5); /* of 8 with 2^4 cells */
    assert_true(gn_whir_plan(&plan, &whir_one_round, &whir_small_stack, &whir_joint_wide));
    assert_int_equal(plan.end, 80);
    assert_int_equal(gn_whir_columns(&plan, 1), 3); /* of 4 with 2^5 cells; half of the third belongs to no stack */
    assert_true(gn_whir_plan(&plan, &whir_no_rounds, &whir_large_stack, &whir_joint_8)); /* 2^4 and 2^7 in 2^8 */
    assert_int_equal(plan.place[0], 128);
    assert_int_equal(plan.place[1], 0);
    assert_int_equal(gn_whir_columns(&plan, 1), 9); /* of 16 with 2^4 cells */
    assert_int_equal(gn_whir_columns(&plan, 2), 4);
    assert_true(gn_whir_plan(&plan, &whir_two_rounds, NULL, NULL));
    assert_int_equal(gn_whir_columns(&plan, 1), 8);
}

/* Cells of f_1 that belong to no stack are free where oracle 1 has them: no claim has weight there (13.5).  Behind its
 * columns they are 0, or the oracle is not f_1's. */
static void cells_of_no_stack(void **state)
{
    (void)state;
    const struct whir_rows rows = {&whir_one_round, &whir_small_stack, &whir_joint_wide};
    const size_t cells[] = {80, 95, 96, 127};
    for (size_t i = 0; i < 4; i++) {
        struct instance in;
        instance_init(&in, &rows, 5, 70 + i, NULL, gn_isa_best());
        ext_set(in.f, cells[i], fp6_one());
        struct gn_buffer proof = instance_prove(&in, NULL);
        assert_int_equal(instance_verify(&in, &proof), cells[i] < 96 ? GN_ACCEPT : GN_REJECT_WHIR_QUERY);
        gn_buffer_free(&proof);
        instance_free(&in);
    }
}

/* ---- the slow prover ---- */

struct twin {
    const struct instance *in;
    const struct whir_params *p; /* entries i >= 1 */
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

static void grind(struct twin *v, unsigned bits)
{
    if (bits > 0) {
        expect(v, 1, LABEL_GRIND, 32);
        expect(v, 0, LABEL_NONCE, 8);
    }
}

/* the t queried points, in the order in which they were drawn */
static void queries(struct twin *v, unsigned t, unsigned d, fp *x)
{
    const struct event *e = expect(v, 1, LABEL_WHIR_QUERIES, 4u * t);
    for (unsigned j = 0; j < t; j++) {
        uint32_t index = (e->bytes[4 * j] | (uint32_t)e->bytes[4 * j + 1] << 8) & ((1u << d) - 1); /* d <= 16 */
        x[j] = gn_fp_pow(gn_fp_root(d), bit_reverse(index, d));
    }
}

/* the bits of x above a stack's, as they are at its place */
static bool on_place(const struct twin *v, uint32_t s, size_t x)
{
    return x >> v->in->parts[s].h == v->in->plan.place[s] >> v->in->parts[s].h;
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

/* what the queries of step 3 add to A, from beta^2 on: power pow(x_j, .) where `stack` lies; -1: everywhere */
static fp6 add_queries(struct twin *v, fp6 power, fp6 beta, const fp *points, unsigned t, int stack)
{
    for (unsigned j = 0; j < t; j++) {
        size_t place = stack < 0 ? 0 : v->in->plan.place[stack];
        for (size_t x = 0; x < (size_t)1 << v->vars; x++) {
            if (stack < 0 || on_place(v, (uint32_t)stack, x)) {
                v->a[x] = fp6_add(v->a[x], fp6_mul_fp(power, gn_fp_pow(points[j], x - place)));
            }
        }
        power = gn_fp6_mul(power, beta);
    }
    return power;
}

/* one round: 2 to 5 of section 10, A being a table of which every term is computed for itself */
static void twin_round(struct twin *v, unsigned i, unsigned d)
{
    const struct whir_plan *plan = &v->in->plan;
    fp6 z[WHIR_MAX_VARS], y = fp6_zero();
    fp points[WHIR_STACKS][WHIR_MAX_QUERIES];
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
    grind(v, i == 1 ? plan->grind : v->p->grind[i - 1]);
    if (i > 1) {
        queries(v, v->p->queries[i - 1], d, points[0]);
    }
    for (uint32_t s = 0; i == 1 && s < plan->stacks_n; s++) {
        queries(v, plan->stacks[s]->queries[0], v->in->parts[s].d, points[s]);
    }
    fp6 beta = challenge(v, LABEL_WHIR_BETA), power = gn_fp6_square(beta);
    for (size_t x = 0; x < n; x++) {
        v->a[x] = fp6_add(v->a[x], gn_fp6_mul(beta, gn_eq_bits(z, x, v->vars)));
    }
    if (i > 1) {
        add_queries(v, power, beta, points[0], v->p->queries[i - 1], -1);
    }
    for (uint32_t s = 0; i == 1 && s < plan->stacks_n; s++) {
        power = add_queries(v, power, beta, points[s], plan->stacks[s]->queries[0], (int)s);
    }
    round_messages(v, v->p->k[i]);
}

static void twin_begin(struct twin *v)
{
    const struct instance *in = v->in;
    fp6 scale = fp6_one();
    for (uint32_t s = 0; s < in->plan.stacks_n; s++) {
        scale = s == 0 ? scale : challenge(v, LABEL_WHIR_JOIN);
        for (size_t x = 0; x < (size_t)1 << v->vars; x++) {
            if (on_place(v, s, x)) {
                fp6 eq = gn_eq_bits(in->parts[s].point, x - in->plan.place[s], in->parts[s].h);
                v->a[x] = gn_fp6_mul(scale, eq);
            }
        }
    }
}

static void sends_what_a_slow_prover_sends(void **state)
{
    (void)state;
    static struct events log;
    for (size_t i = 0; i < WHIR_ROWS; i++) {
        struct instance in;
        uint32_t columns = 6 < 1u << whir_all_rows[i].main->k0 ? 6 : 1;
        instance_init(&in, &whir_all_rows[i], columns, 900 + i, NULL, gn_isa_best());
        struct gn_buffer proof = instance_prove(&in, &log);
        struct twin v = {.in = &in,
                         .p = in.plan.rounds,
                         .proof = &proof,
                         .next = log.event,
                         .end = log.event + log.n,
                         .vars = in.plan.vars};
        size_t n = (size_t)1 << v.vars;
        v.f = instance_alloc(&in, n * sizeof(fp6));
        v.a = instance_alloc(&in, n * sizeof(fp6));
        for (size_t x = 0; x < n; x++) {
            v.f[x] = ext_get(in.f, x);
            v.a[x] = fp6_zero();
        }
        twin_begin(&v);
        unsigned d = in.parts[0].d;
        for (unsigned round = 1; round <= v.p->rounds; round++) {
            twin_round(&v, round, d);
            d = v.vars + v.p->mu[round];
        }
        fp points[WHIR_MAX_QUERIES];
        expect_sent(&v, LABEL_WHIR_FINAL, v.f, (size_t)1 << v.p->final_log2);
        grind(&v, v.p->grind[v.p->rounds]);
        queries(&v, v.p->queries[v.p->rounds], d, points);
        round_messages(&v, v.p->final_log2);
        assert_ptr_equal(v.next, v.end);
        gn_buffer_free(&proof);
        instance_free(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_honest_proofs),
        cmocka_unit_test(accepts_at_real_parameters),
        cmocka_unit_test(same_bytes_for_all_work),
        cmocka_unit_test(every_table_row_can_run),
        cmocka_unit_test(refuses_rows_that_do_not_fit),
        cmocka_unit_test(leaves_out_columns),
        cmocka_unit_test(cells_of_no_stack),
        cmocka_unit_test(sends_what_a_slow_prover_sends),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
