/* SPDX-License-Identifier: Apache-2.0 */
/* setup.c - `gnomon setup`: computes a program's key. */
#include "cli/files.h"
#include "cli/options.h"
#include "cli/proofs.h"

struct request {
    uint32_t preset;
    const char *program, *out;
    bool json, no_cache, adjusted;
};

static int parse(struct request *r, int argc, char **argv)
{
    *r = (struct request){.preset = GN_PRESET_FAST_128};
    const struct cli_option options[] = {
        CLI_BYTECODE,           CLI_JSON(&r->json),         CLI_OUTPUT(&r->out),
        CLI_PRESET(&r->preset), CLI_NO_CACHE(&r->no_cache), {.name = "adjusted", .flag = &r->adjusted},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_arguments(argc, argv, 1, 1);
        r->program = argv[optind];
    }
    return status;
}

static int write_record(const struct request *r, const struct gn_program *program)
{
    struct cli_output file = {0};
    int status = gn_cli_output_open(&file, r->out);
    if (status == CLI_DONE) {
        fwrite(gn_program_record(program), 1, GN_RECORD_BYTES, file.stream);
        status = gn_cli_output_commit(&file);
    }
    return status;
}

static int print(const struct request *r, const struct gn_program *program)
{
    char id[CLI_ID], release[CLI_RELEASE];
    struct gn_key_info key;
    gn_cli_id(id, gn_program_id(program));
    if (!r->json) {
        puts(id);
        return CLI_DONE;
    }
    if (!gn_key_read(&key, gn_program_record(program))) {
        return gn_cli_fail(CLI_FAILED, r->program, "internal error, please report: the key record cannot be read");
    }
    json_t *object = json_object();
    int failed = json_object_set_new(object, "schema", json_string("gnomon.setup.v1"));
    failed |= json_object_set_new(object, "program", gn_cli_json_text(r->program));
    failed |= json_object_set_new(object, "key_id", json_string(id));
    failed |= json_object_set_new(object, "machine_release", json_string(gn_cli_release(release, key.release)));
    failed |= json_object_set_new(object, "kernel_version", json_integer(key.kernel_version));
    failed |= json_object_set_new(object, "air_digest", gn_cli_hex_bytes(key.air_digest, sizeof key.air_digest));
    failed |= json_object_set_new(object, "program_root", gn_cli_hex_bytes(key.program_root, sizeof key.program_root));
    failed |= json_object_set_new(object, "program_hash", gn_cli_hex_bytes(key.program_hash, sizeof key.program_hash));
    failed |= json_object_set_new(object, "entry", gn_cli_hex(key.entry));
    failed |= json_object_set_new(object, "record_hex", gn_cli_hex_bytes(gn_program_record(program), GN_RECORD_BYTES));
    if (failed) {
        json_decref(object);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(object);
}

static int setup(int argc, char **argv)
{
    struct request r;
    struct gn_program *program;
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    if (r.out != NULL && r.out[0] == '-' && r.out[1] == 0) {
        return gn_cli_fail(CLI_BAD, "-o -", "standard output is taken by the key id");
    }
    status = gn_cli_provable_load(&program, r.program, r.adjusted);
    if (status == CLI_DONE) {
        status = gn_cli_provable_setup(program, r.program, !r.no_cache, 0, r.preset);
    }
    if (status == CLI_DONE && r.out != NULL) {
        status = write_record(&r, program);
    }
    if (status == CLI_DONE) {
        status = print(&r, program);
    }
    gn_program_free(program);
    return status;
}

const struct cli_command gn_cli_setup = {
    .name = "setup",
    .usage = "PROGRAM [-o FILE] [--preset NAME] [--adjusted] [--no-cache] [--json]",
    .purpose = "Computes a program's verifying key and prints its id",
    .help =
        "\n"
        "The key id is all that a verifier must know of a program: `gnomon verify FILE --id ID`.  The same program\n"
        "gives the same id on every machine.  No secret and no randomness are involved; whoever has the program\n"
        "can compute the id.\n"
        "\n"
        "  -o, --output FILE   write the key record, 256 bytes, to FILE\n"
        "      --preset NAME   parameters of the proofs: fast (the default) or compact, both with 128 provable bits;\n"
        "                      fast-100, compact-100; another preset is another key\n"
        "      --adjusted      Solana programs: for virtual_address_space_adjustments (SIMD-0460), another key\n"
        "      --no-cache      compute it even if the user's cache of keys has it\n"
        "      --bytecode N    PROGRAM is bare sBPF bytecode of version N (0 to 3)\n"
        "      --json          print the id and what is in the record as JSON\n",
    .main = setup,
};
