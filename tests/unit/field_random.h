/* SPDX-License-Identifier: Apache-2.0 */
/* field_random.h - repeatable test values, a third of them at the edges of the range. */
#ifndef GN_TESTS_FIELD_RANDOM_H
#define GN_TESTS_FIELD_RANDOM_H

#include <stddef.h>

#include "base/cpu.h"
#include "field/ext.h"

struct random {
    uint64_t state;
};

/* splitmix64 */
static inline uint64_t random_u64(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint32_t random_cell(struct random *r)
{
    static const uint32_t edges[] = {0, 1, 2, FP_P - 1, FP_P - 2, (FP_P - 1) / 2, (FP_P + 1) / 2, FP_R1};
    uint64_t x = random_u64(r);
    return x % 3 == 0 ? edges[(x >> 32) % 8] : (uint32_t)((x >> 8) % FP_P);
}

static inline fp random_fp(struct random *r)
{
    return (fp){random_cell(r)};
}

static inline fp6 random_fp6(struct random *r)
{
    fp6 a;
    for (int i = 0; i < 6; i++) {
        a.c[i] = random_fp(r);
    }
    return a;
}

static inline void random_cells(struct random *r, uint32_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = random_cell(r);
    }
}

/* an ext vector of n elements whose padding holds arbitrary words */
static inline void random_ext(struct random *r, uint32_t *v, size_t n)
{
    for (size_t i = 0; i < ext_words(n); i++) {
        v[i] = (uint32_t)random_u64(r);
    }
    for (size_t i = 0; i < n; i++) {
        ext_set(v, i, random_fp6(r));
    }
}

#endif
