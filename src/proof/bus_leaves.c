/* SPDX-License-Identifier: Apache-2.0 */
/* bus_leaves.c - the fractions at the leaves of the bus, from the witness (docs/protocol.md section 6.1).
 *
 * The work is cut into chunks of AIR_BLOCK_ROWS rows of one table.  A chunk converts the columns that the table's bus
 * program reads to Montgomery form, runs the program, and combines every interaction's outputs to numerator and
 * denominator of the slots that these rows own.  Rows at or above the height give (0, 1) whatever the columns hold
 * there.  Chunks write disjoint words, so their order does not matter.
 *
 * Threads take chunks from a counter; at most BUS_MAX_TASKS of them, which bounds the memory for operands. */
#include <stdatomic.h>
#include <string.h>

#include "air/eval.h"
#include "proof/bus_kernels.h"

#define BUS_MAX_TASKS   16
#define UNITS_PER_CHUNK (AIR_BLOCK_ROWS / BUS_UNIT)

struct plan { /* of a table with interactions */
    uint32_t table;
    size_t first_chunk;
    uint64_t offset;               /* first slot of its first block */
    uint8_t *used[AIR_SPACE_TEMP]; /* by space and index: does the bus program read it? */
};

struct task { /* one thread's memory */
    const uint32_t **operands[AIR_SPACE_TEMP];
    uint32_t **outputs;
    uint32_t *words; /* columns, outputs, temporaries */
};

struct job {
    const struct bus_layer *leaves;
    const struct bus_level *level;
    const struct gn_shape *shape;
    const struct air_witness *witness;
    const struct gn_bus_challenges *challenges;
    const struct bus_kernels *kernels;
    enum gn_isa isa;
    struct plan *plans;
    size_t plans_n, chunks_n;
    uint32_t *publics;            /* Montgomery form */
    fp6 weights[AIR_MAX_ENTRIES]; /* -beta^j */
    struct task tasks[BUS_MAX_TASKS];
    atomic_size_t next_chunk;
};

static uint32_t space_size(const struct air_table *t, unsigned space)
{
    const uint32_t sizes[AIR_SPACE_TEMP] = {
        [AIR_SPACE_COMMITTED] = t->committed_n, [AIR_SPACE_NEXT] = t->next_n, [AIR_SPACE_PRE] = t->pre_n,
        [AIR_SPACE_FIXED] = t->fixed_n,         [AIR_SPACE_PUBLIC] = 0,       [AIR_SPACE_CONST] = 0,
    };
    return sizes[space];
}

static size_t columns_of(const struct air_table *t)
{
    return (size_t)t->committed_n + t->next_n + t->pre_n + t->fixed_n;
}

static bool takes_part(const struct gn_shape *shape, uint32_t table)
{
    return shape->heights[table] != 0 && shape->system->tables[table].interactions_n != 0;
}

/* ---- memory ---- */

struct needs { /* the most that a table of this shape needs */
    size_t columns, outputs, words, plans, used;
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
        size_t words = (columns + outputs + t->temps_n) * AIR_BLOCK_ROWS;
        needs.columns = columns > needs.columns ? columns : needs.columns;
        needs.outputs = outputs > needs.outputs ? outputs : needs.outputs;
        needs.words = words > needs.words ? words : needs.words;
        needs.used += columns;
        needs.plans++;
    }
    return needs;
}

static size_t task_bytes(const struct needs *needs)
{
    return bus_alloc_bytes(needs->words * sizeof(uint32_t)) + bus_alloc_bytes(needs->outputs * sizeof(uint32_t *)) +
           AIR_SPACE_TEMP * bus_alloc_bytes(needs->columns * sizeof(uint32_t *));
}

size_t gn_bus_leaves_footprint(const struct gn_shape *shape)
{
    struct needs needs = needs_of(shape);
    return BUS_MAX_TASKS * task_bytes(&needs) + bus_alloc_bytes(needs.plans * sizeof(struct plan)) +
           bus_alloc_bytes(needs.used) + bus_alloc_bytes(shape->system->public_values_n * sizeof(uint32_t)) +
           bus_alloc_bytes(sizeof(struct job));
}

static bool task_alloc(struct task *task, const struct needs *needs, struct gn_arena *arena)
{
    task->words = gn_arena_alloc(arena, needs->words * sizeof *task->words);
    task->outputs = gn_arena_alloc(arena, needs->outputs * sizeof *task->outputs);
    bool ok = task->words != NULL && task->outputs != NULL;
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        task->operands[space] = gn_arena_zalloc(arena, needs->columns * sizeof **task->operands);
        ok = ok && task->operands[space] != NULL;
    }
    return ok;
}

/* ---- plans ---- */

static void mark_used(struct plan *plan, air_ref ref)
{
    unsigned space = AIR_REF_SPACE(ref);
    if (space < AIR_SPACE_TEMP && plan->used[space] != NULL) {
        plan->used[space][AIR_REF_INDEX(ref)] = 1;
    }
}

static void plan_table(struct plan *plan, const struct air_table *t, uint8_t *used)
{
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        uint32_t n = space_size(t, space);
        plan->used[space] = n == 0 ? NULL : used;
        used += n;
    }
    for (uint32_t i = 0; i < t->bus_code_n; i++) {
        mark_used(plan, t->code[i].a);
        if (t->code[i].op != AIR_OUT) {
            mark_used(plan, t->code[i].b);
        }
    }
}

static bool make_plans(struct job *job, const struct needs *needs, struct gn_arena *arena)
{
    const struct gn_shape *shape = job->shape;
    job->plans = gn_arena_zalloc(arena, needs->plans * sizeof *job->plans);
    uint8_t *used = gn_arena_zalloc(arena, needs->used);
    if (job->plans == NULL || used == NULL) {
        return false;
    }
    struct gn_block_walk walk;
    struct gn_block block;
    gn_blocks_begin(&walk, shape);
    while (gn_blocks_next(&walk, &block)) {
        if (block.interaction != 0) {
            continue;
        }
        const struct air_table *t = &shape->system->tables[block.table];
        struct plan *plan = &job->plans[job->plans_n++];
        *plan = (struct plan){.table = block.table, .first_chunk = job->chunks_n, .offset = block.offset};
        plan_table(plan, t, used);
        used += columns_of(t);
        job->chunks_n += (shape->heights[block.table] + AIR_BLOCK_ROWS - 1) / AIR_BLOCK_ROWS;
    }
    return true;
}

/* ---- a chunk ---- */

/* cells of column k of a space at rows row ... row + AIR_BLOCK_ROWS - 1, or NULL if they are computed */
static const uint32_t *cells_at(const struct job *job, uint32_t table, unsigned space, uint32_t k, uint32_t row)
{
    const struct air_table *t = &job->shape->system->tables[table];
    uint32_t *const *columns = job->witness->tables[table].columns;
    switch (space) {
    case AIR_SPACE_COMMITTED:
        return columns[k] + row;
    case AIR_SPACE_NEXT:
        return columns[t->next[k]] + row + 1;
    case AIR_SPACE_PRE: { /* pages are longer than a chunk and aligned to it */
        uint32_t page = job->shape->pages[table][row / AIR_PAGE_ROWS];
        return job->witness->pre[table][k] + (size_t)page * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS;
    }
    default:
        return NULL;
    }
}

static void load_operands(const struct job *job, struct task *task, const struct plan *plan, uint32_t row, size_t rows,
                          uint32_t **words)
{
    const struct air_table *t = &job->shape->system->tables[plan->table];
    uint32_t computed[AIR_BLOCK_ROWS];
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        for (uint32_t k = 0; plan->used[space] != NULL && k < space_size(t, space); k++) {
            task->operands[space][k] = NULL;
            if (!plan->used[space][k]) {
                continue;
            }
            const uint32_t *cells = cells_at(job, plan->table, space, k, row);
            if (cells == NULL) {
                for (uint32_t i = 0; i < rows; i++) {
                    computed[i] = air_fixed_at(&t->fixed[k], row + i);
                }
                cells = computed;
            }
            job->kernels->to_montgomery(*words, cells, rows);
            task->operands[space][k] = *words;
            *words += AIR_BLOCK_ROWS;
        }
    }
}

/* the fractions of rows row ..., fewer than a unit of them or in a unit that blocks share: one by one */
static void store_slots(const struct job *job, uint64_t slot, size_t n, const uint32_t *p, const uint32_t *q)
{
    size_t unit = gn_bus_level_find(job->level, slot >> BUS_UNIT_LOG2);
    for (size_t i = 0; i < n; i++) {
        size_t from = bus_element(0, i), to = bus_element(unit, slot + i);
        job->leaves->p[to] = p[from];
        ext_set(job->leaves->q, to, ext_get(q, from));
    }
}

static void store_interaction(const struct job *job, const struct task *task, const struct plan *plan, uint32_t k,
                              uint32_t row)
{
    const struct gn_shape *shape = job->shape;
    const struct air_table *t = &shape->system->tables[plan->table];
    const struct air_interaction *x = &t->interactions[k];
    uint32_t *const *outputs = task->outputs + (x->first_output - t->constraints_n);
    unsigned v = shape->v[plan->table];
    uint64_t slot = plan->offset + ((uint64_t)k << v) + row;
    size_t left = shape->heights[plan->table] - row;
    fp6 base = fp6_sub(job->challenges->alpha,
                       fp6_mul_fp(job->challenges->beta[shape->system->max_entries], fp_from_cell(x->bus)));
    uint32_t p[BUS_UNIT], q[BUS_UNIT_EXT];
    for (size_t at = 0; at < AIR_BLOCK_ROWS && at < left; at += BUS_UNIT) {
        if (v < BUS_UNIT_LOG2) {
            job->kernels->leaf(p, q, outputs[0], (const uint32_t *const *)(outputs + 1), x->entries_n, at, job->weights,
                               base, left);
            store_slots(job, slot, left, p, q);
            continue;
        }
        size_t unit = gn_bus_level_find(job->level, (slot + at) >> BUS_UNIT_LOG2);
        job->kernels->leaf(job->leaves->p + unit * BUS_UNIT, job->leaves->q + unit * BUS_UNIT_EXT, outputs[0],
                           (const uint32_t *const *)(outputs + 1), x->entries_n, at, job->weights, base, left - at);
    }
}

static void run_chunk(const struct job *job, struct task *task, size_t chunk)
{
    const struct plan *plan = job->plans;
    while (plan + 1 < job->plans + job->plans_n && plan[1].first_chunk <= chunk) {
        plan++;
    }
    const struct air_table *t = &job->shape->system->tables[plan->table];
    uint32_t row = (uint32_t)((chunk - plan->first_chunk) * AIR_BLOCK_ROWS);
    size_t left = job->shape->heights[plan->table] - row;
    size_t rows = left >= AIR_BLOCK_ROWS ? AIR_BLOCK_ROWS : (left + 15) / 16 * 16;
    uint32_t *words = task->words;
    load_operands(job, task, plan, row, rows, &words);
    for (uint32_t i = 0; i < t->outputs_n - t->constraints_n; i++) {
        task->outputs[i] = words;
        words += AIR_BLOCK_ROWS;
    }
    const struct air_block block = {
        .committed = task->operands[AIR_SPACE_COMMITTED],
        .next = task->operands[AIR_SPACE_NEXT],
        .pre = task->operands[AIR_SPACE_PRE],
        .fixed = task->operands[AIR_SPACE_FIXED],
        .publics = job->publics,
        .rows = rows,
    };
    air_eval_bus(task->outputs, t, &block, words, job->isa);
    for (uint32_t k = 0; k < t->interactions_n; k++) {
        store_interaction(job, task, plan, k, row);
    }
}

static void run_task(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct job *job = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        size_t chunk;
        while ((chunk = atomic_fetch_add(&job->next_chunk, 1)) < job->chunks_n) {
            run_chunk(job, &job->tasks[i], chunk);
        }
    }
}

/* (0, 1) in the units that blocks shorter than a unit share: nobody writes all their slots */
static void clear_shared_units(const struct job *job)
{
    struct gn_block_walk walk;
    struct gn_block block;
    gn_blocks_begin(&walk, job->shape);
    while (gn_blocks_next(&walk, &block)) {
        if (job->shape->v[block.table] >= BUS_UNIT_LOG2) {
            continue;
        }
        size_t unit = gn_bus_level_find(job->level, block.offset >> BUS_UNIT_LOG2);
        memset(job->leaves->p + unit * BUS_UNIT, 0, BUS_UNIT * sizeof(uint32_t));
        for (uint64_t x = 0; x < BUS_UNIT; x++) {
            ext_set(job->leaves->q, bus_element(unit, x), fp6_one());
        }
    }
}

enum gn_status gn_bus_leaves(const struct bus_layer *leaves, const struct bus_level *level,
                             const struct gn_shape *shape, const struct air_witness *witness,
                             const struct gn_bus_challenges *c, const struct gn_work *w)
{
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    struct needs needs = needs_of(shape);
    struct job *job = gn_arena_zalloc(w->arena, sizeof *job);
    if (job == NULL) {
        return GN_NO_MEMORY;
    }
    job->leaves = leaves;
    job->level = level;
    job->shape = shape;
    job->witness = witness;
    job->challenges = c;
    job->kernels = gn_bus_kernels(w->isa);
    job->isa = w->isa;
    for (size_t j = 0; j < AIR_MAX_ENTRIES; j++) {
        job->weights[j] = fp6_neg(c->beta[j]);
    }
    uint32_t publics_n = shape->system->public_values_n;
    job->publics = gn_arena_alloc(w->arena, publics_n * sizeof *job->publics);
    bool ok = job->publics != NULL && make_plans(job, &needs, w->arena);
    for (uint32_t i = 0; ok && i < publics_n; i++) {
        job->publics[i] = fp_from_cell(witness->statement.values[i]).v;
    }
    size_t tasks_n = gn_pool_threads(w->pool);
    tasks_n = tasks_n < BUS_MAX_TASKS ? tasks_n : BUS_MAX_TASKS;
    for (size_t i = 0; ok && i < tasks_n; i++) {
        ok = task_alloc(&job->tasks[i], &needs, w->arena);
    }
    if (ok) {
        clear_shared_units(job);
        gn_pool_for(w->pool, tasks_n, 1, run_task, job);
    }
    gn_arena_release(w->arena, mark);
    return ok ? GN_OK : GN_NO_MEMORY;
}
