/* SPDX-License-Identifier: Apache-2.0 */
/* queens.c - ways to place n queens on an n x n board; n: the input's first byte (as a digit or as a number), 7 if
 * there is none. */
#include <gnomon.h>

/* columns and both diagonals that are taken, as bits of the row at hand */
static uint64_t place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
    if (columns == all) {
        return 1;
    }
    uint64_t ways = 0;
    for (uint32_t open = all & ~(columns | left | right); open != 0; open &= open - 1) {
        uint32_t queen = open & -open;
        ways += place(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    return ways;
}

int main(void)
{
    const uint8_t *in;
    size_t size;
    read_input(&in, &size);
    unsigned n = size == 0 ? 7 : in[0] >= '0' && in[0] <= '9' ? in[0] - '0' : in[0];
    if (n > 16) {
        return 1;
    }
    put_u64(place((1u << n) - 1, 0, 0, 0));
    put_text("\n");
    return 0;
}
