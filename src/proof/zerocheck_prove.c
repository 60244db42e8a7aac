/* SPDX-License-Identifier: Apache-2.0 */
/* zerocheck_prove.c - the prover's side of docs/protocol.md section 7; zerocheck_verify.c is the same steps.
 *
 * No table of eq and no extension column exists at full height: the skip round works on base-field columns and leaves
 * one element of F per block of rows, and later rounds halve that.  zerocheck_prover.h says how the work is cut.
 * Memory: all from the arena. */
#include <string.h>

#include "proof/zerocheck_prover.h"

const struct zc_lanes *gn_zc_lanes(enum gn_isa isa)
{
#ifdef GN_HAVE_SIMD
    if (isa == GN_ISA_AVX512) {
        return &gn_zc_lanes_avx512;
    }
    if (isa == GN_ISA_AVX2) {
        return &gn_zc_lanes_avx2;
    }
#endif
    (void)isa;
    return &gn_zc_lanes_scalar;
}

/* ---- set up ---- */

static void describe_parts(struct zc_table *t)
{
    const struct air_table *air = t->air;
    struct zc_part *low = &t->parts[ZC_LOW], *high = &t->parts[ZC_HIGH];
    bool split = air->low_code_n - air->bus_code_n >= ZC_LOW_INSNS && air->low_code_n < air->code_n;
    uint32_t middle = split ? air->low_code_n : air->bus_code_n;
    low->first_insn = air->bus_code_n;
    low->insns = middle - air->bus_code_n;
    high->first_insn = middle;
    high->insns = air->code_n - middle;
    for (uint32_t i = 0; i < air->constraints_n; i++) {
        uint32_t degree = air->constraints[i].degree > 0 ? air->constraints[i].degree : 1;
        struct zc_part *part = split && degree <= AIR_LOW_DEGREE ? low : high;
        part->degree = degree > part->degree ? degree : part->degree;
        t->has_first = t->has_first || air->constraints[i].group == AIR_FIRST;
    }
}

static void describe_table(struct zc_table *t, const struct gn_shape *shape, uint32_t number)
{
    const struct air_table *air = &shape->system->tables[number];
    *t = (struct zc_table){.air = air, .number = number, .height = shape->heights[number], .v = shape->v[number]};
    t->rows = air_committed_height(t->height, shape->skip_log2);
    t->claims_n = shape->claims_n[number];
    t->operands_n = t->claims_n + air->fixed_n;
    t->group_log2 = ZC_GROUP_LOG2;
    while (t->group_log2 > 0 && t->operands_n << t->group_log2 > ZC_GROUP_CELLS) {
        t->group_log2--;
    }
    describe_parts(t);
    uint32_t bits = 0;
    for (uint32_t i = 0; i < air->committed_n; i++) {
        bits += air->committed[i].bits == 1;
    }
    t->bits = 2 * bits >= t->operands_n && bits > 0;
}

static void mark_operand(struct zc_table *t, air_ref ref, int kind)
{
    const struct air_table *air = t->air;
    const uint32_t next = air->committed_n, pre = next + air->next_n, fixed = pre + air->pre_n;
    const uint32_t first[] = {
        [AIR_SPACE_COMMITTED] = 0, [AIR_SPACE_NEXT] = next, [AIR_SPACE_PRE] = pre, [AIR_SPACE_FIXED] = fixed};
    if (AIR_REF_SPACE(ref) <= AIR_SPACE_FIXED) {
        t->used[first[AIR_REF_SPACE(ref)] + AIR_REF_INDEX(ref)] |= (uint8_t)(1 << kind);
    }
}

static void mark_operands(struct zc_table *t)
{
    for (int kind = ZC_LOW; kind < ZC_PARTS; kind++) { /* the bus: gn_zc_bus_forms */
        const struct air_insn *q = t->air->code + t->parts[kind].first_insn;
        for (uint32_t i = 0; i < t->parts[kind].insns; i++, q++) {
            mark_operand(t, q->a, kind);
            if (q->op != AIR_OUT) {
                mark_operand(t, q->b, kind);
            }
        }
    }
}

static size_t plan_bytes(const struct air_table *air)
{
    return air->code_n * (sizeof(struct air_insn) + sizeof(struct air_bool) + AIR_PLAN_STEPS * sizeof(uint32_t) + 1) +
           air->temps_n;
}

static enum gn_status make_plans(struct zc_prover *p, struct zc_table *t)
{
    const struct air_table *air = t->air;
    struct gn_arena *arena = p->work->arena;
    const uint32_t publics_n = p->shape->system->public_values_n;
    struct air_insn *code = gn_arena_alloc(arena, air->code_n * sizeof *code);
    struct air_bool *bools = gn_arena_alloc(arena, air->code_n * sizeof *bools);
    uint32_t *steps = gn_arena_alloc(arena, air->code_n * AIR_PLAN_STEPS * sizeof *steps);
    uint8_t *scratch = gn_arena_alloc(arena, air->temps_n + air->code_n);
    t->constants = gn_arena_alloc(arena, (air->consts_n + publics_n) * AIR_PLAN_CONSTANT * sizeof *t->constants);
    if (code == NULL || bools == NULL || steps == NULL || scratch == NULL || t->constants == NULL) {
        return GN_NO_MEMORY;
    }
    air_plan_constants(t->constants, air, p->publics, publics_n);
    t->program = *air;
    t->program.code = code;
    t->program.code_n = 0;
    for (int kind = 0; kind < ZC_PARTS; kind++) {
        struct zc_part *part = &t->parts[kind];
        part->plan = (struct air_plan){.steps = steps, .bools = bools};
        uint32_t n = air_plan_make(&part->plan, code, air, part->first_insn, part->insns, scratch);
        part->first_insn = t->program.code_n;
        part->insns = n;
        t->program.code_n += n;
        code += n;
        steps += part->plan.steps_n;
        bools += part->plan.bools_n;
    }
    return GN_OK;
}

static enum gn_status describe(struct zc_prover *p)
{
    const struct air_system *s = p->shape->system;
    const uint32_t *values = p->witness->statement.values;
    p->tables = gn_arena_alloc(p->work->arena, s->tables_n * sizeof *p->tables);
    p->publics = gn_arena_alloc(p->work->arena, s->public_values_n * sizeof *p->publics);
    if (p->tables == NULL || p->publics == NULL) {
        return GN_NO_MEMORY;
    }
    for (uint32_t i = 0; i < s->public_values_n; i++) {
        p->publics[i] = fp_from_cell(values[i]).v;
    }
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if (p->shape->heights[i] == 0) {
            continue;
        }
        struct zc_table *t = &p->tables[p->tables_n++];
        describe_table(t, p->shape, i);
        t->coefficients = gn_arena_alloc(p->work->arena, s->tables[i].constraints_n * sizeof *t->coefficients);
        t->used = gn_arena_zalloc(p->work->arena, t->operands_n);
        if (t->coefficients == NULL || t->used == NULL || (t->air->interactions_n > 0 && !gn_zc_bus_alloc(p, t))) {
            return GN_NO_MEMORY;
        }
        mark_operands(t);
        enum gn_status status = make_plans(p, t);
        if (status != GN_OK) {
            return status;
        }
        for (int kind = 0; kind < ZC_PARTS; kind++) {
            struct zc_part *part = &t->parts[kind];
            part->full = gn_arena_zalloc(p->work->arena, (size_t)2 * ZC_COSETS * p->skip * sizeof(fp6));
            if (part->full == NULL) {
                return GN_NO_MEMORY;
            }
            part->edge = part->full + (size_t)ZC_COSETS * p->skip;
        }
    }
    return GN_OK;
}

/* ---- scratch ---- */

/* words of one worker's arrays; each multiple of 64 bytes */
struct scratch_size {
    size_t values, deltas, temps, computed, pointers, outputs, sources, points, masks, mask_words, sums;
};

/* words of an array of n pointers */
static size_t pointers_words(size_t n)
{
    return (n * sizeof(uint32_t *) / sizeof(uint32_t) + 15) / 16 * 16;
}

#define LANES_WORDS (AIR_BLOCK_ROWS / EXT_BLOCK * 6 * EXT_BLOCK)
#define PAIRS_WORDS (ZC_PAIRS / EXT_BLOCK * 6 * EXT_BLOCK)
#define ACC_VECTORS (AIR_GROUPS + ZC_PARTS * ZC_COSETS * ZC_SLICES)

static struct scratch_size scratch_size(const struct gn_shape *shape)
{
    const struct air_system *system = shape->system;
    const size_t chunk = (size_t)ZC_LANES << shape->skip_log2;
    size_t operands = 1, temps = 1, tables = 0, computed = 0, sources = 0;
    for (uint32_t i = 0; i < system->tables_n; i++) {
        const struct air_table *t = &system->tables[i];
        if (shape->heights[i] > 0) {
            size_t own = (size_t)shape->claims_n[i] + t->fixed_n;
            operands = own > operands ? own : operands;
            temps = t->temps_n > temps ? t->temps_n : temps;
            computed = gn_zc_bus_computed(t) > computed ? gn_zc_bus_computed(t) : computed;
            sources = gn_zc_bus_sources(t) > sources ? gn_zc_bus_sources(t) : sources;
            tables++;
        }
    }
    _Static_assert(LANES_WORDS >= ZC_SLICE + ZC_CHUNK_MAX && ZC_SLICE == AIR_BLOCK_ROWS, "the skip round's chunks fit");
    return (struct scratch_size){
        .values = operands * LANES_WORDS,
        .deltas = operands * (PAIRS_WORDS > chunk ? PAIRS_WORDS : chunk),
        .temps = temps * LANES_WORDS,
        .computed = computed * LANES_WORDS,
        .pointers = pointers_words(operands),
        .outputs = pointers_words(sources), /* there are fewer outputs */
        .sources = pointers_words(sources),
        .points = ((tables * ZC_PARTS * ZC_COSETS * sizeof(fp6) << shape->skip_log2) / sizeof(uint32_t) + 15) / 16 * 16,
        .masks = (operands * sizeof(uint32_t *) / sizeof(uint32_t) + 15) / 16 * 16,
        .mask_words = operands * ZC_LANES,
        .sums = (tables * sizeof(struct zc_sums) / sizeof(uint32_t) + 15) / 16 * 16,
    };
}

static size_t scratch_words(const struct scratch_size *size)
{
    return size->values + size->deltas + size->temps + size->computed + size->pointers + size->outputs + size->sources +
           size->points + size->masks + size->mask_words + size->sums + (size_t)ACC_VECTORS * LANES_WORDS;
}

static enum gn_status acquire_scratch(struct zc_prover *p)
{
    struct scratch_size size = scratch_size(p->shape);
    p->workers = gn_pool_threads(p->work->pool);
    p->scratch = gn_arena_alloc(p->work->arena, p->workers * sizeof *p->scratch);
    uint32_t *at = gn_arena_alloc(p->work->arena, p->workers * scratch_words(&size) * sizeof *at);
    if (p->scratch == NULL || at == NULL) {
        return GN_NO_MEMORY;
    }
    for (unsigned w = 0; w < p->workers; w++) {
        struct zc_scratch *s = &p->scratch[w];
        s->values = at, at += size.values;
        s->deltas = at, at += size.deltas;
        s->temps = at, at += size.temps;
        s->computed = at, at += size.computed;
        s->operands = (const uint32_t **)(void *)at, at += size.pointers;
        s->outputs = (uint32_t **)(void *)at, at += size.outputs;
        s->sources = (const uint32_t **)(void *)at, at += size.sources;
        s->points = (fp6 *)(void *)at, at += size.points;
        s->masks = (const uint32_t **)(void *)at, at += size.masks;
        s->mask_words = at, at += size.mask_words;
        s->tables = (struct zc_sums *)(void *)at, at += size.sums;
        for (int g = 0; g < AIR_GROUPS; g++) {
            s->acc[g] = at, at += LANES_WORDS;
        }
        for (unsigned i = 0; i < ZC_PARTS * ZC_COSETS; i++) {
            s->sums[i / ZC_COSETS][i % ZC_COSETS] = at, at += (size_t)ZC_SLICES * LANES_WORDS;
        }
    }
    return GN_OK;
}

/* ---- the steps ---- */

/* 7.1 */
static void extend_point(struct zc_prover *p)
{
    unsigned n = p->shape->gkr_layers;
    if (p->shape->vmax > n) {
        gn_transcript_challenges(&p->sender->transcript, LABEL_ZC_POINT, p->xi + n, p->shape->vmax - n);
    }
}

/* 7.2 */
static void send_sums(struct zc_prover *p, const fp6 *p_sums, const fp6 *q_sums)
{
    fp6 sums[2 * PCS_MAX_TABLES];
    size_t n = 0;
    for (uint32_t i = 0; i < p->tables_n; i++) {
        if (p->tables[i].air->interactions_n > 0) {
            sums[n++] = p_sums[p->tables[i].number];
            sums[n++] = q_sums[p->tables[i].number];
        }
    }
    if (n > 0) {
        gn_send_exts(p->sender, LABEL_ZC_SUMS, sums, n);
    }
}

/* 7.3 */
static void draw_lambda(struct zc_prover *p)
{
    fp6 lambda = gn_transcript_challenge(&p->sender->transcript, LABEL_ZC_LAMBDA);
    fp6 lambda_at = fp6_one();
    for (uint32_t i = 0; i < p->tables_n; i++) {
        struct zc_table *t = &p->tables[i];
        fp6 bus;
        gn_zerocheck_coefficients(t->coefficients, &bus, t->air, lambda, &lambda_at);
        if (t->bus != NULL) {
            gn_zc_bus_forms(p, t, lambda, bus);
        }
    }
}

/* 7.4 */
static void skip_round(struct zc_prover *p)
{
    fp6 t[ZC_POINTS];
    gn_zc_skip_round(p, t);
    gn_send_exts(p->sender, LABEL_ZC_SKIP, t + 1, (p->skip - 1) * (p->shape->degree + 1));
    p->out->u = gn_transcript_challenge(&p->sender->transcript, LABEL_ZC_SKIP_CHALLENGE);
    gn_skip_at(&p->out->skip, p->skip_log2, p->out->u);
}

/* 7.6: after all rounds every operand of a table is one element */
static void send_claims(struct zc_prover *p)
{
    struct gn_zerocheck_result *out = p->out;
    fp6 *at = p->sent;
    for (uint32_t i = 0; i < p->tables_n; i++) {
        const struct zc_table *t = &p->tables[i];
        for (uint32_t k = 0; k < t->claims_n; k++) {
            fp6 value = ext_get(t->folded[k], 0);
            *at++ = value;
            if (k < t->claims_n - t->air->pre_n) {
                out->main_claims[out->main_n++] = value;
            } else {
                out->pre_claims[out->pre_n++] = value;
            }
        }
    }
    gn_send_exts(p->sender, LABEL_ZC_CLAIMS, p->sent, (size_t)(at - p->sent));
}

static enum gn_status run(struct zc_prover *p, const fp6 *p_sums, const fp6 *q_sums)
{
    enum gn_status status = gn_zc_materialise_fixed(p);
    if (status != GN_OK) {
        return status;
    }
    gn_zc_constants_init(&p->constants, p->skip_log2);
    status = gn_zc_bits_init(p);
    if (status != GN_OK) {
        return status;
    }
    extend_point(p);
    send_sums(p, p_sums, q_sums);
    draw_lambda(p);
    skip_round(p);
    status = gn_zc_fold_rows(p);
    if (status != GN_OK) {
        return status;
    }
    gn_zc_rounds(p);
    send_claims(p);
    return GN_OK;
}

enum gn_status gn_zerocheck_prove(struct gn_zerocheck_result *out, const struct gn_shape *shape,
                                  const struct air_witness *witness, uint32_t *const *const *bits,
                                  const struct gn_bus_challenges *c, struct gn_bus_result *bus, const fp6 *p_sums,
                                  const fp6 *q_sums, struct gn_sender *s, const struct gn_work *w)
{
    size_t claims = 0;
    for (uint32_t i = 0; i < shape->system->tables_n; i++) {
        claims += shape->claims_n[i];
    }
    *out = (struct gn_zerocheck_result){0};
    out->main_claims = gn_arena_alloc(w->arena, claims * sizeof(fp6));
    out->pre_claims = gn_arena_alloc(w->arena, claims * sizeof(fp6));
    if (out->main_claims == NULL || out->pre_claims == NULL) {
        return GN_NO_MEMORY;
    }
    gn_arena_mark mark = gn_arena_get_mark(w->arena); /* what follows is given back */
    struct zc_prover *p = gn_arena_zalloc(w->arena, sizeof *p);
    enum gn_status status = p == NULL ? GN_NO_MEMORY : GN_OK;
    if (status == GN_OK) {
        p->shape = shape;
        p->witness = witness;
        p->bits = bits;
        p->challenges = c;
        p->work = w;
        p->sender = s;
        p->lanes = gn_zc_lanes(w->isa);
        p->xi = bus->xi;
        p->out = out;
        p->skip_log2 = shape->skip_log2;
        p->skip = 1u << p->skip_log2;
        p->chunk = (size_t)ZC_LANES << p->skip_log2;
        p->sent = gn_arena_alloc(w->arena, claims * sizeof(fp6));
        status = p->sent == NULL ? GN_NO_MEMORY : describe(p);
    }
    if (status == GN_OK) {
        status = acquire_scratch(p);
    }
    if (status == GN_OK) {
        status = run(p, p_sums, q_sums);
    }
    gn_arena_release(w->arena, mark);
    return status;
}

/* Every allocation above, each rounded up generously. */
size_t gn_zerocheck_footprint(const struct gn_shape *shape, unsigned workers)
{
    struct scratch_size scratch = scratch_size(shape);
    const struct air_system *s = shape->system;
    const size_t spare = 256; /* alignment, red zones */
    size_t bytes = sizeof(struct zc_prover) + s->tables_n * sizeof(struct zc_table) + 16 * spare;
    bytes += gn_zc_bits_words(1u << shape->skip_log2) * sizeof(uint32_t) + spare;
    bytes += s->public_values_n * sizeof(uint32_t) +
             workers * (sizeof(struct zc_scratch) + scratch_words(&scratch) * sizeof(uint32_t)) + 2 * spare;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        if (shape->heights[i] == 0) {
            continue;
        }
        const struct air_table *t = &s->tables[i];
        size_t rows = air_committed_height(shape->heights[i], shape->skip_log2);
        size_t operands = shape->claims_n[i] + t->fixed_n;
        bytes += t->interactions_n > 0 ? gn_zc_bus_footprint(t) : 0;
        bytes += plan_bytes(t) + (t->consts_n + s->public_values_n) * AIR_PLAN_CONSTANT * sizeof(uint32_t) + 5 * spare;
        bytes += t->constraints_n * sizeof(fp6) + 3 * shape->claims_n[i] * sizeof(fp6) + operands + 8 * spare;
        bytes += (size_t)2 * ZC_PARTS * ZC_COSETS * sizeof(fp6) << shape->skip_log2;
        bytes += t->fixed_n * (rows * sizeof(uint32_t) + sizeof(void *) + spare);
        bytes += operands * (gn_zc_folded_words(rows >> shape->skip_log2) * sizeof(uint32_t) + sizeof(void *));
    }
    return bytes;
}
