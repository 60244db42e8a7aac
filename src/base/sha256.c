/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.c - FIPS 180-4, section 6.2.  Constants: the first 32 bits of the fractional parts of the square roots of the first 8
 * primes and of the cube roots of the first 64 (tests/unit/base_sha256_test.c computes them again). */
#include "base/sha256.h"

#include <string.h>

const uint32_t gn_sha256_initial[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};
const uint32_t gn_sha256_round[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static uint32_t load_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* One round; word number k of the working state (a is 0) stands at (k + first) mod 8. */
static inline void round_of(uint32_t s[8], int first, uint32_t kw)
{
#define WORD(k) s[((k) + first) & 7]
    uint32_t a = WORD(0), e = WORD(4);
    uint32_t choice = (e & WORD(5)) ^ (~e & WORD(6)), majority = (a & WORD(1)) ^ (a & WORD(2)) ^ (WORD(1) & WORD(2));
    uint32_t t1 = WORD(7) + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + kw;
    WORD(3) += t1;
    WORD(7) = t1 + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
#undef WORD
}

void gn_sha256_compress(uint32_t state[8], const uint8_t block[SHA256_BLOCK])
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) {
        w[i] = load_be32(block + 4 * i);
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] =
            w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i += 8) { /* eight rounds bring every word back to its place: nothing is moved */
        const uint32_t *k = gn_sha256_round + i, *x = w + i;
        round_of(s, 0, k[0] + x[0]);
        round_of(s, 7, k[1] + x[1]);
        round_of(s, 6, k[2] + x[2]);
        round_of(s, 5, k[3] + x[3]);
        round_of(s, 4, k[4] + x[4]);
        round_of(s, 3, k[5] + x[5]);
        round_of(s, 2, k[6] + x[6]);
        round_of(s, 1, k[7] + x[7]);
    }
    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

void gn_sha256_init(struct gn_sha256 *h)
{
    memcpy(h->state, gn_sha256_initial, sizeof h->state);
    h->bytes = 0;
}

void gn_sha256_update(struct gn_sha256 *h, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    while (n > 0) {
        size_t held = h->bytes % SHA256_BLOCK, take = SHA256_BLOCK - held < n ? SHA256_BLOCK - held : n;
        if (take < SHA256_BLOCK) {
            memcpy(h->block + held, p, take);
        }
        if (held + take == SHA256_BLOCK) {
            gn_sha256_compress(h->state, take < SHA256_BLOCK ? h->block : p);
        }
        h->bytes += take;
        p += take;
        n -= take;
    }
}

void gn_sha256_final(struct gn_sha256 *h, uint8_t out[SHA256_BYTES])
{
    uint64_t bits = h->bytes * 8;
    uint8_t length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    static const uint8_t padding[SHA256_BLOCK] = {0x80};
    size_t held = h->bytes % SHA256_BLOCK;
    gn_sha256_update(h, padding, held < 56 ? 56 - held : 120 - held);
    gn_sha256_update(h, length, sizeof length);
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 4; j++) {
            out[4 * i + j] = (uint8_t)(h->state[i] >> (24 - 8 * j));
        }
    }
}

void gn_sha256(uint8_t out[SHA256_BYTES], const void *bytes, size_t n)
{
    struct gn_sha256 h;
    gn_sha256_init(&h);
    gn_sha256_update(&h, bytes, n);
    gn_sha256_final(&h, out);
}
