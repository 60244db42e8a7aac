/* SPDX-License-Identifier: Apache-2.0 */
/* arith.h - products byte by byte: what mul.c, mulh.c and div.c share.
 *
 * x and y are 8 bytes each.  Column j of their product, S_j = sum of x_i y_(j-i), has at most 8 terms, so S_j <= 8 * 255^2 < 2^19.  Limb k is two
 * adjacent columns, P_k = S_2k + 256 S_(2k+1) < 2^27, and the limbs are normalised by
 *
 *     P_k + carry_(k-1) + (a few limbs) = limb_k + 2^16 carry_k             limb_k in range16, carry_k in range12
 *
 * Both sides are below 2^29, so this is an identity of integers, and division by 2^16 with remainder makes limb_k and carry_k unique.  (With carries
 * from a 16-bit range the right side could exceed p: 1 x 1 = p + 1 would pass.)  tests/machines_rv/arith_bounds_test.c computes the bounds. */
#ifndef GN_MACHINES_ARITH_ARITH_H
#define GN_MACHINES_ARITH_ARITH_H

#include "machines/machine.h"

/* x and y have n bytes; bytes beyond are 0. */
expr arith_column(unsigned n, const expr *x, const expr *y, unsigned j);
expr arith_limb(unsigned n, const expr *x, const expr *y, unsigned k);
expr arith_carry(expr total, expr limb); /* (total - limb) / 2^16 */

/* ---- filling ---- */
int64_t arith_limb_value(uint64_t x, uint64_t y, unsigned k); /* P_k */
static inline uint64_t arith_absolute(uint64_t v, uint32_t sign)
{
    return sign != 0 ? -v : v;
}
static inline uint64_t arith_sign_extended(uint64_t v)
{
    return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
}

#endif
