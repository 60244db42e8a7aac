/* SPDX-License-Identifier: Apache-2.0 */
/* u256.h - numbers of 256 bits: four words, lowest first. */
#ifndef GN_SOLANA_U256_H
#define GN_SOLANA_U256_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;

/* r = a + b mod 2^256; returns the carry */
static inline uint64_t u256_add(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t sum = a[i] + b[i], next = sum < a[i];
        r[i] = sum + carry;
        carry = next | (r[i] < carry);
    }
    return carry;
}

/* r = a - b mod 2^256; returns the borrow */
static inline uint64_t u256_sub(uint64_t r[4], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t difference = a[i] - b[i], next = a[i] < b[i];
        r[i] = difference - borrow;
        borrow = next | (difference < borrow);
    }
    return borrow;
}

/* r = r + x mod 2^256; returns the carry */
static inline uint64_t u256_add_word(uint64_t r[4], uint64_t x)
{
    for (unsigned i = 0; i < 4; i++) {
        r[i] += x;
        if (r[i] >= x) {
            return 0;
        }
        x = 1;
    }
    return 1;
}

static inline bool u256_less(const uint64_t a[4], const uint64_t b[4])
{
    for (unsigned i = 4; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i];
        }
    }
    return false;
}

static inline bool u256_is_zero(const uint64_t a[4])
{
    return (a[0] | a[1] | a[2] | a[3]) == 0;
}

static inline void u256_set(uint64_t r[4], const uint64_t a[4])
{
    r[0] = a[0], r[1] = a[1], r[2] = a[2], r[3] = a[3];
}

/* r = a b, eight words; r is neither a nor b */
static inline void u256_mul(uint64_t r[8], const uint64_t a[4], const uint64_t b[4])
{
    for (unsigned i = 0; i < 4; i++) {
        r[i] = 0;
    }
    for (unsigned i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (unsigned j = 0; j < 4; j++) {
            u128 t = (u128)a[i] * b[j] + r[i + j] + carry;
            r[i + j] = (uint64_t)t;
            carry = (uint64_t)(t >> 64);
        }
        r[i + 4] = carry;
    }
}

#endif
