/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - see run.h. */
#include "machines_rv/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "machines/rom.h"
#include "support/mutated.h"

#define ARENA_BYTES ((size_t)1 << 30) /* address space */
#define STEP_LIMIT  100000000u

static void fail_on(enum gn_status status, const char *what, const struct rv_run *r)
{
    if (status != GN_OK) {
        fail_msg("%s: %s", what, r->err.text);
    }
}

static const struct vm_insn default_kernel[] = {
    {.op = VM_OUT, .ra = VM_REG_ZERO, .rb = 10},
    {.op = VM_HALT},
    {.op = VM_MOVI, .rd = RV_K(5), .imm = MX_TEXT},
    {.op = VM_RESUME, .rd = RV_K(6), .ra = RV_K(5)},
};

/* rows of one text behind those that core has, so many halfwords each */
static void put_rows(struct vm_program *core, uint32_t first, const struct vm_insn *rows, uint32_t n, uint64_t text,
                     uint32_t halfwords, uint32_t *row_of_halfword)
{
    for (uint32_t i = 0; i < halfwords * n; i++) {
        row_of_halfword[i] = i % halfwords == 0 ? first + i / halfwords : VM_NO_ROW;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct vm_insn *row = &core->rows[first + i];
        *row = rows[i];
        row->next = first + (i + 1 < n ? i + 1 : i);
        row->target = rows[i].target == VM_NO_ROW ? VM_NO_ROW : first + rows[i].target;
        core->pc_of_row[first + i] = text + 2 * halfwords * (uint64_t)i;
        core->first_of_insn[first + i] = first == 0;
    }
}

static void make_core(struct vm_program *core, const struct rv_source *s)
{
    uint32_t user_n = s->rows_n, n = user_n + s->kernel_n, halfwords = s->sbpf ? 1 : 2;
    *core = (struct vm_program){.rows_n = n,
                                .text_base = MX_TEXT,
                                .text_size = 2 * halfwords * (uint64_t)user_n,
                                .entry_row = user_n + s->kernel_entry,
                                .kernel_rows_n = s->kernel_n,
                                .kernel_text_size = 4 * (uint64_t)s->kernel_n,
                                .vector_row = user_n};
    core->rows = calloc(n, sizeof *core->rows);
    core->pc_of_row = calloc(n, sizeof *core->pc_of_row);
    core->first_of_insn = calloc(n, 1);
    core->row_of_halfword = calloc(2 * (size_t)user_n, sizeof *core->row_of_halfword);
    core->kernel_row_of_halfword = calloc(2 * (size_t)s->kernel_n, sizeof *core->row_of_halfword);
    assert_true(core->rows != NULL && core->pc_of_row != NULL && core->first_of_insn != NULL &&
                core->row_of_halfword != NULL && core->kernel_row_of_halfword != NULL);
    put_rows(core, 0, s->rows, user_n, MX_TEXT, halfwords, core->row_of_halfword);
    put_rows(core, user_n, s->kernel, s->kernel_n, VM_KERNEL_TEXT, 2, core->kernel_row_of_halfword);
}

static void observe(void *ctx, const struct vm *vm, const struct vm_event *event)
{
    struct rv_run *r = ctx;
    if (event->row != VM_NO_ROW && !event->trap) {
        r->executed[event->row] = true;
    }
    mx_recorder_observe(r->recorder, vm, event);
}

static void execute(struct rv_run *r, const struct rv_source *s)
{
    fail_on(gn_vm_memory_create(&r->vm.memory, &r->err), "memory", r);
    for (uint32_t i = 0; i < s->regions_n; i++) {
        const struct mx_region *g = &s->regions[i];
        fail_on(gn_vm_memory_map(r->vm.memory, g->base, g->size, g->permissions, g->image, g->image_n, &r->err),
                "memory", r);
    }
    if (s->input != NULL) {
        uint32_t words = mx_input_words(s->input_n);
        uint64_t *image = calloc(words, sizeof *image);
        assert_non_null(image);
        for (uint32_t i = 0; i < words; i++) {
            image[i] = mx_input_word(s->input, s->input_n, i);
        }
        fail_on(gn_vm_memory_map(r->vm.memory, UINT64_C(0x40000000), 8 * (uint64_t)words, VM_READ | VM_FIXED, image,
                                 8 * (size_t)words, &r->err),
                "input", r);
        free(image);
    }
    r->executed = calloc(r->core.rows_n, sizeof *r->executed);
    assert_non_null(r->executed);
    r->vm.program = &r->core;
    r->vm.row = r->core.entry_row;
    enum vm_stop stop = gn_vm_run(&r->vm, STEP_LIMIT, observe, r);
    if (stop != VM_STOP_HALT || (r->vm.fault != VM_FAULT_NONE && !s->traps)) {
        fail_msg("the program stops with %d (%s) at row %u", stop, gn_vm_fault_name(r->vm.fault), r->vm.row);
    }
    r->executed[r->vm.row] = true; /* HALT */
}

void rv_open_source(struct rv_run *r, const struct rv_source *source)
{
    struct rv_source s = *source;
    if (s.kernel == NULL) {
        s.kernel = default_kernel;
        s.kernel_n = sizeof default_kernel / sizeof *default_kernel;
        s.kernel_entry = 2;
    }
    memset(r, 0, sizeof *r);
    fail_on(gn_arena_init(&r->arena, ARENA_BYTES, &r->err), "arena", r);
    fail_on(mx_system_build(&r->system, &r->arena, &r->err), "machine", r);
    make_core(&r->core, &s);
    fail_on(gn_vm_program_check(&r->core, &r->err), "program", r);
    fail_on(mx_program_create(&r->program, &r->core, s.sbpf ? MX_USER_SBPF : MX_USER_RISCV, s.regions, s.regions_n,
                              &r->err),
            "Rom", r);
    fail_on(mx_preprocess(&r->pre, &r->system, r->program, &r->arena, &r->err), "preprocessed columns", r);
    fail_on(mx_recorder_create(&r->recorder, r->program, s.input, s.input_n, &r->err), "recorder", r);
    execute(r, &s);
    fail_on(mx_recorder_halt(r->recorder, r->vm.row, &r->err), "recorder", r);
    struct gn_pool *pool;
    fail_on(gn_pool_create(&pool, 2, &r->err), "threads", r);
    fail_on(mx_witness_build(&r->witness, &r->system, &r->pre, r->recorder, pool, &r->arena, &r->err), "witness", r);
    gn_pool_destroy(pool);
}

void rv_open(struct rv_run *r, const struct vm_insn *rows, uint32_t rows_n)
{
    rv_open_source(r, &(struct rv_source){.rows = rows, .rows_n = rows_n});
}

uint64_t rv_word(const struct rv_run *r, uint32_t i)
{
    const struct air_public_bytes *b = r->witness.statement.bytes;
    assert_true(8 * (size_t)i + 8 <= b->size);
    uint64_t word = 0;
    for (unsigned k = 0; k < 8; k++) {
        word |= (uint64_t)b->data[8 * i + k] << (8 * k);
    }
    return word;
}

void rv_state(struct rv_run *r, uint64_t word)
{
    for (unsigned k = 0; k < 8; k++) {
        r->word[k] = (uint8_t)(word >> (8 * k));
    }
    r->bytes = (struct air_public_bytes){r->word, 8};
    r->witness.statement.bytes = &r->bytes;
}

void rv_close(struct rv_run *r)
{
    mx_recorder_destroy(r->recorder);
    mx_program_destroy(r->program);
    gn_vm_memory_destroy(r->vm.memory);
    free(r->executed);
    free(r->core.rows);
    free(r->core.pc_of_row);
    free(r->core.first_of_insn);
    free(r->core.row_of_halfword);
    free(r->core.kernel_row_of_halfword);
    gn_buffer_free(&r->proof);
    gn_arena_free(&r->arena);
}

size_t rv_failures(struct rv_run *r, bool loud)
{
    static struct air_failure failures[1024];
    gn_arena_mark mark = gn_arena_get_mark(&r->arena);
    size_t n = air_check(&r->witness, failures, 1024, &r->arena), bad = 0;
    gn_arena_release(&r->arena, mark);
    for (size_t i = 0; i < n && i < 1024; i++) {
        const struct air_failure *f = &failures[i];
        if (f->kind == AIR_FAIL_BITS && !loud) { /* a cell wider than declared is no failure of the proof system */
            continue;
        }
        if (loud && bad < 8) {
            print_message("%s, row %u: %s (%s:%u) %s\n", r->system.air->tables[f->table].name, f->row, f->text,
                          f->file != NULL ? f->file : "", f->line, f->detail);
        }
        bad++;
    }
    return n > 1024 ? n : bad;
}

enum gn_verdict rv_prove(struct rv_run *r)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES] = "tests";
    struct gn_prove_options options = {.threads = 2, .isa = gn_isa_best()};
    if (!r->set_up) {
        fail_on(gn_setup(r->record, r->system.air, GN_PRESET_FAST_128, r->pre.columns, r->pre.pages, owner, &options,
                         &r->err),
                "setup", r);
        r->set_up = true;
    }
    gn_buffer_free(&r->proof);
    fail_on(gn_prove(&r->proof, r->record, &r->witness, &options, &r->err), "prove", r);
    digest id = gn_key_id(r->record);
    size_t scratch_n = gn_verify_scratch(r->system.air);
    void *scratch = malloc(scratch_n);
    assert_non_null(scratch);
    enum gn_verdict v =
        gn_verify(r->system.air, &id, &r->witness.statement, r->proof.data, r->proof.size, scratch, scratch_n);
    free(scratch);
    return v;
}

uint32_t rv_table(const struct rv_run *r, const char *table)
{
    for (uint32_t t = 0; t < r->system.air->tables_n; t++) {
        if (strcmp(r->system.air->tables[t].name, table) == 0) {
            return t;
        }
    }
    fail_msg("no table %s", table);
    return 0;
}

uint32_t rv_height(const struct rv_run *r, const char *table)
{
    return r->witness.tables[rv_table(r, table)].height;
}

uint32_t *rv_cell(struct rv_run *r, const char *table, const char *column, uint32_t row)
{
    uint32_t t = rv_table(r, table);
    const struct air_table *def = &r->system.air->tables[t];
    assert_true(row < r->witness.tables[t].height);
    for (uint32_t c = 0; c < def->committed_n; c++) {
        if (strcmp(def->committed[c].name, column) == 0) {
            return &r->witness.tables[t].columns[c][row];
        }
    }
    fail_msg("table %s has no column %s", table, column);
    return NULL;
}

/* ---- mutation ---- */
static uint64_t random_state = 1;
static uint32_t draw(uint32_t below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % below);
}

/* "table.column" is listed as free */
static bool listed_free(const char *table, const char *column)
{
    char line[256], name[128];
    FILE *f = fopen(GN_SOURCE_DIR "/tests/machines_rv/free_cells.txt", "r");
    assert_non_null(f);
    snprintf(name, sizeof name, "%s.%s ", table, column);
    bool found = false;
    while (fgets(line, sizeof line, f) != NULL) {
        found = found || strncmp(line, name, strlen(name)) == 0;
    }
    fclose(f);
    return found;
}

static unsigned unnoticed_changes(struct rv_run *r, uint32_t *cell)
{
    uint32_t honest = *cell;
    const uint32_t lies[] = {fp_add_raw(honest, 1), fp_sub_raw(honest, 1), honest != 0 ? 0 : FP_P - 2, draw(FP_P),
                             fp_add_raw(honest, 1 << 16)};
    unsigned unnoticed = 0;
    for (size_t l = 0; l < sizeof lies / sizeof *lies; l++) {
        *cell = lies[l];
        unnoticed += lies[l] != honest && rv_failures(r, false) == 0;
    }
    *cell = honest;
    return unnoticed;
}

void rv_note_mutated(const struct rv_run *r, const char *table)
{
    mutated_note("table", table);
    for (unsigned i = 0; i < mx_classes_n; i++) {
        const struct mx_class_def *class = mx_classes[i];
        for (uint32_t row = 0; class->takes != NULL && strcmp(class->name, table) == 0 && row < r->core.rows_n; row++) {
            if (r->executed[row] && class->takes(&r->core.rows[row])) {
                mutated_note("op", gn_vm_op_name(r->core.rows[row].op));
            }
        }
    }
}

void rv_mutate(struct rv_run *r, const char *table)
{
    uint32_t t = rv_table(r, table);
    const struct air_table *def = &r->system.air->tables[t];
    struct air_table_witness *w = &r->witness.tables[t];
    assert_true(w->height > 0);
    unsigned surprises = 0;
    for (uint32_t c = 0; c < def->committed_n; c++) {
        unsigned unnoticed = 0;
        for (uint32_t row = 0; row < w->height && row < 64; row++) {
            unnoticed += unnoticed_changes(r, &w->columns[c][row]);
        }
        if ((unnoticed > 0) != listed_free(table, def->committed[c].name)) {
            print_message("%s.%s: %u changes went unnoticed, free_cells.txt %s it\n", table, def->committed[c].name,
                          unnoticed, unnoticed > 0 ? "does not list" : "lists");
            surprises++;
        }
    }
    assert_int_equal(surprises, 0);
    rv_note_mutated(r, table);
}

void rv_mutate_sample(struct rv_run *r, const char *table)
{
    uint32_t t = rv_table(r, table), height = rv_height(r, table), used = 0;
    const struct air_table *def = &r->system.air->tables[t];
    uint32_t *const *columns = r->witness.tables[t].columns;
    for (uint32_t row = 0; row < height; row++) {
        uint32_t *multiplicity = &columns[def->committed_n - 1][row];
        bool is_used = *multiplicity != 0 && used < 3;
        used += is_used;
        if (!is_used && row != 1 && row != height - 1 && row != height / 2) {
            continue;
        }
        for (uint32_t c = 0; c < def->committed_n; c++) {
            uint32_t *at = &columns[c][row], honest = *at;
            const uint32_t lies[] = {honest == FP_P - 1 ? 0 : honest + 1, honest == 0 ? FP_P - 1 : honest - 1};
            for (unsigned l = 0; l < 2; l++) {
                *at = lies[l];
                if (rv_failures(r, false) == 0) {
                    fail_msg("%s.%s is free in row %u", table, def->committed[c].name, row);
                }
                *at = honest;
            }
        }
    }
    assert_true(used > 0);
    rv_note_mutated(r, table);
}
