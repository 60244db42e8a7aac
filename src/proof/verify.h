/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - the verifier.  Freestanding C17: no allocation, no libc beyond memcpy and memset, frames below 4 KiB, no
 * recursion.  With what it includes it is the trusted base of the engine (SOUNDNESS.md). */
#ifndef GN_PROOF_VERIFY_H
#define GN_PROOF_VERIFY_H

#include "air/witness.h"
#include "base/verdict.h"
#include "proof/shape.h"

/* Scratch that verifying any proof for this machine needs. */
size_t gn_verify_scratch(const struct air_system *s);

/* key_id is the caller's trust anchor; statement is what the proof is claimed to say.  Total: any proof bytes give a
 * verdict. */
enum gn_verdict gn_verify(const struct air_system *s, const digest *key_id, const struct air_statement *statement,
                          const uint8_t *proof, size_t proof_n, void *scratch, size_t scratch_n);

/* The same for what stands behind the key record, the record given apart: for containers that have a header of their own. */
enum gn_verdict gn_verify_body(const struct air_system *s, const digest *key_id, const uint8_t record[GN_KEY_BYTES],
                               const struct air_statement *statement, const uint8_t *body, size_t body_n, void *scratch,
                               size_t scratch_n);

/* The same as gn_verify with an observer on the transcript (tests). */
enum gn_verdict gn_verify_observed(const struct air_system *s, const digest *key_id,
                                   const struct air_statement *statement, const uint8_t *proof, size_t proof_n,
                                   void *scratch, size_t scratch_n, gn_transcript_observer *observer,
                                   void *observer_ctx);

#endif
