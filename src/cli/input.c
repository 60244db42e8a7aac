/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - `gnomon input`: makes input.bin, the execution input of a Solana instruction, from files and options, or from a recorded case. */
#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/programs.h"
#include "svm/account.h"
#include "svm/input.h"

enum {
    PROGRAM_ID = CLI_OPTIONS,
    PROGRAM,
    LOADER,
    ACCOUNT,
    NO_ACCOUNT,
    DATA,
    DATA_FILE,
    BUDGET,
    HEAP,
    RESIZED,
    VASA,
    SYSVAR,
    CASE,
    PROGRAMS
};
enum { ARENA = 256 << 20, JSON_FILE_MAX = 64 << 20 };

struct request {
    struct svm_input in;
    struct svm_account accounts[GN_SOL_METAS_MAX];
    bool has_program_id, direct; /* direct: an option that --case does not go with */
    const char *case_path, *programs, *out;
    struct gn_arena arena; /* of all that in points to */
};

static int no_memory_unless(bool good)
{
    return good ? CLI_DONE : gn_cli_no_memory();
}

/* The bytes of a file, in the arena. */
static int read_bytes(struct request *r, struct svm_bytes *out, const char *path, uint64_t limit)
{
    struct gn_buffer b;
    int status = gn_cli_read_bounded(&b, path, limit);
    uint8_t *copy = status == CLI_DONE ? gn_arena_alloc(&r->arena, b.size + 1) : NULL;
    if (copy != NULL) {
        if (b.size > 0) {
            memcpy(copy, b.data, b.size);
        }
        *out = (struct svm_bytes){.data = copy, .n = b.size};
    } else if (status == CLI_DONE) {
        status = gn_cli_no_memory();
    }
    gn_buffer_free(&b);
    return status;
}

static int read_key(struct svm_key *out, const char *text, const char *option)
{
    return gn_svm_key_from_text(out, text, strlen(text))
               ? CLI_DONE
               : gn_cli_fail(CLI_BAD, option, "%s is not an address (32 bytes in Base58)", text);
}

/* "NAME:sw": cuts the letters behind the last colon off and takes them for privileges; without a colon there are none */
static int split_privileges(char *name, struct svm_account *a, const char *option)
{
    char *colon = strrchr(name, ':');
    if (colon == NULL) {
        return CLI_DONE;
    }
    for (const char *c = colon + 1; *c != 0; c++) {
        if (*c == 's') {
            a->signer = true;
        } else if (*c == 'w') {
            a->writable = true;
        } else {
            return gn_cli_fail(CLI_BAD, option,
                               "%s: behind the colon stand letters other than s (signer) and w (writable)", name);
        }
    }
    *colon = 0;
    return CLI_DONE;
}

static int read_account_file(struct request *r, struct svm_account *out, const char *path)
{
    struct svm_bytes text = {0};
    struct gn_error err;
    int status = read_bytes(r, &text, path, JSON_FILE_MAX);
    if (status == CLI_DONE && gn_svm_account_read(out, &r->arena, text.data, text.n, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, path);
    }
    return status;
}

static int add_account(struct request *r, char *argument, bool exists)
{
    const char *option = exists ? "--account" : "--no-account";
    struct svm_account privileges = {0}, a = {.rent_epoch = UINT64_MAX};
    if (r->in.accounts_n == GN_SOL_METAS_MAX) {
        return gn_cli_fail(CLI_BAD, option, "more than %d accounts", GN_SOL_METAS_MAX);
    }
    int status = split_privileges(argument, &privileges, option);
    if (status == CLI_DONE) {
        status = exists ? read_account_file(r, &a, argument) : read_key(&a.key, argument, option);
    }
    a.signer = privileges.signer;
    a.writable = privileges.writable;
    r->accounts[r->in.accounts_n++] = a;
    return status;
}

static int add_sysvar(struct request *r, const char *path)
{
    static const char *const addresses[GN_SOL_SYSVARS] = {
        "SysvarC1ock11111111111111111111111111111111", "SysvarRent111111111111111111111111111111111",
        "SysvarEpochSchedu1e111111111111111111111111", "SysvarEpochRewards1111111111111111111111111",
        "SysvarLastRestartS1ot1111111111111111111111", "SysvarS1otHashes111111111111111111111111111",
        "SysvarStakeHistory1111111111111111111111111"};
    struct svm_account a;
    int status = read_account_file(r, &a, path);
    if (status != CLI_DONE) {
        return status;
    }
    for (unsigned i = 0; i < GN_SOL_SYSVARS; i++) {
        if (gn_svm_key_is(&a.key, addresses[i])) {
            r->in.sysvar_exists[i] = true;
            r->in.sysvars[i] = a.data;
            return CLI_DONE;
        }
    }
    return gn_cli_fail(CLI_BAD, path, "no account of a sysvar that programs can read");
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static int read_hex(struct request *r, const char *text)
{
    size_t n = strlen(text);
    uint8_t *bytes = gn_arena_alloc(&r->arena, n / 2 + 1);
    if (bytes == NULL) {
        return gn_cli_no_memory();
    }
    for (size_t i = 0; i < n; i++) {
        int v = hex_value(text[i]);
        if (v < 0 || n % 2 != 0) {
            return gn_cli_fail(CLI_BAD, "--data", "%s is not a string of bytes in hexadecimal", text);
        }
        bytes[i / 2] = (uint8_t)(i % 2 == 0 ? v : bytes[i / 2] << 4 | v);
    }
    r->in.data = (struct svm_bytes){.data = bytes, .n = n / 2};
    return CLI_DONE;
}

static int read_number(uint64_t *out, const char *option)
{
    return gn_cli_number(out, optarg, option) ? CLI_DONE : CLI_BAD;
}

static int read_resized(struct request *r)
{
    uint64_t v = 0;
    bool negative = optarg[0] == '-';
    int status = gn_cli_number(&v, optarg + negative, "--resized") ? CLI_DONE : CLI_BAD;
    r->in.resized = v > GN_SOL_RESIZE_MAX ? INT64_MAX : negative ? -(int64_t)v : (int64_t)v;
    return status;
}

static int take_option(struct request *r, int c)
{
    uint64_t loader = 0;
    int status = CLI_DONE;
    switch (c) {
    case 'o':
        r->out = optarg;
        return CLI_DONE;
    case CASE:
        r->case_path = optarg;
        return CLI_DONE;
    case PROGRAMS:
        r->programs = optarg;
        return CLI_DONE;
    default:
        r->direct = true;
        break;
    }
    switch (c) {
    case PROGRAM_ID:
        r->has_program_id = true;
        return read_key(&r->in.program_id, optarg, "--program-id");
    case PROGRAM:
        return read_bytes(r, &r->in.program, optarg, SVM_PROGRAM_MAX);
    case LOADER:
        status = read_number(&loader, "--loader");
        r->in.loader = loader <= 3 ? (uint32_t)loader : 0;
        return status;
    case ACCOUNT:
    case NO_ACCOUNT:
        return add_account(r, optarg, c == ACCOUNT);
    case DATA:
        return read_hex(r, optarg);
    case DATA_FILE:
        return read_bytes(r, &r->in.data, optarg, GN_SOL_INSTRUCTION_DATA_MAX);
    case BUDGET:
        return read_number(&r->in.budget, "--budget");
    case HEAP:
        return read_number(&r->in.heap, "--heap");
    case RESIZED:
        return read_resized(r);
    case VASA:
        r->in.features |= GN_SOL_VASA;
        return CLI_DONE;
    case SYSVAR:
        return add_sysvar(r, optarg);
    default:
        return CLI_BAD;
    }
}

/* CLI_DONE: go on; CLI_HELP: help was printed; otherwise the exit status */
static int parse(struct request *r, int argc, char **argv)
{
    static const struct option longs[] = {
        {"help", no_argument, NULL, CLI_HELP},
        {"output", required_argument, NULL, 'o'},
        {"program-id", required_argument, NULL, PROGRAM_ID},
        {"program", required_argument, NULL, PROGRAM},
        {"loader", required_argument, NULL, LOADER},
        {"account", required_argument, NULL, ACCOUNT},
        {"no-account", required_argument, NULL, NO_ACCOUNT},
        {"data", required_argument, NULL, DATA},
        {"data-file", required_argument, NULL, DATA_FILE},
        {"budget", required_argument, NULL, BUDGET},
        {"heap", required_argument, NULL, HEAP},
        {"resized", required_argument, NULL, RESIZED},
        {"vasa", no_argument, NULL, VASA},
        {"sysvar", required_argument, NULL, SYSVAR},
        {"case", required_argument, NULL, CASE},
        {"programs", required_argument, NULL, PROGRAMS},
        {NULL, 0, NULL, 0},
    };
    int c;
    while ((c = gn_cli_option(argc, argv, ":ho:", longs)) != -1) {
        if (c == CLI_HELP) {
            gn_cli_print_help(stdout, &gn_cli_input);
            return CLI_HELP;
        }
        int status = c == '?' ? CLI_BAD : take_option(r, c);
        if (status != CLI_DONE) {
            return status;
        }
    }
    int status = gn_cli_arguments(argc, argv, 0, 0);
    if (status != CLI_DONE) {
        return status;
    }
    if (r->out == NULL) {
        return gn_cli_fail(CLI_BAD, NULL, "no output file (-o)");
    }
    if (r->case_path != NULL && r->direct) {
        return gn_cli_fail(CLI_BAD, "--case", "the case says all that other options could say");
    }
    if (r->case_path == NULL && !r->has_program_id) {
        return gn_cli_fail(CLI_BAD, NULL, "no address of the program (--program-id)");
    }
    return CLI_DONE;
}

/* ---- a recorded case ---- */
/* takes the first instruction's input instead of running it */
static enum gn_status capture(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                              struct gn_arena *arena, struct gn_error *err)
{
    struct request *r = ctx;
    (void)elf;
    (void)out;
    (void)arena;
    r->in = *in; /* in the request's own arena */
    r->has_program_id = true;
    return gn_fail(err, GN_CANCELLED, "taken");
}

static int from_case(struct request *r)
{
    struct cli_programs programs = {0};
    struct svm_bytes text = {0};
    struct svm_case c;
    struct svm_outcome outcome;
    struct gn_error err;
    json_t *root = NULL;
    int status = read_bytes(r, &text, r->case_path, JSON_FILE_MAX);
    if (status == CLI_DONE) {
        status = gn_cli_programs_open(&programs, r->programs);
    }
    if (status == CLI_DONE && (gn_json_parse(&root, text.data, text.n, &err) != GN_OK ||
                               gn_svm_case_read(&c, root, &r->arena, gn_cli_programs_find, &programs, &err) != GN_OK)) {
        status = gn_cli_fail_with(&err, r->case_path);
    }
    if (status == CLI_DONE) {
        enum gn_status ran = gn_svm_case_run(&outcome, &c, &r->arena, capture, r, &err);
        gn_svm_log_free(&outcome.log);
        if (ran != GN_OK && ran != GN_CANCELLED) {
            status = gn_cli_fail_with(&err, r->case_path);
        } else if (!r->has_program_id) {
            status = gn_cli_fail(CLI_BAD, r->case_path, "no instruction of a program");
        }
    }
    if (status == CLI_DONE) { /* what it points to is in the arena, but for ELFs: data of program accounts */
        struct gn_buffer b = {0};
        gn_svm_input_write(&b, &r->in);
        uint8_t *copy = b.failed ? NULL : gn_arena_alloc(&r->arena, b.size);
        status = no_memory_unless(copy != NULL);
        if (copy != NULL) {
            memcpy(copy, b.data, b.size);
            if (gn_svm_input_read(&r->in, &r->arena, copy, b.size, &err) != GN_OK) {
                status = gn_cli_fail_with(&err, r->case_path);
            }
        }
        gn_buffer_free(&b);
    }
    json_decref(root);
    gn_cli_programs_close(&programs);
    return status;
}

static int write_input(struct request *r)
{
    struct gn_error err;
    struct cli_output file;
    struct gn_buffer b = {0};
    if (gn_svm_input_check(&r->in, &err) != GN_OK) {
        return gn_cli_fail_with(&err, NULL);
    }
    int status = gn_cli_output_open(&file, r->out);
    if (status != CLI_DONE) {
        return status;
    }
    gn_svm_input_write(&b, &r->in);
    status = no_memory_unless(!b.failed);
    if (status == CLI_DONE) {
        fwrite(b.data, 1, b.size, file.stream);
        status = gn_cli_output_commit(&file);
    }
    gn_cli_output_discard(&file);
    gn_buffer_free(&b);
    return status;
}

static int run(int argc, char **argv)
{
    struct gn_error err;
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return gn_cli_no_memory();
    }
    r->in = gn_svm_input_default();
    r->in.accounts = r->accounts;
    int status = CLI_DONE;
    if (gn_arena_init(&r->arena, ARENA, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, NULL);
    }
    if (status == CLI_DONE) {
        status = parse(r, argc, argv);
    }
    if (status == CLI_DONE && r->case_path != NULL) {
        status = from_case(r);
    }
    if (status == CLI_DONE) {
        status = write_input(r);
    }
    gn_arena_free(&r->arena);
    free(r);
    return status == CLI_HELP ? CLI_DONE : status;
}

const struct cli_command gn_cli_input = {
    .name = "input",
    .usage = "--program-id ADDRESS [--account FILE:sw]... [--data HEX] [options] -o FILE | --case FILE -o FILE",
    .purpose = "Makes the execution input (input.bin) of a Solana instruction",
    .help = "\n"
            "The accounts stand in the order in which the instruction names them; one that it names twice is given\n"
            "twice.  Behind a colon: s if it signs, w if it may be written.\n"
            "\n"
            "      --program-id ADDRESS  the address that the program runs under\n"
            "      --account FILE[:sw]   an account as `solana account ADDRESS --output json` prints it\n"
            "      --no-account ADDRESS[:sw]\n"
            "                            an account that does not exist\n"
            "      --data HEX            instruction data, in hexadecimal\n"
            "      --data-file FILE      instruction data\n"
            "      --loader N            1 BPFLoader1..., 2 BPFLoader2..., 3 BPFLoaderUpgradeab1e... (the default)\n"
            "      --sysvar FILE         a sysvar's account, as --account; those not given do not exist\n"
            "      --budget N            compute units that are left in the transaction (200000)\n"
            "      --heap N              bytes of heap (32768)\n"
            "      --resized N           bytes by which accounts have grown in the transaction before (0)\n"
            "      --vasa                with the feature virtual_address_space_adjustments\n"
            "      --program FILE        put the program's ELF into the input; it must be the one that is run\n"
            "\n"
            "      --case FILE           a recorded transaction (JSON): the input of its first program instruction\n"
            "      --programs FOLDER     where that case's programs are found, by the SHA-256 of their ELF\n"
            "\n"
            "  -o, --output FILE         the input\n",
    .main = run,
};
