/* SPDX-License-Identifier: Apache-2.0 */
/* mem.h - memcpy, memset, memcmp: all that a freestanding file takes from outside.  A hosted build gets them from
 * <string.h>. */
#ifndef GN_BASE_MEM_H
#define GN_BASE_MEM_H

#if __STDC_HOSTED__
#include <string.h>
#else
#include <stddef.h>
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#endif

#endif
