/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_image.c - the kernel of Solana programs (kernel/solana), as built. */
#include "svm/solana.h"

#include "../../gen/kernel/solana.h"

const struct rv_kernel gn_solana_kernel = {
    .name = "solana",
    .entry = SOLANA_ENTRY,
    .segments = solana_segments,
    .segments_n = sizeof solana_segments / sizeof *solana_segments,
};
