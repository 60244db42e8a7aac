/* SPDX-License-Identifier: Apache-2.0 */
/* proof_fuzz.c - libFuzzer target: the verifier on hostile bytes, for two machines.
 *
 * Byte 0 chooses: bit 0 the machine (fib or rom); bit 1 whether the rest is a whole proof or what follows a valid
 * header and key (so that the fuzzer gets past them); bit 2 whether the challenges of the honest proof are replayed, so
 * that a change is carried on through all further steps and does not end at the next nonce.  Nothing may crash, read
 * outside, or, with real challenges, answer ACCEPT for bytes that are not the machine's one honest proof for its
 * statement - which a fuzzer that starts from the corpus can only reach by not changing it. */
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
    uint8_t *squeezed; /* by the honest proof, one after the other */
    size_t squeezed_n;
};

/* ---- replaying challenges ---- */

static void record_squeeze(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    (void)label;
    struct subject *s = ctx;
    if (what == GN_OBSERVE_SQUEEZE) {
        s->squeezed = realloc(s->squeezed, s->squeezed_n + n);
        if (s->squeezed == NULL) {
            abort();
        }
        memcpy(s->squeezed + s->squeezed_n, bytes, n);
        s->squeezed_n += n;
    }
}

struct replay {
    const struct subject *subject;
    size_t at;
};

/* Another shape squeezes other lengths: then bytes from somewhere else in the record, and real ones behind its end. */
static void replay_squeeze(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n)
{
    (void)label;
    struct replay *r = ctx;
    if (what == GN_OBSERVE_SQUEEZE && n <= r->subject->squeezed_n - r->at) {
        memcpy(bytes, r->subject->squeezed + r->at, n);
        r->at += n;
    }
}

/* ---- the machines ---- */

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
        gn_setup(record, s->system, GN_PRESET_FAST_128, s->witness.pre, s->witness.pre_pages, owner, &options, &err) !=
            GN_OK ||
        gn_prove(&s->honest, record, &s->witness, &options, &err) != GN_OK) {
        abort();
    }
    memcpy(s->header, s->honest.data, sizeof s->header);
    s->id = gn_key_id(record);
    s->scratch_n = gn_verify_scratch(s->system);
    s->scratch = malloc(s->scratch_n);
    if (s->scratch == NULL ||
        gn_verify_observed(s->system, &s->id, &s->witness.statement, s->honest.data, s->honest.size, s->scratch,
                           s->scratch_n, record_squeeze, s) != GN_ACCEPT) {
        abort();
    }
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
    struct replay replay = {.subject = s};
    bool replayed = (data[0] & 4) != 0;
    enum gn_verdict v = gn_verify_observed(s->system, &s->id, &s->witness.statement, proof, n, s->scratch, s->scratch_n,
                                           replayed ? replay_squeeze : NULL, &replay);
    bool is_honest = n == s->honest.size && memcmp(proof, s->honest.data, n) == 0;
    if ((v == GN_ACCEPT && !is_honest && !replayed) || (v != GN_ACCEPT && is_honest) || v == GN_REJECT_SCRATCH) {
        abort();
    }
    free(proof);
    return 0;
}
