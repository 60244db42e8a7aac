/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_kernels.h - what blake3_kernel.c defines once for each instruction set; blake3_many.c picks. */
#ifndef GN_HASH_BLAKE3_KERNELS_H
#define GN_HASH_BLAKE3_KERNELS_H

#include "hash/blake3.h"

struct gn_blake3_kernel {
    void (*rows)(digest *out, const digest *key, const uint32_t *const *columns, size_t words, size_t begin,
                 size_t end);
    void (*pairs)(digest *out, const digest *key, const digest *in, size_t n);
    uint64_t (*grind)(const digest *seed, uint64_t first, uint64_t n, unsigned bits);
};

extern const struct gn_blake3_kernel gn_blake3_kernel_scalar, gn_blake3_kernel_avx2, gn_blake3_kernel_avx512;

#endif
