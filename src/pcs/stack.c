/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - list of pieces, reading, and the base x ext passes over all cells. */
#include "pcs/stack.h"

#include <string.h>

#include "poly/vector.h"

#define TILE   512 /* cells: 12 KiB of accumulator */
#define BATCH  16  /* columns per pass over the accumulator */
#define GATHER 4096

static size_t count_pieces(const struct pcs_layout *layout)
{
    struct pcs_walk walk;
    struct pcs_run run;
    size_t n = 0;
    gn_pcs_walk_begin(&walk, layout);
    while (gn_pcs_walk_next(&walk, &run)) {
        n += (size_t)layout->tables[run.table].columns_n * run.repeat;
    }
    return n;
}

size_t gn_stack_footprint(const struct pcs_layout *layout)
{
    return count_pieces(layout) * (sizeof(struct pcs_piece) + sizeof(bool)) + 256;
}

enum gn_status gn_stack_build(struct gn_stack *stack, const struct pcs_layout *layout,
                              const uint32_t *const *const *cells, uint32_t *const *const *bits, struct gn_arena *arena)
{
    struct pcs_walk walk;
    struct pcs_run run;
    *stack = (struct gn_stack){.layout = layout};
    stack->pieces = gn_arena_alloc(arena, count_pieces(layout) * sizeof *stack->pieces);
    if (stack->pieces == NULL) {
        return GN_NO_MEMORY;
    }
    gn_pcs_walk_begin(&walk, layout);
    while (gn_pcs_walk_next(&walk, &run)) {
        uint64_t at = run.offset;
        for (uint32_t c = 0; c < layout->tables[run.table].columns_n; c++) {
            const uint32_t *words = bits[run.table][c];
            for (uint32_t j = 0; j < run.repeat; j++) {
                size_t row = run.row + ((size_t)j << run.a);
                struct pcs_stretch column = {cells[run.table][c] + row, words == NULL ? NULL : words + row / 32};
                stack->pieces[stack->pieces_n++] = (struct pcs_piece){.column = column, .at = at, .a = run.a};
                at += (uint64_t)1 << run.a;
            }
        }
    }
    return GN_OK;
}

/* index of the piece that holds stack cell `at` (< cells): the last one that begins at or before it */
static size_t find_piece(const struct gn_stack *stack, uint64_t at)
{
    size_t low = 0, high = stack->pieces_n; /* pieces[low].at <= at < pieces[high].at */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (stack->pieces[middle].at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

void gn_stack_read(const struct gn_stack *stack, uint32_t w, size_t x, size_t n, uint32_t *out)
{
    uint64_t at = ((uint64_t)w << stack->layout->h) + x, end = at + n;
    if (at < stack->layout->cells) {
        for (size_t i = find_piece(stack, at); i < stack->pieces_n && at < end; i++) {
            const struct pcs_piece *p = &stack->pieces[i];
            uint64_t inside = at - p->at, left = ((uint64_t)1 << p->a) - inside;
            uint64_t take = left < end - at ? left : end - at;
            memcpy(out, p->column.cells + inside, take * sizeof *out);
            out += take;
            at += take;
        }
    }
    memset(out, 0, (end - at) * sizeof *out);
}

/* One piece, packed and (to not NULL) copied; once from memory for both. */
static bool pack_piece(const struct pcs_piece *p, uint32_t *to, enum gn_isa isa)
{
    size_t n = (size_t)1 << p->a;
    uint32_t *bits = (uint32_t *)(uintptr_t)p->column.bits; /* nobody reads them yet */
    bool packed = bits != NULL;
    for (size_t x = 0; x < n && (packed || to != NULL); x += GATHER) {
        size_t stretch = n - x < GATHER ? n - x : GATHER;
        packed = packed && gn_vec_pack(bits + x / 32, p->column.cells + x, stretch, isa);
        if (to != NULL) {
            memcpy(to + x, p->column.cells + x, stretch * sizeof *to);
        }
    }
    return packed;
}

bool gn_stack_gather(const struct gn_stack *stack, uint32_t w, uint32_t *out, uint32_t *bits, bool *packed,
                     enum gn_isa isa)
{
    uint64_t begin = (uint64_t)w << stack->layout->h, end = begin + ((uint64_t)1 << stack->layout->h);
    uint64_t cells = stack->layout->cells < end ? stack->layout->cells : end;
    const size_t first = find_piece(stack, begin);
    size_t i = first;
    for (; i < stack->pieces_n && stack->pieces[i].at < end; i++) { /* as long as all can be packed */
        const struct pcs_piece *p = &stack->pieces[i];
        packed[i] = pack_piece(p, NULL, isa);
        if (!packed[i]) {
            break;
        }
        memcpy(bits + (p->at - begin) / 32, p->column.bits, sizeof *bits << (p->a - 5));
    }
    if (i == stack->pieces_n || stack->pieces[i].at >= end) {
        memset(bits + (cells - begin) / 32, 0, (end - cells) / 32 * sizeof *bits);
        return true;
    }
    for (size_t k = first; k < i; k++) {
        const struct pcs_piece *p = &stack->pieces[k];
        memcpy(out + (p->at - begin), p->column.cells, sizeof *out << p->a);
    }
    for (size_t k = i; k < stack->pieces_n && stack->pieces[k].at < end; k++) {
        const struct pcs_piece *p = &stack->pieces[k];
        packed[k] = pack_piece(p, out + (p->at - begin), isa);
    }
    memset(out + (cells - begin), 0, (end - cells) * sizeof *out);
    return false;
}

/* Columns waiting to be added to a tile together, cells or packed. */
struct batch {
    fp6 coefficients[BATCH];
    const uint32_t *columns[BATCH];
    size_t n;
};

static void batch_flush(struct batch *b, bool packed, uint32_t *acc, size_t n, const struct gn_work *w)
{
    if (b->n != 0) {
        (packed ? gn_vec_mac_bits : gn_vec_mac_cells)(acc, b->coefficients, b->columns, b->n, n, w);
        b->n = 0;
    }
}

/* acc[0..n) += coefficient * columns[at ..), now or with the next ones; batch[0] is of cells, batch[1] packed */
static void batch_add(struct batch batch[2], fp6 coefficient, const struct pcs_stretch *column, size_t at,
                      uint32_t *acc, size_t n, const struct gn_work *w)
{
    bool packed = column->bits != NULL && at % 32 == 0 && n % 32 == 0;
    struct batch *b = &batch[packed];
    b->coefficients[b->n] = coefficient;
    b->columns[b->n++] = packed ? column->bits + at / 32 : column->cells + at;
    if (b->n == BATCH) {
        batch_flush(b, packed, acc, n, w);
    }
}

static void batch_end(struct batch batch[2], uint32_t *acc, size_t n, const struct gn_work *w)
{
    batch_flush(&batch[0], false, acc, n, w);
    batch_flush(&batch[1], true, acc, n, w);
}

/* acc[0..n) += coefficient * (cells [at, at + n) of the stack), where they lie in several pieces or behind the last.
 * at is a multiple of 16, so every piece of at least 16 cells begins at the start of an ext block. */
static void add_pieces(uint32_t *acc, const struct gn_stack *stack, uint64_t at, size_t n, fp6 coefficient,
                       const struct gn_work *w)
{
    uint64_t h = stack->layout->h, cells = stack->layout->cells;
    for (size_t x = 0; x < n && at + x < cells;) {
        const struct pcs_piece *p = &stack->pieces[find_piece(stack, at + x)];
        uint32_t block[EXT_BLOCK];
        const uint32_t *from = block;
        size_t take = EXT_BLOCK < n - x ? EXT_BLOCK : n - x;
        if (p->a >= 4) {
            size_t inside = (size_t)(at + x - p->at), left = ((size_t)1 << p->a) - inside;
            from = p->column.cells + inside;
            take = left < n - x ? left : n - x;
        } else {
            gn_stack_read(stack, (uint32_t)((at + x) >> h), (size_t)((at + x) & (((uint64_t)1 << h) - 1)), take, block);
        }
        gn_vec_mac_cells(acc + ext_words(x), &coefficient, &from, 1, take, w);
        x += take;
    }
}

struct combine {
    uint32_t *out;
    const struct gn_stack *stack;
    const fp6 *weights;
    enum gn_isa isa;
};

static void combine_tile(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const struct combine *j = ctx;
    const struct pcs_layout *layout = j->stack->layout;
    struct gn_work alone = {.isa = j->isa};
    struct batch batch[2] = {{.n = 0}, {.n = 0}};
    uint32_t *acc = j->out + ext_words(begin);
    size_t n = end - begin;
    memset(acc, 0, ext_words(n) * sizeof *acc);
    for (uint32_t w = 0; w < layout->columns; w++) {
        uint64_t at = ((uint64_t)w << layout->h) + begin;
        if (at >= layout->cells) {
            continue;
        }
        const struct pcs_piece *p = &j->stack->pieces[find_piece(j->stack, at)];
        if (at + n > p->at + ((uint64_t)1 << p->a)) {
            add_pieces(acc, j->stack, at, n, j->weights[w], &alone);
            continue;
        }
        batch_add(batch, j->weights[w], &p->column, at - p->at, acc, n, &alone);
    }
    batch_end(batch, acc, n, &alone);
}

void gn_stack_combine(uint32_t *out, const struct gn_stack *stack, const fp6 *weights, const struct gn_work *w)
{
    struct combine job = {.out = out, .stack = stack, .weights = weights, .isa = w->isa};
    gn_pool_for(w->pool, (size_t)1 << stack->layout->h, TILE, combine_tile, &job);
}

struct columns_job {
    uint32_t *acc;
    const fp6 *coefficients;
    const struct pcs_stretch *columns;
    size_t columns_n;
    enum gn_isa isa;
};

static void columns_tile(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const struct columns_job *j = ctx;
    struct gn_work alone = {.isa = j->isa};
    uint32_t *acc = j->acc + ext_words(begin);
    memset(acc, 0, ext_words(end - begin) * sizeof *acc);
    struct batch batch[2] = {{.n = 0}, {.n = 0}};
    for (size_t c = 0; c < j->columns_n; c++) {
        batch_add(batch, j->coefficients[c], &j->columns[c], begin, acc, end - begin, &alone);
    }
    batch_end(batch, acc, end - begin, &alone);
}

void gn_columns_combine(uint32_t *acc, const fp6 *coefficients, const struct pcs_stretch *columns, size_t columns_n,
                        size_t n, const struct gn_work *w)
{
    struct columns_job job = {acc, coefficients, columns, columns_n, w->isa};
    gn_pool_for(w->pool, n, TILE, columns_tile, &job);
}
