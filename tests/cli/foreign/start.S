/* SPDX-License-Identifier: Apache-2.0 */
/* start.S - a start of its own for foreign.c: stack at the end of RAM, bss is already 0, exit by ecall 93. */
    .section .init, "ax"
    .globl begin
begin:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    li sp, 0xC0000000
    li s0, 0
    call program
    li a7, 93
    ecall
