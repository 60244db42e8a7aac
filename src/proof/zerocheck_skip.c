/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_skip.c - the prover's skip round: t(X) of docs/protocol.md section 7.4.
 *
 * Full blocks: t_full(X) = L(X) h(X) with L(X) = sum_b eq(xi_0..2, b) L_b(X) and h(X) = sum_y eq(xi_3.., y) G(X, y), where
 * G is the batched program on the interpolated columns.  h has degree at most 7 d, so d cosets of D hold it.  On D
 * itself the constraints of an honest witness vanish, so only the bus part is evaluated there, and each part only on as
 * many cosets as its own degree asks for.  (A dishonest witness gives a wrong t, which the verifier finds out.)
 *
 * The edge block, where rows count or not one by one, is evaluated with its true weights on d + 1 cosets, and so is the
 * chunk it lies in.  The constraints of the group FIRST need block 0 besides.
 *
 * Columns are base-field vectors throughout.  eq over the blocks of a chunk is one ext vector, over the chunks of a
 * group a table of 16, over the groups computed when needed: no table grows with the height. */
#include <string.h>

#include "proof/zerocheck_prover.h"

#define ACC_WORDS       ext_words_of(ZC_CHUNK)
#define ext_words_of(n) ((n) / EXT_BLOCK * 6 * EXT_BLOCK)

static size_t edge_block(const struct zc_table *t)
{
    return (t->height - 1) / GN_SKIP;
}

/* chunks of full blocks only */
static size_t full_chunks(const struct zc_table *t)
{
    return edge_block(t) / ZC_LANES;
}

static size_t groups(const struct zc_table *t)
{
    return (full_chunks(t) + ZC_GROUP - 1) / ZC_GROUP;
}

/* ---- columns on a coset, program on columns ---- */

static void interpolate_chunk(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        const uint32_t *cells = gn_zc_cells(p, t, k, chunk * ZC_CHUNK, s->padded);
        p->lanes->interpolate(s->deltas + (size_t)k * ZC_CHUNK, cells, &p->constants.roots);
    }
}

static void place_on_coset(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                           unsigned coset)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        uint32_t *out = s->values + (size_t)k * ZC_CHUNK;
        if (coset == 0) {
            p->lanes->on_domain(out, gn_zc_cells(p, t, k, chunk * ZC_CHUNK, s->padded));
        } else {
            p->lanes->on_coset(out, s->deltas + (size_t)k * ZC_CHUNK, p->constants.scale[coset], &p->constants.roots);
        }
    }
}

static void evaluate(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s,
                     uint32_t *const acc[AIR_GROUPS], uint32_t first, uint32_t behind)
{
    struct air_block block = zc_block(p, t, s, ZC_CHUNK, ZC_CHUNK);
    air_eval_block(acc, t->air, &block, t->coefficients, first, behind - first, s->temps, p->work->isa);
}

/* ---- full blocks ---- */

/* Is the part evaluated on this coset?  On D constraints vanish. */
static bool wanted(const struct zc_table *t, enum zc_part part, unsigned coset)
{
    return coset < t->degree[part] && (coset > 0 || part == ZC_BUS);
}

static void full_chunk(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                       fp6 weight)
{
    /* ALL and TRANSITION weigh the same here and share an accumulator; FIRST and LAST go to one that nobody reads */
    uint32_t *const acc[AIR_GROUPS] = {s->acc[0], s->acc[0], s->acc[1], s->acc[1]};
    if (t->top > 1) {
        interpolate_chunk(p, t, s, chunk);
    }
    for (unsigned coset = 0; coset < t->top; coset++) {
        if (!wanted(t, ZC_BUS, coset) && !wanted(t, ZC_CONSTRAINTS, coset)) {
            continue;
        }
        place_on_coset(p, t, s, chunk, coset);
        for (int part = 0; part < ZC_PARTS; part++) {
            if (!wanted(t, (enum zc_part)part, coset)) {
                continue;
            }
            uint32_t bus_n = t->air->bus_code_n;
            evaluate(p, t, s, acc, part == ZC_BUS ? 0 : bus_n, part == ZC_BUS ? bus_n : t->air->code_n);
            p->lanes->accumulate(s->sums[part][coset], weight, acc[0], ZC_CHUNK);
        }
    }
}

static void full_group(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t group)
{
    struct zc_sums *sums = &s->tables[t - p->tables];
    fp6 weights[ZC_GROUP];
    size_t first = group * ZC_GROUP;
    size_t n = zc_group_weights(weights, p->xi + 7, t->v - 7, group);
    n = full_chunks(t) - first < n ? full_chunks(t) - first : n;
    for (int part = 0; part < ZC_PARTS; part++) {
        for (unsigned coset = 0; coset < t->degree[part]; coset++) {
            memset(s->sums[part][coset], 0, ACC_WORDS * sizeof(uint32_t));
        }
    }
    for (size_t j = 0; j < n; j++) {
        full_chunk(p, t, s, first + j, weights[j]);
    }
    for (int part = 0; part < ZC_PARTS; part++) {
        for (unsigned i = 0; i < GN_SKIP * t->degree[part]; i++) {
            const uint32_t *lanes = s->sums[part][i / GN_SKIP] + ext_words_of((size_t)ZC_LANES) * (i % GN_SKIP);
            fp6 sum = p->lanes->dot(lanes, p->lane_weight, ZC_LANES);
            sums->at[part][i] = fp6_add(sums->at[part][i], sum);
        }
    }
}

/* ---- the edge ---- */

/* weights of the blocks of one chunk, as table and as ext vector */
static void chunk_weights(const struct zc_prover *p, const struct zc_table *t, size_t chunk, fp6 out[ZC_LANES],
                          uint32_t *vector)
{
    unsigned low = t->v - GN_SKIP_LOG2 < 4 ? t->v - GN_SKIP_LOG2 : 4;
    fp6 high = gn_eq_bits(p->xi + GN_SKIP_LOG2 + low, chunk, t->v - GN_SKIP_LOG2 - low);
    gn_eq_table(out, p->xi + GN_SKIP_LOG2, low);
    for (size_t y = 0; y < ZC_LANES; y++) {
        out[y] = y >> low == 0 ? gn_fp6_mul(out[y], high) : fp6_zero();
        ext_set(vector, y, out[y]);
    }
}

/* The chunk of the edge: its full blocks, then the edge block with the weights of each group. */
static void edge_chunk(const struct zc_prover *p, struct zc_table *t, struct zc_scratch *s)
{
    size_t chunk = full_chunks(t), edge = edge_block(t) % ZC_LANES;
    size_t rows = t->height - GN_SKIP * edge_block(t); /* 1 ... 8 rows of the edge block count */
    fp6 weights[ZC_LANES];
    uint32_t vector[ext_words_of(ZC_LANES)];
    chunk_weights(p, t, chunk, weights, vector);
    interpolate_chunk(p, t, s, chunk);
    for (unsigned i = 0; i < GN_SKIP * (t->top + 1); i++) {
        if (i % GN_SKIP == 0) {
            place_on_coset(p, t, s, chunk, i / GN_SKIP);
            evaluate(p, t, s, s->acc, 0, t->air->code_n);
        }
        const uint32_t *acc[AIR_GROUPS];
        fp6 at_edge[AIR_GROUPS];
        for (int g = 0; g < AIR_GROUPS; g++) {
            acc[g] = s->acc[g] + ext_words_of((size_t)ZC_LANES) * (i % GN_SKIP);
            at_edge[g] = ext_get(acc[g], edge);
        }
        fp6 full = fp6_add(p->lanes->dot(acc[AIR_ALL], vector, edge), p->lanes->dot(acc[AIR_TRANSITION], vector, edge));
        fp6 with = p->low_weight[rows][i], before = p->low_weight[rows - 1][i];
        fp6 sum = gn_fp6_mul(fp6_add(at_edge[AIR_ALL], t->constant), with);
        sum = fp6_add(sum, gn_fp6_mul(at_edge[AIR_TRANSITION], before));
        sum = fp6_add(sum, gn_fp6_mul(at_edge[AIR_LAST], fp6_sub(with, before)));
        t->edge[i] = fp6_add(gn_fp6_mul(full, p->low_weight[GN_SKIP][i]), gn_fp6_mul(weights[edge], sum));
        if (chunk == 0) {
            fp6 first = gn_fp6_mul(ext_get(acc[AIR_FIRST], 0), p->low_weight[1][i]);
            t->edge[i] = fp6_add(t->edge[i], gn_fp6_mul(weights[0], first));
        }
    }
}

/* Block 0, when it is not in the chunk of the edge. */
static void first_block(const struct zc_prover *p, struct zc_table *t, struct zc_scratch *s)
{
    fp6 weight = gn_eq_bits(p->xi + GN_SKIP_LOG2, 0, t->v - GN_SKIP_LOG2);
    interpolate_chunk(p, t, s, 0);
    for (unsigned i = 0; i < GN_SKIP * (t->top + 1); i++) {
        if (i % GN_SKIP == 0) {
            place_on_coset(p, t, s, 0, i / GN_SKIP);
            evaluate(p, t, s, s->acc, t->air->bus_code_n, t->air->code_n);
        }
        const uint32_t *acc = s->acc[AIR_FIRST] + ext_words_of((size_t)ZC_LANES) * (i % GN_SKIP);
        fp6 first = gn_fp6_mul(ext_get(acc, 0), p->low_weight[1][i]);
        t->edge[i] = fp6_add(t->edge[i], gn_fp6_mul(weight, first));
    }
}

/* ---- the round ---- */

static void prepare(struct zc_prover *p)
{
    fp6 eq[GN_SKIP], values[GN_SKIP] = {fp6_zero()}, lanes[ZC_LANES];
    unsigned cosets = p->shape->degree + 1;
    gn_eq_table(eq, p->xi, GN_SKIP_LOG2);
    for (unsigned c = 0; c <= GN_SKIP; c++) {
        gn_zc_from_cosets(p->low_poly, values, 1, &p->constants);
        gn_zc_to_cosets(p->low_weight[c], p->low_poly, GN_SKIP, cosets, &p->constants);
        if (c < GN_SKIP) {
            values[c] = eq[c];
        }
    }
    if (p->shape->vmax >= 7) { /* else no chunk is full */
        gn_eq_table(lanes, p->xi + GN_SKIP_LOG2, 4);
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
        size_t group = item - t->first_item;
        if (group < groups(t)) {
            full_group(p, t, s, group);
            continue;
        }
        edge_chunk(p, t, s);
        if (t->has_first && full_chunks(t) > 0) {
            first_block(p, t, s);
        }
    }
}

/* from the workers' sums and the edge's values to coefficients */
static void finish_table(struct zc_prover *p, struct zc_table *t)
{
    fp6 values[ZC_POINTS], coefficients[ZC_POINTS];
    for (unsigned i = 0; i < ZC_POINTS; i++) {
        t->full[i] = fp6_zero();
    }
    for (int part = 0; part < ZC_PARTS; part++) {
        unsigned n = GN_SKIP * t->degree[part];
        for (unsigned i = 0; i < n; i++) {
            values[i] = fp6_zero();
            for (unsigned w = 0; w < p->workers; w++) {
                values[i] = fp6_add(values[i], p->scratch[w].tables[t - p->tables].at[part][i]);
            }
        }
        gn_zc_from_cosets(coefficients, values, t->degree[part], &p->constants);
        for (unsigned i = 0; i < n; i++) {
            t->full[i] = fp6_add(t->full[i], coefficients[i]);
        }
    }
    /* the chunk of the edge has counted the constant on its edge block only */
    fp6 blocks = gn_zc_eq_prefix(p->xi + GN_SKIP_LOG2, t->v - GN_SKIP_LOG2, edge_block(t));
    t->full[0] = fp6_add(t->full[0], gn_fp6_mul(t->constant, blocks));
    memcpy(values, t->edge, sizeof values);
    gn_zc_from_cosets(t->edge, values, t->top + 1, &p->constants);
}

void gn_zc_skip_round(struct zc_prover *p, fp6 out[ZC_POINTS])
{
    size_t items = 0;
    prepare(p);
    for (uint32_t i = 0; i < p->tables_n; i++) {
        p->tables[i].first_item = items;
        items += groups(&p->tables[i]) + 1;
    }
    for (unsigned w = 0; w < p->workers; w++) {
        memset(p->scratch[w].tables, 0, p->tables_n * sizeof(struct zc_sums));
    }
    gn_pool_for(p->work->pool, items, 1, run_items, p);

    fp6 full[ZC_POINTS];
    for (unsigned i = 0; i < ZC_POINTS; i++) {
        full[i] = out[i] = fp6_zero();
    }
    for (uint32_t k = 0; k < p->tables_n; k++) {
        struct zc_table *t = &p->tables[k];
        finish_table(p, t);
        for (unsigned i = 0; i < GN_SKIP * (t->top + 1); i++) {
            full[i] = fp6_add(full[i], t->full[i]);
            out[i] = fp6_add(out[i], t->edge[i]);
        }
    }
    for (unsigned i = 0; i < ZC_POINTS; i++) {
        for (unsigned k = 0; k < GN_SKIP && k <= i; k++) {
            out[i] = fp6_add(out[i], gn_fp6_mul(p->low_poly[k], full[i - k]));
        }
    }
}

fp6 gn_zc_skip_share(const struct zc_prover *p, const struct zc_table *t, fp6 u)
{
    fp6 full = gn_zc_polynomial_at(t->full, ZC_POINTS, u);
    fp6 low = gn_zc_polynomial_at(p->low_poly, GN_SKIP, u);
    unsigned edge_n = GN_SKIP * (t->top + 1);
    return fp6_add(gn_fp6_mul(full, low), gn_zc_polynomial_at(t->edge, edge_n, u));
}
