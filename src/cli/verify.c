/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - `gnomon verify`: checks a proof file against a program or a key id. */
#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/options.h"
#include "cli/proofs.h"

#define PROOF_MAX  (UINT64_C(64) << 20)
#define EXPECT_MAX (UINT64_C(16) << 20)

struct request {
    uint32_t preset;
    const char *proof, *program, *id, *expect, *out;
    bool json, quiet, by_hash;
};

/* what a proof is verified by */
struct trust {
    uint8_t id[GN_ID_BYTES];
    uint32_t preset; /* the key's */
    double seconds;  /* that verifying took */
};

static int parse(struct request *r, int argc, char **argv)
{
    *r = (struct request){0};
    const struct cli_option options[] = {
        CLI_BYTECODE,
        CLI_JSON(&r->json),
        CLI_QUIET(&r->quiet),
        CLI_OUTPUT(&r->out),
        CLI_PRESET(&r->preset),
        CLI_BY_HASH(&r->by_hash),
        {.name = "program", .text = &r->program},
        {.name = "id", .text = &r->id},
        {.name = "expect", .text = &r->expect},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_arguments(argc, argv, 1, 1);
        r->proof = argv[optind];
    }
    if (status == CLI_DONE && r->program == NULL && r->id == NULL) {
        status = gn_cli_fail(CLI_BAD, NULL, "a proof of what? give --program PROGRAM or --id ID");
    }
    if (status == CLI_DONE && r->out != NULL && strcmp(r->out, "-") == 0 && !r->quiet) {
        status = gn_cli_fail(CLI_BAD, "-o -", "standard output is taken by the statement; --quiet leaves it");
    }
    if (status == CLI_DONE && r->preset != 0 && r->program == NULL) {
        status = gn_cli_fail(CLI_BAD, "--preset", "is part of the id; give it with --program");
    }
    if (status == CLI_DONE && r->json && r->quiet) {
        status = gn_cli_fail(CLI_BAD, "--quiet", "not with --json");
    }
    return status;
}

/* ---- what is trusted ---- */

/* what the file says; 0: it has not the form of a proof */
static uint32_t preset_of(const struct gn_buffer *file)
{
    struct gn_proof_parts parts;
    return gn_proof_split(&parts, file->data, file->size) == GN_ACCEPT ? parts.preset : 0;
}

/* Without --preset the proof may choose one, but none below 128 bits. */
static uint32_t strong_preset(const struct gn_buffer *file)
{
    uint32_t preset = preset_of(file);
    return gn_preset_bits(preset) >= 128 ? preset : GN_PRESET_FAST_128;
}

/* The address space of Solana programs is part of the key: the proof says which one it is for, and its statement says so, too. */
static bool adjusted(const struct gn_buffer *file)
{
    struct gn_proof_parts parts;
    struct gn_key_info key;
    return gn_proof_split(&parts, file->data, file->size) == GN_ACCEPT && gn_key_read(&key, parts.record) &&
           key.address_mode != 0;
}

/* The id that the proof must have: computed from the program, not taken from a cache. */
static int trusted_id(uint8_t id[GN_ID_BYTES], const struct request *r, const struct gn_buffer *file)
{
    uint32_t preset = r->preset;
    struct gn_program *program = NULL;
    uint8_t given[GN_ID_BYTES];
    if (r->id != NULL && !gn_cli_parse_id(given, r->id)) {
        return CLI_BAD;
    }
    if (r->program == NULL) {
        memcpy(id, given, GN_ID_BYTES);
        return CLI_DONE;
    }
    if (preset == 0) {
        preset = strong_preset(file);
    }
    int status = gn_cli_provable_load(&program, r->program, adjusted(file));
    if (status == CLI_DONE) {
        status = gn_cli_provable_setup(program, r->program, false, 0, preset);
    }
    if (status == CLI_DONE) {
        memcpy(id, gn_program_id(program), GN_ID_BYTES);
    }
    gn_program_free(program);
    if (status == CLI_DONE && r->id != NULL && memcmp(id, given, GN_ID_BYTES) != 0) {
        char text[CLI_ID];
        status = gn_cli_fail(CLI_BAD, "--id", "is not that of %s, which is %s", r->program, gn_cli_id(text, id));
    }
    return status;
}

/* ---- rejection ---- */
static int rejected(const struct request *r, enum gn_verdict verdict, const char *more)
{
    if (r->json) {
        json_t *object =
            json_pack("{s:s, s:s, s:b, s:s, s:s}", "schema", "gnomon.verify.v1", "proof_file", "", "accepted", 0,
                      "verdict", gn_verdict_name(verdict), "reason", gn_verdict_text(verdict));
        int failed = object == NULL || json_object_set_new(object, "proof_file", gn_cli_json_text(r->proof));
        if (failed || gn_cli_json_print(object) != CLI_DONE) {
            return gn_cli_no_memory();
        }
    }
    return gn_cli_fail(CLI_REJECTED, r->proof, "rejected: %s (%s)%s", gn_verdict_name(verdict),
                       gn_verdict_text(verdict), more);
}

/* A file that this version cannot judge gets a reason that says so. */
static int explain(const struct request *r, enum gn_verdict verdict, const uint8_t id[GN_ID_BYTES], const uint8_t *file,
                   size_t n)
{
    struct gn_proof_parts parts;
    struct gn_key_info key;
    char more[300] = "", release[CLI_RELEASE], mine[CLI_RELEASE], theirs[CLI_ID];
    enum gn_verdict form = gn_proof_split(&parts, file, n);
    gn_cli_release(mine, gn_machine_release());
    if (verdict == GN_REJECT_HEADER && form == GN_REJECT_HEADER && parts.format != 0) {
        snprintf(more, sizeof more, "; the file has format %u, this version (" GN_VERSION ") reads format 1",
                 parts.format);
    } else if (verdict == GN_REJECT_HEADER && form == GN_REJECT_HEADER) {
        snprintf(more, sizeof more, "; this is no proof file");
    } else if (verdict == GN_REJECT_KEY && form == GN_ACCEPT && gn_key_read(&key, parts.record)) {
        uint8_t its[GN_ID_BYTES];
        gn_key_hash(its, parts.record);
        if (key.release != gn_machine_release() || key.kernel_version != gn_machine_kernel_version() ||
            memcmp(key.air_digest, gn_machine_digest(), sizeof key.air_digest) != 0) {
            snprintf(more, sizeof more,
                     "; it was made for machine %s with kernel %u, this version (" GN_VERSION
                     ") has machine %s with kernel %u",
                     gn_cli_release(release, key.release), key.kernel_version, mine, gn_machine_kernel_version());
        } else if (r->preset == 0 && r->id == NULL && gn_preset_bits(key.preset) < 128) {
            snprintf(more, sizeof more, "; it has %u bits: to accept that give --preset %s", gn_preset_bits(key.preset),
                     gn_preset_name(key.preset));
        } else if (memcmp(its, id, sizeof its) != 0) {
            snprintf(more, sizeof more, "; its key id is %s", gn_cli_id(theirs, its));
        }
    }
    return rejected(r, verdict, more);
}

/* ---- expectations ---- */
/* Members of a statement, of a RISC-V program and then of a Solana program, in the order in which the first that differs is named. */
static const char *const fields[] = {"outcome",
                                     "exit_code",
                                     "fault",
                                     "output_bytes",
                                     "output_hex",
                                     "public_memory_hex",
                                     "program",
                                     "loader",
                                     "virtual_address_space_adjustments",
                                     "budget",
                                     "heap",
                                     "resized",
                                     "instruction_data_b64",
                                     "metas",
                                     "result",
                                     "compute_units_consumed",
                                     "execution",
                                     "return_data",
                                     "accounts",
                                     "post_changed",
                                     "reads",
                                     "logs"};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static bool known(const char *name)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        if (strcmp(name, fields[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Every member of `expected` must be equal in `said`; the first one that is not, in the order of the statement, is named. */
static int compare(const struct request *r, json_t *expected, json_t *said)
{
    const char *name;
    json_t *value;
    json_object_foreach(expected, name, value)
    {
        if (!known(name)) {
            return gn_cli_fail(CLI_BAD, r->expect, "%s is no field of a statement", name);
        }
    }
    for (unsigned i = 0; i < FIELDS; i++) {
        json_t *wanted = json_object_get(expected, fields[i]), *is = json_object_get(said, fields[i]);
        if (wanted != NULL && !json_equal(wanted, is)) {
            char *a = json_dumps(wanted, JSON_ENCODE_ANY | JSON_COMPACT);
            char *b = is != NULL ? json_dumps(is, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
            int status = gn_cli_fail(CLI_REJECTED, r->proof, "the proof holds, but %s is %.100s, expected %.100s",
                                     fields[i], b != NULL ? b : "not there", a != NULL ? a : "?");
            free(a);
            free(b);
            return status;
        }
    }
    return CLI_DONE;
}

/* What stands around a statement in a document of `verify --json` or `prove --json`: what is known of a proof must be so, and nothing may
 * be there that belongs into the statement. */
static int compare_document(const struct request *r, json_t *document, const struct trust *trust)
{
    const char *name;
    char text[CLI_ID];
    json_t *value, *known_of = json_pack("{s:b, s:s, s:s, s:s, s:i}", "accepted", 1, "verdict",
                                         gn_verdict_name(GN_ACCEPT), "key_id", gn_cli_id(text, trust->id), "preset",
                                         gn_preset_name(trust->preset), "bits", (int)gn_preset_bits(trust->preset));
    int status = known_of != NULL ? CLI_DONE : gn_cli_no_memory();
    json_object_foreach(document, name, value)
    {
        const json_t *is = json_object_get(known_of, name);
        if (status == CLI_DONE && known(name) && strcmp(name, "program") != 0) { /* of `prove --json`: a file's name */
            status = gn_cli_fail(CLI_BAD, r->expect, "%s stands beside the statement, not in it", name);
        } else if (status == CLI_DONE && is != NULL && !json_equal(is, value)) {
            status =
                gn_cli_fail(CLI_REJECTED, r->proof, "the proof holds, but its %s is not that of %s", name, r->expect);
        }
    }
    json_decref(known_of);
    return status;
}

static int check_expectation(const struct request *r, json_t *said, const struct trust *trust)
{
    struct gn_buffer text;
    json_error_t error;
    int status = gn_cli_read_bounded(&text, r->expect, EXPECT_MAX);
    json_t *document = status == CLI_DONE ? json_loadb(text.size > 0 ? (const char *)text.data : "", text.size,
                                                       JSON_REJECT_DUPLICATES, &error)
                                          : NULL;
    if (status == CLI_DONE && (document == NULL || !json_is_object(document))) {
        status = document == NULL ? gn_cli_fail(CLI_BAD, r->expect, "line %d: %s", error.line, error.text)
                                  : gn_cli_fail(CLI_BAD, r->expect, "is not a JSON object");
    }
    if (status == CLI_DONE) { /* a document of `verify --json` or `prove --json`, or its statement alone */
        json_t *inner = json_object_get(document, "statement"), *expected = document;
        if (json_is_object(inner) && json_object_get(document, "schema") != NULL) {
            expected = inner;
            status = compare_document(r, document, trust);
        }
        status = status == CLI_DONE ? compare(r, expected, said) : status;
    }
    json_decref(document);
    gn_buffer_free(&text);
    return status;
}

/* ---- acceptance ---- */
static int write_output(const struct request *r, const struct gn_statement *s)
{
    struct cli_output file = {0};
    int status = gn_cli_output_open(&file, r->out);
    if (status == CLI_DONE) {
        if (s->output_n != 0) {
            fwrite(s->output, 1, s->output_n, file.stream);
        }
        status = gn_cli_output_commit(&file);
    }
    return status;
}

static int print(const struct request *r, const struct gn_statement *s, json_t *said, const struct trust *trust)
{
    char text[CLI_ID];
    const char *preset = gn_preset_name(trust->preset);
    const unsigned bits = gn_preset_bits(trust->preset);
    if (r->json) {
        json_t *object = json_pack("{s:s, s:o, s:b, s:s, s:s, s:s, s:i, s:f, s:O}", "schema", "gnomon.verify.v1",
                                   "proof_file", gn_cli_json_text(r->proof), "accepted", 1, "verdict",
                                   gn_verdict_name(GN_ACCEPT), "key_id", gn_cli_id(text, trust->id), "preset", preset,
                                   "bits", (int)bits, "milliseconds", 1e3 * trust->seconds, "statement", said);
        return gn_cli_json_print(object);
    }
    if (!r->quiet) {
        printf("%-14s the program with key id %s\n", "verified", gn_cli_id(text, trust->id));
        printf("%-14s %s, %u provable bits\n", "preset", preset, bits);
        gn_cli_statement_print(s, r->by_hash);
    }
    return CLI_DONE;
}

static int accepted(const struct request *r, const struct gn_statement *s, const struct trust *trust)
{
    json_t *said = gn_cli_statement_json(s, r->by_hash);
    int status = said != NULL ? CLI_DONE : gn_cli_no_memory();
    if (status == CLI_DONE && r->expect != NULL) {
        status = check_expectation(r, said, trust);
    }
    if (status == CLI_DONE && r->out != NULL) {
        status = write_output(r, s);
    }
    if (status == CLI_DONE) {
        status = print(r, s, said, trust);
    }
    json_decref(said);
    return status;
}

/* ---- command ---- */
static int verify(int argc, char **argv)
{
    struct request r;
    struct gn_buffer file = {0};
    struct gn_statement statement;
    struct trust trust = {0};
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    status = gn_cli_read(&file, r.proof, PROOF_MAX);
    if (status == CLI_DONE) {
        status = trusted_id(trust.id, &r, &file);
    }
    size_t scratch_n = gn_proof_scratch();
    void *scratch = status == CLI_DONE ? malloc(scratch_n) : NULL;
    if (status == CLI_DONE && scratch == NULL) {
        status = gn_cli_no_memory();
    }
    if (status == CLI_DONE) {
        double begun = gn_cli_seconds();
        enum gn_verdict verdict = gn_proof_verify(&statement, trust.id, file.data, file.size, scratch, scratch_n);
        trust.seconds = gn_cli_seconds() - begun;
        trust.preset = preset_of(&file);
        status = verdict == GN_ACCEPT ? accepted(&r, &statement, &trust)
                                      : explain(&r, verdict, trust.id, file.data, file.size);
    }
    free(scratch);
    gn_buffer_free(&file);
    return status;
}

const struct cli_command gn_cli_verify = {
    .name = "verify",
    .usage = "FILE --program PROGRAM | --id ID [--preset NAME] [--expect FILE] [--by-hash] [-o FILE] [--json] [-q]",
    .purpose = "Checks a proof and shows what it proves",
    .help =
        "\n"
        "Accepts (exit status 0) if FILE proves a run of this program, and prints its statement: how the run\n"
        "ended and what it made public.  Otherwise (exit status 1) says which check failed.  A proof of a run that\n"
        "failed is a proof, too: look at the outcome, or use --expect.\n"
        "Solana: the statement is the whole instruction; docs/statement.md says what each part means.\n"
        "\n"
        "      --program PROGRAM   the program that the proof must be about\n"
        "      --bytecode N        with --program: it is bare sBPF bytecode of version N (0 to 3)\n"
        "      --id ID             its key id, as `gnomon setup` prints it; then the program is not needed\n"
        "      --preset NAME       with --program: the preset that the proof must have; without it any of 128 bits\n"
        "      --expect FILE       a JSON object with any members of the statement (those of --json): exit status 1\n"
        "                          names the first one that differs\n"
        "      --by-hash           Solana: accounts by their hash (docs/statement.md) instead of by value, in what is\n"
        "                          printed and compared; `prove --by-hash` makes proofs that say no more\n"
        "  -o, --output FILE       write the program's public output to FILE if the proof is accepted\n"
        "      --json              print verdict and statement as JSON\n"
        "  -q, --quiet             print nothing if the proof is accepted\n"
        "\n"
        "The proof is short, not hiding: it may tell something about the input beyond its statement.\n",
    .main = verify,
};
