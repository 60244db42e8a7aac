/* SPDX-License-Identifier: Apache-2.0 */
/* air_build_test.c - the language of tables: what it rejects, by message and place; degrees, counts, folding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "air/builder.h"
#include "field/fp.h"

#define ROW_COLUMNS(X) \
    X(a, , 31, "")     \
    X(b, , 31, "")     \
    X(f, [3], 1, "flags")
struct row_vars {
    ROW_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec row_columns[] = {ROW_COLUMNS(AIR_SPEC)};
#define ROW_SPECS (sizeof row_columns / sizeof row_columns[0])

static struct gn_arena arena;

static struct air *row_table(struct air_builder *b, const char *name, struct row_vars *r)
{
    struct air *t = air_table(b, name, 1024, 0);
    air_committed(t, row_columns, ROW_SPECS, r);
    return t;
}

/* ---- mistakes ---- */

static struct air_builder *b; /* fresh for each mistake, */
static struct air *t;         /* with one table */
static struct row_vars r;
static uint32_t bus; /* and one bus of two entries */
static int line;     /* of the mistake, 0 if it has no place */

static void degree_five(void)
{
    expr x = mul(mul(r.a, r.b), mul(r.a, r.b));
    line = __LINE__ + 1;
    assert_zero(mul(x, r.a));
}
static void entry_degree_five(void)
{
    expr x = mul(mul(mul(r.a, r.b), mul(r.a, r.b)), r.b);
    line = __LINE__ + 1;
    bus_push(t, bus, NULL, r.a, x);
}
static void bool_degree_six(void)
{
    line = __LINE__ + 1;
    assert_bool(mul(r.a, mul(r.a, r.a)));
}
static void mixed_tables(void)
{
    struct row_vars other;
    (void)row_table(b, "other", &other);
    line = __LINE__ + 1;
    assert_zero(add(r.a, other.a));
}
static void mixed_tables_in_a_product(void)
{
    struct row_vars other;
    (void)row_table(b, "other", &other);
    line = __LINE__ + 1;
    assert_zero(mul(r.a, other.a));
}
static void entry_is_null(void)
{
    line = __LINE__ + 1;
    bus_push(t, bus, NULL, r.a, (expr)NULL);
}
static void foreign_entry(void)
{
    struct row_vars other;
    (void)row_table(b, "other", &other);
    line = __LINE__ + 1;
    bus_push(t, bus, NULL, r.a, other.a);
}
static void narrow_message(void)
{
    line = __LINE__ + 1;
    bus_push(t, bus, NULL, r.a);
}
static void unknown_bus(void)
{
    line = __LINE__ + 1;
    bus_pull(t, bus + 1, NULL, r.a, r.b);
}
static void numerator_not_boolean(void)
{
    assert_first(bit(r.f[0])); /* not on all rows: does not count */
    line = __LINE__ + 1;
    bus_push(t, bus, r.f[0], r.a, r.b);
}
static void numerator_sum_not_boolean(void)
{
    assert_bool(r.f[0]);
    assert_bool(r.f[1]);
    line = __LINE__ + 1;
    bus_pull(t, bus, add(r.f[0], r.f[1]), r.a, r.b);
}
static void supply_of_product(void)
{
    line = __LINE__ + 1;
    bus_supply(t, bus, mul(r.a, r.b), r.a, r.b);
}
static void supply_of_next(void)
{
    line = __LINE__ + 1;
    bus_supply(t, bus, next(r.a), r.a, r.b);
}
static void supply_without_multiplicity(void)
{
    line = __LINE__ + 1;
    bus_supply(t, bus, NULL, r.a, r.b);
}
static void next_of_sum(void)
{
    line = __LINE__ + 1;
    assert_transition(sub(next(add(r.a, r.b)), r.a));
}
static void next_of_fixed(void)
{
    expr row = air_fixed_monomials(t, "row", (const struct air_monomial[]){{1, 1}}, 1);
    line = __LINE__ + 1;
    bus_push(t, bus, NULL, r.a, next(row));
}
static void next_of_last(void)
{
    line = __LINE__ + 1;
    assert_last(sub(r.b, mul(r.a, next(r.a))));
}
static void next_on_all_rows(void)
{
    line = __LINE__ + 1;
    assert_zero(sub(next(r.a), r.b));
}
static void next_on_the_first_row(void)
{
    line = __LINE__ + 1;
    assert_first(sub(next(r.a), r.b));
}
static void next_in_a_message(void)
{
    line = __LINE__ + 1;
    bus_push(t, bus, NULL, r.a, next(r.b));
}
static void constant_constraint(void)
{
    line = __LINE__ + 1;
    assert_zero(sub(add(r.a, r.b), add(r.b, r.a)));
}
static void no_such_public_value(void)
{
    line = __LINE__ + 1;
    assert_first(sub(r.a, public_value(t, 3)));
}
static void explicit_without_height(void)
{
    (void)!air_fixed_values(t, "v", (const uint32_t[]){1, 2}, 2);
}
static void explicit_wrong_height(void)
{
    struct air *u = air_table(b, "u", 3, AIR_FIXED_HEIGHT);
    (void)!air_fixed_values(u, "v", (const uint32_t[]){1, 2}, 2);
}
static void explicit_not_canonical(void)
{
    struct air *u = air_table(b, "u", 2, AIR_FIXED_HEIGHT);
    (void)!air_fixed_values(u, "v", (const uint32_t[]){1, FP_P}, 2);
}
static void monomial_out_of_range(void)
{
    (void)!air_fixed_monomials(t, "m", (const struct air_monomial[]){{1, 1u << 24}}, 1);
}
static void no_committed_column(void)
{
    (void)air_table(b, "empty", 8, 0);
}
static void pre_not_declared(void)
{
    struct row_vars pre;
    air_preprocessed(t, row_columns, ROW_SPECS, &pre);
}
static void pre_missing(void)
{
    struct row_vars u;
    air_committed(air_table(b, "u", 256, AIR_PREPROCESSED), row_columns, ROW_SPECS, &u);
}
static void pre_fixed_height(void)
{
    (void)air_table(b, "u", 256, AIR_PREPROCESSED | AIR_FIXED_HEIGHT);
}
static void pre_half_page(void)
{
    (void)air_table(b, "u", 128, AIR_PREPROCESSED);
}
static void no_rows(void)
{
    (void)air_table(b, "u", 0, 0);
}
static void too_many_rows(void)
{
    (void)air_table(b, "u", AIR_MAX_HEIGHT + 1, 0);
}
static void bus_without_entries(void)
{
    (void)air_bus(b, "u", 0);
}
static void too_many_buses(void)
{
    for (unsigned i = 0; i <= 1u << 16; i++) {
        (void)air_bus(b, "u", 1);
    }
}
static void bus_too_wide(void)
{
    (void)air_bus(b, "u", AIR_MAX_ENTRIES + 1);
}
static void column_too_wide(void)
{
    const struct air_column_spec spec = {"wide", 1, 32, ""};
    expr x;
    air_committed(t, &spec, 1, &x);
}
static void message_with_index(void)
{
    air_public_message(b, bus, false, (const struct air_entry[]){{AIR_ENTRY_CONST, 1, 0}, {AIR_ENTRY_INDEX, 0, 1}}, 2);
}
static void message_too_narrow(void)
{
    air_public_message(b, bus, false, (const struct air_entry[]){{AIR_ENTRY_CONST, 1, 0}}, 1);
}
static void limb_behind_row(void)
{
    air_public_table(b, "p", bus, true, 2, (const struct air_entry[]){{AIR_ENTRY_LIMB, 0, 1}, {AIR_ENTRY_LIMB, 1, 2}},
                     2);
}
static void limb_of_three(void)
{
    air_public_table(b, "p", bus, true, 4, (const struct air_entry[]){{AIR_ENTRY_LIMB, 0, 1}, {AIR_ENTRY_LIMB, 1, 3}},
                     2);
}
static void rows_without_bytes(void)
{
    air_public_table(b, "p", bus, true, 0, (const struct air_entry[]){{AIR_ENTRY_CONST, 0, 1}, {AIR_ENTRY_CONST, 1, 3}},
                     2);
}
static void bound_too_large(void)
{
    (void)air_bound(b, "bound", 1u << 31);
}
static void no_such_bound(void)
{
    air_bound_term(t, 0, 1);
}
static void bound_twice(void)
{
    uint32_t bound = air_bound(b, "time", 1);
    air_bound_term(t, bound, 1);
    air_bound_term(t, bound, 1);
}
static void too_many_pre_tables(void)
{
    for (unsigned i = 0; i <= AIR_MAX_PRE_TABLES; i++) {
        struct row_vars u;
        struct air *x = air_table(b, "u", 256, AIR_PREPROCESSED);
        air_preprocessed(x, row_columns, ROW_SPECS, &u);
        air_committed(x, row_columns, ROW_SPECS, &u);
    }
}

static const struct {
    void (*make)(void);
    const char *message;
} mistakes[] = {
    {degree_five, "constraint has degree 5"},
    {entry_degree_five, "an entry has degree 5"},
    {bool_degree_six, "constraint has degree 6"},
    {mixed_tables, "mixes columns of table row and table other"},
    {mixed_tables_in_a_product, "mixes columns of table row and table other"},
    {entry_is_null, "an entry is NULL"},
    {foreign_entry, "reads columns of table other"},
    {narrow_message, "message on bus pairs has 1 entries, not 2"},
    {unknown_bus, "no bus number 2"},
    {numerator_not_boolean, "numerator is not asserted boolean: push bus(r.a, r.b)"},
    {numerator_sum_not_boolean, "numerator is not asserted boolean: pull bus(r.a, r.b)"},
    {supply_of_product, "multiplicity of a supply is not a committed column"},
    {supply_of_next, "multiplicity of a supply is not a committed column"},
    {supply_without_multiplicity, "multiplicity of a supply is not a committed column"},
    {next_of_sum, "next of an expression that is not a committed column"},
    {next_of_fixed, "next of an expression that is not a committed column"},
    {next_of_last, "only a transition constraint may read the next row"},
    {next_on_all_rows, "only a transition constraint may read the next row"},
    {next_on_the_first_row, "only a transition constraint may read the next row"},
    {next_in_a_message, "an entry reads the next row"},
    {constant_constraint, "constraint is the constant 0"},
    {no_such_public_value, "reads public value 3 of 1"},
    {explicit_without_height, "fixed column v has 2 values"},
    {explicit_wrong_height, "fixed column v has 2 values"},
    {explicit_not_canonical, "fixed column v: value 1 is not below p"},
    {monomial_out_of_range, "fixed column m: monomial 0 is out of range"},
    {no_committed_column, "table empty has no committed column"},
    {pre_not_declared, "table row is not declared preprocessed"},
    {pre_missing, "table u has no preprocessed column"},
    {pre_fixed_height, "whole pages and no fixed height"},
    {pre_half_page, "whole pages and no fixed height"},
    {no_rows, "largest height of 0"},
    {too_many_rows, "largest height of 16777217"},
    {bus_without_entries, "0 entries are not allowed"},
    {bus_too_wide, "25 entries are not allowed"},
    {too_many_buses, "bus u: too many buses"},
    {column_too_wide, "column wide has a width of 32 bits"},
    {message_with_index, "public message 0: entry 1"},
    {message_too_narrow, "1 entries on bus number 1"},
    {limb_behind_row, "public table p: entry 1"},
    {limb_of_three, "public table p: entry 1"},
    {rows_without_bytes, "public table p: rows of 0 bytes"},
    {bound_too_large, "bound bound: constant"},
    {no_such_bound, "term of bound 0"},
    {bound_twice, "bound time has a term of it already"},
    {too_many_pre_tables, "9 of them preprocessed"},
};

static void fresh(void)
{
    b = air_builder_new("system");
    assert_non_null(b);
    air_public_values(b, 1);
    bus = air_bus(b, "pairs", 2);
    t = row_table(b, "row", &r);
    line = 0;
}

static void every_mistake_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        fresh();
        mistakes[i].make();
        struct gn_error err;
        assert_null(air_build(b, &arena, &err));
        assert_int_equal(err.status, GN_BAD_INPUT);
        if (strstr(err.text, mistakes[i].message) == NULL) {
            fail_msg("mistake %zu: wanted \"%s\", got \"%s\"", i, mistakes[i].message, err.text);
        }
        if (line > 0) {
            char place[64];
            snprintf(place, sizeof place, "air_build_test.c:%d: ", line);
            if (strncmp(err.text, place, strlen(place)) != 0) {
                fail_msg("mistake %zu: wanted it at %s, got \"%s\"", i, place, err.text);
            }
        }
        air_builder_free(b);
    }
}

static void first_mistake_is_reported(void **state)
{
    (void)state;
    fresh();
    narrow_message();
    int first = line;
    degree_five();
    struct gn_error err;
    assert_null(air_build(b, &arena, &err));
    char place[64];
    snprintf(place, sizeof place, "air_build_test.c:%d: ", first);
    assert_int_equal(strncmp(err.text, place, strlen(place)), 0);
    air_builder_free(b);
}

static void system_without_tables(void **state)
{
    (void)state;
    struct air_builder *empty = air_builder_new("empty");
    struct gn_error err;
    assert_null(air_build(empty, &arena, &err));
    assert_non_null(strstr(err.text, "a system of 0 tables"));
    air_builder_free(empty);
}

/* The order of assertion and use does not matter, and products and complements of booleans are booleans. */
static void boolean_numerators(void **state)
{
    (void)state;
    fresh();
    bus_push(t, bus, r.f[0], r.a, r.b);
    assert_bool(r.f[0]);
    assert_bool(r.f[1]);
    bus_pull(t, bus, sub(constant(t, 1), r.f[1]), r.a, r.b);
    bus_pull(t, bus, mul(r.f[0], r.f[1]), r.a, r.b);
    bus_push(t, bus, constant(t, 1), r.a, r.b);
    bus_supply(t, bus, r.f[2], r.a, r.b);
    struct gn_error err;
    assert_non_null(air_build(b, &arena, &err));
    air_builder_free(b);
}

/* ---- what is built ---- */

static void equal_expressions_are_one(void **state)
{
    (void)state;
    fresh();
    assert_ptr_equal(add(r.a, r.b), add(r.b, r.a));
    assert_ptr_equal(mul(r.a, r.b), mul(r.b, r.a));
    assert_ptr_equal(add(r.a, constant(t, 0)), r.a);
    assert_ptr_equal(mul(r.a, constant(t, 1)), r.a);
    assert_ptr_equal(mulk(r.a, 0), constant(t, 0));
    assert_ptr_equal(mulk(r.a, 2), add(r.a, r.a));
    assert_ptr_equal(mulk(r.a, -1), neg(r.a));
    assert_ptr_equal(sub(r.a, r.a), constant(t, 0));
    assert_ptr_equal(add(r.a, neg(r.b)), sub(r.a, r.b));
    assert_ptr_equal(sub(r.a, neg(r.b)), add(r.a, r.b));
    assert_ptr_equal(neg(neg(r.a)), r.a);
    assert_ptr_equal(add(constant(t, FP_P - 1), constant(t, 2)), constant(t, 1));
    assert_ptr_equal(mul(constant(t, 1 << 16), constant(t, 1 << 16)), constant(t, (int64_t)1 << 32));
    assert_ptr_equal(constant(t, -1), constant(t, FP_P - 1));
    assert_ptr_equal(addk(addk(constant(t, 7), -9), 2), constant(t, 0));
    assert_ptr_not_equal(sub(r.a, r.b), sub(r.b, r.a));
    assert_ptr_not_equal(next(r.a), r.a);
    air_builder_free(b);
}

static void degrees(void **state)
{
    (void)state;
    fresh();
    expr row = air_fixed_monomials(t, "row", (const struct air_monomial[]){{1, 1}, {2, 2}}, 2);
    assert_int_equal(constant(t, 5)->degree, 0);
    assert_int_equal(public_value(t, 0)->degree, 0);
    assert_int_equal(row->degree, 1);
    assert_int_equal(next(r.a)->degree, 1);
    assert_int_equal(mul(public_value(t, 0), r.a)->degree, 1);
    assert_int_equal(bit(r.a)->degree, 2);
    assert_int_equal(when(r.f[0], bit(r.a))->degree, 3);
    assert_int_equal(bit(when(r.f[0], r.a))->degree, 4);
    assert_int_equal(select_expr(r.f[0], mul(r.a, r.b), row)->degree, 3);
    assert_int_equal(limbs(r.f, 3, 8)->degree, 1);
    assert_int_equal(sum(r.f, 3)->degree, 1);
    air_builder_free(b);
}

/* docs/protocol.md 6.1: in descending order of degree, into the first leaf that has room */
static void leaves(void **state)
{
    (void)state;
    fresh();
    assert_bool(r.f[0]);
    expr square = mul(r.a, r.b), cube = mul(square, r.a);
    bus_push(t, bus, NULL, r.a, r.b);                       /* 0: with 5 */
    bus_push(t, bus, r.f[0], r.a, r.b);                     /* 1: varies */
    bus_push(t, bus, NULL, cube, r.b);                      /* 2: degree 3 */
    bus_pull(t, bus, NULL, constant(t, 4), r.b);            /* 3 */
    bus_pull(t, bus, r.f[0], r.b, r.b);                     /* 4: varies */
    bus_push(t, bus, NULL, square, r.b);                    /* 5: degree 2 */
    bus_push(t, bus, NULL, r.f[1], r.b);                    /* 6 */
    bus_push(t, bus, NULL, constant(t, 4), constant(t, 1)); /* 7: degree 0 counts as 1 */
    bus_push(t, bus, NULL, r.f[1], r.f[2]);                 /* 8 */
    struct gn_error err;
    const struct air_system *s = air_build(b, &arena, &err);
    assert_non_null(s);
    air_builder_free(b);

    static const struct air_leaf expected[] = {{1, {2}}, {2, {5, 0}}, {2, {1, 3}}, {2, {4, 6}}, {2, {8, 7}}};
    const struct air_table *x = &s->tables[0];
    assert_int_equal(x->leaves_n, 5);
    for (unsigned k = 0; k < 5; k++) {
        assert_int_equal(x->leaves[k].n, expected[k].n);
        for (unsigned i = 0; i < expected[k].n; i++) {
            assert_int_equal(x->leaves[k].interactions[i], expected[k].interactions[i]);
        }
    }
    assert_int_equal(air_leaf_degree(x, &x->leaves[4]), 2);
    assert_int_equal(x->degree, 3);
}

static void counts_and_order(void **state)
{
    (void)state;
    fresh();
    air_next_anywhere(t);
    (void)!next(r.a); /* made, but not used: no claim */
    assert_transition(sub(next(r.f[1]), mul(r.a, r.b)));
    assert_zero(mul(sub(next(r.b), addk(r.a, 7)), r.f[0]));
    bus_push(t, bus, NULL, mul(r.a, r.b), mulk(r.f[2], 11));
    struct gn_error err;
    const struct air_system *s = air_build(b, &arena, &err);
    assert_non_null(s);
    air_builder_free(b);

    const struct air_table *x = &s->tables[0];
    assert_int_equal(s->max_entries, 2);
    assert_int_equal(air_system_claims(s, 0), 5 + 2);
    assert_int_equal(x->committed_n, 5);
    assert_string_equal(x->committed[2].name, "f[0]");
    assert_int_equal(x->next_n, 2);
    assert_int_equal(x->next[0], 1); /* b, then f[1]: ascending, not in order of use */
    assert_int_equal(x->next[1], 3);
    assert_int_equal(x->constraints_n, 2);
    assert_int_equal(x->interactions_n, 1);
    assert_int_equal(x->interactions[0].first_output, 2);
    assert_int_equal(x->outputs_n, 5);
    assert_int_equal(x->degree, 2);
    assert_int_equal(x->consts_n, 3); /* 7, 11 and the numerator 1 */

    /* the prefix is the bus and nothing but the bus; every output once */
    uint32_t seen = 0;
    for (uint32_t i = 0; i < x->code_n; i++) {
        if (x->code[i].op == AIR_OUT) {
            bool low = x->code[i].dst >= x->constraints_n || x->constraints[x->code[i].dst].degree <= AIR_LOW_DEGREE;
            assert_int_equal(x->code[i].dst >= x->constraints_n, i < x->bus_code_n);
            assert_int_equal(low, i < x->low_code_n);
            assert_int_equal(seen >> x->code[i].dst & 1, 0);
            seen |= 1u << x->code[i].dst;
        } else {
            assert_in_range(x->code[i].dst, 0, x->temps_n - 1);
        }
    }
    assert_int_equal(seen, 0x1f);
}

/* 2,700 constraints that share a few values take few temporaries. */
static void temporaries_are_reused(void **state)
{
    (void)state;
    fresh();
    expr shared = mul(r.a, r.b);
    for (int64_t i = 0; i < 2700; i++) {
        assert_zero(when(r.f[i % 3], sub(mul(shared, addk(r.a, 3 * i)), mul(addk(r.b, i), addk(r.a, i + 5000)))));
    }
    struct gn_error err;
    const struct air_system *s = air_build(b, &arena, &err);
    assert_non_null(s);
    assert_int_equal(s->tables[0].constraints_n, 2700);
    assert_in_range(s->tables[0].temps_n, 1, 8);
    air_builder_free(b);
}

static int setup(void **state)
{
    (void)state;
    return gn_arena_init(&arena, (size_t)64 << 20, NULL) != GN_OK;
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
        cmocka_unit_test(every_mistake_is_named),
        cmocka_unit_test(first_mistake_is_reported),
        cmocka_unit_test(system_without_tables),
        cmocka_unit_test(boolean_numerators),
        cmocka_unit_test(equal_expressions_are_one),
        cmocka_unit_test(degrees),
        cmocka_unit_test(leaves),
        cmocka_unit_test(counts_and_order),
        cmocka_unit_test(temporaries_are_reused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
