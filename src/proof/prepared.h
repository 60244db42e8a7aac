/* SPDX-License-Identifier: Apache-2.0 */
/* prepared.h - the preprocessed columns of a key, encoded and hashed: what setup makes, and what every proof under the key opens.  It depends on no run, so
 * who sets up and proves, or proves several times, makes it once; and it may be made while a run is still executed. */
#ifndef GN_PROOF_PREPARED_H
#define GN_PROOF_PREPARED_H

#include "pcs/pcs.h"
#include "proof/prove.h"

struct gn_prepared;
/* pre, pre_pages as in struct air_witness; the cells must outlive it.  Deterministic.  Errors as of gn_setup. */
GN_NODISCARD enum gn_status gn_prepare(struct gn_prepared **out, const struct air_system *s, uint32_t preset,
                                       const uint32_t *const *const *pre, const uint32_t *pre_pages,
                                       const struct gn_prove_options *options, struct gn_error *err);
void gn_prepared_free(struct gn_prepared *p);
/* The key record, as gn_setup writes it. */
void gn_prepared_record(uint8_t record[GN_KEY_BYTES], const struct gn_prepared *p,
                        const uint8_t owner[GN_KEY_OWNER_BYTES]);
/* The commitment as one of this layout (which says what pages join); it belongs to p.  False: the layout is of other columns. */
GN_NODISCARD bool gn_prepared_take(struct pcs_commitment *out, const struct gn_prepared *p,
                                   const struct pcs_layout *layout);

#endif
