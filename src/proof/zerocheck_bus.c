/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_bus.c - the bus's part of the zerocheck: what a table's leaves add to F_T (docs/protocol.md section 7.3).
 *
 * A leaf (p, q) of weight B adds B (lambda p + q - 1).  With r_i = q_i + lambda p_i of its messages (numerator p_i,
 * denominator q_i), lambda p + q is
 *   r_1,   r_1 r_2 - lambda^2 p_1 p_2   or
 *   r_1 r_2 r_3 - lambda^2 (p_1 p_2 r_3 + p_1 p_3 r_2 + p_2 p_3 r_1) + 2 lambda^3 p_1 p_2 p_3.
 * Each r_i is linear in what its message sends.  So a leaf is one product of linear forms, the first of which takes B in,
 * and the rest is linear too: three messages have constant numerators.  Only of two messages both numerators may vary;
 * their product is a *cross*.  The linear rests of all leaves are one form. */
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

/* operands, and behind them outputs of the program */
static uint32_t source_numbers(const struct air_table *air)
{
    return air->committed_n + air->next_n + air->pre_n + air->fixed_n + air->outputs_n - air->constraints_n;
}

uint32_t gn_zc_bus_sources(const struct air_table *air)
{
    return air->outputs_n - air->constraints_n + source_numbers(air); /* of the products, of the sum */
}

/* ---- forms ---- */

struct making {
    struct zc_table *t;
    fp6 lambda, square; /* lambda^2 */
    uint32_t n;         /* sources so far */
    bool merge;         /* the form that grows is the sum, which takes each source once */
    uint32_t degree;    /* of the sum */
};

static uint32_t add_source(struct making *m, air_ref ref, fp6 weight)
{
    uint32_t number = operand_of(m->t->air, ref), *place = &m->t->bus_place[number];
    if (m->merge && *place != 0) {
        m->t->bus_weights[*place - 1] = fp6_add(m->t->bus_weights[*place - 1], weight);
        return *place - 1;
    }
    m->t->bus_sources[m->n] = number;
    m->t->bus_weights[m->n] = weight;
    *place = m->merge ? m->n + 1 : 0;
    return m->n++;
}

/* adds scale r of a message to a form */
static void add_message(struct making *m, struct zc_form *form, const struct bus_message *x, fp6 scale)
{
    const struct bus_plan *plan = m->t->bus;
    fp6 base = x->base;
    for (uint32_t j = x->first; j < x->first + x->entries_n; j++) {
        add_source(m, plan->sources[j], gn_fp6_mul(scale, plan->weights[j]));
    }
    if (x->fixed) {
        base = fp6_add(base, fp6_mul_fp(m->lambda, x->constant));
    } else {
        add_source(m, x->numerator, gn_fp6_mul(m->lambda, scale));
    }
    form->base = fp6_add(form->base, gn_fp6_mul(scale, base));
}

static void begin_form(struct zc_form *form, const struct making *m)
{
    *form = (struct zc_form){.base = fp6_zero(), .first = m->n};
}

static void take_degree(uint32_t *degree, uint32_t other)
{
    *degree = other > *degree ? other : *degree;
}

static const struct bus_message *message_of(const struct zc_table *t, const struct air_leaf *leaf, uint32_t i)
{
    return &t->bus->messages[leaf->interactions[i]];
}

static void make_product(struct making *m, struct zc_forms *forms, const struct air_leaf *leaf, fp6 weight)
{
    struct zc_product *product = &m->t->bus_products[forms->products_n++];
    product->n = leaf->n;
    for (uint32_t i = 0; i < leaf->n; i++) {
        struct zc_form *form = &product->factors[i];
        begin_form(form, m);
        add_message(m, form, message_of(m->t, leaf, i), i == 0 ? weight : fp6_one());
        form->n = m->n - form->first;
    }
    const struct bus_message *a = message_of(m->t, leaf, 0), *b = message_of(m->t, leaf, 1);
    if (!a->fixed && !b->fixed) {
        uint32_t i = add_source(m, a->numerator, fp6_zero()), j = add_source(m, b->numerator, fp6_zero());
        m->t->bus_crosses[forms->crosses_n++] = (struct zc_cross){i, j, fp6_neg(gn_fp6_mul(weight, m->square))};
    }
}

/* a numerator of two that is not constant, times - lambda^2 weight and the constant other one */
static void add_numerator(struct making *m, const struct air_leaf *leaf, uint32_t i, fp6 scale)
{
    fp constant = message_of(m->t, leaf, 1 - i)->constant;
    add_source(m, message_of(m->t, leaf, i)->numerator, fp6_mul_fp(scale, constant));
    take_degree(&m->degree, m->t->air->interactions[leaf->interactions[i]].degree);
}

static void rest_of_two(struct making *m, struct zc_form *sum, const struct air_leaf *leaf, fp6 weight)
{
    const struct bus_message *a = message_of(m->t, leaf, 0), *b = message_of(m->t, leaf, 1);
    fp6 scale = fp6_neg(gn_fp6_mul(weight, m->square));
    if (a->fixed && b->fixed) {
        sum->base = fp6_add(sum->base, fp6_mul_fp(scale, fp_mul(a->constant, b->constant)));
    } else if (a->fixed || b->fixed) {
        add_numerator(m, leaf, a->fixed ? 1 : 0, scale);
    }
}

static void rest_of_three(struct making *m, struct zc_form *sum, const struct air_leaf *leaf, fp6 weight)
{
    fp6 scale = fp6_neg(gn_fp6_mul(weight, m->square));
    fp all = {FP_R1};
    for (uint32_t i = 0; i < 3; i++) {
        const struct bus_message *x = message_of(m->t, leaf, i);
        fp others =
            fp_mul(message_of(m->t, leaf, (i + 1) % 3)->constant, message_of(m->t, leaf, (i + 2) % 3)->constant);
        add_message(m, sum, x, fp6_mul_fp(scale, others));
        all = fp_mul(all, x->constant);
        take_degree(&m->degree, m->t->air->interactions[leaf->interactions[i]].degree);
    }
    fp6 cube = fp6_mul_fp(gn_fp6_mul(scale, m->lambda), all);
    sum->base = fp6_sub(sum->base, fp6_add(cube, cube));
}

static void make_sum(struct making *m, struct zc_form *sum)
{
    struct zc_table *t = m->t;
    begin_form(sum, m);
    m->merge = true;
    for (uint32_t k = 0; k < t->air->leaves_n; k++) {
        const struct air_leaf *leaf = &t->air->leaves[k];
        const fp6 weight = t->leaf_weights[k];
        sum->base = fp6_sub(sum->base, weight);
        if (leaf->n == 1) {
            add_message(m, sum, message_of(t, leaf, 0), weight);
            take_degree(&m->degree, t->air->interactions[leaf->interactions[0]].degree);
        } else if (leaf->n == 2) {
            rest_of_two(m, sum, leaf, weight);
        } else {
            rest_of_three(m, sum, leaf, weight);
        }
    }
    sum->n = m->n - sum->first;
}

/* ---- parts ---- */

static void mark_sources(struct zc_table *t, int kind, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++) {
        if (t->bus_sources[i] < t->operands_n) {
            t->used[t->bus_sources[i]] |= (uint8_t)(1 << kind);
        } else {
            t->computes[kind] = true;
        }
    }
    for (unsigned space = 0; t->computes[kind] && space < AIR_SPACE_TEMP; space++) {
        for (uint32_t k = 0; t->bus->used[space] != NULL && k < gn_bus_space_size(t->air, space); k++) {
            uint32_t operand = operand_of(t->air, AIR_REF(space, k));
            t->used[operand] |= (uint8_t)(t->bus->used[space][k] ? 1 << kind : 0);
        }
    }
}

void gn_zc_bus_forms(struct zc_prover *p, struct zc_table *t, fp6 lambda, fp6 bus)
{
    const struct air_table *air = t->air;
    struct making m = {.t = t, .lambda = lambda, .square = gn_fp6_square(lambda), .degree = 1};
    struct zc_forms *products = &t->forms[ZC_PRODUCTS], *sums = &t->forms[ZC_SUMS];
    uint32_t degree = 0;
    *products = (struct zc_forms){.products = t->bus_products, .crosses = t->bus_crosses, .weights = t->bus_weights};
    gn_zerocheck_leaf_weights(t->leaf_weights, p->shape, t->number, p->xi, bus);
    for (uint32_t k = 0; k < air->leaves_n; k++) {
        if (air->leaves[k].n > 1) {
            make_product(&m, products, &air->leaves[k], t->leaf_weights[k]);
            take_degree(&degree, air_leaf_degree(air, &air->leaves[k]));
        }
    }
    const uint32_t factors = m.n;
    make_sum(&m, &products->sum);
    *sums = (struct zc_forms){.weights = t->bus_weights};
    if (degree == 0 || (products->sum.n >= ZC_LEAST_SUM && m.degree < degree)) {
        sums->sum = products->sum;
        products->sum = (struct zc_form){.base = fp6_zero()};
        t->parts[ZC_SUMS].degree = m.degree;
        mark_sources(t, ZC_SUMS, factors, m.n - factors);
        mark_sources(t, ZC_PRODUCTS, 0, factors);
    } else {
        mark_sources(t, ZC_PRODUCTS, 0, m.n);
    }
    t->parts[ZC_PRODUCTS].degree = degree;
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
    t->bus_place = gn_arena_zalloc(arena, source_numbers(air) * sizeof *t->bus_place);
    t->bus_products = gn_arena_alloc(arena, air->leaves_n * sizeof *t->bus_products);
    t->bus_crosses = gn_arena_alloc(arena, air->leaves_n * sizeof *t->bus_crosses);
    t->leaf_weights = gn_arena_alloc(arena, air->leaves_n * sizeof *t->leaf_weights);
    t->bus = plan;
    return plan != NULL && t->bus_sources != NULL && t->bus_weights != NULL && t->bus_place != NULL &&
           t->bus_products != NULL && t->bus_crosses != NULL && t->leaf_weights != NULL &&
           gn_bus_plan(plan, p->shape->system, t->number, p->challenges, p->publics, arena);
}

size_t gn_zc_bus_footprint(const struct air_table *air)
{
    const size_t n = gn_zc_bus_sources(air);
    return gn_bus_plan_footprint(air) + bus_alloc_bytes(sizeof(struct bus_plan)) +
           bus_alloc_bytes(n * sizeof(uint32_t)) + bus_alloc_bytes(n * sizeof(fp6)) +
           bus_alloc_bytes(source_numbers(air) * sizeof(uint32_t)) +
           bus_alloc_bytes(air->leaves_n * sizeof(struct zc_product)) +
           bus_alloc_bytes(air->leaves_n * sizeof(struct zc_cross)) + bus_alloc_bytes(air->leaves_n * sizeof(fp6));
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

void gn_zc_bus_eval(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, uint32_t *acc, int kind,
                    const struct air_block *block)
{
    place_sources(t, s, AIR_BLOCK_ROWS);
    if (t->computes[kind]) {
        air_eval_bus(s->outputs, &t->bus->program, block, s->temps, p->work->isa);
    }
    p->lanes->forms(acc, &t->forms[kind], s->sources, block->rows);
}

void gn_zc_bus_eval_ext(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, uint32_t *acc,
                        int kind, const struct air_block *block)
{
    place_sources(t, s, ext_words(AIR_BLOCK_ROWS));
    if (t->computes[kind]) {
        air_eval_bus_ext(s->outputs, &t->bus->program, block, s->temps, p->work->isa);
    }
    p->lanes->forms_ext(acc, &t->forms[kind], s->sources, block->rows);
}
