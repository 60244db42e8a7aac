/* SPDX-License-Identifier: Apache-2.0 */
/* abi.h - what the host and the Solana kernel say to each other: docs/statement.md as C.
 *
 * Everything is little-endian u64 words; keys are four words.  Host (src/svm, src/sbpf) and kernel (RV64) share this file; it needs no other.  Four things:
 *   the kernel input   made by the host from input.bin, read by the kernel, private;
 *   the statement      written by the kernel word by word (OUT), public;
 *   the description    of the program, an image in kernel memory made by setup, part of the key;
 *   stops              why a kernel gave up: such a run has no proof, the host says why. */
#ifndef GN_SOLANA_ABI_H
#define GN_SOLANA_ABI_H

#include <stdint.h>

/* ---- limits ---- */
enum {
    GN_SOL_METAS_MAX = 255,
    GN_SOL_ACCOUNTS_MAX = 255,
    GN_SOL_INSTRUCTION_DATA_MAX = 10240,
    GN_SOL_ACCOUNT_DATA_MAX = 10 << 20,
    GN_SOL_REALLOC_MAX = 10240,   /* growth of one account in one instruction: the reserve behind its data */
    GN_SOL_RESIZE_MAX = 20 << 20, /* growth of all accounts in one transaction */
    GN_SOL_HEAP_MIN = 32 << 10,
    GN_SOL_HEAP_MAX = 256 << 10,
    GN_SOL_RETURN_DATA_MAX = 1024,
    GN_SOL_CALL_DEPTH_MAX = 64,
    GN_SOL_SLOTS_MAX = 1 << 21,     /* slots of a program are fewer */
    GN_SOL_STATEMENT_MAX = 1 << 17, /* words */
};
#define GN_SOL_BUDGET_MAX UINT64_C(1400000)

/* ---- addresses of the program's five regions, as the program sees them ---- */
#define GN_SOL_RODATA_V3 UINT64_C(0)
#define GN_SOL_PROGRAM   UINT64_C(0x100000000)
#define GN_SOL_STACK     UINT64_C(0x200000000)
#define GN_SOL_HEAP      UINT64_C(0x300000000)
#define GN_SOL_INPUT     UINT64_C(0x400000000)
enum { GN_SOL_FRAME = 4096, GN_SOL_STACK_BYTES = GN_SOL_FRAME * GN_SOL_CALL_DEPTH_MAX };

/* ---- the kernel input: statement.md 2 ---- */
#define GN_SOL_INPUT_MAGIC UINT64_C(0x31303030494b4e47) /* "GNKI0001" */
#define GN_SOL_ABSENT      UINT64_MAX                   /* length of a sysvar that does not exist */

/* in the order of their sections */
enum gn_sol_sysvar {
    GN_SOL_CLOCK,
    GN_SOL_RENT,
    GN_SOL_EPOCH_SCHEDULE,
    GN_SOL_EPOCH_REWARDS,
    GN_SOL_LAST_RESTART_SLOT,
    GN_SOL_SLOT_HASHES,
    GN_SOL_STAKE_HISTORY,
    GN_SOL_SYSVARS
};

/* flags of input, statement and description */
enum {
    GN_SOL_VASA = 1, /* virtual_address_space_adjustments; must be the description's */
};

struct gn_sol_input {
    uint64_t magic, flags;
    uint64_t loader; /* 1 deprecated, 2, 3 upgradeable: ABI v0 for 1, else v1 */
    uint64_t budget, heap;
    int64_t resized; /* growth of all accounts by earlier instructions of the transaction */
    uint64_t metas_n, accounts_n, data_n;
    uint64_t sysvars_at, stakes_at, stakes_n, total_stake, siblings_at, siblings_n, hints_at,
        hints_n; /* ..._at: bytes from here, multiple of 8 */
    uint64_t program[4];
    /* then, without gaps: metas, accounts, instruction data (padded); sysvars, stakes, siblings, hints each where ..._at says */
};

/* a meta is one word: the number of its account */
/* flags of an account */
enum {
    GN_SOL_SIGNER = 1,
    GN_SOL_WRITABLE = 2,
    GN_SOL_EXECUTABLE = 4,
    GN_SOL_BY_HASH = 8, /* the statement gives its hash, not its content */
};
struct gn_sol_account { /* from the key on as in ABI v1 */
    uint64_t flags, rent_epoch;
    uint64_t key[4], owner[4];
    uint64_t lamports, data_n;
    /* data, padded with zeros to 8 */
};
/* a sysvar is a word with its length (GN_SOL_ABSENT: there is none) and its bytes, padded */
struct gn_sol_stake {
    uint64_t vote[4], stake;
};
struct gn_sol_sibling { /* instructions of the transaction before this one, latest first */
    uint64_t program[4];
    uint64_t metas_n, data_n;
    /* metas_n x struct gn_sol_sibling_meta, then data, padded */
};
struct gn_sol_sibling_meta {
    uint64_t key[4], flags; /* GN_SOL_SIGNER, GN_SOL_WRITABLE */
};
/* of one on-curve test, in the order of the tests: below 2^255; bit 255 is set if y is no point's (statement.md 2) */
struct gn_sol_hint {
    uint64_t word[4];
};

/* ---- the statement: statement.md 3 ---- */
#define GN_SOL_STATEMENT_MAGIC UINT64_C(0x3130303054534e47) /* "GNST0001" */

struct gn_sol_statement {
    uint64_t magic;
    uint64_t success, exit_code, units, instructions, modified; /* the first five public outputs */
    uint64_t error;                                             /* 0, or 1 + number of InstructionError */
    uint64_t custom;                                            /* Custom(n): n */
    uint64_t fault;                                             /* enum gn_sol_fault */
    uint64_t detail[4];                                         /* what the fault's line says */
    uint64_t charged; /* units that the run takes from the transaction's meter */
    uint64_t flags, loader, budget, heap;
    int64_t resized;
    uint64_t metas_n, accounts_n, data_n, records_n, return_n;
    uint64_t words; /* of the statement */
    uint64_t program[4];
    /* then metas, accounts before, instruction data, records, return data, accounts after */
};

/* low byte of a record's first word; bits 32 ... 63: bytes of its payload, which follows, padded */
enum gn_sol_record {
    GN_SOL_LOG = 1,      /* text */
    GN_SOL_LOG_64,       /* 5 words */
    GN_SOL_LOG_PUBKEY,   /* key */
    GN_SOL_LOG_UNITS,    /* word */
    GN_SOL_LOG_DATA,     /* slices: word with length, bytes, padded */
    GN_SOL_PANIC_FILE,   /* text; line and column are the fault's details */
    GN_SOL_INVALID_TEXT, /* the bytes that are not UTF-8; the run ends with GN_SOL_FAULT_INVALID_STRING */
    GN_SOL_READ_SYSVAR,  /* enum gn_sol_sysvar, length or GN_SOL_ABSENT, bytes: at the first call of its getter */
    GN_SOL_READ_SLICE, /* sol_get_sysvar: enum gn_sol_sysvar, offset, length, 1 if there is such a slice, then its bytes */
    GN_SOL_READ_STAKE,       /* vote account, stake */
    GN_SOL_READ_TOTAL_STAKE, /* word */
    GN_SOL_READ_SIBLING,     /* index, 1 if there is one, then struct gn_sol_sibling and what belongs to it */
};

/* Why a run failed, as the runtime's log line tells it.  detail: as the line's numbers come; a = address, n = bytes */
enum gn_sol_fault {
    GN_SOL_FAULT_NONE, /* no fault, or the line is that of the InstructionError */
    GN_SOL_FAULT_EXCEEDED_UNITS,
    GN_SOL_FAULT_OVERRUN,
    GN_SOL_FAULT_ACCESS,       /* 0 read 1 write, n, a, enum gn_sol_region */
    GN_SOL_FAULT_STACK_ACCESS, /* 0 read 1 write, n, a, frame (i64) */
    GN_SOL_FAULT_DIVIDE_BY_ZERO,
    GN_SOL_FAULT_DIVIDE_OVERFLOW,
    GN_SOL_FAULT_CALL_DEPTH,
    GN_SOL_FAULT_CALL_OUTSIDE_TEXT,
    GN_SOL_FAULT_UNSUPPORTED_INSTRUCTION,
    /* in syscalls */
    GN_SOL_FAULT_ABORT = 32,
    GN_SOL_FAULT_PANIC,          /* line, column */
    GN_SOL_FAULT_INVALID_STRING, /* record GN_SOL_INVALID_TEXT */
    GN_SOL_FAULT_UNALIGNED_POINTER,
    GN_SOL_FAULT_INVALID_LENGTH,
    GN_SOL_FAULT_COPY_OVERLAPPING,
    GN_SOL_FAULT_TOO_MANY_SLICES,       /* 0 SHA-256 1 Keccak, number, limit */
    GN_SOL_FAULT_BAD_SEEDS,             /* enum: 0 length exceeded */
    GN_SOL_FAULT_RETURN_DATA_TOO_LARGE, /* length, GN_SOL_RETURN_DATA_MAX */
    GN_SOL_FAULT_INVALID_POINTER,
    GN_SOL_FAULT_ARITHMETIC_OVERFLOW,
};
/* of an address, as named in access violations */
enum gn_sol_region {
    GN_SOL_REGION_PROGRAM,
    GN_SOL_REGION_STACK,
    GN_SOL_REGION_HEAP,
    GN_SOL_REGION_INPUT,
    GN_SOL_REGION_ALLOCATED,
    GN_SOL_REGION_UNALLOCATED,
};

/* InstructionError, numbered as bincode numbers it */
#define GN_SOL_ERRORS(X)                                                            \
    X(GENERIC_ERROR, "GenericError")                                                \
    X(INVALID_ARGUMENT, "InvalidArgument")                                          \
    X(INVALID_INSTRUCTION_DATA, "InvalidInstructionData")                           \
    X(INVALID_ACCOUNT_DATA, "InvalidAccountData")                                   \
    X(ACCOUNT_DATA_TOO_SMALL, "AccountDataTooSmall")                                \
    X(INSUFFICIENT_FUNDS, "InsufficientFunds")                                      \
    X(INCORRECT_PROGRAM_ID, "IncorrectProgramId")                                   \
    X(MISSING_REQUIRED_SIGNATURE, "MissingRequiredSignature")                       \
    X(ACCOUNT_ALREADY_INITIALIZED, "AccountAlreadyInitialized")                     \
    X(UNINITIALIZED_ACCOUNT, "UninitializedAccount")                                \
    X(UNBALANCED_INSTRUCTION, "UnbalancedInstruction")                              \
    X(MODIFIED_PROGRAM_ID, "ModifiedProgramId")                                     \
    X(EXTERNAL_ACCOUNT_LAMPORT_SPEND, "ExternalAccountLamportSpend")                \
    X(EXTERNAL_ACCOUNT_DATA_MODIFIED, "ExternalAccountDataModified")                \
    X(READONLY_LAMPORT_CHANGE, "ReadonlyLamportChange")                             \
    X(READONLY_DATA_MODIFIED, "ReadonlyDataModified")                               \
    X(DUPLICATE_ACCOUNT_INDEX, "DuplicateAccountIndex")                             \
    X(EXECUTABLE_MODIFIED, "ExecutableModified")                                    \
    X(RENT_EPOCH_MODIFIED, "RentEpochModified")                                     \
    X(NOT_ENOUGH_ACCOUNT_KEYS, "NotEnoughAccountKeys")                              \
    X(ACCOUNT_DATA_SIZE_CHANGED, "AccountDataSizeChanged")                          \
    X(ACCOUNT_NOT_EXECUTABLE, "AccountNotExecutable")                               \
    X(ACCOUNT_BORROW_FAILED, "AccountBorrowFailed")                                 \
    X(ACCOUNT_BORROW_OUTSTANDING, "AccountBorrowOutstanding")                       \
    X(DUPLICATE_ACCOUNT_OUT_OF_SYNC, "DuplicateAccountOutOfSync")                   \
    X(CUSTOM, "Custom")                                                             \
    X(INVALID_ERROR, "InvalidError")                                                \
    X(EXECUTABLE_DATA_MODIFIED, "ExecutableDataModified")                           \
    X(EXECUTABLE_LAMPORT_CHANGE, "ExecutableLamportChange")                         \
    X(EXECUTABLE_ACCOUNT_NOT_RENT_EXEMPT, "ExecutableAccountNotRentExempt")         \
    X(UNSUPPORTED_PROGRAM_ID, "UnsupportedProgramId")                               \
    X(CALL_DEPTH, "CallDepth")                                                      \
    X(MISSING_ACCOUNT, "MissingAccount")                                            \
    X(REENTRANCY_NOT_ALLOWED, "ReentrancyNotAllowed")                               \
    X(MAX_SEED_LENGTH_EXCEEDED, "MaxSeedLengthExceeded")                            \
    X(INVALID_SEEDS, "InvalidSeeds")                                                \
    X(INVALID_REALLOC, "InvalidRealloc")                                            \
    X(COMPUTATIONAL_BUDGET_EXCEEDED, "ComputationalBudgetExceeded")                 \
    X(PRIVILEGE_ESCALATION, "PrivilegeEscalation")                                  \
    X(PROGRAM_ENVIRONMENT_SETUP_FAILURE, "ProgramEnvironmentSetupFailure")          \
    X(PROGRAM_FAILED_TO_COMPLETE, "ProgramFailedToComplete")                        \
    X(PROGRAM_FAILED_TO_COMPILE, "ProgramFailedToCompile")                          \
    X(IMMUTABLE, "Immutable")                                                       \
    X(INCORRECT_AUTHORITY, "IncorrectAuthority")                                    \
    X(BORSH_IO_ERROR, "BorshIoError")                                               \
    X(ACCOUNT_NOT_RENT_EXEMPT, "AccountNotRentExempt")                              \
    X(INVALID_ACCOUNT_OWNER, "InvalidAccountOwner")                                 \
    X(ARITHMETIC_OVERFLOW, "ArithmeticOverflow")                                    \
    X(UNSUPPORTED_SYSVAR, "UnsupportedSysvar")                                      \
    X(ILLEGAL_OWNER, "IllegalOwner")                                                \
    X(MAX_ACCOUNTS_DATA_ALLOCATIONS_EXCEEDED, "MaxAccountsDataAllocationsExceeded") \
    X(MAX_ACCOUNTS_EXCEEDED, "MaxAccountsExceeded")                                 \
    X(MAX_INSTRUCTION_TRACE_LENGTH_EXCEEDED, "MaxInstructionTraceLengthExceeded")   \
    X(BUILTIN_PROGRAMS_MUST_CONSUME_COMPUTE_UNITS, "BuiltinProgramsMustConsumeComputeUnits")
enum gn_sol_error {
#define X(name, text) GN_SOL_ERROR_##name,
    GN_SOL_ERRORS(X)
#undef X
        GN_SOL_ERRORS_N
};

/* ---- the description: statement.md 4 ---- */
#define GN_SOL_DESCRIPTION       UINT64_C(0x1020000000)       /* where it stands, in kernel memory */
#define GN_SOL_DESCRIPTION_MAGIC UINT64_C(0x3130303044534e47) /* "GNSD0001" */

struct gn_sol_description {
    uint64_t magic;
    uint64_t version;          /* of sBPF: 0 ... 3 */
    uint64_t flags;            /* GN_SOL_VASA */
    uint64_t slots_n, entry;   /* in slots of 8 bytes */
    uint64_t text_address;     /* of slot 0, as callx names it: .text's (v0 ... v2), 2^32 (v3) */
    uint64_t rodata, rodata_n; /* the read-only region, which setup has put into user memory: its address and bytes */
    uint64_t text;             /* address in kernel memory of the slots as executed, 8 slots_n bytes */
    /* then sites: slots_n bytes, padded to 8; then the text */
};
/* what setup found at a slot; 1 ... GN_SOL_SYSCALLS_END - 1: a call of that syscall */
enum gn_sol_site {
    GN_SOL_SITE_PLAIN = 0,  /* any other instruction */
    GN_SOL_SITE_EXIT = 254, /* exit: told here, so that the end of a run needs no look at the text */
    GN_SOL_SITE_UNSUPPORTED =
        255, /* no row: a call that resolves to nothing, the second slot of lddw, an opcode that the version has not */
};

enum gn_sol_syscall {
    GN_SOL_SYSCALL_NONE,
#define SYSCALL(symbol, name, hash, served) GN_SOL_SYSCALL_##symbol,
#include "syscalls.def"
#undef SYSCALL
    GN_SOL_SYSCALLS_END
};

/* ---- stops: the kernel's last word when there is nothing to prove.  It executes an instruction that has no row, with a0 = enum gn_sol_stop, a1 = detail ---- */
enum gn_sol_stop {
    GN_SOL_STOP_INPUT = 1,   /* the kernel input is malformed: detail = line of the check in kernel/solana/input.c */
    GN_SOL_STOP_UNSUPPORTED, /* syscall not supported yet: detail = enum gn_sol_syscall */
    GN_SOL_STOP_HINT,        /* the next on-curve test has no hint: detail = kernel address of y, 32 bytes */
    GN_SOL_STOP_BAD_HINT,
    GN_SOL_STOP_SPURIOUS, /* a trap without cause, or past the budget: detail = TRAP register */
    GN_SOL_STOP_LIMIT,    /* statement too long */
    GN_SOL_STOP_MODE,     /* flags of input and description differ */
};

#endif
