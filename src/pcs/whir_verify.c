/* SPDX-License-Identifier: Apache-2.0 */
/* whir_verify.c - the verifier of docs/protocol.md section 10, step by step beside whir_prove.c.
 *
 * It follows a claim sum_x A(x) f_i(x) = sigma over the variables that are still free.  A is never a table here: its
 * terms are recorded (struct terms, one per round) and evaluated once at the point Z of all challenges.  Z is filled
 * from its top coordinate down, since high variables are bound first; with m variables left, Z + m is the point of
 * everything bound so far, and the last k of those rounds have their challenges in Z[m .. m + k), lowest variable
 * first.
 *
 * Who fixes what: the numbers of everything come from the parameter row alone; f_i is fixed (up to a short list) by its
 * root and singled out by the out-of-domain value, both absorbed before the queries are drawn; beta comes after the
 * queried rows are determined by index and root; every round polynomial is absorbed before its challenge.  Errors:
 * docs/protocol.md section 13, tools/soundness.c.
 *
 * Freestanding; total on any proof bytes. */
#include "pcs/whir.h"

#include "pcs/merkle.h"
#include "poly/eq.h"

/* What step 4 of one round adds to A: beta eq(z, .) + sum_j beta^{2+j} pow(x_j, .), on the lowest `vars` variables. */
struct terms {
    fp6 beta;
    fp6 z[WHIR_MAX_VARS];
    fp x[WHIR_MAX_QUERIES];
    unsigned queries_n, vars;
};

struct whir_verifier {
    const struct whir_claim *claim;
    const struct whir_params *params;
    struct gn_receiver *r;
    struct gn_scratch *scratch;
    enum gn_verdict query_verdict, final_verdict;

    digest root;          /* of the newest oracle */
    unsigned vars;        /* variables of A and f that are still free */
    fp6 sigma;            /* sum A f over them */
    fp6 z[WHIR_MAX_VARS]; /* Z, filled from z[h - 1] downwards to z[vars] */

    /* in scratch */
    struct terms *terms; /* one per round */
    fp6 *fold;           /* e_b for the oracle that is being queried */
    uint32_t *rows;      /* its opened rows */
    fp6 *values;         /* and what each folds to */
    fp6 *last;           /* the final polynomial */
};

bool gn_whir_params_valid(const struct whir_params *p)
{
    if (p->m < p->k0 || p->k0 > 8 || p->rounds > WHIR_MAX_ROUNDS || p->final_log2 > WHIR_MAX_FINAL_LOG2) {
        return false;
    }
    unsigned vars = gn_whir_vars(p);
    for (unsigned i = 0; i <= p->rounds; i++) {
        unsigned k = i == 0 ? 0 : p->k[i]; /* oracle 0 is folded by theta before its h variables are counted */
        if (k > WHIR_MAX_FOLD_LOG2 || k > vars || (i > 0 && k == 0)) {
            return false;
        }
        vars -= k;
        unsigned mu = i == 0 ? p->mu0 : p->mu[i];
        if (vars + mu > WHIR_MAX_VARS || p->queries[i] > WHIR_MAX_QUERIES || p->grind[i] > 63) {
            return false;
        }
    }
    return vars == p->final_log2;
}

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

/* 3: t_i queries to oracle i, the newest one: x[j] is the j-th queried point and v->values[j] what its row folds to,
 * the claimed value there of the f that the last rounds left */
static bool recv_queries(struct whir_verifier *v, unsigned i, fp *x)
{
    const struct whir_params *p = v->params;
    unsigned d = v->vars + (i == 0 ? p->mu0 : p->mu[i]);
    uint32_t columns = i == 0 ? v->claim->columns : (uint32_t)1 << p->k[i];
    uint32_t words = i == 0 ? columns : 6 * columns;
    const fp6 *e = v->claim->weights;
    if (i > 0) {
        gn_eq_table(v->fold, v->z + v->vars, p->k[i]);
        e = v->fold;
    }

    uint32_t indices[WHIR_MAX_QUERIES];
    if (!gn_recv_grind(v->r, p->grind[i])) {
        return false;
    }
    gn_transcript_indices(&v->r->transcript, LABEL_WHIR_QUERIES, indices, p->queries[i], d);
    if (!gn_merkle_recv(v->r, &v->root, d, words, indices, p->queries[i], v->rows, v->scratch)) {
        return false;
    }
    for (unsigned j = 0; j < p->queries[i]; j++) {
        const uint32_t *row = v->rows + (size_t)j * words;
        v->values[j] = i == 0 ? fold_cells(e, row, columns) : fold_exts(e, row, columns);
        x[j] = gn_ntt_point(indices[j], d);
    }
    return true;
}

/* ---- step 4 and the evaluation of A ---- */

/* 4: sigma <- sigma + beta y + sum_j beta^{2+j} value_j */
static void add_to_sigma(struct whir_verifier *v, const struct terms *a, fp6 y)
{
    fp6 sum = fp6_zero();
    for (unsigned j = a->queries_n; j > 0; j--) {
        sum = gn_fp6_mul(fp6_add(sum, v->values[j - 1]), a->beta);
    }
    v->sigma = fp6_add(v->sigma, gn_fp6_mul(a->beta, fp6_add(y, sum)));
}

/* pow(x, Z) = prod_l (1 + Z_l (x^{2^l} - 1)) */
static fp6 pow_at(fp x, const fp6 *z, unsigned vars)
{
    fp6 product = fp6_one();
    for (unsigned l = 0; l < vars; l++) {
        product = gn_fp6_mul(product, fp6_add_fp(fp6_mul_fp(z[l], fp_sub(x, fp_one())), fp_one()));
        x = fp_mul(x, x);
    }
    return product;
}

/* beta eq(z, Z) + sum_j beta^{2+j} pow(x_j, Z) */
static fp6 terms_at(const struct terms *a, const fp6 *z)
{
    fp6 sum = fp6_zero();
    for (unsigned j = a->queries_n; j > 0; j--) {
        sum = gn_fp6_mul(fp6_add(sum, pow_at(a->x[j - 1], z, a->vars)), a->beta);
    }
    return gn_fp6_mul(a->beta, fp6_add(gn_eq(a->z, z, a->vars), sum));
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

static bool take_scratch(struct whir_verifier *v)
{
    const struct whir_params *p = v->params;
    size_t words = v->claim->columns, queries = 0, fold = 1;
    for (unsigned i = 0; i <= p->rounds; i++) {
        size_t columns = (size_t)1 << (i == 0 ? 0 : p->k[i]);
        fold = columns > fold ? columns : fold;
        words = i > 0 && 6 * columns > words ? 6 * columns : words;
        queries = p->queries[i] > queries ? p->queries[i] : queries;
    }
    v->terms = gn_scratch_take(v->scratch, p->rounds, sizeof *v->terms);
    v->fold = gn_scratch_take(v->scratch, fold, sizeof *v->fold);
    v->rows = gn_scratch_take(v->scratch, queries * words, sizeof *v->rows);
    v->values = gn_scratch_take(v->scratch, queries, sizeof *v->values);
    v->last = gn_scratch_take(v->scratch, (size_t)1 << p->final_log2, sizeof *v->last);
    if (v->terms == NULL || v->fold == NULL || v->rows == NULL || v->values == NULL || v->last == NULL) {
        return gn_reject(v->r, GN_REJECT_SCRATCH);
    }
    return true;
}

/* 1 to 5 */
static bool recv_round(struct whir_verifier *v, unsigned i)
{
    struct terms *a = &v->terms[i - 1];
    a->vars = v->vars;
    a->queries_n = v->params->queries[i - 1];
    digest root;
    fp6 y;
    if (!gn_recv_digest(v->r, LABEL_ROOT, &root)) { /* 1 */
        return false;
    }
    gn_transcript_challenges(&v->r->transcript, LABEL_OOD_POINT, a->z, a->vars); /* 2 */
    if (!gn_recv_exts(v->r, LABEL_OOD_VALUE, &y, 1)) {
        return false;
    }
    if (!recv_queries(v, i - 1, a->x)) { /* 3 */
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
    fp x[WHIR_MAX_QUERIES] = {{0}};
    if (!gn_recv_exts(v->r, LABEL_WHIR_FINAL, v->last, (size_t)1 << p->final_log2)) {
        return false;
    }
    if (!recv_queries(v, p->rounds, x)) {
        return false;
    }
    for (unsigned j = 0; j < p->queries[p->rounds]; j++) {
        if (!fp6_eq(univariate_at(v->last, p->final_log2, x[j]), v->values[j])) {
            return gn_reject(v->r, v->query_verdict);
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
    fp6 a = gn_eq(v->claim->point, v->z, gn_whir_vars(p)); /* A(Z) */
    for (unsigned i = 1; i <= p->rounds; i++) {
        a = fp6_add(a, terms_at(&v->terms[i - 1], v->z));
    }
    fp6 f = multilinear_at(v->last, p->final_log2, v->z);
    return fp6_eq(gn_fp6_mul(a, f), v->sigma) || gn_reject(v->r, v->final_verdict);
}

static bool verify(struct whir_verifier *v)
{
    if (!take_scratch(v)) {
        return false;
    }
    for (unsigned i = 1; i <= v->params->rounds; i++) {
        if (!recv_round(v, i)) {
            return false;
        }
    }
    return recv_final(v) && check_final(v);
}

bool gn_whir_verify(const struct whir_claim *claim, const digest *root, bool preprocessed, struct gn_receiver *r,
                    struct gn_scratch *scratch)
{
    struct whir_verifier v = {
        .claim = claim,
        .params = claim->params,
        .r = r,
        .scratch = scratch,
        .query_verdict = preprocessed ? GN_REJECT_PRE_WHIR_QUERY : GN_REJECT_WHIR_QUERY,
        .final_verdict = preprocessed ? GN_REJECT_PRE_WHIR_FINAL : GN_REJECT_WHIR_FINAL,
        .root = *root,
        .vars = gn_whir_vars(claim->params),
        .sigma = claim->value,
    };
    if (!gn_whir_params_valid(claim->params) || claim->columns == 0 || claim->columns > 1u << claim->params->k0) {
        return gn_reject(r, v.final_verdict); /* a row that is not from the table, or a caller's mistake */
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
    return WHIR_MAX_ROUNDS * sizeof(struct terms) + fold + rows + WHIR_MAX_QUERIES * sizeof(fp6) + last +
           GN_MERKLE_RECV_SCRATCH + 8 * 64; /* alignment */
}
