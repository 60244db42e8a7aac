/* SPDX-License-Identifier: Apache-2.0 */
/* eval.c - picks the block evaluator of an instruction set; takes programs apart for them. */
#include <string.h>

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

void air_eval_block(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                    const fp6 *coefficients, uint32_t first_insn, uint32_t insns, uint32_t *temps, enum gn_isa isa)
{
    ops_for(isa)->block(acc, t, b, coefficients, first_insn, insns, temps);
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

void air_eval_bools(uint32_t *acc, const struct air_block *b, const struct air_bool *bools, uint32_t bools_n,
                    const fp6 *coefficients, enum gn_isa isa)
{
    ops_for(isa)->bools(acc, b, bools, bools_n, coefficients);
}

void air_eval_bools_ext(uint32_t *acc, const struct air_block *b, const struct air_bool *bools, uint32_t bools_n,
                        const fp6 *coefficients, enum gn_isa isa)
{
    ops_for(isa)->bools_ext(acc, b, bools, bools_n, coefficients);
}

/* ---- x (x - 1) ---- */

static bool is_one(const struct air_table *t, air_ref ref)
{
    return AIR_REF_SPACE(ref) == AIR_SPACE_CONST && t->consts[AIR_REF_INDEX(ref)] == 1;
}

static bool is_temp(air_ref ref, uint32_t temp)
{
    return ref == AIR_REF(AIR_SPACE_TEMP, temp);
}

/* q[0 .. 2]: y = x - 1; z = x y; out z */
static bool is_bool(const struct air_table *t, const struct air_insn *q)
{
    return q[0].op == AIR_SUB && q[1].op == AIR_MUL && q[2].op == AIR_OUT && AIR_REF_SPACE(q[0].a) <= AIR_SPACE_FIXED &&
           is_one(t, q[0].b) &&
           ((q[1].a == q[0].a && is_temp(q[1].b, q[0].dst)) || (q[1].b == q[0].a && is_temp(q[1].a, q[0].dst))) &&
           is_temp(q[2].a, q[1].dst) && q[2].dst < t->constraints_n && t->constraints[q[2].dst].group == AIR_ALL;
}

static void read_operand(uint8_t *live, air_ref ref)
{
    if (AIR_REF_SPACE(ref) == AIR_SPACE_TEMP) {
        live[AIR_REF_INDEX(ref)] = 1;
    }
}

/* Backwards, so that it is known which temporaries are read later; rest and bools are filled from their ends and moved. */
uint32_t air_take_bools(struct air_insn *rest, struct air_bool *bools, uint32_t *bools_n, const struct air_table *t,
                        uint32_t first, uint32_t n, uint8_t *live)
{
    const struct air_insn *code = t->code + first;
    uint32_t left = n, taken = n;
    memset(live, 0, t->temps_n);
    for (uint32_t i = n; i-- > 0;) {
        if (i >= 2 && is_bool(t, &code[i - 2]) && !live[code[i - 2].dst] && !live[code[i - 1].dst]) {
            bools[--taken] = (struct air_bool){code[i - 2].a, code[i].dst};
            i -= 2;
            continue;
        }
        rest[--left] = code[i];
        if (code[i].op != AIR_OUT) {
            live[code[i].dst] = 0;
            read_operand(live, code[i].b);
        }
        read_operand(live, code[i].a);
    }
    *bools_n = n - taken;
    memmove(bools, bools + taken, (n - taken) * sizeof *bools);
    memmove(rest, rest + left, (n - left) * sizeof *rest);
    return n - left;
}
