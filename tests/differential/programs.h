/* SPDX-License-Identifier: Apache-2.0 */
/* programs.h - programs for the comparison with qemu; each writes what it computed and exits. */
#ifndef GN_TESTS_PROGRAMS_H
#define GN_TESTS_PROGRAMS_H

#include "differential/assembler.h"

/* 0, 1, the bounds of 8 to 64 bits and their neighbours, counts around 32 and 64, values around KoalaBear's modulus,
 * patterns */
enum { EDGE_OPERANDS = 40 };
extern const uint64_t edge_operands[EDGE_OPERANDS];
void append_edge_operands(struct assembler *a); /* to the pool */

/* false: the instruction has no program of its own */
bool systematic_program(struct assembler *a, enum rv_op op);

/* `length` random instructions of RV64IMAC in a loop of `rounds`, whose registers are written after each round and
 * whose memory at the end */
void random_program(struct assembler *a, uint64_t seed, unsigned length, unsigned rounds);

#endif
