/* SPDX-License-Identifier: Apache-2.0 */
/* declare.h - what a DECLARE brings into being, cut as its tables cut it; internal to this folder.
 *
 * The words of [base, end) are the whole blocks among them (of MEM_ZERO_WORDS words), which are Zero's business like those of any region, and the words of at most two
 * blocks that the range does not fill: its *edges*, head and tail.  A range inside of one block is all head (or all tail, if it begins with the block). */
#ifndef GN_MACHINES_MEMORY_DECLARE_H
#define GN_MACHINES_MEMORY_DECLARE_H

#include "machines/memory/memory.h"

#define DECLARE_BLOCKS (1u << 11) /* with the same c1 */

struct declare_edge {
    uint32_t block, c1, c2;
    uint32_t lo, end; /* words lo ... end - 1 of the block */
};
struct declare_cut {
    uint32_t first[2],
        end[2]; /* whole blocks: from block first[0] of limb 1 first[1] (block may be 2^11: of the next) to before end[0], end[1] */
    unsigned edges_n;
    struct declare_edge edges[2];
};
struct declare_cut declare_cut(uint64_t base, uint64_t size);

#endif
