/* SPDX-License-Identifier: Apache-2.0 */
/* field_lanes_kernel.c - see field_lanes.h; compiled once per instruction set */
#include "unit/field_lanes.h"

#include "field/fpx.h"

#define BASE(name, expression)                                                                  \
    static void name(uint32_t *out, const uint32_t *pa, const uint32_t *pb, const uint32_t *pc) \
    {                                                                                           \
        for (int i = 0; i < 16; i += FPX_LANES) {                                               \
            fpx a = fpx_load(pa + i), b = fpx_load(pb + i), c = fpx_load(pc + i);               \
            (void)a, (void)b, (void)c;                                                          \
            fpx_store(out + i, expression);                                                     \
        }                                                                                       \
    }

BASE(base_add, fpx_add(a, b))
BASE(base_sub, fpx_sub(a, b))
BASE(base_neg, fpx_neg(a))
BASE(base_mul, fpx_mul(a, b))
BASE(base_mul_set1, fpx_mul_set1(a, fpx_set1(pb[0])))
BASE(base_from_cells, fpx_from_cells(a))
BASE(base_to_cells, fpx_to_cells(a))
BASE(base_wide, fpx_reduce(fpx_wide_mac(fpx_wide_mac2(fpx_wide_mac(fpx_wide_zero(), a, b), b, c, a, a), c, c)))

#define EXT(name, expression)                                                                   \
    static void name(uint32_t *out, const uint32_t *pa, const uint32_t *pb, const uint32_t *pc) \
    {                                                                                           \
        for (size_t i = 0; i < 16; i += FPX_LANES) {                                            \
            fp6x a = fp6x_load(pa, i), b = fp6x_load(pb, i), c = fp6x_load(pc, i);              \
            (void)a, (void)b, (void)c;                                                          \
            fp6x_store(out, i, expression);                                                     \
        }                                                                                       \
    }

EXT(ext_add, fp6x_add(a, b))
EXT(ext_sub, fp6x_sub(a, b))
EXT(ext_neg, fp6x_neg(a))
EXT(ext_mul, fp6x_mul(a, b))
EXT(ext_square, fp6x_square(a))
EXT(ext_mul_fpx, fp6x_mul_fpx(a, b.c[0]))
EXT(ext_add_fpx, fp6x_add_fpx(a, b.c[0]))
EXT(ext_mul_set1, fp6x_mul(a, fp6x_set1(ext_get(pb, 3))))
EXT(ext_wide, fp6x_reduce(fp6x_wide_mac(fp6x_wide_mac(fp6x_wide_zero(), a, b), b, c)))
EXT(ext_wide_fpx, fp6x_reduce(fp6x_wide_mac2_fpx(fp6x_wide_mac_fpx(fp6x_wide_mac(fp6x_wide_zero(), a, c), c, b.c[2]), a,
                                                 b.c[0], b, c.c[1])))
EXT(ext_wide_add, fp6x_reduce(fp6x_wide_add(fp6x_wide_mac(fp6x_wide_zero(), a, b),
                                            fp6x_wide_mac(fp6x_wide_zero(), fp6x_from_fpx(c.c[5]), c))))

static void lanes_keep(uint32_t *out, const uint32_t *pa, const uint32_t *pb, size_t n)
{
    for (size_t i = 0; i < 16; i += FPX_LANES) {
        size_t left = n > i ? n - i : 0;
        fp6x a = fp6x_load(pa, i), b = fp6x_load(pb, i);
        fp6x_store(out, i, fp6x_add(fp6x_keep(a, left), fp6x_sub(fp6x_blend(a, b, left), fp6x_keep(a, left))));
    }
}

static void lanes_partial(uint32_t *out, const uint32_t *a, size_t n)
{
    fpx_store_n(out, fpx_load_n(a, n), n);
}

static void lanes_unzip(uint32_t *out, const uint32_t *a)
{
    fpx even, odd;
    fpx_unzip(&even, &odd, fpx_load(a), fpx_load(a + FPX_LANES));
    fpx_store(out, even);
    fpx_store(out + FPX_LANES, odd);
}

static void lanes_zip(uint32_t *out, const uint32_t *a)
{
    fpx lo, hi;
    fpx_zip(&lo, &hi, fpx_load(a), fpx_load(a + FPX_LANES));
    fpx_store(out, lo);
    fpx_store(out + FPX_LANES, hi);
}

static void lanes_interleave(uint32_t *out, const uint32_t *a, int k)
{
    fpx x = fpx_load(a), y = fpx_load(a + FPX_LANES);
    fpx_interleave(&x, &y, k);
    fpx_store(out, x);
    fpx_store(out + FPX_LANES, y);
}

static void lanes_spread(uint32_t *out, const uint32_t *a, int k)
{
    fpx_store(out, fpx_spread(fpx_load(a), k));
}

static uint32_t lanes_sum(const uint32_t *a)
{
    return fpx_sum(fpx_load(a)).v;
}

static uint32_t lanes_odd(const uint32_t *a)
{
    return fpx_odd(fpx_load(a));
}

static uint32_t lanes_above_one(const uint32_t *a)
{
    return fpx_above_one(fpx_load(a));
}

static void lanes_keep_bits(uint32_t *out, const uint32_t *a, uint32_t mask)
{
    fpx_store(out, fpx_keep_bits(fpx_load(a), mask));
}

static void lanes_nibbles(uint32_t *out, const uint32_t *masks)
{
    fpx_store(out, fpx_nibbles(masks[0], masks[1], masks[2], masks[3]));
}

static void lanes_look(uint32_t *out, const uint32_t *table, const uint32_t *a)
{
    fpx_store(out, fpx_look(table, fpx_load(a)));
}

static void lanes_shift_right(uint32_t *out, const uint32_t *a, unsigned n)
{
    fpx_store(out, fpx_shift_right(fpx_load(a), n));
}

static void lanes_shift_left(uint32_t *out, const uint32_t *a, unsigned n)
{
    fpx_store(out, fpx_shift_left(fpx_load(a), n));
}

#define NAME2(isa) lanes_##isa
#define NAME(isa)  NAME2(isa)

const struct lanes_ops NAME(ISA) = {
    .lanes = FPX_LANES,
    .base = {base_add, base_sub, base_neg, base_mul, base_mul_set1, base_from_cells, base_to_cells, base_wide},
    .ext = {ext_add, ext_sub, ext_neg, ext_mul, ext_square, ext_mul_fpx, ext_add_fpx, ext_mul_set1, ext_wide,
            ext_wide_fpx, ext_wide_add},
    .keep = lanes_keep,
    .partial = lanes_partial,
    .unzip = lanes_unzip,
    .zip = lanes_zip,
    .interleave = lanes_interleave,
    .spread = lanes_spread,
    .odd = lanes_odd,
    .above_one = lanes_above_one,
    .keep_bits = lanes_keep_bits,
    .nibbles = lanes_nibbles,
    .look = lanes_look,
    .shift_right = lanes_shift_right,
    .shift_left = lanes_shift_left,
    .sum = lanes_sum,
};
