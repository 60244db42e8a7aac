/* SPDX-License-Identifier: Apache-2.0 */
/* solana.h - Solana programs in the machine: the program's rows, the kernel's beside them (docs/statement.md, docs/machines.md section 4), and their execution. */
#ifndef GN_SVM_SOLANA_H
#define GN_SVM_SOLANA_H

#include "riscv/kernel.h"
#include "sbpf/sbpf.h"
#include "svm/statement.h"

extern const struct rv_kernel gn_solana_kernel;

#define SVM_INPUT_BASE UINT64_C(0x40000000) /* of the kernel input: 8 bytes of zeros, its length, its words */
enum { SVM_INPUT_HEADER = 16, SVM_KERNEL_INPUT_MAX = 1 << 28 };

struct svm_program {
    struct sbpf_program *sbpf;
    enum sbpf_mode mode;
    struct vm_program core;       /* program and kernel */
    struct gn_buffer description; /* image at GN_SOL_DESCRIPTION */
    uint8_t *elf;                 /* a copy of the file */
    size_t elf_n;
};
/* Loads, verifies, lowers.  GN_BAD_INPUT: what a validator would refuse, too. */
GN_NODISCARD enum gn_status gn_solana_load(struct svm_program **out, const void *elf, size_t n, enum sbpf_mode mode,
                                           struct gn_error *err);
void gn_solana_free(struct svm_program *p);

/* Memory as it is when a run begins: input region, read-only region, description, the kernel's. */
GN_NODISCARD enum gn_status gn_solana_map(struct vm_memory *m, const struct svm_program *p, const void *kernel_input,
                                          size_t n, struct gn_error *err);

struct svm_execution {
    struct svm_statement statement; /* points into the arena */
    const uint8_t *statement_bytes; /* in the arena */
    size_t statement_n;
    struct gn_buffer kernel_input; /* with all hints: what a prover takes */
    size_t hints_n;
    uint64_t rows; /* of program and kernel, of the last attempt */
};
/* Executes one instruction (a failing one is a result, too).  in: as gn_svm_input_check accepts it; its features must be the program's mode, its program be empty or p's ELF
 * (GN_BAD_INPUT).  GN_LIMIT names what is not supported yet.  observer (may be NULL) sees the run once, after all hints are known.  The caller frees the execution,
 * also after a failure. */
GN_NODISCARD enum gn_status gn_solana_execute(struct svm_execution *out, const struct svm_program *p,
                                              const struct svm_input *in, bool by_hash, vm_observer *observer,
                                              void *observer_ctx, struct gn_arena *arena, struct gn_error *err);
void gn_svm_execution_free(struct svm_execution *e);

#endif
