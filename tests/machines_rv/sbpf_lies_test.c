/* SPDX-License-Identifier: Apache-2.0 */
/* Every cell of the tables that sBPF's arithmetic and branches added, in all kinds of rows; and lies about them, by name (see arith_lies_test.c). */
#include "cm.h"

#include <stdio.h>
#include <string.h>

#include "machines_rv/objections.h"
#include "support/proven.h"

enum { A = 5, B = 6, D = 7 };

/* One row between loading a and b and the end; branches lead to the end. */
static void open_row(struct rv_run *r, struct vm_insn insn, uint64_t a, uint64_t b)
{
    static struct vm_insn rows[5];
    rows[0] = (struct vm_insn){.op = VM_MOVI, .rd = A, .imm = a};
    rows[1] = (struct vm_insn){.op = VM_MOVI, .rd = B, .imm = b};
    rows[2] = insn;
    rows[2].target = 4;
    rows[3] = (struct vm_insn){.op = VM_J, .target = 4};
    rows[4] = (struct vm_insn){.op = VM_ECALL};
    rv_open(r, rows, 5);
    assert_objects(r, "");
}

static void set(struct rv_run *r, const char *table, const char *column, uint32_t value)
{
    *rv_cell(r, table, column, 0) = value;
}

static void set_result(struct rv_run *r, const char *table, const char *p, uint64_t v)
{
    if (p != NULL) {
        rv_set_limbs(r, table, p, 0, v);
    }
    rv_set_limbs(r, "reg_final", "v", D, v);
}

#define REG(name)                                  \
    (struct vm_insn)                               \
    {                                              \
        .op = VM_##name, .rd = D, .ra = A, .rb = B \
    }
#define IMM(name, i)                                            \
    (struct vm_insn)                                            \
    {                                                           \
        .op = VM_##name, .rd = D, .ra = A, .imm = (uint64_t)(i) \
    }

/* ---- results ---- */
static void high_half_kept(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, IMM(ADDIWZ, 0), 0x123456789abcdef0, 0); /* movw */
    set_result(&r, "movw", NULL, 0x123456789abcdef0);
    assert_objects(&r, "reg ");
    rv_close(&r);
    open_row(&r, REG(ADDWZ), 0xffffffff, 1);
    set_result(&r, "addx", "z", 0x100000000);
    assert_objects(&r, "constraint ");
    rv_close(&r);
    open_row(&r, REG(SUBWZ), 0, 1); /* -1, with its sign */
    set_result(&r, "addx", "x", UINT64_MAX);
    assert_objects(&r, "constraint ");
    rv_close(&r);
    open_row(&r, REG(ORWZ), 0xf00000000, 5);
    set_result(&r, "logicx", NULL, 0xf00000005);
    assert_objects(&r, "reg ");
    set(&r, "logicx", "word", 0);
    assert_objects(&r, "fetch ");
    rv_close(&r);
    open_row(&r, IMM(SRAIWZ, 4), 0x80000000, 0);
    set_result(&r, "shiftw", NULL, 0xfffffffff8000000);
    set(&r, "shiftw", "extends", 1);
    assert_objects(&r, "fetch ");
    rv_close(&r);
}

static void carry_lost(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, IMM(ADDI, 0x10000), 0xffff0000, 0);
    set_result(&r, "addx", "z", 0);
    assert_objects(&r, "constraint ");
    rv_close(&r);
    open_row(&r, IMM(RSUBI, 0), 1, 0); /* -1 = 0xffff */
    set_result(&r, "addx", "y", 0xffff);
    assert_objects(&r, "constraint ");
    rv_close(&r);
    open_row(&r, IMM(RSUBIWZ, 0), 0, 0); /* -0 = 2^32 */
    set_result(&r, "addx", "y", 0x100000000);
    assert_objects(&r, "constraint ");
    set(&r, "addx", "y[2]", 0);
    set(&r, "addx", "y[0]", 0x10000);
    set(&r, "addx", "y[1]", 0xffff);
    rv_set_limbs(&r, "reg_final", "v", D, 0xffff0000);
    *rv_cell(&r, "reg_final", "v[0]", D) = 0x10000;
    assert_objects(&r, "range16 ");
    rv_close(&r);
}

/* The operand is not the Rom's. */
static void another_immediate(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, IMM(MULI, 0x10000), 3, 0);
    set(&r, "mul", "b[1]", 0);
    set(&r, "mul", "b[0]", 1);
    set(&r, "mul", "b_low[0]", 1);
    set(&r, "mul", "b_low[1]", 0);
    set_result(&r, "mul", "c", 3);
    assert_objects(&r, "fetch ");
    rv_close(&r);
    open_row(&r, IMM(MULI, 0x10000), 3, 5); /* taken from a register */
    set(&r, "mul", "b_is_reg", 1);
    assert_objects(&r, "reg fetch ");
    rv_close(&r);
}

/* 0x1234 = 0x34 + 256 * 0x12 in integers only: low = 0x35 makes the high byte a fraction */
static void bytes_that_are_none(void **state)
{
    (void)state;
    struct rv_run r;
    struct vm_insn swap = {.op = VM_BSWAPH, .rd = D, .ra = D};
    open_row(&r, swap, 0, 0);
    set(&r, "bswap", "low[0]", 1);
    *rv_cell(&r, "reg_final", "v[0]", D) = (uint32_t)(((uint64_t)FP_P - MX_INVERSE_2_8 + 256) % FP_P);
    assert_objects(&r, "bytes ");
    rv_close(&r);
    open_row(&r, swap, 0, 0); /* other bytes */
    set(&r, "bswap", "word", 1);
    set(&r, "bswap", "half", 0);
    assert_objects(&r, "fetch ");
    rv_close(&r);
}

/* ---- divisions that have no row ---- */

/* An RISC-V division is run, and its row and the Rom's then say that it is sBPF's. */
static void make_strict(struct rv_run *r, uint32_t core_row)
{
    uint32_t *flags = (uint32_t *)(uintptr_t)&r->pre.columns[rv_table(r, "rom")][7][r->program->rom_of_row[core_row]];
    *flags += 32;
    set(r, "div", "strict", 1);
}

static void faulting_divisions(void **state)
{
    (void)state;
    struct rv_run r;
    static const uint8_t by_zero[] = {VM_DIV, VM_DIVU, VM_REM, VM_REMU, VM_DIVW, VM_DIVUW, VM_REMW, VM_REMUW};
    for (unsigned i = 0; i < MX_COUNT(by_zero); i++) {
        open_row(&r, (struct vm_insn){.op = by_zero[i], .rd = D, .ra = A, .rb = B}, 7, 0x700000000 * (i >= 4));
        make_strict(&r, 2);
        assert_objects(&r, "constraint ");
        rv_close(&r);
    }
    static const uint8_t overflow[] = {VM_DIV, VM_REM, VM_DIVW, VM_REMW};
    for (unsigned i = 0; i < MX_COUNT(overflow); i++) {
        uint64_t least = i < 2 ? UINT64_C(1) << 63 : 0x80000000;
        struct vm_insn insn = {.op = overflow[i], .rd = D, .ra = A, .rb = B};
        open_row(&r, insn, least, UINT64_MAX);
        make_strict(&r, 2);
        assert_objects(&r, "bytes ");
        rv_close(&r);
        open_row(&r, insn, least, 1); /* the same quotient, and a result */
        make_strict(&r, 2);
        assert_objects(&r, "");
        rv_close(&r);
        open_row(&r, insn, least + 1, UINT64_MAX);
        make_strict(&r, 2);
        assert_objects(&r, "");
        rv_close(&r);
    }
}

/* ---- branches ---- */
static void equality(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, IMM(BEQI, 0x10002), 0x20001, 0); /* the differences, -1 and 1, cancel */
    set(&r, "beqc", "eq", 1);
    for (unsigned i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "hint[%u]", i);
        set(&r, "beqc", name, 0);
    }
    assert_objects(&r, "constraint state ");
    rv_close(&r);
    open_row(&r, IMM(BEQI, 7), 7, 0); /* denied */
    set(&r, "beqc", "eq", 0);
    assert_objects(&r, "constraint state ");
    rv_close(&r);
    open_row(&r, IMM(BEQIW, 5), 0x100000005, 0); /* the high half makes them differ */
    set(&r, "beqw", "eq", 0);
    assert_objects(&r, "constraint state ");
    rv_close(&r);
}

static void order(void **state)
{
    (void)state;
    struct rv_run r;
    static const char *const bits[] = {"sign", "at[0]", "at[1]", "at[2]"};
    open_row(&r, IMM(BLTI, -1), UINT64_C(1) << 63, 0); /* MIN < -1 denied in every way that the cells allow */
    set(&r, "bltc", "less", 0);
    for (unsigned choice = 0; choice < 16; choice++) {
        for (unsigned i = 0; i < 4; i++) {
            set(&r, "bltc", bits[i], choice >> i & 1);
        }
        const char *who = rv_objections(&r);
        assert_true(strstr(who, "constraint ") != NULL || strstr(who, "range16 ") != NULL);
    }
    rv_close(&r);
    static const char *const word_bits[] = {"sign[0]", "sign[1]", "at"};
    open_row(&r, REG(BLTUW), 0xf00000001, 2); /* 1 < 2, the high half apart */
    set(&r, "bltw", "less", 0);
    for (unsigned choice = 0; choice < 8; choice++) {
        for (unsigned i = 0; i < 3; i++) {
            set(&r, "bltw", word_bits[i], choice >> i & 1);
        }
        const char *who = rv_objections(&r);
        assert_true(strstr(who, "constraint ") != NULL || strstr(who, "range16 ") != NULL);
    }
    rv_close(&r);
}

static void common_bits(void **state)
{
    (void)state;
    struct rv_run r;
    open_row(&r, REG(BSET), UINT64_C(1) << 63, UINT64_C(3) << 62);
    set(&r, "bset", "none", 1);
    set(&r, "bset", "hint", 0);
    assert_objects(&r, "constraint state ");
    set(&r, "bset", "word", 1);
    assert_objects(&r, "state fetch ");
    rv_close(&r);
    open_row(&r, REG(BSET), 1, 2);
    set(&r, "bset", "none", 0);
    assert_objects(&r, "constraint state ");
    set(&r, "bset", "both[0]", 1);
    set(&r, "bset", "hint", 1);
    assert_objects(&r, "state and8 ");
    rv_close(&r);
}

/* ---- every cell ---- */
#define SET(x, y)                          \
    {.op = VM_MOVI, .rd = A, .imm = (x)},  \
    {                                      \
        .op = VM_MOVI, .rd = B, .imm = (y) \
    }
#define R(name)        {.op = VM_##name, .rd = D, .ra = A, .rb = B}
#define I(name, i)     {.op = VM_##name, .rd = D, .ra = A, .imm = (uint64_t)(i)}
#define J(name, i, at) {.op = VM_##name, .ra = A, .rb = B, .imm = (i), .target = (at)}
static const struct vm_insn arithmetic[] = {
    SET(0x8765432187654321, 0xfedcba98f6543210),
    I(ADDI, 0x12345678),
    I(ADDIW, 0x12345678),
    R(ADDWZ),
    R(SUBWZ),
    I(ADDIWZ, -5),
    I(ADDIWZ, 0),
    I(RSUBI, 3),
    I(RSUBI, -0x12345678),
    I(RSUBIWZ, 0),
    I(ANDI, 0xffffffff),
    I(ORI, 0x12345678),
    I(XORI, -0x12345678),
    I(ORI, UINT64_C(0x89abcdef) << 32),
    R(ANDWZ),
    R(ORWZ),
    R(XORWZ),
    I(ORIWZ, 0x80000001),
    I(XORIWZ, 0xff),
    R(SLLWZ),
    R(SRLWZ),
    R(SRAWZ),
    I(SLLIWZ, 9),
    I(SRLIWZ, 31),
    I(SRAIWZ, 0),
    I(MULI, -3),
    I(MULIW, -3),
    R(MULWZ),
    I(MULIWZ, 0x7fffffff),
    I(MULHI, -3),
    I(MULHUI, 0xfffffffd),
    {.op = VM_BSWAPH, .rd = D, .ra = D},
    R(MULWZ),
    {.op = VM_BSWAPW, .rd = D, .ra = D},
    {.op = VM_BSWAPD, .rd = A, .ra = A},
    {.op = VM_BSWAPD, .rd = A, .ra = A},
    R(CDIVU),
    I(CDIVUI, -7),
    R(CREMU),
    I(CREMUI, 10),
    R(CDIVUWZ),
    I(CDIVUIWZ, 10),
    R(CREMUWZ),
    I(CREMUIWZ, 10),
    R(CDIV),
    I(CDIVI, -10),
    R(CREM),
    I(CREMI, 1000),
    R(CDIVWZ),
    I(CDIVIWZ, -10),
    R(CREMWZ),
    I(CREMIWZ, 1000),
    {.op = VM_ECALL},
};

static const struct vm_insn branches[] = {
    SET(0x8765432187654321, 0xfedcba9887654321),
    J(BEQI, 0x12345678, 3),
    J(BNEI, (uint64_t)INT64_C(-0x789abcdf), 4),
    J(BLTI, (uint64_t)-1, 5),
    J(BGEI, (uint64_t)-1, 6),
    J(BLTUI, 0x80000000, 7),
    J(BGEUI, 0x80000000, 8),
    J(BEQW, 0, 9),
    J(BNEW, 0, 10),
    J(BEQIW, 5, 11),
    J(BNEIW, 0x87654321, 12),
    J(BLTW, 0, 13),
    J(BGEW, 0, 14),
    J(BLTUW, 0, 15),
    J(BGEUW, 0, 16),
    J(BLTIW, 0x7fffffff, 17),
    J(BGEIW, 0x7fffffff, 18),
    J(BLTUIW, 0x87654322, 19),
    J(BGEUIW, 0x87650000, 20),
    J(BSET, 0, 21),
    J(BSETI, 2, 22),
    J(BSETI, 0xffffffff, 23),
    J(BSETW, 0, 24),
    {.op = VM_MOVI, .rd = A, .imm = 0x12345678},
    J(BEQI, 0x12345678, 26),
    {.op = VM_ECALL},
};

static void mutate(const struct vm_insn *rows, uint32_t n, const char *const *tables, unsigned tables_n)
{
    struct rv_run r;
    rv_open(&r, rows, n);
    assert_int_equal(rv_failures(&r, true), 0);
    for (unsigned i = 0; i < tables_n; i++) {
        rv_mutate(&r, tables[i]);
    }
    rv_close(&r);
}

static void every_cell_of_arithmetic(void **state)
{
    (void)state;
    static const char *const tables[] = {"movw",   "addx", "addiw", "logicx", "bswap",
                                         "shiftw", "mul",  "mulw",  "mulh",   "div"};
    mutate(arithmetic, MX_COUNT(arithmetic), tables, MX_COUNT(tables));
}

static void every_cell_of_branches(void **state)
{
    (void)state;
    static const char *const tables[] = {"beqc", "bltc", "beqw", "bltw", "bset"};
    mutate(branches, MX_COUNT(branches), tables, MX_COUNT(tables));
}

static void honest_runs_are_proven(void **state)
{
    (void)state;
    struct rv_run r;
    rv_open(&r, arithmetic, MX_COUNT(arithmetic));
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
    rv_open(&r, branches, MX_COUNT(branches));
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(high_half_kept),
        cmocka_unit_test(carry_lost),
        cmocka_unit_test(another_immediate),
        cmocka_unit_test(bytes_that_are_none),
        cmocka_unit_test(faulting_divisions),
        cmocka_unit_test(equality),
        cmocka_unit_test(order),
        cmocka_unit_test(common_bits),
        cmocka_unit_test(every_cell_of_arithmetic),
        cmocka_unit_test(every_cell_of_branches),
        cmocka_unit_test(honest_runs_are_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
