/* SPDX-License-Identifier: Apache-2.0 */
/* whir.h - the proof that f = sum_w e_w f_w, a combination of committed columns, has the value v at the point rho.
 * docs/protocol.md section 10; prover in whir_prove.c, verifier in whir_verify.c, both in the order and with the names
 * of that section.
 *
 * The idea: a sumcheck on sum_x A(x) f(x) = sigma, first A = eq(rho, .).  Between groups of its rounds the folded f is
 * committed again as a shorter code of lower rate (oracle i), tied down by one out-of-domain value and by rows opened
 * at random in the oracle before; what both say about f is linear in f and joins A.  So each oracle is opened only
 * once, at a domain that has shrunk less than its degree, and what remains at the end is small enough to be sent.
 *
 * Source: "WHIR: Reed-Solomon Proximity Testing with Super-Fast Verification" (Arnon, Chiesa, Fenzi, Yogev),
 * construction 5.1, with a free rate per round, the parameters being those of pcs/params.h. */
#ifndef GN_PCS_WHIR_H
#define GN_PCS_WHIR_H

#include "base/scratch.h"
#include "base/work.h"
#include "hash/channel.h"
#include "pcs/params.h"
#include "poly/ntt.h"

#define WHIR_MAX_VARS       24 /* h, and log2 of every domain */
#define WHIR_MAX_FINAL_LOG2 10

/* What is claimed of oracle 0, the stack's tree; the same for prover and verifier. */
struct whir_claim {
    const struct whir_params *params;
    uint32_t columns;   /* W stack columns, 1 <= W <= 2^k0 */
    const fp6 *weights; /* e_w = eq(theta, w), w < W */
    const fp6 *point;   /* rho, h coordinates */
    fp6 value;          /* f(rho), sigma at the start; the prover does not look at it */
};

/* h, the number of variables of f */
static inline unsigned gn_whir_vars(const struct whir_params *p)
{
    return (unsigned)(p->m - p->k0);
}

/* False for a row that the code below cannot run (a test asks it of every row of the table): every domain within
 * WHIR_MAX_VARS and not smaller than what it encodes, folds, queries and final polynomial within their limits. */
bool gn_whir_params_valid(const struct whir_params *p);

/* ---- prover ---- */

/* Oracle 0 as it was committed: columns[w], w < W, the code words of 2^(h + mu0) cells, and its tree. */
struct whir_oracle {
    const uint32_t *const *columns;
    const digest *tree;
};

/* f is the ext vector sum_w e_w f_w of 2^h elements and is destroyed.  Takes at most gn_whir_footprint bytes from
 * w->arena and gives them back. */
GN_NODISCARD enum gn_status gn_whir_prove(const struct whir_claim *claim, const struct whir_oracle *oracle, uint32_t *f,
                                          struct gn_sender *s, const struct gn_twiddles *t, const struct gn_work *w);
size_t gn_whir_footprint(const struct whir_params *p);

/* ---- verifier; freestanding ---- */

/* Reads the proof of the claim from r, root being that of oracle 0.  Returns true, or false with r->verdict set:
 * REJECT_TRUNCATED, REJECT_NONCANONICAL, REJECT_GRIND, REJECT_MERKLE, REJECT_WHIR_QUERY or REJECT_WHIR_FINAL
 * (preprocessed: REJECT_PRE_WHIR_QUERY, REJECT_PRE_WHIR_FINAL), REJECT_SCRATCH.  The claim is the caller's: what it
 * names was checked or drawn before.  Total on any proof bytes; scratch->used is as before on return. */
GN_NODISCARD bool gn_whir_verify(const struct whir_claim *claim, const digest *root, bool preprocessed,
                                 struct gn_receiver *r, struct gn_scratch *scratch);

/* Enough scratch for any row of the table. */
size_t gn_whir_verify_scratch(void);

#endif
