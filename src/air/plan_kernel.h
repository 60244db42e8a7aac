/* SPDX-License-Identifier: Apache-2.0 */
/* plan_kernel.h - what plans look like inside (plan.c makes them), and what runs them, per instruction set. */
#ifndef GN_AIR_PLAN_KERNEL_H
#define GN_AIR_PLAN_KERNEL_H

#include "air/eval.h"

/* Steps of a plan: chains, each a head of PLAN_HEAD words and its links.  A chain loads a first operand, changes it link by
 * link, and puts the result into a temporary, or among the outputs, or both. */
#define PLAN_HEAD 4
enum plan_head { PLAN_LINKS, PLAN_FIRST, PLAN_TEMP, PLAN_OUTPUT }; /* number; place; place or NONE; output or NONE */
#define PLAN_NONE      UINT32_MAX
#define PLAN_LINKS_MAX 64

/* A link is an operation and a place; a place is a space and a word in it. */
enum plan_op { PLAN_ADD, PLAN_SUB, PLAN_SUB_FROM, PLAN_MUL, PLAN_DOUBLE, PLAN_SQUARE, PLAN_ZERO, PLAN_DOUBLE_ADD };
enum plan_space { PLAN_COLUMNS, PLAN_TEMPS, PLAN_CONSTANTS };
#define PLAN_WORD_BITS          26
#define PLAN_OP_SHIFT           28
#define PLAN_PLACE(space, word) ((uint32_t)(space) << PLAN_WORD_BITS | (uint32_t)(word))

struct air_plan_ops {
    void (*plan)(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_plan *p,
                 const uint32_t *columns, const uint32_t *constants, const fp6 *coefficients, uint32_t *temps);
    void (*bools_ext)(uint32_t *acc, const struct air_columns *columns, const struct air_plan *p,
                      const fp6 *coefficients);
};

extern const struct air_plan_ops air_plan_ops_scalar, air_plan_ops_avx2, air_plan_ops_avx512;

#endif
