/* SPDX-License-Identifier: Apache-2.0 */
/* runs.c - see runs.h. */
#include "runs.h"

#include <string.h>

#include "machine.h"
#include "program.h"
#include "svm/execute.h"

enum { SLICE = 7 }; /* instructions */

bool run_how_named(enum run_how *how, const char *name)
{
    static const char *const names[] = {"machine", "slices", "tables", "proofs", "hosted", "library"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *how = (enum run_how)i;
            return true;
        }
    }
    return false;
}

static enum gn_status run_library(struct svm_statement *out, const struct svm_input *in, struct svm_bytes elf,
                                  struct gn_arena *arena, struct gn_error *err)
{
    struct svm_program *p;
    struct svm_execution e = {0};
    enum gn_status status =
        gn_svm_program_load(&p, elf.data, elf.n, in->features & GN_SOL_VASA ? SBPF_ADJUSTED : SBPF_CLASSIC, err);
    if (status == GN_OK) {
        status = gn_svm_execute(&e, p, in, false, NULL, NULL, arena, err);
        *out = e.statement;
        gn_svm_execution_free(&e);
    }
    gn_svm_program_free(p);
    return status;
}

enum gn_status run_program(struct svm_statement *out, enum run_how how, const struct svm_input *in,
                           struct svm_bytes elf, struct gn_arena *arena, struct run_totals *totals,
                           struct gn_error *err)
{
    enum gn_status status;
    if (how == RUN_LIBRARY) {
        return run_library(out, in, elf, arena, err);
    }
    if (how == RUN_HOSTED) {
        struct hosted_run seen = {0};
        status = program_run(out, in, elf, false, arena, &seen, err);
        totals->emulated += seen.emulated;
        return status;
    }
    struct machine_seen seen = {0};
    status = machine_run(out, in, elf, false, how == RUN_SLICES ? SLICE : UINT64_MAX,
                         how == RUN_TABLES || how == RUN_PROOFS, how == RUN_PROOFS, arena, &seen, err);
    totals->rows += seen.rows;
    totals->steps += seen.steps;
    totals->area.program += seen.area.program;
    totals->area.kernel += seen.area.kernel;
    totals->area.memory += seen.area.memory;
    totals->area.fixed += seen.area.fixed;
    return status;
}
