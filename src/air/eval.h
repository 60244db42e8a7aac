/* SPDX-License-Identifier: Apache-2.0 */
/* eval.h - evaluating a table's program: over blocks of rows (prover) and at a point (verifier).
 *
 * Every constraint k has an extension coefficient; an evaluation is, per group g, acc[g] = sum over the constraints of
 * group g of coefficient[k] * output[k].  The outputs of interactions are wanted one by one: the bus multiplies them. */
#ifndef GN_AIR_EVAL_H
#define GN_AIR_EVAL_H

#include "air/system.h"
#include "base/work.h"
#include "field/ext.h"

/* ---- at a point: part of the verifier; freestanding ---- */
struct air_point {
    const fp6 *committed, *next, *pre, *fixed; /* column values, by space */
    const uint32_t *publics;                   /* public values, cells */
};
/* bus: the interactions' outputs, output k at k - constraints_n.  temps: table->temps_n elements of scratch. */
void air_eval_point(fp6 acc[AIR_GROUPS], fp6 *bus, const struct air_table *t, const struct air_point *p,
                    const fp6 *coefficients, fp6 *temps);

/* ---- blocks of base-field rows ----
 * Operand columns are pointers to `rows` consecutive cells in MONTGOMERY form (evaluations on a coset are not cells of
 * the trace); rows is a multiple of 16, at most AIR_BLOCK_ROWS.  acc[g] is an ext vector of `rows` elements
 * (overwritten).  Several groups may share one vector: they are cleared first, then added to.  first_insn, insns select
 * one or both of the sections of constraints. */
#define AIR_BLOCK_ROWS 128
struct air_block {
    const uint32_t *const *committed, *const *next, *const *pre, *const *fixed;
    const uint32_t *publics; /* Montgomery form */
    size_t rows;
};

/* Columns of a table by number: committed, next, preprocessed, fixed, one behind the other in memory, `stride` words apart. */
struct air_columns {
    const uint32_t *at;
    size_t stride, rows;
};

/* A section of a program, prepared for many blocks (plan.c).  Constraints x (x - 1) on a column, which are most of what a
 * table of bits has, are taken out: they are evaluated together, without instructions. */
struct air_bool {
    uint32_t column, output;
};
struct air_plan {
    uint32_t *steps;
    struct air_bool *bools;
    uint32_t steps_n, bools_n;
};
#define AIR_PLAN_STEPS 5 /* words of steps, at most, for each instruction */
/* Prepares t->code[first .. first + n); p->steps and p->bools have room for AIR_PLAN_STEPS n words and n.  rest receives the
 * instructions that are not in bools, for air_eval_block_ext; returns how many.  scratch: t->temps_n + n bytes. */
uint32_t air_plan_make(struct air_plan *p, struct air_insn *rest, const struct air_table *t, uint32_t first, uint32_t n,
                       uint8_t *scratch);
/* What plans need of constants and public values (Montgomery form): AIR_PLAN_CONSTANT words for each. */
#define AIR_PLAN_CONSTANT 16
void air_plan_constants(uint32_t *out, const struct air_table *t, const uint32_t *publics, uint32_t publics_n);
/* All of a plan, rows = stride = AIR_BLOCK_ROWS; acc as above.  temps: temps_n * AIR_BLOCK_ROWS words. */
void air_eval_plan(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_plan *p,
                   const uint32_t *columns, const uint32_t *constants, const fp6 *coefficients, uint32_t *temps,
                   enum gn_isa isa);

/* The outputs of the interactions: out[k - constraints_n] points to `rows` words (Montgomery form). */
void air_eval_bus(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps,
                  enum gn_isa isa);

/* ---- blocks of extension rows ----
 * Operands are ext vectors of `rows` elements, rows a multiple of 16, at most AIR_BLOCK_ROWS.
 * temps: temps_n * ext_words(AIR_BLOCK_ROWS) words.  air_eval_bools_ext adds what a plan has taken out. */
void air_eval_block_ext(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                        const fp6 *coefficients, uint32_t first_insn, uint32_t insns, uint32_t *temps, enum gn_isa isa);
void air_eval_bus_ext(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps,
                      enum gn_isa isa);
void air_eval_bools_ext(uint32_t *acc, const struct air_columns *columns, const struct air_plan *p,
                        const fp6 *coefficients, enum gn_isa isa);

#endif
