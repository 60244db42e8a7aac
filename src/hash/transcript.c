/* SPDX-License-Identifier: Apache-2.0 */
/* transcript.c - Fiat-Shamir.  docs/protocol.md section 1.  Freestanding; shared by prover and verifier.
 *
 * The hasher always holds state || pending: it is started with the 32-byte state, takes what is absorbed, and a squeeze
 * reads its extended output, of which the first 32 bytes start the next hasher.  So a challenge depends on everything
 * absorbed and squeezed before it, and two sequences of calls give the same hash input only if they are equal, because
 * every call writes its label and its length first and a squeeze is the last thing hashed before the state is replaced.
 *
 * Invariant: between absorb_begin and the last of its parts nothing else is called; the callers in this file and
 * channel_*.c see to it. */
#include "hash/transcript.h"

#include "base/bytes.h"
#include "base/mem.h"

#define STATE_BYTES     32
#define CHALLENGE_BYTES 48

static void start(struct gn_transcript *t, const uint8_t state[STATE_BYTES])
{
    gn_blake3_init_keyed(&t->hasher, &gn_key_transcript);
    gn_blake3_update(&t->hasher, state, STATE_BYTES);
}

static void write_header(struct gn_transcript *t, enum gn_label label, size_t n)
{
    uint8_t header[6];
    store_le16(header, (uint16_t)label);
    store_le32(header + 2, (uint32_t)n);
    gn_blake3_update(&t->hasher, header, sizeof header);
}

void gn_transcript_init(struct gn_transcript *t)
{
    static const uint8_t zero[STATE_BYTES];
    t->observer = NULL;
    t->observer_ctx = NULL;
    start(t, zero);
}

void gn_transcript_absorb_begin(struct gn_transcript *t, enum gn_label label, size_t total)
{
    if (t->observer != NULL) {
        t->observed = label;
        t->observer(t->observer_ctx, GN_OBSERVE_ABSORB, label, NULL, total);
    }
    write_header(t, label, total);
}

void gn_transcript_absorb_part(struct gn_transcript *t, const void *bytes, size_t n)
{
    if (t->observer != NULL) { /* parts are only read: the cast serves the common signature */
        t->observer(t->observer_ctx, GN_OBSERVE_PART, t->observed, (uint8_t *)(uintptr_t)bytes, n);
    }
    gn_blake3_update(&t->hasher, bytes, n);
}

void gn_transcript_absorb(struct gn_transcript *t, enum gn_label label, const void *bytes, size_t n)
{
    gn_transcript_absorb_begin(t, label, n);
    gn_transcript_absorb_part(t, bytes, n);
}

void gn_transcript_absorb_exts(struct gn_transcript *t, enum gn_label label, const fp6 *x, size_t n)
{
    uint8_t bytes[FP6_BYTES];
    gn_transcript_absorb_begin(t, label, n * FP6_BYTES);
    for (size_t i = 0; i < n; i++) {
        gn_fp6_write(bytes, x[i]);
        gn_transcript_absorb_part(t, bytes, sizeof bytes);
    }
}

void gn_transcript_squeeze(struct gn_transcript *t, enum gn_label label, uint8_t *out, size_t n)
{
    uint8_t x[STATE_BYTES + GN_SQUEEZE_MAX];
    if (n > GN_SQUEEZE_MAX) {
        __builtin_trap(); /* no call of the protocol asks for this; better to stop than to write behind x */
    }
    write_header(t, label, n);
    gn_blake3_final(&t->hasher, x, STATE_BYTES + n);
    start(t, x);
    memcpy(out, x + STATE_BYTES, n);
    if (t->observer != NULL) {
        t->observer(t->observer_ctx, GN_OBSERVE_SQUEEZE, label, out, n);
    }
}

void gn_transcript_challenges(struct gn_transcript *t, enum gn_label label, fp6 *out, size_t n)
{
    uint8_t bytes[GN_SQUEEZE_MAX];
    gn_transcript_squeeze(t, label, bytes, n * CHALLENGE_BYTES);
    for (size_t i = 0; i < n; i++) {
        out[i] = gn_fp6_from_uniform(bytes + i * CHALLENGE_BYTES);
    }
}

fp6 gn_transcript_challenge(struct gn_transcript *t, enum gn_label label)
{
    fp6 x;
    gn_transcript_challenges(t, label, &x, 1);
    return x;
}

void gn_transcript_indices(struct gn_transcript *t, enum gn_label label, uint32_t *out, size_t count, unsigned bits)
{
    uint8_t bytes[4 * GN_INDICES_MAX];
    if (count > GN_INDICES_MAX || bits > 31) {
        __builtin_trap();
    }
    gn_transcript_squeeze(t, label, bytes, 4 * count);
    for (size_t i = 0; i < count; i++) {
        out[i] = load_le32(bytes + 4 * i) & (((uint32_t)1 << bits) - 1);
    }
}

const char *gn_label_name(enum gn_label label)
{
    switch (label) {
#define X(name, n)     \
    case LABEL_##name: \
        return #name;
        GN_LABELS(X)
#undef X
    }
    return "unknown";
}
