/* SPDX-License-Identifier: Apache-2.0 */
/* machines.c - the list of machines, and the steps from a list of parts to a system and a witness. */
#include "machines.h"

#include <string.h>

const struct machine machines[] = {
    {"fib", {&fib_part}},
    {"adder", {&range_part, &adder_part}},
    {"memory", {&range_part, &memory_part}},
    {"rom", {&rom_part}},
    {"tally", {&tally_part}},
    {"examples", {&range_part, &fib_part, &adder_part, &memory_part, &rom_part, &tally_part}},
};
const unsigned machines_n = MACHINE_COUNT(machines);

const struct machine *machine_find(const char *name)
{
    for (unsigned i = 0; i < machines_n; i++) {
        if (strcmp(machines[i].name, name) == 0) {
            return &machines[i];
        }
    }
    return NULL;
}

unsigned machine_parts(const struct machine *m)
{
    unsigned n = 0;
    while (n < MACHINE_MAX_PARTS && m->parts[n] != NULL) {
        n++;
    }
    return n;
}

/* ---- building ---- */

uint32_t machine_public_values(struct machine_builder *m, uint32_t n)
{
    uint32_t first = m->values_n;
    m->values_n += n;
    air_public_values(m->b, m->values_n);
    return first;
}

const struct air_system *machine_build(const struct machine *m, struct gn_arena *arena, struct gn_error *err)
{
    struct machine_builder builder = {.b = air_builder_new(m->name)};
    if (builder.b == NULL) {
        (void)gn_fail(err, GN_NO_MEMORY, "no memory for a builder");
        return NULL;
    }
    for (unsigned i = 0; i < machine_parts(m); i++) {
        m->parts[i]->declare(&builder, machine_public_values(&builder, m->parts[i]->public_values));
    }
    const struct air_system *s = air_build(builder.b, arena, err);
    air_builder_free(builder.b);
    return s;
}

/* ---- filling ---- */

static uint32_t table_index(const struct air_system *s, const char *table)
{
    uint32_t i = 0;
    while (i + 1 < s->tables_n && strcmp(s->tables[i].name, table) != 0) {
        i++;
    }
    return i;
}

void machine_set_height(struct machine_filler *f, const char *table, uint32_t height)
{
    f->heights[table_index(f->system, table)] = height;
}

struct air_table_witness *machine_table(struct machine_filler *f, const char *table)
{
    return &f->w->tables[table_index(f->system, table)];
}

uint32_t machine_columns(struct machine_filler *f, const char *table, void *cols)
{
    const struct air_table_witness *w = machine_table(f, table);
    memcpy(cols, w->columns, f->system->tables[table_index(f->system, table)].committed_n * sizeof(uint32_t *));
    return w->height;
}

/* splitmix64; the bias of the reduction does not matter here */
uint32_t machine_random(struct machine_filler *f, uint32_t below)
{
    uint64_t z = f->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % below);
}

enum gn_status machine_preprocess(const uint32_t *const *const **pre, const uint32_t **pages, const struct machine *m,
                                  const struct air_system *s, struct gn_arena *arena, struct gn_error *err)
{
    const uint32_t *const **tables = gn_arena_zalloc(arena, s->tables_n * sizeof *tables);
    uint32_t *counts = gn_arena_zalloc(arena, s->tables_n * sizeof *counts);
    for (unsigned i = 0; tables != NULL && counts != NULL && i < machine_parts(m); i++) {
        const struct machine_part *part = m->parts[i];
        if (part->pages == 0) {
            continue;
        }
        uint32_t t = table_index(s, part->pre_table);
        uint32_t **columns = gn_arena_zalloc(arena, s->tables[t].pre_n * sizeof *columns);
        for (uint32_t c = 0; columns != NULL && c < s->tables[t].pre_n; c++) {
            columns[c] = gn_arena_zalloc(arena, (size_t)part->pages * AIR_PAGE_ROWS * sizeof **columns);
        }
        if (columns == NULL || columns[s->tables[t].pre_n - 1] == NULL) {
            return gn_fail(err, GN_NO_MEMORY, "no memory for preprocessed columns");
        }
        part->preprocess(columns);
        tables[t] = (const uint32_t *const *)columns;
        counts[t] = part->pages;
    }
    *pre = (const uint32_t *const *const *)tables;
    *pages = counts;
    return tables == NULL || counts == NULL ? gn_fail(err, GN_NO_MEMORY, "no memory for preprocessed columns") : GN_OK;
}

static enum gn_status fill_parts(struct machine_filler *f, const struct machine *m, const uint32_t *sizes,
                                 struct gn_error *err)
{
    f->value = 0;
    for (unsigned i = 0; i < machine_parts(m); i++) {
        f->size = sizes[i];
        if (f->size > 0) {
            m->parts[i]->fill(f);
        }
        f->value += m->parts[i]->public_values;
    }
    return f->failed ? gn_fail(err, GN_NO_MEMORY, "no memory for the witness of %s", m->name) : GN_OK;
}

enum gn_status machine_fill(struct air_witness *out, const struct machine *m, const struct air_system *s, uint64_t seed,
                            const uint32_t *sizes, struct gn_arena *arena, struct gn_error *err)
{
    struct machine_filler f = {.system = s, .w = out, .arena = arena, .random = seed};
    f.heights = gn_arena_zalloc(arena, s->tables_n * sizeof *f.heights);
    f.values = gn_arena_zalloc(arena, (s->public_values_n + 1) * sizeof *f.values);
    f.bytes = gn_arena_zalloc(arena, (s->public_tables_n + 1) * sizeof *f.bytes);
    if (f.heights == NULL || f.values == NULL || f.bytes == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the witness of %s", m->name);
    }
    for (unsigned i = 0; i < machine_parts(m); i++) {
        f.size = sizes[i];
        if (f.size > 0) {
            m->parts[i]->plan(&f);
        }
    }
    enum gn_status status = air_witness_alloc(out, s, f.heights, arena, err);
    if (status == GN_OK) {
        status = machine_preprocess(&out->pre, &out->pre_pages, m, s, arena, err);
    }
    if (status != GN_OK) {
        return status;
    }
    out->statement = (struct air_statement){.values = f.values, .bytes = f.bytes};
    return fill_parts(&f, m, sizes, err);
}

enum gn_status machine_fill_size(struct air_witness *out, const struct machine *m, const struct air_system *s,
                                 uint64_t seed, uint32_t size, struct gn_arena *arena, struct gn_error *err)
{
    uint32_t sizes[MACHINE_MAX_PARTS];
    for (unsigned i = 0; i < MACHINE_MAX_PARTS; i++) {
        sizes[i] = size;
    }
    return machine_fill(out, m, s, seed, sizes, arena, err);
}
