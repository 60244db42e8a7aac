/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.c - see keccak.h; FIPS 202, section 3.2. */
#include "base/keccak.h"

#include <string.h>

#include "base/bytes.h"

const uint64_t gn_keccak_constants[KECCAK_ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
const uint8_t gn_keccak_rotations[KECCAK_LANES] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                                   25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

static uint64_t rotate(uint64_t x, unsigned n)
{
    return n == 0 ? x : x << n | x >> (64 - n);
}

static void one_round(uint64_t s[KECCAK_LANES], uint64_t iota)
{
    uint64_t c[5], b[KECCAK_LANES];
    for (unsigned x = 0; x < 5; x++) {
        c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
    }
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        unsigned x = i % 5, y = i / 5;
        uint64_t theta = s[i] ^ c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(theta, gn_keccak_rotations[i]);
    }
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        unsigned x = i % 5, row = i - x;
        s[i] = b[i] ^ (~b[row + (x + 1) % 5] & b[row + (x + 2) % 5]);
    }
    s[0] ^= iota;
}

void gn_keccak_f1600(uint64_t state[KECCAK_LANES])
{
    for (unsigned i = 0; i < KECCAK_ROUNDS; i++) {
        one_round(state, gn_keccak_constants[i]);
    }
}

void gn_keccak256_init(struct gn_keccak256 *h)
{
    *h = (struct gn_keccak256){.used = 0};
}

void gn_keccak256_update(struct gn_keccak256 *h, const void *data, size_t n)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < n; i++) {
        h->state[h->used / 8] ^= (uint64_t)at[i] << 8 * (h->used % 8);
        if (++h->used == KECCAK256_RATE) {
            gn_keccak_f1600(h->state);
            h->used = 0;
        }
    }
}

void gn_keccak256_final(struct gn_keccak256 *h, uint8_t out[KECCAK256_BYTES])
{
    h->state[h->used / 8] ^= (uint64_t)1 << 8 * (h->used % 8);
    h->state[KECCAK256_RATE / 8 - 1] ^= (uint64_t)1 << 63;
    gn_keccak_f1600(h->state);
    for (unsigned i = 0; i < 4; i++) {
        store_le64(out + 8 * i, h->state[i]);
    }
}

void gn_keccak256(uint8_t out[KECCAK256_BYTES], const void *data, size_t n)
{
    struct gn_keccak256 h;
    gn_keccak256_init(&h);
    gn_keccak256_update(&h, data, n);
    gn_keccak256_final(&h, out);
}
