/* SPDX-License-Identifier: Apache-2.0 */
/* channel_recv.c - the verifier's end of the channel.  Freestanding.
 *
 * Everything the verifier knows about a proof comes through these functions.  Each first checks that the bytes are
 * there and canonical, then absorbs exactly those bytes; the first failure sets the verdict, and every later call fails
 * without reading.  Since an element has one canonical encoding, absorbing the proof's bytes is absorbing the elements.
 *
 * Invariant: at <= size. */
#include "hash/channel.h"

#include "base/bytes.h"
#include "base/mem.h"

bool gn_reject(struct gn_receiver *r, enum gn_verdict v)
{
    if (r->verdict == GN_ACCEPT) {
        r->verdict = v;
    }
    return false;
}

bool gn_recv_opening(struct gn_receiver *r, const uint8_t **bytes, size_t n)
{
    if (r->verdict != GN_ACCEPT) {
        return false;
    }
    if (n > r->size - r->at) {
        return gn_reject(r, GN_REJECT_TRUNCATED);
    }
    *bytes = r->proof + r->at;
    r->at += n;
    return true;
}

bool gn_recv_exts(struct gn_receiver *r, enum gn_label label, fp6 *x, size_t n)
{
    const uint8_t *bytes = NULL;
    if (n > SIZE_MAX / FP6_BYTES) {
        return gn_reject(r, GN_REJECT_TRUNCATED);
    }
    if (!gn_recv_opening(r, &bytes, n * FP6_BYTES)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!gn_fp6_read(&x[i], bytes + i * FP6_BYTES)) {
            return gn_reject(r, GN_REJECT_NONCANONICAL);
        }
    }
    gn_transcript_absorb(&r->transcript, label, bytes, n * FP6_BYTES);
    return true;
}

bool gn_recv_digest(struct gn_receiver *r, enum gn_label label, digest *d)
{
    const uint8_t *bytes = NULL;
    if (!gn_recv_opening(r, &bytes, GN_DIGEST_BYTES)) {
        return false;
    }
    memcpy(d->b, bytes, GN_DIGEST_BYTES);
    gn_transcript_absorb(&r->transcript, label, bytes, GN_DIGEST_BYTES);
    return true;
}

bool gn_recv_grind(struct gn_receiver *r, unsigned bits)
{
    uint8_t input[GN_DIGEST_BYTES + 8]; /* seed || nonce */
    const uint8_t *nonce = NULL;
    if (r->verdict != GN_ACCEPT || bits == 0) {
        return r->verdict == GN_ACCEPT;
    }
    if (!gn_recv_opening(r, &nonce, 8)) {
        return false;
    }
    gn_transcript_squeeze(&r->transcript, LABEL_GRIND, input, GN_DIGEST_BYTES);
    memcpy(input + GN_DIGEST_BYTES, nonce, 8);
    digest d = gn_blake3_hash_keyed(&gn_key_grind, input, sizeof input);
    uint64_t mask = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
    if ((load_le64(d.b) & mask) != 0) {
        return gn_reject(r, GN_REJECT_GRIND);
    }
    gn_transcript_absorb(&r->transcript, LABEL_NONCE, nonce, 8);
    return true;
}
