/* SPDX-License-Identifier: Apache-2.0 */
/* solana.h - one instruction of a Solana program, run again under an observer: what stats and trace share. */
#ifndef GN_CLI_SOLANA_H
#define GN_CLI_SOLANA_H

#include "cli/proofs.h"
#include "cli/run.h"
#include "solana/solana.h"
#include "svm/statement.h"
#include "zkvm/program.h"

struct cli_solana {
    const char *path;
    struct cli_subject subject;
    struct solana_machine machine;
    struct gn_arena arena; /* of the statement */
    bool ended;            /* then statement holds what the run came to */
    struct svm_statement statement;
};
/* Finds out what is to be run (gn_cli_subject_open) and stands before the first row of the kernel.  CLI_DONE, or the exit status after a message; closed also then. */
int gn_cli_solana_open(struct cli_solana *s, const char *program, const char *input, const struct cli_choice *choice);
/* So many instructions more, or to the end. */
int gn_cli_solana_go(struct cli_solana *s, uint64_t steps, vm_observer *observer, void *ctx);
void gn_cli_solana_close(struct cli_solana *s);

/* "success", "failed: custom error 0x1"; CLI_SAID bytes */
const char *gn_cli_solana_outcome(char out[static CLI_SAID], const struct svm_statement *s);

#endif
