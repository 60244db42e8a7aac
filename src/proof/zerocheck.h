/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck.h - all constraints of all tables, and the bus's claims about columns, in one sumcheck: docs/protocol.md
 * section 7.  zerocheck_prove.c and zerocheck_verify.c are the same steps side by side; zerocheck_common.c holds what
 * both compute (coefficients, weights). */
#ifndef GN_PROOF_ZEROCHECK_H
#define GN_PROOF_ZEROCHECK_H

#include "poly/eq.h"
#include "proof/bus.h"

struct gn_zerocheck_result {
    fp6 u;
    struct gn_skip skip;     /* L_b(u) */
    fp6 r[GN_MAX_VARIABLES]; /* r[skip.log2 .. vmax) */
    /* claims in sending order, split as the stacks number them (section 8) */
    fp6 *main_claims, *pre_claims;
    uint32_t main_n, pre_n;
};

/* Prover: sections 7.1 to 7.6.  bits: what the main commitment has packed (pcs/pcs.h), or NULL; bus: xi (extended here), p, q; p_sums, q_sums per table.  Result arrays come from
 * w->arena. */
GN_NODISCARD enum gn_status gn_zerocheck_prove(struct gn_zerocheck_result *out, const struct gn_shape *shape,
                                               const struct air_witness *witness, uint32_t *const *const *bits,
                                               const struct gn_bus_challenges *c, struct gn_bus_result *bus,
                                               const fp6 *p_sums, const fp6 *q_sums, struct gn_sender *s,
                                               const struct gn_work *w);
size_t gn_zerocheck_footprint(const struct gn_shape *shape, unsigned workers);

/* Verifier; freestanding. */
GN_NODISCARD bool gn_zerocheck_verify(struct gn_zerocheck_result *out, const struct gn_shape *shape,
                                      const struct air_statement *statement, const struct gn_bus_challenges *c,
                                      struct gn_bus_result *bus, struct gn_receiver *r, struct gn_scratch *scratch);

/* an upper bound on the scratch that gn_zerocheck_verify takes, for any shape of this machine */
size_t gn_zerocheck_scratch(const struct air_system *s);

/* ---- common ---- */
/* Coefficients of table T's constraints, powers of lambda, and in *bus that of its Q (its P has the next one); 0 without
 * interactions.  lambda_at: the next free power, advanced. */
void gn_zerocheck_coefficients(fp6 *coefficients, fp6 *bus, const struct air_table *t, fp6 lambda, fp6 *lambda_at);
/* scale e_b of the blocks of table T's leaves, in order */
void gn_zerocheck_leaf_weights(fp6 *weights, const struct gn_shape *shape, uint32_t table, const fp6 *xi, fp6 scale);
/* weights of the four groups at (u, r) */
void gn_zerocheck_weights(fp6 weights[AIR_GROUPS], const struct gn_shape *shape, uint32_t table, const fp6 *xi,
                          const fp6 *r, const struct gn_skip *skip);
fp6 gn_fixed_at_point(const struct air_fixed *f, unsigned v, const fp6 *r, const struct gn_skip *skip);

#endif
