/* SPDX-License-Identifier: Apache-2.0 */
/* python_verifier_export FOLDER MACHINE SIZE CASES [long]: proves an example machine and writes what tools/verify.py
 * needs, together with altered proofs, statements and key ids and the C verifier's verdict on each, for
 * python_verifier_test.py to compare.
 *
 * A case is written as its difference from the honest run, which is found by comparison: a patch is [size, [[at, byte],
 * ..]], the changes to what is first cut, or extended by zeros, to that size.  So a case can be any C code that writes
 * over copies.  An altered word is tried at 0, + 1, p - 1, p and 2^32 - 1. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/air_json.h"
#include "base/bytes.h"
#include "field/fp.h"
#include "machines/machines.h"
#include "proof/container.h"
#include "proof/prove.h"
#include "proof/verify.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define SLACK       64
#define STRING_MAX  ((size_t)AIR_MAX_PUBLIC_BYTES + 4096)
#define AT_HEIGHTS  (GN_PROOF_HEADER_BYTES + GN_KEY_BYTES)
#define ALTERATIONS 5

struct session {
    const struct air_system *system;
    struct air_witness witness;
    uint8_t record[GN_KEY_BYTES];
    digest key_id;
    struct gn_buffer proof;
    void *scratch;
    uint64_t random;
    FILE *out;
    unsigned cases; /* written so far */

    /* the current case: copies, to be altered */
    uint8_t *bytes;
    size_t size;
    digest id;
    uint32_t *values;
    uint8_t **strings;
    struct air_public_bytes *views;
};

static uint32_t draw(struct session *s, size_t below)
{
    s->random = s->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((s->random >> 33) % below);
}

static void *take(size_t n)
{
    void *x = calloc(1, n + 1);
    if (x == NULL) {
        perror("calloc");
        exit(1);
    }
    return x;
}

static FILE *create(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    return f;
}

/* ---- one case ---- */

static void begin(struct session *s)
{
    const struct air_statement *honest = &s->witness.statement;
    memcpy(s->bytes, s->proof.data, s->proof.size);
    memset(s->bytes + s->proof.size, 0, SLACK);
    s->size = s->proof.size;
    s->id = s->key_id;
    for (uint32_t i = 0; i < s->system->public_values_n; i++) {
        s->values[i] = honest->values[i];
    }
    for (uint32_t i = 0; i < s->system->public_tables_n; i++) {
        memset(s->strings[i], 0, STRING_MAX);
        memcpy(s->strings[i], honest->bytes[i].data, honest->bytes[i].size);
        s->views[i] = (struct air_public_bytes){s->strings[i], honest->bytes[i].size};
    }
}

static void print_patch(FILE *out, const uint8_t *honest, size_t honest_n, const uint8_t *changed, size_t n)
{
    const char *comma = "";
    fprintf(out, "[%zu, [", n);
    for (size_t i = 0; i < n; i++) {
        if (changed[i] != (i < honest_n ? honest[i] : 0)) {
            fprintf(out, "%s[%zu, %u]", comma, i, changed[i]);
            comma = ", ";
        }
    }
    fputs("]]", out);
}

__attribute__((format(printf, 2, 3))) static void end(struct session *s, const char *what, ...)
{
    const struct air_statement honest = s->witness.statement, now = {s->values, s->views};
    uint8_t *copy = take(s->size); /* of exactly this size, so that a sanitizer sees a read behind the end */
    memcpy(copy, s->bytes, s->size);
    enum gn_verdict v = gn_verify(s->system, &s->id, &now, copy, s->size, s->scratch, gn_verify_scratch(s->system));
    free(copy);

    va_list args;
    va_start(args, what);
    fputs(s->cases++ == 0 ? "[{\"what\": \"" : ",\n{\"what\": \"", s->out);
    vfprintf(s->out, what, args);
    va_end(args);
    fprintf(s->out, "\", \"verdict\": \"%s\", \"proof\": ", gn_verdict_name(v));
    print_patch(s->out, s->proof.data, s->proof.size, s->bytes, s->size);
    fputs(", \"key_id\": ", s->out);
    print_patch(s->out, s->key_id.b, sizeof s->key_id.b, s->id.b, sizeof s->id.b);
    fputs(", \"values\": [", s->out);
    for (uint32_t i = 0; i < s->system->public_values_n; i++) {
        fprintf(s->out, "%s%" PRIu32, i == 0 ? "" : ", ", s->values[i]);
    }
    fputs("], \"strings\": [", s->out);
    for (uint32_t i = 0; i < s->system->public_tables_n; i++) {
        fputs(i == 0 ? "" : ", ", s->out);
        print_patch(s->out, honest.bytes[i].data, honest.bytes[i].size, s->views[i].data, s->views[i].size);
    }
    fputs("]}", s->out);
}

static uint32_t altered(uint32_t honest, unsigned i)
{
    const uint32_t to[ALTERATIONS] = {honest + 1, 0, FP_P - 1, FP_P, UINT32_MAX};
    return to[i];
}

/* Every alteration of one word of the proof; with_id: the caller trusts the record as altered. */
static void word_cases(struct session *s, size_t at, bool with_id, const char *what)
{
    uint32_t honest = load_le32(s->proof.data + at);
    for (unsigned i = 0; i < ALTERATIONS; i++) {
        uint32_t to = altered(honest, i);
        if (to == honest) {
            continue;
        }
        begin(s);
        store_le32(s->bytes + at, to);
        if (with_id) {
            s->id = gn_key_id(s->bytes + GN_PROOF_HEADER_BYTES);
        }
        end(s, "%s, word at %zu: %" PRIu32 " for %" PRIu32, what, at, to, honest);
    }
}

/* ---- the cases, in the order of the verifier ---- */

static size_t shape_end(const struct session *s)
{
    size_t at = AT_HEIGHTS + 4 * (size_t)s->system->tables_n;
    for (uint32_t i = 0; i < s->system->tables_n; i++) {
        if ((s->system->tables[i].flags & AIR_PREPROCESSED) != 0) {
            at += 4 * (size_t)(s->witness.tables[i].height / AIR_PAGE_ROWS);
        }
    }
    return at;
}

static void size_cases(struct session *s)
{
    const size_t n = s->proof.size, shape = shape_end(s);
    const size_t sizes[] = {0,         1,     8,   12,    15,    16,    271,   AT_HEIGHTS,
                            shape - 1, shape, 300, n / 2, n - 1, n + 1, n + 4, n + SLACK};
    begin(s);
    end(s, "honest");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        begin(s);
        s->size = sizes[i];
        end(s, "%zu of %zu bytes", sizes[i], n);
        begin(s);
        s->bytes[0] ^= 1;
        s->size = sizes[i];
        end(s, "%zu of %zu bytes, wrong magic", sizes[i], n);
    }
}

static void key_cases(struct session *s)
{
    word_cases(s, 8, false, "protocol version");
    word_cases(s, 12, false, "preset");
    for (size_t at = 0; at < GN_KEY_BYTES; at += 4) {
        if (at < 80 || at % 16 == 0) {
            begin(s);
            s->bytes[GN_PROOF_HEADER_BYTES + at] ^= 1;
            end(s, "record, byte %zu", at);
        }
        bool digest_part = at >= 8 && at < 72, owner = at >= GN_KEY_BYTES - GN_KEY_OWNER_BYTES;
        if ((!digest_part && !owner) || at % 32 == 8) {
            word_cases(s, GN_PROOF_HEADER_BYTES + at, true, "record and its id");
        }
    }
    for (size_t i = 0; i < GN_DIGEST_BYTES; i += GN_DIGEST_BYTES - 1) {
        begin(s);
        s->id.b[i] ^= 128;
        end(s, "key id, byte %zu", i);
    }
    begin(s);
    memset(&s->id, 0, sizeof s->id);
    end(s, "key id zero");
    begin(s);
    s->bytes[AT_HEIGHTS - 1] ^= 1;
    s->id = gn_key_id(s->bytes + GN_PROOF_HEADER_BYTES);
    s->bytes[AT_HEIGHTS - 1] ^= 1;
    end(s, "id of another owner's key");
}

static void string_cases(struct session *s, uint32_t i, bool long_run)
{
    const size_t n = s->witness.statement.bytes[i].size, row = s->system->public_tables[i].row_bytes;
    const size_t sizes[] = {0, 1, n - 1, n + 1, n - row, n + row, AIR_MAX_PUBLIC_BYTES + row, AIR_MAX_PUBLIC_BYTES};
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        if (sizes[k] == n || sizes[k] > STRING_MAX || (sizes[k] == AIR_MAX_PUBLIC_BYTES && !long_run)) {
            continue;
        }
        begin(s);
        s->views[i].size = sizes[k];
        end(s, "public bytes %" PRIu32 ", %zu instead of %zu", i, sizes[k], n);
    }
    for (size_t at = 0; at < n; at += n > 1 ? (n - 1) / 2 + (n - 1) % 2 : 1) {
        begin(s);
        s->strings[i][at] ^= 1;
        end(s, "public bytes %" PRIu32 ", byte %zu", i, at);
    }
}

static void statement_cases(struct session *s, bool long_run)
{
    for (uint32_t i = 0; i < s->system->public_values_n; i++) {
        for (unsigned k = 0; k < ALTERATIONS; k++) {
            begin(s);
            s->values[i] = altered(s->values[i], k);
            if (s->values[i] != s->witness.statement.values[i]) {
                end(s, "public value %" PRIu32, i);
            }
        }
        begin(s);
        s->values[i] = s->values[(i + 1) % s->system->public_values_n];
        if (s->values[i] != s->witness.statement.values[i]) {
            end(s, "public value %" PRIu32 " as the next", i);
        }
    }
    for (uint32_t i = 0; i < s->system->public_tables_n; i++) {
        string_cases(s, i, long_run);
    }
}

static void shape_cases(struct session *s)
{
    const size_t pages = AT_HEIGHTS + 4 * (size_t)s->system->tables_n, all = shape_end(s);
    for (size_t at = AT_HEIGHTS; at < all; at += 4) {
        word_cases(s, at, false, at < pages ? "height" : "page");
    }
}

/* Two faults at once: which one is named depends on the order of the checks. */
static void order_cases(struct session *s)
{
    const size_t pages = AT_HEIGHTS + 4 * (size_t)s->system->tables_n, all = shape_end(s);
    for (size_t at = AT_HEIGHTS; at < pages; at += 4) {
        for (size_t other = at + 4; other < all; other += 4) {
            begin(s);
            memcpy(s->bytes + at, s->proof.data + other, 4);
            memcpy(s->bytes + other, s->proof.data + at, 4);
            if (memcmp(s->bytes + at, s->proof.data + at, 4) != 0) {
                end(s, "words at %zu and %zu swapped", at, other);
            }
        }
        begin(s);
        store_le32(s->bytes + at, load_le32(s->bytes + at) + 1);
        s->size = pages;
        end(s, "height at %zu one more, and nothing behind the heights", at);
    }
}

static void random_cases(struct session *s, unsigned cases)
{
    const size_t n = s->proof.size, shape = shape_end(s);
    for (unsigned i = 0; i < cases; i++) {
        begin(s);
        const size_t at = i % 4 == 0 ? draw(s, shape) : draw(s, n);
        s->bytes[at] ^= (uint8_t)(1u << draw(s, 8));
        end(s, "byte %zu", at);
        begin(s);
        const size_t word = shape + 4 * (size_t)draw(s, (n - shape) / 4);
        store_le32(s->bytes + word, altered(load_le32(s->bytes + word), 1 + i % 4));
        if (memcmp(s->bytes, s->proof.data, n) != 0) {
            end(s, "word at %zu to a limit", word);
        }
    }
}

static void write_cases(struct session *s, unsigned cases, bool long_run)
{
    const struct air_system *system = s->system;
    s->scratch = take(gn_verify_scratch(system));
    s->bytes = take(s->proof.size + SLACK);
    s->values = take(system->public_values_n * sizeof *s->values);
    s->strings = take(system->public_tables_n * sizeof *s->strings);
    s->views = take(system->public_tables_n * sizeof *s->views);
    for (uint32_t i = 0; i < system->public_tables_n; i++) {
        s->strings[i] = take(STRING_MAX);
    }
    size_cases(s);
    key_cases(s);
    statement_cases(s, long_run);
    shape_cases(s);
    order_cases(s);
    random_cases(s, cases);
    fputs("]\n", s->out);
    for (uint32_t i = 0; i < system->public_tables_n; i++) {
        free(s->strings[i]);
    }
    free(s->views);
    free(s->strings);
    free(s->values);
    free(s->bytes);
    free(s->scratch);
}

/* ---- the honest run ---- */

static bool prove(struct session *s, const struct machine *m, uint32_t size, struct gn_arena *arena,
                  struct gn_error *err)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES];
    const struct gn_prove_options options = {.threads = 1, .isa = GN_ISA_SCALAR};
    s->system = machine_build(m, arena, err);
    if (s->system == NULL || machine_fill_size(&s->witness, m, s->system, 7, size, arena, err) != GN_OK ||
        gn_setup(s->record, s->system, GN_PRESET_FAST_128, s->witness.pre, s->witness.pre_pages, owner, &options,
                 err) != GN_OK) {
        return false;
    }
    s->key_id = gn_key_id(s->record);
    return gn_prove(&s->proof, s->record, &s->witness, &options, err) == GN_OK;
}

static void write_honest(const struct session *s, const char *folder)
{
    FILE *f = create(folder, "machine.json");
    air_json_system(f, s->system);
    fclose(f);
    f = create(folder, "statement.json");
    air_json_statement(f, s->system, &s->witness.statement);
    fclose(f);
    f = create(folder, "key.id");
    fwrite(s->key_id.b, 1, sizeof s->key_id.b, f);
    fclose(f);
    f = create(folder, "proof");
    fwrite(s->proof.data, 1, s->proof.size, f);
    fclose(f);
}

int main(int argc, char **argv)
{
    struct session s = {.random = 1};
    struct gn_error err = {0};
    struct gn_arena arena;
    if (argc < 5 || machine_find(argv[2]) == NULL) {
        fprintf(stderr, "usage: python_verifier_export FOLDER MACHINE SIZE CASES [long]\n");
        return 2;
    }
    if (gn_arena_init(&arena, ARENA_BYTES, &err) != GN_OK ||
        !prove(&s, machine_find(argv[2]), (uint32_t)strtoul(argv[3], NULL, 10), &arena, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    write_honest(&s, argv[1]);
    s.out = create(argv[1], "cases.json");
    write_cases(&s, (unsigned)strtoul(argv[4], NULL, 10), argc > 5 && strcmp(argv[5], "long") == 0);
    fclose(s.out);
    gn_buffer_free(&s.proof);
    gn_arena_free(&arena);
    return 0;
}
