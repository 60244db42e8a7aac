/* SPDX-License-Identifier: Apache-2.0 */
/* crt0.S - start of a guest.  At entry all registers are 0 and memory holds the file's segments and zeros: only gp
 * and sp are missing.  256 bytes are reserved for it (link.ld), so that the program behind it has the same addresses
 * here and in its Linux twin (linux/crt0.S). */
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, stack_top
    call main
    call exit
    .size _start, . - _start
