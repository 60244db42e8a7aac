/* SPDX-License-Identifier: Apache-2.0 */
/* sha256_fill.c - the cells of sha256_rounds.c.
 *
 * Rows that belong together are written block by block; row 0 also depends on row 16 of the block behind it (its `next`), whose words are computed for that. */
#include "machines/bulk/sha256.h"

struct block { /* all words, by number: a[4 + i] is what round i gives, a[0 ... 3] d, c, b, a of the state */
    uint32_t a[68], e[68], w[64];
};

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}
static uint32_t big0(uint32_t x)
{
    return rotate(x, 2) ^ rotate(x, 13) ^ rotate(x, 22);
}
static uint32_t big1(uint32_t x)
{
    return rotate(x, 6) ^ rotate(x, 11) ^ rotate(x, 25);
}
static uint32_t small0(uint32_t x)
{
    return rotate(x, 7) ^ rotate(x, 18) ^ x >> 3;
}
static uint32_t small1(uint32_t x)
{
    return rotate(x, 17) ^ rotate(x, 19) ^ x >> 10;
}
static uint32_t choice(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (~x & z);
}
static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (x & z) ^ (y & z);
}

static void compute(struct block *out, const struct bulk_sha256_record *rec)
{
    for (unsigned i = 0; i < 4; i++) {
        out->a[3 - i] = (uint32_t)(rec->state[i / 2].w.before >> 32 * (i % 2));
        out->e[3 - i] = (uint32_t)(rec->state[2 + i / 2].w.before >> 32 * (i % 2));
    }
    for (unsigned i = 0; i < 64; i++) {
        if (i < 16) {
            out->w[i] = __builtin_bswap32((uint32_t)(rec->block[i / 2].w.before >> 32 * (i % 2)));
        } else {
            out->w[i] = out->w[i - 16] + small0(out->w[i - 15]) + out->w[i - 7] + small1(out->w[i - 2]);
        }
        const uint32_t *a = out->a + i, *e = out->e + i; /* words i - 4 ... i - 1 */
        uint32_t t1 = e[0] + big1(e[3]) + choice(e[3], e[2], e[1]) + gn_sha256_round[i] + out->w[i];
        out->e[i + 4] = a[0] + t1;
        out->a[i + 4] = t1 + big0(a[3]) + majority(a[3], a[2], a[1]);
    }
}

static uint32_t limb(uint32_t x, unsigned l)
{
    return x >> 16 * l & 0xffff;
}

static void put_bits(uint32_t *const *to, size_t row, uint32_t x)
{
    for (unsigned i = 0; i < 32; i++) {
        to[i][row] = x >> i & 1;
    }
}

/* Words of the row (a[4 ... 7]) and of the row before it (a[0 ... 3]); w: the row's. */
static void put_rounds(const struct sha_rows_cols *c, size_t row, unsigned index, const uint32_t a[8],
                       const uint32_t e[8], const uint32_t w[4])
{
    for (unsigned j = 0; j < 4; j++) {
        uint32_t e_carry = 0;
        int32_t a_carry = 0;
        for (unsigned l = 0; l < 2; l++) {
            unsigned at = 2 * j + l;
            uint32_t d = limb(a[j], l), k = index > 0 ? limb(gn_sha256_round[4 * index - 4 + j], l) : 0;
            uint32_t t2 = limb(big0(a[j + 3]), l) + limb(majority(a[j + 3], a[j + 2], a[j + 1]), l);
            uint32_t e_sum = d + limb(e[j], l) + limb(big1(e[j + 3]), l) +
                             limb(choice(e[j + 3], e[j + 2], e[j + 1]), l) + limb(w[j], l) + k + e_carry;
            int32_t a_sum = (int32_t)(limb(e[j + 4], l) + t2) - (int32_t)d + a_carry;
            c->t2[at][row] = t2;
            if (index == 0) { /* k is free; carries of e and, as it counts from -1, of a are 0 */
                c->k[at][row] = mx_cell((int64_t)limb(e[j + 4], l) - e_sum);
                continue;
            }
            e_carry = e_sum >> 16;
            a_carry = (a_sum - (int32_t)limb(a[j + 4], l)) / 65536;
            c->k[at][row] = k;
            c->e_trit[at][row] = e_carry % 3;
            c->e_bit[at][row] = e_carry / 3;
            c->a_carry[2 * at][row] = (uint32_t)(a_carry + 1) & 1;
            c->a_carry[2 * at + 1][row] = (uint32_t)(a_carry + 1) >> 1;
        }
    }
}

static void put_words(const struct sha_rows_cols *c, size_t row, const uint32_t a[4], const uint32_t e[4],
                      const uint32_t w[4])
{
    for (unsigned j = 0; j < 4; j++) {
        put_bits(c->a + (size_t)32 * j, row, a[j]);
        put_bits(c->e + (size_t)32 * j, row, e[j]);
        put_bits(c->w + (size_t)32 * j, row, w[j]);
    }
    for (unsigned l = 0; l < 2; l++) {
        c->a0[l][row] = limb(a[0], l);
        c->e0[l][row] = limb(e[0], l);
        c->s1[l][row] = limb(small1(w[2]), l);
        c->s1[2 + l][row] = limb(small1(w[3]), l);
        c->s0[l][row] = limb(small0(w[0]), l);
        for (unsigned j = 0; j < 4; j++) {
            c->p[2 * j + l][row] = limb(w[j], l) + (j < 3 ? limb(small0(w[j + 1]), l) : 0);
        }
    }
}

/* What travels to later words.  Rows ascend here: the row before is row + 1 of the table. */
static void put_schedule(const struct sha_rows_cols *c, size_t row, unsigned index, const uint32_t w[4])
{
    for (unsigned j = 0; j < 4 && index > 0; j++) {
        uint32_t carry = 0;
        for (unsigned l = 0; l < 2; l++) {
            unsigned at = 2 * j + l;
            size_t before = row + 1;
            c->u1[at][row] = c->p[at][before] + (j == 3 ? c->s0[l][row] : 0);
            c->u2[at][row] = c->u1[at][before] + (j < 3 ? limb(w[j + 1], l) : 0);
            if (index >= 4 && index < SHA_LAST) {
                c->v[at][row] = c->u2[at][before] + (j == 3 ? limb(w[0], l) : 0);
            } else if (index == SHA_LAST) { /* makes the words 0 of the row 0 before it in the table true */
                c->v[at][row] = j < 2 ? mx_cell(-(int64_t)c->s1[at][row]) : 0;
            }
            uint32_t sigma = j < 2 ? c->s1[at][before] : limb(small1(w[j - 2]), l);
            if (index <= 4) { /* v is free: the words are the block's */
                c->v[at][before] = mx_cell((int64_t)limb(w[j], l) - sigma);
                continue;
            }
            carry = (c->v[at][before] + sigma + carry) >> 16;
            c->w_carry[2 * at][row] = carry & 1;
            c->w_carry[2 * at + 1][row] = carry >> 1;
        }
    }
}

static void put_block(struct mx_filler *f, const struct sha_rows_cols *c, size_t first, uint32_t ts,
                      const struct block *b, const struct block *behind)
{
    static const uint32_t zeros[4] = {0};
    for (unsigned index = 0; index < SHA_ROWS; index++) {
        size_t row = first + SHA_LAST - index;
        const uint32_t *w = index > 0 ? b->w + 4 * index - 4 : zeros;
        c->ts[row] = ts;
        c->index[row] = index;
        c->active[row] = index > 0;
        c->load[row] = index >= 1 && index <= 4;
        c->full[row] = index >= 4 && index < SHA_LAST;
        c->last[row] = index == SHA_LAST;
        put_words(c, row, b->a + 4 * index, b->e + 4 * index, w);
        put_schedule(c, row, index, w);
        if (index > 0) {
            put_rounds(c, row, index, b->a + 4 * index - 4, b->e + 4 * index - 4, w);
            f->sha256_row[index - 1]++;
        } else if (behind != NULL) {
            uint32_t a[8], e[8];
            memcpy(a, behind->a + 64, 4 * sizeof *a);
            memcpy(e, behind->e + 64, 4 * sizeof *e);
            memcpy(a + 4, b->a, 4 * sizeof *a);
            memcpy(e + 4, b->e, 4 * sizeof *e);
            put_rounds(c, row, 0, a, e, w);
        }
    }
}

void sha_rows_fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct sha_rows_cols c;
    memcpy(&c, columns, sizeof c);
    const struct bulk_sha256_record *rec = records;
    struct block block[2];
    compute(&block[begin % 2], &rec[begin]);
    for (size_t i = begin; i < end; i++) {
        bool more = i + 1 < f->records_n;
        if (more) {
            compute(&block[(i + 1) % 2], &rec[i + 1]);
        }
        put_block(f, &c, SHA_ROWS * i, rec[i].r.ts, &block[i % 2], more ? &block[(i + 1) % 2] : NULL);
    }
}
