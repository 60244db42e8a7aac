/* SPDX-License-Identifier: Apache-2.0 */
/* ext.h - vectors of elements of F in memory.
 *
 * An ext vector is a plain uint32_t array in blocks of 16 elements: limb l of element i lies at ((i / 16) * 6 + l) * 16
 * + i % 16 (Montgomery form).  One pointer, one stream, and each limb of a block is one 64-byte register; no plane
 * strides that fall on the same cache sets.  A vector of n elements owns ext_words(n) words; lanes behind n in its last
 * block hold anything. */
#ifndef GN_FIELD_EXT_H
#define GN_FIELD_EXT_H

#include <stddef.h>

#include "field/fp6.h"

#define EXT_BLOCK 16

static inline size_t ext_words(size_t n)
{
    return (n + EXT_BLOCK - 1) / EXT_BLOCK * (6 * EXT_BLOCK);
}

static inline size_t ext_at(size_t i, unsigned limb)
{
    return ((i / EXT_BLOCK) * 6 + limb) * EXT_BLOCK + i % EXT_BLOCK;
}

static inline fp6 ext_get(const uint32_t *v, size_t i)
{
    fp6 a;
    for (unsigned l = 0; l < 6; l++) {
        a.c[l].v = v[ext_at(i, l)];
    }
    return a;
}

static inline void ext_set(uint32_t *v, size_t i, fp6 a)
{
    for (unsigned l = 0; l < 6; l++) {
        v[ext_at(i, l)] = a.c[l].v;
    }
}

#endif
