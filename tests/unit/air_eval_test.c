/* SPDX-License-Identifier: Apache-2.0 */
/* air_eval_test.c - a lowered program means what the expressions mean, for every evaluator.
 *
 * Rows are random, not valid traces: every output has to agree, also where constraints do not hold.  The reference
 * walks the expression nodes one by one with integers mod p; the row at a point of the extension has another
 * reference, the program run with fp6 arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "air/builder.h"
#include "air/eval.h"
#include "field_random.h"
#include "machines/machines.h"

#define PUBLICS 8

static struct gn_arena arena;

static void *take(size_t bytes)
{
    void *p = gn_arena_alloc(&arena, bytes);
    assert_non_null(p);
    return p;
}

/* ---- random operands of a table ---- */

/* Columns of one space: columns[c] has `words` words. */
static const uint32_t *const *random_columns(struct random *r, uint32_t n, size_t rows, bool ext)
{
    const uint32_t **columns = take((n + 1) * sizeof *columns);
    for (uint32_t c = 0; c < n; c++) {
        uint32_t *cells = take((ext ? ext_words(rows) : rows) * sizeof *cells);
        if (ext) {
            random_ext(r, cells, rows);
        } else {
            random_cells(r, cells, rows);
        }
        columns[c] = cells;
    }
    return columns;
}

static struct air_block random_block(struct random *r, const struct air_table *t, size_t rows, bool ext)
{
    uint32_t *publics = take(PUBLICS * sizeof *publics);
    random_cells(r, publics, PUBLICS);
    return (struct air_block){.committed = random_columns(r, t->committed_n, rows, ext),
                              .next = random_columns(r, t->next_n, rows, ext),
                              .pre = random_columns(r, t->pre_n, rows, ext),
                              .fixed = random_columns(r, t->fixed_n, rows, ext),
                              .publics = publics,
                              .rows = rows};
}

static fp6 *random_coefficients(struct random *r, uint32_t n)
{
    fp6 *c = take((n + 1) * sizeof *c);
    for (uint32_t i = 0; i < n; i++) {
        c[i] = random_fp6(r);
    }
    return c;
}

static fp6 operand(const uint32_t *const *columns, uint32_t c, size_t row, bool ext)
{
    return ext ? ext_get(columns[c], row) : fp6_from_fp((fp){columns[c][row]});
}

/* The row of a block as a point. */
static struct air_point point_of(const struct air_table *t, const struct air_block *b, size_t row, bool ext)
{
    const uint32_t counts[4] = {t->committed_n, t->next_n, t->pre_n, t->fixed_n};
    const uint32_t *const *const spaces[4] = {b->committed, b->next, b->pre, b->fixed};
    fp6 *values[4];
    for (int s = 0; s < 4; s++) {
        values[s] = take((counts[s] + 1) * sizeof(fp6));
        for (uint32_t c = 0; c < counts[s]; c++) {
            values[s][c] = operand(spaces[s], c, row, ext);
        }
    }
    uint32_t *publics = take(PUBLICS * sizeof *publics);
    for (int i = 0; i < PUBLICS; i++) {
        publics[i] = fp_to_cell((fp){b->publics[i]});
    }
    return (struct air_point){values[0], values[1], values[2], values[3], publics};
}

/* ---- all evaluators against the point evaluator ---- */

static void assert_rows(uint32_t *const acc[AIR_GROUPS], uint32_t *const with[AIR_GROUPS], const struct air_table *t,
                        const struct air_block *b, const fp6 *coefficients, bool ext)
{
    fp6 *temps = take((t->temps_n + 1) * sizeof *temps), *bus = take((t->outputs_n + 1) * sizeof *bus);
    for (size_t row = 0; row < b->rows; row++) {
        gn_arena_mark mark = gn_arena_get_mark(&arena);
        struct air_point p = point_of(t, b, row, ext);
        fp6 expected[AIR_GROUPS];
        air_eval_point(expected, bus, t, &p, coefficients, temps);
        for (int g = 0; g < AIR_GROUPS; g++) {
            fp6 got = ext_get(acc[g], row);
            got = with == NULL ? got : fp6_add(got, ext_get(with[g], row));
            assert_true(fp6_eq(got, expected[g]));
        }
        gn_arena_release(&arena, mark);
    }
}

static uint32_t **new_acc(struct random *r)
{
    uint32_t **acc = take(AIR_GROUPS * sizeof *acc);
    for (int g = 0; g < AIR_GROUPS; g++) {
        acc[g] = take(ext_words(AIR_BLOCK_ROWS) * sizeof(uint32_t));
        random_ext(r, acc[g], AIR_BLOCK_ROWS); /* must be overwritten */
    }
    return acc;
}

/* the columns of a block by number */
static struct air_columns flat_columns(const struct air_table *t, const struct air_block *b, bool ext)
{
    const uint32_t counts[4] = {t->committed_n, t->next_n, t->pre_n, t->fixed_n};
    const uint32_t *const *const spaces[4] = {b->committed, b->next, b->pre, b->fixed};
    const size_t words = ext ? ext_words(b->rows) : b->rows;
    uint32_t *at = take((counts[0] + counts[1] + counts[2] + counts[3] + 1) * words * sizeof *at);
    struct air_columns columns = {at, words, b->rows};
    for (int s = 0; s < 4; s++) {
        for (uint32_t c = 0; c < counts[s]; c++, at += words) {
            memcpy(at, spaces[s][c], words * sizeof *at);
        }
    }
    return columns;
}

/* a section as plan, and what is left of it in the extension */
struct section {
    struct air_plan plan;
    struct air_table rest;
};

static uint32_t bools_seen;

static struct section make_section(const struct air_table *t, uint32_t first, uint32_t n)
{
    struct section s = {.rest = *t};
    struct air_insn *code = take((n + 1) * sizeof *code);
    s.plan.steps = take((n + 1) * AIR_PLAN_STEPS * sizeof *s.plan.steps);
    s.plan.bools = take((n + 1) * sizeof *s.plan.bools);
    s.rest.code_n = air_plan_make(&s.plan, code, t, first, n, take((size_t)t->temps_n + n + 1));
    s.rest.code = code;
    assert_int_equal(s.rest.code_n + 3 * s.plan.bools_n, n);
    assert_true(s.plan.steps_n <= n * AIR_PLAN_STEPS);
    bools_seen += s.plan.bools_n;
    return s;
}

static void run_section(uint32_t **acc, const struct air_table *t, uint32_t first, uint32_t n,
                        const struct air_block *b, const fp6 *coefficients, uint32_t *temps, bool ext, enum gn_isa isa)
{
    struct section s = make_section(t, first, n);
    struct air_columns columns = flat_columns(t, b, ext);
    if (ext) {
        air_eval_block_ext(acc, &s.rest, b, coefficients, 0, s.rest.code_n, temps, isa);
        air_eval_bools_ext(acc[AIR_ALL], &columns, &s.plan, coefficients, isa);
        return;
    }
    uint32_t *constants = take((t->consts_n + PUBLICS) * AIR_PLAN_CONSTANT * sizeof *constants);
    air_plan_constants(constants, t, b->publics, PUBLICS);
    air_eval_plan(acc, t, &s.plan, columns.at, constants, coefficients, temps, isa);
}

static void check_blocks(struct random *r, const struct air_table *t, size_t rows, bool ext, enum gn_isa isa)
{
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    struct air_block b = random_block(r, t, rows, ext);
    fp6 *coefficients = random_coefficients(r, t->constraints_n);
    uint32_t *temps = take((t->temps_n + 1) * ext_words(AIR_BLOCK_ROWS) * sizeof *temps);
    uint32_t **all = new_acc(r), **low = new_acc(r), **rest = new_acc(r);
    const uint32_t bus_n = t->bus_code_n, low_n = t->low_code_n - bus_n, rest_n = t->code_n - t->low_code_n;
    run_section(all, t, bus_n, low_n + rest_n, &b, coefficients, temps, ext, isa);
    run_section(low, t, bus_n, low_n, &b, coefficients, temps, ext, isa);
    run_section(rest, t, t->low_code_n, rest_n, &b, coefficients, temps, ext, isa);
    assert_rows(all, NULL, t, &b, coefficients, ext);
    assert_rows(low, rest, t, &b, coefficients, ext); /* two sections give the whole */
    gn_arena_release(&arena, mark);
}

static void check_bus(struct random *r, const struct air_table *t, size_t rows, bool ext, enum gn_isa isa)
{
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    uint32_t n = t->outputs_n - t->constraints_n;
    struct air_block b = random_block(r, t, rows, ext);
    uint32_t *temps = take((t->temps_n + 1) * ext_words(AIR_BLOCK_ROWS) * sizeof *temps),
             **out = take((n + 1) * sizeof *out);
    fp6 *coefficients = random_coefficients(r, t->constraints_n), acc[AIR_GROUPS],
        *point_temps = take((t->temps_n + 1) * sizeof *point_temps), *expected = take((n + 1) * sizeof *expected);
    for (uint32_t k = 0; k < n; k++) {
        out[k] = take(ext_words(AIR_BLOCK_ROWS) * sizeof **out);
    }
    if (ext) {
        air_eval_bus_ext(out, t, &b, temps, isa);
    } else {
        air_eval_bus(out, t, &b, temps, isa);
    }
    for (size_t row = 0; row < rows; row += 7) {
        struct air_point p = point_of(t, &b, row, ext);
        air_eval_point(acc, expected, t, &p, coefficients, point_temps);
        for (uint32_t k = 0; k < n; k++) {
            assert_true(fp6_eq(expected[k], ext ? ext_get(out[k], row) : fp6_from_fp((fp){out[k][row]})));
        }
    }
    gn_arena_release(&arena, mark);
}

static void check_table(struct random *r, const struct air_table *t)
{
    for (int isa = GN_ISA_SCALAR; isa <= GN_ISA_AVX512; isa++) {
        if (gn_isa_supported((enum gn_isa)isa)) {
            check_blocks(r, t, AIR_BLOCK_ROWS, false, (enum gn_isa)isa);
            check_blocks(r, t, 48, true, (enum gn_isa)isa);
            check_bus(r, t, 32, false, (enum gn_isa)isa);
            check_bus(r, t, 48, true, (enum gn_isa)isa);
        }
    }
}

static void machines_agree(void **state)
{
    (void)state;
    struct random r = {1};
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    struct gn_error err;
    const struct air_system *s = machine_build(machine_find("examples"), &arena, &err);
    assert_non_null(s);
    for (uint32_t i = 0; i < s->tables_n; i++) {
        check_table(&r, &s->tables[i]);
    }
    gn_arena_release(&arena, mark);
}

/* ---- random expressions against their nodes ---- */

#define WIDE_COLUMNS(X) X(c, [6], 31, "")
#define PRE_COLUMNS(X)  X(p, [2], 31, "")
struct wide_vars {
    WIDE_COLUMNS(AIR_EXPR)
};
struct pre_vars {
    PRE_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec wide_columns[] = {WIDE_COLUMNS(AIR_SPEC)};
static const struct air_column_spec pre_columns[] = {PRE_COLUMNS(AIR_SPEC)};

#define POOL 400
struct pool {
    struct air *t;
    expr x[POOL];
    uint32_t n;
};

static void leaves(struct pool *p, struct air_builder *b)
{
    struct wide_vars w;
    struct pre_vars pre;
    p->t = air_table(b, "random", 1024, AIR_PREPROCESSED);
    air_next_anywhere(p->t);
    air_committed(p->t, wide_columns, 1, &w);
    air_preprocessed(p->t, pre_columns, 1, &pre);
    for (int i = 0; i < 6; i++) {
        p->x[p->n++] = w.c[i];
        p->x[p->n++] = next(w.c[i]);
    }
    p->x[p->n++] = pre.p[0];
    p->x[p->n++] = pre.p[1];
    p->x[p->n++] = air_fixed_monomials(p->t, "m", (const struct air_monomial[]){{3, 5}}, 1);
    p->x[p->n++] = public_value(p->t, 0);
    p->x[p->n++] = public_value(p->t, 5);
    p->x[p->n++] = constant(p->t, 12345);
}

static expr pick(struct pool *p, struct random *r)
{
    return p->x[random_u64(r) % p->n];
}

static expr random_operation(struct pool *p, struct random *r)
{
    expr a = pick(p, r), b = pick(p, r);
    switch (random_u64(r) % 8) {
    case 0:
        return add(a, b);
    case 1:
        return sub(a, b);
    case 2:
        return mulk(a, random_cell(r));
    case 3:
        return addk(a, random_cell(r));
    case 4:
        return neg(a);
    case 5:
        return select_expr(a, b, pick(p, r));
    default:
        return mul(a, b);
    }
}

/* Value of a node on a row, without sharing anything with the program. */
static uint32_t node_value(expr x, const struct air_block *b, const uint32_t *next_index, size_t row)
{
    uint32_t i = AIR_REF_INDEX(x->a);
    switch (x->kind) {
    case EXPR_CONST:
        return x->a;
    case EXPR_LEAF:
        switch (AIR_REF_SPACE(x->a)) {
        case AIR_SPACE_COMMITTED:
            return fp_to_cell((fp){b->committed[i][row]});
        case AIR_SPACE_NEXT:
            return fp_to_cell((fp){b->next[next_index[i]][row]});
        case AIR_SPACE_PRE:
            return fp_to_cell((fp){b->pre[i][row]});
        case AIR_SPACE_FIXED:
            return fp_to_cell((fp){b->fixed[i][row]});
        default:
            return fp_to_cell((fp){b->publics[i]});
        }
    default: {
        uint64_t u = node_value(air_node(x->table, x->a), b, next_index, row);
        uint64_t v = node_value(air_node(x->table, x->b), b, next_index, row);
        return (uint32_t)((x->kind == EXPR_ADD ? u + v : x->kind == EXPR_SUB ? u + FP_P - v : u * v) % FP_P);
    }
    }
}

static void assert_outputs(struct random *r, const struct air_table *t, const expr *outputs)
{
    struct air_block b = random_block(r, t, 16, false);
    fp6 *coefficients = take((t->outputs_n + 1) * sizeof *coefficients),
        *temps = take((t->temps_n + 1) * sizeof *temps), *bus = take((t->outputs_n + 1) * sizeof *bus);
    uint32_t next_index[6] = {0};
    for (uint32_t i = 0; i < t->next_n; i++) {
        next_index[t->next[i]] = i;
    }
    struct air_point p = point_of(t, &b, 3, false);
    for (uint32_t k = 0; k < t->outputs_n; k++) {
        memset(coefficients, 0, t->outputs_n * sizeof *coefficients);
        coefficients[k] = fp6_one();
        fp6 acc[AIR_GROUPS], whole = fp6_zero();
        air_eval_point(acc, bus, t, &p, coefficients, temps);
        for (int g = 0; g < AIR_GROUPS; g++) {
            whole = fp6_add(whole, acc[g]);
        }
        whole = k < t->constraints_n ? whole : bus[k - t->constraints_n];
        assert_true(fp6_eq(whole, fp6_from_cell(node_value(outputs[k], &b, next_index, 3))));
    }
}

static void random_program(struct random *r)
{
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    struct air_builder *b = air_builder_new("random");
    air_public_values(b, PUBLICS);
    uint32_t bus = air_bus(b, "bus", 3);
    struct pool p = {0};
    expr outputs[POOL + 64];
    uint32_t n = 0;
    leaves(&p, b);
    while (p.n < POOL) {
        expr x = random_operation(&p, r);
        if (x->degree > AIR_MAX_DEGREE) {
            continue;
        }
        p.x[p.n++] = x;
        if (random_u64(r) % 3 == 0 && x->kind != EXPR_CONST) {
            outputs[n++] = x;
            uint64_t groups = x->reads_next ? AIR_LAST : AIR_GROUPS; /* next is not for the last row */
            air_assert(x, (enum air_group)(random_u64(r) % groups), "x", "file", 1);
        }
    }
    for (int i = 0; i < 10; i++) {
        expr e[3] = {pick(&p, r), pick(&p, r), pick(&p, r)};
        bus_push(p.t, bus, NULL, e[0], e[1], e[2]);
        outputs[n++] = constant(p.t, 1);
        for (int k = 0; k < 3; k++) {
            outputs[n++] = e[k];
        }
    }
    struct gn_error err;
    const struct air_system *s = air_build(b, &arena, &err);
    assert_non_null(s);
    assert_int_equal(s->tables[0].outputs_n, n);
    assert_outputs(r, &s->tables[0], outputs);
    check_table(r, &s->tables[0]);
    air_builder_free(b);
    gn_arena_release(&arena, mark);
}

static void random_programs_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct random r = {seed * 1000};
        random_program(&r);
    }
}

/* ---- x (x - 1) ---- */

#define BIT_COLUMNS(X) X(b, [75], 1, "")
struct bit_vars {
    BIT_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec bit_columns[] = {BIT_COLUMNS(AIR_SPEC)};

static void bits_are_taken_out(void **state)
{
    (void)state;
    struct random r = {77};
    gn_arena_mark mark = gn_arena_get_mark(&arena);
    struct air_builder *b = air_builder_new("bits");
    air_public_values(b, PUBLICS);
    struct air *t = air_table(b, "bits", 1024, 0);
    struct bit_vars v;
    air_committed(t, bit_columns, 1, &v);
    for (int i = 0; i < 75; i++) {
        assert_bool(v.b[i]);
        if (i % 10 == 0) { /* its product is read again, so it stays where it is */
            assert_zero(add(bit(v.b[i]), v.b[i + 1]));
        }
    }
    assert_first(bit(sub(v.b[1], v.b[2])));
    struct gn_error err;
    const struct air_system *s = air_build(b, &arena, &err);
    assert_non_null(s);
    bools_seen = 0;
    (void)make_section(&s->tables[0], s->tables[0].bus_code_n, s->tables[0].code_n - s->tables[0].bus_code_n);
    assert_int_equal(bools_seen, 75 - 8);
    check_table(&r, &s->tables[0]);
    air_builder_free(b);
    gn_arena_release(&arena, mark);
}

static int setup(void **state)
{
    (void)state;
    return gn_arena_init(&arena, (size_t)256 << 20, NULL) != GN_OK;
}

static int teardown(void **state)
{
    (void)state;
    gn_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines_agree),
        cmocka_unit_test(random_programs_agree),
        cmocka_unit_test(bits_are_taken_out),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
