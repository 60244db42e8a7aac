/* SPDX-License-Identifier: Apache-2.0 */
/* prove.h - setup and prove. */
#ifndef GN_PROOF_PROVE_H
#define GN_PROOF_PROVE_H

#include "air/witness.h"
#include "gnomon/prover.h"
#include "proof/shape.h"

/* Called now and then with a step's name and the share done (0..1000 of the whole proof); a nonzero answer cancels. */
typedef int gn_progress_fn(void *ctx, const char *step, unsigned permille);

/* One for a single proof, which then takes less memory. */
GN_NODISCARD struct gn_prover *gn_prover_new_once(void);

/* What a prover lends to whoever fills the witness of the next proof: threads (0: all), and an arena of at least so many bytes, empty. */
GN_NODISCARD enum gn_status gn_prover_lend(struct gn_work *out, struct gn_prover *prover, size_t bytes,
                                           unsigned threads, struct gn_error *err);

/* The next proof will take at least so many bytes: touches 2 MiB of them that have not been touched.  False if there are none.  For a thread
 * that has nothing else to do, while nobody else uses the prover. */
bool gn_prover_warm(struct gn_prover *prover, size_t bytes);
bool gn_prover_is_cold(const struct gn_prover *prover, size_t bytes); /* would it touch something? */

struct gn_prepared; /* proof/prepared.h */

struct gn_prove_options {
    struct gn_prover *prover;           /* NULL: memory and threads are taken for this proof and given back */
    const struct gn_prepared *prepared; /* the key's preprocessed columns, committed; NULL: they are committed here */
    unsigned threads;                   /* 0: all */
    struct gn_pool *pool;               /* gn_prepare: works there; NULL: in `threads` threads of its own */
    enum gn_isa isa;
    uint64_t max_memory;      /* bytes; 0: no limit */
    gn_progress_fn *progress; /* may be NULL */
    void *progress_ctx;
    gn_transcript_observer *observer; /* tests and measurements */
    void *observer_ctx;
};

/* Commits the preprocessed columns (pre, pre_pages as in struct air_witness) and writes the key record.
 * Deterministic. */
GN_NODISCARD enum gn_status gn_setup(uint8_t record[GN_KEY_BYTES], const struct air_system *s, uint32_t preset,
                                     const uint32_t *const *const *pre, const uint32_t *pre_pages,
                                     const uint8_t owner[GN_KEY_OWNER_BYTES], const struct gn_prove_options *options,
                                     struct gn_error *err);

/* Bytes of memory that proving these heights takes at least, with that many threads (0: all), witness not included. */
GN_NODISCARD enum gn_status gn_prove_footprint(uint64_t *bytes, const uint8_t record[GN_KEY_BYTES],
                                               const struct air_witness *w, unsigned threads, struct gn_error *err);

/* proof is appended to (empty on entry; left empty on failure). */
GN_NODISCARD enum gn_status gn_prove(struct gn_buffer *proof, const uint8_t record[GN_KEY_BYTES],
                                     const struct air_witness *witness, const struct gn_prove_options *options,
                                     struct gn_error *err);

#endif
