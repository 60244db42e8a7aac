/* SPDX-License-Identifier: Apache-2.0 */
/* heights.c - what a table's height makes of its columns; part of the verifier, freestanding.
 *
 * Committing 2^ceil(log2 n) rows would waste up to half of the stack.  A committed height is a multiple of a step
 * that is at most n / 8, so less than one row in eight is padding, and it has few one bits, so a column is cut into
 * few aligned pieces.  docs/protocol.md section 4. */
#include "air/witness.h"
#include "base/bits.h"

uint32_t air_committed_height(uint32_t n, unsigned min_log2)
{
    if (n == 0) {
        return 0;
    }
    unsigned length = bit_length(n);
    unsigned s = length > min_log2 + 4 ? length - 4 : min_log2;
    return (uint32_t)((((uint64_t)n + (1u << s) - 1) >> s) << s);
}

unsigned air_row_variables(uint32_t n, unsigned min_log2)
{
    if (n == 0) {
        return 0;
    }
    unsigned v = ceil_log2(n);
    return v < min_log2 ? min_log2 : v;
}
