/* SPDX-License-Identifier: Apache-2.0 */
/* layout.c - the stack: docs/protocol.md section 4.  Freestanding.
 *
 * A column is cut along the binary digits of its committed height into pieces whose sizes are powers of two; pieces are
 * laid down in the order of falling size, so each begins at a multiple of its own size and none crosses a stack column
 * (whose size 2^h is at least that of every piece).  Nothing of this is stored: prover and verifier walk the runs of
 * equal pieces, and a run is an arithmetic progression of offsets.
 *
 * Everything here is a function of heights that the caller has checked; what could still make the arithmetic
 * meaningless (no cells, too many, a height that is no multiple of the smallest piece) gives false. */
#include "pcs/layout.h"

#include "base/bits.h"

#define PAGE_LOG2       8
#define MAX_CELLS_LOG2  28
#define MAX_DOMAIN_LOG2 24 /* the two-adicity of the field */

static bool table_is_sound(const struct pcs_table *t, unsigned min_piece, bool paged)
{
    if ((t->height & ((1u << min_piece) - 1)) != 0) {
        return false;
    }
    if (!paged) {
        return t->height == 0 || (t->v <= MAX_DOMAIN_LOG2 && t->height <= 1u << t->v);
    }
    if (t->pages_n == 0) {
        return true;
    }
    uint64_t last = t->pages[t->pages_n - 1]; /* pages are strictly increasing */
    return t->v <= MAX_DOMAIN_LOG2 && (uint64_t)t->pages_n << PAGE_LOG2 <= 1u << t->v &&
           (last + 1) << PAGE_LOG2 <= t->height;
}

bool gn_pcs_layout(struct pcs_layout *layout, const struct pcs_table *tables, uint32_t tables_n, enum whir_table kind,
                   uint32_t preset)
{
    *layout = (struct pcs_layout){
        .tables = tables,
        .tables_n = tables_n,
        .min_piece = kind == WHIR_MAIN ? 3 : PAGE_LOG2,
        .paged = kind == WHIR_PREPROCESSED,
    };
    if (tables_n > PCS_MAX_TABLES) {
        return false;
    }
    for (uint32_t i = 0; i < tables_n; i++) {
        if (!table_is_sound(&tables[i], layout->min_piece, layout->paged)) {
            return false;
        }
        layout->cells += (uint64_t)tables[i].height * tables[i].columns_n;
        if (layout->cells > (uint64_t)1 << MAX_CELLS_LOG2) {
            return false;
        }
    }
    if (layout->cells == 0) {
        return false;
    }
    return gn_pcs_layout_split(layout, gn_whir_params(preset, kind, ceil_log2(layout->cells)));
}

bool gn_pcs_layout_split(struct pcs_layout *layout, const struct whir_params *params)
{
    if (params == NULL || params->m < params->k0 + layout->min_piece) {
        return false;
    }
    layout->params = params;
    layout->m = params->m;
    layout->h = params->m - params->k0;
    uint64_t columns = (layout->cells + ((uint64_t)1 << layout->h) - 1) >> layout->h;
    if (columns > (uint64_t)1 << params->k0 || columns > WHIR_MAX_STACK_COLUMNS ||
        layout->h + params->mu0 > MAX_DOMAIN_LOG2) {
        return false;
    }
    layout->columns = (uint32_t)columns;
    layout->w_log2 = ceil_log2(columns);
    return true;
}

uint32_t gn_pcs_table_claims(const struct pcs_layout *layout, uint32_t table)
{
    const struct pcs_table *t = &layout->tables[table];
    if (t->height == 0 || (layout->paged && t->pages_n == 0)) {
        return 0;
    }
    return t->columns_n + (layout->paged ? 0 : t->next_n);
}

uint32_t gn_pcs_claims(const struct pcs_layout *layout)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < layout->tables_n; i++) {
        n += gn_pcs_table_claims(layout, i);
    }
    return n;
}

void gn_pcs_walk_begin(struct pcs_walk *walk, const struct pcs_layout *layout)
{
    *walk = (struct pcs_walk){.layout = layout, .a = layout->h};
}

bool gn_pcs_walk_next(struct pcs_walk *walk, struct pcs_run *run)
{
    const struct pcs_layout *layout = walk->layout;
    for (;;) {
        if (walk->table == layout->tables_n) {
            if (walk->a == layout->min_piece) {
                return false;
            }
            walk->a--;
            walk->table = 0;
            continue;
        }
        uint32_t table = walk->table++;
        unsigned a = walk->a;
        uint32_t height = layout->tables[table].height, columns_n = layout->tables[table].columns_n;
        uint32_t repeat = a == layout->h ? height >> a : height >> a & 1;
        if (repeat == 0 || columns_n == 0) {
            continue;
        }
        *run = (struct pcs_run){
            .table = table,
            .a = a,
            .repeat = repeat,
            .row = a == layout->h ? 0 : height >> (a + 1) << (a + 1),
            .offset = walk->offset,
        };
        walk->offset += ((uint64_t)columns_n * repeat) << a;
        return true;
    }
}
