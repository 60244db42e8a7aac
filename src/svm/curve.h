/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h - is a 32-byte string a point of the Edwards curve?  The answer with its witness: a hint for the Solana kernel (docs/statement.md, section 2).
 *
 * Curve: -x^2 + y^2 = 1 + d x^2 y^2 over p = 2^255 - 19, d = -121665/121666.  y is the lower 255 bits of the string, reduced; the sign bit has no say. */
#ifndef GN_SVM_CURVE_H
#define GN_SVM_CURVE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/solana/abi.h"

/* true: y belongs to a point, and the hint is its x.  false: the hint is w with w^2 v = 2 u, and bit 255. */
bool gn_svm_curve_hint(struct gn_sol_hint *hint, const uint8_t y[32]);

#endif
