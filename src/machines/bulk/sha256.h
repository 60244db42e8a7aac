/* SPDX-License-Identifier: Apache-2.0 */
/* sha256.h - the rows of a SHA-256 block, shared by declaration and filler; internal to sha256*.c.
 *
 * A block has 17 rows.  Row `index` 0 holds the state before the block, row index 1 ... 16 the results of rounds 4 index - 4 ... 4 index - 1 and the
 * message words of the same numbers.  The table has them in descending order, 16 ... 0, so that a row's `next` is what came before it.
 *
 * word j of a row: a[32 j ...], e[32 j ...], w[32 j ...] are the bits of what round 4 index - 4 + j gave for a and e, and of its message word.
 * In row 0 the words are d, c, b, a and h, g, f, e.  Limbs come in pairs, low first: x[2 j], x[2 j + 1] of word j. */
#ifndef GN_MACHINES_BULK_SHA256_H
#define GN_MACHINES_BULK_SHA256_H

#include "base/sha256.h"
#include "machines/bulk/bulk.h"

enum { SHA_ROWS = 17, SHA_LAST = 16 };

#define SHA_ROWS_COLUMNS(X)                                                                        \
    X(ts, , 24, "the operation's time")                                                            \
    X(index, , 5, "row of the block, from 16 down to 0")                                           \
    X(active, , 1, "index > 0: rounds are computed")                                               \
    X(load, , 1, "index 1 ... 4: message words are the block's")                                   \
    X(full, , 1, "index 4 ... 15: v is for message words that are computed")                       \
    X(last, , 1, "index 16: the result")                                                           \
    X(k, [8], 31, "constants of the four rounds; row 0: what makes e right")                       \
    X(a, [128], 1, "bits of a")                                                                    \
    X(e, [128], 1, "bits of e")                                                                    \
    X(w, [128], 1, "bits of message words")                                                        \
    X(a0, [2], 16, "word 0 of a")                                                                  \
    X(e0, [2], 16, "word 0 of e")                                                                  \
    X(t2, [8], 31, "Sigma0 + Maj of the four rounds")                                              \
    X(e_trit, [8], 2, "carries of e are e_trit + 3 e_bit: 0 ... 5")                                \
    X(e_bit, [8], 1, "")                                                                           \
    X(a_carry, [16], 1, "carries of a, plus one, two bits each")                                   \
    X(w_carry, [16], 1, "carries of message words, two bits each")                                 \
    X(s1, [4], 16, "sigma1 of message words 2, 3")                                                 \
    X(s0, [2], 16, "sigma0 of message word 0")                                                     \
    X(p, [8], 31, "for the words 16 further: W(i - 16) + sigma0(W(i - 15)), the latter for j < 3") \
    X(u1, [8], 31, "of the row before, with sigma0 for j = 3")                                     \
    X(u2, [8], 31, "of the row before, with W(i - 7) for j < 3")                                   \
    X(v, [8], 31, "of the row before, with W(i - 7) for j = 3; for the next words")

struct sha_rows_vars {
    SHA_ROWS_COLUMNS(AIR_EXPR)
};
struct sha_rows_cols {
    SHA_ROWS_COLUMNS(AIR_CELLS)
};

void sha_rows_fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end);

#endif
