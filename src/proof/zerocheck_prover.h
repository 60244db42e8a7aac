/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_prover.h - the prover's state of the zerocheck, shared by zerocheck_prove.c (the steps), zerocheck_skip.c
 * (7.4), zerocheck_rounds.c (7.5), zerocheck_columns.c (access to columns) and zerocheck_interpolate.c.
 *
 * With k skipped variables (skip_log2; skip = 2^k) blocks are groups of skip rows; block y holds rows skip y ... skip y +
 * skip - 1.  A block is *full* when all its rows are below n - 1:
 * then constraints of the groups ALL and TRANSITION have the same weight on it, FIRST and LAST have none (FIRST aside,
 * in block 0), and it contributes eq(xi, y) times one polynomial.  The block with row n - 1 is the *edge*; behind it
 * all weights are 0.  In the later rounds the same words are used of pairs of blocks: a pair is full when both its
 * blocks are, and the edge is the pair that holds row n - 1.
 *
 * A table's operands are numbered committed, next, preprocessed, fixed, which is the order of the claims (fixed columns
 * have none).  Work is cut into items of about equal size, numbered over all tables.  Sums that several items of a
 * table share are kept per worker and added at the end; sums in F are exact, so neither the cut nor the number of
 * threads shows in the result. */
#ifndef GN_PROOF_ZEROCHECK_PROVER_H
#define GN_PROOF_ZEROCHECK_PROVER_H

#include <string.h>

#include "air/eval.h"
#include "proof/zerocheck.h"
#include "proof/zerocheck_lanes.h"

#define ZC_COSETS          (AIR_MAX_DEGREE + 1) /* cosets of D on which t is known; D is number 0 */
#define ZC_POINTS          (GN_SKIP_MAX * ZC_COSETS)
#define ZC_SLICES          (ZC_CHUNK_MAX / ZC_SLICE)
#define ZC_POINTS_OF_SLICE (ZC_SLICE / ZC_LANES) /* of each block */
#define ZC_ROUND_POINTS    (AIR_MAX_DEGREE + 2)
#define ZC_GROUP_LOG2      4 /* most chunks of an item */
#define ZC_GROUP           (1u << ZC_GROUP_LOG2)
#define ZC_GROUP_CELLS \
    1024 /* operands times chunks of an item: a wide table's items are short, so that threads end together */
#define ZC_PAIRS_LOG2 5 /* pairs of a chunk in the later rounds */
#define ZC_PAIRS      (1u << ZC_PAIRS_LOG2)

/* The parts of a table: the bus's products and its linear rest (zerocheck_bus.c), constraints of low and of high degree (air/system.h).
 * Each is its own sum from the skip round on, with its own share of the claim: so each is evaluated at as few points as its
 * own degree allows. */
enum zc_kind { ZC_PRODUCTS, ZC_SUMS, ZC_LOW, ZC_HIGH, ZC_PARTS };
#define ZC_BUS_PARTS 2 /* the first ones; they are not zero on D */
/* Every part costs passes over accumulators, so a short one is left with its neighbour: */
#define ZC_LEAST_SUM 8  /* sources of a linear rest, else with the products */
#define ZC_LOW_INSNS 64 /* of the low constraints, else with the high ones */

struct zc_part {
    unsigned degree;                 /* 0: the part is empty; else at least 1 */
    uint32_t first_insn, insns;      /* of the table's program */
    struct air_plan plan;            /* the same for blocks in the base field */
    fp6 *full, *edge;                /* its share of t is low_poly * full + edge (coefficients); ZC_COSETS * skip */
    fp6 claim;                       /* its share of the running claim */
    fp6 round_edge[ZC_ROUND_POINTS]; /* what the edge contributes, at X = 0, 1, ... */
    fp6 round[ZC_ROUND_POINTS];      /* its round polynomial */
};

/* truncated eq of k rows, for the three k of section 7.2 */
enum zc_cut { ZC_CUT_N, ZC_CUT_BEFORE, ZC_CUT_ONE, ZC_CUTS }; /* k = n, n - 1, 1 */

struct zc_table {
    const struct air_table *air;
    struct air_table program;      /* the same without instructions that are bools of a plan (air/eval.h) */
    uint32_t *constants;           /* for plans */
    uint32_t number, height, rows; /* rows: the committed height H */
    unsigned v;
    bool has_first; /* constraints of the group FIRST */
    bool bits;      /* the skip round reads it as bits (zerocheck_bits.c) */
    struct zc_part parts[ZC_PARTS];
    fp6 *coefficients; /* of constraints, section 7.3 */
    /* zerocheck_bus.c; NULL without interactions */
    const struct bus_plan *bus;
    struct zc_forms forms[ZC_BUS_PARTS];
    bool computes[ZC_BUS_PARTS]; /* sources are outputs of the bus program */
    struct zc_product *bus_products;
    struct zc_cross *bus_crosses;
    uint32_t *bus_sources; /* operands, or behind them numbers of outputs */
    uint32_t *bus_place;   /* by such a number */
    fp6 *bus_weights, *leaf_weights;
    uint32_t bus_sources_n;
    uint32_t operands_n, claims_n;
    unsigned group_log2; /* chunks of an item */
    uint8_t *used;       /* by operand: bit 1 << kind if that part reads it */
    uint32_t **fixed;    /* fixed columns as cells, rows of them */
    uint32_t **folded;   /* after u: the operands as ext vectors */
    size_t blocks;       /* their elements */
    size_t first_item;   /* of the step that runs */
    fp6 cut[ZC_CUTS];    /* T_{k mod 2^i} over the i bound variables */
};

/* One worker's sums for one table in the later rounds: [kind][X]. */
struct zc_sums {
    fp6 at[ZC_PARTS][ZC_ROUND_POINTS];
};

/* One worker's memory, sized for the widest table. */
struct zc_scratch {
    uint32_t *values; /* operands: a chunk each, or ext vectors of up to AIR_BLOCK_ROWS elements */
    uint32_t *deltas; /* coefficients of a chunk, or ext vectors of ZC_PAIRS elements */
    uint32_t *temps;
    uint32_t *computed; /* outputs of the bus program */
    uint32_t **outputs;
    const uint32_t **sources;
    uint32_t *acc[AIR_GROUPS];
    uint32_t *sums[ZC_PARTS][ZC_COSETS]; /* a chunk's accumulators, slice by slice */
    const uint32_t **operands;           /* pointers into values */
    uint32_t padded[ZC_CHUNK_MAX];
    const uint32_t **masks; /* by operand: its chunk as ZC_LANES masks, or NULL if it is not bits */
    uint32_t *mask_words;   /* for those that nobody has packed */
    fp6 *points;            /* the skip round's sums: ZC_COSETS * skip per part and table, zc_points */
    struct zc_sums *tables; /* one per table */
};

struct zc_constants {
    unsigned skip_log2;
    struct zc_roots roots;
    uint32_t scale[ZC_COSETS][GN_SKIP_MAX]; /* for on_coset */
    fp unscale[ZC_COSETS][GN_SKIP_MAX];     /* shift^(-k) / skip */
    fp first[ZC_COSETS][GN_SKIP_MAX];       /* L_0 on the cosets */
    /* [m][k][i]: what the value at point i contributes to coefficient k, m points */
    fp from_cosets[ZC_COSETS + 1][ZC_COSETS][ZC_COSETS];
    fp from_points[ZC_ROUND_POINTS + 1][ZC_ROUND_POINTS][ZC_ROUND_POINTS];
};

struct zc_prover {
    const struct gn_shape *shape;
    const struct air_witness *witness;
    uint32_t *const *const *bits; /* columns that the commitment has packed (pcs/pcs.h), or NULL */
    const struct gn_bus_challenges *challenges;
    const struct gn_work *work;
    struct gn_sender *sender;
    const struct zc_lanes *lanes;
    unsigned skip_log2, skip; /* skip = 2^skip_log2 rows to a block */
    size_t chunk;             /* ZC_LANES * skip rows */
    struct zc_constants constants;
    fp6 *xi;
    uint32_t *publics;       /* Montgomery form */
    struct zc_table *tables; /* those with n > 0 */
    uint32_t tables_n;
    struct zc_scratch *scratch; /* one per worker */
    unsigned workers;
    struct gn_zerocheck_result *out;
    fp6 *sent; /* claims in sending order */

    /* 7.4 */
    fp6 low_weight[GN_SKIP_MAX + 1][ZC_POINTS]; /* [c]: sum over b < c of eq(xi_low, b) L_b(X) on all cosets */
    uint32_t *bit_tables;                       /* by coset and point (zerocheck_bits.c) */
    fp6 low_poly[GN_SKIP_MAX];                  /* c = skip as coefficients */
    uint32_t lane_weight[6 * EXT_BLOCK];        /* eq of the next four coordinates, block of a chunk */

    /* 7.5 */
    unsigned variable;                  /* i, the one that the round binds */
    fp6 full;                           /* E_low(skip) prod eq1(xi, r) over the bound variables */
    bool derive;                        /* values at X = 1 follow from the claims */
    fp6 derive_inverse;                 /* 1 / (full xi_i) */
    uint32_t pair_weight[6 * ZC_PAIRS]; /* eq(xi_{i+1..}, pair of a chunk) */
};

/* ---- zerocheck_columns.c ---- */
GN_NODISCARD enum gn_status gn_zc_materialise_fixed(struct zc_prover *p);
/* The chunk of operand k from row `row` on, a multiple of p->chunk; what lies behind its end reads as 0.  May use padded. */
const uint32_t *gn_zc_cells(const struct zc_prover *p, const struct zc_table *t, uint32_t k, size_t row,
                            uint32_t padded[ZC_CHUNK_MAX]);
/* after u: every operand of every table becomes an ext vector of H / skip elements */
GN_NODISCARD enum gn_status gn_zc_fold_rows(struct zc_prover *p);
size_t gn_zc_folded_words(size_t blocks);                /* words of such a vector */
void gn_zc_pad(struct zc_prover *p, struct zc_table *t); /* makes the vectors' length even */
void gn_zc_fold(struct zc_prover *p);                    /* binds p->variable to its challenge */

/* ---- zerocheck_bits.c ---- */
size_t gn_zc_bits_words(unsigned skip);
GN_NODISCARD enum gn_status gn_zc_bits_init(struct zc_prover *p);
#define ZC_FOLD_TABLE ((size_t)6 * (GN_SKIP_MAX / 4) * 16)
/* after u: the table that lanes->spread_bits needs to make the six limbs of a block of folded rows */
void gn_zc_bits_fold_table(const struct zc_prover *p, uint32_t table[ZC_FOLD_TABLE]);
/* The chunk of operand k from row `row` on as ZC_LANES masks, or NULL.  May use masks and padded. */
const uint32_t *gn_zc_masks(const struct zc_prover *p, const struct zc_table *t, uint32_t k, size_t row,
                            uint32_t masks[ZC_LANES], uint32_t padded[ZC_CHUNK_MAX]);
/* a chunk's operands as masks or, those that are not bits, coefficients */
void gn_zc_bits_read(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk);
/* then, coset by coset, what is not bits; then, slice by slice, s->values, ZC_SLICE words apart */
void gn_zc_bits_place(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, size_t chunk,
                      unsigned coset, unsigned kinds);
void gn_zc_bits_slice(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, unsigned coset,
                      unsigned slice, unsigned kinds);

/* ---- zerocheck_bus.c ---- */
GN_NODISCARD bool gn_zc_bus_alloc(struct zc_prover *p, struct zc_table *t);
size_t gn_zc_bus_footprint(const struct air_table *air);
uint32_t gn_zc_bus_computed(const struct air_table *air); /* outputs that are computed */
uint32_t gn_zc_bus_sources(const struct air_table *air);  /* at most */
/* bus: lambda^{e(Q,T)} */
void gn_zc_bus_forms(struct zc_prover *p, struct zc_table *t, fp6 lambda, fp6 bus);
/* acc: a part on the rows of a block whose operands are s->operands */
void gn_zc_bus_eval(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, uint32_t *acc, int kind,
                    const struct air_block *block);
void gn_zc_bus_eval_ext(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s, uint32_t *acc,
                        int kind, const struct air_block *block);

/* ---- zerocheck_skip.c, zerocheck_rounds.c ---- */
void gn_zc_skip_round(struct zc_prover *p, fp6 t[ZC_POINTS]);
fp6 gn_zc_skip_share(const struct zc_prover *p, const struct zc_part *part, fp6 u); /* a part's share of t(u) */
void gn_zc_rounds(struct zc_prover *p);

/* ---- zerocheck_interpolate.c ---- */
void gn_zc_constants_init(struct zc_constants *c, unsigned skip_log2);
void gn_zc_from_cosets(fp6 *coefficients, const fp6 *values, unsigned cosets, const struct zc_constants *c);
void gn_zc_from_points(fp6 *coefficients, const fp6 *values, unsigned n,
                       const struct zc_constants *c); /* X = 0 ... n - 1 */
fp6 gn_zc_polynomial_at(const fp6 *coefficients, unsigned n, fp6 x);

/* ---- items and blocks, for all steps ---- */

/* Tables number their items from first_item; the last table that begins at or before an item has it. */
static inline struct zc_table *zc_item_table(struct zc_prover *p, size_t item)
{
    uint32_t i = p->tables_n - 1;
    while (p->tables[i].first_item > item) {
        i--;
    }
    return &p->tables[i];
}

/* The operands as they lie in s->values, `stride` words apart, from word `at` on. */
static inline struct air_block zc_block(const struct zc_prover *p, const struct zc_table *t, struct zc_scratch *s,
                                        size_t rows, size_t stride, size_t at)
{
    for (uint32_t k = 0; k < t->operands_n; k++) {
        s->operands[k] = s->values + k * stride + at;
    }
    const struct air_table *air = t->air;
    return (struct air_block){
        .committed = s->operands,
        .next = s->operands + air->committed_n,
        .pre = s->operands + air->committed_n + air->next_n,
        .fixed = s->operands + air->committed_n + air->next_n + air->pre_n,
        .publics = p->publics,
        .rows = rows,
    };
}

/* the accumulators that the bus adds nothing to */
static inline void zc_clear_constraints(uint32_t *const acc[AIR_GROUPS], size_t rows)
{
    for (int g = AIR_ALL + 1; g < AIR_GROUPS; g++) {
        memset(acc[g], 0, ext_words(rows) * sizeof *acc[g]);
    }
}

/* One worker's sums of the skip round for one part of a table. */
static inline fp6 *zc_points(const struct zc_prover *p, const struct zc_scratch *s, const struct zc_table *t, int kind)
{
    return s->points + ((size_t)(t - p->tables) * ZC_PARTS + (size_t)kind) * ZC_COSETS * p->skip;
}

/* slices of a chunk */
static inline unsigned zc_slices(const struct zc_prover *p)
{
    return (unsigned)(p->chunk / ZC_SLICE);
}

/* Does one of the parts read the operand?  kinds: bits 1 << kind. */
static inline bool zc_reads(const struct zc_table *t, uint32_t operand, unsigned kinds)
{
    return (t->used[operand] & kinds) != 0;
}

/* Weights of the chunks of an item: out[j] = eq(xi, 2^log2 group + j), n variables; returns how many there are. */
static inline uint32_t zc_group_weights(fp6 out[ZC_GROUP], unsigned log2, const fp6 *xi, unsigned n, size_t group)
{
    unsigned low = n < log2 ? n : log2;
    gn_eq_table(out, xi, low);
    fp6 high = gn_eq_bits(xi + low, group, n - low);
    for (uint32_t j = 0; j < (uint32_t)1 << low; j++) {
        out[j] = gn_fp6_mul(out[j], high);
    }
    return (uint32_t)1 << low;
}

#endif
