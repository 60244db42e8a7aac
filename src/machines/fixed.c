/* SPDX-License-Identifier: Apache-2.0 */
/* fixed.c - the tables that everybody looks ranges, byte operations and byte shifts up in.
 *
 * Their values are not committed: the row number, bit by bit, gives them in closed form; the only column is how often a row was looked up.  Every
 * tuple stands in one row.  A table that nobody looked into has height 0; the three large ones (2^16 rows, area 3 each) also when their sparse twin
 * (sparse.c) is cheaper. */
#include "machines/fixed.h"

#define FIXED_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")

struct fixed_vars {
    FIXED_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec fixed_columns[] = {FIXED_COLUMNS(AIR_SPEC)};

static struct air *fixed_table(struct mx_builder *m, const char *name, uint32_t rows, expr *multiplicity)
{
    struct fixed_vars r;
    struct air *t = air_table(m->b, name, rows, AIR_FIXED_HEIGHT);
    air_committed(t, fixed_columns, MX_COUNT(fixed_columns), &r);
    *multiplicity = r.multiplicity;
    return t;
}

/* bits first ... first + n - 1 of the row number */
static expr row_bits(struct air *t, const char *name, unsigned first, unsigned n)
{
    struct air_monomial digits[16];
    for (unsigned i = 0; i < n; i++) {
        digits[i] = (struct air_monomial){1u << i, 1u << (first + i)};
    }
    return air_fixed_monomials(t, name, digits, n);
}

uint32_t mx_distinct(const uint32_t *counts, uint32_t rows)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows; i++) {
        n += counts[i] != 0;
    }
    return n;
}

static uint32_t fill_fixed(uint32_t *const *columns, const uint32_t *counts, uint32_t rows, uint32_t worth_it)
{
    if (mx_distinct(counts, rows) < worth_it) {
        return 0;
    }
    memcpy(columns[0], counts, rows * sizeof *counts);
    return rows;
}

/* worth_it: used from so many distinct lookups on */
#define FIXED_STORE(symbol, rows, worth_it)                                                                \
    static uint32_t symbol##_height(const struct mx_run *run)                                              \
    {                                                                                                      \
        (void)run;                                                                                         \
        return rows;                                                                                       \
    }                                                                                                      \
    static uint32_t symbol##_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, \
                                  const uint32_t *pages, uint32_t height)                                  \
    {                                                                                                      \
        (void)run, (void)pages;                                                                            \
        return fill_fixed(columns, f->symbol, height, worth_it);                                           \
    }                                                                                                      \
    const struct mx_store_def mx_store_##symbol = {                                                        \
        .name = #symbol, .declare = symbol##_declare, .height = symbol##_height, .fill = symbol##_fill};

static void declare_range(struct mx_builder *m, const char *name, uint32_t bus, unsigned bits)
{
    expr multiplicity;
    struct air *t = fixed_table(m, name, 1u << bits, &multiplicity);
    expr value = row_bits(t, "value", 0, bits);
    bus_supply(t, bus, multiplicity, value);
}

static void range16_declare(struct mx_builder *m)
{
    declare_range(m, "range16", m->bus.range16, 16);
}
FIXED_STORE(range16, 1u << 16, MX_RANGE16_FULL)

static void range12_declare(struct mx_builder *m)
{
    declare_range(m, "range12", m->bus.range12, 12);
}
FIXED_STORE(range12, 1u << 12, 1)

static void range8_declare(struct mx_builder *m)
{
    declare_range(m, "range8", m->bus.range8, 8);
}
FIXED_STORE(range8, 1u << 8, 1)

static void bytes_declare(struct mx_builder *m)
{
    expr multiplicity;
    struct air *t = fixed_table(m, "bytes", 1u << 16, &multiplicity);
    expr x = row_bits(t, "x", 0, 8);
    expr y = row_bits(t, "y", 8, 8);
    bus_supply(t, m->bus.bytes, multiplicity, x, y);
}
FIXED_STORE(bytes, 1u << 16, MX_BYTES_FULL)

static void declare_and(struct mx_builder *m, const char *name, uint32_t bus, unsigned bits)
{
    expr multiplicity;
    struct air *t = fixed_table(m, name, 1u << (2 * bits), &multiplicity);
    expr x = row_bits(t, "x", 0, bits);
    expr y = row_bits(t, "y", bits, bits);
    struct air_monomial both[8];
    for (unsigned i = 0; i < bits; i++) {
        both[i] = (struct air_monomial){1u << i, 1u << i | 1u << (bits + i)};
    }
    expr z = air_fixed_monomials(t, "x & y", both, bits);
    bus_supply(t, bus, multiplicity, x, y, z);
}

static void and8_declare(struct mx_builder *m)
{
    declare_and(m, "and8", m->bus.and8, 8);
}
FIXED_STORE(and8, 1u << 16, MX_AND8_FULL)

static void and4_declare(struct mx_builder *m)
{
    declare_and(m, "and4", m->bus.and4, 4);
}
FIXED_STORE(and4, 1u << 8, 1)

#define SHIFT_ROWS (9u * 256)

/* r, x, lo, hi with x 2^r = lo + 256 hi, r <= 8: row 256 r + x; explicit, since 9 is no power of two */
static void shift_declare(struct mx_builder *m)
{
    static uint32_t r[SHIFT_ROWS], x[SHIFT_ROWS], lo[SHIFT_ROWS], hi[SHIFT_ROWS];
    for (uint32_t i = 0; i < SHIFT_ROWS; i++) {
        r[i] = i / 256;
        x[i] = i % 256;
        lo[i] = x[i] << r[i] & 0xff;
        hi[i] = x[i] << r[i] >> 8;
    }
    expr multiplicity;
    struct air *t = fixed_table(m, "shift_bytes", SHIFT_ROWS, &multiplicity);
    expr distance = air_fixed_values(t, "r", r, SHIFT_ROWS);
    expr byte = air_fixed_values(t, "x", x, SHIFT_ROWS);
    expr low = air_fixed_values(t, "lo", lo, SHIFT_ROWS);
    expr high = air_fixed_values(t, "hi", hi, SHIFT_ROWS);
    bus_supply(t, m->bus.shift, multiplicity, distance, byte, low, high);
}
FIXED_STORE(shift, SHIFT_ROWS, 1)
