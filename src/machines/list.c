/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - see list.h. */
#include "machines/list.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SHORT = 1 << 18, FIRST = 64 }; /* bytes, items; what is short passes through small pages, twice */
#define ITEMS_MAX ((size_t)1 << 24)   /* more than a run has rows, words or gaps */

static int map(struct mx_list *l)
{
    const size_t page = (size_t)2 << 20, bytes = (ITEMS_MAX * l->item_bytes + page - 1) / page * page;
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) {
        return 0;
    }
    madvise(at, bytes, MADV_HUGEPAGE); /* advice only */
    memcpy(at, l->at, l->n * l->item_bytes);
    free(l->at);
    l->at = at;
    l->mapped = bytes;
    l->capacity = ITEMS_MAX;
    return 1;
}

int mx_list_grow(struct mx_list *l)
{
    if (l->mapped != 0) {
        return 0;
    }
    size_t wanted = l->capacity == 0 ? FIRST : 2 * l->capacity;
    if (wanted * l->item_bytes > SHORT) {
        return map(l);
    }
    uint8_t *bigger = realloc(l->at, wanted * l->item_bytes);
    if (bigger == NULL) {
        return 0;
    }
    memset(bigger + l->n * l->item_bytes, 0, (wanted - l->n) * l->item_bytes);
    l->at = bigger;
    l->capacity = wanted;
    return 1;
}

void mx_list_free(struct mx_list *l)
{
    if (l->mapped != 0) {
        munmap(l->at, l->mapped);
    } else {
        free(l->at);
    }
    *l = (struct mx_list){.item_bytes = l->item_bytes};
}
