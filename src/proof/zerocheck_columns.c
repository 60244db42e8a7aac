/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_columns.c - how the zerocheck's prover reads columns, and what becomes of them.
 *
 * Before u an operand is a sequence of cells, read a chunk at a time: a committed column, the same one row further, a
 * list of pages of the preprocessed column, or a fixed column written out once.  Rows at or above the committed height
 * count as 0, whatever lies in memory there; so do rows of a preprocessed column behind the joined pages.  Rows between
 * n and H are read as they are, because the claims that the commitment answers for include them.
 *
 * Binding u makes a block of cells one element of F, and each later challenge makes two elements one.  An operand of
 * odd length is first extended by the element that belongs there: 0, or for a sum of monomials its value. */
#include <string.h>

#include "poly/vector.h"
#include "proof/zerocheck_prover.h"

/* ---- fixed columns ---- */

/* Doubling: row 2^k + y has the monomials of row y and those whose top bit is k and whose other bits are in y. */
static void write_monomials(uint32_t *column, const struct air_fixed *f, size_t rows)
{
    column[0] = air_fixed_at(f, 0);
    for (size_t half = 1; half < rows; half *= 2) {
        size_t n = rows - half < half ? rows - half : half;
        memcpy(column + half, column, n * sizeof *column);
        for (uint32_t i = 0; i < f->monomials_n; i++) {
            uint32_t bits = f->monomials[i].bits;
            if (bits < half || bits >= 2 * half) {
                continue;
            }
            size_t rest = bits - half;
            for (size_t y = 0; y < n; y++) {
                if ((y & rest) == rest) {
                    column[half + y] = fp_add_raw(column[half + y], f->monomials[i].coefficient);
                }
            }
        }
    }
}

static void materialise_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct zc_prover *p = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        struct zc_table *t = &p->tables[i];
        for (uint32_t k = 0; k < t->air->fixed_n; k++) {
            const struct air_fixed *f = &t->air->fixed[k];
            if (f->values_n == 0) {
                write_monomials(t->fixed[k], f, t->rows);
                continue;
            }
            size_t n = f->values_n < t->rows ? f->values_n : t->rows;
            memcpy(t->fixed[k], f->values, n * sizeof(uint32_t));
            memset(t->fixed[k] + n, 0, (t->rows - n) * sizeof(uint32_t));
        }
    }
}

enum gn_status gn_zc_materialise_fixed(struct zc_prover *p)
{
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        t->fixed = gn_arena_alloc(p->work->arena, t->air->fixed_n * sizeof *t->fixed);
        if (t->fixed == NULL) {
            return GN_NO_MEMORY;
        }
        for (uint32_t k = 0; k < t->air->fixed_n; k++) {
            t->fixed[k] = gn_arena_alloc(p->work->arena, t->rows * sizeof(uint32_t));
            if (t->fixed[k] == NULL) {
                return GN_NO_MEMORY;
            }
        }
    }
    gn_pool_for(p->work->pool, p->tables_n, 1, materialise_items, p);
    return GN_OK;
}

/* ---- cells ---- */

/* a chunk of several pages, of whose rows `left` are joined, a multiple of a page's */
static const uint32_t *page_cells(const uint32_t *cells, const uint32_t *pages, size_t left, size_t chunk,
                                  uint32_t padded[ZC_CHUNK_MAX])
{
    for (size_t row = 0; row < chunk; row += AIR_PAGE_ROWS) {
        if (row < left) {
            const uint32_t *page = cells + (size_t)pages[row / AIR_PAGE_ROWS] * AIR_PAGE_ROWS;
            memcpy(padded + row, page, AIR_PAGE_ROWS * sizeof *padded);
        } else {
            memset(padded + row, 0, AIR_PAGE_ROWS * sizeof *padded);
        }
    }
    return padded;
}

const uint32_t *gn_zc_cells(const struct zc_prover *p, const struct zc_table *t, uint32_t k, size_t row,
                            uint32_t padded[ZC_CHUNK_MAX])
{
    const struct air_table *air = t->air;
    const struct air_table_witness *w = &p->witness->tables[t->number];
    const uint32_t *cells;
    size_t at = row, left = row < t->rows ? t->rows - row : 0; /* left: cells that are there */
    if (k < air->committed_n) {
        cells = w->columns[k];
    } else if ((k -= air->committed_n) < air->next_n) {
        cells = w->columns[air->next[k]];
        at++;
        left -= left > 0; /* the row behind the last one counts as 0 */
    } else if ((k -= air->next_n) < air->pre_n) {
        cells = p->witness->pre[t->number][k];
        left = row < t->height ? t->height - row : 0;
        if (p->chunk > AIR_PAGE_ROWS) {
            return page_cells(cells, w->pages + row / AIR_PAGE_ROWS, left, p->chunk, padded);
        }
        if (left > 0) {
            at = (size_t)w->pages[row / AIR_PAGE_ROWS] * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS;
        }
    } else {
        cells = t->fixed[k - air->pre_n];
    }
    if (left >= p->chunk) {
        return cells + at;
    }
    memset(padded, 0, p->chunk * sizeof *padded);
    if (left > 0) {
        memcpy(padded, cells + at, left * sizeof *padded);
    }
    return padded;
}

/* ---- u ---- */

#define FOLD_ROWS 256 /* rows of an item, times the chunks of the later steps' items; at least a chunk */

static size_t fold_rows_per_item(const struct zc_prover *p, const struct zc_table *t)
{
    size_t rows = (size_t)FOLD_ROWS << t->group_log2;
    return rows < p->chunk ? p->chunk : rows;
}

static size_t fold_items(const struct zc_prover *p, const struct zc_table *t)
{
    return (t->rows + fold_rows_per_item(p, t) - 1) / fold_rows_per_item(p, t);
}

struct row_fold {
    struct zc_prover *p;
    fp6 weights[GN_SKIP_MAX]; /* low, times 2^32 */
    uint32_t bits[ZC_FOLD_TABLE];
};

/* one chunk of one operand */
static void fold_chunk(const struct row_fold *f, const struct zc_table *t, uint32_t k, size_t row, uint32_t *out,
                       uint32_t padded[ZC_CHUNK_MAX])
{
    const struct zc_prover *p = f->p;
    uint32_t words[ZC_LANES];
    const uint32_t *masks = gn_zc_masks(p, t, k, row, words, padded);
    if (masks != NULL) {
        p->lanes->spread_bits(out, masks, f->bits, p->skip / 4, 6);
    } else {
        p->lanes->fold_rows(out, gn_zc_cells(p, t, k, row, padded), f->weights, p->skip_log2);
    }
}

static void fold_rows_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct row_fold *f = ctx;
    struct zc_prover *p = f->p;
    uint32_t *padded = p->scratch[worker].padded;
    for (size_t item = begin; item < end; item++) {
        struct zc_table *t = zc_item_table(p, item);
        size_t rows = fold_rows_per_item(p, t), first = (item - t->first_item) * rows;
        size_t behind = first + rows < t->rows ? first + rows : t->rows;
        for (uint32_t k = 0; k < t->operands_n; k++) {
            for (size_t row = first; row < behind; row += p->chunk) {
                fold_chunk(f, t, k, row, t->folded[k] + ext_words(row >> p->skip_log2), padded);
            }
        }
    }
}

size_t gn_zc_folded_words(size_t blocks)
{
    return ext_words(blocks + 1 + ZC_PAIRS); /* reading whole chunks of pairs may run over the end */
}

enum gn_status gn_zc_fold_rows(struct zc_prover *p)
{
    size_t items = 0;
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        t->blocks = t->rows >> p->skip_log2;
        t->folded = gn_arena_alloc(p->work->arena, t->operands_n * sizeof *t->folded);
        size_t words = gn_zc_folded_words(t->blocks);
        uint32_t *memory = gn_arena_alloc(p->work->arena, t->operands_n * words * sizeof *memory);
        if (t->folded == NULL || memory == NULL) {
            return GN_NO_MEMORY;
        }
        for (uint32_t k = 0; k < t->operands_n; k++) {
            t->folded[k] = memory + k * words;
        }
        t->first_item = items;
        items += fold_items(p, t);
    }
    struct row_fold f = {.p = p};
    gn_zc_bits_fold_table(p, f.bits);
    for (unsigned b = 0; b < p->skip; b++) {
        f.weights[b] = fp6_mul_fp(p->out->skip.low[b], (fp){FP_R2});
    }
    gn_pool_for(p->work->pool, items, 1, fold_rows_items, &f);
    return GN_OK;
}

/* ---- later challenges ---- */

void gn_zc_pad(struct zc_prover *p, struct zc_table *t)
{
    if (t->blocks % 2 == 0) {
        return;
    }
    uint32_t first_fixed = t->operands_n - t->air->fixed_n;
    for (uint32_t k = 0; k < t->operands_n; k++) {
        fp6 x = fp6_zero();
        if (k >= first_fixed && t->air->fixed[k - first_fixed].values_n == 0) {
            fp6 point[GN_MAX_VARIABLES]; /* the bound part, then the bits of the element's number */
            for (unsigned i = p->skip_log2; i < t->v; i++) {
                bool bit = i >= p->variable && (t->blocks >> (i - p->variable) & 1) != 0;
                point[i] = i < p->variable ? p->out->r[i] : bit ? fp6_one() : fp6_zero();
            }
            x = gn_fixed_at_point(&t->air->fixed[k - first_fixed], t->v, point, &p->out->skip);
        }
        ext_set(t->folded[k], t->blocks, x);
    }
    t->blocks++;
}

#define FOLD_ELEMENTS 8192 /* per item, unless a single operand has more */

/* operands of an item */
static uint32_t fold_span(const struct zc_table *t)
{
    size_t span = t->blocks < FOLD_ELEMENTS ? FOLD_ELEMENTS / t->blocks : 1;
    return span < t->operands_n ? (uint32_t)span : t->operands_n;
}

static void fold_pairs_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct zc_prover *p = ctx;
    struct gn_work serial = *p->work;
    serial.pool = NULL;
    (void)worker;
    for (size_t item = begin; item < end; item++) {
        struct zc_table *t = zc_item_table(p, item);
        uint32_t span = fold_span(t), first = (uint32_t)(item - t->first_item) * span;
        for (uint32_t k = first; k < t->operands_n && k < first + span; k++) {
            gn_vec_fold_low(t->folded[k], t->blocks, p->out->r[p->variable], &serial);
        }
    }
}

void gn_zc_fold(struct zc_prover *p)
{
    size_t items = 0;
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        t->first_item = items;
        if (p->variable < t->v && t->operands_n > 0) {
            items += (t->operands_n + fold_span(t) - 1) / fold_span(t);
        }
    }
    gn_pool_for(p->work->pool, items, 1, fold_pairs_items, p);
    for (uint32_t i = 0; i < p->tables_n; i++) {
        if (p->variable < p->tables[i].v) {
            p->tables[i].blocks /= 2;
        }
    }
}
