/* SPDX-License-Identifier: Apache-2.0 */
/* ntt.h - number-theoretic transforms of cells (canonical in, canonical out).
 *
 * gn_ntt_encode evaluates f(X) = sum_{x < 2^in} a[x] X^x at omega_d^{rev_d(j)}, j < 2^d: decimation in frequency,
 * natural order in, bit-reversed order out, so no permutation pass exists.  a has 2^in cells (in <= d <= 24), out has
 * 2^d; they may be the same address (the first 2^in cells of out). */
#ifndef GN_POLY_NTT_H
#define GN_POLY_NTT_H

#include <stddef.h>
#include <stdint.h>

#include "base/work.h"
#include "field/fp.h"

struct gn_twiddles; /* tables for all sizes up to 2^max; immutable, shared by threads */

GN_NODISCARD enum gn_status gn_twiddles_create(struct gn_twiddles **t, unsigned max_log2, struct gn_error *err);
void gn_twiddles_destroy(struct gn_twiddles *t);

void gn_ntt_encode(uint32_t *out, const uint32_t *a, unsigned in_log2, unsigned d, const struct gn_twiddles *t,
                   enum gn_isa isa);

/* The same for a column of bits, packed (poly/vector.h); in >= NTT_BITS_MIN_LOG2. */
#define NTT_BITS_MIN_LOG2 9
void gn_ntt_encode_bits(uint32_t *out, const uint32_t *bits, unsigned in_log2, unsigned d, const struct gn_twiddles *t,
                        enum gn_isa isa);

/* columns_n transforms in parallel; out[c] and in[c] as above */
void gn_ntt_encode_columns(uint32_t *const *out, const uint32_t *const *in, size_t columns_n, unsigned in_log2,
                           unsigned d, const struct gn_twiddles *t, struct gn_pool *pool, enum gn_isa isa);

/* the point of position j: omega_d^{rev_d(j)} (freestanding; used by the verifier) */
fp gn_ntt_point(uint32_t j, unsigned d);

#endif
