/* SPDX-License-Identifier: Apache-2.0 */
/* statement_solana.h - what a proof of a Solana program says, as text and as JSON (keys of svm/case.h). */
#ifndef GN_CLI_STATEMENT_SOLANA_H
#define GN_CLI_STATEMENT_SOLANA_H

#include "cli/proofs.h"
#include "svm/log.h"

const char *gn_cli_solana_said(char out[static CLI_SAID], const struct gn_statement *s);
void gn_cli_solana_print(const struct gn_statement *s);
json_t *gn_cli_solana_json(const struct gn_statement *s); /* NULL: no memory, or not what a kernel says */
/* a line each, behind indent */
void gn_cli_log_print(const struct svm_log *log, const char *indent);

#endif
