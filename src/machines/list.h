/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - growing arrays of records, items zeroed.
 *
 * Short ones are malloc's.  A long one gets address space for all that it may become, once, in large pages: it is never copied again, and memory
 * that the system has cleared is not cleared twice.  First touch of memory is most of what recording costs. */
#ifndef GN_MACHINES_LIST_H
#define GN_MACHINES_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct mx_list {
    uint8_t *at;
    size_t n, capacity, item_bytes;
    size_t mapped; /* bytes of address space; 0: at is malloc's */
};

/* Room for more items; false without memory, or at the most that a list holds. */
GN_NODISCARD int mx_list_grow(struct mx_list *l);
void mx_list_free(struct mx_list *l);

/* The next item, all 0; NULL if mx_list_grow says no. */
static inline void *mx_list_append(struct mx_list *l)
{
    if (__builtin_expect(l->n == l->capacity, 0) && !mx_list_grow(l)) {
        return NULL;
    }
    return l->at + l->n++ * l->item_bytes;
}

#endif
