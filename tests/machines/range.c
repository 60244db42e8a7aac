/* SPDX-License-Identifier: Apache-2.0 */
/* range.c - the tables {0 ... 255} and {0 ... 65535}.
 *
 * "x is a byte" is one message: the user pushes (x), the table supplies it as often as it was pushed.  The values
 * themselves are not committed: the row number is a polynomial in its bits that everybody evaluates.  Each value
 * stands in one row only, as a supply requires. */
#include "machines.h"

#define RANGE_COLUMNS(X) X(multiplicity, , 31, "how often the row's value was looked up")

struct range_vars {
    RANGE_COLUMNS(AIR_EXPR)
};
struct range_cols {
    RANGE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec range_columns[] = {RANGE_COLUMNS(AIR_SPEC)};

static void declare_range(struct machine_builder *m, const char *name, uint32_t bus, unsigned bits)
{
    struct range_vars r;
    struct air *t = air_table(m->b, name, 1u << bits, AIR_FIXED_HEIGHT);
    air_committed(t, range_columns, MACHINE_COUNT(range_columns), &r);
    struct air_monomial digits[16];
    for (unsigned i = 0; i < bits; i++) {
        digits[i] = (struct air_monomial){1u << i, 1u << i};
    }
    expr value = air_fixed_monomials(t, "value", digits, bits);
    bus_supply(t, bus, r.multiplicity, value);
}

static void range_declare(struct machine_builder *m, uint32_t first_value)
{
    (void)first_value;
    m->range8 = air_bus(m->b, "range8", 1);
    m->range16 = air_bus(m->b, "range16", 1);
    declare_range(m, "range8", m->range8, 8);
    declare_range(m, "range16", m->range16, 16);
}

static void range_plan(struct machine_filler *f)
{
    machine_set_height(f, "range8", 1u << 8);
    machine_set_height(f, "range16", 1u << 16);
}

static void range_fill(struct machine_filler *f)
{
    struct range_cols c;
    (void)machine_columns(f, "range8", &c);
    f->range8 = c.multiplicity;
    (void)machine_columns(f, "range16", &c);
    f->range16 = c.multiplicity;
}

/* First in every machine that has it, so that the other parts can count. */
const struct machine_part range_part = {
    .name = "range", .declare = range_declare, .plan = range_plan, .fill = range_fill};
