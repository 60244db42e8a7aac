/* SPDX-License-Identifier: Apache-2.0 */
/* lower.c - from expression nodes to a three-address program.
 *
 * Three sections, lowered one after the other and independent of each other, because a caller may run only one: first
 * the interactions, then the constraints of degree up to AIR_LOW_DEGREE, then the others.  (A value that two of them
 * need is computed twice; that is cheaper than keeping it.)  Within a section outputs come in order; each is computed by a depth-first walk that takes the operand with
 * the deeper tree first, and is consumed by an OUT at once.
 *
 * A temporary is given back at the last use of its value, counted beforehand over the nodes that the section reaches.
 * Two exceptions.  The operand of an OUT is given back only OUT_DELAY OUTs later, so that the block evaluator can
 * take several outputs in one pass over its accumulators.  And a cheap value, the sum or difference of two cells,
 * does not live beyond the output that it serves: to compute it again costs about as much as to load it, and such
 * values, shared between distant constraints, would occupy most of the temporaries.
 *
 * Nothing here depends on the numbers of nodes (see expr.c): constants are sorted by value, next columns by column,
 * ties go to the first operand. */
#include "air/builder.h"

#include <stdlib.h>
#include <string.h>

#define OUT_DELAY 3

struct lowering {
    struct air *t;
    struct gn_arena *arena; /* where the code goes */
    struct air_insn *code;  /* grows in the builder's arena */
    uint32_t code_n, code_capacity;
    /* per node */
    uint32_t *uses;  /* uses not yet emitted, in this section; of a cheap node, in this output */
    uint32_t *temp;  /* temporary + 1 once computed, else 0 */
    uint32_t *need;  /* Sethi-Ullman number of the tree: how many temporaries it takes */
    uint32_t *leaf;  /* operand of a leaf or constant after numbering; 0 until then */
    uint32_t *seen;  /* 1 + the latest output whose walk met the node */
    uint32_t *stack; /* of a walk; holds a node at most once */
    /* temporaries */
    uint32_t *free_temps;
    uint32_t free_n, temps_n;
    uint32_t held[OUT_DELAY]; /* operands of the latest OUTs: temporary + 1, or 0 */
    uint32_t outs_n;          /* OUTs emitted */
};

static bool is_operation(expr n)
{
    return n->kind >= EXPR_ADD;
}

static bool is_cheap(expr n)
{
    return (n->kind == EXPR_ADD || n->kind == EXPR_SUB) && !is_operation(air_node(n->table, n->a)) &&
           !is_operation(air_node(n->table, n->b));
}

/* ---- what the outputs reach ---- */

static void mark(struct lowering *l, expr root)
{
    uint32_t top = 0;
    if (l->uses[root->id]++ == 0 && is_operation(root)) {
        l->stack[top++] = root->id;
    }
    while (top > 0) {
        expr n = air_node(l->t, l->stack[--top]);
        const uint32_t operands[2] = {n->a, n->b};
        for (int i = 0; i < 2; i++) {
            if (l->uses[operands[i]]++ == 0 && is_operation(air_node(l->t, operands[i]))) {
                l->stack[top++] = operands[i];
            }
        }
    }
}

static void mark_interactions(struct lowering *l)
{
    for (uint32_t i = 0; i < l->t->interactions.n; i++) {
        const struct air_interaction_draft *d = &l->t->interactions.at[i];
        mark(l, d->numerator);
        for (uint32_t k = 0; k < d->i.entries_n; k++) {
            mark(l, d->entries[k]);
        }
    }
}

static bool is_low(const struct lowering *l, uint32_t constraint)
{
    return l->t->constraints.at[constraint].x->degree <= AIR_LOW_DEGREE;
}

static void mark_constraints(struct lowering *l, bool low)
{
    for (uint32_t i = 0; i < l->t->constraints.n; i++) {
        if (is_low(l, i) == low) {
            mark(l, l->t->constraints.at[i].x);
        }
    }
}

static void compute_needs(struct lowering *l)
{
    for (uint32_t i = 0; i < l->t->nodes_n; i++) {
        expr n = air_node(l->t, i);
        if (is_operation(n)) {
            uint32_t a = l->need[n->a], b = l->need[n->b];
            uint32_t most = a > b ? a : b;
            l->need[i] = a == b ? most + 1 : most;
        }
    }
}

static int by_value(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* The constants in use, ascending; each node gets its place. */
static bool number_consts(struct lowering *l, struct air_table *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->t->nodes_n; i++) {
        n += l->uses[i] > 0 && air_node(l->t, i)->kind == EXPR_CONST;
    }
    uint32_t *consts = gn_arena_alloc(l->arena, n * sizeof *consts);
    if (consts == NULL) {
        return false;
    }
    n = 0;
    for (uint32_t i = 0; i < l->t->nodes_n; i++) {
        if (l->uses[i] > 0 && air_node(l->t, i)->kind == EXPR_CONST) {
            consts[n++] = air_node(l->t, i)->a;
        }
    }
    qsort(consts, n, sizeof *consts, by_value);
    for (uint32_t i = 0; i < l->t->nodes_n; i++) {
        if (l->uses[i] > 0 && air_node(l->t, i)->kind == EXPR_CONST) {
            const uint32_t *at = bsearch(&air_node(l->t, i)->a, consts, n, sizeof *consts, by_value);
            l->leaf[i] = AIR_REF(AIR_SPACE_CONST, at - consts);
        }
    }
    out->consts = consts;
    out->consts_n = n;
    return true;
}

/* Numbers the constants and next columns that are in use. */
static bool number_leaves(struct lowering *l, struct air_table *out)
{
    uint32_t *next_columns = gn_arena_alloc(l->arena, l->t->committed.n * sizeof *next_columns);
    uint32_t *next_node = air_builder_alloc(l->t->b, l->t->committed.n * sizeof *next_node);
    if (next_columns == NULL || next_node == NULL) {
        return false;
    }
    memset(next_node, 0xff, l->t->committed.n * sizeof *next_node);
    for (uint32_t i = 0; i < l->t->nodes_n; i++) {
        expr n = air_node(l->t, i);
        l->leaf[i] = n->a;
        if (l->uses[i] > 0 && n->kind == EXPR_LEAF && AIR_REF_SPACE(n->a) == AIR_SPACE_NEXT) {
            next_node[AIR_REF_INDEX(n->a)] = i;
        }
    }
    for (uint32_t c = 0; c < l->t->committed.n; c++) {
        if (next_node[c] != NO_NODE) {
            l->leaf[next_node[c]] = AIR_REF(AIR_SPACE_NEXT, out->next_n);
            next_columns[out->next_n++] = c;
        }
    }
    out->next = next_columns;
    return number_consts(l, out);
}

/* ---- emission ---- */

static bool emit(struct lowering *l, struct air_insn insn)
{
    if (!air_grow(l->t->b, (void **)&l->code, l->code_n, &l->code_capacity, sizeof *l->code)) {
        return false;
    }
    l->code[l->code_n++] = insn;
    return true;
}

static air_ref operand(const struct lowering *l, expr n)
{
    return is_operation(n) ? AIR_REF(AIR_SPACE_TEMP, l->temp[n->id] - 1) : l->leaf[n->id];
}

/* One use of n is done.  After the last one its temporary is returned (+ 1), else 0; a cheap node is forgotten. */
static uint32_t use(struct lowering *l, expr n)
{
    if (--l->uses[n->id] > 0 || !is_operation(n)) {
        return 0;
    }
    uint32_t temp = l->temp[n->id];
    if (is_cheap(n)) {
        l->temp[n->id] = 0;
    }
    return temp;
}

static void give_back(struct lowering *l, uint32_t temp)
{
    if (temp != 0) {
        l->free_temps[l->free_n++] = temp - 1;
    }
}

static bool emit_node(struct lowering *l, expr n)
{
    static const uint32_t op[] = {[EXPR_ADD] = AIR_ADD, [EXPR_SUB] = AIR_SUB, [EXPR_MUL] = AIR_MUL};
    expr a = air_node(l->t, n->a), b = air_node(l->t, n->b);
    struct air_insn insn = {.op = op[n->kind], .a = operand(l, a), .b = operand(l, b)};
    give_back(l, use(l, a));
    give_back(l, use(l, b));
    insn.dst = l->free_n > 0 ? l->free_temps[--l->free_n]
                             : l->temps_n++; /* may be an operand's: evaluators read before they write */
    l->temp[n->id] = insn.dst + 1;
    return emit(l, insn);
}

static bool emit_tree(struct lowering *l, expr root)
{
    uint32_t top = 0;
    if (is_operation(root)) {
        l->stack[top++] = root->id;
    }
    while (top > 0) {
        expr n = air_node(l->t, l->stack[top - 1]);
        if (l->temp[n->id] != 0) {
            top--;
            continue;
        }
        uint32_t first = n->a, second = n->b;
        if (l->need[second] > l->need[first]) {
            first = n->b;
            second = n->a;
        }
        if (is_operation(air_node(l->t, first)) && l->temp[first] == 0) {
            l->stack[top++] = first;
        } else if (is_operation(air_node(l->t, second)) && l->temp[second] == 0) {
            l->stack[top++] = second;
        } else if (!emit_node(l, n)) {
            return false;
        }
    }
    return true;
}

/* Counts the uses of cheap nodes among what is still to be emitted for this output. */
static void count_cheap(struct lowering *l, expr root, uint32_t output)
{
    uint32_t top = 0;
    l->stack[top++] = root->id;
    l->seen[root->id] = output + 1;
    if (is_cheap(root)) {
        l->uses[root->id] = 1;
    }
    while (top > 0) {
        expr n = air_node(l->t, l->stack[--top]);
        if (!is_operation(n) || l->temp[n->id] != 0) {
            continue;
        }
        const uint32_t operands[2] = {n->a, n->b};
        for (int i = 0; i < 2; i++) {
            uint32_t id = operands[i];
            bool first = l->seen[id] != output + 1;
            if (is_cheap(air_node(l->t, id))) {
                l->uses[id] = first ? 1 : l->uses[id] + 1;
            }
            if (first) {
                l->seen[id] = output + 1;
                l->stack[top++] = id;
            }
        }
    }
}

static bool emit_output(struct lowering *l, expr x, uint32_t output)
{
    count_cheap(l, x, output);
    if (!emit_tree(l, x) || !emit(l, (struct air_insn){.op = AIR_OUT, .dst = output, .a = operand(l, x)})) {
        return false;
    }
    uint32_t *held = &l->held[l->outs_n++ % OUT_DELAY];
    give_back(l, *held);
    *held = use(l, x);
    return true;
}

static void begin_section(struct lowering *l)
{
    memset(l->uses, 0, l->t->nodes_n * sizeof *l->uses);
    memset(l->temp, 0, l->t->nodes_n * sizeof *l->temp);
    memset(l->held, 0, sizeof l->held);
    l->free_n = 0;
    for (uint32_t i = l->temps_n; i-- > 0;) {
        l->free_temps[l->free_n++] = i;
    }
}

static bool lower_interactions(struct lowering *l, const struct air_table *out)
{
    begin_section(l);
    mark_interactions(l);
    for (uint32_t i = 0; i < out->interactions_n; i++) {
        const struct air_interaction_draft *d = &l->t->interactions.at[i];
        uint32_t output = out->interactions[i].first_output;
        if (!emit_output(l, d->numerator, output)) {
            return false;
        }
        for (uint32_t k = 0; k < d->i.entries_n; k++) {
            if (!emit_output(l, d->entries[k], output + 1 + k)) {
                return false;
            }
        }
    }
    return true;
}

static bool lower_constraints(struct lowering *l, const struct air_table *out, bool low)
{
    begin_section(l);
    mark_constraints(l, low);
    for (uint32_t i = 0; i < out->constraints_n; i++) {
        if (is_low(l, i) == low && !emit_output(l, l->t->constraints.at[i].x, i)) {
            return false;
        }
    }
    return true;
}

/* ---- leaves ---- */

static bool numerator_is_constant(const struct air *t, uint32_t interaction)
{
    return t->interactions.at[interaction].numerator->kind == EXPR_CONST;
}

/* May the interaction join the leaf? */
static bool fits(const struct air_table *out, const struct air *t, const struct air_leaf *leaf, uint32_t interaction)
{
    const struct air_leaf alone = {1, {interaction}};
    bool constant = numerator_is_constant(t, interaction);
    for (uint32_t i = 0; i < leaf->n; i++) {
        constant = constant && numerator_is_constant(t, leaf->interactions[i]);
    }
    return leaf->n < (constant ? AIR_LEAF_MESSAGES : 2) &&
           air_leaf_degree(out, leaf) + air_leaf_degree(out, &alone) <= AIR_LEAF_DEGREE;
}

static void place(struct air_leaf *leaves, struct air_table *out, const struct air *t, uint32_t interaction)
{
    uint32_t k = 0;
    while (k < out->leaves_n && !fits(out, t, &leaves[k], interaction)) {
        k++;
    }
    if (k == out->leaves_n) {
        leaves[out->leaves_n++] = (struct air_leaf){0};
    }
    leaves[k].interactions[leaves[k].n++] = interaction;
}

/* in descending order of degree, each in the first leaf that has room */
static bool make_leaves(struct air_table *out, const struct air *t, struct gn_arena *arena)
{
    struct air_leaf *leaves = gn_arena_alloc(arena, out->interactions_n * sizeof *leaves);
    if (leaves == NULL) {
        return false;
    }
    for (uint32_t degree = AIR_MAX_DEGREE + 1; degree-- > 0;) {
        for (uint32_t i = 0; i < out->interactions_n; i++) {
            if (out->interactions[i].degree == degree) {
                place(leaves, out, t, i);
            }
        }
    }
    out->leaves = leaves;
    return true;
}

static uint32_t largest_degree(const struct air_table *t)
{
    uint32_t d = 0;
    for (uint32_t i = 0; i < t->constraints_n; i++) {
        d = t->constraints[i].degree > d ? t->constraints[i].degree : d;
    }
    for (uint32_t i = 0; i < t->leaves_n; i++) {
        uint32_t own = air_leaf_degree(t, &t->leaves[i]);
        d = own > d ? own : d;
    }
    return d;
}

bool air_lower(struct air_table *out, struct air *t, struct gn_arena *arena)
{
    size_t bytes = ((size_t)t->nodes_n + 1) * sizeof(uint32_t);
    struct lowering l = {.t = t, .arena = arena};
    uint32_t **arrays[] = {&l.uses, &l.temp, &l.need, &l.leaf, &l.seen, &l.stack, &l.free_temps};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = air_builder_alloc(t->b, bytes);
        if (*arrays[i] == NULL) {
            return false;
        }
        memset(*arrays[i], 0, bytes);
    }
    mark_interactions(&l);
    mark_constraints(&l, true);
    mark_constraints(&l, false);
    compute_needs(&l);
    if (!number_leaves(&l, out) || !lower_interactions(&l, out)) {
        return false;
    }
    out->bus_code_n = l.code_n;
    if (!lower_constraints(&l, out, true)) {
        return false;
    }
    out->low_code_n = l.code_n;
    if (!lower_constraints(&l, out, false)) {
        return false;
    }
    out->code_n = l.code_n;
    out->temps_n = l.temps_n;
    if (!make_leaves(out, t, arena)) {
        return false;
    }
    out->degree = largest_degree(out);
    struct air_insn *code = gn_arena_alloc(arena, l.code_n * sizeof *code);
    if (code != NULL && l.code_n > 0) {
        memcpy(code, l.code, l.code_n * sizeof *code);
    }
    out->code = code;
    return code != NULL;
}
