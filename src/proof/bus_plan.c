/* SPDX-License-Identifier: Apache-2.0 */
/* bus_plan.c - see bus_plan.h. */
#include "proof/bus_plan.h"

uint32_t gn_bus_space_size(const struct air_table *t, unsigned space)
{
    const uint32_t sizes[AIR_SPACE_TEMP] = {
        [AIR_SPACE_COMMITTED] = t->committed_n, [AIR_SPACE_NEXT] = t->next_n, [AIR_SPACE_PRE] = t->pre_n,
        [AIR_SPACE_FIXED] = t->fixed_n,         [AIR_SPACE_PUBLIC] = 0,       [AIR_SPACE_CONST] = 0,
    };
    return sizes[space];
}

static uint32_t outputs_of(const struct air_table *t)
{
    return t->outputs_n - t->constraints_n;
}

static bool is_constant(air_ref ref)
{
    return AIR_REF_SPACE(ref) == AIR_SPACE_CONST || AIR_REF_SPACE(ref) == AIR_SPACE_PUBLIC;
}

static fp constant_of(const struct air_table *t, const uint32_t *publics, air_ref ref)
{
    uint32_t i = AIR_REF_INDEX(ref);
    return AIR_REF_SPACE(ref) == AIR_SPACE_CONST ? fp_from_cell(t->consts[i]) : (fp){publics[i]};
}

static void mark_used(struct bus_plan *plan, air_ref ref)
{
    unsigned space = AIR_REF_SPACE(ref);
    if (space < AIR_SPACE_TEMP && plan->used[space] != NULL) {
        plan->used[space][AIR_REF_INDEX(ref)] = 1;
    }
}

/* The program without outputs that are columns or constants; output_of[k]: what output k is. */
static void plan_program(struct bus_plan *plan, struct air_insn *insns, air_ref *output_of)
{
    const struct air_table *t = plan->table;
    plan->program = *t;
    plan->program.code = insns;
    plan->program.bus_code_n = 0;
    for (uint32_t i = 0; i < t->bus_code_n; i++) {
        const struct air_insn *insn = &t->code[i];
        if (insn->op == AIR_OUT) {
            uint32_t k = insn->dst - t->constraints_n;
            bool computed = AIR_REF_SPACE(insn->a) == AIR_SPACE_TEMP;
            output_of[k] = computed ? AIR_REF(AIR_SPACE_TEMP, k) : insn->a;
            if (!computed) {
                continue;
            }
        }
        mark_used(plan, insn->a);
        if (insn->op != AIR_OUT) {
            mark_used(plan, insn->b);
        }
        insns[plan->program.bus_code_n++] = *insn;
    }
}

bool gn_bus_plan(struct bus_plan *plan, const struct air_system *s, uint32_t table, const struct gn_bus_challenges *c,
                 const uint32_t *publics, struct gn_arena *arena)
{
    const struct air_table *t = &s->tables[table];
    *plan = (struct bus_plan){.table = t};
    struct bus_message *messages = gn_arena_alloc(arena, t->interactions_n * sizeof *messages);
    air_ref *sources = gn_arena_alloc(arena, outputs_of(t) * sizeof *sources);
    fp6 *weights = gn_arena_alloc(arena, outputs_of(t) * sizeof *weights);
    air_ref *output_of = gn_arena_alloc(arena, outputs_of(t) * sizeof *output_of);
    struct air_insn *insns = gn_arena_alloc(arena, t->bus_code_n * sizeof *insns);
    bool ok = messages != NULL && sources != NULL && weights != NULL && output_of != NULL && insns != NULL;
    for (unsigned space = 0; ok && space < AIR_SPACE_TEMP; space++) {
        if (gn_bus_space_size(t, space) != 0) {
            plan->used[space] = gn_arena_zalloc(arena, gn_bus_space_size(t, space));
            ok = plan->used[space] != NULL;
        }
    }
    if (!ok) {
        return false;
    }
    plan_program(plan, insns, output_of);
    uint32_t n = 0;
    for (uint32_t k = 0; k < t->interactions_n; k++) {
        const struct air_interaction *x = &t->interactions[k];
        const air_ref *outputs = output_of + (x->first_output - t->constraints_n);
        struct bus_message m = {.numerator = outputs[0], .fixed = is_constant(outputs[0]), .first = n};
        m.base = fp6_sub(c->alpha, fp6_mul_fp(c->beta[s->max_entries], fp_from_cell(x->bus)));
        m.constant = m.fixed ? constant_of(t, publics, outputs[0]) : fp_zero();
        for (uint32_t j = 0; j < x->entries_n; j++) {
            if (is_constant(outputs[j + 1])) {
                m.base = fp6_sub(m.base, fp6_mul_fp(c->beta[j], constant_of(t, publics, outputs[j + 1])));
                continue;
            }
            weights[n] = fp6_neg(c->beta[j]);
            sources[n++] = outputs[j + 1];
        }
        m.entries_n = n - m.first;
        messages[k] = m;
    }
    plan->messages = messages;
    plan->sources = sources;
    plan->weights = weights;
    return true;
}

size_t gn_bus_plan_footprint(const struct air_table *t)
{
    size_t bytes = bus_alloc_bytes(t->interactions_n * sizeof(struct bus_message)) +
                   2 * bus_alloc_bytes(outputs_of(t) * sizeof(air_ref)) + bus_alloc_bytes(outputs_of(t) * sizeof(fp6)) +
                   bus_alloc_bytes(t->bus_code_n * sizeof(struct air_insn));
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        bytes += bus_alloc_bytes(gn_bus_space_size(t, space));
    }
    return bytes;
}
