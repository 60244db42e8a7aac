/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - a program from its file, its addresses as names, and its execution: what run, trace, stats and disasm share. */
#ifndef GN_CLI_PROGRAM_H
#define GN_CLI_PROGRAM_H

#include <jansson.h>

#include "cli/cli.h"
#include "riscv/riscv.h"

#define CLI_ELF_MAX (UINT64_C(1) << 30) /* bytes of a program file */
/* CLI_DONE, or the exit status after a message.  The caller frees with gn_riscv_free. */
int gn_cli_program_load(struct rv_program **program, const char *path);

/* the function that holds pc; NULL if none does.  A function of size 0 (assembly) reaches to the next one. */
const struct rv_symbol *gn_cli_symbol_at(const struct rv_program *program, uint64_t pc);
enum { CLI_NAME = 128, CLI_PLACE = CLI_NAME + 48 };
const char *gn_cli_symbol_name(char out[static CLI_NAME], const struct rv_symbol *symbol);
/* "0x80000010 (main+0x8)"; returns out */
const char *gn_cli_place(char out[static CLI_PLACE], const struct rv_program *program, uint64_t pc);

/* ---- execution ---- */
struct cli_execution {
    const char *path; /* of the program */
    struct gn_buffer elf, input;
    struct rv_program *program;
    struct rv_machine machine;
    size_t shown;   /* diagnostics of the guest that are on standard error already */
    double seconds; /* spent executing */
};
/* Loads program and input (NULL: empty) and stands at the entry.  CLI_DONE, or the exit status after a message. */
int gn_cli_execution_open(struct cli_execution *e, const char *program, const char *input);
/* Goes on until the run ends or machine.vm.steps is max_steps, with progress, and shows the guest's diagnostics as they
 * come. */
int gn_cli_execution_run(struct cli_execution *e, uint64_t max_steps, vm_observer *observer, void *observer_ctx);
void gn_cli_execution_close(struct cli_execution *e);

/* "exit 0", "fault: bad load address 0x0 at 0x80000010 (main+0x8)", "stopped at the limit of steps" */
enum { CLI_OUTCOME = 2 * CLI_PLACE };
const char *gn_cli_outcome(char out[static CLI_OUTCOME], const struct cli_execution *e);
/* members outcome, exit_code or fault, and the counters, added to object; CLI_DONE or CLI_FAILED after a message */
int gn_cli_outcome_json(json_t *object, const struct cli_execution *e);

/* ---- JSON ---- */
json_t *gn_cli_hex(uint64_t value);                       /* "0x1f": readers of JSON take numbers for doubles */
json_t *gn_cli_hex_bytes(const uint8_t *bytes, size_t n); /* "00ff" */
json_t *gn_cli_json_text(const char *s);                  /* s cleaned */
/* Prints object (NULL: no memory) and a newline, and releases it.  CLI_DONE or CLI_FAILED after a message. */
int gn_cli_json_print(json_t *object);

#endif
