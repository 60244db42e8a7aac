/* SPDX-License-Identifier: Apache-2.0 */
/* bus_layers.h - how the prover keeps the layers of the bus (docs/protocol.md section 6.1 and 6.4); internal to
 * bus_*.c.
 *
 * Level j holds the nodes that are j steps above the leaves: 2^(N - j) of them, node x of level j + 1 over nodes 2x and
 * 2x + 1.  A node below which no slot is active is (0, 1), whatever the level; so only *units* of 64 consecutive nodes
 * that hold an active one are stored, one behind the other, and the set of them at level j + 1 is that of level j with
 * positions halved.  Blocks that have become shorter than a unit share units by themselves; nothing else is needed to
 * sum tables of any heights in one cube.  Inside stored units all nodes are stored, also those that are (0, 1).
 *
 * Binding a variable of a layer's sumcheck halves its nodes in the same way, so that the arrays of the sumcheck use the
 * same levels.
 *
 * A unit lies in memory sorted by node index mod 4: the node 64 U + 4 z + r is lane z of block r.  With y the index of
 * a pair and y = 2z + b, the nodes (p_0, p_1) of the pair are r = 2b and 2b + 1: all that a round of the sumcheck
 * combines stands in the same lane. */
#ifndef GN_PROOF_BUS_LAYERS_H
#define GN_PROOF_BUS_LAYERS_H

#include "field/ext.h"
#include "proof/bus.h"

#define BUS_UNIT_LOG2 6
#define BUS_UNIT      64u
#define BUS_UNIT_EXT  (BUS_UNIT * 6) /* words of a unit of extension elements */

/* element number of node x of a stored unit */
static inline size_t bus_element(size_t unit, uint64_t x)
{
    return (unit * 4 + (x & 3)) * EXT_BLOCK + (x % BUS_UNIT >> 2);
}

/* units pos ... pos + count - 1 are stored at at ... */
struct bus_run {
    uint64_t pos;
    size_t at, count;
};

/* Where a level comes from.  BUS_BOTH: unit at + i stands over the units from + 2i and from + 2i + 1 of the level
 * below.  BUS_LOW, BUS_HIGH (count = 1): only the lower, only the upper one is stored, at from. */
struct bus_piece {
    size_t at, from, count;
    uint64_t pos;
    enum { BUS_BOTH, BUS_LOW, BUS_HIGH } have;
};

struct bus_level {
    struct bus_run *runs;
    struct bus_piece *pieces; /* none at level 0 */
    size_t runs_n, pieces_n, units;
};

/* levels 0 ... N - 1; false when the arena is full */
GN_NODISCARD bool gn_bus_levels(struct bus_level *levels, const struct gn_shape *shape, struct gn_arena *arena);
size_t gn_bus_levels_footprint(const struct gn_shape *shape);
size_t gn_bus_level_units(const struct gn_shape *shape, unsigned j);

/* where an active unit is stored; the run, the piece that holds a stored unit */
size_t gn_bus_level_find(const struct bus_level *level, uint64_t pos);
const struct bus_run *gn_bus_run_of(const struct bus_level *level, size_t unit);
const struct bus_piece *gn_bus_piece_of(const struct bus_level *level, size_t unit);

/* one stored level: ext vectors of units * BUS_UNIT elements */
struct bus_layer {
    uint32_t *p, *q;
};

/* fills level 0, whose units are stored where `level` says */
GN_NODISCARD enum gn_status gn_bus_leaves(const struct bus_layer *out, const struct bus_level *level,
                                          const struct gn_shape *shape, const struct air_witness *witness,
                                          const struct gn_bus_challenges *c, const struct gn_work *w);
size_t gn_bus_leaves_footprint(const struct gn_shape *shape, unsigned workers); /* of the arena, given back */

#endif
