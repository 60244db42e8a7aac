/* SPDX-License-Identifier: Apache-2.0 */
/* system.c - all tables in one system, and what the verifier says itself.
 *
 * Public part: the start state (MX_PC_ENTRY, 4), which the Rom's entry row takes, so that the entry is part of the key; 96 registers
 * that are 0 at time 0; one `halt` message; and the statement, a public table of eight bytes a row: out(i, limbs of row i) for each, so the kernel has said
 * each of these words once and no other.
 * The bounds: `time` makes ts of every class row smaller than 2^24 (gadgets.c), `refresh` keeps Refresh from going around the field (registers.c). */
#include "machines/system.h"

#include <stddef.h>

static const struct {
    const char *name;
    uint32_t entries;
    size_t offset;
} buses[] = {
#define BUS(name, entries) {#name, entries, offsetof(struct mx_buses, name)}
    BUS(state, 2),       BUS(fetch, 13),  BUS(reg, 6),         BUS(mem, 9),   BUS(range16, 1), BUS(range8, 1),
    BUS(range12, 1),     BUS(bytes, 2),   BUS(and8, 3),        BUS(and4, 3),  BUS(shift, 4),   BUS(access, 4),
    BUS(zero_region, 5), BUS(call, 5),    BUS(exit, 5),        BUS(halt, 1),  BUS(out, 5),     BUS(keccak, 23),
    BUS(keccak_iota, 8), BUS(sha256, 18), BUS(sha256_row, 12), BUS(copy, 17), BUS(fill, 6),
#undef BUS
};

static void declare_public(const struct mx_builder *m)
{
    const struct air_entry start[] = {{AIR_ENTRY_CONST, MX_PC_ENTRY, 0}, {AIR_ENTRY_CONST, MX_TS_START, 0}};
    air_public_message(m->b, m->bus.state, false, start, MX_COUNT(start));
    for (uint32_t reg = 0; reg < VM_REGS; reg++) {
        const struct air_entry zero[6] = {{AIR_ENTRY_CONST, reg, 0}};
        air_public_message(m->b, m->bus.reg, false, zero, MX_COUNT(zero));
    }
    const struct air_entry halt[] = {{AIR_ENTRY_CONST, 0, 0}};
    air_public_message(m->b, m->bus.halt, true, halt, MX_COUNT(halt));
    const struct air_entry word[] = {{AIR_ENTRY_INDEX, 0, 1},
                                     {AIR_ENTRY_LIMB, 0, 2},
                                     {AIR_ENTRY_LIMB, 2, 2},
                                     {AIR_ENTRY_LIMB, 4, 2},
                                     {AIR_ENTRY_LIMB, 6, 2}};
    air_public_table(m->b, "statement", m->bus.out, true, MX_STATEMENT_WORD, word, MX_COUNT(word));
}

enum gn_status mx_system_build(struct mx_system *out, struct gn_arena *arena, struct gn_error *err)
{
    struct mx_builder m = {.b = air_builder_new("machine")};
    uint32_t *table_of_store = gn_arena_zalloc(arena, mx_stores_n * sizeof *table_of_store);
    if (m.b == NULL || table_of_store == NULL) {
        air_builder_free(m.b);
        return gn_fail(err, GN_NO_MEMORY, "no memory for the machine");
    }
    for (size_t i = 0; i < MX_COUNT(buses); i++) {
        uint32_t id = air_bus(m.b, buses[i].name, buses[i].entries);
        memcpy((char *)&m.bus + buses[i].offset, &id, sizeof id);
    }
    m.time_bound = air_bound(m.b, "time", 127 * MX_TS_START);
    m.refresh_bound = air_bound(m.b, "refresh", (1u << 24) + (1u << 17));
    m.bulk_bound = air_bound(m.b, "bulk", 1u << 24);
    declare_public(&m);
    *out = (struct mx_system){.table_of_store = table_of_store};
    uint32_t table = 0;
    for (unsigned i = 0; i < mx_classes_n; i++) {
        out->table_of_class[mx_classes[i]->class] = table++;
        mx_classes[i]->declare(&m);
    }
    for (unsigned i = 0; i < mx_stores_n; i++) {
        table_of_store[i] = table++;
        mx_stores[i]->declare(&m);
    }
    out->air = air_build(m.b, arena, err);
    air_builder_free(m.b);
    if (out->air == NULL) {
        return err != NULL && err->status != GN_OK ? err->status : GN_INTERNAL;
    }
    return out->air->tables_n == table ? GN_OK
                                       : gn_fail(err, GN_INTERNAL, "a state machine declares more than one table");
}

enum gn_status mx_preprocess(struct mx_preprocessed *out, const struct mx_system *s, const struct mx_program *program,
                             struct gn_arena *arena, struct gn_error *err)
{
    const uint32_t *const **tables = gn_arena_zalloc(arena, s->air->tables_n * sizeof *tables);
    uint32_t *pages = gn_arena_zalloc(arena, s->air->tables_n * sizeof *pages);
    bool enough = tables != NULL && pages != NULL;
    for (unsigned i = 0; enough && i < mx_stores_n; i++) {
        const struct mx_store_def *def = mx_stores[i];
        uint32_t t = s->table_of_store[i], n = def->pages != NULL ? def->pages(program) : 0;
        if (n == 0) {
            continue;
        }
        uint32_t pre_n = s->air->tables[t].pre_n;
        size_t cells = air_committed_height(n * AIR_PAGE_ROWS, 8);
        uint32_t **columns = gn_arena_zalloc(arena, pre_n * sizeof *columns);
        uint32_t *all = gn_arena_zalloc(arena, pre_n * cells * sizeof *all);
        enough = columns != NULL && all != NULL;
        for (uint32_t c = 0; enough && c < pre_n; c++) {
            columns[c] = all + c * cells;
        }
        if (enough) {
            def->preprocess(program, columns);
            tables[t] = (const uint32_t *const *)columns;
            pages[t] = n;
        }
    }
    *out = (struct mx_preprocessed){(const uint32_t *const *const *)tables, pages};
    return enough ? GN_OK : gn_fail(err, GN_NO_MEMORY, "no memory for preprocessed columns");
}
