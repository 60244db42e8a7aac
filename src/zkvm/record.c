/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - executing under the recorder, and filling tables (record.h).
 *
 * Execution goes in pieces, between which progress is reported and the run's length is looked at. */
#include "zkvm/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "zkvm/machine.h"
#include "zkvm/ready.h"
#include "zkvm/statement.h"

#define PIECE    (UINT64_C(1) << 16)
#define ROWS_MAX ((UINT64_C(1) << 22) - 2) /* the entry's row and the first time leave this many (ts < 2^24) */

_Static_assert(RV_INPUT_MAX - 16 == MX_INPUT_MAX, "what runs can be proven");

/* ---- execution ---- */

static enum gn_status too_long(struct gn_error *err)
{
    return gn_fail(err, GN_LIMIT, "run too long: more than 2^22 instructions, the most that one proof holds");
}

/* Of a run that has come so far: at rate 1/2 a cell is two of the code, and an interaction is a fraction at least.  Short runs leave no time for it. */
static void expect_memory(struct gn_recorded *r, const struct gn_options *options)
{
    const unsigned threads = options->threads != 0 ? options->threads : gn_cpu_threads();
    struct gn_machine m;
    size_t n, bytes = 0;
    if (options->prover == NULL || threads == 1 || options->max_memory != 0) {
        return;
    }
    gn_machine_open(&m);
    for (unsigned i = 0; i < mx_classes_n; i++) {
        const struct air_table *t = &m.system.air->tables[m.system.table_of_class[mx_classes[i]->class]];
        (void)mx_recorder_records(r->recorder, mx_classes[i]->class, &n);
        bytes += n * (8 * (size_t)t->committed_n + 12 * (size_t)t->interactions_n);
    }
    r->ahead.prover = options->prover;
    gn_ahead_expect(&r->ahead, bytes);
}

static enum gn_status execute_solana(struct gn_recorded *r, struct gn_reporter *reporter, struct gn_error *err)
{
    struct solana_machine *m = &r->solana;
    enum solana_end end = SOLANA_LIMIT;
    struct gn_error why = {.status = GN_INTERNAL};
    while (end == SOLANA_LIMIT) {
        enum gn_status status = gn_report(reporter, "execute", 0, err);
        if (status != GN_OK) {
            return status;
        }
        end = gn_solana_run(m, PIECE, mx_recorder_observe, r->recorder, r->y, &why);
        reporter->instructions = m->vm.steps;
        if (m->vm.rows_run > ROWS_MAX) {
            return too_long(err);
        }
        if (end == SOLANA_LIMIT) {
            expect_memory(r, reporter->options);
        }
    }
    r->end = end;
    enum gn_status status = gn_solana_ended(end, &why, err);
    return status == GN_OK ? mx_recorder_halt(r->recorder, m->vm.row, err) : status;
}

static enum gn_status execute(struct gn_recorded *r, struct gn_reporter *reporter, struct gn_error *err)
{
    struct rv_machine *m = &r->machine;
    enum gn_status status = GN_OK;
    while (status == GN_OK && m->result.outcome == RV_STEP_LIMIT) {
        status = gn_report(reporter, "execute", 0, err);
        if (status == GN_OK) {
            status = gn_riscv_run(m, m->vm.steps + PIECE, mx_recorder_observe, r->recorder, err);
        }
        reporter->instructions = m->vm.steps;
        if (status == GN_OK && m->vm.rows_run > ROWS_MAX) {
            status = too_long(err);
        }
        if (status == GN_OK && m->result.outcome == RV_STEP_LIMIT) {
            expect_memory(r, reporter->options);
        }
    }
    return status == GN_OK ? mx_recorder_halt(r->recorder, m->vm.row, err) : status;
}

static enum gn_status state(struct gn_recorded *r, struct gn_error *err)
{
    struct gn_statement said;
    enum gn_status status = mx_recorder_finish(&r->run, r->recorder, err);
    const struct gn_buffer *host = r->program->rv != NULL ? &r->machine.result.statement : &r->solana.statement;
    if (status == GN_OK &&
        (r->run.statement_n != host->size || memcmp(r->run.statement, host->data, host->size) != 0)) {
        return gn_fail(err, GN_INTERNAL, "the recorder has heard another statement");
    }
    if (status == GN_OK && (!gn_statement_read(&said, r->run.statement, r->run.statement_n) ||
                            !gn_binding_open(&r->binding, &said, r->run.statement, r->run.statement_n))) {
        return gn_fail(err, GN_INTERNAL, "the machine cannot say this run's statement");
    }
    return status;
}

enum gn_status gn_recorded_open(struct gn_recorded *r, const struct gn_program *program, const uint8_t *input,
                                size_t input_n, struct gn_reporter *reporter, struct gn_error *err)
{
    *r = (struct gn_recorded){.program = program, .input = input, .input_n = input_n};
    enum gn_status status = program->rv != NULL ? gn_riscv_start(&r->machine, program->rv, input, input_n, err)
                                                : gn_solana_start(&r->solana, program->solana, input, input_n, err);
    if (status == GN_OK) {
        status = mx_recorder_create(&r->recorder, program->mx, input, input_n, err);
    }
    if (status == GN_OK) {
        status = program->rv != NULL ? execute(r, reporter, err) : execute_solana(r, reporter, err);
        gn_ahead_end(&r->ahead);
    }
    return status == GN_OK ? state(r, err) : status;
}

uint64_t gn_recorded_steps(const struct gn_recorded *r)
{
    return r->program->rv != NULL ? r->machine.vm.steps : r->solana.vm.steps;
}

void gn_recorded_close(struct gn_recorded *r)
{
    mx_recorder_destroy(r->recorder);
    gn_riscv_result_free(&r->machine.result);
    gn_riscv_stop(&r->machine);
    gn_solana_stop(&r->solana);
}

/* ---- tables ---- */

#define ROOM ((size_t)64 << 20) /* for what is not columns: page lists, words by region */

/* What is known of the tables before they are filled: upper bounds, for the tables that choose their height when all lookups are counted. */
struct plan {
    struct gn_arena arena;
    struct air_witness witness; /* heights and pages, no columns */
    uint64_t records, columns, prover;
};

static enum gn_status heights_of(uint32_t heights[AIR_MAX_TABLES], const uint32_t *pages[AIR_MAX_TABLES],
                                 struct gn_recorded *r, const struct gn_machine *m, struct gn_arena *arena,
                                 struct gn_error *err)
{
    struct mx_run run = r->run;
    run.arena = arena;
    memset(pages, 0, AIR_MAX_TABLES * sizeof *pages);
    return mx_witness_plan(heights, pages, &m->system, r->recorder, &run, err);
}

static enum gn_status make_plan(struct plan *plan, const struct gn_tables *t, struct gn_recorded *r,
                                const struct gn_options *options, struct gn_error *err)
{
    const struct mx_system *s = &t->machine.system;
    uint32_t heights[AIR_MAX_TABLES];
    const uint32_t *pages[AIR_MAX_TABLES];
    enum gn_status status = heights_of(heights, pages, r, &t->machine, &plan->arena, err);
    struct air_table_witness *tables = gn_arena_zalloc(&plan->arena, s->air->tables_n * sizeof *tables);
    uint32_t *pre_pages = gn_arena_zalloc(&plan->arena, s->air->tables_n * sizeof *pre_pages);
    if (status != GN_OK || tables == NULL || pre_pages == NULL) {
        return status != GN_OK ? status : gn_fail(err, GN_NO_MEMORY, "no memory for a witness");
    }
    for (uint32_t i = 0; i < s->air->tables_n; i++) {
        const uint64_t cells = air_committed_height(heights[i], AIR_COLUMN_LOG2) + 16;
        tables[i].height = heights[i];
        plan->columns += (cells * sizeof(uint32_t) + 128) * s->air->tables[i].committed_n;
    }
    for (unsigned i = 0; i < mx_classes_n; i++) {
        plan->records += 2 * (uint64_t)heights[i] * mx_classes[i]->record_bytes; /* lists grow by doubling */
    }
    for (unsigned i = 0; i < mx_stores_n; i++) {
        tables[s->table_of_store[i]].pages = pages[i];
        pre_pages[s->table_of_store[i]] = mx_stores[i]->pages != NULL ? mx_stores[i]->pages(r->program->mx) : 0;
    }
    plan->witness = (struct air_witness){
        .system = s->air, .tables = tables, .pre_pages = pre_pages, .statement = r->binding.statement};
    return options->max_memory != 0
               ? gn_prove_footprint(&plan->prover, r->program->ready->record, &plan->witness, options->threads, err)
               : GN_OK;
}

/* Sizes first: what is refused for its size is refused before it takes the memory.  *room: address space for the columns. */
static enum gn_status check_size(size_t *room, const struct gn_tables *t, struct gn_recorded *r,
                                 const struct gn_options *options, struct gn_error *err)
{
    struct plan plan = {.records = 0};
    enum gn_status status = gn_arena_init(&plan.arena, (size_t)64 << 20, err);
    if (status == GN_OK) {
        status = make_plan(&plan, t, r, options, err);
    }
    gn_arena_free(&plan.arena);
    size_t program = 0;
    if (status == GN_OK) {
        status = gn_program_columns_size(&program, &t->machine, r->program, err);
    }
    const uint64_t max_memory = options->max_memory, all = plan.records + program + plan.columns + plan.prover;
    if (status == GN_OK && max_memory != 0 && all > max_memory) {
        return gn_fail(err, GN_LIMIT,
                       "proving this run takes %" PRIu64 " MiB of memory, --max-memory allows %" PRIu64 " MiB",
                       (all >> 20) + 1, max_memory >> 20);
    }
    *room = (size_t)plan.columns + ROOM;
    return status;
}

enum gn_status gn_tables_open(struct gn_tables *t, struct gn_recorded *r, struct gn_reporter *reporter,
                              struct gn_error *err)
{
    const struct gn_options *options = reporter->options;
    const struct mx_preprocessed none = {0};
    struct gn_work lent;
    size_t room = 0;
    memset(t, 0, sizeof *t);
    t->own = options->prover == NULL ? gn_prover_new_once() : NULL;
    t->prover = options->prover != NULL ? options->prover : t->own;
    if (t->prover == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a proof");
    }
    gn_machine_open(&t->machine);
    enum gn_status status = gn_report(reporter, "witness", 0, err);
    if (status == GN_OK && options->max_memory != 0 && !r->program->ready->has_record) { /* sizes are a key's */
        status = gn_ready_finish(r->program, options->preset, options, err);
    }
    if (status == GN_OK) {
        status = check_size(&room, t, r, options, err);
    }
    if (status == GN_OK) {
        status = gn_prover_lend(&lent, t->prover, room, options->threads, err);
    }
    if (status == GN_OK) {
        status = mx_witness_build(&t->witness, &t->machine.system, &none, r->recorder, lent.pool, lent.arena, err);
    }
    t->witness.statement = r->binding.statement;
    return status;
}

enum gn_status gn_tables_complete(struct gn_tables *t, struct gn_prove_options *engine, const struct gn_recorded *r,
                                  const struct gn_options *options, struct gn_error *err)
{
    const struct gn_ready *ready = r->program->ready;
    enum gn_status status = gn_ready_finish(r->program, options->preset, options, err);
    t->witness.pre = ready->columns.pre.columns;
    t->witness.pre_pages = ready->columns.pre.pages;
    engine->prepared = ready->prepared;
    engine->prover = t->prover;
    return status;
}

void gn_tables_close(struct gn_tables *t)
{
    gn_prover_free(t->own);
}
