/* SPDX-License-Identifier: Apache-2.0 */
/* ntt.c - encoding of columns: the twiddle table, zero padding, and how the work is cut for the pool.
 *
 * Modulo X^(2^in) - c a polynomial of 2^in coefficients is itself, so the d - in layers above its size do nothing but
 * copy: out consists of 2^(d-in) blocks (in, k) in the sense of ntt_kernel.c, each starting as a copy of a.  The blocks
 * are independent of each other. */
#include "poly/ntt.h"

#include <stdlib.h>
#include <string.h>

#include "poly/ntt_kernel.h"

#define PARALLEL_MIN_LOG2 14 /* a smaller block is not divided between threads */

struct gn_twiddles {
    uint32_t *at; /* at[k] = point(2k) in Montgomery form, k < 2^(max-1) */
};

enum gn_status gn_twiddles_create(struct gn_twiddles **out, unsigned max_log2, struct gn_error *err)
{
    *out = NULL;
    if (max_log2 > FP_TWO_ADICITY) {
        return gn_fail(err, GN_LIMIT, "the field has no subgroup of order 2^%u", max_log2);
    }
    size_t n = max_log2 == 0 ? 1 : (size_t)1 << (max_log2 - 1);
    struct gn_twiddles *t = malloc(sizeof *t);
    uint32_t *at = aligned_alloc(64, (n + NTT_TABLE_PAD + 15) / 16 * 64);
    if (t == NULL || at == NULL) {
        free(t);
        free(at);
        return gn_fail(err, GN_NO_MEMORY, "no memory for 2^%u twiddle factors", max_log2);
    }
    at[0] = FP_R1;
    unsigned i = 0;
    for (size_t half = 1; half < n; half *= 2, i++) { /* bit i of k is bit i + 1 of 2k: factor omega_{i+2} */
        fp root = gn_fp_root(i + 2);
        for (size_t k = 0; k < half; k++) {
            at[half + k] = fp_mul((fp){at[k]}, root).v;
        }
    }
    memset(at + n, 0, NTT_TABLE_PAD * sizeof *at);
    t->at = at;
    *out = t;
    return GN_OK;
}

void gn_twiddles_destroy(struct gn_twiddles *t)
{
    if (t != NULL) {
        free(t->at);
        free(t);
    }
}

static const struct ntt_ops *ops_for(enum gn_isa isa)
{
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &gn_ntt_ops_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &gn_ntt_ops_avx2;
    }
#endif
    (void)isa;
    return &gn_ntt_ops_scalar;
}

/* block (l, k) of out from the coefficients a */
static void encode_block(uint32_t *out, const uint32_t *a, unsigned l, size_t k, const struct gn_twiddles *t,
                         const struct ntt_ops *ops)
{
    uint32_t *v = out + (k << l);
    if (l < NTT_SPLIT_MIN_LOG2) {
        if (v != a) {
            memcpy(v, a, sizeof *a << l);
        }
        ops->block(v, l, k, t->at);
        return;
    }
    size_t quarter = (size_t)1 << (l - 2);
    ops->split(v, a, l, k, t->at, 0, quarter); /* the first layers read a, so there is no copy */
    for (size_t b = 0; b < 4; b++) {
        ops->block(v + b * quarter, l - 2, 4 * k + b, t->at);
    }
}

void gn_ntt_encode(uint32_t *out, const uint32_t *a, unsigned in_log2, unsigned d, const struct gn_twiddles *t,
                   enum gn_isa isa)
{
    for (size_t k = (size_t)1 << (d - in_log2); k-- > 0;) { /* a may be block 0 of out: it goes last */
        encode_block(out, a, in_log2, k, t, ops_for(isa));
    }
}

/* Four layers are linear: each output is a sum over the 16 inputs, which the layers themselves give on unit vectors.  Inputs
 * that are bits make it four entries of tables. */
static void make_bit_sums(struct ntt_bit_sums sums[4], size_t k, const struct gn_twiddles *t)
{
    for (size_t i = 0; i < 16; i++) {
        uint32_t v[16] = {0};
        v[i] = 1;
        gn_ntt_ops_scalar.block(v, 4, k, t->at);
        for (size_t j = 0; j < 16; j++) {
            uint32_t *table = sums[j / 4].at[j % 4][i / 4];
            size_t bit = (size_t)1 << i % 4;
            table[0] = 0;
            for (size_t s = 0; s < bit; s++) {
                table[bit + s] = fp_add_raw(table[s], v[j]);
            }
        }
    }
}

void gn_ntt_encode_bits(uint32_t *out, const uint32_t *bits, unsigned in_log2, unsigned d, const struct gn_twiddles *t,
                        enum gn_isa isa)
{
    const struct ntt_ops *ops = ops_for(isa);
    const size_t n = (size_t)1 << (in_log2 - 4);
    for (size_t k = 0; k < (size_t)1 << (d - in_log2); k++) {
        struct ntt_bit_sums sums[4];
        uint32_t *v = out + (k << in_log2), *sets = v + 15 * n;
        make_bit_sums(sums, k, t);
        ops->bit_sets(sets, bits, n);
        for (size_t b = 0; b < 16; b++) { /* four outputs fit into the second-level cache */
            if (b % 4 == 0) {
                ops->bit_outputs(v + b * n, sets, n, &sums[b / 4]);
            }
            ops->block(v + b * n, in_log2 - 4, 16 * k + b, t->at);
        }
    }
}

struct columns {
    uint32_t *const *out;
    const uint32_t *const *in;
    unsigned l, blocks_log2; /* blocks (l, k), k < 2^blocks_log2 */
    size_t first_block;      /* split: blocks k from here */
    size_t stretches;        /* split: per block */
    const struct gn_twiddles *t;
    const struct ntt_ops *ops;
    enum gn_isa isa;
};

static void encode_columns(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct columns *c = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        gn_ntt_encode(c->out[i], c->in[i], c->l, c->l + c->blocks_log2, c->t, c->isa);
    }
}

/* items: columns x blocks from first_block x stretches of a quarter */
static void split_stretches(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct columns *c = ctx;
    (void)worker;
    size_t quarter = (size_t)1 << (c->l - 2), length = quarter / c->stretches;
    size_t blocks = ((size_t)1 << c->blocks_log2) - c->first_block;
    for (size_t i = begin; i < end; i++) {
        size_t stretch = i % c->stretches, k = c->first_block + i / c->stretches % blocks;
        size_t column = i / c->stretches / blocks;
        c->ops->split(c->out[column] + (k << c->l), c->in[column], c->l, k, c->t->at, stretch * length,
                      (stretch + 1) * length);
    }
}

/* items: columns x quarters of blocks */
static void transform_quarters(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct columns *c = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        size_t k = i & (((size_t)4 << c->blocks_log2) - 1), column = i >> (c->blocks_log2 + 2);
        c->ops->block(c->out[column] + (k << (c->l - 2)), c->l - 2, k, c->t->at);
    }
}

/* Few long columns: the first two layers in stretches, block 0 (which may be the input) after the others; then quarters
 * of blocks. */
static void encode_divided(struct columns *c, size_t columns_n, struct gn_pool *pool)
{
    size_t blocks = (size_t)1 << c->blocks_log2;
    struct columns rest = *c, zero = *c;
    rest.first_block = 1;
    gn_pool_for(pool, columns_n * (blocks - 1) * c->stretches, 1, split_stretches, &rest);
    zero.blocks_log2 = 0;
    gn_pool_for(pool, columns_n * c->stretches, 1, split_stretches, &zero);
    gn_pool_for(pool, columns_n * blocks * 4, 1, transform_quarters, c);
}

void gn_ntt_encode_columns(uint32_t *const *out, const uint32_t *const *in, size_t columns_n, unsigned in_log2,
                           unsigned d, const struct gn_twiddles *t, struct gn_pool *pool, enum gn_isa isa)
{
    struct columns c = {.out = out,
                        .in = in,
                        .l = in_log2,
                        .blocks_log2 = d - in_log2,
                        .stretches = 16,
                        .t = t,
                        .ops = ops_for(isa),
                        .isa = isa};
    if (in_log2 >= PARALLEL_MIN_LOG2 && columns_n < 4 * (size_t)gn_pool_threads(pool) && gn_pool_threads(pool) > 1) {
        encode_divided(&c, columns_n, pool);
    } else {
        gn_pool_for(pool, columns_n, 1, encode_columns, &c);
    }
}
