/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - what the two halves of the row checker share; private to check.c and check_bus.c. */
#ifndef GN_AIR_CHECK_H
#define GN_AIR_CHECK_H

#include "air/witness.h"

struct air_report {
    struct air_failure *failures;
    size_t max, n; /* n counts all failures, also those that found no room */
};

/* The next failure to fill in; a spare one that nobody reads when the caller's array is full. */
struct air_failure *air_report_next(struct air_report *r);

/* Messages seen so far: a multiset of tuples. */
struct air_ledger;
struct air_ledger *air_ledger_new(const struct air_witness *w, struct gn_arena *arena); /* NULL: out of memory */
/* A message of interaction number `interaction` of a table on a row: numerator and entries are cells. */
void air_ledger_send(struct air_ledger *l, uint32_t table, uint32_t row, uint32_t interaction, uint32_t numerator,
                     const uint32_t *entries);
void air_ledger_send_public(struct air_ledger *l);
void air_ledger_report(const struct air_ledger *l, struct air_report *report);

#endif
