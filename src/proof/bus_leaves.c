/* SPDX-License-Identifier: Apache-2.0 */
/* bus_leaves.c - the fractions at the leaves of the bus, from the witness (docs/protocol.md section 6.1).
 *
 * The work is cut into chunks of AIR_BLOCK_ROWS rows of one table.  What interactions send is mostly columns as they
 * are and constants: those are taken from where they lie and put into the interaction's base, once.  Only for the rest
 * does a chunk convert columns to Montgomery form and run the table's bus program, without the instructions that would
 * copy columns.  Then every interaction's words are combined to numerator and denominator of the slots that these rows
 * own.  Rows at or above the height give (0, 1) whatever the columns hold there.  A chunk's slots of one interaction are
 * a tile (bus_layers.h), which is handed on while it is in the cache.
 *
 * Threads take stretches of chunks from a counter; at most BUS_MAX_TASKS of them, which bounds the memory for
 * operands. */
#include <stdatomic.h>
#include <string.h>

#include "air/eval.h"
#include "proof/bus_kernels.h"

#define UNITS_PER_TILE (AIR_BLOCK_ROWS / BUS_UNIT)
_Static_assert(UNITS_PER_TILE == 2 && 1u << BUS_TILE_LOG2 == AIR_BLOCK_ROWS, "a tile is what a chunk gives");

/* An interaction.  Sources are columns, or AIR_SPACE_TEMP with the number of an output of the program. */
struct message {
    fp6 base; /* alpha - bus beta^J - what constant entries take off */
    air_ref numerator;
    fp constant; /* the numerator, if that is constant or a public value */
    uint32_t first, entries_n;
};

struct plan { /* of a table with interactions */
    uint32_t table;
    struct air_table program; /* the table with a bus program that only computes */
    struct message *messages;
    air_ref *sources; /* of entries, all messages one behind the other */
    fp6 *weights;     /* -beta^j, by source; with a factor 2^32 for cells, whose products are Montgomery form then */
    uint32_t sources_n;
    size_t first_stretch, chunks;
    uint64_t offset;               /* first slot of its first block */
    size_t *units;                 /* of level 1, where each interaction's block begins; NULL: leaves are stored */
    uint8_t *used[AIR_SPACE_TEMP]; /* by space and index: does the program read it? */
};

struct task { /* one thread's memory */
    uint32_t p[UNITS_PER_TILE * BUS_UNIT], q[UNITS_PER_TILE * BUS_UNIT_EXT];
    const uint32_t **operands[AIR_SPACE_TEMP];
    uint32_t **outputs;
    const uint32_t **entries; /* by source, at the chunk's first row */
    const uint32_t **numerators;
    uint32_t *words; /* columns, outputs, temporaries, copies of sources */
    uint32_t *acc;   /* BUS_ACC_WORDS by interaction */
};

struct bus_leaves {
    const struct bus_level *levels;
    const struct gn_shape *shape;
    const struct air_witness *witness;
    const struct gn_bus_challenges *challenges;
    const struct bus_kernels *kernels;
    struct gn_pool *pool;
    enum gn_isa isa;
    struct plan *plans; /* those whose leaves are stored come last */
    size_t plans_n, tiled_n, stretches_n;
    uint32_t *publics; /* Montgomery form */
    struct task *tasks[BUS_MAX_TASKS];
    size_t tasks_n;

    /* of the pass that runs */
    bus_tile_fn *fn; /* NULL: stores */
    void *ctx;
    const struct bus_layer *stored;
    size_t end;
    atomic_size_t next;
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

struct needs { /* the most that a table of this shape needs; of all tables: plans, used, blocks, sources, insns */
    size_t columns, outputs, words, interactions, plans, used, blocks, sources, insns;
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
        needs.used += columns;
        needs.blocks += t->interactions_n;
        needs.sources += outputs;
        needs.insns += t->bus_code_n;
        needs.plans++;
    }
    return needs;
}

static size_t task_bytes(const struct needs *needs)
{
    return bus_alloc_bytes(needs->words * sizeof(uint32_t)) + bus_alloc_bytes(needs->outputs * sizeof(uint32_t *)) +
           bus_alloc_bytes(needs->outputs * sizeof(uint32_t *)) +
           bus_alloc_bytes(needs->interactions * sizeof(uint32_t *)) +
           bus_alloc_bytes(needs->interactions * BUS_ACC_WORDS * sizeof(uint32_t)) +
           bus_alloc_bytes(sizeof(struct task)) + AIR_SPACE_TEMP * bus_alloc_bytes(needs->columns * sizeof(uint32_t *));
}

size_t gn_bus_leaves_footprint(const struct gn_shape *shape)
{
    struct needs needs = needs_of(shape);
    return BUS_MAX_TASKS * task_bytes(&needs) + bus_alloc_bytes(needs.plans * sizeof(struct plan)) +
           bus_alloc_bytes(needs.used) + bus_alloc_bytes(needs.blocks * sizeof(size_t)) +
           bus_alloc_bytes(needs.blocks * sizeof(struct message)) + bus_alloc_bytes(needs.sources * sizeof(air_ref)) +
           bus_alloc_bytes(needs.sources * sizeof(fp6)) + bus_alloc_bytes(needs.insns * sizeof(struct air_insn)) +
           bus_alloc_bytes(shape->system->public_values_n * sizeof(uint32_t)) +
           bus_alloc_bytes(needs.outputs * sizeof(air_ref)) + bus_alloc_bytes(sizeof(struct bus_leaves));
}

static struct task *task_alloc(const struct needs *needs, struct gn_arena *arena)
{
    struct task *task = gn_arena_alloc(arena, sizeof *task);
    if (task == NULL) {
        return NULL;
    }
    task->words = gn_arena_alloc(arena, needs->words * sizeof *task->words);
    task->outputs = gn_arena_alloc(arena, needs->outputs * sizeof *task->outputs);
    task->entries = gn_arena_alloc(arena, needs->outputs * sizeof *task->entries);
    task->numerators = gn_arena_alloc(arena, needs->interactions * sizeof *task->numerators);
    task->acc = gn_arena_alloc(arena, needs->interactions * BUS_ACC_WORDS * sizeof *task->acc);
    bool ok = task->words != NULL && task->outputs != NULL && task->acc != NULL && task->entries != NULL &&
              task->numerators != NULL;
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        task->operands[space] = gn_arena_zalloc(arena, needs->columns * sizeof **task->operands);
        ok = ok && task->operands[space] != NULL;
    }
    return ok ? task : NULL;
}

/* ---- plans ---- */

static void mark_used(struct plan *plan, air_ref ref)
{
    unsigned space = AIR_REF_SPACE(ref);
    if (space < AIR_SPACE_TEMP && plan->used[space] != NULL) {
        plan->used[space][AIR_REF_INDEX(ref)] = 1;
    }
}

/* all of a kind that plans share */
struct pool {
    uint8_t *used;
    size_t *units;
    struct message *messages;
    air_ref *sources;
    fp6 *weights;
    struct air_insn *insns;
};

static bool pool_alloc(struct pool *pool, const struct needs *needs, struct gn_arena *arena)
{
    pool->used = gn_arena_zalloc(arena, needs->used);
    pool->units = gn_arena_alloc(arena, needs->blocks * sizeof *pool->units);
    pool->messages = gn_arena_alloc(arena, needs->blocks * sizeof *pool->messages);
    pool->sources = gn_arena_alloc(arena, needs->sources * sizeof *pool->sources);
    pool->weights = gn_arena_alloc(arena, needs->sources * sizeof *pool->weights);
    pool->insns = gn_arena_alloc(arena, needs->insns * sizeof *pool->insns);
    return pool->used != NULL && pool->units != NULL && pool->messages != NULL && pool->sources != NULL &&
           pool->weights != NULL && pool->insns != NULL;
}

static bool is_constant(air_ref ref)
{
    return AIR_REF_SPACE(ref) == AIR_SPACE_CONST || AIR_REF_SPACE(ref) == AIR_SPACE_PUBLIC;
}

static fp constant_of(const struct bus_leaves *l, const struct air_table *t, air_ref ref)
{
    uint32_t i = AIR_REF_INDEX(ref);
    return AIR_REF_SPACE(ref) == AIR_SPACE_CONST ? fp_from_cell(t->consts[i]) : (fp){l->publics[i]};
}

/* The program without outputs that are columns or constants; outputs_of[k]: what output k is. */
static void plan_program(struct plan *plan, const struct air_table *t, air_ref *output_of, struct pool *pool)
{
    plan->program = *t;
    plan->program.code = pool->insns;
    plan->program.bus_code_n = 0;
    for (uint32_t i = 0; i < t->bus_code_n; i++) {
        const struct air_insn *insn = &t->code[i];
        if (insn->op == AIR_OUT) {
            uint32_t k = insn->dst - t->constraints_n;
            bool computed = AIR_REF_SPACE(insn->a) == AIR_SPACE_TEMP;
            output_of[k] = computed ? AIR_REF(AIR_SPACE_TEMP, k) : insn->a;
            if (!computed) {
                continue;
            }
        }
        mark_used(plan, insn->a);
        if (insn->op != AIR_OUT) {
            mark_used(plan, insn->b);
        }
        pool->insns[plan->program.bus_code_n++] = *insn;
    }
    pool->insns += plan->program.bus_code_n;
}

static void plan_message(struct plan *plan, struct message *m, const struct bus_leaves *l,
                         const struct air_interaction *x, const air_ref *output_of)
{
    const struct air_system *system = l->shape->system;
    const struct air_table *t = &system->tables[plan->table];
    const struct gn_bus_challenges *c = l->challenges;
    const air_ref *outputs = output_of + (x->first_output - t->constraints_n);
    *m = (struct message){.numerator = outputs[0], .first = plan->sources_n};
    m->base = fp6_sub(c->alpha, fp6_mul_fp(c->beta[system->max_entries], fp_from_cell(x->bus)));
    m->constant = is_constant(outputs[0]) ? constant_of(l, t, outputs[0]) : fp_zero();
    for (uint32_t j = 0; j < x->entries_n; j++) {
        air_ref ref = outputs[j + 1];
        if (is_constant(ref)) {
            m->base = fp6_sub(m->base, fp6_mul_fp(c->beta[j], constant_of(l, t, ref)));
            continue;
        }
        fp6 weight = fp6_neg(c->beta[j]);
        for (unsigned i = 0; i < 6 && AIR_REF_SPACE(ref) != AIR_SPACE_TEMP; i++) {
            weight.c[i] = fp_from_cell(weight.c[i].v);
        }
        plan->weights[plan->sources_n] = weight;
        plan->sources[plan->sources_n++] = ref;
        m->entries_n++;
    }
}

static void plan_table(struct plan *plan, const struct bus_leaves *l, air_ref *output_of, struct pool *pool)
{
    const struct air_table *t = &l->shape->system->tables[plan->table];
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        uint32_t n = space_size(t, space);
        plan->used[space] = n == 0 ? NULL : pool->used;
        pool->used += n;
    }
    plan_program(plan, t, output_of, pool);
    plan->messages = pool->messages;
    plan->sources = pool->sources;
    plan->weights = pool->weights;
    for (uint32_t k = 0; k < t->interactions_n; k++) {
        plan_message(plan, &plan->messages[k], l, &t->interactions[k], output_of);
    }
    pool->messages += t->interactions_n;
    pool->sources += plan->sources_n;
    pool->weights += plan->sources_n;
}

static bool make_plans(struct bus_leaves *l, const struct needs *needs, struct gn_arena *arena)
{
    const struct gn_shape *shape = l->shape;
    struct pool pool;
    l->plans = gn_arena_zalloc(arena, needs->plans * sizeof *l->plans);
    air_ref *output_of = gn_arena_alloc(arena, needs->outputs * sizeof *output_of);
    if (l->plans == NULL || output_of == NULL || !pool_alloc(&pool, needs, arena)) {
        return false;
    }
    struct gn_block_walk walk;
    struct gn_block block;
    gn_blocks_begin(&walk, shape);
    while (gn_blocks_next(&walk, &block)) {
        const bool tiled = shape->v[block.table] >= BUS_TILE_LOG2;
        if (block.interaction == 0) {
            struct plan *plan = &l->plans[l->plans_n++];
            size_t chunks = (shape->heights[block.table] + AIR_BLOCK_ROWS - 1) / AIR_BLOCK_ROWS;
            *plan = (struct plan){.table = block.table, .first_stretch = l->stretches_n, .offset = block.offset};
            plan->chunks = chunks;
            plan->units = tiled ? pool.units : NULL;
            plan_table(plan, l, output_of, &pool);
            l->stretches_n += tiled ? (chunks + BUS_STRETCH - 1) / BUS_STRETCH : 0;
            l->tiled_n += tiled;
        }
        if (tiled) {
            *pool.units++ = gn_bus_level_find(&l->levels[1], block.offset >> BUS_TILE_LOG2);
        }
    }
    return true;
}

/* ---- a chunk ---- */

/* cells of column k of a space at rows row ... row + AIR_BLOCK_ROWS - 1, or NULL if they are computed */
static const uint32_t *cells_at(const struct bus_leaves *l, uint32_t table, unsigned space, uint32_t k, uint32_t row)
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
static void load_operands(const struct bus_leaves *l, struct task *task, const struct plan *plan, uint32_t row,
                          size_t rows, uint32_t **words)
{
    const struct air_table *t = &l->shape->system->tables[plan->table];
    uint32_t computed[AIR_BLOCK_ROWS];
    for (unsigned space = 0; space < AIR_SPACE_TEMP; space++) {
        for (uint32_t k = 0; plan->used[space] != NULL && k < space_size(t, space); k++) {
            task->operands[space][k] = NULL;
            if (!plan->used[space][k]) {
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
static const uint32_t *load_source(const struct bus_leaves *l, struct task *task, const struct plan *plan, air_ref ref,
                                   uint32_t row, size_t rows, uint32_t **words)
{
    const unsigned space = AIR_REF_SPACE(ref);
    const uint32_t k = AIR_REF_INDEX(ref);
    if (space == AIR_SPACE_TEMP) {
        return task->outputs[k];
    }
    if (is_constant(ref)) {
        return NULL;
    }
    const uint32_t *cells = cells_at(l, plan->table, space, k, row);
    if (cells != NULL && rows == AIR_BLOCK_ROWS) {
        return cells;
    }
    uint32_t *copy = *words; /* a column may end behind `rows` */
    *words += AIR_BLOCK_ROWS;
    if (cells == NULL) {
        compute_fixed(copy, &l->shape->system->tables[plan->table].fixed[k], row, rows);
    } else {
        memcpy(copy, cells, rows * sizeof *copy);
    }
    return copy;
}

static void load_sources(const struct bus_leaves *l, struct task *task, const struct plan *plan, uint32_t row,
                         size_t rows, uint32_t *words)
{
    const struct air_table *t = &l->shape->system->tables[plan->table];
    for (uint32_t i = 0; i < plan->sources_n; i++) {
        task->entries[i] = load_source(l, task, plan, plan->sources[i], row, rows, &words);
    }
    for (uint32_t k = 0; k < t->interactions_n; k++) {
        task->numerators[k] = load_source(l, task, plan, plan->messages[k].numerator, row, rows, &words);
    }
}

/* numerators and denominators of interaction k in the chunk that task holds; left: its active rows */
static void make_tile(const struct bus_leaves *l, struct task *task, const struct plan *plan, uint32_t k, size_t left)
{
    const struct message *m = &plan->messages[k];
    const struct bus_numerator numerator = {
        .words = task->numerators[k], .cells = AIR_REF_SPACE(m->numerator) != AIR_SPACE_TEMP, .constant = m->constant};
    for (size_t unit = 0; unit < UNITS_PER_TILE; unit++) {
        uint32_t *p = task->p + unit * BUS_UNIT, *q = task->q + unit * BUS_UNIT_EXT;
        size_t at = unit * BUS_UNIT;
        if (at < left) {
            l->kernels->leaf(p, q, &numerator, task->entries + m->first, plan->weights + m->first, m->entries_n,
                             m->base, at, left - at);
            continue;
        }
        memset(p, 0, BUS_UNIT * sizeof *p);
        for (size_t i = 0; i < BUS_UNIT; i++) {
            ext_set(q, i, fp6_one());
        }
    }
}

/* runs the bus program on rows row ...; returns how many of them are active */
static size_t run_chunk(const struct bus_leaves *l, struct task *task, const struct plan *plan, uint32_t row)
{
    const struct air_table *t = &l->shape->system->tables[plan->table];
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
    if (plan->program.bus_code_n != 0) {
        air_eval_bus(task->outputs, &plan->program, &block, words, l->isa);
    }
    load_sources(l, task, plan, row, rows, words + (size_t)t->temps_n * AIR_BLOCK_ROWS);
    return left;
}

/* ---- passes ---- */

static void run_stretch(const struct bus_leaves *l, unsigned number, size_t stretch)
{
    struct task *task = l->tasks[number];
    size_t i = l->tiled_n - 1;
    while (l->plans[i].first_stretch > stretch) {
        i--;
    }
    const struct plan *plan = &l->plans[i];
    const struct air_table *t = &l->shape->system->tables[plan->table];
    size_t first = (stretch - plan->first_stretch) * BUS_STRETCH, end = first + BUS_STRETCH;
    end = end < plan->chunks ? end : plan->chunks;
    const unsigned block_log2 = l->shape->v[plan->table] - BUS_TILE_LOG2;
    for (size_t chunk = first; chunk < end; chunk++) {
        size_t left = run_chunk(l, task, plan, (uint32_t)(chunk * AIR_BLOCK_ROWS));
        for (uint32_t k = 0; k < t->interactions_n; k++) {
            make_tile(l, task, plan, k, left);
            const struct bus_tile tile = {.leaves = {task->p, task->q, 0},
                                          .pos = (plan->offset >> BUS_TILE_LOG2) + ((uint64_t)k << block_log2) + chunk,
                                          .unit = plan->units[k] + chunk,
                                          .task = number,
                                          .begins = chunk == first,
                                          .ends = chunk + 1 == end,
                                          .acc = task->acc + (size_t)k * BUS_ACC_WORDS};
            l->fn(l->ctx, &tile);
        }
    }
}

/* The leaves of a table of one chunk, one by one: blocks share the units. */
static void store_table(const struct bus_leaves *l, struct task *task, const struct plan *plan)
{
    const struct air_table *t = &l->shape->system->tables[plan->table];
    const unsigned v = l->shape->v[plan->table];
    size_t left = run_chunk(l, task, plan, 0);
    for (uint32_t k = 0; k < t->interactions_n; k++) {
        uint64_t slot = plan->offset + ((uint64_t)k << v);
        size_t unit = gn_bus_level_find(&l->levels[0], slot >> BUS_UNIT_LOG2) - l->stored->first;
        make_tile(l, task, plan, k, left);
        for (size_t i = 0; i < (size_t)1 << v && i < BUS_UNIT; i++) {
            size_t from = bus_element(0, i), to = bus_element(unit, slot + i);
            l->stored->p[to] = task->p[from];
            ext_set(l->stored->q, to, ext_get(task->q, from));
        }
    }
}

static void run_task(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct bus_leaves *l = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        size_t item;
        while ((item = atomic_fetch_add(&l->next, 1)) < l->end) {
            if (l->fn != NULL) {
                run_stretch(l, (unsigned)i, item);
            } else {
                store_table(l, l->tasks[i], &l->plans[l->tiled_n + item]);
            }
        }
    }
}

void gn_bus_leaves_for(struct bus_leaves *l, bus_tile_fn *fn, void *ctx)
{
    l->fn = fn;
    l->ctx = ctx;
    l->end = l->stretches_n;
    atomic_store(&l->next, 0);
    if (l->end != 0) {
        gn_pool_for(l->pool, l->tasks_n, 1, run_task, l);
    }
}

void gn_bus_leaves_store(struct bus_leaves *l, const struct bus_layer *stored)
{
    const struct bus_level *level = &l->levels[0];
    size_t words = (level->units - stored->first) * BUS_UNIT;
    memset(stored->p, 0, words * sizeof *stored->p); /* (0, 1) where no block is */
    for (size_t i = 0; i < words; i++) {
        ext_set(stored->q, i, fp6_one());
    }
    l->fn = NULL;
    l->stored = stored;
    l->end = l->plans_n - l->tiled_n;
    atomic_store(&l->next, 0);
    if (l->end != 0) {
        gn_pool_for(l->pool, l->tasks_n, 1, run_task, l);
    }
}

uint64_t gn_bus_stored_slot(const struct gn_shape *shape)
{
    struct gn_block_walk walk;
    struct gn_block block;
    uint64_t end = 0;
    gn_blocks_begin(&walk, shape);
    while (gn_blocks_next(&walk, &block) && shape->v[block.table] >= BUS_TILE_LOG2) {
        end = block.offset + (UINT64_C(1) << shape->v[block.table]);
    }
    return end;
}

struct bus_leaves *gn_bus_leaves_open(const struct bus_level *levels, const struct gn_shape *shape,
                                      const struct air_witness *witness, const struct gn_bus_challenges *c,
                                      const struct gn_work *w)
{
    struct needs needs = needs_of(shape);
    struct bus_leaves *l = gn_arena_zalloc(w->arena, sizeof *l);
    if (l == NULL) {
        return NULL;
    }
    l->levels = levels;
    l->shape = shape;
    l->witness = witness;
    l->challenges = c;
    l->kernels = gn_bus_kernels(w->isa);
    l->pool = w->pool;
    l->isa = w->isa;
    uint32_t publics_n = shape->system->public_values_n;
    l->publics = gn_arena_alloc(w->arena, publics_n * sizeof *l->publics);
    if (l->publics == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < publics_n; i++) {
        l->publics[i] = fp_from_cell(witness->statement.values[i]).v;
    }
    bool ok = make_plans(l, &needs, w->arena);
    l->tasks_n = gn_pool_threads(w->pool);
    l->tasks_n = l->tasks_n < BUS_MAX_TASKS ? l->tasks_n : BUS_MAX_TASKS;
    for (size_t i = 0; ok && i < l->tasks_n; i++) {
        l->tasks[i] = task_alloc(&needs, w->arena);
        ok = l->tasks[i] != NULL;
    }
    return ok ? l : NULL;
}
