/* SPDX-License-Identifier: Apache-2.0 */
/* execute_program.c - program.h as the host side executes programs, in place of the hosted kernel. */
#include "program.h"
#include "svm/execute.h"

enum gn_status program_run(struct svm_statement *out, const struct svm_input *in, struct svm_bytes elf, bool by_hash,
                           struct gn_arena *arena, struct hosted_run *run, struct gn_error *err)
{
    struct svm_program *p;
    struct svm_execution e = {0};
    enum gn_status status =
        gn_svm_program_load(&p, elf.data, elf.n, in->features & GN_SOL_VASA ? SBPF_ADJUSTED : SBPF_CLASSIC, err);
    if (run != NULL) {
        *run = (struct hosted_run){0};
    }
    if (status == GN_OK) {
        status = gn_svm_execute(&e, p, in, by_hash, NULL, NULL, arena, err);
        *out = e.statement;
        gn_svm_execution_free(&e);
    }
    gn_svm_program_free(p);
    return status;
}
