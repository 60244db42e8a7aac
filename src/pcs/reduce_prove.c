/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_prove.c - the prover's end of the claim reduction: docs/protocol.md sections 9 and 11.  reduce_verify.c is its
 * mirror.
 *
 * The sumcheck is over sum_w sum_x Wt_w(x) f_w[x], low variable first.  No ext table as large as the stack is ever
 * made:
 *
 * While fewer than a variables are bound, what the claims say of a piece f of size 2^a at row s is
 *   sum_x (same kappa(x) + next kappa(x - 1) + carry [x = 0]) f[x],
 * same = gamma^k A(s), next = gamma^{k'} A(s), carry = gamma^{k'} lambda_T(s - 1) (k' the next claim, if there is one),
 * with kappa = kappa_a of reduce_common.c for all pieces of this size.  The sum over pieces is linear in f, so all of
 * them collapse to three ext vectors of 2^a elements, one for each *kind* of weight: sum same f, sum next f, sum carry
 * f.  (Binding a low variable commutes with these sums, and the place of the pieces in the stack does not matter yet:
 * sum over all w and all x in the pieces' places is what each round polynomial sums over.)
 *
 * When a variables are bound, a piece of size 2^a is one value f(rho_0 .. rho_{a-1}) with one weight, same K_a + next
 * S_a + carry Z_a, and its place in the stack begins to matter: it becomes entry (place >> a) of the *tail*, a pair of
 * vectors (values, weights).  Pieces are laid down by falling size, so the tail is the end of the stack from the first
 * piece of size 2^a on; larger pieces before it take 2^{a+1} k cells, so it begins at an even entry and pairs of
 * entries stay pairs.  Behind the last cell there is at most one zero entry.  The tail is an ordinary product sumcheck;
 * after h rounds it is the whole stack and its W values are f_w(rho), which is what the prover sends in step 3.
 *
 * The out-of-domain claim is one more pair of vectors of 2^h elements: eq(z_low, .) and sum_w eq(z_high, w) f_w.
 *
 * Preprocessed stack: a piece is its pages of 256 rows; only the listed ones have claims (of the first kind). */
#include "pcs/reduce.h"

#include <string.h>

#include "pcs/stack.h"
#include "poly/vector.h"

#define SIZES      (WHIR_MAX_VARS + 1)
#define DOT_TILE   4096 /* cells: 96 KiB of weights, which stay in the second-level cache */
#define DOT_CHUNKS 32
#define DOT_BATCH  64 /* pieces per work item */

/* A piece, or a page of the preprocessed stack, with its weights of the three kinds. */
enum kind { SAME, NEXT, CARRY, KINDS };
struct unit {
    struct pcs_stretch column;
    fp6 weight[KINDS];
};

/* Which units and vectors there are: a function of the layout alone. */
struct plan {
    size_t first[SIZES], n[SIZES];        /* units of size 2^a, in stack order */
    bool has[KINDS][SIZES];               /* kinds of weight that occur */
    size_t units, widest;                 /* in all; of one size */
    size_t pairs, carries, tail, partial; /* elements: kinds with kernel; carry kind; tail; partial sums */
    unsigned top;                         /* the largest size with claims */
};

struct reducing {
    const struct pcs_commitment *c;
    const struct pcs_layout *layout;
    const struct pcs_point *point;
    const struct gn_work *w;
    struct plan plan;
    fp6 *rho;
    fp6 *power; /* gamma^k, k = 0 .. K */
    struct unit *units;
    /* vectors of the rounds */
    uint32_t *values, *weights; /* [ood] then, by falling a, [same_a] [next_a] */
    size_t pairs;               /* elements in use */
    uint32_t *carry;            /* by falling a */
    size_t carries;
    uint32_t *tail_values, *tail_weights, *spare_values, *spare_weights;
    size_t tail;
    fp6 zero; /* prod (1 - rho_i) so far */
    struct gn_piece_kernel kernel;
    /* scratch */
    uint32_t *table; /* 2^h elements */
    fp6 *list;       /* of the widest size */
    struct pcs_stretch *columns;
    fp6 *partial;
};

/* ---- plan ---- */

static size_t dot_chunk(unsigned a)
{
    size_t n = (size_t)1 << a;
    return n / DOT_CHUNKS > DOT_TILE ? n / DOT_CHUNKS : DOT_TILE;
}

static size_t dot_chunks(unsigned a)
{
    return (((size_t)1 << a) + dot_chunk(a) - 1) / dot_chunk(a);
}

static void plan_units(struct plan *p, const struct pcs_layout *layout)
{
    struct pcs_walk walk;
    struct pcs_run run;
    gn_pcs_walk_begin(&walk, layout);
    while (gn_pcs_walk_next(&walk, &run)) {
        const struct pcs_table *t = &layout->tables[run.table];
        bool claimed = gn_pcs_table_claims(layout, run.table) != 0;
        unsigned a = layout->paged ? PCS_PAGE_LOG2 : run.a;
        bool next = claimed && !layout->paged && t->next_n != 0;
        p->n[a] += ((size_t)t->columns_n * run.repeat) << (run.a - a);
        p->has[SAME][a] = p->has[SAME][a] || claimed;
        p->has[NEXT][a] = p->has[NEXT][a] || next;
        p->has[CARRY][a] = p->has[CARRY][a] || (next && (run.row > 0 || run.repeat > 1));
    }
}

static void plan_make(struct plan *p, const struct pcs_layout *layout)
{
    *p = (struct plan){.pairs = (size_t)1 << layout->h};
    plan_units(p, layout);
    uint64_t at = 0; /* P_a: cells of the larger pieces */
    for (unsigned a = layout->h + 1; a-- > 0;) {
        size_t size = (size_t)1 << a, tail = (size_t)((layout->cells - at) >> a) + 2;
        p->first[a] = p->units;
        p->units += p->n[a];
        p->widest = p->n[a] > p->widest ? p->n[a] : p->widest;
        p->pairs += size * ((size_t)p->has[SAME][a] + p->has[NEXT][a]);
        p->carries += p->has[CARRY][a] ? size : 0;
        p->top = p->has[SAME][a] && a > p->top ? a : p->top;
        if (p->n[a] != 0) {
            size_t partial = p->n[a] * dot_chunks(a);
            p->tail = tail > p->tail ? tail : p->tail;
            p->partial = partial > p->partial ? partial : p->partial;
        }
        at += (uint64_t)p->n[a] << a;
    }
}

static size_t vector_bytes(size_t n)
{
    return ext_words(n) * sizeof(uint32_t);
}

size_t gn_reduce_footprint(const struct pcs_layout *layout)
{
    struct plan p;
    plan_make(&p, layout);
    size_t vectors = 2 * vector_bytes(p.pairs) + vector_bytes(p.carries) + 4 * vector_bytes(p.tail) +
                     vector_bytes((size_t)1 << layout->h);
    size_t elements = (size_t)gn_pcs_claims(layout) + 1 + p.widest + p.partial;
    return vectors + elements * sizeof(fp6) + p.units * sizeof(struct unit) + p.widest * sizeof(uint32_t *) + 4096;
}

static enum gn_status acquire(struct reducing *g)
{
    const struct plan *p = &g->plan;
    struct gn_arena *arena = g->w->arena;
    g->power = gn_arena_alloc(arena, (gn_pcs_claims(g->layout) + (size_t)1) * sizeof *g->power);
    g->units = gn_arena_zalloc(arena, p->units * sizeof *g->units);
    g->values = gn_arena_alloc(arena, vector_bytes(p->pairs));
    g->weights = gn_arena_alloc(arena, vector_bytes(p->pairs));
    g->carry = gn_arena_alloc(arena, vector_bytes(p->carries));
    g->tail_values = gn_arena_alloc(arena, vector_bytes(p->tail));
    g->tail_weights = gn_arena_alloc(arena, vector_bytes(p->tail));
    g->spare_values = gn_arena_alloc(arena, vector_bytes(p->tail));
    g->spare_weights = gn_arena_alloc(arena, vector_bytes(p->tail));
    g->table = gn_arena_alloc(arena, vector_bytes((size_t)1 << g->layout->h));
    g->list = gn_arena_alloc(arena, p->widest * sizeof *g->list);
    g->columns = gn_arena_alloc(arena, p->widest * sizeof *g->columns);
    g->partial = gn_arena_alloc(arena, p->partial * sizeof *g->partial);
    bool ok = g->power != NULL && g->units != NULL && g->values != NULL && g->weights != NULL && g->carry != NULL &&
              g->tail_values != NULL && g->tail_weights != NULL && g->spare_values != NULL &&
              g->spare_weights != NULL && g->table != NULL && g->list != NULL && g->columns != NULL &&
              g->partial != NULL;
    return ok ? GN_OK : GN_NO_MEMORY;
}

/* ---- units ---- */

/* column c of a table from a row on */
static struct pcs_stretch stretch_of(const struct reducing *g, uint32_t table, uint32_t c, uint64_t row)
{
    const uint32_t *bits = g->c->bits[table][c];
    return (struct pcs_stretch){g->c->cells[table][c] + row, bits == NULL ? NULL : bits + row / 32};
}

/* The units of one run: piece j of column c is number c repeat + j.  first: the number of the table's first claim. */
static void fill_pieces(struct reducing *g, const struct pcs_run *run, uint32_t first, struct unit *units)
{
    const struct pcs_table *t = &g->layout->tables[run->table];
    for (uint32_t j = 0; j < run->repeat; j++) {
        uint64_t s = run->row + ((uint64_t)j << run->a);
        fp6 scale = gn_piece_scale(g->point, t->v, run->a, s);
        fp6 before = s > 0 ? gn_row_weight(g->point, t->v, s - 1) : fp6_zero();
        uint32_t next_at = 0;
        for (uint32_t c = 0; c < t->columns_n; c++) {
            struct unit *u = &units[(size_t)c * run->repeat + j];
            u->column = stretch_of(g, run->table, c, s);
            u->weight[SAME] = gn_fp6_mul(g->power[first + c], scale);
            if (next_at < t->next_n && t->next[next_at] == c) {
                fp6 power = g->power[first + t->columns_n + next_at++];
                u->weight[NEXT] = gn_fp6_mul(power, scale);
                u->weight[CARRY] = gn_fp6_mul(power, before);
            }
        }
    }
}

/* The same for the pages of the preprocessed stack: the pieces of a column follow each other, and so do their pages. */
static void fill_pages(struct reducing *g, const struct pcs_run *run, uint32_t first, struct unit *units)
{
    const struct pcs_table *t = &g->layout->tables[run->table];
    size_t pages = (size_t)run->repeat << (run->a - PCS_PAGE_LOG2);
    uint64_t page = run->row >> PCS_PAGE_LOG2;
    for (size_t i = 0; i < pages; i++) {
        for (uint32_t c = 0; c < t->columns_n; c++) {
            units[c * pages + i].column = stretch_of(g, run->table, c, (page + i) << PCS_PAGE_LOG2);
        }
    }
    for (uint32_t j = 0; j < t->pages_n; j++) {
        if (t->pages[j] < page || t->pages[j] - page >= pages) {
            continue;
        }
        fp6 scale = gn_piece_scale(g->point, t->v, PCS_PAGE_LOG2, (uint64_t)j << PCS_PAGE_LOG2);
        for (uint32_t c = 0; c < t->columns_n; c++) {
            units[c * pages + (t->pages[j] - page)].weight[SAME] = gn_fp6_mul(g->power[first + c], scale);
        }
    }
}

static void fill_units(struct reducing *g)
{
    uint32_t first[PCS_MAX_TABLES], claims_n = 0;
    for (uint32_t i = 0; i < g->layout->tables_n; i++) {
        first[i] = claims_n;
        claims_n += gn_pcs_table_claims(g->layout, i);
    }
    struct pcs_walk walk;
    struct pcs_run run;
    struct unit *at = g->units; /* units are numbered as the walk meets them */
    gn_pcs_walk_begin(&walk, g->layout);
    while (gn_pcs_walk_next(&walk, &run)) {
        uint32_t columns_n = g->layout->tables[run.table].columns_n;
        if (g->layout->paged) {
            fill_pages(g, &run, first[run.table], at);
            at += ((size_t)columns_n * run.repeat) << (run.a - PCS_PAGE_LOG2);
        } else {
            fill_pieces(g, &run, first[run.table], at);
            at += (size_t)columns_n * run.repeat;
        }
    }
}

/* ---- the vectors of the first rounds ---- */

static void copy_elements(uint32_t *to, size_t to_at, const uint32_t *from, size_t from_at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ext_set(to, to_at + i, ext_get(from, from_at + i));
    }
}

/* vector[at .. at + 2^a) = the combination of the units of size 2^a with one kind of weight; at is a multiple of 2^a */
static void collapse(struct reducing *g, uint32_t *vector, size_t at, unsigned a, enum kind kind)
{
    size_t n = 0, size = (size_t)1 << a;
    const struct unit *units = g->units + g->plan.first[a];
    for (size_t i = 0; i < g->plan.n[a]; i++) {
        if (!fp6_is_zero(units[i].weight[kind])) {
            g->list[n] = units[i].weight[kind];
            g->columns[n++] = units[i].column;
        }
    }
    if (size >= EXT_BLOCK) {
        gn_columns_combine(vector + ext_words(at), g->list, g->columns, n, size, g->w);
        return;
    }
    uint32_t block[6 * EXT_BLOCK];
    gn_columns_combine(block, g->list, g->columns, n, size, g->w);
    copy_elements(vector, at, block, 0, size);
}

/* kappa_a from kappa_{a-1}: the upper half is r times, the lower half 1 - r times what was there */
static void grow_kernel(uint32_t *table, unsigned a, fp6 r, const struct gn_work *w)
{
    size_t half = (size_t)1 << (a - 1);
    if (half % EXT_BLOCK != 0) {
        for (size_t x = 0; x < half; x++) {
            fp6 low = ext_get(table, x), high = gn_fp6_mul(low, r);
            ext_set(table, x + half, high);
            ext_set(table, x, fp6_sub(low, high));
        }
        return;
    }
    uint32_t *upper = table + ext_words(half);
    memset(upper, 0, vector_bytes(half));
    gn_vec_axpy(upper, r, table, half, w);
    gn_vec_axpy(table, fp6_neg(fp6_one()), upper, half, w);
}

/* to[at + x] = from[x - 1] for 0 < x < n, 0 for x = 0 */
static void copy_shifted(uint32_t *to, size_t at, const uint32_t *from, size_t n)
{
    ext_set(to, at, fp6_zero());
    if (n < EXT_BLOCK) {
        copy_elements(to, at + 1, from, 0, n - 1);
        return;
    }
    to += ext_words(at);
    for (size_t block = 0; block < n / EXT_BLOCK; block++) {
        for (unsigned limb = 0; limb < 6; limb++) {
            size_t k = (block * 6 + limb) * EXT_BLOCK;
            to[k] = block == 0 ? 0 : from[k - 6 * EXT_BLOCK + EXT_BLOCK - 1];
            memcpy(to + k + 1, from + k, (EXT_BLOCK - 1) * sizeof *to);
        }
    }
}

static void copy_kernel(uint32_t *to, size_t at, const uint32_t *from, size_t n)
{
    if (n < EXT_BLOCK) {
        copy_elements(to, at, from, 0, n);
    } else {
        memcpy(to + ext_words(at), from, vector_bytes(n));
    }
}

/* values and weights of all kinds that have a kernel, and the carry kind, each by falling size so that every one begins
 * at a multiple of its size */
static void make_pairs(struct reducing *g)
{
    const struct plan *p = &g->plan;
    size_t same_at[SIZES], next_at[SIZES];
    if (g->c->ood) {
        g->pairs = (size_t)1 << g->layout->h;
        memcpy(g->values, g->c->ood_combination, vector_bytes(g->pairs));
        gn_vec_eq(g->weights, g->c->ood_point, g->layout->h, g->power[gn_pcs_claims(g->layout)], g->w);
    }
    for (unsigned a = g->layout->h + 1; a-- > 0;) {
        size_t size = (size_t)1 << a;
        same_at[a] = g->pairs;
        if (p->has[SAME][a]) {
            collapse(g, g->values, g->pairs, a, SAME);
            g->pairs += size;
        }
        next_at[a] = g->pairs;
        if (p->has[NEXT][a]) {
            collapse(g, g->values, g->pairs, a, NEXT);
            g->pairs += size;
        }
        if (p->has[CARRY][a]) {
            collapse(g, g->carry, g->carries, a, CARRY);
            g->carries += size;
        }
    }
    const struct gn_skip *skip = &g->point->skip;
    for (unsigned b = 0; b < 1u << skip->log2; b++) {
        ext_set(g->table, b, skip->low[b]);
    }
    for (unsigned a = skip->log2; a <= p->top; a++) {
        if (a > skip->log2) {
            grow_kernel(g->table, a, g->point->r[a - 1], g->w);
        }
        if (p->has[SAME][a]) {
            copy_kernel(g->weights, same_at[a], g->table, (size_t)1 << a);
        }
        if (p->has[NEXT][a]) {
            copy_shifted(g->weights, next_at[a], g->table, (size_t)1 << a);
        }
    }
}

/* ---- rounds ---- */

static void add_product_round(fp6 s[3], const uint32_t *values, const uint32_t *weights, size_t n,
                              const struct gn_work *w)
{
    fp6 t[3];
    if (n == 0) {
        return;
    }
    gn_vec_product_round_low(t, values, weights, n, w);
    for (int k = 0; k < 3; k++) {
        s[k] = fp6_add(s[k], t[k]);
    }
}

/* The carry kind has weight [x = 0], so of each vector only the first two entries matter in a round: zero (1 - X) (v_0
 * + X (v_1 - v_0)). */
static void add_carry_round(fp6 s[3], const struct reducing *g, unsigned i)
{
    fp6 v0 = fp6_zero(), v1 = fp6_zero();
    size_t at = 0;
    for (unsigned a = g->layout->h; a > i; a--) {
        if (g->plan.has[CARRY][a]) {
            v0 = fp6_add(v0, ext_get(g->carry, at));
            v1 = fp6_add(v1, ext_get(g->carry, at + 1));
            at += (size_t)1 << (a - i);
        }
    }
    fp6 d = fp6_sub(v1, v0);
    s[0] = fp6_add(s[0], gn_fp6_mul(g->zero, v0));
    s[1] = fp6_add(s[1], gn_fp6_mul(g->zero, fp6_sub(d, v0)));
    s[2] = fp6_sub(s[2], gn_fp6_mul(g->zero, d));
}

static void fold(uint32_t *v, size_t *n, fp6 rho, const struct gn_work *w)
{
    if (*n != 0) {
        gn_vec_fold_low(v, *n, rho, w);
        *n /= 2;
    }
}

/* Binds x_i.  What had size 2^(i+1) is one entry now and leaves the vectors; its pieces join the tail one by one. */
static void bind(struct reducing *g, unsigned i)
{
    fp6 rho = g->rho[i];
    size_t n = g->pairs;
    fold(g->values, &n, rho, g->w);
    fold(g->weights, &g->pairs, rho, g->w);
    fold(g->carry, &g->carries, rho, g->w);
    n = g->tail;
    fold(g->tail_values, &n, rho, g->w);
    fold(g->tail_weights, &g->tail, rho, g->w);
    g->pairs -= (size_t)g->plan.has[SAME][i + 1] + g->plan.has[NEXT][i + 1];
    g->carries -= g->plan.has[CARRY][i + 1];
    g->zero = gn_fp6_mul(g->zero, fp6_sub(fp6_one(), rho));
    unsigned skip = g->point->skip.log2;
    if (i + 1 == skip) {
        gn_piece_kernel_begin(&g->kernel, &g->point->skip, g->rho);
    } else if (i + 1 > skip && i < g->plan.top) {
        gn_piece_kernel_step(&g->kernel, g->point->r[i], rho);
    }
}

struct dots {
    struct reducing *g;
    unsigned a;
    size_t batches;
};

/* sums[u] += sum over n rows from x on of eq(rho, row) cell, for at most DOT_BATCH units */
static void dot_tile(const struct reducing *g, const struct unit *units, size_t units_n, size_t x, size_t n, fp6 *sums)
{
    struct gn_work alone = {.isa = g->w->isa};
    const uint32_t *weights = g->table + ext_words(x), *bits[DOT_BATCH];
    fp6 packed[DOT_BATCH];
    size_t packed_n = 0;
    for (size_t u = 0; u < units_n; u++) {
        const struct pcs_stretch *column = &units[u].column;
        if (column->bits != NULL) {
            bits[packed_n++] = column->bits + x / 32;
        } else {
            sums[u] = fp6_add(sums[u], gn_vec_dot_cells(weights, column->cells + x, n, &alone));
        }
    }
    if (packed_n == 0) {
        return;
    }
    gn_vec_dot_bits(packed, weights, bits, packed_n, n, &alone);
    for (size_t u = units_n; u-- > 0;) {
        if (units[u].column.bits != NULL) {
            sums[u] = fp6_add(sums[u], packed[--packed_n]);
        }
    }
}

/* partial[chunk n + unit] = sum over the chunk's rows of eq(rho, x) cell; item = chunk, then batch of units */
static void dot_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const struct dots *d = ctx;
    const struct reducing *g = d->g;
    size_t n = g->plan.n[d->a], size = (size_t)1 << d->a, step = dot_chunk(d->a);
    for (size_t item = begin; item < end; item++) {
        size_t chunk = item / d->batches, first = item % d->batches * DOT_BATCH;
        size_t last = n - first < DOT_BATCH ? n : first + DOT_BATCH;
        size_t x_end = size - chunk * step < step ? size : (chunk + 1) * step;
        memset(g->partial + chunk * n + first, 0, (last - first) * sizeof *g->partial);
        for (size_t x = chunk * step; x < x_end; x += DOT_TILE) {
            size_t tile = x_end - x < DOT_TILE ? x_end - x : DOT_TILE;
            dot_tile(g, g->units + g->plan.first[d->a] + first, last - first, x, tile, g->partial + chunk * n + first);
        }
    }
}

static void place_units(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const struct dots *d = ctx;
    const struct reducing *g = d->g;
    size_t n = g->plan.n[d->a], chunks = dot_chunks(d->a);
    for (size_t u = begin; u < end; u++) {
        const struct unit *unit = &g->units[g->plan.first[d->a] + u];
        fp6 value = fp6_zero();
        for (size_t chunk = 0; chunk < chunks; chunk++) {
            value = fp6_add(value, g->partial[chunk * n + u]);
        }
        fp6 weight = gn_fp6_mul(unit->weight[SAME], g->kernel.same);
        weight = fp6_add(weight, gn_fp6_mul(unit->weight[NEXT], g->kernel.shift));
        weight = fp6_add(weight, gn_fp6_mul(unit->weight[CARRY], g->kernel.zero));
        ext_set(g->spare_values, u, value);
        ext_set(g->spare_weights, u, weight);
    }
}

static void swap(uint32_t **a, uint32_t **b)
{
    uint32_t *t = *a;
    *a = *b;
    *b = t;
}

/* The pieces of size 2^a become the head of the tail. */
static void extend_tail(struct reducing *g, unsigned a)
{
    size_t n = g->plan.n[a];
    if (n == 0) {
        return;
    }
    struct dots d = {.g = g, .a = a, .batches = (n + DOT_BATCH - 1) / DOT_BATCH};
    gn_vec_eq(g->table, g->rho, a, fp6_one(), g->w);
    gn_pool_for(g->w->pool, dot_chunks(a) * d.batches, 1, dot_items, &d);
    gn_pool_for(g->w->pool, n, DOT_BATCH, place_units, &d);
    copy_elements(g->spare_values, n, g->tail_values, 0, g->tail);
    copy_elements(g->spare_weights, n, g->tail_weights, 0, g->tail);
    swap(&g->tail_values, &g->spare_values);
    swap(&g->tail_weights, &g->spare_weights);
    g->tail += n;
}

static void pad_tail(struct reducing *g)
{
    if (g->tail % 2 != 0) {
        ext_set(g->tail_values, g->tail, fp6_zero());
        ext_set(g->tail_weights, g->tail, fp6_zero());
        g->tail++;
    }
}

/* step 2 */
static void sumcheck(struct reducing *g, struct gn_sender *s)
{
    for (unsigned i = 0; i < g->layout->h; i++) {
        fp6 c[3] = {fp6_zero(), fp6_zero(), fp6_zero()};
        pad_tail(g);
        add_product_round(c, g->values, g->weights, g->pairs, g->w);
        add_product_round(c, g->tail_values, g->tail_weights, g->tail, g->w);
        add_carry_round(c, g, i);
        gn_send_exts(s, LABEL_RED_ROUND, c + 1, 2);
        g->rho[i] = gn_transcript_challenge(&s->transcript, LABEL_RED_CHALLENGE);
        bind(g, i);
        extend_tail(g, i + 1);
    }
}

/* steps 3 and 4 */
static void send_values(struct gn_reduction *out, const struct reducing *g, struct gn_sender *s)
{
    const struct pcs_layout *layout = g->layout;
    fp6 values[WHIR_MAX_STACK_COLUMNS], theta[WHIR_MAX_VARS];
    for (uint32_t w = 0; w < layout->columns; w++) {
        values[w] = ext_get(g->tail_values, w);
    }
    gn_send_exts(s, LABEL_RED_VALUES, values, layout->columns);
    if (layout->w_log2 > 0) {
        gn_transcript_challenges(&s->transcript, LABEL_RED_THETA, theta, layout->w_log2);
    }
    gn_eq_table(out->weights, theta, layout->w_log2);
    out->value = fp6_zero();
    for (uint32_t w = 0; w < layout->columns; w++) {
        out->value = fp6_add(out->value, gn_fp6_mul(out->weights[w], values[w]));
    }
}

static void draw_powers(struct reducing *g, struct gn_sender *s)
{
    fp6 gamma = gn_transcript_challenge(&s->transcript, LABEL_RED_GAMMA);
    g->power[0] = fp6_one();
    for (uint32_t k = 0; k < gn_pcs_claims(g->layout); k++) {
        g->power[k + 1] = gn_fp6_mul(g->power[k], gamma);
    }
}

enum gn_status gn_reduce_prove(struct gn_reduction *out, const struct pcs_commitment *c, const struct pcs_point *point,
                               struct gn_sender *s, const struct gn_work *w)
{
    struct reducing g = {.c = c, .layout = c->layout, .point = point, .w = w, .rho = out->rho, .zero = fp6_one()};
    plan_make(&g.plan, g.layout);
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    enum gn_status status = acquire(&g);
    if (status == GN_OK) {
        draw_powers(&g, s);
        fill_units(&g);
        make_pairs(&g);
        sumcheck(&g, s);
        send_values(out, &g, s);
        status = g.tail == g.layout->columns ? GN_OK : GN_INTERNAL;
    }
    gn_arena_release(w->arena, mark);
    return status;
}
