/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - what COPY and FILL share; internal to copy*.c and fill*.c.
 *
 * Bus `copy`: (ts, left, shift, source, c2, target, c2, offset, fresh, 8 bytes pending): `left` bytes are to be written from byte `offset` of word `target` on;
 * `source` is the word whose bytes complete the target, pending are the bytes of the word before it (0 if that is not needed, or if
 * fresh = 1: the next row reads it itself); byte k of the target is byte k + shift of the two.  Words are numbers q + 2^13 c1.
 * Bus `fill`: (ts, left, byte, target, c2, offset).
 *
 * A row takes a token with `left` and puts one with left - count, 1 <= count <= 8; the head gives left = n and takes left = 0.  The bound `bulk` says that all these
 * rows together take less than p - 2^24, so from n < 2^24 they get to 0 only by arriving there exactly: what is written are n bytes, none twice. */
#ifndef GN_MACHINES_BULK_COPY_H
#define GN_MACHINES_BULK_COPY_H

#include "machines/bulk/bulk.h"

struct copy_token {
    expr left, shift, source, source_c2, target, target_c2, offset, fresh;
    expr pending[8]; /* all NULL: 0 */
};
/* sign: 1 push, -1 pull */
void copy_send(struct air *t, const struct mx_builder *m, int sign, expr when, expr ts, const struct copy_token *token);
struct fill_token {
    expr left, byte, target, target_c2, offset;
};
void fill_send(struct air *t, const struct mx_builder *m, int sign, expr when, expr ts, const struct fill_token *token);

/* A table of rows that write: its part of the bound. */
void copy_bound(struct air *t, const struct mx_builder *m);

/* ---- the heads' operands ---- */
#define COPY_ADDRESS(X, p)              \
    X(p, [4], 16, "address")            \
    X(p##_q, , 13, "its bits 3 ... 15") \
    X(p##_offset, , 3, "its bits 0 ... 2")
/* v[0] = 8 q + offset, looks q's bound up; the caller bounds offset by a lookup of 32 offset among bytes.  If `used` (a bit), v[3] = 0.  Returns the word's number. */
expr copy_address(struct air *t, const struct mx_builder *m, const expr v[4], expr q, expr offset, expr used);
/* used = (n > 0), where n = b[0] + 2^16 b[1] < 2^24; returns n */
expr copy_length(struct air *t, const struct mx_builder *m, const expr b[2], expr inverse, expr used);

#define COPY_PUT_ADDRESS(f, c, row, p, v)                                                                       \
    (mx_put_limbs((c).p, row, v), (c).p##_q[row] = mx_limb(v, 0) >> 3, (c).p##_offset[row] = mx_limb(v, 0) & 7, \
     mx_count_range16(f, mx_limb(v, 0) >> 3))

/* ---- edges: rows that write bytes offset ... end - 1 of their target ---- */
#define COPY_MASK(X)                                            \
    X(start, [8], 1, "one-hot: first byte written")             \
    X(end, [8], 1, "one-hot: last byte written")                \
    X(to, [8], 8, "bytes of the target before")                 \
    X(to_gap, [2], 16, "time since its last access, minus one") \
    X(to_perm, , 7, "what may be done with it")                 \
    X(to_q, , 13, "target, bits 3 ... 15")                      \
    X(to_c1, , 16, "target, limb 1")                            \
    X(to_c2, , 5, "target, limb 2")
struct copy_mask {
    expr offset, end, count; /* first byte written, first one not written, how many: 1 ... 8 */
    expr bit[8];             /* is it written? */
};
/* Also: the row ends the target, or the operation. */
void copy_mask(struct copy_mask *out, struct air *t, const expr start[8], const expr end[8], expr left);
/* The target: byte k becomes x[k] where bit[k] is 1.  mx_bytes for all bytes before. */
void copy_edge_write(struct air *t, const struct mx_builder *m, expr ts, const struct copy_mask *mask, const expr to[8],
                     const expr key[3], const expr gap[2], expr perm, const expr x[8]);
/* bytes to limbs */
void copy_limbs(expr out[4], const expr bytes[8]);
void copy_split(struct air *t, const struct mx_builder *m, const expr bytes[8]); /* all in `bytes` */

void copy_put_bytes(struct mx_filler *f, uint32_t *const bytes[8], size_t row, uint64_t v); /* counted */
/* cells of COPY_MASK; c: a struct of AIR_CELLS */
#define COPY_PUT_MASK(f, c, row, rec)                                                  \
    do {                                                                               \
        (c).start[(rec)->offset][row] = 1;                                             \
        (c).end[(rec)->offset + (rec)->count - 1][row] = 1;                            \
        copy_put_bytes(f, (c).to, row, (rec)->to.w.before);                            \
        COPY_PUT_KEY(c, row, to, (rec)->target, (rec)->target_c2);                     \
        bulk_put_gap(f, (c).to_gap, (c).to_perm, row, &(rec)->to);                     \
        mem_count_allowed(f, (rec)->offset, (rec)->count, BULK_STORE, (rec)->to.perm); \
    } while (0)
#define COPY_PUT_KEY(c, row, p, word, space) \
    ((c).p##_q[row] = (word) & 0x1fff, (c).p##_c1[row] = (word) >> 13, (c).p##_c2[row] = (space))

static inline expr copy_word(expr q, expr c1)
{
    return add(q, mulk(c1, 1 << 13));
}

#endif
