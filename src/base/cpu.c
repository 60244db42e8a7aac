/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.c - which kernels this CPU and this build can run. */
#include "base/cpu.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"scalar", "avx2", "avx512"};

bool gn_isa_supported(enum gn_isa isa)
{
    switch (isa) {
    case GN_ISA_SCALAR:
        return true;
#if defined(GN_HAVE_SIMD) && defined(__x86_64__)
    case GN_ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    case GN_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("bmi2");
#endif
    default:
        return false;
    }
}

enum gn_isa gn_isa_best(void)
{
    enum gn_isa best = gn_isa_supported(GN_ISA_AVX512) ? GN_ISA_AVX512
                       : gn_isa_supported(GN_ISA_AVX2) ? GN_ISA_AVX2
                                                       : GN_ISA_SCALAR;
    const char *name = getenv(GN_ISA_VARIABLE);
    enum gn_isa most;
    return name != NULL && gn_isa_parse(name, &most) && most < best && gn_isa_supported(most) ? most : best;
}

const char *gn_isa_name(enum gn_isa isa)
{
    return (unsigned)isa < sizeof names / sizeof names[0] ? names[isa] : "unknown";
}

bool gn_isa_parse(const char *name, enum gn_isa *isa)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *isa = (enum gn_isa)i;
            return true;
        }
    }
    return false;
}

unsigned gn_cpu_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 256 ? 256 : (unsigned)n;
}
