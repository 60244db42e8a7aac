/* SPDX-License-Identifier: Apache-2.0 */
/* reduce.h - claim reduction: all claims about columns of tables become one claim about a combination of stack columns.
 * docs/protocol.md section 9, and section 11 for the preprocessed stack; argument in 13.4.
 *
 * Every claim is a linear functional of the stack, so their combination with powers of gamma is sum_w sum_x Wt_w(x)
 * f_w[x]; a sumcheck over the h variables of a stack column takes it to a point rho, and there the prover names the W
 * values f_w(rho).  reduce_prove.c and reduce_verify.c are the two ends; reduce_common.c holds the closed forms of the
 * weights, which both need. */
#ifndef GN_PCS_REDUCE_H
#define GN_PCS_REDUCE_H

#include "pcs/pcs.h"
#include "pcs/whir.h"

#define PCS_PAGE_LOG2 8 /* a page of the preprocessed stack has 256 rows */

/* The claim that is left: sum_w weights[w] f_w has the value `value` at rho. */
struct gn_reduction {
    fp6 rho[WHIR_MAX_VARS];
    fp6 weights[WHIR_MAX_STACK_COLUMNS]; /* eq(theta, w) */
    fp6 value;
};

/* The claims' values were sent before; the prover does not need them.  Takes memory from w->arena and gives it back. */
GN_NODISCARD enum gn_status gn_reduce_prove(struct gn_reduction *out, const struct pcs_commitment *c,
                                            const struct pcs_point *point, struct gn_sender *s,
                                            const struct gn_work *w);
size_t gn_reduce_footprint(const struct pcs_layout *layout);

/* Freestanding.  False with r->verdict set (REJECT_REDUCTION, REJECT_PRE_REDUCTION, or what the receiver found). */
GN_NODISCARD bool gn_reduce_verify(struct gn_reduction *out, const struct pcs_opening *o, const struct pcs_point *point,
                                   struct gn_receiver *r, struct gn_scratch *scratch);
size_t gn_reduce_verify_scratch(void);

/* ---- common; freestanding ---- */

/* The weights inside of a piece of 2^a rows, at rho: K_a, S_a and Z_a of section 9.3, for a = the skip's log2, ... */
struct gn_piece_kernel {
    unsigned a;
    fp6 same;  /* K_a: a column claim */
    fp6 shift; /* S_a: a next claim */
    fp6 zero;  /* Z_a: row 0 alone, for the carry-in */
    /* what the next step needs */
    fp6 eq;            /* prod_{log2 <= i < a} eq1(r_i, rho_i) */
    fp6 succ;          /* succ of (r_log2 ..), (rho_log2 ..) */
    fp6 ones;          /* prod_{log2 <= i < a} r_i (1 - rho_i) */
    fp6 low, up, wrap; /* sum_b L_b l_b;  sum_b L_b l_{b+1};  L_last l_0 */
};
void gn_piece_kernel_begin(struct gn_piece_kernel *k, const struct gn_skip *skip, const fp6 *rho); /* a = log2 */
void gn_piece_kernel_step(struct gn_piece_kernel *k, fp6 r, fp6 rho); /* a -> a + 1 with r_a, rho_a */

/* The largest a for which a kernel has a meaning: r_i is given for i below the largest v of the tables with claims. */
unsigned gn_reduce_variables(const struct pcs_layout *layout);

/* A(s) of section 9.3: what lambda_T says of the high bits of the rows of a piece of 2^a rows that starts at row s */
fp6 gn_piece_scale(const struct pcs_point *point, unsigned v, unsigned a, uint64_t s);
/* lambda_T(row) */
fp6 gn_row_weight(const struct pcs_point *point, unsigned v, uint64_t row);

#endif
