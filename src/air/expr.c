/* SPDX-License-Identifier: Apache-2.0 */
/* expr.c - the expression nodes: hash-consing, constant folding, degrees.
 *
 * Every node is made by make_node, which first looks for an equal one, so equal expressions are the same pointer:
 * common subexpressions cost nothing and "asserted boolean" is a mark on a node.  Folding keeps to rules that never
 * change the polynomial: 0 + x, 1 x, 0 x, x - x, operations on constants, a + (0 - b) = a - b, 2 x = x + x.
 *
 * C leaves the order in which arguments are evaluated to the compiler, so the order in which nodes are made may
 * differ between two builds of the same source.  Nothing that leaves the builder may depend on it: commutative
 * operands are ordered by a hash of their structure, never by number.
 *
 * The degree counts column operands: constants and public values have degree 0.  Invariant: operands have smaller
 * numbers than their user. */
#include "air/builder.h"

#include <string.h>

#include "field/fp.h"

#define DEGREE_CAP 1000u /* saturates; anything above AIR_MAX_DEGREE is an error where it is asserted */

struct expr_node *air_node(const struct air *t, uint32_t id)
{
    return &t->chunks.at[id / NODES_PER_CHUNK][id % NODES_PER_CHUNK];
}

static uint64_t mix(uint64_t kind, uint64_t a, uint64_t b)
{
    uint64_t h = (a + kind) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
    h = (h + b) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 32;
    return h * 0xc2b2ae3d27d4eb4fu;
}

static uint32_t hash_node(const struct air *t, uint32_t kind, uint32_t a, uint32_t b)
{
    return (uint32_t)(mix(kind, a, b) >> (64 - t->buckets_log2));
}

static bool rehash(struct air *t)
{
    unsigned log2 = t->buckets_log2 == 0 ? 8 : t->buckets_log2 + 1;
    uint32_t *buckets = air_builder_alloc(t->b, sizeof *buckets << log2);
    if (buckets == NULL) {
        return false;
    }
    memset(buckets, 0xff, sizeof *buckets << log2); /* NO_NODE */
    t->buckets = buckets;
    t->buckets_log2 = log2;
    for (uint32_t i = 0; i < t->nodes_n; i++) {
        struct expr_node *n = air_node(t, i);
        uint32_t *head = &buckets[hash_node(t, n->kind, n->a, n->b)];
        n->chain = *head;
        *head = i;
    }
    return true;
}

static bool room_for_node(struct air *t)
{
    if (t->nodes_n >> t->buckets_log2 >= 1 || t->buckets_log2 == 0) {
        if (!rehash(t)) {
            return false;
        }
    }
    if (t->nodes_n % NODES_PER_CHUNK == 0) {
        struct expr_node *chunk = air_builder_alloc(t->b, NODES_PER_CHUNK * sizeof *chunk);
        if (chunk == NULL || !AIR_GROW(t->b, t->chunks)) {
            return false;
        }
        t->chunks.at[t->chunks.n++] = chunk;
    }
    return true;
}

static uint32_t degree_of(const struct air *t, uint32_t kind, uint32_t a, uint32_t b)
{
    switch (kind) {
    case EXPR_LEAF:
        return AIR_REF_SPACE(a) == AIR_SPACE_PUBLIC ? 0 : 1;
    case EXPR_ADD:
    case EXPR_SUB: {
        uint32_t da = air_node(t, a)->degree, db = air_node(t, b)->degree;
        return da > db ? da : db;
    }
    case EXPR_MUL: {
        uint32_t d = air_node(t, a)->degree + air_node(t, b)->degree;
        return d > DEGREE_CAP ? DEGREE_CAP : d;
    }
    default:
        return 0;
    }
}

/* When memory is out the caller gets node 0, which every table has (air_table makes it): the sticky error keeps it
 * from being used. */
static expr make_node(struct air *t, uint32_t kind, uint32_t a, uint32_t b)
{
    if (t->buckets_log2 != 0) {
        for (uint32_t i = t->buckets[hash_node(t, kind, a, b)]; i != NO_NODE; i = air_node(t, i)->chain) {
            const struct expr_node *n = air_node(t, i);
            if (n->kind == kind && n->a == a && n->b == b) {
                return n;
            }
        }
    }
    if (!room_for_node(t)) {
        return t->nodes_n > 0 ? air_node(t, 0) : NULL;
    }
    uint32_t id = t->nodes_n++;
    struct expr_node *n = air_node(t, id);
    uint32_t *head = &t->buckets[hash_node(t, kind, a, b)];
    *n = (struct expr_node){.table = t, .kind = kind, .a = a, .b = b, .id = id, .chain = *head};
    n->degree = degree_of(t, kind, a, b);
    n->key = kind < EXPR_ADD ? mix(kind, a, b) : mix(kind, air_node(t, a)->key, air_node(t, b)->key);
    n->reads_next = kind < EXPR_ADD ? kind == EXPR_LEAF && AIR_REF_SPACE(a) == AIR_SPACE_NEXT
                                    : air_node(t, a)->reads_next || air_node(t, b)->reads_next;
    *head = id;
    return n;
}

static expr make_commutative(uint32_t kind, expr a, expr b)
{
    return a->key <= b->key ? make_node(a->table, kind, a->id, b->id) : make_node(a->table, kind, b->id, a->id);
}

static expr make_const(struct air *t, uint32_t cell)
{
    return make_node(t, EXPR_CONST, cell, 0);
}

static expr bad(struct air *t)
{
    return make_node(t, EXPR_BAD, 0, 0);
}

expr air_leaf(struct air *t, enum air_space space, uint32_t index)
{
    return make_node(t, EXPR_LEAF, AIR_REF(space, index), 0);
}

static uint32_t cell_of(int64_t k)
{
    int64_t r = k % (int64_t)FP_P;
    return (uint32_t)(r < 0 ? r + (int64_t)FP_P : r);
}

static uint32_t cell_mul(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b % FP_P);
}

static bool is_const(expr x, uint32_t cell)
{
    return x->kind == EXPR_CONST && x->a == cell;
}

/* 0 - x */
static bool is_negation(expr x)
{
    return x->kind == EXPR_SUB && is_const(air_node(x->table, x->a), 0);
}

static expr negated(expr x)
{
    return air_node(x->table, x->b);
}

/* False when a and b cannot be combined. */
static bool compatible(expr a, expr b)
{
    if (a->table != b->table) {
        air_error(a->table->b, NULL, 0, "an expression mixes columns of table %s and table %s", a->table->name,
                  b->table->name);
        return false;
    }
    return a->kind != EXPR_BAD && b->kind != EXPR_BAD;
}

expr add(expr a, expr b)
{
    struct air *t = a->table;
    if (!compatible(a, b)) {
        return bad(t);
    }
    if (a->kind == EXPR_CONST && b->kind == EXPR_CONST) {
        return make_const(t, fp_add_raw(a->a, b->a));
    }
    if (is_const(a, 0)) {
        return b;
    }
    if (is_const(b, 0)) {
        return a;
    }
    if (is_negation(b)) {
        return sub(a, negated(b));
    }
    if (is_negation(a)) {
        return sub(b, negated(a));
    }
    return make_commutative(EXPR_ADD, a, b);
}

expr sub(expr a, expr b)
{
    struct air *t = a->table;
    if (!compatible(a, b)) {
        return bad(t);
    }
    if (a == b) {
        return make_const(t, 0);
    }
    if (a->kind == EXPR_CONST && b->kind == EXPR_CONST) {
        return make_const(t, fp_sub_raw(a->a, b->a));
    }
    if (is_const(b, 0)) {
        return a;
    }
    if (is_negation(b)) {
        return add(a, negated(b));
    }
    return make_node(t, EXPR_SUB, a->id, b->id);
}

expr mul(expr a, expr b)
{
    struct air *t = a->table;
    if (!compatible(a, b)) {
        return bad(t);
    }
    if (b->kind == EXPR_CONST) {
        expr swap = a;
        a = b;
        b = swap;
    }
    if (a->kind == EXPR_CONST) {
        if (b->kind == EXPR_CONST) {
            return make_const(t, cell_mul(a->a, b->a));
        }
        switch (a->a) {
        case 0:
            return a;
        case 1:
            return b;
        case 2:
            return add(b, b);
        case FP_P - 1:
            return neg(b);
        default:
            return make_node(t, EXPR_MUL, a->id, b->id);
        }
    }
    return make_commutative(EXPR_MUL, a, b);
}

expr neg(expr a)
{
    return sub(make_const(a->table, 0), a);
}

expr addk(expr a, int64_t k)
{
    uint32_t cell = cell_of(k);
    /* x - 1 reads better than x + (p - 1), and costs the same */
    return cell > FP_P / 2 ? sub(a, make_const(a->table, FP_P - cell)) : add(a, make_const(a->table, cell));
}

expr mulk(expr a, int64_t k)
{
    return mul(a, make_const(a->table, cell_of(k)));
}

expr constant(struct air *t, int64_t k)
{
    return make_const(t, cell_of(k));
}

expr public_value(struct air *t, uint32_t index)
{
    if (index >= t->b->public_values_n) {
        air_error(t->b, NULL, 0, "table %s reads public value %u of %u", t->name, index, t->b->public_values_n);
        return bad(t);
    }
    return air_leaf(t, AIR_SPACE_PUBLIC, index);
}

expr next(expr column)
{
    struct air *t = column->table;
    if (column->kind != EXPR_LEAF || AIR_REF_SPACE(column->a) != AIR_SPACE_COMMITTED) {
        if (column->kind != EXPR_BAD) {
            air_error(t->b, NULL, 0, "table %s: next of an expression that is not a committed column", t->name);
        }
        return bad(t);
    }
    return air_leaf(t, AIR_SPACE_NEXT, AIR_REF_INDEX(column->a));
}

expr when(expr flag, expr x)
{
    return mul(flag, x);
}

expr bit(expr x)
{
    return mul(x, addk(x, -1));
}

expr sum(const expr *x, size_t n)
{
    expr s = x[0];
    for (size_t i = 1; i < n; i++) {
        s = add(s, x[i]);
    }
    return s;
}

expr select_expr(expr flag, expr if_one, expr if_zero)
{
    return add(if_zero, mul(flag, sub(if_one, if_zero)));
}

expr limbs(const expr *x, size_t n, unsigned bits)
{
    int64_t base = 1;
    for (unsigned i = 0; i < bits; i++) {
        base = 2 * base % (int64_t)FP_P;
    }
    expr s = x[n - 1];
    for (size_t i = n - 1; i-- > 0;) {
        s = add(x[i], mulk(s, base));
    }
    return s;
}
