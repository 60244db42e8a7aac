/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - what the parts of `gnomon run` share. */
#ifndef GN_CLI_RUN_H
#define GN_CLI_RUN_H

#include "base/buffer.h"
#include "cli/options.h"
#include "zkvm/record.h"

struct run_request {
    const char *program, *input, *out;
    const char *programs; /* Solana: folder of other programs, found by their SHA-256 */
    uint64_t max_steps;
    bool json, forward, quiet;
    bool compare; /* a recorded case: exit status 1 if the outcome is another */
};

/* Is the file a Solana program, or a recorded case?  False also if it cannot be read. */
bool gn_cli_is_solana(const char *path);
/* What is proven of a Solana run: one instruction of a program. */
struct cli_subject {
    struct gn_program *program; /* without a key */
    struct gn_buffer input;     /* the kernel input with all hints */
    size_t seen;                /* instructions of programs that ran */
    bool rent_failure;          /* they succeeded, and then their transaction failed with InsufficientFundsForRent */
    struct gn_recorded run;     /* of this input, if it was wanted */
};
struct cli_subject_request {
    const char *program, *input; /* as in struct run_request */
    struct cli_choice choice;
    bool by_hash;                   /* the statement gives accounts by hash */
    const struct gn_options *prove; /* the run is recorded, and the program's key begun; NULL: it is not to be proven */
};
/* Executes as `gnomon run` does, without a word, and takes the given instruction of those that programs ran (CLI_ONLY: the only one).  CLI_DONE, or the exit status after a message.
 * s must not be moved; it is closed also after a failure. */
int gn_cli_subject_open(struct cli_subject *s, const struct cli_subject_request *request);
void gn_cli_subject_close(struct cli_subject *s);

/* `gnomon run` of one of these: the exit status */
int gn_cli_run_solana(const struct run_request *r);

#endif
