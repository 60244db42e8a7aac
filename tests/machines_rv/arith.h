/* SPDX-License-Identifier: Apache-2.0 */
/* arith.h - what each bitwise, shift, multiply and divide instruction computes, written from the RISC-V manual with 128-bit
 * integers, apart from executor and tables; and operands worth trying. */
#ifndef GN_TESTS_MACHINES_RV_ARITH_H
#define GN_TESTS_MACHINES_RV_ARITH_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/vm.h"

struct arith_op {
    uint8_t op;
    bool immediate, is_signed, word;
    const char *table;
};
extern const struct arith_op arith_ops[];
extern const unsigned arith_ops_n;

extern const uint64_t arith_edges[];
extern const unsigned arith_edges_n;

/* b: second register or immediate */
uint64_t arith_result(uint8_t op, uint64_t a, uint64_t b);
/* splitmix64 */
uint64_t arith_random(uint64_t *state);

#endif
