/* SPDX-License-Identifier: Apache-2.0 */
/* programs.h - Solana programs of a folder, found by the SHA-256 of their ELF: what a recorded case names them by. */
#ifndef GN_CLI_PROGRAMS_H
#define GN_CLI_PROGRAMS_H

#include "base/buffer.h"
#include "svm/case.h"

struct cli_programs {
    struct gn_buffer entries; /* struct cli_program_file */
};

/* Those files of folder that end in .so (NULL: none); they are read when they are looked for, and what cannot be read is not there.  CLI_DONE, or the exit status after a
 * message. */
int gn_cli_programs_open(struct cli_programs *p, const char *folder);
void gn_cli_programs_close(struct cli_programs *p);
struct svm_bytes gn_cli_programs_find(void *programs, const uint8_t sha256[32],
                                      uint64_t bytes); /* a svm_find_program */

#endif
