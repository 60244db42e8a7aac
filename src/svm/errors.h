/* SPDX-License-Identifier: Apache-2.0 */
/* errors.h - instruction errors by number, name and text. */
#ifndef GN_SVM_ERRORS_H
#define GN_SVM_ERRORS_H

#include <stdbool.h>
#include <stdint.h>

enum svm_error {
#define INSTRUCTION_ERROR(symbol, name, text) SVM_##symbol,
#include "svm/errors.def"
#undef INSTRUCTION_ERROR
    SVM_ERRORS
};

const char *gn_svm_error_name(enum svm_error error); /* "InvalidArgument"; "?" beyond the end */
const char *gn_svm_error_text(enum svm_error error); /* "invalid program argument" */
bool gn_svm_error_from_name(enum svm_error *out, const char *name);

/* What a program's result r0 (not 0) means: a built-in error, or SVM_CUSTOM with *custom. */
enum svm_error gn_svm_error_of_result(uint64_t r0, uint32_t *custom);

#endif
