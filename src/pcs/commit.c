/* SPDX-License-Identifier: Apache-2.0 */
/* commit.c - the commitment to a stack: docs/protocol.md section 5.
 *
 * Each stack column is gathered from the tables' columns straight into the head of its code word and encoded in place;
 * no other copy of the stack exists.  Code words lie column by column at a stride that is a cache line longer than a
 * power of two, so that the cells of one row, which the leaf hash reads together, do not fall on the same cache
 * sets. */
#include <string.h>

#include "pcs/merkle.h"
#include "pcs/reduce.h"
#include "pcs/stack.h"
#include "poly/vector.h"

#define STRIDE_PAD 16 /* words */

static size_t code_stride(const struct pcs_layout *layout)
{
    return ((size_t)1 << (gn_whir_rows_log2(layout->params))) + STRIDE_PAD;
}

static size_t vector_bytes(const struct pcs_layout *layout)
{
    return ext_words((size_t)1 << layout->h) * sizeof(uint32_t);
}

size_t gn_pcs_code_footprint(const struct pcs_layout *layout)
{
    return layout->columns * code_stride(layout) * sizeof(uint32_t);
}

/* ---- columns of bits ---- */

static bool may_be_packed(const struct pcs_layout *layout, const struct pcs_table *t)
{
    return layout->h >= 5 && t->height % 32 == 0; /* all pieces are whole words */
}

static size_t bits_bytes(const struct pcs_layout *layout)
{
    size_t bytes = 64 * (size_t)layout->tables_n;
    for (uint32_t i = 0; i < layout->tables_n; i++) {
        const struct pcs_table *t = &layout->tables[i];
        bytes +=
            (size_t)t->columns_n * (sizeof(uint32_t *) + sizeof(uint32_t) * (t->height / 32)) + sizeof(uint32_t **);
    }
    return bytes + 64;
}

/* room for every column */
static uint32_t ***bits_alloc(const struct pcs_layout *layout, struct gn_arena *arena)
{
    uint32_t ***bits = gn_arena_alloc(arena, layout->tables_n * sizeof *bits);
    for (uint32_t i = 0; i < layout->tables_n && bits != NULL; i++) {
        const struct pcs_table *t = &layout->tables[i];
        size_t words = t->height / 32;
        bits[i] = gn_arena_zalloc(arena, t->columns_n * sizeof **bits);
        uint32_t *at = gn_arena_alloc(arena, t->columns_n * words * sizeof *at);
        if (bits[i] == NULL || at == NULL) {
            return NULL;
        }
        for (uint32_t c = 0; c < t->columns_n && may_be_packed(layout, t); c++) {
            bits[i][c] = at + c * words;
        }
    }
    return bits;
}

/* packed: by piece, in the order of the walk */
static void bits_keep(uint32_t ***bits, const struct pcs_layout *layout, const bool *packed)
{
    struct pcs_walk walk;
    struct pcs_run run;
    gn_pcs_walk_begin(&walk, layout);
    while (gn_pcs_walk_next(&walk, &run)) {
        for (uint32_t c = 0; c < layout->tables[run.table].columns_n; c++) {
            for (uint32_t j = 0; j < run.repeat; j++) {
                bits[run.table][c] = *packed++ ? bits[run.table][c] : NULL;
            }
        }
    }
}

/* ---- code words ---- */

static size_t column_bits_bytes(const struct pcs_layout *layout)
{
    return (((size_t)1 << layout->h) + 31) / 32 * sizeof(uint32_t);
}

struct encoding {
    const struct gn_stack *stack;
    uint32_t *const *code;
    uint32_t *bits; /* 2^h / 32 words for each worker */
    bool *packed;   /* by piece */
    bool divided;   /* columns are only gathered here */
    const struct gn_twiddles *twiddles;
    enum gn_isa isa;
};

static void encode_columns(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct encoding *e = ctx;
    const struct pcs_layout *layout = e->stack->layout;
    const unsigned h = layout->h, d = h + layout->params->mu0;
    uint32_t *bits = e->bits + ((size_t)worker << h) / 32;
    for (size_t w = begin; w < end; w++) {
        bool packed = gn_stack_gather(e->stack, (uint32_t)w, e->code[w], bits, e->packed, e->isa);
        if (packed && !e->divided && h >= NTT_BITS_MIN_LOG2) {
            gn_ntt_encode_bits(e->code[w], bits, h, d, e->twiddles, e->isa);
            continue;
        }
        if (packed) {
            gn_stack_read(e->stack, (uint32_t)w, 0, (size_t)1 << h, e->code[w]);
        }
        if (!e->divided) {
            gn_ntt_encode(e->code[w], e->code[w], h, d, e->twiddles, e->isa);
        }
    }
}

static enum gn_status encode(struct pcs_commitment *c, uint32_t ***bits, const struct gn_twiddles *t,
                             const struct gn_work *w)
{
    const struct pcs_layout *layout = c->layout;
    const unsigned threads = gn_pool_threads(w->pool);
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    struct gn_stack stack;
    if (gn_stack_build(&stack, layout, c->cells, c->bits, w->arena) != GN_OK) {
        return GN_NO_MEMORY;
    }
    struct encoding e = {
        .stack = &stack,
        .code = c->code,
        .bits = gn_arena_alloc(w->arena, threads * column_bits_bytes(layout)),
        .packed = gn_arena_alloc(w->arena, stack.pieces_n * sizeof *e.packed),
        .divided = threads > 1 && layout->columns < 4 * (size_t)threads,
        .twiddles = t,
        .isa = w->isa,
    };
    if (e.bits == NULL || e.packed == NULL) {
        return GN_NO_MEMORY;
    }
    gn_pool_for(w->pool, layout->columns, 1, encode_columns, &e);
    bits_keep(bits, layout, e.packed);
    if (e.divided) {
        gn_ntt_encode_columns(c->code, (const uint32_t *const *)c->code, layout->columns, layout->h,
                              gn_whir_rows_log2(layout->params), t, w->pool, w->isa);
    }
    gn_arena_release(w->arena, mark);
    return GN_OK;
}

/* Takes the memory of the code words, last of all, and fills it. */
static enum gn_status make_code(struct pcs_commitment *c, const struct gn_twiddles *t, const struct gn_work *w)
{
    const struct pcs_layout *layout = c->layout;
    c->code_mark = gn_arena_get_mark(w->arena);
    uint32_t *words = gn_arena_alloc(w->arena, gn_pcs_code_footprint(layout));
    if (words == NULL) {
        return GN_NO_MEMORY;
    }
    for (uint32_t i = 0; i < layout->columns; i++) {
        c->code[i] = words + i * code_stride(layout);
    }
    c->forgotten = false;
    return encode(c, (uint32_t ***)(uintptr_t)c->bits, t, w);
}

void gn_pcs_forget_code(struct pcs_commitment *c, struct gn_arena *arena)
{
    gn_arena_release(arena, c->code_mark);
    c->forgotten = true;
}

enum gn_status gn_pcs_recall_code(struct pcs_commitment *c, const struct gn_twiddles *t, const struct gn_work *w)
{
    return c->forgotten ? make_code(c, t, w) : GN_OK;
}

enum gn_status gn_pcs_commit(struct pcs_commitment *c, const struct pcs_layout *layout,
                             const uint32_t *const *const *cells, const struct gn_twiddles *t, const struct gn_work *w)
{
    unsigned rows_log2 = gn_whir_rows_log2(layout->params);
    uint32_t ***bits = bits_alloc(layout, w->arena);
    *c = (struct pcs_commitment){.layout = layout, .cells = cells, .bits = (uint32_t *const *const *)bits};
    c->code = gn_arena_alloc(w->arena, layout->columns * sizeof *c->code);
    c->tree = gn_arena_alloc(w->arena, gn_merkle_nodes(rows_log2) * sizeof *c->tree);
    c->ood_point = gn_arena_alloc(w->arena, (layout->h + layout->w_log2) * sizeof *c->ood_point);
    c->ood_combination = layout->paged ? NULL : gn_arena_alloc(w->arena, vector_bytes(layout));
    if (bits == NULL || c->code == NULL || c->tree == NULL || c->ood_point == NULL ||
        (c->ood_combination == NULL && !layout->paged)) {
        return GN_NO_MEMORY;
    }
    enum gn_status status = make_code(c, t, w);
    if (status != GN_OK) {
        return status;
    }
    gn_merkle_commit(c->tree, (const uint32_t *const *)c->code, layout->columns, rows_log2, w);
    c->root = c->tree[1];
    return GN_OK;
}

enum gn_status gn_pcs_commit_ood(struct pcs_commitment *c, struct gn_sender *s, const struct gn_work *w)
{
    const struct pcs_layout *layout = c->layout;
    size_t n = (size_t)1 << layout->h;
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    struct gn_stack stack;
    enum gn_status status = gn_stack_build(&stack, layout, c->cells, c->bits, w->arena);
    uint32_t *eq = gn_arena_alloc(w->arena, ext_words(n) * sizeof *eq);
    if (status != GN_OK || eq == NULL) {
        return GN_NO_MEMORY;
    }
    gn_transcript_challenges(&s->transcript, LABEL_OOD_POINT, c->ood_point, layout->h + layout->w_log2);
    fp6 weights[WHIR_MAX_STACK_COLUMNS];
    gn_eq_table(weights, c->ood_point + layout->h, layout->w_log2);
    gn_stack_combine(c->ood_combination, &stack, weights, w);
    gn_vec_eq(eq, c->ood_point, layout->h, fp6_one(), w);
    c->ood_value = gn_vec_dot(eq, c->ood_combination, n, w);
    gn_arena_release(w->arena, mark);
    gn_send_exts(s, LABEL_OOD_VALUE, &c->ood_value, 1);
    c->ood = true;
    return GN_OK;
}

size_t gn_pcs_committed_footprint(const struct pcs_layout *layout)
{
    return layout->columns * sizeof(uint32_t *) + gn_pcs_code_footprint(layout) +
           gn_merkle_nodes(gn_whir_rows_log2(layout->params)) * sizeof(digest) + vector_bytes(layout) +
           bits_bytes(layout) + 8192;
}

size_t gn_pcs_commit_footprint(const struct pcs_layout *layout)
{
    /* what encoding needs for a while, 1/8 byte per cell of a stack column and worker, is less than eq of the out-of-domain
     * point */
    return gn_pcs_committed_footprint(layout) + gn_stack_footprint(layout) + 2 * vector_bytes(layout) + 8192;
}
