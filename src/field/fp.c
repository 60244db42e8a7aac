/* SPDX-License-Identifier: Apache-2.0 */
/* fp.c - powers, inverses and roots of unity of the base field.  Freestanding; shared by prover and verifier.
 *
 * The multiplicative group has order p - 1 = 127 * 2^24, so subgroups of order 2^d exist up to d = 24.  Their
 * generators omega_d = 3^((p-1)/2^d) satisfy omega_{d+1}^2 = omega_d; the table is checked against this formula by a
 * test. */
#include "field/fp.h"

/* omega_d in Montgomery form: 3^((p-1)/2^d) 2^32 mod p */
static const uint32_t roots[FP_TWO_ADICITY + 1] = {
    0x01fffffe, 0x7d000003, 0x7b020407, 0x60f5ef4d, 0x6d249c01, 0x788529f3, 0x07f7373e, 0x6fe91d3c, 0x3fd49211,
    0x1e056392, 0x6d969bab, 0x439600cc, 0x150276fc, 0x68cacc36, 0x42336c40, 0x019b1972, 0x34e52f6d, 0x1c2eb437,
    0x7cb65829, 0x29306fae, 0x351c7fa7, 0x6e3e9a00, 0x47c2bdf7, 0x0c895820, 0x13c85195,
};

fp gn_fp_pow(fp a, uint64_t e)
{
    fp r = fp_one();
    for (; e != 0; e >>= 1) {
        if (e & 1) {
            r = fp_mul(r, a);
        }
        a = fp_mul(a, a);
    }
    return r;
}

fp gn_fp_inv(fp a)
{
    return gn_fp_pow(a, FP_P - 2);
}

fp gn_fp_root(unsigned log2)
{
    return (fp){log2 <= FP_TWO_ADICITY ? roots[log2] : 0};
}
