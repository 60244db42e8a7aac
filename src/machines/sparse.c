/* SPDX-License-Identifier: Apache-2.0 */
/* sparse.c - second suppliers for range16, bytes and and8: only the tuples that a run looked up, each proven to be legal.
 *
 * A run of some thousand instructions uses a few hundred limb values, so the full tables' 2^16 rows would be most of its cost.  Whoever looks
 * something up does not know which supplier answers.  All three are sets (membership is all that a lookup says), so a tuple that stands twice does no harm.
 *
 * range16_sparse: x descends from 65535 (first row) to 0 (last) in steps below 2^8 (range8).  Fewer than 2^16 steps sum to less than p, so all
 * values lie between.  The last row's step is looked up too, against the cell behind it, which says nothing: the prover leaves it 0.
 * bytes_sparse: both are bytes by range8.  and8_sparse: two halves of 4 bits, each by and4. */
#include "machines/fixed.h"

#define RANGE_COLUMNS(X) \
    X(x, , 16, "value")  \
    X(multiplicity, , 31, "how often it was looked up")
#define BYTES_COLUMNS(X)     \
    X(x, , 8, "first byte")  \
    X(y, , 8, "second byte") \
    X(multiplicity, , 31, "how often the pair was looked up")
#define AND8_COLUMNS(X)                                \
    X(x, [2], 4, "first byte, low half and high half") \
    X(y, [2], 4, "second byte")                        \
    X(z, [2], 4, "x & y")                              \
    X(multiplicity, , 31, "how often the pair was looked up")

struct range_vars {
    RANGE_COLUMNS(AIR_EXPR)
};
struct range_cols {
    RANGE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec range_columns[] = {RANGE_COLUMNS(AIR_SPEC)};
struct bytes_vars {
    BYTES_COLUMNS(AIR_EXPR)
};
struct bytes_cols {
    BYTES_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec bytes_columns[] = {BYTES_COLUMNS(AIR_SPEC)};
struct and8_vars {
    AND8_COLUMNS(AIR_EXPR)
};
struct and8_cols {
    AND8_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec and8_columns[] = {AND8_COLUMNS(AIR_SPEC)};

static void range16_declare(struct mx_builder *m)
{
    struct range_vars r;
    struct air *t = air_table(m->b, "range16_sparse", 1u << 16, 0);
    air_committed(t, range_columns, MX_COUNT(range_columns), &r);
    air_next_anywhere(t);
    assert_first(addk(r.x, -0xffff));
    assert_last(r.x);
    mx_range8(t, m, sub(r.x, next(r.x)));
    bus_supply(t, m->bus.range16, r.multiplicity, r.x);
}

static void bytes_declare(struct mx_builder *m)
{
    struct bytes_vars r;
    struct air *t = air_table(m->b, "bytes_sparse", 1u << 16, 0);
    air_committed(t, bytes_columns, MX_COUNT(bytes_columns), &r);
    mx_range8(t, m, r.x);
    mx_range8(t, m, r.y);
    bus_supply(t, m->bus.bytes, r.multiplicity, r.x, r.y);
}

static void and8_declare(struct mx_builder *m)
{
    struct and8_vars r;
    struct air *t = air_table(m->b, "and8_sparse", 1u << 16, 0);
    air_committed(t, and8_columns, MX_COUNT(and8_columns), &r);
    for (unsigned i = 0; i < 2; i++) {
        bus_push(t, m->bus.and4, NULL, r.x[i], r.y[i], r.z[i]);
    }
    bus_supply(t, m->bus.and8, r.multiplicity, limbs(r.x, 2, 4), limbs(r.y, 2, 4), limbs(r.z, 2, 4));
}

static uint32_t any_height(const struct mx_run *run)
{
    (void)run;
    return 1u << 16;
}

static uint32_t range16_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                             const uint32_t *pages, uint32_t height)
{
    (void)run, (void)pages, (void)height;
    struct range_cols c;
    memcpy(&c, columns, sizeof c);
    uint32_t used = mx_distinct(f->range16, 1u << 16), n = 0, last = 0;
    if (used == 0 || used >= MX_RANGE16_FULL) {
        return 0;
    }
    for (uint32_t x = 0xffff; x <= 0xffff; x--) { /* until it wraps */
        bool bridge = n > 0 && last - x == 0xff;
        if (f->range16[x] != 0 || bridge || x == 0 || x == 0xffff) {
            c.x[n] = x;
            c.multiplicity[n] = f->range16[x];
            mx_count_range8(f,
                            n > 0 ? last - x : 0); /* the first row's turn counts for the last row, whose step is 0 */
            last = x;
            n++;
        }
    }
    return n;
}

static uint32_t bytes_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                           const uint32_t *pages, uint32_t height)
{
    (void)run, (void)pages;
    struct bytes_cols c;
    memcpy(&c, columns, sizeof c);
    uint32_t n = 0;
    if (mx_distinct(f->bytes, height) >= MX_BYTES_FULL) {
        return 0;
    }
    for (uint32_t i = 0; i < height; i++) {
        if (f->bytes[i] != 0) {
            c.x[n] = i & 0xff;
            c.y[n] = i >> 8;
            c.multiplicity[n++] = f->bytes[i];
            mx_count_range8(f, i & 0xff);
            mx_count_range8(f, i >> 8);
        }
    }
    return n;
}

static uint32_t and8_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                          const uint32_t *pages, uint32_t height)
{
    (void)run, (void)pages;
    struct and8_cols c;
    memcpy(&c, columns, sizeof c);
    uint32_t n = 0;
    if (mx_distinct(f->and8, height) >= MX_AND8_FULL) {
        return 0;
    }
    for (uint32_t i = 0; i < height; i++) {
        if (f->and8[i] == 0) {
            continue;
        }
        for (unsigned half = 0; half < 2; half++) {
            uint32_t x = i >> (4 * half) & 0xf, y = i >> (8 + 4 * half) & 0xf;
            c.x[half][n] = x;
            c.y[half][n] = y;
            c.z[half][n] = x & y;
            f->and4[x | y << 4]++;
        }
        c.multiplicity[n++] = f->and8[i];
    }
    return n;
}

const struct mx_store_def mx_store_range16_sparse = {
    .name = "range16_sparse", .declare = range16_declare, .height = any_height, .fill = range16_fill};
const struct mx_store_def mx_store_bytes_sparse = {
    .name = "bytes_sparse", .declare = bytes_declare, .height = any_height, .fill = bytes_fill};
const struct mx_store_def mx_store_and8_sparse = {
    .name = "and8_sparse", .declare = and8_declare, .height = any_height, .fill = and8_fill};
