/* SPDX-License-Identifier: Apache-2.0 */
/* whir_powers.c - sum_j b_j x_j^x for all x at once.
 *
 * With the x_j among the 2^d points of a code this is gn_ntt_encode, a map from 2^m coefficients to 2^d values,
 * transposed: B_{l,k}[x] = sum of b_j x_j^x, x < 2^l, over the queries in block k of 2^l positions (j >> l = k).  A
 * point to the power of 2^{l-1} depends only on the block of 2^{l-1} positions that it is in, and has opposite signs,
 * +-s, in two neighbours: s = point(2k).  So two neighbours e, o merge into their union by
 *   B[x] = e[x] + o[x],   B[x + 2^{l-1}] = s (e[x] - o[x]),
 * and the 2^{d-m} blocks of 2^m positions are simply added.
 *
 * There are few queries, so the small blocks are not merged from nothing: the blocks of 2^low positions are written
 * down as geometric sequences, about as many blocks as queries.  Merging then leaves the low bits of x alone: 16 values
 * of them are taken at a time, and all blocks of those fit into the first-level cache (kernel).  Nothing of size 2^d is
 * ever in memory, and x is in natural order. */
#include "pcs/whir_powers.h"

#include "base/bits.h"
#include "pcs/whir_powers_kernel.h"
#include "poly/ntt.h"

#define ROWS_LOG2   9 /* blocks that are written down: 32 KiB of rows for 16 values of x */
#define CHUNKS_LOG2 6 /* chunks have their own scratch */
#define SMALL_LOG2  4 /* below one block of an ext vector there is nothing to share */

static const struct whir_powers_ops *ops_for(enum gn_isa isa)
{
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &gn_whir_powers_ops_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &gn_whir_powers_ops_avx2;
    }
#endif
    (void)isa;
    return &gn_whir_powers_ops_scalar;
}

/* low for this size: 4 <= low <= vars, rows = d - low */
static unsigned low_bits(unsigned vars, unsigned d)
{
    unsigned low = d > ROWS_LOG2 + SMALL_LOG2 ? d - ROWS_LOG2 : SMALL_LOG2;
    return low < vars ? low : vars;
}

static size_t chunks_of(unsigned low)
{
    unsigned blocks_log2 = low - SMALL_LOG2;
    return (size_t)1 << (blocks_log2 < CHUNKS_LOG2 ? blocks_log2 : CHUNKS_LOG2);
}

/* words of the tables that all chunks read: powers of the points, twiddles */
static size_t first_words(size_t n)
{
    return n * POWERS_LANES;
}

static size_t twiddle_words(unsigned rows)
{
    return ((size_t)1 << rows) / 2 + POWERS_LANES;
}

size_t gn_whir_powers_bytes(unsigned vars, unsigned d, size_t n)
{
    if (vars < SMALL_LOG2) {
        return 0;
    }
    unsigned low = low_bits(vars, d);
    size_t shared = first_words(n) + (twiddle_words(d - low) + 15) / 16 * 16;
    return (shared + chunks_of(low) * whir_powers_chunk_words(d - low, n)) * sizeof(uint32_t);
}

/* point(2k), k < 2^{rows-1}: bit i of k stands for omega_{i+2} (poly/domain.c) */
static void fill_twiddles(uint32_t *twiddle, unsigned rows)
{
    twiddle[0] = fp_one().v;
    for (unsigned i = 0; i + 1 < rows; i++) {
        fp root = gn_fp_root(i + 2);
        for (size_t k = 0; k < (size_t)1 << i; k++) {
            twiddle[k + ((size_t)1 << i)] = fp_mul((fp){twiddle[k]}, root).v;
        }
    }
}

/* x_j, their first powers and weight beta^j */
static void fill_queries(struct whir_powers *p, uint32_t *first, unsigned d, fp6 weight, fp6 beta,
                         const uint32_t *indices)
{
    for (size_t j = 0; j < p->n; j++) {
        fp x = gn_ntt_point(indices[j], d), power = fp_one();
        for (size_t i = 0; i < POWERS_LANES; i++) {
            first[j * POWERS_LANES + i] = power.v;
            power = fp_mul(power, x);
        }
        p->x[j] = x;
        p->step[j] = power;
        p->weight[j] = weight;
        p->row[j] = indices[j] >> p->low;
        weight = gn_fp6_mul(weight, beta);
    }
}

struct powers_job {
    const struct whir_powers *p;
    const struct whir_powers_ops *ops;
    uint32_t *scratch;
    size_t grain, chunk_words;
};

static void run_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const struct powers_job *job = ctx;
    job->ops->add(job->p, begin, end, job->scratch + begin / job->grain * job->chunk_words);
}

static void add_small(uint32_t *a, unsigned vars, unsigned d, fp6 power, fp6 beta, const uint32_t *indices, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        fp x = gn_ntt_point(indices[j], d);
        fp6 term = power; /* power x_j^x */
        for (size_t i = 0; i < (size_t)1 << vars; i++) {
            ext_set(a, i, fp6_add(ext_get(a, i), term));
            term = fp6_mul_fp(term, x);
        }
        power = gn_fp6_mul(power, beta);
    }
}

void gn_whir_powers_add(uint32_t *a, unsigned vars, unsigned d, fp6 first, fp6 beta, const uint32_t *indices, size_t n,
                        uint32_t *memory, const struct gn_work *w)
{
    if (vars < SMALL_LOG2) {
        add_small(a, vars, d, first, beta, indices, n);
        return;
    }
    unsigned low = low_bits(vars, d), rows = d - low;
    uint32_t *powers = memory, *twiddle = powers + first_words(n);
    uint32_t *scratch = twiddle + (twiddle_words(rows) + 15) / 16 * 16;
    struct whir_powers p = {
        .n = n, .first = powers, .twiddle = twiddle, .low = low, .high = vars - low, .rows = rows, .a = a};
    fill_twiddles(twiddle, rows);
    fill_queries(&p, powers, d, first, beta, indices);

    size_t blocks = (size_t)1 << (low - SMALL_LOG2);
    struct powers_job job = {.p = &p, .ops = ops_for(w->isa), .scratch = scratch, .grain = blocks / chunks_of(low)};
    job.chunk_words = whir_powers_chunk_words(rows, n);
    gn_pool_for(w->pool, blocks, job.grain, run_chunk, &job);
}
