/* SPDX-License-Identifier: Apache-2.0 */
/* check_bus.c - the bus of the row checker: an exact account of every tuple, over all tables and the statement.
 *
 * A hash table of tuples (bus, entries), each with how often it was pushed and pulled.  A numerator below p / 2
 * counts as pushes, one above as -numerator pulls, so the sums can be read; they balance when their difference is 0
 * mod p, which is what the proof shows except with the probability of docs/protocol.md section 13. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "air/check.h"
#include "field/fp.h"

#define TABLE_PUBLIC UINT32_MAX
#define EMPTY        UINT32_MAX

struct line {
    const uint32_t *tuple; /* bus id, then the entries */
    uint64_t pushed, pulled;
    uint32_t table, row, interaction; /* who sent it first */
};

struct air_ledger {
    const struct air_witness *w;
    struct gn_arena *arena;
    struct line *lines;
    uint32_t lines_n, lines_max;
    uint32_t *slots; /* open addressing: line numbers; always at least twice as many slots as lines */
    uint32_t slots_log2;
    bool failed;
};

static uint32_t entries_of(const struct air_ledger *l, uint32_t bus)
{
    return l->w->system->buses[bus - 1].entries_n;
}

static uint32_t hash_tuple(const struct air_ledger *l, const uint32_t *tuple)
{
    uint64_t h = 0;
    for (uint32_t i = 0; i <= entries_of(l, tuple[0]); i++) {
        h = (h ^ tuple[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    return (uint32_t)(h * 0xc2b2ae3d27d4eb4fu >> (64 - l->slots_log2));
}

/* The slot of the tuple: where it is, or where it would go. */
static uint32_t *find(const struct air_ledger *l, const uint32_t *tuple)
{
    size_t bytes = (1 + (size_t)entries_of(l, tuple[0])) * sizeof *tuple;
    uint32_t mask = (1u << l->slots_log2) - 1;
    for (uint32_t i = hash_tuple(l, tuple);; i = (i + 1) & mask) {
        uint32_t line = l->slots[i];
        if (line == EMPTY) {
            return &l->slots[i];
        }
        const uint32_t *other = l->lines[line].tuple;
        if (other[0] == tuple[0] && memcmp(other, tuple, bytes) == 0) {
            return &l->slots[i];
        }
    }
}

/* Twice the room; the old arrays stay behind in the arena. */
static bool grow(struct air_ledger *l, unsigned slots_log2)
{
    uint32_t lines_max = 1u << (slots_log2 - 1);
    struct line *lines = gn_arena_alloc(l->arena, lines_max * sizeof *lines);
    uint32_t *slots = gn_arena_alloc(l->arena, ((size_t)1 << slots_log2) * sizeof *slots);
    if (lines == NULL || slots == NULL) {
        l->failed = true;
        return false;
    }
    if (l->lines_n > 0) {
        memcpy(lines, l->lines, l->lines_n * sizeof *lines);
    }
    memset(slots, 0xff, ((size_t)1 << slots_log2) * sizeof *slots); /* EMPTY */
    l->lines = lines;
    l->lines_max = lines_max;
    l->slots = slots;
    l->slots_log2 = slots_log2;
    for (uint32_t i = 0; i < l->lines_n; i++) {
        *find(l, lines[i].tuple) = i;
    }
    return true;
}

struct air_ledger *air_ledger_new(const struct air_witness *w, struct gn_arena *arena)
{
    struct air_ledger *l = gn_arena_alloc(arena, sizeof *l);
    if (l == NULL) {
        return NULL;
    }
    *l = (struct air_ledger){.w = w, .arena = arena};
    return grow(l, 12) ? l : NULL;
}

static void send(struct air_ledger *l, const uint32_t *tuple, uint32_t table, uint32_t row, uint32_t interaction,
                 uint32_t numerator)
{
    if (numerator == 0 || l->failed) {
        return;
    }
    uint32_t *slot = find(l, tuple);
    if (*slot == EMPTY) {
        if (l->lines_n == l->lines_max) {
            if (!grow(l, l->slots_log2 + 1)) {
                return;
            }
            slot = find(l, tuple);
        }
        size_t bytes = (1 + (size_t)entries_of(l, tuple[0])) * sizeof *tuple;
        uint32_t *copy = gn_arena_alloc(l->arena, bytes);
        if (copy == NULL) {
            l->failed = true;
            return;
        }
        memcpy(copy, tuple, bytes);
        *slot = l->lines_n;
        l->lines[l->lines_n++] = (struct line){.tuple = copy, .table = table, .row = row, .interaction = interaction};
    }
    struct line *line = &l->lines[*slot];
    if (numerator <= FP_P / 2) {
        line->pushed += numerator;
    } else {
        line->pulled += FP_P - numerator;
    }
}

void air_ledger_send(struct air_ledger *l, uint32_t table, uint32_t row, uint32_t interaction, uint32_t numerator,
                     const uint32_t *entries)
{
    const struct air_interaction *k = &l->w->system->tables[table].interactions[interaction];
    uint32_t tuple[1 + AIR_MAX_ENTRIES] = {k->bus};
    memcpy(tuple + 1, entries, k->entries_n * sizeof *tuple);
    send(l, tuple, table, row, interaction, numerator);
}

/* ---- the statement's messages ---- */

static uint32_t entry_value(const struct air_statement *s, struct air_entry e, const uint8_t *bytes, uint32_t row)
{
    switch (e.kind) {
    case AIR_ENTRY_PUBLIC:
        return s->values[e.value];
    case AIR_ENTRY_INDEX:
        return (uint32_t)((e.value + (uint64_t)e.step * row) % FP_P);
    case AIR_ENTRY_LIMB:
        /* only public tables have limbs (air_check_public), and those have bytes */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        return e.step == 1 ? bytes[e.value] : bytes[e.value] | (uint32_t)bytes[e.value + 1] << 8;
    default:
        return e.value;
    }
}

static void send_public(struct air_ledger *l, uint32_t bus, bool negative, const struct air_entry *entries,
                        const uint8_t *bytes, uint32_t row, uint32_t source)
{
    uint32_t tuple[1 + AIR_MAX_ENTRIES] = {bus};
    for (uint32_t i = 0; i < entries_of(l, bus); i++) {
        tuple[1 + i] = entry_value(&l->w->statement, entries[i], bytes, row);
    }
    send(l, tuple, TABLE_PUBLIC, row, source, negative ? FP_P - 1 : 1);
}

void air_ledger_send_public(struct air_ledger *l)
{
    const struct air_system *s = l->w->system;
    for (uint32_t i = 0; i < s->public_messages_n; i++) {
        const struct air_public_message *m = &s->public_messages[i];
        send_public(l, m->bus, m->negative != 0, m->entries, NULL, 0, i);
    }
    for (uint32_t i = 0; i < s->public_tables_n; i++) {
        const struct air_public_table *p = &s->public_tables[i];
        const struct air_public_bytes *b = &l->w->statement.bytes[i];
        for (uint32_t row = 0; row < b->size / p->row_bytes; row++) {
            send_public(l, p->bus, p->negative != 0, p->entries, b->data + (size_t)row * p->row_bytes, row, i);
        }
    }
}

/* ---- the account ---- */

static void describe(char *out, size_t size, const struct air_ledger *l, const struct line *line)
{
    size_t used = (size_t)snprintf(out, size, "pushed %" PRIu64 ", pulled %" PRIu64 ": (", line->pushed, line->pulled);
    uint32_t n = entries_of(l, line->tuple[0]);
    for (uint32_t i = 0; i < n && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%u", i == 0 ? "" : ", ", line->tuple[1 + i]);
    }
    if (used < size) {
        snprintf(out + used, size - used, ")");
    }
}

void air_ledger_report(const struct air_ledger *l, struct air_report *report)
{
    if (l->failed) {
        struct air_failure *f = air_report_next(report);
        f->kind = AIR_FAIL_BUS;
        f->text = f->file = "";
        snprintf(f->detail, sizeof f->detail, "no memory to check the bus");
    }
    for (uint32_t i = 0; i < l->lines_n; i++) {
        const struct line *line = &l->lines[i];
        if (line->pushed % FP_P == line->pulled % FP_P) {
            continue;
        }
        struct air_failure *f = air_report_next(report);
        f->kind = AIR_FAIL_BUS;
        f->text = l->w->system->buses[line->tuple[0] - 1].name;
        f->table = line->table;
        f->row = line->row;
        f->file = "";
        if (line->table != TABLE_PUBLIC) {
            const struct air_interaction *k = &l->w->system->tables[line->table].interactions[line->interaction];
            f->file = k->file;
            f->line = k->line;
        }
        describe(f->detail, sizeof f->detail, l, line);
    }
}
