/* SPDX-License-Identifier: Apache-2.0 */
/* eq.h - eq, truncated eq and successor at points of F: the verifier's closed forms.  Freestanding.
 * Conventions (low bit first, skipped variables) and formulas: docs/protocol.md sections 0, 7.2 and 9. */
#ifndef GN_POLY_EQ_H
#define GN_POLY_EQ_H

#include "field/fp6.h"

/* Skipped variables of the zerocheck, the low bits of a row: 3, in a large proof 5 (docs/protocol.md section 3.4). */
#define GN_SKIP_MIN_LOG2 3
#define GN_SKIP_MAX_LOG2 5
#define GN_SKIP_MAX      (1 << GN_SKIP_MAX_LOG2)

/* What binding them to u makes of a row: low[b] = L_b(u) for b < 2^log2. */
struct gn_skip {
    unsigned log2;
    fp6 low[GN_SKIP_MAX];
};

fp6 gn_eq1(fp6 a, fp6 b);                             /* ab + (1-a)(1-b) */
fp6 gn_eq(const fp6 *a, const fp6 *b, unsigned n);    /* prod eq1 */
fp6 gn_eq_bits(const fp6 *r, uint64_t x, unsigned n); /* eq(r, bits of x) */
/* extension of [y = x + 1], no wrap; 0 for n = 0 */
fp6 gn_succ(const fp6 *r, const fp6 *y, unsigned n);
void gn_eq_table(fp6 *out, const fp6 *r, unsigned n); /* out[x] = eq(r, x), 2^n entries; small n */

/* Lagrange basis of the subgroup of order 2^log2, its points omega^b, at u; no division, defined for every u. */
void gn_skip_at(struct gn_skip *skip, unsigned log2, fp6 u);

/* T_n of section 7.2: sum over rows x < n of eq(xi, x) times the zerocheck's weight of x at (u, r).
 * xi and r have v >= skip->log2 coordinates (r[0 .. log2) is not read); n <= 2^v. */
fp6 gn_eq_truncated(const fp6 *xi, const fp6 *r, const struct gn_skip *skip, unsigned v, uint64_t n);

#endif
