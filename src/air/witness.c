/* SPDX-License-Identifier: Apache-2.0 */
/* witness.c - memory for the filled tables. */
#include "air/witness.h"

#include <string.h>

#include "field/fp.h"

/* Behind a column: kernels may load a whole vector at the last row, and the next row of the last row. */
#define SPARE_CELLS 16

enum gn_status air_witness_alloc_raw(struct air_witness *out, const struct air_system *s, const uint32_t *heights,
                                     struct gn_arena *arena, struct gn_error *err)
{
    *out = (struct air_witness){.system = s};
    out->tables = gn_arena_zalloc(arena, s->tables_n * sizeof *out->tables);
    if (out->tables == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for %u tables", s->tables_n);
    }
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i];
        struct air_table_witness *w = &out->tables[i];
        if (heights[i] > t->max_height) {
            return gn_fail(err, GN_LIMIT, "table %s: %u rows, at most %u are allowed", t->name, heights[i],
                           t->max_height);
        }
        size_t cells = (size_t)air_committed_height(heights[i], AIR_COLUMN_LOG2) + SPARE_CELLS;
        w->height = heights[i];
        w->columns = gn_arena_alloc(arena, t->committed_n * sizeof *w->columns);
        bool ok = w->columns != NULL;
        for (uint32_t c = 0; ok && c < t->committed_n; c++) {
            w->columns[c] = gn_arena_alloc(arena, cells * sizeof(uint32_t));
            ok = w->columns[c] != NULL;
            if (ok) {
                memset(w->columns[c] + heights[i], 0, (cells - heights[i]) * sizeof(uint32_t));
            }
        }
        if (!ok) {
            return gn_fail(err, GN_NO_MEMORY, "no memory for %u columns of %zu cells (table %s)", t->committed_n, cells,
                           t->name);
        }
    }
    return GN_OK;
}

enum gn_status air_witness_alloc(struct air_witness *out, const struct air_system *s, const uint32_t *heights,
                                 struct gn_arena *arena, struct gn_error *err)
{
    enum gn_status status = air_witness_alloc_raw(out, s, heights, arena, err);
    for (uint32_t i = 0; i < s->tables_n && status == GN_OK; i++) {
        for (uint32_t c = 0; c < s->tables[i].committed_n; c++) {
            memset(out->tables[i].columns[c], 0, heights[i] * sizeof(uint32_t));
        }
    }
    return status;
}

uint32_t air_fixed_at(const struct air_fixed *f, uint32_t row)
{
    if (f->values_n > 0) {
        return row < f->values_n ? f->values[row] : 0;
    }
    uint32_t v = 0;
    for (uint32_t i = 0; i < f->monomials_n; i++) {
        if ((row & f->monomials[i].bits) == f->monomials[i].bits) {
            v = fp_add_raw(v, f->monomials[i].coefficient);
        }
    }
    return v;
}
