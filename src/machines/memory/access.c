/* SPDX-License-Identifier: Apache-2.0 */
/* access.c - which accesses are legal (memory.h), and the address of an access.
 *
 * Table access has explicit values: for each of the nine legal pairs (mode, perm), the 36 intervals [offset, offset + bytes) inside of a word.
 * A store needs a writable word; user rows need user memory; the monitor may read and write both kinds. */
#include "machines/memory/memory.h"

#define INTERVALS         36u
#define ACCESS_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")

struct access_vars {
    ACCESS_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec access_columns[] = {ACCESS_COLUMNS(AIR_SPEC)};

static const struct legal {
    uint32_t mode, perm; /* store + 2 user; writable + 2 monitor's */
} legal[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 1}, {1, 3}, {2, 0}, {2, 1}, {3, 1}};
#define ACCESS_ROWS (MX_COUNT(legal) * INTERVALS)

/* offset 0: intervals 0 ... 7; offset 1: 8 ... 14; ... */
static uint32_t interval(uint32_t offset, uint32_t bytes)
{
    return offset * (17 - offset) / 2 + bytes - 1;
}

static void declare(struct mx_builder *m)
{
    uint32_t columns[4][ACCESS_ROWS];
    for (uint32_t k = 0; k < MX_COUNT(legal); k++) {
        for (uint32_t offset = 0; offset < 8; offset++) {
            for (uint32_t bytes = 1; offset + bytes <= 8; bytes++) {
                uint32_t row = k * INTERVALS + interval(offset, bytes);
                columns[0][row] = offset;
                columns[1][row] = bytes;
                columns[2][row] = legal[k].mode;
                columns[3][row] = legal[k].perm;
            }
        }
    }
    struct access_vars r;
    struct air *t = air_table(m->b, "access", ACCESS_ROWS, AIR_FIXED_HEIGHT);
    air_committed(t, access_columns, MX_COUNT(access_columns), &r);
    expr offset = air_fixed_values(t, "offset", columns[0], ACCESS_ROWS);
    expr bytes = air_fixed_values(t, "bytes", columns[1], ACCESS_ROWS);
    expr mode = air_fixed_values(t, "mode", columns[2], ACCESS_ROWS);
    expr perm = air_fixed_values(t, "perm", columns[3], ACCESS_ROWS);
    bus_supply(t, m->bus.access, r.multiplicity, offset, bytes, mode, perm);
}

static uint32_t height(const struct mx_run *run)
{
    (void)run;
    return ACCESS_ROWS;
}

static uint32_t fill(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, const uint32_t *pages,
                     uint32_t rows)
{
    (void)run, (void)pages;
    bool used = false;
    for (uint32_t i = 0; i < rows; i++) {
        columns[0][i] = f->access[i];
        used = used || f->access[i] != 0;
    }
    return used ? rows : 0;
}

const struct mx_store_def mx_store_access = {.name = "access", .declare = declare, .height = height, .fill = fill};

/* ---- for the classes ---- */

/* Why it is exact.  The key is one that exists, so 0 <= 8 q + offset < 2^16 and 0 <= c1 < 2^16 (memory.h), and c2 = cu - 16 user is in
 * {-16, 0, 16}; access excludes -16.  So all four are limbs, and mx_add_carries says a + imm = address in integers modulo 2^64; the fourth
 * carry, which drops out, is only a bit.  Nothing is assumed of a: a negative offset, or one that wraps, is an address like any other. */
void mem_address(struct air *t, const expr a[4], const expr imm[2], expr user, expr offset, expr q, expr c1, expr cu)
{
    expr b[4] = {imm[0], imm[1], imm[1], imm[1]}, carry[4];
    expr address[4] = {add(mulk(q, 8), offset), c1, sub(cu, mulk(user, MEM_USER_SPACE)), constant(t, 0)};
    mx_add_carries(carry, a, b, address);
}

void mem_allowed(struct air *t, const struct mx_builder *m, expr when, expr offset, expr bytes, expr store, expr user,
                 expr perm)
{
    bus_push(t, m->bus.access, when, offset, bytes, add(store, mulk(user, 2)), perm);
}

void mem_access_when(struct air *t, const struct mx_builder *m, expr when, expr ts, const expr key[3],
                     const expr gap[2], expr perm, const expr old[4], const expr new[4])
{
    expr now = addk(ts, MX_SLOT_MEMORY);
    expr before = sub(addk(now, -1), limbs(gap, 2, 16));
    bus_pull(t, m->bus.mem, when, key[0], key[1], key[2], before, old[0], old[1], old[2], old[3], perm);
    bus_push(t, m->bus.mem, when, key[0], key[1], key[2], now, new[0], new[1], new[2], new[3], perm);
    bus_push(t, m->bus.range16, when, gap[0]);
    bus_push(t, m->bus.range8, when, gap[1]);
}

void mem_count_allowed(struct mx_filler *f, unsigned offset, unsigned bytes, unsigned store, unsigned user,
                       unsigned perm)
{
    for (uint32_t k = 0; k < MX_COUNT(legal); k++) {
        if (legal[k].mode == store + 2 * user && legal[k].perm == perm) {
            mx_count_access(f, k * INTERVALS + interval(offset, bytes));
        }
    }
}
