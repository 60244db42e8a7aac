/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_open_test.c - commit, open and verify as one: honest openings of a main stack, alone or with a preprocessed one, are
 * accepted, with the same bytes for all numbers of threads and instruction sets; every byte of a small opening is flipped, every
 * length cut. */
#include "unit/pcs_stack_fixture.h"

static struct gn_pool *two_threads;

static const uint32_t next_some[] = {0, 2};
static const uint32_t pages_some[] = {1, 2, 6};

static const struct table_spec main_specs[] = {{13, 3, 2, next_some, 0, NULL},
                                               {0, 2, 0, NULL, 0, NULL},
                                               {100, 4, 2, next_some, 0, NULL},
                                               {40, 3, 0, NULL, 0, NULL}};
static const struct table_spec paged_specs[] = {{7 * 256, 2, 0, NULL, 3, pages_some}, {2 * 256, 1, 0, NULL, 0, NULL}};

/* far too weak to be sound; the grinding is there so that a flipped byte has more to get past than a few queries */
static const struct whir_params main_params = {.m = 10,
                                               .k0 = 4,
                                               .mu0 = 2,
                                               .rounds = 1,
                                               .k = {4, 3},
                                               .mu = {2, 4},
                                               .queries = {10, 6},
                                               .grind = {3, 4},
                                               .final_log2 = 3};
static const struct whir_params paged_params = {
    .m = 13, .k0 = 4, .mu0 = 2, .k = {4}, .mu = {2}, .queries = {12}, .grind = {4}, .final_log2 = 9};
static const struct whir_params joint_params = {
    .m = 10, .rounds = 2, .k = {0, 3, 3}, .mu = {0, 3, 4}, .queries = {0, 8, 6}, .grind = {0, 0, 4}, .final_log2 = 4};

/* What a test opens: the main stack, alone or with a preprocessed one beside it. */
struct specs {
    const struct table_spec *main, *paged; /* paged NULL: alone */
    uint32_t main_n, paged_n;
    const struct whir_params *main_params, *paged_params, *joint_params;
};
static const struct specs alone = {.main = main_specs, .main_n = 4, .main_params = &main_params},
                          both = {main_specs, paged_specs, 4, 2, &main_params, &paged_params, &joint_params};

struct opened {
    struct stack_fixture stacks[WHIR_STACKS];
    struct whir_plan plan;
};

static void opened_init(struct opened *o, const struct specs *specs, uint64_t seed, struct gn_pool *pool,
                        enum gn_isa isa)
{
    assert_true(gn_whir_plan(&o->plan, specs->main_params, specs->paged_params, specs->joint_params));
    stack_init(&o->stacks[0], specs->main, specs->main_n, false, specs->main_params, seed, pool, isa);
    if (o->plan.stacks_n > 1) {
        struct stack_fixture *paged = &o->stacks[1];
        stack_init(paged, specs->paged, specs->paged_n, true, specs->paged_params, seed + 100, pool, isa);
        memcpy(paged->r, o->stacks[0].r, sizeof paged->r); /* all claims are at one point */
        paged->point.skip = o->stacks[0].point.skip;
        slow_claims(paged);
    }
}

static void opened_free(struct opened *o)
{
    for (uint32_t i = 0; i < o->plan.stacks_n; i++) {
        stack_free(&o->stacks[i]);
    }
}

static void prove(struct opened *o, struct gn_buffer *proof)
{
    *proof = (struct gn_buffer){0};
    struct gn_sender s = {.proof = proof};
    struct stack_fixture *main = &o->stacks[0];
    struct pcs_commitment *const commitments[WHIR_STACKS] = {&main->commitment, &o->stacks[1].commitment};
    const struct pcs_layout *const layouts[WHIR_STACKS] = {&main->layout, &o->stacks[1].layout};
    gn_arena_mark before[WHIR_STACKS];
    gn_transcript_init(&s.transcript);
    for (uint32_t i = 0; i < o->plan.stacks_n; i++) {
        struct gn_arena *arena = &o->stacks[i].arena;
        before[i] = gn_arena_get_mark(arena);
        arena->peak = before[i];
        stack_send(&o->stacks[i], &s);
        assert_true(arena->peak - before[i] <= gn_pcs_commit_footprint(layouts[i]));
        assert_true(gn_arena_get_mark(arena) - before[i] <= gn_pcs_committed_footprint(layouts[i]));
    }
    gn_arena_mark mark = gn_arena_get_mark(&main->arena);
    main->arena.peak = mark;
    assert_int_equal(gn_pcs_open(commitments, &o->plan, &main->point, &s, main->twiddles, &main->work), GN_OK);
    assert_int_equal(gn_arena_get_mark(&main->arena), mark);
    assert_true(main->arena.peak - mark <= gn_pcs_open_footprint(layouts, &o->plan));
    assert_false(proof->failed);
    for (uint32_t i = 0; i < o->plan.stacks_n; i++) {
        gn_arena_release(&o->stacks[i].arena, before[i]);
    }
}

static enum gn_verdict verify(const struct opened *o, const uint8_t *proof, size_t n, size_t scratch_n)
{
    static unsigned char memory[1 << 21];
    static fp6 claims[WHIR_STACKS][1 << 12];
    assert_true(scratch_n <= sizeof memory);
    struct gn_scratch scratch = {.base = memory, .size = scratch_n};
    struct gn_receiver r = {.proof = proof, .size = n};
    struct pcs_opening openings[WHIR_STACKS];
    gn_transcript_init(&r.transcript);
    for (uint32_t i = 0; i < o->plan.stacks_n; i++) {
        if (!stack_take(&o->stacks[i], &openings[i], claims[i], &r, &scratch)) {
            return r.verdict;
        }
    }
    bool ok = gn_pcs_verify(openings, &o->plan, &o->stacks[0].point, &r, &scratch);
    assert_int_equal(ok, r.verdict == GN_ACCEPT);
    return ok && r.at != r.size ? GN_REJECT_TRAILING : r.verdict;
}

static void check_honest(const struct specs *specs)
{
    static const enum gn_isa isas[] = {GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512};
    struct gn_buffer first = {0};
    for (size_t i = 0; i < 6; i++) {
        if (!gn_isa_supported(isas[i / 2])) {
            continue;
        }
        struct opened o;
        struct gn_buffer proof;
        opened_init(&o, specs, 1, i % 2 == 0 ? NULL : two_threads, isas[i / 2]);
        prove(&o, &proof);
        assert_int_equal(verify(&o, proof.data, proof.size, gn_pcs_verify_scratch()), GN_ACCEPT);
        if (i == 0) {
            first = proof;
        } else {
            assert_int_equal(proof.size, first.size);
            assert_memory_equal(proof.data, first.data, first.size);
            gn_buffer_free(&proof);
        }
        opened_free(&o);
    }
    gn_buffer_free(&first);
}

static void honest_main(void **state)
{
    (void)state;
    check_honest(&alone);
}

static void honest_both(void **state)
{
    (void)state;
    check_honest(&both);
}

/* rows of the committed table as they are */
static void honest_at_real_parameters(void **state)
{
    (void)state;
    static const struct table_spec main_big[] = {{1000, 12, 2, next_some, 0, NULL}, {333, 5, 0, NULL, 0, NULL}};
    struct specs real = {.main = main_big, .main_n = 2, .paged = paged_specs, .paged_n = 2};
    real.main_params = gn_whir_params(GN_PRESET_FAST_128, WHIR_MAIN, 14);
    for (int i = 0; i < 2; i++) {
        struct opened o;
        struct gn_buffer proof;
        opened_init(&o, &real, 2, two_threads, gn_isa_best());
        prove(&o, &proof);
        assert_int_equal(verify(&o, proof.data, proof.size, gn_pcs_verify_scratch()), GN_ACCEPT);
        gn_buffer_free(&proof);
        opened_free(&o);
        real.paged_params = gn_whir_params(GN_PRESET_FAST_128, WHIR_PREPROCESSED, 12);
        real.joint_params = gn_whir_joint_params(GN_PRESET_FAST_128, real.main_params, real.paged_params);
    }
}

static void flip_every_byte(const struct specs *specs)
{
    struct opened o;
    struct gn_buffer proof;
    opened_init(&o, specs, 3, NULL, gn_isa_best());
    prove(&o, &proof);
    size_t seen[GN_REJECT_SCRATCH + 1] = {0};
    for (size_t i = 0; i < proof.size; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);
        proof.data[i] ^= bit;
        enum gn_verdict v = verify(&o, proof.data, proof.size, gn_pcs_verify_scratch());
        assert_int_not_equal(v, GN_ACCEPT);
        seen[v]++;
        proof.data[i] ^= bit;
    }
    for (size_t size = 0; size < proof.size; size += 5) {
        assert_int_equal(verify(&o, proof.data, size, gn_pcs_verify_scratch()), GN_REJECT_TRUNCATED);
    }
    assert_true(seen[GN_REJECT_REDUCTION] > 0);
    assert_int_equal(seen[GN_REJECT_PRE_REDUCTION] > 0, specs->paged != NULL);
    assert_true(seen[GN_REJECT_MERKLE] > 0 && seen[GN_REJECT_NONCANONICAL] > 0);
    assert_true(seen[GN_REJECT_TRAILING] == 0 && seen[GN_REJECT_SCRATCH] == 0);
    gn_buffer_free(&proof);
    opened_free(&o);
}

static void flipped_bytes_main(void **state)
{
    (void)state;
    flip_every_byte(&alone);
}

static void flipped_bytes_both(void **state)
{
    (void)state;
    flip_every_byte(&both);
}

/* Honest columns and false claims, all else honest: the reduction of the claim's stack refuses. */
static void false_claims(void **state)
{
    (void)state;
    struct opened o;
    opened_init(&o, &both, 4, NULL, gn_isa_best());
    for (uint32_t i = 0; i < WHIR_STACKS; i++) {
        struct stack_fixture *f = &o.stacks[i];
        for (uint32_t k = 0; k < f->claims_n; k++) {
            struct gn_buffer proof;
            fp6 honest = f->claims[k];
            f->claims[k] = fp6_add(honest, fp6_one());
            prove(&o, &proof);
            assert_int_equal(verify(&o, proof.data, proof.size, gn_pcs_verify_scratch()),
                             i == 0 ? GN_REJECT_REDUCTION : GN_REJECT_PRE_REDUCTION);
            gn_buffer_free(&proof);
            f->claims[k] = honest;
        }
    }
    opened_free(&o);
}

static void little_scratch(void **state)
{
    (void)state;
    struct opened o;
    struct gn_buffer proof;
    opened_init(&o, &both, 5, NULL, gn_isa_best());
    prove(&o, &proof);
    for (size_t n = 0; n < 80000; n += 1777) {
        enum gn_verdict v = verify(&o, proof.data, proof.size, n);
        assert_true(v == GN_REJECT_SCRATCH || v == GN_ACCEPT);
        assert_true(n > 0 || v == GN_REJECT_SCRATCH);
    }
    gn_buffer_free(&proof);
    opened_free(&o);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_main),
        cmocka_unit_test(honest_both),
        cmocka_unit_test(honest_at_real_parameters),
        cmocka_unit_test(flipped_bytes_main),
        cmocka_unit_test(flipped_bytes_both),
        cmocka_unit_test(false_claims),
        cmocka_unit_test(little_scratch),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
