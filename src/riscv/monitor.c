/* SPDX-License-Identifier: Apache-2.0 */
/* monitor.c - the kernel of RISC-V programs (kernel/monitor), as built. */
#include "riscv/kernel.h"

#include "../../gen/kernel/monitor.h"

const struct rv_kernel gn_rv_monitor = {
    .name = "monitor",
    .entry = MONITOR_ENTRY,
    .segments = monitor_segments,
    .segments_n = sizeof monitor_segments / sizeof *monitor_segments,
};
