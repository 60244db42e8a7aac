/* SPDX-License-Identifier: Apache-2.0 */
/* build.c - `gnomon build`: C sources to a program, with clang, lld and the guest SDK (riscv/build.h).
 *
 * The SDK lies at one of three places relative to this program, the installed one (../share/gnomon/guest) among them, so that
 * an installation can be moved.  Options that the compiler shall see keep their order among the sources. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/program.h"
#include "riscv/build.h"

enum { MARCH = CLI_OPTIONS, CLANG, SDK, LINUX, JSON };

struct request {
    const char *out, *march, *clang, *sdk;
    char **arguments; /* copies; argc of them fit */
    size_t arguments_n, sources_n;
    bool linux_twin, json;
};

/* ---- the SDK ---- */
static bool is_sdk(const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/link.ld", folder);
    return n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0;
}

/* fills folder; CLI_DONE, or the exit status after a message */
static int find_sdk(char folder[static PATH_MAX], const char *given)
{
    static const char *const places[] = {"/../share/gnomon/guest", "/share/gnomon/guest", "/guest"};
    char program[PATH_MAX];
    if (given != NULL) {
        snprintf(folder, PATH_MAX, "%s", given);
        return is_sdk(folder) ? CLI_DONE : gn_cli_fail(CLI_BAD, given, "no guest SDK there (no link.ld)");
    }
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    program[n > 0 ? n : 0] = 0;
    char *slash = strrchr(program, '/');
    if (slash != NULL) {
        *slash = 0;
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            int length = snprintf(folder, PATH_MAX, "%s%s", program, places[i]);
            if (length < PATH_MAX && is_sdk(folder)) {
                return CLI_DONE;
            }
        }
    }
    return gn_cli_fail(CLI_FAILED, NULL, "the guest SDK is not at %s%s; name its folder with --sdk", program,
                       places[0]);
}

/* ---- options ---- */
static const struct option longs[] = {
    {"help", no_argument, NULL, CLI_HELP},     {"march", required_argument, NULL, MARCH},
    {"clang", required_argument, NULL, CLANG}, {"sdk", required_argument, NULL, SDK},
    {"linux", no_argument, NULL, LINUX},       {"json", no_argument, NULL, JSON},
    {"output", required_argument, NULL, 'o'},  {NULL, 0, NULL, 0},
};

/* a copy of "-X" and what belongs to it (letter 0: of the word alone), to the compiler */
static int pass(struct request *r, int letter, const char *value)
{
    size_t size = (value != NULL ? strlen(value) : 0) + 3;
    char *word = malloc(size);
    if (word == NULL) {
        return gn_cli_no_memory();
    }
    if (letter != 0) {
        snprintf(word, size, "-%c%s", letter, value != NULL ? value : "");
    } else {
        snprintf(word, size, "%s", value);
    }
    r->sources_n += word[0] != '-';
    r->arguments[r->arguments_n++] = word;
    return CLI_DONE;
}

/* CLI_DONE: go on; CLI_HELP; otherwise the exit status */
static int take_option(struct request *r, int c)
{
    switch (c) {
    case CLI_HELP:
        gn_cli_help();
        return CLI_HELP;
    case 1: /* not an option ('-' before the letters) */
        return pass(r, 0, optarg);
    case 'o':
        r->out = optarg;
        return CLI_DONE;
    case MARCH:
        r->march = optarg;
        return CLI_DONE;
    case CLANG:
        r->clang = optarg;
        return CLI_DONE;
    case SDK:
        r->sdk = optarg;
        return CLI_DONE;
    case LINUX:
        r->linux_twin = true;
        return CLI_DONE;
    case JSON:
        r->json = true;
        return CLI_DONE;
    case '?':
        return CLI_BAD;
    default: /* a letter that the compiler knows */
        return pass(r, c, optarg);
    }
}

static int parse(struct request *r, int argc, char **argv)
{
    int c, status = CLI_DONE;
    while (status == CLI_DONE && (c = gn_cli_option(argc, argv, "-:ho:O::D:U:I:g::W:f:", longs)) != -1) {
        status = take_option(r, c);
    }
    if (status != CLI_DONE) {
        return status;
    }
    for (; status == CLI_DONE && optind < argc; optind++) { /* behind -- */
        status = pass(r, 0, argv[optind]);
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (r->sources_n == 0) {
        return gn_cli_fail(CLI_BAD, NULL, "no source file; usage: gnomon build %s", gn_cli_build.usage);
    }
    if (r->json && r->linux_twin) {
        return gn_cli_fail(CLI_BAD, "--json", "cannot be had with --linux");
    }
    if (r->out == NULL) {
        return gn_cli_fail(CLI_BAD, NULL, "no output file; usage: gnomon build %s", gn_cli_build.usage);
    }
    return CLI_DONE;
}

/* a message of our own for what the compiler would name by its full command */
static int check_sources(const struct request *r)
{
    for (size_t i = 0; i < r->arguments_n; i++) {
        const char *path = r->arguments[i];
        if (path[0] != '-' && access(path, R_OK) != 0) {
            return gn_cli_fail(CLI_BAD, path, "cannot be read");
        }
    }
    return CLI_DONE;
}

/* ---- building ---- */
static int print_json(const struct request *r)
{
    struct rv_program *program;
    int status = gn_cli_program_load(&program, r->out);
    if (status != CLI_DONE) {
        return status;
    }
    json_t *object = json_object();
    int failed = json_object_set_new(object, "schema", json_string("gnomon.build.v1"));
    failed |= json_object_set_new(object, "program", gn_cli_json_text(r->out));
    failed |= json_object_set_new(object, "elf_blake3", gn_cli_hex_bytes(program->elf_hash, sizeof program->elf_hash));
    failed |= json_object_set_new(object, "entry", gn_cli_hex(program->entry));
    failed |=
        json_object_set_new(object, "core_rows", json_integer(program->core.rows_n - program->core.kernel_rows_n));
    gn_riscv_free(program);
    if (failed) {
        json_decref(object);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(object);
}

static int compile(const struct request *r, const char *sdk, const char *out)
{
    const char *clang = r->clang != NULL ? r->clang : "clang-19";
    struct rv_build b = {
        .sdk = sdk,
        .clang = clang,
        .march = r->march,
        .linux_twin = r->linux_twin,
        .arguments = (const char *const *)r->arguments,
        .arguments_n = r->arguments_n,
        .out = out,
    };
    struct gn_error err;
    fflush(stdout);
    enum gn_status status = gn_riscv_build(&b, &err);
    if (status == GN_IO) {
        return gn_cli_fail(CLI_FAILED, clang,
                           "cannot be run; install clang-19 and lld-19, or name another with --clang");
    }
    if (status == GN_BAD_INPUT) { /* the library names the temporary file */
        return gn_cli_fail(CLI_BAD, r->out, "not built: %s refused (its messages are above)", clang);
    }
    return status == GN_OK ? CLI_DONE : gn_cli_fail_with(&err, r->out);
}

static int build_with(const struct request *r)
{
    char sdk[PATH_MAX];
    struct cli_output file;
    int status = check_sources(r);
    if (status == CLI_DONE) {
        status = find_sdk(sdk, r->sdk);
    }
    if (status == CLI_DONE) {
        status = gn_cli_output_open(&file, r->out);
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (file.temporary == NULL) {
        status = gn_cli_fail(CLI_BAD, r->out, "a program cannot be written there: not a regular file");
    } else {
        status = compile(r, sdk, file.temporary);
    }
    if (status == CLI_DONE) {
        status = gn_cli_output_commit(&file);
    }
    gn_cli_output_discard(&file);
    return status == CLI_DONE && r->json ? print_json(r) : status;
}

static int build(int argc, char **argv)
{
    struct request r = {.arguments = calloc((size_t)argc + 1, sizeof *r.arguments)};
    if (r.arguments == NULL) {
        return gn_cli_no_memory();
    }
    int status = parse(&r, argc, argv);
    if (status == CLI_DONE) {
        status = build_with(&r);
    }
    for (size_t i = 0; i < r.arguments_n; i++) {
        free(r.arguments[i]);
    }
    free(r.arguments);
    return status == CLI_HELP ? CLI_DONE : status;
}

const struct cli_command gn_cli_build = {
    .name = "build",
    .usage = "SOURCE... -o FILE [options]",
    .purpose = "Compiles C sources into a program",
    .help = "\n"
            "Runs clang and lld with the guest SDK: the headers gnomon.h, zkvm_io.h, stdlib.h and string.h, start\n"
            "code and memory map.  The program begins at main(), whose result is its exit code.\n"
            "\n"
            "  -o, --output FILE   the program; it appears only when the compiler has accepted everything\n"
            "      --march ISA     instructions to use: rv64im (the default), rv64ima, rv64imc, rv64imac\n"
            "      --clang FILE    the compiler, clang-19 if not given\n"
            "      --sdk FOLDER    the guest SDK, if it is not where gnomon was installed\n"
            "      --linux         make the same program for Linux on RISC-V instead (qemu-riscv64 runs it)\n"
            "      --json          print address of the first instruction, hash and size of the program as JSON\n"
            "  -O, -D, -U, -I, -g, -W, -f   as for clang; -O2 is the default\n"
            "  -- ...              everything behind it goes to clang as it is\n"
            "\n"
            "example: gnomon build main.c -o main.elf && gnomon run main.elf\n",
    .main = build,
};
