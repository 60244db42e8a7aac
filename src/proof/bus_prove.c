/* SPDX-License-Identifier: Apache-2.0 */
/* bus_prove.c - the bus, prover's side: docs/protocol.md section 6, and the tables' sums of section 7.2.  bus_verify.c
 * is the mirror.
 *
 * All levels are computed upward (bus_layers.h); the sumchecks go down again.  A level's memory is needed until its
 * sumcheck is over, so the levels lie in the arena lowest first, and the sumcheck of level j folds into the memory that
 * the levels above j have left.
 *
 * A round.  With P_0 = p_0 + lambda q_0, P_1 = p_1 the summand is G = P_0 q_1 + P_1 q_0.  It is lambda wherever nothing is active,
 * so the round sums eq (G - lambda) over stored units and adds lambda: the weights of eq over the whole cube sum to 1.
 * With the factors of eq for variables already bound divided out, h has degree 2 (Gruen, eprint 2024/108, section 3);
 * its value at 0 and its leading coefficient are summed, the third follows from (1 - a) h(0) + a h(1) = claim.  eq over
 * the remaining variables is a table over the low ones times a table over the high ones.  The pass that binds a
 * variable sums the next round.
 *
 * Sums over parallel chunks are exact field arithmetic: the same for any number of threads. */
#include <string.h>

#include "base/bits.h"
#include "poly/eq.h"
#include "poly/vector.h"
#include "proof/bus_kernels.h"
#include "proof/bus_plan.h"

#define LOW_EQ_LOG2 9   /* variables of the low table of eq: 12 KiB */
#define GRAIN       64u /* units of a chunk: 4096 nodes */
#define LEAST_LOG2  4   /* lanes of a block */

/* p_0, p_1, q_0, q_1 of a pair of nodes */
struct pair {
    fp6 p[2], q[2];
};

struct bus {
    const struct gn_shape *shape;
    const struct gn_work *work;
    const struct bus_kernels *kernels;
    struct bus_level *levels;
    struct bus_layer layers[GN_MAX_VARIABLES];
    gn_arena_mark marks[GN_MAX_VARIABLES]; /* behind each layer */
    uint32_t *eq_low, *eq_high;
    unsigned low_log2;  /* variables of eq_low; those above are in eq_high */
    fp6 (*sums)[2];     /* per chunk */
    struct pair *pairs; /* per block: its one pair at the last layer's point, bound up to its own variables */
};

/* ---- passes over the pieces of a level ---- */

/* One pass: level `to` from the one below, upward or by binding a variable. */
struct pass {
    struct bus *bus;
    const struct bus_level *to;
    struct bus_layer out, in;
    bool up;  /* else (p, q) is (P, q): a node below which nothing is active is (lambda, 1) if x is even */
    bool sum; /* take the sums of the next round */
    struct bus_round round;
};

static struct bus_layer layer_at(const struct bus_layer *layer, size_t unit)
{
    return (struct bus_layer){layer->p + unit * BUS_UNIT_EXT, layer->q + unit * BUS_UNIT_EXT};
}

/* a unit whose nodes x are a[x % 2] */
static void fill(uint32_t *ext, const fp6 a[2])
{
    for (size_t x = 0; x < BUS_UNIT; x++) {
        ext_set(ext, bus_element(0, x), a[x % 2]);
    }
}

/* The children of a unit of which only one is stored, completed in `staged`. */
static void stage(const struct bus_layer *staged, const struct pass *pass, const struct bus_piece *piece)
{
    struct bus_layer from = layer_at(&pass->in, piece->from);
    struct bus_layer to = layer_at(staged, piece->have == BUS_HIGH), other = layer_at(staged, piece->have == BUS_LOW);
    memcpy(to.p, from.p, BUS_UNIT_EXT * sizeof(uint32_t));
    memcpy(to.q, from.q, BUS_UNIT_EXT * sizeof(uint32_t));
    const fp6 ones[2] = {fp6_one(), fp6_one()}, pad[2] = {pass->up ? fp6_zero() : pass->round.lambda, fp6_zero()};
    fill(other.p, pad);
    fill(other.q, ones);
}

/* units of positions that share a factor of eq_high, and the weights of position pos in eq_low */
static size_t low_units(const struct bus *bus)
{
    return bus->low_log2 <= LEAST_LOG2 ? 1 : (size_t)1 << (bus->low_log2 - LEAST_LOG2);
}

static const uint32_t *low_weights(const struct bus *bus, uint64_t pos)
{
    return bus->eq_low + (size_t)(pos % low_units(bus)) * EXT_BLOCK * 6;
}

static void add_weighted(fp6 sums[2], const struct bus *bus, uint64_t pos, const uint32_t *acc)
{
    fp6 s[2];
    bus_acc_take(s, acc);
    fp6 high = ext_get(bus->eq_high, (size_t)(pos / low_units(bus)));
    sums[0] = fp6_add(sums[0], gn_fp6_mul(high, s[0]));
    sums[1] = fp6_add(sums[1], gn_fp6_mul(high, s[1]));
}

/* how many of n units from pos on may go together */
static size_t within_low(const struct bus *bus, uint64_t pos, size_t n)
{
    size_t left = low_units(bus) - (size_t)(pos % low_units(bus));
    return n < left ? n : left;
}

static void run_pass(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *pass = ctx;
    const struct bus *bus = pass->bus;
    const struct bus_piece *piece = gn_bus_piece_of(pass->to, begin);
    uint32_t p[2 * BUS_UNIT_EXT], q[2 * BUS_UNIT_EXT], acc[BUS_ACC_WORDS];
    const struct bus_layer staged = {p, q};
    fp6 sums[2] = {fp6_zero(), fp6_zero()};
    (void)worker;
    for (size_t unit = begin, n; unit < end; unit += n) {
        while (unit >= piece->at + piece->count) {
            piece++;
        }
        size_t skip = unit - piece->at;
        n = piece->count - skip < end - unit ? piece->count - skip : end - unit;
        n = pass->sum ? within_low(bus, piece->pos + skip, n) : n;
        struct bus_layer in = layer_at(&pass->in, piece->from + 2 * skip);
        struct bus_layer out = layer_at(&pass->out, unit);
        if (piece->have != BUS_BOTH) {
            stage(&staged, pass, piece);
            in = staged;
        }
        if (pass->up) {
            bus->kernels->up(&out, &in, n);
            continue;
        }
        const uint32_t *eq = pass->sum ? low_weights(bus, piece->pos + skip) : NULL;
        memset(acc, 0, sizeof acc);
        bus->kernels->fold(acc, &out, &in, eq, n, &pass->round);
        if (pass->sum) {
            add_weighted(sums, bus, piece->pos + skip, acc);
        }
    }
    memcpy(bus->sums[begin / GRAIN], sums, sizeof sums);
}

/* the first round of a layer: no variable to bind, units in place */
static void run_first(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct pass *pass = ctx;
    const struct bus *bus = pass->bus;
    const struct bus_run *run = gn_bus_run_of(pass->to, begin);
    uint32_t acc[BUS_ACC_WORDS];
    fp6 sums[2] = {fp6_zero(), fp6_zero()};
    (void)worker;
    for (size_t unit = begin, n; unit < end; unit += n) {
        while (unit >= run->at + run->count) {
            run++;
        }
        uint64_t pos = run->pos + (unit - run->at);
        n = run->at + run->count - unit < end - unit ? run->at + run->count - unit : end - unit;
        n = within_low(bus, pos, n);
        struct bus_layer at = layer_at(&pass->out, unit);
        memset(acc, 0, sizeof acc);
        bus->kernels->sum(acc, &at, low_weights(bus, pos), n, &pass->round);
        add_weighted(sums, bus, pos, acc);
    }
    memcpy(bus->sums[begin / GRAIN], sums, sizeof sums);
}

/* fn for all units of `to`; without sums when it goes upward */
static void run(fp6 sums[2], gn_pool_fn *fn, struct pass *pass)
{
    struct bus *bus = pass->bus;
    const size_t units = pass->to->units;
    gn_pool_for(bus->work->pool, units, GRAIN, fn, pass);
    sums[0] = sums[1] = fp6_zero();
    for (size_t i = 0; i < (units + GRAIN - 1) / GRAIN; i++) {
        sums[0] = fp6_add(sums[0], bus->sums[i][0]);
        sums[1] = fp6_add(sums[1], bus->sums[i][1]);
    }
}

/* ---- layers upward ---- */

static bool layer_alloc(struct bus_layer *layer, const struct bus_level *level, struct gn_arena *arena)
{
    layer->p = gn_arena_alloc(arena, level->units * BUS_UNIT_EXT * sizeof(uint32_t));
    layer->q = gn_arena_alloc(arena, level->units * BUS_UNIT_EXT * sizeof(uint32_t));
    return layer->p != NULL && layer->q != NULL;
}

/* 6.1 leaves, and all layers above them */
static enum gn_status build_layers(struct bus *bus, unsigned n, const struct air_witness *witness,
                                   const struct gn_bus_challenges *c)
{
    for (unsigned j = 0; j < n; j++) {
        if (!layer_alloc(&bus->layers[j], &bus->levels[j], bus->work->arena)) {
            return GN_NO_MEMORY;
        }
        bus->marks[j] = gn_arena_get_mark(bus->work->arena);
        if (j == 0) {
            enum gn_status status = gn_bus_leaves(&bus->layers[0], &bus->levels[0], bus->shape, witness, c, bus->work);
            if (status != GN_OK) {
                return status;
            }
            continue;
        }
        fp6 unused[2];
        struct pass pass = {
            .bus = bus, .to = &bus->levels[j], .out = bus->layers[j], .in = bus->layers[j - 1], .up = true};
        run(unused, run_pass, &pass);
    }
    return GN_OK;
}

static fp6 node(const uint32_t *ext, const struct bus_level *level, uint64_t x)
{
    return ext_get(ext, bus_element(gn_bus_level_find(level, x >> BUS_UNIT_LOG2), x));
}

/* nodes x and x + 1, x even, of an array (p, q), or (P, q) if lambda is not 0 */
static struct pair pair_at(const struct bus_layer *layer, const struct bus_level *level, uint64_t x, fp6 lambda)
{
    struct pair pair;
    for (unsigned i = 0; i < 2; i++) {
        pair.q[i] = node(layer->q, level, x + i);
        pair.p[i] = node(layer->p, level, x + i);
    }
    pair.p[0] = fp6_sub(pair.p[0], gn_fp6_mul(lambda, pair.q[0]));
    return pair;
}

static void send_pair(struct gn_sender *s, enum gn_label label, const struct pair *pair)
{
    const fp6 values[4] = {pair->p[0], pair->p[1], pair->q[0], pair->q[1]};
    gn_send_exts(s, label, values, 4);
}

static fp6 on_line(const fp6 at[2], fp6 mu)
{
    return fp6_add(at[0], gn_fp6_mul(mu, fp6_sub(at[1], at[0])));
}

/* ---- the sumcheck of a layer ---- */

/* eq for the pairs of an array whose variables are bound up to variable first - 1: its table over y_first ...
 * y_{k-1} */
static void make_eq(struct bus *bus, const fp6 *xi, unsigned first, unsigned k)
{
    unsigned n = k - first, low = n < LOW_EQ_LOG2 ? n : LOW_EQ_LOG2;
    bus->low_log2 = low;
    gn_vec_eq(bus->eq_low, xi + first, low, fp6_one(), bus->work);
    for (size_t x = (size_t)1 << low; x < EXT_BLOCK; x++) {
        ext_set(bus->eq_low, x, fp6_zero());
    }
    gn_vec_eq(bus->eq_high, xi + first + low, n - low, fp6_one(), bus->work);
}

/* the pairs of blocks that have one pair left in a sumcheck array of level j */
static void take_pairs(struct bus *bus, const struct bus_layer *array, unsigned j, fp6 lambda)
{
    struct gn_block_walk walk;
    struct gn_block block;
    gn_blocks_begin(&walk, bus->shape);
    for (size_t b = 0; gn_blocks_next(&walk, &block); b++) {
        if (bus->shape->v[block.table] == j + 1) {
            bus->pairs[b] = pair_at(array, &bus->levels[j], block.offset >> j, lambda);
        }
    }
}

/* 6.4 step 3 on the claims of layer k: out->p, out->q at out->xi[0 .. k) */
static enum gn_status prove_layer(struct bus *bus, struct gn_bus_result *out, unsigned k, struct gn_sender *s)
{
    struct gn_arena *arena = bus->work->arena;
    const unsigned j = bus->shape->gkr_layers - k - 1; /* the level of layer k + 1 */
    struct bus_layer work[2] = {{0}};
    fp6 inverse[GN_MAX_VARIABLES], scratch[GN_MAX_VARIABLES], rho[GN_MAX_VARIABLES], sums[2];
    gn_arena_release(arena, bus->marks[j]);
    if (!layer_alloc(&work[0], &bus->levels[j + 1], arena) ||
        (k > 1 && !layer_alloc(&work[1], &bus->levels[j + 2], arena))) {
        return GN_NO_MEMORY;
    }
    memcpy(inverse, out->xi, k * sizeof *inverse);
    gn_fp6_batch_inv(inverse, k, scratch);

    struct bus_round round = {.lambda = gn_transcript_challenge(&s->transcript, LABEL_GKR_LAMBDA)};
    fp6 claim = fp6_add(out->p, gn_fp6_mul(round.lambda, out->q));
    make_eq(bus, out->xi, 1, k);
    struct pass first = {.bus = bus, .to = &bus->levels[j], .out = bus->layers[j], .round = round};
    run(sums, run_first, &first);
    struct bus_layer in = bus->layers[j];
    for (unsigned i = 0; i < k; i++) {
        fp6 c0 = fp6_add(round.lambda, sums[0]);
        fp6 c1 = fp6_sub(gn_fp6_mul(fp6_sub(claim, c0), inverse[i]), sums[1]);
        const fp6 c[2] = {c1, sums[1]};
        gn_send_exts(s, LABEL_GKR_ROUND, c, 2);
        round.rho = rho[i] = gn_transcript_challenge(&s->transcript, LABEL_GKR_CHALLENGE);
        claim = fp6_add(c0, gn_fp6_mul(round.rho, fp6_add(c1, gn_fp6_mul(round.rho, sums[1]))));

        bool more = i + 1 < k;
        if (more) {
            make_eq(bus, out->xi, i + 2, k);
        }
        struct pass pass = {
            .bus = bus, .to = &bus->levels[j + i + 1], .out = work[i % 2], .in = in, .sum = more, .round = round};
        run(sums, run_pass, &pass);
        in = pass.out;
        if (j == 0) {
            take_pairs(bus, &in, i + 1, round.lambda);
        }
    }

    struct pair pair = pair_at(&in, &bus->levels[j + k], 0, round.lambda);
    send_pair(s, LABEL_GKR_CLAIMS, &pair);
    fp6 sum = fp6_add(gn_fp6_mul(pair.p[0], pair.q[1]), gn_fp6_mul(pair.p[1], pair.q[0]));
    fp6 g = fp6_add(sum, gn_fp6_mul(round.lambda, gn_fp6_mul(pair.q[0], pair.q[1])));
    fp6 mu = gn_transcript_challenge(&s->transcript, LABEL_GKR_MU);
    out->p = on_line(pair.p, mu);
    out->q = on_line(pair.q, mu);
    out->xi[0] = mu;
    memcpy(out->xi + 1, rho, k * sizeof *rho);
    return fp6_eq(g, claim) ? GN_OK : GN_INTERNAL;
}

/* ---- the tables' sums, section 7.2 ---- */

static enum gn_status sum_tables(fp6 *p_sums, fp6 *q_sums, const struct bus *bus, const struct gn_bus_result *out)
{
    const struct gn_shape *shape = bus->shape;
    struct gn_block_walk walk;
    struct gn_block block;
    fp6 p = fp6_zero(), q = fp6_one();
    gn_blocks_begin(&walk, shape);
    for (size_t b = 0; gn_blocks_next(&walk, &block); b++) {
        unsigned v = shape->v[block.table];
        fp6 e = gn_eq_bits(out->xi + v, block.offset >> v, shape->gkr_layers - v);
        fp6 p_b = gn_fp6_mul(e, on_line(bus->pairs[b].p, out->xi[0]));
        fp6 q_b = gn_fp6_mul(e, fp6_sub(on_line(bus->pairs[b].q, out->xi[0]), fp6_one()));
        p_sums[block.table] = fp6_add(p_sums[block.table], p_b);
        q_sums[block.table] = fp6_add(q_sums[block.table], q_b);
        p = fp6_add(p, p_b);
        q = fp6_add(q, q_b);
    }
    return fp6_eq(p, out->p) && fp6_eq(q, out->q) ? GN_OK : GN_INTERNAL;
}

/* ---- all of it ---- */

static size_t count_blocks(const struct gn_shape *shape)
{
    struct gn_block_walk walk;
    struct gn_block block;
    size_t n = 0;
    gn_blocks_begin(&walk, shape);
    while (gn_blocks_next(&walk, &block)) {
        n++;
    }
    return n;
}

static size_t eq_high_words(const struct gn_shape *shape)
{
    unsigned n = shape->gkr_layers > LOW_EQ_LOG2 + 2 ? shape->gkr_layers - LOW_EQ_LOG2 - 2 : 0;
    return ext_words((size_t)1 << n);
}

static size_t sums_n(const struct gn_shape *shape)
{
    return gn_bus_level_units(shape, 0) / GRAIN + 1;
}

static bool bus_alloc(struct bus *bus)
{
    struct gn_arena *arena = bus->work->arena;
    const struct gn_shape *shape = bus->shape;
    bus->eq_low = gn_arena_alloc(arena, ext_words((size_t)1 << LOW_EQ_LOG2) * sizeof(uint32_t));
    bus->eq_high = gn_arena_alloc(arena, eq_high_words(shape) * sizeof(uint32_t));
    bus->sums = gn_arena_alloc(arena, sums_n(shape) * sizeof *bus->sums);
    bus->pairs = gn_arena_alloc(arena, count_blocks(shape) * sizeof *bus->pairs);
    bus->levels = gn_arena_alloc(arena, shape->gkr_layers * sizeof *bus->levels);
    return bus->eq_low != NULL && bus->eq_high != NULL && bus->sums != NULL && bus->pairs != NULL &&
           bus->levels != NULL && gn_bus_levels(bus->levels, shape, arena);
}

size_t gn_bus_footprint(const struct gn_shape *shape, unsigned workers)
{
    if (shape->gkr_layers == 0) {
        return 0;
    }
    size_t bytes = bus_alloc_bytes(ext_words((size_t)1 << LOW_EQ_LOG2) * sizeof(uint32_t)) +
                   bus_alloc_bytes(eq_high_words(shape) * sizeof(uint32_t)) +
                   bus_alloc_bytes(sums_n(shape) * sizeof(fp6[2])) +
                   bus_alloc_bytes(count_blocks(shape) * sizeof(struct pair)) +
                   bus_alloc_bytes(shape->gkr_layers * sizeof(struct bus_level)) + gn_bus_levels_footprint(shape) +
                   gn_bus_leaves_footprint(shape, workers);
    /* at least as much for all levels as for one level and what its sumcheck folds into */
    for (unsigned j = 0; j < shape->gkr_layers; j++) {
        bytes += 2 * bus_alloc_bytes(gn_bus_level_units(shape, j) * BUS_UNIT_EXT * sizeof(uint32_t));
    }
    return bytes;
}

static enum gn_status prove(struct gn_bus_result *out, fp6 *p_sums, fp6 *q_sums, struct bus *bus,
                            const struct air_witness *witness, const struct gn_bus_challenges *c, struct gn_sender *s)
{
    const unsigned n = bus->shape->gkr_layers;
    if (n == 0) {
        return GN_INTERNAL; /* gn_bus_prove does not come here without a layer */
    }
    if (!bus_alloc(bus)) {
        return GN_NO_MEMORY;
    }
    enum gn_status status = build_layers(bus, n, witness, c);
    if (status != GN_OK) {
        return status;
    }
    /* 6.4 layers */
    struct pair root = pair_at(&bus->layers[n - 1], &bus->levels[n - 1], 0, fp6_zero());
    send_pair(s, LABEL_GKR_ROOT, &root);
    out->xi[0] = gn_transcript_challenge(&s->transcript, LABEL_GKR_MU);
    out->p = on_line(root.p, out->xi[0]);
    out->q = on_line(root.q, out->xi[0]);
    for (unsigned k = 1; k < n && status == GN_OK; k++) {
        status = prove_layer(bus, out, k, s);
    }
    return status == GN_OK ? sum_tables(p_sums, q_sums, bus, out) : status;
}

enum gn_status gn_bus_prove(struct gn_bus_result *out, fp6 *p_sums, fp6 *q_sums, const struct gn_shape *shape,
                            const struct air_witness *witness, const struct gn_bus_challenges *c, struct gn_sender *s,
                            const struct gn_work *w)
{
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        p_sums[i] = q_sums[i] = fp6_zero();
    }
    out->p = fp6_zero(); /* without interactions these claims hold for the empty sum */
    out->q = fp6_one();
    /* 6.3 no interactions */
    if (shape->gkr_layers == 0) {
        return GN_OK;
    }
    gn_arena_mark mark = gn_arena_get_mark(w->arena);
    struct bus bus = {.shape = shape, .work = w, .kernels = gn_bus_kernels(w->isa)};
    enum gn_status status = prove(out, p_sums, q_sums, &bus, witness, c, s);
    gn_arena_release(w->arena, mark);
    return status;
}

const struct bus_kernels *gn_bus_kernels(enum gn_isa isa)
{
    switch (isa) {
#ifdef GN_HAVE_SIMD
    case GN_ISA_AVX512:
        return &gn_bus_kernels_avx512;
    case GN_ISA_AVX2:
        return &gn_bus_kernels_avx2;
#endif
    default:
        return &gn_bus_kernels_scalar;
    }
}
