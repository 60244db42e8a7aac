/* SPDX-License-Identifier: Apache-2.0 */
/* machines.h - small machines that show how tables are written, and with which the whole engine is tested.
 *
 *   fib      next rows; first and last rows tied to public values
 *   adder    64-bit addition in 16-bit limbs; lookups
 *   memory   read/write memory sorted by (address, time); a permutation over a bus; range-checked differences
 *   rom      a program in preprocessed pages; a decode table of three explicit rows
 *   tally    bytes of the statement, consumed through a public table; a public message
 *   range    the tables that the others look ranges up in
 *   examples all of them in one system
 *
 * A part (one file) declares tables, says how high they are for a given size, and fills them honestly; a machine is a
 * list of parts.  Read fib.c first. */
#ifndef GN_TESTS_MACHINES_H
#define GN_TESTS_MACHINES_H

#include "air/expr.h"
#include "air/witness.h"

/* ---- for users: machines ---- */

#define MACHINE_MAX_PARTS 8

struct machine {
    const char *name;
    const struct machine_part *parts[MACHINE_MAX_PARTS]; /* NULL behind the last */
};

extern const struct machine machines[];
extern const unsigned machines_n;

const struct machine *machine_find(const char *name); /* NULL if there is none */
unsigned machine_parts(const struct machine *m);

GN_NODISCARD const struct air_system *machine_build(const struct machine *m, struct gn_arena *arena,
                                                    struct gn_error *err);

/* The preprocessed columns (what setup commits): pre[table][column], page counts per table. */
GN_NODISCARD enum gn_status machine_preprocess(const uint32_t *const *const **pre, const uint32_t **pages,
                                               const struct machine *m, const struct air_system *s,
                                               struct gn_arena *arena, struct gn_error *err);

/* An honest witness with statement and preprocessed columns.  sizes[i] is the size of part i, roughly its number of
 * rows; 0 leaves its tables empty. */
GN_NODISCARD enum gn_status machine_fill(struct air_witness *out, const struct machine *m, const struct air_system *s,
                                         uint64_t seed, const uint32_t *sizes, struct gn_arena *arena,
                                         struct gn_error *err);
GN_NODISCARD enum gn_status machine_fill_size(struct air_witness *out, const struct machine *m,
                                              const struct air_system *s, uint64_t seed, uint32_t size,
                                              struct gn_arena *arena,
                                              struct gn_error *err); /* the same for all parts */

/* ---- for parts ---- */

struct machine_builder {
    struct air_builder *b;
    uint32_t range8, range16; /* buses */
    uint32_t values_n;        /* public values given out so far */
};
uint32_t machine_public_values(struct machine_builder *m,
                               uint32_t n); /* takes n public values; returns the first one's number */

struct machine_filler {
    const struct air_system *system;
    struct air_witness *w;
    struct gn_arena *arena;
    uint64_t random;   /* state of machine_random */
    uint32_t *heights; /* per table; set while planning */
    uint32_t size;     /* of the current part */
    uint32_t *values;  /* public values */
    uint32_t value;    /* the current part's first public value */
    struct air_public_bytes *bytes;
    uint32_t *range8, *range16; /* multiplicities: a lookup of v is counted by ++range16[v] */
    bool failed;                /* out of memory */
};
void machine_set_height(struct machine_filler *f, const char *table, uint32_t height);
struct air_table_witness *machine_table(struct machine_filler *f, const char *table);
/* Copies the table's column pointers into cols, a struct made with AIR_CELLS; returns the height. */
uint32_t machine_columns(struct machine_filler *f, const char *table, void *cols);
uint32_t machine_random(struct machine_filler *f, uint32_t below);

struct machine_part {
    const char *name;
    uint32_t public_values;
    void (*declare)(struct machine_builder *m, uint32_t first_value);
    void (*plan)(struct machine_filler *f); /* heights for f->size > 0 */
    void (*fill)(struct machine_filler *f);
    uint32_t pages; /* of the preprocessed table, if any */
    const char *pre_table;
    void (*preprocess)(uint32_t *const *columns); /* 256 * pages cells each */
};
extern const struct machine_part range_part, fib_part, adder_part, memory_part, rom_part, tally_part;

#define MACHINE_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
