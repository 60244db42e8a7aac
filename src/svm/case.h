/* SPDX-License-Identifier: Apache-2.0 */
/* case.h - a recorded transaction (tests/fixtures/solana): instructions, accounts, sysvars, programs, and what came of it.
 *
 * Only instructions of programs are executed, and those of the compute budget program are obeyed; other built-in programs are refused by name.  What a transaction does around
 * its instructions (fee, meter, rent check, rolling back) is done here, by the host: it is no part of a proof, but lets an outcome be held against a recorded one. */
#ifndef GN_SVM_CASE_H
#define GN_SVM_CASE_H

#include "svm/json.h"
#include "svm/log.h"

enum { SVM_CASE_ACCOUNTS_MAX = 512, SVM_CASE_INSTRUCTIONS_MAX = 64, SVM_CASE_PROGRAMS_MAX = 64 };

struct svm_case_account {
    struct svm_account a; /* privileges: the transaction's */
    bool in_message;
    bool missing;    /* does not exist: 0 lamports, no data, the system program's */
    bool data_known; /* false: the case only has the data's SHA-256, and it is not an ELF that was found */
};

struct svm_case_instruction {
    struct svm_key program;
    bool builtin, compute_budget;
    uint32_t loader;      /* of programs */
    struct svm_bytes elf; /* empty if it was not found */
    const char *elf_sha256;
    const size_t *accounts; /* indices into the case's accounts */
    size_t accounts_n;
    struct svm_bytes data;
};

struct svm_case {
    const char *name;
    json_t *root; /* of which name and strings are parts; owned by the caller */
    bool vasa;
    const struct svm_case_account *accounts; /* those of the message first, in its order */
    size_t accounts_n;
    const struct svm_case_instruction *instructions;
    size_t instructions_n;
    bool sysvar_exists[GN_SOL_SYSVARS];
    struct svm_bytes sysvars[GN_SOL_SYSVARS];
    size_t fee_payer;
    uint64_t fee, budget, heap;
};

/* The ELF with this SHA-256; empty if there is none.  bytes: how long it is; 0: not known. */
typedef struct svm_bytes svm_find_program(void *ctx, const uint8_t sha256[32], uint64_t bytes);

/* c points into root, arena and what find returned. */
GN_NODISCARD enum gn_status gn_svm_case_read(struct svm_case *c, json_t *root, struct gn_arena *arena,
                                             svm_find_program *find, void *find_ctx, struct gn_error *err);

/* NULL, or why the case cannot be executed: a built-in program, an ELF that is not there, data that is not known.  Points into the case or to a constant. */
const char *gn_svm_case_obstacle(const struct svm_case *c);

/* ---- running ---- */
/* Executes one instruction of elf; *out points into arena. */
typedef enum gn_status svm_run(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                               struct gn_arena *arena, struct gn_error *err);

struct svm_outcome {
    bool ok;
    bool
        rent_failure; /* not ok: InsufficientFundsForRent of account `index`; otherwise an error of instruction `index` */
    size_t index;
    enum gn_sol_error error;
    uint32_t custom;
    struct svm_log log;
    uint64_t units;
    bool has_return;
    struct svm_key return_program;
    struct svm_bytes return_data;
    struct svm_case_account *after; /* of all accounts of the case */
};

/* Runs all instructions in order until one fails.  GN_LIMIT: the obstacle.  The caller frees outcome->log. */
GN_NODISCARD enum gn_status gn_svm_case_run(struct svm_outcome *out, const struct svm_case *c, struct gn_arena *arena,
                                            svm_run *run, void *run_ctx, struct gn_error *err);

/* ---- outcomes ---- */
/* The outcome under the keys of a case: result, logs, compute_units_consumed, return_data, post_changed.  NULL: no memory. */
json_t *gn_svm_outcome_json(const struct svm_case *c, const struct svm_outcome *out);
/* The same for one instruction by itself, from its statement; also the five public outputs: execution: success, exit_code, compute_units_consumed,
 * instructions_executed, accounts_modified.  No post_changed if an account is by hash.  An account without lamports is not `missing`: it is to the end of its transaction. */
json_t *gn_svm_statement_json(const struct svm_statement *s);
/* All that a statement says: the outcome as above, and what it was the outcome of (program, loader, flags, budget, accounts before and after, data, what was read). */
json_t *gn_svm_claim_json(const struct svm_statement *s);
/* What a record says was read of the outside, "sysvar"; NULL: nothing.  And which sysvar, "clock", if it was one. */
const char *gn_svm_read_name(const struct svm_record *r);
const char *gn_svm_read_sysvar(const struct svm_record *r);
json_t *gn_svm_json_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
json_t *gn_svm_json_key(const struct svm_key *key); /* Base58 */
json_t *gn_svm_json_base64(struct svm_bytes b);
/* Holds an outcome (as above) against the one recorded in the case; for each field that differs a line is appended to says.  Accounts are compared
 * in lamports, owner, data and executable: rent_epoch is the transaction's business.  Returns the number of differences. */
size_t gn_svm_case_compare(const struct svm_case *c, const json_t *outcome, struct gn_buffer *says);

#endif
