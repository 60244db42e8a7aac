/* SPDX-License-Identifier: Apache-2.0 */
/* merkle_verify.c - reads an opening and recomputes the root from it.  docs/protocol.md section 2.  Freestanding.
 *
 * The verifier keeps the known nodes of one level, positions strictly ascending, and goes up level by level: two known
 * siblings are joined, a node whose sibling is not known takes the next digest of the proof.  Which digests are read is
 * decided by the indices alone, so an opening has one length and one meaning; whoever changes any byte of it and still
 * reaches the root has found a collision.
 *
 * A leaf and a node are hashed under different keys and d is not taken from the proof, so a node cannot be passed off
 * as a leaf or the reverse.
 *
 * Invariant: count <= n <= 256, and count >= 1 at every level, so the loops are bounded and level 0 is the root
 * alone. */
#include "pcs/merkle.h"

#include "base/bytes.h"
#include "base/mem.h"

struct known {
    uint32_t order[GN_MERKLE_MAX_QUERIES];    /* index << 8 | number of the query, ascending */
    uint32_t position[GN_MERKLE_MAX_QUERIES]; /* of the known nodes on the current level, ascending, distinct */
    digest node[GN_MERKLE_MAX_QUERIES];
};

_Static_assert(sizeof(struct known) + 64 <= GN_MERKLE_RECV_SCRATCH, "scratch");
_Static_assert(GN_MERKLE_MAX_QUERIES <= 256 && GN_MERKLE_MAX_LOG2 <= 24, "index and query number fit one word");

static void sort_queries(uint32_t *order, const uint32_t *indices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t key = indices[i] << 8 | (uint32_t)i;
        size_t at = i;
        for (; at > 0 && order[at - 1] > key; at--) {
            order[at] = order[at - 1];
        }
        order[at] = key;
    }
}

/* Reads one row, checks its words and hashes it. */
static bool recv_row(struct gn_receiver *r, uint32_t words, uint32_t *row, digest *leaf)
{
    const uint8_t *bytes = NULL;
    if (!gn_recv_opening(r, &bytes, (size_t)4 * words)) {
        return false;
    }
    for (uint32_t w = 0; w < words; w++) {
        row[w] = load_le32(bytes + (size_t)4 * w);
        if (row[w] >= FP_P) {
            return gn_reject(r, GN_REJECT_NONCANONICAL);
        }
    }
    *leaf = gn_blake3_hash_keyed(&gn_key_leaf, bytes, (size_t)4 * words);
    return true;
}

/* Reads the row of every distinct index, in ascending order; a repeated query copies it.  Fills the leaves' level;
 * returns its size, 0 on failure. */
static size_t recv_rows(struct gn_receiver *r, struct known *k, uint32_t words, size_t n, uint32_t *rows_out)
{
    size_t count = 0;
    const uint32_t *previous = NULL;
    for (size_t i = 0; i < n; i++) {
        uint32_t index = k->order[i] >> 8;
        uint32_t *row = rows_out + (size_t)(k->order[i] & 255) * words;
        if (previous != NULL && k->position[count - 1] == index) {
            memcpy(row, previous, (size_t)4 * words);
            continue;
        }
        if (!recv_row(r, words, row, &k->node[count])) {
            return 0;
        }
        k->position[count] = index;
        count++;
        previous = row;
    }
    return count;
}

/* Replaces the known nodes of a level by their parents; returns how many there are, 0 on failure. */
static size_t recv_level(struct gn_receiver *r, struct known *k, size_t count)
{
    size_t up = 0;
    for (size_t i = 0; i < count; up++) {
        digest pair[2];
        uint32_t position = k->position[i], side = position & 1;
        pair[side] = k->node[i];
        i++;
        if (side == 0 && i < count && k->position[i] == position + 1) {
            pair[1] = k->node[i];
            i++;
        } else {
            const uint8_t *sibling = NULL;
            if (!gn_recv_opening(r, &sibling, GN_DIGEST_BYTES)) {
                return 0;
            }
            memcpy(pair[1 - side].b, sibling, GN_DIGEST_BYTES);
        }
        k->position[up] = position >> 1;
        k->node[up] = gn_blake3_hash_keyed(&gn_key_node, pair, sizeof pair);
    }
    return up;
}

static bool in_range(unsigned rows_log2, uint32_t words, const uint32_t *indices, size_t n)
{
    if (rows_log2 > GN_MERKLE_MAX_LOG2 || words == 0 || words > GN_MERKLE_MAX_WORDS || n > GN_MERKLE_MAX_QUERIES) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (indices[i] >> rows_log2 != 0) {
            return false;
        }
    }
    return true;
}

static bool recv_tree(struct gn_receiver *r, struct known *k, const digest *root, unsigned rows_log2, uint32_t words,
                      const uint32_t *indices, size_t n, uint32_t *rows_out)
{
    sort_queries(k->order, indices, n);
    size_t count = recv_rows(r, k, words, n, rows_out);
    for (unsigned level = rows_log2; level > 0 && count > 0; level--) {
        count = recv_level(r, k, count);
    }
    if (count == 0) {
        return false; /* the verdict is set */
    }
    return memcmp(k->node[0].b, root->b, GN_DIGEST_BYTES) == 0 || gn_reject(r, GN_REJECT_MERKLE);
}

bool gn_merkle_recv(struct gn_receiver *r, const digest *root, unsigned rows_log2, uint32_t words,
                    const uint32_t *indices, size_t n, uint32_t *rows_out, struct gn_scratch *s)
{
    if (r->verdict != GN_ACCEPT) {
        return false;
    }
    if (!in_range(rows_log2, words, indices, n)) {
        return gn_reject(r, GN_REJECT_MERKLE);
    }
    if (n == 0) {
        return true;
    }
    size_t mark = s->used;
    struct known *k = gn_scratch_take(s, 1, sizeof *k);
    bool ok =
        k != NULL ? recv_tree(r, k, root, rows_log2, words, indices, n, rows_out) : gn_reject(r, GN_REJECT_SCRATCH);
    s->used = mark;
    return ok;
}
