/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_bus.c - the bus's part of the zerocheck: what a table's pairs of messages add to F_T (docs/protocol.md
 * section 7.3).
 *
 * With r = q + lambda p of a message (numerator p, denominator q), a pair of weight B gives
 *   B (r_1 r_2 - lambda^2 p_1 p_2 - 1),   a message alone B (r - 1).
 * So every pair is a product of two forms that are linear in what its messages send (the first takes B in), the product
 * of its numerators where these are not constant, and a constant; all messages that stand alone are one linear form. */
#include "proof/bus_plan.h"
#include "proof/zerocheck_prover.h"

static uint32_t operand_of(const struct air_table *air, air_ref ref)
{
    const uint32_t next = air->committed_n, pre = next + air->next_n, fixed = pre + air->pre_n;
    const uint32_t first[] = {[AIR_SPACE_COMMITTED] = 0,
                              [AIR_SPACE_NEXT] = next,
                              [AIR_SPACE_PRE] = pre,
                              [AIR_SPACE_FIXED] = fixed,
                              [AIR_SPACE_PUBLIC] = 0,
                              [AIR_SPACE_CONST] = 0,
                              [AIR_SPACE_TEMP] = fixed + air->fixed_n}; /* outputs come behind the operands */
    return first[AIR_REF_SPACE(ref)] + AIR_REF_INDEX(ref);
}

static bool is_computed(const struct air_insn *insn)
{
    return insn->op == AIR_OUT && AIR_REF_SPACE(insn->a) == AIR_SPACE_TEMP;
}

uint32_t gn_zc_bus_computed(const struct air_table *air)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < air->bus_code_n; i++) {
        n += is_computed(&air->code[i]);
    }
    return n;
}

uint32_t gn_zc_bus_sources(const struct air_table *air)
{
    return air->outputs_n - air->constraints_n + air->interactions_n; /* products with a constant numerator */
}

/* ---- forms ---- */

struct making {
    const struct zc_table *t;
    fp6 lambda;
    uint32_t *sources;
    fp6 *weights;
    uint32_t n;
};

static uint32_t add_source(struct making *m, air_ref ref, fp6 weight)
{
    m->sources[m->n] = operand_of(m->t->air, ref);
    m->weights[m->n] = weight;
    return m->n++;
}

/* scale r to the form; returns the numerator's source, or AIR_ALONE if it is constant */
static uint32_t add_message(struct making *m, struct zc_form *form, uint32_t interaction, fp6 scale)
{
    const struct bus_plan *plan = m->t->bus;
    const struct bus_message *x = &plan->messages[interaction];
    fp6 base = x->base, numerator = gn_fp6_mul(m->lambda, scale);
    uint32_t source = AIR_ALONE;
    for (uint32_t j = x->first; j < x->first + x->entries_n; j++) {
        add_source(m, plan->sources[j], gn_fp6_mul(scale, plan->weights[j]));
    }
    if (x->fixed) {
        base = fp6_add(base, fp6_mul_fp(m->lambda, x->constant));
    } else {
        source = add_source(m, x->numerator, numerator);
    }
    form->base = fp6_add(form->base, gn_fp6_mul(scale, base));
    return source;
}

static void begin_form(struct zc_form *form, const struct making *m)
{
    *form = (struct zc_form){.base = fp6_zero(), .first = m->n};
}

/* the two factors of a pair, and of lambda^2 p_1 p_2 what is neither constant nor linear */
static void make_pair(struct making *m, struct zc_forms *forms, struct zc_form *factors, struct zc_cross *crosses,
                      const struct air_pair *pair, fp6 weight)
{
    uint32_t sources[2];
    for (unsigned k = 0; k < 2; k++) {
        begin_form(&factors[k], m);
        sources[k] = add_message(m, &factors[k], k == 0 ? pair->first : pair->second, k == 0 ? weight : fp6_one());
        factors[k].n = m->n - factors[k].first;
    }
    if (sources[0] != AIR_ALONE && sources[1] != AIR_ALONE) {
        fp6 square = gn_fp6_mul(weight, gn_fp6_square(m->lambda));
        crosses[forms->crosses_n++] = (struct zc_cross){sources[0], sources[1], fp6_neg(square)};
    }
}

/* the others of the products of numerators: to the linear form or to the constant */
static void add_rest(struct making *m, fp6 *constant, const struct air_pair *pair, fp6 weight)
{
    const struct bus_message *a = &m->t->bus->messages[pair->first], *b = &m->t->bus->messages[pair->second];
    fp6 square = fp6_neg(gn_fp6_mul(weight, gn_fp6_square(m->lambda)));
    if (a->fixed && b->fixed) {
        *constant = fp6_add(*constant, fp6_mul_fp(square, fp_mul(a->constant, b->constant)));
    } else if (a->fixed) {
        add_source(m, b->numerator, fp6_mul_fp(square, a->constant));
    } else if (b->fixed) {
        add_source(m, a->numerator, fp6_mul_fp(square, b->constant));
    }
}

void gn_zc_bus_forms(struct zc_prover *p, struct zc_table *t, fp6 lambda, fp6 bus)
{
    const struct air_table *air = t->air;
    struct making m = {.t = t, .lambda = lambda, .sources = t->bus_sources, .weights = t->bus_weights};
    struct zc_forms *forms = &t->forms;
    struct zc_form *factors = t->bus_factors;
    fp6 constant = fp6_zero(), *weights = t->pair_weights;
    *forms = (struct zc_forms){.factors = factors, .crosses = t->bus_crosses, .weights = t->bus_weights};
    gn_zerocheck_pair_weights(weights, p->shape, t->number, p->xi, bus);
    for (uint32_t k = 0; k < air->pairs_n; k++) {
        constant = fp6_sub(constant, weights[k]);
        if (air->pairs[k].second != AIR_ALONE) {
            make_pair(&m, forms, factors, t->bus_crosses, &air->pairs[k], weights[k]);
            forms->products_n++;
            factors += 2;
        }
    }
    begin_form(&forms->sum, &m);
    for (uint32_t k = 0; k < air->pairs_n; k++) {
        if (air->pairs[k].second == AIR_ALONE) {
            (void)add_message(&m, &forms->sum, air->pairs[k].first, weights[k]);
        } else {
            add_rest(&m, &constant, &air->pairs[k], weights[k]);
        }
    }
    forms->sum.n = m.n - forms->sum.first;
    t->parts[ZC_BUS].constant = fp6_add(constant, forms->sum.base);
    forms->sum.base = fp6_zero();
    t->bus_sources_n = m.n;
}

/* ---- memory ---- */

bool gn_zc_bus_alloc(struct zc_prover *p, struct zc_table *t)
{
    const struct air_table *air = t->air;
    struct gn_arena *arena = p->work->arena;
    const uint32_t n = gn_zc_bus_sources(air);
    struct bus_plan *plan = gn_arena_alloc(arena, sizeof *plan);
    t->bus_sources = gn_arena_alloc(arena, n * sizeof *t->bus_sources);
    t->bus_weights = gn_arena_alloc(arena, n * sizeof *t->bus_weights);
    t->bus_factors = gn_arena_alloc(arena, (size_t)2 * air->pairs_n * sizeof *t->bus_factors);
    t->bus_crosses = gn_arena_alloc(arena, air->pairs_n * sizeof *t->bus_crosses);
    t->pair_weights = gn_arena_alloc(arena, air->pairs_n * sizeof *t->pair_weights);
    t->bus = plan;
    return plan != NULL && t->bus_sources != NULL && t->bus_weights != NULL && t->bus_factors != NULL &&
           t->bus_crosses != NULL && t->pair_weights != NULL &&
           gn_bus_plan(plan, p->shape->system, t->number, p->challenges, p->publics, arena);
}

size_t gn_zc_bus_footprint(const struct air_table *air)
{
    const size_t n = gn_zc_bus_sources(air);
    return gn_bus_plan_footprint(air) + bus_alloc_bytes(sizeof(struct bus_plan)) +
           bus_alloc_bytes(n * sizeof(uint32_t)) + bus_alloc_bytes(n * sizeof(fp6)) +
           bus_alloc_bytes((size_t)2 * air->pairs_n * sizeof(struct zc_form)) +
           bus_alloc_bytes(air->pairs_n * sizeof(struct zc_cross)) + bus_alloc_bytes(air->pairs_n * sizeof(fp6));
}

/* ---- evaluation ---- */

/* where sources lie: operands as in block, outputs that are computed `stride` words apart */
static void place_sources(const struct zc_table *t, struct zc_scratch *s, size_t stride)
{
    const struct air_table *air = &t->bus->program;
    uint32_t *at = s->computed;
    for (uint32_t i = 0; i < air->bus_code_n; i++) {
        if (air->code[i].op == AIR_OUT) {
            s->outputs[air->code[i].dst - air->constraints_n] = at;
            at += stride;
        }
    }
    for (uint32_t i = 0; i < t->bus_sources_n; i++) {
        uint32_t k = t->bus_sources[i];
        s->sources[i] = k < t->operands_n ? s->operands[k] : s->outputs[k - t->operands_n];
    }
}

void gn_zc_bus_eval(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, uint32_t *acc,
                    const struct air_block *block)
{
    place_sources(t, s, AIR_BLOCK_ROWS);
    if (t->bus->program.bus_code_n > 0) {
        air_eval_bus(s->outputs, &t->bus->program, block, s->temps, p->work->isa);
    }
    p->lanes->forms(acc, &t->forms, s->sources, block->rows);
}

void gn_zc_bus_eval_ext(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, uint32_t *acc,
                        const struct air_block *block)
{
    place_sources(t, s, ext_words(AIR_BLOCK_ROWS));
    if (t->bus->program.bus_code_n > 0) {
        air_eval_bus_ext(s->outputs, &t->bus->program, block, s->temps, p->work->isa);
    }
    p->lanes->forms_ext(acc, &t->forms, s->sources, block->rows);
}
