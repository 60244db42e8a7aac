/* SPDX-License-Identifier: Apache-2.0 */
/* Bitwise, shift, multiply and divide instructions on edge operands: executor, independent formulas and tables agree. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "machines_rv/arith.h"
#include "machines_rv/run.h"

#define MAX_ROWS 40000u

struct text { /* a program being written; x5 = a, x6 = b, results in x7 */
    struct vm_insn *rows;
    uint64_t *expected; /* of x7 after the row, where checked */
    uint8_t *checked;
    uint32_t n;
    uint64_t a, b;
};

static struct text new_text(void)
{
    struct text t = {.rows = calloc(MAX_ROWS, sizeof *t.rows),
                     .expected = calloc(MAX_ROWS, sizeof *t.expected),
                     .checked = calloc(MAX_ROWS, 1)};
    assert_true(t.rows != NULL && t.expected != NULL && t.checked != NULL);
    return t;
}

static void put(struct text *t, struct vm_insn insn)
{
    assert_true(t->n + 1 < MAX_ROWS);
    t->rows[t->n++] = insn;
}

static void put_operands(struct text *t, uint64_t a, uint64_t b)
{
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = a});
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = b});
    t->a = a;
    t->b = b;
}

static void put_op(struct text *t, const struct arith_op *op, uint64_t imm)
{
    t->expected[t->n] = arith_result(op->op, t->a, op->immediate ? imm : t->b);
    t->checked[t->n] = 1;
    put(t, op->immediate ? (struct vm_insn){.op = op->op, .rd = 7, .ra = 5, .imm = imm}
                         : (struct vm_insn){.op = op->op, .rd = 7, .ra = 5, .rb = 6});
}

/* The executor's results are the formulas'; the tables accept the run. */
static void run_clean(struct text *t)
{
    struct rv_run r;
    put(t, (struct vm_insn){.op = VM_ECALL});
    rv_open(&r, t->rows, t->n);
    assert_int_equal(rv_failures(&r, true), 0);
    struct vm vm = {.program = &r.core, .memory = r.vm.memory};
    for (uint32_t row = 0; row + 1 < t->n; row++) {
        (void)gn_vm_run(&vm, 1, NULL, NULL);
        if (t->checked[row] && vm.regs[7] != t->expected[row]) {
            fail_msg("%s of %llx, %llx: %llx, not %llx", gn_vm_op_name((enum vm_op)t->rows[row].op),
                     (unsigned long long)vm.regs[5], (unsigned long long)vm.regs[6], (unsigned long long)vm.regs[7],
                     (unsigned long long)t->expected[row]);
        }
    }
    rv_close(&r);
    free(t->rows);
    free(t->expected);
    free(t->checked);
}

static bool is_shift(uint8_t op)
{
    return (op >= VM_SLL && op <= VM_SRA) || (op >= VM_SLLI && op <= VM_SRAI) || (op >= VM_SLLW && op <= VM_SRAW) ||
           (op >= VM_SLLIW && op <= VM_SRAIW);
}

static void register_operations_on_edges(void **state)
{
    (void)state;
    struct text t = new_text();
    for (unsigned i = 0; i < arith_edges_n * arith_edges_n; i++) {
        put_operands(&t, arith_edges[i / arith_edges_n], arith_edges[i % arith_edges_n]);
        for (unsigned k = 0; k < arith_ops_n; k++) {
            if (!arith_ops[k].immediate && !is_shift(arith_ops[k].op)) {
                put_op(&t, &arith_ops[k], 0);
            }
        }
    }
    run_clean(&t);
}

/* Operands that share bits with each other; quotients of all lengths. */
static void register_operations_at_random(void **state)
{
    (void)state;
    struct text t = new_text();
    uint64_t random = 1;
    for (unsigned i = 0; i < 500; i++) {
        unsigned cut = (unsigned)arith_random(&random) % 64;
        uint64_t a = arith_random(&random) >> arith_random(&random) % 64, b = arith_random(&random) >> cut;
        put_operands(&t, i % 4 == 0 ? ~a : a, i % 4 == 1 ? ~b : i % 4 == 2 ? a + (b & 3) - 1 : b);
        for (unsigned k = 0; k < arith_ops_n; k++) {
            if (!arith_ops[k].immediate) {
                put_op(&t, &arith_ops[k], 0);
            }
        }
    }
    run_clean(&t);
}

/* all counts, with and without bits above the count */
static void shifts_by_every_count(void **state)
{
    (void)state;
    static const uint64_t values[] = {
        0, 1, 0x8000000000000000, 0xffffffffffffffff, 0xfedcba9876543210, 0x0123456789abcdef, 0x80000000, 0x7fffffff};
    struct text t = new_text();
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        for (uint64_t count = 0; count < 64; count++) {
            put_operands(&t, values[i], count % 3 == 0 ? count : count + (values[i] << 6) + (count << 12));
            for (unsigned k = 0; k < arith_ops_n; k++) {
                if (is_shift(arith_ops[k].op)) {
                    put_op(&t, &arith_ops[k], count);
                }
            }
        }
    }
    run_clean(&t);
}

static void immediates_on_edges(void **state)
{
    (void)state;
    static const uint64_t immediates[] = {0,
                                          1,
                                          0x7ff,
                                          0x7fff,
                                          0x8000,
                                          0xff00,
                                          0xffff,
                                          (uint64_t)-1,
                                          (uint64_t)-2,
                                          (uint64_t)-256,
                                          (uint64_t)-2048,
                                          (uint64_t)-32768,
                                          (uint64_t)-65536};
    struct text t = new_text();
    for (unsigned i = 0; i < arith_edges_n; i++) {
        put_operands(&t, arith_edges[i], 0);
        for (unsigned k = 0; k < arith_ops_n; k++) {
            for (unsigned j = 0; arith_ops[k].immediate && !is_shift(arith_ops[k].op) && j < 13; j++) {
                put_op(&t, &arith_ops[k], immediates[j]);
            }
        }
    }
    run_clean(&t);
}

/* operands and result in the same registers */
static void in_place(void **state)
{
    (void)state;
    struct text t = new_text();
    put_operands(&t, 0x8123456789abcdef, 0x11);
    for (unsigned k = 0; k < arith_ops_n; k++) {
        uint8_t op = arith_ops[k].op;
        put(&t, arith_ops[k].immediate ? (struct vm_insn){.op = op, .rd = 5, .ra = 5, .imm = 0x13}
                                       : (struct vm_insn){.op = op, .rd = 5, .ra = 5, .rb = 6});
        put(&t, arith_ops[k].immediate ? (struct vm_insn){.op = op, .rd = VM_REG_SINK, .ra = VM_REG_ZERO, .imm = 0x13}
                                       : (struct vm_insn){.op = op, .rd = 6, .ra = 6, .rb = 6});
        put(&t, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = 0x8123456789abcdef - k});
    }
    run_clean(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_operations_on_edges),
        cmocka_unit_test(register_operations_at_random),
        cmocka_unit_test(shifts_by_every_count),
        cmocka_unit_test(immediates_on_edges),
        cmocka_unit_test(in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
