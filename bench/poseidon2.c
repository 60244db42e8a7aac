/* SPDX-License-Identifier: Apache-2.0 */
/* poseidon2.c - the Poseidon2 machine alone: its table as in the zkVM, the fixed tables that bound its limbs, and one table that is the rest of the machine.
 *
 * A row of `calls` pushes and pulls the tokens of a permutation's row: its step, fetch and register, and its twelve words, whose last accesses were a moment
 * before.  97 cells and 29 interactions, beside the machine's 366 and 138. */
#include "bench.h"

#include <string.h>

#include "base/poseidon2.h"
#include "machines/bulk/record.h"
#include "machines/memory/memory.h"

enum { WORDS = BULK_POSEIDON2_WORDS, REGISTER = VM_REG_KERNEL + 10, Q = 0x100, PC = MX_PC_KERNEL };
#define ADDRESS (MX_KERNEL_BASE + 8 * Q)

#define CALL_COLUMNS(X)                   \
    X(ts, , 24, "time of the call")       \
    X(v, [4 * WORDS], 16, "words before") \
    X(w, [4 * WORDS], 16, "words after")

struct call_vars {
    CALL_COLUMNS(AIR_EXPR)
};
struct call_cols {
    CALL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec call_columns[] = {CALL_COLUMNS(AIR_SPEC)};
enum { CALLS, PERMUTATIONS, RANGE16, RANGE8, ACCESS, TABLES };

static void declare_calls(struct mx_builder *m)
{
    struct call_vars r;
    struct air *t = air_table(m->b, "calls", AIR_MAX_HEIGHT, AIR_MANDATORY);
    air_committed(t, call_columns, MX_COUNT(call_columns), &r);
    expr zero = constant(t, 0), pc = constant(t, PC), two = constant(t, 2), reg = constant(t, REGISTER);
    expr q8 = constant(t, 8 * Q), c2 = constant(t, MX_KERNEL_C2);
    bus_push(t, m->bus.state, NULL, pc, r.ts);
    bus_pull(t, m->bus.state, NULL, addk(pc, 2), addk(r.ts, MX_SLOTS));
    bus_pull(t, m->bus.fetch, NULL, pc, constant(t, MX_POSEIDON2), two, zero, zero, reg, zero, zero, zero, zero, zero,
             zero, zero);
    bus_push(t, m->bus.reg, NULL, reg, addk(r.ts, MX_SLOT_A - 1), q8, zero, c2, zero);
    bus_pull(t, m->bus.reg, NULL, reg, addk(r.ts, MX_SLOT_A), q8, zero, c2, zero);
    for (unsigned i = 0; i < WORDS; i++) {
        const expr *v = r.v + (size_t)4 * i, *w = r.w + (size_t)4 * i;
        expr q = constant(t, Q + i), perm = constant(t, MEM_KERNEL);
        bus_push(t, m->bus.mem, NULL, q, zero, c2, addk(r.ts, MX_SLOT_MEMORY - 1), v[0], v[1], v[2], v[3], perm);
        bus_pull(t, m->bus.mem, NULL, q, zero, c2, addk(r.ts, MX_SLOT_MEMORY), w[0], w[1], w[2], w[3], perm);
    }
}

static const struct air_system *build(struct gn_arena *arena, struct gn_error *err)
{
    struct mx_builder m = {.b = air_builder_new("poseidon2")};
    if (m.b == NULL) {
        (void)gn_fail(err, GN_NO_MEMORY, "no memory for a machine");
        return NULL;
    }
    m.bus.state = air_bus(m.b, "state", 2);
    m.bus.fetch = air_bus(m.b, "fetch", 13);
    m.bus.reg = air_bus(m.b, "reg", 6);
    m.bus.mem = air_bus(m.b, "mem", 9);
    m.bus.range16 = air_bus(m.b, "range16", 1);
    m.bus.range8 = air_bus(m.b, "range8", 1);
    m.bus.access = air_bus(m.b, "access", 4);
    m.time_bound = air_bound(m.b, "time", 127 * MX_TS_START);
    declare_calls(&m);
    mx_class_poseidon2.declare(&m);
    mx_store_range16.declare(&m);
    mx_store_range8.declare(&m);
    mx_store_access.declare(&m);
    const struct air_system *s = air_build(m.b, arena, err);
    air_builder_free(m.b);
    return s;
}

/* A record of the permutation of some words, and the row that calls it. */
static void make_call(struct bulk_poseidon2_record *rec, const struct call_cols *c, uint32_t row, uint64_t *seed)
{
    uint32_t state[POSEIDON2_WIDTH];
    rec->r = (struct mx_record){.ts = 4 + 4 * row, .a = ADDRESS};
    c->ts[row] = rec->r.ts;
    for (unsigned i = 0; i < WORDS; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        rec->word[i] = (struct bulk_access){.w.before = *seed ^ *seed >> 29, .perm = MEM_KERNEL};
        state[2 * i] = (uint32_t)rec->word[i].w.before;
        state[2 * i + 1] = (uint32_t)(rec->word[i].w.before >> 32);
    }
    gn_poseidon2(state);
    for (unsigned i = 0; i < WORDS; i++) {
        rec->word[i].w.after = state[2 * i] | (uint64_t)state[2 * i + 1] << 32;
        mx_put_limbs(c->v + (size_t)4 * i, row, rec->word[i].w.before);
        mx_put_limbs(c->w + (size_t)4 * i, row, rec->word[i].w.after);
    }
}

enum gn_status bench_poseidon2(struct workload *out, uint32_t permutations, struct gn_arena *arena,
                               struct gn_error *err)
{
    struct mx_rom_row rom = {.pc = PC, .class = MX_POSEIDON2, .inc = 2, .ra = REGISTER};
    const struct mx_program program = {.rom = &rom, .rom_n = 1};
    const struct mx_run run = {.program = &program, .arena = arena};
    struct bulk_poseidon2_record *records = gn_arena_zalloc(arena, permutations * sizeof *records);
    uint32_t *counts = gn_arena_zalloc(arena, (65536 + 256 + MX_ACCESS_COUNTS + 1) * sizeof *counts);
    out->system = build(arena, err);
    if (out->system == NULL || records == NULL || counts == NULL) {
        return out->system == NULL ? err->status : gn_fail(err, GN_NO_MEMORY, "no memory for a workload");
    }
    const uint32_t heights[TABLES] = {permutations, permutations, 65536, 256, mx_store_access.height(&run)};
    enum gn_status status = air_witness_alloc(&out->witness, out->system, heights, arena, err);
    if (status != GN_OK) {
        return status;
    }
    struct air_table_witness *tables = out->witness.tables;
    struct call_cols c;
    uint64_t seed = 1;
    memcpy(&c, tables[CALLS].columns, sizeof c);
    for (uint32_t i = 0; i < permutations; i++) {
        make_call(&records[i], &c, i, &seed);
    }
    struct mx_filler f = {.program = &program,
                          .range16 = counts,
                          .range8 = counts + 65536,
                          .access = counts + 65536 + 256,
                          .rom = counts + 65536 + 256 + MX_ACCESS_COUNTS,
                          .records_n = permutations};
    mx_class_poseidon2.fill(&f, tables[PERMUTATIONS].columns, records, 0, permutations);
    memcpy(tables[RANGE16].columns[0], f.range16, 65536 * sizeof *counts);
    memcpy(tables[RANGE8].columns[0], f.range8, 256 * sizeof *counts);
    tables[ACCESS].height = mx_store_access.fill(&f, tables[ACCESS].columns, &run, NULL, heights[ACCESS]);
    out->cells = out->interactions = 0;
    for (unsigned i = 0; i < TABLES; i++) {
        out->cells += (uint64_t)tables[i].height * out->system->tables[i].committed_n;
        out->interactions += (uint64_t)tables[i].height * out->system->tables[i].interactions_n;
    }
    return GN_OK;
}
