/* SPDX-License-Identifier: Apache-2.0 */
/* layout.h - where every column of every table lies in a stack: docs/protocol.md section 4.  Shared by prover and
 * verifier; freestanding. */
#ifndef GN_PCS_LAYOUT_H
#define GN_PCS_LAYOUT_H

#include <stdbool.h>

#include "pcs/params.h"

#define PCS_MAX_TABLES 128

/* One table's share in a stack, and which claims exist on it.  Claims are numbered table by table: columns_n column
 * claims, then next_n next claims. */
struct pcs_table {
    uint32_t height; /* committed height H; 0: the table is absent and has no claims */
    uint32_t columns_n;
    unsigned v; /* its claims are at (u, r_3 .. r_{v-1}) */
    uint32_t next_n;
    const uint32_t *next; /* columns that have a next claim, ascending */
    uint32_t pages_n;     /* preprocessed stack only: the joined pages; no claims if 0 */
    const uint32_t *pages;
};

struct pcs_layout {
    const struct pcs_table *tables;
    uint32_t tables_n;
    unsigned min_piece; /* log2 rows of the smallest piece: 3 main, 8 preprocessed */
    bool paged;         /* preprocessed stack: claims are weighted by pages */
    uint64_t cells;
    unsigned m, h, w_log2; /* w_log2 = ceil log2 columns */
    uint32_t columns;      /* W */
    const struct whir_params *params;
};

/* Fills layout (tables stay owned by the caller).  False when there are no cells or more than the parameter table
 * allows. */
bool gn_pcs_layout(struct pcs_layout *layout, const struct pcs_table *tables, uint32_t tables_n, enum whir_table kind,
                   uint32_t preset);
/* Its last step: fills m, h, columns, w_log2 for the given parameters (tests use rows of their own).  False when the
 * cells do not fit them. */
bool gn_pcs_layout_split(struct pcs_layout *layout, const struct whir_params *params);
uint32_t gn_pcs_claims(const struct pcs_layout *layout); /* number of claims */
uint32_t gn_pcs_table_claims(const struct pcs_layout *layout, uint32_t table);

/* Walks all pieces in stack order.  A run is columns_n * repeat pieces of size 2^a one behind the other, column by
 * column (repeat > 1 only for a = h: piece j of a column starts at its row j 2^h). */
struct pcs_run {
    uint32_t table;
    unsigned a;      /* log2 rows of a piece */
    uint32_t repeat; /* pieces of this size per column */
    uint32_t row;    /* first row s of a column's first such piece */
    uint64_t offset; /* stack cell of the run's first piece */
};
struct pcs_walk {
    const struct pcs_layout *layout;
    unsigned a;
    uint32_t table;
    uint64_t offset;
};
void gn_pcs_walk_begin(struct pcs_walk *walk, const struct pcs_layout *layout);
bool gn_pcs_walk_next(struct pcs_walk *walk, struct pcs_run *run);

#endif
