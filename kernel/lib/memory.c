/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - the functions that a compiler may call of its own accord; weak: kernels may have better ones. */
#include <stddef.h>
#include <stdint.h>

#include "kernel/lib/machine.h"

void *memset(void *to, int byte, size_t n);
void *memcpy(void *restrict to, const void *restrict from, size_t n);

__attribute__((weak)) void *memset(void *to, int byte, size_t n)
{
    machine_fill(to, (uint8_t)byte, n);
    return to;
}

__attribute__((weak)) void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    machine_copy(to, from, n);
    return to;
}
