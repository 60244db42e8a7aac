/* SPDX-License-Identifier: Apache-2.0 */
/* arith.c - see arith.h. */
#include "machines/arith/arith.h"

expr arith_column(unsigned n, const expr *x, const expr *y, unsigned j)
{
    expr total = NULL;
    for (unsigned i = j < n ? 0 : j - n + 1; i < n && i <= j; i++) {
        expr term = mul(x[i], y[j - i]);
        total = total == NULL ? term : add(total, term);
    }
    return total;
}

expr arith_limb(unsigned n, const expr *x, const expr *y, unsigned k)
{
    expr low = arith_column(n, x, y, 2 * k), high = arith_column(n, x, y, 2 * k + 1);
    return high == NULL ? low : add(low, mulk(high, 256));
}

expr arith_carry(expr total, expr limb)
{
    return mulk(sub(total, limb), MX_INVERSE_2_16);
}

static int64_t column_value(uint64_t x, uint64_t y, unsigned j)
{
    int64_t total = 0;
    for (unsigned i = j < 8 ? 0 : j - 7; i < 8 && i <= j; i++) {
        total += (int64_t)((x >> 8 * i & 0xff) * (y >> 8 * (j - i) & 0xff));
    }
    return total;
}

int64_t arith_limb_value(uint64_t x, uint64_t y, unsigned k)
{
    return column_value(x, y, 2 * k) + 256 * column_value(x, y, 2 * k + 1);
}
