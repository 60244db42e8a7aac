/* SPDX-License-Identifier: Apache-2.0 */
/* errors.h - programs under an executor that errs (faulty.h).  Whatever it does, the run that comes out must not be provable: the row checker names a failure (or the run cannot be
 * recorded), and a proof made all the same is rejected; or it is, to the byte, the honest proof, because nobody ever looked at what the error left. */
#ifndef GN_TESTS_ZKVM_ERRORS_H
#define GN_TESTS_ZKVM_ERRORS_H

#include "vm/vm.h"
#include "zkvm/faulty.h"
#include "zkvm/program.h"

struct errors {
    struct gn_program *program;
    const void *input;
    size_t input_n;
    bool all;                  /* more places, and a proof of every error */
    uint64_t count[VM_OPS][2]; /* rows executed, by operation, user's and kernel's (errors_count) */
    uint64_t rows_max;
    uint32_t halt; /* row of the kernel's HALT */
    void *scratch;
    size_t scratch_n;
    struct gn_proof *honest;
    unsigned errors, unnoticed, harmless, checked, rejected;
};
/* program: with a key; the caller's, as input is */
void errors_open(struct errors *e, struct gn_program *program, const void *input, size_t input_n, bool all);
void errors_close(struct errors *e);
/* an observer of a run */
void errors_count(void *ctx, const struct vm *vm, const struct vm_event *event);
/* without an error it holds; makes `honest` */
void errors_none(struct errors *e);
/* wrong results, wrong words in memory, wrong next instructions of this operation */
void errors_in_all_ways(struct errors *e, enum vm_op op, bool in_kernel);

#endif
