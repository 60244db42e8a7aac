/* SPDX-License-Identifier: Apache-2.0 */
/* kernel_input.h - the words that the Solana kernel reads: docs/statement.md, section 2. */
#ifndef GN_SVM_KERNEL_INPUT_H
#define GN_SVM_KERNEL_INPUT_H

#include "kernel/solana/abi.h"
#include "svm/input.h"

/* Appends the kernel input that belongs to `in` (which gn_svm_input_check accepts) and the hints, in order.  by_hash: the statement is to give
 * hashes of the accounts instead of their content. */
void gn_svm_kernel_input(struct gn_buffer *out, const struct svm_input *in, bool by_hash,
                         const struct gn_sol_hint *hints, size_t hints_n);

#endif
