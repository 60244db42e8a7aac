/* SPDX-License-Identifier: Apache-2.0 */
/* bus_leaves.c - level 0 of the bus from the witness (docs/protocol.md section 6.1).
 *
 * The work is cut into chunks of AIR_BLOCK_ROWS rows of one table.  A chunk's sources (bus_plan.h) are columns as they
 * lie in the witness, or computed by the bus program, for which the columns that it reads are converted to Montgomery
 * form.  Then the messages of each leaf become the fractions of the slots that these rows own.  Rows at or above the height
 * give (0, 1) whatever the columns hold there.
 *
 * A block of less than a unit shares its unit with others: such leaves are made apart and written one by one. */
#include <string.h>

#include "air/eval.h"
#include "proof/bus_kernels.h"
#include "proof/bus_plan.h"

#define STRETCH 16u /* chunks of an item */

struct leaf_plan { /* of a table with interactions */
    struct bus_plan plan;
    fp6 *weights; /* those of plan; with a factor 2^32 for cells, whose products are in Montgomery form then */
    uint32_t table;
    size_t first_item, chunks;
    size_t *units; /* of level 0, where each leaf's block begins */
    uint64_t offset;
};

struct task { /* one thread's memory */
    uint32_t p[BUS_UNIT_EXT], q[BUS_UNIT_EXT];
    const uint32_t **operands[AIR_SPACE_TEMP];
    uint32_t **outputs;
    const uint32_t **entries; /* by source, at the chunk's first row */
    const uint32_t **numerators;
    uint32_t *words; /* columns, outputs, temporaries, copies of sources */
};

struct leaves {
    const struct gn_shape *shape;
    const struct air_witness *witness;
    const struct bus_kernels *kernels;
    struct bus_layer out;
    enum gn_isa isa;
    struct leaf_plan *plans;
    size_t plans_n, items_n;
    uint32_t *publics; /* Montgomery form */
    struct task *tasks;
};

static size_t columns_of(const struct air_table *t)
{
    return (size_t)t->committed_n + t->next_n + t->pre_n + t->fixed_n;
}

static bool takes_part(const struct gn_shape *shape, uint32_t table)
{
    return shape->heights[table] != 0 && shape->system->tables[table].interactions_n != 0;
}

/* ---- memory ---- */

struct needs { /* the most that a table of this shape needs, and the number of tables */
    size_t columns, outputs, words, interactions, plans;
};

static struct needs needs_of(const struct gn_shape *shape)
{
    struct needs needs = {0};
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        const struct air_table *t = &shape->system->tables[i];
        if (!takes_part(shape, i)) {
            continue;
        }
        size_t columns = columns_of(t), outputs = t->outputs_n - t->constraints_n;
        size_t words = (columns + 2 * outputs + t->temps_n) * AIR_BLOCK_ROWS; /* and copies of sources */
        needs.columns = columns > needs.columns ? columns : needs.columns;
        needs.outputs = outputs > needs.outputs ? outputs : needs.outputs;
        needs.words = words > needs.words ? words : needs.words;
        needs.interactions = t->interactions_n > needs.interactions ? t->interactions_n : needs.interactions;
        needs.plans++;
    }
    return needs;
}

static size_t task_bytes(const struct needs *needs)
{
    return sizeof(struct task) + bus_alloc_bytes(needs->words * sizeof(uint32_t)) +
           2 * bus_alloc_bytes(needs->outputs * sizeof(uint32_t *)) +
           bus_alloc_bytes(needs->interactions * sizeof(uint32_t *)) +
           AIR_SPACE_TEMP * bus_alloc_bytes(needs->columns * sizeof(uint32_t *));
}

size_t gn_bus_leaves_footprint(const struct gn_shape *shape, unsigned workers)
{
    struct needs needs = needs_of(shape);
    size_t bytes = workers * task_bytes(&needs) + bus_alloc_bytes(0) +
                   bus_alloc_bytes(needs.plans * sizeof(struct leaf_plan)) +
                   bus_alloc_bytes(shape->system->public_values_n * sizeof(uint32_t));
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        const struct air_table *t = &shape->system->tables[i];
        if (takes_part(shape, i)) {
            bytes += gn_bus_plan_footprint(t) + bus_alloc_bytes(t->outputs_n * sizeof(fp6)) +
                     bus_alloc_bytes(t->leaves_n * sizeof(size_t));
        }
    }
    return bytes;
}

static bool task_alloc(struct task *task, const struct needs *needs, struct gn_arena *arena)
{
    task->words = gn_arena_alloc(arena, needs->words * sizeof *task->words);
    task->outputs = gn_arena_alloc(arena, needs->outputs * sizeof *task->outputs);
    task->entries = gn_arena_alloc(arena, needs->outputs * sizeof *task->entries);
    task->numerators = gn_arena_alloc(arena, needs->interactions * sizeof *task->numerators);
    bool ok = task->words != NULL && task->outputs != NULL && task->entries != NULL && task->numerators != NULL;
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        task->operands[space] = gn_arena_zalloc(arena, needs->columns * sizeof **task->operands);
        ok = ok && task->operands[space] != NULL;
    }
    return ok;
}

/* ---- plans ---- */

static bool make_plan(struct leaf_plan *plan, const struct leaves *l, const struct gn_block *block,
                      const struct gn_bus_challenges *c, struct gn_arena *arena)
{
    const struct air_table *t = &l->shape->system->tables[block->table];
    *plan = (struct leaf_plan){.table = block->table, .first_item = l->items_n, .offset = block->offset};
    plan->chunks = (l->shape->heights[block->table] + AIR_BLOCK_ROWS - 1) / AIR_BLOCK_ROWS;
    plan->weights = gn_arena_alloc(arena, (size_t)(t->outputs_n - t->constraints_n) * sizeof *plan->weights);
    plan->units = gn_arena_alloc(arena, t->leaves_n * sizeof *plan->units);
    if (plan->weights == NULL || plan->units == NULL ||
        !gn_bus_plan(&plan->plan, l->shape->system, block->table, c, l->publics, arena)) {
        return false;
    }
    for (uint32_t k = 0; k < t->interactions_n; k++) {
        const struct bus_message *m = &plan->plan.messages[k];
        for (uint32_t j = m->first; j < m->first + m->entries_n; j++) {
            plan->weights[j] = plan->plan.weights[j];
            for (unsigned i = 0; i < 6 && AIR_REF_SPACE(plan->plan.sources[j]) != AIR_SPACE_TEMP; i++) {
                plan->weights[j].c[i] = fp_from_cell(plan->weights[j].c[i].v);
            }
        }
    }
    return true;
}

static bool make_plans(struct leaves *l, const struct bus_level *level, const struct needs *needs,
                       const struct gn_bus_challenges *c, struct gn_arena *arena)
{
    l->plans = gn_arena_alloc(arena, needs->plans * sizeof *l->plans);
    if (l->plans == NULL) {
        return false;
    }
    struct gn_block_walk walk;
    struct gn_block block;
    gn_blocks_begin(&walk, l->shape);
    while (gn_blocks_next(&walk, &block)) {
        if (block.leaf == 0) {
            struct leaf_plan *plan = &l->plans[l->plans_n++];
            if (!make_plan(plan, l, &block, c, arena)) {
                return false;
            }
            l->items_n += (plan->chunks + STRETCH - 1) / STRETCH;
        }
        l->plans[l->plans_n - 1].units[block.leaf] = gn_bus_level_find(level, block.offset >> BUS_UNIT_LOG2);
    }
    return true;
}

/* ---- a chunk ---- */

/* cells of column k of a space at rows row ... row + AIR_BLOCK_ROWS - 1, or NULL if they are computed */
static const uint32_t *cells_at(const struct leaves *l, uint32_t table, unsigned space, uint32_t k, uint32_t row)
{
    const struct air_table *t = &l->shape->system->tables[table];
    uint32_t *const *columns = l->witness->tables[table].columns;
    switch (space) {
    case AIR_SPACE_COMMITTED:
        return columns[k] + row;
    case AIR_SPACE_NEXT:
        return columns[t->next[k]] + row + 1;
    case AIR_SPACE_PRE: { /* pages are longer than a chunk and aligned to it */
        uint32_t page = l->shape->pages[table][row / AIR_PAGE_ROWS];
        return l->witness->pre[table][k] + (size_t)page * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS;
    }
    default:
        return NULL;
    }
}

/* rows row ... of a fixed column, row a multiple of AIR_BLOCK_ROWS: a monomial's upper bits are the same in all of them */
static void compute_fixed(uint32_t *out, const struct air_fixed *f, uint32_t row, size_t rows)
{
    if (f->values_n > 0) {
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = air_fixed_at(f, row + i);
        }
        return;
    }
    memset(out, 0, rows * sizeof *out);
    for (uint32_t k = 0; k < f->monomials_n; k++) {
        const uint32_t low = f->monomials[k].bits % AIR_BLOCK_ROWS, high = f->monomials[k].bits - low;
        if ((row & high) != high) {
            continue;
        }
        for (uint32_t i = 0; i < rows; i++) {
            out[i] = fp_add_raw(out[i], (i & low) == low ? f->monomials[k].coefficient : 0);
        }
    }
}

/* what the program reads, in Montgomery form; words: memory that is left */
static void load_operands(const struct leaves *l, struct task *task, const struct leaf_plan *plan, uint32_t row,
                          size_t rows, uint32_t **words)
{
    const struct air_table *t = plan->plan.table;
    uint32_t computed[AIR_BLOCK_ROWS];
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        const uint8_t *used = plan->plan.used[space];
        for (uint32_t k = 0; used != NULL && k < gn_bus_space_size(t, space); k++) {
            task->operands[space][k] = NULL;
            if (!used[k]) {
                continue;
            }
            const uint32_t *cells = cells_at(l, plan->table, space, k, row);
            if (cells == NULL) {
                compute_fixed(computed, &t->fixed[k], row, rows);
                cells = computed;
            }
            l->kernels->to_montgomery(*words, cells, rows);
            task->operands[space][k] = *words;
            *words += AIR_BLOCK_ROWS;
        }
    }
}

/* AIR_BLOCK_ROWS words of a source, of which the first `rows` count */
static const uint32_t *load_source(const struct leaves *l, struct task *task, const struct leaf_plan *plan, air_ref ref,
                                   uint32_t row, size_t rows, uint32_t **words)
{
    const unsigned space = AIR_REF_SPACE(ref);
    const uint32_t k = AIR_REF_INDEX(ref);
    if (space == AIR_SPACE_TEMP) {
        return task->outputs[k];
    }
    const uint32_t *cells = cells_at(l, plan->table, space, k, row);
    if (cells != NULL && rows == AIR_BLOCK_ROWS) {
        return cells;
    }
    uint32_t *copy = *words; /* a column may end behind `rows` */
    *words += AIR_BLOCK_ROWS;
    if (cells == NULL) {
        compute_fixed(copy, &plan->plan.table->fixed[k], row, rows);
    } else {
        memcpy(copy, cells, rows * sizeof *copy);
    }
    return copy;
}

static void load_sources(const struct leaves *l, struct task *task, const struct leaf_plan *plan, uint32_t row,
                         size_t rows, uint32_t *words)
{
    for (uint32_t k = 0; k < plan->plan.table->interactions_n; k++) {
        const struct bus_message *m = &plan->plan.messages[k];
        for (uint32_t i = m->first; i < m->first + m->entries_n; i++) {
            task->entries[i] = load_source(l, task, plan, plan->plan.sources[i], row, rows, &words);
        }
        task->numerators[k] = m->fixed ? NULL : load_source(l, task, plan, m->numerator, row, rows, &words);
    }
}

/* runs the bus program on rows row ...; returns how many of them are active */
static size_t run_chunk(const struct leaves *l, struct task *task, const struct leaf_plan *plan, uint32_t row)
{
    const struct air_table *t = plan->plan.table;
    size_t left = l->shape->heights[plan->table] - row;
    size_t rows = left >= AIR_BLOCK_ROWS ? AIR_BLOCK_ROWS : (left + 15) / 16 * 16;
    uint32_t *words = task->words;
    load_operands(l, task, plan, row, rows, &words);
    for (uint32_t i = 0; i < t->outputs_n - t->constraints_n; i++) {
        task->outputs[i] = words;
        words += AIR_BLOCK_ROWS;
    }
    const struct air_block block = {
        .committed = task->operands[AIR_SPACE_COMMITTED],
        .next = task->operands[AIR_SPACE_NEXT],
        .pre = task->operands[AIR_SPACE_PRE],
        .fixed = task->operands[AIR_SPACE_FIXED],
        .publics = l->publics,
        .rows = rows,
    };
    if (plan->plan.program.bus_code_n != 0) {
        air_eval_bus(task->outputs, &plan->plan.program, &block, words, l->isa);
    }
    load_sources(l, task, plan, row, rows, words + (size_t)t->temps_n * AIR_BLOCK_ROWS);
    return left;
}

/* ---- a leaf ---- */

static struct bus_side side_of(const struct task *task, const struct leaf_plan *plan, uint32_t interaction)
{
    const struct bus_message *m = &plan->plan.messages[interaction];
    return (struct bus_side){.base = m->base,
                             .entries = task->entries + m->first,
                             .weights = plan->weights + m->first,
                             .entries_n = m->entries_n,
                             .numerator = task->numerators[interaction],
                             .cells = AIR_REF_SPACE(m->numerator) != AIR_SPACE_TEMP,
                             .constant = m->constant};
}

/* a block of less than a unit */
static void store_lanes(const struct leaves *l, const struct task *task, size_t unit, uint64_t slot, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t from = bus_element(0, i), to = bus_element(unit, slot + i);
        ext_set(l->out.p, to, ext_get(task->p, from));
        ext_set(l->out.q, to, ext_get(task->q, from));
    }
}

static void make_leaves(const struct leaves *l, struct task *task, const struct leaf_plan *plan, uint32_t k,
                        size_t chunk, size_t left)
{
    const struct air_leaf *leaf = &plan->plan.table->leaves[k];
    const size_t first = plan->units[k];
    const unsigned v = l->shape->v[plan->table];
    struct bus_side sides[AIR_LEAF_MESSAGES];
    for (uint32_t i = 0; i < leaf->n; i++) {
        sides[i] = side_of(task, plan, leaf->interactions[i]);
    }
    if (v < BUS_UNIT_LOG2) {
        l->kernels->leaf(task->p, task->q, sides, leaf->n, 0, left);
        store_lanes(l, task, first, plan->offset + ((uint64_t)k << v), (size_t)1 << v);
        return;
    }
    for (size_t at = 0; at < left && at < AIR_BLOCK_ROWS; at += BUS_UNIT) {
        size_t unit = first + (chunk * AIR_BLOCK_ROWS + at) / BUS_UNIT;
        l->kernels->leaf(l->out.p + unit * BUS_UNIT_EXT, l->out.q + unit * BUS_UNIT_EXT, sides, leaf->n, at, left - at);
    }
}

static void run_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct leaves *l = ctx;
    struct task *task = &l->tasks[worker];
    for (size_t item = begin; item < end; item++) {
        size_t i = l->plans_n - 1;
        while (l->plans[i].first_item > item) {
            i--;
        }
        const struct leaf_plan *plan = &l->plans[i];
        size_t first = (item - plan->first_item) * STRETCH;
        for (size_t chunk = first; chunk < first + STRETCH && chunk < plan->chunks; chunk++) {
            size_t left = run_chunk(l, task, plan, (uint32_t)(chunk * AIR_BLOCK_ROWS));
            for (uint32_t k = 0; k < plan->plan.table->leaves_n; k++) {
                make_leaves(l, task, plan, k, chunk, left);
            }
        }
    }
}

/* units that blocks share: (0, 1) where no block is */
static void clear_shared(const struct leaves *l, size_t units)
{
    size_t first = units;
    for (size_t i = 0; i < l->plans_n; i++) {
        if (l->shape->v[l->plans[i].table] < BUS_UNIT_LOG2 && l->plans[i].units[0] < first) {
            first = l->plans[i].units[0];
        }
    }
    memset(l->out.p + first * BUS_UNIT_EXT, 0, (units - first) * BUS_UNIT_EXT * sizeof *l->out.p);
    for (size_t i = first * BUS_UNIT; i < units * BUS_UNIT; i++) {
        ext_set(l->out.q, i, fp6_one());
    }
}

enum gn_status gn_bus_leaves(const struct bus_layer *out, const struct bus_level *level, const struct gn_shape *shape,
                             const struct air_witness *witness, const struct gn_bus_challenges *c,
                             const struct gn_work *w)
{
    const struct needs needs = needs_of(shape);
    const unsigned workers = gn_pool_threads(w->pool);
    const uint32_t publics_n = shape->system->public_values_n;
    struct leaves l = {
        .shape = shape, .witness = witness, .kernels = gn_bus_kernels(w->isa), .out = *out, .isa = w->isa};
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    l.publics = gn_arena_alloc(w->arena, publics_n * sizeof *l.publics);
    l.tasks = gn_arena_alloc(w->arena, workers * sizeof *l.tasks);
    bool ok = l.publics != NULL && l.tasks != NULL;
    for (uint32_t i = 0; ok && i < publics_n; i++) {
        l.publics[i] = fp_from_cell(witness->statement.values[i]).v;
    }
    for (unsigned i = 0; ok && i < workers; i++) {
        ok = task_alloc(&l.tasks[i], &needs, w->arena);
    }
    ok = ok && make_plans(&l, level, &needs, c, w->arena);
    if (ok) {
        clear_shared(&l, level->units);
        gn_pool_for(w->pool, l.items_n, 1, run_items, &l);
    }
    gn_arena_release(w->arena, mark);
    return ok ? GN_OK : GN_NO_MEMORY;
}
