/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.h - which instruction set the kernels use, and how many threads the machine runs.
 *
 * Kernels exist as a scalar twin and vector forms, compiled from one text; all give the same bits.  The choice is made
 * once by the caller (gn_isa_best) and travels in struct gn_work, so that tests can force each form. */
#ifndef GN_BASE_CPU_H
#define GN_BASE_CPU_H

#include <stdbool.h>

enum gn_isa { GN_ISA_SCALAR, GN_ISA_AVX2, GN_ISA_AVX512 };

/* The environment may name the widest to be used: for measurements and for tests of the others. */
#define GN_ISA_VARIABLE "GNOMON_ISA"
enum gn_isa gn_isa_best(void); /* the widest that this CPU and this build support, and the environment allows */
bool gn_isa_supported(enum gn_isa isa);
const char *gn_isa_name(enum gn_isa isa); /* "scalar", "avx2", "avx512" */
bool gn_isa_parse(const char *name, enum gn_isa *isa);

unsigned gn_cpu_threads(void); /* processors online, 1 ... 256 */

#endif
