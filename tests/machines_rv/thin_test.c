/* SPDX-License-Identifier: Apache-2.0 */
/* The thinnest path through the whole machine: a loop of ten instructions is executed, recorded, checked, proven and verified. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_loop_is_proven)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
