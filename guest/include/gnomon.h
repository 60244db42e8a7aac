/* SPDX-License-Identifier: Apache-2.0 */
/* gnomon.h - what a guest program has: input and output (zkvm_io.h), its exit, memory, text.
 *
 * A guest is freestanding C with `int main(void)`; what main returns is the exit code, part of what is proven.  0 is
 * success.  There is no other world: no files, no time, no randomness.  Memory that nothing wrote is 0.  The stack is
 * 1 MiB and overflows into a fault, unless a frame of more than 32 KiB steps over the 64 KiB below it. */
#ifndef GNOMON_H
#define GNOMON_H

#include "stdlib.h"
#include "string.h"
#include "zkvm_io.h"

/* text and decimal numbers to the public output */
void put_text(const char *text);
void put_u64(uint64_t value);

/* diagnostics: shown by `gnomon run`, not part of what is proven */
void debug_text(const char *text);

#endif
