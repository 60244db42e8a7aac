/* SPDX-License-Identifier: Apache-2.0 */
/* sBPF's arithmetic and branch instructions on edge operands: executor, independent formulas and tables agree; and a core instruction of sBPF that no table takes is named. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "machines/rom.h"
#include "machines_rv/arith.h"
#include "machines_rv/run.h"
#include "machines_rv/sbpf_ops.h"

#define MAX_ROWS 60000u

struct text { /* a program being written; x5 = a, x6 = b, results in x5 or x7, x8 counts branches not taken */
    struct vm_insn *rows;
    uint64_t *expected; /* of rd, or of x8, after the row, where checked */
    uint8_t *checked;   /* the register, 0 for none */
    uint32_t n;
    uint64_t not_taken;
};

static struct text new_text(void)
{
    struct text t = {.rows = calloc(MAX_ROWS, sizeof *t.rows),
                     .expected = calloc(MAX_ROWS, sizeof *t.expected),
                     .checked = calloc(MAX_ROWS, 1)};
    assert_true(t.rows != NULL && t.expected != NULL && t.checked != NULL);
    return t;
}

static uint32_t put(struct text *t, struct vm_insn insn)
{
    assert_true(t->n + 1 < MAX_ROWS);
    t->rows[t->n] = insn;
    return t->n++;
}

static void check(struct text *t, uint32_t row, uint8_t reg, uint64_t expected)
{
    t->checked[row] = reg;
    t->expected[row] = expected;
}

/* One operation on a and b; in place: as sBPF has them. */
static void put_op(struct text *t, const struct sbpf_op *op, uint64_t a, uint64_t b, bool in_place)
{
    uint64_t result;
    if (!sbpf_result(op, a, b, &result)) {
        return;
    }
    if (op->effect >= SBPF_EQ) { /* over a row that counts */
        put(t, op->immediate ? (struct vm_insn){.op = op->op, .ra = 5, .imm = b, .target = t->n + 2}
                             : (struct vm_insn){.op = op->op, .ra = 5, .rb = 6, .target = t->n + 2});
        t->not_taken += result == 0;
        put(t, (struct vm_insn){.op = VM_ADDI, .rd = 8, .ra = 8, .imm = 1});
        uint32_t row = put(t, (struct vm_insn){.op = VM_MOV, .rd = 9, .ra = 8});
        check(t, row, 9, t->not_taken);
        return;
    }
    uint8_t rd = in_place || op->effect == SBPF_SWAP ? 5 : 7;
    uint32_t row = put(t, op->immediate ? (struct vm_insn){.op = op->op, .rd = rd, .ra = 5, .imm = b}
                                        : (struct vm_insn){.op = op->op, .rd = rd, .ra = 5, .rb = 6});
    if (op->effect == SBPF_SWAP) {
        t->rows[row].rb = 0;
    }
    check(t, row, rd, result);
    if (rd == 5) {
        put(t, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = a});
    }
}

static void put_operands(struct text *t, uint64_t a, uint64_t b)
{
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = a});
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = b});
}

/* The executor's results are the formulas'; the tables accept the run. */
static void run_clean(struct text *t)
{
    struct rv_run r;
    put(t, (struct vm_insn){.op = VM_ECALL});
    rv_open(&r, t->rows, t->n);
    assert_int_equal(rv_failures(&r, true), 0);
    struct vm vm = {.program = &r.core, .memory = r.vm.memory};
    while (r.core.rows[vm.row].op != VM_ECALL) {
        uint32_t row = vm.row;
        (void)gn_vm_run(&vm, 1, NULL, NULL);
        if (t->checked[row] != 0 && vm.regs[t->checked[row]] != t->expected[row]) {
            fail_msg("row %u, %s of %llx, %llx: %llx, not %llx", row, gn_vm_op_name((enum vm_op)t->rows[row].op),
                     (unsigned long long)vm.regs[5], (unsigned long long)vm.regs[6],
                     (unsigned long long)vm.regs[t->checked[row]], (unsigned long long)t->expected[row]);
        }
    }
    rv_close(&r);
    free(t->rows);
    free(t->expected);
    free(t->checked);
}

static void register_operations_on_edges(void **state)
{
    (void)state;
    for (unsigned half = 0; half < 2; half++) {
        struct text t = new_text();
        for (unsigned i = half; i < arith_edges_n * arith_edges_n; i += 2) {
            uint64_t a = arith_edges[i / arith_edges_n], b = arith_edges[i % arith_edges_n];
            put_operands(&t, a, b);
            for (unsigned k = 0; k < sbpf_ops_n; k++) {
                if (!sbpf_ops[k].immediate) {
                    put_op(&t, &sbpf_ops[k], a, b, i % 3 == 0);
                }
            }
        }
        run_clean(&t);
    }
}

/* constants as the front end makes them: sign or zero extended, in the high half, negated, plus one */
static const uint64_t constants[] = {0,
                                     1,
                                     31,
                                     0x7fff,
                                     0xffff,
                                     0x10000,
                                     0x12345678,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     (uint64_t)-1,
                                     (uint64_t)-2,
                                     (uint64_t)-65536,
                                     (uint64_t)-65537,
                                     (uint64_t)INT32_MIN};
#define CONSTANTS (sizeof constants / sizeof *constants)

static void immediates_on_edges(void **state)
{
    (void)state;
    for (unsigned half = 0; half < 2; half++) {
        struct text t = new_text();
        for (unsigned i = 0; i < arith_edges_n; i++) {
            put_operands(&t, arith_edges[i], 0);
            for (unsigned j = half; j < CONSTANTS; j += 2) {
                for (unsigned k = 0; k < sbpf_ops_n; k++) {
                    if (sbpf_ops[k].immediate) {
                        put_op(&t, &sbpf_ops[k], arith_edges[i], constants[j], (i + j) % 3 == 0);
                    }
                }
            }
        }
        run_clean(&t);
    }
}

static void constants_in_the_high_half(void **state)
{
    (void)state;
    struct text t = new_text();
    struct sbpf_op or_immediate = {.op = VM_ORI, .effect = SBPF_OR, .bits = 64, .immediate = true};
    for (unsigned i = 0; i < arith_edges_n; i++) {
        put_operands(&t, arith_edges[i], 0);
        for (unsigned j = 0; j < CONSTANTS; j++) {
            put_op(&t, &or_immediate, arith_edges[i], constants[j] << 32, true);
        }
    }
    run_clean(&t);
}

static void at_random(void **state)
{
    (void)state;
    struct text t = new_text();
    uint64_t random = 3;
    for (unsigned i = 0; i < 300; i++) {
        uint64_t a = arith_random(&random) >> arith_random(&random) % 64;
        uint64_t b = i % 5 == 0 ? a + (i / 5) % 3 - 1 : arith_random(&random) >> arith_random(&random) % 64;
        put_operands(&t, a, b);
        for (unsigned k = 0; k < sbpf_ops_n; k++) {
            uint64_t imm = i % 2 == 0 ? (uint64_t)(int64_t)(int32_t)(uint32_t)b : (uint32_t)b;
            put_op(&t, &sbpf_ops[k], a, sbpf_ops[k].immediate ? imm : b, (i + k) % 2 == 0);
        }
    }
    run_clean(&t);
}

static void shifts_by_every_count(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 0x80000000, 0xffffffffffffffff, 0xfedcba9876543210, 0x0123456789abcdef};
    struct text t = new_text();
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        for (uint64_t count = 0; count < 64; count++) {
            uint64_t b = count % 3 == 0 ? count : count + (values[i] << 6);
            put_operands(&t, values[i], b);
            for (unsigned k = 0; k < sbpf_ops_n; k++) {
                if (sbpf_ops[k].effect >= SBPF_SHL && sbpf_ops[k].effect <= SBPF_SAR) {
                    put_op(&t, &sbpf_ops[k], values[i], sbpf_ops[k].immediate ? count % 32 : b, count % 2 == 0);
                }
            }
        }
    }
    run_clean(&t);
}

/* Every operation of this file has one row, in one class, whatever the constant; so have the moves that the front end makes. */
static void one_row_each(void **state)
{
    (void)state;
    for (unsigned k = 0; k < sbpf_ops_n; k++) {
        for (unsigned j = 0; j < CONSTANTS; j++) {
            struct vm_insn insn = {.op = sbpf_ops[k].op, .rd = 5, .ra = 5};
            insn.imm = sbpf_ops[k].immediate ? constants[j] : 0;
            insn.rb = sbpf_ops[k].immediate ? 0 : 6;
            unsigned n = 0;
            for (unsigned i = 0; i < mx_classes_n; i++) {
                bool takes = mx_classes[i]->takes != NULL && mx_classes[i]->takes(&insn);
                n += takes;
                if (takes && constants[j] == 0x12345678) {
                    assert_string_equal(mx_classes[i]->name, sbpf_ops[k].table);
                }
            }
            assert_int_equal(n, 1);
        }
    }
}

/* A class takes instructions of the operations in its list only (setup asks no further), and of each of them some. */
static void operations_are_listed(void **state)
{
    (void)state;
    static const uint8_t registers[] = {0, 1, 2, VM_REG_R10, VM_REG_ZERO, VM_REG_SINK, VM_REG_KERNEL + 1};
    static const uint64_t numbers[] = {0,          1,       8,           63,          0x7fff,
                                       0xffff,     0x10000, 1ull << 31,  1ull << 32,  1ull << 48,
                                       1ull << 63, ~0ull,   ~0ull << 15, ~0ull << 31, 0x0003000300020001};
    enum { REGISTERS = MX_COUNT(registers), NUMBERS = MX_COUNT(numbers) };
    for (unsigned i = 0; i < mx_classes_n; i++) {
        const struct mx_class_def *def = mx_classes[i];
        bool listed[VM_OPS] = {false};
        for (const uint8_t *op = def->ops; op != NULL && *op < VM_OPS; op++) {
            listed[*op] = true;
        }
        for (unsigned op = 0; def->takes != NULL && op < VM_OPS; op++) {
            bool some = false;
            for (unsigned k = 0; k < REGISTERS * REGISTERS * REGISTERS * NUMBERS * NUMBERS; k++) {
                const struct vm_insn insn = {.op = (uint8_t)op,
                                             .rd = registers[k % REGISTERS],
                                             .ra = registers[k / REGISTERS % REGISTERS],
                                             .rb = registers[k / REGISTERS / REGISTERS % REGISTERS],
                                             .imm = numbers[k / REGISTERS / REGISTERS / REGISTERS % NUMBERS],
                                             .link = numbers[k / REGISTERS / REGISTERS / REGISTERS / NUMBERS]};
                some = some || def->takes(&insn);
            }
            if (some != listed[op]) {
                fail_msg("%s: %s", def->name, gn_vm_op_name((enum vm_op)op));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_operations_on_edges), cmocka_unit_test(immediates_on_edges),
        cmocka_unit_test(constants_in_the_high_half),   cmocka_unit_test(at_random),
        cmocka_unit_test(shifts_by_every_count),        cmocka_unit_test(one_row_each),
        cmocka_unit_test(operations_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
