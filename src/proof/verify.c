/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - the verifier, in the order and under the names of docs/protocol.md; prove.c is its mirror.
 *
 * What a proof may influence: the heights and page lists, which are checked before use; field elements, which are
 * absorbed as they are read; openings, which their root binds.  Every length in here comes from the machine, the key
 * and the checked heights. */
#include "proof/verify.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "pcs/pcs.h"
#include "proof/container.h"
#include "proof/zerocheck.h"

/* Everything that lives as long as one verification; too large for a frame. */
struct verification {
    struct gn_shape shape;
    struct gn_receiver receiver;
    struct gn_bus_challenges challenges;
    struct gn_bus_result bus;
    struct gn_zerocheck_result zerocheck;
    struct pcs_opening stacks[WHIR_STACKS]; /* main, preprocessed */
    uint8_t record[GN_KEY_BYTES];
    uint32_t preset;
};

/* section 12: magic, version, preset, record */
static bool read_header(struct verification *v)
{
    struct gn_receiver *r = &v->receiver;
    const uint8_t *head, *record;
    if (!gn_recv_opening(r, &head, GN_PROOF_HEADER_BYTES)) {
        return false;
    }
    v->preset = load_le32(head + 12);
    if (memcmp(head, GN_PROOF_MAGIC, 8) != 0 || load_le32(head + 8) != GN_PROTOCOL_VERSION ||
        gn_whir_params_digest(v->preset) == NULL) {
        return gn_reject(r, GN_REJECT_HEADER);
    }
    if (!gn_recv_opening(r, &record, GN_KEY_BYTES)) {
        return false;
    }
    memcpy(v->record, record, GN_KEY_BYTES);
    return true;
}

/* section 3.2: is it the key that the caller trusts, and does it fit the machine? */
static bool check_key(struct verification *v, const digest *key_id)
{
    struct gn_shape *shape = &v->shape;
    digest id = gn_key_id(v->record);
    if (memcmp(id.b, key_id->b, GN_DIGEST_BYTES) != 0 || !gn_key_decode(&shape->key, v->record) ||
        shape->key.preset != v->preset || gn_whir_params_digest(v->preset) == NULL ||
        memcmp(shape->key.air_digest.b, shape->system->air_digest.b, GN_DIGEST_BYTES) != 0 ||
        shape->key.pre_tables != air_system_pre_tables(shape->system)) {
        return gn_reject(&v->receiver, GN_REJECT_KEY);
    }
    return true;
}

/* section 12: heights, then page lists, whose lengths follow from the heights */
static bool read_shape(struct verification *v, struct gn_scratch *scratch)
{
    struct gn_receiver *r = &v->receiver;
    struct gn_shape *shape = &v->shape;
    const struct air_system *s = shape->system;
    const uint8_t *bytes;
    if (!gn_recv_opening(r, &bytes, (size_t)4 * s->tables_n)) {
        return false;
    }
    for (uint32_t i = 0; i < s->tables_n; i++) {
        shape->heights[i] = load_le32(bytes + 4 * i);
    }
    if (!gn_shape_heights_allowed(shape)) { /* before page lists of their lengths are read */
        return gn_reject(r, GN_REJECT_HEIGHT);
    }
    for (uint32_t i = 0; i < s->tables_n; i++) {
        shape->pages[i] = NULL;
        if ((s->tables[i].flags & AIR_PREPROCESSED) == 0) {
            continue;
        }
        uint32_t pages_n = shape->heights[i] / AIR_PAGE_ROWS;
        shape->pages[i] = gn_scratch_take(scratch, pages_n, sizeof(uint32_t));
        if (shape->pages[i] == NULL) {
            return gn_reject(r, GN_REJECT_SCRATCH);
        }
        if (!gn_recv_opening(r, &bytes, (size_t)4 * pages_n)) {
            return false;
        }
        for (uint32_t j = 0; j < pages_n; j++) {
            shape->pages[i][j] = load_le32(bytes + 4 * j);
        }
    }
    enum gn_verdict verdict = gn_shape_check(shape);
    return verdict == GN_ACCEPT || gn_reject(r, verdict);
}

static bool run(struct verification *v, const digest *key_id, const struct air_statement *statement,
                struct gn_scratch *scratch)
{
    struct gn_shape *shape = &v->shape;
    struct gn_receiver *r = &v->receiver;
    struct gn_zerocheck_result *zc = &v->zerocheck;

    /* 3 key, statement, shape */
    if (!check_key(v, key_id)) {
        return false;
    }
    if (!gn_statement_check(shape->system, statement)) {
        return gn_reject(r, GN_REJECT_STATEMENT);
    }
    if (!read_shape(v, scratch)) {
        return false;
    }
    gn_statement_absorb(&r->transcript, shape, v->record, statement);

    /* 5 main commitment */
    v->stacks[0] = (struct pcs_opening){.layout = &shape->main, .ood = true};
    if (!gn_recv_digest(r, LABEL_ROOT, &v->stacks[0].root) || !gn_pcs_recv_ood(&v->stacks[0], r, scratch)) {
        return false;
    }
    gn_bus_challenges_draw(&v->challenges, &r->transcript);

    /* 6 bus; 7 zerocheck */
    if (!gn_bus_verify(&v->bus, shape, statement, &v->challenges, r) ||
        !gn_zerocheck_verify(zc, shape, statement, &v->challenges, &v->bus, r, scratch)) {
        return false;
    }

    /* 8, 9, 10, 11 column claims, claim reduction, WHIR, for the preprocessed stack too */
    struct pcs_point point;
    point.skip = zc->skip;
    point.r = zc->r;
    v->stacks[0].claims = zc->main_claims;
    v->stacks[1] = (struct pcs_opening){.layout = &shape->pre, .root = shape->key.pre_root, .claims = zc->pre_claims};
    if (!gn_pcs_verify(v->stacks, &shape->whir, &point, r, scratch)) {
        return false;
    }
    return r->at == r->size || gn_reject(r, GN_REJECT_TRAILING);
}

/* Finds room for the state of a verification; NULL without. */
static struct verification *begin(struct gn_scratch *scratch, const struct air_system *s, const uint8_t *proof,
                                  size_t proof_n)
{
    struct verification *v = gn_scratch_take(scratch, 1, sizeof *v);
    if (v == NULL || s->tables_n > PCS_MAX_TABLES) {
        return NULL;
    }
    memset(v, 0, sizeof *v);
    v->shape.system = s;
    v->receiver.proof = proof;
    v->receiver.size = proof_n;
    gn_transcript_init(&v->receiver.transcript);
    return v;
}

static enum gn_verdict end(const struct verification *v, bool accepted)
{
    if (!accepted && v->receiver.verdict == GN_ACCEPT) {
        return GN_REJECT_SCRATCH; /* cannot happen: every false sets a verdict; never answer ACCEPT for it */
    }
    return v->receiver.verdict;
}

enum gn_verdict gn_verify_observed(const struct air_system *s, const digest *key_id,
                                   const struct air_statement *statement, const uint8_t *proof, size_t proof_n,
                                   void *scratch_memory, size_t scratch_n, gn_transcript_observer *observer,
                                   void *observer_ctx)
{
    struct gn_scratch scratch = {.base = scratch_memory, .size = scratch_n};
    struct verification *v = begin(&scratch, s, proof, proof_n);
    if (v == NULL) {
        return GN_REJECT_SCRATCH;
    }
    v->receiver.transcript.observer = observer;
    v->receiver.transcript.observer_ctx = observer_ctx;
    return end(v, read_header(v) && run(v, key_id, statement, &scratch));
}

enum gn_verdict gn_verify_body(const struct air_system *s, const digest *key_id, const uint8_t record[GN_KEY_BYTES],
                               const struct air_statement *statement, const uint8_t *body, size_t body_n,
                               void *scratch_memory, size_t scratch_n)
{
    struct gn_scratch scratch = {.base = scratch_memory, .size = scratch_n};
    struct verification *v = begin(&scratch, s, body, body_n);
    if (v == NULL) {
        return GN_REJECT_SCRATCH;
    }
    struct gn_key key;
    memcpy(v->record, record, GN_KEY_BYTES);
    v->preset = gn_key_decode(&key, record) ? key.preset : 0;
    return end(v, run(v, key_id, statement, &scratch));
}

enum gn_verdict gn_verify(const struct air_system *s, const digest *key_id, const struct air_statement *statement,
                          const uint8_t *proof, size_t proof_n, void *scratch, size_t scratch_n)
{
    return gn_verify_observed(s, key_id, statement, proof, proof_n, scratch, scratch_n, NULL, NULL);
}

size_t gn_verify_scratch(const struct air_system *s)
{
    size_t bytes = sizeof(struct verification) + gn_zerocheck_scratch(s) + gn_pcs_verify_scratch() + 4096;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if ((s->tables[i].flags & AIR_PREPROCESSED) != 0) {
            bytes += (size_t)s->tables[i].max_height / AIR_PAGE_ROWS * sizeof(uint32_t) + 64;
        }
    }
    return bytes;
}
