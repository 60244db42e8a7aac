/* SPDX-License-Identifier: Apache-2.0 */
/* point.c - a table's program at one point of the extension; part of the verifier, freestanding.
 *
 * The program is a constant of the machine, never taken from a proof, and a proof can change neither its length nor
 * its references. */
#include "air/eval.h"

static fp6 load(const struct air_table *t, const struct air_point *p, const fp6 *temps, air_ref ref)
{
    uint32_t i = AIR_REF_INDEX(ref);
    switch (AIR_REF_SPACE(ref)) {
    case AIR_SPACE_COMMITTED:
        return p->committed[i];
    case AIR_SPACE_NEXT:
        return p->next[i];
    case AIR_SPACE_PRE:
        return p->pre[i];
    case AIR_SPACE_FIXED:
        return p->fixed[i];
    case AIR_SPACE_PUBLIC:
        return fp6_from_cell(p->publics[i]);
    case AIR_SPACE_CONST:
        return fp6_from_cell(t->consts[i]);
    default:
        return temps[i];
    }
}

static fp6 multiply(const struct air_table *t, const struct air_point *p, const fp6 *temps, air_ref a, air_ref b)
{
    fp6 x = load(t, p, temps, a), y = load(t, p, temps, b);
    return AIR_REF_SPACE(a) == AIR_SPACE_CONST ? fp6_mul_fp(y, x.c[0]) : gn_fp6_mul(x, y);
}

void air_eval_point(fp6 acc[AIR_GROUPS], fp6 *bus, const struct air_table *t, const struct air_point *p,
                    const fp6 *coefficients, fp6 *temps)
{
    for (int g = 0; g < AIR_GROUPS; g++) {
        acc[g] = fp6_zero();
    }
    for (uint32_t i = 0; i < t->code_n; i++) {
        const struct air_insn *q = &t->code[i];
        switch (q->op) {
        case AIR_ADD:
            temps[q->dst] = fp6_add(load(t, p, temps, q->a), load(t, p, temps, q->b));
            break;
        case AIR_SUB:
            temps[q->dst] = fp6_sub(load(t, p, temps, q->a), load(t, p, temps, q->b));
            break;
        case AIR_MUL:
            temps[q->dst] = multiply(t, p, temps, q->a, q->b);
            break;
        default: { /* AIR_OUT */
            fp6 x = load(t, p, temps, q->a);
            if (q->dst < t->constraints_n) {
                fp6 *sum = &acc[t->constraints[q->dst].group];
                *sum = fp6_add(*sum, gn_fp6_mul(coefficients[q->dst], x));
            } else {
                bus[q->dst - t->constraints_n] = x;
            }
        }
        }
    }
}
