/* SPDX-License-Identifier: Apache-2.0 */
/* bus.h - LogUp summed by GKR over all tables: docs/protocol.md section 6.  bus_prove.c and bus_verify.c are the same
 * steps side by side. */
#ifndef GN_PROOF_BUS_H
#define GN_PROOF_BUS_H

#include "air/witness.h"
#include "proof/shape.h"

#define GN_MAX_VARIABLES 48 /* no point has more coordinates */

struct gn_bus_challenges {
    fp6 alpha;
    fp6 beta[AIR_MAX_ENTRIES + 1]; /* beta[j] = beta^j */
};
void gn_bus_challenges_draw(struct gn_bus_challenges *c, struct gn_transcript *t);

struct gn_bus_result {
    fp6 xi[GN_MAX_VARIABLES]; /* N = shape->gkr_layers coordinates; the zerocheck extends it */
    fp6 p, q;                 /* claims on the leaves at xi */
};

/* Prover: also gives the tables' sums P_T, Q_T of section 7.2 (fp6_zero for tables without interactions). */
GN_NODISCARD enum gn_status gn_bus_prove(struct gn_bus_result *out, fp6 *p_sums, fp6 *q_sums,
                                         const struct gn_shape *shape, const struct air_witness *witness,
                                         const struct gn_bus_challenges *c, struct gn_sender *s,
                                         const struct gn_work *w);
size_t gn_bus_footprint(const struct gn_shape *shape, unsigned workers);

/* Verifier; freestanding. */
GN_NODISCARD bool gn_bus_verify(struct gn_bus_result *out, const struct gn_shape *shape,
                                const struct air_statement *statement, const struct gn_bus_challenges *c,
                                struct gn_receiver *r);
/* section 6.2: the fraction V; false when its denominator is zero */
GN_NODISCARD bool gn_bus_public(fp6 *v_p, fp6 *v_q, const struct air_system *s, const struct air_statement *statement,
                                const struct gn_bus_challenges *c);

#endif
