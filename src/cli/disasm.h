/* SPDX-License-Identifier: Apache-2.0 */
/* disasm.h - what the two listings of `gnomon disasm` share: RISC-V (disasm.c) and sBPF (disasm_sbpf.c). */
#ifndef GN_CLI_DISASM_H
#define GN_CLI_DISASM_H

#include "cli/program.h"

struct disasm_request {
    const char *program, *function;
    uint64_t from, to; /* addresses; sBPF: slots */
    bool json;
};

bool gn_cli_is_sbpf(const uint8_t *elf, size_t n);
/* prints the listing of an ELF file; CLI_DONE, or the exit status after a message */
int gn_cli_disasm_sbpf(const struct disasm_request *r, const uint8_t *elf, size_t n);

#endif
