/* SPDX-License-Identifier: Apache-2.0 */
/* whir_prove.c - the prover of docs/protocol.md section 10, step by step beside whir_verify.c.
 *
 * State: ext vectors f and A on the cube of the variables that are still free, sigma = sum A f implied.  Fixing the
 * highest variable pairs entry x with entry x + n/2, so a fold reads two streams and leaves f contiguous; the columns
 * of the next oracle are then simply consecutive parts of f, and an opened row folds with the same weights.
 *
 * Memory: an oracle is built in one round and opened in the next, so two slots serve all of them. */
#include "pcs/whir.h"

#include <string.h>

#include "field/ext.h"
#include "pcs/merkle.h"
#include "pcs/whir_powers.h"
#include "poly/vector.h"

#define LIMBS            6
#define MAX_LIMB_COLUMNS (LIMBS << WHIR_MAX_FOLD_LOG2)

/* A committed oracle, or room for one. */
struct oracle {
    uint32_t *cells; /* code words, code_stride(d) apart */
    digest *nodes;
    uint32_t *columns[MAX_LIMB_COLUMNS]; /* column (b, limb l) is columns[6 b + l] */
    size_t columns_n;
};

struct whir_prover {
    const struct whir_claim *claim;
    const struct whir_plan *plan;
    const struct whir_params *params;   /* plan->rounds */
    const struct whir_oracle *oracles0; /* the stacks */
    struct gn_sender *s;
    const struct gn_twiddles *t;
    const struct gn_work *w;

    unsigned vars;          /* variables of A and f that are still free */
    uint32_t *f, *a;        /* ext vectors of 2^vars */
    uint32_t *eq;           /* eq(z, .) of the round's out-of-domain point */
    uint32_t *powers;       /* scratch of gn_whir_powers_add */
    struct oracle slots[2]; /* oracle i is in slots[i % 2] */
};

/* The distance of code words of 2^d cells: a line more than a power of two, so that a row does not lie in one cache
 * set. */
static size_t code_stride(unsigned d)
{
    return ((size_t)1 << d) + 16;
}

/* m_{i+1}, the variables that are left when oracle i is queried */
static unsigned vars_after(const struct whir_plan *plan, unsigned i)
{
    unsigned vars = plan->vars;
    for (unsigned j = 1; j <= i; j++) {
        vars -= plan->rounds->k[j];
    }
    return vars;
}

/* d_i, i >= 1 */
static unsigned domain_log2(const struct whir_plan *plan, unsigned i)
{
    return vars_after(plan, i) + plan->rounds->mu[i];
}

unsigned gn_whir_domain(const struct whir_plan *plan)
{
    unsigned top = 0;
    for (uint32_t s = 0; s < plan->stacks_n; s++) {
        unsigned d = gn_whir_rows_log2(plan->stacks[s]);
        top = d > top ? d : top;
    }
    for (unsigned i = 1; i <= plan->rounds->rounds; i++) {
        unsigned d = domain_log2(plan, i);
        top = d > top ? d : top;
    }
    return top;
}

/* ---- memory ---- */

struct whir_sizes {
    size_t vector, powers, cells[2], nodes[2]; /* bytes */
};

static size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

static struct whir_sizes sizes_of(const struct whir_plan *plan)
{
    const struct whir_params *p = plan->rounds;
    struct whir_sizes n = {.vector = ext_words((size_t)1 << plan->vars) * sizeof(uint32_t)};
    for (uint32_t s = 0; s < plan->stacks_n; s++) {
        const struct whir_params *stack = plan->stacks[s];
        size_t powers = gn_whir_powers_bytes(gn_whir_vars(stack), gn_whir_rows_log2(stack), stack->queries[0]);
        n.powers = max_size(n.powers, powers);
    }
    for (unsigned i = 1; i <= p->rounds; i++) {
        unsigned d = domain_log2(plan, i);
        size_t code = LIMBS * (size_t)gn_whir_columns(plan, i) * code_stride(d) * sizeof(uint32_t);
        n.cells[i % 2] = max_size(n.cells[i % 2], code);
        n.nodes[i % 2] = max_size(n.nodes[i % 2], gn_merkle_nodes(d) * sizeof(digest));
        if (i < p->rounds) { /* the last oracle's queries meet the final polynomial */
            n.powers = max_size(n.powers, gn_whir_powers_bytes(vars_after(plan, i), d, p->queries[i]));
        }
    }
    return n;
}

size_t gn_whir_footprint(const struct whir_plan *plan)
{
    struct whir_sizes n = sizes_of(plan);
    size_t last = sizeof(fp6) << plan->rounds->final_log2;
    size_t slack = 8 * 128; /* alignment and red zone of each block */
    return 2 * n.vector + n.powers + n.cells[0] + n.cells[1] + n.nodes[0] + n.nodes[1] + last + slack;
}

void gn_whir_clear_rest(uint32_t *vector, const struct whir_plan *plan)
{
    const size_t from = ext_words(plan->end), to = ext_words((size_t)1 << plan->vars);
    memset(vector + from, 0, (to - from) * sizeof *vector);
}

static bool take_memory(struct whir_prover *v)
{
    struct gn_arena *arena = v->w->arena;
    struct whir_sizes n = sizes_of(v->plan);
    v->a = gn_arena_alloc(arena, n.vector);
    v->eq = gn_arena_alloc(arena, n.vector);
    v->powers = gn_arena_alloc(arena, n.powers);
    bool ok = v->a != NULL && v->eq != NULL && v->powers != NULL;
    for (unsigned k = 0; k < 2; k++) {
        v->slots[k].cells = gn_arena_alloc(arena, n.cells[k]);
        v->slots[k].nodes = gn_arena_alloc(arena, n.nodes[k]);
        ok = ok && v->slots[k].cells != NULL && v->slots[k].nodes != NULL;
    }
    return ok;
}

/* ---- step 1: an oracle ---- */

struct split {
    const uint32_t *f;
    uint32_t *const *columns;
    unsigned part_log2; /* column b takes f[b 2^part_log2 ..] */
};

/* Blocks begin ... end of f as canonical cells, limb by limb, to the head of each limb's column. */
static void split_blocks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const struct split *c = ctx;
    size_t part = (size_t)1 << c->part_log2;
    size_t step = part < EXT_BLOCK ? part : EXT_BLOCK; /* elements in a row within one block and one column */
    for (size_t x = begin * step; x < end * step; x += step) {
        uint32_t *const *column = c->columns + LIMBS * (x >> c->part_log2);
        for (unsigned l = 0; l < LIMBS; l++) {
            const uint32_t *in = c->f + ext_at(x, l);
            uint32_t *out = column[l] + (x & (part - 1));
            for (size_t i = 0; i < step; i++) {
                out[i] = fp_to_cell((fp){in[i]});
            }
        }
    }
}

/* 1: oracle i, the code words of the first C_i of 2^k_i parts of f_i, limb by limb */
static void commit_oracle(struct whir_prover *v, unsigned i)
{
    const struct whir_params *p = v->params;
    struct oracle *o = &v->slots[i % 2];
    unsigned part_log2 = v->vars - p->k[i], d = part_log2 + p->mu[i];
    o->columns_n = LIMBS * (size_t)gn_whir_columns(v->plan, i);
    for (size_t c = 0; c < o->columns_n; c++) {
        o->columns[c] = o->cells + c * code_stride(d);
    }
    struct split split = {.f = v->f, .columns = o->columns, .part_log2 = part_log2};
    unsigned step_log2 = part_log2 < 4 ? part_log2 : 4;
    gn_pool_for(v->w->pool, (o->columns_n / LIMBS) << (part_log2 - step_log2), 256, split_blocks, &split);

    const uint32_t *const *columns = (const uint32_t *const *)o->columns;
    gn_ntt_encode_columns(o->columns, columns, o->columns_n, part_log2, d, v->t, v->w->pool, v->w->isa);
    gn_merkle_commit(o->nodes, columns, o->columns_n, d, v->w);
    gn_send_digest(v->s, LABEL_ROOT, &o->nodes[1]);
}

/* ---- step 2 ---- */

/* 2: the value of f_i at a random point; leaves eq(z, .) in v->eq */
static void answer_ood(struct whir_prover *v)
{
    fp6 z[WHIR_MAX_VARS];
    gn_transcript_challenges(&v->s->transcript, LABEL_OOD_POINT, z, v->vars);
    gn_vec_eq(v->eq, z, v->vars, fp6_one(), v->w);
    fp6 y = gn_vec_dot(v->eq, v->f, (size_t)1 << v->vars, v->w);
    gn_send_exts(v->s, LABEL_OOD_VALUE, &y, 1);
}

/* ---- step 3 ---- */

/* What was asked: the rows of the stacks, or in [0] those of an oracle. */
struct queries {
    uint32_t index[WHIR_STACKS][WHIR_MAX_QUERIES];
};

/* 3 for oracle 0 */
static void open_stacks(struct whir_prover *v, struct queries *q)
{
    gn_send_grind(v->s, v->plan->grind, v->w->pool, v->w->isa);
    for (uint32_t s = 0; s < v->plan->stacks_n; s++) {
        const struct whir_params *p = v->plan->stacks[s];
        const struct whir_oracle *o = &v->oracles0[s];
        unsigned d = gn_whir_rows_log2(p);
        gn_transcript_indices(&v->s->transcript, LABEL_WHIR_QUERIES, q->index[s], p->queries[0], d);
        gn_merkle_open(v->s, o->tree, o->columns, v->claim->stacks[s].columns, d, q->index[s], p->queries[0]);
    }
}

/* 3: opens oracle i at the t_i queried positions */
static void open_queries(struct whir_prover *v, unsigned i, struct queries *q)
{
    if (i == 0) {
        open_stacks(v, q);
        return;
    }
    const struct whir_params *p = v->params;
    const struct oracle *o = &v->slots[i % 2];
    const uint32_t *const *columns = (const uint32_t *const *)o->columns;
    unsigned d = domain_log2(v->plan, i);
    gn_send_grind(v->s, p->grind[i], v->w->pool, v->w->isa);
    gn_transcript_indices(&v->s->transcript, LABEL_WHIR_QUERIES, q->index[0], p->queries[i], d);
    gn_merkle_open(v->s, o->nodes, columns, o->columns_n, d, q->index[0], p->queries[i]);
}

/* ---- step 4 ---- */

/* 4: A <- A + beta eq(z, .) + sum_j beta^{2+j} pow(x_j, .) */
static void add_terms(struct whir_prover *v, unsigned i, const struct queries *q)
{
    fp6 beta = gn_transcript_challenge(&v->s->transcript, LABEL_WHIR_BETA);
    fp6 first = gn_fp6_square(beta);
    gn_vec_axpy(v->a, beta, v->eq, (size_t)1 << v->vars, v->w);
    if (i > 1) {
        gn_whir_powers_add(v->a, v->vars, domain_log2(v->plan, i - 1), first, beta, q->index[0],
                           v->params->queries[i - 1], v->powers, v->w);
        return;
    }
    for (uint32_t s = 0; s < v->plan->stacks_n; s++) {
        const struct whir_params *p = v->plan->stacks[s];
        gn_whir_powers_add(v->a + ext_at(v->plan->place[s], 0), gn_whir_vars(p), gn_whir_rows_log2(p), first, beta,
                           q->index[s], p->queries[0], v->powers, v->w);
        first = gn_fp6_mul(first, gn_fp6_pow(beta, p->queries[0]));
    }
}

/* ---- steps 5 to 7 ---- */

/* 5, 7: k rounds of the sumcheck on sum A f, highest variable first */
static void send_sumcheck(struct whir_prover *v, unsigned k)
{
    for (unsigned i = 0; i < k; i++) {
        size_t n = (size_t)1 << v->vars;
        fp6 c[3];
        gn_vec_product_round_high(c, v->a, v->f, n, v->w);
        gn_send_exts(v->s, LABEL_WHIR_ROUND, c + 1, 2);
        fp6 a = gn_transcript_challenge(&v->s->transcript, LABEL_WHIR_CHALLENGE);
        gn_vec_fold_high(v->f, n, a, v->w);
        gn_vec_fold_high(v->a, n, a, v->w);
        v->vars--;
    }
}

/* 1 to 5 */
static void send_round(struct whir_prover *v, unsigned i)
{
    struct queries queries;
    commit_oracle(v, i);               /* 1 */
    answer_ood(v);                     /* 2 */
    open_queries(v, i - 1, &queries);  /* 3 */
    add_terms(v, i, &queries);         /* 4 */
    send_sumcheck(v, v->params->k[i]); /* 5 */
}

/* 6 */
static bool send_final(struct whir_prover *v)
{
    const struct whir_params *p = v->params;
    struct queries queries;
    size_t n = (size_t)1 << p->final_log2;
    fp6 *last = gn_arena_alloc(v->w->arena, n * sizeof *last);
    if (last == NULL) {
        return false;
    }
    for (size_t x = 0; x < n; x++) {
        last[x] = ext_get(v->f, x);
    }
    gn_send_exts(v->s, LABEL_WHIR_FINAL, last, n);
    open_queries(v, p->rounds, &queries);
    return true;
}

/* ---- the protocol ---- */

/* A = eq(rho, .) on the main stack's place, + delta eq(rho', .) on the other's */
static void begin(struct whir_prover *v)
{
    const struct whir_plan *plan = v->plan;
    fp6 scale = fp6_one();
    gn_whir_clear_rest(v->a, plan);
    for (uint32_t s = 0; s < plan->stacks_n; s++) {
        if (s > 0) {
            scale = gn_transcript_challenge(&v->s->transcript, LABEL_WHIR_JOIN);
        }
        gn_vec_eq(v->a + ext_at(plan->place[s], 0), v->claim->stacks[s].point, gn_whir_vars(plan->stacks[s]), scale,
                  v->w);
    }
}

static bool prove(struct whir_prover *v)
{
    if (!take_memory(v)) {
        return false;
    }
    begin(v);
    for (unsigned i = 1; i <= v->params->rounds; i++) {
        send_round(v, i);
    }
    if (!send_final(v)) {
        return false;
    }
    send_sumcheck(v, v->params->final_log2); /* 7 */
    return true;
}

enum gn_status gn_whir_prove(const struct whir_claim *claim, const struct whir_oracle *oracles, uint32_t *f,
                             struct gn_sender *s, const struct gn_twiddles *t, const struct gn_work *w)
{
    if (!gn_whir_claim_valid(claim)) {
        return GN_INTERNAL;
    }
    struct whir_prover v = {.claim = claim,
                            .plan = claim->plan,
                            .params = claim->plan->rounds,
                            .oracles0 = oracles,
                            .s = s,
                            .t = t,
                            .w = w,
                            .vars = claim->plan->vars,
                            .f = f};
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    bool ok = prove(&v);
    gn_arena_release(w->arena, mark);
    return ok ? GN_OK : GN_NO_MEMORY;
}
