/* SPDX-License-Identifier: Apache-2.0 */
/* zero.c - words that are 0 at time 0 (bss, heap, stack, output), made when they are touched.
 *
 * A row of Zero makes MEM_ZERO_WORDS neighbouring words, touched or not: what neighbours share (key, order, region) is paid once.  Its
 * `block` is q / MEM_ZERO_WORDS.
 *
 * In a region: the row's (c1, c2, first, last, perm) is one of ZeroRegions, which are preprocessed and say for each 64 KiB of address space (c1, c2)
 * which blocks are zero.  block - first and last - block are in range16, so block = first ... last, an integer (first <= last < 2^11): this,
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
    X(step, [2], 16, "next key minus this one, minus one")                      \
    X(ts, [MEM_ZERO_WORDS], 24, "times of the last accesses; 0: none")          \
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

    bus_push(t, m->bus.zero_region, NULL, r.c1, r.c2, r.first, r.last, r.perm);
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
        bus_push(t, m->bus.mem, NULL, q, r.c1, r.c2, zero, zero, zero, zero, zero, r.perm);
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
    bus_supply(t, m->bus.zero_region, r.multiplicity, pre.c1, pre.c2, pre.first, pre.last, pre.perm);
}

/* ---- chunks: the rows of ZeroRegions ---- */
struct chunk {
    uint32_t word, n; /* words, multiples of MEM_ZERO_WORDS */
    uint8_t perm;
};
struct chunks {
    struct mem_spans spans;
    struct mem_span rest; /* of the span at hand */
};

static bool next_chunk(struct chunks *it, struct chunk *out)
{
    while (it->rest.n == 0) {
        if (!mem_next_span(&it->spans, &it->rest)) {
            return false;
        }
        it->rest.n = it->rest.zero ? it->rest.n : 0;
    }
    uint32_t room = CHUNK_WORDS - it->rest.word % CHUNK_WORDS;
    *out = (struct chunk){it->rest.word, it->rest.n < room ? it->rest.n : room, it->rest.perm};
    it->rest.word += out->n;
    it->rest.n -= out->n;
    return true;
}

static uint32_t pages_of(const struct mx_program *p)
{
    struct chunks it = {.spans.program = p};
    struct chunk chunk;
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
    struct chunks it = {.spans.program = p};
    struct chunk chunk;
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

/* ---- the touched blocks, ascending in words, with the row of ZeroRegions that allows them ---- */
struct blocks {
    const struct mx_run *run;
    struct chunks chunks;
    struct chunk chunk;
    uint32_t chunk_row; /* 1 + row; 0: none yet */
    size_t word;        /* number in run->words of the first touched word not given yet */
};
struct block {
    uint32_t word, region_row;
    const struct mx_word *touched; /* touched_n of them are in the block */
    size_t touched_n;
};

static bool next_block(struct blocks *it, struct block *out)
{
    const struct mx_run *run = it->run;
    while (it->word < run->words_n) {
        uint32_t word = run->words[it->word].word;
        if (it->chunk_row == 0 || word >= it->chunk.word + it->chunk.n) {
            it->chunk_row++;
            if (!next_chunk(&it->chunks, &it->chunk)) {
                return false;
            }
        } else if (word < it->chunk.word) {
            it->word++; /* of Image or Input */
        } else {
            *out = (struct block){word - word % MEM_ZERO_WORDS, it->chunk_row - 1, &run->words[it->word], 0};
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
    struct blocks it = {.run = run, .chunks.spans.program = run->program};
    struct block block;
    uint32_t n = 0;
    while (next_block(&it, &block)) {
        n++;
    }
    return n;
}

static void joined(const struct mx_run *run, uint8_t *page_used)
{
    struct blocks it = {.run = run, .chunks.spans.program = run->program};
    struct block block;
    while (next_block(&it, &block)) {
        page_used[block.region_row / AIR_PAGE_ROWS] = 1;
    }
}

static void put_block(const struct zero_cols *c, uint32_t row, const struct blocks *it, const struct block *block)
{
    struct mem_key key = mem_key_of(block->word), chunk = mem_key_of(it->chunk.word);
    c->block[row] = key.q / MEM_ZERO_WORDS;
    c->c1[row] = key.c1;
    c->c2[row] = key.c2;
    c->first[row] = chunk.q / MEM_ZERO_WORDS;
    c->last[row] = (chunk.q + it->chunk.n) / MEM_ZERO_WORDS - 1;
    c->perm[row] = it->chunk.perm;
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
    struct blocks it = {.run = run, .chunks.spans.program = run->program};
    struct block block;
    for (uint32_t row = 0; next_block(&it, &block); row++) {
        put_block(&c, row, &it, &block);
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
    struct blocks it = {.run = run, .chunks.spans.program = run->program};
    struct block block;
    uint32_t page = 0;
    while (next_block(&it, &block)) {
        while (pages[page] != block.region_row / AIR_PAGE_ROWS) { /* rows ascend, and their pages are joined */
            page++;
        }
        columns[0][page * AIR_PAGE_ROWS + block.region_row % AIR_PAGE_ROWS]++;
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
