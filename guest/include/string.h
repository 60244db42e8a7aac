/* SPDX-License-Identifier: Apache-2.0 */
/* string.h - the part of it that guests have. */
#ifndef GNOMON_STRING_H
#define GNOMON_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

#endif
