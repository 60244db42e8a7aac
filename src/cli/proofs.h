/* SPDX-License-Identifier: Apache-2.0 */
/* proofs.h - what setup, prove, verify and inspect share: programs with their keys, statements as text and JSON. */
#ifndef GN_CLI_PROOFS_H
#define GN_CLI_PROOFS_H

#include <jansson.h>

#include "cli/program.h"
#include "gnomon/gnomon.h"

/* Reads and loads a program; for names of addresses there is its rv_program too.  CLI_DONE, or the exit status after a message. */
int gn_cli_provable_load(struct gn_program **out, const char *path, bool adjusted);
/* Gives the program its key: from the cache if use_cache and it is there, by setup otherwise. */
int gn_cli_provable_setup(struct gn_program *program, const char *path, bool use_cache, unsigned threads,
                          uint32_t preset);

/* Puts the key into the cache, unless it is there.  Failures do not matter: the next setup takes as long as this one. */
void gn_cli_provable_remember(const struct gn_program *program, uint32_t preset);

enum { CLI_ID = 2 * GN_ID_BYTES + 1 };
const char *gn_cli_id(char out[static CLI_ID], const uint8_t id[GN_ID_BYTES]);
bool gn_cli_parse_id(uint8_t out[GN_ID_BYTES], const char *text); /* false after a message */
enum { CLI_RELEASE = 40 };
const char *gn_cli_release(char out[static CLI_RELEASE], uint32_t release); /* "0.1.0" */

enum { CLI_SAID = 160 };
/* "exit 0", "fault: bad load address 0x10 at 0x80000004" */
const char *gn_cli_said(char out[static CLI_SAID], const struct gn_statement *s);
/* by_hash: Solana accounts as their hashes, also where the statement has them by value */
void gn_cli_statement_print(const struct gn_statement *s, bool by_hash);
json_t *gn_cli_statement_json(const struct gn_statement *s, bool by_hash); /* NULL: no memory */

#endif
