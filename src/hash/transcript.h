/* SPDX-License-Identifier: Apache-2.0 */
/* transcript.h - Fiat-Shamir; all of it is in this file's transcript.c.  docs/protocol.md section 1.  Freestanding. */
#ifndef GN_HASH_TRANSCRIPT_H
#define GN_HASH_TRANSCRIPT_H

#include "field/fp6.h"
#include "hash/blake3.h"

/* clang-format off */
#define GN_LABELS(X) \
    X(PRESET, 1) X(KEY, 2) X(PUBLIC_VALUES, 3) X(PUBLIC_BYTES, 4) \
    X(HEIGHTS, 5) X(PAGES, 6) X(ROOT, 7) X(OOD_POINT, 8) \
    X(OOD_VALUE, 9) X(BUS_CHALLENGES, 10) X(GKR_ROOT, 11) X(GKR_LAMBDA, 12) \
    X(GKR_ROUND, 13) X(GKR_CHALLENGE, 14) X(GKR_CLAIMS, 15) X(GKR_MU, 16) \
    X(ZC_POINT, 17) X(ZC_SUMS, 18) X(ZC_LAMBDA, 19) X(ZC_SKIP, 20) \
    X(ZC_CLAIMS, 21) X(RED_GAMMA, 22) X(RED_ROUND, 23) X(RED_CHALLENGE, 24) \
    X(RED_VALUES, 25) X(RED_THETA, 26) X(WHIR_ROUND, 27) X(WHIR_CHALLENGE, 28) \
    X(WHIR_QUERIES, 29) X(WHIR_BETA, 30) X(WHIR_FINAL, 31) X(ZC_SKIP_CHALLENGE, 32) \
    X(ZC_ROUND, 33) X(ZC_CHALLENGE, 34) X(GRIND, 35) X(NONCE, 36) X(WHIR_JOIN, 37)
/* clang-format on */

enum gn_label {
#define X(name, n) LABEL_##name = n,
    GN_LABELS(X)
#undef X
};

/* An observer sees every absorb (GN_OBSERVE_ABSORB with its length, bytes NULL, then GN_OBSERVE_PART with the bytes, in
 * one or more parts) and every squeeze (GN_OBSERVE_SQUEEZE): tests pin the sequence and replay challenges. */
enum gn_observe { GN_OBSERVE_ABSORB, GN_OBSERVE_PART, GN_OBSERVE_SQUEEZE };
struct gn_transcript;
typedef void gn_transcript_observer(void *ctx, enum gn_observe what, enum gn_label label, uint8_t *bytes, size_t n);

struct gn_transcript {
    struct gn_blake3 hasher;
    /* NULL outside tests; it may overwrite squeezed bytes (frozen-challenge oracle) */
    gn_transcript_observer *observer;
    void *observer_ctx;
    enum gn_label observed; /* label of the absorb whose parts follow; set only when observed */
};

void gn_transcript_init(struct gn_transcript *t);
void gn_transcript_absorb(struct gn_transcript *t, enum gn_label label, const void *bytes, size_t n);
void gn_transcript_absorb_exts(struct gn_transcript *t, enum gn_label label, const fp6 *x, size_t n);
/* an absorb in parts: begin with the total length, then exactly that many bytes */
void gn_transcript_absorb_begin(struct gn_transcript *t, enum gn_label label, size_t total);
void gn_transcript_absorb_part(struct gn_transcript *t, const void *bytes, size_t n);

#define GN_SQUEEZE_MAX 3072 /* bytes of one squeeze: 64 challenges */
#define GN_INDICES_MAX 256  /* indices of one squeeze */

/* n <= GN_SQUEEZE_MAX bytes (this and the limits below are the caller's duty; a larger n traps) */
void gn_transcript_squeeze(struct gn_transcript *t, enum gn_label label, uint8_t *out, size_t n);
fp6 gn_transcript_challenge(struct gn_transcript *t, enum gn_label label);
/* n challenges from one squeeze, n <= 64 */
void gn_transcript_challenges(struct gn_transcript *t, enum gn_label label, fp6 *out, size_t n);
/* count <= GN_INDICES_MAX indices below 2^bits from one squeeze, bits <= 24 */
void gn_transcript_indices(struct gn_transcript *t, enum gn_label label, uint32_t *out, size_t count, unsigned bits);

const char *gn_label_name(enum gn_label label);

#endif
