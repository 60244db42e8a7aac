/* SPDX-License-Identifier: Apache-2.0 */
/* errors.h - instruction errors by number, name and text. */
#ifndef GN_SVM_ERRORS_H
#define GN_SVM_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/solana/abi.h"

const char *gn_svm_error_name(enum gn_sol_error error); /* "InvalidArgument"; "?" beyond the end */
const char *gn_svm_error_text(enum gn_sol_error error); /* "invalid program argument" */
bool gn_svm_error_from_name(enum gn_sol_error *out, const char *name);

/* What a program's result r0 (not 0) means: a built-in error, or GN_SOL_ERROR_CUSTOM with *custom. */
enum gn_sol_error gn_svm_error_of_result(uint64_t r0, uint32_t *custom);

#endif
