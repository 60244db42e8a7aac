/* SPDX-License-Identifier: Apache-2.0 */
/* registers.c - both ends of the registers' logs, and Refresh.
 *
 * The verifier itself pushes reg(r, 0, 0) for all registers (system.c).  RegFinal pulls the last token of each: one row a register, by
 * closed form, so there is no second log of a register; times and values are whatever the log ended with.
 *
 * Refresh bridges gaps of 2^16 and more: it moves a token, unchanged, forward in time by at most 2^16.  Its ts is not tied to any
 * instruction.  What keeps it from running around the field until an old token looks new is the bound `refresh` on its height: all its rows together
 * move time by 65536 * height, which with the largest time of an instruction (2^24) and the largest gap stays below p. */
#include "machines/machine.h"

#define FINAL_COLUMNS(X)                   \
    X(ts, , 31, "time of the last access") \
    X(v, [4], 16, "last value")
#define REFRESH_COLUMNS(X)                                      \
    X(reg, , 7, "register")                                     \
    X(ts, , 31, "time that its token gets")                     \
    X(gap, , 16, "this time minus the token's time, minus one") \
    X(v, [4], 16, "value")

struct final_vars {
    FINAL_COLUMNS(AIR_EXPR)
};
struct final_cols {
    FINAL_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec final_columns[] = {FINAL_COLUMNS(AIR_SPEC)};
struct refresh_vars {
    REFRESH_COLUMNS(AIR_EXPR)
};
struct refresh_cols {
    REFRESH_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec refresh_columns[] = {REFRESH_COLUMNS(AIR_SPEC)};

static void final_declare(struct mx_builder *m)
{
    struct final_vars r;
    struct air *t = air_table(m->b, "reg_final", VM_REGS, AIR_FIXED_HEIGHT | AIR_MANDATORY);
    air_committed(t, final_columns, MX_COUNT(final_columns), &r);
    struct air_monomial digits[7];
    for (unsigned i = 0; i < 7; i++) {
        digits[i] = (struct air_monomial){1u << i, 1u << i};
    }
    expr reg = air_fixed_monomials(t, "reg", digits, 7);
    bus_pull(t, m->bus.reg, NULL, reg, r.ts, r.v[0], r.v[1], r.v[2], r.v[3]);
}

static uint32_t final_height(const struct mx_run *run)
{
    (void)run;
    return VM_REGS;
}

static uint32_t final_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                           const uint32_t *pages, uint32_t height)
{
    (void)f, (void)pages;
    struct final_cols c;
    memcpy(&c, columns, sizeof c);
    for (uint32_t i = 0; i < height; i++) {
        c.ts[i] = run->registers[i].ts;
        mx_put_limbs(c.v, i, run->registers[i].value);
    }
    return height;
}

static void refresh_declare(struct mx_builder *m)
{
    struct refresh_vars r;
    struct air *t = air_table(m->b, "refresh", 1u << 15, 0);
    air_committed(t, refresh_columns, MX_COUNT(refresh_columns), &r);
    air_bound_term(t, m->refresh_bound, 1u << 16);
    expr before = sub(addk(r.ts, -1), r.gap);
    bus_pull(t, m->bus.reg, NULL, r.reg, before, r.v[0], r.v[1], r.v[2], r.v[3]);
    bus_push(t, m->bus.reg, NULL, r.reg, r.ts, r.v[0], r.v[1], r.v[2], r.v[3]);
    mx_range16(t, m, r.gap);
}

static uint32_t refresh_height(const struct mx_run *run)
{
    return (uint32_t)run->refreshes_n;
}

static uint32_t refresh_fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                             const uint32_t *pages, uint32_t height)
{
    (void)pages;
    struct refresh_cols c;
    memcpy(&c, columns, sizeof c);
    for (uint32_t i = 0; i < height; i++) {
        const struct mx_refresh *x = &run->refreshes[i];
        c.reg[i] = x->reg;
        c.ts[i] = x->ts;
        c.gap[i] = x->gap;
        mx_put_limbs(c.v, i, x->value);
        mx_count_range16(f, x->gap);
    }
    return height;
}

const struct mx_store_def mx_store_reg_final = {
    .name = "reg_final", .declare = final_declare, .height = final_height, .fill = final_fill};
const struct mx_store_def mx_store_refresh = {
    .name = "refresh", .declare = refresh_declare, .height = refresh_height, .fill = refresh_fill};
