/* SPDX-License-Identifier: Apache-2.0 */
/* proof_fuzz.c - libFuzzer target: the verifier on hostile bytes, for two machines.
 *
 * Byte 0 chooses: bit 0 the machine (fib or rom), bit 1 whether the rest is a whole proof or what follows a valid
 * header and key (so that the fuzzer gets past them).  Nothing may crash, read outside, or answer ACCEPT for bytes that
 * are not the machine's one honest proof for its statement - which a fuzzer that starts from the corpus can only reach
 * by not changing it. */
#include <stdlib.h>
#include <string.h>

#include "machines/machines.h"
#include "proof/container.h"
#include "proof/prove.h"
#include "proof/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct subject {
    struct gn_arena arena;
    const struct air_system *system;
    struct air_witness witness;
    uint8_t header[GN_PROOF_HEADER_BYTES + GN_KEY_BYTES];
    digest id;
    struct gn_buffer honest;
    void *scratch;
    size_t scratch_n;
};

static void prepare(struct subject *s, const char *name)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES] = "fuzz";
    const struct gn_prove_options options = {.threads = 1, .isa = gn_isa_best()};
    struct gn_error err;
    const struct machine *m = machine_find(name);
    uint8_t record[GN_KEY_BYTES];
    if (gn_arena_init(&s->arena, (size_t)64 << 20, &err) != GN_OK ||
        (s->system = machine_build(m, &s->arena, &err)) == NULL ||
        machine_fill_size(&s->witness, m, s->system, 7, 9, &s->arena, &err) != GN_OK ||
        gn_setup(record, s->system, GN_PRESET_128, s->witness.pre, s->witness.pre_pages, owner, &options, &err) !=
            GN_OK ||
        gn_prove(&s->honest, record, &s->witness, &options, &err) != GN_OK) {
        abort();
    }
    memcpy(s->header, s->honest.data, sizeof s->header);
    s->id = gn_key_id(record);
    s->scratch_n = gn_verify_scratch(s->system);
    s->scratch = malloc(s->scratch_n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct subject subjects[2];
    static bool ready;
    if (!ready) {
        prepare(&subjects[0], "fib");
        prepare(&subjects[1], "rom");
        ready = true;
    }
    if (size == 0) {
        return 0;
    }
    struct subject *s = &subjects[data[0] & 1];
    size_t head = data[0] & 2 ? sizeof s->header : 0, n = head + size - 1;
    uint8_t *proof = malloc(n == 0 ? 1 : n);
    if (proof == NULL) {
        return 0;
    }
    memcpy(proof, s->header, head);
    memcpy(proof + head, data + 1, size - 1);
    enum gn_verdict v = gn_verify(s->system, &s->id, &s->witness.statement, proof, n, s->scratch, s->scratch_n);
    bool is_honest = n == s->honest.size && memcmp(proof, s->honest.data, n) == 0;
    if ((v == GN_ACCEPT) != is_honest || v == GN_REJECT_SCRATCH) {
        abort();
    }
    free(proof);
    return 0;
}
