/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.c - growable byte string; doubles its capacity. */
#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

void gn_buffer_append(struct gn_buffer *b, const void *bytes, size_t n)
{
    if (b->failed || n == 0) {
        return;
    }
    if (n > b->capacity - b->size) {
        size_t capacity = b->capacity < 4096 ? 4096 : b->capacity;
        while (capacity - b->size < n) {
            if (capacity > SIZE_MAX / 2) {
                b->failed = true;
                return;
            }
            capacity *= 2;
        }
        uint8_t *data = realloc(b->data, capacity);
        if (data == NULL) {
            b->failed = true;
            return;
        }
        b->data = data;
        b->capacity = capacity;
    }
    memcpy(b->data + b->size, bytes, n);
    b->size += n;
}

void gn_buffer_free(struct gn_buffer *b)
{
    free(b->data);
    *b = (struct gn_buffer){0};
}
