/* SPDX-License-Identifier: Apache-2.0 */
/* shape.c - from heights and page lists to everything that follows from them (docs/protocol.md sections 3.4, 4, 6.1).
 *
 * The prover chooses heights and pages; nothing else about the form of a proof is its choice.  Every quantity here is
 * computed in 64-bit integers from values that were range-checked first: heights are at most 2^24, tables at most 128,
 * interactions and columns of a machine far below 2^16, so no sum or product below can wrap. */
#include "proof/shape.h"

#include "base/bits.h"
#include "base/mem.h"
#include "poly/eq.h"

_Static_assert(AIR_MAX_TABLES <= PCS_MAX_TABLES, "a stack holds every table of a machine");
_Static_assert(AIR_COLUMN_LOG2 >= GN_SKIP_MAX_LOG2, "columns have the rows that are committed");

#define LARGE_PROOF_LOG2 \
    22 /* cells from which five variables are skipped; 24 more elements per degree cost less then */

bool gn_shape_heights_allowed(const struct gn_shape *shape)
{
    const struct air_system *s = shape->system;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i];
        uint32_t n = shape->heights[i];
        if (n > t->max_height || n > AIR_MAX_HEIGHT || (n == 0 && (t->flags & AIR_MANDATORY) != 0) ||
            (n != 0 && n != t->max_height && (t->flags & AIR_FIXED_HEIGHT) != 0) ||
            (n % AIR_PAGE_ROWS != 0 && (t->flags & AIR_PREPROCESSED) != 0)) {
            return false;
        }
    }
    return true;
}

static bool pages_allowed(const struct gn_shape *shape)
{
    const struct air_system *s = shape->system;
    uint32_t pre = 0;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if ((s->tables[i].flags & AIR_PREPROCESSED) == 0) {
            continue;
        }
        uint32_t pages_n = shape->heights[i] / AIR_PAGE_ROWS, limit = shape->key.pre_pages[pre++];
        for (uint32_t j = 0; j < pages_n; j++) {
            uint32_t page = shape->pages[i][j];
            if (page >= limit || (j > 0 && page <= shape->pages[i][j - 1])) {
                return false;
            }
        }
    }
    return true;
}

static bool bounds_hold(const struct gn_shape *shape)
{
    const struct air_system *s = shape->system;
    uint64_t messages = s->public_messages_n;
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        messages += AIR_MAX_PUBLIC_BYTES / s->public_tables[i].row_bytes;
    }
    for (uint32_t i = 0; i < s->tables_n; i++) {
        messages += (uint64_t)shape->heights[i] * s->tables[i].interactions_n;
    }
    if (messages >= FP_P) {
        return false;
    }
    for (uint32_t b = 0; b < s->bounds_n; b++) {
        uint64_t sum = s->bounds[b].constant;
        for (uint32_t i = 0; i < s->tables_n; i++) {
            sum += (uint64_t)shape->heights[i] * s->bounds[b].coefficients[i];
        }
        if (sum >= FP_P) {
            return false;
        }
    }
    return true;
}

unsigned gn_shape_skip(uint64_t cells)
{
    return cells >> LARGE_PROOF_LOG2 != 0 ? GN_SKIP_MAX_LOG2 : GN_SKIP_MIN_LOG2;
}

static uint64_t count_cells(const struct gn_shape *shape)
{
    uint64_t cells = 0;
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        cells += (uint64_t)shape->heights[i] * shape->system->tables[i].committed_n;
    }
    return cells;
}

static void derive_variables(struct gn_shape *shape)
{
    const struct air_system *s = shape->system;
    uint64_t slots = 0;
    shape->vmax = 0;
    shape->degree = 1;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i];
        shape->v[i] = air_row_variables(shape->heights[i], shape->skip_log2);
        shape->claims_n[i] = shape->heights[i] == 0 ? 0 : air_system_claims(s, i);
        if (shape->heights[i] == 0) {
            continue;
        }
        slots += (uint64_t)t->leaves_n << shape->v[i];
        if (shape->v[i] > shape->vmax) {
            shape->vmax = shape->v[i];
        }
        if (t->degree > shape->degree) {
            shape->degree = t->degree;
        }
    }
    shape->gkr_layers = ceil_log2(slots);
}

static void derive_stacks(struct gn_shape *shape)
{
    const struct air_system *s = shape->system;
    uint32_t pre = 0;
    shape->has_pre = false;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        const struct air_table *t = &s->tables[i];
        shape->main_tables[i] = (struct pcs_table){
            .height = air_committed_height(shape->heights[i], shape->skip_log2),
            .columns_n = t->committed_n,
            .v = shape->v[i],
            .next_n = t->next_n,
            .next = t->next,
        };
        shape->pre_tables[i] = (struct pcs_table){.v = shape->v[i]};
        if ((t->flags & AIR_PREPROCESSED) != 0) {
            uint32_t rows = AIR_PAGE_ROWS * shape->key.pre_pages[pre++];
            shape->pre_tables[i].height = air_committed_height(rows, bit_length(AIR_PAGE_ROWS) - 1);
            shape->pre_tables[i].columns_n = t->pre_n;
            shape->pre_tables[i].pages_n = shape->heights[i] / AIR_PAGE_ROWS;
            shape->pre_tables[i].pages = shape->pages[i];
            shape->has_pre = shape->has_pre || shape->heights[i] != 0;
        }
    }
}

void gn_shape_derive(struct gn_shape *shape, unsigned skip_log2)
{
    shape->skip_log2 = skip_log2;
    derive_variables(shape);
    derive_stacks(shape);
}

static bool plan_opening(struct gn_shape *shape)
{
    const struct whir_params *main = shape->main.params, *pre = NULL, *joint = NULL;
    if (shape->has_pre) {
        pre = shape->pre.params;
        joint = gn_whir_joint_params(shape->key.preset, main, pre);
    }
    return gn_whir_plan(&shape->whir, main, pre, joint);
}

enum gn_verdict gn_shape_check(struct gn_shape *shape)
{
    const struct air_system *s = shape->system;
    if (s->tables_n > PCS_MAX_TABLES) {
        return GN_REJECT_HEIGHT;
    }
    if (!gn_shape_heights_allowed(shape)) {
        return GN_REJECT_HEIGHT;
    }
    if (!pages_allowed(shape)) {
        return GN_REJECT_PAGES;
    }
    if (!bounds_hold(shape)) {
        return GN_REJECT_BOUND;
    }
    gn_shape_derive(shape, gn_shape_skip(count_cells(shape)));
    if (!gn_pcs_layout(&shape->main, shape->main_tables, s->tables_n, WHIR_MAIN, shape->key.preset)) {
        return GN_REJECT_CELLS;
    }
    if (shape->has_pre &&
        (!gn_pcs_layout(&shape->pre, shape->pre_tables, s->tables_n, WHIR_PREPROCESSED, shape->key.preset) ||
         shape->pre.params->mu0 != shape->key.pre_rate_log2)) {
        return GN_REJECT_KEY;
    }
    return plan_opening(shape) ? GN_ACCEPT : GN_REJECT_CELLS; /* there are rows for all sizes: a test tries them */
}

void gn_blocks_begin(struct gn_block_walk *walk, const struct gn_shape *shape)
{
    *walk = (struct gn_block_walk){.shape = shape, .v = shape->vmax};
}

bool gn_blocks_next(struct gn_block_walk *walk, struct gn_block *block)
{
    const struct air_system *s = walk->shape->system;
    for (; walk->v >= GN_SKIP_MIN_LOG2; walk->v--, walk->table = 0) {
        for (; walk->table < s->tables_n; walk->table++, walk->leaf = 0) {
            if (walk->shape->v[walk->table] != walk->v || walk->leaf >= s->tables[walk->table].leaves_n) {
                continue;
            }
            *block = (struct gn_block){walk->table, walk->leaf++, walk->offset};
            walk->offset += (uint64_t)1 << walk->v;
            return true;
        }
    }
    return false;
}
