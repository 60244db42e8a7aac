/* SPDX-License-Identifier: Apache-2.0 */
/* stdlib.h - the part of it that guests have. */
#ifndef GNOMON_STDLIB_H
#define GNOMON_STDLIB_H

#include <stddef.h>

_Noreturn void exit(int code);
_Noreturn void abort(void); /* exit(134) */

/* A bump allocator from the end of .bss to the end of RAM: 16-byte aligned, NULL when full; free gives memory back
 * only if it is the last block. */
void *malloc(size_t n);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t n);
void free(void *p);

#endif
