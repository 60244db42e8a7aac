/* SPDX-License-Identifier: Apache-2.0 */
/* open.c - the prover of an opening: docs/protocol.md sections 9, 10, 11.  verify.c is its mirror. */
#include "pcs/reduce.h"
#include "pcs/stack.h"
#include "poly/vector.h"

/* section 10 for the claim that the reduction has left */
static enum gn_status open_combination(const struct pcs_commitment *c, const struct gn_reduction *reduced,
                                       struct gn_sender *s, const struct gn_twiddles *t, const struct gn_work *w)
{
    const struct pcs_layout *layout = c->layout;
    struct gn_stack stack;
    if (gn_stack_build(&stack, layout, c->cells, c->bits, w->arena) != GN_OK) {
        return GN_NO_MEMORY;
    }
    uint32_t *f = gn_arena_alloc(w->arena, ext_words((size_t)1 << layout->h) * sizeof *f);
    if (f == NULL) {
        return GN_NO_MEMORY;
    }
    gn_stack_combine(f, &stack, reduced->weights, w);
    struct whir_claim claim = {
        .params = layout->params,
        .columns = layout->columns,
        .weights = reduced->weights,
        .point = reduced->rho,
        .value = reduced->value,
    };
    struct whir_oracle oracle = {.columns = (const uint32_t *const *)c->code, .tree = c->tree};
    return gn_whir_prove(&claim, &oracle, f, s, t, w);
}

enum gn_status gn_pcs_open(struct pcs_commitment *c, const fp6 *claims, const struct pcs_point *point,
                           struct gn_sender *s, const struct gn_twiddles *t, const struct gn_work *w)
{
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    const bool recalled = c->forgotten; /* for as long as this takes */
    struct gn_reduction reduced;
    (void)claims; /* absorbed when they were sent; nothing of them is computed here */
    enum gn_status status = gn_pcs_recall_code(c, t, w);
    if (status == GN_OK) {
        status = gn_reduce_prove(&reduced, c, point, s, w);
    }
    if (status == GN_OK) {
        status = open_combination(c, &reduced, s, t, w);
    }
    c->forgotten = recalled;
    gn_arena_release(w->arena, mark);
    return status;
}
