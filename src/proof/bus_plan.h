/* SPDX-License-Identifier: Apache-2.0 */
/* bus_plan.h - what a table's interactions send, prepared for evaluating many rows; the prover's.
 *
 * What interactions send is mostly columns as they are and constants.  Constants are put into the message's base once,
 * columns are taken from where they lie; only for the rest is there a program, the table's without the instructions
 * that would copy columns.  Everything a message needs of a row is a *source*: a column, or AIR_SPACE_TEMP with the
 * number k of an output of that program (that of air_eval_bus's out[k]). */
#ifndef GN_PROOF_BUS_PLAN_H
#define GN_PROOF_BUS_PLAN_H

#include "proof/bus.h"

struct bus_message {
    fp6 base;          /* alpha - bus beta^J - what constant entries take off */
    air_ref numerator; /* a source */
    bool fixed;        /* the numerator is `constant` on all rows, and no source */
    fp constant;
    uint32_t first, entries_n; /* sources of its entries that are not constant */
};

struct bus_plan {
    const struct air_table *table;
    struct air_table program;           /* the table with a bus program that only computes */
    const struct bus_message *messages; /* by interaction */
    const air_ref *sources;
    const fp6 *weights;            /* -beta^j, by source */
    uint8_t *used[AIR_SPACE_TEMP]; /* by space and index: does the program read it? */
};

/* publics: Montgomery form, kept.  false: the arena is full. */
GN_NODISCARD bool gn_bus_plan(struct bus_plan *plan, const struct air_system *s, uint32_t table,
                              const struct gn_bus_challenges *c, const uint32_t *publics, struct gn_arena *arena);
size_t gn_bus_plan_footprint(const struct air_table *t);

/* columns of a space */
uint32_t gn_bus_space_size(const struct air_table *t, unsigned space);

/* what an allocation of n bytes may take from an arena */
static inline size_t bus_alloc_bytes(size_t n)
{
    return n + 256;
}

#endif
