/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and Keccak-f: tables agree with the plain functions; every column matters; lies by name. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "base/keccak.h"
#include "machines_bulk/world.h"

#define assert_objects(w, who) assert_string_equal(world_objections(w), who)

static void keccak_of_several_states(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64);
    world_keccak(&w, w.base);
    world_keccak(&w, w.base + 8); /* beyond 64 KiB, and over what the first one wrote */
    world_keccak(&w, w.base + 8 * 39);
    world_keccak(&w, w.base + 8 * 32);
    world_keccak(&w, w.base);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void sha256_of_several_blocks(void **state)
{
    (void)state;
    static struct world w;
    world_open(&w, 64);
    world_sha256(&w, w.base, w.base + 32);
    world_sha256(&w, w.base + 8 * 30, w.base + 8 * 27); /* the state is inside of the block */
    world_sha256(&w, w.base + 8 * 34, w.base + 8 * 38);
    world_sha256(&w, w.base, w.base + 8 * 32);
    world_sha256(&w, w.base, w.base + 8 * 40);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    world_close(&w);
}

static void every_column_of_keccak_matters(void **state)
{
    (void)state;
    static const uint32_t row[] = {0}, round[] = {17}, numbers[] = {0, 9, 23};
    static struct world w;
    world_open(&w, 32);
    world_keccak(&w, w.base + 8 * 7);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    assert_int_equal(world_mutate(&w, "keccak", "keccak", row, 1), 0);
    assert_int_equal(world_mutate(&w, "keccak_rounds", "keccak_rounds", round, 1), 0);
    assert_int_equal(world_mutate(&w, "keccak_iota", "keccak_iota", numbers, 3), 0);
    world_close(&w);
}

/* Rows of a block: 16 is index 0, whose links are free where sha256_rounds.c says so; the others have no free cell, but for v at the very top. */
static void every_column_of_sha256_matters(void **state)
{
    (void)state;
    static const uint32_t heads[] = {1}, top[] = {0}, rows[] = {6, 15}, start[] = {16}, last[] = {33},
                          numbers[] = {0, 7, 15};
    static struct world w;
    world_open(&w, 40);
    world_sha256(&w, w.base + 8 * 30, w.base + 8 * 20);
    world_sha256(&w, w.base + 8 * 30, w.base + 8 * 28);
    world_finish(&w);
    assert_int_equal(world_failures(&w, true), 0);
    assert_int_equal(world_mutate(&w, "sha256", "sha256", heads, 1), 0);
    assert_int_equal(world_mutate(&w, "sha256_rounds", "sha256_rounds", rows, 2), 0);
    assert_int_equal(world_mutate(&w, "sha256_rounds", "sha256_rounds(top)", top, 1), 0);
    assert_int_equal(world_mutate(&w, "sha256_rounds", "sha256_rounds(start)", start, 1), 0);
    assert_int_equal(world_mutate(&w, "sha256_rounds", "sha256_rounds(end)", last, 1), 0);
    assert_int_equal(world_mutate(&w, "sha256_row", "sha256_row", numbers, 3), 0);
    world_close(&w);
}

/* ---- Keccak ---- */
static uint32_t *numbered(struct world *w, const char *table, const char *column, unsigned i, uint32_t row)
{
    char name[32];
    snprintf(name, sizeof name, "%s[%u]", column, i);
    return world_cell(w, table, name, row);
}

static void open_keccak(struct world *w, unsigned n)
{
    world_open(w, 32);
    for (unsigned i = 0; i < n; i++) {
        world_keccak(w, w->base + 8 * i);
    }
    world_finish(w);
    assert_objects(w, "");
}

/* The parity of one column is turned over, and with it all that theta makes of it: A, D, A' and E stay consistent, but E is no longer the parity of A'
 * in that column. */
static void a_wrong_parity(void **state)
{
    (void)state;
    static struct world w;
    open_keccak(&w, 1);
    const uint32_t row = 3;
    const unsigned x = 2, z = 63, columns[3] = {64 * x + z, 64 * (x + 1) + z, 64 * (x - 1) + (z + 1) % 64};
    for (unsigned k = 0; k < 3; k++) {
        *numbered(&w, "keccak_rounds", "e", columns[k], row) ^= 1;
        if (k > 0) {
            *numbered(&w, "keccak_rounds", "d", columns[k], row) ^= 1;
        }
        for (unsigned y = 0; y < 5 && k > 0; y++) {
            *numbered(&w, "keccak_rounds", "a", 320 * y + columns[k], row) ^= 1;
        }
    }
    size_t n = world_failures(&w, false), expected = 0;
    static struct air_failure failures[64];
    assert_true(air_check(&w.witness, failures, 64, &w.arena) == n && n <= 64);
    for (size_t i = 0; i < n; i++) {
        if (failures[i].kind == AIR_FAIL_CONSTRAINT && strstr(failures[i].text, "chi") == NULL &&
            strstr(failures[i].text, "put") == NULL) {
            assert_non_null(strstr(failures[i].text, "rest")); /* the sum of A' - E */
            expected++;
        }
    }
    assert_int_equal(expected, 1);
    world_close(&w);
}

/* What theta adds is turned over in one column, and all that follows from it in this row, E too: but not that D is what the parities say. */
static void a_wrong_flip(void **state)
{
    (void)state;
    static struct world w;
    open_keccak(&w, 1);
    const uint32_t row = 3;
    const unsigned at = 64 * 2 + 17;
    *numbered(&w, "keccak_rounds", "d", at, row) ^= 1;
    *numbered(&w, "keccak_rounds", "e", at, row) ^= 1;
    for (unsigned y = 0; y < 5; y++) {
        *numbered(&w, "keccak_rounds", "a", 320 * y + at, row) ^= 1;
    }
    size_t n = world_failures(&w, false), expected = 0;
    static struct air_failure failures[64];
    assert_true(air_check(&w.witness, failures, 64, &w.arena) == n && n <= 64);
    for (size_t i = 0; i < n; i++) {
        if (failures[i].kind == AIR_FAIL_CONSTRAINT && strstr(failures[i].text, "chi") == NULL &&
            strstr(failures[i].text, "put") == NULL) {
            assert_non_null(strstr(failures[i].text, "flips"));
            expected++;
        }
    }
    assert_int_equal(expected, 1); /* elsewhere C is what it was */
    world_close(&w);
}

/* A limb that a row puts, and the next one takes, is another than their bits say: the bus does not notice, both rows do. */
static void a_wrong_limb(void **state)
{
    (void)state;
    static struct world w;
    static struct air_failure failures[8];
    open_keccak(&w, 1);
    *numbered(&w, "keccak_rounds", "put", 33, 4) ^= 1;
    *numbered(&w, "keccak_rounds", "taken", 33, 5) ^= 1;
    assert_int_equal(air_check(&w.witness, failures, 8, &w.arena), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(failures[i].kind, AIR_FAIL_CONSTRAINT);
        assert_non_null(strstr(failures[i].text, failures[i].row == 4 ? "put" : "taken"));
    }
    world_close(&w);
}

/* Round 6 is done as if it were round 5: constants are those of the number it gives. */
static void a_round_of_another_number(void **state)
{
    (void)state;
    static struct world w;
    open_keccak(&w, 1);
    *world_cell(&w, "keccak_rounds", "round", 6) = 5;
    assert_objects(&w, "keccak keccak_iota ");
    for (unsigned k = 0; k < 7; k++) {
        *numbered(&w, "keccak_rounds", "iota", k, 6) = gn_keccak_constants[5] >> ((1u << k) - 1) & 1;
    }
    for (unsigned l = 0; l < 4; l++) { /* lane (0, 0) of what the row puts */
        *numbered(&w, "keccak_rounds", "put", l, 6) ^=
            (gn_keccak_constants[5] ^ gn_keccak_constants[6]) >> 16 * l & 0xffff;
    }
    assert_objects(&w, "keccak ");
    world_close(&w);
}

/* An operation of nobody; and two operations whose rounds change places. */
static void rounds_without_head(void **state)
{
    (void)state;
    static struct world w;
    open_keccak(&w, 2);
    for (uint32_t i = 0; i < 24; i++) { /* the second's rows are a permutation at another time */
        *world_cell(&w, "keccak_rounds", "ts", 24 + i) += 4;
    }
    assert_objects(&w, "keccak ");
    for (uint32_t i = 0; i < 24; i++) {
        uint32_t *a = world_cell(&w, "keccak_rounds", "ts", i), *b = world_cell(&w, "keccak_rounds", "ts", 24 + i),
                 t = *a;
        *a = *b - 4;
        *b = t;
    }
    assert_objects(&w, "keccak ");
    world_close(&w);
}

/* Rows are the same operation in any order. */
static void rows_may_change_places(void **state)
{
    (void)state;
    static struct world w;
    open_keccak(&w, 2);
    uint32_t t = world_table(&w, "keccak_rounds");
    for (uint32_t c = 0; c < w.air->tables[t].committed_n; c++) {
        uint32_t *column = w.witness.tables[t].columns[c], cell = column[5];
        column[5] = column[40];
        column[40] = cell;
    }
    assert_objects(&w, "");
    world_close(&w);
}

/* ---- SHA-256 ---- */
static void open_sha256(struct world *w)
{
    world_open(w, 40);
    world_sha256(w, w->base + 8 * 30, w->base + 8 * 20);
    world_sha256(w, w->base + 8 * 30, w->base + 8 * 28);
    world_finish(w);
    assert_objects(w, "");
}

static void set_rows(struct world *w, const char *column, uint32_t from, uint32_t n, uint32_t value)
{
    for (uint32_t i = 0; i < n; i++) {
        *world_cell(w, "sha256_rounds", column, from + i) = value;
    }
}

/* A block of nobody; two blocks of one time; the first of two blocks alone. */
static void blocks_of_other_times(void **state)
{
    (void)state;
    static struct world w;
    open_sha256(&w);
    uint32_t first = *world_cell(&w, "sha256_rounds", "ts", 0), second = *world_cell(&w, "sha256_rounds", "ts", 17);
    set_rows(&w, "ts", 0, 17, first + 400);
    assert_objects(&w, "sha256 ");
    set_rows(&w, "ts", 0, 17, second);
    assert_objects(&w, "sha256 ");
    set_rows(&w, "ts", 0, 17, first);
    assert_objects(&w, "");
    w.witness.tables[world_table(&w, "sha256_rounds")].height = 17;
    assert_objects(&w, "sha256 ");
    world_close(&w);
}

/* Blocks cut short: rounds left out at the end, at the beginning, or switched off in the middle. */
static void blocks_cut_short(void **state)
{
    (void)state;
    static struct world w;
    open_sha256(&w);
    w.witness.tables[world_table(&w, "sha256_rounds")].height = 33; /* no row 0 */
    assert_objects(&w, "constraint sha256 ");
    w.witness.tables[world_table(&w, "sha256_rounds")].height = 34;
    *world_cell(&w, "sha256_rounds", "active", 10) = 0;
    assert_non_null(strstr(world_objections(&w), "constraint "));
    *world_cell(&w, "sha256_rounds", "index", 10) = 0; /* a row 0 in the middle */
    *world_cell(&w, "sha256_rounds", "full", 10) = 0;
    assert_non_null(strstr(world_objections(&w), "constraint "));
    world_close(&w);
}

/* Constants of another row, flags of another row: only the lookup knows. */
static void constants_of_another_row(void **state)
{
    (void)state;
    static struct world w;
    open_sha256(&w);
    *world_cell(&w, "sha256_rounds", "full", 2) = 0; /* so v is free there ... */
    assert_objects(&w, "sha256_row ");
    *world_cell(&w, "sha256_rounds", "full", 2) = 1;
    *world_cell(&w, "sha256_rounds", "load", 9) = 1; /* ... and words come from a block that nobody gives */
    assert_objects(&w, "sha256_row sha256 ");
    world_close(&w);
}

/* The carry of a sum is not the one that 32 bits have: message and state would be free. */
static void carries_are_small(void **state)
{
    (void)state;
    static struct world w;
    open_sha256(&w);
    *world_cell(&w, "sha256_rounds", "e_trit[1]", 5) = 3;
    assert_objects(&w, "constraint ");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak_of_several_states),
        cmocka_unit_test(sha256_of_several_blocks),
        cmocka_unit_test(every_column_of_keccak_matters),
        cmocka_unit_test(every_column_of_sha256_matters),
        cmocka_unit_test(a_wrong_parity),
        cmocka_unit_test(a_wrong_flip),
        cmocka_unit_test(a_wrong_limb),
        cmocka_unit_test(a_round_of_another_number),
        cmocka_unit_test(rounds_without_head),
        cmocka_unit_test(rows_may_change_places),
        cmocka_unit_test(blocks_of_other_times),
        cmocka_unit_test(blocks_cut_short),
        cmocka_unit_test(constants_of_another_row),
        cmocka_unit_test(carries_are_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
