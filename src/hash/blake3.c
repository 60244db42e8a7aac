/* SPDX-License-Identifier: Apache-2.0 */
/* blake3.c - BLAKE3, portable and complete.  Freestanding; the verifier's only hash function.
 *
 * Input is cut into chunks of 1024 bytes, a chunk into blocks of 64; a chunk's blocks are chained through the
 * compression function, and the chunks' chaining values are the leaves of a binary tree whose left subtrees are
 * complete.  The last compression of all (of the last block of a single chunk, or of the top parent) is marked ROOT and
 * can be repeated with a counter for output of any length.
 *
 * Invariant of the hasher: stack[] holds the roots of the complete subtrees of the chunks finished so far, one for
 * every one bit of `chunk`, and the block buffer is only compressed once it is known that more input follows, because
 * the last block needs other flags.
 *
 * Source: the BLAKE3 paper, section 2 (tree, flags, compression: 2.1 to 2.6). */
#include "hash/blake3.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "hash/blake3_rounds.h"

#define BLOCK        64u
#define CHUNK_BLOCKS 16u

enum flag {
    CHUNK_START = 1,
    CHUNK_END = 2,
    PARENT = 4,
    ROOT = 8,
    KEYED_HASH = 16,
    DERIVE_KEY_CONTEXT = 32,
    DERIVE_KEY_MATERIAL = 64
};

/* The fractional bits of the square roots of the first eight primes, as in SHA-256. */
static const uint32_t iv[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au,
                               0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u};

/* One compression that has not been done yet: the last node on the way to the root, before its flags are known. */
struct node {
    uint32_t cv[8], block[16];
    uint64_t counter;
    uint32_t block_len, flags;
};

static inline uint32_t rotate_right(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static inline void mix(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d, uint32_t x, uint32_t y)
{
    *a += *b + x;
    *d = rotate_right(*d ^ *a, 16);
    *c += *d;
    *b = rotate_right(*b ^ *c, 12);
    *a += *b + y;
    *d = rotate_right(*d ^ *a, 8);
    *c += *d;
    *b = rotate_right(*b ^ *c, 7);
}

/* The compression function; out[0..8) is the new chaining value, out[8..16) the rest of an extended output block. */
static void compress(uint32_t out[16], const struct node *n, uint64_t counter, uint32_t flags)
{
    uint32_t v[16];
    memcpy(v, n->cv, sizeof n->cv);
    memcpy(v + 8, iv, 4 * sizeof iv[0]);
    v[12] = (uint32_t)counter;
    v[13] = (uint32_t)(counter >> 32);
    v[14] = n->block_len;
    v[15] = flags;
    BLAKE3_ROUNDS(v, n->block);
    for (unsigned i = 0; i < 8; i++) {
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = v[i + 8] ^ n->cv[i];
    }
}

static void chaining_value(uint32_t cv[8], const struct node *n)
{
    uint32_t out[16];
    compress(out, n, n->counter, n->flags);
    memcpy(cv, out, 8 * sizeof cv[0]);
}

/* The buffered block of the current chunk; its flags without CHUNK_END. */
static void block_node(struct node *n, const struct gn_blake3 *h)
{
    memcpy(n->cv, h->cv, sizeof n->cv);
    for (unsigned i = 0; i < 16; i++) {
        n->block[i] = load_le32(h->block + 4 * i);
    }
    n->counter = h->chunk;
    n->block_len = h->block_len;
    n->flags = h->flags | (h->blocks == 0 ? CHUNK_START : 0u);
}

static void parent_node(struct node *n, const struct gn_blake3 *h, const uint32_t left[8], const uint32_t right[8])
{
    memcpy(n->cv, h->key, sizeof n->cv);
    memcpy(n->block, left, 8 * sizeof left[0]);
    memcpy(n->block + 8, right, 8 * sizeof right[0]);
    n->counter = 0;
    n->block_len = BLOCK;
    n->flags = h->flags | PARENT;
}

static void start_chunk(struct gn_blake3 *h)
{
    memcpy(h->cv, h->key, sizeof h->cv);
    memset(h->block, 0, sizeof h->block);
    h->block_len = 0;
    h->blocks = 0;
}

static void init(struct gn_blake3 *h, const uint32_t key[8], uint32_t flags)
{
    memcpy(h->key, key, sizeof h->key);
    h->flags = flags;
    h->chunk = 0;
    h->stack_n = 0;
    start_chunk(h);
}

static void load_key(uint32_t key[8], const uint8_t bytes[32])
{
    for (unsigned i = 0; i < 8; i++) {
        key[i] = load_le32(bytes + 4 * i);
    }
}

void gn_blake3_init(struct gn_blake3 *h)
{
    init(h, iv, 0);
}

void gn_blake3_init_keyed(struct gn_blake3 *h, const digest *key)
{
    uint32_t words[8];
    load_key(words, key->b);
    init(h, words, KEYED_HASH);
}

void gn_blake3_init_derive_key(struct gn_blake3 *h, const void *context, size_t n)
{
    uint8_t bytes[32];
    uint32_t words[8];
    init(h, iv, DERIVE_KEY_CONTEXT);
    gn_blake3_update(h, context, n);
    gn_blake3_final(h, bytes, sizeof bytes);
    load_key(words, bytes);
    init(h, words, DERIVE_KEY_MATERIAL);
}

/* A chunk is complete and not the last: join it with every complete subtree of the same size to its left. */
static void finish_chunk(struct gn_blake3 *h, uint32_t cv[8])
{
    struct node parent;
    h->chunk++;
    for (uint64_t size = h->chunk; (size & 1) == 0; size >>= 1) {
        h->stack_n--;
        parent_node(&parent, h, h->stack[h->stack_n], cv);
        chaining_value(cv, &parent);
    }
    memcpy(h->stack[h->stack_n], cv, sizeof h->stack[0]);
    h->stack_n++;
    start_chunk(h);
}

/* The buffer is full and more input follows. */
static void finish_block(struct gn_blake3 *h)
{
    struct node n;
    uint32_t cv[8];
    block_node(&n, h);
    if (h->blocks == CHUNK_BLOCKS - 1) {
        n.flags |= CHUNK_END;
        chaining_value(cv, &n);
        finish_chunk(h, cv);
        return;
    }
    chaining_value(h->cv, &n);
    h->blocks++;
    h->block_len = 0;
    memset(h->block, 0, sizeof h->block); /* a short block is padded with zeros */
}

void gn_blake3_update(struct gn_blake3 *h, const void *bytes, size_t n)
{
    const uint8_t *in = bytes;
    while (n > 0) {
        if (h->block_len == BLOCK) {
            finish_block(h);
        }
        size_t take = BLOCK - h->block_len;
        take = take < n ? take : n;
        memcpy(h->block + h->block_len, in, take);
        h->block_len = (uint8_t)(h->block_len + take);
        in += take;
        n -= take;
    }
}

void gn_blake3_final(const struct gn_blake3 *h, uint8_t *out, size_t out_n)
{
    struct node n;
    uint32_t words[16], cv[8];
    uint8_t block[BLOCK];
    block_node(&n, h);
    n.flags |= CHUNK_END;
    for (unsigned i = h->stack_n; i > 0; i--) {
        chaining_value(cv, &n);
        parent_node(&n, h, h->stack[i - 1], cv);
    }
    for (uint64_t counter = 0; out_n > 0; counter++) {
        compress(words, &n, counter, n.flags | ROOT);
        for (unsigned i = 0; i < 16; i++) {
            store_le32(block + 4 * i, words[i]);
        }
        size_t take = out_n < BLOCK ? out_n : BLOCK;
        memcpy(out, block, take);
        out += take;
        out_n -= take;
    }
}

digest gn_blake3_hash(const void *bytes, size_t n)
{
    struct gn_blake3 h;
    digest d;
    gn_blake3_init(&h);
    gn_blake3_update(&h, bytes, n);
    gn_blake3_final(&h, d.b, sizeof d.b);
    return d;
}

digest gn_blake3_hash_keyed(const digest *key, const void *bytes, size_t n)
{
    struct gn_blake3 h;
    digest d;
    gn_blake3_init_keyed(&h, key);
    gn_blake3_update(&h, bytes, n);
    gn_blake3_final(&h, d.b, sizeof d.b);
    return d;
}
