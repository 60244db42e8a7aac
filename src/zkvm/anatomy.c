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

bool gn_anatomy_rows(uint64_t *area_of_row, const struct gn_recorded *r)
{
    const struct mx_program *p = r->program->mx;
    uint32_t *core_of_rom = calloc(p->rom_n, sizeof *core_of_rom);
    if (core_of_rom == NULL) {
        return false;
    }
    for (uint32_t core = 0; core < p->core->rows_n; core++) {
        for (unsigned k = 0; k < p->rom_of_row_n[core]; k++) {
            core_of_rom[p->rom_of_row[core] + k] = core;
        }
    }
    for (unsigned i = 0; i < mx_classes_n; i++) {
        size_t n, bytes = mx_classes[i]->record_bytes;
        const uint8_t *records = mx_recorder_records(r->recorder, mx_classes[i]->class, &n);
        uint32_t area = area_per_row(i); /* class tables come first, in this order */
        for (size_t k = 0; k < n; k++) {
            struct mx_record record;
            memcpy(&record, records + k * bytes, sizeof record);
            area_of_row[record.rom_row == p->entry ? p->core->entry_row : core_of_rom[record.rom_row]] += area;
        }
    }
    free(core_of_rom);
    return true;
}
