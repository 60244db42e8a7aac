/* SPDX-License-Identifier: Apache-2.0 */
/* declared.c - from the words that DECLAREs bring into being to their tokens.
 *
 * Declared: a row takes what one DECLARE says and lets it be looked up.
 * DeclaredChunks: a range's whole blocks in 64 KiB of address space (c1, c2), as Zero's rows look them up, like the preprocessed rows of ZeroRegions.  `begins` says that the
 * range begins there (c1 is the range's first), otherwise c1 is above it; `ends` likewise.  So c1 lies between two limbs, and blocks first ... last are in the range.
 *   Looked up: c1 - fc1 - 1 + begins and ec1 - c1 - 1 + ends, differences of numbers below 2^17, by range16.
 *   A chunk may stand twice: whether a block is made twice is Zero's business, whose keys increase strictly.
 * DeclaredEdges: a row takes an `edge`, and makes the words lo ... end - 1 of its block, touched or not: each edge is said once and taken once, and the words of edges
 * are none of whole blocks (declare.h).  l, h: lo and 4 - end in unary.  Words that the row does not make have free cells. */
#include "machines/memory/declare.h"

#define RANGE(X)                                    \
    X(fb, , 12, "first whole block, in its 64 KiB") \
    X(fc1, , 16, "and its limb 1")                  \
    X(eb, , 11, "block behind the last")            \
    X(ec1, , 16, "and its limb 1")                  \
    X(c2, , 16, "address, limb 2")                  \
    X(perm, , 16, "what the words are")             \
    X(start, , 24, "time of the DECLARE")
#define DECLARED_COLUMNS(X) RANGE(X) X(multiplicity, , 31, "chunks of it that are used")
#define CHUNKS_COLUMNS(X)                                   \
    RANGE(X)                                                \
    X(c1, , 16, "address, limb 1")                          \
    X(begins, , 1, "c1 is that of the first block")         \
    X(ends, , 1, "c1 is that of the block behind the last") \
    X(multiplicity, , 31, "rows of Zero in it")
#define EDGES_COLUMNS(X)                                      \
    X(block, , 11, "address, bits 5 ... 15")                  \
    X(c1, , 16, "address, limb 1")                            \
    X(c2, , 16, "address, limb 2")                            \
    X(perm, , 16, "what the words are")                       \
    X(start, , 24, "time of the DECLARE")                     \
    X(l, [3], 1, "words 0; 0, 1; 0, 1, 2 are not made")       \
    X(h, [3], 1, "words 3; 3, 2; 3, 2, 1 are not made")       \
    X(inner, [2], 1, "words 1, 2 are made")                   \
    X(ts, [MEM_ZERO_WORDS], 24, "times of the last accesses") \
    X(v, [4 * MEM_ZERO_WORDS], 16, "the words since then")

struct declared_vars {
    DECLARED_COLUMNS(AIR_EXPR)
};
struct declared_cols {
    DECLARED_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec declared_columns[] = {DECLARED_COLUMNS(AIR_SPEC)};
struct chunks_vars {
    CHUNKS_COLUMNS(AIR_EXPR)
};
struct chunks_cols {
    CHUNKS_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec chunks_columns[] = {CHUNKS_COLUMNS(AIR_SPEC)};
struct edges_vars {
    EDGES_COLUMNS(AIR_EXPR)
};
struct edges_cols {
    EDGES_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec edges_columns[] = {EDGES_COLUMNS(AIR_SPEC)};

static void declare_declared(struct mx_builder *m)
{
    struct declared_vars r;
    struct air *t = air_table(m->b, "declared", AIR_MAX_HEIGHT, 0);
    air_committed(t, declared_columns, MX_COUNT(declared_columns), &r);
    bus_pull(t, m->bus.declare, NULL, r.fb, r.fc1, r.eb, r.ec1, r.c2, r.perm, r.start);
    bus_supply(t, m->bus.declared, r.multiplicity, r.fb, r.fc1, r.eb, r.ec1, r.c2, r.perm, r.start);
}

static void declare_chunks(struct mx_builder *m)
{
    struct chunks_vars r;
    struct air *t = air_table(m->b, "declared_chunks", AIR_MAX_HEIGHT, 0);
    air_committed(t, chunks_columns, MX_COUNT(chunks_columns), &r);
    expr above = sub(r.c1, r.fc1), below = sub(r.ec1, r.c1);
    assert_bool(r.begins);
    assert_bool(r.ends);
    assert_zero(mul(r.begins, above));
    assert_zero(mul(r.ends, below));
    mx_range16(t, m, addk(add(above, r.begins), -1));
    mx_range16(t, m, addk(add(below, r.ends), -1));
    expr first = mul(r.begins, r.fb);
    expr last = addk(mul(r.ends, addk(r.eb, -(int64_t)DECLARE_BLOCKS)), DECLARE_BLOCKS - 1);
    bus_push(t, m->bus.declared, NULL, r.fb, r.fc1, r.eb, r.ec1, r.c2, r.perm, r.start);
    bus_supply(t, m->bus.zero_region, r.multiplicity, r.c1, r.c2, first, last, r.perm, r.start);
}

/* What of an edge's words is made: numerators of their messages. */
static void edge_words(struct air *t, expr made[MEM_ZERO_WORDS], const struct edges_vars *r)
{
    expr one = constant(t, 1);
    for (unsigned i = 0; i < 3; i++) {
        assert_bool(r->l[i]);
        assert_bool(r->h[i]);
        if (i > 0) {
            assert_zero(mul(r->l[i], sub(one, r->l[i - 1])));
            assert_zero(mul(r->h[i], sub(one, r->h[i - 1])));
        }
    }
    made[0] = sub(one, r->l[0]);
    made[3] = sub(one, r->h[0]);
    assert_bool(made[0]);
    assert_bool(made[3]);
    for (unsigned i = 0; i < 2; i++) {
        made[1 + i] = r->inner[i];
        assert_bool(r->inner[i]);
        assert_equal(r->inner[i], mul(sub(one, r->l[1 + i]), sub(one, r->h[2 - i])));
    }
}

static void declare_edges(struct mx_builder *m)
{
    struct edges_vars r;
    struct air *t = air_table(m->b, "declared_edges", AIR_MAX_HEIGHT, 0);
    air_committed(t, edges_columns, MX_COUNT(edges_columns), &r);
    expr zero = constant(t, 0), made[MEM_ZERO_WORDS];
    edge_words(t, made, &r);
    expr end = sub(constant(t, MEM_ZERO_WORDS), sum(r.h, 3));
    bus_pull(t, m->bus.edge, NULL, r.block, r.c1, r.c2, sum(r.l, 3), end, r.perm, r.start);
    for (unsigned i = 0; i < MEM_ZERO_WORDS; i++) {
        expr q = addk(mulk(r.block, MEM_ZERO_WORDS), i);
        const expr *v = r.v + 4 * i;
        bus_push(t, m->bus.mem, made[i], q, r.c1, r.c2, r.start, zero, zero, zero, zero, r.perm);
        bus_pull(t, m->bus.mem, made[i], q, r.c1, r.c2, r.ts[i], v[0], v[1], v[2], v[3], r.perm);
    }
}

/* ---- filling ---- */
/* c: a struct of AIR_CELLS with RANGE */
#define PUT_RANGE(c, row, d)                                         \
    do {                                                             \
        struct declare_cut cut_ = declare_cut((d)->base, (d)->size); \
        (c).fb[row] = cut_.first[0];                                 \
        (c).fc1[row] = cut_.first[1];                                \
        (c).eb[row] = cut_.end[0];                                   \
        (c).ec1[row] = cut_.end[1];                                  \
        (c).c2[row] = mx_limb((d)->base, 2);                         \
        (c).perm[row] = (d)->perm;                                   \
        (c).start[row] = (d)->start;                                 \
    } while (0)

static uint32_t height_declared(const struct mx_run *run)
{
    return (uint32_t)run->declares_n;
}

static uint32_t fill_declared(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                              const uint32_t *pages, uint32_t height)
{
    (void)f, (void)pages;
    struct declared_cols c;
    memcpy(&c, columns, sizeof c);
    for (uint32_t i = 0; i < height; i++) {
        PUT_RANGE(c, i, &run->declares[i]);
    }
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    uint32_t last = UINT32_MAX; /* area */
    while (mem_next_block(&it, &block)) {
        if (it.area.declared && block.area != last) {
            c.multiplicity[it.area.source]++;
        }
        last = block.area;
    }
    return height;
}

static uint32_t height_chunks(const struct mx_run *run)
{
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    uint32_t n = 0, last = UINT32_MAX;
    while (mem_next_block(&it, &block)) {
        n += it.area.declared && block.area != last;
        last = block.area;
    }
    return n;
}

static uint32_t fill_chunks(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                            const uint32_t *pages, uint32_t height)
{
    (void)pages;
    struct chunks_cols c;
    memcpy(&c, columns, sizeof c);
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    uint32_t n = 0, last = UINT32_MAX;
    while (mem_next_block(&it, &block)) {
        const struct mem_area *area = &it.area;
        if (!area->declared) {
            continue;
        }
        if (block.area != last) {
            PUT_RANGE(c, n, &run->declares[area->source]);
            c.c1[n] = mem_key_of(area->word).c1;
            c.begins[n] = c.c1[n] == c.fc1[n];
            c.ends[n] = c.c1[n] == c.ec1[n];
            mx_count_range16(f, c.c1[n] - c.fc1[n] - 1 + c.begins[n]);
            mx_count_range16(f, c.ec1[n] - c.c1[n] - 1 + c.ends[n]);
            n++;
            last = block.area;
        }
        c.multiplicity[n - 1]++;
    }
    return height;
}

static uint32_t height_edges(const struct mx_run *run)
{
    uint32_t n = 0;
    for (size_t i = 0; i < run->declares_n; i++) {
        n += declare_cut(run->declares[i].base, run->declares[i].size).edges_n;
    }
    return n;
}

static void put_edge(const struct edges_cols *c, uint32_t row, const struct mx_run *run, const struct mx_declare *d,
                     const struct declare_edge *e)
{
    c->block[row] = e->block;
    c->c1[row] = e->c1;
    c->c2[row] = e->c2;
    c->perm[row] = d->perm;
    c->start[row] = d->start;
    for (unsigned k = 0; k < 3; k++) {
        c->l[k][row] = e->lo > k;
        c->h[k][row] = e->end < MEM_ZERO_WORDS - k;
    }
    for (uint32_t i = 1; i < 3; i++) {
        c->inner[i - 1][row] = i >= e->lo && i < e->end;
    }
    uint32_t first = mx_word_of((uint64_t)e->c2 << 32 | (uint64_t)e->c1 << 16 | (uint64_t)e->block << 5);
    for (uint32_t i = e->lo; i < e->end; i++) {
        const struct mx_word *w = mem_find_word(run, first + i);
        c->ts[i][row] = w != NULL ? w->ts : d->start;
        mx_put_limbs(c->v + (size_t)4 * i, row, w != NULL ? w->last : 0);
    }
}

static uint32_t fill_edges(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                           const uint32_t *pages, uint32_t height)
{
    (void)f, (void)pages;
    struct edges_cols c;
    memcpy(&c, columns, sizeof c);
    uint32_t row = 0;
    for (size_t i = 0; i < run->declares_n; i++) {
        struct declare_cut cut = declare_cut(run->declares[i].base, run->declares[i].size);
        for (unsigned k = 0; k < cut.edges_n; k++) {
            put_edge(&c, row++, run, &run->declares[i], &cut.edges[k]);
        }
    }
    return height;
}

const struct mx_store_def mx_store_declared = {
    .name = "declared", .declare = declare_declared, .height = height_declared, .fill = fill_declared};
const struct mx_store_def mx_store_declared_chunks = {
    .name = "declared_chunks", .declare = declare_chunks, .height = height_chunks, .fill = fill_chunks};
const struct mx_store_def mx_store_declared_edges = {
    .name = "declared_edges", .declare = declare_edges, .height = height_edges, .fill = fill_edges};
