/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - memory: a reservation of all windows (68 GiB of addresses), of which regions are made accessible.
 *
 * The host's page tables are a second line of defence only: what a guest may do is decided by the permission bytes and the regions' bounds before the host's memory is
 * touched.  For the host every region is readable and writable.  Pages that the guest never touches cost nothing. */
#include "vm/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_SIZE (UINT64_C(1) << VM_PAGE_LOG2)
#define PAGES     (VM_SPACE >> VM_PAGE_LOG2)
#define GUARD     (UINT64_C(1) << 16) /* a page of any host */

static void *reserve(uint64_t n, int protection)
{
    void *at = mmap(NULL, n, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

enum gn_status gn_vm_memory_create(struct vm_memory **out, struct gn_error *err)
{
    *out = NULL;
    struct vm_memory *m = calloc(1, sizeof *m);
    if (m != NULL) {
        m->base = reserve(VM_SPACE + GUARD, PROT_NONE);
        m->pages[0] = reserve(2 * PAGES, PROT_READ | PROT_WRITE);
        m->pages[1] = m->pages[0] != NULL ? m->pages[0] + PAGES : NULL;
        m->regions = malloc(VM_REGIONS_MAX * sizeof *m->regions);
        m->frames = calloc(VM_FRAMES_KEPT, sizeof *m->frames);
    }
    if (m == NULL || m->base == NULL || m->pages[0] == NULL || m->regions == NULL || m->frames == NULL) {
        gn_vm_memory_destroy(m);
        return gn_fail(err, GN_NO_MEMORY, "cannot reserve 68 GiB of address space for guest memory");
    }
    *out = m;
    return GN_OK;
}

void gn_vm_memory_destroy(struct vm_memory *m)
{
    if (m == NULL) {
        return;
    }
    if (m->base != NULL) {
        munmap(m->base, VM_SPACE + GUARD);
    }
    if (m->pages[0] != NULL) {
        munmap(m->pages[0], 2 * PAGES);
    }
    free(m->frames);
    free(m->regions);
    free(m);
}

/* ---- regions ---- */
static bool within(const struct vm_region *r, uint64_t at, uint64_t n)
{
    return at >= r->base && at - r->base < r->size && n <= r->size - (at - r->base);
}

static bool in_one_window(uint64_t at, uint64_t n)
{
    uint64_t window = at / VM_WINDOW;
    return (window < VM_USER_WINDOWS || window == VM_KERNEL_BASE / VM_WINDOW) && n <= VM_WINDOW - at % VM_WINDOW;
}

static unsigned permissions_of(const struct vm_region *r, bool kernel)
{
    return !kernel ? r->permissions & (VM_READ | VM_WRITE) : r->permissions & VM_FIXED ? VM_READ : VM_READ | VM_WRITE;
}

static enum gn_status check_region(const struct vm_memory *m, const struct vm_region *r, size_t image_n,
                                   struct gn_error *err)
{
    if (!in_one_window(r->base, r->size)) {
        return gn_fail(err, GN_BAD_INPUT,
                       "memory region of 0x%" PRIx64 " bytes at 0x%" PRIx64 " is not inside of a window", r->size,
                       r->base);
    }
    if (image_n > r->size) {
        return gn_fail(err, GN_BAD_INPUT, "image of the memory region at 0x%" PRIx64 " is longer than the region",
                       r->base);
    }
    unsigned forbidden = r->base >= VM_KERNEL_BASE ? VM_READ | VM_WRITE : r->permissions & VM_FIXED ? VM_WRITE : 0;
    if ((r->permissions & (~(unsigned)(VM_READ | VM_WRITE | VM_FIXED) | forbidden)) != 0) {
        return gn_fail(err, GN_BAD_INPUT, "unknown permissions of the memory region at 0x%" PRIx64, r->base);
    }
    for (size_t i = 0; i < m->regions_n; i++) {
        const struct vm_region *other = &m->regions[i];
        if (r->base < other->base + other->size && other->base < r->base + r->size) {
            return gn_fail(err, GN_BAD_INPUT, "memory regions at 0x%" PRIx64 " and 0x%" PRIx64 " overlap", other->base,
                           r->base);
        }
    }
    if (m->regions_n == VM_REGIONS_MAX) {
        return gn_fail(err, GN_LIMIT, "more than %d memory regions", VM_REGIONS_MAX);
    }
    return GN_OK;
}

/* the number of the region that holds the byte; regions_n if none does */
static size_t region_of(const struct vm_memory *m, uint64_t at)
{
    size_t i = 0;
    while (i < m->regions_n && !within(&m->regions[i], at, 1)) {
        i++;
    }
    return i;
}

/* Walks over regions that touch each other.  Permissions 0: any region will do. */
static bool covered(const struct vm_memory *m, uint64_t at, uint64_t n, unsigned permissions, bool kernel)
{
    while (true) {
        size_t i = region_of(m, at);
        if (i == m->regions_n || (permissions_of(&m->regions[i], kernel) & permissions) != permissions) {
            return false;
        }
        uint64_t left = m->regions[i].size - (at - m->regions[i].base);
        if (n <= left) {
            return true;
        }
        at += left;
        n -= left;
    }
}

/* What all bytes of a page permit: several regions may share it. */
static void look_at_page(struct vm_memory *m, uint64_t page)
{
    static const unsigned each[] = {VM_READ, VM_WRITE};
    for (unsigned kernel = 0; kernel < 2; kernel++) {
        unsigned permissions = 0;
        for (unsigned i = 0; i < 2; i++) {
            permissions |= covered(m, page * PAGE_SIZE, PAGE_SIZE, each[i], kernel) ? each[i] : 0;
        }
        m->pages[kernel][page] = (uint8_t)permissions;
    }
}

enum gn_status gn_vm_memory_map(struct vm_memory *m, uint64_t base, uint64_t size, unsigned permissions,
                                const void *image, size_t image_n, struct gn_error *err)
{
    struct vm_region region = {base, size, permissions};
    if (size == 0 && image_n == 0) {
        return GN_OK;
    }
    enum gn_status status = check_region(m, &region, image_n, err);
    if (status != GN_OK) {
        return status;
    }
    uint64_t end = base + size;
    uint64_t first = base >> VM_PAGE_LOG2, last = (end - 1) >> VM_PAGE_LOG2;
    if (mprotect(m->base + first * PAGE_SIZE, (last - first + 1) * PAGE_SIZE, PROT_READ | PROT_WRITE) != 0) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a region of 0x%" PRIx64 " bytes at 0x%" PRIx64, size, base);
    }
    uint64_t whole_first = (base + PAGE_SIZE - 1) >> VM_PAGE_LOG2, whole_end = end >> VM_PAGE_LOG2;
    if (whole_first < whole_end) {
        for (unsigned kernel = 0; kernel < 2; kernel++) {
            memset(m->pages[kernel] + whole_first, (int)permissions_of(&region, kernel), whole_end - whole_first);
        }
    }
    if (image_n > 0) {
        memcpy(m->base + base, image, image_n);
    }
    m->regions[m->regions_n++] = region;
    look_at_page(m, first);
    look_at_page(m, last);
    return GN_OK;
}

const struct vm_region *gn_vm_memory_regions(const struct vm_memory *m, size_t *n)
{
    *n = m->regions_n;
    return m->regions;
}

bool gn_vm_memory_permits(struct vm_memory *m, uint64_t at, uint64_t n, unsigned permissions, bool kernel)
{
    if (!in_one_window(at, n)) {
        return false;
    }
    uint64_t page = at >> VM_PAGE_LOG2;
    if (page == (at + n - 1) >> VM_PAGE_LOG2 && (m->pages[kernel][page] & permissions) == permissions) {
        return true;
    }
    if (m->latest < m->regions_n && within(&m->regions[m->latest], at, n)) {
        return (permissions_of(&m->regions[m->latest], kernel) & permissions) == permissions;
    }
    if (!covered(m, at, n, permissions, kernel)) {
        return false;
    }
    m->latest = region_of(m, at);
    return true;
}

bool gn_vm_memory_allows(const struct vm_memory *m, uint64_t at, uint64_t n, unsigned permissions)
{
    return n == 0 || (in_one_window(at, n) && covered(m, at, n, permissions, false));
}

/* ---- the host's access ---- */
bool gn_vm_memory_read(const struct vm_memory *m, uint64_t at, void *to, size_t n)
{
    if (n == 0) {
        return true;
    }
    if (!covered(m, at, n, 0, true)) {
        return false;
    }
    memcpy(to, m->base + at, n);
    return true;
}

bool gn_vm_memory_write(struct vm_memory *m, uint64_t at, const void *from, size_t n)
{
    if (n == 0) {
        return true;
    }
    if (!covered(m, at, n, 0, true)) {
        return false;
    }
    memcpy(m->base + at, from, n);
    return true;
}
