/* SPDX-License-Identifier: Apache-2.0 */
/* witness.h - the filled tables of one run, column by column.
 *
 * Cells are canonical (< p).  A column of a table with height n owns air_committed_height(n, AIR_COLUMN_LOG2) + 16
 * cells, 64-byte aligned, zero behind row n. */
#ifndef GN_AIR_WITNESS_H
#define GN_AIR_WITNESS_H

#include "air/system.h"
#include "base/work.h"

struct air_table_witness {
    uint32_t height;
    /* committed_n pointers, for the filler (a struct of AIR_CELLS pointers may be copied from here) */
    uint32_t **columns;
    const uint32_t *pages; /* preprocessed tables: height / 256 page numbers, strictly increasing */
};

struct air_public_bytes {
    const uint8_t *data;
    size_t size;
};

struct air_statement {
    const uint32_t *values;               /* public_values_n cells */
    const struct air_public_bytes *bytes; /* one per public table */
};

struct air_witness {
    const struct air_system *system;
    struct air_table_witness *tables; /* tables_n */
    /* pre[table][column]: the whole preprocessed column, air_committed_height(256 * page count, 8) cells, zero behind
     * the last page; NULL for other tables */
    const uint32_t *const *const *pre;
    const uint32_t *pre_pages; /* page count per table (0 for tables without) */
    struct air_statement statement;
};

#define AIR_COLUMN_LOG2 5 /* the largest number of skipped variables */

/* committed height H(n) of docs/protocol.md section 4; min_log2 is the number of skipped variables, or 8 in the
 * preprocessed stack.  Freestanding. */
uint32_t air_committed_height(uint32_t n, unsigned min_log2);
/* v of section 4: max(min_log2, ceil log2 n); 0 for n = 0 */
unsigned air_row_variables(uint32_t n, unsigned min_log2);

/* Allocates zeroed columns for the given heights. */
GN_NODISCARD enum gn_status air_witness_alloc(struct air_witness *out, const struct air_system *s,
                                              const uint32_t *heights, struct gn_arena *arena, struct gn_error *err);

/* The same, but rows below the heights hold anything: the caller clears or fills them, in parallel if memory is cold. */
GN_NODISCARD enum gn_status air_witness_alloc_raw(struct air_witness *out, const struct air_system *s,
                                                  const uint32_t *heights, struct gn_arena *arena,
                                                  struct gn_error *err);

/* value of a fixed column at a row */
uint32_t air_fixed_at(const struct air_fixed *f, uint32_t row);

/* ---- row checker ----
 * every constraint on every row, every bus balanced, every declared width; reports all failures */
struct air_failure {
    enum { AIR_FAIL_CONSTRAINT, AIR_FAIL_BITS, AIR_FAIL_BUS } kind;
    uint32_t table, row; /* for an unbalanced tuple: the first row that sends it */
    const char *text;    /* constraint, column or bus */
    const char *file;
    uint32_t line;
    /* cells that the constraint reads with their values; or the tuple, pushed and pulled how often */
    char detail[240];
};

/* Fills at most max failures; returns the number of all failures. */
size_t air_check(const struct air_witness *w, struct air_failure *failures, size_t max, struct gn_arena *arena);

#endif
