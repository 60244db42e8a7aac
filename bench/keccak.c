/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.c - the Keccak-f machine alone: its rounds and their constants, as in the zkVM, and one table that calls it.
 *
 * A row of `calls` gives a state and takes Keccak-f[1600] of it back; what a program would add (fetch, state, words of memory) is about one
 * hundredth of the area. */
#include "bench.h"

#include <string.h>

#include "base/keccak.h"
#include "machines/bulk/record.h"

#define CALL_COLUMNS(X)             \
    X(ts, , 24, "time of the call") \
    X(v, [100], 16, "state before") \
    X(w, [100], 16, "state after")

struct call_vars {
    CALL_COLUMNS(AIR_EXPR)
};
struct call_cols {
    CALL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec call_columns[] = {CALL_COLUMNS(AIR_SPEC)};
enum { CALLS, ROUNDS, IOTA, TABLES };

static void declare_calls(struct mx_builder *m)
{
    struct call_vars r;
    struct air *t = air_table(m->b, "calls", AIR_MAX_HEIGHT, AIR_MANDATORY);
    air_committed(t, call_columns, MX_COUNT(call_columns), &r);
    for (unsigned y = 0; y < 5; y++) {
        expr in[23] = {r.ts, constant(t, 0), constant(t, y)},
             out[23] = {r.ts, constant(t, KECCAK_ROUNDS), constant(t, y)};
        memcpy(in + 3, r.v + 20 * y, 20 * sizeof *in);
        memcpy(out + 3, r.w + 20 * y, 20 * sizeof *out);
        air_interact(t, m->bus.keccak, NULL, 1, in, MX_COUNT(in), "push plane", __FILE__, __LINE__);
        air_interact(t, m->bus.keccak, NULL, -1, out, MX_COUNT(out), "pull plane", __FILE__, __LINE__);
    }
}

static const struct air_system *build(struct gn_arena *arena, struct gn_error *err)
{
    struct mx_builder m = {.b = air_builder_new("keccak-f")};
    if (m.b == NULL) {
        (void)gn_fail(err, GN_NO_MEMORY, "no memory for a machine");
        return NULL;
    }
    m.bus.keccak = air_bus(m.b, "keccak", 23);
    m.bus.keccak_iota = air_bus(m.b, "keccak_iota", 8);
    declare_calls(&m);
    mx_class_keccak_rounds.declare(&m);
    mx_store_keccak_iota.declare(&m);
    const struct air_system *s = air_build(m.b, arena, err);
    air_builder_free(m.b);
    return s;
}

enum gn_status bench_keccak(struct workload *out, uint32_t permutations, struct gn_arena *arena, struct gn_error *err)
{
    const uint32_t heights[TABLES] = {permutations, KECCAK_ROUNDS * permutations, KECCAK_ROUNDS};
    struct bulk_keccak_record *records = gn_arena_zalloc(arena, permutations * sizeof *records);
    uint32_t *iota = gn_arena_zalloc(arena, KECCAK_ROUNDS * sizeof *iota);
    out->system = build(arena, err);
    if (out->system == NULL || records == NULL || iota == NULL) {
        return out->system == NULL ? err->status : gn_fail(err, GN_NO_MEMORY, "no memory for a workload");
    }
    enum gn_status status = air_witness_alloc(&out->witness, out->system, heights, arena, err);
    if (status != GN_OK) {
        return status;
    }
    struct call_cols c;
    memcpy(&c, out->witness.tables[CALLS].columns, sizeof c);
    uint64_t seed = 1, state[KECCAK_LANES];
    for (uint32_t i = 0; i < permutations; i++) {
        c.ts[i] = records[i].r.ts = 4 + 4 * i;
        for (unsigned k = 0; k < KECCAK_LANES; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            state[k] = records[i].word[k].w.before = seed ^ seed >> 29;
            mx_put_limbs(c.v + (size_t)4 * k, i, state[k]);
        }
        gn_keccak_f1600(state);
        for (unsigned k = 0; k < KECCAK_LANES; k++) {
            mx_put_limbs(c.w + (size_t)4 * k, i, state[k]);
        }
    }
    struct mx_filler f = {.keccak_iota = iota, .records_n = permutations};
    mx_class_keccak_rounds.fill(&f, out->witness.tables[ROUNDS].columns, records, 0, permutations);
    memcpy(out->witness.tables[IOTA].columns[0], iota, KECCAK_ROUNDS * sizeof *iota);
    out->cells = out->interactions = 0;
    for (unsigned i = 0; i < TABLES; i++) {
        out->cells += (uint64_t)heights[i] * out->system->tables[i].committed_n;
        out->interactions += (uint64_t)heights[i] * out->system->tables[i].interactions_n;
    }
    return GN_OK;
}
