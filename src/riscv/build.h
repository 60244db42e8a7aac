/* SPDX-License-Identifier: Apache-2.0 */
/* build.h - C guest -> RV64 ELF, with clang and lld. */
#ifndef GN_RISCV_BUILD_H
#define GN_RISCV_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct rv_build {
    const char *sdk;              /* the folder with crt0.S, link.ld, include/, lib/ (guest/ in the sources) */
    const char *clang;            /* NULL: clang-19, found through PATH */
    const char *march;            /* NULL: rv64im */
    bool linux_twin;              /* with linux/crt0.S and linux/link.ld: the same program for qemu-riscv64 */
    const char *const *arguments; /* sources and further options for clang, in order; a -O in it replaces -O2 */
    size_t arguments_n;
    const char *out;
};

/* Compiles and links; the compiler's messages go to standard error.  GN_BAD_INPUT when the compiler refuses, GN_IO
 * when it cannot be run. */
GN_NODISCARD enum gn_status gn_riscv_build(const struct rv_build *b, struct gn_error *err);

#endif
