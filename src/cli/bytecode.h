/* SPDX-License-Identifier: Apache-2.0 */
/* bytecode.h - programs that are no file but bare sBPF bytecode: the option --bytecode, and reading a PROGRAM that may be such. */
#ifndef GN_CLI_BYTECODE_H
#define GN_CLI_BYTECODE_H

#include "base/buffer.h"
#include "cli/cli.h"

/* The value of --bytecode VERSION, for this process; false after a message. */
bool gn_cli_bytecode_option(const char *text);
bool gn_cli_bytecode(void); /* was it given? */
/* gn_cli_read of a program; bytecode comes as the ELF file that holds it (gn_sbpf_wrap). */
int gn_cli_read_program(struct gn_buffer *out, const char *path, uint64_t limit);

#endif
