/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - what the parts of `gnomon run` share. */
#ifndef GN_CLI_RUN_H
#define GN_CLI_RUN_H

#include "cli/cli.h"

struct run_request {
    const char *program, *input, *out;
    const char *programs; /* Solana: folder of other programs, found by their SHA-256 */
    uint64_t max_steps;
    bool json, forward, quiet;
    bool compare; /* a recorded case: exit status 1 if the outcome is another */
};

/* Is the file a Solana program, or a recorded case?  False also if it cannot be read. */
bool gn_cli_is_solana(const char *path);
/* `gnomon run` of one of these: the exit status */
int gn_cli_run_solana(const struct run_request *r);

#endif
