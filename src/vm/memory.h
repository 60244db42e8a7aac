/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - how the executor sees guest memory: address a of the guest is base[a] of the host, where that is legal.
 *
 * For each privilege one byte per page of 4 KiB says what may be done anywhere in it (VM_READ, VM_WRITE): one look is enough for an access that
 * stays inside such a page.  Pages that are not covered whole, by regions that all permit it, have none of the two bits; gn_vm_memory_permits then compares with the region's bounds. */
#ifndef GN_VM_MEMORY_H
#define GN_VM_MEMORY_H

#include "vm/vm.h"

enum { VM_PAGE_LOG2 = 12, VM_REGIONS_MAX = 4096 };
#define VM_WINDOW       (UINT64_C(1) << 32)
#define VM_USER_WINDOWS 5
#define VM_SPACE        (VM_KERNEL_BASE + VM_WINDOW)

struct vm_memory {
    uint8_t *base;     /* VM_SPACE bytes of address space, accessible where regions are, and a page that never is */
    uint8_t *pages[2]; /* VM_SPACE / 4096: permissions of whole pages, by privilege (1: kernel) */
    struct vm_region *regions;
    size_t regions_n;
    size_t latest;           /* region of the last access to a part of a page */
    struct vm_frame *frames; /* VM_FRAMES_KEPT, of the machine that has this memory */
};

/* True if every byte of [at, at + n), 1 <= n, may be accessed so (VM_READ | VM_WRITE) by user or kernel code; for any values. */
bool gn_vm_memory_permits(struct vm_memory *m, uint64_t at, uint64_t n, unsigned permissions, bool kernel);

#endif
