/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_whir_fixture.h - one or two small committed stacks with a claim on each, their proof, and what the verifier says.
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

/* for two stacks: entries i = 0 of a stack's row, and rows for what both make */
static const struct whir_params whir_small_stack = {
    .m = 8, .k0 = 4, .mu0 = 3, .k = {4}, .mu = {3}, .queries = {9}, .grind = {5}, .final_log2 = 4};
static const struct whir_params whir_large_stack = {
    .m = 10, .k0 = 3, .mu0 = 2, .k = {3}, .mu = {2}, .queries = {12}, .grind = {2}, .final_log2 = 7};
static const struct whir_params whir_joint_5 = {
    .m = 5, .rounds = 1, .k = {0, 5}, .mu = {0, 3}, .queries = {0, 4}, .grind = {0, 6}, .final_log2 = 0};
static const struct whir_params whir_joint_7 = {
    .m = 7, .rounds = 1, .k = {0, 3}, .mu = {0, 4}, .queries = {0, 6}, .grind = {0, 4}, .final_log2 = 4};
static const struct whir_params whir_joint_wide = {
    .m = 7, .rounds = 1, .k = {0, 2}, .mu = {0, 3}, .queries = {0, 6}, .grind = {0, 4}, .final_log2 = 5};
static const struct whir_params whir_joint_8 = {
    .m = 8, .rounds = 2, .k = {0, 4, 2}, .mu = {0, 3, 4}, .queries = {0, 8, 6}, .grind = {0, 3, 4}, .final_log2 = 2};

/* One set of rows: main alone, or with a preprocessed stack. */
struct whir_rows {
    const struct whir_params *main, *preprocessed, *joint;
};
static const struct whir_rows whir_all_rows[] = {
    {&whir_no_rounds, NULL, NULL},
    {&whir_one_row, NULL, NULL},
    {&whir_to_constant, NULL, NULL},
    {&whir_one_round, NULL, NULL},
    {&whir_two_rounds, NULL, NULL},
    {&whir_three_rounds, NULL, NULL},
    {&whir_one_round, &whir_small_stack, &whir_joint_7},    /* the main stack is larger */
    {&whir_no_rounds, &whir_large_stack, &whir_joint_8},    /* the preprocessed one is */
    {&whir_one_round, &whir_small_stack, &whir_joint_wide}, /* the smaller one fills half of a column of oracle 1 */
    {&whir_small_stack, &whir_small_stack, &whir_joint_5},  /* equal ones */
};
#define WHIR_ROWS (sizeof whir_all_rows / sizeof whir_all_rows[0])

/* a stack and what is claimed of it; struct whir_stack of the claim points here */
struct part {
    unsigned h, d;
    uint32_t *columns[16], *code[16]; /* f_w and their code words */
    digest *tree;
    fp6 *theta_weights, *point;
};

struct instance {
    struct whir_plan plan;
    struct whir_claim claim;
    struct part parts[WHIR_STACKS];
    struct gn_arena arena;
    struct gn_twiddles *t;
    struct gn_work work;
    uint32_t *f;    /* f_1: sum_w e_w f_w of each stack */
    uint32_t *copy; /* what the prover destroys */
};

static inline void *instance_alloc(struct instance *in, size_t bytes)
{
    void *p = gn_arena_alloc(&in->arena, bytes);
    assert_non_null(p);
    return p;
}

/* the code words of a stack and its tree, from what its columns hold now */
static inline void instance_encode(struct instance *in, uint32_t s)
{
    struct part *p = &in->parts[s];
    gn_ntt_encode_columns(p->code, (const uint32_t *const *)p->columns, in->claim.stacks[s].columns, p->h, p->d, in->t,
                          in->work.pool, in->work.isa);
}

static inline void instance_commit(struct instance *in, uint32_t s)
{
    struct part *p = &in->parts[s];
    gn_merkle_commit(p->tree, (const uint32_t *const *)p->code, in->claim.stacks[s].columns, p->d, &in->work);
}

static inline void part_init(struct instance *in, uint32_t s, uint32_t columns, struct random *r)
{
    const struct whir_params *row = in->plan.stacks[s];
    struct part *p = &in->parts[s];
    p->h = gn_whir_vars(row);
    p->d = gn_whir_rows_log2(row);
    in->claim.stacks[s].columns = columns;
    size_t n = (size_t)1 << p->h;
    for (uint32_t w = 0; w < columns; w++) {
        p->columns[w] = instance_alloc(in, n * sizeof(uint32_t));
        p->code[w] = instance_alloc(in, sizeof(uint32_t) << p->d);
        random_cells(r, p->columns[w], n);
    }
    p->tree = instance_alloc(in, gn_merkle_nodes(p->d) * sizeof(digest));
    instance_encode(in, s);
    instance_commit(in, s);

    p->theta_weights = instance_alloc(in, columns * sizeof(fp6));
    p->point = instance_alloc(in, WHIR_MAX_VARS * sizeof(fp6));
    for (uint32_t w = 0; w < columns; w++) {
        p->theta_weights[w] = random_fp6(r); /* eq weights or not: the protocol does not ask */
    }
    for (unsigned i = 0; i < p->h; i++) {
        p->point[i] = random_fp6(r);
    }
    fp6 value = fp6_zero();
    for (size_t x = 0; x < n; x++) {
        fp6 sum = fp6_zero();
        for (uint32_t w = 0; w < columns; w++) {
            sum = fp6_add(sum, fp6_mul_fp(p->theta_weights[w], fp_from_cell(p->columns[w][x])));
        }
        ext_set(in->f, in->plan.place[s] + x, sum);
        value = fp6_add(value, gn_fp6_mul(sum, gn_eq_bits(p->point, x, p->h)));
    }
    in->claim.stacks[s].weights = p->theta_weights;
    in->claim.stacks[s].point = p->point;
    in->claim.stacks[s].value = value;
}

/* columns: of the main stack; of another one beside it as many as it may have, up to 5 */
static inline void instance_init(struct instance *in, const struct whir_rows *rows, uint32_t columns, uint64_t seed,
                                 struct gn_pool *pool, enum gn_isa isa)
{
    struct random r = {seed};
    memset(in, 0, sizeof *in);
    assert_true(gn_whir_plan(&in->plan, rows->main, rows->preprocessed, rows->joint));
    assert_int_equal(gn_arena_init(&in->arena, (size_t)32 << 20, NULL), GN_OK);
    assert_int_equal(gn_twiddles_create(&in->t, 16, NULL), GN_OK);
    assert_true(gn_whir_domain(&in->plan) <= 16);
    in->work = (struct gn_work){.arena = &in->arena, .pool = pool, .isa = isa};
    in->claim.plan = &in->plan;
    size_t n = (size_t)1 << in->plan.vars;
    in->f = instance_alloc(in, ext_words(n) * sizeof(uint32_t));
    in->copy = instance_alloc(in, ext_words(n) * sizeof(uint32_t));
    random_ext(&r, in->f, n); /* the padding of a short vector holds anything */
    for (size_t x = 0; x < n; x++) {
        ext_set(in->f, x, fp6_zero());
    }
    part_init(in, 0, columns, &r);
    if (in->plan.stacks_n > 1) {
        part_init(in, 1, 5, &r);
    }
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
    struct whir_oracle oracles[WHIR_STACKS];
    gn_transcript_init(&s.transcript);
    for (uint32_t i = 0; i < in->plan.stacks_n; i++) {
        const struct part *p = &in->parts[i];
        oracles[i] = (struct whir_oracle){.columns = (const uint32_t *const *)p->code, .tree = p->tree};
        gn_transcript_absorb(&s.transcript, LABEL_ROOT, p->tree[1].b, sizeof(digest));
    }
    if (log != NULL) {
        log->n = 0;
        log->proof = &proof;
        s.transcript.observer = events_record;
        s.transcript.observer_ctx = log;
    }

    memcpy(in->copy, in->f, ext_words((size_t)1 << in->plan.vars) * sizeof(uint32_t));
    gn_arena_mark mark = gn_arena_get_mark(&in->arena);
    in->arena.peak = mark;
    assert_int_equal(gn_whir_prove(&in->claim, oracles, in->copy, &s, in->t, &in->work), GN_OK);
    assert_int_equal(gn_arena_get_mark(&in->arena), mark);
    assert_true(in->arena.peak - mark <= gn_whir_footprint(&in->plan));
    assert_false(proof.failed);
    return proof;
}

/* The verdict on these proof bytes, scratch_n bytes of scratch being given; it also says whether all of the proof was
 * read. */
static inline enum gn_verdict instance_verdict(const struct instance *in, const uint8_t *proof, size_t n,
                                               gn_transcript_observer *observer, void *ctx, size_t scratch_n)
{
    static unsigned char memory[1 << 20];
    assert_true(scratch_n <= sizeof memory);
    struct gn_scratch scratch = {.base = memory, .size = scratch_n};
    struct gn_receiver r = {.proof = proof, .size = n};
    digest roots[WHIR_STACKS];
    gn_transcript_init(&r.transcript);
    for (uint32_t i = 0; i < in->plan.stacks_n; i++) {
        roots[i] = in->parts[i].tree[1];
        gn_transcript_absorb(&r.transcript, LABEL_ROOT, roots[i].b, sizeof(digest));
    }
    r.transcript.observer = observer;
    r.transcript.observer_ctx = ctx;
    bool ok = gn_whir_verify(&in->claim, roots, &r, &scratch);
    assert_int_equal(ok, r.verdict == GN_ACCEPT);
    assert_int_equal(scratch.used, 0);
    return ok && r.at < n ? GN_REJECT_TRAILING : r.verdict;
}

static inline enum gn_verdict instance_verify(const struct instance *in, const struct gn_buffer *proof)
{
    return instance_verdict(in, proof->data, proof->size, NULL, NULL, gn_whir_verify_scratch());
}

#endif
