/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.h - SHA-256 (FIPS 180-4), plain: what the state machine `sha256` is compared with, and what the host computes digests with. */
#ifndef GN_BASE_SHA256_H
#define GN_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_BLOCK = 64, SHA256_ROUNDS = 64 };
extern const uint32_t gn_sha256_constants[SHA256_ROUNDS];
extern const uint32_t gn_sha256_initial[8];

/* state after one block */
void gn_sha256_compress(uint32_t state[8], const uint8_t block[SHA256_BLOCK]);

struct gn_sha256 {
    uint32_t state[8];
    uint64_t bytes; /* absorbed so far */
    uint8_t rest[SHA256_BLOCK];
};
void gn_sha256_begin(struct gn_sha256 *h);
void gn_sha256_add(struct gn_sha256 *h, const void *data, size_t n);
void gn_sha256_end(struct gn_sha256 *h, uint8_t out[SHA256_BYTES]);

#endif
