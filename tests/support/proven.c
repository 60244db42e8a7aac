/* SPDX-License-Identifier: Apache-2.0 */
/* proven.c - see proven.h. */
#include "support/proven.h"

#include <stdlib.h>
#include <string.h>

#include "cm.h"

#define WITNESS_BYTES ((size_t)256 << 20)

void proven_preset(struct proven *p, uint32_t preset)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES] = "tests";
    if (gn_setup(p->record, p->system, preset, p->witness.pre, p->witness.pre_pages, owner, &p->options, &p->err) !=
        GN_OK) {
        fail_msg("setup: %s", p->err.text);
    }
    p->id = gn_key_id(p->record);
}

static void set_up(struct proven *p)
{
    p->options.threads = 2;
    p->options.isa = gn_isa_best();
    proven_preset(p, GN_PRESET_FAST_128);
    p->scratch_n = gn_verify_scratch(p->system);
    p->scratch = malloc(p->scratch_n);
    assert_non_null(p->scratch);
}

void proven_open_sizes(struct proven *p, const char *machine, const uint32_t *sizes)
{
    memset(p, 0, sizeof *p);
    p->machine = machine_find(machine);
    assert_non_null(p->machine);
    if (gn_arena_init(&p->arena, WITNESS_BYTES, &p->err) != GN_OK) {
        fail_msg("arena: %s", p->err.text);
    }
    p->system = machine_build(p->machine, &p->arena, &p->err);
    if (p->system == NULL || machine_fill(&p->witness, p->machine, p->system, 7, sizes, &p->arena, &p->err) != GN_OK) {
        fail_msg("machine %s: %s", machine, p->err.text);
    }
    set_up(p);
}

void proven_open(struct proven *p, const char *machine, uint32_t size)
{
    uint32_t sizes[MACHINE_MAX_PARTS];
    for (unsigned i = 0; i < MACHINE_MAX_PARTS; i++) {
        sizes[i] = size;
    }
    proven_open_sizes(p, machine, sizes);
}

void proven_close(struct proven *p)
{
    gn_buffer_free(&p->proof);
    gn_arena_free(&p->arena);
    free(p->scratch);
}

enum gn_status proven_prove(struct proven *p)
{
    gn_buffer_free(&p->proof);
    return gn_prove(&p->proof, p->record, &p->witness, &p->options, &p->err);
}

enum gn_verdict proven_verify_bytes(struct proven *p, const uint8_t *proof, size_t n)
{
    return gn_verify(p->system, &p->id, &p->witness.statement, proof, n, p->scratch, p->scratch_n);
}

enum gn_verdict proven_verify(struct proven *p)
{
    return proven_verify_bytes(p, p->proof.data, p->proof.size);
}

enum gn_verdict proven_run(struct proven *p)
{
    if (proven_prove(p) != GN_OK) {
        fail_msg("prove: %s", p->err.text);
    }
    return proven_verify(p);
}

uint32_t proven_table(const struct proven *p, const char *name)
{
    for (uint32_t t = 0; t < p->system->tables_n; t++) {
        if (strcmp(p->system->tables[t].name, name) == 0) {
            return t;
        }
    }
    fail_msg("no table %s", name);
    return 0;
}

uint32_t proven_column(const struct proven *p, uint32_t table, const char *name)
{
    const struct air_table *t = &p->system->tables[table];
    for (uint32_t c = 0; c < t->committed_n; c++) {
        if (strcmp(t->committed[c].name, name) == 0) {
            return c;
        }
    }
    fail_msg("table %s has no column %s", t->name, name);
    return 0;
}

uint32_t *proven_cell(struct proven *p, const char *table, const char *column, uint32_t row)
{
    uint32_t t = proven_table(p, table);
    assert_true(row < p->witness.tables[t].height);
    return &p->witness.tables[t].columns[proven_column(p, t, column)][row];
}
