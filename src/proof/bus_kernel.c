/* SPDX-License-Identifier: Apache-2.0 */
/* bus_kernel.c - the inner loops of the bus, one text for every instruction set (field/fpx.h).
 *
 * Units and the order of nodes in them: bus_layers.h.  Every loop takes FPX_LANES lanes of a unit at a time.  Where two
 * units become one, 2 FPX_LANES consecutive lanes z of the pair of units are computed and unzipped: result lane w of
 * residue 2e + r comes from lane z = 2w + e. */
#include "field/fpx.h"

#include "proof/bus_kernels.h"

/* gcc would pass elements between these through memory */
#define INLINE static inline __attribute__((always_inline))

/* n, but the compiler does not know: a loop to rolled(n) is not unrolled.  A product is 1.8 kB of code, and unrolled
 * passes do not fit the instruction cache. */
static inline unsigned rolled(unsigned n)
{
    __asm__("" : "+r"(n));
    return n;
}

#define STEPS (EXT_BLOCK / FPX_LANES) /* steps per block */

/* asks for the lines that will be written */
INLINE void expect(uint32_t *v, size_t unit, unsigned r, size_t z)
{
    uint32_t *at = v + (unit * 4 + r) * EXT_BLOCK * 6 + z;
    for (size_t l = 0; l < 6; l++) {
        __builtin_prefetch(at + l * EXT_BLOCK, 1);
    }
}

/* Elements of block r, lanes z ..., of a stored unit.  A unit is worth some thousand instructions, too many for
 * out-of-order loads to reach the next one: each access asks for its lines two units ahead. */
INLINE fp6x load(const uint32_t *v, size_t unit, unsigned r, size_t z)
{
    const uint32_t *at = v + (unit * 4 + r) * EXT_BLOCK * 6 + z;
    for (size_t l = 0; l < 6; l++) {
        __builtin_prefetch(at + 2 * BUS_UNIT_EXT + l * EXT_BLOCK, 0);
    }
    return fp6x_load(v, (unit * 4 + r) * EXT_BLOCK + z);
}

INLINE void store(uint32_t *v, size_t unit, unsigned r, size_t z, fp6x a)
{
    fp6x_store(v, (unit * 4 + r) * EXT_BLOCK + z, a);
}

/* a x + b y for base-field a, b */
INLINE fp6x combine_base(fpx a, fp6x x, fpx b, fp6x y)
{
    return fp6x_reduce(fp6x_wide_mac2_fpx(fp6x_wide_zero(), x, a, y, b));
}

INLINE fp6x combine(fp6x a, fp6x x, fp6x b, fp6x y)
{
    return fp6x_add(fp6x_mul(a, x), fp6x_mul(b, y));
}

static void to_montgomery(uint32_t *out, const uint32_t *cells, size_t n)
{
    for (size_t i = 0; i < n; i += FPX_LANES) {
        fpx_store(out + i, fpx_from_cells(fpx_load(cells + i)));
    }
}

/* ---- leaves ---- */

/* lanes 0 ... of a block that begins `at` slots into the unit: how many of them are active */
static inline size_t active_lanes(size_t active, size_t at)
{
    return active > at ? active - at : 0;
}

/* 4 FPX_LANES consecutive values in natural order, sorted by index mod 4 */
static inline void sort_by_residue(fpx x[4])
{
    fpx even[2], odd[2];
    fpx_unzip(&even[0], &odd[0], x[0], x[1]);
    fpx_unzip(&even[1], &odd[1], x[2], x[3]);
    fpx_unzip(&x[0], &x[2], even[0], even[1]);
    fpx_unzip(&x[1], &x[3], odd[0], odd[1]);
}

INLINE fpx numerator_at(const struct bus_side *s, size_t at)
{
    if (s->numerator == NULL) {
        return fpx_set1(s->constant.v);
    }
    fpx x = fpx_load(s->numerator + at);
    return s->cells ? fpx_from_cells(x) : x;
}

INLINE fp6x denominator_at(const struct bus_side *s, size_t at)
{
    return fp6x_add(fp6x_linear(s->weights, s->entries, s->entries_n, at), fp6x_set1(s->base));
}

/* the sum of the messages at FPX_LANES rows */
INLINE void fraction_at(fp6x *p, fp6x *q, const struct bus_side *sides, size_t sides_n, size_t at)
{
    fpx p0 = numerator_at(&sides[0], at);
    fp6x q0 = denominator_at(&sides[0], at);
    *p = fp6x_from_fpx(p0);
    *q = q0;
    if (sides_n > 1) {
        fp6x q1 = denominator_at(&sides[1], at);
        *p = combine_base(p0, q1, numerator_at(&sides[1], at), q0);
        *q = fp6x_mul(q0, q1);
    }
    if (sides_n > 2) {
        fp6x q2 = denominator_at(&sides[2], at);
        *p = fp6x_add(fp6x_mul(*p, q2), fp6x_mul_fpx(*q, numerator_at(&sides[2], at)));
        *q = fp6x_mul(*q, q2);
    }
}

static void leaf(uint32_t *p, uint32_t *q, const struct bus_side *sides, size_t sides_n, size_t at, size_t active)
{
    for (size_t step = 0; step < STEPS; step++) {
        fpx sorted[12][4]; /* the coefficients of p, then those of q */
        for (unsigned k = 0; k < rolled(4); k++) {
            size_t row = (4 * step + k) * FPX_LANES, keep = active_lanes(active, row);
            fp6x x, y;
            fraction_at(&x, &y, sides, sides_n, at + row);
            x = fp6x_keep(x, keep);
            y = fp6x_blend(y, fp6x_set1(fp6_one()), keep);
            for (int l = 0; l < 6; l++) {
                sorted[l][k] = x.c[l];
                sorted[6 + l][k] = y.c[l];
            }
        }
        for (int l = 0; l < 12; l++) {
            sort_by_residue(sorted[l]);
        }
        for (unsigned r = 0; r < 4; r++) {
            fp6x x, y;
            for (int l = 0; l < 6; l++) {
                x.c[l] = sorted[l][r];
                y.c[l] = sorted[6 + l][r];
            }
            store(p, 0, r, step * FPX_LANES, x);
            store(q, 0, r, step * FPX_LANES, y);
        }
    }
}

/* ---- layers upward ---- */

/* nodes over the pairs (2b, 2b + 1) of a unit's lanes z ... */
static inline void add_fractions(fp6x *p, fp6x *q, const struct bus_layer *in, size_t unit, unsigned b, size_t z)
{
    fp6x q0 = load(in->q, unit, 2 * b, z), q1 = load(in->q, unit, 2 * b + 1, z);
    *p = combine(load(in->p, unit, 2 * b, z), q1, load(in->p, unit, 2 * b + 1, z), q0);
    *q = fp6x_mul(q0, q1);
}

static void up(const struct bus_layer *out, const struct bus_layer *in, size_t units)
{
    for (size_t i = 0; i < units * STEPS; i++) {
        size_t unit = i / STEPS, w = i % STEPS * FPX_LANES;
        size_t z0 = 2 * w, z1 = 2 * w + FPX_LANES; /* lanes of the pair of units */
        for (unsigned b = 0; b < 2; b++) {
            fp6x p[2], q[2], even, odd;
            add_fractions(&p[0], &q[0], in, 2 * unit + z0 / EXT_BLOCK, b, z0 % EXT_BLOCK);
            add_fractions(&p[1], &q[1], in, 2 * unit + z1 / EXT_BLOCK, b, z1 % EXT_BLOCK);
            for (unsigned e = 0; e < 2; e++) {
                expect(out->p, unit + 1, 2 * e + b, w);
                expect(out->q, unit + 1, 2 * e + b, w);
            }
            fp6x_unzip(&even, &odd, p[0], p[1]);
            store(out->p, unit, b, w, even);
            store(out->p, unit, 2 + b, w, odd);
            fp6x_unzip(&even, &odd, q[0], q[1]);
            store(out->q, unit, b, w, even);
            store(out->q, unit, 2 + b, w, odd);
        }
    }
}

/* ---- rounds ---- */

/* adds the round's sums over lanes whose pairs are (P[0], P[1]) at 0 and (P[2], P[3]) at 1 */
INLINE void add_round(fp6x s[2], const fp6x P[4], const fp6x q[4], fp6x eq, fp6x lambda)
{
    fp6x x[2][4], less[2] = {lambda, fp6x_zero()};
    for (unsigned b = 0; b < 2; b++) {
        x[0][b] = P[b];
        x[0][2 + b] = q[b];
        x[1][b] = fp6x_sub(P[2 + b], P[b]);
        x[1][2 + b] = fp6x_sub(q[2 + b], q[b]);
    }
    for (unsigned k = 0; k < rolled(2); k++) {
        fp6x g = fp6x_sub(combine(x[k][0], x[k][3], x[k][1], x[k][2]), less[k]);
        s[k] = fp6x_add(s[k], fp6x_mul(eq, g));
    }
}

INLINE void acc_load(fp6x sums[2], const uint32_t *acc)
{
    sums[0] = fp6x_load(acc, 0);
    sums[1] = fp6x_load(acc, EXT_BLOCK);
}

INLINE void acc_store(uint32_t *acc, const fp6x sums[2])
{
    fp6x_store(acc, 0, sums[0]);
    fp6x_store(acc, EXT_BLOCK, sums[1]);
}

static void sum(uint32_t *acc, const struct bus_layer *layer, const uint32_t *eq, size_t units,
                const struct bus_round *round)
{
    const fp6x lambda = fp6x_set1(round->lambda);
    fp6x sums[2];
    acc_load(sums, acc);
    for (size_t i = 0; i < units * STEPS; i++) {
        size_t unit = i / STEPS, z = i % STEPS * FPX_LANES;
        fp6x weight = fp6x_load(eq, unit * EXT_BLOCK + z), P[4], q[4];
        for (unsigned r = 0; r < 4; r++) {
            q[r] = load(layer->q, unit, r, z);
            P[r] = load(layer->p, unit, r, z);
            if (r % 2 == 0) {
                P[r] = fp6x_add(P[r], fp6x_mul(lambda, q[r]));
                store(layer->p, unit, r, z, P[r]);
            }
        }
        add_round(sums, P, q, weight, lambda);
    }
    acc_store(acc, sums);
}

/* A unit's lanes z ... with the pairs' variable bound to rho: its blocks in ascending order, which is what processors
 * prefetch best. */
INLINE void bind(fp6x out[2], const uint32_t *v, size_t unit, size_t z, fp6x rho)
{
    fp6x x[4];
    for (unsigned r = 0; r < 4; r++) {
        x[r] = load(v, unit, r, z);
    }
    for (unsigned b = 0; b < rolled(2); b++) {
        out[b] = fp6x_add(x[b], fp6x_mul(rho, fp6x_sub(x[2 + b], x[b])));
    }
}

static void fold(uint32_t *acc, const struct bus_layer *out, const struct bus_layer *in, const uint32_t *eq,
                 size_t units, const struct bus_round *round)
{
    const fp6x lambda = fp6x_set1(round->lambda), rho = fp6x_set1(round->rho);
    fp6x sums[2] = {fp6x_zero(), fp6x_zero()};
    if (eq != NULL) {
        acc_load(sums, acc);
    }
    for (size_t i = 0; i < units * STEPS; i++) {
        size_t unit = i / STEPS, w = i % STEPS * FPX_LANES;
        fp6x P[4], q[4], bound_p[2][2], bound_q[2][2];
        for (unsigned k = 0; k < rolled(2); k++) {
            size_t lane = 2 * w + k * FPX_LANES, from = 2 * unit + lane / EXT_BLOCK, z = lane % EXT_BLOCK;
            bind(bound_q[k], in->q, from, z, rho);
            bind(bound_p[k], in->p, from, z, rho);
            for (unsigned b = 0; b < 2; b++) {
                expect(out->q, unit + 1, 2 * k + b, w);
                expect(out->p, unit + 1, 2 * k + b, w);
            }
        }
        for (unsigned b = 0; b < 2; b++) {
            fp6x_unzip(&q[b], &q[2 + b], bound_q[0][b], bound_q[1][b]);
            fp6x_unzip(&P[b], &P[2 + b], bound_p[0][b], bound_p[1][b]);
        }
        for (unsigned r = 0; r < rolled(4); r++) {
            store(out->q, unit, r, w, q[r]);
            store(out->p, unit, r, w, P[r]);
        }
        if (eq != NULL) {
            add_round(sums, P, q, fp6x_load(eq, unit * EXT_BLOCK + w), lambda);
        }
    }
    if (eq != NULL) {
        acc_store(acc, sums);
    }
}

#define JOIN2(a, b) a##b
#define JOIN(a, b)  JOIN2(a, b)
const struct bus_kernels JOIN(gn_bus_kernels_, ISA) = {
    .to_montgomery = to_montgomery,
    .leaf = leaf,
    .up = up,
    .sum = sum,
    .fold = fold,
};
