/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_bits.c - the skip round's columns of bits.
 *
 * A block of a column of zeros and ones is a mask.  Its values on a coset are the sum of the L_b of the bits that are set,
 * so they come from tables by byte: no transform, and what a chunk occupies is the masks and one slice of values, not all
 * points of all columns.  That matters for tables of thousands of columns, whose chunks would not stay in the caches.
 *
 * A table whose columns are mostly declared bits is read in this way.  Each chunk is looked at: where an operand holds
 * anything but 0 and 1 it goes through the transforms like the others, so nothing depends on the witness being honest.
 *
 * A slice is 8 points of every block, block after block: word 8 y + i is point 8 slice + i of block y.  (In the other
 * tables it is word 16 i + y.) */
#include <string.h>

#include "proof/zerocheck_prover.h"

#define BYTE_TABLE (256 * ZC_POINTS_OF_SLICE) /* words */

static unsigned bytes_of(const struct zc_prover *p)
{
    return p->skip / 8;
}

static size_t slice_table(const struct zc_prover *p, unsigned coset, unsigned slice)
{
    return ((size_t)coset * zc_slices(p) + slice) * bytes_of(p) * BYTE_TABLE;
}

size_t gn_zc_bits_words(unsigned skip)
{
    return (size_t)ZC_COSETS * (skip / 8) * (skip / 8) * BYTE_TABLE;
}

static unsigned lowest_bit(unsigned set)
{
    unsigned bit = 0;
    while ((set >> bit & 1) == 0) {
        bit++;
    }
    return bit;
}

/* An entry is that without its lowest bit, plus the L_b of this bit. */
static void fill_byte(const struct zc_prover *p, uint32_t *table, unsigned coset, unsigned slice, unsigned byte)
{
    for (unsigned i = 0; i < ZC_POINTS_OF_SLICE; i++) {
        table[i] = 0;
    }
    for (unsigned set = 1; set < 256; set++) {
        unsigned bit = lowest_bit(set);
        const uint32_t *rest = table + (size_t)ZC_POINTS_OF_SLICE * (set & (set - 1));
        for (unsigned i = 0; i < ZC_POINTS_OF_SLICE; i++) {
            unsigned point = ZC_POINTS_OF_SLICE * slice + i, b = 8 * byte + bit; /* L_b(X) = L_0(X omega^-b) */
            fp lagrange = p->constants.first[coset][(point + p->skip - b) % p->skip];
            table[(size_t)ZC_POINTS_OF_SLICE * set + i] = fp_add_raw(rest[i], lagrange.v);
        }
    }
}

void gn_zc_bits_fold_table(const struct zc_prover *p, uint32_t table[ZC_FOLD_TABLE])
{
    for (unsigned byte = 0; byte < bytes_of(p); byte++, table += BYTE_TABLE) {
        memset(table, 0, BYTE_TABLE * sizeof *table);
        for (unsigned set = 1; set < 256; set++) {
            unsigned bit = lowest_bit(set);
            const uint32_t *rest = table + (size_t)ZC_POINTS_OF_SLICE * (set & (set - 1));
            for (unsigned limb = 0; limb < 6; limb++) {
                table[(size_t)ZC_POINTS_OF_SLICE * set + limb] =
                    fp_add_raw(rest[limb], p->out->skip.low[8 * byte + bit].c[limb].v);
            }
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
    for (unsigned coset = 0; coset < ZC_COSETS; coset++) {
        for (unsigned slice = 0; slice < zc_slices(p); slice++) {
            for (unsigned byte = 0; byte < bytes_of(p); byte++) {
                uint32_t *table = p->bit_tables + slice_table(p, coset, slice) + (size_t)byte * BYTE_TABLE;
                fill_byte(p, table, coset, slice, byte);
            }
        }
    }
    return GN_OK;
}

void gn_zc_bits_read(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        if (t->used[k] == 0) {
            continue;
        }
        const uint32_t *cells = gn_zc_cells(p, t, k, chunk * p->chunk, s->padded);
        s->is_bits[k] = p->lanes->read_bits(s->masks + (size_t)k * ZC_LANES, cells, p->skip_log2);
        if (!s->is_bits[k]) {
            p->lanes->interpolate(s->deltas + k * p->chunk, cells, &p->constants.roots);
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
        if (!zc_reads(t, k, kinds) || s->is_bits[k]) {
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
    const uint32_t *table = p->bit_tables + slice_table(p, coset, slice);
    for (uint32_t k = 0; k < t->operands_n; k++) {
        uint32_t *out = s->values + (size_t)k * ZC_SLICE;
        if (!zc_reads(t, k, kinds)) {
            continue;
        }
        if (s->is_bits[k]) {
            p->lanes->spread_bits(out, s->masks + (size_t)k * ZC_LANES, table, bytes_of(p));
            continue;
        }
        const uint32_t *in = others(p, t, s, k) + (size_t)slice * ZC_SLICE;
        for (unsigned y = 0; y < ZC_LANES; y++) {
            for (unsigned i = 0; i < ZC_POINTS_OF_SLICE; i++) {
                out[ZC_POINTS_OF_SLICE * y + i] = in[ZC_LANES * i + y];
            }
        }
    }
}
