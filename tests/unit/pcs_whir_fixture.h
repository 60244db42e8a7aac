/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_whir_fixture.h - a small committed stack with a claim on it, its proof, and what the verifier says.
 *
 * Parameter rows here are far too weak to be sound, but every path is taken; queries are few enough that most points of
 * a domain are not asked, many enough that a word far from the code is caught with the fixed seeds. */
#ifndef GN_TESTS_PCS_WHIR_FIXTURE_H
#define GN_TESTS_PCS_WHIR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "field/ext.h"
#include "pcs/merkle.h"
#include "pcs/whir.h"
#include "poly/eq.h"
#include "unit/field_random.h"

static const struct whir_params whir_no_rounds = {
    .m = 8, .k0 = 4, .mu0 = 3, .queries = {9}, .grind = {3}, .final_log2 = 4};
static const struct whir_params whir_one_row = {.m = 4, .k0 = 4, .mu0 = 1, .queries = {2}, .final_log2 = 0};
static const struct whir_params whir_to_constant = {.m = 7,
                                                    .k0 = 4,
                                                    .mu0 = 2,
                                                    .rounds = 1,
                                                    .k = {4, 3},
                                                    .mu = {2, 4},
                                                    .queries = {8, 5},
                                                    .grind = {0, 4},
                                                    .final_log2 = 0};
static const struct whir_params whir_one_round = {.m = 10,
                                                  .k0 = 4,
                                                  .mu0 = 2,
                                                  .rounds = 1,
                                                  .k = {4, 3},
                                                  .mu = {2, 4},
                                                  .queries = {10, 6},
                                                  .grind = {4, 4},
                                                  .final_log2 = 3};
static const struct whir_params whir_two_rounds = {.m = 12,
                                                   .k0 = 3,
                                                   .mu0 = 1,
                                                   .rounds = 2,
                                                   .k = {3, 3, 3},
                                                   .mu = {1, 2, 4},
                                                   .queries = {20, 10, 6},
                                                   .grind = {5, 0, 3},
                                                   .final_log2 = 3};
static const struct whir_params whir_three_rounds = {.m = 14,
                                                     .k0 = 4,
                                                     .mu0 = 1,
                                                     .rounds = 3,
                                                     .k = {4, 2, 5, 1},
                                                     .mu = {1, 2, 4, 6},
                                                     .queries = {20, 10, 5, 4},
                                                     .grind = {4, 4, 4, 4},
                                                     .final_log2 = 2};

struct instance {
    struct whir_claim claim;
    unsigned h, d;
    struct gn_arena arena;
    struct gn_twiddles *t;
    struct gn_work work;
    uint32_t *columns[16], *code[16]; /* f_w and their code words */
    digest *tree;
    fp6 *theta_weights, *point;
    uint32_t *f;    /* sum_w e_w f_w */
    uint32_t *copy; /* what the prover destroys */
};

static inline void *instance_alloc(struct instance *in, size_t bytes)
{
    void *p = gn_arena_alloc(&in->arena, bytes);
    assert_non_null(p);
    return p;
}

/* oracle 0 and its tree, from what in->columns hold now */
static inline void instance_encode(struct instance *in)
{
    gn_ntt_encode_columns(in->code, (const uint32_t *const *)in->columns, in->claim.columns, in->h, in->d, in->t,
                          in->work.pool, in->work.isa);
}

static inline void instance_commit(struct instance *in)
{
    gn_merkle_commit(in->tree, (const uint32_t *const *)in->code, in->claim.columns, in->d, &in->work);
}

static inline fp6 ext_multilinear_at(const uint32_t *f, const fp6 *z, unsigned n)
{
    fp6 sum = fp6_zero();
    for (size_t x = 0; x < (size_t)1 << n; x++) {
        sum = fp6_add(sum, gn_fp6_mul(ext_get(f, x), gn_eq_bits(z, x, n)));
    }
    return sum;
}

static inline void instance_init(struct instance *in, const struct whir_params *p, uint32_t columns, uint64_t seed,
                                 struct gn_pool *pool, enum gn_isa isa)
{
    struct random r = {seed};
    memset(in, 0, sizeof *in);
    in->h = gn_whir_vars(p);
    in->d = in->h + p->mu0;
    assert_int_equal(gn_arena_init(&in->arena, (size_t)32 << 20, NULL), GN_OK);
    assert_int_equal(gn_twiddles_create(&in->t, 16, NULL), GN_OK);
    in->work = (struct gn_work){.arena = &in->arena, .pool = pool, .isa = isa};
    in->claim = (struct whir_claim){.params = p, .columns = columns};

    size_t n = (size_t)1 << in->h;
    for (uint32_t w = 0; w < columns; w++) {
        in->columns[w] = instance_alloc(in, n * sizeof(uint32_t));
        in->code[w] = instance_alloc(in, sizeof(uint32_t) << in->d);
        random_cells(&r, in->columns[w], n);
    }
    in->tree = instance_alloc(in, gn_merkle_nodes(in->d) * sizeof(digest));
    instance_encode(in);
    instance_commit(in);

    in->theta_weights = instance_alloc(in, columns * sizeof(fp6));
    in->point = instance_alloc(in, WHIR_MAX_VARS * sizeof(fp6));
    in->f = instance_alloc(in, ext_words(n) * sizeof(uint32_t));
    in->copy = instance_alloc(in, ext_words(n) * sizeof(uint32_t));
    for (uint32_t w = 0; w < columns; w++) {
        in->theta_weights[w] = random_fp6(&r); /* eq weights or not: the protocol does not ask */
    }
    for (unsigned i = 0; i < in->h; i++) {
        in->point[i] = random_fp6(&r);
    }
    random_ext(&r, in->f, n); /* its padding holds anything */
    for (size_t x = 0; x < n; x++) {
        fp6 sum = fp6_zero();
        for (uint32_t w = 0; w < columns; w++) {
            sum = fp6_add(sum, fp6_mul_fp(in->theta_weights[w], fp_from_cell(in->columns[w][x])));
        }
        ext_set(in->f, x, sum);
    }
    in->claim.weights = in->theta_weights;
    in->claim.point = in->point;
    in->claim.value = ext_multilinear_at(in->f, in->point, in->h);
}

static inline void instance_free(struct instance *in)
{
    gn_twiddles_destroy(in->t);
    gn_arena_free(&in->arena);
}

/* What a prover's run told its transcript: the label of every absorb and squeeze, where an absorb's bytes are in the
 * proof, what a squeeze gave. */
struct event {
    int squeezed;
    enum gn_label label;
    size_t at, n;
    uint8_t bytes[1200];
};

struct events {
    const struct gn_buffer *proof;
    struct event event[200];
    size_t n;
    void (*hook)(void *ctx, const struct event *e); /* called after each event, NULL: not; a cheating prover's hand */
    void *hook_ctx;
};

static inline void events_record(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    struct events *log = ctx;
    bool squeezed = what == GN_OBSERVE_SQUEEZE;
    if (what == GN_OBSERVE_PART) {
        return;
    }
    assert_true(log->n < sizeof log->event / sizeof log->event[0]);
    struct event *e = &log->event[log->n++];
    *e = (struct event){.squeezed = squeezed, .label = label, .at = log->proof->size, .n = n};
    if (squeezed) {
        assert_true(n <= sizeof e->bytes);
        memcpy(e->bytes, bytes, n);
    }
    if (log->hook != NULL) {
        log->hook(log->hook_ctx, e);
    }
}

static inline struct gn_buffer instance_prove(struct instance *in, struct events *log)
{
    struct gn_buffer proof = {0};
    struct gn_sender s = {.proof = &proof};
    struct whir_oracle oracle = {.columns = (const uint32_t *const *)in->code, .tree = in->tree};
    gn_transcript_init(&s.transcript);
    gn_transcript_absorb(&s.transcript, LABEL_ROOT, in->tree[1].b, sizeof(digest));
    if (log != NULL) {
        log->n = 0;
        log->proof = &proof;
        s.transcript.observer = events_record;
        s.transcript.observer_ctx = log;
    }

    memcpy(in->copy, in->f, ext_words((size_t)1 << in->h) * sizeof(uint32_t));
    gn_arena_mark mark = gn_arena_get_mark(&in->arena);
    in->arena.peak = mark;
    assert_int_equal(gn_whir_prove(&in->claim, &oracle, in->copy, &s, in->t, &in->work), GN_OK);
    assert_int_equal(gn_arena_get_mark(&in->arena), mark);
    assert_true(in->arena.peak - mark <= gn_whir_footprint(in->claim.params));
    assert_false(proof.failed);
    return proof;
}

/* The verdict on these proof bytes, scratch_n bytes of scratch being given; it also says whether all of the proof was
 * read. */
static inline enum gn_verdict instance_verdict(const struct instance *in, const uint8_t *proof, size_t n,
                                               bool preprocessed, gn_transcript_observer *observer, void *ctx,
                                               size_t scratch_n)
{
    static unsigned char memory[1 << 20];
    assert_true(scratch_n <= sizeof memory);
    struct gn_scratch scratch = {.base = memory, .size = scratch_n};
    struct gn_receiver r = {.proof = proof, .size = n};
    gn_transcript_init(&r.transcript);
    gn_transcript_absorb(&r.transcript, LABEL_ROOT, in->tree[1].b, sizeof(digest));
    r.transcript.observer = observer;
    r.transcript.observer_ctx = ctx;
    bool ok = gn_whir_verify(&in->claim, &in->tree[1], preprocessed, &r, &scratch);
    assert_int_equal(ok, r.verdict == GN_ACCEPT);
    assert_int_equal(scratch.used, 0);
    return ok && r.at < n ? GN_REJECT_TRAILING : r.verdict;
}

static inline enum gn_verdict instance_verify(const struct instance *in, const struct gn_buffer *proof)
{
    return instance_verdict(in, proof->data, proof->size, false, NULL, NULL, gn_whir_verify_scratch());
}

#endif
