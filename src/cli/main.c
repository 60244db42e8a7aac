/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the program `gnomon`: finds the command and runs it.  Exit statuses: cli.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/cpu.h"
#include "cli/files.h"
#include "cli/proofs.h"

static const struct cli_command *const commands[] = {
    &gn_cli_build,  &gn_cli_input,   &gn_cli_run,   &gn_cli_setup, &gn_cli_prove,
    &gn_cli_verify, &gn_cli_inspect, &gn_cli_trace, &gn_cli_stats, &gn_cli_disasm,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static const struct cli_command *find(const char *name)
{
    for (unsigned i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static void print_overview(FILE *out)
{
    fputs(
        "usage: gnomon COMMAND ...\n\n"
        "Gnomon runs Solana programs (sBPF) and RISC-V programs (static RV64IMAC executables), with the results of a\n"
        "validator or a RISC-V machine, and proves these runs.\n\n"
        "commands:\n",
        out);
    for (unsigned i = 0; i < COMMANDS; i++) {
        fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->purpose);
    }
    fputs("  help       Explains a command: gnomon help COMMAND\n"
          "\n"
          "  gnomon --version [--json]   prints the version\n"
          "\n"
          "exit status: 0 done; 1 a proof was rejected; 2 bad usage or input; 3 unsupported or over a limit;\n"
          "4 input/output or internal error.  Errors are one line on standard error.\n",
          out);
}

static int no_command(const char *name)
{
    return gn_cli_fail(CLI_BAD, name, "no such command; `gnomon help` lists them");
}

static int help(int argc, char **argv)
{
    if (argc > 2) {
        return gn_cli_fail(CLI_BAD, argv[2], "one argument too many; usage: gnomon help [COMMAND]");
    }
    const struct cli_command *command = argc == 2 ? find(argv[1]) : NULL;
    if (command != NULL) {
        gn_cli_print_help(command);
    } else if (argc < 2 || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
    } else {
        return no_command(argv[1]);
    }
    return CLI_DONE;
}

static int version(int argc, char **argv)
{
    char release[CLI_RELEASE], digest[CLI_ID];
    if (argc == 2 && strcmp(argv[1], "--json") == 0) {
        printf("{\"schema\": \"gnomon.version.v1\", \"version\": \"" GN_VERSION "\", \"machine_release\": \"%s\", "
               "\"kernel_version\": %u, \"air_digest\": \"%s\"}\n",
               gn_cli_release(release, gn_machine_release()), gn_machine_kernel_version(),
               gn_cli_id(digest, gn_machine_digest()));
    } else if (argc > 1) {
        return gn_cli_fail(CLI_BAD, argv[1], "usage: gnomon --version [--json]");
    } else {
        printf("gnomon " GN_VERSION "\nmachine %s, kernel %u, AIR digest %s\n",
               gn_cli_release(release, gn_machine_release()), gn_machine_kernel_version(),
               gn_cli_id(digest, gn_machine_digest()));
    }
    return CLI_DONE;
}

/* A name in the environment that does not exist would be a measurement of something else. */
static int check_isa(void)
{
    const char *name = getenv(GN_ISA_VARIABLE);
    enum gn_isa isa;
    if (name == NULL || (gn_isa_parse(name, &isa) && gn_isa_supported(isa))) {
        return CLI_DONE;
    }
    return gn_cli_fail(CLI_BAD, GN_ISA_VARIABLE, "'%s' is no instruction set of this machine; the widest is %s", name,
                       gn_isa_name(gn_isa_best()));
}

static int dispatch(int argc, char **argv)
{
    if (argc < 1) {
        print_overview(stderr);
        return CLI_BAD;
    }
    if (strcmp(argv[0], "help") == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
        return help(argc, argv);
    }
    if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "version") == 0) {
        return version(argc, argv);
    }
    const struct cli_command *command = find(argv[0]);
    if (command == NULL) {
        return no_command(argv[0]);
    }
    gn_cli_begin(command);
    int status = check_isa();
    return status == CLI_DONE ? command->main(argc, argv) : status;
}

/* A command that takes some tens of milliseconds spends a third of them in the first touch of 4 KiB pages.  So what malloc gives comes from one piece of the heap in
 * 2 MiB pages, and what is freed is used again instead of going back to the system.  Advice only: nothing depends on it. */
static void begin_memory(void)
{
#ifdef __GLIBC__
    const size_t heap = (size_t)32 << 20, page = (size_t)2 << 20;
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, (int)heap);
    mallopt(M_TRIM_THRESHOLD, (int)(2 * heap));
    mallopt(M_TOP_PAD, (int)heap);
    void *first = malloc(1);
    uintptr_t begin = ((uintptr_t)first + page - 1) / page * page, end = (uintptr_t)sbrk(0) / page * page;
    if (first != NULL && begin < end && end - begin <= 2 * heap) {
        madvise((char *)first + (begin - (uintptr_t)first), end - begin, MADV_HUGEPAGE);
    }
    free(first);
#endif
}

int main(int argc, char **argv)
{
    begin_memory();
    gn_cli_files_begin();
    int status = dispatch(argc - 1, argv + 1);
    int flushed = gn_cli_flush();
    return status != CLI_DONE ? status : flushed;
}
