/* SPDX-License-Identifier: Apache-2.0 */
/* area.h - what a proof of a run would consist of (zkvm/anatomy.h), by state machine and by function; for stats. */
#ifndef GN_CLI_AREA_H
#define GN_CLI_AREA_H

#include "cli/code.h"
#include "zkvm/anatomy.h"

struct cli_area_function {
    char name[CLI_NAME];
    uint64_t address, area;
};
struct cli_area {
    bool known; /* otherwise why says why the run cannot be proven */
    char why[256];
    struct gn_anatomy anatomy;
    /* the run's area by who caused it: rows of the program, rows of the kernel, memory words and register refreshes of both */
    uint64_t program, kernel, memory;
    uint64_t instructions;
    bool solana;
    struct cli_area_function *functions; /* those with area, the largest first */
    size_t functions_n;
};
/* Runs the program under the recorder; instructions: how many it executes.  path: for messages.  CLI_DONE, also when the run cannot be proven; or the exit status after a message. */
int gn_cli_area_open(struct cli_area *a, const struct gn_program *program, const char *path,
                     const struct cli_code *code, const struct gn_buffer *input, uint64_t instructions);
void gn_cli_area_close(struct cli_area *a);

/* Of a RISC-V program: all that grows with the run.  Of a Solana program: its own rows, since what the kernel does has lines of its own. */
double gn_cli_area_per_instruction(const struct cli_area *a);
void gn_cli_area_print(const struct cli_area *a, uint64_t top);
json_t *gn_cli_area_json(const struct cli_area *a); /* NULL: no memory */
json_t *gn_cli_area_tables_json(const struct gn_anatomy *a);
void gn_cli_area_tables_print(const struct gn_anatomy *a);

#endif
