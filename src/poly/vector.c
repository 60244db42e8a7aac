/* SPDX-License-Identifier: Apache-2.0 */
/* vector.c - the passes over ext vectors: how each is cut into chunks for the pool and which kernel runs them.
 *
 * A chunk is a multiple of 32 elements, so two threads never write one block.  Sums are collected per chunk and added
 * at the end; arithmetic in F is exact, so the result does not depend on the cut.  The arithmetic itself is in
 * vector_kernel.c. */
#include "poly/vector.h"

#include "poly/eq.h"
#include "poly/vector_kernel.h"

#define CHUNK_MIN  2048 /* elements: enough work to be worth waking a thread */
#define CHUNKS_MAX 64   /* partial sums live on the stack */
#define GRAIN      32   /* of chunks: two blocks, or a word of bits */

struct pass {
    const struct vec_ops *ops;
    uint32_t *out;
    const uint32_t *a, *b;
    const fp6 *coefficients; /* mac: per column; eq: the low variables */
    const uint32_t *const *columns;
    size_t columns_n;
    size_t half, base, grain;
    unsigned low_n;
    fp6 scalar;
    fp6 (*partial)[3]; /* CHUNKS_MAX */
};

static const struct vec_ops *ops_for(const struct gn_work *w)
{
#ifdef GN_HAVE_SIMD
    if (w->isa == GN_ISA_AVX512) {
        return &gn_vec_ops_avx512;
    }
    if (w->isa == GN_ISA_AVX2) {
        return &gn_vec_ops_avx2;
    }
#endif
    (void)w;
    return &gn_vec_ops_scalar;
}

/* runs fn over n elements in at most CHUNKS_MAX chunks */
static void run(struct pass *p, size_t n, gn_pool_fn *fn, const struct gn_work *w)
{
    size_t grain = (n / CHUNKS_MAX + GRAIN) / GRAIN * GRAIN; /* a multiple above n / CHUNKS_MAX */
    p->grain = grain > CHUNK_MIN ? grain : CHUNK_MIN;
    gn_pool_for(w->pool, n, p->grain, fn, p);
}

/* the same for passes whose chunks leave partial sums; parts of them are used */
static void run_sum(fp6 s[3], int parts, struct pass *p, size_t n, gn_pool_fn *fn, const struct gn_work *w)
{
    fp6 partial[CHUNKS_MAX][3];
    p->partial = partial;
    run(p, n, fn, w);
    for (int k = 0; k < parts; k++) {
        s[k] = fp6_zero();
        for (size_t c = 0; c * p->grain < n; c++) {
            s[k] = fp6_add(s[k], partial[c][k]);
        }
    }
}

/* ---- eq ----
 * out is cut into chunks of 2^low_n.  The first entry of each chunk receives scale eq(high variables, chunk), by
 * doubling; then each chunk grows from its first entry inside the cache: one block of 16 from the table of the four
 * lowest variables, and by doubling again. */

#define EQ_CHUNK_LOG2 10
#define BLOCK_LOG2    4

static void eq_chunks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    for (size_t c = begin; c < end; c++) {
        size_t at = c << p->low_n;
        p->ops->eq(p->out, at, p->a, p->coefficients, p->low_n - BLOCK_LOG2, ext_get(p->out, at));
    }
}

void gn_vec_eq(uint32_t *out, const fp6 *r, unsigned n, fp6 scale, const struct gn_work *w)
{
    unsigned low_n = n < EQ_CHUNK_LOG2 ? n : EQ_CHUNK_LOG2;
    ext_set(out, 0, scale);
    unsigned first = n < BLOCK_LOG2 ? 0 : low_n; /* a cube of less than a block is only doubled */
    for (unsigned i = first; i < n; i++) {
        unsigned step = first;
        size_t half = (size_t)1 << (i - first);
        for (size_t x = 0; x < half; x++) {
            fp6 a = ext_get(out, x << step);
            fp6 b = gn_fp6_mul(a, r[i]);
            ext_set(out, x << step, fp6_sub(a, b));
            ext_set(out, (x + half) << step, b);
        }
    }
    if (n < BLOCK_LOG2) {
        return;
    }
    fp6 table[EXT_BLOCK];
    uint32_t low[6 * EXT_BLOCK];
    gn_eq_table(table, r, BLOCK_LOG2);
    for (size_t x = 0; x < EXT_BLOCK; x++) {
        ext_set(low, x, table[x]);
    }
    struct pass p = {.ops = ops_for(w), .out = out, .a = low, .coefficients = r + BLOCK_LOG2, .low_n = low_n};
    gn_pool_for(w->pool, (size_t)1 << (n - low_n), 2, eq_chunks, &p);
}

/* ---- elementwise passes ---- */

static void mac_cells_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->mac_cells(p->out, p->coefficients, p->columns, p->columns_n, begin, end);
}

void gn_vec_mac_cells(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *columns, size_t columns_n,
                      size_t n, const struct gn_work *w)
{
    struct pass p = {
        .ops = ops_for(w), .out = acc, .coefficients = coefficients, .columns = columns, .columns_n = columns_n};
    run(&p, n, mac_cells_chunk, w);
}

bool gn_vec_pack(uint32_t *bits, const uint32_t *cells, size_t n, enum gn_isa isa)
{
    struct gn_work w = {.isa = isa};
    return ops_for(&w)->pack(bits, cells, n);
}

static void mac_bits_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->mac_bits(p->out, p->coefficients, p->columns, p->columns_n, begin, end);
}

void gn_vec_mac_bits(uint32_t *acc, const fp6 *coefficients, const uint32_t *const *bits, size_t columns_n, size_t n,
                     const struct gn_work *w)
{
    struct pass p = {
        .ops = ops_for(w), .out = acc, .coefficients = coefficients, .columns = bits, .columns_n = columns_n};
    run(&p, n, mac_bits_chunk, w);
}

void gn_vec_dot_bits(fp6 *sums, const uint32_t *weights, const uint32_t *const *bits, size_t columns_n, size_t n,
                     const struct gn_work *w)
{
    ops_for(w)->dot_bits(sums, weights, bits, columns_n, n);
}

static void axpy_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->axpy(p->out, p->scalar, p->a, begin, end);
}

void gn_vec_axpy(uint32_t *acc, fp6 scale, const uint32_t *a, size_t n, const struct gn_work *w)
{
    struct pass p = {.ops = ops_for(w), .out = acc, .scalar = scale, .a = a};
    run(&p, n, axpy_chunk, w);
}

/* ---- folds ---- */

static void fold_low_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->fold_low(p->out, p->half, p->scalar, p->base + begin, p->base + end);
}

/* Results [s, 2s) come from entries [2s, 4s) and overwrite only what results [s/2, s) have read: stages of doubling
 * length, parallel inside. */
void gn_vec_fold_low(uint32_t *v, size_t n, fp6 r, const struct gn_work *w)
{
    size_t half = n / 2;
    struct pass p = {.ops = ops_for(w), .out = v, .half = half, .scalar = r};
    size_t first = half < CHUNK_MIN ? half : CHUNK_MIN;
    p.ops->fold_low(v, half, r, 0, first);
    for (size_t s = CHUNK_MIN; s < half; s *= 2) {
        p.base = s;
        run(&p, (half - s < s ? half - s : s), fold_low_chunk, w);
    }
}

static void fold_high_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->fold_high(p->out, p->half, p->scalar, begin, end);
}

void gn_vec_fold_high(uint32_t *v, size_t n, fp6 r, const struct gn_work *w)
{
    size_t half = n / 2;
    if (half % EXT_BLOCK != 0) { /* both halves in one block */
        for (size_t i = 0; i < half; i++) {
            fp6 a = ext_get(v, i);
            ext_set(v, i, fp6_add(a, gn_fp6_mul(r, fp6_sub(ext_get(v, i + half), a))));
        }
        return;
    }
    struct pass p = {.ops = ops_for(w), .out = v, .half = half, .scalar = r};
    run(&p, half, fold_high_chunk, w);
}

/* ---- sums ---- */

static void dot_cells_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->partial[begin / p->grain][0] = p->ops->dot_cells(p->a, p->b, begin, end);
}

fp6 gn_vec_dot_cells(const uint32_t *weights, const uint32_t *cells, size_t n, const struct gn_work *w)
{
    struct pass p = {.ops = ops_for(w), .a = weights, .b = cells};
    fp6 s[3];
    run_sum(s, 1, &p, n, dot_cells_chunk, w);
    return s[0];
}

static void dot_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->partial[begin / p->grain][0] = p->ops->dot(p->a, p->b, begin, end);
}

fp6 gn_vec_dot(const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w)
{
    struct pass p = {.ops = ops_for(w), .a = a, .b = b};
    fp6 s[3];
    run_sum(s, 1, &p, n, dot_chunk, w);
    return s[0];
}

/* ---- sumcheck rounds of a product ---- */

/* from the sums of a0 b0, a1 b1, (a1 - a0)(b1 - b0) to coefficients: a1 b1 = (a0 + da)(b0 + db) */
static void round_coefficients(fp6 s[3])
{
    s[1] = fp6_sub(s[1], fp6_add(s[0], s[2]));
}

static void round_low_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->round_low(p->partial[begin / p->grain], p->a, p->b, p->half, begin, end);
}

void gn_vec_product_round_low(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w)
{
    struct pass p = {.ops = ops_for(w), .a = a, .b = b, .half = n / 2};
    run_sum(s, 3, &p, n / 2, round_low_chunk, w);
    round_coefficients(s);
}

static void round_high_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *p = ctx;
    (void)worker;
    p->ops->round_high(p->partial[begin / p->grain], p->a, p->b, p->half, begin, end);
}

void gn_vec_product_round_high(fp6 s[3], const uint32_t *a, const uint32_t *b, size_t n, const struct gn_work *w)
{
    size_t half = n / 2;
    if (half % EXT_BLOCK != 0) { /* both halves in one block */
        s[0] = s[1] = s[2] = fp6_zero();
        for (size_t i = 0; i < half; i++) {
            fp6 a0 = ext_get(a, i), a1 = ext_get(a, i + half), b0 = ext_get(b, i), b1 = ext_get(b, i + half);
            s[0] = fp6_add(s[0], gn_fp6_mul(a0, b0));
            s[1] = fp6_add(s[1], gn_fp6_mul(a1, b1));
            s[2] = fp6_add(s[2], gn_fp6_mul(fp6_sub(a1, a0), fp6_sub(b1, b0)));
        }
    } else {
        struct pass p = {.ops = ops_for(w), .a = a, .b = b, .half = half};
        run_sum(s, 3, &p, half, round_high_chunk, w);
    }
    round_coefficients(s);
}
