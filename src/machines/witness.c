/* SPDX-License-Identifier: Apache-2.0 */
/* witness.c - records to columns.
 *
 * Classes are filled in ranges of rows by all threads; each thread counts lookups in histograms of its own, whose sum does not depend on who filled what.
 * Then the stores, one after the other; the fixed tables come last, when everything has been counted. */
#include <stdlib.h>
#include <string.h>

#include "machines/system.h"

#define GRAIN 2048u

/* Histograms of one thread, in one block: lengths as the count functions of machine.h index them. */
static bool filler_create(struct mx_filler *f, const struct mx_program *program)
{
    const size_t n = program->rom_n + 3 * 65536 + 2 * 256 + 4096 + 9 * 256 + MX_ACCESS_COUNTS + MX_BULK_COUNTS;
    uint32_t *counts = calloc(n, sizeof *counts);
    *f = (struct mx_filler){.program = program, .rom = counts};
    if (counts == NULL) {
        return false;
    }
    f->range16 = f->rom + program->rom_n;
    f->bytes = f->range16 + 65536;
    f->and8 = f->bytes + 65536;
    f->range8 = f->and8 + 65536;
    f->and4 = f->range8 + 256;
    f->range12 = f->and4 + 256;
    f->shift = f->range12 + 4096;
    f->access = f->shift + 9 * 256;
    f->keccak_iota = f->access + MX_ACCESS_COUNTS;
    f->sha256_row = f->keccak_iota + MX_KECCAK_ROWS;
    return true;
}

static void filler_add(struct mx_filler *to, const struct mx_filler *from)
{
    const size_t n = (size_t)(to->sha256_row - to->rom) + MX_SHA256_ROWS;
    for (size_t i = 0; i < n; i++) {
        to->rom[i] += from->rom[i];
    }
}

static enum mx_class records_class(const struct mx_class_def *def)
{
    return def->records_of != 0 ? def->records_of : def->class;
}

static unsigned rows_per_record(const struct mx_class_def *def)
{
    return def->rows == 0 ? 1 : def->rows;
}

struct class_job {
    struct mx_filler *fillers;
    const struct mx_class_def *def;
    uint32_t *const *columns;
    uint32_t columns_n;
    const void *records;
    size_t records_n;
};

static void clear_rows(uint32_t *const *columns, size_t columns_n, size_t begin, size_t end)
{
    for (size_t c = 0; c < columns_n; c++) {
        memset(columns[c] + begin, 0, (end - begin) * sizeof **columns);
    }
}

/* Rows are cleared by who fills them, range by range: then first touch of memory is parallel, and the fillers find it in the cache. */
static void fill_range(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct class_job *job = ctx;
    const unsigned rows = rows_per_record(job->def);
    clear_rows(job->columns, job->columns_n, begin * rows, end * rows);
    job->fillers[worker].records_n = job->records_n;
    job->def->fill(&job->fillers[worker], job->columns, job->records, begin, end);
}

static void fill_classes(struct air_witness *out, const struct mx_system *s, const struct mx_recorder *r,
                         struct mx_filler *fillers, struct gn_pool *pool)
{
    for (unsigned i = 0; i < mx_classes_n; i++) {
        const struct mx_class_def *def = mx_classes[i];
        size_t n;
        const void *records = mx_recorder_records(r, records_class(def), &n);
        const uint32_t table = s->table_of_class[def->class];
        struct class_job job = {fillers, def, out->tables[table].columns, s->air->tables[table].committed_n,
                                records, n};
        gn_pool_for(pool, n, def->rows > 1 ? GRAIN / 128 : GRAIN, fill_range, &job);
    }
}

struct store_job {
    const struct mx_system *system;
    const struct air_witness *witness;
};

static void clear_stores(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const struct store_job *job = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const uint32_t table = job->system->table_of_store[i];
        const struct air_table_witness *w = &job->witness->tables[table];
        clear_rows(w->columns, job->system->air->tables[table].committed_n, 0, w->height);
    }
}

/* The pages that a store's table joins, ascending; NULL without memory. */
static const uint32_t *join_pages(const struct mx_store_def *def, const struct mx_run *run, uint32_t *joined_n)
{
    uint32_t n = def->pages(run->program), count = 0;
    uint8_t *used = gn_arena_zalloc(run->arena, n + 1);
    uint32_t *pages = gn_arena_alloc(run->arena, (n + 1) * sizeof *pages);
    if (used == NULL || pages == NULL) {
        return NULL;
    }
    if (n > 0) {
        def->joined(run, used);
    }
    for (uint32_t i = 0; i < n; i++) {
        if (used[i]) {
            pages[count++] = i;
        }
    }
    *joined_n = count;
    return pages;
}

enum gn_status mx_witness_plan(uint32_t *heights, const uint32_t **pages, const struct mx_system *s,
                               const struct mx_recorder *r, const struct mx_run *run, struct gn_error *err)
{
    for (unsigned i = 0; i < mx_classes_n; i++) {
        size_t n;
        (void)mx_recorder_records(r, records_class(mx_classes[i]), &n);
        n *= rows_per_record(mx_classes[i]);
        if (n > AIR_MAX_HEIGHT) {
            return gn_fail(err, GN_LIMIT, "table %s would have more than 2^24 rows", mx_classes[i]->name);
        }
        heights[s->table_of_class[mx_classes[i]->class]] = (uint32_t)n;
    }
    for (unsigned i = 0; i < mx_stores_n; i++) {
        const struct mx_store_def *def = mx_stores[i];
        uint32_t joined_n = 0;
        if (def->pages != NULL) {
            pages[i] = join_pages(def, run, &joined_n);
            if (pages[i] == NULL) {
                return gn_fail(err, GN_NO_MEMORY, "no memory for a witness");
            }
        }
        heights[s->table_of_store[i]] = def->pages != NULL ? joined_n * AIR_PAGE_ROWS : def->height(run);
    }
    return GN_OK;
}

static enum gn_status state_public(struct air_statement *statement, const struct mx_recorder *r,
                                   const struct mx_run *run, struct gn_error *err)
{
    size_t n;
    (void)mx_recorder_records(r, MX_HALT, &n);
    struct air_public_bytes *bytes = gn_arena_alloc(run->arena, sizeof *bytes);
    if (n != 1 || bytes == NULL) {
        return gn_fail(err, n != 1 ? GN_BAD_INPUT : GN_NO_MEMORY, "witness of a run that did not halt");
    }
    *bytes = (struct air_public_bytes){run->statement, run->statement_n};
    *statement = (struct air_statement){.bytes = bytes};
    return GN_OK;
}

static enum gn_status fill_all(struct air_witness *out, const struct mx_system *s, const struct mx_recorder *r,
                               const struct mx_run *run, const uint32_t *const *pages, struct gn_pool *pool,
                               struct gn_error *err)
{
    unsigned threads = gn_pool_threads(pool), made = 0;
    struct mx_filler *fillers = calloc(threads, sizeof *fillers);
    while (fillers != NULL && made < threads && filler_create(&fillers[made], run->program)) {
        made++;
    }
    if (made == threads) {
        fill_classes(out, s, r, fillers, pool);
        for (unsigned i = 1; i < threads; i++) {
            filler_add(&fillers[0], &fillers[i]);
        }
        struct store_job stores = {s, out};
        gn_pool_for(pool, mx_stores_n, 1, clear_stores, &stores);
        for (unsigned i = 0; i < mx_stores_n; i++) {
            struct air_table_witness *w = &out->tables[s->table_of_store[i]];
            w->pages = pages[i];
            w->height = mx_stores[i]->fill(&fillers[0], w->columns, run, pages[i], w->height);
        }
    }
    for (unsigned i = 0; i < made; i++) {
        free(fillers[i].rom);
    }
    free(fillers);
    return made == threads ? GN_OK : gn_fail(err, GN_NO_MEMORY, "no memory for a witness");
}

enum gn_status mx_witness_build(struct air_witness *out, const struct mx_system *s, const struct mx_preprocessed *pre,
                                struct mx_recorder *r, struct gn_pool *pool, struct gn_arena *arena,
                                struct gn_error *err)
{
    struct mx_run run;
    enum gn_status status = mx_recorder_finish(&run, r, err);
    if (status != GN_OK) {
        return status;
    }
    run.arena = arena;
    uint32_t *heights = gn_arena_zalloc(arena, s->air->tables_n * sizeof *heights);
    const uint32_t **pages = gn_arena_zalloc(arena, mx_stores_n * sizeof *pages);
    if (heights == NULL || pages == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a witness");
    }
    status = mx_witness_plan(heights, pages, s, r, &run, err);
    if (status == GN_OK) {
        status = air_witness_alloc_raw(out, s->air, heights, arena, err);
    }
    if (status == GN_OK) {
        out->pre = pre->columns;
        out->pre_pages = pre->pages;
        status = state_public(&out->statement, r, &run, err);
    }
    return status == GN_OK ? fill_all(out, s, r, &run, pages, pool, err) : status;
}
