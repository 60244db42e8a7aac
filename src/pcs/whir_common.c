/* SPDX-License-Identifier: Apache-2.0 */
/* whir_common.c - what follows from the parameter rows of the stacks that are opened together: docs/protocol.md section
 * 10, "One polynomial" and "Parameters".  Freestanding. */
#include "pcs/whir.h"

/* entries i = 0 of a stack's row */
static bool stack_valid(const struct whir_params *p)
{
    return p->m >= p->k0 && p->k0 <= 8 && gn_whir_rows_log2(p) <= WHIR_MAX_VARS && p->queries[0] <= WHIR_MAX_QUERIES &&
           p->grind[0] <= 63;
}

/* the entries i >= 1, from `vars` variables down to the final ones */
static bool rounds_valid(const struct whir_params *p, unsigned vars)
{
    if (p->rounds > WHIR_MAX_ROUNDS || p->final_log2 > WHIR_MAX_FINAL_LOG2) {
        return false;
    }
    for (unsigned i = 1; i <= p->rounds; i++) {
        if (p->k[i] == 0 || p->k[i] > WHIR_MAX_FOLD_LOG2 || p->k[i] > vars) {
            return false;
        }
        vars -= p->k[i];
        if (vars + p->mu[i] > WHIR_MAX_VARS || p->queries[i] > WHIR_MAX_QUERIES || p->grind[i] > 63) {
            return false;
        }
    }
    return vars == p->final_log2;
}

bool gn_whir_plan(struct whir_plan *plan, const struct whir_params *main, const struct whir_params *preprocessed,
                  const struct whir_params *joint)
{
    *plan = (struct whir_plan){.stacks = {main, preprocessed}, .stacks_n = 1, .rounds = main};
    if (main == NULL || !stack_valid(main)) {
        return false;
    }
    plan->vars = gn_whir_vars(main);
    plan->end = (size_t)1 << plan->vars;
    plan->grind = main->grind[0];
    if (preprocessed == NULL) {
        return rounds_valid(plan->rounds, plan->vars);
    }
    if (joint == NULL || !stack_valid(preprocessed) || gn_whir_vars(main) < WHIR_JOIN_MIN_LOG2 ||
        gn_whir_vars(preprocessed) < WHIR_JOIN_MIN_LOG2) {
        return false;
    }
    plan->stacks_n = WHIR_STACKS;
    plan->rounds = joint;
    plan->vars = gn_whir_joint_vars(main, preprocessed);
    plan->grind = main->grind[0] > preprocessed->grind[0] ? main->grind[0] : preprocessed->grind[0];
    unsigned upper = gn_whir_vars(main) < gn_whir_vars(preprocessed) ? 0 : 1; /* the smaller one */
    plan->place[upper] = (size_t)1 << (plan->vars - 1);
    plan->end = plan->place[upper] + ((size_t)1 << gn_whir_vars(plan->stacks[upper]));
    return plan->vars <= WHIR_MAX_VARS && joint->m == plan->vars && joint->k0 == 0 && joint->rounds > 0 &&
           rounds_valid(joint, plan->vars);
}

uint32_t gn_whir_columns(const struct whir_plan *plan, unsigned i)
{
    unsigned k = plan->rounds->k[i];
    if (i > 1) {
        return (uint32_t)1 << k;
    }
    size_t part = (size_t)1 << (plan->vars - k);
    return (uint32_t)((plan->end + part - 1) / part);
}

bool gn_whir_claim_valid(const struct whir_claim *claim)
{
    for (uint32_t s = 0; s < claim->plan->stacks_n; s++) {
        uint32_t columns = claim->stacks[s].columns;
        if (columns == 0 || columns > (uint32_t)1 << claim->plan->stacks[s]->k0) {
            return false;
        }
    }
    return true;
}
