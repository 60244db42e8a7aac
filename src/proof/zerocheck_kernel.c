/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_kernel.c - transforms of chunks and passes over short ext vectors, on the lanes of field/fpx.h; compiled
 * once per instruction set.
 *
 * Row b of 16 blocks is one vector, so a transform over the rows of each block is butterflies between whole vectors.  The
 * inverse transform decimates in frequency (natural order in, bit-reversed out), the forward one in time (bit-reversed
 * in, natural out): no permutation.  Cells times Montgomery constants are cells, and the coset's scale carries the factor
 * that makes the result a Montgomery form.  Every function is compiled for both sizes of a block. */
#include "proof/zerocheck_lanes.h"

#include "field/fpx.h"

#define PART    (ZC_LANES / FPX_LANES)     /* registers of one row of a chunk */
#define VECTORS (ZC_CHUNK_MAX / FPX_LANES) /* of the largest chunk */
#define ALWAYS  static inline __attribute__((always_inline))
#define SLICE   (ZC_SLICE / FPX_LANES)       /* registers of a slice */
#define AT(i)   ((ptrdiff_t)(i) * FPX_LANES) /* word of register i */

_Static_assert(GN_SKIP_MIN_LOG2 == 3 && GN_SKIP_MAX_LOG2 == 5, "the two sizes that are compiled");

/* in: 2 n registers of consecutive words; even and odd words to n registers each */
ALWAYS void split(fpx *even, fpx *odd, const fpx *in, int n)
{
    for (int i = 0; i < n; i++) {
        fpx_unzip(&even[i], &odd[i], in[2 * i], in[2 * i + 1]);
    }
}

/* row[b PART + k] = lanes k FPX_LANES ... of row b: one split by each bit of b, from the lowest on.  After i of them, group
 * g of n >> i registers holds the rows whose low i bits are g. */
ALWAYS void transpose(fpx row[VECTORS], const uint32_t *cells, int log2)
{
    fpx spare[VECTORS], *from = log2 % 2 == 0 ? row : spare, *to = log2 % 2 == 0 ? spare : row;
    const int n = PART << log2;
    for (int i = 0; i < n; i++) {
        from[i] = fpx_load(cells + AT(i));
    }
    for (int level = 0; level < log2; level++) {
        int half = n >> (level + 1);
        for (int g = 0; g < 1 << level; g++) {
            split(to + (ptrdiff_t)g * half, to + ((ptrdiff_t)g + (1 << level)) * half, from + (ptrdiff_t)2 * g * half,
                  half);
        }
        fpx *swap = from;
        from = to;
        to = swap;
    }
}

ALWAYS void on_domain(uint32_t *out, size_t stride, const uint32_t *cells, int log2)
{
    fpx row[VECTORS];
    transpose(row, cells, log2);
    for (int i = 0; i < PART << log2; i++) {
        fpx_store(out + (size_t)(i / SLICE) * stride + AT(i % SLICE), fpx_from_cells(row[i]));
    }
}

ALWAYS void butterfly(fpx *a, fpx *b)
{
    fpx s = fpx_add(*a, *b);
    *b = fpx_sub(*a, *b);
    *a = s;
}

ALWAYS fpx twiddle(fpx a, fp root)
{
    return fpx_mul(a, fpx_set1(root.v));
}

/* one stage of a transform of n rows: butterflies between rows `half` apart, whose twiddles come after (in frequency) or
 * before (in time) */
ALWAYS void stage_in_frequency(fpx *x, int n, int half, const fp *w)
{
    for (int start = 0; start < n; start += 2 * half) {
        for (int i = 0; i < half; i++) {
            butterfly(&x[start + i], &x[start + i + half]);
            if (i > 0) {
                x[start + i + half] = twiddle(x[start + i + half], w[i * (n / 2 / half)]);
            }
        }
    }
}

ALWAYS void stage_in_time(fpx *x, int n, int half, const fp *w)
{
    for (int start = 0; start < n; start += 2 * half) {
        for (int i = 0; i < half; i++) {
            if (i > 0) {
                x[start + i + half] = twiddle(x[start + i + half], w[i * (n / 2 / half)]);
            }
            butterfly(&x[start + i], &x[start + i + half]);
        }
    }
}

ALWAYS void interpolate(uint32_t *coefficients, const uint32_t *cells, const fp *w, int log2)
{
    const int n = 1 << log2;
    fpx row[VECTORS], x[GN_SKIP_MAX];
    transpose(row, cells, log2);
    for (int k = 0; k < PART; k++) {
        for (int b = 0; b < n; b++) {
            x[b] = row[b * PART + k];
        }
        if (log2 == 5) {
            stage_in_frequency(x, n, 16, w);
            stage_in_frequency(x, n, 8, w);
        }
        stage_in_frequency(x, n, 4, w);
        stage_in_frequency(x, n, 2, w);
        stage_in_frequency(x, n, 1, w);
        for (int j = 0; j < n; j++) {
            fpx_store(coefficients + AT(j * PART + k), x[j]);
        }
    }
}

ALWAYS void on_coset(uint32_t *out, size_t stride, const uint32_t *coefficients, const uint32_t *scale, const fp *w,
                     int log2)
{
    const int n = 1 << log2;
    for (int k = 0; k < PART; k++) {
        fpx x[GN_SKIP_MAX];
        for (int j = 0; j < n; j++) {
            x[j] = fpx_mul(fpx_load(coefficients + AT(j * PART + k)), fpx_set1(scale[j]));
        }
        stage_in_time(x, n, 1, w);
        stage_in_time(x, n, 2, w);
        stage_in_time(x, n, 4, w);
        if (log2 == 5) {
            stage_in_time(x, n, 8, w);
            stage_in_time(x, n, 16, w);
        }
        for (int b = 0; b < n; b++) {
            int i = b * PART + k;
            fpx_store(out + (size_t)(i / SLICE) * stride + AT(i % SLICE), x[b]);
        }
    }
}

ALWAYS void fold_rows(uint32_t *out, const uint32_t *cells, const fp6 *weights, int log2)
{
    fpx row[VECTORS];
    transpose(row, cells, log2);
    for (int k = 0; k < PART; k++) {
        fp6x_wide sum = fp6x_wide_zero();
        for (int b = 0; b < 1 << log2; b += 2) {
            sum = fp6x_wide_mac2_fp6(sum, weights[b], row[b * PART + k], weights[b + 1], row[(b + 1) * PART + k]);
        }
        fp6x_store(out, (size_t)k * FPX_LANES, fp6x_reduce(sum));
    }
}

static void kernel_on_domain(uint32_t *out, size_t stride, const uint32_t *cells, unsigned log2)
{
    if (log2 == 3) {
        on_domain(out, stride, cells, 3);
    } else {
        on_domain(out, stride, cells, 5);
    }
}

static void kernel_interpolate(uint32_t *coefficients, const uint32_t *cells, const struct zc_roots *roots)
{
    if (roots->log2 == 3) {
        interpolate(coefficients, cells, roots->inverse, 3);
    } else {
        interpolate(coefficients, cells, roots->inverse, 5);
    }
}

static void kernel_on_coset(uint32_t *out, size_t stride, const uint32_t *coefficients, const uint32_t *scale,
                            const struct zc_roots *roots)
{
    if (roots->log2 == 3) {
        on_coset(out, stride, coefficients, scale, roots->root, 3);
    } else {
        on_coset(out, stride, coefficients, scale, roots->root, 5);
    }
}

static void kernel_fold_rows(uint32_t *out, const uint32_t *cells, const fp6 *weights, unsigned log2)
{
    if (log2 == 3) {
        fold_rows(out, cells, weights, 3);
    } else {
        fold_rows(out, cells, weights, 5);
    }
}

static bool kernel_read_bits(uint32_t masks[ZC_LANES], const uint32_t *cells, unsigned log2)
{
    const unsigned step = FPX_LANES == 1 ? 1 : 8; /* no block ends inside of so many cells */
    uint32_t above = 0;
    for (int y = 0; y < ZC_LANES; y++) {
        masks[y] = 0;
    }
    for (unsigned i = 0; i < (unsigned)ZC_LANES << log2; i += FPX_LANES) {
        fpx a = fpx_load(cells + i);
        uint32_t odd = fpx_odd(a);
        above |= fpx_above_one(a);
        for (unsigned k = 0; k < FPX_LANES; k += step) {
            masks[(i + k) >> log2] |= (odd >> k & ((1u << step) - 1)) << ((i + k) % (1u << log2));
        }
    }
    return above == 0;
}

ALWAYS void spread_bits(uint32_t *out, const uint32_t *masks, const uint32_t *table, unsigned nibbles, unsigned points)
{
    for (size_t y = 0; y < ZC_LANES; y += FPX_LANES) {
        fpx at[8];
        for (unsigned m = 0; m < nibbles; m++) {
            at[m] = fpx_shift_right(fpx_load(masks + y), 4 * m);
        }
        const uint32_t *entries = table;
        for (unsigned i = 0; i < points; i++) {
            fpx sum = fpx_look(entries, at[0]);
            for (unsigned m = 1; m < nibbles; m++) {
                sum = fpx_add(sum, fpx_look(entries + (size_t)16 * m, at[m]));
            }
            fpx_store(out + (size_t)ZC_LANES * i + y, sum);
            entries += (size_t)16 * nibbles;
        }
    }
}

static void kernel_spread_bits(uint32_t *out, const uint32_t masks[ZC_LANES], const uint32_t *table, unsigned nibbles,
                               unsigned points)
{
    if (nibbles == 2) {
        spread_bits(out, masks, table, 2, points);
    } else {
        spread_bits(out, masks, table, 8, points);
    }
}

/* ---- the bus ---- */

ALWAYS fp6x form_at(const struct zc_form *form, const fp6 *weights, const uint32_t *const *sources, size_t i)
{
    fp6x sum = fp6x_linear(weights + form->first, sources + form->first, form->n, i);
    return fp6x_add(sum, fp6x_set1(form->base));
}

ALWAYS fp6x form_ext_at(const struct zc_form *form, const fp6 *weights, const uint32_t *const *sources, size_t i)
{
    fp6x sum = fp6x_set1(form->base);
    for (uint32_t j = form->first; j < form->first + form->n; j++) {
        sum = fp6x_add(sum, fp6x_mul(fp6x_set1(weights[j]), fp6x_load(sources[j], i)));
    }
    return sum;
}

ALWAYS fp6x value_at(const struct zc_form *form, const fp6 *weights, const uint32_t *const *sources, size_t i, bool ext)
{
    return ext ? form_ext_at(form, weights, sources, i) : form_at(form, weights, sources, i);
}

ALWAYS fp6x cross_at(const struct zc_cross *c, const uint32_t *const *sources, size_t i, bool ext)
{
    if (ext) {
        fp6x product = fp6x_mul(fp6x_load(sources[c->a], i), fp6x_load(sources[c->b], i));
        return fp6x_mul(fp6x_set1(c->weight), product);
    }
    fpx product = fpx_mul(fpx_load(sources[c->a] + i), fpx_load(sources[c->b] + i));
    return fp6x_mul_fpx(fp6x_set1(c->weight), product);
}

ALWAYS void forms(uint32_t *out, const struct zc_forms *f, const uint32_t *const *sources, size_t rows, bool ext)
{
    for (size_t i = 0; i < rows; i += FPX_LANES) {
        fp6x sum = value_at(&f->sum, f->weights, sources, i, ext);
        for (uint32_t k = 0; k < f->products_n; k++) {
            const struct zc_product *x = &f->products[k];
            fp6x product = value_at(&x->factors[0], f->weights, sources, i, ext);
            for (uint32_t m = 1; m < x->n; m++) {
                product = fp6x_mul(product, value_at(&x->factors[m], f->weights, sources, i, ext));
            }
            sum = fp6x_add(sum, product);
        }
        for (uint32_t k = 0; k < f->crosses_n; k++) {
            sum = fp6x_add(sum, cross_at(&f->crosses[k], sources, i, ext));
        }
        fp6x_store(out, i, sum);
    }
}

static void kernel_forms(uint32_t *out, const struct zc_forms *f, const uint32_t *const *sources, size_t rows)
{
    forms(out, f, sources, rows, false);
}

static void kernel_forms_ext(uint32_t *out, const struct zc_forms *f, const uint32_t *const *sources, size_t rows)
{
    forms(out, f, sources, rows, true);
}

static void kernel_accumulate(uint32_t *acc, fp6 scale, const uint32_t *a, size_t n)
{
    fp6x s = fp6x_set1(scale);
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fp6x_store(acc, i, fp6x_add(fp6x_load(acc, i), fp6x_mul(s, fp6x_load(a, i))));
    }
}

static void kernel_add(uint32_t *acc, const uint32_t *a, size_t n)
{
    for (size_t i = 0; i < 6 * n; i += FPX_LANES) { /* whole blocks: the order of the limbs does not matter */
        fpx_store(acc + i, fpx_add(fpx_load(acc + i), fpx_load(a + i)));
    }
}

static void kernel_pairs(uint32_t *value, uint32_t *delta, const uint32_t *v, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fp6x even, odd;
        size_t at = 2 * (first + i);
        fp6x_unzip(&even, &odd, fp6x_load(v, at), fp6x_load(v, at + FPX_LANES));
        fp6x_store(value, i, even);
        fp6x_store(delta, i, fp6x_sub(odd, even));
    }
}

#define GROUPS (EXT_BLOCK / FPX_LANES)

/* Limb by limb into flat rows first.  Registers are stored whole, upwards: what a store spills over its last pair, the
 * next one overwrites. */
static void kernel_spread(uint32_t *out, const uint32_t *v, size_t n, unsigned points)
{
    uint32_t flat[6][ZC_SPREAD_MAX + 2 * EXT_BLOCK];
    fp6x value[GROUPS], delta[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
        size_t at = (size_t)g * 2 * FPX_LANES;
        fp6x_unzip(&value[g], &delta[g], fp6x_load(v, at), fp6x_load(v, at + FPX_LANES));
        delta[g] = fp6x_sub(delta[g], value[g]);
    }
    size_t end = n * points;
    for (unsigned x = 0; x < points; x++) {
        for (int g = 0; g < GROUPS; g++) {
            size_t first = (size_t)g * FPX_LANES;
            for (int l = 0; l < 6 && first < n; l++) {
                fpx_store(flat[l] + x * n + first, value[g].c[l]);
            }
            value[g] = fp6x_add(value[g], delta[g]);
        }
    }
    for (int l = 0; l < 6; l++) {
        for (size_t i = 0; i < EXT_BLOCK; i += FPX_LANES) {
            fpx_store(flat[l] + end + i, fpx_zero());
        }
    }
    for (size_t i = 0; i < end; i += FPX_LANES) {
        fp6x a;
        for (int l = 0; l < 6; l++) {
            a.c[l] = fpx_load(flat[l] + i);
        }
        fp6x_store(out, i, a);
    }
}

static fp6 kernel_dot(const uint32_t *a, const uint32_t *b, size_t n)
{
    fp6x_wide sum = fp6x_wide_zero();
    for (size_t i = 0; i < n; i += FPX_LANES) {
        sum = fp6x_wide_mac(sum, fp6x_keep(fp6x_load(a, i), n - i), fp6x_keep(fp6x_load(b, i), n - i));
    }
    return fp6x_sum(fp6x_reduce(sum));
}

#define NAME_(isa) gn_zc_lanes_##isa
#define NAME(isa)  NAME_(isa)
const struct zc_lanes NAME(ISA) = {
    .on_domain = kernel_on_domain,
    .interpolate = kernel_interpolate,
    .on_coset = kernel_on_coset,
    .fold_rows = kernel_fold_rows,
    .read_bits = kernel_read_bits,
    .spread_bits = kernel_spread_bits,
    .forms = kernel_forms,
    .forms_ext = kernel_forms_ext,
    .accumulate = kernel_accumulate,
    .add = kernel_add,
    .pairs = kernel_pairs,
    .spread = kernel_spread,
    .dot = kernel_dot,
};
