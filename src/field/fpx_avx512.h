/* SPDX-License-Identifier: Apache-2.0 */
/* fpx_avx512.h - primitives of fpx.h on 16 lanes of AVX-512 (F, DQ, VL, BW).  Included by fpx.h only.
 *
 * "min(a, a - p)" is the conditional subtraction: as unsigned words, the smaller of the two is the one in [0, p);
 * likewise on 64-bit lanes with M. */
#ifndef GN_FIELD_FPX_AVX512_H
#define GN_FIELD_FPX_AVX512_H

#include <immintrin.h>

#include "field/fp.h"

#define FPX_LANES  16
#define FPX_HALVES 2

typedef struct {
    __m512i v;
} fpx;

typedef struct {
    __m512i v; /* 8 lanes of 64 bits */
} fpx64;

typedef struct {
    fpx64 h[FPX_HALVES]; /* even lanes, odd lanes */
} fpx_wide;

FPX_FN __m512i fpx_p(void)
{
    return _mm512_set1_epi32((int)FP_P);
}

FPX_FN __m512i fpx_m(void) /* M = 2^32 p */
{
    return _mm512_set1_epi64((long long)FP_P << 32);
}

FPX_FN __mmask16 fpx_first(size_t n) /* lanes 0 ... n - 1 */
{
    return (__mmask16)(n < FPX_LANES ? (1u << n) - 1 : 0xffffu);
}

FPX_FN fpx fpx_load(const uint32_t *p)
{
    return (fpx){_mm512_loadu_si512(p)};
}

FPX_FN fpx fpx_load_n(const uint32_t *p, size_t n)
{
    return (fpx){_mm512_maskz_loadu_epi32(fpx_first(n), p)};
}

FPX_FN void fpx_store(uint32_t *p, fpx a)
{
    _mm512_storeu_si512(p, a.v);
}

FPX_FN void fpx_store_n(uint32_t *p, fpx a, size_t n)
{
    _mm512_mask_storeu_epi32(p, fpx_first(n), a.v);
}

FPX_FN fpx fpx_set1(uint32_t word)
{
    return (fpx){_mm512_set1_epi32((int)word)};
}

FPX_FN fpx fpx_zero(void)
{
    return (fpx){_mm512_setzero_si512()};
}

FPX_FN fpx fpx_add(fpx a, fpx b)
{
    __m512i s = _mm512_add_epi32(a.v, b.v);
    return (fpx){_mm512_min_epu32(s, _mm512_sub_epi32(s, fpx_p()))};
}

FPX_FN fpx fpx_sub(fpx a, fpx b)
{
    __m512i d = _mm512_sub_epi32(a.v, b.v);
    return (fpx){_mm512_min_epu32(d, _mm512_add_epi32(d, fpx_p()))};
}

FPX_FN fpx fpx_keep(fpx a, size_t n)
{
    return (fpx){_mm512_maskz_mov_epi32(fpx_first(n), a.v)};
}

FPX_FN fpx fpx_blend(fpx a, fpx b, size_t n)
{
    return (fpx){_mm512_mask_mov_epi32(b.v, fpx_first(n), a.v)};
}

FPX_FN uint32_t fpx_odd(fpx a)
{
    return _mm512_test_epi32_mask(a.v, _mm512_set1_epi32(1));
}

FPX_FN uint32_t fpx_above_one(fpx a)
{
    return _mm512_cmpgt_epu32_mask(a.v, _mm512_set1_epi32(1));
}

FPX_FN fpx fpx_keep_bits(fpx a, uint32_t mask)
{
    return (fpx){_mm512_maskz_mov_epi32((__mmask16)mask, a.v)};
}

FPX_FN fpx fpx_nibbles(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    __m512i x = _mm512_maskz_set1_epi32((__mmask16)a, 1);
    x = _mm512_mask_or_epi32(x, (__mmask16)b, x, _mm512_set1_epi32(2));
    x = _mm512_mask_or_epi32(x, (__mmask16)c, x, _mm512_set1_epi32(4));
    return (fpx){_mm512_mask_or_epi32(x, (__mmask16)d, x, _mm512_set1_epi32(8))};
}

FPX_FN fpx fpx_look(const uint32_t table[16], fpx a)
{
    return (fpx){_mm512_permutexvar_epi32(a.v, _mm512_loadu_si512(table))};
}

FPX_FN fpx fpx_shift_left(fpx a, unsigned n)
{
    return (fpx){_mm512_slli_epi32(a.v, n)};
}

FPX_FN fpx fpx_shift_right(fpx a, unsigned n)
{
    return (fpx){_mm512_srli_epi32(a.v, n)};
}

FPX_FN void fpx_unzip(fpx *even, fpx *odd, fpx lo, fpx hi)
{
    const __m512i e = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i o = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    even->v = _mm512_permutex2var_epi32(lo.v, e, hi.v);
    odd->v = _mm512_permutex2var_epi32(lo.v, o, hi.v);
}

FPX_FN void fpx_zip(fpx *lo, fpx *hi, fpx even, fpx odd)
{
    const __m512i l = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i h = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    lo->v = _mm512_permutex2var_epi32(even.v, l, odd.v);
    hi->v = _mm512_permutex2var_epi32(even.v, h, odd.v);
}

FPX_FN void fpx_interleave(fpx *a, fpx *b, int k)
{
    __m512i x = a->v, y = b->v;
    if (k == 8) {
        a->v = _mm512_shuffle_i64x2(x, y, 0x44);
        b->v = _mm512_shuffle_i64x2(x, y, 0xee);
    } else if (k == 4) {
        a->v = _mm512_permutex2var_epi64(x, _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), y);
        b->v = _mm512_permutex2var_epi64(x, _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15), y);
    } else if (k == 2) {
        a->v = _mm512_unpacklo_epi64(x, y);
        b->v = _mm512_unpackhi_epi64(x, y);
    } else {
        a->v = _mm512_mask_shuffle_epi32(x, 0xaaaa, y, _MM_PERM_CCAA);
        b->v = _mm512_mask_shuffle_epi32(y, 0x5555, x, _MM_PERM_DDBB);
    }
}

FPX_FN fpx fpx_spread(fpx a, int k)
{
    __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return (fpx){_mm512_permutexvar_epi32(_mm512_srli_epi32(lane, (unsigned)__builtin_ctz((unsigned)k)), a.v)};
}

FPX_FN fpx64 fpx_half(fpx a, int h)
{
    return (fpx64){h == 0 ? a.v : _mm512_srli_epi64(a.v, 32)};
}

FPX_FN fpx64 fpx64_mul(fpx64 a, fpx64 b)
{
    return (fpx64){_mm512_mul_epu32(a.v, b.v)};
}

FPX_FN fpx64 fpx64_add(fpx64 a, fpx64 b)
{
    return (fpx64){_mm512_add_epi64(a.v, b.v)};
}

FPX_FN fpx64 fpx64_sub(fpx64 a, fpx64 b)
{
    return (fpx64){_mm512_sub_epi64(a.v, b.v)};
}

FPX_FN fpx64 fpx64_trim(fpx64 a)
{
    return (fpx64){_mm512_min_epu64(a.v, _mm512_sub_epi64(a.v, fpx_m()))};
}

FPX_FN fpx64 fpx64_fix(fpx64 a)
{
    return (fpx64){_mm512_min_epu64(a.v, _mm512_add_epi64(a.v, fpx_m()))};
}

/* the upper words of both halves in lane order */
FPX_FN __m512i fpx_upper(fpx_wide a)
{
    return _mm512_mask_shuffle_epi32(a.h[1].v, 0x5555, a.h[0].v, _MM_PERM_DDBB);
}

/* hi(q p) for q = lo(a) / p mod 2^32: what Montgomery reduction subtracts from hi(a) */
FPX_FN __m512i fpx_subtrahend(fpx_wide a)
{
    const __m512i inv = _mm512_set1_epi32((int)FP_P_INV);
    for (int h = 0; h < FPX_HALVES; h++) {
        a.h[h].v = _mm512_mul_epu32(_mm512_mul_epu32(a.h[h].v, inv), fpx_p());
    }
    return fpx_upper(a);
}

FPX_FN fpx fpx_reduce(fpx_wide a)
{
    return fpx_sub((fpx){fpx_upper(a)}, (fpx){fpx_subtrahend(a)});
}

/* the upper word is in [-p, p): one correction of words serves both halves */
FPX_FN fpx fpx_reduce_signed(fpx_wide a)
{
    __m512i hi = fpx_upper(a);
    hi = _mm512_min_epu32(hi, _mm512_add_epi32(hi, fpx_p()));
    return fpx_sub((fpx){hi}, (fpx){fpx_subtrahend(a)});
}

#endif
