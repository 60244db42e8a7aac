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
void air_eval_block(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                    const fp6 *coefficients, uint32_t first_insn, uint32_t insns,
                    uint32_t *temps /* temps_n * AIR_BLOCK_ROWS words */, enum gn_isa isa);

/* The outputs of the interactions: out[k - constraints_n] points to `rows` words (Montgomery form). */
void air_eval_bus(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps,
                  enum gn_isa isa);

/* ---- blocks of extension rows ----
 * Operands are ext vectors of `rows` elements, rows a multiple of 16, at most AIR_BLOCK_ROWS.
 * temps: temps_n * ext_words(AIR_BLOCK_ROWS) words. */
void air_eval_block_ext(uint32_t *const acc[AIR_GROUPS], const struct air_table *t, const struct air_block *b,
                        const fp6 *coefficients, uint32_t first_insn, uint32_t insns, uint32_t *temps, enum gn_isa isa);
void air_eval_bus_ext(uint32_t *const *out, const struct air_table *t, const struct air_block *b, uint32_t *temps,
                      enum gn_isa isa);

#endif
