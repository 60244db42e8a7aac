/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - `gnomon input`: makes input.bin, the execution input of a Solana instruction, from files and options, or from a recorded case. */
#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/options.h"
#include "cli/programs.h"
#include "svm/account.h"
#include "svm/execute.h"
#include "svm/input.h"

enum { ARENA = 256 << 20, JSON_FILE_MAX = 64 << 20 };

struct request {
    struct svm_input in;
    struct svm_account accounts[GN_SOL_METAS_MAX];
    bool has_program_id, direct; /* direct: an option that --case does not go with */
    const char *case_path, *out;
    struct cli_choice choice; /* of the case */
    uint64_t loader;
    size_t seen, wanted;   /* instructions of programs in the case */
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

/* ---- options: each takes the request ---- */
static int take_account(void *request, char *text)
{
    return add_account(request, text, true);
}

static int take_no_account(void *request, char *text)
{
    return add_account(request, text, false);
}

static int take_sysvar(void *request, char *path)
{
    static const char *const addresses[GN_SOL_SYSVARS] = {
        "SysvarC1ock11111111111111111111111111111111", "SysvarRent111111111111111111111111111111111",
        "SysvarEpochSchedu1e111111111111111111111111", "SysvarEpochRewards1111111111111111111111111",
        "SysvarLastRestartS1ot1111111111111111111111", "SysvarS1otHashes111111111111111111111111111",
        "SysvarStakeHistory1111111111111111111111111"};
    struct request *r = request;
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

static int take_program_id(void *request, char *text)
{
    struct request *r = request;
    r->has_program_id = true;
    return read_key(&r->in.program_id, text, "--program-id");
}

static int take_program(void *request, char *path)
{
    struct request *r = request;
    return read_bytes(r, &r->in.program, path, SVM_PROGRAM_MAX);
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static int take_data(void *request, char *text)
{
    struct request *r = request;
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

static int take_data_file(void *request, char *path)
{
    struct request *r = request;
    return read_bytes(r, &r->in.data, path, GN_SOL_INSTRUCTION_DATA_MAX);
}

static int take_resized(void *request, char *text)
{
    struct request *r = request;
    uint64_t v = 0;
    bool negative = text[0] == '-';
    int status = gn_cli_number(&v, text + negative, "--resized") ? CLI_DONE : CLI_BAD;
    r->in.resized = v > GN_SOL_RESIZE_MAX ? INT64_MAX : negative ? -(int64_t)v : (int64_t)v;
    return status;
}

/* CLI_DONE: go on; CLI_HELP: help was printed; otherwise the exit status */
static int parse(struct request *r, int argc, char **argv)
{
    bool vasa = false, *direct = &r->direct;
    r->loader = r->in.loader;
    r->choice = CLI_NO_CHOICE;
    const struct cli_option options[] = {
        CLI_OUTPUT(&r->out),
        CLI_CHOICE(&r->choice),
        {.name = "case", .text = &r->case_path},
        {.name = "program-id", .take = take_program_id, .to = r, .seen = direct},
        {.name = "program", .take = take_program, .to = r, .seen = direct},
        {.name = "loader", .number = &r->loader, .seen = direct},
        {.name = "account", .take = take_account, .to = r, .seen = direct},
        {.name = "no-account", .take = take_no_account, .to = r, .seen = direct},
        {.name = "data", .take = take_data, .to = r, .seen = direct},
        {.name = "data-file", .take = take_data_file, .to = r, .seen = direct},
        {.name = "budget", .number = &r->in.budget, .seen = direct},
        {.name = "heap", .number = &r->in.heap, .seen = direct},
        {.name = "resized", .take = take_resized, .to = r, .seen = direct},
        {.name = "vasa", .flag = &vasa, .seen = direct},
        {.name = "sysvar", .take = take_sysvar, .to = r, .seen = direct},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_arguments(argc, argv, 0, 0);
    }
    if (status != CLI_DONE) {
        return status;
    }
    r->in.loader = r->loader <= 3 ? (uint32_t)r->loader : 0;
    r->in.features |= vasa ? GN_SOL_VASA : 0;
    if (r->out == NULL) {
        return gn_cli_fail(CLI_BAD, NULL, "no output file (-o)");
    }
    if (r->case_path != NULL && r->direct) {
        return gn_cli_fail(CLI_BAD, "--case", "the case says all that other options could say");
    }
    if (r->case_path == NULL && gn_cli_chosen(&r->choice)) {
        return gn_cli_fail(CLI_BAD, "--case", "--programs and --instruction are for a recorded case");
    }
    if (r->case_path == NULL && !r->has_program_id) {
        return gn_cli_fail(CLI_BAD, NULL, "no address of the program (--program-id)");
    }
    return CLI_DONE;
}

/* ---- a recorded case ---- */
static enum gn_status execute(const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                              struct gn_arena *arena, struct gn_error *err)
{
    struct svm_program *program = NULL;
    struct svm_execution e = {0};
    enum sbpf_mode mode = (in->features & GN_SOL_VASA) != 0 ? SBPF_ADJUSTED : SBPF_CLASSIC;
    enum gn_status status = gn_svm_program_load(&program, elf.data, elf.n, mode, err);
    if (status == GN_OK) {
        status = gn_svm_execute(&e, program, in, false, NULL, NULL, arena, err);
        *out = e.statement;
    }
    gn_svm_execution_free(&e);
    gn_svm_program_free(program);
    return status;
}

/* r->in becomes a copy of in with all that it points to, by way of the file. */
static enum gn_status copy_input(struct request *r, const struct svm_input *in, struct gn_error *err)
{
    struct gn_buffer b = {0};
    gn_svm_input_write(&b, in);
    uint8_t *copy = b.failed ? NULL : gn_arena_alloc(&r->arena, b.size);
    enum gn_status status = copy != NULL ? GN_OK : gn_fail(err, GN_NO_MEMORY, "no memory for the input");
    if (status == GN_OK) {
        memcpy(copy, b.data, b.size);
        status = gn_svm_input_read(&r->in, &r->arena, copy, b.size, err);
    }
    gn_buffer_free(&b);
    return status;
}

/* takes the chosen instruction's input instead of running it; those before it are run */
static enum gn_status capture(void *ctx, const struct svm_input *in, struct svm_bytes elf, struct svm_statement *out,
                              struct gn_arena *arena, struct gn_error *err)
{
    struct request *r = ctx;
    if (r->seen++ < r->wanted) {
        return execute(in, elf, out, arena, err);
    }
    enum gn_status status = copy_input(r, in, err);
    if (status != GN_OK) {
        return status;
    }
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
    r->wanted = r->choice.instruction != CLI_ONLY ? (size_t)r->choice.instruction : 0;
    int status = read_bytes(r, &text, r->case_path, JSON_FILE_MAX);
    if (status == CLI_DONE) {
        status = gn_cli_programs_open(&programs, r->choice.programs);
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
            status = r->seen == 0
                         ? gn_cli_fail(CLI_BAD, r->case_path, "no instruction of a program")
                         : gn_cli_fail(CLI_BAD, "--instruction", "only %zu instructions were executed", r->seen);
        }
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
    .usage = "--program-id ADDRESS [--account FILE:sw]... [--data HEX] [options] -o FILE | --case FILE [--programs "
             "DIR] [--instruction N] -o FILE",
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
            "      --case FILE           a recorded transaction (JSON): the input of an instruction of a program\n"
            "      --instruction N       which one, 0 if not given; those before it are executed\n"
            "      --programs DIR        where that case's programs are found, by the SHA-256 of their ELF\n"
            "\n"
            "  -o, --output FILE         the input\n",
    .main = run,
};
