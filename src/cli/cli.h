/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what the commands of the program `gnomon` share: exit statuses, messages, options, numbers.
 *
 * A command is one file with one struct cli_command.  It returns an exit status; whatever goes wrong is said once, in one
 * line on standard error that begins with "gnomon COMMAND: ", by gn_cli_fail.  Text that comes from files (symbols, names)
 * reaches a terminal only through gn_cli_clean.  Adding a command: its file, a line in CMakeLists.txt, and one in the table
 * of main.c. */
#ifndef GN_CLI_CLI_H
#define GN_CLI_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

enum cli_exit {
    CLI_DONE = 0,
    CLI_REJECTED = 1, /* a proof that does not hold */
    CLI_BAD = 2,      /* bad usage or input */
    CLI_LIMIT = 3,    /* unsupported, or over a limit; the message names it */
    CLI_FAILED = 4    /* input/output, no memory, a bug */
};

struct cli_command {
    const char *name;
    const char *usage;   /* what follows the name: "PROGRAM [INPUT] [-o FILE] ..." */
    const char *purpose; /* one line for the list of commands */
    const char *help;    /* lines for `gnomon help NAME`, below usage and purpose */
    int (*main)(int argc, char **argv);
};
extern const struct cli_command gn_cli_build, gn_cli_disasm, gn_cli_input, gn_cli_inspect, gn_cli_prove, gn_cli_run,
    gn_cli_setup, gn_cli_stats, gn_cli_trace, gn_cli_verify;

/* ---- messages ---- */
void gn_cli_begin(const struct cli_command *command); /* the one that messages and help speak of; NULL: none */
/* Says "gnomon COMMAND: SUBJECT: TEXT" (subject may be NULL) and returns status. */
int gn_cli_fail(int status, const char *subject, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* the same for an error of the library; its status becomes an exit status */
int gn_cli_fail_with(const struct gn_error *err, const char *subject);
int gn_cli_no_memory(void);
#ifdef __clang_analyzer__ /* which reads one file at a time, and would think that CLI_DONE may come back */
#define gn_cli_fail(status, ...) ((void)(gn_cli_fail)((status), __VA_ARGS__), (status))
#define gn_cli_no_memory()       ((void)(gn_cli_no_memory)(), CLI_FAILED)
#endif
void gn_cli_print_help(const struct cli_command *command);
void gn_cli_help(void); /* of the command that runs */
/* Everything written to standard output arrived there; otherwise says so.  For the end of a command. */
int gn_cli_flush(void);

/* ---- options: options.h reads most commands' ---- */
enum { CLI_HELP = 256, CLI_OPTIONS }; /* values of long options: --help, then the command's own from CLI_OPTIONS on */
/* getopt_long without its messages.  -1 at the end; CLI_HELP; '?' after it said what is wrong with an option. */
int gn_cli_option(int argc, char **argv, const char *letters, const struct option *longs);
/* After the options: between least and most arguments must be left, from optind on.  CLI_DONE, or CLI_BAD after a message. */
int gn_cli_arguments(int argc, char **argv, int least, int most);
/* the same for PROGRAM [INPUT]; *input is NULL if it was not given */
int gn_cli_program_arguments(const char **program, const char **input, int argc, char **argv);
/* A number, decimal or 0x...; false after a message that names the option. */
bool gn_cli_number(uint64_t *out, const char *text, const char *option);

/* ---- text ---- */
enum { CLI_GROUPED = 28 };
/* "1,234,567"; returns out */
const char *gn_cli_grouped(char out[static CLI_GROUPED], uint64_t n);
/* s with whatever is not printable ASCII as '?', cut off to fit; returns out */
const char *gn_cli_clean(char *out, size_t out_n, const char *s);

double gn_cli_seconds(void); /* a clock that only goes forward */

#endif
