/* SPDX-License-Identifier: Apache-2.0 */
/* system.c - small facts about a system that several modules need; part of the verifier, freestanding. */
#include "air/system.h"

uint32_t air_system_claims(const struct air_system *s, uint32_t table)
{
    const struct air_table *t = &s->tables[table];
    return t->committed_n + t->next_n + t->pre_n;
}

uint32_t air_system_pre_tables(const struct air_system *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->tables_n; i++) {
        n += (s->tables[i].flags & AIR_PREPROCESSED) != 0;
    }
    return n;
}

uint32_t air_leaf_degree(const struct air_table *t, const struct air_leaf *leaf)
{
    uint32_t d = 0;
    for (uint32_t i = 0; i < leaf->n; i++) {
        uint32_t own = t->interactions[leaf->interactions[i]].degree;
        d += own > 0 ? own : 1;
    }
    return d;
}
