/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_many.c - picks the kernel of the instruction set asked for; all give the same bits.  Prover only. */
#include "hash/blake3_kernels.h"

static const struct gn_blake3_kernel *kernel(enum gn_isa isa)
{
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &gn_blake3_kernel_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &gn_blake3_kernel_avx2;
    }
#endif
    (void)isa;
    return &gn_blake3_kernel_scalar;
}

void gn_blake3_rows(digest *out, const digest *key, const uint32_t *const *columns, size_t words, size_t begin,
                    size_t end, enum gn_isa isa)
{
    kernel(isa)->rows(out, key, columns, words, begin, end);
}

void gn_blake3_pairs(digest *out, const digest *key, const digest *in, size_t n, enum gn_isa isa)
{
    kernel(isa)->pairs(out, key, in, n);
}

uint64_t gn_blake3_grind(const digest *seed, uint64_t first, uint64_t n, unsigned bits, enum gn_isa isa)
{
    return kernel(isa)->grind(seed, first, n, bits);
}
