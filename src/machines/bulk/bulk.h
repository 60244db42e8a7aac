/* SPDX-License-Identifier: Apache-2.0 */
/* bulk.h - what the bulk machines share: SHA256, KECCAK, POSEIDON2, COPY, FILL; internal to this folder (record.h: what the recorder needs).
 *
 * A bulk instruction is one row of time: a *head* row in a class table of its own, with fetch, state step and register reads, and *body* rows
 * in tables without state (POSEIDON2 has none).  Head and body meet on an internal bus, whose messages begin with the head's ts.  What all of them rest on:
 *
 *   (1) No two heads have the same ts: rows of class tables form one chain of states, along which ts grows (gadgets.c).
 *   (2) So a token that a head pushes is unlike every other head's, and each body row that takes it and passes it on makes the bus carry one token
 *       of that ts still.  Bodies count something from the head's value to the value at which the head takes the token back (rounds up to
 *       24, bytes left down to 0), one way only and without a way around the field; so the rows of a ts are one finite path from head to
 *       head: none is missing, doubled, of another operation, or in a circle of its own.
 *
 * Time: source words are read at ts + MX_SLOT_D, words that change are read and written at ts + MX_SLOT_MEMORY.  Hence an operation reads everything
 * before it writes anything, and no row names a word twice at the same moment: two accesses of a word at one time have no proof, as a token is
 * always taken by a later access.
 *
 * Keys: every (q, c1, c2) on bus `mem` is one that a word table made (memory/memory.h), so rows may name words by an index w = q + 2^13 c1, of which q and
 * c1 are then the only decomposition: w + 1 is the next word, and beyond the last word of a 4 GiB space there is none.
 * Bulk rows are the kernel's, so an address's third limb is c2 itself and the mode of all accesses is the kernel's. */
#ifndef GN_MACHINES_BULK_H
#define GN_MACHINES_BULK_H

#include "machines/bulk/record.h"
#include "machines/memory/memory.h"

/* modes of accesses: the kernel's */
enum { BULK_LOAD = 2 * MX_KERNEL, BULK_STORE = 1 + 2 * MX_KERNEL };

/* Sum of bits b[i] 2^i.  Doubling: additions are cheaper than products with constants. */
expr bulk_pack(const expr *b, unsigned n);
expr bulk_not(expr bit);       /* 1 - bit */
expr bulk_xor(expr x, expr y); /* of bits */

/* A whole word, allowed and replaced at ts + MX_SLOT_MEMORY. */
void bulk_word_write(struct air *t, const struct mx_builder *m, expr ts, const expr key[3], const expr gap[2],
                     expr perm, const expr old[4], const expr new[4]);
/* A word, read at ts + MX_SLOT_D; bytes: so many from byte 0 on are looked up as allowed. */
void bulk_word_read(struct air *t, const struct mx_builder *m, expr ts, const expr key[3], const expr gap[2], expr perm,
                    const expr v[4], expr bytes);
/* The i-th word from (q, c1, c2); carry: NULL for 0, or a bit (asserted here) that says that q wraps, which only one value of it can survive. */
void bulk_key(expr key[3], expr q, expr c1, expr c2, unsigned i, expr carry);

/* Heads that replace n words at the address in ra (KECCAK, POSEIDON2): columns, what is asked of them, cells.  The address is 8 q + 2^16 c1 + 2^32 c2, the limbs of
 * ra's token, where (q, c1, c2) is the key of the first word: so it is a multiple of 8, and below 2^48.  What is written is the caller's to bound. */
#define BULK_STATE(X, n)                                                \
    MX_STEP(X)                                                          \
    X(a_reg, , 7, "register with the address")                          \
    X(a_gap, , 16, "time since its last access, minus one")             \
    X(q, , 13, "address, bits 3 ... 15")                                \
    X(c1, , 16, "address, limb 1")                                      \
    X(c2, , 5, "address, limb 2")                                       \
    X(carry, [(n) - 1], 1, "word i + 1 is beyond the first's 64 KiB")   \
    X(v, [4 * (n)], 16, "the words before")                             \
    X(w, [4 * (n)], 16, "the words after")                              \
    X(gap, [2 * (n)], 16, "times since their last accesses, minus one") \
    X(perm, [n], 7, "what may be done with them")
struct bulk_state_vars {
    expr pc, ts, inc, a_reg, a_gap, q, c1, c2;
    const expr *carry, *v, *w, *gap, *perm;
};
struct bulk_state_cells {
    uint32_t *pc, *ts, *inc, *a_reg, *a_gap, *q, *c1, *c2;
    uint32_t *const *carry, *const *v, *const *w, *const *gap, *const *perm;
};
/* the columns of BULK_STATE among r's */
#define BULK_STATE_OF(r) \
    {(r).pc, (r).ts, (r).inc, (r).a_reg, (r).a_gap, (r).q, (r).c1, (r).c2, (r).carry, (r).v, (r).w, (r).gap, (r).perm}
void bulk_state_declare(struct air *t, const struct mx_builder *m, enum mx_class class, unsigned n,
                        const struct bulk_state_vars *s);
void bulk_state_put(struct mx_filler *f, const struct bulk_state_cells *c, size_t row, unsigned n,
                    const struct mx_record *r, const struct bulk_access *words);

/* Filling: the cells and lookups of bulk_word_write and bulk_word_read, for all 8 bytes; columns: v[4], gap[2], perm of an access. */
void bulk_put_access(struct mx_filler *f, uint32_t *const *v, uint32_t *const *gap, uint32_t *perm, size_t row,
                     const struct bulk_access *a, unsigned mode);
void bulk_put_gap(struct mx_filler *f, uint32_t *const *gap, uint32_t *perm, size_t row,
                  const struct bulk_access *a); /* all but v and the lookup in access */

#endif
