/* SPDX-License-Identifier: Apache-2.0 */
/* fpx_avx2.h - primitives of fpx.h on 8 lanes of AVX2.  Included by fpx.h only.
 *
 * "min(a, a - p)" is the conditional subtraction: as unsigned words, the smaller of the two is the one in [0, p).
 * On 64-bit lanes AVX2 has no unsigned minimum; there the sign bit of the difference selects (vblendvpd), right because
 * |difference| < 2^63. */
#ifndef GN_FIELD_FPX_AVX2_H
#define GN_FIELD_FPX_AVX2_H

#include <immintrin.h>

#include "field/fp.h"

#define FPX_LANES  8
#define FPX_HALVES 2

typedef struct {
    __m256i v;
} fpx;

typedef struct {
    __m256i v; /* 4 lanes of 64 bits */
} fpx64;

typedef struct {
    fpx64 h[FPX_HALVES]; /* even lanes, odd lanes */
} fpx_wide;

FPX_FN __m256i fpx_p(void)
{
    return _mm256_set1_epi32((int)FP_P);
}

FPX_FN __m256i fpx_m(void) /* M = 2^32 p */
{
    return _mm256_set1_epi64x((long long)FP_P << 32);
}

/* all ones in lanes 0 ... n - 1 */
FPX_FN __m256i fpx_first(size_t n)
{
    int k = n < FPX_LANES ? (int)n : FPX_LANES;
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(k), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

FPX_FN fpx fpx_load(const uint32_t *p)
{
    return (fpx){_mm256_loadu_si256((const __m256i_u *)p)};
}

FPX_FN fpx fpx_load_n(const uint32_t *p, size_t n)
{
    return (fpx){_mm256_maskload_epi32((const int *)p, fpx_first(n))};
}

FPX_FN void fpx_store(uint32_t *p, fpx a)
{
    _mm256_storeu_si256((__m256i_u *)p, a.v);
}

FPX_FN void fpx_store_n(uint32_t *p, fpx a, size_t n)
{
    _mm256_maskstore_epi32((int *)p, fpx_first(n), a.v);
}

FPX_FN fpx fpx_set1(uint32_t word)
{
    return (fpx){_mm256_set1_epi32((int)word)};
}

FPX_FN fpx fpx_zero(void)
{
    return (fpx){_mm256_setzero_si256()};
}

FPX_FN fpx fpx_add(fpx a, fpx b)
{
    __m256i s = _mm256_add_epi32(a.v, b.v);
    return (fpx){_mm256_min_epu32(s, _mm256_sub_epi32(s, fpx_p()))};
}

FPX_FN fpx fpx_sub(fpx a, fpx b)
{
    __m256i d = _mm256_sub_epi32(a.v, b.v);
    return (fpx){_mm256_min_epu32(d, _mm256_add_epi32(d, fpx_p()))};
}

FPX_FN fpx fpx_keep(fpx a, size_t n)
{
    return (fpx){_mm256_and_si256(a.v, fpx_first(n))};
}

FPX_FN fpx fpx_blend(fpx a, fpx b, size_t n)
{
    return (fpx){_mm256_blendv_epi8(b.v, a.v, fpx_first(n))};
}

FPX_FN uint32_t fpx_odd(fpx a)
{
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(a.v, 31)));
}

FPX_FN uint32_t fpx_above_one(fpx a)
{
    __m256i small = _mm256_cmpeq_epi32(_mm256_min_epu32(a.v, _mm256_set1_epi32(1)), a.v);
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(small)) ^ 0xffu;
}

/* all ones in the lanes whose bit is set */
FPX_FN __m256i fpx_lanes_of(uint32_t mask)
{
    const __m256i lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)mask), lane), lane);
}

FPX_FN fpx fpx_keep_bits(fpx a, uint32_t mask)
{
    return (fpx){_mm256_and_si256(a.v, fpx_lanes_of(mask))};
}

FPX_FN fpx fpx_nibbles(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    __m256i x = _mm256_and_si256(fpx_lanes_of(a), _mm256_set1_epi32(1));
    x = _mm256_or_si256(x, _mm256_and_si256(fpx_lanes_of(b), _mm256_set1_epi32(2)));
    x = _mm256_or_si256(x, _mm256_and_si256(fpx_lanes_of(c), _mm256_set1_epi32(4)));
    return (fpx){_mm256_or_si256(x, _mm256_and_si256(fpx_lanes_of(d), _mm256_set1_epi32(8)))};
}

FPX_FN fpx fpx_look(const uint32_t table[16], fpx a)
{
    __m256i low = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i_u *)table), a.v);
    __m256i high = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i_u *)(table + 8)), a.v);
    __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(a.v, 28)); /* bit 3 as sign */
    return (fpx){_mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high), upper))};
}

FPX_FN fpx fpx_shift_left(fpx a, unsigned n)
{
    return (fpx){_mm256_slli_epi32(a.v, (int)n)};
}

FPX_FN fpx fpx_shift_right(fpx a, unsigned n)
{
    return (fpx){_mm256_srli_epi32(a.v, (int)n)};
}

FPX_FN void fpx_unzip(fpx *even, fpx *odd, fpx lo, fpx hi)
{
    __m256 l = _mm256_castsi256_ps(lo.v), h = _mm256_castsi256_ps(hi.v);
    __m256i e = _mm256_castps_si256(_mm256_shuffle_ps(l, h, 0x88)); /* l0 l2 h0 h2 | l4 l6 h4 h6 */
    __m256i o = _mm256_castps_si256(_mm256_shuffle_ps(l, h, 0xdd));
    even->v = _mm256_permute4x64_epi64(e, 0xd8);
    odd->v = _mm256_permute4x64_epi64(o, 0xd8);
}

FPX_FN void fpx_zip(fpx *lo, fpx *hi, fpx even, fpx odd)
{
    __m256i l = _mm256_unpacklo_epi32(even.v, odd.v); /* words 0 1 2 3 | 8 9 10 11 */
    __m256i h = _mm256_unpackhi_epi32(even.v, odd.v);
    lo->v = _mm256_permute2x128_si256(l, h, 0x20);
    hi->v = _mm256_permute2x128_si256(l, h, 0x31);
}

FPX_FN void fpx_interleave(fpx *a, fpx *b, int k)
{
    __m256i x = a->v, y = b->v;
    if (k == 4) {
        a->v = _mm256_permute2x128_si256(x, y, 0x20);
        b->v = _mm256_permute2x128_si256(x, y, 0x31);
    } else if (k == 2) {
        a->v = _mm256_unpacklo_epi64(x, y);
        b->v = _mm256_unpackhi_epi64(x, y);
    } else {
        a->v = _mm256_blend_epi32(x, _mm256_slli_epi64(y, 32), 0xaa);
        b->v = _mm256_blend_epi32(_mm256_srli_epi64(x, 32), y, 0xaa);
    }
}

FPX_FN fpx fpx_spread(fpx a, int k)
{
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return (fpx){_mm256_permutevar8x32_epi32(a.v, _mm256_srli_epi32(lane, __builtin_ctz((unsigned)k)))};
}

FPX_FN fpx64 fpx_half(fpx a, int h)
{
    return (fpx64){h == 0 ? a.v : _mm256_srli_epi64(a.v, 32)};
}

FPX_FN fpx64 fpx64_mul(fpx64 a, fpx64 b)
{
    return (fpx64){_mm256_mul_epu32(a.v, b.v)};
}

FPX_FN fpx64 fpx64_add(fpx64 a, fpx64 b)
{
    return (fpx64){_mm256_add_epi64(a.v, b.v)};
}

FPX_FN fpx64 fpx64_sub(fpx64 a, fpx64 b)
{
    return (fpx64){_mm256_sub_epi64(a.v, b.v)};
}

/* x where the sign bit of s is set, else y */
FPX_FN __m256i fpx64_by_sign(__m256i s, __m256i x, __m256i y)
{
    return _mm256_castpd_si256(
        _mm256_blendv_pd(_mm256_castsi256_pd(y), _mm256_castsi256_pd(x), _mm256_castsi256_pd(s)));
}

FPX_FN fpx64 fpx64_trim(fpx64 a)
{
    __m256i d = _mm256_sub_epi64(a.v, fpx_m());
    return (fpx64){fpx64_by_sign(d, a.v, d)};
}

FPX_FN fpx64 fpx64_fix(fpx64 a)
{
    return (fpx64){fpx64_by_sign(a.v, _mm256_add_epi64(a.v, fpx_m()), a.v)};
}

/* the upper words of both halves in lane order */
FPX_FN __m256i fpx_upper(fpx_wide a)
{
    return _mm256_blend_epi32(_mm256_srli_epi64(a.h[0].v, 32), a.h[1].v, 0xaa);
}

/* hi(q p) for q = lo(a) / p mod 2^32: what Montgomery reduction subtracts from hi(a) */
FPX_FN __m256i fpx_subtrahend(fpx_wide a)
{
    const __m256i inv = _mm256_set1_epi32((int)FP_P_INV);
    for (int h = 0; h < FPX_HALVES; h++) {
        a.h[h].v = _mm256_mul_epu32(_mm256_mul_epu32(a.h[h].v, inv), fpx_p());
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
    __m256i hi = fpx_upper(a);
    hi = _mm256_min_epu32(hi, _mm256_add_epi32(hi, fpx_p()));
    return fpx_sub((fpx){hi}, (fpx){fpx_subtrahend(a)});
}

#endif
