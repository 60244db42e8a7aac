/* SPDX-License-Identifier: Apache-2.0 */
/* world.c - see world.h. */
#include "machines_bulk/world.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "air/expr.h"
#include "base/keccak.h"
#include "base/poseidon2.h"
#include "base/sha256.h"
#include "cm.h"
#include "machines/memory/memory.h"
#include "support/mutated.h"

#define ARENA_BYTES ((size_t)1 << 30)
#define KERNEL_PC   (MX_PC_KERNEL + 1000)
enum { REG_A = 30, REG_B = 31, REG_D = 29 };

static const struct mx_class_def *const classes[] = {
    &mx_class_keccak, &mx_class_keccak_rounds, &mx_class_sha256,       &mx_class_sha256_rounds,
    &mx_class_copy,   &mx_class_copy_word,     &mx_class_copy_shifted, &mx_class_copy_edge,
    &mx_class_fill,   &mx_class_fill_word,     &mx_class_fill_edge,    &mx_class_poseidon2};
static const struct mx_store_def *const stores[] = {
    &mx_store_keccak_iota,  &mx_store_sha256_row, &mx_store_access,         &mx_store_access_bytes, &mx_store_bytes,
    &mx_store_bytes_sparse, &mx_store_range16,    &mx_store_range16_sparse, &mx_store_range12,      &mx_store_range8};
enum { CLASSES = MX_COUNT(classes), STORES = MX_COUNT(stores) };

enum world_bus { STATE, FETCH, REG, MEM };
static const struct {
    const char *name;
    uint32_t entries;
    size_t offset;
} buses[] = {
#define BUS(name, entries) {#name, entries, offsetof(struct mx_buses, name)}
    BUS(state, 2),   BUS(fetch, 13),      BUS(reg, 6),   BUS(mem, 9),     BUS(range16, 1),
    BUS(range8, 1),  BUS(range12, 1),     BUS(bytes, 2), BUS(and8, 3),    BUS(and4, 3),
    BUS(shift, 4),   BUS(access, 4),      BUS(halt, 1),  BUS(keccak, 23), BUS(keccak_iota, 8),
    BUS(sha256, 18), BUS(sha256_row, 12), BUS(copy, 17), BUS(fill, 6)};

#define WORLD_COLUMNS(X)   \
    X(push, , 1, "pushed") \
    X(pull, , 1, "pulled") \
    X(x, [WORLD_ENTRIES], 31, "entries")
struct world_vars {
    WORLD_COLUMNS(AIR_EXPR)
};
struct world_cols {
    WORLD_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec world_columns[] = {WORLD_COLUMNS(AIR_SPEC)};

static void *append(struct world_list *l)
{
    if (l->n == l->capacity) {
        l->capacity = l->capacity == 0 ? 64 : 2 * l->capacity;
        l->at = realloc(l->at, l->capacity * l->item);
        assert_non_null(l->at);
    }
    return memset(l->at + l->item * l->n++, 0, l->item);
}

uint64_t world_draw(struct world *w)
{
    w->random = w->random * 6364136223846793005u + 1442695040888963407u;
    uint64_t x = w->random;
    return x ^ x >> 31;
}

/* ---- the machine ---- */
static void declare_world(struct mx_builder *m, unsigned i)
{
    static char names[WORLD_BUSES][16];
    struct world_vars r;
    uint32_t bus;
    memcpy(&bus, (const char *)&m->bus + buses[i].offset, sizeof bus);
    snprintf(names[i], sizeof names[i], "world_%s", buses[i].name);
    struct air *t = air_table(m->b, names[i], AIR_MAX_HEIGHT, 0);
    air_committed(t, world_columns, MX_COUNT(world_columns), &r);
    assert_bool(r.push);
    assert_bool(r.pull);
    air_interact(t, bus, r.push, 1, r.x, buses[i].entries, "world pushes", __FILE__, __LINE__);
    air_interact(t, bus, r.pull, -1, r.x, buses[i].entries, "world pulls", __FILE__, __LINE__);
}

static void build(struct world *w)
{
    struct gn_error err;
    struct mx_builder m = {.b = air_builder_new("bulk")};
    assert_non_null(m.b);
    for (size_t i = 0; i < MX_COUNT(buses); i++) {
        uint32_t id = air_bus(m.b, buses[i].name, buses[i].entries);
        memcpy((char *)&m.bus + buses[i].offset, &id, sizeof id);
    }
    m.time_bound = air_bound(m.b, "time", 127 * MX_TS_START);
    m.bulk_bound = air_bound(m.b, "bulk", 1u << 24);
    for (unsigned i = 0; i < CLASSES; i++) {
        classes[i]->declare(&m);
    }
    for (unsigned i = 0; i < STORES; i++) {
        stores[i]->declare(&m);
    }
    for (unsigned i = 0; i < WORLD_BUSES; i++) {
        declare_world(&m, i);
    }
    w->air = air_build(m.b, &w->arena, &err);
    air_builder_free(m.b);
    if (w->air == NULL) {
        fail_msg("%s", err.text);
    }
}

void world_open(struct world *w, unsigned words)
{
    struct gn_error err;
    assert_true(words <= WORLD_WORDS);
    memset(w, 0, sizeof *w);
    assert_int_equal(gn_arena_init(&w->arena, ARENA_BYTES, &err), GN_OK);
    build(w);
    w->base = (UINT64_C(1) << 36) + (1 << 16) - 256;
    w->words = words;
    w->ts = 1000;
    w->random = 7;
    for (unsigned i = 0; i < words; i++) {
        w->first[i] = w->value[i] = world_draw(w) << 40 ^ world_draw(w);
        w->perm[i] = MEM_KERNEL;
    }
    memcpy(w->model, w->value, 8 * (size_t)words);
    for (unsigned i = 0; i < CLASSES; i++) {
        w->records[classes[i]->class].item = classes[i]->record_bytes;
    }
    for (unsigned i = 0; i < WORLD_BUSES; i++) {
        w->messages[i].item = sizeof(struct world_message);
    }
    w->program.rom = w->rom;
}

void world_close(struct world *w)
{
    for (unsigned i = 0; i < MX_CLASSES; i++) {
        free(w->records[i].at);
    }
    for (unsigned i = 0; i < WORLD_BUSES; i++) {
        free(w->messages[i].at);
    }
    gn_arena_free(&w->arena);
}

/* ---- operations ---- */
static void say(struct world *w, enum world_bus bus, bool push, const uint32_t *x, unsigned n)
{
    struct world_message *message = append(&w->messages[bus]);
    message->push = push;
    memcpy(message->x, x, n * sizeof *x);
}

static uint16_t say_register(struct world *w, uint32_t reg, uint32_t slot, uint64_t v)
{
    uint32_t gap = (uint32_t)(world_draw(w) % 900), now = w->ts + slot;
    say(w, REG, true,
        (const uint32_t[]){reg, now - 1 - gap, mx_limb(v, 0), mx_limb(v, 1), mx_limb(v, 2), mx_limb(v, 3)}, 6);
    say(w, REG, false, (const uint32_t[]){reg, now, mx_limb(v, 0), mx_limb(v, 1), mx_limb(v, 2), mx_limb(v, 3)}, 6);
    return (uint16_t)gap;
}

static struct mx_record head(struct world *w, enum mx_class class, uint64_t a, uint64_t b, uint64_t d)
{
    const struct mx_class_def *def = NULL;
    for (unsigned i = 0; i < CLASSES; i++) {
        def = classes[i]->class == class ? classes[i] : def;
    }
    uint32_t n = w->program.rom_n++;
    assert_true(def != NULL && n < WORLD_OPS);
    w->ts += MX_SLOTS * (1 + (uint32_t)(world_draw(w) % 9));
    struct mx_rom_row *rom = &w->rom[n];
    *rom = (struct mx_rom_row){.pc = KERNEL_PC + 2 * n, .class = class, .inc = 2};
    struct mx_record r = {.rom_row = n, .ts = w->ts, .a = a, .b = b, .old = d};
    if (def->uses & MX_USES_RA) {
        rom->ra = REG_A;
        r.gap[MX_SLOT_A] = say_register(w, REG_A, MX_SLOT_A, a);
    }
    if (def->uses & MX_USES_RB) {
        rom->rb = REG_B;
        r.gap[MX_SLOT_B] = say_register(w, REG_B, MX_SLOT_B, b);
    }
    if (def->uses & MX_USES_RD) {
        rom->rd = REG_D;
        r.gap[MX_SLOT_D] = say_register(w, REG_D, MX_SLOT_D, d);
    }
    say(w, STATE, true, (const uint32_t[]){rom->pc, w->ts}, 2);
    say(w, STATE, false, (const uint32_t[]){rom->pc + 2, w->ts + MX_SLOTS}, 2);
    say(w, FETCH, false, (const uint32_t[]){rom->pc, class, rom->inc, 0, rom->rd, rom->ra, rom->rb, 0, 0, 0, 0, 0, 0},
        13);
    return r;
}

static bool host_touch(void *ctx, uint64_t address, uint32_t ts, struct bulk_access *out)
{
    struct world *w = ctx;
    uint64_t i = (address - w->base) / 8;
    if (address % 8 != 0 || i >= w->words) {
        fail_msg("access to 0x%llx", (unsigned long long)address);
    }
    *out = (struct bulk_access){
        .w = {.word = mx_word_of(address), .gap = ts - 1 - w->last[i], .before = w->value[i], .after = w->value[i]},
        .perm = w->perm[i]};
    assert_true(ts > w->last[i]);
    w->last[i] = ts;
    return true;
}

static void host_store(void *ctx, uint64_t address, uint64_t value)
{
    struct world *w = ctx;
    w->value[(address - w->base) / 8] = value;
}

static void *host_append(void *ctx, enum mx_class class)
{
    struct world *w = ctx;
    return append(&w->records[class]);
}

static void *host_list(void *ctx, enum mx_class class, size_t *n)
{
    struct world *w = ctx;
    *n = w->records[class].n;
    return w->records[class].at;
}

static struct bulk_host host_of(struct world *w)
{
    return (struct bulk_host){w, host_touch, host_store, host_append, host_list};
}

void world_keccak(struct world *w, uint64_t address)
{
    struct bulk_host host = host_of(w);
    struct bulk_keccak_record *rec = append(&w->records[MX_KECCAK]);
    rec->r = head(w, MX_KECCAK, address, 0, 0);
    assert_true(bulk_record_keccak(rec, &host));
    uint64_t state[25];
    memcpy(state, w->model + (address - w->base), sizeof state);
    gn_keccak_f1600(state);
    memcpy(w->model + (address - w->base), state, sizeof state);
}

void world_poseidon2(struct world *w, uint64_t address)
{
    struct bulk_host host = host_of(w);
    struct bulk_poseidon2_record *rec = append(&w->records[MX_POSEIDON2]);
    rec->r = head(w, MX_POSEIDON2, address, 0, 0);
    assert_true(bulk_record_poseidon2(rec, &host));
    uint32_t state[POSEIDON2_WIDTH];
    memcpy(state, w->model + (address - w->base), sizeof state);
    gn_poseidon2(state);
    memcpy(w->model + (address - w->base), state, sizeof state);
}

void world_set(struct world *w, uint64_t address, uint64_t value)
{
    uint64_t i = (address - w->base) / 8;
    assert_true(i < w->words && w->last[i] == 0);
    w->first[i] = w->value[i] = value;
    memcpy(w->model + 8 * i, &value, 8);
}

void world_sha256(struct world *w, uint64_t state, uint64_t block)
{
    struct bulk_host host = host_of(w);
    struct bulk_sha256_record *rec = append(&w->records[MX_SHA256]);
    rec->r = head(w, MX_SHA256, state, block, 0);
    assert_true(bulk_record_sha256(rec, &host));
    uint32_t s[8];
    uint8_t b[64];
    memcpy(b, w->model + (block - w->base), sizeof b);
    memcpy(s, w->model + (state - w->base), sizeof s);
    gn_sha256_compress(s, b);
    memcpy(w->model + (state - w->base), s, sizeof s);
}

void world_copy(struct world *w, uint64_t source, uint64_t n, uint64_t target)
{
    struct bulk_host host = host_of(w);
    struct bulk_head_record *rec = append(&w->records[MX_COPY]);
    rec->r = head(w, MX_COPY, source, n, target);
    assert_true(bulk_record_copy(rec, &host));
    if (n > 0) {
        memmove(w->model + (target - w->base), w->model + (source - w->base), n);
    }
}

void world_fill(struct world *w, uint64_t value, uint64_t n, uint64_t target)
{
    struct bulk_host host = host_of(w);
    struct bulk_head_record *rec = append(&w->records[MX_FILL]);
    rec->r = head(w, MX_FILL, value, n, target);
    assert_true(bulk_record_fill(rec, &host));
    if (n > 0) {
        memset(w->model + (target - w->base), (int)(value & 0xff), n);
    }
}

/* ---- the witness ---- */
static enum mx_class records_class(const struct mx_class_def *def)
{
    return def->records_of != 0 ? def->records_of : def->class;
}

static void say_words(struct world *w)
{
    for (unsigned i = 0; i < w->words; i++) {
        uint64_t address = w->base + 8 * (uint64_t)i, before = w->first[i], after;
        memcpy(&after, w->model + 8 * (size_t)i, 8);
        uint32_t q = mx_limb(address, 0) >> 3, c1 = mx_limb(address, 1), c2 = mx_limb(address, 2);
        say(w, MEM, true,
            (const uint32_t[]){q, c1, c2, 0, mx_limb(before, 0), mx_limb(before, 1), mx_limb(before, 2),
                               mx_limb(before, 3), w->perm[i]},
            9);
        say(w, MEM, false,
            (const uint32_t[]){q, c1, c2, w->last[i], mx_limb(after, 0), mx_limb(after, 1), mx_limb(after, 2),
                               mx_limb(after, 3), w->perm[i]},
            9);
    }
}

static struct mx_filler new_filler(struct world *w)
{
    struct mx_filler f = {.program = &w->program};
    uint32_t **const counts[] = {&f.rom,  &f.range16, &f.range8, &f.range12,     &f.bytes,     &f.and8,
                                 &f.and4, &f.shift,   &f.access, &f.keccak_iota, &f.sha256_row};
    for (size_t i = 0; i < MX_COUNT(counts); i++) {
        *counts[i] = gn_arena_zalloc(&w->arena, 65536 * sizeof(uint32_t));
        assert_non_null(*counts[i]);
    }
    return f;
}

void world_finish(struct world *w)
{
    struct gn_error err;
    struct mx_run run = {.program = &w->program, .arena = &w->arena};
    uint32_t heights[CLASSES + STORES + WORLD_BUSES];
    say_words(w);
    for (unsigned i = 0; i < CLASSES; i++) {
        unsigned rows = classes[i]->rows == 0 ? 1 : classes[i]->rows;
        heights[i] = (uint32_t)(rows * w->records[records_class(classes[i])].n);
    }
    for (unsigned i = 0; i < STORES; i++) {
        heights[CLASSES + i] = stores[i]->height(&run);
    }
    for (unsigned i = 0; i < WORLD_BUSES; i++) {
        heights[CLASSES + STORES + i] = (uint32_t)w->messages[i].n;
    }
    assert_int_equal(air_witness_alloc(&w->witness, w->air, heights, &w->arena, &err), GN_OK);
    struct mx_filler f = new_filler(w);
    for (unsigned i = 0; i < CLASSES; i++) { /* in pieces, as several threads would */
        const struct world_list *l = &w->records[records_class(classes[i])];
        f.records_n = l->n;
        for (size_t at = 0; at < l->n; at += 3) {
            classes[i]->fill(&f, w->witness.tables[i].columns, l->at, at, at + 3 < l->n ? at + 3 : l->n);
        }
    }
    for (unsigned i = 0; i < STORES; i++) {
        struct air_table_witness *t = &w->witness.tables[CLASSES + i];
        t->height = stores[i]->fill(&f, t->columns, &run, NULL, t->height);
    }
    for (unsigned i = 0; i < WORLD_BUSES; i++) {
        struct world_cols c;
        memcpy(&c, w->witness.tables[CLASSES + STORES + i].columns, sizeof c);
        const struct world_message *messages = (const void *)w->messages[i].at;
        for (size_t k = 0; k < w->messages[i].n; k++) {
            c.push[k] = messages[k].push;
            c.pull[k] = !messages[k].push;
            for (unsigned e = 0; e < WORLD_ENTRIES; e++) {
                c.x[e][k] = messages[k].x[e];
            }
        }
    }
}

/* ---- looking at it ---- */
size_t world_failures(struct world *w, bool loud)
{
    static struct air_failure failures[1024];
    gn_arena_mark mark = gn_arena_get_mark(&w->arena);
    size_t n = air_check(&w->witness, failures, MX_COUNT(failures), &w->arena), bad = 0;
    gn_arena_release(&w->arena, mark);
    for (size_t i = 0; i < n && i < MX_COUNT(failures); i++) {
        const struct air_failure *f = &failures[i];
        if (f->kind == AIR_FAIL_BITS && !loud) {
            continue;
        }
        if (loud && bad < 8) {
            print_message("%s, row %u: %s (%s:%u) %s\n", w->air->tables[f->table].name, f->row, f->text,
                          f->file != NULL ? f->file : "", f->line, f->detail);
        }
        bad++;
    }
    return n > MX_COUNT(failures) ? n : bad;
}

uint32_t world_table(const struct world *w, const char *table)
{
    for (uint32_t t = 0; t < w->air->tables_n; t++) {
        if (strcmp(w->air->tables[t].name, table) == 0) {
            return t;
        }
    }
    fail_msg("no table %s", table);
    return 0;
}

uint32_t world_height(const struct world *w, const char *table)
{
    return w->witness.tables[world_table(w, table)].height;
}

uint32_t *world_cell(struct world *w, const char *table, const char *column, uint32_t row)
{
    uint32_t t = world_table(w, table);
    assert_true(row < w->witness.tables[t].height);
    for (uint32_t c = 0; c < w->air->tables[t].committed_n; c++) {
        if (strcmp(w->air->tables[t].committed[c].name, column) == 0) {
            return &w->witness.tables[t].columns[c][row];
        }
    }
    fail_msg("table %s has no column %s", table, column);
    return NULL;
}

/* label.column, without the index of columns that come in arrays */
static bool listed_free(const char *label, const char *column)
{
    char line[256], name[128];
    FILE *f = fopen(GN_SOURCE_DIR "/tests/machines_bulk/free_cells.txt", "r");
    assert_non_null(f);
    snprintf(name, sizeof name, "%s.%.*s ", label, (int)strcspn(column, "["), column);
    bool found = false;
    while (fgets(line, sizeof line, f) != NULL) {
        found = found || strncmp(line, name, strlen(name)) == 0;
    }
    fclose(f);
    return found;
}

/* Bits are turned over; that they are bits is asked of some of them. */
static unsigned unnoticed_changes(struct world *w, uint32_t *cell, uint32_t bits)
{
    uint32_t honest = *cell;
    const uint32_t lies[] = {honest <= 1 ? 1 - honest : honest + 1, (uint32_t)(world_draw(w) % FP_P)};
    unsigned unnoticed = 0;
    for (size_t l = 0; l < (bits == 1 && world_draw(w) % 8 != 0 ? 1 : MX_COUNT(lies)); l++) {
        *cell = lies[l];
        unnoticed += lies[l] != honest && world_failures(w, false) == 0;
    }
    *cell = honest;
    return unnoticed;
}

unsigned world_mutate(struct world *w, const char *table, const char *label, const uint32_t *rows, unsigned rows_n)
{
    uint32_t t = world_table(w, table);
    const struct air_table *def = &w->air->tables[t];
    unsigned surprises = 0, unnoticed = 0;
    for (uint32_t c = 0; c < def->committed_n; c++) {
        const char *name = def->committed[c].name, *behind = c + 1 < def->committed_n ? def->committed[c + 1].name : "";
        size_t stem = strcspn(name, "[");
        for (unsigned k = 0; k < rows_n; k++) {
            assert_true(rows[k] < w->witness.tables[t].height);
            unnoticed += unnoticed_changes(w, &w->witness.tables[t].columns[c][rows[k]], def->committed[c].bits);
        }
        if (stem == strcspn(behind, "[") && strncmp(name, behind, stem) == 0) {
            continue; /* the array goes on */
        }
        if ((unnoticed > 0) != listed_free(label, name)) {
            print_message("%s.%.*s: %u changes went unnoticed, free_cells.txt %s it\n", label, (int)stem, name,
                          unnoticed, unnoticed > 0 ? "does not list" : "lists");
            surprises++;
        }
        unnoticed = 0;
    }
    if (surprises == 0) {
        mutated_note("table", table);
        for (unsigned op = 0; op < VM_OPS; op++) { /* a bulk instruction has the name of its head */
            if (strcasecmp(gn_vm_op_name(op), table) == 0) {
                mutated_note("op", gn_vm_op_name(op));
            }
        }
    }
    return surprises;
}

/* ---- objections ---- */
static bool is_legal_lookup(const struct world *w, const char *bus, const uint32_t *x)
{
    if (strncmp(bus, "range", 5) == 0) {
        return x[0] >> atoi(bus + 5) == 0;
    }
    if (strcmp(bus, "bytes") == 0) {
        return x[0] < 256 && x[1] < 256;
    }
    if (strcmp(bus, "keccak_iota") == 0) {
        bool same = x[0] < KECCAK_ROUNDS;
        for (unsigned k = 0; k < 7 && same; k++) {
            same = x[1 + k] == (gn_keccak_constants[x[0]] >> ((1u << k) - 1) & 1);
        }
        return same;
    }
    if (strcmp(bus, "sha256_row") == 0) {
        bool same =
            x[0] >= 1 && x[0] <= 16 && x[1] == (x[0] <= 4) && x[2] == (x[0] >= 4 && x[0] <= 15) && x[3] == (x[0] == 16);
        for (unsigned k = 0; k < 8 && same; k++) {
            same = x[4 + k] == (gn_sha256_round[4 * x[0] - 4 + k / 2] >> 16 * (k % 2) & 0xffff);
        }
        return same;
    }
    if (strcmp(bus, "access") == 0) {
        uint32_t begin = 0, end = 8, perm = x[3];
        if (perm >= MEM_BYTES) { /* by counting intervals */
            uint32_t k = (perm - MEM_BYTES) % MEM_INTERVALS;
            for (begin = 0; k >= 8 - begin; begin++) {
                k -= 8 - begin;
            }
            end = begin + k + 1;
        }
        bool exists = perm >= 1 && perm < MEM_PERMS && perm != 7, fixed = perm == 3 || perm == 4 || perm == 6;
        return exists && x[0] >= begin && x[1] >= 1 && x[0] + x[1] <= end && (x[2] == 0 || (x[2] == 1 && !fixed));
    }
    (void)w;
    return false;
}

const char *world_objections(struct world *w)
{
    static char names[256];
    static struct air_failure failures[4096];
    gn_arena_mark mark = gn_arena_get_mark(&w->arena);
    size_t n = air_check(&w->witness, failures, MX_COUNT(failures), &w->arena);
    gn_arena_release(&w->arena, mark);
    assert_true(n <= MX_COUNT(failures));
    names[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = "constraint";
        if (failures[i].kind == AIR_FAIL_BITS) {
            continue;
        }
        if (failures[i].kind == AIR_FAIL_BUS) {
            uint32_t x[24] = {0};
            const char *at = strchr(failures[i].detail, '(');
            for (unsigned k = 0; k < MX_COUNT(x) && at != NULL; k++) {
                x[k] = (uint32_t)strtoul(at + 1, NULL, 10);
                at = strchr(at + 1, ',');
            }
            name = failures[i].text;
            if (is_legal_lookup(w, name, x)) {
                continue;
            }
        }
        char item[40];
        snprintf(item, sizeof item, "%s ", name);
        if (strstr(names, item) == NULL) {
            strncat(names, item, sizeof names - strlen(names) - 1);
        }
    }
    return names;
}
