/* SPDX-License-Identifier: Apache-2.0 */
/* air_check_test.c - the row checker accepts honest fills and names every lie.
 *
 * Lies are one changed cell each, for every column of every example table.  Where it matters the test pins down
 * exactly which checks complain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "field/fp.h"
#include "machines/machines.h"

#define MAX_FAILURES 32

static struct gn_arena arena;

struct fixture {
    const struct air_system *s;
    struct air_witness w;
    struct air_failure failures[MAX_FAILURES];
    size_t n;
};

static void fill(struct fixture *f, const char *machine, uint32_t size, uint64_t seed)
{
    struct gn_error err;
    const struct machine *m = machine_find(machine);
    gn_arena_release(&arena, 0);
    f->s = machine_build(m, &arena, &err);
    assert_non_null(f->s);
    assert_int_equal(machine_fill_size(&f->w, m, f->s, seed, size, &arena, &err), GN_OK);
}

static void check(struct fixture *f)
{
    f->n = air_check(&f->w, f->failures, MAX_FAILURES, &arena);
}

static void assert_accepted(struct fixture *f, const char *machine, uint32_t size)
{
    check(f);
    if (f->n != 0) {
        fail_msg("%s, size %u: %zu failures, first: table %u row %u %s: %s", machine, size, f->n, f->failures[0].table,
                 f->failures[0].row, f->failures[0].text, f->failures[0].detail);
    }
}

static uint32_t table_of(const struct fixture *f, const char *table)
{
    for (uint32_t i = 0; i < f->s->tables_n; i++) {
        if (strcmp(f->s->tables[i].name, table) == 0) {
            return i;
        }
    }
    fail_msg("no table %s", table);
    return 0;
}

static uint32_t *cell(struct fixture *f, const char *table, const char *column, uint32_t row)
{
    uint32_t t = table_of(f, table);
    for (uint32_t c = 0; c < f->s->tables[t].committed_n; c++) {
        if (strcmp(f->s->tables[t].committed[c].name, column) == 0) {
            return &f->w.tables[t].columns[c][row];
        }
    }
    fail_msg("no column %s.%s", table, column);
    return NULL;
}

/* Number of failures of a kind with this text on this row (any row for -1) whose detail contains a string. */
static size_t count(const struct fixture *f, int kind, const char *text, int64_t row, const char *detail)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n && i < MAX_FAILURES; i++) {
        const struct air_failure *x = &f->failures[i];
        n += (int)x->kind == kind && strcmp(x->text, text) == 0 && (row < 0 || x->row == row) &&
             strstr(x->detail, detail) != NULL;
    }
    return n;
}

static void honest_fills_are_accepted(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 7, 8, 9, 100, 300, 1000};
    struct fixture f;
    for (unsigned m = 0; m < machines_n; m++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            fill(&f, machines[m].name, sizes[i], 17 * i + m);
            assert_accepted(&f, machines[m].name, sizes[i]);
        }
    }
}

static void absent_parts_are_accepted(void **state)
{
    (void)state;
    struct fixture f;
    struct gn_error err;
    const struct machine *m = machine_find("examples");
    gn_arena_release(&arena, 0);
    f.s = machine_build(m, &arena, &err);
    assert_non_null(f.s);
    const uint32_t sizes[MACHINE_MAX_PARTS] = {1, 0, 5, 0, 0, 3}; /* range, fib, adder, memory, rom, tally */
    assert_int_equal(machine_fill(&f.w, m, f.s, 5, sizes, &arena, &err), GN_OK);
    assert_accepted(&f, "examples", 5);
}

/* A lie in every column of every table: something complains, and the column's name, a bus, or the declared width says
 * where. */
static void every_column_is_guarded(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f, "examples", 100, 3);
    for (uint32_t t = 0; t < f.s->tables_n; t++) {
        for (uint32_t c = 0; c < f.s->tables[t].committed_n; c++) {
            const struct air_column *column = &f.s->tables[t].committed[c];
            uint32_t row = f.w.tables[t].height / 3;
            uint32_t *x = &f.w.tables[t].columns[c][row], honest = *x;
            *x ^= 1;
            check(&f);
            size_t naming = 0;
            for (size_t i = 0; i < f.n && i < MAX_FAILURES; i++) {
                naming += f.failures[i].kind == AIR_FAIL_BUS || strstr(f.failures[i].detail, column->name) != NULL;
            }
            if (naming == 0) {
                fail_msg("%s.%s can change unnoticed on row %u", f.s->tables[t].name, column->name, row);
            }
            *x = FP_P;
            check(&f);
            assert_true(count(&f, AIR_FAIL_BITS, column->name, row, "is not an element of") > 0);
            *x = honest;
        }
    }
    assert_accepted(&f, "examples", 100);
}

static void all_failures_are_told(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f, "fib", 20, 9);
    uint32_t *a = cell(&f, "fib", "a", 5);
    *a = fp_add_raw(*a, 1);
    check(&f);
    assert_int_equal(f.n, 2); /* row 4 -> 5, and b of row 6 */
    char named[64];
    snprintf(named, sizeof named, "next a = %u", *a);
    assert_int_equal(count(&f, AIR_FAIL_CONSTRAINT, "sub(next(r->a), r->b)", 4, named), 1);
    snprintf(named, sizeof named, "a = %u", *a);
    assert_int_equal(count(&f, AIR_FAIL_CONSTRAINT, "sub(next(r->b), add(r->a, r->b))", 5, named), 1);

    uint32_t *b = cell(&f, "fib", "b", 19);
    *b = fp_add_raw(*b, 1);
    check(&f);
    assert_int_equal(f.n, 4);
    assert_int_equal(count(&f, AIR_FAIL_CONSTRAINT, "sub(r->b, public_value(t, statement + 2))", 19, "public 2 = "), 1);
    assert_int_equal(air_check(&f.w, f.failures, 1, &arena), 4); /* counted beyond what fits */
    assert_int_equal(air_check(&f.w, NULL, 0, &arena), 4);
}

static void adder_lies(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f, "adder", 50, 9);
    uint32_t *z = cell(&f, "adder", "z[1]", 31), honest = *z;
    *z = honest == 0 ? 1 : honest - 1;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_CONSTRAINT, "bool carry", 31, "z[1] = "),
                     3); /* this limb's carry and those behind it */
    char tuple[64];
    snprintf(tuple, sizeof tuple, ": (%u)", honest);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "range16", -1, tuple), 1); /* supplied once too often */
    snprintf(tuple, sizeof tuple, ": (%u)", *z);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "range16", -1, tuple), 1);
    assert_int_equal(f.n, 5);

    *z = 1u << 16; /* a multiple of nothing that the table supplies */
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "range16", 31, "pushed 1, pulled 0: (65536)"), 1);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "z[1]", 31, "65536 is not an element of 16 bits"), 1);
    *z = honest;

    uint32_t *multiplicity = cell(&f, "range16", "multiplicity", 65535);
    *multiplicity += 3;
    check(&f);
    assert_int_equal(f.n, 1);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "range16", -1, ": (65535)"), 1);
}

static void statement_lies(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f, "tally", 12, 4);
    uint32_t values[2];
    uint8_t bytes[48];
    memcpy(values, f.w.statement.values, sizeof values);
    memcpy(bytes, f.w.statement.bytes[0].data, sizeof bytes);
    struct air_public_bytes data = {bytes, sizeof bytes};
    f.w.statement.values = values;
    f.w.statement.bytes = &data;
    assert_accepted(&f, "tally", 12);

    bytes[4 * 7 + 3] ^= 0x80; /* record 7, high byte of the amount */
    check(&f);
    assert_int_equal(f.n, 2);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "record", 7, "pushed 1, pulled 0: (7, "), 1);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "record", 7, "pushed 0, pulled 1: (7, "), 1);
    bytes[4 * 7 + 3] ^= 0x80;

    data.size = 44;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "record", 11, "pushed 0, pulled 1: (11, "), 1);
    data.size = 48;

    values[0]++;
    check(&f);
    assert_int_equal(f.n, 1);
    assert_int_equal(count(&f, AIR_FAIL_CONSTRAINT, "sub(r->bits, public_value(t, bits_value))", 11, "public 0 = "), 1);
    values[0]--;

    values[1]++;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "result", 11, "pushed 0, pulled 1: (42, "), 1);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "result", 0, "pushed 1, pulled 0: (42, "), 1);
}

static void shape_lies(void **state)
{
    (void)state;
    struct fixture f;
    static const uint32_t pages[] = {0, 2, 4}, swapped[] = {2, 0, 3}, other[] = {0, 1, 3};
    fill(&f, "rom", 700, 4);
    struct air_table_witness *rom = &f.w.tables[table_of(&f, "rom")];
    rom->pages = pages;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "rom", 512, "page 4 is out of order or not below 4"), 1);
    rom->pages = swapped;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "rom", 256, "page 0 is out of order"), 1);
    rom->pages = other; /* well formed, but the program went through page 2 */
    check(&f);
    assert_int_equal(f.n, 2 * 256);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "fetch", 256, "pushed 0, pulled 1: (256, "), 1);

    fill(&f, "rom", 700, 4);
    f.w.tables[table_of(&f, "decode")].height = 2;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "decode", 0, "2 rows are not allowed (at most 3)"), 1);

    fill(&f, "tally", 9, 4);
    f.w.tables[table_of(&f, "tally")].height = 0;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "tally", 0, "0 rows are not allowed"), 1);

    fill(&f, "fib", 9, 4);
    *cell(&f, "fib", "a", 12) = 1; /* H(9) = 16 */
    check(&f);
    assert_int_equal(f.n, 1);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "a", 12, "1 behind the last row (height 9)"), 1);
}

static void memory_lies(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f, "memory", 200, 2);
    uint32_t row = 50; /* of a read that follows an access to the same address */
    while (!(*cell(&f, "sorted", "same", row) && !*cell(&f, "sorted", "write", row + 1))) {
        row++;
    }
    uint32_t time = *cell(&f, "sorted", "time", row + 1);
    uint32_t *sorted = cell(&f, "sorted", "value", row + 1), *access = cell(&f, "access", "value", time);
    *sorted = *access = fp_add_raw(*access, 5); /* both lists agree on a value that was never written */
    check(&f);
    assert_true(count(&f, AIR_FAIL_CONSTRAINT, "when(next_read, sub(next(r->value), mul(r->same, r->value)))", row,
                      "next value = ") == 1);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "memory", -1, ""), 0);
    *access = fp_sub_raw(*access, 5);
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "memory", -1, ""), 2);
    assert_int_equal(count(&f, AIR_FAIL_BUS, "memory", time, "pushed 1, pulled 0"), 1);
}

/* A machine of its own: a constraint that reads cells of all kinds, a bound, a narrow preprocessed column. */
#define LONG_NAME "a_column_whose_name_alone_takes_more_than_a_quarter_of_the_room_for_details"

static void cells_of_all_kinds_are_told(void **state)
{
    (void)state;
    static const struct air_column_spec columns = {LONG_NAME, 5, 31, ""}, narrow = {"narrow", 1, 2, ""};
    struct gn_error err;
    struct fixture f;
    gn_arena_release(&arena, 0);
    struct air_builder *b = air_builder_new("kinds");
    assert_non_null(b);
    air_public_values(b, 1);
    struct air *t = air_table(b, "t", 1024, AIR_PREPROCESSED);
    expr x[5], pre;
    air_preprocessed(t, &narrow, 1, &pre);
    air_committed(t, &columns, 1, x);
    expr fixed = air_fixed_monomials(t, "odd", (const struct air_monomial[]){{1, 1}}, 1);
    air_bound_term(t, air_bound(b, "half", 0), 1u << 22);
    assert_transition(add(sub(next(x[0]), fixed), sub(pre, public_value(t, 0)))); /* next x0 = odd - pre + public */
    assert_zero(sum(x + 1, 4));
    f.s = air_build(b, &arena, &err);
    air_builder_free(b);
    assert_non_null(f.s);

    uint32_t heights[] = {256}, pages[] = {1, 2}, value = 2, page_count = 4;
    assert_int_equal(air_witness_alloc(&f.w, f.s, heights, &arena, &err), GN_OK);
    uint32_t *column = gn_arena_zalloc(&arena, 1040 * sizeof *column);
    const uint32_t *const columns_of_t[] = {column}, *const *const pre_columns[] = {columns_of_t};
    f.w.pre = pre_columns;
    f.w.pre_pages = &page_count;
    f.w.tables[0].pages = pages;
    f.w.statement.values = &value;
    for (uint32_t i = 1; i < 256; i++) {
        f.w.tables[0].columns[0][i] = (i - 1) % 2 + 2;
    }
    assert_accepted(&f, "kinds", 256);

    column[256 + 10] = 1;
    check(&f);
    assert_int_equal(f.n, 1);
    const char *seen = f.failures[0].detail;
    assert_non_null(strstr(seen, "next " LONG_NAME "[0] = 2"));
    assert_non_null(strstr(seen, "narrow = 1"));
    assert_non_null(strstr(seen, "odd = 0"));
    assert_non_null(strstr(seen, "public 0 = 2"));
    column[256 + 10] = 0;

    column[256 + 255] = 4; /* of the last row, which no transition reads */
    check(&f);
    assert_int_equal(f.n, 1);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "narrow", 255, "4 is not an element of 2 bits"), 1);
    column[256 + 255] = 0;

    f.w.tables[0].columns[3][7] = 1; /* four long names do not fit: cut, not overrun */
    check(&f);
    assert_int_equal(f.n, 1);
    assert_int_equal(strlen(f.failures[0].detail), sizeof f.failures[0].detail - 1);
    f.w.tables[0].columns[3][7] = 0;

    f.w.tables[0].height = 255;
    check(&f);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "t", 0, "255 rows are not whole pages of 256"), 1);

    heights[0] = 512; /* 2^9 * 2^22 is not below p */
    assert_int_equal(air_witness_alloc(&f.w, f.s, heights, &arena, &err), GN_OK);
    f.w.pre = pre_columns;
    f.w.pre_pages = &page_count;
    f.w.tables[0].pages = pages;
    f.w.statement.values = &value;
    for (uint32_t i = 1; i < 512; i++) {
        f.w.tables[0].columns[0][i] = (i - 1) % 2 + 2;
    }
    check(&f);
    assert_int_equal(f.n, 1);
    assert_int_equal(count(&f, AIR_FAIL_BITS, "half", -1, "2147483648 is not below p"), 1);
}

static void little_memory_is_not_acceptance(void **state)
{
    (void)state;
    struct fixture f;
    fill(&f, "fib", 9, 4);
    struct gn_arena tiny;
    assert_int_equal(gn_arena_init(&tiny, 1, NULL), GN_OK);
    tiny.size = 256;
    assert_true(air_check(&f.w, f.failures, MAX_FAILURES, &tiny) > 0);
    tiny.size = (size_t)2 << 20;
    gn_arena_free(&tiny);
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
        cmocka_unit_test(honest_fills_are_accepted),
        cmocka_unit_test(absent_parts_are_accepted),
        cmocka_unit_test(every_column_is_guarded),
        cmocka_unit_test(all_failures_are_told),
        cmocka_unit_test(adder_lies),
        cmocka_unit_test(statement_lies),
        cmocka_unit_test(shape_lies),
        cmocka_unit_test(memory_lies),
        cmocka_unit_test(cells_of_all_kinds_are_told),
        cmocka_unit_test(little_memory_is_not_acceptance),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
