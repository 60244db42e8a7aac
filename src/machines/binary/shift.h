/* SPDX-License-Identifier: Apache-2.0 */
/* shift.h - what the shift tables share (shift_left.c, shift_right.c, shift_word.c).
 *
 * Every shift is a part of the product a 2^n: a << s is its low half for n = s, a >> s its high half for n = 64 - s (32 - s in W
 * forms).  n = r + 8 (whole bytes), r from 0 to 7, or 1 to 8 for right shifts.  The bits: a 2^r = y, limb by limb,
 *
 *     a_i 2^r + carry_(i-1) = y_i + 2^16 carry_i          both sides below 2^25, so this is an identity of integers
 *
 * with a_i from a token, 2^r <= 256 from the Rom (or proven), and y's bytes and the carries looked up as bytes.  Division with
 * remainder is unique, hence so are y_i and carry_i; the last carry is y's ninth byte.  The bytes: the result is a window of y, chosen by selectors.
 *
 * Distances come from the Rom (immediates), or are proven from the low limb of b bit by bit: b_0 = s + 64 u, u in range16, so
 * below 2^16 + 2^22: integers again. */
#ifndef GN_MACHINES_BINARY_SHIFT_H
#define GN_MACHINES_BINARY_SHIFT_H

#include "machines/machine.h"

/* 64-bit forms: n = r + 8 byte + 16 limb */
#define SHIFT_DISTANCE(X)                  \
    X(power, , 9, "2^r")                   \
    X(byte, , 1, "an odd number of bytes") \
    X(limb, [3], 1, "limbs: 1, 2, 3 (one-hot)")
struct shift_distance {
    expr power, byte, limb[3];
};
/* Proven forms: bits of r (for right shifts of r - 1) */
#define SHIFT_BITS(X) X(bits, [3], 1, "bits of r (right: r - 1)")

/* limb i of the result, from the window of 15 bytes that holds y at distance 0: window[7 + j] is byte j of the result then. */
void shift_window(expr out[4], const struct shift_distance *d, const expr window[15]);
/* Asserts that bits and byte are bits and far one-hot (or 0); *power = 2^bits.  Returns n = bits + 8 byte + 16 (far[0] + 2 far[1] + 3 far[2]), or
 * bits + 8 (...) if byte is NULL. */
expr shift_prove_distance(const expr bits[3], expr byte, const expr far[3], expr *power);
/* Looks up that count - s, count a limb, is a multiple of `width` */
void shift_prove_count(struct air *t, const struct mx_builder *m, expr count, expr s, unsigned width);

/* ---- filling ---- */
/* n without the 1 that right shifts add to r */
void shift_encode_distance(struct mx_rom_row *row, unsigned n, bool right); /* x0 ... x4 */
/* the cells of shift_prove_distance (but `power`), the lookup of shift_prove_count */
struct shift_distance_cells {
    uint32_t *const *bits, *byte, *const *far; /* byte: NULL as above */
};
void shift_put_distance(struct mx_filler *f, const struct shift_distance_cells *c, size_t row, uint64_t count,
                        unsigned n, unsigned width);
/* y = a 2^r: its nine bytes; counts the lookups of limbs_n limbs: bytes of y and carries, in pairs */
void shift_put_product(struct mx_filler *f, uint8_t y[9], uint64_t a, unsigned r, unsigned limbs_n);

#endif
