/* SPDX-License-Identifier: Apache-2.0 */
/* blake3.c - BLAKE3 of an account: lamports, data, executable, owner, key, the preimage of Solana's accounts lattice hash; 32 bytes of it.
 *
 * Plain hashing of one message that lies in five pieces: chunks of 1,024 bytes, blocks of 64, and a stack of subtree hashes. */
#include "kernel.h"

enum { CHUNK = 1024, BLOCK = 64, TAIL = 65, CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8, LEVELS = 24 };

static const uint32_t iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static inline uint32_t rotated(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static inline void mix(uint32_t v[16], unsigned a, unsigned b, unsigned c, unsigned d, uint32_t x, uint32_t y)
{
    v[a] += v[b] + x;
    v[d] = rotated(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotated(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = rotated(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = rotated(v[b] ^ v[c], 7);
}

/* cv becomes the first half of the compression's output */
static void compress(uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t size, uint32_t flags)
{
    static const uint8_t order[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    uint32_t v[16], m[16], next[16];
    for (unsigned i = 0; i < 8; i++) {
        v[i] = cv[i];
        v[8 + i] = iv[i & 3];
        m[i] = block[i];
        m[8 + i] = block[8 + i];
    }
    v[12] = (uint32_t)counter, v[13] = (uint32_t)(counter >> 32), v[14] = size, v[15] = flags;
    for (unsigned round = 0; round < 7; round++) {
        for (unsigned i = 0; i < 4; i++) {
            mix(v, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
        }
        for (unsigned i = 0; i < 4; i++) {
            mix(v, i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3), m[8 + 2 * i], m[9 + 2 * i]);
        }
        for (unsigned i = 0; i < 16; i++) {
            next[i] = m[order[i]];
        }
        for (unsigned i = 0; i < 16; i++) {
            m[i] = next[i];
        }
    }
    for (unsigned i = 0; i < 8; i++) {
        cv[i] = v[i] ^ v[8 + i];
    }
}

/* ---- the message ---- */
struct message {
    uint64_t lamports;
    const uint8_t *data;
    uint64_t data_n;
    uint64_t tail[9]; /* executable, owner, key: 65 bytes */
};

/* copies what of [from, from + n) of a piece that stands at `at` in the message falls into [offset, offset + size) */
static void take(uint8_t *to, uint64_t offset, uint64_t size, const void *piece, uint64_t at, uint64_t n)
{
    uint64_t begin = offset > at ? offset : at, end = offset + size < at + n ? offset + size : at + n;
    if (begin < end) {
        machine_copy(to + (begin - offset), (const uint8_t *)piece + (begin - at), end - begin);
    }
}

static void read_block(const struct message *m, uint64_t offset, uint64_t size, uint64_t block[8])
{
    for (unsigned i = 0; i < 8; i++) {
        block[i] = 0;
    }
    take((uint8_t *)block, offset, size, &m->lamports, 0, 8);
    take((uint8_t *)block, offset, size, m->data, 8, m->data_n);
    take((uint8_t *)block, offset, size, m->tail, 8 + m->data_n, TAIL);
}

/* the chaining value of a chunk; root: it is the whole message */
static void hash_chunk(const struct message *m, uint64_t chunk, uint64_t n, bool root, uint32_t cv[8])
{
    uint64_t offset = chunk * CHUNK, end = n - offset < CHUNK ? n : offset + CHUNK, block[8];
    uint32_t flags = CHUNK_START;
    for (unsigned i = 0; i < 8; i++) {
        cv[i] = iv[i];
    }
    for (;;) {
        uint64_t size = end - offset < BLOCK ? end - offset : BLOCK;
        if (offset + size == end) {
            flags |= CHUNK_END | (root ? ROOT : 0);
        }
        read_block(m, offset, size, block);
        compress(cv, (const uint32_t *)block, chunk, (uint32_t)size, flags);
        offset += size;
        if (offset == end) {
            return;
        }
        flags = 0;
    }
}

static void hash_parent(const uint32_t left[8], const uint32_t right[8], uint32_t flags, uint32_t cv[8])
{
    uint32_t block[16];
    for (unsigned i = 0; i < 8; i++) {
        block[i] = left[i];
        block[8 + i] = right[i];
    }
    for (unsigned i = 0; i < 8; i++) {
        cv[i] = iv[i];
    }
    compress(cv, block, 0, BLOCK, PARENT | flags);
}

void blake3_account(const struct blake3_account *account, uint64_t hash[4])
{
    struct message m = {.lamports = account->lamports, .data = account->data, .data_n = account->data_n};
    uint8_t *tail = (uint8_t *)m.tail;
    tail[0] = account->executable;
    machine_copy(tail + 1, account->owner, 32);
    machine_copy(tail + 33, account->key, 32);
    uint64_t n = 8 + m.data_n + TAIL, chunks = (n + CHUNK - 1) / CHUNK;
    uint32_t stack[LEVELS][8], cv[8];
    unsigned depth = 0;
    for (uint64_t i = 0; i < chunks; i++) {
        hash_chunk(&m, i, n, chunks == 1, cv);
        /* subtrees of equal size become one; the last chunk waits for the root */
        for (uint64_t done = i + 1; i + 1 < chunks && (done & 1) == 0; done >>= 1) {
            hash_parent(stack[--depth], cv, 0, cv);
        }
        if (i + 1 < chunks) {
            machine_copy(stack[depth++], cv, 32);
        }
    }
    while (depth > 0) {
        depth--;
        hash_parent(stack[depth], cv, depth == 0 ? ROOT : 0, cv);
    }
    machine_copy(hash, cv, 32);
}
