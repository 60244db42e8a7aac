/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_kernel.c - BLAKE3 of LANES inputs at once, one input per lane; compiled once per instruction set.
 *
 * All inputs of a call have the same length, at most one chunk, so their counters, lengths and flags agree and a lane
 * is the compression function of blake3.c unchanged.  Rows come as columns: word w of LANES neighbouring rows is one
 * load, and nothing is transposed but the digests that come out.
 *
 * Rows are hashed in tiles: every block of 16 columns is compressed for all rows of a tile before the next 16 columns
 * are touched, so that each column is read in runs of several cache lines while the chaining values of the tile wait in
 * L1.
 *
 * Source: the BLAKE3 paper, sections 2.2 (compression) and 5.3 (SIMD across inputs). */
#include "hash/blake3_kernels.h"
#include "hash/blake3_lanes.h"
#include "hash/blake3_rounds.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

#define CHUNK_START 1u
#define CHUNK_END   2u
#define ROOT        8u
#define KEYED_HASH  16u

#define TILE 256 /* rows: 1 KiB of each column, 8 KiB of chaining values */

static const uint32_t iv[4] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au};

INLINE void mix(lanes *a, lanes *b, lanes *c, lanes *d, lanes x, lanes y)
{
    *a = *a + x + *b; /* in this order: b is the last to be known */
    *d = rotate_16(*d ^ *a);
    *c += *d;
    *b = rotate_12(*b ^ *c);
    *a = *a + y + *b;
    *d = rotate_8(*d ^ *a);
    *c += *d;
    *b = rotate_7(*b ^ *c);
}

/* cv <- the chaining value after one block, counter 0 */
INLINE void compress(lanes cv[8], const lanes m[16], uint32_t block_len, uint32_t flags)
{
    lanes v[16];
    for (unsigned i = 0; i < 8; i++) {
        v[i] = cv[i];
    }
    for (unsigned i = 0; i < 4; i++) {
        v[8 + i] = lanes_set(iv[i]);
    }
    v[12] = v[13] = lanes_set(0);
    v[14] = lanes_set(block_len);
    v[15] = lanes_set(flags);
    BLAKE3_ROUNDS(v, m);
    for (unsigned i = 0; i < 8; i++) {
        cv[i] = v[i] ^ v[i + 8];
    }
}

INLINE void set_key(lanes cv[8], const digest *key)
{
    for (unsigned w = 0; w < 8; w++) {
        cv[w] = lanes_set(load_le32(key->b + 4 * w));
    }
}

/* n <= LANES digests */
INLINE void store_some(digest *out, const lanes cv[8], size_t n)
{
    digest all[LANES];
    if (n == LANES) {
        store_digests(out, cv);
    } else {
        store_digests(all, cv);
        memcpy(out, all, n * sizeof *out);
    }
}

/* rows begin ... begin + n - 1, n <= TILE */
static void hash_tile(digest *out, const digest *key, const uint32_t *const *columns, size_t words, size_t begin,
                      size_t n)
{
    lanes cv[TILE / LANES][8], m[16];
    uint32_t flags = KEYED_HASH | CHUNK_START;
    for (size_t g = 0; g * LANES < n; g++) {
        set_key(cv[g], key);
    }
    for (size_t done = 0, last = 0; !last; done += 16) {
        size_t count = words - done < 16 ? words - done : 16;
        last = words - done <= 16;
        flags |= last ? CHUNK_END | ROOT : 0u;
        const size_t ahead = last ? 0 : done + 16, row = last ? begin + TILE : begin; /* the block after this one */
        for (size_t g = 0; g * LANES < n; g++) {
            for (size_t w = ahead; w < ahead + 16 && w < words;
                 w++) { /* far apart: the processor would not see it coming */
                __builtin_prefetch(columns[w] + row + g * LANES);
            }
            for (size_t w = 0; w < 16; w++) {
                m[w] = w < count ? lanes_load(columns[done + w] + begin + g * LANES, n - g * LANES) : lanes_set(0);
            }
            compress(cv[g], m, (uint32_t)(4 * count), flags);
        }
        flags = KEYED_HASH;
    }
    for (size_t g = 0; g * LANES < n; g++) {
        store_some(out + begin + g * LANES, cv[g], n - g * LANES < LANES ? n - g * LANES : LANES);
    }
}

static void hash_rows(digest *out, const digest *key, const uint32_t *const *columns, size_t words, size_t begin,
                      size_t end)
{
    for (size_t i = begin; i < end; i += TILE) {
        hash_tile(out, key, columns, words, i, end - i < TILE ? end - i : TILE);
    }
}

static void hash_pairs(digest *out, const digest *key, const digest *in, size_t n)
{
    lanes cv[8], m[16];
    digest some[2 * LANES];
    for (size_t i = 0; i < n; i += LANES) {
        const digest *from = in + 2 * i;
        size_t count = n - i < LANES ? n - i : LANES;
        if (count < LANES) {
            memset(some, 0, sizeof some);
            memcpy(some, from, 2 * count * sizeof *from);
            from = some;
        }
        load_digests(m, from, 2);
        load_digests(m + 8, from + 1, 2);
        set_key(cv, key);
        compress(cv, m, 64, KEYED_HASH | CHUNK_START | CHUNK_END | ROOT);
        store_some(out + i, cv, count);
    }
}

static uint64_t grind(const digest *seed, uint64_t first, uint64_t n, unsigned bits)
{
    uint64_t mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
    lanes cv[8], m[16];
    uint32_t low[LANES], high[LANES];
    set_key(m, seed);
    for (unsigned w = 8; w < 16; w++) {
        m[w] = lanes_set(0);
    }
    for (uint64_t i = 0; i < n; i += LANES) {
        for (unsigned l = 0; l < LANES; l++) {
            low[l] = (uint32_t)(first + i + l);
            high[l] = (uint32_t)((first + i + l) >> 32);
        }
        m[8] = lanes_load(low, LANES);
        m[9] = lanes_load(high, LANES);
        set_key(cv, &gn_key_grind);
        compress(cv, m, 40, KEYED_HASH | CHUNK_START | CHUNK_END | ROOT);
        memcpy(low, &cv[0], sizeof low);
        memcpy(high, &cv[1], sizeof high);
        for (unsigned l = 0; l < LANES && l < n - i; l++) {
            if (((low[l] | (uint64_t)high[l] << 32) & mask) == 0) {
                return first + i + l;
            }
        }
    }
    return first + n;
}

const struct gn_blake3_kernel JOIN(gn_blake3_kernel_, ISA) = {hash_rows, hash_pairs, grind};
