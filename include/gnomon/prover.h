/* SPDX-License-Identifier: Apache-2.0 */
/* prover.h - memory and threads that outlive a proof (gnomon.h: struct gn_options). */
#ifndef GNOMON_PROVER_H
#define GNOMON_PROVER_H

#include "gnomon/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a process that makes many proofs keeps between them: memory that is already mapped and zeroed by the system,
 * threads, twiddle tables.  A first touch of memory costs more than the work done in it.  One proof at a time. */
struct gn_prover;
GN_API GN_NODISCARD struct gn_prover *gn_prover_new(void); /* NULL: no memory */
GN_API void gn_prover_free(struct gn_prover *prover);

#ifdef __cplusplus
}
#endif

#endif
