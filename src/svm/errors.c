/* SPDX-License-Identifier: Apache-2.0 */
#include "svm/errors.h"

#include <string.h>

static const struct {
    const char *name, *text;
} errors[SVM_ERRORS] = {
#define INSTRUCTION_ERROR(symbol, name, text) {name, text},
#include "svm/errors.def"
#undef INSTRUCTION_ERROR
};

const char *gn_svm_error_name(enum svm_error error)
{
    return (unsigned)error < SVM_ERRORS ? errors[error].name : "?";
}

const char *gn_svm_error_text(enum svm_error error)
{
    return (unsigned)error < SVM_ERRORS ? errors[error].text : "?";
}

bool gn_svm_error_from_name(enum svm_error *out, const char *name)
{
    for (unsigned i = 0; i < SVM_ERRORS; i++) {
        if (strcmp(errors[i].name, name) == 0) {
            *out = (enum svm_error)i;
            return true;
        }
    }
    return false;
}

/* Programs return their framework's error k as k << 32; those are numbered otherwise than the runtime's own. */
enum svm_error gn_svm_error_of_result(uint64_t r0, uint32_t *custom)
{
    static const enum svm_error of_builtin[] = {
        [2] = SVM_INVALID_ARGUMENT,
        [3] = SVM_INVALID_INSTRUCTION_DATA,
        [4] = SVM_INVALID_ACCOUNT_DATA,
        [5] = SVM_ACCOUNT_DATA_TOO_SMALL,
        [6] = SVM_INSUFFICIENT_FUNDS,
        [7] = SVM_INCORRECT_PROGRAM_ID,
        [8] = SVM_MISSING_REQUIRED_SIGNATURE,
        [9] = SVM_ACCOUNT_ALREADY_INITIALIZED,
        [10] = SVM_UNINITIALIZED_ACCOUNT,
        [11] = SVM_NOT_ENOUGH_ACCOUNT_KEYS,
        [12] = SVM_ACCOUNT_BORROW_FAILED,
        [13] = SVM_MAX_SEED_LENGTH_EXCEEDED,
        [14] = SVM_INVALID_SEEDS,
        [15] = SVM_BORSH_IO_ERROR,
        [16] = SVM_ACCOUNT_NOT_RENT_EXEMPT,
        [17] = SVM_UNSUPPORTED_SYSVAR,
        [18] = SVM_ILLEGAL_OWNER,
        [19] = SVM_MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED,
        [20] = SVM_INVALID_REALLOC,
        [21] = SVM_MAX_INSTRUCTION_TRACE_LENGTH_EXCEEDED,
        [22] = SVM_BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS,
        [23] = SVM_INVALID_ACCOUNT_OWNER,
        [24] = SVM_ARITHMETIC_OVERFLOW,
        [25] = SVM_IMMUTABLE,
        [26] = SVM_INCORRECT_AUTHORITY,
    };
    *custom = 0;
    uint64_t k = r0 >> 32;
    if (k == 0 || r0 == UINT64_C(1) << 32) {
        *custom = (uint32_t)r0;
        return SVM_CUSTOM;
    }
    return (uint32_t)r0 == 0 && k >= 2 && k <= 26 ? of_builtin[k] : SVM_INVALID_ERROR;
}
