/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_rounds.c - the prover's rounds after the skip: docs/protocol.md section 7.5.
 *
 * Round i binds row variable i in all tables that have it.  A table sends the polynomial
 *   s(X) = E eq1(xi_i, X) q(X) + edge(X),   q(X) = sum over the full pairs y of eq(xi_{i+1}.., y) G(X, y),
 * where E is eq over the variables bound so far.  q has the program's degree and is taken at X = 0, 2, 3, ...; q(1)
 * follows from s(0) + s(1) = the table's share of the claim, which is known since the skip round.
 *
 * The edge.  After i variables are bound, the weight of block y is, for k rows that count,
 *   E eq(xi_i.., y) below y = k >> i,  T_{k mod 2^i} eq(xi_i.., y) at it,  0 behind,
 * T_c being the weight of the first c rows of a block of 2^i.  T grows by one bit of k per round (next_cut).  The pair
 * that holds row n - 1 is evaluated with these weights at X = 0 ... d + 1, and so is pair 0 for the group FIRST.
 *
 * While a table is tall its pairs go in chunks of 32, one value of X after the other.  When at most 15 full pairs are left,
 * all pairs and all X of the table are lanes of one block. */
#include <string.h>

#include "base/bits.h"
#include "poly/vector.h"
#include "proof/zerocheck_prover.h"

#define LANES_WORDS (AIR_BLOCK_ROWS / EXT_BLOCK * 6 * EXT_BLOCK)
#define PAIRS_WORDS (ZC_PAIRS / EXT_BLOCK * 6 * EXT_BLOCK)

static bool active(const struct zc_prover *p, const struct zc_table *t)
{
    return t->v > p->variable;
}

/* variables that number the pairs */
static unsigned pair_variables(const struct zc_prover *p, const struct zc_table *t)
{
    return t->v - p->variable - 1;
}

static size_t full_pairs(const struct zc_prover *p, const struct zc_table *t)
{
    return (t->height - 1) >> (p->variable + 1);
}

static bool tall(const struct zc_prover *p, const struct zc_table *t)
{
    return pair_variables(p, t) >= ZC_PAIRS_LOG2;
}

static size_t groups(const struct zc_prover *p, const struct zc_table *t)
{
    return tall(p, t) ? (full_pairs(p, t) + ZC_PAIRS * ZC_GROUP - 1) / (ZC_PAIRS * ZC_GROUP) : 0;
}

static size_t round_up(size_t n)
{
    return (n + EXT_BLOCK - 1) / EXT_BLOCK * EXT_BLOCK;
}

static void evaluate(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s,
                     uint32_t *const acc[AIR_GROUPS], size_t rows, size_t stride)
{
    struct air_block block = zc_block(p, t, s, rows, stride);
    air_eval_block_ext(acc, t->air, &block, t->coefficients, 0, t->air->code_n, s->temps, p->work->isa);
}

/* Is q taken at X in this round? */
static bool sampled(const struct zc_prover *p, unsigned x)
{
    return x != 1 || !p->derive;
}

/* ---- full pairs of a tall table ---- */

static void full_chunk(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                       fp6 weight)
{
    uint32_t *const acc[AIR_GROUPS] = {s->acc[0], s->acc[0], s->acc[1], s->acc[1]}; /* as in zerocheck_skip.c */
    struct zc_sums *sums = &s->tables[t - p->tables];
    size_t first = chunk * ZC_PAIRS, left = full_pairs(p, t) - first;
    size_t n = left < ZC_PAIRS ? left : ZC_PAIRS;
    size_t rows = round_up(n);
    for (uint32_t k = 0; k < t->operands_n; k++) {
        p->lanes->pairs(s->values + k * PAIRS_WORDS, s->deltas + k * PAIRS_WORDS, t->folded[k], first, rows);
    }
    for (unsigned x = 0; x <= t->top; x++) {
        for (uint32_t k = 0; k < t->operands_n && x > 0; k++) {
            p->lanes->add(s->values + k * PAIRS_WORDS, s->deltas + k * PAIRS_WORDS, rows);
        }
        if (sampled(p, x)) {
            evaluate(p, t, s, acc, rows, PAIRS_WORDS);
            fp6 sum = p->lanes->dot(acc[0], p->pair_weight, n);
            sums->at[0][x] = fp6_add(sums->at[0][x], gn_fp6_mul(weight, sum));
        }
    }
}

static void full_group(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t group)
{
    fp6 weights[ZC_GROUP];
    unsigned bound = p->variable + 1 + ZC_PAIRS_LOG2;
    size_t n = zc_group_weights(weights, p->xi + bound, t->v - bound, group);
    for (size_t j = 0; j < n && (group * ZC_GROUP + j) * ZC_PAIRS < full_pairs(p, t); j++) {
        full_chunk(p, t, s, group * ZC_GROUP + j, weights[j]);
    }
}

/* ---- the edge, and everything of a table that is not tall ---- */

/* a pair of elements of every operand at X = 0 ... top as lanes from `lane` on; returns the lane behind */
static size_t place_pair(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t pair,
                         unsigned top, bool skip_one, size_t lane)
{
    size_t next = lane;
    (void)p;
    for (uint32_t k = 0; k < t->operands_n; k++) {
        fp6 value = ext_get(t->folded[k], 2 * pair);
        fp6 delta = fp6_sub(ext_get(t->folded[k], 2 * pair + 1), value);
        next = lane;
        for (unsigned x = 0; x <= top; x++) {
            if (x != 1 || !skip_one) {
                ext_set(s->values + k * LANES_WORDS, next++, value);
            }
            value = fp6_add(value, delta);
        }
    }
    return next;
}

/* The weight of the pair's blocks for the first k rows, up to eq over the pair's number, as values at X = 0 and 1. */
static void pair_cut(fp6 out[2], const struct zc_prover *p, fp6 cut, uint32_t k, size_t pair)
{
    fp6 xi = p->xi[p->variable];
    for (unsigned bit = 0; bit < 2; bit++) {
        size_t y = 2 * pair + bit, last = k >> p->variable;
        fp6 weight = y < last ? p->full : y == last ? cut : fp6_zero();
        out[bit] = gn_fp6_mul(bit == 1 ? xi : fp6_sub(fp6_one(), xi), weight);
    }
}

/* from X to X + 1 */
static void advance(fp6 *value, const fp6 cut[2])
{
    *value = fp6_add(*value, fp6_sub(cut[1], cut[0]));
}

/* the edge pair's part of s, its lanes beginning at lane */
static void edge_pair(const struct zc_prover *p, struct zc_table *t, const struct zc_scratch *s, size_t lane, fp6 eq)
{
    fp6 n[2], before[2];
    size_t pair = full_pairs(p, t);
    pair_cut(n, p, t->cut[ZC_CUT_N], t->height, pair);
    pair_cut(before, p, t->cut[ZC_CUT_BEFORE], t->height - 1, pair);
    fp6 weight = n[0], less = before[0];
    for (unsigned x = 0; x <= t->top + 1; x++) {
        fp6 all = fp6_add(ext_get(s->acc[AIR_ALL], lane + x), t->constant);
        fp6 sum = gn_fp6_mul(all, weight);
        sum = fp6_add(sum, gn_fp6_mul(ext_get(s->acc[AIR_TRANSITION], lane + x), less));
        sum = fp6_add(sum, gn_fp6_mul(ext_get(s->acc[AIR_LAST], lane + x), fp6_sub(weight, less)));
        t->round_edge[x] = fp6_add(t->round_edge[x], gn_fp6_mul(eq, sum));
        advance(&weight, n);
        advance(&less, before);
    }
}

/* the group FIRST on pair 0 */
static void first_pair(const struct zc_prover *p, struct zc_table *t, const struct zc_scratch *s, size_t lane, fp6 eq)
{
    fp6 cut[2];
    pair_cut(cut, p, t->cut[ZC_CUT_ONE], 1, 0);
    fp6 weight = cut[0];
    for (unsigned x = 0; x <= t->top + 1; x++) {
        fp6 sum = gn_fp6_mul(ext_get(s->acc[AIR_FIRST], lane + x), weight);
        t->round_edge[x] = fp6_add(t->round_edge[x], gn_fp6_mul(eq, sum));
        advance(&weight, cut);
    }
}

static void edge_item(const struct zc_prover *p, struct zc_table *t, struct zc_scratch *s)
{
    struct zc_sums *sums = &s->tables[t - p->tables];
    unsigned n = pair_variables(p, t);
    const fp6 *xi = p->xi + p->variable + 1;
    size_t edge = full_pairs(p, t), full = tall(p, t) ? 0 : edge, lane = 0;
    for (size_t y = 0; y < full; y++) {
        lane = place_pair(p, t, s, y, t->top, p->derive, lane);
    }
    size_t edge_lane = lane, first_lane = edge == 0 ? edge_lane : 0;
    lane = place_pair(p, t, s, edge, t->top + 1, false, lane);
    if (t->has_first && edge > 0) {
        first_lane = lane;
        lane = place_pair(p, t, s, 0, t->top + 1, false, lane);
    }
    evaluate(p, t, s, s->acc, round_up(lane), LANES_WORDS);

    memset(t->round_edge, 0, sizeof t->round_edge);
    edge_pair(p, t, s, edge_lane, gn_eq_bits(xi, edge, n));
    if (t->has_first) {
        first_pair(p, t, s, first_lane, gn_eq_bits(xi, 0, n));
    }
    fp6 weights[ZC_PAIRS];
    if (full > 0) {
        gn_eq_table(weights, xi, n);
    }
    lane = 0;
    for (size_t y = 0; y < full; y++) {
        for (unsigned x = 0; x <= t->top; x++) {
            if (sampled(p, x)) {
                fp6 value = fp6_add(ext_get(s->acc[AIR_ALL], lane), ext_get(s->acc[AIR_TRANSITION], lane));
                sums->at[0][x] = fp6_add(sums->at[0][x], gn_fp6_mul(weights[y], value));
                lane++;
            }
        }
    }
}

/* ---- a round ---- */

static void run_items(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct zc_prover *p = ctx;
    struct zc_scratch *s = &p->scratch[worker];
    for (size_t item = begin; item < end; item++) {
        struct zc_table *t = zc_item_table(p, item);
        if (item == t->first_item) {
            edge_item(p, t, s);
        } else {
            full_group(p, t, s, item - t->first_item - 1);
        }
    }
}

static void evaluate_tables(struct zc_prover *p)
{
    size_t items = 0;
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        t->first_item = items;
        if (active(p, t)) {
            gn_zc_pad(p, t);
            items += 1 + groups(p, t);
        }
    }
    fp6 xi = p->xi[p->variable], weights[ZC_PAIRS];
    if (p->shape->vmax > p->variable + ZC_PAIRS_LOG2) { /* else nothing is tall */
        gn_eq_table(weights, p->xi + p->variable + 1, ZC_PAIRS_LOG2);
        for (size_t y = 0; y < ZC_PAIRS; y++) {
            ext_set(p->pair_weight, y, weights[y]);
        }
    }
    fp6 full_xi = gn_fp6_mul(p->full, xi);
    p->derive = !fp6_is_zero(full_xi); /* zero: no challenge will do this, but then q(1) is evaluated */
    p->derive_inverse = gn_fp6_inv(full_xi);
    for (unsigned w = 0; w < p->workers; w++) {
        memset(p->scratch[w].tables, 0, p->tables_n * sizeof(struct zc_sums));
    }
    gn_pool_for(p->work->pool, items, 1, run_items, p);
}

/* s of one table, top + 2 coefficients */
static void table_polynomial(const struct zc_prover *p, const struct zc_table *t, fp6 s[ZC_ROUND_POINTS])
{
    fp6 q[ZC_ROUND_POINTS], xi = p->xi[p->variable];
    fp6 before = fp6_sub(fp6_one(), xi); /* eq1(xi, X) = before + slope X */
    fp6 slope = fp6_sub(xi, before);
    fp6 constant =
        gn_fp6_mul(t->constant, gn_zc_eq_prefix(p->xi + p->variable + 1, pair_variables(p, t), full_pairs(p, t)));
    for (unsigned x = 0; x <= t->top; x++) {
        q[x] = constant;
        for (unsigned w = 0; w < p->workers; w++) {
            q[x] = fp6_add(q[x], p->scratch[w].tables[t - p->tables].at[0][x]);
        }
    }
    if (p->derive) {
        fp6 rest = fp6_sub(t->claim, fp6_add(t->round_edge[0], t->round_edge[1]));
        rest = fp6_sub(rest, gn_fp6_mul(gn_fp6_mul(p->full, before), q[0]));
        q[1] = gn_fp6_mul(rest, p->derive_inverse);
    }
    gn_zc_from_points(q, q, t->top + 1, &p->constants);
    gn_zc_from_points(s, t->round_edge, t->top + 2, &p->constants);
    for (unsigned k = 0; k <= t->top; k++) {
        fp6 scaled = gn_fp6_mul(p->full, q[k]);
        s[k] = fp6_add(s[k], gn_fp6_mul(scaled, before));
        s[k + 1] = fp6_add(s[k + 1], gn_fp6_mul(scaled, slope));
    }
}

/* T_{k mod 2^(i+1)} from T_{k mod 2^i}, eq1 over variable i split into its two products */
static void next_cut(fp6 *cut, bool bit, fp6 full, fp6 neither, fp6 both)
{
    fp6 low = gn_fp6_mul(neither, bit ? full : *cut);
    *cut = bit ? fp6_add(low, gn_fp6_mul(both, *cut)) : low;
}

static void bind(struct zc_prover *p, fp6 r)
{
    fp6 xi = p->xi[p->variable];
    fp6 both = gn_fp6_mul(xi, r);
    fp6 neither = fp6_add(fp6_sub(fp6_sub(fp6_one(), xi), r), both);
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        next_cut(&t->cut[ZC_CUT_N], t->height >> p->variable & 1, p->full, neither, both);
        next_cut(&t->cut[ZC_CUT_BEFORE], (t->height - 1) >> p->variable & 1, p->full, neither, both);
        next_cut(&t->cut[ZC_CUT_ONE], false, p->full, neither, both);
    }
    p->full = gn_fp6_mul(p->full, fp6_add(both, neither));
    gn_zc_fold(p);
}

/* E_low(c) at u */
static fp6 low_cut(const struct zc_prover *p, unsigned c)
{
    fp6 eq[GN_SKIP], sum = fp6_zero();
    gn_eq_table(eq, p->xi, GN_SKIP_LOG2);
    for (unsigned b = 0; b < c; b++) {
        sum = fp6_add(sum, gn_fp6_mul(eq[b], p->out->low[b]));
    }
    return sum;
}

static void begin(struct zc_prover *p)
{
    p->full = low_cut(p, GN_SKIP);
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        t->claim = gn_zc_skip_share(p, t, p->out->u);
        t->cut[ZC_CUT_N] = low_cut(p, t->height % GN_SKIP);
        t->cut[ZC_CUT_BEFORE] = low_cut(p, (t->height - 1) % GN_SKIP);
        t->cut[ZC_CUT_ONE] = low_cut(p, 1);
    }
}

void gn_zc_rounds(struct zc_prover *p)
{
    fp6 sum[ZC_ROUND_POINTS];
    begin(p);
    for (unsigned i = GN_SKIP_LOG2; i < p->shape->vmax; i++) {
        p->variable = i;
        evaluate_tables(p);
        memset(sum, 0, sizeof sum);
        for (uint32_t k = 0; k < p->tables_n; k++) {
            struct zc_table *t = &p->tables[k];
            memset(t->share, 0, sizeof t->share);
            if (active(p, t)) {
                table_polynomial(p, t, t->share);
            } else {
                t->share[1] = t->claim; /* a finished table is multiplied by X */
            }
            for (unsigned x = 0; x < ZC_ROUND_POINTS; x++) {
                sum[x] = fp6_add(sum[x], t->share[x]);
            }
        }
        gn_send_exts(p->sender, LABEL_ZC_ROUND, sum + 1, p->shape->degree + 1);
        p->out->r[i] = gn_transcript_challenge(&p->sender->transcript, LABEL_ZC_CHALLENGE);
        for (uint32_t k = 0; k < p->tables_n; k++) {
            p->tables[k].claim = gn_zc_polynomial_at(p->tables[k].share, ZC_ROUND_POINTS, p->out->r[i]);
        }
        bind(p, p->out->r[i]);
    }
}
