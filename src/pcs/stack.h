/* SPDX-License-Identifier: Apache-2.0 */
/* stack.h - the prover's view of a stack whose cells lie in the columns of the tables (docs/protocol.md section 4).
 *
 * The stack is never stored.  A list of pieces, sorted by place as the walk gives them, tells where each cell is; the
 * passes over all cells run tile by tile over x, so that the ext accumulator of a tile stays in the first-level cache
 * while the cells of all stack columns stream by. */
#ifndef GN_PCS_STACK_H
#define GN_PCS_STACK_H

#include "base/work.h"
#include "field/fp6.h"
#include "pcs/layout.h"

/* a stretch of a column */
struct pcs_stretch {
    const uint32_t *cells;
    const uint32_t *bits; /* the same packed (poly/vector.h), or NULL */
};

struct pcs_piece {
    struct pcs_stretch column;
    uint64_t at; /* stack cell */
    unsigned a;  /* 2^a cells */
};

struct gn_stack {
    const struct pcs_layout *layout;
    struct pcs_piece *pieces;
    size_t pieces_n;
};

/* cells and bits as in struct pcs_commitment; the list comes from the arena */
GN_NODISCARD enum gn_status gn_stack_build(struct gn_stack *stack, const struct pcs_layout *layout,
                                           const uint32_t *const *const *cells, uint32_t *const *const *bits,
                                           struct gn_arena *arena);
size_t gn_stack_footprint(const struct pcs_layout *layout);

/* out[i] = cell x + i of stack column w, i < n; zero behind the last piece.  x + n <= 2^h */
void gn_stack_read(const struct gn_stack *stack, uint32_t w, size_t x, size_t n, uint32_t *out);

/* ext vector out[x] = sum_w weights[w] f_w[x], x < 2^h */
void gn_stack_combine(uint32_t *out, const struct gn_stack *stack, const fp6 *weights, const struct gn_work *w);

/* ext vector acc[x] = sum_c coefficients[c] columns[c][x], x < n, in tiles and over the pool */
void gn_columns_combine(uint32_t *acc, const fp6 *coefficients, const struct pcs_stretch *columns, size_t columns_n,
                        size_t n, const struct gn_work *w);

/* Packs the pieces of stack column w whose bits are not NULL there; packed[i] = false if a cell of piece i is neither 0 nor
 * 1.  If that leaves no piece over, writes the column to `bits`, 2^h / 32 words, and returns true; else writes it to out. */
bool gn_stack_gather(const struct gn_stack *stack, uint32_t w, uint32_t *out, uint32_t *bits, bool *packed,
                     enum gn_isa isa);

#endif
