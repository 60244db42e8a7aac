/* SPDX-License-Identifier: Apache-2.0 */
/* fpx_scalar.h - primitives of fpx.h on one lane: the twin against which the vector forms are tested.  Included by
 * fpx.h only. */
#ifndef GN_FIELD_FPX_SCALAR_H
#define GN_FIELD_FPX_SCALAR_H

#include "field/fp.h"

#define FPX_LANES  1
#define FPX_HALVES 1
#define FPX_M      ((uint64_t)FP_P << 32) /* M of fpx.h */

typedef struct {
    uint32_t v;
} fpx;

typedef struct {
    uint64_t v;
} fpx64;

typedef struct {
    fpx64 h[FPX_HALVES];
} fpx_wide;

FPX_FN fpx fpx_load(const uint32_t *p)
{
    return (fpx){*p};
}

FPX_FN fpx fpx_load_n(const uint32_t *p, size_t n)
{
    return (fpx){n == 0 ? 0 : *p};
}

FPX_FN void fpx_store(uint32_t *p, fpx a)
{
    *p = a.v;
}

FPX_FN void fpx_store_n(uint32_t *p, fpx a, size_t n)
{
    if (n != 0) {
        *p = a.v;
    }
}

FPX_FN fpx fpx_set1(uint32_t word)
{
    return (fpx){word};
}

FPX_FN fpx fpx_zero(void)
{
    return (fpx){0};
}

FPX_FN fpx fpx_add(fpx a, fpx b)
{
    return (fpx){fp_add_raw(a.v, b.v)};
}

FPX_FN fpx fpx_sub(fpx a, fpx b)
{
    return (fpx){fp_sub_raw(a.v, b.v)};
}

FPX_FN fpx fpx_keep(fpx a, size_t n)
{
    return (fpx){n == 0 ? 0 : a.v};
}

FPX_FN fpx fpx_blend(fpx a, fpx b, size_t n)
{
    return n == 0 ? b : a;
}

FPX_FN uint32_t fpx_odd(fpx a)
{
    return a.v & 1;
}

FPX_FN uint32_t fpx_above_one(fpx a)
{
    return a.v > 1;
}

FPX_FN fpx fpx_keep_bits(fpx a, uint32_t mask)
{
    return (fpx){(mask & 1) != 0 ? a.v : 0};
}

FPX_FN fpx fpx_nibbles(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return (fpx){(a & 1) | (b & 1) << 1 | (c & 1) << 2 | (d & 1) << 3};
}

FPX_FN fpx fpx_look(const uint32_t table[16], fpx a)
{
    return (fpx){table[a.v & 15]};
}

FPX_FN fpx fpx_shift_left(fpx a, unsigned n)
{
    return (fpx){a.v << n};
}

FPX_FN fpx fpx_shift_right(fpx a, unsigned n)
{
    return (fpx){a.v >> n};
}

FPX_FN void fpx_unzip(fpx *even, fpx *odd, fpx lo, fpx hi)
{
    *even = lo;
    *odd = hi;
}

FPX_FN void fpx_zip(fpx *lo, fpx *hi, fpx even, fpx odd)
{
    *lo = even;
    *hi = odd;
}

FPX_FN void fpx_interleave(fpx *a, fpx *b, int k) /* there is no k < 1 */
{
    (void)a;
    (void)b;
    (void)k;
}

FPX_FN fpx fpx_spread(fpx a, int k)
{
    (void)k;
    return a;
}

FPX_FN fpx64 fpx_half(fpx a, int h)
{
    (void)h;
    return (fpx64){a.v};
}

FPX_FN fpx64 fpx64_mul(fpx64 a, fpx64 b)
{
    return (fpx64){a.v * b.v}; /* both below 2^32 */
}

FPX_FN fpx64 fpx64_add(fpx64 a, fpx64 b)
{
    return (fpx64){a.v + b.v};
}

FPX_FN fpx64 fpx64_sub(fpx64 a, fpx64 b)
{
    return (fpx64){a.v - b.v};
}

FPX_FN fpx64 fpx64_trim(fpx64 a)
{
    return (fpx64){a.v >= FPX_M ? a.v - FPX_M : a.v};
}

FPX_FN fpx64 fpx64_fix(fpx64 a)
{
    return (fpx64){a.v >> 63 ? a.v + FPX_M : a.v};
}

FPX_FN fpx fpx_reduce(fpx_wide a)
{
    return (fpx){fp_reduce(a.h[0].v)};
}

FPX_FN fpx fpx_reduce_signed(fpx_wide a)
{
    return (fpx){fp_reduce(fpx64_fix(a.h[0]).v)};
}

#endif
