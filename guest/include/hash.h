/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - permutations and a compression that the machine does in one instruction: an environment call each, whatever is hashed with them is the program's.
 *
 * An emulator of Linux does not have these calls: there they abort. */
#ifndef GNOMON_HASH_H
#define GNOMON_HASH_H

#include <stdint.h>

/* Keccak-f[1600]; lane (x, y) stands at x + 5 y */
void keccak_f1600(uint64_t state[25]);

/* SHA-256's compression.  Eight u32, two in each word, the first one in the lower half: in memory the same as uint32_t state[8].  The block is 64
 * bytes as they are hashed, at a multiple of 8. */
void sha256_compress(uint64_t state[4], const void *block);

/* Poseidon2 over KoalaBear, p = 2^31 - 2^24 + 1, of width 24, with Plonky3's constants.  24 u32, two in each word, as uint32_t state[24] stands in
 * memory.  What goes in counts mod p, what comes out is below p. */
void poseidon2(uint64_t state[12]);

#endif
