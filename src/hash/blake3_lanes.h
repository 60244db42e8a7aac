/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_lanes.h - LANES 32-bit words side by side: 1 (scalar), 8 (AVX2) or 16 (AVX-512); for blake3_kernel.c only.
 *
 * Written with the vector types that gcc and clang share, so + ^ | >> << mean the same for lanes and for a plain word
 * and no intrinsic is named.  What differs by width is in this file: loading, rotating by whole bytes, and the
 * transposition of digests. */
#ifndef GN_HASH_BLAKE3_LANES_H
#define GN_HASH_BLAKE3_LANES_H

#include <string.h>

#include "base/bytes.h"
#include "hash/blake3.h"

#if defined GN_KERNEL_AVX512
#define LANES 16
#elif defined GN_KERNEL_AVX2
#define LANES 8
#else
#define LANES 1
#endif

#define INLINE static inline __attribute__((always_inline))

#if LANES == 1
typedef uint32_t lanes;
#else
typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));
#endif

INLINE lanes lanes_set(uint32_t x)
{
    return (lanes){0} + x;
}

/* the first n words at p, zeros behind; n may exceed LANES; reads nothing behind p + n */
INLINE lanes lanes_load(const uint32_t *p, size_t n)
{
    lanes x = {0};
    if (n >= LANES) {
        memcpy(&x, p, sizeof x);
    } else {
        memcpy(&x, p, n * sizeof *p);
    }
    return x;
}

#define SHIFTED(x, n) ((x) >> (n) | (x) << (32 - (n)))

#if LANES == 8

/* AVX2 has no rotation; a shuffle of bytes is one operation where shifts are three. */
typedef uint8_t lane_bytes __attribute__((vector_size(32)));
#define QUAD(i, a, b, c, d) (i) + (a), (i) + (b), (i) + (c), (i) + (d)
#define QUADS(a, b, c, d)                                                                                      \
    QUAD(0, a, b, c, d), QUAD(4, a, b, c, d), QUAD(8, a, b, c, d), QUAD(12, a, b, c, d), QUAD(16, a, b, c, d), \
        QUAD(20, a, b, c, d), QUAD(24, a, b, c, d), QUAD(28, a, b, c, d)

INLINE lanes rotate_16(lanes x)
{
    return (lanes)__builtin_shufflevector((lane_bytes)x, (lane_bytes)x, QUADS(2, 3, 0, 1));
}

INLINE lanes rotate_8(lanes x)
{
    return (lanes)__builtin_shufflevector((lane_bytes)x, (lane_bytes)x, QUADS(1, 2, 3, 0));
}

#else

INLINE lanes rotate_16(lanes x)
{
    return SHIFTED(x, 16);
}

INLINE lanes rotate_8(lanes x)
{
    return SHIFTED(x, 8);
}

#endif

INLINE lanes rotate_12(lanes x)
{
    return SHIFTED(x, 12);
}

INLINE lanes rotate_7(lanes x)
{
    return SHIFTED(x, 7);
}

#if LANES == 1

/* m[w] lane i = word w of in[i stride] */
INLINE void load_digests(lanes m[8], const digest *in, size_t stride)
{
    (void)stride;
    for (unsigned w = 0; w < 8; w++) {
        m[w] = load_le32(in->b + 4 * w);
    }
}

/* word w of out[i] = m[w] lane i */
INLINE void store_digests(digest *out, const lanes m[8])
{
    for (unsigned w = 0; w < 8; w++) {
        store_le32(out->b + 4 * w, m[w]);
    }
}

#else /* the vector forms are for x86, where words in memory are little endian */

typedef uint32_t lanes8 __attribute__((vector_size(32)));

/* Source lanes, of (a, b), when blocks of k lanes are exchanged: the odd blocks of a with the even blocks of b. */
#define KEEP_EVEN(k, i) (((i) & (k)) != 0 ? LANES + (i) - (k) : (i))
#define KEEP_ODD(k, i)  (((i) & (k)) != 0 ? LANES + (i) : (i) + (k))
#define EACH_8(F, k, i) \
    F(k, i), F(k, (i) + 1), F(k, (i) + 2), F(k, (i) + 3), F(k, (i) + 4), F(k, (i) + 5), F(k, (i) + 6), F(k, (i) + 7)
#if LANES == 8
#define EACH(F, k) EACH_8(F, k, 0)
#else
#define EACH(F, k) EACH_8(F, k, 0), EACH_8(F, k, 8)
#endif
#define EXCHANGE(a, b, k)                                               \
    do {                                                                \
        lanes even = __builtin_shufflevector(a, b, EACH(KEEP_EVEN, k)); \
        b = __builtin_shufflevector(a, b, EACH(KEEP_ODD, k));           \
        a = even;                                                       \
    } while (0)

/* Every group of 8 lanes of m[0..8) is a square matrix; each is transposed. */
INLINE void transpose(lanes m[8])
{
    for (unsigned i = 0; i < 8; i += 2) {
        EXCHANGE(m[i], m[i + 1], 1);
    }
    for (unsigned i = 0; i < 8; i += 4) {
        EXCHANGE(m[i], m[i + 2], 2);
        EXCHANGE(m[i + 1], m[i + 3], 2);
    }
    for (unsigned i = 0; i < 4; i++) {
        EXCHANGE(m[i], m[i + 4], 4);
    }
}

INLINE void load_digests(lanes m[8], const digest *in, size_t stride)
{
    for (unsigned i = 0; i < 8; i++) {
        lanes8 low;
        memcpy(&low, in + i * stride, sizeof low);
#if LANES == 8
        m[i] = low;
#else
        lanes8 high;
        memcpy(&high, in + (i + 8) * stride, sizeof high);
        m[i] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#endif
    }
    transpose(m);
}

INLINE void store_digests(digest *out, const lanes m[8])
{
    lanes t[8];
    memcpy(t, m, sizeof t);
    transpose(t);
    for (unsigned i = 0; i < 8; i++) {
#if LANES == 8
        memcpy(out + i, &t[i], sizeof *out);
#else
        lanes8 low = __builtin_shufflevector(t[i], t[i], 0, 1, 2, 3, 4, 5, 6, 7);
        lanes8 high = __builtin_shufflevector(t[i], t[i], 8, 9, 10, 11, 12, 13, 14, 15);
        memcpy(out + i, &low, sizeof *out);
        memcpy(out + i + 8, &high, sizeof *out);
#endif
    }
}

#endif
#endif
