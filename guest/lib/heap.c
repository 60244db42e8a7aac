/* SPDX-License-Identifier: Apache-2.0 */
/* heap.c - a bump allocator.  A run is short and its memory is free until touched, so giving back is worth little:
 * the last block can shrink, grow and be freed in place, all others stay.  Each block has 16 bytes before it that
 * hold its size. */
#include "gnomon.h"

enum { HEADER = 16 };

extern unsigned char heap_start[], heap_end[];
static unsigned char *top = heap_start;
static unsigned char *high = heap_start; /* behind it nothing was ever given out: zeros */

static size_t *size_of(void *p)
{
    return (size_t *)((unsigned char *)p - HEADER);
}

static size_t rounded(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

static void move_top(unsigned char *to)
{
    top = to;
    high = to > high ? to : high;
}

void *malloc(size_t n)
{
    if (n > (size_t)(heap_end - heap_start)) { /* also so that the sums below cannot wrap */
        return NULL;
    }
    size_t bytes = HEADER + rounded(n);
    if (bytes > (size_t)(heap_end - top)) {
        return NULL;
    }
    unsigned char *p = top + HEADER;
    move_top(top + bytes);
    *size_of(p) = n;
    return p;
}

static int is_last(void *p)
{
    return (unsigned char *)p + rounded(*size_of(p)) == top;
}

void free(void *p)
{
    if (p != NULL && is_last(p)) {
        top = (unsigned char *)p - HEADER;
    }
}

void *calloc(size_t n, size_t size)
{
    size_t bytes;
    unsigned char *used = high;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    unsigned char *p = malloc(bytes);
    if (p != NULL && p < used) { /* memory of freed blocks may be dirty */
        size_t dirty = (size_t)(used - p);
        memset(p, 0, dirty < bytes ? dirty : bytes);
    }
    return p;
}

void *realloc(void *p, size_t n)
{
    if (p == NULL) {
        return malloc(n);
    }
    size_t old = *size_of(p);
    if (is_last(p)) {
        if (n > (size_t)(heap_end - (unsigned char *)p) || rounded(n) > (size_t)(heap_end - (unsigned char *)p)) {
            return NULL;
        }
        move_top((unsigned char *)p + rounded(n));
        *size_of(p) = n;
        return p;
    }
    if (rounded(n) <= rounded(old)) {
        *size_of(p) = n;
        return p;
    }
    void *q = malloc(n);
    return q == NULL ? NULL : memcpy(q, p, old);
}
