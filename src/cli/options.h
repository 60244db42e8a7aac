/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the options of a command as a table: how each is written and where its value goes.
 *
 *     const struct cli_option options[] = {
 *         CLI_JSON(&r->json),
 *         {.name = "top", .number = &r->top},
 *     };
 *     int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
 *
 * What several commands take (CLI_JSON, CLI_PROGRAMS, ...) is written down once, here.  --help belongs to all. */
#ifndef GN_CLI_OPTIONS_H
#define GN_CLI_OPTIONS_H

#include "cli/cli.h"

/* What an option does with its argument (it may write to it).  CLI_DONE, or the exit status after a message. */
typedef int cli_take(void *to, char *text);

/* One of flag, text, number and take is given; all but a flag have an argument. */
struct cli_option {
    const char *name; /* behind "--" */
    char letter;      /* behind "-"; 0: none */
    bool *flag;       /* becomes true */
    const char **text;
    uint64_t *number; /* gn_cli_number */
    cli_take *take;   /* gets `to` */
    void *to;
    bool *seen; /* becomes true, too; or NULL */
};
#define CLI_COUNT(options) (sizeof(options) / sizeof(options)[0])
enum { CLI_OPTIONS_MAX = 32 };

/* Reads the options of argv.  CLI_DONE: arguments begin at argv[optind]; CLI_HELP: help was printed; otherwise the exit status after a message. */
int gn_cli_parse(const struct cli_option *options, size_t options_n, int argc, char **argv);

/* ---- options of several commands ---- */
/* Solana: which instruction of a recorded case, and where the programs are that the case names */
struct cli_choice {
    const char *programs; /* folder; NULL: none */
    int instruction;      /* of those that programs ran; CLI_ONLY: the only one */
};
enum { CLI_ONLY = -1 };
#define CLI_NO_CHOICE ((struct cli_choice){NULL, CLI_ONLY})
bool gn_cli_chosen(const struct cli_choice *c); /* was one of the two given? */

cli_take gn_cli_take_instruction; /* an int */
cli_take gn_cli_take_bytecode;    /* for the process (bytecode.h) */
cli_take gn_cli_take_preset;      /* a uint32_t, by the preset's name */
cli_take gn_cli_take_threads;     /* an unsigned, 1 to 256 */
cli_take gn_cli_take_max_memory;  /* a uint64_t: "8G", "512M", "65536" */

#define CLI_JSON(place)        {.name = "json", .flag = (place)}
#define CLI_QUIET(place)       {.name = "quiet", .letter = 'q', .flag = (place)}
#define CLI_OUTPUT(place)      {.name = "output", .letter = 'o', .text = (place)}
#define CLI_PROGRAMS(place)    {.name = "programs", .text = (place)}
#define CLI_INSTRUCTION(place) {.name = "instruction", .take = gn_cli_take_instruction, .to = (place)}
#define CLI_CHOICE(place)      CLI_PROGRAMS(&(place)->programs), CLI_INSTRUCTION(&(place)->instruction)
#define CLI_BYTECODE           {.name = "bytecode", .take = gn_cli_take_bytecode}
#define CLI_PRESET(place)      {.name = "preset", .take = gn_cli_take_preset, .to = (place)}
#define CLI_BY_HASH(place)     {.name = "by-hash", .flag = (place)}
#define CLI_NO_CACHE(place)    {.name = "no-cache", .flag = (place)}
#define CLI_MAX_STEPS(place)   {.name = "max-steps", .number = (place)}
#define CLI_FROM(place)        {.name = "from", .number = (place)}
#define CLI_TO(place)          {.name = "to", .number = (place)}

#endif
