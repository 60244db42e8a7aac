/* SPDX-License-Identifier: Apache-2.0 */
/* Lies: consistent forgeries, each by name, with the verdict that it must get.
 *
 * A mutation changes one cell and leaves a mess; a liar cleans up: he adjusts every other cell, message and
 * multiplicity that he can.  What is left is the one thing that the proof system must notice. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "field/fp.h"
#include "proof/container.h"
#include "support/proven.h"

#define HEIGHTS_AT (GN_PROOF_HEADER_BYTES + GN_KEY_BYTES)

/* moves `times` lookups of range16 from one value to another */
static void move_lookup(struct proven *p, uint32_t from, uint32_t to)
{
    uint32_t *from_cell = proven_cell(p, "range16", "multiplicity", from);
    uint32_t *to_cell = proven_cell(p, "range16", "multiplicity", to);
    *from_cell = fp_sub_raw(*from_cell, 1);
    *to_cell = fp_add_raw(*to_cell, 1);
}

/* ---- about values ---- */

static void wrong_sum_with_matching_lookups(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "adder", 20);
    uint32_t *z = proven_cell(&p, "adder", "z[2]", 11);
    uint32_t lie = *z ^ 5;
    move_lookup(&p, *z, lie);
    *z = lie;
    assert_verdict(proven_run(&p), GN_REJECT_ZEROCHECK);
    proven_close(&p);
}

/* x + 2^16 with the carry kept by hand: the sum is right mod p, but the limb is no 16-bit number */
static void limb_out_of_range(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "adder", 20);
    uint32_t *low = proven_cell(&p, "adder", "x[0]", 3), *high = proven_cell(&p, "adder", "x[1]", 3);
    if (*high == 0) {
        fail_msg("the seed gives a zero limb; choose another row");
    }
    move_lookup(&p, *high, *high - 1);
    *low += 1u << 16; /* value unchanged: x0 + 2^16 x1 */
    *high -= 1;
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    proven_close(&p);
}

static void multiplicity_minus_one(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "adder", 20);
    uint32_t *m = proven_cell(&p, "range16", "multiplicity", 77);
    *m = fp_sub_raw(*m, 1);
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    proven_close(&p);
}

/* ---- about memory ---- */

/* a read that returns an older value, consistently in both tables */
static void stale_memory(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "memory", 60);
    uint32_t n = p.witness.tables[proven_table(&p, "sorted")].height;
    for (uint32_t row = 1; row < n; row++) {
        bool same = *proven_cell(&p, "sorted", "same", row - 1) != 0;
        if (!same || *proven_cell(&p, "sorted", "write", row) != 0) {
            continue;
        }
        uint32_t time = *proven_cell(&p, "sorted", "time", row);
        uint32_t stale = fp_add_raw(*proven_cell(&p, "sorted", "value", row), 9);
        *proven_cell(&p, "sorted", "value", row) = stale;
        *proven_cell(&p, "access", "value", time) = stale;
        assert_verdict(proven_run(&p), GN_REJECT_ZEROCHECK);
        proven_close(&p);
        return;
    }
    fail_msg("no read after an access to the same address");
}

static void time_used_twice(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "memory", 60);
    *proven_cell(&p, "sorted", "time", 10) = *proven_cell(&p, "sorted", "time", 11);
    assert_true(proven_run(&p) != GN_ACCEPT);
    proven_close(&p);
}

/* two accesses of one address change places in the sorted table */
static void order_of_time_reversed(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "memory", 60);
    uint32_t t = proven_table(&p, "sorted"), n = p.witness.tables[t].height;
    static const char *const moved[] = {"time", "value", "write"};
    for (uint32_t row = 0; row + 1 < n; row++) {
        if (*proven_cell(&p, "sorted", "same", row) == 0) {
            continue;
        }
        for (int i = 0; i < 3; i++) {
            uint32_t *a = proven_cell(&p, "sorted", moved[i], row), *b = proven_cell(&p, "sorted", moved[i], row + 1);
            uint32_t swap = *a;
            *a = *b;
            *b = swap;
        }
        break;
    }
    assert_verdict(proven_run(&p), GN_REJECT_ZEROCHECK);
    proven_close(&p);
}

/* ---- about the program ---- */

static void skipped_instruction(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 50);
    uint32_t t = proven_table(&p, "cpu");
    for (uint32_t c = 0; c < p.system->tables[t].committed_n; c++) { /* row 20 vanishes; the last is repeated */
        uint32_t *column = p.witness.tables[t].columns[c];
        memmove(column + 20, column + 21, (p.witness.tables[t].height - 21) * sizeof *column);
    }
    assert_true(proven_run(&p) == GN_REJECT_ZEROCHECK || proven_verify(&p) == GN_REJECT_BUS_SUM);
    proven_close(&p);
}

static void instruction_not_in_the_rom(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 2);
    /* adds 6 where the program says otherwise: everything in the table itself is consistent */
    uint32_t *imm = proven_cell(&p, "cpu", "imm", 1);
    p.witness.tables[proven_table(&p, "cpu")].height = 2;
    *imm = fp_add_raw(*imm, 6);
    uint32_t *values = malloc(p.system->public_values_n * sizeof *values);
    memcpy(values, p.witness.statement.values, p.system->public_values_n * sizeof *values);
    p.witness.statement.values = values;
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    free(values);
    proven_close(&p);
}

static void another_page_list(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 300); /* visits pages 0 and 2 */
    uint32_t t = proven_table(&p, "rom"), pages[4];
    uint32_t n = p.witness.tables[t].height / AIR_PAGE_ROWS;
    assert_int_equal(n, 2);
    memcpy(pages, p.witness.tables[t].pages, n * sizeof *pages);
    assert_int_equal(pages[1], 2);
    pages[1] = 3;
    p.witness.tables[t].pages = pages;
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    proven_close(&p);
}

/* page lists that the prover refuses to use, put into the bytes */
static void page_list_out_of_order_or_range(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "rom", 300);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    uint8_t *list = p.proof.data + HEIGHTS_AT + 4 * p.system->tables_n;
    uint32_t first = load_le32(list), second = load_le32(list + 4);
    static const uint32_t lies[][2] = {
        {0, 0}, {2, 0}, {3, 2}, {0, 4}, {0, FP_P - 1}, {0, FP_P}, {UINT32_MAX, UINT32_MAX}, {0, UINT32_MAX}};
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        store_le32(list, lies[i][0]);
        store_le32(list + 4, lies[i][1]);
        assert_verdict(proven_verify(&p), GN_REJECT_PAGES);
    }
    store_le32(list, first);
    store_le32(list + 4, second);
    assert_verdict(proven_verify(&p), GN_ACCEPT);

    uint32_t twice[2] = {2, 2};
    p.witness.tables[proven_table(&p, "rom")].pages = twice;
    assert_int_equal(proven_prove(&p), GN_LIMIT);
    proven_close(&p);
}

/* ---- about the shape ---- */

static void table_dropped(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "adder", 20);
    p.witness.tables[proven_table(&p, "range16")].height = 0;
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    proven_close(&p);

    proven_open(&p, "memory", 20);
    p.witness.tables[proven_table(&p, "sorted")].height = 0;
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    proven_close(&p);

    proven_open(&p, "tally", 20); /* mandatory */
    assert_verdict(proven_run(&p), GN_ACCEPT);
    store_le32(p.proof.data + HEIGHTS_AT + 4 * proven_table(&p, "tally"), 0);
    assert_verdict(proven_verify(&p), GN_REJECT_HEIGHT);
    p.witness.tables[proven_table(&p, "tally")].height = 0;
    assert_int_equal(proven_prove(&p), GN_LIMIT);
    proven_close(&p);
}

static void run_cut_short(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "fib", 40); /* "last row" is tied to the statement */
    p.witness.tables[0].height--;
    assert_verdict(proven_run(&p), GN_REJECT_ZEROCHECK);
    proven_close(&p);
    proven_open(&p, "tally", 40); /* a record is left out */
    p.witness.tables[proven_table(&p, "tally")].height--;
    assert_true(proven_run(&p) != GN_ACCEPT);
    proven_close(&p);
}

static void height_changed_in_the_proof(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "examples", 20);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    for (uint32_t t = 0; t < p.system->tables_n; t++) {
        uint8_t *at = p.proof.data + HEIGHTS_AT + 4 * t;
        uint32_t honest = load_le32(at);
        const uint32_t lies[] = {honest + 1, honest - 1, 0,        2 * honest,    honest + 256, AIR_MAX_HEIGHT,
                                 FP_P - 1,   FP_P,       FP_P + 1, honest + FP_P, UINT32_MAX};
        for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
            store_le32(at, lies[i]);
            enum gn_verdict v = proven_verify(&p);
            if (lies[i] != honest && (v == GN_ACCEPT || v == GN_REJECT_SCRATCH)) {
                fail_msg("table %s height %u: %s", p.system->tables[t].name, lies[i], gn_verdict_name(v));
            }
            if (lies[i] > p.system->tables[t].max_height) {
                assert_verdict(v, GN_REJECT_HEIGHT);
            }
        }
        store_le32(at, honest);
    }
    proven_close(&p);
}

/* ---- about statement and key ---- */

static void statement_changed(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "tally", 30);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    size_t size = p.witness.statement.bytes[0].size;
    uint8_t *bytes = malloc(size);
    memcpy(bytes, p.witness.statement.bytes[0].data, size);
    struct air_public_bytes lie = {bytes, size};
    const struct air_statement honest = p.witness.statement;
    p.witness.statement.bytes = &lie;
    assert_verdict(proven_verify(&p), GN_ACCEPT);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 1;
        assert_true(proven_verify(&p) != GN_ACCEPT);
        bytes[i] ^= 1;
    }
    lie.size = size - 4;
    assert_true(proven_verify(&p) != GN_ACCEPT);
    lie.size = size - 1; /* not whole rows */
    assert_verdict(proven_verify(&p), GN_REJECT_STATEMENT);
    lie.size = (size_t)AIR_MAX_PUBLIC_BYTES + 4; /* too long; never read */
    assert_verdict(proven_verify(&p), GN_REJECT_STATEMENT);
    p.witness.statement = honest;

    uint32_t values[8];
    assert_true(p.system->public_values_n <= 8);
    memcpy(values, honest.values, p.system->public_values_n * sizeof *values);
    p.witness.statement.values = values;
    for (uint32_t i = 0; i < p.system->public_values_n; i++) {
        values[i] = fp_add_raw(values[i], 1);
        assert_true(proven_verify(&p) != GN_ACCEPT);
        values[i] = FP_P;
        assert_verdict(proven_verify(&p), GN_REJECT_STATEMENT);
        values[i] = honest.values[i];
    }
    free(bytes);
    proven_close(&p);
}

/* The prover proves his own false statement honestly: the public message then does not meet its receiver. */
static void false_statement_proven(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "tally", 30);
    uint32_t values[8];
    memcpy(values, p.witness.statement.values, p.system->public_values_n * sizeof *values);
    p.witness.statement.values = values;
    values[1] = fp_add_raw(values[1], 1); /* the sum: a public message */
    assert_verdict(proven_run(&p), GN_REJECT_BUS_SUM);
    values[1] = fp_sub_raw(values[1], 1);
    values[0] = fp_add_raw(values[0], 1); /* the number of bits: a last-row constraint */
    assert_verdict(proven_run(&p), GN_REJECT_ZEROCHECK);
    proven_close(&p);
}

static void key_or_root_swapped(void **state)
{
    (void)state;
    struct proven p, other;
    proven_open(&p, "rom", 30);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    for (size_t i = 0; i < GN_KEY_BYTES; i++) { /* another record under the same id */
        p.proof.data[GN_PROOF_HEADER_BYTES + i] ^= 1;
        assert_verdict(proven_verify(&p), GN_REJECT_KEY);
        p.proof.data[GN_PROOF_HEADER_BYTES + i] ^= 1;
    }
    /* a key whose root was swapped, trusted by a careless verifier: the proof is for another one */
    digest id = p.id;
    p.proof.data[GN_PROOF_HEADER_BYTES + 40] ^= 1;
    p.id = gn_key_id(p.proof.data + GN_PROOF_HEADER_BYTES);
    assert_true(proven_verify(&p) != GN_ACCEPT);
    p.proof.data[GN_PROOF_HEADER_BYTES + 40] ^= 1;
    p.id = id;

    /* a key of another machine */
    proven_open(&other, "fib", 30);
    assert_verdict(proven_run(&other), GN_ACCEPT);
    p.id = other.id;
    assert_verdict(proven_verify_bytes(&p, other.proof.data, other.proof.size), GN_REJECT_KEY);
    p.id = id;

    /* the main root of another proof of the same machine */
    size_t root_at = HEIGHTS_AT + 4 * p.system->tables_n + 4; /* one page */
    struct proven second;
    proven_open(&second, "rom", 31);
    assert_verdict(proven_run(&second), GN_ACCEPT);
    memcpy(p.proof.data + root_at, second.proof.data + root_at, 32);
    assert_true(proven_verify(&p) != GN_ACCEPT);
    proven_close(&second);
    proven_close(&other);
    proven_close(&p);
}

static void header_of_another_version(void **state)
{
    (void)state;
    struct proven p;
    proven_open(&p, "fib", 30);
    assert_verdict(proven_run(&p), GN_ACCEPT);
    for (size_t i = 0; i < GN_PROOF_HEADER_BYTES; i++) {
        p.proof.data[i] ^= 0x40;
        assert_verdict(proven_verify(&p), GN_REJECT_HEADER);
        p.proof.data[i] ^= 0x40;
    }
    proven_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_sum_with_matching_lookups),
        cmocka_unit_test(limb_out_of_range),
        cmocka_unit_test(multiplicity_minus_one),
        cmocka_unit_test(stale_memory),
        cmocka_unit_test(time_used_twice),
        cmocka_unit_test(order_of_time_reversed),
        cmocka_unit_test(skipped_instruction),
        cmocka_unit_test(instruction_not_in_the_rom),
        cmocka_unit_test(another_page_list),
        cmocka_unit_test(page_list_out_of_order_or_range),
        cmocka_unit_test(table_dropped),
        cmocka_unit_test(run_cut_short),
        cmocka_unit_test(height_changed_in_the_proof),
        cmocka_unit_test(statement_changed),
        cmocka_unit_test(false_statement_proven),
        cmocka_unit_test(key_or_root_swapped),
        cmocka_unit_test(header_of_another_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
