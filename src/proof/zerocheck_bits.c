/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_bits.c - columns of bits in the skip round and when rows are folded.
 *
 * A block of a column of zeros and ones is a mask.  Its values on a coset are the sum of the L_b of the bits that are set,
 * so they come from tables by nibble, and so does its fold at u: no transform, and what a chunk occupies is the masks and one
 * slice of values, not all points of all columns.  That matters for tables of thousands of columns, whose chunks would not
 * stay in the caches.
 *
 * A table whose columns are mostly declared bits is read in this way in the skip round.  Masks are what the commitment has
 * packed; what it has not is looked at chunk by chunk, and where an operand holds anything but 0 and 1 it goes through the
 * transforms like the others, so nothing depends on the witness being honest. */
#include <string.h>

#include "proof/zerocheck_prover.h"

#define ENTRIES 16 /* of a nibble's table */

static unsigned nibbles_of(const struct zc_prover *p)
{
    return p->skip / 4;
}

/* words of the tables of one slice */
static size_t slice_words(const struct zc_prover *p)
{
    return (size_t)ZC_POINTS_OF_SLICE * nibbles_of(p) * ENTRIES;
}

size_t gn_zc_bits_words(unsigned skip)
{
    return (size_t)ZC_COSETS * skip * (skip / 4) * ENTRIES;
}

/* sums of the subsets of four values */
static void fill_nibble(uint32_t table[ENTRIES], const fp values[4])
{
    table[0] = 0;
    for (unsigned bit = 0; bit < 4; bit++) {
        for (unsigned set = 0; set < 1u << bit; set++) {
            table[(1u << bit) + set] = fp_add_raw(table[set], values[bit].v);
        }
    }
}

void gn_zc_bits_fold_table(const struct zc_prover *p, uint32_t table[ZC_FOLD_TABLE])
{
    for (unsigned limb = 0; limb < 6; limb++) {
        for (unsigned b = 0; b < p->skip; b += 4, table += ENTRIES) {
            fp values[4];
            for (unsigned k = 0; k < 4; k++) {
                values[k] = p->out->skip.low[b + k].c[limb];
            }
            fill_nibble(table, values);
        }
    }
}

enum gn_status gn_zc_bits_init(struct zc_prover *p)
{
    bool any = false;
    for (uint32_t i = 0; i < p->tables_n; i++) {
        any = any || p->tables[i].bits;
    }
    if (!any) {
        return GN_OK;
    }
    p->bit_tables = gn_arena_alloc(p->work->arena, gn_zc_bits_words(p->skip) * sizeof(uint32_t));
    if (p->bit_tables == NULL) {
        return GN_NO_MEMORY;
    }
    uint32_t *table = p->bit_tables;
    for (unsigned i = 0; i < ZC_COSETS * p->skip; i++) {
        for (unsigned b = 0; b < p->skip; b += 4, table += ENTRIES) {
            fp values[4];
            for (unsigned k = 0; k < 4; k++) { /* L_b(X) = L_0(X omega^-b) */
                values[k] = p->constants.first[i / p->skip][(i + p->skip - b - k) % p->skip];
            }
            fill_nibble(table, values);
        }
    }
    return GN_OK;
}

const uint32_t *gn_zc_masks(const struct zc_prover *p, const struct zc_table *t, uint32_t k, size_t row,
                            uint32_t masks[ZC_LANES], uint32_t padded[ZC_CHUNK_MAX])
{
    if (p->bits != NULL && p->skip == 32 && k < t->air->committed_n && row + p->chunk <= t->rows) {
        const uint32_t *packed = p->bits[t->number][k];
        if (packed != NULL) {
            return packed + row / 32;
        }
    }
    if (!t->bits) {
        return NULL;
    }
    const uint32_t *cells = gn_zc_cells(p, t, k, row, padded);
    return p->lanes->read_bits(masks, cells, p->skip_log2) ? masks : NULL;
}

void gn_zc_bits_read(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk)
{
    const size_t row = chunk * p->chunk;
    for (uint32_t k = 0; k < t->operands_n; k++) {
        if (t->used[k] == 0) {
            continue;
        }
        uint32_t *words = s->mask_words + (size_t)k * ZC_LANES;
        s->masks[k] = gn_zc_masks(p, t, k, row, words, s->padded);
        if (s->masks[k] != NULL && s->masks[k] != words) { /* packed columns lie far apart, and will be read often */
            s->masks[k] = memcpy(words, s->masks[k], ZC_LANES * sizeof *words);
        }
        if (s->masks[k] == NULL) {
            p->lanes->interpolate(s->deltas + k * p->chunk, gn_zc_cells(p, t, k, row, s->padded), &p->constants.roots);
        }
    }
}

/* the chunk of an operand that is not bits, behind the slice in s->values */
static uint32_t *others(const struct zc_prover *p, const struct zc_table *t, const struct zc_scratch *s, uint32_t k)
{
    return s->values + (size_t)t->operands_n * ZC_SLICE + k * p->chunk;
}

void gn_zc_bits_place(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                      unsigned coset, unsigned kinds)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        if (!zc_reads(t, k, kinds) || s->masks[k] != NULL) {
            continue;
        }
        uint32_t *out = others(p, t, s, k);
        if (coset == 0) {
            p->lanes->on_domain(out, ZC_SLICE, gn_zc_cells(p, t, k, chunk * p->chunk, s->padded), p->skip_log2);
        } else {
            p->lanes->on_coset(out, ZC_SLICE, s->deltas + k * p->chunk, p->constants.scale[coset], &p->constants.roots);
        }
    }
}

void gn_zc_bits_slice(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, unsigned coset,
                      unsigned slice, unsigned kinds)
{
    const uint32_t *table = p->bit_tables + ((size_t)coset * zc_slices(p) + slice) * slice_words(p);
    for (uint32_t k = 0; k < t->operands_n; k++) {
        uint32_t *out = s->values + (size_t)k * ZC_SLICE;
        if (!zc_reads(t, k, kinds)) {
            continue;
        }
        if (s->masks[k] != NULL) {
            p->lanes->spread_bits(out, s->masks[k], table, nibbles_of(p), ZC_POINTS_OF_SLICE);
        } else {
            memcpy(out, others(p, t, s, k) + (size_t)slice * ZC_SLICE, ZC_SLICE * sizeof *out);
        }
    }
}
