/* SPDX-License-Identifier: Apache-2.0 */
/* whir.h - the proof that f = sum_w e_w f_w, a combination of committed columns, has the value v at the point rho; of one
 * stack, or of two side by side.  docs/protocol.md section 10; prover in whir_prove.c, verifier in whir_verify.c, both in
 * the order and with the names of that section, what both need in whir_common.c.
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

#define WHIR_MAX_VARS       24 /* h, m_1, and log2 of every domain */
#define WHIR_MAX_FINAL_LOG2 10
#define WHIR_STACKS         2 /* main, preprocessed */
#define WHIR_JOIN_MIN_LOG2  4 /* the smallest h beside another stack: one block of an ext vector */

/* What the parameter rows say together; the same for prover and verifier. */
struct whir_plan {
    const struct whir_params *stacks[WHIR_STACKS]; /* their entries i = 0 */
    uint32_t stacks_n;
    const struct whir_params *rounds; /* R, m_f and the entries i >= 1: a single stack's own row, or a joint one */
    unsigned vars;                    /* m_1 */
    size_t place[WHIR_STACKS];        /* of each stack's f in f_1: 0 or 2^(m_1 - 1) */
    size_t end;                       /* behind both: from here on f_1 is 0 */
    unsigned grind;                   /* g_0 */
};

/* preprocessed and joint: NULL for a single stack.  False for rows that the code below cannot run (a test asks it of all
 * rows of the table): every domain within WHIR_MAX_VARS and not smaller than what it encodes, folds, queries and final
 * polynomial within their limits, a joint row that is not one for these stacks. */
GN_NODISCARD bool gn_whir_plan(struct whir_plan *plan, const struct whir_params *main,
                               const struct whir_params *preprocessed, const struct whir_params *joint);

/* C_i, i >= 1 */
uint32_t gn_whir_columns(const struct whir_plan *plan, unsigned i);

/* What is claimed of a stack. */
struct whir_stack {
    uint32_t columns;   /* W, 1 <= W <= 2^k0 */
    const fp6 *weights; /* e_w = eq(theta, w), w < W */
    const fp6 *point;   /* rho, h coordinates */
    fp6 value;          /* f(rho); the prover does not look at it */
};

struct whir_claim {
    const struct whir_plan *plan;
    struct whir_stack stacks[WHIR_STACKS];
};

/* false: more columns than the row allows, or none */
bool gn_whir_claim_valid(const struct whir_claim *claim);

/* ---- prover ---- */

/* A stack as it was committed: columns[w], w < W, the code words of 2^(h + mu0) cells, and its tree. */
struct whir_oracle {
    const uint32_t *const *columns;
    const digest *tree;
};

/* f is the ext vector f_1 of 2^m_1 elements, each stack's sum_w e_w f_w at its place, and is destroyed.  oracles[s] is that
 * of stack s.  Takes at most gn_whir_footprint bytes from w->arena and gives them back. */
GN_NODISCARD enum gn_status gn_whir_prove(const struct whir_claim *claim, const struct whir_oracle *oracles,
                                          uint32_t *f, struct gn_sender *s, const struct gn_twiddles *t,
                                          const struct gn_work *w);
size_t gn_whir_footprint(const struct whir_plan *plan);
/* Clears an ext vector of 2^m_1 elements from plan->end on. */
void gn_whir_clear_rest(uint32_t *vector, const struct whir_plan *plan);
/* log2 of the largest domain, those of the stacks included */
unsigned gn_whir_domain(const struct whir_plan *plan);

/* ---- verifier; freestanding ---- */

/* Reads the proof of the claim from r, roots[s] being that of stack s.  Returns true, or false with r->verdict set:
 * REJECT_TRUNCATED, REJECT_NONCANONICAL, REJECT_GRIND, REJECT_MERKLE, REJECT_WHIR_QUERY, REJECT_WHIR_FINAL or
 * REJECT_SCRATCH.  The claim is the caller's: what it names was checked or drawn before.  Total on any proof bytes;
 * scratch->used is as before on return. */
GN_NODISCARD bool gn_whir_verify(const struct whir_claim *claim, const digest *roots, struct gn_receiver *r,
                                 struct gn_scratch *scratch);

/* Enough scratch for any row of the table. */
size_t gn_whir_verify_scratch(void);

#endif
