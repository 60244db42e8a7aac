/* SPDX-License-Identifier: Apache-2.0 */
/* Fiat-Shamir: everything that the prover says is absorbed before the next challenge.
 *
 *   census     the sequence of absorbs and squeezes is the same in prover and verifier, and is the one in
 *              gen/transcript_labels.txt; every byte of the proof is absorbed or belongs to an opening, and the
 *              counts add up
 *   statement  each byte of key, statement, heights and pages changes the first challenge
 *   frozen     a message is changed so that all checks hold under the honest challenges: with these challenges
 *              replayed the proof must pass, with real ones it must fail.  A message that were not absorbed would
 *              pass both ways. */
#include "cm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "field/fp6.h"
#include "hash/transcript.h"
#include "poly/eq.h"
#include "proof/container.h"
#include "support/proven.h"

/* ---- recording ---- */

struct event {
    int squeezed;
    enum gn_label label;
    size_t n, filled;
    uint8_t *bytes;
};
struct record {
    struct event events[4096];
    size_t n;
};

static void recorder(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct record *r = ctx;
    if (what == GN_OBSERVE_PART) {
        struct event *e = &r->events[r->n - 1];
        assert_true(e->label == label && e->filled + n <= e->n);
        memcpy(e->bytes + e->filled, bytes, n);
        e->filled += n;
        return;
    }
    assert_true(r->n < sizeof r->events / sizeof r->events[0]);
    struct event *e = &r->events[r->n++];
    *e = (struct event){what == GN_OBSERVE_SQUEEZE, label, n, 0, malloc(n == 0 ? 1 : n)};
    assert_non_null(e->bytes);
    if (what == GN_OBSERVE_SQUEEZE) {
        memcpy(e->bytes, bytes, n);
        e->filled = n;
    }
}

static void forget(struct record *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->events[i].bytes);
    }
    r->n = 0;
}

static struct record prover_record, verifier_record;

static enum gn_verdict verify_observed(struct proven *p, gn_transcript_observer *observer, void *ctx)
{
    return gn_verify_observed(p->system, &p->id, &p->witness.statement, p->proof.data, p->proof.size, p->scratch,
                              p->scratch_n, observer, ctx);
}

static void open_recorded(struct proven *p, const char *machine, uint32_t size)
{
    proven_open(p, machine, size);
    p->options.observer = recorder;
    p->options.observer_ctx = &prover_record;
    forget(&prover_record);
    forget(&verifier_record);
    assert_int_equal(proven_prove(p), GN_OK);
    p->options.observer = NULL;
    assert_verdict(verify_observed(p, recorder, &verifier_record), GN_ACCEPT);
}

/* ---- census ---- */

static void same_sequence_in_prover_and_verifier(void **state)
{
    (void)state;
    for (unsigned m = 0; m < machines_n; m++) {
        struct proven p;
        open_recorded(&p, machines[m].name, 40);
        assert_int_equal(prover_record.n, verifier_record.n);
        for (size_t i = 0; i < prover_record.n; i++) {
            const struct event *a = &prover_record.events[i], *b = &verifier_record.events[i];
            if (a->squeezed != b->squeezed || a->label != b->label || a->n != b->n ||
                memcmp(a->bytes, b->bytes, a->n) != 0) {
                fail_msg("%s: event %zu differs: %s %zu against %s %zu", machines[m].name, i, gn_label_name(a->label),
                         a->n, gn_label_name(b->label), b->n);
            }
        }
        proven_close(&p);
    }
}

/* Consecutive equal events are folded, so that the file reads like docs/protocol.md. */
static void print_sequence(FILE *out, const struct record *r)
{
    for (size_t i = 0; i < r->n;) {
        size_t period = 1, times = 1;
        for (size_t q = 1; q <= 4; q++) { /* rounds: (send, challenge) pairs */
            size_t k = 1;
            for (;; k++) {
                bool same = i + (k + 1) * q <= r->n;
                for (size_t j = 0; same && j < q; j++) {
                    const struct event *a = &r->events[i + j], *b = &r->events[i + k * q + j];
                    same = a->squeezed == b->squeezed && a->label == b->label && a->n == b->n;
                }
                if (!same) {
                    break;
                }
            }
            if (k > 1 && k * q > times * period) {
                period = q;
                times = k;
            }
        }
        fprintf(out, "%zu x", times);
        for (size_t j = 0; j < period; j++) {
            const struct event *e = &r->events[i + j];
            fprintf(out, "  %s %s %zu", e->squeezed ? "squeeze" : "absorb", gn_label_name(e->label), e->n);
        }
        fputc('\n', out);
        i += period * times;
    }
}

static void label_sequence_is_pinned(void **state)
{
    const char *update = *state;
    struct proven p;
    open_recorded(&p, "examples", 40);
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    print_sequence(f, &verifier_record);
    fclose(f);
    if (update != NULL) {
        FILE *out = fopen(update, "w");
        assert_non_null(out);
        fwrite(text, 1, n, out);
        fclose(out);
    } else {
        FILE *golden = fopen(GN_SOURCE_DIR "/gen/transcript_labels.txt", "r");
        assert_non_null(golden);
        char *expected = calloc(1, n + 2);
        size_t got = fread(expected, 1, n + 1, golden);
        fclose(golden);
        if (got != n || memcmp(expected, text, n) != 0) {
            fail_msg("the label sequence differs from gen/transcript_labels.txt; it is now:\n%s", text);
        }
        free(expected);
    }
    free(text);
    proven_close(&p);
}

/* header and shape are absorbed from their checked form; every other byte is a send (absorbed), a nonce (absorbed), or
 * an opening */
static void every_send_is_counted(void **state)
{
    (void)state;
    struct proven p;
    open_recorded(&p, "fib", 40);
    static const enum gn_label sends[] = {LABEL_ROOT,       LABEL_OOD_VALUE, LABEL_GKR_ROOT,   LABEL_GKR_ROUND,
                                          LABEL_GKR_CLAIMS, LABEL_ZC_SUMS,   LABEL_ZC_SKIP,    LABEL_ZC_ROUND,
                                          LABEL_ZC_CLAIMS,  LABEL_RED_ROUND, LABEL_RED_VALUES, LABEL_WHIR_ROUND,
                                          LABEL_WHIR_FINAL, LABEL_NONCE};
    size_t sent = 0;
    for (size_t i = 0; i < verifier_record.n; i++) {
        const struct event *e = &verifier_record.events[i];
        for (unsigned s = 0; !e->squeezed && s < sizeof sends / sizeof sends[0]; s++) {
            if (e->label == sends[s]) {
                sent += e->n;
                bool found = false; /* literally in the proof */
                for (size_t at = 0; !found && at + e->n <= p.proof.size; at += 4) {
                    found = memcmp(p.proof.data + at, e->bytes, e->n) == 0;
                }
                assert_true(found);
            }
        }
    }
    size_t header = GN_PROOF_HEADER_BYTES + GN_KEY_BYTES + 4 * p.system->tables_n;
    assert_true(sent > 0 && header + sent < p.proof.size);
    /* the rest are openings: whole words, and fewer bytes than rows and paths without any pruning */
    assert_int_equal((p.proof.size - header - sent) % 4, 0);
    proven_close(&p);
}

/* ---- statement ---- */

struct first_challenge {
    bool seen;
    uint8_t bytes[64];
};
static void first_squeeze(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct first_challenge *f = ctx;
    (void)label;
    if (what == GN_OBSERVE_SQUEEZE && !f->seen) {
        f->seen = true;
        memcpy(f->bytes, bytes, n < sizeof f->bytes ? n : sizeof f->bytes);
    }
}

static void expect_other_challenge(struct proven *p, const struct first_challenge *honest, const char *what, size_t at)
{
    struct first_challenge f = {0};
    enum gn_verdict v = verify_observed(p, first_squeeze, &f);
    if (v == GN_ACCEPT || (f.seen && memcmp(f.bytes, honest->bytes, sizeof f.bytes) == 0)) {
        fail_msg("%s byte %zu: %s, and the first challenge stays", what, at, gn_verdict_name(v));
    }
}

static void every_statement_byte_changes_the_first_challenge(void **state)
{
    (void)state;
    struct proven p;
    open_recorded(&p, "examples", 300); /* 300: two pages */
    struct first_challenge honest = {0};
    assert_verdict(verify_observed(&p, first_squeeze, &honest), GN_ACCEPT);
    size_t shape_end = GN_PROOF_HEADER_BYTES + GN_KEY_BYTES + 4 * p.system->tables_n + 8;
    for (size_t i = 0; i < shape_end + 32; i++) { /* up to the main root */
        p.proof.data[i] ^= 1;
        expect_other_challenge(&p, &honest, "proof", i);
        if (i >= GN_PROOF_HEADER_BYTES && i < GN_PROOF_HEADER_BYTES + GN_KEY_BYTES) { /* under its own id */
            digest id = p.id;
            p.id = gn_key_id(p.proof.data + GN_PROOF_HEADER_BYTES);
            expect_other_challenge(&p, &honest, "key", i);
            p.id = id;
        }
        p.proof.data[i] ^= 1;
    }
    uint32_t values[16];
    assert_true(p.system->public_values_n <= 16);
    memcpy(values, p.witness.statement.values, p.system->public_values_n * sizeof *values);
    p.witness.statement.values = values;
    for (uint32_t i = 0; i < p.system->public_values_n; i++) {
        values[i] ^= 1;
        expect_other_challenge(&p, &honest, "value", i);
        values[i] ^= 1;
    }
    struct air_public_bytes bytes = p.witness.statement.bytes[0];
    uint8_t *copy = malloc(bytes.size);
    memcpy(copy, bytes.data, bytes.size);
    bytes.data = copy;
    p.witness.statement.bytes = &bytes;
    for (size_t i = 0; i < bytes.size; i++) {
        copy[i] ^= 1;
        expect_other_challenge(&p, &honest, "public", i);
        copy[i] ^= 1;
    }
    free(copy);
    proven_close(&p);
}

/* ---- frozen challenges ---- */

struct replay {
    const struct record *record;
    size_t at; /* next event */
};
static void replayer(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct replay *r = ctx;
    if (what == GN_OBSERVE_PART || r->at >= r->record->n) {
        return;
    }
    const struct event *e = &r->record->events[r->at++];
    if (what == GN_OBSERVE_SQUEEZE && e->squeezed && e->label == label && e->n == n) {
        memcpy(bytes, e->bytes, n);
    }
}

/* the k-th absorb with this label, and where its bytes stand in the proof */
static size_t find_send(const struct proven *p, enum gn_label label, unsigned k, size_t *event)
{
    size_t at = GN_PROOF_HEADER_BYTES + GN_KEY_BYTES;
    for (size_t i = 0; i < verifier_record.n; i++) {
        const struct event *e = &verifier_record.events[i];
        if (e->squeezed || e->n < FP6_BYTES || e->label <= LABEL_PAGES) {
            continue;
        }
        while (at + e->n <= p->proof.size && memcmp(p->proof.data + at, e->bytes, e->n) != 0) {
            at += 4; /* openings lie between */
        }
        assert_true(at + e->n <= p->proof.size);
        if (e->label == label && k-- == 0) {
            *event = i;
            return at;
        }
        at += e->n;
    }
    fail_msg("no send number %u of %s", k, gn_label_name(label));
    return 0;
}

static fp6 challenge_after(size_t event)
{
    for (size_t i = event + 1; i < verifier_record.n; i++) {
        if (verifier_record.events[i].squeezed) {
            return gn_fp6_from_uniform(verifier_record.events[i].bytes);
        }
    }
    fail_msg("no challenge follows");
    return fp6_zero();
}

static fp6 read_ext(const uint8_t *at)
{
    fp6 x;
    assert_true(gn_fp6_read(&x, at));
    return x;
}

static void add_at(struct proven *p, size_t at, fp6 x)
{
    gn_fp6_write(p->proof.data + at, fp6_add(read_ext(p->proof.data + at), x));
}

static void accepted_frozen_rejected_live(struct proven *p, const char *what, const uint8_t *honest)
{
    struct replay replay = {&verifier_record, 0};
    enum gn_verdict frozen = verify_observed(p, replayer, &replay);
    enum gn_verdict live = proven_verify(p);
    if (frozen != GN_ACCEPT || live == GN_ACCEPT) {
        fail_msg("%s: %s with replayed challenges, %s with real ones", what, gn_verdict_name(frozen),
                 gn_verdict_name(live));
    }
    memcpy(p->proof.data, honest, p->proof.size);
}

/* A round polynomial gets another one with the same derived claim: change c_2 by 1 and c_1 so that s(r) stays.
 * s(r) = c_0 + sum c_i r^i, and c_0 falls by `share` for every unit of c_i: 1/2 in the plain form, the point's
 * coordinate in the eq form. */
static void bend_round(struct proven *p, enum gn_label label, unsigned k, const uint8_t *honest, fp6 share)
{
    size_t event, at = find_send(p, label, k, &event);
    fp6 r = challenge_after(event);
    fp6 per_c1 = fp6_sub(r, share), per_c2 = fp6_sub(gn_fp6_mul(r, r), share);
    add_at(p, at + FP6_BYTES, fp6_one());
    add_at(p, at, fp6_neg(gn_fp6_mul(per_c2, gn_fp6_inv(per_c1))));
    accepted_frozen_rejected_live(p, gn_label_name(label), honest);
}

static unsigned count_sends(enum gn_label label)
{
    unsigned n = 0;
    for (size_t i = 0; i < verifier_record.n; i++) {
        n += !verifier_record.events[i].squeezed && verifier_record.events[i].label == label;
    }
    return n;
}

static void bent_round_polynomials(void **state)
{
    (void)state;
    struct proven p;
    open_recorded(&p, "examples", 40);
    uint8_t *honest = malloc(p.proof.size);
    memcpy(honest, p.proof.data, p.proof.size);
    fp6 half = fp6_from_fp(gn_fp_inv(fp_from_cell(2)));
    static const enum gn_label plain[] = {LABEL_ZC_ROUND, LABEL_RED_ROUND, LABEL_WHIR_ROUND};
    for (unsigned l = 0; l < 3; l++) {
        unsigned n = count_sends(plain[l]);
        assert_true(n > 0);
        for (unsigned k = 0; k < n; k++) {
            bend_round(&p, plain[l], k, honest, half);
        }
    }
    /* the skip polynomial: c_1 and c_2 do not enter the sum over D, so c_0 stays */
    bend_round(&p, LABEL_ZC_SKIP, 0, honest, fp6_zero());
    free(honest);
    proven_close(&p);
}

/* GKR rounds: the eq form needs the point, which is the previous layer's (mu, rho ...). */
static void bent_gkr_rounds(void **state)
{
    (void)state;
    struct proven p;
    open_recorded(&p, "examples", 40);
    uint8_t *honest = malloc(p.proof.size);
    memcpy(honest, p.proof.data, p.proof.size);
    fp6 xi[64], rho[64];
    unsigned layer = 0, round = 0, k = 0;
    for (size_t i = 0; i < verifier_record.n; i++) {
        const struct event *e = &verifier_record.events[i];
        if (e->squeezed && e->label == LABEL_GKR_MU) {
            for (unsigned j = 0; j < round; j++) {
                xi[j + 1] = rho[j];
            }
            xi[0] = gn_fp6_from_uniform(e->bytes);
            layer++;
            round = 0;
        } else if (!e->squeezed && e->label == LABEL_GKR_ROUND) {
            bend_round(&p, LABEL_GKR_ROUND, k++, honest, xi[round]);
        } else if (e->squeezed && e->label == LABEL_GKR_CHALLENGE) {
            rho[round++] = gn_fp6_from_uniform(e->bytes);
        }
    }
    assert_true(layer > 5 && k == count_sends(LABEL_GKR_ROUND));
    free(honest);
    proven_close(&p);
}

/* p_0, p_1, q_0, q_1 of a layer: keep P and Q at mu, and the layer's identity */
static void bent_gkr_claims(void **state)
{
    (void)state;
    struct proven p;
    open_recorded(&p, "examples", 40);
    uint8_t *honest = malloc(p.proof.size);
    memcpy(honest, p.proof.data, p.proof.size);
    fp6 lambda = fp6_zero();
    unsigned k = 0;
    for (size_t i = 0; i < verifier_record.n; i++) {
        const struct event *e = &verifier_record.events[i];
        if (e->squeezed && e->label == LABEL_GKR_LAMBDA) {
            lambda = gn_fp6_from_uniform(e->bytes);
        }
        if (e->squeezed || e->label != LABEL_GKR_CLAIMS) {
            continue;
        }
        size_t event, at = find_send(&p, LABEL_GKR_CLAIMS, k++, &event);
        fp6 mu = challenge_after(event);
        fp6 old[4];
        for (int j = 0; j < 4; j++) {
            old[j] = read_ext(p.proof.data + at + (size_t)j * FP6_BYTES);
        }
        /* q_0 += 1, q_1 -= (1 - mu)/mu; p_0 += s, p_1 -= s (1 - mu)/mu */
        fp6 ratio = gn_fp6_mul(fp6_sub(fp6_one(), mu), gn_fp6_inv(mu));
        fp6 q0 = fp6_add(old[2], fp6_one()), q1 = fp6_sub(old[3], ratio);
        fp6 before = fp6_add(fp6_add(gn_fp6_mul(old[0], old[3]), gn_fp6_mul(old[1], old[2])),
                             gn_fp6_mul(lambda, gn_fp6_mul(old[2], old[3])));
        fp6 now =
            fp6_add(fp6_add(gn_fp6_mul(old[0], q1), gn_fp6_mul(old[1], q0)), gn_fp6_mul(lambda, gn_fp6_mul(q0, q1)));
        fp6 per_s = fp6_sub(q1, gn_fp6_mul(ratio, q0));
        fp6 s = gn_fp6_mul(fp6_sub(before, now), gn_fp6_inv(per_s));
        gn_fp6_write(p.proof.data + at, fp6_add(old[0], s));
        gn_fp6_write(p.proof.data + at + FP6_BYTES, fp6_sub(old[1], gn_fp6_mul(ratio, s)));
        gn_fp6_write(p.proof.data + at + 2 * FP6_BYTES, q0);
        gn_fp6_write(p.proof.data + at + 3 * FP6_BYTES, q1);
        accepted_frozen_rejected_live(&p, "GKR_CLAIMS", honest);
    }
    assert_true(k > 5);
    free(honest);
    proven_close(&p);
}

/* An opening is bound by its root: no challenge depends on it, and it must still not be changeable (bytes_test flips
 * every byte). */

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--update") == 0) {
        const struct CMUnitTest update[] = {cmocka_unit_test_prestate(label_sequence_is_pinned, argv[2])};
        return cmocka_run_group_tests(update, NULL, NULL);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_sequence_in_prover_and_verifier),
        cmocka_unit_test(label_sequence_is_pinned),
        cmocka_unit_test(every_send_is_counted),
        cmocka_unit_test(every_statement_byte_changes_the_first_challenge),
        cmocka_unit_test(bent_round_polynomials),
        cmocka_unit_test(bent_gkr_rounds),
        cmocka_unit_test(bent_gkr_claims),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
