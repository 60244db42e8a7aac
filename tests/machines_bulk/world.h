/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - bulk machines alone: their tables, the fixed tables, and a world that gives what the rest of the machine would.
 *
 *     struct world w;
 *     world_open(&w, 40);                  40 words of memory, some bytes in them
 *     world_keccak(&w, w.base + 8);
 *     world_finish(&w);
 *     assert_int_equal(world_failures(&w, true), 0);
 *
 * The world pushes and pulls tokens of states, fetches, registers and words.  A word's last token is what a model of memory in bytes says, to
 * which memmove, memset and the plain hash functions are applied, so a record, filler or table that computes something else leaves bus `mem` unbalanced. */
#ifndef GN_TESTS_MACHINES_BULK_WORLD_H
#define GN_TESTS_MACHINES_BULK_WORLD_H

#include "air/witness.h"
#include "base/arena.h"
#include "machines/bulk/record.h"

enum { WORLD_WORDS = 4096, WORLD_OPS = 512, WORLD_BUSES = 4, WORLD_ENTRIES = 13 };

struct world_message {
    bool push;
    uint32_t x[WORLD_ENTRIES];
};
struct world_list {
    uint8_t *at;
    size_t n, capacity, item;
};

struct world {
    struct gn_arena arena;
    const struct air_system *air;
    struct air_witness witness;
    uint64_t base; /* address of the first word */
    unsigned words;
    uint8_t model[8 * WORLD_WORDS];
    uint64_t first[WORLD_WORDS], value[WORLD_WORDS];
    uint32_t last[WORLD_WORDS]; /* time of the last access, 0: none */
    uint8_t perm[WORLD_WORDS];
    uint32_t ts;
    uint64_t random;
    struct mx_rom_row rom[WORLD_OPS];
    struct mx_program program;
    struct world_list records[MX_CLASSES], messages[WORLD_BUSES];
};

/* Words from address 2^36 + 2^16 - 256 on, so that word 32 begins another 64 KiB. */
void world_open(struct world *w, unsigned words);
void world_keccak(struct world *w, uint64_t address);
void world_poseidon2(struct world *w, uint64_t address);
void world_set(struct world *w, uint64_t address, uint64_t value); /* a word, before all operations */
void world_sha256(struct world *w, uint64_t state, uint64_t block);
void world_copy(struct world *w, uint64_t source, uint64_t n, uint64_t target);
void world_fill(struct world *w, uint64_t value, uint64_t n, uint64_t target); /* value's low byte */
void world_finish(struct world *w);
void world_close(struct world *w);

uint64_t world_draw(struct world *w);
size_t world_failures(struct world *w, bool loud);
uint32_t world_table(const struct world *w, const char *table);
uint32_t world_height(const struct world *w, const char *table);
uint32_t *world_cell(struct world *w, const char *table, const char *column, uint32_t row);
/* Who objects: "constraint" and names of buses that do not balance, each once, with a blank behind.  A lookup of a legal tuple too many or too few is no
 * objection: another multiplicity would balance it. */
const char *world_objections(struct world *w);
/* Changes the cells of every column in the given rows, in several ways.  Returns the number of surprises: columns (arrays of columns) of which some change went
 * unnoticed and that are not in free_cells.txt of this folder as label.column, or that are and had none. */
unsigned world_mutate(struct world *w, const char *table, const char *label, const uint32_t *rows, unsigned rows_n);

#endif
