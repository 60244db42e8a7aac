/* SPDX-License-Identifier: Apache-2.0 */
/* execute.c - a run ends early when the kernel wants a hint that it has not got (docs/statement.md, section 5): it is computed, and the run begins again. */
#include "svm/execute.h"

#include <stdlib.h>
#include <string.h>

#include "svm/curve.h"
#include "svm/kernel_input.h"

enum { HINTS_MAX = 4096 };

enum gn_status gn_svm_program_load(struct svm_program **out, const void *elf, size_t n, enum sbpf_mode mode,
                                   struct gn_error *err)
{
    *out = NULL;
    struct svm_program *p = calloc(1, sizeof *p);
    uint8_t *copy = malloc(n + 1);
    if (p == NULL || copy == NULL) {
        free(p);
        free(copy);
        return gn_fail(err, GN_NO_MEMORY, "no memory for the program");
    }
    if (n > 0) {
        memcpy(copy, elf, n);
    }
    p->elf = copy;
    p->elf_n = n;
    enum gn_status status = gn_solana_program_create(&p->solana, copy, n, mode, err);
    if (status != GN_OK) {
        gn_svm_program_free(p);
        return status;
    }
    *out = p;
    return GN_OK;
}

void gn_svm_program_free(struct svm_program *p)
{
    if (p != NULL) {
        gn_solana_program_free(p->solana);
        free(p->elf);
        free(p);
    }
}

struct run {
    const struct svm_input *in;
    bool by_hash;
    svm_runner *runner;
    void *runner_ctx;
    struct svm_execution *out;
    struct gn_buffer hints; /* struct gn_sol_hint */
    struct gn_arena *arena;
    struct gn_error *err;
};

static enum gn_status make_input(struct run *r)
{
    r->out->kernel_input.size = 0;
    r->out->hints_n = r->hints.size / sizeof(struct gn_sol_hint);
    gn_svm_kernel_input(&r->out->kernel_input, r->in, r->by_hash,
                        (const struct gn_sol_hint *)(const void *)r->hints.data, r->out->hints_n);
    return r->out->kernel_input.failed || r->hints.failed
               ? gn_fail(r->err, GN_NO_MEMORY, "no memory for the kernel's input")
               : GN_OK;
}

static enum gn_status take_statement(struct run *r, const struct svm_ran *ran)
{
    uint8_t *copy = gn_arena_alloc(r->arena, ran->statement_n + 1);
    if (copy == NULL) {
        return gn_fail(r->err, GN_NO_MEMORY, "no memory for a statement of %zu bytes", ran->statement_n);
    }
    memcpy(copy, ran->statement, ran->statement_n);
    r->out->statement_bytes = copy;
    r->out->statement_n = ran->statement_n;
    enum gn_status status = gn_svm_statement_read(&r->out->statement, r->arena, copy, ran->statement_n, r->err);
    if (status == GN_BAD_INPUT) { /* it is our own kernel's */
        struct gn_error said_by_reader = *r->err;
        status = gn_fail(r->err, GN_INTERNAL, "the kernel said no statement: %.200s", said_by_reader.text);
    }
    return status;
}

static enum gn_status run_all(struct run *r)
{
    struct svm_ran ran = {.end = SOLANA_HINT};
    enum gn_status status = GN_OK;
    while (status == GN_OK && ran.end == SOLANA_HINT) {
        struct gn_sol_hint hint;
        status = make_input(r);
        if (status == GN_OK) {
            status = r->runner(r->runner_ctx, &ran, r->out->kernel_input.data, r->out->kernel_input.size, r->err);
            r->out->rows = ran.rows;
        }
        if (status == GN_OK && ran.end == SOLANA_HINT) {
            if (r->out->hints_n == HINTS_MAX) {
                return gn_fail(r->err, GN_LIMIT, "more than %d tests of program addresses", HINTS_MAX);
            }
            (void)gn_svm_curve_hint(&hint, ran.y);
            gn_buffer_append(&r->hints, &hint, sizeof hint);
        }
    }
    return status == GN_OK ? take_statement(r, &ran) : status;
}

/* ---- the plain way to run ---- */

struct plain {
    const struct svm_program *program;
    struct solana_machine machine; /* of the last run, for its statement */
};

static enum gn_status run_observed(struct plain *p, struct svm_ran *out, const uint8_t *input, size_t n,
                                   vm_observer *observer, void *observer_ctx, struct gn_error *err)
{
    struct solana_machine *m = &p->machine;
    gn_solana_stop(m);
    enum gn_status status = gn_solana_start(m, p->program->solana, input, n, err);
    if (status != GN_OK) {
        return status;
    }
    out->end = gn_solana_run(m, UINT64_MAX, observer, observer_ctx, out->y, err);
    out->rows = m->vm.rows_run;
    out->statement = m->statement.data;
    out->statement_n = m->statement.size;
    return out->end == SOLANA_GAVE_UP ? err->status
           : out->end == SOLANA_LIMIT ? gn_fail(err, GN_INTERNAL, "a run without limit stopped at one")
                                      : GN_OK;
}

static enum gn_status run_plain(void *ctx, struct svm_ran *out, const uint8_t *input, size_t n, struct gn_error *err)
{
    return run_observed(ctx, out, input, n, NULL, NULL, err);
}

/* ---- executing ---- */

enum gn_status gn_svm_execute_by(struct svm_execution *out, const struct svm_program *p, const struct svm_input *in,
                                 bool by_hash, svm_runner *runner, void *runner_ctx, struct gn_arena *arena,
                                 struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct run r = {.in = in,
                    .by_hash = by_hash,
                    .runner = runner,
                    .runner_ctx = runner_ctx,
                    .out = out,
                    .arena = arena,
                    .err = err != NULL ? err : &own};
    *out = (struct svm_execution){0};
    enum gn_status status = gn_svm_input_check(in, err);
    if (status != GN_OK) {
        return status;
    }
    if (in->program.n > 0 && (in->program.n != p->elf_n || memcmp(in->program.data, p->elf, p->elf_n) != 0)) {
        return gn_fail(err, GN_BAD_INPUT, "the program in the input is not the one that is to be run");
    }
    bool adjusted = (in->features & GN_SOL_VASA) != 0;
    if (adjusted != (p->solana->mode == SBPF_ADJUSTED)) {
        return gn_fail(err, GN_BAD_INPUT,
                       "virtual_address_space_adjustments is %s in the input, and %s for the program",
                       adjusted ? "on" : "off", adjusted ? "off" : "on");
    }
    status = run_all(&r);
    gn_buffer_free(&r.hints);
    return status;
}

enum gn_status gn_svm_execute(struct svm_execution *out, const struct svm_program *p, const struct svm_input *in,
                              bool by_hash, vm_observer *observer, void *observer_ctx, struct gn_arena *arena,
                              struct gn_error *err)
{
    struct gn_error own = {.status = GN_INTERNAL};
    struct plain plain = {.program = p};
    err = err != NULL ? err : &own;
    enum gn_status status = gn_svm_execute_by(out, p, in, by_hash, run_plain, &plain, arena, err);
    if (status == GN_OK && observer != NULL) {
        struct svm_ran again = {.rows = 0};
        status =
            run_observed(&plain, &again, out->kernel_input.data, out->kernel_input.size, observer, observer_ctx, err);
        out->rows = again.rows;
    }
    gn_solana_stop(&plain.machine);
    return status;
}

void gn_svm_execution_free(struct svm_execution *e)
{
    gn_buffer_free(&e->kernel_input);
}
