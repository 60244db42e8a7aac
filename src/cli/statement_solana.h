/* SPDX-License-Identifier: Apache-2.0 */
/* statement_solana.h - what a proof of a Solana program says, as text and as JSON (keys of svm/case.h). */
#ifndef GN_CLI_STATEMENT_SOLANA_H
#define GN_CLI_STATEMENT_SOLANA_H

#include "cli/proofs.h"
#include "svm/log.h"

const char *gn_cli_solana_said(char out[static CLI_SAID], const struct gn_statement *s);
/* sBPF instructions executed, those that the kernel executes among them; 0 if it is not what a kernel says */
uint64_t gn_cli_solana_instructions(const struct gn_statement *s);
/* by_hash: accounts that it gives by value are shown by their hash */
void gn_cli_solana_print(const struct gn_statement *s, bool by_hash);
json_t *gn_cli_solana_json(const struct gn_statement *s, bool by_hash); /* NULL: no memory, or not what a kernel says */
/* a line each, behind indent */
void gn_cli_log_print(const struct svm_log *log, const char *indent);

#endif
