/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - see tables.h. */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES ((size_t)8 << 30) /* address space */

enum gn_status tables_open(struct tables *t, const struct solana_program *p, struct gn_error *err)
{
    memset(t, 0, sizeof *t);
    enum gn_status status = gn_arena_init(&t->arena, ARENA_BYTES, err);
    if (status != GN_OK) {
        return status;
    }
    for (unsigned i = 0; i < p->regions_n; i++) {
        const struct solana_region *g = &p->regions[i];
        t->regions[i] = (struct mx_region){g->base, g->size, (uint8_t)g->permissions, g->image, g->image_n};
    }
    status = mx_system_build(&t->system, &t->arena, err);
    if (status == GN_OK) {
        status = mx_program_create(&t->program, &p->core, MX_USER_SBPF, t->regions, p->regions_n, err);
    }
    return status == GN_OK ? mx_preprocess(&t->pre, &t->system, t->program, &t->arena, err) : status;
}

void tables_close(struct tables *t)
{
    mx_recorder_destroy(t->recorder);
    mx_program_destroy(t->program);
    gn_arena_free(&t->arena);
}

enum gn_status tables_start(struct tables *t, const uint8_t *input, size_t input_n, struct gn_error *err)
{
    mx_recorder_destroy(t->recorder);
    t->recorder = NULL;
    return mx_recorder_create(&t->recorder, t->program, input, input_n, err);
}

static uint64_t area_of(const struct tables *t, const struct air_witness *w, uint32_t table)
{
    const struct air_table *def = &t->system.air->tables[table];
    return (uint64_t)w->tables[table].height * (def->committed_n + 2 * def->interactions_n);
}

/* A class's area, of which the program's rows have their share. */
static void measure_class(struct tables *t, const struct air_witness *w, unsigned i)
{
    const struct mx_class_def *def = mx_classes[i];
    const uint64_t all = area_of(t, w, i); /* class tables come first, in this order */
    size_t n, of_program = 0;
    const uint8_t *records = mx_recorder_records(t->recorder, def->class, &n);
    for (size_t k = 0; mx_class_fetches(def) && k < n; k++) {
        struct mx_record record;
        memcpy(&record, records + k * def->record_bytes, sizeof record);
        uint32_t pc = t->program->rom[record.rom_row].pc;
        of_program += pc >= MX_PC_USER && pc < MX_PC_KERNEL;
    }
    of_program = def->class == MX_FRAME ? n : of_program;
    const uint64_t share = n == 0 ? 0 : all / n * of_program;
    t->area.program += share;
    t->area.kernel += all - share;
}

static void measure(struct tables *t, const struct air_witness *w)
{
    static const char *const grow[] = {"refresh", "input", "zero", "declared", "declared_chunks", "declared_edges"};
    t->area = (struct tables_area){0};
    for (unsigned i = 0; i < mx_classes_n; i++) {
        measure_class(t, w, i);
    }
    for (unsigned i = 0; i < mx_stores_n; i++) {
        bool grows = false;
        for (unsigned k = 0; k < sizeof grow / sizeof *grow; k++) {
            grows = grows || strcmp(mx_stores[i]->name, grow[k]) == 0;
        }
        *(grows ? &t->area.memory : &t->area.fixed) += area_of(t, w, t->system.table_of_store[i]);
    }
}

static enum gn_status prove(const struct tables *t, const struct air_witness *w, struct gn_error *err)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES] = "tests";
    struct gn_prove_options options = {.threads = 2, .isa = gn_isa_best()};
    struct gn_buffer proof = {0};
    uint8_t record[GN_KEY_BYTES];
    size_t scratch_n = gn_verify_scratch(t->system.air);
    void *scratch = malloc(scratch_n);
    enum gn_status status = scratch == NULL ? gn_fail(err, GN_NO_MEMORY, "no memory")
                                            : gn_setup(record, t->system.air, GN_PRESET_FAST_128, t->pre.columns,
                                                       t->pre.pages, owner, &options, err);
    if (status == GN_OK) {
        status = gn_prove(&proof, record, w, &options, err);
    }
    if (status == GN_OK) {
        digest id = gn_key_id(record);
        enum gn_verdict v = gn_verify(t->system.air, &id, &w->statement, proof.data, proof.size, scratch, scratch_n);
        status = v == GN_ACCEPT ? GN_OK : gn_fail(err, GN_INTERNAL, "the proof is rejected: %s", gn_verdict_name(v));
    }
    gn_buffer_free(&proof);
    free(scratch);
    return status;
}

enum gn_status tables_check(struct tables *t, const struct vm *vm, const struct gn_buffer *statement,
                            struct gn_error *err)
{
    static struct air_failure failures[8];
    struct air_witness w;
    gn_arena_mark mark = gn_arena_get_mark(&t->arena);
    enum gn_status status = mx_recorder_halt(t->recorder, vm->row, err);
    if (status == GN_OK) {
        status = mx_witness_build(&w, &t->system, &t->pre, t->recorder, NULL, &t->arena, err);
    }
    if (status == GN_OK) {
        const struct air_public_bytes *said = w.statement.bytes;
        measure(t, &w);
        size_t n = air_check(&w, failures, 8, &t->arena);
        if (n > 0) {
            const struct air_failure *f = &failures[0];
            status = gn_fail(err, GN_INTERNAL, "%zu failures; table %s, row %u: %s (%s:%u) %s", n,
                             t->system.air->tables[f->table].name, f->row, f->text, f->file != NULL ? f->file : "",
                             f->line, f->detail);
        } else if (said->size != statement->size || memcmp(said->data, statement->data, said->size) != 0) {
            status = gn_fail(err, GN_INTERNAL, "the tables' statement is not the executor's");
        } else if (t->prove) {
            status = prove(t, &w, err);
        }
    }
    gn_arena_release(&t->arena, mark);
    return status;
}
