/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - running without a proof: what a proof of it would say, as the same bytes. */
#include <inttypes.h>
#include <stdlib.h>

#include "zkvm/program.h"
#include "zkvm/statement.h"

#define PIECE (UINT64_C(1) << 22)

struct gn_run {
    struct rv_machine machine;    /* of a RISC-V program */
    struct solana_machine solana; /* of a Solana program */
    bool is_solana;
};

_Static_assert((int)GN_OUTCOME_ILLEGAL == (int)VM_FAULT_ILLEGAL && (int)GN_OUTCOMES == (int)VM_FAULT_BREAKPOINT + 1,
               "outcomes are numbered as faults");

static enum gn_status execute(struct gn_run *run, const struct gn_options *options, struct gn_error *err)
{
    struct rv_machine *m = &run->machine;
    uint64_t limit = options->max_steps != 0 ? options->max_steps : UINT64_MAX;
    while (m->result.outcome == RV_STEP_LIMIT) {
        if (m->vm.steps >= limit) {
            return gn_fail(err, GN_LIMIT, "the run did not end within %" PRIu64 " instructions", limit);
        }
        const struct gn_reporter reporter = {.options = options, .instructions = m->vm.steps};
        uint64_t left = limit - m->vm.steps;
        enum gn_status status = gn_report(&reporter, "execute", 0, err);
        if (status != GN_OK) {
            return status;
        }
        status = gn_riscv_run(m, m->vm.steps + (left < PIECE ? left : PIECE), NULL, NULL, err);
        if (status != GN_OK) {
            return status;
        }
    }
    return GN_OK;
}

static enum gn_status execute_solana(struct gn_run *run, const struct gn_options *options, struct gn_error *err)
{
    struct solana_machine *m = &run->solana;
    uint64_t limit = options->max_steps != 0 ? options->max_steps : UINT64_MAX;
    enum solana_end end = SOLANA_LIMIT;
    struct gn_error why = {.status = GN_INTERNAL};
    uint8_t y[32];
    while (end == SOLANA_LIMIT) {
        if (m->vm.steps >= limit) {
            return gn_fail(err, GN_LIMIT, "the run did not end within %" PRIu64 " instructions", limit);
        }
        const struct gn_reporter reporter = {.options = options, .instructions = m->vm.steps};
        uint64_t left = limit - m->vm.steps;
        enum gn_status status = gn_report(&reporter, "execute", 0, err);
        if (status != GN_OK) {
            return status;
        }
        end = gn_solana_run(m, left < PIECE ? left : PIECE, NULL, NULL, y, &why);
    }
    return gn_solana_ended(end, &why, err);
}

enum gn_status gn_program_run(struct gn_run **out, const struct gn_program *program, const void *input, size_t input_n,
                              const struct gn_options *given, struct gn_error *err)
{
    struct gn_options options = gn_options_of(given);
    struct gn_run *run = calloc(1, sizeof *run);
    *out = NULL;
    if (run == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a run");
    }
    run->is_solana = program->solana != NULL;
    enum gn_status status = run->is_solana ? gn_solana_start(&run->solana, program->solana, input, input_n, err)
                                           : gn_riscv_start(&run->machine, program->rv, input, input_n, err);
    if (status == GN_OK) {
        status = run->is_solana ? execute_solana(run, &options, err) : execute(run, &options, err);
    }
    if (status != GN_OK) {
        gn_run_free(run);
        return status;
    }
    *out = run;
    return GN_OK;
}

void gn_run_free(struct gn_run *run)
{
    if (run != NULL) {
        gn_riscv_stop(&run->machine);
        gn_solana_stop(&run->solana);
        gn_riscv_result_free(&run->machine.result);
        free(run);
    }
}

const uint8_t *gn_run_statement(const struct gn_run *run, size_t *n)
{
    const struct gn_buffer *s = run->is_solana ? &run->solana.statement : &run->machine.result.statement;
    *n = s->size;
    return s->data;
}

const uint8_t *gn_run_diagnostics(const struct gn_run *run, size_t *n)
{
    *n = run->machine.result.diagnostics.size;
    return run->machine.result.diagnostics.data;
}

uint64_t gn_run_steps(const struct gn_run *run)
{
    return run->is_solana ? run->solana.vm.steps : run->machine.vm.steps;
}

uint64_t gn_run_unaligned(const struct gn_run *run)
{
    return run->is_solana ? run->solana.vm.unaligned : run->machine.vm.unaligned;
}
