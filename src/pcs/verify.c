/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - the verifier of the commitment: docs/protocol.md sections 5.2, 9, 10, 11.  Freestanding.  open.c is its
 * mirror.
 *
 * Claim reduction leaves one claim about one combination of the stack columns; WHIR proves it from the root. */
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

bool gn_pcs_verify(const struct pcs_opening *o, const fp6 *claims, const struct pcs_point *point, struct gn_receiver *r,
                   struct gn_scratch *scratch)
{
    size_t mark = scratch->used;
    struct gn_reduction *reduced = gn_scratch_take(scratch, 1, sizeof *reduced);
    if (reduced == NULL) {
        return gn_reject(r, GN_REJECT_SCRATCH);
    }
    bool ok = gn_reduce_verify(reduced, o, claims, point, r, scratch);
    if (ok) {
        struct whir_claim claim = {
            .params = o->layout->params,
            .columns = o->layout->columns,
            .weights = reduced->weights,
            .point = reduced->rho,
            .value = reduced->value,
        };
        ok = gn_whir_verify(&claim, &o->root, o->layout->paged, r, scratch);
    }
    scratch->used = mark;
    return ok;
}

size_t gn_pcs_verify_scratch(void)
{
    size_t reduce = gn_reduce_verify_scratch(), whir = gn_whir_verify_scratch();
    return (2 * WHIR_MAX_VARS) * sizeof(fp6) + 64 + sizeof(struct gn_reduction) + 64 + (reduce > whir ? reduce : whir);
}
