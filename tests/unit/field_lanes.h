/* SPDX-License-Identifier: Apache-2.0 */
/* field_lanes.h - what field_lanes_kernel.c makes of field/fpx.h in each instruction set: every function on 16 lanes in
 * memory. */
#ifndef GN_TESTS_FIELD_LANES_H
#define GN_TESTS_FIELD_LANES_H

#include <stddef.h>
#include <stdint.h>

#define LANES_BASE_OPS 8
#define LANES_EXT_OPS  11

struct lanes_ops {
    int lanes;
    void (*base[LANES_BASE_OPS])(uint32_t *out, const uint32_t *a, const uint32_t *b, const uint32_t *c); /* 16 words */
    void (*ext[LANES_EXT_OPS])(uint32_t *out, const uint32_t *a, const uint32_t *b,
                               const uint32_t *c);                               /* 16 elements */
    void (*keep)(uint32_t *out, const uint32_t *a, const uint32_t *b, size_t n); /* first n of a, then of b */
    void (*partial)(uint32_t *out, const uint32_t *a, size_t n);                 /* load_n, store_n on one register */
    void (*unzip)(uint32_t *out, const uint32_t *a);                             /* 2 lanes words */
    void (*zip)(uint32_t *out, const uint32_t *a);
    void (*interleave)(uint32_t *out, const uint32_t *a, int k);
    void (*spread)(uint32_t *out, const uint32_t *a, int k); /* one register */
    uint32_t (*odd)(const uint32_t *a), (*above_one)(const uint32_t *a);
    void (*keep_bits)(uint32_t *out, const uint32_t *a, uint32_t mask);    /* one register */
    void (*nibbles)(uint32_t *out, const uint32_t *masks);                 /* four words to one register */
    void (*look)(uint32_t *out, const uint32_t *table, const uint32_t *a); /* one register */
    void (*shift_right)(uint32_t *out, const uint32_t *a, unsigned n),
        (*shift_left)(uint32_t *out, const uint32_t *a, unsigned n); /* one register */
    uint32_t (*sum)(const uint32_t *a);                              /* one register */
};

extern const struct lanes_ops lanes_scalar, lanes_avx2, lanes_avx512;

#endif
