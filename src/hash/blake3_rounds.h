/* SPDX-License-Identifier: Apache-2.0 */
/* blake3_rounds.h - the seven rounds of the compression function, unrolled, on words of any width; freestanding.
 *
 * BLAKE3_ROUNDS(v, m) calls mix(a, b, c, d, x, y), which the including file defines on pointers to its kind of word:
 * uint32_t in blake3.c, lanes in blake3_kernel.c.  A round mixes the four columns of the state v, then its four
 * diagonals.  The message words of round r are the permutation (2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8) applied r times
 * to 0 ... 15; written out, every index is a constant and the state stays in registers.
 *
 * Source: the BLAKE3 paper, section 2.2, tables 1 and 2. */
#ifndef GN_HASH_BLAKE3_ROUNDS_H
#define GN_HASH_BLAKE3_ROUNDS_H

/* clang-format off */
#define BLAKE3_ROUND(v, m, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15) \
    mix(&(v)[0], &(v)[4], &(v)[8], &(v)[12], (m)[m0], (m)[m1]);    \
    mix(&(v)[1], &(v)[5], &(v)[9], &(v)[13], (m)[m2], (m)[m3]);    \
    mix(&(v)[2], &(v)[6], &(v)[10], &(v)[14], (m)[m4], (m)[m5]);   \
    mix(&(v)[3], &(v)[7], &(v)[11], &(v)[15], (m)[m6], (m)[m7]);   \
    mix(&(v)[0], &(v)[5], &(v)[10], &(v)[15], (m)[m8], (m)[m9]);   \
    mix(&(v)[1], &(v)[6], &(v)[11], &(v)[12], (m)[m10], (m)[m11]); \
    mix(&(v)[2], &(v)[7], &(v)[8], &(v)[13], (m)[m12], (m)[m13]);  \
    mix(&(v)[3], &(v)[4], &(v)[9], &(v)[14], (m)[m14], (m)[m15])

#define BLAKE3_ROUNDS(v, m)                                                     \
    do {                                                                        \
        BLAKE3_ROUND(v, m, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); \
        BLAKE3_ROUND(v, m, 2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8); \
        BLAKE3_ROUND(v, m, 3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1); \
        BLAKE3_ROUND(v, m, 10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6); \
        BLAKE3_ROUND(v, m, 12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4); \
        BLAKE3_ROUND(v, m, 9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7); \
        BLAKE3_ROUND(v, m, 11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13); \
    } while (0)
/* clang-format on */

#endif
