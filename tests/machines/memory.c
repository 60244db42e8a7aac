/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - a memory of 2^24 words, first all zero: every read sees the latest write.
 *
 * Table access lists the accesses in the order in which they happen; its row number is the time.  Table sorted holds
 * the same accesses ordered by (address, time): a bus with one push and one pull per row says that the two are
 * permutations of each other.  In that order the value that a read must see is the one of the row before, or 0 at an
 * address's first row.
 *
 * Order: addresses are below 2^24 (range-checked), times too (row numbers), so "next is larger" is a difference minus
 * one below 2^24. */
#include <stdlib.h>

#include "field/fp.h"
#include "machines.h"

#define ACCESS_COLUMNS(X)             \
    X(address, , 24, "word address")  \
    X(value, , 31, "read or written") \
    X(write, , 1, "1: write, 0: read")

#define SORTED_COLUMNS(X)                                                      \
    X(address_low, , 16, "word address")                                       \
    X(address_high, , 8, "")                                                   \
    X(time, , 24, "row of the access")                                         \
    X(value, , 31, "read or written")                                          \
    X(write, , 1, "1: write, 0: read")                                         \
    X(same, , 1, "the next row has the same address")                          \
    X(step_low, , 16, "next time, or next address, minus this one, minus one") \
    X(step_high, , 8, "")

struct access_vars {
    ACCESS_COLUMNS(AIR_EXPR)
};
struct access_cols {
    ACCESS_COLUMNS(AIR_CELLS)
};
struct sorted_vars {
    SORTED_COLUMNS(AIR_EXPR)
};
struct sorted_cols {
    SORTED_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec access_columns[] = {ACCESS_COLUMNS(AIR_SPEC)};
static const struct air_column_spec sorted_columns[] = {SORTED_COLUMNS(AIR_SPEC)};

static expr word24(expr low, expr high)
{
    return add(low, mulk(high, 1 << 16));
}

static void sorted_constraints(struct air *t, const struct sorted_vars *r, const struct machine_builder *m)
{
    expr address = word24(r->address_low, r->address_high);
    expr next_address = word24(next(r->address_low), next(r->address_high));
    expr next_read = sub(constant(t, 1), next(r->write));

    assert_bool(r->write);
    assert_bool(r->same);
    assert_transition(when(r->same, sub(next_address, address)));
    assert_transition(sub(select_expr(r->same, sub(next(r->time), r->time), sub(next_address, address)),
                          addk(word24(r->step_low, r->step_high), 1)));
    assert_transition(when(next_read, sub(next(r->value), mul(r->same, r->value))));
    assert_first(when(sub(constant(t, 1), r->write), r->value));

    bus_push(t, m->range16, NULL, r->address_low);
    bus_push(t, m->range8, NULL, r->address_high);
    bus_push(t, m->range16, NULL, r->step_low);
    bus_push(t, m->range8, NULL, r->step_high);
}

static void memory_declare(struct machine_builder *m, uint32_t first_value)
{
    (void)first_value;
    uint32_t memory = air_bus(m->b, "memory", 4);

    struct access_vars a;
    struct air *access = air_table(m->b, "access", 1u << 24, 0);
    air_committed(access, access_columns, MACHINE_COUNT(access_columns), &a);
    struct air_monomial digits[24];
    for (unsigned i = 0; i < 24; i++) {
        digits[i] = (struct air_monomial){1u << i, 1u << i};
    }
    expr time = air_fixed_monomials(access, "time", digits, 24);
    bus_push(access, memory, NULL, a.address, time, a.value, a.write);

    struct sorted_vars s;
    struct air *sorted = air_table(m->b, "sorted", 1u << 24, 0);
    air_committed(sorted, sorted_columns, MACHINE_COUNT(sorted_columns), &s);
    sorted_constraints(sorted, &s, m);
    bus_pull(sorted, memory, NULL, word24(s.address_low, s.address_high), s.time, s.value, s.write);
}

static void memory_plan(struct machine_filler *f)
{
    machine_set_height(f, "access", f->size);
    machine_set_height(f, "sorted", f->size);
}

/* Few addresses, far apart, so that most are met several times. */
static void fill_access(struct machine_filler *f, const struct access_cols *c, uint32_t n, uint32_t *memory,
                        uint32_t words)
{
    uint32_t stride = (1u << 24) / words;
    for (uint32_t time = 0; time < n; time++) {
        uint32_t word = machine_random(f, words);
        c->address[time] = word * stride;
        c->write[time] = machine_random(f, 2);
        if (c->write[time]) {
            memory[word] = machine_random(f, FP_P);
        }
        c->value[time] = memory[word];
    }
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static void fill_sorted(struct machine_filler *f, const struct sorted_cols *s, const struct access_cols *c, uint32_t n,
                        const uint64_t *keys)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t time = (uint32_t)(keys[i] & 0xffffff), address = (uint32_t)(keys[i] >> 24);
        s->address_low[i] = address & 0xffff;
        s->address_high[i] = address >> 16;
        s->time[i] = time;
        s->value[i] = c->value[time];
        s->write[i] = c->write[time];
        if (i + 1 < n) {
            uint32_t next_time = (uint32_t)(keys[i + 1] & 0xffffff), next_address = (uint32_t)(keys[i + 1] >> 24);
            s->same[i] = address == next_address;
            uint32_t step = (s->same[i] ? next_time - time : next_address - address) - 1;
            s->step_low[i] = step & 0xffff;
            s->step_high[i] = step >> 16;
        }
        f->range16[s->address_low[i]]++;
        f->range8[s->address_high[i]]++;
        f->range16[s->step_low[i]]++;
        f->range8[s->step_high[i]]++;
    }
}

static void memory_fill(struct machine_filler *f)
{
    struct access_cols c;
    struct sorted_cols s;
    uint32_t n = machine_columns(f, "access", &c);
    (void)machine_columns(f, "sorted", &s);
    uint32_t words = n / 3 + 1;
    uint32_t *memory = gn_arena_zalloc(f->arena, words * sizeof *memory);
    uint64_t *keys = gn_arena_alloc(f->arena, n * sizeof *keys);
    if (memory == NULL || keys == NULL) {
        f->failed = true;
        return;
    }
    fill_access(f, &c, n, memory, words);
    for (uint32_t i = 0; i < n; i++) {
        keys[i] = (uint64_t)c.address[i] << 24 | i;
    }
    qsort(keys, n, sizeof *keys, by_key);
    fill_sorted(f, &s, &c, n, keys);
}

const struct machine_part memory_part = {
    .name = "memory", .declare = memory_declare, .plan = memory_plan, .fill = memory_fill};
