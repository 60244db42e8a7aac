/* SPDX-License-Identifier: Apache-2.0 */
/* adder.c - z = x + y mod 2^64 in 16-bit limbs.
 *
 * The carry out of limb i is an expression, (x_i + y_i + carry - z_i) / 2^16, and must be a bit.  With all limbs
 * below 2^16 the sum x_i + y_i + carry is below 2^17 < p, so the equation in the field is one of integers and z_i is
 * its remainder. */
#include "field/fp.h"
#include "machines.h"

#define LIMBS 4

#define ADDER_COLUMNS(X)                               \
    X(x, [LIMBS], 16, "first summand, low limb first") \
    X(y, [LIMBS], 16, "second summand")                \
    X(z, [LIMBS], 16, "x + y mod 2^64")

struct adder_vars {
    ADDER_COLUMNS(AIR_EXPR)
};
struct adder_cols {
    ADDER_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec adder_columns[] = {ADDER_COLUMNS(AIR_SPEC)};

static void adder_constraints(struct air *t, const struct adder_vars *r, uint32_t range16)
{
    const int64_t inverse = (int64_t)fp_to_cell(gn_fp_inv(fp_from_cell(1u << 16)));
    expr carry = constant(t, 0);
    for (int i = 0; i < LIMBS; i++) {
        carry = mulk(sub(add(add(r->x[i], r->y[i]), carry), r->z[i]), inverse);
        assert_bool(carry);
        bus_push(t, range16, NULL, r->x[i]);
        bus_push(t, range16, NULL, r->y[i]);
        bus_push(t, range16, NULL, r->z[i]);
    }
}

static void adder_declare(struct machine_builder *m, uint32_t first_value)
{
    (void)first_value;
    struct adder_vars r;
    struct air *t = air_table(m->b, "adder", 1u << 22, 0);
    air_committed(t, adder_columns, MACHINE_COUNT(adder_columns), &r);
    adder_constraints(t, &r, m->range16);
}

static void adder_plan(struct machine_filler *f)
{
    machine_set_height(f, "adder", f->size);
}

static void adder_fill(struct machine_filler *f)
{
    struct adder_cols c;
    uint32_t n = machine_columns(f, "adder", &c);
    for (uint32_t row = 0; row < n; row++) {
        uint32_t carry = 0;
        for (int i = 0; i < LIMBS; i++) {
            c.x[i][row] = machine_random(f, 1u << 16);
            c.y[i][row] = machine_random(f, 1u << 16);
            carry += c.x[i][row] + c.y[i][row];
            c.z[i][row] = carry & 0xffff;
            carry >>= 16;
            f->range16[c.x[i][row]]++;
            f->range16[c.y[i][row]]++;
            f->range16[c.z[i][row]]++;
        }
    }
}

const struct machine_part adder_part = {
    .name = "adder", .declare = adder_declare, .plan = adder_plan, .fill = adder_fill};
