/* SPDX-License-Identifier: Apache-2.0 */
/* channel_send.c - the prover's end of the channel: whatever is absorbed is appended to the proof in the same bytes.
 *
 * A failed append (no memory) is sticky in the buffer and found by the caller at the end; the transcript goes on. */
#include "hash/channel.h"

#include <stdatomic.h>
#include <string.h>

#include "base/bytes.h"

/* Nonces per chunk and per loop over the pool: a chunk is about 0.2 ms of work, a loop ends soon after its first hit.
 */
#define GRIND_CHUNK ((size_t)1 << 14)
#define GRIND_LOOP  ((size_t)1 << 20)

void gn_send_exts(struct gn_sender *s, enum gn_label label, const fp6 *x, size_t n)
{
    uint8_t bytes[FP6_BYTES];
    gn_transcript_absorb_begin(&s->transcript, label, n * FP6_BYTES);
    for (size_t i = 0; i < n; i++) {
        gn_fp6_write(bytes, x[i]);
        gn_transcript_absorb_part(&s->transcript, bytes, sizeof bytes);
        gn_buffer_append(s->proof, bytes, sizeof bytes);
    }
}

void gn_send_digest(struct gn_sender *s, enum gn_label label, const digest *d)
{
    gn_transcript_absorb(&s->transcript, label, d->b, sizeof d->b);
    gn_buffer_append(s->proof, d->b, sizeof d->b);
}

void gn_send_opening(struct gn_sender *s, const void *bytes, size_t n)
{
    gn_buffer_append(s->proof, bytes, n);
}

struct grind {
    const digest *seed;
    uint64_t first;
    unsigned bits;
    enum gn_isa isa;
    atomic_uint_fast64_t best; /* smallest offset found in this loop, GRIND_LOOP before */
};

static void grind_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct grind *g = ctx;
    (void)worker;
    uint_fast64_t best = atomic_load(&g->best);
    if (best < begin) {
        return; /* nothing here can be the smallest */
    }
    uint64_t found = gn_blake3_grind(g->seed, g->first + begin, end - begin, g->bits, g->isa) - g->first;
    if (found == end) {
        return;
    }
    while (found < best && !atomic_compare_exchange_weak(&g->best, &best, found)) {
    }
}

/* The smallest nonce there is, for any number of threads: a chunk is skipped only when a smaller nonce is already
 * known. */
static uint64_t smallest_nonce(const digest *seed, unsigned bits, struct gn_pool *pool, enum gn_isa isa)
{
    struct grind g = {.seed = seed, .first = 0, .bits = bits, .isa = isa};
    for (;;) {
        atomic_store(&g.best, GRIND_LOOP);
        gn_pool_for(pool, GRIND_LOOP, GRIND_CHUNK, grind_chunk, &g);
        uint64_t best = atomic_load(&g.best);
        if (best < GRIND_LOOP) {
            return g.first + best;
        }
        g.first += GRIND_LOOP;
    }
}

void gn_send_grind(struct gn_sender *s, unsigned bits, struct gn_pool *pool, enum gn_isa isa)
{
    digest seed;
    uint8_t nonce[8];
    if (bits == 0) {
        return;
    }
    gn_transcript_squeeze(&s->transcript, LABEL_GRIND, seed.b, sizeof seed.b);
    store_le64(nonce, smallest_nonce(&seed, bits, pool, isa));
    gn_transcript_absorb(&s->transcript, LABEL_NONCE, nonce, sizeof nonce);
    gn_buffer_append(s->proof, nonce, sizeof nonce);
}
