/* SPDX-License-Identifier: Apache-2.0 */
/* zero.c - words that are 0 when they come into being (bss, heap, stack, output), made when they are touched.
 *
 * A row of Zero makes MEM_ZERO_WORDS neighbouring words, touched or not: what neighbours share (key, order, region) is paid once.  Its
 * `block` is q / MEM_ZERO_WORDS.
 *
 * In a region: the row's (c1, c2, first, last, perm, start) is one of ZeroRegions, which are preprocessed and say for each 64 KiB of address space (c1, c2)
 * which blocks are zero at time `start` = 0, or of DeclaredChunks, which come into being by a DECLARE at time `start` (declared.c).  block - first and last - block are in range16, so block = first ... last, an integer (first <= last < 2^11): this,
 * and the Rom's kind of trust in preprocessed values, bounds the key.
 * Distinct: let k = block + 2^11 c1 + SPACE c2, c2 in {0 ... 4, 16}.  With SPACE = 181 2^20 (> 2^27) the six windows, 2^27 blocks each, lie one behind the
 * other at 0, SPACE ... 4 SPACE and at 16 SPACE - p: as integers in this order the k are distinct and below SPAN = 16 SPACE - p + 2^27 < p / 2.  The next
 * row's k minus this k minus one is step[0] + 2^14 step[1] <= 65535 (2^14 + 1) by range16 of both.  That is less than p - SPAN, so it is the difference of
 * the integers: keys increase strictly, over all windows.  (And every difference has such a form, being below 2^30.)
 * That Image and Input have none of these words is image.c's business: spans are disjoint. */
#include "machines/memory/memory.h"

#define ZERO_COLUMNS(X)                                                         \
    X(block, , 11, "address, bits 5 ... 15")                                    \
    X(c1, , 16, "address, limb 1")                                              \
    X(c2, , 5, "address, limb 2")                                               \
    X(first, , 11, "blocks of these 64 KiB that are zero at time 0: from here") \
    X(last, , 11, "to here")                                                    \
    X(perm, , 7, "what the words are")                                          \
    X(start, , 24, "when they come into being")                                 \
    X(step, [2], 16, "next key minus this one, minus one")                      \
    X(ts, [MEM_ZERO_WORDS], 24, "times of the last accesses; start: none")      \
    X(v, [4 * MEM_ZERO_WORDS], 16, "the words since then")
#define REGIONS_PRE(X)             \
    X(c1, , 16, "address, limb 1") \
    X(c2, , 5, "address, limb 2")  \
    X(first, , 11, "first block")  \
    X(last, , 11, "last block")    \
    X(perm, , 7, "what their words are")
#define REGIONS_COLUMNS(X) X(multiplicity, , 31, "rows of Zero in it")

struct zero_vars {
    ZERO_COLUMNS(AIR_EXPR)
};
struct zero_cols {
    ZERO_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec zero_columns[] = {ZERO_COLUMNS(AIR_SPEC)};
struct regions_pre_vars {
    REGIONS_PRE(AIR_EXPR)
};
struct regions_pre_cols {
    REGIONS_PRE(AIR_CELLS)
};
static const struct air_column_spec regions_pre[] = {REGIONS_PRE(AIR_SPEC)};
struct regions_vars {
    REGIONS_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec regions_columns[] = {REGIONS_COLUMNS(AIR_SPEC)};

#define CHUNK_WORDS (1u << 13) /* words with the same c1 */
#define WINDOW      (1u << 27) /* blocks with the same c2 */
#define SPACE       (181u << 20)
#define KERNEL_AT   (16 * (uint64_t)SPACE - FP_P)
_Static_assert(SPACE >= WINDOW && KERNEL_AT >= 4 * (uint64_t)SPACE + WINDOW, "windows are disjoint");
_Static_assert(KERNEL_AT + WINDOW + UINT64_C(65535) * ((1 << 14) + 1) < FP_P, "a step does not wrap");
_Static_assert(KERNEL_AT + WINDOW < UINT64_C(1) << 30, "every difference is a step");

static void declare_zero(struct mx_builder *m)
{
    struct zero_vars r;
    struct air *t = air_table(m->b, "zero", AIR_MAX_HEIGHT, 0);
    air_committed(t, zero_columns, MX_COUNT(zero_columns), &r);
    expr zero = constant(t, 0);

    bus_push(t, m->bus.zero_region, NULL, r.c1, r.c2, r.first, r.last, r.perm, r.start);
    mx_range16(t, m, sub(r.block, r.first));
    mx_range16(t, m, sub(r.last, r.block));
    expr block_step = sub(next(r.block), r.block), c1_step = sub(next(r.c1), r.c1), c2_step = sub(next(r.c2), r.c2);
    expr key_step = add(block_step, add(mulk(c1_step, 1 << 11), mulk(c2_step, SPACE)));
    assert_transition(sub(addk(key_step, -1), limbs(r.step, 2, 14)));
    mx_range16(t, m, r.step[0]);
    mx_range16(t, m, r.step[1]);
    for (unsigned i = 0; i < MEM_ZERO_WORDS; i++) {
        expr q = addk(mulk(r.block, MEM_ZERO_WORDS), i);
        const expr *v = r.v + 4 * i;
        bus_push(t, m->bus.mem, NULL, q, r.c1, r.c2, r.start, zero, zero, zero, zero, r.perm);
        bus_pull(t, m->bus.mem, NULL, q, r.c1, r.c2, r.ts[i], v[0], v[1], v[2], v[3], r.perm);
    }
}

static void declare_regions(struct mx_builder *m)
{
    struct regions_pre_vars pre;
    struct regions_vars r;
    struct air *t = air_table(m->b, "zero_regions", AIR_MAX_HEIGHT, AIR_PREPROCESSED);
    air_preprocessed(t, regions_pre, MX_COUNT(regions_pre), &pre);
    air_committed(t, regions_columns, MX_COUNT(regions_columns), &r);
    bus_supply(t, m->bus.zero_region, r.multiplicity, pre.c1, pre.c2, pre.first, pre.last, pre.perm, constant(t, 0));
}

/* ---- chunks: the rows of ZeroRegions ---- */
/* The next one as an area; row of ZeroRegions counts them. */
static bool next_chunk(struct mem_chunks *it, struct mem_area *out)
{
    while (it->rest.n == 0) {
        if (!mem_next_span(&it->spans, &it->rest)) {
            return false;
        }
        it->rest.n = it->rest.zero ? it->rest.n : 0;
    }
    uint32_t room = CHUNK_WORDS - it->rest.word % CHUNK_WORDS;
    *out = (struct mem_area){
        .word = it->rest.word, .n = it->rest.n < room ? it->rest.n : room, .perm = it->rest.perm, .source = it->row++};
    it->rest.word += out->n;
    it->rest.n -= out->n;
    return true;
}

static uint32_t pages_of(const struct mx_program *p)
{
    struct mem_chunks it = {.spans.program = p};
    struct mem_area chunk;
    uint32_t n = 0;
    while (next_chunk(&it, &chunk)) {
        n++;
    }
    return (n + AIR_PAGE_ROWS - 1) / AIR_PAGE_ROWS;
}

/* Rows behind the last chunk have first > last: no block is between. */
static void preprocess(const struct mx_program *p, uint32_t *const *columns)
{
    struct regions_pre_cols c;
    memcpy(&c, columns, sizeof c);
    struct mem_chunks it = {.spans.program = p};
    struct mem_area chunk;
    uint32_t row = 0, rows = pages_of(p) * AIR_PAGE_ROWS;
    for (; next_chunk(&it, &chunk); row++) {
        struct mem_key key = mem_key_of(chunk.word);
        c.c1[row] = key.c1;
        c.c2[row] = key.c2;
        c.first[row] = key.q / MEM_ZERO_WORDS;
        c.last[row] = (key.q + chunk.n) / MEM_ZERO_WORDS - 1;
        c.perm[row] = chunk.perm;
    }
    for (; row < rows; row++) {
        c.first[row] = 1;
        c.perm[row] = MEM_ABSENT;
    }
}

/* ---- the touched blocks ---- */
/* The next area by address: of the program, or declared. */
static bool next_area(struct mem_blocks *it)
{
    const struct mx_run *run = it->run;
    if (!it->has_chunk && !it->no_chunks) {
        it->has_chunk = next_chunk(&it->chunks, &it->chunk);
        it->no_chunks = !it->has_chunk;
    }
    bool has_declared = it->declared < run->declared_chunks_n;
    const struct mx_declared_chunk *d = has_declared ? &run->declared_chunks[it->declared] : NULL;
    if (has_declared && (!it->has_chunk || d->word < it->chunk.word)) {
        const struct mx_declare *by = &run->declares[d->declare];
        it->area = (struct mem_area){d->word, d->n, by->perm, true, by->start, d->declare};
        it->declared++;
    } else if (it->has_chunk) {
        it->area = it->chunk;
        it->has_chunk = false;
    } else {
        return false;
    }
    it->areas_n++;
    return true;
}

bool mem_next_block(struct mem_blocks *it, struct mem_block *out)
{
    const struct mx_run *run = it->run;
    while (it->word < run->words_n) {
        uint32_t word = run->words[it->word].word;
        if (it->areas_n == 0 || word >= it->area.word + it->area.n) {
            if (!next_area(it)) {
                return false;
            }
        } else if (word < it->area.word) {
            it->word++; /* of Image, Input or an edge */
        } else {
            *out = (struct mem_block){word - word % MEM_ZERO_WORDS, it->areas_n, &run->words[it->word], 0};
            while (it->word < run->words_n && run->words[it->word].word - out->word < MEM_ZERO_WORDS) {
                it->word++;
                out->touched_n++;
            }
            return true;
        }
    }
    return false;
}

static uint32_t height_zero(const struct mx_run *run)
{
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    uint32_t n = 0;
    while (mem_next_block(&it, &block)) {
        n++;
    }
    return n;
}

static void joined(const struct mx_run *run, uint8_t *page_used)
{
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    while (mem_next_block(&it, &block)) {
        if (!it.area.declared) {
            page_used[it.area.source / AIR_PAGE_ROWS] = 1;
        }
    }
}

static void put_block(const struct zero_cols *c, uint32_t row, const struct mem_area *area,
                      const struct mem_block *block)
{
    struct mem_key key = mem_key_of(block->word), first = mem_key_of(area->word);
    c->block[row] = key.q / MEM_ZERO_WORDS;
    c->c1[row] = key.c1;
    c->c2[row] = key.c2;
    c->first[row] = first.q / MEM_ZERO_WORDS;
    c->last[row] = (first.q + area->n) / MEM_ZERO_WORDS - 1;
    c->perm[row] = area->perm;
    c->start[row] = area->start;
    for (unsigned i = 0; i < MEM_ZERO_WORDS; i++) {
        c->ts[i][row] = area->start;
    }
    for (size_t k = 0; k < block->touched_n; k++) {
        const struct mx_word *w = &block->touched[k];
        unsigned i = w->word % MEM_ZERO_WORDS;
        c->ts[i][row] = w->ts;
        mx_put_limbs(c->v + (size_t)4 * i, row, w->last);
    }
}

static uint64_t order(const struct zero_cols *c, uint32_t row)
{
    uint64_t window = c->c2[row] == MX_KERNEL_C2 ? KERNEL_AT : (uint64_t)SPACE * c->c2[row];
    return c->block[row] + ((uint64_t)c->c1[row] << 11) + window;
}

static uint32_t fill_zero(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                          const uint32_t *pages, uint32_t height)
{
    (void)pages;
    struct zero_cols c;
    memcpy(&c, columns, sizeof c);
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    for (uint32_t row = 0; mem_next_block(&it, &block); row++) {
        put_block(&c, row, &it.area, &block);
        mx_count_range16(f, c.block[row] - c.first[row]);
        mx_count_range16(f, c.last[row] - c.block[row]);
    }
    for (uint32_t row = 0; row < height; row++) {
        uint64_t step =
            row + 1 < height ? order(&c, row + 1) - order(&c, row) - 1 : 0; /* the last row's says nothing */
        c.step[0][row] = step & 0x3fff;
        c.step[1][row] = (uint32_t)(step >> 14);
        mx_count_range16(f, c.step[0][row]);
        mx_count_range16(f, c.step[1][row]);
    }
    return height;
}

static uint32_t fill_regions(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                             const uint32_t *pages, uint32_t height)
{
    (void)f;
    struct mem_blocks it = mem_blocks_of(run);
    struct mem_block block;
    uint32_t page = 0;
    while (mem_next_block(&it, &block)) {
        if (it.area.declared) {
            continue;
        }
        while (pages[page] != it.area.source / AIR_PAGE_ROWS) { /* rows ascend, and their pages are joined */
            page++;
        }
        columns[0][page * AIR_PAGE_ROWS + it.area.source % AIR_PAGE_ROWS]++;
    }
    return height;
}

const struct mx_store_def mx_store_zero = {
    .name = "zero", .declare = declare_zero, .height = height_zero, .fill = fill_zero};
const struct mx_store_def mx_store_zero_regions = {.name = "zero_regions",
                                                   .declare = declare_regions,
                                                   .fill = fill_regions,
                                                   .pages = pages_of,
                                                   .preprocess = preprocess,
                                                   .joined = joined};
