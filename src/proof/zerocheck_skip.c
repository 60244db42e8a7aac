/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_skip.c - the prover's skip round: t(X) of docs/protocol.md section 7.4.
 *
 * Full blocks: t_full(X) = L(X) h(X) with L(X) = sum_b eq(xi_low, b) L_b(X) and h(X) = sum_y eq(xi_high, y) G(X, y),
 * where G is the batched program on the interpolated columns.  h has degree at most (S - 1) d, S the order of D, so d cosets of D hold it.  On
 * D itself the constraints of an honest witness vanish, so only the bus part is evaluated there, and each part only on
 * as many cosets as its own degree asks for.  (A dishonest witness gives a wrong t, which the verifier finds out.)
 *
 * The edge block, where rows count or not one by one, is evaluated with its true weights on d + 1 cosets, and so is the
 * chunk it lies in.  The constraints of the group FIRST need block 0 besides.
 *
 * Columns are base-field vectors throughout.  eq over the blocks of a chunk is one ext vector, over the chunks of a
 * group a table of 16, over the groups computed when needed: no table grows with the height. */
#include <string.h>

#include "proof/zerocheck_prover.h"

#define ACC_WORDS       ext_words_of(AIR_BLOCK_ROWS)
#define ext_words_of(n) ((n) / EXT_BLOCK * 6 * EXT_BLOCK)

static size_t edge_block(const struct zc_prover *p, const struct zc_table *t)
{
    return (t->height - 1) >> p->skip_log2;
}

/* chunks of full blocks only */
static size_t full_chunks(const struct zc_prover *p, const struct zc_table *t)
{
    return edge_block(p, t) / ZC_LANES;
}

static size_t groups(const struct zc_prover *p, const struct zc_table *t)
{
    return (full_chunks(p, t) + ((size_t)1 << t->group_log2) - 1) >> t->group_log2;
}

/* ---- columns on a coset, program on columns ---- */

/* for the operands that the parts in `kinds` read */
static void interpolate_chunk(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                              unsigned kinds)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        if (zc_reads(t, k, kinds)) {
            const uint32_t *cells = gn_zc_cells(p, t, k, chunk * p->chunk, s->padded);
            p->lanes->interpolate(s->deltas + k * p->chunk, cells, &p->constants.roots);
        }
    }
}

static void place_on_coset(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                           unsigned coset, unsigned kinds)
{
    const size_t stride = (size_t)t->operands_n * ZC_SLICE;
    for (uint32_t k = 0; k < t->operands_n; k++) {
        uint32_t *out = s->values + (size_t)k * ZC_SLICE;
        if (!zc_reads(t, k, kinds)) {
            continue;
        }
        if (coset == 0) {
            p->lanes->on_domain(out, stride, gn_zc_cells(p, t, k, chunk * p->chunk, s->padded), p->skip_log2);
        } else {
            p->lanes->on_coset(out, stride, s->deltas + k * p->chunk, p->constants.scale[coset], &p->constants.roots);
        }
    }
}

#define POINTS ZC_POINTS_OF_SLICE

/* where a slice begins in s->values, after place_on_coset */
static size_t slice_at(const struct zc_table *t, unsigned slice)
{
    return (size_t)slice * t->operands_n * ZC_SLICE;
}

/* the slice whose operands begin at word `at` of s->values, ZC_SLICE words apart */
static void evaluate(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s,
                     uint32_t *const acc[AIR_GROUPS], int kind, size_t at)
{
    if (kind < ZC_BUS_PARTS) {
        struct air_block block = zc_block(p, t, s, AIR_BLOCK_ROWS, ZC_SLICE, at);
        zc_clear_constraints(acc, AIR_BLOCK_ROWS);
        gn_zc_bus_eval(p, t, s, acc[AIR_ALL], kind, &block);
        return;
    }
    air_eval_plan(acc, &t->program, &t->parts[kind].plan, s->values + at, t->constants, t->coefficients, s->temps,
                  p->work->isa);
}

/* ---- full blocks ---- */

/* The parts that are evaluated on a coset, as bits: of degree above its number, on D the bus only. */
static unsigned wanted(const struct zc_table *t, unsigned coset)
{
    unsigned kinds = 0;
    for (int kind = 0; kind < (coset == 0 ? ZC_BUS_PARTS : ZC_PARTS); kind++) {
        kinds |= coset < t->parts[kind].degree ? 1u << kind : 0;
    }
    return kinds;
}

static void full_chunk(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                       fp6 weight)
{
    /* ALL and TRANSITION weigh the same here and share an accumulator; FIRST and LAST go to one that nobody reads */
    uint32_t *const acc[AIR_GROUPS] = {s->acc[0], s->acc[0], s->acc[1], s->acc[1]};
    interpolate_chunk(p, t, s, chunk, wanted(t, 1));
    for (unsigned coset = 0; coset < ZC_COSETS; coset++) {
        unsigned kinds = wanted(t, coset);
        place_on_coset(p, t, s, chunk, coset, kinds);
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            for (unsigned slice = 0; slice < zc_slices(p) && (kinds >> kind & 1) != 0; slice++) {
                evaluate(p, t, s, acc, kind, slice_at(t, slice));
                p->lanes->accumulate(s->sums[kind][coset] + ACC_WORDS * slice, weight, acc[0], AIR_BLOCK_ROWS);
            }
        }
    }
}

/* the same for a table of bits */
static void full_chunk_of_bits(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                               fp6 weight)
{
    uint32_t *const acc[AIR_GROUPS] = {s->acc[0], s->acc[0], s->acc[1], s->acc[1]};
    gn_zc_bits_read(p, t, s, chunk);
    for (unsigned coset = 0; coset < ZC_COSETS; coset++) {
        unsigned kinds = wanted(t, coset);
        gn_zc_bits_place(p, t, s, chunk, coset, kinds);
        for (unsigned slice = 0; slice < zc_slices(p) && kinds != 0; slice++) {
            gn_zc_bits_slice(p, t, s, coset, slice, kinds);
            for (int kind = 0; kind < ZC_PARTS; kind++) {
                if (kinds >> kind & 1) {
                    evaluate(p, t, s, acc, kind, 0);
                    p->lanes->accumulate(s->sums[kind][coset] + ACC_WORDS * slice, weight, acc[0], AIR_BLOCK_ROWS);
                }
            }
        }
    }
}

static void full_group(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t group)
{
    fp6 weights[ZC_GROUP];
    size_t first = group << t->group_log2;
    unsigned bound = p->skip_log2 + 4; /* variables inside of a chunk */
    size_t n = zc_group_weights(weights, t->group_log2, p->xi + bound, t->v - bound, group);
    n = full_chunks(p, t) - first < n ? full_chunks(p, t) - first : n;
    for (int kind = 0; kind < ZC_PARTS; kind++) {
        for (unsigned coset = 0; coset < t->parts[kind].degree; coset++) {
            memset(s->sums[kind][coset], 0, ACC_WORDS * zc_slices(p) * sizeof(uint32_t));
        }
    }
    for (size_t j = 0; j < n; j++) {
        (t->bits ? full_chunk_of_bits : full_chunk)(p, t, s, first + j, weights[j]);
    }
    for (int kind = 0; kind < ZC_PARTS; kind++) {
        for (unsigned i = 0; i < p->skip * t->parts[kind].degree; i++) {
            unsigned coset = i / p->skip, slice = i % p->skip / POINTS;
            const uint32_t *blocks =
                s->sums[kind][coset] + ACC_WORDS * slice + ext_words_of((size_t)ZC_LANES) * (i % POINTS);
            fp6 sum = p->lanes->dot(blocks, p->lane_weight, ZC_LANES);
            fp6 *at = &zc_points(p, s, t, kind)[i];
            *at = fp6_add(*at, sum);
        }
    }
}

/* ---- the edge ---- */

/* weights of the blocks of one chunk, as table and as ext vector */
static void chunk_weights(const struct zc_prover *p, const struct zc_table *t, size_t chunk, fp6 out[ZC_LANES],
                          uint32_t *vector)
{
    const fp6 *xi = p->xi + p->skip_log2;
    unsigned n = t->v - p->skip_log2, low = n < 4 ? n : 4;
    fp6 high = gn_eq_bits(xi + low, chunk, n - low);
    gn_eq_table(out, xi, low);
    for (size_t y = 0; y < ZC_LANES; y++) {
        out[y] = y >> low == 0 ? gn_fp6_mul(out[y], high) : fp6_zero();
        ext_set(vector, y, out[y]);
    }
}

/* One part on the chunk of the edge at point i, whose accumulators begin at acc. */
static fp6 edge_value(const struct zc_prover *p, const struct zc_table *t, const uint32_t *const acc[AIR_GROUPS],
                      const fp6 *weights, const uint32_t *vector, unsigned i)
{
    size_t edge = edge_block(p, t) % ZC_LANES;
    size_t rows = t->height - (edge_block(p, t) << p->skip_log2); /* of the edge block, at least 1 */
    fp6 with = p->low_weight[rows][i], before = p->low_weight[rows - 1][i];
    fp6 full = fp6_add(p->lanes->dot(acc[AIR_ALL], vector, edge), p->lanes->dot(acc[AIR_TRANSITION], vector, edge));
    fp6 sum = gn_fp6_mul(ext_get(acc[AIR_ALL], edge), with);
    sum = fp6_add(sum, gn_fp6_mul(ext_get(acc[AIR_TRANSITION], edge), before));
    sum = fp6_add(sum, gn_fp6_mul(ext_get(acc[AIR_LAST], edge), fp6_sub(with, before)));
    sum = fp6_add(gn_fp6_mul(full, p->low_weight[p->skip][i]), gn_fp6_mul(weights[edge], sum));
    if (full_chunks(p, t) == 0) { /* block 0 is in this chunk */
        fp6 first = gn_fp6_mul(ext_get(acc[AIR_FIRST], 0), p->low_weight[1][i]);
        sum = fp6_add(sum, gn_fp6_mul(weights[0], first));
    }
    return sum;
}

/* the accumulators of the lanes of point b of a slice */
static void acc_at(const uint32_t *acc[AIR_GROUPS], const struct zc_scratch *s, unsigned b)
{
    for (int g = 0; g < AIR_GROUPS; g++) {
        acc[g] = s->acc[g] + ext_words_of((size_t)ZC_LANES) * b;
    }
}

/* The chunk of the edge: its full blocks, and the edge block with the weights of each group. */
static void edge_chunk(const struct zc_prover *p, struct zc_table *t, struct zc_scratch *s)
{
    const uint32_t *acc[AIR_GROUPS];
    fp6 weights[ZC_LANES];
    uint32_t vector[ext_words_of(ZC_LANES)];
    chunk_weights(p, t, full_chunks(p, t), weights, vector);
    interpolate_chunk(p, t, s, full_chunks(p, t), ~0u);
    for (unsigned coset = 0; coset < ZC_COSETS; coset++) {
        bool placed = false;
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            struct zc_part *part = &t->parts[kind];
            if (part->degree == 0 || coset > part->degree) {
                continue;
            }
            if (!placed) {
                place_on_coset(p, t, s, full_chunks(p, t), coset, ~0u);
                placed = true;
            }
            for (unsigned slice = 0; slice < zc_slices(p); slice++) {
                evaluate(p, t, s, s->acc, kind, slice_at(t, slice));
                for (unsigned b = 0; b < POINTS; b++) {
                    unsigned i = p->skip * coset + POINTS * slice + b;
                    acc_at(acc, s, b);
                    part->edge[i] = edge_value(p, t, acc, weights, vector, i);
                }
            }
        }
    }
}

/* The constraints of one part on block 0, when it is not in the chunk of the edge. */
static void first_block(const struct zc_prover *p, struct zc_table *t, struct zc_scratch *s, int kind)
{
    const uint32_t *acc[AIR_GROUPS];
    struct zc_part *part = &t->parts[kind];
    fp6 weight = gn_eq_bits(p->xi + p->skip_log2, 0, t->v - p->skip_log2);
    interpolate_chunk(p, t, s, 0, 1u << kind);
    for (unsigned coset = 0; coset <= part->degree; coset++) {
        place_on_coset(p, t, s, 0, coset, 1u << kind);
        for (unsigned slice = 0; slice < zc_slices(p); slice++) {
            evaluate(p, t, s, s->acc, kind, slice_at(t, slice));
            for (unsigned b = 0; b < POINTS; b++) {
                unsigned i = p->skip * coset + POINTS * slice + b;
                acc_at(acc, s, b);
                fp6 first = gn_fp6_mul(ext_get(acc[AIR_FIRST], 0), p->low_weight[1][i]);
                part->edge[i] = fp6_add(part->edge[i], gn_fp6_mul(weight, first));
            }
        }
    }
}

/* ---- the round ---- */

static void prepare(struct zc_prover *p)
{
    fp6 eq[GN_SKIP_MAX], lanes[ZC_LANES];
    gn_eq_table(eq, p->xi, p->skip_log2);
    gn_zc_from_cosets(p->low_poly, eq, 1, &p->constants);
    memset(p->low_weight[0], 0, sizeof p->low_weight[0]);
    for (unsigned c = 0; c < p->skip; c++) {
        for (unsigned i = 0; i < p->skip * ZC_COSETS; i++) { /* L_c(X) = L_0(X omega^-c) */
            fp lagrange = p->constants.first[i / p->skip][(i + p->skip - c) % p->skip];
            p->low_weight[c + 1][i] = fp6_add(p->low_weight[c][i], fp6_mul_fp(eq[c], lagrange));
        }
    }
    if (p->shape->vmax >= p->skip_log2 + 4) { /* else no chunk is full */
        gn_eq_table(lanes, p->xi + p->skip_log2, 4);
        for (size_t y = 0; y < ZC_LANES; y++) {
            ext_set(p->lane_weight, y, lanes[y]);
        }
    }
}

static void run_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct zc_prover *p = ctx;
    struct zc_scratch *s = &p->scratch[worker];
    for (size_t item = begin; item < end; item++) {
        struct zc_table *t = zc_item_table(p, item);
        if (item > t->first_item) {
            full_group(p, t, s, item - t->first_item - 1);
            continue;
        }
        edge_chunk(p, t, s);
        if (t->has_first && full_chunks(p, t) > 0) {
            for (int kind = ZC_LOW; kind < ZC_PARTS; kind++) {
                if (t->parts[kind].degree > 0) {
                    first_block(p, t, s, kind);
                }
            }
        }
    }
}

/* from the workers' sums and the edge's values to coefficients */
static void finish_part(struct zc_prover *p, struct zc_table *t, int kind)
{
    struct zc_part *part = &t->parts[kind];
    fp6 values[ZC_POINTS];
    for (unsigned i = 0; i < p->skip * part->degree; i++) {
        values[i] = fp6_zero();
        for (unsigned w = 0; w < p->workers; w++) {
            values[i] = fp6_add(values[i], zc_points(p, &p->scratch[w], t, kind)[i]);
        }
    }
    gn_zc_from_cosets(part->full, values, part->degree, &p->constants);
    memcpy(values, part->edge, p->skip * (part->degree + 1) * sizeof *values);
    gn_zc_from_cosets(part->edge, values, part->degree + 1, &p->constants);
}

static void finish_tables(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct zc_prover *p = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            if (p->tables[i].parts[kind].degree > 0) {
                finish_part(p, &p->tables[i], kind);
            }
        }
    }
}

void gn_zc_skip_round(struct zc_prover *p, fp6 out[ZC_POINTS])
{
    size_t items = 0;
    prepare(p);
    for (uint32_t i = 0; i < p->tables_n; i++) {
        p->tables[i].first_item = items;
        items += groups(p, &p->tables[i]) + 1;
    }
    for (unsigned w = 0; w < p->workers; w++) {
        memset(p->scratch[w].points, 0, (size_t)p->tables_n * ZC_PARTS * ZC_COSETS * p->skip * sizeof(fp6));
    }
    gn_pool_for(p->work->pool, items, 1, run_items, p);
    gn_pool_for(p->work->pool, p->tables_n, 4, finish_tables, p);

    fp6 full[ZC_POINTS];
    memset(full, 0, sizeof full);
    memset(out, 0, ZC_POINTS * sizeof *out);
    for (uint32_t k = 0; k < p->tables_n; k++) {
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            struct zc_part *part = &p->tables[k].parts[kind];
            for (unsigned i = 0; part->degree > 0 && i < p->skip * (part->degree + 1); i++) {
                full[i] = fp6_add(full[i], part->full[i]);
                out[i] = fp6_add(out[i], part->edge[i]);
            }
        }
    }
    for (unsigned i = 0; i < ZC_POINTS; i++) {
        for (unsigned k = 0; k < p->skip && k <= i; k++) {
            out[i] = fp6_add(out[i], gn_fp6_mul(p->low_poly[k], full[i - k]));
        }
    }
}

fp6 gn_zc_skip_share(const struct zc_prover *p, const struct zc_part *part, fp6 u)
{
    fp6 full = gn_zc_polynomial_at(part->full, p->skip * part->degree, u);
    fp6 low = gn_zc_polynomial_at(p->low_poly, p->skip, u);
    return fp6_add(gn_fp6_mul(full, low), gn_zc_polynomial_at(part->edge, p->skip * (part->degree + 1), u));
}
