/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c - a computation on bytes of the statement.
 *
 * The statement holds a string of 4-byte records: two bytes, and a 16-bit amount.  Table tally takes each record from
 * the bus, where the verifier put it, counts the one bits of the two bytes, and adds up the amounts.  The results are
 * public values: the number of bits is tied to the last row by a constraint, the sum of amounts by a message that the
 * verifier sends and the last row receives.  Records have numbers, so no record is taken twice and none is left out.
 * */
#include "field/fp.h"
#include "machines.h"

#define RECORD_BYTES 4u

#define TALLY_COLUMNS(X)                                      \
    X(byte, [2], 8, "the record's bytes")                     \
    X(amount, , 16, "the record's amount")                    \
    X(ones, [2], 4, "number of one bits in byte[i]")          \
    X(bits, , 31, "one bits up to this record")               \
    X(total, , 31, "sum of amounts up to this record, mod p") \
    X(last, , 1, "this is the last record")
#define ONES_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")

struct tally_vars {
    TALLY_COLUMNS(AIR_EXPR)
};
struct tally_cols {
    TALLY_COLUMNS(AIR_CELLS)
};
struct ones_vars {
    ONES_COLUMNS(AIR_EXPR)
};
struct ones_cols {
    ONES_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec tally_columns[] = {TALLY_COLUMNS(AIR_SPEC)};
static const struct air_column_spec ones_columns[] = {ONES_COLUMNS(AIR_SPEC)};

static expr row_number(struct air *t, unsigned bits)
{
    struct air_monomial digits[24];
    for (unsigned i = 0; i < bits; i++) {
        digits[i] = (struct air_monomial){1u << i, 1u << i};
    }
    return air_fixed_monomials(t, "row", digits, bits);
}

/* (byte, number of its one bits): the second column has no short closed form, so its 256 values are listed. */
static void declare_ones(struct machine_builder *m, uint32_t ones)
{
    uint32_t values[256];
    for (uint32_t i = 0; i < 256; i++) {
        values[i] = (uint32_t)__builtin_popcount(i);
    }
    struct ones_vars r;
    struct air *t = air_table(m->b, "ones", 256, AIR_FIXED_HEIGHT);
    air_committed(t, ones_columns, MACHINE_COUNT(ones_columns), &r);
    expr byte = row_number(t, 8);
    expr count = air_fixed_values(t, "ones", values, 256);
    bus_supply(t, ones, r.multiplicity, byte, count);
}

struct tally_buses {
    uint32_t record, ones, result;
};

static void tally_constraints(struct air *t, const struct tally_vars *r, const struct tally_buses *bus,
                              uint32_t bits_value)
{
    expr record = row_number(t, 18);
    expr ones = add(r->ones[0], r->ones[1]);
    assert_first(sub(r->bits, ones));
    assert_first(sub(r->total, r->amount));
    assert_transition(sub(next(r->bits), add(r->bits, add(next(r->ones[0]), next(r->ones[1])))));
    assert_transition(sub(next(r->total), add(r->total, next(r->amount))));
    assert_last(sub(r->bits, public_value(t, bits_value)));

    assert_bool(r->last);
    assert_transition(r->last);
    bus_pull(t, bus->record, NULL, record, r->byte[0], r->byte[1], r->amount);
    bus_push(t, bus->ones, NULL, r->byte[0], r->ones[0]);
    bus_push(t, bus->ones, NULL, r->byte[1], r->ones[1]);
    bus_pull(t, bus->result, r->last, constant(t, 42), r->total);
}

static void tally_declare(struct machine_builder *m, uint32_t first_value)
{
    struct tally_buses bus;
    bus.record = air_bus(m->b, "record", 4);
    bus.ones = air_bus(m->b, "ones", 2);
    bus.result = air_bus(m->b, "result", 2);
    declare_ones(m, bus.ones);

    struct tally_vars r;
    struct air *t = air_table(m->b, "tally", AIR_MAX_PUBLIC_BYTES / RECORD_BYTES, AIR_MANDATORY);
    air_committed(t, tally_columns, MACHINE_COUNT(tally_columns), &r);
    tally_constraints(t, &r, &bus, first_value);
    uint32_t bound = air_bound(m->b, "one bits do not wrap around", 0);
    air_bound_term(t, bound, 16);

    const struct air_entry record[] = {
        {AIR_ENTRY_INDEX, 0, 1}, {AIR_ENTRY_LIMB, 0, 1}, {AIR_ENTRY_LIMB, 1, 1}, {AIR_ENTRY_LIMB, 2, 2}};
    air_public_table(m->b, "records", bus.record, false, RECORD_BYTES, record, 4);
    const struct air_entry result[] = {{AIR_ENTRY_CONST, 42, 0}, {AIR_ENTRY_PUBLIC, first_value + 1, 0}};
    air_public_message(m->b, bus.result, false, result, 2);
}

static void tally_plan(struct machine_filler *f)
{
    machine_set_height(f, "tally", f->size);
    machine_set_height(f, "ones", 256);
}

static void tally_fill(struct machine_filler *f)
{
    struct tally_cols c;
    struct ones_cols ones;
    uint32_t n = machine_columns(f, "tally", &c);
    (void)machine_columns(f, "ones", &ones);
    uint8_t *data = gn_arena_alloc(f->arena, n * RECORD_BYTES);
    if (data == NULL) {
        f->failed = true;
        return;
    }
    uint32_t bits = 0, total = 0;
    for (uint32_t i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++) {
            c.byte[k][i] = data[4 * i + k] = (uint8_t)machine_random(f, 256);
            c.ones[k][i] = (uint32_t)__builtin_popcount(c.byte[k][i]);
            ones.multiplicity[c.byte[k][i]]++;
            bits += c.ones[k][i];
        }
        c.amount[i] = machine_random(f, 1u << 16);
        data[4 * i + 2] = (uint8_t)c.amount[i];
        data[4 * i + 3] = (uint8_t)(c.amount[i] >> 8);
        total = fp_add_raw(total, c.amount[i]);
        c.bits[i] = bits;
        c.total[i] = total;
        c.last[i] = i + 1 == n;
    }
    f->bytes[0] = (struct air_public_bytes){data, (size_t)n * RECORD_BYTES};
    f->values[f->value] = bits;
    f->values[f->value + 1] = total;
}

const struct machine_part tally_part = {
    .name = "tally", .public_values = 2, .declare = tally_declare, .plan = tally_plan, .fill = tally_fill};
