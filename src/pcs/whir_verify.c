/* SPDX-License-Identifier: Apache-2.0 */
/* whir_verify.c - the verifier of docs/protocol.md section 10, step by step beside whir_prove.c.
 *
 * It follows a claim sum_x A(x) f_i(x) = sigma over the variables that are still free.  A is never a table here: its
 * terms are recorded (struct terms, one per round) and evaluated once at the point Z of all challenges.  Z is filled
 * from its top coordinate down, since high variables are bound first; with m variables left, Z + m is the point of
 * everything bound so far, and the last k of those rounds have their challenges in Z[m .. m + k), lowest variable
 * first.
 *
 * Who fixes what: the numbers of everything come from the parameter rows alone; f_i is fixed (up to a short list) by its
 * root and singled out by the out-of-domain value, both absorbed before the queries are drawn; beta comes after the
 * queried rows are determined by index and root; every round polynomial is absorbed before its challenge.  Errors:
 * docs/protocol.md section 13, tools/soundness.c.
 *
 * Freestanding; total on any proof bytes. */
#include "pcs/whir.h"

#include "pcs/merkle.h"
#include "poly/eq.h"

/* Queries to one tree: the points, on a polynomial of `vars` variables. */
struct points {
    fp x[WHIR_MAX_QUERIES];
    unsigned n, vars;
};

/* What step 4 of one round adds to A: beta eq(z, .) + sum_j beta^{2+j} pow(x_j, .), on the lowest `vars` variables; the
 * queries of the first round are those of the stacks, each on its place. */
struct terms {
    fp6 beta;
    fp6 z[WHIR_MAX_VARS];
    unsigned vars;
    uint32_t points_n;
    struct points points[WHIR_STACKS];
};

struct whir_verifier {
    const struct whir_claim *claim;
    const struct whir_plan *plan;
    const struct whir_params *params; /* plan->rounds */
    const digest *roots;              /* of the stacks */
    struct gn_receiver *r;
    struct gn_scratch *scratch;

    digest root;          /* of the newest oracle i >= 1 */
    unsigned vars;        /* variables of A and f that are still free */
    fp6 sigma;            /* sum A f over them */
    fp6 delta;            /* of two stacks */
    fp6 z[WHIR_MAX_VARS]; /* Z, filled from z[m_1 - 1] downwards to z[vars] */

    /* in scratch */
    struct terms *terms; /* one per round, and one for the final queries */
    fp6 *fold;           /* e_b for the oracle that is being queried */
    uint32_t *rows;      /* the opened rows of a tree */
    fp6 *values;         /* and what each folds to; of two stacks one behind the other */
    fp6 *last;           /* the final polynomial */
};

/* ---- steps that occur in several places ---- */

/* 5, 7: k rounds of the sumcheck */
static bool recv_sumcheck(struct whir_verifier *v, unsigned k)
{
    fp half = gn_fp_inv(fp_from_cell(2));
    for (unsigned i = 0; i < k; i++) {
        fp6 c[3];
        if (!gn_recv_exts(v->r, LABEL_WHIR_ROUND, c + 1, 2)) {
            return false;
        }
        c[0] = fp6_mul_fp(fp6_sub(v->sigma, fp6_add(c[1], c[2])), half); /* s(0) + s(1) = sigma */
        fp6 a = gn_transcript_challenge(&v->r->transcript, LABEL_WHIR_CHALLENGE);
        v->sigma = fp6_add(c[0], gn_fp6_mul(a, fp6_add(c[1], gn_fp6_mul(a, c[2]))));
        v->z[--v->vars] = a;
    }
    return true;
}

/* sum_w e_w row[w], a row of oracle 0 */
static fp6 fold_cells(const fp6 *e, const uint32_t *row, uint32_t columns)
{
    fp6 sum = fp6_zero();
    for (uint32_t w = 0; w < columns; w++) {
        sum = fp6_add(sum, fp6_mul_fp(e[w], fp_from_cell(row[w])));
    }
    return sum;
}

/* sum_b e_b row[b], a row of oracle i >= 1 */
static fp6 fold_exts(const fp6 *e, const uint32_t *row, uint32_t columns)
{
    fp6 sum = fp6_zero();
    for (uint32_t b = 0; b < columns; b++) {
        fp6 entry;
        for (unsigned l = 0; l < 6; l++) {
            entry.c[l] = fp_from_cell(row[6 * b + l]);
        }
        sum = fp6_add(sum, gn_fp6_mul(e[b], entry));
    }
    return sum;
}

/* The rows of t queries below 2^d to a tree, words wide, into v->rows; p->x[j] is the j-th queried point. */
static bool recv_rows(struct whir_verifier *v, const digest *root, unsigned d, uint32_t words, unsigned t,
                      struct points *p)
{
    uint32_t indices[WHIR_MAX_QUERIES];
    gn_transcript_indices(&v->r->transcript, LABEL_WHIR_QUERIES, indices, t, d);
    if (!gn_merkle_recv(v->r, root, d, words, indices, t, v->rows, v->scratch)) {
        return false;
    }
    for (unsigned j = 0; j < t; j++) {
        p->x[j] = gn_ntt_point(indices[j], d);
    }
    p->n = t;
    return true;
}

/* 3 for oracle 0: the stacks, main first */
static bool recv_stack_queries(struct whir_verifier *v, struct terms *a)
{
    fp6 *value = v->values;
    if (!gn_recv_grind(v->r, v->plan->grind)) {
        return false;
    }
    for (uint32_t s = 0; s < v->plan->stacks_n; s++) {
        const struct whir_params *p = v->plan->stacks[s];
        const struct whir_stack *stack = &v->claim->stacks[s];
        a->points[s].vars = gn_whir_vars(p);
        if (!recv_rows(v, &v->roots[s], gn_whir_rows_log2(p), stack->columns, p->queries[0], &a->points[s])) {
            return false;
        }
        for (unsigned j = 0; j < p->queries[0]; j++) {
            *value++ = fold_cells(stack->weights, v->rows + (size_t)j * stack->columns, stack->columns);
        }
    }
    a->points_n = v->plan->stacks_n;
    return true;
}

/* 3: t_i queries to oracle i, the newest one; v->values[j] is what the j-th row folds to, the claimed value at its point of
 * the f that the last rounds left */
static bool recv_queries(struct whir_verifier *v, unsigned i, struct terms *a)
{
    if (i == 0) {
        return recv_stack_queries(v, a);
    }
    const struct whir_params *p = v->params;
    uint32_t columns = gn_whir_columns(v->plan, i), words = 6 * columns;
    gn_eq_table(v->fold, v->z + v->vars, p->k[i]);
    a->points_n = 1;
    a->points[0].vars = v->vars;
    if (!gn_recv_grind(v->r, p->grind[i]) ||
        !recv_rows(v, &v->root, v->vars + p->mu[i], words, p->queries[i], &a->points[0])) {
        return false;
    }
    for (unsigned j = 0; j < p->queries[i]; j++) {
        v->values[j] = fold_exts(v->fold, v->rows + (size_t)j * words, columns);
    }
    return true;
}

/* ---- step 4 and the evaluation of A ---- */

/* 4: sigma <- sigma + beta y + sum_j beta^{2+j} value_j */
static void add_to_sigma(struct whir_verifier *v, const struct terms *a, fp6 y)
{
    fp6 sum = fp6_zero();
    unsigned n = 0;
    for (uint32_t s = 0; s < a->points_n; s++) {
        n += a->points[s].n;
    }
    for (unsigned j = n; j > 0; j--) {
        sum = gn_fp6_mul(fp6_add(sum, v->values[j - 1]), a->beta);
    }
    v->sigma = fp6_add(v->sigma, gn_fp6_mul(a->beta, fp6_add(y, sum)));
}

/* product pow(x, Z), pow(x, Z) = prod_l (1 + Z_l (x^{2^l} - 1)) */
static fp6 pow_at(fp6 product, fp x, const fp6 *z, unsigned vars)
{
    for (unsigned l = 0; l < vars; l++) {
        product = gn_fp6_mul(product, fp6_add_fp(fp6_mul_fp(z[l], fp_sub(x, fp_one())), fp_one()));
        x = fp_mul(x, x);
    }
    return product;
}

/* at(Z) of a stack: 1 without another one beside it */
static fp6 place_at(const struct whir_verifier *v, uint32_t s)
{
    fp6 product = fp6_one();
    for (unsigned l = gn_whir_vars(v->plan->stacks[s]); l < v->plan->vars; l++) {
        bool bit = (v->plan->place[s] >> l & 1) != 0;
        product = gn_fp6_mul(product, bit ? v->z[l] : fp6_sub(fp6_one(), v->z[l]));
    }
    return product;
}

/* beta eq(z, Z) + sum_j beta^{2+j} pow(x_j, Z) for step 4 of round i */
static fp6 terms_at(const struct whir_verifier *v, unsigned i)
{
    const struct terms *a = &v->terms[i - 1];
    fp6 sum = fp6_zero();
    for (uint32_t s = a->points_n; s > 0; s--) {
        const struct points *p = &a->points[s - 1];
        fp6 place = i == 1 ? place_at(v, s - 1) : fp6_one();
        for (unsigned j = p->n; j > 0; j--) {
            sum = gn_fp6_mul(fp6_add(sum, pow_at(place, p->x[j - 1], v->z, p->vars)), a->beta);
        }
    }
    return gn_fp6_mul(a->beta, fp6_add(gn_eq(a->z, v->z, a->vars), sum));
}

/* A(Z) */
static fp6 weight_at(const struct whir_verifier *v)
{
    fp6 sum = fp6_zero(), scale = fp6_one();
    for (uint32_t s = 0; s < v->plan->stacks_n; s++) {
        fp6 eq = gn_eq(v->claim->stacks[s].point, v->z, gn_whir_vars(v->plan->stacks[s]));
        sum = fp6_add(sum, gn_fp6_mul(scale, gn_fp6_mul(place_at(v, s), eq)));
        scale = v->delta;
    }
    for (unsigned i = 1; i <= v->params->rounds; i++) {
        sum = fp6_add(sum, terms_at(v, i));
    }
    return sum;
}

/* ---- the final polynomial ---- */

/* sum_x f[x] X^x */
static fp6 univariate_at(const fp6 *f, unsigned log2, fp x)
{
    fp6 sum = fp6_zero();
    for (size_t i = (size_t)1 << log2; i > 0; i--) {
        sum = fp6_add(fp6_mul_fp(sum, x), f[i - 1]);
    }
    return sum;
}

/* the multilinear extension of f at z; destroys f */
static fp6 multilinear_at(fp6 *f, unsigned log2, const fp6 *z)
{
    for (unsigned l = log2; l > 0; l--) {
        size_t half = (size_t)1 << (l - 1);
        for (size_t i = 0; i < half; i++) {
            f[i] = fp6_add(f[i], gn_fp6_mul(z[l - 1], fp6_sub(f[i + half], f[i])));
        }
    }
    return f[0];
}

/* ---- the protocol ---- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static bool take_scratch(struct whir_verifier *v)
{
    const struct whir_params *p = v->params;
    size_t cells = 0, values = 0, fold = 1;
    for (uint32_t s = 0; s < v->plan->stacks_n; s++) {
        size_t queries = v->plan->stacks[s]->queries[0];
        cells = larger(cells, queries * v->claim->stacks[s].columns);
        values += queries;
    }
    for (unsigned i = 1; i <= p->rounds; i++) {
        cells = larger(cells, (size_t)p->queries[i] * 6 * gn_whir_columns(v->plan, i));
        values = larger(values, p->queries[i]);
        fold = larger(fold, (size_t)1 << p->k[i]);
    }
    v->terms = gn_scratch_take(v->scratch, p->rounds + 1u, sizeof *v->terms);
    v->fold = gn_scratch_take(v->scratch, fold, sizeof *v->fold);
    v->rows = gn_scratch_take(v->scratch, cells, sizeof *v->rows);
    v->values = gn_scratch_take(v->scratch, values, sizeof *v->values);
    v->last = gn_scratch_take(v->scratch, (size_t)1 << p->final_log2, sizeof *v->last);
    if (v->terms == NULL || v->fold == NULL || v->rows == NULL || v->values == NULL || v->last == NULL) {
        return gn_reject(v->r, GN_REJECT_SCRATCH);
    }
    return true;
}

/* the claims of the stacks as one */
static void begin(struct whir_verifier *v)
{
    v->sigma = v->claim->stacks[0].value;
    if (v->plan->stacks_n > 1) {
        v->delta = gn_transcript_challenge(&v->r->transcript, LABEL_WHIR_JOIN);
        v->sigma = fp6_add(v->sigma, gn_fp6_mul(v->delta, v->claim->stacks[1].value));
    }
}

/* 1 to 5 */
static bool recv_round(struct whir_verifier *v, unsigned i)
{
    struct terms *a = &v->terms[i - 1];
    a->vars = v->vars;
    digest root;
    fp6 y;
    if (!gn_recv_digest(v->r, LABEL_ROOT, &root)) { /* 1 */
        return false;
    }
    gn_transcript_challenges(&v->r->transcript, LABEL_OOD_POINT, a->z, a->vars); /* 2 */
    if (!gn_recv_exts(v->r, LABEL_OOD_VALUE, &y, 1)) {
        return false;
    }
    if (!recv_queries(v, i - 1, a)) { /* 3 */
        return false;
    }
    v->root = root;
    a->beta = gn_transcript_challenge(&v->r->transcript, LABEL_WHIR_BETA); /* 4 */
    add_to_sigma(v, a, y);
    return recv_sumcheck(v, v->params->k[i]); /* 5 */
}

/* 6 */
static bool recv_final(struct whir_verifier *v)
{
    const struct whir_params *p = v->params;
    struct terms *a = &v->terms[p->rounds];
    if (!gn_recv_exts(v->r, LABEL_WHIR_FINAL, v->last, (size_t)1 << p->final_log2)) {
        return false;
    }
    if (!recv_queries(v, p->rounds, a)) {
        return false;
    }
    for (unsigned j = 0; j < a->points[0].n; j++) {
        if (!fp6_eq(univariate_at(v->last, p->final_log2, a->points[0].x[j]), v->values[j])) {
            return gn_reject(v->r, GN_REJECT_WHIR_QUERY);
        }
    }
    return true;
}

/* 7 */
static bool check_final(struct whir_verifier *v)
{
    const struct whir_params *p = v->params;
    if (!recv_sumcheck(v, p->final_log2)) {
        return false;
    }
    fp6 f = multilinear_at(v->last, p->final_log2, v->z);
    return fp6_eq(gn_fp6_mul(weight_at(v), f), v->sigma) || gn_reject(v->r, GN_REJECT_WHIR_FINAL);
}

static bool verify(struct whir_verifier *v)
{
    if (!take_scratch(v)) {
        return false;
    }
    begin(v);
    for (unsigned i = 1; i <= v->params->rounds; i++) {
        if (!recv_round(v, i)) {
            return false;
        }
    }
    return recv_final(v) && check_final(v);
}

bool gn_whir_verify(const struct whir_claim *claim, const digest *roots, struct gn_receiver *r,
                    struct gn_scratch *scratch)
{
    struct whir_verifier v = {
        .claim = claim,
        .plan = claim->plan,
        .params = claim->plan->rounds,
        .roots = roots,
        .r = r,
        .scratch = scratch,
        .vars = claim->plan->vars,
    };
    if (!gn_whir_claim_valid(claim)) {
        return gn_reject(r, GN_REJECT_WHIR_FINAL); /* a caller's mistake */
    }
    size_t used = scratch->used;
    bool ok = verify(&v);
    scratch->used = used;
    return ok;
}

size_t gn_whir_verify_scratch(void)
{
    size_t rows = (size_t)WHIR_MAX_QUERIES * WHIR_MAX_STACK_COLUMNS * sizeof(uint32_t);
    size_t fold = sizeof(fp6) << WHIR_MAX_FOLD_LOG2, last = sizeof(fp6) << WHIR_MAX_FINAL_LOG2;
    size_t values = WHIR_STACKS * (size_t)WHIR_MAX_QUERIES * sizeof(fp6);
    return (WHIR_MAX_ROUNDS + 1) * sizeof(struct terms) + fold + rows + values + last + GN_MERKLE_RECV_SCRATCH +
           8 * 64; /* alignment */
}
