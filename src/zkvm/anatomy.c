/* SPDX-License-Identifier: Apache-2.0 */
/* anatomy.c - see anatomy.h. */
#include "zkvm/anatomy.h"

#include <stdlib.h>
#include <string.h>

#include "zkvm/machine.h"

/* The stores whose height follows the run's length; every other table that is no class is fixed. */
static bool grows(const char *store)
{
    static const char *const names[] = {"refresh", "input", "zero"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(store, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t area_per_row(uint32_t table)
{
    const struct air_table *t = &gn_machine_air.tables[table];
    return t->committed_n + 2 * t->interactions_n;
}

void gn_anatomy_of(struct gn_anatomy *out, const uint32_t *heights)
{
    memset(out, 0, sizeof *out);
    out->tables_n = gn_machine_air.tables_n;
    for (uint32_t t = 0; t < out->tables_n; t++) {
        const struct air_table *def = &gn_machine_air.tables[t];
        struct gn_anatomy_table *line = &out->tables[t];
        *line = (struct gn_anatomy_table){.name = def->name,
                                          .rows = heights[t],
                                          .area_per_row = area_per_row(t),
                                          .fixed = t >= mx_classes_n && !grows(def->name)};
        line->area = (uint64_t)line->rows * line->area_per_row;
        *(line->fixed ? &out->fixed_area : &out->run_area) += line->area;
        out->cells += (uint64_t)line->rows * def->committed_n;
        out->interactions += (uint64_t)line->rows * def->interactions_n;
    }
}

void gn_anatomy_of_tables(struct gn_anatomy *out, const struct gn_tables *t)
{
    uint32_t heights[AIR_MAX_TABLES];
    for (uint32_t i = 0; i < gn_machine_air.tables_n; i++) {
        heights[i] = t->witness.tables[i].height;
    }
    gn_anatomy_of(out, heights);
}

/* ---- by instruction ---- */
struct rows {
    const struct gn_recorded *run;
    uint64_t *area;
    uint32_t *core_of_rom;
};

static uint32_t core_row(const struct rows *rows, uint32_t rom_row)
{
    const struct mx_program *p = rows->run->program->mx;
    return rom_row == p->entry ? p->core->entry_row : rows->core_of_rom[rom_row];
}

/* record k of a class that begins with a struct mx_record */
static struct mx_record record_at(const struct mx_class_def *def, const uint8_t *records, size_t k)
{
    struct mx_record record;
    memcpy(&record, records + k * def->record_bytes, sizeof record);
    return record;
}

/* The row of the call that opened a frame at that time.  Calls and frames are both in order of time: *at is where the last search ended. */
static uint32_t call_at(const struct rows *rows, size_t at[2], uint32_t ts)
{
    static const struct mx_class_def *const calls[2] = {&mx_class_call, &mx_class_callx};
    for (unsigned c = 0; c < 2; c++) {
        size_t n;
        const uint8_t *records = mx_recorder_records(rows->run->recorder, calls[c]->class, &n);
        while (at[c] < n && record_at(calls[c], records, at[c]).ts < ts) {
            at[c]++;
        }
        if (at[c] < n && record_at(calls[c], records, at[c]).ts == ts) {
            return core_row(rows, record_at(calls[c], records, at[c]).rom_row);
        }
    }
    return rows->run->program->core->vector_row;
}

static void add_frames(const struct rows *rows, uint32_t area)
{
    size_t n, at[2] = {0, 0};
    const uint8_t *records = mx_recorder_records(rows->run->recorder, MX_FRAME, &n);
    for (size_t k = 0; k < n; k++) {
        struct mx_frame_record frame;
        memcpy(&frame, records + k * sizeof frame, sizeof frame);
        rows->area[call_at(rows, at, frame.call_ts)] += area;
    }
}

static void add_class(const struct rows *rows, unsigned i)
{
    const struct mx_class_def *def = mx_classes[i];
    const uint32_t area = area_per_row(i); /* class tables come first, in this order */
    size_t n;
    if (def->class == MX_FRAME) {
        add_frames(rows, area);
        return;
    }
    const uint8_t *records =
        mx_recorder_records(rows->run->recorder, def->records_of != 0 ? def->records_of : def->class, &n);
    if (!mx_class_fetches(def)) { /* traps, and bodies of bulk instructions: the kernel's */
        rows->area[rows->run->program->core->vector_row] += (uint64_t)area * n * (def->rows != 0 ? def->rows : 1);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        rows->area[core_row(rows, record_at(def, records, k).rom_row)] += area;
    }
}

bool gn_anatomy_rows(uint64_t *area_of_row, const struct gn_recorded *r)
{
    const struct mx_program *p = r->program->mx;
    const struct rows rows = {r, area_of_row, calloc(p->rom_n, sizeof *rows.core_of_rom)};
    if (rows.core_of_rom == NULL) {
        return false;
    }
    for (uint32_t core = 0; core < p->core->rows_n; core++) {
        for (unsigned k = 0; k < p->rom_of_row_n[core]; k++) {
            rows.core_of_rom[p->rom_of_row[core] + k] = core;
        }
    }
    for (unsigned i = 0; i < mx_classes_n; i++) {
        add_class(&rows, i);
    }
    free(rows.core_of_rom);
    return true;
}
