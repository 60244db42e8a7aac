/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_whir_reject_test.c - WHIR against lies, each with the verdict that names the check: cheating provers that follow
 * the protocol from a false start, altered proofs under the real transcript, and altered proofs under frozen challenges
 * (the verifier is given the honest run's challenges, so that not the transcript but the check itself must fail). */
#include "unit/pcs_whir_fixture.h"

static struct events honest; /* what the honest prover of a test told its transcript */

static void start(struct instance *in, const struct whir_params *p, uint32_t columns, uint64_t seed)
{
    instance_init(in, p, columns, seed, NULL, gn_isa_best());
}

static void assert_prover_verdict(struct instance *in, struct events *log, enum gn_verdict expected)
{
    struct gn_buffer proof = instance_prove(in, log);
    assert_string_equal(gn_verdict_name(instance_verify(in, &proof)), gn_verdict_name(expected));
    gn_buffer_free(&proof);
}

/* ---- cheating provers ---- */

static const struct whir_params *const all_rows[] = {&whir_no_rounds, &whir_one_row,    &whir_to_constant,
                                                     &whir_one_round, &whir_two_rounds, &whir_three_rounds};
#define ROWS (sizeof all_rows / sizeof all_rows[0])

static void rejects_a_false_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct instance in;
        start(&in, all_rows[i], 3, i);
        assert_prover_verdict(&in, NULL, GN_ACCEPT);
        in.claim.value.c[5] = fp_add(in.claim.value.c[5], fp_one());
        assert_prover_verdict(&in, NULL, GN_REJECT_WHIR_FINAL);
        instance_free(&in);
    }
}

/* one coordinate, one weight of the claim changed under the prover */
static void rejects_another_claim(void **state)
{
    (void)state;
    struct instance in;
    start(&in, &whir_two_rounds, 8, 1);
    struct gn_buffer proof = instance_prove(&in, NULL);
    for (unsigned i = 0; i < in.h; i++) {
        fp6 saved = in.point[i];
        in.point[i] = fp6_add(saved, fp6_one());
        assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
        in.point[i] = saved;
    }
    for (uint32_t w = 0; w < 8; w++) {
        fp6 saved = in.theta_weights[w];
        in.theta_weights[w] = fp6_add(saved, fp6_one());
        assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
        in.theta_weights[w] = saved;
    }
    assert_int_equal(instance_verify(&in, &proof), GN_ACCEPT);
    gn_buffer_free(&proof);
    instance_free(&in);
}

/* Oracle 0 is not what f says: a column far from the code, or only another polynomial.  With rounds the opened rows are
 * claims about f and the sum breaks; without, they are compared with f itself. */
static void rejects_a_corrupted_stack(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        enum gn_verdict expected = all_rows[i]->rounds == 0 ? GN_REJECT_WHIR_QUERY : GN_REJECT_WHIR_FINAL;
        struct random r = {i};
        struct instance in;
        start(&in, all_rows[i], 4, i);
        random_cells(&r, in.code[2], (size_t)1 << in.d);
        instance_commit(&in);
        assert_prover_verdict(&in, NULL, expected);

        in.columns[1][0] ^= 1;
        instance_encode(&in);
        instance_commit(&in);
        assert_prover_verdict(&in, NULL, expected);
        instance_free(&in);
    }
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

static enum gn_verdict verdict_on_change(const struct whir_params *p, enum gn_label label, unsigned count)
{
    static struct events log;
    struct instance in;
    start(&in, p, 4, 11);
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
    assert_int_equal(verdict_on_change(&whir_one_round, LABEL_OOD_POINT, 1), GN_REJECT_WHIR_QUERY);
    assert_int_equal(verdict_on_change(&whir_two_rounds, LABEL_OOD_POINT, 1), GN_REJECT_WHIR_FINAL);
    assert_int_equal(verdict_on_change(&whir_two_rounds, LABEL_OOD_POINT, 2), GN_REJECT_WHIR_QUERY);
    /* after the out-of-domain value: the sum breaks too, but the rows are looked at before it */
    assert_int_equal(verdict_on_change(&whir_one_round, LABEL_WHIR_BETA, 1), GN_REJECT_WHIR_QUERY);
    /* the last round before the final polynomial: it alone is altered */
    assert_int_equal(verdict_on_change(&whir_one_round, LABEL_WHIR_CHALLENGE, 3), GN_REJECT_WHIR_QUERY);
    assert_int_equal(verdict_on_change(&whir_three_rounds, LABEL_WHIR_CHALLENGE, 8), GN_REJECT_WHIR_QUERY);
    /* the final polynomial is right, the rounds behind it are not: for them f is changed too late to be noticed by
     * rows */
    assert_int_equal(verdict_on_change(&whir_one_round, LABEL_WHIR_CHALLENGE, 4), GN_REJECT_WHIR_FINAL);
}

/* ---- altered proofs ---- */

static void rejects_every_flipped_byte(void **state)
{
    (void)state;
    const struct whir_params *const rows[] = {&whir_no_rounds, &whir_to_constant, &whir_two_rounds};
    for (size_t i = 0; i < 3; i++) {
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

static void rejects_every_truncation(void **state)
{
    (void)state;
    struct instance in;
    start(&in, &whir_two_rounds, 3, 31);
    struct gn_buffer proof = instance_prove(&in, NULL);
    for (size_t n = 0; n < proof.size; n += n % 7 + 1) {
        assert_int_equal(instance_verify(&in, &(struct gn_buffer){.data = proof.data, .size = n}), GN_REJECT_TRUNCATED);
    }
    gn_buffer_free(&proof);
    instance_free(&in);
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

static enum gn_verdict frozen_verdict(const struct instance *in, const struct gn_buffer *proof, bool preprocessed)
{
    size_t next = 0;
    return instance_verdict(in, proof->data, proof->size, preprocessed, replay, &next, gn_whir_verify_scratch());
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

static enum gn_verdict expected_verdict(enum gn_label label, bool preprocessed)
{
    switch (label) {
    case LABEL_OOD_VALUE:
    case LABEL_WHIR_ROUND:
        return preprocessed ? GN_REJECT_PRE_WHIR_FINAL : GN_REJECT_WHIR_FINAL;
    case LABEL_WHIR_FINAL:
        return preprocessed ? GN_REJECT_PRE_WHIR_QUERY : GN_REJECT_WHIR_QUERY;
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
    const struct whir_params *const rows[] = {&whir_no_rounds, &whir_one_round, &whir_three_rounds};
    for (unsigned i = 0; i < 6; i++) {
        bool preprocessed = i >= 3;
        struct instance in;
        start(&in, rows[i % 3], 3, 41 + i);
        struct gn_buffer proof = instance_prove(&in, &honest);
        assert_int_equal(frozen_verdict(&in, &proof, preprocessed), GN_ACCEPT);
        unsigned lucky = 0;
        for (size_t at = 0; at < proof.size; at += 4) {
            enum gn_verdict expected = expected_verdict(label_of(at), preprocessed);
            proof.data[at] ^= 1;
            enum gn_verdict v = frozen_verdict(&in, &proof, preprocessed);
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
    start(&in, &whir_two_rounds, 3, 51);
    struct gn_buffer proof = instance_prove(&in, NULL);
    for (size_t n = 0; n < 24000; n += 1000) {
        enum gn_verdict v = instance_verdict(&in, proof.data, proof.size, false, NULL, NULL, n);
        assert_true(v == GN_REJECT_SCRATCH || (v == GN_ACCEPT && n > 16000));
    }
    gn_buffer_free(&proof);
    instance_free(&in);
}

static void refuses_impossible_rows(void **state)
{
    (void)state;
    struct instance in;
    start(&in, &whir_two_rounds, 3, 61);
    struct gn_buffer proof = instance_prove(&in, NULL);
    struct whir_params p = whir_two_rounds;
    p.final_log2++;
    in.claim.params = &p;
    assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
    in.claim.params = &whir_two_rounds;
    in.claim.columns = 9; /* more than 2^k0 */
    assert_int_equal(instance_verify(&in, &proof), GN_REJECT_WHIR_FINAL);
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
        cmocka_unit_test(refuses_impossible_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
