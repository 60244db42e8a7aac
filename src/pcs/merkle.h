/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.h - Merkle tree over the rows of a column-major matrix, opened at many indices at once.  docs/protocol.md
 * section 2.
 *
 * A leaf is the hash of one whole row, so one opening shows every column at its index.  An opening of several indices
 * is one pruned tree: every row once, and only those siblings that cannot be computed from what is known.  The root
 * binds all that an opening carries, so none of it is absorbed.
 *
 * A tree is an array of gn_merkle_nodes(rows_log2) digests: node 1 is the root, the children of node k are 2k and 2k +
 * 1, leaf j is node 2^rows_log2 + j; node 0 is unused. */
#ifndef GN_PCS_MERKLE_H
#define GN_PCS_MERKLE_H

#include "base/scratch.h"
#include "base/work.h"
#include "hash/channel.h"

#define GN_MERKLE_MAX_LOG2     24    /* rows_log2 <= this */
#define GN_MERKLE_MAX_WORDS    256   /* 1 <= words of a row <= this: a row is one BLAKE3 chunk */
#define GN_MERKLE_MAX_QUERIES  256   /* n <= this */
#define GN_MERKLE_RECV_SCRATCH 16384 /* bytes that gn_merkle_recv takes from its scratch, and gives back */

static inline size_t gn_merkle_nodes(unsigned rows_log2)
{
    return (size_t)2 << rows_log2;
}

/* ---- prover ---- */

/* gn_merkle_commit fills the tree over the 2^rows_log2 rows (columns[0][j], ..., columns[columns_n - 1][j]) of
 * canonical cells.  Parallel over w->pool; takes nothing from w->arena.  The tree does not depend on the number of
 * threads or on the ISA. */
void gn_merkle_commit(digest *tree, const uint32_t *const *columns, size_t columns_n, unsigned rows_log2,
                      const struct gn_work *w);

/* gn_merkle_open appends the opening of the n indices (any order, duplicates allowed, each < 2^rows_log2) to the proof;
 * n = 0 appends nothing. */
void gn_merkle_open(struct gn_sender *s, const digest *tree, const uint32_t *const *columns, size_t columns_n,
                    unsigned rows_log2, const uint32_t *indices, size_t n);

/* ---- verifier; freestanding, merkle_verify.c ---- */

/* gn_merkle_recv reads that opening from the proof and recomputes the root from it.  When it returns true, rows_out[i *
 * words .. + words) is the row at indices[i], for every i in the order given (a duplicate index has its row twice),
 * every word canonical.  Otherwise it returns false with r->verdict set: REJECT_TRUNCATED, REJECT_NONCANONICAL,
 * REJECT_MERKLE, or REJECT_SCRATCH when s has less than GN_MERKLE_RECV_SCRATCH bytes; rows_out then holds anything.
 *
 * rows_log2, words and n come from the checked shape, within the limits above, and indices from the transcript, each <
 * 2^rows_log2 (as gn_transcript_indices gives them); a call outside of these ranges is refused with REJECT_MERKLE.  n =
 * 0 reads and checks nothing. Total on any proof bytes; takes at most n (4 words + 32 rows_log2) bytes of proof;
 * s->used is as before on return. */
GN_NODISCARD bool gn_merkle_recv(struct gn_receiver *r, const digest *root, unsigned rows_log2, uint32_t words,
                                 const uint32_t *indices, size_t n, uint32_t *rows_out, struct gn_scratch *s);

#endif
