/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - regions cut into spans of words, and table Image: the words that are in the key.
 *
 * A word of a region is made by Image if the region's image has a byte of it, and by Zero otherwise; the edges of a range of zeros that do
 * not fill a row of Zero (MEM_ZERO_WORDS words) go to Image too.  Input makes its own words.  Spans ascend and are disjoint, so every key is in one
 * place: a word that two regions share is in the first span that reaches it, and holds the bytes of both.  Existence is exact to the byte: words that
 * a region does not fill have a perm that says which bytes there are.
 *
 * Image: keys, values at time 0 and perms are preprocessed, in pages; a run joins those that it touches.  What is committed is the log's end. */
#include "machines/memory/memory.h"
#include "machines/rom.h"

#define IMAGE_PRE(X)                     \
    X(q, , 13, "address, bits 3 ... 15") \
    X(c1, , 16, "address, limb 1")       \
    X(c2, , 5, "address, limb 2")        \
    X(v, [4], 16, "the word at time 0")  \
    X(perm, , 7, "what the word is")
#define IMAGE_COLUMNS(X)                   \
    X(ts, , 24, "time of the last access") \
    X(last, [4], 16, "the word since then")

struct image_pre_vars {
    IMAGE_PRE(AIR_EXPR)
};
struct image_vars {
    IMAGE_COLUMNS(AIR_EXPR)
};
struct image_pre_cols {
    IMAGE_PRE(AIR_CELLS)
};
struct image_cols {
    IMAGE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec image_pre[] = {IMAGE_PRE(AIR_SPEC)};
static const struct air_column_spec image_columns[] = {IMAGE_COLUMNS(AIR_SPEC)};

/* ---- spans ---- */
/* Region g's words [at[0], at[3]) are Image, Zero, Image. */
static void cut_region(uint64_t at[4], const struct mx_region *g)
{
    uint64_t row = 8 * MEM_ZERO_WORDS, end = g->base + g->size, image_end = g->base + g->image_n;
    uint64_t number = mx_word_of(g->base) - g->base / 8; /* of words minus address / 8, in this window */
    at[0] = g->base / 8;
    at[1] = (image_end + row - 1) / row * MEM_ZERO_WORDS;
    at[2] = end / row * MEM_ZERO_WORDS;
    at[3] = (end + 7) / 8;
    if (at[1] >= at[2]) {
        at[1] = at[2] = at[3];
    }
    for (unsigned i = 0; i < 4; i++) {
        at[i] += number;
    }
}

static enum mem_perm perm_of(const struct mx_region *g)
{
    bool fixed = (g->permissions & VM_FIXED) != 0;
    if ((g->permissions & VM_READ) == 0) {
        return fixed ? MEM_KERNEL_FIXED : MEM_KERNEL;
    }
    return (g->permissions & VM_WRITE) != 0 ? MEM_WRITABLE : fixed ? MEM_FIXED : MEM_READABLE;
}

bool mem_next_span(struct mem_spans *it, struct mem_span *out)
{
    for (; it->region < it->program->regions_n; it->region++, it->part = 0) {
        const struct mx_region *g = &it->program->regions[it->region];
        uint64_t at[4];
        cut_region(at, g);
        while (it->part < 3 && g->size > 0) {
            unsigned part = it->part++;
            uint64_t from = at[part] > it->next ? at[part] : it->next;
            if (from < at[part + 1]) {
                it->next = at[part + 1];
                *out = (struct mem_span){.word = (uint32_t)from,
                                         .n = (uint32_t)(at[part + 1] - from),
                                         .zero = part == 1,
                                         .perm = (uint8_t)perm_of(g)};
                return true;
            }
        }
    }
    return false;
}

uint64_t mem_initial_word(const struct mx_program *p, uint32_t word)
{
    uint64_t value = 0, address = mx_word_address(word);
    for (uint32_t i = 0; i < p->regions_n; i++) {
        const struct mx_region *g = &p->regions[i];
        for (unsigned k = 0; k < 8; k++) {
            uint64_t offset = address + k - g->base; /* below the base: huge */
            if (offset < g->image_n) {
                value |= (uint64_t)g->image[offset] << (8 * k);
            }
        }
    }
    return value;
}

enum mem_perm mem_initial_perm(const struct mx_program *p, uint32_t word)
{
    enum mem_perm perm = MEM_ABSENT;
    uint64_t address = mx_word_address(word);
    unsigned start = 0, end = 0; /* bytes that exist */
    for (uint32_t i = 0; i < p->regions_n; i++) {
        const struct mx_region *g = &p->regions[i];
        if (g->size == 0 || g->base >= address + 8 || g->base + g->size <= address) {
            continue;
        }
        unsigned from = g->base > address ? (unsigned)(g->base - address) : 0;
        unsigned to = g->base + g->size < address + 8 ? (unsigned)(g->base + g->size - address) : 8;
        if (perm != MEM_ABSENT && (from != end || perm != perm_of(g))) {
            return MEM_ABSENT; /* with a gap, or of two kinds */
        }
        start = perm == MEM_ABSENT ? from : start;
        end = to;
        perm = perm_of(g);
    }
    if (perm == MEM_ABSENT || end - start == 8) {
        return perm;
    }
    uint32_t interval = mem_interval(start, end - start);
    switch (perm) {
    case MEM_WRITABLE:
        return (enum mem_perm)(MEM_BYTES + MEM_INTERVALS + interval);
    case MEM_READABLE:
    case MEM_FIXED:
        return (enum mem_perm)(MEM_BYTES + interval);
    default:
        return MEM_ABSENT;
    }
}

enum gn_status mx_regions_check(const struct mx_program *p, struct gn_error *err)
{
    uint64_t end = 0; /* of the regions before */
    for (uint32_t i = 0; i < p->regions_n; i++) {
        const struct mx_region *g = &p->regions[i];
        unsigned long long base = g->base;
        if (g->size == 0 || g->base < end || g->image_n > g->size) {
            return gn_fail(err, GN_INTERNAL, "memory at 0x%llx: regions overlap or are out of order", base);
        }
        end = g->base + g->size;
        if (mx_word_of(g->base) == MX_NO_WORD || end < g->base || (end - 1) >> 32 != g->base >> 32) {
            return gn_fail(err, GN_INTERNAL, "memory at 0x%llx: region is not inside of one window", base);
        }
        if (g->base < MEM_INPUT_BASE + MEM_INPUT_MAX && end > MEM_INPUT_BASE) {
            return gn_fail(err, GN_LIMIT, "memory at 0x%llx: this is where the input stands", base);
        }
        if (g->base >= MX_KERNEL_BASE && (g->permissions & (VM_READ | VM_WRITE)) != 0) {
            return gn_fail(err, GN_INTERNAL, "memory at 0x%llx: a user's region in the kernel's window", base);
        }
    }
    for (uint32_t i = 0; i < p->regions_n; i++) {
        const struct mx_region *g = &p->regions[i];
        if (mem_initial_perm(p, mx_word_of(g->base)) == MEM_ABSENT ||
            mem_initial_perm(p, mx_word_of(g->base + g->size - 1)) == MEM_ABSENT) {
            return gn_fail(err, GN_LIMIT,
                           "memory from 0x%llx on, 0x%llx bytes: its first or last word is of two kinds, or has a gap",
                           (unsigned long long)g->base, (unsigned long long)g->size);
        }
    }
    return GN_OK;
}

/* ---- the table ---- */
static void declare(struct mx_builder *m)
{
    struct image_pre_vars pre;
    struct image_vars r;
    struct air *t = air_table(m->b, "image", AIR_MAX_HEIGHT, AIR_PREPROCESSED);
    air_preprocessed(t, image_pre, MX_COUNT(image_pre), &pre);
    air_committed(t, image_columns, MX_COUNT(image_columns), &r);
    expr zero = constant(t, 0);
    bus_push(t, m->bus.mem, NULL, pre.q, pre.c1, pre.c2, zero, pre.v[0], pre.v[1], pre.v[2], pre.v[3], pre.perm);
    bus_pull(t, m->bus.mem, NULL, pre.q, pre.c1, pre.c2, r.ts, r.last[0], r.last[1], r.last[2], r.last[3], pre.perm);
}

static uint32_t words_of(const struct mx_program *p)
{
    struct mem_spans it = {.program = p};
    struct mem_span span;
    uint32_t n = 0;
    while (mem_next_span(&it, &span)) {
        n += span.zero ? 0 : span.n;
    }
    return n;
}

static uint32_t pages_of(const struct mx_program *p)
{
    return (words_of(p) + AIR_PAGE_ROWS - 1) / AIR_PAGE_ROWS;
}

/* Rows behind the last word are 0: tokens of a word that nobody may access (MEM_ABSENT). */
static void preprocess(const struct mx_program *p, uint32_t *const *columns)
{
    struct image_pre_cols c;
    memcpy(&c, columns, sizeof c);
    struct mem_spans it = {.program = p};
    struct mem_span span;
    uint32_t row = 0;
    while (mem_next_span(&it, &span)) {
        for (uint32_t i = 0; i < span.n && !span.zero; i++, row++) {
            struct mem_key key = mem_key_of(span.word + i);
            c.q[row] = key.q;
            c.c1[row] = key.c1;
            c.c2[row] = key.c2;
            c.perm[row] = mem_initial_perm(p, span.word + i);
            mx_put_limbs(c.v, row, mem_initial_word(p, span.word + i));
        }
    }
}

/* Calls visit(ctx, image row, word) for the touched words of Image, ascending. */
static void visit_touched(const struct mx_run *run, void (*visit)(void *ctx, uint32_t row, const struct mx_word *w),
                          void *ctx)
{
    struct mem_spans it = {.program = run->program};
    struct mem_span span;
    uint32_t first_row = 0;
    size_t k = 0;
    while (mem_next_span(&it, &span)) {
        while (k < run->words_n && run->words[k].word < span.word) {
            k++;
        }
        for (; k < run->words_n && run->words[k].word - span.word < span.n; k++) {
            if (!span.zero) {
                visit(ctx, first_row + run->words[k].word - span.word, &run->words[k]);
            }
        }
        first_row += span.zero ? 0 : span.n;
    }
}

static void mark_page(void *ctx, uint32_t row, const struct mx_word *w)
{
    (void)w;
    ((uint8_t *)ctx)[row / AIR_PAGE_ROWS] = 1;
}

static void joined(const struct mx_run *run, uint8_t *page_used)
{
    visit_touched(run, mark_page, page_used);
}

struct filling {
    struct image_cols c;
    const uint32_t *pages;
    uint32_t page; /* number in pages */
};

static void put_last(void *ctx, uint32_t row, const struct mx_word *w)
{
    struct filling *fill = ctx;
    while (fill->pages[fill->page] != row / AIR_PAGE_ROWS) { /* rows ascend, and their pages are joined */
        fill->page++;
    }
    uint32_t at = fill->page * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS;
    fill->c.ts[at] = w->ts;
    mx_put_limbs(fill->c.last, at, w->last);
}

static uint32_t fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, const uint32_t *pages,
                     uint32_t height)
{
    (void)f;
    struct filling fill = {.pages = pages};
    memcpy(&fill.c, columns, sizeof fill.c);
    struct mem_spans it = {.program = run->program};
    struct mem_span span;
    uint32_t first_row = 0, page = 0, pages_n = height / AIR_PAGE_ROWS;
    while (mem_next_span(&it, &span)) { /* untouched words end as they begin */
        for (uint32_t i = 0; i < span.n && !span.zero; i++) {
            uint32_t row = first_row + i;
            while (page < pages_n && pages[page] < row / AIR_PAGE_ROWS) {
                page++;
            }
            if (page < pages_n && pages[page] == row / AIR_PAGE_ROWS) {
                mx_put_limbs(fill.c.last, page * AIR_PAGE_ROWS + row % AIR_PAGE_ROWS,
                             mem_initial_word(run->program, span.word + i));
            }
        }
        first_row += span.zero ? 0 : span.n;
    }
    visit_touched(run, put_last, &fill);
    return height;
}

const struct mx_store_def mx_store_image = {
    .name = "image", .declare = declare, .fill = fill, .pages = pages_of, .preprocess = preprocess, .joined = joined};
