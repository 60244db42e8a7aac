/* SPDX-License-Identifier: Apache-2.0 */
#include "svm/errors.h"

#include <string.h>

static const char *const names[GN_SOL_ERRORS_N] = {
#define X(symbol, name) name,
    GN_SOL_ERRORS(X)
#undef X
};

/* what a validator's log says */
static const char *const texts[GN_SOL_ERRORS_N] = {
    [GN_SOL_ERROR_GENERIC_ERROR] = "generic instruction error",
    [GN_SOL_ERROR_INVALID_ARGUMENT] = "invalid program argument",
    [GN_SOL_ERROR_INVALID_INSTRUCTION_DATA] = "invalid instruction data",
    [GN_SOL_ERROR_INVALID_ACCOUNT_DATA] = "invalid account data for instruction",
    [GN_SOL_ERROR_ACCOUNT_DATA_TOO_SMALL] = "account data too small for instruction",
    [GN_SOL_ERROR_INSUFFICIENT_FUNDS] = "insufficient funds for instruction",
    [GN_SOL_ERROR_INCORRECT_PROGRAM_ID] = "incorrect program id for instruction",
    [GN_SOL_ERROR_MISSING_REQUIRED_SIGNATURE] = "missing required signature for instruction",
    [GN_SOL_ERROR_ACCOUNT_ALREADY_INITIALIZED] = "instruction requires an uninitialized account",
    [GN_SOL_ERROR_UNINITIALIZED_ACCOUNT] = "instruction requires an initialized account",
    [GN_SOL_ERROR_UNBALANCED_INSTRUCTION] = "sum of account balances before and after instruction do not match",
    [GN_SOL_ERROR_MODIFIED_PROGRAM_ID] = "instruction illegally modified the program id of an account",
    [GN_SOL_ERROR_EXTERNAL_ACCOUNT_LAMPORT_SPEND] = "instruction spent from the balance of an account it does not own",
    [GN_SOL_ERROR_EXTERNAL_ACCOUNT_DATA_MODIFIED] = "instruction modified data of an account it does not own",
    [GN_SOL_ERROR_READONLY_LAMPORT_CHANGE] = "instruction changed the balance of a read-only account",
    [GN_SOL_ERROR_READONLY_DATA_MODIFIED] = "instruction modified data of a read-only account",
    [GN_SOL_ERROR_DUPLICATE_ACCOUNT_INDEX] = "instruction contains duplicate accounts",
    [GN_SOL_ERROR_EXECUTABLE_MODIFIED] = "instruction changed executable bit of an account",
    [GN_SOL_ERROR_RENT_EPOCH_MODIFIED] = "instruction modified rent epoch of an account",
    [GN_SOL_ERROR_NOT_ENOUGH_ACCOUNT_KEYS] = "insufficient account keys for instruction",
    [GN_SOL_ERROR_ACCOUNT_DATA_SIZE_CHANGED] =
        "program other than the account's owner changed the size of the account data",
    [GN_SOL_ERROR_ACCOUNT_NOT_EXECUTABLE] = "instruction expected an executable account",
    [GN_SOL_ERROR_ACCOUNT_BORROW_FAILED] =
        "instruction tries to borrow reference for an account which is already borrowed",
    [GN_SOL_ERROR_ACCOUNT_BORROW_OUTSTANDING] = "instruction left account with an outstanding borrowed reference",
    [GN_SOL_ERROR_DUPLICATE_ACCOUNT_OUT_OF_SYNC] = "instruction modifications of multiply-passed account differ",
    [GN_SOL_ERROR_CUSTOM] = "custom program error",
    [GN_SOL_ERROR_INVALID_ERROR] = "program returned invalid error code",
    [GN_SOL_ERROR_EXECUTABLE_DATA_MODIFIED] = "instruction changed executable accounts data",
    [GN_SOL_ERROR_EXECUTABLE_LAMPORT_CHANGE] = "instruction changed the balance of an executable account",
    [GN_SOL_ERROR_EXECUTABLE_ACCOUNT_NOT_RENT_EXEMPT] = "executable accounts must be rent exempt",
    [GN_SOL_ERROR_UNSUPPORTED_PROGRAM_ID] = "Unsupported program id",
    [GN_SOL_ERROR_CALL_DEPTH] = "Cross-program invocation call depth too deep",
    [GN_SOL_ERROR_MISSING_ACCOUNT] = "An account required by the instruction is missing",
    [GN_SOL_ERROR_REENTRANCY_NOT_ALLOWED] = "Cross-program invocation reentrancy not allowed for this instruction",
    [GN_SOL_ERROR_MAX_SEED_LENGTH_EXCEEDED] = "Length of the seed is too long for address generation",
    [GN_SOL_ERROR_INVALID_SEEDS] = "Provided seeds do not result in a valid address",
    [GN_SOL_ERROR_INVALID_REALLOC] = "Failed to reallocate account data",
    [GN_SOL_ERROR_COMPUTATIONAL_BUDGET_EXCEEDED] = "Computational budget exceeded",
    [GN_SOL_ERROR_PRIVILEGE_ESCALATION] = "Cross-program invocation with unauthorized signer or writable account",
    [GN_SOL_ERROR_PROGRAM_ENVIRONMENT_SETUP_FAILURE] = "Failed to create program execution environment",
    [GN_SOL_ERROR_PROGRAM_FAILED_TO_COMPLETE] = "Program failed to complete",
    [GN_SOL_ERROR_PROGRAM_FAILED_TO_COMPILE] = "Program failed to compile",
    [GN_SOL_ERROR_IMMUTABLE] = "Account is immutable",
    [GN_SOL_ERROR_INCORRECT_AUTHORITY] = "Incorrect authority provided",
    [GN_SOL_ERROR_BORSH_IO_ERROR] = "Failed to serialize or deserialize account data",
    [GN_SOL_ERROR_ACCOUNT_NOT_RENT_EXEMPT] = "An account does not have enough lamports to be rent-exempt",
    [GN_SOL_ERROR_INVALID_ACCOUNT_OWNER] = "Invalid account owner",
    [GN_SOL_ERROR_ARITHMETIC_OVERFLOW] = "Program arithmetic overflowed",
    [GN_SOL_ERROR_UNSUPPORTED_SYSVAR] = "Unsupported sysvar",
    [GN_SOL_ERROR_ILLEGAL_OWNER] = "Provided owner is not allowed",
    [GN_SOL_ERROR_MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED] =
        "Accounts data allocations exceeded the maximum allowed per transaction",
    [GN_SOL_ERROR_MAX_ACCOUNTS_EXCEEDED] = "Max accounts exceeded",
    [GN_SOL_ERROR_MAX_INSTRUCTION_TRACE_LENGTH_EXCEEDED] = "Max instruction trace length exceeded",
    [GN_SOL_ERROR_BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS] = "Builtin programs must consume compute units",
};

const char *gn_svm_error_name(enum gn_sol_error error)
{
    return (unsigned)error < GN_SOL_ERRORS_N ? names[error] : "?";
}

const char *gn_svm_error_text(enum gn_sol_error error)
{
    return (unsigned)error < GN_SOL_ERRORS_N ? texts[error] : "?";
}

bool gn_svm_error_from_name(enum gn_sol_error *out, const char *name)
{
    for (unsigned i = 0; i < GN_SOL_ERRORS_N; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum gn_sol_error)i;
            return true;
        }
    }
    return false;
}

/* Programs return their framework's error k as k << 32; those are numbered otherwise than the runtime's own. */
enum gn_sol_error gn_svm_error_of_result(uint64_t r0, uint32_t *custom)
{
    static const enum gn_sol_error of_builtin[] = {
        [2] = GN_SOL_ERROR_INVALID_ARGUMENT,
        [3] = GN_SOL_ERROR_INVALID_INSTRUCTION_DATA,
        [4] = GN_SOL_ERROR_INVALID_ACCOUNT_DATA,
        [5] = GN_SOL_ERROR_ACCOUNT_DATA_TOO_SMALL,
        [6] = GN_SOL_ERROR_INSUFFICIENT_FUNDS,
        [7] = GN_SOL_ERROR_INCORRECT_PROGRAM_ID,
        [8] = GN_SOL_ERROR_MISSING_REQUIRED_SIGNATURE,
        [9] = GN_SOL_ERROR_ACCOUNT_ALREADY_INITIALIZED,
        [10] = GN_SOL_ERROR_UNINITIALIZED_ACCOUNT,
        [11] = GN_SOL_ERROR_NOT_ENOUGH_ACCOUNT_KEYS,
        [12] = GN_SOL_ERROR_ACCOUNT_BORROW_FAILED,
        [13] = GN_SOL_ERROR_MAX_SEED_LENGTH_EXCEEDED,
        [14] = GN_SOL_ERROR_INVALID_SEEDS,
        [15] = GN_SOL_ERROR_BORSH_IO_ERROR,
        [16] = GN_SOL_ERROR_ACCOUNT_NOT_RENT_EXEMPT,
        [17] = GN_SOL_ERROR_UNSUPPORTED_SYSVAR,
        [18] = GN_SOL_ERROR_ILLEGAL_OWNER,
        [19] = GN_SOL_ERROR_MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED,
        [20] = GN_SOL_ERROR_INVALID_REALLOC,
        [21] = GN_SOL_ERROR_MAX_INSTRUCTION_TRACE_LENGTH_EXCEEDED,
        [22] = GN_SOL_ERROR_BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS,
        [23] = GN_SOL_ERROR_INVALID_ACCOUNT_OWNER,
        [24] = GN_SOL_ERROR_ARITHMETIC_OVERFLOW,
        [25] = GN_SOL_ERROR_IMMUTABLE,
        [26] = GN_SOL_ERROR_INCORRECT_AUTHORITY,
    };
    *custom = 0;
    uint64_t k = r0 >> 32;
    if (k == 0 || r0 == UINT64_C(1) << 32) {
        *custom = (uint32_t)r0;
        return GN_SOL_ERROR_CUSTOM;
    }
    return (uint32_t)r0 == 0 && k >= 2 && k <= 26 ? of_builtin[k] : GN_SOL_ERROR_INVALID_ERROR;
}
