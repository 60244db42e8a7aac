/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_whir_reject_test.c - WHIR against lies, each with the verdict that names the check: cheating provers that follow
 * the protocol from a false start, altered proofs under the real transcript, and altered proofs under frozen challenges
 * (the verifier is given the honest run's challenges, so that not the transcript but the check itself must fail). */
#include "unit/pcs_whir_fixture.h"

static struct events honest; /* what the honest prover of a test told its transcript */

static void start(struct instance *in, const struct whir_rows *rows, uint32_t columns, uint64_t seed)
{
    instance_init(in, rows, columns, seed, NULL, gn_isa_best());
}

static void assert_prover_verdict(struct instance *in, struct events *log, enum gn_verdict expected)
{
    struct gn_buffer proof = instance_prove(in, log);
    assert_string_equal(gn_verdict_name(instance_verify(in, &proof)), gn_verdict_name(expected));
    gn_buffer_free(&proof);
}

/* ---- cheating provers ---- */

static const struct whir_rows one_round = {&whir_one_round, NULL, NULL}, two_rounds = {&whir_two_rounds, NULL, NULL},
                              three_rounds = {&whir_three_rounds, NULL, NULL},
                              no_rounds = {&whir_no_rounds, NULL, NULL}, to_constant = {&whir_to_constant, NULL, NULL},
                              joint = {&whir_one_round, &whir_small_stack, &whir_joint_7},
                              joint_reversed = {&whir_no_rounds, &whir_large_stack, &whir_joint_8};

static void rejects_a_false_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHIR_ROWS; i++) {
        struct instance in;
        start(&in, &whir_all_rows[i], 3, i);
        assert_prover_verdict(&in, NULL, GN_ACCEPT);
        for (uint32_t s = 0; s < in.plan.stacks_n; s++) {
            struct whir_stack *stack = &in.claim.stacks[s];
            stack->value.c[5] = fp_add(stack->value.c[5], fp_one());
            assert_prover_verdict(&in, NULL, GN_REJECT_WHIR_FINAL);
            stack->value.c[5] = fp_sub(stack->value.c[5], fp_one());
        }
        instance_free(&in);
    }
}

/* What is false of one stack cannot be made up for with the other: their claims are joined by a challenge. */
static void rejects_values_that_even_out(void **state)
{
    (void)state;
    struct instance in;
    start(&in, &joint, 3, 5);
    in.claim.stacks[0].value = fp6_add(in.claim.stacks[0].value, fp6_one());
    in.claim.stacks[1].value = fp6_sub(in.claim.stacks[1].value, fp6_one());
    assert_prover_verdict(&in, NULL, GN_REJECT_WHIR_FINAL);
    instance_free(&in);
}

/* one coordinate, one weight of a claim changed under the prover */
static void check_other_claims(const struct whir_rows *rows, uint32_t columns)
{
    struct instance in;
    start(&in, rows, columns, 1);
    struct gn_buffer proof = instance_prove(&in, NULL);
    for (uint32_t s = 0; s < in.plan.stacks_n; s++) {
        struct part *p = &in.parts[s];
        for (unsigned i = 0; i < p->h; i++) {
            fp6 saved = p->point[i];
            p->point[i] = fp6_add(saved, fp6_one());
            assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
            p->point[i] = saved;
        }
        for (uint32_t w = 0; w < in.claim.stacks[s].columns; w++) {
            fp6 saved = p->theta_weights[w];
            p->theta_weights[w] = fp6_add(saved, fp6_one());
            assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
            p->theta_weights[w] = saved;
        }
    }
    assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
    gn_buffer_free(&proof);
    instance_free(&in);
}

static void rejects_another_claim(void **state)
{
    (void)state;
    check_other_claims(&two_rounds, 8);
    check_other_claims(&joint, 8);
    check_other_claims(&joint_reversed, 8);
}

/* A stack is not what f says: a column far from the code, or only another polynomial.  With rounds the opened rows are
 * claims about f and the sum breaks; without, they are compared with f itself. */
static void rejects_a_corrupted_stack(void **state)
{
    (void)state;
    for (size_t i = 0; i < WHIR_ROWS; i++) {
        struct instance in;
        start(&in, &whir_all_rows[i], 4, i);
        enum gn_verdict expected = in.plan.rounds->rounds == 0 ? GN_REJECT_WHIR_QUERY : GN_REJECT_WHIR_FINAL;
        struct random r = {i};
        for (uint32_t s = 0; s < in.plan.stacks_n; s++) {
            struct part *p = &in.parts[s];
            random_cells(&r, p->code[2], (size_t)1 << p->d);
            instance_commit(&in, s);
            assert_prover_verdict(&in, NULL, expected);

            p->columns[1][0] ^= 1;
            instance_encode(&in, s);
            instance_commit(&in, s);
            assert_prover_verdict(&in, NULL, expected);

            p->columns[1][0] ^= 1; /* whole again, for the other stack's turn */
            instance_encode(&in, s);
            instance_commit(&in, s);
            assert_prover_verdict(&in, NULL, GN_ACCEPT);
        }
        instance_free(&in);
    }
}

/* The two stacks are told apart by their places: f_1 with the stacks exchanged is another claim. */
static void rejects_exchanged_stacks(void **state)
{
    (void)state;
    static const struct whir_params joint_5 = {
        .m = 5, .rounds = 1, .k = {0, 2}, .mu = {0, 3}, .queries = {0, 6}, .grind = {0, 4}, .final_log2 = 3};
    const struct whir_rows rows = {&whir_small_stack, &whir_small_stack, &joint_5};
    struct instance in;
    start(&in, &rows, 5, 9);
    for (size_t x = 0; x < 16; x++) {
        fp6 saved = ext_get(in.f, x);
        ext_set(in.f, x, ext_get(in.f, x + 16));
        ext_set(in.f, x + 16, saved);
    }
    assert_prover_verdict(&in, NULL, GN_REJECT_WHIR_FINAL);
    instance_free(&in);
}

/* The strongest lie about the preprocessed stack (SOUNDNESS.md 3.5): on its place the prover takes another polynomial, which
 * agrees with the committed one on as many rows as two polynomials can, and claims that one's value.  One query sees it
 * exactly on the other rows. */
static void a_query_sees_another_polynomial(void **state)
{
    (void)state;
    enum { H = 4, D = 7, ZEROS = (1 << H) - 1 };
    static struct events log;
    struct whir_params one_query = whir_small_stack;
    one_query.queries[0] = 1;
    const struct whir_rows rows = {&whir_one_round, &one_query, &whir_joint_7};
    fp difference[1 << H] = {fp_one()}; /* prod over j < ZEROS of X - x_j */
    for (uint32_t j = 0; j < ZEROS; j++) {
        for (uint32_t k = j + 1; k > 0; k--) {
            difference[k] = fp_sub(difference[k - 1], fp_mul(difference[k], gn_ntt_point(j, D)));
        }
        difference[0] = fp_sub((fp){0}, fp_mul(difference[0], gn_ntt_point(j, D)));
    }
    unsigned accepted = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct instance in;
        start(&in, &rows, 3, 1000 + seed);
        assert_int_equal(in.parts[1].h, H);
        assert_int_equal(in.parts[1].d, D);
        for (size_t x = 0; x < 1 << H; x++) {
            size_t at = in.plan.place[1] + x;
            fp6 term = fp6_mul_fp(gn_eq_bits(in.parts[1].point, x, H), difference[x]);
            ext_set(in.f, at, fp6_add_fp(ext_get(in.f, at), difference[x]));
            in.claim.stacks[1].value = fp6_add(in.claim.stacks[1].value, term);
        }
        struct gn_buffer proof = instance_prove(&in, &log);
        const struct event *drawn = NULL; /* the second draw: the main stack's queries are first */
        for (size_t i = 0, draws = 0; i < log.n && drawn == NULL; i++) {
            draws += log.event[i].squeezed && log.event[i].label == LABEL_WHIR_QUERIES;
            drawn = draws == 2 ? &log.event[i] : NULL;
        }
        assert_non_null(drawn);
        bool agrees = (drawn->bytes[0] & ((1u << D) - 1)) < ZEROS;
        assert_string_equal(gn_verdict_name(instance_verify(&in, &proof)),
                            gn_verdict_name(agrees ? GN_ACCEPT : GN_REJECT_WHIR_FINAL));
        accepted += agrees;
        gn_buffer_free(&proof);
        instance_free(&in);
    }
    assert_in_range(accepted, 1, 30); /* of 100: 15/128 are expected, less than rho = 1/8 */
}

/* A prover that changes its f when the transcript has just given a certain challenge for the nth time. */
struct change {
    struct instance *in;
    enum gn_label label;
    unsigned count;
};

static void change_f(void *ctx, const struct event *e)
{
    struct change *c = ctx;
    if (e->squeezed && e->label == c->label && c->count > 0 && --c->count == 0) {
        ext_set(c->in->copy, 0, fp6_add(ext_get(c->in->copy, 0), fp6_one()));
    }
}

static enum gn_verdict verdict_on_change(const struct whir_rows *rows, enum gn_label label, unsigned count)
{
    static struct events log;
    struct instance in;
    start(&in, rows, 4, 11);
    struct change c = {.in = &in, .label = label, .count = count};
    log.hook = change_f;
    log.hook_ctx = &c;
    struct gn_buffer proof = instance_prove(&in, &log);
    assert_int_equal(c.count, 0);
    enum gn_verdict v = instance_verify(&in, &proof);
    gn_buffer_free(&proof);
    instance_free(&in);
    return v;
}

static void rejects_a_change_of_f(void **state)
{
    (void)state;
    /* after the oracle's root: the out-of-domain value, the sums and all later oracles follow another f */
    assert_int_equal(verdict_on_change(&one_round, LABEL_OOD_POINT, 1), GN_REJECT_WHIR_QUERY);
    assert_int_equal(verdict_on_change(&two_rounds, LABEL_OOD_POINT, 1), GN_REJECT_WHIR_FINAL);
    assert_int_equal(verdict_on_change(&two_rounds, LABEL_OOD_POINT, 2), GN_REJECT_WHIR_QUERY);
    /* after the out-of-domain value: the sum breaks too, but the rows are looked at before it */
    assert_int_equal(verdict_on_change(&one_round, LABEL_WHIR_BETA, 1), GN_REJECT_WHIR_QUERY);
    /* the last round before the final polynomial: it alone is altered */
    assert_int_equal(verdict_on_change(&one_round, LABEL_WHIR_CHALLENGE, 3), GN_REJECT_WHIR_QUERY);
    assert_int_equal(verdict_on_change(&three_rounds, LABEL_WHIR_CHALLENGE, 8), GN_REJECT_WHIR_QUERY);
    /* the final polynomial is right, the rounds behind it are not: for them f is changed too late to be noticed by
     * rows */
    assert_int_equal(verdict_on_change(&one_round, LABEL_WHIR_CHALLENGE, 4), GN_REJECT_WHIR_FINAL);
    /* two stacks: before anything is sent, where the larger one lies; and after the root */
    assert_int_equal(verdict_on_change(&joint, LABEL_WHIR_JOIN, 1), GN_REJECT_WHIR_FINAL);
    assert_int_equal(verdict_on_change(&joint_reversed, LABEL_WHIR_JOIN, 1), GN_REJECT_WHIR_FINAL);
    assert_int_equal(verdict_on_change(&joint, LABEL_OOD_POINT, 1), GN_REJECT_WHIR_QUERY);
}

/* ---- altered proofs ---- */

static void rejects_every_flipped_byte(void **state)
{
    (void)state;
    const struct whir_rows *const rows[] = {&no_rounds, &to_constant, &two_rounds, &joint, &joint_reversed};
    for (size_t i = 0; i < 5; i++) {
        struct instance in;
        start(&in, rows[i], 3, 21 + i);
        struct gn_buffer proof = instance_prove(&in, NULL);
        for (size_t at = 0; at < proof.size; at++) {
            uint8_t saved = proof.data[at];
            proof.data[at] ^= (uint8_t)(1u << at % 8);
            enum gn_verdict v = instance_verify(&in, &proof);
            assert_true(v == GN_REJECT_NONCANONICAL || v == GN_REJECT_GRIND || v == GN_REJECT_MERKLE ||
                        v == GN_REJECT_WHIR_QUERY || v == GN_REJECT_WHIR_FINAL || v == GN_REJECT_TRUNCATED ||
                        v == GN_REJECT_TRAILING);
            proof.data[at] = saved;
        }
        gn_buffer_free(&proof);
        instance_free(&in);
    }
}

static void check_truncations(const struct whir_rows *rows)
{
    struct instance in;
    start(&in, rows, 3, 31);
    struct gn_buffer proof = instance_prove(&in, NULL);
    for (size_t n = 0; n < proof.size; n += n % 7 + 1) {
        assert_int_equal(instance_verify(&in, &(struct gn_buffer){.data = proof.data, .size = n}), GN_REJECT_TRUNCATED);
    }
    gn_buffer_free(&proof);
    instance_free(&in);
}

static void rejects_every_truncation(void **state)
{
    (void)state;
    check_truncations(&two_rounds);
    check_truncations(&joint);
}

/* The verifier's squeezes are overwritten with those of the honest run. */
static void replay(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    size_t *next = ctx;
    bool squeezed = what == GN_OBSERVE_SQUEEZE;
    if (what == GN_OBSERVE_PART || *next == honest.n) {
        return;
    }
    const struct event *e = &honest.event[(*next)++];
    assert_int_equal(squeezed, e->squeezed);
    assert_int_equal(label, e->label);
    assert_int_equal(n, e->n);
    if (squeezed) {
        memcpy(bytes, e->bytes, n);
    }
}

static enum gn_verdict frozen_verdict(const struct instance *in, const struct gn_buffer *proof)
{
    size_t next = 0;
    return instance_verdict(in, proof->data, proof->size, replay, &next, gn_whir_verify_scratch());
}

/* the label under which a byte of the proof was absorbed; 0 for a byte of an opening */
static enum gn_label label_of(size_t at)
{
    for (size_t i = 0; i < honest.n; i++) {
        const struct event *e = &honest.event[i];
        if (!e->squeezed && at >= e->at && at - e->at < e->n) {
            return e->label;
        }
    }
    return (enum gn_label)0;
}

static enum gn_verdict expected_verdict(enum gn_label label)
{
    switch (label) {
    case LABEL_OOD_VALUE:
    case LABEL_WHIR_ROUND:
        return GN_REJECT_WHIR_FINAL;
    case LABEL_WHIR_FINAL:
        return GN_REJECT_WHIR_QUERY;
    case LABEL_NONCE:
        return GN_REJECT_GRIND;
    default: /* roots, rows, siblings */
        return GN_REJECT_MERKLE;
    }
}

/* Every word of the proof, changed alone, runs into its own check.  (A nonce may by luck be as good as the honest
 * one.) */
static void rejects_under_frozen_challenges(void **state)
{
    (void)state;
    const struct whir_rows *const rows[] = {&no_rounds, &one_round, &three_rounds, &joint, &joint_reversed};
    for (unsigned i = 0; i < 5; i++) {
        struct instance in;
        start(&in, rows[i], 3, 41 + i);
        struct gn_buffer proof = instance_prove(&in, &honest);
        assert_int_equal(frozen_verdict(&in, &proof), GN_ACCEPT);
        unsigned lucky = 0;
        for (size_t at = 0; at < proof.size; at += 4) {
            enum gn_verdict expected = expected_verdict(label_of(at));
            proof.data[at] ^= 1;
            enum gn_verdict v = frozen_verdict(&in, &proof);
            if (expected == GN_REJECT_GRIND && v == GN_ACCEPT) {
                lucky++;
            } else {
                assert_string_equal(gn_verdict_name(v), gn_verdict_name(expected));
            }
            proof.data[at] ^= 1;
        }
        assert_in_range(lucky, 0, 2);
        gn_buffer_free(&proof);
        instance_free(&in);
    }
}

/* ---- the caller's side ---- */

static void asks_for_enough_scratch(void **state)
{
    (void)state;
    struct instance in;
    start(&in, &two_rounds, 3, 51);
    struct gn_buffer proof = instance_prove(&in, NULL);
    for (size_t n = 0; n < 24000; n += 1000) {
        enum gn_verdict v = instance_verdict(&in, proof.data, proof.size, NULL, NULL, n);
        assert_true(v == GN_REJECT_SCRATCH || (v == GN_ACCEPT && n > 16000));
    }
    gn_buffer_free(&proof);
    instance_free(&in);
}

static void refuses_impossible_widths(void **state)
{
    (void)state;
    struct instance in;
    start(&in, &joint, 3, 61);
    struct gn_buffer proof = instance_prove(&in, NULL);
    const uint32_t wrong[] = {0, 17}; /* none, more than 2^k0 */
    for (uint32_t s = 0; s < 2; s++) {
        uint32_t saved = in.claim.stacks[s].columns;
        for (size_t i = 0; i < 2; i++) {
            in.claim.stacks[s].columns = wrong[i];
            assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
        }
        in.claim.stacks[s].columns = saved;
    }
    assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
    gn_buffer_free(&proof);
    instance_free(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_a_false_value),           cmocka_unit_test(rejects_another_claim),
        cmocka_unit_test(rejects_a_corrupted_stack),       cmocka_unit_test(rejects_a_change_of_f),
        cmocka_unit_test(rejects_every_flipped_byte),      cmocka_unit_test(rejects_every_truncation),
        cmocka_unit_test(rejects_under_frozen_challenges), cmocka_unit_test(asks_for_enough_scratch),
        cmocka_unit_test(refuses_impossible_widths),       cmocka_unit_test(rejects_values_that_even_out),
        cmocka_unit_test(rejects_exchanged_stacks),        cmocka_unit_test(a_query_sees_another_polynomial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
