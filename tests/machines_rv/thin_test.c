/* SPDX-License-Identifier: Apache-2.0 */
/* The thinnest path through the whole machine: small programs are executed, recorded, checked, proven and verified. */
#include "cm.h"

#include "machines_rv/run.h"
#include "support/proven.h"

/* a0 = 10 + 9 + ... + 1 */
static const struct vm_insn loop[] = {
    {.op = VM_MOVI, .rd = 5, .imm = 10},
    {.op = VM_MOVI, .rd = 10, .imm = 0},
    {.op = VM_MOV, .rd = 6, .ra = 5},
    {.op = VM_ADD, .rd = 10, .ra = 10, .rb = 6}, /* 3 */
    {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = UINT64_MAX},
    {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 3},
    {.op = VM_BEQ, .ra = 6, .rb = 5, .target = 0},
    {.op = VM_SUB, .rd = 11, .ra = 5, .rb = 5},
    {.op = VM_J, .target = 9},
    {.op = VM_HALT},
};

static void a_loop_is_proven(void **state)
{
    (void)state;
    struct rv_run r;
    rv_open(&r, loop, 10);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_int_equal(r.witness.statement.values[MX_PUBLIC_STATUS], 55);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    uint32_t wrong[MX_PUBLIC_VALUES] = {54};
    r.witness.statement.values = wrong;
    assert_verdict(rv_prove(&r), GN_REJECT_BUS_SUM);
    rv_close(&r);
}

/* So many different limbs that the full table of range16 is cheaper than the sparse one; nobody knows which of them answers. */
static void many_values_take_the_full_table(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 6, .imm = 16000},
        {.op = VM_MOVI, .rd = 5, .imm = 0x9e3779b97f4a7c15},
        {.op = VM_ADD, .rd = 7, .ra = 7, .rb = 5}, /* 2 */
        {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = UINT64_MAX},
        {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 2},
        {.op = VM_HALT},
    };
    struct rv_run r;
    rv_open(&r, rows, 6);
    assert_int_equal(rv_height(&r, "range16"), 1 << 16);
    assert_int_equal(rv_height(&r, "range16_sparse"), 0);
    assert_int_equal(rv_failures(&r, true), 0);
    assert_verdict(rv_prove(&r), GN_ACCEPT);
    rv_close(&r);
    rv_open(&r, loop, 10);
    assert_int_equal(rv_height(&r, "range16"), 0);
    assert_true(rv_height(&r, "range16_sparse") < 400);
    rv_close(&r);
}

/* The witness does not depend on the number of threads that filled it. */
static void threads_fill_the_same_cells(void **state)
{
    (void)state;
    static const struct vm_insn rows[] = {
        {.op = VM_MOVI, .rd = 6, .imm = 5000}, /* more rows than one thread takes at a time */
        {.op = VM_ADDI, .rd = 6, .ra = 6, .imm = UINT64_MAX},
        {.op = VM_BNE, .ra = 6, .rb = VM_REG_ZERO, .target = 1},
        {.op = VM_HALT},
    };
    struct rv_run r;
    rv_open(&r, rows, 4); /* two threads */
    struct air_witness alone;
    assert_int_equal(mx_witness_build(&alone, &r.system, &r.pre, r.recorder, NULL, 0, NULL, &r.arena, &r.err), GN_OK);
    for (uint32_t t = 0; t < r.system.air->tables_n; t++) {
        const struct air_table_witness *a = &alone.tables[t], *b = &r.witness.tables[t];
        assert_int_equal(a->height, b->height);
        for (uint32_t c = 0; a->height > 0 && c < r.system.air->tables[t].committed_n; c++) {
            assert_memory_equal(a->columns[c], b->columns[c], a->height * sizeof(uint32_t));
        }
    }
    rv_close(&r);
}

/* Setup refuses what it cannot represent. */
static void programs_outside_of_the_map_are_refused(void **state)
{
    (void)state;
    struct vm_insn row = {.op = VM_HALT};
    uint64_t pc = MX_TEXT - 4;
    uint8_t first = 1;
    struct vm_program core = {.rows = &row, .pc_of_row = &pc, .first_of_insn = &first, .rows_n = 1};
    struct mx_program *p = NULL;
    struct gn_error err;
    assert_int_equal(mx_program_create(&p, &core, NULL, 0, &err), GN_LIMIT);
    pc = MX_TEXT + (UINT64_C(1) << 29);
    assert_int_equal(mx_program_create(&p, &core, NULL, 0, &err), GN_LIMIT);
    pc = MX_TEXT;
    row = (struct vm_insn){.op = VM_MOVI, .rd = VM_REG_ZERO};
    assert_int_equal(mx_program_create(&p, &core, NULL, 0, &err), GN_INTERNAL);
    row = (struct vm_insn){.op = VM_MOVI, .rd = 1};
    assert_int_equal(mx_program_create(&p, &core, NULL, 0, &err), GN_OK);
    mx_program_destroy(p);
    uint64_t twice[] = {MX_TEXT, MX_TEXT};
    uint8_t firsts[] = {1, 1};
    struct vm_insn rows[] = {row, row};
    core = (struct vm_program){.rows = rows, .pc_of_row = twice, .first_of_insn = firsts, .rows_n = 2};
    assert_int_equal(mx_program_create(&p, &core, NULL, 0, &err), GN_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_is_proven),
        cmocka_unit_test(many_values_take_the_full_table),
        cmocka_unit_test(threads_fill_the_same_cells),
        cmocka_unit_test(programs_outside_of_the_map_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
