/* SPDX-License-Identifier: Apache-2.0 */
/* stop.h - why the monitor stops where it has no row (kernel's a0 then). */
#ifndef GN_KERNEL_MONITOR_STOP_H
#define GN_KERNEL_MONITOR_STOP_H

enum gn_rv_stop {
    GN_RV_STOP_SPURIOUS = 1, /* a trap at an instruction that does not fault */
    GN_RV_STOP_OUTPUT,       /* output of more than GN_RV_OUTPUT_MAX bytes */
};

#endif
