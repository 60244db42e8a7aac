/* SPDX-License-Identifier: Apache-2.0 */
/* Two instructions in one row (movadd): on edge operands, when the second is reached alone, every cell, and lies. */
#include "cm.h"

#include <string.h>

#include "machines_rv/arith.h"
#include "machines_rv/objections.h"
#include "support/proven.h"

enum { A = 5, B = 6, D = 7 };

#define MOVED           {.op = VM_MOV, .rd = D, .ra = A}
#define SECOND(name, r) {.op = VM_##name, .rd = D, .ra = D, .rb = (r)}
#define IMMEDIATE(i)    {.op = VM_ADDI, .rd = D, .ra = D, .imm = (uint64_t)(i)}
#define SET(reg, value) {.op = VM_MOVI, .rd = (reg), .imm = (value)}

/* what may follow the move, and what it makes of a and b */
static const struct {
    struct vm_insn insn;
    int a, b; /* times a, times b, plus the immediate */
} seconds[] = {
    {SECOND(ADD, B), 1, 1},    {SECOND(SUB, B), 1, -1},       {SECOND(ADD, D), 2, 0}, /* the value that was moved */
    {SECOND(SUB, D), 0, 0},    {SECOND(ADD, A), 2, 0},        {SECOND(SUB, A), 0, 0},
    {IMMEDIATE(1), 1, 0},      {IMMEDIATE(-1), 1, 0},         {IMMEDIATE(0xffff), 1, 0},
    {IMMEDIATE(-65536), 1, 0}, {IMMEDIATE(0x12345678), 1, 0}, {IMMEDIATE(INT32_MIN), 1, 0},
    {IMMEDIATE(0), 1, 0},      {IMMEDIATE(INT64_MIN), 1, 0},
};

static uint64_t expected(size_t k, uint64_t a, uint64_t b)
{
    return (uint64_t)seconds[k].a * a + (uint64_t)seconds[k].b * b + seconds[k].insn.imm;
}

static void on_edges(void **state)
{
    (void)state;
    static struct vm_insn rows[16384];
    uint32_t n = 0, pairs = 0;
    for (unsigned i = 0; i < arith_edges_n * arith_edges_n; i++) {
        uint64_t a = arith_edges[i / arith_edges_n], b = arith_edges[i % arith_edges_n];
        size_t k = i % MX_COUNT(seconds), other = (i / MX_COUNT(seconds)) % MX_COUNT(seconds);
        assert_true(n + 7 < MX_COUNT(rows));
        rows[n++] = (struct vm_insn)SET(A, a);
        rows[n++] = (struct vm_insn)SET(B, b);
        rows[n++] = (struct vm_insn)MOVED;
        rows[n++] = seconds[k].insn;
        rows[n++] = (struct vm_insn)MOVED; /* D is written again */
        rows[n++] = seconds[other].insn;
        pairs += 2;
    }
    rows[n++] = (struct vm_insn){.op = VM_ECALL};
    struct rv_run r;
    rv_open(&r, rows, n);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_height(&r, "movadd"), pairs);
    assert_int_equal(rv_height(&r, "add2") + rv_height(&r, "addi2") + rv_height(&r, "addx"), 0);
    struct vm vm = {.program = &r.core, .memory = r.vm.memory};
    unsigned checked = 0;
    while (r.core.rows[vm.row].op != VM_ECALL) {
        uint32_t row = vm.row;
        (void)gn_vm_run(&vm, 1, NULL, NULL);
        for (size_t k = 0; row < n && k < MX_COUNT(seconds) && rows[row].rd == D && rows[row].op != VM_MOV; k++) {
            if (memcmp(&rows[row], &seconds[k].insn, sizeof rows[row]) == 0) {
                assert_int_equal(vm.regs[D], expected(k, vm.regs[A], vm.regs[B]));
                checked++;
            }
        }
    }
    assert_true(checked >= pairs);
    rv_close(&r);
}

/* Rows that look like a pair and are none: another register, a move to itself, another operation. */
static void what_is_no_pair(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        SET(A, 5),
        SET(B, 6),
        MOVED,
        {.op = VM_ADD, .rd = A, .ra = A, .rb = D},
        MOVED,
        {.op = VM_ADD, .rd = D, .ra = B, .rb = D},
        MOVED,
        {.op = VM_ADD, .rd = B, .ra = D, .rb = A},
        {.op = VM_MOV, .rd = D, .ra = D},
        SECOND(ADD, B),
        MOVED,
        {.op = VM_ADDW, .rd = D, .ra = D, .rb = B},
        {.op = VM_ECALL},
    };
    struct rv_run r;
    rv_open(&r, rows, MX_COUNT(rows));
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_height(&r, "movadd"), 0);
    rv_close(&r);
}

/* A loop that enters between the two, and leaves before the second. */
static const struct vm_insn entered_between[] = {
    SET(A, 5),
    SET(B, 1),
    MOVED,
    SECOND(ADD, B), /* 3: first behind the move, then from row 4 */
    {.op = VM_BNEI, .ra = D, .imm = 9, .target = 3},
    MOVED,
    {.op = VM_J, .target = 7},
    SECOND(ADD, B),
    {.op = VM_ECALL},
};

static void second_alone(void **state)
{
    (void)state;
    struct rv_run r;
    rv_open(&r, entered_between, MX_COUNT(entered_between));
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(rv_height(&r, "movadd"), 1);
    assert_int_equal(rv_height(&r, "mov"), 1);
    assert_int_equal(rv_height(&r, "add2"), 4);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

/* A row takes the time of the two that it replaces: what follows knows it. */
static void time_of_two(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {SET(A, 5), SET(B, 1), MOVED, SECOND(ADD, B), {.op = VM_ECALL}};
    struct rv_run r;
    rv_open(&r, rows, MX_COUNT(rows));
    assert_int_equal(*rv_cell(&r, "ecall", "ts", 0), *rv_cell(&r, "movadd", "ts", 0) + 2 * MX_SLOTS);
    *rv_cell(&r, "ecall", "ts", 0) -= MX_SLOTS;
    assert_non_null(strstr(rv_objections(&r), "state "));
    rv_close(&r);
}

/* ---- lies ---- */
static void open_pair(struct rv_run *r, struct vm_insn second)
{
    static struct vm_insn rows[] = {SET(A, 0x10000), SET(B, 3), SET(D, 77), MOVED, {0}, {.op = VM_ECALL}};
    rows[4] = second;
    rv_open(r, rows, MX_COUNT(rows));
    assert_objects(r, "");
    assert_int_equal(rv_height(r, "movadd"), 1);
}

static void set_result(struct rv_run *r, const char *p, uint64_t v)
{
    rv_set_limbs(r, "movadd", p, 0, v);
    rv_set_limbs(r, "reg_final", "v", D, v);
}

static void another_sum(void **state)
{
    (void)state;
    struct rv_run r;
    open_pair(&r, (struct vm_insn)SECOND(ADD, B));
    set_result(&r, "w", 0x10004);
    assert_objects(&r, "constraint ");
    rv_close(&r);
    open_pair(&r, (struct vm_insn)SECOND(SUB, B)); /* a borrow that was not paid */
    set_result(&r, "u", 0x1fffd);
    assert_objects(&r, "constraint ");
    rv_close(&r);
    open_pair(&r, (struct vm_insn)SECOND(SUB, B)); /* 0x10000 - 3 limb by limb: -3 is no limb */
    *rv_cell(&r, "movadd", "u[1]", 0) = 1;
    *rv_cell(&r, "movadd", "u[0]", 0) = FP_P - 3;
    rv_set_limbs(&r, "reg_final", "v", D, 0x10000);
    *rv_cell(&r, "reg_final", "v[0]", D) = FP_P - 3;
    assert_objects(&r, "range16 ");
    rv_close(&r);
}

/* The pair of another operation, or of another operand: rd as it was before the move, an immediate as a register. */
static void another_pair(void **state)
{
    (void)state;
    struct rv_run r;
    open_pair(&r, (struct vm_insn)SECOND(ADD, B));
    *rv_cell(&r, "movadd", "sub", 0) = 1;
    rv_set_limbs(&r, "movadd", "w", 0, 0x10000);
    set_result(&r, "u", 0xfffd);
    assert_objects(&r, "fetch ");
    rv_close(&r);
    open_pair(&r, (struct vm_insn)IMMEDIATE(4));
    rv_set_limbs(&r, "movadd", "b", 0, 5);
    set_result(&r, "w", 0x10005);
    assert_objects(&r, "fetch ");
    rv_close(&r);
    open_pair(&r, (struct vm_insn)IMMEDIATE(4));
    *rv_cell(&r, "movadd", "b_is_reg", 0) = 1;
    assert_objects(&r, "reg fetch ");
    rv_close(&r);
    open_pair(&r, (struct vm_insn)SECOND(ADD, D)); /* 0x10000 twice, not 0x10000 + 77 */
    *rv_cell(&r, "movadd", "b_reg", 0) = D;
    rv_set_limbs(&r, "movadd", "b", 0, 77);
    set_result(&r, "w", 0x10000 + 77);
    assert_non_null(strstr(rv_objections(&r), "fetch "));
    rv_close(&r);
}

static void every_cell(void **state)
{
    (void)state;
    static struct vm_insn rows[3 + 2 * MX_COUNT(seconds) + 1] = {SET(A, 0x8765432187654321), SET(B, 0xfedcba98f6543210),
                                                                 SET(D, 1)};
    uint32_t n = 3;
    for (size_t k = 0; k < MX_COUNT(seconds); k++) {
        rows[n++] = (struct vm_insn)MOVED;
        rows[n++] = seconds[k].insn;
    }
    rows[n++] = (struct vm_insn){.op = VM_ECALL};
    struct rv_run r;
    rv_open(&r, rows, n);
    assert_int_equal(rv_height(&r, "movadd"), MX_COUNT(seconds));
    rv_mutate(&r, "movadd");
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_edges),    cmocka_unit_test(what_is_no_pair), cmocka_unit_test(second_alone),
        cmocka_unit_test(time_of_two), cmocka_unit_test(another_sum),     cmocka_unit_test(another_pair),
        cmocka_unit_test(every_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
