/* SPDX-License-Identifier: Apache-2.0 */
/* open.c - the prover of an opening: docs/protocol.md sections 9, 10, 11.  verify.c is its mirror. */
#include "pcs/reduce.h"
#include "pcs/stack.h"
#include "poly/vector.h"

/* f_1 of section 10: the combination of each stack at its place; NULL without memory */
static uint32_t *combine(struct pcs_commitment *const *stacks, const struct gn_reduction *reduced,
                         const struct whir_plan *plan, const struct gn_work *w)
{
    uint32_t *f = gn_arena_alloc(w->arena, ext_words((size_t)1 << plan->vars) * sizeof *f);
    if (f == NULL) {
        return NULL;
    }
    gn_whir_clear_rest(f, plan);
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    for (uint32_t i = 0; i < plan->stacks_n; i++) {
        const struct pcs_commitment *c = stacks[i];
        struct gn_stack stack;
        if (gn_stack_build(&stack, c->layout, c->cells, c->bits, w->arena) != GN_OK) {
            return NULL;
        }
        gn_stack_combine(f + ext_at(plan->place[i], 0), &stack, reduced[i].weights, w);
        gn_arena_release(w->arena, mark);
    }
    return f;
}

/* section 10 for the claims that the reductions have left */
static enum gn_status open_combination(struct pcs_commitment *const *stacks, const struct gn_reduction *reduced,
                                       const struct whir_plan *plan, struct gn_sender *s, const struct gn_twiddles *t,
                                       const struct gn_work *w)
{
    struct whir_claim claim = {.plan = plan};
    struct whir_oracle oracles[WHIR_STACKS];
    for (uint32_t i = 0; i < plan->stacks_n; i++) {
        claim.stacks[i] = (struct whir_stack){
            .columns = stacks[i]->layout->columns,
            .weights = reduced[i].weights,
            .point = reduced[i].rho,
            .value = reduced[i].value,
        };
        oracles[i] = (struct whir_oracle){.columns = (const uint32_t *const *)stacks[i]->code, .tree = stacks[i]->tree};
    }
    uint32_t *f = combine(stacks, reduced, plan, w);
    return f == NULL ? GN_NO_MEMORY : gn_whir_prove(&claim, oracles, f, s, t, w);
}

enum gn_status gn_pcs_open(struct pcs_commitment *const stacks[WHIR_STACKS], const struct whir_plan *plan,
                           const struct pcs_point *point, struct gn_sender *s, const struct gn_twiddles *t,
                           const struct gn_work *w)
{
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    bool recalled[WHIR_STACKS] = {false}; /* for as long as this takes */
    struct gn_reduction reduced[WHIR_STACKS];
    enum gn_status status = GN_OK;
    for (uint32_t i = 0; i < plan->stacks_n; i++) {
        recalled[i] = stacks[i]->forgotten;
        status = status == GN_OK ? gn_pcs_recall_code(stacks[i], t, w) : status;
    }
    for (uint32_t i = 0; i < plan->stacks_n && status == GN_OK; i++) {
        status = gn_reduce_prove(&reduced[i], stacks[i], point, s, w);
    }
    if (status == GN_OK) {
        status = open_combination(stacks, reduced, plan, s, t, w);
    }
    for (uint32_t i = 0; i < plan->stacks_n; i++) {
        stacks[i]->forgotten = recalled[i];
    }
    gn_arena_release(w->arena, mark);
    return status;
}

size_t gn_pcs_open_footprint(const struct pcs_layout *const layouts[WHIR_STACKS], const struct whir_plan *plan)
{
    size_t reduce = 0, list = 0;
    for (uint32_t i = 0; i < plan->stacks_n; i++) {
        size_t need = gn_reduce_footprint(layouts[i]), stack = gn_stack_footprint(layouts[i]);
        reduce = need > reduce ? need : reduce;
        list = stack > list ? stack : list;
    }
    size_t whir = ext_words((size_t)1 << plan->vars) * sizeof(uint32_t) + gn_whir_footprint(plan);
    return list + (reduce > whir ? reduce : whir) + 8192;
}
