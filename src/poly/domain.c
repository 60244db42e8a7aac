/* SPDX-License-Identifier: Apache-2.0 */
/* domain.c - the evaluation points of a code word.  Freestanding; shared by prover and verifier.
 *
 * Bit i of the position j is bit d-1-i of rev_d(j), and omega_d^(2^(d-1-i)) = omega_{i+1}: the point of j is the
 * product of omega_{i+1} over the one bits of j, whatever d is.  So a shorter code's points are a prefix of a longer
 * one's. */
#include "poly/ntt.h"

fp gn_ntt_point(uint32_t j, unsigned d)
{
    fp x = fp_one();
    for (unsigned i = 0; i < d && i < FP_TWO_ADICITY; i++) {
        if (j >> i & 1) {
            x = fp_mul(x, gn_fp_root(i + 1));
        }
    }
    return x;
}
