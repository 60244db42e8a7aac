/* SPDX-License-Identifier: Apache-2.0 */
/* proof_zerocheck_test.c - the zerocheck (docs/protocol.md section 7) from prover to verifier: honest runs of all
 * heights and mixtures are accepted, lies are rejected by name, and the proof's bytes do not depend on threads or
 * instruction set. */
#include "unit/proof_zerocheck_fixture.h"

static void accept(const uint32_t heights[TABLES], uint64_t seed)
{
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    struct run *run = make_run(heights, seed);
    assert_int_equal(prove_and_verify(run), GN_ACCEPT);
    gn_arena_release(&arena, mark);
}

static uint32_t height_number(uint32_t i)
{
    static const uint32_t tall[] = {63, 64, 65, 100, 127, 128, 129, 136, 137, 200, 257, 512, 1000, 1025};
    return i < 41 ? i : i - 41 < sizeof tall / sizeof tall[0] ? tall[i - 41] : 0;
}

/* each degree alone, so that the number of coefficients varies */
static void test_heights(void **state)
{
    (void)state;
    for (uint32_t i = 1; height_number(i) != 0; i++) {
        for (uint32_t table = FIB1; table <= SEND; table++) {
            uint32_t heights[TABLES] = {0};
            heights[table] = height_number(i);
            accept(heights, 100 * i + table);
        }
    }
}

static void test_mixtures(void **state)
{
    (void)state;
    static const uint32_t heights[][TABLES] = {
        {1, 2, 3, 4, 5, 20, 256, 6},
        {100, 0, 7, 33, 9, 0, 0, 0},
        {0, 0, 0, 0, 1, 20, 0, 0},
        {0, 0, 0, 0, 0, 0, 256, 0},
        {0, 9, 0, 0, 0, 0, 512, 1},
        {300, 299, 16, 17, 1000, 20, 1280, 77},
        {0, 0, 0, 0, 0, 20, 0, 0},
        {0, 0, 0, 0, 0, 0, 0, 40},
        {8, 8, 8, 8, 8, 20, 768, 8},
        {2000, 1, 0, 0, 3, 20, 1024, 12},
        {5000, 0, 4097, 4096, 3001, 20, 0, 0},
        {0, 0, 0, 0, 0, 0, 0, 0, 1},
        {0, 0, 0, 0, 0, 0, 0, 0, 33},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 33},
        {40, 0, 0, 0, 0, 20, 0, 3, 5000},
    };
    for (size_t i = 0; i < sizeof heights / sizeof heights[0]; i++) {
        accept(heights[i], 7 + i);
    }
}

/* ---- rows that do not count ---- */

static void test_garbage(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 40; n++) {
        const uint32_t heights[TABLES] = {n, n + 60, 300 + n, n, n, 20, 0, n, 0, n};
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct run *run = make_run(heights, n);
        struct random r = {n};
        for (uint32_t i = 0; i < TABLES; i++) {
            uint32_t rows = air_committed_height(heights[i], skip_log2);
            for (uint32_t k = 0; k < machine->tables[i].committed_n; k++) {
                random_cells(&r, run->witness.tables[i].columns[k] + heights[i], rows - heights[i]);
            }
        }
        sum_bus(run);
        assert_int_equal(prove_and_verify(run), GN_ACCEPT);
        gn_arena_release(&arena, mark);
    }
}

/* ---- lies in the witness ---- */

static void test_every_cell(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 7, 8, 9, 19, 130, 530};
    for (size_t h = 0; h < sizeof sizes / sizeof sizes[0]; h++) {
        const uint32_t n = sizes[h], heights[TABLES] = {n, n, n, n, n, 20, 256, 0, n > 100 ? n : 0, n};
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct run *run = make_run(heights, n);
        for (uint32_t i = 0; i < TABLES; i++) {
            for (uint32_t k = 0; k < machine->tables[i].committed_n; k++) {
                uint32_t step = heights[i] > 500 ? 300 : heights[i] > 20 ? 43 : 1;
                for (uint32_t row = 0; row < heights[i]; row += step) {
                    uint32_t *cell = &run->witness.tables[i].columns[k][row], honest = *cell;
                    *cell = fp_add_raw(honest, 1);
                    assert_int_equal(prove_and_verify(run), GN_REJECT_ZEROCHECK);
                    *cell = honest;
                }
            }
        }
        assert_int_equal(prove_and_verify(run), GN_ACCEPT);
        gn_arena_release(&arena, mark);
    }
}

/* Continue the sequence wrongly from row n - 1 to row n: free.  End in another value: not free. */
static void test_last_row(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 34; n++) {
        const uint32_t heights[TABLES] = {0, 0, n};
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct run *run = make_run(heights, n);
        if (n % (1u << skip_log2) != 0) {
            run->witness.tables[FIB3].columns[0][n] = 12345;
        }
        assert_int_equal(prove_and_verify(run), GN_ACCEPT);
        run->values[1 + 3] = fp_add_raw(run->values[1 + 3], 1);
        assert_int_equal(prove_and_verify(run), GN_REJECT_ZEROCHECK);
        gn_arena_release(&arena, mark);
    }
}

static void test_public_values(void **state)
{
    (void)state;
    const uint32_t heights[TABLES] = {20, 9, 130, 17, 9, 20, 0, 0};
    struct run *run = make_run(heights, 3);
    for (size_t k = 0; k < 6; k++) {
        uint32_t honest = run->values[k];
        run->values[k] = 5;
        assert_int_equal(prove_and_verify(run), GN_REJECT_ZEROCHECK);
        run->values[k] = honest;
    }
    assert_int_equal(prove_and_verify(run), GN_ACCEPT);
}

/* ---- lies in the proof ---- */

static void test_every_element(void **state)
{
    (void)state;
    const uint32_t heights[TABLES] = {20, 9, 0, 17, 9, 20, 256, 3};
    struct run *run = make_run(heights, 5);
    struct proof proof;
    prove(&proof, run, NULL, gn_isa_best(), NULL, NULL);
    size_t sums = 2 * 4; /* send, list, rom, still */
    for (size_t at = 0; at < proof.bytes.size; at += 4) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        uint8_t *byte = &proof.bytes.data[at];
        *byte ^= 1;
        enum gn_verdict expected = at / FP6_BYTES < sums ? GN_REJECT_TABLE_SUMS : GN_REJECT_ZEROCHECK;
        if (at + FP6_BYTES >=
            proof.bytes.size) { /* still's column, which no constraint reads: the commitment's business */
            expected = GN_ACCEPT;
        }
        assert_int_equal(verify_bytes(run, proof.bytes.data, proof.bytes.size, NULL), expected);
        *byte ^= 1;
        uint8_t honest = byte[3];
        byte[3] = 0xff;
        assert_int_equal(verify_bytes(run, proof.bytes.data, proof.bytes.size, NULL), GN_REJECT_NONCANONICAL);
        byte[3] = honest;
        assert_int_equal(verify_bytes(run, proof.bytes.data, at, NULL), GN_REJECT_TRUNCATED);
        gn_arena_release(&arena, mark);
    }
    assert_int_equal(verify_bytes(run, proof.bytes.data, proof.bytes.size, &proof), GN_ACCEPT);
    gn_buffer_free(&proof.bytes);
}

/* sums that add up but are shared out wrongly between tables */
static void test_shifted_sums(void **state)
{
    (void)state;
    const uint32_t heights[TABLES] = {0, 0, 0, 0, 30, 20, 0, 0};
    struct run *run = make_run(heights, 5);
    run->p_sums[SEND] = fp6_add(run->p_sums[SEND], fp6_one());
    assert_int_equal(prove_and_verify(run), GN_REJECT_TABLE_SUMS);
    run->p_sums[LIST] = fp6_sub(run->p_sums[LIST], fp6_one());
    assert_int_equal(prove_and_verify(run), GN_REJECT_ZEROCHECK);
    run->p_sums[LIST] = fp6_add(run->p_sums[LIST], fp6_one());
    run->p_sums[SEND] = fp6_sub(run->p_sums[SEND], fp6_one());
    run->q_sums[LIST] = fp6_add(run->q_sums[LIST], fp6_one());
    run->p_sums[LIST] = fp6_sub(run->p_sums[LIST], fp6_one());
    run->bus.q = fp6_add(run->bus.q, fp6_one());
    run->bus.p = fp6_sub(run->bus.p, fp6_one());
    assert_int_equal(prove_and_verify(run), GN_REJECT_ZEROCHECK);
}

static void test_little_scratch(void **state)
{
    (void)state;
    const uint32_t heights[TABLES] = {20, 9, 0, 17, 9, 20, 256, 3, 0, 11};
    struct run *run = make_run(heights, 5);
    struct proof proof;
    prove(&proof, run, NULL, gn_isa_best(), NULL, NULL);
    size_t enough = 0;
    for (size_t n = 0; n <= gn_zerocheck_scratch(machine); n += 64) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct gn_scratch scratch = {.base = gn_arena_alloc(&arena, n), .size = n};
        struct gn_receiver receiver = {.proof = proof.bytes.data, .size = proof.bytes.size};
        struct gn_zerocheck_result result;
        struct gn_bus_result bus = run->bus;
        gn_transcript_init(&receiver.transcript);
        bool ok = gn_zerocheck_verify(&result, &run->shape, &run->witness.statement, &run->challenges, &bus, &receiver,
                                      &scratch);
        assert_int_equal(receiver.verdict, ok ? GN_ACCEPT : GN_REJECT_SCRATCH);
        enough += ok;
        gn_arena_release(&arena, mark);
    }
    assert_true(enough > 0);
    gn_buffer_free(&proof.bytes);
}

/* ---- twins ---- */

static void test_twins(void **state)
{
    (void)state;
    static const uint32_t heights[][TABLES] = {{1, 20, 5000, 300, 2600, 20, 512, 3, 0, 700},
                                               {0, 0, 20000, 0, 2047, 0, 0, 0}};
    for (size_t h = 0; h < 2; h++) {
        struct run *run = make_run(heights[h], h);
        struct proof first;
        prove(&first, run, NULL, GN_ISA_SCALAR, NULL, NULL);
        assert_int_equal(verify_bytes(run, first.bytes.data, first.bytes.size, &first), GN_ACCEPT);
        for (int isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
            for (unsigned threads = 1; threads <= 3; threads += 2) {
                if (!gn_isa_supported((enum gn_isa)isa)) {
                    continue;
                }
                struct gn_pool *pool;
                struct proof proof;
                assert_int_equal(gn_pool_create(&pool, threads, NULL), GN_OK);
                prove(&proof, run, pool, (enum gn_isa)isa, NULL, NULL);
                assert_int_equal(proof.bytes.size, first.bytes.size);
                assert_memory_equal(proof.bytes.data, first.bytes.data, first.bytes.size);
                gn_buffer_free(&proof.bytes);
                gn_pool_destroy(pool);
            }
        }
        gn_buffer_free(&first.bytes);
    }
}

/* A coordinate of xi that is 0 makes the prover's shortcut for X = 1 impossible in its round. */
static void test_zero_coordinate(void **state)
{
    (void)state;
    const uint32_t heights[TABLES] = {100, 0, 2000, 30, 500, 20, 256, 3, 0, 90};
    struct run *run = make_run(heights, 1);
    for (unsigned i = 0; i < run->shape.gkr_layers && i < 11; i++) {
        fp6 honest = run->bus.xi[i];
        run->bus.xi[i] = fp6_zero();
        sum_bus(run);
        assert_int_equal(prove_and_verify(run), GN_ACCEPT);
        run->bus.xi[i] = honest;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heights),         cmocka_unit_test(test_mixtures),
        cmocka_unit_test(test_garbage),         cmocka_unit_test(test_every_cell),
        cmocka_unit_test(test_last_row),        cmocka_unit_test(test_public_values),
        cmocka_unit_test(test_every_element),   cmocka_unit_test(test_shifted_sums),
        cmocka_unit_test(test_little_scratch),  cmocka_unit_test(test_twins),
        cmocka_unit_test(test_zero_coordinate),
    };
    int failed = cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
    skip_log2 = GN_SKIP_MAX_LOG2;
    return failed + cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
