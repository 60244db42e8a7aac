/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - running without a proof: what a proof of it would say, as the same bytes. */
#include <inttypes.h>
#include <stdlib.h>

#include "zkvm/program.h"
#include "zkvm/statement.h"

#define PIECE (UINT64_C(1) << 22)

struct gn_run {
    struct rv_machine machine;
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

enum gn_status gn_program_run(struct gn_run **out, const struct gn_program *program, const void *input, size_t input_n,
                              const struct gn_options *given, struct gn_error *err)
{
    struct gn_options options = gn_options_of(given);
    struct gn_run *run = calloc(1, sizeof *run);
    *out = NULL;
    if (run == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a run");
    }
    enum gn_status status = gn_riscv_start(&run->machine, program->rv, input, input_n, err);
    if (status == GN_OK) {
        status = execute(run, &options, err);
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
        gn_riscv_result_free(&run->machine.result);
        free(run);
    }
}

const uint8_t *gn_run_statement(const struct gn_run *run, size_t *n)
{
    *n = run->machine.result.statement.size;
    return run->machine.result.statement.data;
}

const uint8_t *gn_run_diagnostics(const struct gn_run *run, size_t *n)
{
    *n = run->machine.result.diagnostics.size;
    return run->machine.result.diagnostics.data;
}

uint64_t gn_run_steps(const struct gn_run *run)
{
    return run->machine.vm.steps;
}

uint64_t gn_run_unaligned(const struct gn_run *run)
{
    return run->machine.vm.unaligned;
}
