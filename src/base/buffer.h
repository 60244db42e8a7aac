/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.h - a growable byte string (the proof while it is written).  Failure to grow is sticky: later appends do
 * nothing. */
#ifndef GN_BASE_BUFFER_H
#define GN_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gn_buffer {
    uint8_t *data;
    size_t size, capacity;
    bool failed;
};

void gn_buffer_append(struct gn_buffer *b, const void *bytes, size_t n);
void gn_buffer_free(struct gn_buffer *b);

#endif
