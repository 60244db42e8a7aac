/* SPDX-License-Identifier: Apache-2.0 */
/* pcs.h - the commitment to all columns of all tables: commit, open, verify.  docs/protocol.md sections 5, 9, 10, 11.
 *
 * Knows of stacks, claims and points, not of constraints.  The same code serves the main stack (with a commit-time
 * out-of-domain claim) and the preprocessed one (without, weights by page); both are opened together, main first. */
#ifndef GN_PCS_PCS_H
#define GN_PCS_PCS_H

#include "base/scratch.h"
#include "base/work.h"
#include "hash/channel.h"
#include "pcs/layout.h"
#include "pcs/whir.h"
#include "poly/eq.h"
#include "poly/ntt.h"

/* The point of all column claims: u, and r[i] for i >= skip.log2 (those below are not read).  Heights are multiples of
 * 2^log2. */
struct pcs_point {
    struct gn_skip skip;
    const fp6 *r;
};

/* ---- prover ---- */
struct pcs_commitment {
    const struct pcs_layout *layout;
    /* cells[table][column]: layout->tables[table].height cells each, owned by the caller, alive until opened */
    const uint32_t *const *const *cells;
    /* bits[table][column]: the column packed (poly/vector.h) if its height is a multiple of 32 and all its cells are 0 or
     * 1, else NULL: passes over columns of bits read 1/32 of the memory and have no products */
    uint32_t *const *const *bits;
    uint32_t **code;         /* layout->columns code words of 2^(h + mu0) cells */
    gn_arena_mark code_mark; /* before the words, which lie last */
    bool forgotten;          /* there are no words now */
    digest *tree;            /* node 1 is the root */
    digest root;
    bool ood;
    fp6 *ood_point, ood_value; /* set by gn_pcs_commit_ood */
    uint32_t *ood_combination; /* ext vector sum_w eq(z_hi, w) f_w */
};

/* Encodes and hashes; memory comes from w->arena and stays until the caller releases it. */
GN_NODISCARD enum gn_status gn_pcs_commit(struct pcs_commitment *c, const struct pcs_layout *layout,
                                          const uint32_t *const *const *cells, const struct gn_twiddles *t,
                                          const struct gn_work *w);
/* section 5.2, after the root was sent: draws the point, sends the value */
GN_NODISCARD enum gn_status gn_pcs_commit_ood(struct pcs_commitment *c, struct gn_sender *s, const struct gn_work *w);
/* Gives back the code words, if nothing was taken from the arena since; opening encodes once more.  Where memory is dearer than work. */
void gn_pcs_forget_code(struct pcs_commitment *c, struct gn_arena *arena);
GN_NODISCARD enum gn_status gn_pcs_recall_code(struct pcs_commitment *c, const struct gn_twiddles *t,
                                               const struct gn_work *w);
/* sections 9 and 10 for the stacks of the plan; the values of the claims were sent before */
GN_NODISCARD enum gn_status gn_pcs_open(struct pcs_commitment *const stacks[WHIR_STACKS], const struct whir_plan *plan,
                                        const struct pcs_point *point, struct gn_sender *s, const struct gn_twiddles *t,
                                        const struct gn_work *w);
/* bytes of arena that a commitment takes and keeps; the code words in these; what commit needs with them at its widest; and
 * what open needs beside the commitments */
size_t gn_pcs_committed_footprint(const struct pcs_layout *layout);
size_t gn_pcs_code_footprint(const struct pcs_layout *layout);
size_t gn_pcs_commit_footprint(const struct pcs_layout *layout);
size_t gn_pcs_open_footprint(const struct pcs_layout *const layouts[WHIR_STACKS], const struct whir_plan *plan);

/* ---- verifier; freestanding ---- */
struct pcs_opening {
    const struct pcs_layout *layout;
    digest root;
    bool ood;
    fp6 *ood_point, ood_value;
    const fp6 *claims; /* values in claim order */
};
GN_NODISCARD bool gn_pcs_recv_ood(struct pcs_opening *o, struct gn_receiver *r, struct gn_scratch *scratch);
/* stacks[s], s < plan->stacks_n */
GN_NODISCARD bool gn_pcs_verify(const struct pcs_opening *stacks, const struct whir_plan *plan,
                                const struct pcs_point *point, struct gn_receiver *r, struct gn_scratch *scratch);
size_t gn_pcs_verify_scratch(void); /* an upper bound for any layout */

#endif
