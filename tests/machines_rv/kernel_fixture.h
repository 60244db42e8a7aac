/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_fixture.h - a kernel for tests: it says register TRAP at every entry, goes on behind the instruction that led to it, and halts after so many entries. */
#ifndef GN_TESTS_MACHINES_RV_KERNEL_FIXTURE_H
#define GN_TESTS_MACHINES_RV_KERNEL_FIXTURE_H

#include "machines_rv/run.h"

#define USER_AT(row)   (MX_TEXT + 4 * (uint64_t)(row))
#define KERNEL_AT(row) (VM_KERNEL_TEXT + 4 * (uint64_t)(row))

enum {
    K_TRAP = RV_K(10),
    K_INDEX = RV_K(11),
    K_LAST = RV_K(12),
    K_TIME = RV_K(13), /* of the last RESUME */
    SAYING_ENTRY = 9,
    SAYING_HALT = 8,
    SAYING_RESUME = 7,
    SAYING_ROWS = 12
};
extern const struct vm_insn saying_kernel[SAYING_ROWS];
/* The kernel halts at entry number `last`, counted from 0. */
void saying_open(struct rv_run *r, const struct vm_insn *rows, uint32_t rows_n, uint64_t last);

#endif
