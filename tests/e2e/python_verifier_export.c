/* SPDX-License-Identifier: Apache-2.0 */
/* python_verifier_export FOLDER MACHINE SIZE CASES: proves an example machine and writes what tools/verify.py needs,
 * together with CASES changed proofs and the C verifier's verdict on each, for python_verifier_test.py to compare. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/air_json.h"
#include "machines/machines.h"
#include "proof/prove.h"
#include "proof/verify.h"

#define ARENA_BYTES ((size_t)1 << 30)

struct session {
    const struct air_system *system;
    struct air_witness witness;
    uint8_t record[GN_KEY_BYTES];
    digest key_id;
    struct gn_buffer proof;
    void *scratch;
    uint64_t random;
};

static uint64_t draw(struct session *s)
{
    s->random = s->random * 6364136223846793005u + 1442695040888963407u;
    return s->random >> 33;
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

static enum gn_verdict verdict(struct session *s, const uint8_t *proof, size_t n)
{
    return gn_verify(s->system, &s->key_id, &s->witness.statement, proof, n, s->scratch, gn_verify_scratch(s->system));
}

/* One change: a byte, its mask; then the length of what is left (longer than the proof: zeros are appended). */
static void write_case(FILE *out, struct session *s, bool first, size_t at, uint8_t mask, size_t size)
{
    uint8_t *bytes = calloc(1, size > s->proof.size ? size : s->proof.size);
    if (bytes == NULL) {
        exit(1);
    }
    memcpy(bytes, s->proof.data, s->proof.size);
    bytes[at] ^= mask;
    fprintf(out, "%s{\"at\": %zu, \"mask\": %u, \"size\": %zu, \"verdict\": \"%s\"}", first ? "" : ",\n", at, mask,
            size, gn_verdict_name(verdict(s, bytes, size)));
    free(bytes);
}

static void write_cases(FILE *out, struct session *s, unsigned cases)
{
    const size_t n = s->proof.size, head = 276 + 4 * (size_t)s->system->tables_n;
    fputs("[", out);
    write_case(out, s, true, 0, 0, n);
    write_case(out, s, false, 0, 0, n - 1);
    write_case(out, s, false, 0, 0, n + 4);
    write_case(out, s, false, 0, 0, 300);
    for (unsigned i = 0; i < cases; i++) {
        const size_t at = i % 4 == 0 ? draw(s) % head : draw(s) % n;
        write_case(out, s, false, at, (uint8_t)(1u << draw(s) % 8), n);
    }
    fputs("]\n", out);
}

static bool prove(struct session *s, const struct machine *m, uint32_t size, struct gn_arena *arena,
                  struct gn_error *err)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES];
    const struct gn_prove_options options = {.threads = 1, .isa = GN_ISA_SCALAR};
    s->system = machine_build(m, arena, err);
    if (s->system == NULL || machine_fill_size(&s->witness, m, s->system, 7, size, arena, err) != GN_OK ||
        gn_setup(s->record, s->system, GN_PRESET_128, s->witness.pre, s->witness.pre_pages, owner, &options, err) !=
            GN_OK) {
        return false;
    }
    s->key_id = gn_key_id(s->record);
    return gn_prove(&s->proof, s->record, &s->witness, &options, err) == GN_OK;
}

int main(int argc, char **argv)
{
    struct session s = {.random = 1};
    struct gn_error err = {0};
    struct gn_arena arena;
    if (argc != 5 || machine_find(argv[2]) == NULL) {
        fprintf(stderr, "usage: python_verifier_export FOLDER MACHINE SIZE CASES\n");
        return 2;
    }
    if (gn_arena_init(&arena, ARENA_BYTES, &err) != GN_OK ||
        !prove(&s, machine_find(argv[2]), (uint32_t)strtoul(argv[3], NULL, 10), &arena, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    s.scratch = malloc(gn_verify_scratch(s.system));
    if (s.scratch == NULL) {
        return 1;
    }
    FILE *f = create(argv[1], "machine.json");
    air_json_system(f, s.system);
    fclose(f);
    f = create(argv[1], "statement.json");
    air_json_statement(f, s.system, &s.witness.statement);
    fclose(f);
    f = create(argv[1], "key.id");
    fwrite(s.key_id.b, 1, sizeof s.key_id.b, f);
    fclose(f);
    f = create(argv[1], "proof");
    fwrite(s.proof.data, 1, s.proof.size, f);
    fclose(f);
    f = create(argv[1], "cases.json");
    write_cases(f, &s, (unsigned)strtoul(argv[4], NULL, 10));
    fclose(f);
    free(s.scratch);
    gn_buffer_free(&s.proof);
    gn_arena_free(&arena);
    return 0;
}
