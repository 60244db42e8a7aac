/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.c - building and opening Merkle trees; the prover's side of merkle.h.  docs/protocol.md section 2.
 *
 * The tree is built in pieces: a chunk of the parallel loop hashes SUBTREE rows and goes on up to the root of their
 * subtree while the digests are in cache; what is left above is small.  Every node is a function of the rows alone, so
 * the pieces do not show. */
#include "pcs/merkle.h"

#include <string.h>

#include "base/bytes.h"

#define SUBTREE_LOG2 10

struct commit {
    digest *tree;
    const uint32_t *const *columns;
    size_t columns_n;
    unsigned rows_log2;
    enum gn_isa isa;
};

/* Hashes the nodes above the 2^width_log2 nodes of level `level` (node numbers 2^level and up) that start at `at`,
 * `levels` levels up. */
static void hash_up(digest *tree, unsigned level, size_t at, size_t width, unsigned levels, enum gn_isa isa)
{
    for (; levels > 0; levels--) {
        const digest *in = tree + ((size_t)1 << level) + at;
        level--;
        at /= 2;
        width /= 2;
        gn_blake3_pairs(tree + ((size_t)1 << level) + at, &gn_key_node, in, width, isa);
    }
}

static void commit_subtrees(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct commit *c = ctx;
    (void)worker;
    unsigned levels = c->rows_log2 < SUBTREE_LOG2 ? c->rows_log2 : SUBTREE_LOG2;
    size_t width = (size_t)1 << levels;
    for (size_t i = begin; i < end; i++) {
        gn_blake3_rows(c->tree + ((size_t)1 << c->rows_log2), &gn_key_leaf, c->columns, c->columns_n, i * width,
                       (i + 1) * width, c->isa);
        hash_up(c->tree, c->rows_log2, i * width, width, levels, c->isa);
    }
}

void gn_merkle_commit(digest *tree, const uint32_t *const *columns, size_t columns_n, unsigned rows_log2,
                      const struct gn_work *w)
{
    struct commit c = {tree, columns, columns_n, rows_log2, w->isa};
    unsigned above = rows_log2 < SUBTREE_LOG2 ? 0 : rows_log2 - SUBTREE_LOG2; /* levels above the subtrees */
    memset(&tree[0], 0, sizeof tree[0]);
    gn_pool_for(w->pool, (size_t)1 << above, 1, commit_subtrees, &c);
    hash_up(tree, above, 0, (size_t)1 << above, above, w->isa);
}

/* Sorts and removes duplicates; returns how many are left.  n is small: insertion keeps the array sorted and distinct
 * throughout. */
static size_t sort_distinct(uint32_t *out, const uint32_t *indices, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = count;
        while (at > 0 && out[at - 1] > indices[i]) {
            at--;
        }
        if (at > 0 && out[at - 1] == indices[i]) {
            continue;
        }
        memmove(out + at + 1, out + at, (count - at) * sizeof *out);
        out[at] = indices[i];
        count++;
    }
    return count;
}

static void send_row(struct gn_sender *s, const uint32_t *const *columns, size_t columns_n, uint32_t row)
{
    uint8_t bytes[4 * GN_MERKLE_MAX_WORDS];
    for (size_t w = 0; w < columns_n; w++) {
        store_le32(bytes + 4 * w, columns[w][row]);
    }
    gn_send_opening(s, bytes, 4 * columns_n);
}

void gn_merkle_open(struct gn_sender *s, const digest *tree, const uint32_t *const *columns, size_t columns_n,
                    unsigned rows_log2, const uint32_t *indices, size_t n)
{
    uint32_t known[GN_MERKLE_MAX_QUERIES];
    size_t count = sort_distinct(known, indices, n);
    for (size_t i = 0; i < count; i++) {
        send_row(s, columns, columns_n, known[i]);
    }
    for (unsigned level = rows_log2; level > 0; level--) {
        size_t up = 0;
        for (size_t i = 0; i < count; up++) {
            bool pair = i + 1 < count && known[i + 1] == (known[i] ^ 1);
            if (!pair) {
                const digest *sibling = &tree[((size_t)1 << level) + (known[i] ^ 1)];
                gn_send_opening(s, sibling->b, sizeof sibling->b);
            }
            known[up] = known[i] >> 1;
            i += pair ? 2 : 1;
        }
        count = up;
    }
}
