/* SPDX-License-Identifier: Apache-2.0 */
/* proof_bus_fixture.h - a machine for tests of the bus, and runs of it.
 *
 * The machine has pushes that always happen and some that a flag governs, entries of degree two, next columns, supplies
 * from committed, fixed and preprocessed columns, leaves of one, two and three messages, a table without interactions, a
 * public message and a public table. */
#ifndef GN_TESTS_PROOF_BUS_FIXTURE_H
#define GN_TESTS_PROOF_BUS_FIXTURE_H

#include <string.h>

#include "cm.h"

#include "air/expr.h"
#include "base/bits.h"
#include "poly/eq.h"
#include "proof/bus.h"
#include "unit/field_random.h"

#define ARENA_BYTES ((size_t)256 << 20)
#define DOMAIN      16u /* pairs (a, b) with a, b below this are supplied */
#define FIXED_ROWS  64u

enum { SEND, PLAIN, CHAIN, SUPPLY, RANGE, ROM, TAKE, THREE, TABLES };
enum { PAIR = 1, SINGLE, LINK };

/* ---- the machine ---- */

struct send_vars {
    expr a, b, flag;
};
struct supply_vars {
    expr a, b, m;
};
struct chain_vars {
    expr c;
};
struct range_vars {
    expr m;
};

static const struct air_column_spec three[] = {{"x0", 1, 31, ""}, {"x1", 1, 31, ""}, {"x2", 1, 31, ""}};

static void declare_send(struct air_builder *b)
{
    struct air *t = air_table(b, "send", 1u << 14, 0);
    struct send_vars r;
    air_committed(t, three, 3, &r);
    assert_bool(r.flag);
    bus_push(t, PAIR, NULL, r.a, r.b);
    bus_push(t, SINGLE, r.flag, mul(r.a, r.b));
    bus_push(t, PAIR, r.flag, r.b, addk(r.a, 0));
}

static void declare_chain(struct air_builder *b)
{
    struct air *t = air_table(b, "chain", 1u << 14, 0);
    air_next_anywhere(t); /* the engine supports it; a machine would have to say what the last row sends */
    struct chain_vars r;
    air_committed(t, three, 1, &r);
    bus_pull(t, LINK, NULL, r.c, public_value(t, 1), constant(t, 9));
    bus_push(t, LINK, NULL, next(r.c), public_value(t, 1), constant(t, 9));
}

static void declare_supply(struct air_builder *b)
{
    struct air *t = air_table(b, "supply", 1u << 14, 0);
    struct supply_vars r;
    air_committed(t, three, 3, &r);
    bus_supply(t, PAIR, r.m, r.a, r.b);
}

static void declare_range(struct air_builder *b)
{
    static const struct air_monomial index[] = {{1, 1}, {2, 2}, {4, 4}, {8, 8}, {16, 16}, {32, 32}};
    struct air *t = air_table(b, "range", FIXED_ROWS, AIR_FIXED_HEIGHT);
    struct range_vars r;
    air_committed(t, three, 1, &r);
    expr row = air_fixed_monomials(t, "row", index, 6);
    bus_supply(t, SINGLE, r.m, row);
}

static void declare_rom(struct air_builder *b)
{
    struct air *t = air_table(b, "rom", 1u << 12, AIR_PREPROCESSED);
    struct range_vars r;
    expr word;
    air_committed(t, three, 1, &r);
    air_preprocessed(t, three, 1, &word);
    bus_supply(t, SINGLE, r.m, word);
}

static void declare_take(struct air_builder *b)
{
    struct air *t = air_table(b, "take", 1u << 14, 0);
    struct send_vars r;
    air_committed(t, three, 3, &r);
    assert_bool(r.flag);
    bus_pull(t, PAIR, r.flag, r.a, r.b);
}

static void declare_three(struct air_builder *b)
{
    struct air *t = air_table(b, "three", 1u << 14, 0);
    struct send_vars r;
    air_committed(t, three, 3, &r);
    bus_pull(t, PAIR, NULL, r.a, r.b);
    bus_push(t, SINGLE, NULL, r.flag);
    bus_pull(t, SINGLE, NULL, r.flag);
    bus_push(t, PAIR, NULL, r.a, r.flag); /* balances where b = flag */
}

/* The leaves by the rule of 6.1, by hand: which interactions each takes.  In send the product of degree 2 comes first, and
 * its numerator varies. */
#define NONE 9u
static const unsigned leaves[TABLES][2][3] = {[SEND] = {{1, 0, NONE}, {2, NONE}},
                                              [CHAIN] = {{0, 1, NONE}},
                                              [SUPPLY] = {{0, NONE}},
                                              [RANGE] = {{0, NONE}},
                                              [ROM] = {{0, NONE}},
                                              [TAKE] = {{0, NONE}},
                                              [THREE] = {{0, 1, 2}, {3, NONE}}};
static const unsigned leaves_n[TABLES] = {
    [SEND] = 2, [CHAIN] = 1, [SUPPLY] = 1, [RANGE] = 1, [ROM] = 1, [TAKE] = 1, [THREE] = 2};

static struct gn_arena arena;
static struct gn_pool *two_threads;
static const struct air_system *machine;

static void build_machine(void)
{
    struct air_builder *b = air_builder_new("bus test");
    struct chain_vars plain;
    assert_int_equal(air_bus(b, "pair", 2), PAIR);
    assert_int_equal(air_bus(b, "single", 1), SINGLE);
    assert_int_equal(air_bus(b, "link", 3), LINK);
    air_public_values(b, 2);
    declare_send(b);
    air_committed(air_table(b, "plain", 1u << 14, 0), three, 1, &plain);
    declare_chain(b);
    declare_supply(b);
    declare_range(b);
    declare_rom(b);
    declare_take(b);
    declare_three(b);
    const struct air_entry first[3] = {{AIR_ENTRY_PUBLIC, 0, 0}, {AIR_ENTRY_PUBLIC, 1, 0}, {AIR_ENTRY_CONST, 9, 0}};
    air_public_message(b, LINK, false, first, 3);
    const struct air_entry last[3] = {{AIR_ENTRY_CONST, 77, 0}, {AIR_ENTRY_PUBLIC, 1, 0}, {AIR_ENTRY_CONST, 9, 0}};
    air_public_message(b, LINK, true, last, 3);
    const struct air_entry row[2] = {{AIR_ENTRY_INDEX, 3, 5}, {AIR_ENTRY_LIMB, 1, 2}};
    air_public_table(b, "bytes", PAIR, false, 3, row, 2);
    struct gn_error err = {0};
    machine = air_build(b, &arena, &err);
    if (machine == NULL) {
        print_error("%s\n", err.text);
    }
    air_builder_free(b);
    assert_non_null(machine);
}

/* ---- a run of it ---- */

struct run {
    struct air_witness witness;
    struct gn_shape shape;
    struct air_public_bytes bytes[1];
    uint32_t values[2];
    uint32_t pages[8];
    const uint32_t *const *pre[TABLES];
    const uint32_t *rom_columns[1];
    uint32_t rom[8 * AIR_PAGE_ROWS];
    uint8_t data[3 * 64];
    struct gn_bus_challenges challenges;
};

/* what gn_shape_check derives and the bus reads */
static void derive(struct gn_shape *shape)
{
    uint64_t slots = 0;
    shape->vmax = 0;
    for (uint32_t i = 0; i < TABLES; i++) {
        shape->v[i] = air_row_variables(shape->heights[i], GN_SKIP_MIN_LOG2);
        shape->vmax = shape->v[i] > shape->vmax ? shape->v[i] : shape->vmax;
        slots += shape->heights[i] == 0 ? 0 : (uint64_t)leaves_n[i] << shape->v[i];
    }
    shape->gkr_layers = ceil_log2(slots);
}

static struct run *new_run(const uint32_t heights[TABLES], struct random *random)
{
    struct run *run = gn_arena_zalloc(&arena, sizeof *run);
    assert_non_null(run);
    run->shape.system = machine;
    memcpy(run->shape.heights, heights, TABLES * sizeof *heights);
    derive(&run->shape);
    assert_int_equal(air_witness_alloc(&run->witness, machine, heights, &arena, NULL), GN_OK);
    for (uint32_t i = 0; i < 8 * AIR_PAGE_ROWS; i++) {
        run->rom[i] = 1000 + i;
    }
    for (uint32_t i = 0; i < 8; i++) {
        run->pages[i] = i + (i >= 2); /* page 2 is skipped */
    }
    run->rom_columns[0] = run->rom;
    run->pre[ROM] = run->rom_columns;
    run->witness.pre = run->pre;
    run->shape.pages[ROM] = run->pages;
    run->values[0] = 5;
    run->values[1] = FP_P - 1;
    run->bytes[0] = (struct air_public_bytes){run->data, 0};
    run->witness.statement = (struct air_statement){run->values, run->bytes};
    run->challenges.alpha = random_fp6(random);
    run->challenges.beta[0] = fp6_one();
    fp6 beta = random_fp6(random);
    for (unsigned j = 1; j <= AIR_MAX_ENTRIES; j++) {
        run->challenges.beta[j] = gn_fp6_mul(run->challenges.beta[j - 1], beta);
    }
    return run;
}

static void randomize(struct run *run, struct random *random)
{
    for (uint32_t i = 0; i < TABLES; i++) {
        uint32_t cells = air_committed_height(run->shape.heights[i], 3);
        for (uint32_t k = 0; k < machine->tables[i].committed_n; k++) {
            random_cells(random, run->witness.tables[i].columns[k], cells);
        }
    }
}

/* A run in which everything balances.  Needs SUPPLY, RANGE; TAKE takes what the public table pushes. */
static struct run *balanced_run(struct random *random, uint32_t send_n, uint32_t chain_n, uint32_t public_n)
{
    const uint32_t heights[TABLES] = {[SEND] = send_n,      [PLAIN] = 9, [CHAIN] = chain_n, [SUPPLY] = DOMAIN * DOMAIN,
                                      [RANGE] = FIXED_ROWS, [ROM] = 0,   [TAKE] = public_n, [THREE] = 12};
    struct run *run = new_run(heights, random);
    struct air_table_witness *t = run->witness.tables;
    for (uint32_t i = 0; i < DOMAIN * DOMAIN; i++) {
        t[SUPPLY].columns[0][i] = i % DOMAIN;
        t[SUPPLY].columns[1][i] = i / DOMAIN;
    }
    for (uint32_t i = 0; i < send_n; i++) {
        uint32_t a = (uint32_t)random_u64(random) % DOMAIN, b = (uint32_t)random_u64(random) % DOMAIN;
        uint32_t flag = a * b < FIXED_ROWS && i % 3 != 0;
        t[SEND].columns[0][i] = a;
        t[SEND].columns[1][i] = b;
        t[SEND].columns[2][i] = flag;
        t[SUPPLY].columns[2][a + DOMAIN * b]++;
        if (flag) {
            t[SUPPLY].columns[2][b + DOMAIN * a]++;
            t[RANGE].columns[0][a * b]++;
        }
    }
    for (uint32_t i = 0; i < chain_n; i++) { /* from the first public message, 5, to the last, 77 */
        t[CHAIN].columns[0][i] = i == 0 ? 5 : 100 + i;
    }
    t[CHAIN].columns[0][chain_n] = 77;
    for (uint32_t i = 0; i < public_n; i++) {
        uint32_t limb = (uint32_t)random_u64(random) & 0xffff;
        run->data[3 * i] = 0xee;
        run->data[3 * i + 1] = (uint8_t)limb;
        run->data[3 * i + 2] = (uint8_t)(limb >> 8);
        t[TAKE].columns[0][i] = 3 + 5 * i;
        t[TAKE].columns[1][i] = limb;
        t[TAKE].columns[2][i] = 1;
    }
    run->bytes[0].size = (size_t)3 * public_n;
    return run;
}

#endif
