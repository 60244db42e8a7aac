/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_open_test.c - commit, open and verify as one: honest openings of main and preprocessed stacks are accepted, with
 * the same bytes for all numbers of threads and instruction sets; every byte of a small opening is flipped, every
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
static const struct whir_params paged_params = {.m = 13,
                                                .k0 = 4,
                                                .mu0 = 2,
                                                .rounds = 2,
                                                .k = {4, 3, 3},
                                                .mu = {2, 3, 4},
                                                .queries = {12, 8, 6},
                                                .grind = {3, 0, 4},
                                                .final_log2 = 3};

static void prove(struct stack_fixture *f, struct gn_buffer *proof)
{
    *proof = (struct gn_buffer){0};
    struct gn_sender s = {.proof = proof};
    gn_arena_mark before = gn_arena_get_mark(&f->arena);
    f->arena.peak = before;
    stack_commit(f, &s);
    gn_arena_mark mark = gn_arena_get_mark(&f->arena);
    assert_int_equal(gn_pcs_open(&f->commitment, f->claims, &f->point, &s, f->twiddles, &f->work), GN_OK);
    assert_int_equal(gn_arena_get_mark(&f->arena), mark);
    assert_true(f->arena.peak - before <= gn_pcs_footprint(&f->layout));
    assert_false(proof->failed);
    gn_arena_release(&f->arena, before);
}

static enum gn_verdict verify(const struct stack_fixture *f, const uint8_t *proof, size_t n, size_t scratch_n)
{
    static unsigned char memory[1 << 21];
    static fp6 claims[1 << 12];
    assert_true(scratch_n <= sizeof memory);
    struct gn_scratch scratch = {.base = memory, .size = scratch_n};
    struct gn_receiver r = {.proof = proof, .size = n};
    struct pcs_opening o;
    if (!stack_recv(f, &o, claims, &r, &scratch)) {
        return r.verdict;
    }
    bool ok = gn_pcs_verify(&o, claims, &f->point, &r, &scratch);
    assert_int_equal(ok, r.verdict == GN_ACCEPT);
    return ok && r.at != r.size ? GN_REJECT_TRAILING : r.verdict;
}

static void check_honest(const struct table_spec *specs, uint32_t n, bool paged, const struct whir_params *params)
{
    static const enum gn_isa isas[] = {GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512};
    struct gn_buffer first = {0};
    for (size_t i = 0; i < 6; i++) {
        if (!gn_isa_supported(isas[i / 2])) {
            continue;
        }
        struct stack_fixture f;
        struct gn_buffer proof;
        stack_init(&f, specs, n, paged, params, 1, i % 2 == 0 ? NULL : two_threads, isas[i / 2]);
        prove(&f, &proof);
        assert_int_equal(verify(&f, proof.data, proof.size, gn_pcs_verify_scratch()), GN_ACCEPT);
        if (i == 0) {
            first = proof;
        } else {
            assert_int_equal(proof.size, first.size);
            assert_memory_equal(proof.data, first.data, first.size);
            gn_buffer_free(&proof);
        }
        stack_free(&f);
    }
    gn_buffer_free(&first);
}

static void honest_main(void **state)
{
    (void)state;
    check_honest(main_specs, 4, false, &main_params);
}

static void honest_preprocessed(void **state)
{
    (void)state;
    check_honest(paged_specs, 2, true, &paged_params);
}

/* a row of the committed table as it is */
static void honest_at_real_parameters(void **state)
{
    (void)state;
    static const struct table_spec specs[] = {{1000, 12, 2, next_some, 0, NULL}, {333, 5, 0, NULL, 0, NULL}};
    struct stack_fixture f;
    struct gn_buffer proof;
    stack_init(&f, specs, 2, false, gn_whir_params(GN_PRESET_FAST_128, WHIR_MAIN, 14), 2, two_threads, gn_isa_best());
    prove(&f, &proof);
    assert_int_equal(verify(&f, proof.data, proof.size, gn_pcs_verify_scratch()), GN_ACCEPT);
    gn_buffer_free(&proof);
    stack_free(&f);
}

static void flip_every_byte(const struct table_spec *specs, uint32_t n, bool paged, const struct whir_params *params)
{
    struct stack_fixture f;
    struct gn_buffer proof;
    stack_init(&f, specs, n, paged, params, 3, NULL, gn_isa_best());
    prove(&f, &proof);
    size_t seen[GN_REJECT_SCRATCH + 1] = {0};
    for (size_t i = 0; i < proof.size; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);
        proof.data[i] ^= bit;
        enum gn_verdict v = verify(&f, proof.data, proof.size, gn_pcs_verify_scratch());
        assert_int_not_equal(v, GN_ACCEPT);
        seen[v]++;
        proof.data[i] ^= bit;
    }
    for (size_t size = 0; size < proof.size; size += 5) {
        assert_int_equal(verify(&f, proof.data, size, gn_pcs_verify_scratch()), GN_REJECT_TRUNCATED);
    }
    assert_true(seen[paged ? GN_REJECT_PRE_REDUCTION : GN_REJECT_REDUCTION] > 0);
    assert_true(seen[GN_REJECT_MERKLE] > 0 && seen[GN_REJECT_NONCANONICAL] > 0);
    assert_true(seen[GN_REJECT_TRAILING] == 0 && seen[GN_REJECT_SCRATCH] == 0);
    gn_buffer_free(&proof);
    stack_free(&f);
}

static void flipped_bytes_main(void **state)
{
    (void)state;
    flip_every_byte(main_specs, 4, false, &main_params);
}

static void flipped_bytes_preprocessed(void **state)
{
    (void)state;
    flip_every_byte(paged_specs, 2, true, &paged_params);
}

/* Honest columns and false claims, all else honest: the reduction refuses. */
static void false_claims(void **state)
{
    (void)state;
    struct stack_fixture f;
    stack_init(&f, main_specs, 4, false, &main_params, 4, NULL, gn_isa_best());
    for (uint32_t k = 0; k < f.claims_n; k++) {
        struct gn_buffer proof;
        fp6 honest = f.claims[k];
        f.claims[k] = fp6_add(honest, fp6_one());
        prove(&f, &proof);
        assert_int_equal(verify(&f, proof.data, proof.size, gn_pcs_verify_scratch()), GN_REJECT_REDUCTION);
        gn_buffer_free(&proof);
        f.claims[k] = honest;
    }
    stack_free(&f);
}

static void little_scratch(void **state)
{
    (void)state;
    struct stack_fixture f;
    struct gn_buffer proof;
    stack_init(&f, main_specs, 4, false, &main_params, 5, NULL, gn_isa_best());
    prove(&f, &proof);
    for (size_t n = 0; n < 60000; n += 1777) {
        enum gn_verdict v = verify(&f, proof.data, proof.size, n);
        assert_true(v == GN_REJECT_SCRATCH || v == GN_ACCEPT);
        assert_true(n > 0 || v == GN_REJECT_SCRATCH);
    }
    gn_buffer_free(&proof);
    stack_free(&f);
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
        cmocka_unit_test(honest_preprocessed),
        cmocka_unit_test(honest_at_real_parameters),
        cmocka_unit_test(flipped_bytes_main),
        cmocka_unit_test(flipped_bytes_preprocessed),
        cmocka_unit_test(false_claims),
        cmocka_unit_test(little_scratch),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
