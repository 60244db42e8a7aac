/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - the one machine that this version proves and verifies: its constraints as a constant, and its number.  Freestanding. */
#ifndef GN_ZKVM_MACHINE_H
#define GN_ZKVM_MACHINE_H

#include "air/system.h"

/* What mx_system_build builds, printed by tools/air_gen: nothing is built at run time.  gen/air/machine.txt is its listing. */
extern const struct air_system gn_machine_air;

/* The release that brought this combination of constraints, kernel and key format; changes whenever one of them does, from the first release on. */
#define GN_MACHINE_RELEASE 0x000100u /* 0.1.0 */
#define GN_KERNEL_VERSION  1u        /* of the kernels whose code is in every program's Rom (kernel/) */

#endif
