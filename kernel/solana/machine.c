/* SPDX-License-Identifier: Apache-2.0 */
/* machine.c - what of machine.h is more than an instruction. */
#include "machine.h"

#ifndef GN_KERNEL_HOSTED

uint64_t machine_reg_variable(uint64_t r)
{
#define READ(i) \
    case i:     \
        return machine_reg_constant(i);
    switch (r) {
        READ(0)
        READ(1)
        READ(2)
        READ(3)
        READ(4)
        READ(5)
        READ(6)
        READ(7)
        READ(8)
        READ(9)
        READ(10)
    default:
        machine_stop(0, r);
    }
}

void machine_set_reg_variable(uint64_t r, uint64_t value)
{
#define WRITE(i)                            \
    case i:                                 \
        machine_set_reg_constant(i, value); \
        return;
    switch (r) {
        WRITE(0)
        WRITE(1)
        WRITE(2)
        WRITE(3)
        WRITE(4)
        WRITE(5)
        WRITE(6)
        WRITE(7)
        WRITE(8)
        WRITE(9)
        WRITE(10)
    default:
        machine_stop(0, r);
    }
}

#else
typedef int not_empty;
#endif
