/* SPDX-License-Identifier: Apache-2.0 */
/* pcs_stack_fixture.h - tables with random cells in a stack, claims about their columns computed the slow way, and the
 * whole exchange between prover and verifier of the commitment.
 *
 * What the slow way needs (committed heights, the weights lambda_T, pieces in order) is written here from
 * docs/protocol.md and shares no code with src/pcs. */
#ifndef GN_TESTS_PCS_STACK_FIXTURE_H
#define GN_TESTS_PCS_STACK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "pcs/reduce.h"
#include "unit/field_random.h"

#define STACK_MAX_TABLES 12

/* What a test asks for.  pages_n != 0 for a preprocessed table (its height is then in committed rows). */
struct table_spec {
    uint32_t rows; /* n */
    uint32_t columns_n;
    uint32_t next_n;
    const uint32_t *next;
    uint32_t pages_n;
    const uint32_t *pages;
};

struct stack_fixture {
    struct gn_arena arena;
    struct gn_twiddles *twiddles;
    struct gn_work work;
    struct pcs_table tables[STACK_MAX_TABLES];
    struct pcs_layout layout;
    const uint32_t *const *cells[STACK_MAX_TABLES];
    struct pcs_commitment commitment;
    struct pcs_point point;
    fp6 r[WHIR_MAX_VARS];
    fp6 *claims;
    uint32_t claims_n;
    bool paged;
};

static inline unsigned slow_bits(uint64_t x)
{
    unsigned n = 0;
    for (; x != 0; x >>= 1) {
        n++;
    }
    return n;
}

/* H(n) of section 4 */
static inline uint32_t slow_height(uint32_t n, unsigned smallest)
{
    if (n == 0) {
        return 0;
    }
    unsigned s = slow_bits(n) > smallest + 4 ? slow_bits(n) - 4 : smallest;
    uint32_t unit = 1u << s;
    return (n + unit - 1) / unit * unit;
}

static unsigned stack_skip_log2 = GN_SKIP_MIN_LOG2; /* skipped variables, and the smallest piece of a main stack */

/* max(skipped, ceil log2 n) */
static inline unsigned slow_variables(uint32_t n)
{
    unsigned v = stack_skip_log2;
    while ((uint64_t)1 << v < n) {
        v++;
    }
    return v;
}

/* A piece as section 4 describes it. */
struct slow_piece {
    unsigned a;
    uint32_t table, column, s;
};

static inline int slow_compare(const void *x, const void *y)
{
    const struct slow_piece *p = x, *q = y;
    if (p->a != q->a) {
        return p->a > q->a ? -1 : 1;
    }
    if (p->table != q->table) {
        return p->table < q->table ? -1 : 1;
    }
    if (p->column != q->column) {
        return p->column < q->column ? -1 : 1;
    }
    return p->s < q->s ? -1 : p->s > q->s;
}

/* all pieces in the order of the stack */
static inline size_t slow_pieces(const struct pcs_layout *l, struct slow_piece *out)
{
    size_t n = 0;
    for (uint32_t t = 0; t < l->tables_n; t++) {
        for (uint32_t c = 0; c < l->tables[t].columns_n; c++) {
            uint32_t s = 0, left = l->tables[t].height;
            while (left != 0) {
                unsigned a = slow_bits(left) - 1 < l->h ? slow_bits(left) - 1 : l->h;
                out[n++] = (struct slow_piece){a, t, c, s};
                s += 1u << a;
                left -= 1u << a;
            }
        }
    }
    qsort(out, n, sizeof *out, slow_compare);
    return n;
}

/* lambda_T(x) of section 8 */
static inline fp6 slow_lambda(const struct stack_fixture *f, unsigned v, uint64_t x)
{
    fp6 e = f->point.skip.low[x % (1u << stack_skip_log2)];
    for (unsigned i = stack_skip_log2; i < v; i++) {
        e = gn_fp6_mul(e, gn_eq1(f->r[i], (x >> i & 1) != 0 ? fp6_one() : fp6_zero()));
    }
    return e;
}

static inline void *stack_alloc(struct stack_fixture *f, size_t bytes)
{
    void *p = gn_arena_alloc(&f->arena, bytes);
    assert_non_null(p);
    return p;
}

/* Weight of the cell at row x of a column: same: in its column claim; next: in its next claim. */
static inline void slow_weights(const struct stack_fixture *f, uint32_t table, uint32_t x, fp6 *same, fp6 *next)
{
    const struct pcs_table *t = &f->tables[table];
    *same = *next = fp6_zero();
    if (!f->paged) {
        *same = slow_lambda(f, t->v, x);
        *next = x > 0 ? slow_lambda(f, t->v, x - 1) : fp6_zero();
        return;
    }
    for (uint32_t j = 0; j < t->pages_n; j++) {
        if (t->pages[j] == x / 256) {
            *same = slow_lambda(f, t->v, 256 * j + x % 256);
        }
    }
}

static inline void slow_claims(struct stack_fixture *f)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < f->layout.tables_n; i++) {
        const struct pcs_table *t = &f->tables[i];
        if (t->height == 0 || (f->paged && t->pages_n == 0)) {
            continue;
        }
        fp6 *claims = f->claims + k;
        for (uint32_t c = 0; c < t->columns_n + t->next_n; c++) {
            claims[c] = fp6_zero();
        }
        for (uint32_t x = 0; x < t->height; x++) {
            fp6 same, next;
            slow_weights(f, i, x, &same, &next);
            for (uint32_t c = 0; c < t->columns_n; c++) {
                claims[c] = fp6_add(claims[c], fp6_mul_fp(same, fp_from_cell(f->cells[i][c][x])));
            }
            for (uint32_t c = 0; c < t->next_n; c++) {
                fp cell = fp_from_cell(f->cells[i][t->next[c]][x]);
                claims[t->columns_n + c] = fp6_add(claims[t->columns_n + c], fp6_mul_fp(next, cell));
            }
        }
        k += t->columns_n + t->next_n;
    }
    assert_int_equal(k, f->claims_n);
}

static inline void stack_table(struct stack_fixture *f, uint32_t i, const struct table_spec *spec, struct random *rng)
{
    struct pcs_table *t = &f->tables[i];
    t->height = slow_height(spec->rows, f->paged ? 8 : stack_skip_log2);
    t->columns_n = spec->columns_n;
    t->v = slow_variables(f->paged ? 256 * spec->pages_n : spec->rows);
    t->next_n = spec->rows == 0 ? 0 : spec->next_n;
    t->next = spec->next;
    t->pages_n = spec->pages_n;
    t->pages = spec->pages;
    uint32_t **columns = stack_alloc(f, spec->columns_n * sizeof *columns);
    for (uint32_t c = 0; c < spec->columns_n; c++) {
        columns[c] = stack_alloc(f, t->height * sizeof(uint32_t));
        random_cells(rng, columns[c], t->height);
        for (uint32_t x = 0; x < t->height && c % 3 == 1; x++) { /* columns of bits, but one with a 2 at its end */
            columns[c][x] &= 1;
        }
        if (c == 4 && t->height > 0) {
            columns[c][t->height - 1] = 2;
        }
    }
    f->cells[i] = (const uint32_t *const *)columns;
}

/* params: any row that the cells fit */
static inline void stack_init(struct stack_fixture *f, const struct table_spec *specs, uint32_t n, bool paged,
                              const struct whir_params *params, uint64_t seed, struct gn_pool *pool, enum gn_isa isa)
{
    struct random rng = {seed};
    memset(f, 0, sizeof *f);
    f->paged = paged;
    assert_in_range(n, 1, STACK_MAX_TABLES);
    assert_int_equal(gn_arena_init(&f->arena, (size_t)64 << 20, NULL), GN_OK);
    assert_int_equal(gn_twiddles_create(&f->twiddles, 16, NULL), GN_OK);
    f->work = (struct gn_work){.arena = &f->arena, .pool = pool, .isa = isa};
    f->layout = (struct pcs_layout){.tables = f->tables, .tables_n = n, .min_piece = paged ? 8 : 3, .paged = paged};
    for (uint32_t i = 0; i < n; i++) {
        stack_table(f, i, &specs[i], &rng);
        f->layout.cells += (uint64_t)f->tables[i].height * f->tables[i].columns_n;
    }
    assert_true(gn_pcs_layout_split(&f->layout, params));
    gn_skip_at(&f->point.skip, stack_skip_log2, random_fp6(&rng));
    for (unsigned i = stack_skip_log2; i < WHIR_MAX_VARS; i++) {
        f->r[i] = random_fp6(&rng);
    }
    f->point.r = f->r;
    f->claims_n = gn_pcs_claims(&f->layout);
    f->claims = stack_alloc(f, (f->claims_n + 1) * sizeof *f->claims);
    slow_claims(f);
}

static inline void stack_free(struct stack_fixture *f)
{
    gn_twiddles_destroy(f->twiddles);
    gn_arena_free(&f->arena);
}

/* Root, out-of-domain claim, and the claims, which are absorbed as section 7.6 would. */
static inline void stack_send(struct stack_fixture *f, struct gn_sender *s)
{
    assert_int_equal(gn_pcs_commit(&f->commitment, &f->layout, f->cells, f->twiddles, &f->work), GN_OK);
    gn_send_digest(s, LABEL_ROOT, &f->commitment.root);
    if (!f->paged) {
        assert_int_equal(gn_pcs_commit_ood(&f->commitment, s, &f->work), GN_OK);
    }
    gn_send_exts(s, LABEL_ZC_CLAIMS, f->claims, f->claims_n);
}

/* the same as the first messages of a proof */
static inline void stack_commit(struct stack_fixture *f, struct gn_sender *s)
{
    gn_transcript_init(&s->transcript);
    stack_send(f, s);
}

/* The receiver's side of stack_send.  claims come from the proof into claims[claims_n]. */
static inline bool stack_take(const struct stack_fixture *f, struct pcs_opening *o, fp6 *claims, struct gn_receiver *r,
                              struct gn_scratch *scratch)
{
    *o = (struct pcs_opening){.layout = &f->layout, .ood = !f->paged, .claims = claims};
    return gn_recv_digest(r, LABEL_ROOT, &o->root) && (f->paged || gn_pcs_recv_ood(o, r, scratch)) &&
           gn_recv_exts(r, LABEL_ZC_CLAIMS, claims, f->claims_n);
}

static inline bool stack_recv(const struct stack_fixture *f, struct pcs_opening *o, fp6 *claims, struct gn_receiver *r,
                              struct gn_scratch *scratch)
{
    gn_transcript_init(&r->transcript);
    return stack_take(f, o, claims, r, scratch);
}

/* Bytes before the first message of the reduction. */
static inline size_t stack_head(const struct stack_fixture *f)
{
    return GN_DIGEST_BYTES + FP6_BYTES * ((f->paged ? 0u : 1u) + f->claims_n);
}

#endif
