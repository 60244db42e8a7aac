/* SPDX-License-Identifier: Apache-2.0 */
/* whir_powers_kernel.h - what whir_powers.c prepares and whir_powers_kernel.c runs; see there for the idea. */
#ifndef GN_PCS_WHIR_POWERS_KERNEL_H
#define GN_PCS_WHIR_POWERS_KERNEL_H

#include "field/ext.h"
#include "pcs/params.h"

#define POWERS_LANES EXT_BLOCK /* values of x's lowest bits that are worked on side by side */

struct whir_powers {
    size_t n;                       /* queries */
    fp6 weight[WHIR_MAX_QUERIES];   /* beta^{2+j} */
    fp x[WHIR_MAX_QUERIES];         /* x_j */
    fp step[WHIR_MAX_QUERIES];      /* x_j^16 */
    uint32_t row[WHIR_MAX_QUERIES]; /* index_j >> low */
    const uint32_t *first;          /* x_j^i at 16 j + i, i < 16 (Montgomery) */
    const uint32_t *twiddle;        /* omega^{rev} of the even rows: point of 2k at k (Montgomery) */
    unsigned low, high, rows;       /* x has low + high bits, log2 of the number of rows */
    uint32_t *a;
};

/* Words of scratch of one chunk: where each x_j^x is, 16 of them for each query, the rows of one limb. */
static inline size_t whir_powers_chunk_words(unsigned rows, size_t n)
{
    return (n + POWERS_LANES) / POWERS_LANES * POWERS_LANES + n * POWERS_LANES + ((size_t)POWERS_LANES << rows);
}

struct whir_powers_ops {
    /* all x whose lowest `low` bits, over 16, are in begin ... end */
    void (*add)(const struct whir_powers *p, size_t begin, size_t end, uint32_t *scratch);
};

extern const struct whir_powers_ops gn_whir_powers_ops_scalar, gn_whir_powers_ops_avx2, gn_whir_powers_ops_avx512;

#endif
