/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - sections of a program prepared for the block evaluator.
 *
 * An instruction does little work on a block, so what it takes to decode it counts.  A plan is decoded once for all blocks:
 * operands are places in memory, and instructions that follow each other and all write the same temporary, each after the
 * first from what the one before wrote, are one chain, whose value stays in registers.  (Packing bits into limbs is little
 * else.)  A chain whose value nobody reads but an output does not store it. */
#include <string.h>

#include "air/plan_kernel.h"
#include "field/fp.h"

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
           is_temp(q[2].a, q[1].dst) && t->constraints[q[2].dst].group == AIR_ALL;
}

/* ---- places ---- */

static uint32_t column_number(const struct air_table *t, air_ref ref)
{
    const uint32_t next = t->committed_n, pre = next + t->next_n, fixed = pre + t->pre_n;
    const uint32_t first[] = {
        [AIR_SPACE_COMMITTED] = 0, [AIR_SPACE_NEXT] = next, [AIR_SPACE_PRE] = pre, [AIR_SPACE_FIXED] = fixed};
    return first[AIR_REF_SPACE(ref)] + AIR_REF_INDEX(ref);
}

static uint32_t place(const struct air_table *t, air_ref ref)
{
    switch (AIR_REF_SPACE(ref)) {
    case AIR_SPACE_TEMP:
        return PLAN_PLACE(PLAN_TEMPS, AIR_REF_INDEX(ref) * AIR_BLOCK_ROWS);
    case AIR_SPACE_CONST:
        return PLAN_PLACE(PLAN_CONSTANTS, AIR_REF_INDEX(ref) * AIR_PLAN_CONSTANT);
    case AIR_SPACE_PUBLIC:
        return PLAN_PLACE(PLAN_CONSTANTS, (t->consts_n + AIR_REF_INDEX(ref)) * AIR_PLAN_CONSTANT);
    default:
        return PLAN_PLACE(PLAN_COLUMNS, column_number(t, ref) * AIR_BLOCK_ROWS);
    }
}

void air_plan_constants(uint32_t *out, const struct air_table *t, const uint32_t *publics, uint32_t publics_n)
{
    for (uint32_t i = 0; i < t->consts_n + publics_n; i++) {
        uint32_t v = i < t->consts_n ? fp_from_cell(t->consts[i]).v : publics[i - t->consts_n];
        for (unsigned k = 0; k < AIR_PLAN_CONSTANT; k++) {
            *out++ = v;
        }
    }
}

/* ---- chains ---- */

static bool goes_on(const struct air_insn *q, uint32_t dst)
{
    return q->op != AIR_OUT && q->dst == dst && (is_temp(q->a, dst) || is_temp(q->b, dst));
}

static uint32_t link(const struct air_table *t, uint32_t op, bool from_left, bool both, air_ref other)
{
    static const enum plan_op left[] = {[AIR_ADD] = PLAN_ADD, [AIR_SUB] = PLAN_SUB, [AIR_MUL] = PLAN_MUL};
    static const enum plan_op own[] = {[AIR_ADD] = PLAN_DOUBLE, [AIR_SUB] = PLAN_ZERO, [AIR_MUL] = PLAN_SQUARE};
    if (both) {
        return (uint32_t)own[op] << PLAN_OP_SHIFT;
    }
    enum plan_op what = op == AIR_SUB && !from_left ? PLAN_SUB_FROM : left[op];
    return (uint32_t)what << PLAN_OP_SHIFT | place(t, other);
}

/* The chain that begins at q; returns how many instructions it has.  dead: by instruction, nobody reads what it writes but an
 * OUT that follows. */
static uint32_t chain(uint32_t *at, const struct air_table *t, const struct air_insn *q, const struct air_insn *end,
                      const uint8_t *dead)
{
    const uint32_t dst = q->dst;
    uint32_t n = 1, *next = at + PLAN_HEAD;
    at[PLAN_FIRST] = place(t, q->a);
    *next++ = link(t, q->op, true, false, q->b);
    for (; n < PLAN_LINKS_MAX && q + n < end && goes_on(q + n, dst); n++) {
        bool left = is_temp(q[n].a, dst), both = left && is_temp(q[n].b, dst);
        *next = link(t, q[n].op, left, both, left ? q[n].b : q[n].a);
        if (next[-1] == (uint32_t)PLAN_DOUBLE << PLAN_OP_SHIFT && *next >> PLAN_OP_SHIFT == PLAN_ADD &&
            (*next >> PLAN_WORD_BITS & 3) != PLAN_CONSTANTS) { /* Horner's scheme has many of these */
            next[-1] = *next + ((uint32_t)PLAN_DOUBLE_ADD << PLAN_OP_SHIFT);
            continue;
        }
        next++;
    }
    at[PLAN_LINKS] = (uint32_t)(next - at) - PLAN_HEAD;
    at[PLAN_TEMP] = dead[n - 1] ? PLAN_NONE : dst * AIR_BLOCK_ROWS;
    at[PLAN_OUTPUT] = PLAN_NONE;
    if (q + n < end && q[n].op == AIR_OUT && is_temp(q[n].a, dst)) {
        at[PLAN_OUTPUT] = q[n++].dst;
    }
    return n;
}

static uint32_t make_steps(uint32_t *steps, const struct air_table *t, const struct air_insn *code, uint32_t n,
                           const uint8_t *dead)
{
    uint32_t *at = steps;
    for (uint32_t i = 0; i < n;) {
        if (code[i].op == AIR_OUT) { /* of a column, a constant, or a value that was computed earlier */
            const uint32_t head[PLAN_HEAD] = {0, place(t, code[i].a), PLAN_NONE, code[i].dst};
            memcpy(at, head, sizeof head);
            at += PLAN_HEAD;
            i++;
        } else {
            i += chain(at, t, &code[i], code + n, dead + i);
            at += PLAN_HEAD + at[PLAN_LINKS];
        }
    }
    return (uint32_t)(at - steps);
}

static void read_operand(uint8_t *live, air_ref ref)
{
    if (AIR_REF_SPACE(ref) == AIR_SPACE_TEMP) {
        live[AIR_REF_INDEX(ref)] = 1;
    }
}

/* Backwards, so that it is known which temporaries are read later; rest, dead and bools are filled from their ends and then
 * moved to the front. */
uint32_t air_plan_make(struct air_plan *p, struct air_insn *rest, const struct air_table *t, uint32_t first, uint32_t n,
                       uint8_t *scratch)
{
    const struct air_insn *code = t->code + first;
    uint8_t *live = scratch, *dead = scratch + t->temps_n;
    uint32_t left = n, taken = n;
    memset(live, 0, t->temps_n);
    for (uint32_t i = n; i-- > 0;) {
        const struct air_insn *q = &code[i];
        if (i >= 2 && is_bool(t, q - 2) && !live[q[-2].dst] && !live[q[-1].dst]) {
            p->bools[--taken] = (struct air_bool){column_number(t, q[-2].a), q->dst};
            i -= 2;
            continue;
        }
        rest[--left] = *q;
        if (q->op != AIR_OUT) {
            dead[left] = !live[q->dst];
            live[q->dst] = 0;
            read_operand(live, q->b);
            read_operand(live, q->a);
        } else if (i == 0 || q[-1].op == AIR_OUT || !is_temp(q->a, q[-1].dst)) { /* else the chain itself puts it out */
            read_operand(live, q->a);
        }
    }
    p->bools_n = n - taken;
    memmove(p->bools, p->bools + taken, p->bools_n * sizeof *p->bools);
    memmove(rest, rest + left, (n - left) * sizeof *rest);
    memmove(dead, dead + left, n - left);
    p->steps_n = make_steps(p->steps, t, rest, n - left, dead);
    return n - left;
}

/* ---- running ---- */

static const struct air_plan_ops *ops_for(enum gn_isa isa)
{
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &air_plan_ops_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &air_plan_ops_avx2;
    }
#endif
    (void)isa;
    return &air_plan_ops_scalar;
}

void air_eval_plan(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_plan *p,
                   const uint32_t *columns, const uint32_t *constants, const fp6 *coefficients, uint32_t *temps,
                   enum gn_isa isa)
{
    ops_for(isa)->plan(acc, t, p, columns, constants, coefficients, temps);
}

void air_eval_bools_ext(uint32_t *acc, const struct air_columns *columns, const struct air_plan *p,
                        const fp6 *coefficients, enum gn_isa isa)
{
    ops_for(isa)->bools_ext(acc, columns, p, coefficients);
}
