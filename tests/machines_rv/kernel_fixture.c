/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_fixture.c - see kernel_fixture.h. */
#include "machines_rv/kernel_fixture.h"

#include <string.h>

const struct vm_insn saying_kernel[SAYING_ROWS] = {
    {.op = VM_MOV, .rd = K_TRAP, .ra = VM_REG_TRAP},
    {.op = VM_OUT, .ra = K_INDEX, .rb = K_TRAP},
    {.op = VM_BEQ, .ra = K_INDEX, .rb = K_LAST, .target = SAYING_HALT},
    {.op = VM_ADDI, .rd = K_INDEX, .ra = K_INDEX, .imm = 1},
    {.op = VM_SLLI, .rd = K_TRAP, .ra = K_TRAP, .imm = 32},
    {.op = VM_SRLI, .rd = K_TRAP, .ra = K_TRAP, .imm = 32},
    {.op = VM_ADDI, .rd = K_TRAP, .ra = K_TRAP, .imm = 4},
    {.op = VM_RESUME, .rd = K_TIME, .ra = K_TRAP}, /* 7 */
    {.op = VM_HALT},
    {.op = VM_MOVI, .rd = K_LAST, .imm = 0}, /* 9: `last` goes here */
    {.op = VM_MOVI, .rd = K_TRAP, .imm = MX_TEXT},
    {.op = VM_RESUME, .rd = K_TIME, .ra = K_TRAP},
};

void saying_open(struct rv_run *r, const struct vm_insn *rows, uint32_t rows_n, uint64_t last)
{
    struct vm_insn kernel[SAYING_ROWS];
    memcpy(kernel, saying_kernel, sizeof kernel);
    kernel[SAYING_ENTRY].imm = last;
    rv_open_source(r, &(struct rv_source){.rows = rows,
                                          .rows_n = rows_n,
                                          .kernel = kernel,
                                          .kernel_n = SAYING_ROWS,
                                          .kernel_entry = SAYING_ENTRY,
                                          .traps = true});
}
