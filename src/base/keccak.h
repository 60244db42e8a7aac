/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.h - Keccak-f[1600] and Keccak-256 (the padding before FIPS 202, as Ethereum and Solana use it), plain: what the state machine
 * `keccak` is compared with, and what the host computes digests with.  Lane (x, y) stands at x + 5 y. */
#ifndef GN_BASE_KECCAK_H
#define GN_BASE_KECCAK_H

#include <stddef.h>
#include <stdint.h>

enum { KECCAK_LANES = 25, KECCAK_ROUNDS = 24, KECCAK256_BYTES = 32, KECCAK256_RATE = 136 };
extern const uint64_t gn_keccak_constants[KECCAK_ROUNDS]; /* iota; bits at places 2^k - 1 only */
extern const uint8_t gn_keccak_rotations[KECCAK_LANES];   /* rho, to the left */

void gn_keccak_f1600(uint64_t state[KECCAK_LANES]);

struct gn_keccak256 {
    uint64_t state[KECCAK_LANES];
    size_t used; /* bytes of the block at hand that are in */
};
void gn_keccak256_init(struct gn_keccak256 *h);
void gn_keccak256_update(struct gn_keccak256 *h, const void *data, size_t n);
void gn_keccak256_final(struct gn_keccak256 *h, uint8_t out[KECCAK256_BYTES]); /* h is used up */

void gn_keccak256(uint8_t out[KECCAK256_BYTES], const void *data, size_t n);

#endif
