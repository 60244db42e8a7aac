/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - mem* and strlen, eight bytes at a time: an unaligned access costs about two aligned ones, a byte loop
 * sixteen.  NO_CALLS: the compiler must not turn these loops into calls of themselves. */
#include <stdint.h>

#include "string.h"

#define NO_CALLS __attribute__((no_builtin))

/* any alignment; may alias */
typedef uint64_t __attribute__((aligned(1), may_alias)) word;

/* from the beginning to the end; right for overlapping blocks if d is before s */
NO_CALLS static void copy_forward(unsigned char *d, const unsigned char *s, size_t n)
{
    for (; n >= 8; n -= 8, d += 8, s += 8) {
        *(word *)d = *(const word *)s;
    }
    for (; n > 0; n--) {
        *d++ = *s++;
    }
}

NO_CALLS void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    copy_forward(to, from, n);
    return to;
}

NO_CALLS void *memmove(void *to, const void *from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    if ((uintptr_t)d - (uintptr_t)s >= n) { /* to is before from, or behind its end: forward */
        copy_forward(d, s, n);
        return to;
    }
    while (n >= 8) {
        n -= 8;
        *(word *)(d + n) = *(const word *)(s + n);
    }
    while (n > 0) {
        n--;
        d[n] = s[n];
    }
    return to;
}

NO_CALLS void *memset(void *to, int value, size_t n)
{
    unsigned char *d = to;
    uint64_t pattern = (unsigned char)value * UINT64_C(0x0101010101010101);
    for (; n >= 8; n -= 8, d += 8) {
        *(word *)d = pattern;
    }
    for (; n > 0; n--) {
        *d++ = (unsigned char)value;
    }
    return to;
}

NO_CALLS int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (; n >= 8 && *(const word *)x == *(const word *)y; n -= 8) {
        x += 8;
        y += 8;
    }
    for (; n > 0; n--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}

NO_CALLS size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n] != '\0') {
        n++;
    }
    return n;
}
