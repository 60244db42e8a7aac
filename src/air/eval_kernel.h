/* SPDX-License-Identifier: Apache-2.0 */
/* eval_kernel.h - the block evaluators of eval.h, one table per instruction set; eval.c picks. */
#ifndef GN_AIR_EVAL_KERNEL_H
#define GN_AIR_EVAL_KERNEL_H

#include "air/eval.h"

struct air_eval_ops {
    void (*bus)(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps);
    void (*block_ext)(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                      const fp6 *coefficients, uint32_t first_insn, uint32_t insns, uint32_t *temps);
    void (*bus_ext)(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps);
};

extern const struct air_eval_ops air_eval_ops_scalar, air_eval_ops_avx2, air_eval_ops_avx512;

#endif
