/* SPDX-License-Identifier: Apache-2.0 */
/* fpx.h - lanes: FPX_LANES field elements side by side, one text for every instruction set.
 *
 * A kernel is a file <name>_kernel.c that includes this header, is compiled once per instruction set (gn_kernel in
 * cmake/gn.cmake) and never names an intrinsic.  FPX_LANES is 1 (scalar), 8 (AVX2) or 16 (AVX-512); a block of an ext
 * vector (16 elements) takes 16 / FPX_LANES steps:
 *
 *     for (size_t i = 0; i < n; i += FPX_LANES) {
 *         fp6x a = fp6x_load(v, i);
 *         fp6x_store(out, i, fp6x_mul(a, fp6x_load(w, i)));
 *     }
 *
 * Lanes never influence one another, except in the functions that say so.  Lanes behind n hold anything, even words
 * >= p: they may be computed on and stored into the padding of an ext vector, but must be masked (fpx_keep) before a
 * sum over lanes.
 *
 * Types       fpx        FPX_LANES words, each in [0, p): cells or Montgomery form, as in fp.h
 *             fp6x       FPX_LANES elements of F
 *             fpx_wide   FPX_LANES 64-bit sums of products, before reduction; see "late reduction"
 *             fp6x_wide  the same for F
 *
 * Late reduction: a product is below p^2; with M = 2^32 p, 2 p^2 < M and 2 M < 2^64.  So a value below M may grow by
 * two products before it is trimmed, and three products are below 2 M.  Reduction divides by 2^32 (Montgomery):
 * [0, M) -> [0, p).
 *
 * The primitives for each instruction set are in fpx_scalar.h, fpx_avx2.h, fpx_avx512.h; everything after them is
 * common text. */
#ifndef GN_FIELD_FPX_H
#define GN_FIELD_FPX_H

#include <stddef.h>
#include <stdint.h>

#include "field/ext.h"

/* Everything is inlined: a call would send sixfold registers through memory.  Kernels use it for their own helpers on
 * lanes. */
#define FPX_FN static inline __attribute__((always_inline))

#if defined GN_KERNEL_AVX512
#include "field/fpx_avx512.h"
#elif defined GN_KERNEL_AVX2
#include "field/fpx_avx2.h"
#elif defined GN_KERNEL_SCALAR
#include "field/fpx_scalar.h"
#else
#error "fpx.h is for kernels: compile through gn_kernel"
#endif

/* ---- what fpx_<isa>.h provides ----
 *
 * fpx fpx_load(const uint32_t *p)               FPX_LANES consecutive words, any alignment
 * fpx fpx_load_n(const uint32_t *p, size_t n)   the first n words (n may exceed FPX_LANES), zeros behind; reads
 *                                               nothing behind p + n
 * void fpx_store(uint32_t *p, fpx a)
 * void fpx_store_n(uint32_t *p, fpx a, size_t n)
 * fpx fpx_set1(uint32_t word)                   the word in every lane: fpx_set1(a.v) for an fp a
 * fpx fpx_zero(void)
 * fpx fpx_add(fpx, fpx), fpx_sub(fpx, fpx)      mod p
 * fpx fpx_keep(fpx a, size_t n)                 lanes 0 ... n - 1 of a, zeros behind (n may exceed FPX_LANES)
 * fpx fpx_blend(fpx a, fpx b, size_t n)         lanes 0 ... n - 1 of a, the others of b
 *
 * uint32_t fpx_odd(fpx a)                       bit i: lane i is odd
 * uint32_t fpx_above_one(fpx a)                 bit i: lane i is above 1
 * fpx fpx_keep_bits(fpx a, uint32_t mask)       lanes whose bit is set, zeros elsewhere
 * fpx fpx_nibbles(uint32_t a, b, c, d)          lane i: bit i of a, and of b, c, d times 2, 4, 8
 * fpx fpx_look(const uint32_t table[16], fpx a) the entry that the low four bits of each lane name
 * fpx fpx_shift_right(fpx a, unsigned n), fpx_shift_left   of words
 *
 * Moving lanes:
 * void fpx_unzip(fpx *even, fpx *odd, fpx lo, fpx hi)   (lo, hi) are 2 FPX_LANES consecutive words; even gets words
 *                                                       0, 2, ..., odd 1, 3, ...
 * void fpx_zip(fpx *lo, fpx *hi, fpx even, fpx odd)     inverse of fpx_unzip
 * void fpx_interleave(fpx *a, fpx *b, int k)            blocks of k lanes (k < FPX_LANES a constant power of two): swaps
 *                                                       the odd blocks of a with the even blocks of b, so that
 *                                                       a = a0 b0 a2 b2 ..., b = a1 b1 a3 b3 ...; its own inverse
 *
 * Wide, FPX_HALVES registers (SIMD: even and odd lanes) of 64-bit lanes:
 * fpx64 fpx_half(fpx a, int h)                     the lanes of half h; the upper 32 bits of each 64 are ignored by
 *                                                  fpx64_mul
 * fpx64 fpx64_mul(fpx64, fpx64)                    32 x 32 -> 64
 * fpx64 fpx64_add(fpx64, fpx64), fpx64_sub         plain 64-bit arithmetic
 * fpx64 fpx64_trim(fpx64 a)                        [0, 2M) -> [0, M), same residue
 * fpx64 fpx64_fix(fpx64 a)                         (-M, M) -> [0, M)
 * fpx fpx_reduce(fpx_wide a)                       [0, M) -> a / 2^32 mod p
 * fpx fpx_reduce_signed(fpx_wide a)                (-M, M) -> a / 2^32 mod p */

/* ---- base field ---- */

/* the product a * b / 2^32: of two Montgomery forms their Montgomery form, of a Montgomery form and a cell a cell */
FPX_FN fpx fpx_mul(fpx a, fpx b)
{
    fpx_wide w;
    for (int h = 0; h < FPX_HALVES; h++) {
        w.h[h] = fpx64_mul(fpx_half(a, h), fpx_half(b, h));
    }
    return fpx_reduce(w);
}

/* the same when all lanes of w are equal: both halves of w are w itself */
FPX_FN fpx fpx_mul_set1(fpx a, fpx w)
{
    fpx_wide x;
    for (int h = 0; h < FPX_HALVES; h++) {
        x.h[h] = fpx64_mul(fpx_half(a, h), fpx_half(w, 0));
    }
    return fpx_reduce(x);
}

FPX_FN fpx fpx_neg(fpx a)
{
    return fpx_sub(fpx_zero(), a);
}

/* cells to Montgomery form and back */
FPX_FN fpx fpx_from_cells(fpx a)
{
    return fpx_mul(a, fpx_set1(FP_R2));
}

FPX_FN fpx fpx_to_cells(fpx a)
{
    return fpx_mul(a, fpx_set1(1));
}

FPX_FN fpx_wide fpx_wide_zero(void)
{
    fpx_wide w;
    for (int h = 0; h < FPX_HALVES; h++) {
        w.h[h] = fpx_half(fpx_zero(), h);
    }
    return w;
}

FPX_FN fpx_wide fpx_wide_add(fpx_wide a, fpx_wide b)
{
    for (int h = 0; h < FPX_HALVES; h++) {
        a.h[h] = fpx64_trim(fpx64_add(a.h[h], b.h[h]));
    }
    return a;
}

/* acc + a b; acc in [0, M) and so is the result */
FPX_FN fpx_wide fpx_wide_mac(fpx_wide acc, fpx a, fpx b)
{
    for (int h = 0; h < FPX_HALVES; h++) {
        acc.h[h] = fpx64_trim(fpx64_add(acc.h[h], fpx64_mul(fpx_half(a, h), fpx_half(b, h))));
    }
    return acc;
}

/* acc + a b + c d with one trim */
FPX_FN fpx_wide fpx_wide_mac2(fpx_wide acc, fpx a, fpx b, fpx c, fpx d)
{
    for (int h = 0; h < FPX_HALVES; h++) {
        fpx64 ab = fpx64_mul(fpx_half(a, h), fpx_half(b, h));
        fpx64 cd = fpx64_mul(fpx_half(c, h), fpx_half(d, h));
        acc.h[h] = fpx64_trim(fpx64_add(acc.h[h], fpx64_add(ab, cd)));
    }
    return acc;
}

/* sum over the lanes, mod p */
FPX_FN fp fpx_sum(fpx a)
{
    uint32_t lane[FPX_LANES];
    fpx_store(lane, a);
    uint32_t s = 0;
    for (int i = 0; i < FPX_LANES; i++) {
        s = fp_add_raw(s, lane[i]);
    }
    return (fp){s};
}

/* ---- extension field ---- */

typedef struct {
    fpx c[6];
} fp6x;

typedef struct {
    fpx_wide c[6];
} fp6x_wide;

/* elements i ... i + FPX_LANES - 1 of an ext vector; i is a multiple of FPX_LANES */
FPX_FN fp6x fp6x_load(const uint32_t *v, size_t i)
{
    const uint32_t *p = v + ext_at(i, 0);
    fp6x a;
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_load(p + (ptrdiff_t)(l * EXT_BLOCK));
    }
    return a;
}

FPX_FN void fp6x_store(uint32_t *v, size_t i, fp6x a)
{
    uint32_t *p = v + ext_at(i, 0);
    for (int l = 0; l < 6; l++) {
        fpx_store(p + (ptrdiff_t)(l * EXT_BLOCK), a.c[l]);
    }
}

FPX_FN fp6x fp6x_set1(fp6 a)
{
    fp6x r;
    for (int l = 0; l < 6; l++) {
        r.c[l] = fpx_set1(a.c[l].v);
    }
    return r;
}

FPX_FN fp6x fp6x_zero(void)
{
    return fp6x_set1(fp6_zero());
}

FPX_FN fp6x fp6x_from_fpx(fpx a)
{
    fp6x r = fp6x_zero();
    r.c[0] = a;
    return r;
}

FPX_FN fp6x fp6x_add(fp6x a, fp6x b)
{
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_add(a.c[l], b.c[l]);
    }
    return a;
}

FPX_FN fp6x fp6x_sub(fp6x a, fp6x b)
{
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_sub(a.c[l], b.c[l]);
    }
    return a;
}

FPX_FN fp6x fp6x_neg(fp6x a)
{
    return fp6x_sub(fp6x_zero(), a);
}

FPX_FN fp6x fp6x_add_fpx(fp6x a, fpx b)
{
    a.c[0] = fpx_add(a.c[0], b);
    return a;
}

FPX_FN fp6x fp6x_mul_fpx(fp6x a, fpx b)
{
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_mul(a.c[l], b);
    }
    return a;
}

FPX_FN fp6x fp6x_keep(fp6x a, size_t n)
{
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_keep(a.c[l], n);
    }
    return a;
}

FPX_FN fp6x fp6x_blend(fp6x a, fp6x b, size_t n)
{
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_blend(a.c[l], b.c[l], n);
    }
    return a;
}

/* (lo, hi) hold 2 FPX_LANES consecutive elements: separates the even from the odd ones; fp6x_zip is the inverse */
FPX_FN void fp6x_unzip(fp6x *even, fp6x *odd, fp6x lo, fp6x hi)
{
    for (int l = 0; l < 6; l++) {
        fpx_unzip(&even->c[l], &odd->c[l], lo.c[l], hi.c[l]);
    }
}

FPX_FN void fp6x_zip(fp6x *lo, fp6x *hi, fp6x even, fp6x odd)
{
    for (int l = 0; l < 6; l++) {
        fpx_zip(&lo->c[l], &hi->c[l], even.c[l], odd.c[l]);
    }
}

/* sum over the lanes */
FPX_FN fp6 fp6x_sum(fp6x a)
{
    fp6 r;
    for (int l = 0; l < 6; l++) {
        r.c[l] = fpx_sum(a.c[l]);
    }
    return r;
}

/* Half h of a product in F, as in fp6.c:
 *   a b = (P0 - P1) + x^3 (P0 - PD),   P0 = A0 B0, P1 = A1 B1, PD = (A0 - A1)(B0 - B1).
 * da, db are the differences; the coefficients are in (-M, M). */
FPX_FN void fp6x_mul_half(fp6x_wide *w, int h, const fp6x *a, const fp6x *b, const fpx da[3], const fpx db[3])
{
    fpx64 p[3][5];
    for (int k = 0; k < 3; k++) {
        fpx64 x[3], y[3];
        for (int i = 0; i < 3; i++) {
            x[i] = fpx_half(k == 2 ? da[i] : a->c[3 * k + i], h);
            y[i] = fpx_half(k == 2 ? db[i] : b->c[3 * k + i], h);
        }
        p[k][0] = fpx64_mul(x[0], y[0]);
        p[k][1] = fpx64_add(fpx64_mul(x[0], y[1]), fpx64_mul(x[1], y[0]));
        p[k][2] = fpx64_add(fpx64_add(fpx64_mul(x[0], y[2]), fpx64_mul(x[1], y[1])), fpx64_mul(x[2], y[0]));
        p[k][3] = fpx64_add(fpx64_mul(x[1], y[2]), fpx64_mul(x[2], y[1]));
        p[k][4] = fpx64_mul(x[2], y[2]);
    }
    for (int i = 0; i < 2; i++) {
        fpx64 t = fpx64_trim(fpx64_add(p[0][i], p[2][i + 3]));
        w->c[i].h[h] = fpx64_sub(t, fpx64_trim(fpx64_add(p[1][i], p[0][i + 3])));
        w->c[i + 3].h[h] = fpx64_sub(t, fpx64_trim(fpx64_add(p[2][i], p[1][i + 3])));
    }
    fpx64 t = fpx64_trim(p[0][2]);
    w->c[2].h[h] = fpx64_sub(t, fpx64_trim(p[1][2]));
    w->c[5].h[h] = fpx64_sub(t, fpx64_trim(p[2][2]));
}

/* the product before reduction, coefficients in (-M, M) */
FPX_FN fp6x_wide fp6x_mul_signed(fp6x a, fp6x b)
{
    fpx da[3], db[3];
    for (int l = 0; l < 3; l++) {
        da[l] = fpx_sub(a.c[l], a.c[l + 3]);
        db[l] = fpx_sub(b.c[l], b.c[l + 3]);
    }
    fp6x_wide w;
    fp6x_mul_half(&w, 0, &a, &b, da, db);
    if (FPX_HALVES == 2) { /* no loop: compilers keep a loop of this size, and its arrays in memory */
        fp6x_mul_half(&w, FPX_HALVES - 1, &a, &b, da, db);
    }
    return w;
}

FPX_FN fp6x fp6x_mul(fp6x a, fp6x b)
{
    fp6x_wide w = fp6x_mul_signed(a, b);
    fp6x r;
    for (int l = 0; l < 6; l++) {
        r.c[l] = fpx_reduce_signed(w.c[l]);
    }
    return r;
}

FPX_FN fp6x fp6x_square(fp6x a)
{
    return fp6x_mul(a, a);
}

/* Sums of products, reduced once: w = fp6x_wide_zero(); w = fp6x_wide_mac(w, a, b); ...; fp6x_reduce(w).
 * All values are in [0, M). */
FPX_FN fp6x_wide fp6x_wide_zero(void)
{
    fp6x_wide w;
    for (int l = 0; l < 6; l++) {
        w.c[l] = fpx_wide_zero();
    }
    return w;
}

FPX_FN fp6x_wide fp6x_wide_add(fp6x_wide a, fp6x_wide b)
{
    for (int l = 0; l < 6; l++) {
        a.c[l] = fpx_wide_add(a.c[l], b.c[l]);
    }
    return a;
}

/* acc + a b for a, b in F */
FPX_FN fp6x_wide fp6x_wide_mac(fp6x_wide acc, fp6x a, fp6x b)
{
    fp6x_wide w = fp6x_mul_signed(a, b);
    for (int l = 0; l < 6; l++) {
        for (int h = 0; h < FPX_HALVES; h++) {
            acc.c[l].h[h] = fpx64_trim(fpx64_add(acc.c[l].h[h], fpx64_fix(w.c[l].h[h])));
        }
    }
    return acc;
}

/* acc + a b for a in F, b in the base field; the second form adds two products at little more than the price of one */
FPX_FN fp6x_wide fp6x_wide_mac_fpx(fp6x_wide acc, fp6x a, fpx b)
{
    for (int l = 0; l < 6; l++) {
        acc.c[l] = fpx_wide_mac(acc.c[l], a.c[l], b);
    }
    return acc;
}

FPX_FN fp6x_wide fp6x_wide_mac2_fpx(fp6x_wide acc, fp6x a, fpx b, fp6x c, fpx d)
{
    for (int l = 0; l < 6; l++) {
        acc.c[l] = fpx_wide_mac2(acc.c[l], a.c[l], b, c.c[l], d);
    }
    return acc;
}

/* acc + a b + c d for a, c in F, the same in all lanes, so that their halves are alike */
FPX_FN fp6x_wide fp6x_wide_mac2_fp6(fp6x_wide acc, fp6 a, fpx b, fp6 c, fpx d)
{
    for (int l = 0; l < 6; l++) {
        fpx64 a_wide = fpx_half(fpx_set1(a.c[l].v), 0), c_wide = fpx_half(fpx_set1(c.c[l].v), 0);
        for (int h = 0; h < FPX_HALVES; h++) {
            fpx64 both = fpx64_add(fpx64_mul(fpx_half(b, h), a_wide), fpx64_mul(fpx_half(d, h), c_wide));
            acc.c[l].h[h] = fpx64_trim(fpx64_add(acc.c[l].h[h], both));
        }
    }
    return acc;
}

FPX_FN fp6x fp6x_reduce(fp6x_wide w)
{
    fp6x r;
    for (int l = 0; l < 6; l++) {
        r.c[l] = fpx_reduce(w.c[l]);
    }
    return r;
}

/* sum over j < n of weights[j] columns[j][at ...] */
FPX_FN fp6x fp6x_linear(const fp6 *weights, const uint32_t *const *columns, size_t n, size_t at)
{
    fp6x_wide sum = fp6x_wide_zero();
    size_t j = 0;
    for (; j + 1 < n; j += 2) {
        sum = fp6x_wide_mac2_fp6(sum, weights[j], fpx_load(columns[j] + at), weights[j + 1],
                                 fpx_load(columns[j + 1] + at));
    }
    if (j < n) {
        sum = fp6x_wide_mac_fpx(sum, fp6x_set1(weights[j]), fpx_load(columns[j] + at));
    }
    return fp6x_reduce(sum);
}

#endif
