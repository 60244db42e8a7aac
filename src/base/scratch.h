/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.h - the verifier's memory: a bump allocator over what the caller gave.  Freestanding; never frees, but can go
 * back to a mark. */
#ifndef GN_BASE_SCRATCH_H
#define GN_BASE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

struct gn_scratch {
    unsigned char *base;
    size_t size, used;
};

/* 64-byte aligned offsets; NULL when it does not fit (the verifier then answers REJECT_SCRATCH) */
static inline void *gn_scratch_take(struct gn_scratch *s, size_t n, size_t item_bytes)
{
    size_t at = (s->used + 63) & ~(size_t)63;
    if (item_bytes != 0 && n > (SIZE_MAX - 64) / item_bytes) {
        return NULL;
    }
    size_t bytes = n * item_bytes;
    if (at > s->size || bytes > s->size - at) {
        return NULL;
    }
    s->used = at + bytes;
    return s->base + at;
}

#endif
