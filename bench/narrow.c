/* SPDX-License-Identifier: Apache-2.0 */
/* narrow.c - the shape of an instruction table: 32 columns, 12 interactions, degree 3.
 *
 * Six chains: every row takes the state (position, x, y) of each chain from the bus and puts (position + 1, x', y')
 * back, x' = x + y^2 + flag, y' = x y - x' where the row's flag is set, y' = x otherwise; the public messages open each
 * chain at position 0 and close it at the end.  With rom, a small table looks up one page of a preprocessed table of
 * 2^14 rows x 16 columns. */
#include "bench.h"

#include <string.h>

#define CHAINS      6
#define ROM_COLUMNS 16
#define ROM_PAGES   64u

#define NARROW_COLUMNS(X)                                   \
    X(position, , 24, "row number, the same in all chains") \
    X(flag, , 1, "which step this row takes")               \
    X(x, [CHAINS], 31, "first state word")                  \
    X(y, [CHAINS], 31, "second state word")                 \
    X(xn, [CHAINS], 31, "first state word afterwards")      \
    X(yn, [CHAINS], 31, "second state word afterwards")     \
    X(square, [CHAINS], 31, "y^2")
struct narrow_vars {
    NARROW_COLUMNS(AIR_EXPR)
};
struct narrow_cols {
    NARROW_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec columns[] = {NARROW_COLUMNS(AIR_SPEC)};

#define ROM_PRE(X) X(word, [ROM_COLUMNS], 31, "preprocessed word")
struct rom_vars {
    ROM_PRE(AIR_EXPR)
};
static const struct air_column_spec rom_pre[] = {ROM_PRE(AIR_SPEC)};
static const struct air_column_spec rom_committed[] = {{"multiplicity", 1, 31, "how often the row is used"}};

static void chain_constraints(struct air *t, const struct narrow_vars *r, const uint32_t *bus)
{
    assert_bool(r->flag);
    for (int i = 0; i < CHAINS; i++) {
        assert_equal(r->square[i], mul(r->y[i], r->y[i]));
        assert_equal(r->xn[i], add(add(r->x[i], r->square[i]), r->flag));
        assert_equal(r->yn[i], select_expr(r->flag, sub(mul(r->x[i], r->y[i]), r->xn[i]), r->x[i]));
        bus_pull(t, bus[i], NULL, r->position, r->x[i], r->y[i]);
        bus_push(t, bus[i], NULL, addk(r->position, 1), r->xn[i], r->yn[i]);
    }
}

static void declare_rom(struct air_builder *b)
{
    uint32_t bus = air_bus(b, "rom", ROM_COLUMNS);
    struct air *t = air_table(b, "rom", ROM_PAGES * AIR_PAGE_ROWS, AIR_PREPROCESSED);
    struct rom_vars r;
    expr multiplicity;
    air_preprocessed(t, rom_pre, 1, &r);
    air_committed(t, rom_committed, 1, &multiplicity);
    air_interact(t, bus, multiplicity, 0, r.word, ROM_COLUMNS, "supply rom", __FILE__, __LINE__);
}

static void fill_chains(struct workload *out, uint32_t rows, uint32_t *values)
{
    struct narrow_cols w;
    memcpy(&w, out->witness.tables[0].columns, sizeof w);
    const uint64_t p = FP_P;
    uint64_t x[CHAINS], y[CHAINS];
    for (uint32_t i = 0; i < CHAINS; i++) {
        x[i] = values[4 * i] = i + 1;
        y[i] = values[4 * i + 1] = 2 * i + 3;
    }
    for (uint32_t row = 0; row < rows; row++) {
        uint64_t flag = row * 2654435761u >> 31;
        w.position[row] = row;
        w.flag[row] = (uint32_t)flag;
        for (int i = 0; i < CHAINS; i++) {
            uint64_t square = y[i] * y[i] % p, xn = (x[i] + square + flag) % p;
            uint64_t yn = flag ? (x[i] * y[i] + p - xn) % p : x[i];
            w.x[i][row] = (uint32_t)x[i];
            w.y[i][row] = (uint32_t)y[i];
            w.square[i][row] = (uint32_t)square;
            w.xn[i][row] = (uint32_t)xn;
            w.yn[i][row] = (uint32_t)yn;
            x[i] = xn;
            y[i] = yn;
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        values[4 * i + 2] = (uint32_t)x[i];
        values[4 * i + 3] = (uint32_t)y[i];
    }
    values[4 * CHAINS] = rows;
}

/* preprocessed columns; one page joins, unused (multiplicity 0 is a legal supply) */
static enum gn_status fill_rom(struct workload *out, struct gn_arena *arena)
{
    const uint32_t rows = ROM_PAGES * AIR_PAGE_ROWS;
    static const uint32_t page = 5;
    uint32_t **rom = gn_arena_alloc(arena, ROM_COLUMNS * sizeof *rom);
    const uint32_t *const **pre = gn_arena_zalloc(arena, 2 * sizeof *pre);
    uint32_t *pages = gn_arena_zalloc(arena, 2 * sizeof *pages);
    if (rom == NULL || pre == NULL || pages == NULL) {
        return GN_NO_MEMORY;
    }
    for (uint32_t c = 0; c < ROM_COLUMNS; c++) {
        rom[c] = gn_arena_alloc(arena, rows * sizeof **rom);
        if (rom[c] == NULL) {
            return GN_NO_MEMORY;
        }
        for (uint32_t row = 0; row < rows; row++) {
            rom[c][row] = (row * 40503u + c * 77u) % FP_P;
        }
    }
    pre[1] = (const uint32_t *const *)rom;
    pages[1] = ROM_PAGES;
    out->witness.pre = pre;
    out->witness.pre_pages = pages;
    out->witness.tables[1].pages = &page;
    return GN_OK;
}

enum gn_status bench_narrow(struct workload *out, uint32_t rows, bool with_rom, struct gn_arena *arena,
                            struct gn_error *err)
{
    struct air_builder *b = air_builder_new("narrow");
    struct air *t = air_table(b, "chains", AIR_MAX_HEIGHT, AIR_MANDATORY);
    uint32_t bus[CHAINS];
    for (int i = 0; i < CHAINS; i++) {
        bus[i] = air_bus(b, "chain", 3);
    }
    struct narrow_vars r;
    air_committed(t, columns, sizeof columns / sizeof columns[0], &r);
    chain_constraints(t, &r, bus);
    air_public_values(b, 4 * CHAINS + 1);
    for (uint32_t i = 0; i < CHAINS; i++) {
        air_public_message(b, bus[i], false,
                           (const struct air_entry[]){
                               {AIR_ENTRY_CONST, 0, 0}, {AIR_ENTRY_PUBLIC, 4 * i, 0}, {AIR_ENTRY_PUBLIC, 4 * i + 1, 0}},
                           3);
        air_public_message(b, bus[i], true,
                           (const struct air_entry[]){{AIR_ENTRY_PUBLIC, 4 * CHAINS, 0},
                                                      {AIR_ENTRY_PUBLIC, 4 * i + 2, 0},
                                                      {AIR_ENTRY_PUBLIC, 4 * i + 3, 0}},
                           3);
    }
    if (with_rom) {
        declare_rom(b);
    }
    out->system = air_build(b, arena, err);
    air_builder_free(b);
    if (out->system == NULL) {
        return err->status;
    }
    uint32_t heights[2] = {rows, AIR_PAGE_ROWS};
    enum gn_status status = air_witness_alloc(&out->witness, out->system, heights, arena, err);
    uint32_t *values = gn_arena_alloc(arena, (4 * CHAINS + 1) * sizeof *values);
    if (status != GN_OK || values == NULL) {
        return status != GN_OK ? status : gn_fail(err, GN_NO_MEMORY, "no memory for the workload");
    }
    fill_chains(out, rows, values);
    out->witness.statement.values = values;
    out->cells = (uint64_t)rows * 32;
    out->interactions = (uint64_t)rows * 2 * CHAINS;
    if (with_rom && fill_rom(out, arena) != GN_OK) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for the workload");
    }
    return GN_OK;
}
