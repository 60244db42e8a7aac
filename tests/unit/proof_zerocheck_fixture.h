/* SPDX-License-Identifier: Apache-2.0 */
/* proof_zerocheck_fixture.h - a machine, honest runs of it, and what the bus would hand to the zerocheck, by brute
 * force.
 *
 * Tables fib1 ... fib4 have constraints of all groups up to degree 1 ... 4 and no interactions; `send` has a bus part
 * of degree 2, and a fixed column of monomials; `list` an explicit fixed column of 20 rows; `rom` preprocessed columns
 * in pages; `still` a bus part of degree 0; `bits` mostly columns of bits, and enough constraints of degree 2 that they are
 * a part of their own; `many` all kinds of leaves: three messages with sources enough for a linear part, two of which one or
 * both have a numerator that varies, one alone.  The bus need not balance: the zerocheck only has to show that P and Q,
 * which are summed here row by row, belong to the columns.
 *
 * Nothing here uses the code under test: operands, programs, weights and sums are taken from their definitions. */
#ifndef GN_TESTS_PROOF_ZEROCHECK_FIXTURE_H
#define GN_TESTS_PROOF_ZEROCHECK_FIXTURE_H

#include <string.h>

#include "cm.h"

#include "air/expr.h"
#include "proof/zerocheck.h"
#include "unit/field_random.h"

#define ARENA_BYTES ((size_t)512 << 20)
#define LIST_ROWS   20u
#define ROM_PAGES   5u
#define BITS_N      30u
#define MAX_VALUES  64 /* operands or outputs of a table */

enum { FIB1, FIB2, FIB3, FIB4, SEND, LIST, ROM, STILL, BITS, MANY, TABLES };
enum { TRIPLE = 1, SINGLE };

static struct gn_arena arena;
static const struct air_system *machine;
static unsigned skip_log2 = GN_SKIP_MIN_LOG2; /* every test runs with both numbers of skipped variables */

/* ---- the machine ---- */

struct fib_vars {
    expr a, b, c, d, e;
};
struct send_vars {
    expr x, y, z, f;
};
struct two_vars {
    expr m, s;
};
static const struct air_column_spec columns[] = {
    {"c0", 1, 31, ""}, {"c1", 1, 31, ""}, {"c2", 1, 31, ""}, {"c3", 1, 31, ""}, {"c4", 1, 31, ""}};
static const struct air_monomial monomials[] = {{7, 0},   {1, 1},     {2, 2},   {4, 4},          {8, 8},
                                                {16, 16}, {1000, 11}, {77, 48}, {5, 1u << 9 | 1}};

static void declare_fib(struct air_builder *b, unsigned degree)
{
    static const char *const names[] = {"", "fib1", "fib2", "fib3", "fib4"};
    struct air *t = air_table(b, names[degree], 1u << 20, 0);
    struct fib_vars r;
    air_committed(t, columns, 5, &r);
    assert_first(sub(r.a, public_value(t, 0)));
    assert_transition(sub(next(r.a), r.b));
    assert_zero(sub(r.c, degree >= 2 ? mul(r.a, r.b) : add(r.a, r.b)));
    assert_transition(sub(next(r.b), add(r.a, r.b)));
    assert_zero(sub(r.d, degree >= 3 ? mul(mul(r.a, r.a), r.b) : mulk(r.a, 2)));
    assert_last(sub(r.b, public_value(t, 1 + degree)));
    assert_zero(sub(r.e, degree >= 4 ? mul(mul(r.a, r.b), mul(r.c, r.d)) : mulk(r.b, 3)));
    if (degree >= 2) {
        assert_transition(sub(next(r.c), mul(r.b, add(r.a, r.b))));
        assert_first(sub(r.c, mul(public_value(t, 0), r.b)));
        assert_last(mul(sub(r.b, public_value(t, 1 + degree)), r.a));
    }
    assert_first(sub(r.b, public_value(t, 1)));
}

static void declare_send(struct air_builder *b)
{
    struct air *t = air_table(b, "send", 1u << 20, 0);
    struct send_vars r;
    air_committed(t, columns, 4, &r);
    expr row = air_fixed_monomials(t, "row", monomials, sizeof monomials / sizeof monomials[0]);
    assert_bool(r.f);
    assert_zero(sub(r.z, mul(mul(r.x, r.y), r.f)));
    bus_push(t, TRIPLE, r.f, r.x, mul(r.x, r.y), row);
    bus_pull(t, SINGLE, NULL, r.y);
    bus_push(t, SINGLE, r.f, add(r.z, public_value(t, 0)));
}

static void declare_list(struct air_builder *b)
{
    static uint32_t values[LIST_ROWS];
    struct air *t = air_table(b, "list", LIST_ROWS, AIR_FIXED_HEIGHT);
    struct two_vars r;
    for (uint32_t i = 0; i < LIST_ROWS; i++) {
        values[i] = 3 + i * i * 1000003u;
    }
    air_committed(t, columns, 2, &r);
    expr value = air_fixed_values(t, "value", values, LIST_ROWS);
    assert_zero(sub(r.s, mul(r.m, value)));
    bus_supply(t, SINGLE, r.m, value);
}

static void declare_rom(struct air_builder *b)
{
    struct air *t = air_table(b, "rom", 1u << 16, AIR_PREPROCESSED);
    struct two_vars r;
    expr w[2];
    air_committed(t, columns, 2, &r);
    air_preprocessed(t, columns, 2, w);
    assert_zero(sub(r.s, mul(r.m, mul(w[0], w[1]))));
    bus_supply(t, TRIPLE, r.m, w[0], w[1], r.s);
}

static void declare_still(struct air_builder *b)
{
    struct air *t = air_table(b, "still", 1u << 20, 0);
    expr q;
    air_committed(t, columns, 1, &q);
    bus_push(t, SINGLE, NULL, constant(t, 5));
}

struct bits_vars {
    expr w, bit[BITS_N];
};

static void declare_bits(struct air_builder *b)
{
    static struct air_column_spec bit_columns[2] = {{"w", 1, 31, ""}, {"bit", BITS_N, 1, ""}};
    struct air *t = air_table(b, "bits", 1u << 20, 0);
    struct bits_vars r;
    air_committed(t, bit_columns, 2, &r);
    expr sum = r.bit[0];
    for (unsigned i = 0; i < BITS_N; i++) {
        assert_bool(r.bit[i]);
        sum = i == 0 ? sum : add(add(sum, sum), r.bit[i]);
    }
    assert_equal(r.w, sum);
    assert_equal(r.bit[29], mul(r.bit[0], mul(r.bit[1], r.bit[2])));
    assert_first(sub(r.bit[28], r.bit[27]));
    assert_transition(sub(next(r.bit[3]), r.bit[4]));
    assert_last(mul(r.bit[5], addk(r.bit[5], -1)));
    bus_push(t, TRIPLE, r.bit[6], r.w, mul(r.bit[7], r.bit[8]), r.bit[9]);
}

static void declare_many(struct air_builder *b)
{
    struct air *t = air_table(b, "many", 1u << 20, 0);
    struct fib_vars r;
    air_committed(t, columns, 5, &r);
    assert_bool(r.d);
    assert_bool(r.e);
    for (uint32_t i = 0; i < 3; i++) {
        bus_push(t, TRIPLE, NULL, add(r.a, r.b), sub(r.b, mulk(r.c, 2 + i)), addk(r.d, i));
    }
    bus_pull(t, SINGLE, NULL, r.a);
    bus_push(t, SINGLE, r.d, r.a);
    bus_pull(t, SINGLE, r.e, sub(r.b, r.c));
    bus_push(t, SINGLE, r.d, r.c);
    bus_push(t, SINGLE, r.e, public_value(t, 1));
}

static void build_machine(void)
{
    struct air_builder *b = air_builder_new("zerocheck test");
    struct gn_error err = {0};
    assert_int_equal(air_bus(b, "triple", 3), TRIPLE);
    assert_int_equal(air_bus(b, "single", 1), SINGLE);
    air_public_values(b, 6);
    for (unsigned degree = 1; degree <= 4; degree++) {
        declare_fib(b, degree);
    }
    declare_send(b);
    declare_list(b);
    declare_rom(b);
    declare_still(b);
    declare_bits(b);
    declare_many(b);
    machine = air_build(b, &arena, &err);
    if (machine == NULL) {
        print_error("%s\n", err.text);
    }
    air_builder_free(b);
    assert_non_null(machine);
}

/* ---- a run ---- */

struct run {
    struct gn_shape shape;
    struct air_witness witness;
    uint32_t values[6];
    const uint32_t *const *pre[TABLES];
    const uint32_t *pre_columns[2];
    uint32_t pre_pages[TABLES], pages[ROM_PAGES];
    struct gn_bus_challenges challenges;
    struct gn_bus_result bus; /* xi_0 ... xi_{N-1}, P, Q */
    fp6 p_sums[TABLES], q_sums[TABLES];
};

static uint32_t mul_cells(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b % FP_P);
}

static void fill_fib(struct run *run, unsigned degree)
{
    uint32_t **c = run->witness.tables[degree - 1].columns, n = run->witness.tables[degree - 1].height;
    uint32_t a = run->values[0], b = run->values[1];
    for (uint32_t i = 0; i < n; i++) {
        c[0][i] = a;
        c[1][i] = b;
        c[2][i] = degree >= 2 ? mul_cells(a, b) : fp_add_raw(a, b);
        c[3][i] = degree >= 3 ? mul_cells(mul_cells(a, a), b) : fp_add_raw(a, a);
        c[4][i] = degree >= 4 ? mul_cells(c[2][i], mul_cells(c[2][i], c[3][i])) : mul_cells(3, b);
        run->values[1 + degree] = b; /* of the last row */
        uint32_t sum = fp_add_raw(a, b);
        a = b;
        b = sum;
    }
}

static void fill_others(struct run *run, struct random *r)
{
    uint32_t **c = run->witness.tables[SEND].columns;
    for (uint32_t i = 0; i < run->witness.tables[SEND].height; i++) {
        c[0][i] = 1 + random_cell(r) % (FP_P - 1);
        c[1][i] = 1 + random_cell(r) % (FP_P - 1);
        c[3][i] = random_u64(r) % 2;
        c[2][i] = c[3][i] == 0 ? 0 : mul_cells(c[0][i], c[1][i]);
    }
    c = run->witness.tables[LIST].columns;
    for (uint32_t i = 0; i < run->witness.tables[LIST].height; i++) {
        c[0][i] = random_cell(r);
        c[1][i] = mul_cells(c[0][i], machine->tables[LIST].fixed[0].values[i]);
    }
    c = run->witness.tables[ROM].columns;
    for (uint32_t i = 0; i < run->witness.tables[ROM].height; i++) {
        uint32_t at = run->pages[i / AIR_PAGE_ROWS] * AIR_PAGE_ROWS + i % AIR_PAGE_ROWS;
        c[0][i] = random_cell(r);
        c[1][i] = mul_cells(c[0][i], mul_cells(run->pre_columns[0][at], run->pre_columns[1][at]));
    }
    for (uint32_t i = 0; i < run->witness.tables[STILL].height; i++) {
        run->witness.tables[STILL].columns[0][i] = random_cell(r);
    }
    c = run->witness.tables[MANY].columns;
    for (uint32_t i = 0; i < run->witness.tables[MANY].height; i++) {
        for (unsigned k = 0; k < 5; k++) {
            c[k][i] = k < 3 ? random_cell(r) : random_u64(r) % 2;
        }
    }
}

static void fill_bits(struct run *run, struct random *r)
{
    uint32_t **c = run->witness.tables[BITS].columns, *w = c[0], **bit = c + 1;
    for (uint32_t i = 0; i < run->witness.tables[BITS].height; i++) {
        for (unsigned k = 0; k < BITS_N; k++) {
            bit[k][i] = random_u64(r) % 2;
        }
        bit[3][i] = i > 0 ? bit[4][i - 1] : bit[3][i];
        bit[28][i] = i == 0 ? bit[27][i] : bit[28][i];
        bit[29][i] = bit[0][i] & bit[1][i] & bit[2][i];
        w[i] = 0;
        for (unsigned k = 0; k < BITS_N; k++) {
            w[i] = fp_add_raw(fp_add_raw(w[i], w[i]), bit[k][i]);
        }
    }
}

/* ---- columns and programs by definition ---- */

/* number of operands of a space, in the order of spaces */
static uint32_t space_size(const struct air_table *t, enum air_space space)
{
    const uint32_t sizes[] = {t->committed_n, t->next_n, t->pre_n, t->fixed_n};
    return sizes[space];
}

static uint32_t cell_at(const struct run *run, uint32_t table, enum air_space space, uint32_t k, uint32_t row)
{
    const struct air_table *t = &machine->tables[table];
    const struct air_table_witness *w = &run->witness.tables[table];
    uint32_t rows = air_committed_height(w->height, skip_log2);
    switch (space) {
    case AIR_SPACE_COMMITTED:
        return row < rows ? w->columns[k][row] : 0;
    case AIR_SPACE_NEXT:
        return row + 1 < rows ? w->columns[t->next[k]][row + 1] : 0;
    case AIR_SPACE_PRE:
        return row < w->height ? run->witness.pre[table][k][w->pages[row / 256] * 256 + row % 256] : 0;
    default:
        return air_fixed_at(&t->fixed[k], row);
    }
}

/* operands: values by space, AIR_SPACE_COMMITTED ... AIR_SPACE_FIXED one behind the other */
static void run_program(fp6 *outputs, const struct air_table *t, const fp6 *operands, const uint32_t *values)
{
    fp6 temps[64];
    assert_true(t->temps_n <= 64);
    for (uint32_t i = 0; i < t->code_n; i++) {
        const struct air_insn *q = &t->code[i];
        fp6 x[2];
        for (int k = 0; k < (q->op == AIR_OUT ? 1 : 2); k++) {
            air_ref ref = k == 0 ? q->a : q->b;
            uint32_t at = AIR_REF_INDEX(ref);
            enum air_space space = AIR_REF_SPACE(ref);
            for (enum air_space s = AIR_SPACE_COMMITTED; s < space && space <= AIR_SPACE_FIXED; s++) {
                at += space_size(t, s);
            }
            x[k] = space <= AIR_SPACE_FIXED    ? operands[at]
                   : space == AIR_SPACE_PUBLIC ? fp6_from_cell(values[at])
                   : space == AIR_SPACE_CONST  ? fp6_from_cell(t->consts[at])
                                               : temps[at];
        }
        if (q->op == AIR_OUT) {
            outputs[q->dst] = x[0];
        } else {
            temps[q->dst] = q->op == AIR_ADD   ? fp6_add(x[0], x[1])
                            : q->op == AIR_SUB ? fp6_sub(x[0], x[1])
                                               : gn_fp6_mul(x[0], x[1]);
        }
    }
}

/* operands of block y at X: sum over b of L_b(X) cell(8 y + b) */
static void block_operands(fp6 *out, const struct run *run, uint32_t table, uint32_t y, const fp6 *low)
{
    const struct air_table *t = &machine->tables[table];
    for (enum air_space s = AIR_SPACE_COMMITTED; s <= AIR_SPACE_FIXED; s++) {
        for (uint32_t k = 0; k < space_size(t, s); k++, out++) {
            *out = fp6_zero();
            for (uint32_t b = 0; b < 1u << skip_log2; b++) {
                fp cell = fp_from_cell(cell_at(run, table, s, k, (y << skip_log2) + b));
                *out = fp6_add(*out, fp6_mul_fp(low[b], cell));
            }
        }
    }
}

/* phi of interaction k, from the outputs */
static fp6 message_of(const struct run *run, const struct air_interaction *interaction, const fp6 *outputs)
{
    fp6 phi = fp6_mul_fp(run->challenges.beta[machine->max_entries], fp_from_cell(interaction->bus));
    for (uint32_t j = 0; j < interaction->entries_n; j++) {
        phi = fp6_add(phi, gn_fp6_mul(outputs[interaction->first_output + 1 + j], run->challenges.beta[j]));
    }
    return phi;
}

/* (p, q) of a leaf: the sum of its messages' fractions */
static void leaf_of(fp6 *p, fp6 *q, const struct run *run, const struct air_table *t, uint32_t leaf, const fp6 *outputs)
{
    *p = fp6_zero();
    *q = fp6_one();
    for (uint32_t i = 0; i < t->leaves[leaf].n; i++) {
        const struct air_interaction *x = &t->interactions[t->leaves[leaf].interactions[i]];
        fp6 d = fp6_sub(run->challenges.alpha, message_of(run, x, outputs));
        *p = fp6_add(gn_fp6_mul(*p, d), gn_fp6_mul(*q, outputs[x->first_output]));
        *q = gn_fp6_mul(*q, d);
    }
}

/* e_b of a leaf's block */
static fp6 block_weight(const struct run *run, uint32_t table, uint32_t leaf)
{
    struct gn_block_walk walk;
    struct gn_block block;
    unsigned v = run->shape.v[table];
    gn_blocks_begin(&walk, &run->shape);
    while (gn_blocks_next(&walk, &block)) {
        if (block.table == table && block.leaf == leaf) {
            return gn_eq_bits(run->bus.xi + v, block.offset >> v, run->shape.gkr_layers - v);
        }
    }
    fail();
    return fp6_zero();
}

static void sum_bus(struct run *run)
{
    run->bus.p = fp6_zero();
    run->bus.q = fp6_one();
    for (uint32_t i = 0; i < TABLES; i++) {
        const struct air_table *t = &machine->tables[i];
        fp6 operands[MAX_VALUES], outputs[MAX_VALUES], low[GN_SKIP_MAX], e[4];
        assert_true(t->leaves_n <= 4);
        run->p_sums[i] = run->q_sums[i] = fp6_zero();
        for (uint32_t k = 0; k < t->leaves_n && run->shape.heights[i] > 0; k++) {
            e[k] = block_weight(run, i, k);
        }
        for (uint32_t row = 0; row < run->shape.heights[i] && t->interactions_n > 0; row++) {
            fp6 eq = gn_eq_bits(run->bus.xi, row, run->shape.v[i]);
            for (uint32_t b = 0; b < 1u << skip_log2; b++) {
                low[b] = b == row % (1u << skip_log2) ? fp6_one() : fp6_zero();
            }
            block_operands(operands, run, i, row >> skip_log2, low);
            run_program(outputs, t, operands, run->values);
            for (uint32_t k = 0; k < t->leaves_n; k++) {
                fp6 weight = gn_fp6_mul(e[k], eq), p, q;
                leaf_of(&p, &q, run, t, k, outputs);
                run->p_sums[i] = fp6_add(run->p_sums[i], gn_fp6_mul(weight, p));
                run->q_sums[i] = fp6_add(run->q_sums[i], gn_fp6_mul(weight, fp6_sub(q, fp6_one())));
            }
        }
        run->bus.p = fp6_add(run->bus.p, run->p_sums[i]);
        run->bus.q = fp6_add(run->bus.q, run->q_sums[i]);
    }
}

/* ---- making a run ---- */

static void fill_preprocessed(struct run *run, struct random *r)
{
    uint32_t rows = air_committed_height(ROM_PAGES * AIR_PAGE_ROWS, 8);
    for (int k = 0; k < 2; k++) {
        uint32_t *column = gn_arena_zalloc(&arena, rows * sizeof *column);
        assert_non_null(column);
        random_cells(r, column, ROM_PAGES * AIR_PAGE_ROWS);
        run->pre_columns[k] = column;
    }
    run->pre[ROM] = run->pre_columns;
    run->pre_pages[ROM] = ROM_PAGES;
}

static void check_shape(struct run *run, const uint32_t heights[TABLES])
{
    struct gn_shape *shape = &run->shape;
    shape->system = machine;
    shape->key.preset = GN_PRESET_FAST_128;
    shape->key.pre_tables = 1;
    shape->key.pre_pages[0] = ROM_PAGES;
    shape->key.pre_rate_log2 = gn_whir_params(GN_PRESET_FAST_128, WHIR_PREPROCESSED, 12)->mu0;
    memcpy(shape->heights, heights, TABLES * sizeof *heights);
    shape->pages[ROM] = run->pages;
    assert_int_equal(gn_shape_check(shape), GN_ACCEPT);
    assert_int_equal(shape->skip_log2, GN_SKIP_MIN_LOG2);
    gn_shape_derive(shape, skip_log2);
}

/* All of it lives in the arena; heights of rom are multiples of 256, that of list 0 or 20. */
static struct run *make_run(const uint32_t heights[TABLES], uint64_t seed)
{
    struct random r = {seed};
    struct run *run = gn_arena_zalloc(&arena, sizeof *run);
    assert_non_null(run);
    assert_int_equal(air_witness_alloc(&run->witness, machine, heights, &arena, NULL), GN_OK);
    run->values[0] = 1 + random_cell(&r) % 1000;
    run->values[1] = 3;
    for (uint32_t i = 0; i < heights[ROM] / AIR_PAGE_ROWS; i++) { /* pages 0, 2, 3, ... or all of them */
        run->pages[i] = i == 0 || heights[ROM] == ROM_PAGES * AIR_PAGE_ROWS ? i : i + 1;
    }
    run->witness.tables[ROM].pages = run->pages;
    fill_preprocessed(run, &r);
    run->witness.pre = run->pre;
    run->witness.pre_pages = run->pre_pages;
    for (unsigned degree = 1; degree <= 4; degree++) {
        fill_fib(run, degree);
    }
    fill_others(run, &r);
    fill_bits(run, &r);
    run->witness.statement.values = run->values;
    check_shape(run, heights);
    run->challenges.alpha = random_fp6(&r);
    run->challenges.beta[0] = fp6_one();
    for (size_t j = 0; j < AIR_MAX_ENTRIES; j++) {
        run->challenges.beta[j + 1] =
            j == 0 ? random_fp6(&r) : gn_fp6_mul(run->challenges.beta[j], run->challenges.beta[1]);
    }
    for (unsigned i = 0; i < run->shape.gkr_layers; i++) {
        run->bus.xi[i] = random_fp6(&r);
    }
    sum_bus(run);
    return run;
}

/* ---- proving and verifying ---- */

struct proof {
    struct gn_buffer bytes;
    struct gn_zerocheck_result result;
    struct gn_bus_result bus; /* with the whole of xi */
};

static void prove(struct proof *proof, const struct run *run, struct gn_pool *pool, enum gn_isa isa,
                  gn_transcript_observer *observer, void *ctx)
{
    struct gn_work work = {&arena, pool, isa};
    struct gn_sender sender = {.proof = &proof->bytes};
    gn_transcript_init(&sender.transcript);
    sender.transcript.observer = observer;
    sender.transcript.observer_ctx = ctx;
    proof->bytes = (struct gn_buffer){0};
    proof->bus = run->bus;
    size_t before = arena.peak = arena.used;
    assert_int_equal(gn_zerocheck_prove(&proof->result, &run->shape, &run->witness, NULL, &run->challenges, &proof->bus,
                                        run->p_sums, run->q_sums, &sender, &work),
                     GN_OK);
    assert_true(arena.peak - before <= gn_zerocheck_footprint(&run->shape, gn_pool_threads(pool)));
    assert_false(proof->bytes.failed);
}

/* also checks that all bytes were read and that result, if given, holds the prover's values */
static enum gn_verdict verify_bytes(const struct run *run, const uint8_t *bytes, size_t n, const struct proof *proof)
{
    size_t scratch_n = gn_zerocheck_scratch(machine);
    struct gn_scratch scratch = {.base = gn_arena_alloc(&arena, scratch_n), .size = scratch_n};
    struct gn_receiver receiver = {.proof = bytes, .size = n};
    struct gn_zerocheck_result result;
    struct gn_bus_result bus = run->bus;
    assert_non_null(scratch.base);
    gn_transcript_init(&receiver.transcript);
    bool ok =
        gn_zerocheck_verify(&result, &run->shape, &run->witness.statement, &run->challenges, &bus, &receiver, &scratch);
    assert_int_equal(ok, receiver.verdict == GN_ACCEPT);
    if (ok && proof != NULL) {
        const struct gn_zerocheck_result *other = &proof->result;
        assert_int_equal(receiver.at, receiver.size);
        assert_int_equal(result.main_n, other->main_n);
        assert_int_equal(result.pre_n, other->pre_n);
        assert_memory_equal(result.main_claims, other->main_claims, result.main_n * sizeof(fp6));
        assert_memory_equal(result.pre_claims, other->pre_claims, result.pre_n * sizeof(fp6));
        assert_memory_equal(&result.u, &other->u, sizeof result.u);
        assert_memory_equal(result.skip.low, other->skip.low, sizeof(fp6) << skip_log2);
        assert_memory_equal(result.r, other->r, sizeof result.r);
        assert_memory_equal(&bus, &proof->bus, sizeof bus);
    }
    return receiver.verdict;
}

static inline enum gn_verdict prove_and_verify(const struct run *run)
{
    struct proof proof;
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    prove(&proof, run, NULL, gn_isa_best(), NULL, NULL);
    enum gn_verdict verdict = verify_bytes(run, proof.bytes.data, proof.bytes.size, &proof);
    gn_buffer_free(&proof.bytes);
    gn_arena_release(&arena, mark);
    return verdict;
}

static int fixture_setup(void **state)
{
    (void)state;
    assert_int_equal(gn_arena_init(&arena, ARENA_BYTES, NULL), GN_OK);
    build_machine();
    return 0;
}

static int fixture_teardown(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

#endif
