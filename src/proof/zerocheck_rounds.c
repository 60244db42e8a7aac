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
 * All this holds for the parts of the program separately, which have their own degrees and shares of the claim.
 *
 * While a table is tall its pairs go in chunks of 32, one value of X after the other.  When at most 15 full pairs are
 * left, all pairs and all X of the table are lanes of one block. */
#include <string.h>

#include "base/bits.h"
#include "poly/vector.h"
#include "proof/zerocheck_prover.h"

#define LANES_WORDS (AIR_BLOCK_ROWS / EXT_BLOCK * 6 * EXT_BLOCK)
#define PAIRS_WORDS (ZC_PAIRS / EXT_BLOCK * 6 * EXT_BLOCK)

_Static_assert(ZC_PAIRS / 2 <= EXT_BLOCK && ZC_PAIRS / 2 * ZC_ROUND_POINTS <= ZC_SPREAD_MAX &&
                   ZC_SPREAD_MAX <= AIR_BLOCK_ROWS,
               "the pairs of a table that is not tall fit into one block at all X");

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
    unsigned log2 = ZC_PAIRS_LOG2 + t->group_log2;
    return tall(p, t) ? (full_pairs(p, t) + ((size_t)1 << log2) - 1) >> log2 : 0;
}

static size_t round_up(size_t n)
{
    return (n + EXT_BLOCK - 1) / EXT_BLOCK * EXT_BLOCK;
}

static void evaluate(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s,
                     uint32_t *const acc[AIR_GROUPS], int kind, size_t rows, size_t stride)
{
    const struct zc_part *part = &t->parts[kind];
    struct air_block block = zc_block(p, t, s, rows, stride, 0);
    if (kind < ZC_BUS_PARTS) {
        zc_clear_constraints(acc, rows);
        gn_zc_bus_eval_ext(p, t, s, acc[AIR_ALL], kind, &block);
        return;
    }
    air_eval_block_ext(acc, &t->program, &block, t->coefficients, part->first_insn, part->insns, s->temps,
                       p->work->isa);
    const struct air_columns columns = {s->values, stride, rows};
    air_eval_bools_ext(acc[AIR_ALL], &columns, &part->plan, t->coefficients, p->work->isa);
}

/* Is q of the part taken at X in this round? */
static bool sampled(const struct zc_prover *p, const struct zc_part *part, unsigned x)
{
    return part->degree > 0 && x <= part->degree && (x != 1 || !p->derive);
}

/* the parts that are taken at X or behind, as bits */
static unsigned parts_from(const struct zc_prover *p, const struct zc_table *t, unsigned x)
{
    unsigned kinds = 0;
    for (unsigned kind = 0; kind < ZC_PARTS; kind++) {
        for (unsigned y = x; y <= t->parts[kind].degree; y++) {
            kinds |= sampled(p, &t->parts[kind], y) ? 1u << kind : 0;
        }
    }
    return kinds;
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
    for (unsigned x = 0; x <= AIR_MAX_DEGREE; x++) {
        unsigned kinds = parts_from(p, t, x);
        for (uint32_t k = 0; k < t->operands_n; k++) {
            uint32_t *value = s->values + k * PAIRS_WORDS, *delta = s->deltas + k * PAIRS_WORDS;
            if (zc_reads(t, k, kinds) && x == 0) {
                p->lanes->pairs(value, delta, t->folded[k], first, rows);
            } else if (zc_reads(t, k, kinds)) {
                p->lanes->add(value, delta, rows);
            }
        }
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            if (sampled(p, &t->parts[kind], x)) {
                evaluate(p, t, s, acc, kind, rows, PAIRS_WORDS);
                fp6 sum = p->lanes->dot(acc[0], p->pair_weight, n);
                sums->at[kind][x] = fp6_add(sums->at[kind][x], gn_fp6_mul(weight, sum));
            }
        }
    }
}

static void full_group(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t group)
{
    fp6 weights[ZC_GROUP];
    unsigned bound = p->variable + 1 + ZC_PAIRS_LOG2;
    size_t n = zc_group_weights(weights, t->group_log2, p->xi + bound, t->v - bound, group);
    size_t first = group << t->group_log2;
    for (size_t j = 0; j < n && (first + j) * ZC_PAIRS < full_pairs(p, t); j++) {
        full_chunk(p, t, s, first + j, weights[j]);
    }
}

/* ---- the edge, and everything of a table that is not tall ----
 * Lane X n + j is the j-th of n pairs at X. */

/* the pairs that lie in one block: all of a table that is not tall, or the edge, and pair 0 if need be */
struct lanes {
    size_t n;
    size_t full;        /* lanes 0 ... full - 1 are full pairs */
    size_t edge, first; /* which lanes those are */
};

static struct lanes lanes_of(const struct zc_prover *p, const struct zc_table *t)
{
    size_t edge = full_pairs(p, t);
    if (!tall(p, t)) {
        return (struct lanes){.n = edge + 1, .full = edge, .edge = edge, .first = 0};
    }
    return (struct lanes){.n = t->has_first ? 2 : 1, .full = 0, .edge = 0, .first = 1};
}

/* pair number `pair` of every operand as lane j, one element after the other */
static void place_pair(const struct zc_table *t, struct zc_scratch *s, size_t pair, struct lanes lanes, size_t j,
                       unsigned points)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        fp6 value = ext_get(t->folded[k], 2 * pair);
        fp6 delta = fp6_sub(ext_get(t->folded[k], 2 * pair + 1), value);
        for (unsigned x = 0; x < points; x++) {
            ext_set(s->values + k * LANES_WORDS, x * lanes.n + j, value);
            value = fp6_add(value, delta);
        }
    }
}

static void place_lanes(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, struct lanes lanes,
                        unsigned points)
{
    if (tall(p, t)) {
        place_pair(t, s, full_pairs(p, t), lanes, lanes.edge, points);
        if (lanes.n > 1) {
            place_pair(t, s, 0, lanes, lanes.first, points);
        }
        return;
    }
    for (uint32_t k = 0; k < t->operands_n; k++) {
        if (t->used[k] != 0) {
            p->lanes->spread(s->values + k * LANES_WORDS, t->folded[k], lanes.n, points);
        }
    }
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

/* the edge pair's part of s */
static void edge_pair(const struct zc_prover *p, const struct zc_table *t, struct zc_part *part,
                      const struct zc_scratch *s, struct lanes lanes, fp6 eq)
{
    fp6 n[2], before[2];
    size_t pair = full_pairs(p, t);
    pair_cut(n, p, t->cut[ZC_CUT_N], t->height, pair);
    pair_cut(before, p, t->cut[ZC_CUT_BEFORE], t->height - 1, pair);
    fp6 weight = n[0], less = before[0];
    for (unsigned x = 0; x <= part->degree + 1; x++) {
        size_t lane = x * lanes.n + lanes.edge;
        fp6 sum = gn_fp6_mul(ext_get(s->acc[AIR_ALL], lane), weight);
        sum = fp6_add(sum, gn_fp6_mul(ext_get(s->acc[AIR_TRANSITION], lane), less));
        sum = fp6_add(sum, gn_fp6_mul(ext_get(s->acc[AIR_LAST], lane), fp6_sub(weight, less)));
        part->round_edge[x] = gn_fp6_mul(eq, sum);
        advance(&weight, n);
        advance(&less, before);
    }
}

/* the group FIRST on pair 0 */
static void first_pair(const struct zc_prover *p, const struct zc_table *t, struct zc_part *part,
                       const struct zc_scratch *s, struct lanes lanes, fp6 eq)
{
    fp6 cut[2];
    pair_cut(cut, p, t->cut[ZC_CUT_ONE], 1, 0);
    fp6 weight = gn_fp6_mul(eq, cut[0]), slope = gn_fp6_mul(eq, fp6_sub(cut[1], cut[0]));
    for (unsigned x = 0; x <= part->degree + 1; x++) {
        fp6 acc = ext_get(s->acc[AIR_FIRST], x * lanes.n + lanes.first);
        part->round_edge[x] = fp6_add(part->round_edge[x], gn_fp6_mul(acc, weight));
        weight = fp6_add(weight, slope);
    }
}

/* the full pairs of a table that is not tall */
static void full_lanes(const struct zc_prover *p, const struct zc_table *t, int kind, const struct zc_scratch *s,
                       struct lanes lanes, const fp6 *weights)
{
    struct zc_sums *sums = &s->tables[t - p->tables];
    for (unsigned x = 0; x <= t->parts[kind].degree; x++) {
        for (size_t j = 0; j < lanes.full && sampled(p, &t->parts[kind], x); j++) {
            size_t lane = x * lanes.n + j;
            fp6 value = fp6_add(ext_get(s->acc[AIR_ALL], lane), ext_get(s->acc[AIR_TRANSITION], lane));
            sums->at[kind][x] = fp6_add(sums->at[kind][x], gn_fp6_mul(weights[j], value));
        }
    }
}

static void edge_item(const struct zc_prover *p, struct zc_table *t, struct zc_scratch *s)
{
    struct lanes lanes = lanes_of(p, t);
    unsigned n = pair_variables(p, t), degree = 0;
    const fp6 *xi = p->xi + p->variable + 1;
    fp6 weights[ZC_PAIRS], edge = gn_eq_bits(xi, full_pairs(p, t), n), first = gn_eq_bits(xi, 0, n);
    if (lanes.full > 0) {
        gn_eq_table(weights, xi, n);
    }
    for (int kind = 0; kind < ZC_PARTS; kind++) {
        degree = t->parts[kind].degree > degree ? t->parts[kind].degree : degree;
    }
    place_lanes(p, t, s, lanes, degree + 2);
    for (int kind = 0; kind < ZC_PARTS; kind++) {
        struct zc_part *part = &t->parts[kind];
        if (part->degree == 0) {
            continue;
        }
        evaluate(p, t, s, s->acc, kind, round_up(lanes.n * (part->degree + 2)), LANES_WORDS);
        full_lanes(p, t, kind, s, lanes, weights);
        edge_pair(p, t, part, s, lanes, edge);
        if (kind >= ZC_BUS_PARTS && t->has_first) {
            first_pair(p, t, part, s, lanes, first);
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

/* s of one part, degree + 2 coefficients */
static void part_polynomial(const struct zc_prover *p, struct zc_table *t, int kind)
{
    struct zc_part *part = &t->parts[kind];
    fp6 q[ZC_ROUND_POINTS], *s = part->round, xi = p->xi[p->variable];
    fp6 before = fp6_sub(fp6_one(), xi); /* eq1(xi, X) = before + slope X */
    fp6 slope = fp6_sub(xi, before);
    for (unsigned x = 0; x <= part->degree; x++) {
        q[x] = fp6_zero();
        for (unsigned w = 0; w < p->workers; w++) {
            q[x] = fp6_add(q[x], p->scratch[w].tables[t - p->tables].at[kind][x]);
        }
    }
    if (p->derive) {
        fp6 rest = fp6_sub(part->claim, fp6_add(part->round_edge[0], part->round_edge[1]));
        rest = fp6_sub(rest, gn_fp6_mul(gn_fp6_mul(p->full, before), q[0]));
        q[1] = gn_fp6_mul(rest, p->derive_inverse);
    }
    gn_zc_from_points(q, q, part->degree + 1, &p->constants);
    gn_zc_from_points(s, part->round_edge, part->degree + 2, &p->constants);
    for (unsigned k = 0; k <= part->degree; k++) {
        fp6 scaled = gn_fp6_mul(p->full, q[k]);
        s[k] = fp6_add(s[k], gn_fp6_mul(scaled, before));
        s[k + 1] = fp6_add(s[k + 1], gn_fp6_mul(scaled, slope));
    }
}

static void table_polynomials(void *ctx, size_t begin, size_t end, unsigned worker)
{
    struct zc_prover *p = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        struct zc_table *t = &p->tables[i];
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            struct zc_part *part = &t->parts[kind];
            memset(part->round, 0, sizeof part->round);
            if (active(p, t) && part->degree > 0) {
                part_polynomial(p, t, kind);
            } else {
                part->round[1] = part->claim; /* a finished table is multiplied by X */
            }
        }
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
    fp6 eq[GN_SKIP_MAX], sum = fp6_zero();
    gn_eq_table(eq, p->xi, p->skip_log2);
    for (unsigned b = 0; b < c; b++) {
        sum = fp6_add(sum, gn_fp6_mul(eq[b], p->out->skip.low[b]));
    }
    return sum;
}

static void begin(struct zc_prover *p)
{
    p->full = low_cut(p, p->skip);
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            bool empty = t->parts[kind].degree == 0;
            t->parts[kind].claim = empty ? fp6_zero() : gn_zc_skip_share(p, &t->parts[kind], p->out->u);
        }
        t->cut[ZC_CUT_N] = low_cut(p, t->height % p->skip);
        t->cut[ZC_CUT_BEFORE] = low_cut(p, (t->height - 1) % p->skip);
        t->cut[ZC_CUT_ONE] = low_cut(p, 1);
    }
}

void gn_zc_rounds(struct zc_prover *p)
{
    fp6 sum[ZC_ROUND_POINTS];
    begin(p);
    for (unsigned i = p->skip_log2; i < p->shape->vmax; i++) {
        p->variable = i;
        evaluate_tables(p);
        gn_pool_for(p->work->pool, p->tables_n, 4, table_polynomials, p);
        memset(sum, 0, sizeof sum);
        for (uint32_t k = 0; k < ZC_PARTS * p->tables_n; k++) {
            for (unsigned j = 0; j < ZC_ROUND_POINTS; j++) {
                sum[j] = fp6_add(sum[j], p->tables[k / ZC_PARTS].parts[k % ZC_PARTS].round[j]);
            }
        }
        gn_send_exts(p->sender, LABEL_ZC_ROUND, sum + 1, p->shape->degree + 1);
        fp6 r = p->out->r[i] = gn_transcript_challenge(&p->sender->transcript, LABEL_ZC_CHALLENGE);
        for (uint32_t k = 0; k < ZC_PARTS * p->tables_n; k++) {
            struct zc_part *part = &p->tables[k / ZC_PARTS].parts[k % ZC_PARTS];
            part->claim = gn_zc_polynomial_at(part->round, ZC_ROUND_POINTS, r);
        }
        bind(p, r);
    }
}
