/* SPDX-License-Identifier: Apache-2.0 */
/* code.h - a program's instructions as text and its functions by name, whichever front end it came through; for stats and trace.
 *
 * Places are those of core programs (vm/vm.h); people see addresses of RISC-V programs and slot numbers of Solana programs. */
#ifndef GN_CLI_CODE_H
#define GN_CLI_CODE_H

#include "cli/program.h"
#include "solana/solana.h"

struct cli_function {
    char name[CLI_NAME]; /* clean */
    uint64_t place;
};
struct cli_code {
    const struct vm_program *core;
    const struct rv_program *rv; /* one of the two */
    const struct solana_program *solana;
    /* functions_n of the program, then two lines for rows that are in none: "(no symbol)" and "(kernel)" */
    struct cli_function *functions;
    size_t functions_n;
};
/* elf: the program's file, for names.  CLI_DONE, or the exit status after a message. */
int gn_cli_code_of_riscv(struct cli_code *c, const struct rv_program *rv);
int gn_cli_code_of_solana(struct cli_code *c, const struct solana_program *solana, const uint8_t *elf, size_t n);
void gn_cli_code_close(struct cli_code *c);

/* A symbol as people write it: printable, Rust's names without their mangling; returns out. */
const char *gn_cli_function_name(char out[static CLI_NAME], const char *symbol);
/* The function that a core row is part of: 0 ... functions_n + 1. */
size_t gn_cli_code_function(const struct cli_code *c, uint32_t row);
/* The instruction at a place as text. */
void gn_cli_code_text(const struct cli_code *c, char *out, size_t out_n, uint64_t place);
/* What people call the place: an address, or the number of a slot. */
uint64_t gn_cli_code_address(const struct cli_code *c, uint64_t place);

#endif
