/* SPDX-License-Identifier: Apache-2.0 */
/* blake3.h - the BLAKE3 hash function: complete (any length, keyed, extended output), and many equal-length inputs at
 * once.
 *
 * Source: "BLAKE3: one function, fast everywhere" (O'Connor, Aumasson, Neves, Wilcox-O'Hearn), section 2. */
#ifndef GN_HASH_BLAKE3_H
#define GN_HASH_BLAKE3_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

#define GN_DIGEST_BYTES 32

typedef struct {
    uint8_t b[GN_DIGEST_BYTES];
} digest;

/* Incremental hasher; freestanding, no allocation, about 2 KiB. */
struct gn_blake3 {
    uint32_t key[8];
    uint32_t flags;
    uint32_t cv[8]; /* chaining value of the current chunk */
    uint8_t block[64];
    uint8_t block_len, blocks; /* bytes in block; blocks compressed in this chunk */
    uint64_t chunk;
    uint32_t stack[54][8]; /* roots of complete subtrees, largest first */
    uint8_t stack_n;
};

void gn_blake3_init(struct gn_blake3 *h);
void gn_blake3_init_keyed(struct gn_blake3 *h, const digest *key);
void gn_blake3_init_derive_key(struct gn_blake3 *h, const void *context, size_t n);
void gn_blake3_update(struct gn_blake3 *h, const void *bytes, size_t n);
void gn_blake3_final(const struct gn_blake3 *h, uint8_t *out, size_t out_n); /* does not change h; any out_n */

digest gn_blake3_hash(const void *bytes, size_t n);
digest gn_blake3_hash_keyed(const digest *key, const void *bytes, size_t n);

/* The keys of docs/protocol.md section 1 (constants; a test recomputes them). */
extern const digest gn_key_leaf, gn_key_node, gn_key_transcript, gn_key_grind, gn_key_key, gn_key_air;

/* Bulk forms of the prover (hash/blake3_many.c), bit-identical for every isa.  n inputs of `words` 4-byte words each,
 * words <= 256 (one chunk).
 *   columns: word w of input i is columns[w][i], that is, the inputs are the rows of a column-major matrix */
void gn_blake3_rows(digest *out, const digest *key, const uint32_t *const *columns, size_t words, size_t begin,
                    size_t end, enum gn_isa isa); /* inputs begin <= i < end, out[i] */
/* n nodes: out[i] = keyed hash of in[2i] || in[2i+1] */
void gn_blake3_pairs(digest *out, const digest *key, const digest *in, size_t n, enum gn_isa isa);
/* smallest nonce >= first with the low `bits` bits zero (section 1, grind) among first .. first + n - 1; returns first
 * + n when there is none */
uint64_t gn_blake3_grind(const digest *seed, uint64_t first, uint64_t n, unsigned bits, enum gn_isa isa);

#endif
