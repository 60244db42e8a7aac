/* SPDX-License-Identifier: Apache-2.0 */
/* proof_bus_test.c - the bus (docs/protocol.md section 6) on a small machine.
 *
 * The slots of its cube are written down once more here, from the witness and by hand; the prover's claims must be
 * their multilinear extensions, the verifier must come to the same claims, and every altered message must be rejected
 * by name. */
#include "unit/proof_bus_fixture.h"

#include "proof/bus_layers.h"

/* ---- the slots by hand ---- */

struct message {
    fp numerator;
    uint32_t bus, n;
    fp entries[3];
};

static fp cell(const struct run *run, unsigned table, unsigned column, uint32_t row)
{
    return fp_from_cell(run->witness.tables[table].columns[column][row]);
}

static struct message message_of(const struct run *run, unsigned table, unsigned interaction, uint32_t row)
{
    fp x[3] = {fp_zero(), fp_zero(), fp_zero()};
    for (unsigned k = 0; k < machine->tables[table].committed_n; k++) {
        x[k] = cell(run, table, k, row);
    }
    fp nine = fp_from_cell(9), publ = fp_from_cell(run->values[1]);
    switch (table) {
    case SEND:
        return interaction == 0   ? (struct message){fp_one(), PAIR, 2, {x[0], x[1]}}
               : interaction == 1 ? (struct message){x[2], SINGLE, 1, {fp_mul(x[0], x[1])}}
                                  : (struct message){x[2], PAIR, 2, {x[1], x[0]}};
    case CHAIN:
        return interaction == 0 ? (struct message){fp_neg(fp_one()), LINK, 3, {x[0], publ, nine}}
                                : (struct message){fp_one(), LINK, 3, {cell(run, CHAIN, 0, row + 1), publ, nine}};
    case SUPPLY:
        return (struct message){fp_neg(x[2]), PAIR, 2, {x[0], x[1]}};
    case THREE: {
        fp sign = interaction == 0 || interaction == 2 ? fp_neg(fp_one()) : fp_one();
        return interaction == 0   ? (struct message){sign, PAIR, 2, {x[0], x[1]}}
               : interaction == 3 ? (struct message){sign, PAIR, 2, {x[0], x[2]}}
                                  : (struct message){sign, SINGLE, 1, {x[2]}};
    }
    case RANGE:
        return (struct message){fp_neg(x[0]), SINGLE, 1, {fp_from_cell(row)}};
    case ROM: {
        uint32_t page = run->pages[row / AIR_PAGE_ROWS];
        return (struct message){
            fp_neg(x[0]), SINGLE, 1, {fp_from_cell(run->rom[page * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS])}};
    }
    default:
        return (struct message){fp_neg(x[2]), PAIR, 2, {x[0], x[1]}};
    }
}

static void fraction_of(fp6 *p, fp6 *q, const struct run *run, unsigned table, unsigned interaction, uint32_t row)
{
    struct message m = message_of(run, table, interaction, row);
    const fp6 *beta = run->challenges.beta;
    fp6 phi = fp6_mul_fp(beta[3], fp_from_cell(m.bus)); /* J = 3 */
    for (uint32_t j = 0; j < m.n; j++) {
        phi = fp6_add(phi, fp6_mul_fp(beta[j], m.entries[j]));
    }
    *p = fp6_from_fp(m.numerator);
    *q = fp6_sub(run->challenges.alpha, phi);
}

static void leaf_of(fp6 *p, fp6 *q, const struct run *run, unsigned table, unsigned leaf, uint32_t row)
{
    fp6 more_p, more_q;
    fraction_of(p, q, run, table, leaves[table][leaf][0], row);
    for (unsigned k = 1; k < 3 && leaves[table][leaf][k] != NONE; k++) {
        fraction_of(&more_p, &more_q, run, table, leaves[table][leaf][k], row);
        *p = fp6_add(gn_fp6_mul(*p, more_q), gn_fp6_mul(*q, more_p));
        *q = gn_fp6_mul(*q, more_q);
    }
}

static fp6 extension_at(fp6 *v, const fp6 *xi, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        for (size_t x = 0; x < (size_t)1 << (n - i - 1); x++) {
            v[x] = fp6_add(v[2 * x], gn_fp6_mul(xi[i], fp6_sub(v[2 * x + 1], v[2 * x])));
        }
    }
    return v[0];
}

static void expect_ext(fp6 a, fp6 b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

/* claims and tables' sums against the slots, written down table by table in a cube of their own */
static void check_claims(const struct run *run, const struct gn_bus_result *result, const fp6 *p_sums,
                         const fp6 *q_sums)
{
    const unsigned n = run->shape.gkr_layers;
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    fp6 *p = gn_arena_alloc(&arena, sizeof(fp6) << n), *q = gn_arena_alloc(&arena, sizeof(fp6) << n);
    fp6 p_all = fp6_zero(), q_all = fp6_one();
    uint64_t slot[TABLES], end = 0;
    for (unsigned v = 24; v >= 3; v--) {
        for (unsigned t = 0; t < TABLES; t++) {
            if (run->shape.heights[t] != 0 && run->shape.v[t] == v) {
                slot[t] = end;
                end += (uint64_t)leaves_n[t] << v;
            }
        }
    }
    assert_true(end <= (uint64_t)1 << n && end > (uint64_t)1 << (n - 1));
    for (unsigned t = 0; t < TABLES; t++) {
        for (size_t x = 0; x < (size_t)1 << n; x++) {
            p[x] = q[x] = fp6_zero(); /* q - 1 */
        }
        for (unsigned i = 0; run->shape.heights[t] != 0 && i < leaves_n[t]; i++) {
            for (uint32_t row = 0; row < run->shape.heights[t]; row++) {
                size_t x = slot[t] + ((size_t)i << run->shape.v[t]) + row;
                leaf_of(&p[x], &q[x], run, t, i, row);
                q[x] = fp6_sub(q[x], fp6_one());
            }
        }
        expect_ext(extension_at(p, result->xi, n), p_sums[t]);
        expect_ext(extension_at(q, result->xi, n), q_sums[t]);
        p_all = fp6_add(p_all, p_sums[t]);
        q_all = fp6_add(q_all, q_sums[t]);
    }
    expect_ext(p_all, result->p);
    expect_ext(q_all, result->q);
    gn_arena_release(&arena, mark);
}

/* ---- proving and verifying ---- */

struct proved {
    struct gn_buffer proof;
    struct gn_bus_result result;
    fp6 p_sums[TABLES], q_sums[TABLES];
};

static struct proved prove_with(const struct run *run, struct gn_pool *pool, enum gn_isa isa)
{
    struct proved out = {0};
    static struct gn_sender sender;
    struct gn_arena own;
    assert_int_equal(gn_arena_init(&own, gn_bus_footprint(&run->shape, 2) + 4096, NULL), GN_OK);
    own.size = gn_bus_footprint(&run->shape, 2); /* nothing more is needed */
    const struct gn_work work = {.arena = &own, .pool = pool, .isa = isa};
    gn_transcript_init(&sender.transcript);
    sender.proof = &out.proof;
    assert_int_equal(
        gn_bus_prove(&out.result, out.p_sums, out.q_sums, &run->shape, &run->witness, &run->challenges, &sender, &work),
        GN_OK);
    assert_int_equal(own.used, 0);
    own.size = gn_bus_footprint(&run->shape, 2) + 4096;
    gn_arena_free(&own);
    return out;
}

static struct proved prove(const struct run *run)
{
    return prove_with(run, NULL, gn_isa_best());
}

static enum gn_verdict verify(const struct run *run, const struct gn_buffer *proof, struct gn_bus_result *result)
{
    static struct gn_receiver receiver;
    memset(&receiver, 0, sizeof receiver);
    gn_transcript_init(&receiver.transcript);
    receiver.proof = proof->data;
    receiver.size = proof->size;
    bool ok = gn_bus_verify(result, &run->shape, &run->witness.statement, &run->challenges, &receiver);
    assert_int_equal(ok, receiver.verdict == GN_ACCEPT);
    assert_true(!ok || receiver.at == receiver.size);
    return receiver.verdict;
}

static void expect_verdict(const struct run *run, const struct gn_buffer *proof, enum gn_verdict expected)
{
    struct gn_bus_result result;
    assert_string_equal(gn_verdict_name(verify(run, proof, &result)), gn_verdict_name(expected));
}

/* ---- tests ---- */

static void claims_are_extensions(void **state)
{
    (void)state;
    struct random random = {1};
    static const uint32_t around[] = {63, 64, 65, 127, 128, 129, 255, 257, 300};
    for (uint32_t i = 0; i < 40 + 9; i++) {
        uint32_t n = i < 40 ? i + 1 : around[i - 40];
        const uint32_t shapes[][TABLES] = {
            {[SEND] = n},
            {[SEND] = n, [PLAIN] = 50, [CHAIN] = 41 - n % 41, [SUPPLY] = 3 * n},
            {[PLAIN] = 2, [CHAIN] = n, [SUPPLY] = n + 1, [RANGE] = FIXED_ROWS, [ROM] = 512, [TAKE] = n},
            {[SEND] = 1, [CHAIN] = n, [SUPPLY] = 1, [TAKE] = 5, [THREE] = n},
        };
        for (unsigned k = 0; k < 4; k++) {
            gn_arena_mark mark = gn_arena_get_mark(&arena);
            struct run *run = new_run(shapes[k], &random);
            randomize(run, &random);
            struct proved a = prove_with(run, i % 2 == 0 ? NULL : two_threads, gn_isa_best());
            check_claims(run, &a.result, a.p_sums, a.q_sums);
            gn_buffer_free(&a.proof);
            gn_arena_release(&arena, mark);
        }
    }
}

static void balanced_is_accepted(void **state)
{
    (void)state;
    struct random random = {2};
    static const uint32_t heights[][3] = {{1, 1, 1}, {40, 7, 0}, {300, 64, 33}, {1000, 65, 64}, {0, 1, 0}};
    for (unsigned i = 0; i < 5; i++) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct run *run = balanced_run(&random, heights[i][0], heights[i][1], heights[i][2]);
        struct proved a = prove(run);
        struct gn_bus_result verified;
        assert_int_equal(verify(run, &a.proof, &verified), GN_ACCEPT);
        check_claims(run, &a.result, a.p_sums, a.q_sums);
        assert_memory_equal(verified.xi, a.result.xi, run->shape.gkr_layers * sizeof(fp6));
        expect_ext(verified.p, a.result.p);
        expect_ext(verified.q, a.result.q);
        unsigned n = run->shape.gkr_layers; /* 4 elements per layer 1 ... N, 2 per round */
        assert_int_equal(a.proof.size, FP6_BYTES * (4 * n + n * (n - 1)));
        gn_buffer_free(&a.proof);
        gn_arena_release(&arena, mark);
    }
}

static void expect_unbalanced(const struct run *run)
{
    struct proved a = prove(run);
    expect_verdict(run, &a.proof, GN_REJECT_BUS_SUM);
    gn_buffer_free(&a.proof);
}

static void unbalanced_is_rejected(void **state)
{
    (void)state;
    struct random random = {3};
    struct run *run = balanced_run(&random, 70, 12, 5);
    struct air_table_witness *t = run->witness.tables;
    uint32_t *const cells[] = {&t[SEND].columns[0][69],  &t[SEND].columns[2][0],   &t[CHAIN].columns[0][0],
                               &t[CHAIN].columns[0][12], &t[SUPPLY].columns[2][3], &t[RANGE].columns[0][63],
                               &t[TAKE].columns[1][4],   &t[THREE].columns[1][11]};
    for (unsigned i = 0; i < sizeof cells / sizeof *cells; i++) {
        uint32_t honest = *cells[i];
        *cells[i] = (honest + 1) % FP_P;
        expect_unbalanced(run);
        *cells[i] = FP_P - 1; /* a multiplicity, or a flag, of -1 */
        expect_unbalanced(run);
        *cells[i] = honest;
    }
    struct proved honest = prove(run);
    expect_verdict(run, &honest.proof, GN_ACCEPT);
    run->data[3 * 4 + 2] ^= 1; /* the statement says something else */
    expect_verdict(run, &honest.proof, GN_REJECT_BUS_SUM);
    run->data[3 * 4 + 2] ^= 1;
    run->data[3 * 4] ^= 1; /* a byte that no entry reads: not the bus's business */
    expect_verdict(run, &honest.proof, GN_ACCEPT);
    run->bytes[0].size -= 3;
    expect_verdict(run, &honest.proof, GN_REJECT_BUS_SUM);
    run->bytes[0].size += 3;
    run->values[0] ^= 1;
    expect_verdict(run, &honest.proof, GN_REJECT_BUS_SUM);
    gn_buffer_free(&honest.proof);
}

static void altered_messages_are_rejected(void **state)
{
    (void)state;
    struct random random = {4};
    struct run *run = balanced_run(&random, 20, 3, 2);
    struct proved a = prove(run);
    for (size_t i = 0; i < a.proof.size / FP6_BYTES; i++) {
        uint8_t *coefficient = a.proof.data + i * FP6_BYTES + 4 * (i % 6), kept[4];
        memcpy(kept, coefficient, 4);
        coefficient[0] ^= 1;
        expect_verdict(run, &a.proof, i < 4 ? GN_REJECT_BUS_SUM : GN_REJECT_GKR);
        memset(coefficient, 0xff, 4);
        expect_verdict(run, &a.proof, GN_REJECT_NONCANONICAL);
        memcpy(coefficient, kept, 4);
    }
    for (size_t n = 0; n < a.proof.size; n += 11) {
        const struct gn_buffer part = {.data = a.proof.data, .size = n};
        expect_verdict(run, &part, GN_REJECT_TRUNCATED);
    }
    expect_verdict(run, &a.proof, GN_ACCEPT);
    memset(a.proof.data, 0, 4 * FP6_BYTES); /* 0/0 equals anything */
    expect_verdict(run, &a.proof, GN_REJECT_GKR_ZERO);
    gn_buffer_free(&a.proof);
}

static void rows_behind_the_height_do_not_matter(void **state)
{
    (void)state;
    struct random random = {5};
    struct run *run = balanced_run(&random, 131, 66, 3);
    struct proved a = prove(run);
    for (uint32_t i = 0; i < TABLES; i++) {
        uint32_t n = run->shape.heights[i], spared = i == CHAIN; /* a message there reads the row behind */
        for (uint32_t k = 0; n != 0 && k < machine->tables[i].committed_n; k++) {
            random_cells(&random, run->witness.tables[i].columns[k] + n + spared,
                         air_committed_height(n, 3) + 16 - n - spared);
        }
    }
    struct proved b = prove(run);
    assert_int_equal(a.proof.size, b.proof.size);
    assert_memory_equal(a.proof.data, b.proof.data, a.proof.size);
    gn_buffer_free(&a.proof);
    gn_buffer_free(&b.proof);
}

static void threads_and_isa_do_not_matter(void **state)
{
    (void)state;
    struct random random = {6};
    const uint32_t heights[TABLES] = {[SEND] = 6001,        [PLAIN] = 3, [CHAIN] = 77, [SUPPLY] = 4096,
                                      [RANGE] = FIXED_ROWS, [ROM] = 256, [TAKE] = 7,   [THREE] = 2500};
    struct run *run = new_run(heights, &random);
    randomize(run, &random);
    struct proved a = prove_with(run, NULL, GN_ISA_SCALAR);
    for (unsigned i = 0; i < 6; i++) {
        enum gn_isa isa = (enum gn_isa)(i / 2);
        if (!gn_isa_supported(isa)) {
            continue;
        }
        struct proved b = prove_with(run, i % 2 == 0 ? NULL : two_threads, isa);
        assert_int_equal(a.proof.size, b.proof.size);
        assert_memory_equal(a.proof.data, b.proof.data, a.proof.size);
        assert_memory_equal(a.p_sums, b.p_sums, sizeof a.p_sums);
        assert_memory_equal(a.q_sums, b.q_sums, sizeof a.q_sums);
        gn_buffer_free(&b.proof);
    }
    check_claims(run, &a.result, a.p_sums, a.q_sums);
    gn_buffer_free(&a.proof);
}

static void without_interactions(void **state)
{
    (void)state;
    struct random random = {7};
    const uint32_t heights[TABLES] = {[PLAIN] = 5};
    struct run *run = new_run(heights, &random);
    struct proved a = prove(run);
    assert_int_equal(run->shape.gkr_layers, 0);
    assert_int_equal(a.proof.size, 0);
    expect_verdict(run, &a.proof, GN_REJECT_BUS_SUM); /* the two public messages differ */
    run->values[0] = 77;
    expect_verdict(run, &a.proof, GN_ACCEPT);
    gn_buffer_free(&a.proof);
}

static void public_zero_is_rejected(void **state)
{
    (void)state;
    struct random random = {8};
    struct run *run = balanced_run(&random, 5, 1, 4);
    struct proved a = prove(run);
    fp6 phi = fp6_add(fp6_mul_fp(run->challenges.beta[3], fp_from_cell(PAIR)), fp6_from_cell(3 + 5 * 2)); /* row 2 */
    uint32_t limb = (uint32_t)run->data[7] | (uint32_t)run->data[8] << 8;
    run->challenges.alpha = fp6_add(phi, fp6_mul_fp(run->challenges.beta[1], fp_from_cell(limb)));
    expect_verdict(run, &a.proof, GN_REJECT_PUBLIC_ZERO);
    gn_buffer_free(&a.proof);
}

/* the public part against plain sums of inverses */
static void public_part(void **state)
{
    (void)state;
    struct random random = {9};
    const uint32_t heights[TABLES] = {[PLAIN] = 5};
    struct run *run = new_run(heights, &random);
    for (unsigned i = 0; i < sizeof run->data; i++) {
        run->data[i] = (uint8_t)random_u64(&random);
    }
    run->bytes[0].size = sizeof run->data;
    const fp6 *beta = run->challenges.beta, alpha = run->challenges.alpha;
    fp6 sum = fp6_zero(), p, q;
    for (unsigned i = 0; i < 2; i++) {
        fp6 phi = fp6_add(fp6_mul_fp(beta[3], fp_from_cell(LINK)), fp6_from_cell(i == 0 ? run->values[0] : 77));
        phi = fp6_add(phi, fp6_mul_fp(beta[1], fp_from_cell(run->values[1])));
        phi = fp6_add(phi, fp6_mul_fp(beta[2], fp_from_cell(9)));
        fp6 inverse = gn_fp6_inv(fp6_sub(alpha, phi));
        sum = i == 0 ? fp6_add(sum, inverse) : fp6_sub(sum, inverse);
    }
    for (uint32_t i = 0; i < sizeof run->data / 3; i++) {
        uint32_t limb = (uint32_t)run->data[3 * i + 1] | (uint32_t)run->data[3 * i + 2] << 8;
        fp6 phi = fp6_add(fp6_mul_fp(beta[3], fp_from_cell(PAIR)), fp6_from_cell(3 + 5 * i));
        sum = fp6_add(sum, gn_fp6_inv(fp6_sub(alpha, fp6_add(phi, fp6_mul_fp(beta[1], fp_from_cell(limb))))));
    }
    assert_true(gn_bus_public(&p, &q, machine, &run->witness.statement, &run->challenges));
    expect_ext(gn_fp6_mul(p, gn_fp6_inv(q)), sum);
}

static void footprint_is_small(void **state)
{
    (void)state;
    struct random random = {10};
    const uint32_t heights[TABLES] = {[SEND] = 10000, [CHAIN] = 9000, [SUPPLY] = 16000};
    struct run *run = new_run(heights, &random);
    assert_true(gn_bus_footprint(&run->shape, 2) < 75 * (3 * 10000 + 2 * 9000 + 16000));
}

static int set_up(void **state)
{
    (void)state;
    if (gn_arena_init(&arena, ARENA_BYTES, NULL) != GN_OK || gn_pool_create(&two_threads, 2, NULL) != GN_OK) {
        return -1;
    }
    build_machine();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gn_pool_destroy(two_threads);
    gn_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_extensions),
        cmocka_unit_test(balanced_is_accepted),
        cmocka_unit_test(unbalanced_is_rejected),
        cmocka_unit_test(altered_messages_are_rejected),
        cmocka_unit_test(rows_behind_the_height_do_not_matter),
        cmocka_unit_test(threads_and_isa_do_not_matter),
        cmocka_unit_test(without_interactions),
        cmocka_unit_test(public_zero_is_rejected),
        cmocka_unit_test(public_part),
        cmocka_unit_test(footprint_is_small),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
