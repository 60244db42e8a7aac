/* SPDX-License-Identifier: Apache-2.0 */
/* execute.h - one instruction of a Solana program, executed in the machine: the input becomes words, hints are found, the statement is read. */
#ifndef GN_SVM_EXECUTE_H
#define GN_SVM_EXECUTE_H

#include "solana/solana.h"
#include "svm/statement.h"

struct svm_program {
    struct solana_program *solana;
    uint8_t *elf; /* a copy of the file */
    size_t elf_n;
};
/* An ELF as deployed; what a validator would refuse is GN_BAD_INPUT. */
GN_NODISCARD enum gn_status gn_svm_program_load(struct svm_program **out, const void *elf, size_t n,
                                                enum sbpf_mode mode, struct gn_error *err);
void gn_svm_program_free(struct svm_program *p);

struct svm_execution {
    struct svm_statement statement; /* points into the arena */
    const uint8_t *statement_bytes; /* in the arena */
    size_t statement_n;
    struct gn_buffer kernel_input; /* with all hints: what a prover takes */
    size_t hints_n;
    uint64_t rows; /* of program and kernel */
};
/* One run of a kernel input, which outlives it.  SOLANA_HALTED: the statement, valid until the next run; SOLANA_HINT: y.  Other ends are failures. */
struct svm_ran {
    enum solana_end end;
    uint8_t y[32];
    const uint8_t *statement;
    size_t statement_n;
    uint64_t rows;
};
typedef enum gn_status svm_runner(void *ctx, struct svm_ran *out, const uint8_t *input, size_t n, struct gn_error *err);

/* A failing instruction is a result, too.  in: its features must be the program's mode, its program be empty or p's ELF; GN_BAD_INPUT, also for what gn_svm_input_check refuses.
 * GN_LIMIT names what is not supported yet.  observer (may be NULL) sees the run once, when all hints are known.  The caller frees the execution, also after a failure. */
GN_NODISCARD enum gn_status gn_svm_execute(struct svm_execution *out, const struct svm_program *p,
                                           const struct svm_input *in, bool by_hash, vm_observer *observer,
                                           void *observer_ctx, struct gn_arena *arena, struct gn_error *err);
/* The same, where another one runs the inputs: one that keeps the run for a proof, say. */
GN_NODISCARD enum gn_status gn_svm_execute_by(struct svm_execution *out, const struct svm_program *p,
                                              const struct svm_input *in, bool by_hash, svm_runner *runner,
                                              void *runner_ctx, struct gn_arena *arena, struct gn_error *err);
void gn_svm_execution_free(struct svm_execution *e);

#endif
