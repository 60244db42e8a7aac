/* SPDX-License-Identifier: Apache-2.0 */
/* eval.c - picks the block evaluator of an instruction set. */
#include "air/eval_kernel.h"

static const struct air_eval_ops *ops_for(enum gn_isa isa)
{
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &air_eval_ops_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &air_eval_ops_avx2;
    }
#endif
    (void)isa;
    return &air_eval_ops_scalar;
}

void air_eval_bus(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps,
                  enum gn_isa isa)
{
    ops_for(isa)->bus(out, t, b, temps);
}

void air_eval_block_ext(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                        const fp6 *coefficients, uint32_t first_insn, uint32_t insns, uint32_t *temps, enum gn_isa isa)
{
    ops_for(isa)->block_ext(acc, t, b, coefficients, first_insn, insns, temps);
}

void air_eval_bus_ext(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps,
                      enum gn_isa isa)
{
    ops_for(isa)->bus_ext(out, t, b, temps);
}
