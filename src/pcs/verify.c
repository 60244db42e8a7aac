/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - the verifier of the commitment: docs/protocol.md sections 5.2, 9, 10, 11.  Freestanding.  open.c is its
 * mirror.
 *
 * Claim reduction leaves one claim about one combination of the columns of each stack; WHIR proves them from the roots. */
#include "pcs/reduce.h"

bool gn_pcs_recv_ood(struct pcs_opening *o, struct gn_receiver *r, struct gn_scratch *scratch)
{
    unsigned n = o->layout->h + o->layout->w_log2;
    o->ood_point = gn_scratch_take(scratch, n, sizeof *o->ood_point); /* kept for gn_pcs_verify */
    if (o->ood_point == NULL) {
        return gn_reject(r, GN_REJECT_SCRATCH);
    }
    gn_transcript_challenges(&r->transcript, LABEL_OOD_POINT, o->ood_point, n);
    return gn_recv_exts(r, LABEL_OOD_VALUE, &o->ood_value, 1);
}

bool gn_pcs_verify(const struct pcs_opening *stacks, const struct whir_plan *plan, const struct pcs_point *point,
                   struct gn_receiver *r, struct gn_scratch *scratch)
{
    size_t mark = scratch->used;
    struct gn_reduction *reduced = gn_scratch_take(scratch, plan->stacks_n, sizeof *reduced);
    if (reduced == NULL) {
        return gn_reject(r, GN_REJECT_SCRATCH);
    }
    struct whir_claim claim = {.plan = plan};
    digest roots[WHIR_STACKS];
    bool ok = true;
    for (uint32_t i = 0; i < plan->stacks_n && ok; i++) {
        ok = gn_reduce_verify(&reduced[i], &stacks[i], point, r, scratch);
        claim.stacks[i] = (struct whir_stack){
            .columns = stacks[i].layout->columns,
            .weights = reduced[i].weights,
            .point = reduced[i].rho,
            .value = reduced[i].value,
        };
        roots[i] = stacks[i].root;
    }
    ok = ok && gn_whir_verify(&claim, roots, r, scratch);
    scratch->used = mark;
    return ok;
}

size_t gn_pcs_verify_scratch(void)
{
    size_t reduce = gn_reduce_verify_scratch(), whir = gn_whir_verify_scratch();
    return (2 * WHIR_MAX_VARS) * sizeof(fp6) + 64 + WHIR_STACKS * sizeof(struct gn_reduction) + 64 +
           (reduce > whir ? reduce : whir);
}
