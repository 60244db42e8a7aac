/* SPDX-License-Identifier: Apache-2.0 */
/* Lies about a run that a dishonest prover might tell, by name; each is consistent everywhere but in one place. */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines_rv/run.h"
#include "support/proven.h"

#define AT(row) (MX_TEXT + 4 * (row))

static uint32_t cell(struct rv_run *r, const char *table, const char *column, uint32_t row)
{
    return *rv_cell(r, table, column, row);
}

static void set(struct rv_run *r, const char *table, const char *column, uint32_t row, uint32_t value)
{
    *rv_cell(r, table, column, row) = value;
}

/* adds to the multiplicity of a value; it must stand in the sparse table */
static void supply16(struct rv_run *r, uint32_t x, uint32_t times)
{
    for (uint32_t i = 0; i < rv_height(r, "range16_sparse"); i++) {
        if (cell(r, "range16_sparse", "x", i) == x) {
            uint32_t *m = rv_cell(r, "range16_sparse", "multiplicity", i);
            *m = fp_add_raw(*m, times);
            return;
        }
    }
    fail_msg("%u is not in range16_sparse", x);
}

/* A register's limbs from one access on (column prefix p, say "a[%u]"). */
static void set_limbs(struct rv_run *r, const char *table, const char *p, uint32_t row, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s[%u]", p, i);
        set(r, table, name, row, mx_limb(v, i));
    }
}

/* The target's half is not the number that its limbs say: first by halving an odd number mod p, then by a second limb above the text, which would lead
 * into the other half of the pcs. */
static void jalr_alias(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = AT(3)},
        {.op = VM_JALR, .rd = 1, .ra = 5, .link = AT(2), .target = VM_NO_ROW},
        {.op = VM_J, .target = 0},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, 4);
    assert_int_equal(rv_failures(&r, true), 0);
    uint32_t c0 = 2 * cell(&r, "jalr", "h", 0) + cell(&r, "jalr", "lsb", 0);
    set(&r, "jalr", "lsb", 0, 1);
    set(&r, "jalr", "h", 0, (uint32_t)(((uint64_t)c0 - 1 + FP_P) / 2));
    assert_true(rv_failures(&r, false) > 0);
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    set(&r, "jalr", "lsb", 0, 0);
    set(&r, "jalr", "h", 0, c0 / 2);
    set(&r, "jalr", "c1", 0, 0x8000 + 0x2000);
    assert_true(rv_failures(&r, false) > 0);
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    rv_close(&r);
}

/* The branch is not taken; the prover says it is (both ways lead to the same row, so all else fits). */
static void wrong_direction(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 1},
        {.op = VM_MOVI, .rd = 6, .imm = 2},
        {.op = VM_BEQ, .ra = 5, .rb = 6, .target = 3}, /* either way: row 3 */
        {.op = VM_BLT, .ra = 5, .rb = 6, .target = 4},
        {.op = VM_BNE, .ra = 5, .rb = VM_REG_ZERO, .target = 5},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, 6);
    assert_int_equal(rv_failures(&r, true), 0);
    set(&r, "beq", "eq", 0, 1);
    for (unsigned i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "hint[%u]", i);
        set(&r, "beq", name, 0, 0);
    }
    assert_int_equal(rv_failures(&r, true), 1); /* eq (a0 - b0) = 0 alone */
    assert_verdict(rv_prove(&r), GN_REJECT_ZEROCHECK);
    rv_close(&r);

    rv_open(&r, rows, 6);
    set(&r, "beqi", "eq", 0, 1);
    set(&r, "beqi", "hint", 0, 0);
    assert_int_equal(rv_failures(&r, true), 1);
    rv_close(&r);

    rv_open(&r, rows, 6); /* 1 < 2 denied: the lookup's value becomes 1 - 2 in limb 0 */
    set(&r, "blt", "less", 0, 0);
    assert_true(rv_failures(&r, false) > 0);
    set(&r, "blt", "at[0]", 0, 1); /* or: they differ in limb 3 */
    assert_true(rv_failures(&r, false) > 0);
    rv_close(&r);
}

/* MIN < MAX, signed, denied in every way that the cells allow. */
static void comparison_at_the_sign(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 0x8000000000000000},
        {.op = VM_MOVI, .rd = 6, .imm = 0x7fffffffffffffff},
        {.op = VM_SLT, .rd = 10, .ra = 5, .rb = 6},
        {.op = VM_ECALL},
    };
    static const char *const bits[] = {"sign[0]", "sign[1]", "at[0]", "at[1]", "at[2]"};
    struct rv_run r;
    rv_open(&r, rows, 4);
    assert_int_equal(rv_word(&r, 0), 1);
    rv_state(&r, 0);
    set(&r, "compare", "less", 0, 0);
    set_limbs(&r, "out", "b", 0, 0);
    set_limbs(&r, "reg_final", "v", 10, 0);
    for (unsigned choice = 0; choice < 32; choice++) {
        for (unsigned i = 0; i < 5; i++) {
            set(&r, "compare", bits[i], 0, choice >> i & 1);
        }
        static struct air_failure failures[64];
        gn_arena_mark mark = gn_arena_get_mark(&r.arena);
        size_t n = air_check(&r.witness, failures, 64, &r.arena);
        gn_arena_release(&r.arena, mark);
        bool out_of_range = false; /* not only a count that the prover could repair */
        for (size_t i = 0; i < n && i < 64; i++) {
            out_of_range = out_of_range || failures[i].kind == AIR_FAIL_CONSTRAINT ||
                           (failures[i].kind == AIR_FAIL_BUS && strstr(failures[i].detail, "pulled 0") != NULL);
        }
        assert_true(out_of_range);
    }
    rv_close(&r);
}

/* A carry is lost between two limbs. */
static void carry_chain(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 5, .imm = 0xffff},
        {.op = VM_MOVI, .rd = 6, .imm = 1},
        {.op = VM_ADD, .rd = 10, .ra = 5, .rb = 6},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, 4);
    rv_state(&r, 0); /* 0xffff + 1 = 0 */
    set_limbs(&r, "add", "w", 0, 0);
    set_limbs(&r, "out", "b", 0, 0);
    set_limbs(&r, "reg_final", "v", 10, 0);
    supply16(&r, 0, 1);
    supply16(&r, 1, FP_P - 1);
    assert_int_equal(rv_failures(&r, false),
                     3); /* the carries out of limb 0, 1 and 2 are no bits; all messages match */
    assert_verdict(rv_prove(&r), GN_REJECT_ZEROCHECK);
    rv_close(&r);
}

/* A read takes the value before the last write: the gap names the older token. */
static void stale_register(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 10, .imm = 1},
        {.op = VM_MOVI, .rd = 10, .imm = 2},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, 3);
    rv_state(&r, 1);
    /* order in which tokens are taken: the halt row takes the first write's, whose gap is 4 larger */
    uint32_t gap = cell(&r, "out", "b_gap", 0);
    set(&r, "out", "b_gap", 0, gap + 4);
    set_limbs(&r, "out", "b", 0, 1);
    set_limbs(&r, "reg_final", "v", 10, 1);
    assert_true(rv_failures(&r, false) > 0); /* two rows take one token, and the second write's is left */
    /* the second write reads from the halt row then: its gap is -5, no 16-bit limb */
    uint32_t back = FP_P - (cell(&r, "out", "ts", 0) - (cell(&r, "movi", "ts", 2) + MX_SLOT_D) + 1);
    set(&r, "movi", "d_gap", 2, back);
    assert_true(rv_failures(&r, false) > 0);
    rv_close(&r);
}

/* Refresh moves an old token around the field.  In one step the lookup fails; against many honest steps stands the bound on its height. */
static void stale_register_by_refresh(void **state)
{
    (void)state;
    struct rv_run r;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 6, .imm = 8300},
        {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = (uint64_t)-1}, /* x5 is not touched for 66400 moments */
        {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 1},
        {.op = VM_MOV, .rd = 10, .ra = 5},
        {.op = VM_ECALL},
    };
    rv_open(&r, rows, 5);
    assert_int_equal(rv_failures(&r, true), 0);
    static const char *const columns[] = {"reg", "ts", "gap", "v[0]", "v[1]", "v[2]", "v[3]"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) { /* rv_mutate would take long */
        uint32_t honest = cell(&r, "refresh", columns[i], 0);
        set(&r, "refresh", columns[i], 0, honest + 1);
        assert_true(rv_failures(&r, false) > 0);
        set(&r, "refresh", columns[i], 0, honest);
    }
    set(&r, "refresh", "gap", 0, FP_P - 2);
    assert_true(rv_failures(&r, false) > 0);
    rv_note_mutated(&r, "refresh");
    const struct air_system *s = r.system.air;
    bool bounded = false;
    for (uint32_t i = 0; i < s->bounds_n; i++) {
        uint64_t coefficient = s->bounds[i].coefficients[rv_table(&r, "refresh")];
        /* rows that could move a token by p: more than the bound allows */
        bounded = bounded || (coefficient >= 1 << 16 && s->bounds[i].constant >= (1 << 24) + (1 << 16));
    }
    assert_true(bounded);
    rv_close(&r);
}

/* ---- fixed tables and their sparse twins ---- */

static void every_supply_is_constrained(void **state)
{
    (void)state;
    /* many products and shifts of ever other values, so that full tables are cheaper than sparse ones; and a few */
    for (unsigned rounds = 4; rounds <= 8000; rounds += 7996) {
        const struct vm_insn rows[] = {
            {.op = VM_MOVI, .rd = 5, .imm = UINT64_C(0x9e3779b97f4a7c15)},
            {.op = VM_MOVI, .rd = 6, .imm = rounds},
            {.op = VM_MUL, .rd = 5, .ra = 5, .rb = 5},
            {.op = VM_ADD, .rd = 5, .ra = 5, .rb = 6},
            {.op = VM_XOR, .rd = 7, .ra = 7, .rb = 5},
            {.op = VM_SLL, .rd = 8, .ra = 7, .rb = 6},
            {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = (uint64_t)-1},
            {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 2},
            {.op = VM_ECALL},
        };
        static const char *const tables[] = {"and8",        "and8_sparse", "and4",    "bytes",   "bytes_sparse",
                                             "shift_bytes", "range8",      "range12", "range16", "range16_sparse"};
        struct rv_run r;
        rv_open(&r, rows, sizeof rows / sizeof *rows);
        assert_int_equal(rv_failures(&r, true), 0);
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
            if (rv_height(&r, tables[i]) > 0) {
                rv_mutate_sample(&r, tables[i]);
            }
        }
        rv_close(&r);
    }
}

/* ts of any row stays below 2^24: every table that pulls `state` and pushes it is in the bound. */
static void time_is_bounded(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {{.op = VM_ECALL}};
    struct rv_run r;
    rv_open(&r, rows, 1);
    const struct air_system *s = r.system.air;
    for (uint32_t t = 0; t < s->tables_n; t++) {
        bool steps = false;
        for (uint32_t i = 0; i < s->tables[t].interactions_n; i++) {
            steps = steps || (strcmp(s->buses[s->tables[t].interactions[i].bus - 1].name, "state") == 0 &&
                              strcmp(s->tables[t].name, "halt") != 0);
        }
        uint32_t steps_of_row =
            strcmp(s->tables[t].name, "movadd") == 0 ? 2 : 1; /* of the program, for a row of the table */
        assert_int_equal(s->bounds[0].coefficients[t], steps ? 127 * steps_of_row * MX_SLOTS : 0);
    }
    assert_string_equal(s->bounds[0].name, "time");
    assert_true(FP_P / 127 <= (1 << 24));
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jalr_alias),
        cmocka_unit_test(wrong_direction),
        cmocka_unit_test(comparison_at_the_sign),
        cmocka_unit_test(carry_chain),
        cmocka_unit_test(stale_register),
        cmocka_unit_test(stale_register_by_refresh),
        cmocka_unit_test(every_supply_is_constrained),
        cmocka_unit_test(time_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
