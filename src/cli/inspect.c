/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - `gnomon inspect`: what a proof file holds, without judging it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/area.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/proofs.h"
#include "soundness_terms.h"
#include "zkvm/anatomy.h"
#include "zkvm/machine.h"
#include "zkvm/proof_file.h"

#define PROOF_MAX (UINT64_C(64) << 20)

struct request {
    const char *proof;
    bool json;
};

struct contents {
    size_t file_n;
    struct gn_proof_parts parts;
    struct gn_key_info key;
    uint8_t id[GN_ID_BYTES];
    struct gn_statement statement;
    bool has_tables; /* made for this version's machine: the body's beginning can be read */
    struct gn_anatomy anatomy;
    double bits;
};

static int parse(struct request *r, int argc, char **argv)
{
    *r = (struct request){0};
    const struct cli_option options[] = {
        CLI_JSON(&r->json),
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_arguments(argc, argv, 1, 1);
        r->proof = argv[optind];
    }
    return status;
}

/* ---- reading ---- */

static uint64_t program_cells(const struct gn_key_info *key)
{
    uint64_t cells = 0;
    unsigned k = 0;
    for (uint32_t t = 0; t < gn_machine_air.tables_n; t++) {
        const struct air_table *def = &gn_machine_air.tables[t];
        if ((def->flags & AIR_PREPROCESSED) != 0) {
            cells += (uint64_t)key->pages[k++] * AIR_PAGE_ROWS * def->pre_n;
        }
    }
    return cells;
}

static int read_contents(struct contents *c, const struct request *r, const struct gn_buffer *file)
{
    c->file_n = file->size;
    enum gn_verdict form = gn_proof_split(&c->parts, file->data, file->size);
    if (form == GN_REJECT_HEADER && c->parts.format != 0) {
        return gn_cli_fail(CLI_LIMIT, r->proof,
                           "proof file of format %u, this version (" GN_VERSION ") reads format %u", c->parts.format,
                           GN_FILE_FORMAT);
    }
    if (form != GN_ACCEPT) {
        return gn_cli_fail(CLI_BAD, r->proof, "%s",
                           form == GN_REJECT_HEADER ? "is not a proof file" : "is a proof file cut off or damaged");
    }
    if (!gn_key_read(&c->key, c->parts.record)) {
        return gn_cli_fail(CLI_BAD, r->proof, "its key record is damaged");
    }
    if (!gn_statement_read(&c->statement, c->parts.statement, c->parts.statement_n)) {
        return gn_cli_fail(CLI_BAD, r->proof, "its statement is damaged");
    }
    gn_key_hash(c->id, c->parts.record);
    uint32_t heights[AIR_MAX_TABLES], tables_n = gn_machine_air.tables_n;
    c->has_tables = memcmp(c->key.air_digest, gn_machine_digest(), sizeof c->key.air_digest) == 0 &&
                    c->parts.body_n >= (size_t)4 * tables_n;
    for (uint32_t t = 0; c->has_tables && t < tables_n; t++) {
        heights[t] = load_le32(c->parts.body + (size_t)4 * t);
    }
    if (c->has_tables) {
        gn_anatomy_of(&c->anatomy, heights);
        c->bits = soundness_proof_bits(c->key.preset, c->anatomy.cells, program_cells(&c->key));
    }
    return CLI_DONE;
}

/* ---- text ---- */
static void print_hex(const char *name, const uint8_t *bytes, size_t n)
{
    printf("%-14s ", name);
    for (size_t i = 0; i < n; i++) {
        printf("%02x", bytes[i]);
    }
    putchar('\n');
}

static void print_text(const struct contents *c)
{
    char release[CLI_RELEASE], a[CLI_GROUPED], b[CLI_GROUPED];
    printf("%-14s %u, not verified: `gnomon verify` does that\n", "format", c->parts.format);
    print_hex("key id", c->id, sizeof c->id);
    printf("%-14s %s, kernel %u%s\n", "machine", gn_cli_release(release, c->key.release), c->key.kernel_version,
           c->has_tables ? "" : " (not this version's)");
    print_hex("AIR digest", c->key.air_digest, sizeof c->key.air_digest);
    print_hex("program root", c->key.program_root, sizeof c->key.program_root);
    print_hex("program hash", c->key.program_hash, sizeof c->key.program_hash);
    printf("%-14s 0x%" PRIx64 "\n", "entry", c->key.entry);
    gn_cli_statement_print(&c->statement, false);
    printf("%-14s %s bytes: header %d, statement %zu, proof %s\n", "size", gn_cli_grouped(a, c->file_n),
           GN_FILE_AT_STATEMENT, c->parts.statement_n, gn_cli_grouped(b, c->parts.body_n));
    if (!c->has_tables) {
        return;
    }
    printf("%-14s %.1f bits, provable (preset %s)\n", "security", c->bits, gn_preset_name(c->key.preset));
    printf("%-14s %s growing with the run, %s fixed\n", "area", gn_cli_grouped(a, c->anatomy.run_area),
           gn_cli_grouped(b, c->anatomy.fixed_area));
    gn_cli_area_tables_print(&c->anatomy);
}

/* ---- JSON ---- */
static int print_json(const struct request *r, const struct contents *c)
{
    char id[CLI_ID], release[CLI_RELEASE];
    json_t *o = json_object();
    int failed = json_object_set_new(o, "schema", json_string("gnomon.inspect.v1"));
    failed |= json_object_set_new(o, "proof_file", gn_cli_json_text(r->proof));
    failed |= json_object_set_new(o, "verified", json_false());
    failed |= json_object_set_new(o, "format", json_integer(c->parts.format));
    failed |= json_object_set_new(o, "preset", json_string(gn_preset_name(c->parts.preset)));
    failed |= json_object_set_new(o, "key_id", json_string(gn_cli_id(id, c->id)));
    failed |= json_object_set_new(o, "machine_release", json_string(gn_cli_release(release, c->key.release)));
    failed |= json_object_set_new(o, "kernel_version", json_integer(c->key.kernel_version));
    failed |= json_object_set_new(o, "air_digest", gn_cli_hex_bytes(c->key.air_digest, sizeof c->key.air_digest));
    failed |= json_object_set_new(o, "program_root", gn_cli_hex_bytes(c->key.program_root, sizeof c->key.program_root));
    failed |= json_object_set_new(o, "program_hash", gn_cli_hex_bytes(c->key.program_hash, sizeof c->key.program_hash));
    failed |= json_object_set_new(o, "entry", gn_cli_hex(c->key.entry));
    failed |= json_object_set_new(o, "statement", gn_cli_statement_json(&c->statement, false));
    failed |= json_object_set_new(o, "file_bytes", json_integer((json_int_t)c->file_n));
    failed |= json_object_set_new(o, "statement_bytes", json_integer((json_int_t)c->parts.statement_n));
    failed |= json_object_set_new(o, "proof_bytes", json_integer((json_int_t)c->parts.body_n));
    failed |= json_object_set_new(o, "this_machine", json_boolean(c->has_tables));
    if (c->has_tables) {
        failed |= json_object_set_new(o, "security_bits", json_real(c->bits));
        failed |= json_object_set_new(o, "run_area", json_integer((json_int_t)c->anatomy.run_area));
        failed |= json_object_set_new(o, "fixed_area", json_integer((json_int_t)c->anatomy.fixed_area));
        failed |= json_object_set_new(o, "tables", gn_cli_area_tables_json(&c->anatomy));
    }
    if (failed) {
        json_decref(o);
        return gn_cli_no_memory();
    }
    return gn_cli_json_print(o);
}

/* ---- command ---- */
static int inspect(int argc, char **argv)
{
    struct request r;
    struct gn_buffer file = {0};
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    struct contents *c = calloc(1, sizeof *c);
    status = c != NULL ? gn_cli_read(&file, r.proof, PROOF_MAX) : gn_cli_no_memory();
    if (status == CLI_DONE) {
        status = read_contents(c, &r, &file);
    }
    if (status == CLI_DONE && r.json) {
        status = print_json(&r, c);
    } else if (status == CLI_DONE) {
        print_text(c);
    }
    free(c);
    gn_buffer_free(&file);
    return status;
}

const struct cli_command gn_cli_inspect = {
    .name = "inspect",
    .usage = "FILE [--json]",
    .purpose = "Shows what a proof file holds, without verifying it",
    .help = "\n"
            "Shows the key, the statement, sizes, the security in bits (the smallest error term, counted round by\n"
            "round), and the tables of the proof with their area: committed cells + 2 per bus interaction.\n"
            "\n"
            "      --json   print all of it as JSON\n",
    .main = inspect,
};
