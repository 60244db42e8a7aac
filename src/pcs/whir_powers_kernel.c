/* SPDX-License-Identifier: Apache-2.0 */
/* whir_powers_kernel.c - the passes of whir_powers.c over 16 neighbouring values of x's low bits, written over the
 * lanes of field/fpx.h and compiled once per instruction set.
 *
 * A row is 16 words, one limb.  Row k first holds B_{low,k}, the sum over the queries of block k; merging treats whole
 * rows as butterfly inputs, with one twiddle for all lanes. */
#include "pcs/whir_powers_kernel.h"

#include <string.h>

#include "field/fpx.h"

/* power[j] = x_j^x for the 16 values of x that begin at 16 block; at[j] = x_j^(16 block) moves on to the next block */
static void next_powers(const struct whir_powers *p, uint32_t *at, uint32_t *power)
{
    for (size_t j = 0; j < p->n; j++) {
        fpx head = fpx_set1(at[j]);
        for (size_t i = 0; i < POWERS_LANES; i += FPX_LANES) {
            size_t k = j * POWERS_LANES + i;
            fpx_store(power + k, fpx_mul_set1(fpx_load(p->first + k), head));
        }
        at[j] = fp_mul((fp){at[j]}, p->step[j]).v;
    }
}

/* limb l of the rows before any merge */
static void fill_rows(uint32_t *rows, const struct whir_powers *p, unsigned l, const uint32_t *power)
{
    memset(rows, 0, (sizeof(uint32_t) * POWERS_LANES) << p->rows);
    for (size_t j = 0; j < p->n; j++) {
        fpx weight = fpx_set1(p->weight[j].c[l].v);
        uint32_t *row = rows + (size_t)p->row[j] * POWERS_LANES;
        for (size_t i = 0; i < POWERS_LANES; i += FPX_LANES) {
            fpx term = fpx_mul_set1(fpx_load(power + j * POWERS_LANES + i), weight);
            fpx_store(row + i, fpx_add(fpx_load(row + i), term));
        }
    }
}

/* merges blocks until each has 2^high rows */
static void merge_rows(uint32_t *rows, const struct whir_powers *p)
{
    size_t words = (size_t)POWERS_LANES << p->rows;
    for (unsigned l = 0; l < p->high; l++) {
        size_t half = (size_t)POWERS_LANES << l;
        for (size_t at = 0, k = 0; at < words; at += 2 * half, k++) {
            fpx s = fpx_set1(p->twiddle[k]);
            for (uint32_t *even = rows + at, *odd = even + half; even < rows + at + half;
                 even += FPX_LANES, odd += FPX_LANES) {
                fpx e = fpx_load(even), o = fpx_load(odd);
                fpx_store(even, fpx_add(e, o));
                fpx_store(odd, fpx_mul_set1(fpx_sub(e, o), s));
            }
        }
    }
}

/* adds the blocks of 2^high rows into limb l of a; row y is x = y 2^low + 16 block + lane */
static void add_rows(const struct whir_powers *p, unsigned l, size_t block, const uint32_t *rows)
{
    size_t words = (size_t)POWERS_LANES << p->rows, merged = (size_t)POWERS_LANES << p->high;
    for (size_t y = 0; y < (size_t)1 << p->high; y++) {
        uint32_t *out = p->a + ext_at((y << p->low) + block * POWERS_LANES, l);
        for (size_t i = 0; i < POWERS_LANES; i += FPX_LANES) {
            fpx sum = fpx_load(out + i);
            for (size_t at = y * POWERS_LANES + i; at < words; at += merged) {
                sum = fpx_add(sum, fpx_load(rows + at));
            }
            fpx_store(out + i, sum);
        }
    }
}

static void kernel_add(const struct whir_powers *p, size_t begin, size_t end, uint32_t *scratch)
{
    uint32_t *at = scratch;
    uint32_t *power = at + (p->n + POWERS_LANES) / POWERS_LANES * POWERS_LANES;
    uint32_t *rows = power + p->n * POWERS_LANES;
    for (size_t j = 0; j < p->n; j++) {
        at[j] = gn_fp_pow(p->x[j], begin * POWERS_LANES).v;
    }
    for (size_t block = begin; block < end; block++) {
        next_powers(p, at, power);
        for (unsigned l = 0; l < 6; l++) {
            fill_rows(rows, p, l, power);
            merge_rows(rows, p);
            add_rows(p, l, block, rows);
        }
    }
}

#define NAME2(isa) gn_whir_powers_ops_##isa
#define NAME(isa)  NAME2(isa)

const struct whir_powers_ops NAME(ISA) = {.add = kernel_add};
