/* SPDX-License-Identifier: Apache-2.0 */
/* bits.h - integer logarithms; freestanding. */
#ifndef GN_BASE_BITS_H
#define GN_BASE_BITS_H

#include <stdint.h>

/* number of binary digits of x; 0 for 0 */
static inline unsigned bit_length(uint64_t x)
{
    return x == 0 ? 0 : 64u - (unsigned)__builtin_clzll(x);
}

/* smallest k with 2^k >= x; 0 for 0 and 1 */
static inline unsigned ceil_log2(uint64_t x)
{
    return x <= 1 ? 0 : bit_length(x - 1);
}

/* the low bits of x in reverse order */
static inline uint32_t bit_reverse(uint32_t x, unsigned bits)
{
    uint32_t r = 0;
    for (unsigned i = 0; i < bits; i++) {
        r = r << 1 | (x >> i & 1);
    }
    return r;
}

#endif
