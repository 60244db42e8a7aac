/* SPDX-License-Identifier: Apache-2.0 */
/* fib.c - the smallest machine: row i holds F_i and F_{i+1}.
 *
 * The statement is (F_0, F_1, F_n): two start values and the second cell of the last row.  Nothing says how many rows
 * there are; a statement that should fix n would carry it, and a counter column would be tied to it. */
#include "field/fp.h"
#include "machines.h"

#define FIB_COLUMNS(X) \
    X(a, , 31, "F_i")  \
    X(b, , 31, "F_{i+1}")

struct fib_vars {
    FIB_COLUMNS(AIR_EXPR)
};
struct fib_cols {
    FIB_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec fib_columns[] = {FIB_COLUMNS(AIR_SPEC)};

static void fib_constraints(struct air *t, const struct fib_vars *r, uint32_t statement)
{
    assert_first(sub(r->a, public_value(t, statement)));
    assert_first(sub(r->b, public_value(t, statement + 1)));
    assert_transition(sub(next(r->a), r->b));
    assert_transition(sub(next(r->b), add(r->a, r->b)));
    assert_last(sub(r->b, public_value(t, statement + 2)));
}

static void fib_declare(struct machine_builder *m, uint32_t first_value)
{
    struct fib_vars r;
    struct air *t = air_table(m->b, "fib", 1u << 22, 0);
    air_committed(t, fib_columns, MACHINE_COUNT(fib_columns), &r);
    fib_constraints(t, &r, first_value);
}

static void fib_plan(struct machine_filler *f)
{
    machine_set_height(f, "fib", f->size);
}

static void fib_fill(struct machine_filler *f)
{
    struct fib_cols c;
    uint32_t n = machine_columns(f, "fib", &c);
    uint32_t a = machine_random(f, FP_P), b = machine_random(f, FP_P);
    f->values[f->value] = a;
    f->values[f->value + 1] = b;
    for (uint32_t i = 0; i < n; i++) {
        c.a[i] = a;
        c.b[i] = b;
        b = fp_add_raw(a, b);
        a = c.b[i];
    }
    f->values[f->value + 2] = a;
}

const struct machine_part fib_part = {
    .name = "fib", .public_values = 3, .declare = fib_declare, .plan = fib_plan, .fill = fib_fill};
