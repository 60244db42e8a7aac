/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.h - SHA-256 (FIPS 180-4), portable; freestanding.  Plain interface: one call, or the compression function for those who
 * need the words between blocks. */
#ifndef GN_BASE_SHA256_H
#define GN_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK = 64 };

struct gn_sha256 {
    uint32_t state[8];
    uint64_t bytes; /* absorbed so far; the last bytes % 64 of them wait in block */
    uint8_t block[SHA256_BLOCK];
};

extern const uint32_t gn_sha256_initial[8];
extern const uint32_t gn_sha256_round[64];

void gn_sha256_init(struct gn_sha256 *h);
void gn_sha256_update(struct gn_sha256 *h, const void *bytes, size_t n); /* bytes may be NULL if n is 0 */
void gn_sha256_final(struct gn_sha256 *h, uint8_t out[SHA256_BYTES]);    /* h is used up */

/* state := compress(state, block): 64 rounds and the addition of the old state */
void gn_sha256_compress(uint32_t state[8], const uint8_t block[SHA256_BLOCK]);

void gn_sha256(uint8_t out[SHA256_BYTES], const void *bytes, size_t n);

#endif
