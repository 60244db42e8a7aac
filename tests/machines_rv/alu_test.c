/* SPDX-License-Identifier: Apache-2.0 */
/* Moves, additions, comparisons, branches and jumps: every operation on all pairs of edge operands agrees with the executor; every cell is constrained. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "machines_rv/run.h"

static const uint64_t edges[] = {0,
                                 1,
                                 2,
                                 0x7fff,
                                 0x8000,
                                 0xffff,
                                 0x10000,
                                 0x7fffffff,
                                 0x80000000,
                                 0xffffffff,
                                 0x100000000,
                                 0x7fffffffffffffff,
                                 0x8000000000000000,
                                 0xffffffff00000000,
                                 0xfffffffffffffffe,
                                 0xffffffffffffffff,
                                 0x8000ffff00007fff,
                                 0x123456789abcdef0};
#define EDGES (sizeof edges / sizeof *edges)
static const uint64_t immediates[] = {
    0, 1, 0x7ff, 0x7fff, 0x8000, 0xffff, (uint64_t)-1, (uint64_t)-2048, (uint64_t)-32768, (uint64_t)-65536};
#define IMMEDIATES (sizeof immediates / sizeof *immediates)

struct text { /* a program being written */
    struct vm_insn *rows;
    uint32_t n;
};

static void put(struct text *t, struct vm_insn insn)
{
    t->rows[t->n++] = insn;
}

static void put_operands(struct text *t, uint64_t a, uint64_t b)
{
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = 5, .imm = a});
    put(t, (struct vm_insn){.op = VM_MOVI, .rd = 6, .imm = b});
}

static void run_clean(struct text *t)
{
    struct rv_run r;
    put(t, (struct vm_insn){.op = VM_ECALL});
    rv_open(&r, t->rows, t->n);
    assert_int_equal(rv_failures(&r, true), 0);
    rv_close(&r);
    free(t->rows);
}

static struct text new_text(void)
{
    struct text t = {calloc(20000, sizeof *t.rows), 0};
    assert_non_null(t.rows);
    return t;
}

static void register_operations_on_edges(void **state)
{
    (void)state;
    static const uint8_t ops[] = {VM_ADD, VM_SUB, VM_ADDW, VM_SUBW, VM_SLT, VM_SLTU};
    struct text t = new_text();
    for (size_t i = 0; i < EDGES * EDGES; i++) {
        put_operands(&t, edges[i / EDGES], edges[i % EDGES]);
        for (size_t k = 0; k < sizeof ops; k++) {
            put(&t, (struct vm_insn){.op = ops[k], .rd = 7, .ra = 5, .rb = 6});
        }
        for (size_t k = 0; k < 6; k++) { /* in place */
            static const uint8_t registers[6][3] = {{5, 5, 6}, {5, 6, 5}, {6, 6, 6}, {5, 5, 6}, {6, 5, 6}, {5, 5, 5}};
            put(&t, (struct vm_insn){.op = k < 3 ? VM_ADD : VM_SUB,
                                     .rd = registers[k][0],
                                     .ra = registers[k][1],
                                     .rb = registers[k][2]});
        }
    }
    run_clean(&t);
}

static void immediate_operations_on_edges(void **state)
{
    (void)state;
    static const uint8_t ops[] = {VM_ADDI, VM_ADDIW, VM_SLTI, VM_SLTIU};
    struct text t = new_text();
    for (size_t i = 0; i < EDGES; i++) {
        put_operands(&t, edges[i], 0);
        for (size_t k = 0; k < sizeof ops; k++) {
            for (size_t j = 0; j < IMMEDIATES; j++) {
                put(&t, (struct vm_insn){.op = ops[k], .rd = 7, .ra = 5, .imm = immediates[j]});
                put(&t, (struct vm_insn){.op = VM_ADDI, .rd = 7, .ra = 7, .imm = immediates[j]});
            }
        }
    }
    run_clean(&t);
}

static void branches_on_edges(void **state)
{
    (void)state;
    static const uint8_t ops[] = {VM_BEQ, VM_BNE, VM_BLT, VM_BGE, VM_BLTU, VM_BGEU};
    struct text t = new_text();
    for (size_t i = 0; i < EDGES * EDGES; i++) {
        put_operands(&t, edges[i / EDGES], edges[i % EDGES]);
        for (size_t k = 0; k < sizeof ops; k++) { /* taken: over a row */
            put(&t, (struct vm_insn){.op = ops[k], .ra = 5, .rb = i % EDGES == 0 ? VM_REG_ZERO : 6, .target = t.n + 2});
            put(&t, (struct vm_insn){.op = VM_MOV, .rd = 8, .ra = 5});
        }
    }
    run_clean(&t);
}

/* one short program with every class and operation of this file, small enough to change every cell */
#define AT(row) (MX_TEXT + 4 * (row))
static const struct vm_insn sampler[] = {
    {.op = VM_MOVI, .rd = 5, .imm = 0x8000000000010005},
    {.op = VM_MOVI, .rd = 6, .imm = 0x7fff0002fffffffb},
    {.op = VM_MOV, .rd = 7, .ra = 5},
    {.op = VM_ADD, .rd = 8, .ra = 5, .rb = 6},
    {.op = VM_SUB, .rd = 9, .ra = 5, .rb = 6},
    {.op = VM_ADD, .rd = 8, .ra = 8, .rb = 8},
    {.op = VM_SUB, .rd = 8, .ra = 8, .rb = 6},
    {.op = VM_ADDI, .rd = 9, .ra = 9, .imm = (uint64_t)-7},
    {.op = VM_ADDI, .rd = 9, .ra = 5, .imm = 100},
    {.op = VM_ADDW, .rd = 12, .ra = 5, .rb = 6},
    {.op = VM_SUBW, .rd = 13, .ra = 5, .rb = 6},
    {.op = VM_ADDIW, .rd = 14, .ra = 6, .imm = (uint64_t)-1},
    {.op = VM_ADDIW, .rd = 14, .ra = 6, .imm = 5},
    {.op = VM_SLT, .rd = 15, .ra = 5, .rb = 6},
    {.op = VM_SLTU, .rd = 15, .ra = 5, .rb = 6},
    {.op = VM_SLT, .rd = 15, .ra = 5, .rb = 5},
    {.op = VM_SLTI, .rd = 15, .ra = 5, .imm = 3},
    {.op = VM_SLTIU, .rd = 15, .ra = 5, .imm = (uint64_t)-1},
    {.op = VM_BEQ, .ra = 5, .rb = 6, .target = 0},
    {.op = VM_BNE, .ra = 5, .rb = 6, .target = 20},
    {.op = VM_MOVI, .rd = 5},
    {.op = VM_BEQ, .ra = 5, .rb = 5, .target = 22},
    {.op = VM_BNE, .ra = 5, .rb = VM_REG_ZERO, .target = 0}, /* 22 */
    {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 24},
    {.op = VM_BLT, .ra = 5, .rb = 6, .target = 25},
    {.op = VM_BGE, .ra = 5, .rb = 6, .target = 0},
    {.op = VM_BLTU, .ra = 6, .rb = 5, .target = 0},
    {.op = VM_BGEU, .ra = 6, .rb = 5, .target = 28},
    {.op = VM_J, .target = 29}, /* 28 */
    {.op = VM_JAL, .rd = 1, .imm = AT(30), .target = 31},
    {.op = VM_J, .target = 33},
    {.op = VM_JALR, .rd = VM_REG_SINK, .ra = 1, .imm = 1, .link = AT(32), .target = VM_NO_ROW}, /* 31: back to 30 */
    {.op = VM_J, .target = 0},
    {.op = VM_ECALL},
};
#define SAMPLER (sizeof sampler / sizeof *sampler)

static void every_cell_is_constrained(void **state)
{
    (void)state;
    static const char *const tables[] = {"movi",  "mov",     "add",      "add2",      "addi", "addi2",         "addw",
                                         "addiw", "compare", "comparei", "beq",       "beqi", "blt",           "jump",
                                         "jal",   "jalr",    "halt",     "reg_final", "rom",  "range16_sparse"};
    struct rv_run r;
    rv_open(&r, sampler, SAMPLER);
    assert_int_equal(rv_failures(&r, true), 0);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        rv_mutate(&r, tables[i]);
    }
    rv_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_operations_on_edges),
        cmocka_unit_test(immediate_operations_on_edges),
        cmocka_unit_test(branches_on_edges),
        cmocka_unit_test(every_cell_is_constrained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
