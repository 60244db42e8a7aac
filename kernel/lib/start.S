/* SPDX-License-Identifier: Apache-2.0 */
/* start.S - the vector, the entry, and how user code is entered.
 *
 * Text begins with the vector: whatever leaves user code goes on there.  Kernel registers are as they were at the RESUME, so `ret` returns from
 * machine_enter, with its result in a0: the time at which RESUME ran. */
    .section .text.start, "ax"
    .globl _start, machine_enter, machine_reg
vector:
    ret
_start:
    la sp, stack_top
    call kernel_main
    unimp

    .type machine_enter, @function
machine_enter:
    .insn r 0x0b, 0, 0, a0, a0, x0
    .size machine_enter, . - machine_enter

/* 8 bytes a register */
    .type machine_reg, @function
machine_reg:
    slli a0, a0, 3
1:  auipc a1, %pcrel_hi(registers)
    addi a1, a1, %pcrel_lo(1b)
    add a0, a0, a1
    jr a0
    .size machine_reg, . - machine_reg
registers:
    li a0, 0
    ret
    .set r, 1
    .rept 31
    csrr a0, 0x800 + r
    ret
    .set r, r + 1
    .endr
