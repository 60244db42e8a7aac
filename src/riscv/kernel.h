/* SPDX-License-Identifier: Apache-2.0 */
/* kernel.h - kernels: RV64 code of the project that runs in the machine beside a program and serves it (docs/machines.md section 4).
 *
 * A kernel is built by tools/build_kernel.sh and committed as an image (gen/kernel/).  It is RV64IM with, in place of what guests have: csrr and csrw of CSR 0x800 + r
 * for register r < 64 (the program's bank and the control registers), and the instructions of custom-0 (kernel/lib/machine.h). */
#ifndef GN_RISCV_KERNEL_H
#define GN_RISCV_KERNEL_H

#include "vm/vm.h"

enum rv_kernel_kind {
    RV_KERNEL_TEXT,      /* instructions, from VM_KERNEL_TEXT on; not in memory */
    RV_KERNEL_CONSTANTS, /* nobody writes them */
    RV_KERNEL_DATA       /* image, then zeros */
};
struct rv_kernel_segment {
    enum rv_kernel_kind kind;
    uint64_t base, size;
    const uint8_t *image;
    size_t image_n;
};
struct rv_kernel {
    const char *name;
    uint64_t entry;
    const struct rv_kernel_segment *segments;
    unsigned segments_n;
};
extern const struct rv_kernel gn_rv_monitor; /* for RISC-V programs */

/* Appends the kernel's rows to a program without one, whose arrays come from malloc and are reallocated; fills the kernel's members and entry_row.
 * GN_INTERNAL when the kernel is none. */
GN_NODISCARD enum gn_status gn_riscv_kernel_join(struct vm_program *core, const struct rv_kernel *kernel,
                                                 struct gn_error *err);
/* Declares its constants and data. */
GN_NODISCARD enum gn_status gn_riscv_kernel_map(struct vm_memory *memory, const struct rv_kernel *kernel,
                                                struct gn_error *err);

#endif
