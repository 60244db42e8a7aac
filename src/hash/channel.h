/* SPDX-License-Identifier: Apache-2.0 */
/* channel.h - transcript and proof bytes moved together, so that what the verifier reads is always absorbed.
 *
 * The prover's end (struct gn_sender) appends to the proof what it absorbs; the verifier's end (struct gn_receiver)
 * absorbs what it reads.  The only bytes that bypass the transcript are Merkle openings, which their root binds:
 * gn_send_opening / gn_recv_opening.  The receiver is freestanding and total: any proof bytes give a value or a
 * verdict. */
#ifndef GN_HASH_CHANNEL_H
#define GN_HASH_CHANNEL_H

#include "base/buffer.h"
#include "base/pool.h"
#include "base/verdict.h"
#include "hash/transcript.h"

struct gn_sender {
    struct gn_transcript transcript;
    struct gn_buffer *proof; /* owned by the caller */
};

void gn_send_exts(struct gn_sender *s, enum gn_label label, const fp6 *x, size_t n);
void gn_send_digest(struct gn_sender *s, enum gn_label label, const digest *d);
void gn_send_opening(struct gn_sender *s, const void *bytes, size_t n); /* not absorbed */
void gn_send_grind(struct gn_sender *s, unsigned bits, struct gn_pool *pool, enum gn_isa isa);

struct gn_receiver {
    struct gn_transcript transcript;
    const uint8_t *proof;
    size_t size, at;
    enum gn_verdict verdict; /* GN_ACCEPT until the first failure, which sticks */
};

/* Each returns false after setting r->verdict when the proof ends early, an element is not canonical, or a nonce does
 * not pass. */
GN_NODISCARD bool gn_recv_exts(struct gn_receiver *r, enum gn_label label, fp6 *x, size_t n);
GN_NODISCARD bool gn_recv_digest(struct gn_receiver *r, enum gn_label label, digest *d);
GN_NODISCARD bool gn_recv_opening(struct gn_receiver *r, const uint8_t **bytes, size_t n); /* points into the proof */
GN_NODISCARD bool gn_recv_grind(struct gn_receiver *r, unsigned bits);

/* r->verdict = v (unless one is set already); returns false so that a check reads: return gn_reject(r,
 * GN_REJECT_GKR); */
bool gn_reject(struct gn_receiver *r, enum gn_verdict v);

#endif
