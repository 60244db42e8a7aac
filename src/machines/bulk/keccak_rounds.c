/* SPDX-License-Identifier: Apache-2.0 */
/* keccak_rounds.c - the 24 rounds of Keccak-f[1600] (FIPS 202, section 3.2), a row each, in bits.
 *
 * A row takes the five planes (ts, round, y, limbs) from bus `keccak` and puts (ts, round + 1, y, limbs); there are no other links between rows, and
 * rows may stand in any order.  round < 24 as KeccakIota has it, so a path of tokens ends after 24 rows at most: only a head's.
 *
 * Committed are, as bits: A' (the state after theta), D (what theta adds to a column) and the column parities E of A'; and as limbs what the row takes and
 * what it puts, so that the bus reads columns.  Let A = A' xor D.
 *     taken limb = sum of 2^k A                  so A is bits and is what was put;
 *     sum over y of A' - E in {0, 2, 4}          E is the parity of A' = A xor D; five equal bits D have parity D, so C = E xor D is that of A;
 *     D(x, z) + C(x - 1, z) + C(x + 1, z - 1) = 0 mod 2, said of the five bits D, E, D, E, D: their sum is in {0, 2, 4}.
 * Given A there is one solution, theta's: C is the parity of A, D is determined by C, and A', E by A and D.
 * Then rho and pi only name bits, chi is b0 + (1 - b1) b2 mod 2, of degree 3.  Iota touches seven bits of lane (0, 0), which are committed before it.
 * Sums of 16 bits and 5-bit sums do not wrap. */
#include "base/keccak.h"
#include <stdlib.h>

#include "machines/bulk/bulk.h"
#include "machines/fixed.h"

#define IOTA_BITS 7u /* bit k of iota is bit 2^k - 1 of the lane */

#define ROUNDS_COLUMNS(X)                                                   \
    X(ts, , 24, "the operation's time")                                     \
    X(round, , 5, "number of the round")                                    \
    X(iota, [IOTA_BITS], 1, "its constant")                                 \
    X(chi, [IOTA_BITS], 1, "lane (0, 0) after chi, where iota may flip it") \
    X(taken, [100], 16, "the state before: limb l of lane i at 4 i + l")    \
    X(put, [100], 16, "the state after")                                    \
    X(d, [320], 1, "D(x, z) at 64 x + z")                                   \
    X(e, [320], 1, "E(x, z): the parity of A'(x, ., z)")                    \
    X(a, [1600], 1, "A'(x, y, z) at 64 (x + 5 y) + z")
#define IOTA_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")

struct rounds_vars {
    ROUNDS_COLUMNS(AIR_EXPR)
};
struct rounds_cols {
    ROUNDS_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec rounds_columns[] = {ROUNDS_COLUMNS(AIR_SPEC)};
struct iota_vars {
    IOTA_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec iota_columns[] = {IOTA_COLUMNS(AIR_SPEC)};

/* Expressions of a row: bits as terms that are cheap to sum up, as most of a row's cost is here. */
struct round_exprs {
    expr flipped[1600];         /* A = D + flipped */
    expr high[1600], low[1600]; /* after chi: low - 2 high */
};

/* zero if the sum of five bits, or of five less one, is even */
static expr odd(expr sum)
{
    return mul(sum, mul(addk(sum, -2), addk(sum, -4)));
}

static void assert_theta(const struct rounds_vars *r, struct round_exprs *e, expr one)
{
    for (unsigned x = 0; x < 5; x++) {
        for (unsigned z = 0; z < 64; z++) {
            unsigned at = 64 * x + z, left = 64 * ((x + 4) % 5) + z, right = 64 * ((x + 1) % 5) + (z + 63) % 64;
            expr flip = sub(one, add(r->d[at], r->d[at])), rest = neg(r->e[at]);
            assert_bool(r->d[at]);
            assert_bool(r->e[at]);
            for (unsigned y = 0; y < 5; y++) {
                unsigned bit_at = 64 * (x + 5 * y) + z;
                assert_bool(r->a[bit_at]);
                rest = add(rest, r->a[bit_at]);
                e->flipped[bit_at] = mul(r->a[bit_at], flip);
            }
            assert_zero(odd(rest));
            expr flips = add(r->d[at], add(add(r->d[left], r->e[left]), add(r->d[right], r->e[right])));
            assert_zero(odd(flips));
        }
    }
}

/* bit z of lane (x, y) after rho and pi: pi says B(y, 2 x + 3 y) = A'(x, y), so B(x, y) = A'(x + 3 y, x) */
static expr after_pi(const struct rounds_vars *r, unsigned x, unsigned y, unsigned z)
{
    unsigned from = (x + 3 * y) % 5 + 5 * x;
    return r->a[64 * from + (z + 64 - gn_keccak_rotations[from]) % 64];
}

static void assert_chi_iota(struct air *t, const struct rounds_vars *r, struct round_exprs *e)
{
    for (unsigned lane = 0; lane < KECCAK_LANES; lane++) {
        unsigned x = lane % 5, y = lane / 5;
        for (unsigned z = 0; z < 64; z++) {
            expr b0 = after_pi(r, x, y, z), b1 = after_pi(r, (x + 1) % 5, y, z), b2 = after_pi(r, (x + 2) % 5, y, z);
            expr and_not = sub(b2, mul(b1, b2));
            e->low[64 * lane + z] = add(b0, and_not);
            e->high[64 * lane + z] = mul(b0, and_not);
        }
    }
    for (unsigned k = 0; k < IOTA_BITS; k++) {
        unsigned z = (1u << k) - 1;
        assert_equal(r->chi[k], sub(e->low[z], add(e->high[z], e->high[z])));
        e->low[z] = bulk_xor(r->chi[k], r->iota[k]);
        e->high[z] = constant(t, 0);
    }
}

/* sum of 16 bits of A, from bit i of the state on */
static expr limb_before(const struct rounds_vars *r, const struct round_exprs *e, unsigned i)
{
    return add(bulk_pack(r->d + i % 320, 16), bulk_pack(e->flipped + i, 16));
}

/* the same of what the round gives: sum of (low - 2 high) 2^k, from the top */
static expr limb_after(const struct round_exprs *e, unsigned i)
{
    expr total = NULL;
    for (unsigned k = 16; k-- > 0;) {
        total = total == NULL ? neg(e->high[i + k]) : sub(total, e->high[i + k]);
        total = add(add(total, total), e->low[i + k]);
    }
    return total;
}

static void assert_limbs(const struct rounds_vars *r, const struct round_exprs *e)
{
    for (unsigned i = 0; i < 100; i++) {
        assert_equal(r->taken[i], limb_before(r, e, 16 * i));
        assert_equal(r->put[i], limb_after(e, 16 * i));
    }
}

static void send_planes(struct air *t, const struct mx_builder *m, int sign, expr ts, expr round, const expr *limbs)
{
    for (unsigned y = 0; y < 5; y++) {
        expr entries[23] = {ts, round, constant(t, y)};
        memcpy(entries + 3, limbs + (size_t)20 * y, 20 * sizeof *limbs);
        air_interact(t, m->bus.keccak, NULL, sign, entries, MX_COUNT(entries), sign > 0 ? "push plane" : "pull plane",
                     __FILE__, __LINE__);
    }
}

static void declare(struct mx_builder *m)
{
    struct rounds_vars *r = malloc(sizeof *r);
    struct round_exprs *e = malloc(sizeof *e);
    struct air *t = air_table(m->b, "keccak_rounds", AIR_MAX_HEIGHT, 0);
    if (r != NULL && e != NULL) {
        air_committed(t, rounds_columns, MX_COUNT(rounds_columns), r);
        assert_theta(r, e, constant(t, 1));
        assert_chi_iota(t, r, e);
        assert_limbs(r, e);
        const expr *k = r->iota;
        bus_push(t, m->bus.keccak_iota, NULL, r->round, k[0], k[1], k[2], k[3], k[4], k[5], k[6]);
        send_planes(t, m, -1, r->ts, r->round, r->taken);
        send_planes(t, m, 1, r->ts, addk(r->round, 1), r->put);
    }
    free(e);
    free(r);
}

/* ---- filling: several permutations at a time, lane by lane, so that what is written of a column stands together ---- */
#define BATCH      16u
#define BATCH_ROWS (BATCH * KECCAK_ROUNDS)
struct trace { /* by row */
    uint64_t a[KECCAK_LANES][BATCH_ROWS], d[5][BATCH_ROWS], e[5][BATCH_ROWS], chi[BATCH_ROWS];
    uint64_t taken[KECCAK_LANES][BATCH_ROWS], put[KECCAK_LANES][BATCH_ROWS];
};

static uint64_t rotate(uint64_t x, unsigned n)
{
    return n == 0 ? x : x << n | x >> (64 - n);
}

static void trace_round(struct trace *trace, unsigned row, uint64_t s[KECCAK_LANES], uint64_t iota)
{
    uint64_t c[5], b[KECCAK_LANES];
    for (unsigned x = 0; x < 5; x++) {
        c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
    }
    for (unsigned x = 0; x < 5; x++) {
        uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        trace->d[x][row] = d;
        trace->e[x][row] = c[x] ^ d;
        for (unsigned y = 0; y < 5; y++) {
            unsigned i = x + 5 * y;
            trace->taken[i][row] = s[i];
            trace->a[i][row] = s[i] ^ d;
            b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(s[i] ^ d, gn_keccak_rotations[i]);
        }
    }
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        unsigned x = i % 5, y = i - x;
        s[i] = b[i] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
    }
    trace->chi[row] = s[0];
    s[0] ^= iota;
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        trace->put[i][row] = s[i];
    }
}

static void put_lane(uint32_t *const *bits, size_t row, const uint64_t *lane, unsigned rows)
{
    for (unsigned z = 0; z < 64; z++) {
        uint32_t *to = bits[z] + row;
        for (unsigned i = 0; i < rows; i++) {
            to[i] = (uint32_t)(lane[i] >> z) & 1;
        }
    }
}

static void put_limbs(uint32_t *const *limbs, size_t row, const uint64_t *lane, unsigned rows)
{
    for (unsigned l = 0; l < 4; l++) {
        for (unsigned i = 0; i < rows; i++) {
            limbs[l][row + i] = (uint32_t)(lane[i] >> 16 * l) & 0xffff;
        }
    }
}

static void put_batch(const struct rounds_cols *c, size_t row, const struct trace *trace, unsigned rows)
{
    for (unsigned i = 0; i < rows; i++) {
        for (unsigned k = 0; k < IOTA_BITS; k++) {
            unsigned z = (1u << k) - 1;
            c->iota[k][row + i] = gn_keccak_constants[i % KECCAK_ROUNDS] >> z & 1;
            c->chi[k][row + i] = trace->chi[i] >> z & 1;
        }
    }
    for (unsigned x = 0; x < 5; x++) {
        put_lane(c->d + (size_t)64 * x, row, trace->d[x], rows);
        put_lane(c->e + (size_t)64 * x, row, trace->e[x], rows);
    }
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        put_lane(c->a + (size_t)64 * i, row, trace->a[i], rows);
        put_limbs(c->taken + (size_t)4 * i, row, trace->taken[i], rows);
        put_limbs(c->put + (size_t)4 * i, row, trace->put[i], rows);
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    const struct rounds_cols *c = (const void *)columns; /* the same pointers, by name */
    static _Thread_local struct trace trace;
    for (size_t first = begin; first < end; first += BATCH) {
        unsigned n = end - first < BATCH ? (unsigned)(end - first) : BATCH;
        size_t row = KECCAK_ROUNDS * first;
        for (unsigned k = 0; k < n; k++) {
            const struct bulk_keccak_record *rec = (const struct bulk_keccak_record *)records + first + k;
            uint64_t state[KECCAK_LANES];
            for (unsigned i = 0; i < KECCAK_LANES; i++) {
                state[i] = rec->word[i].w.before;
            }
            for (unsigned i = 0; i < KECCAK_ROUNDS; i++) {
                trace_round(&trace, KECCAK_ROUNDS * k + i, state, gn_keccak_constants[i]);
                c->ts[row + KECCAK_ROUNDS * k + i] = rec->r.ts;
                c->round[row + KECCAK_ROUNDS * k + i] = i;
                f->keccak_iota[i]++;
            }
        }
        put_batch(c, row, &trace, KECCAK_ROUNDS * n);
    }
}

const struct mx_class_def mx_class_keccak_rounds = {.name = "keccak_rounds",
                                                    .class = MX_KECCAK_ROUNDS,
                                                    .records_of = MX_KECCAK,
                                                    .rows = KECCAK_ROUNDS,
                                                    .declare = declare,
                                                    .fill = fill};

/* ---- KeccakIota: round, its seven bits ---- */
static void declare_iota(struct mx_builder *m)
{
    uint32_t values[1 + IOTA_BITS][KECCAK_ROUNDS];
    expr e[1 + IOTA_BITS];
    struct iota_vars r;
    struct air *t = air_table(m->b, "keccak_iota", KECCAK_ROUNDS, AIR_FIXED_HEIGHT);
    air_committed(t, iota_columns, MX_COUNT(iota_columns), &r);
    for (uint32_t i = 0; i < KECCAK_ROUNDS; i++) {
        values[0][i] = i;
        for (unsigned k = 0; k < IOTA_BITS; k++) {
            values[1 + k][i] = gn_keccak_constants[i] >> ((1u << k) - 1) & 1;
        }
    }
    static const char *const names[] = {"round", "bit 0", "bit 1", "bit 3", "bit 7", "bit 15", "bit 31", "bit 63"};
    for (unsigned i = 0; i < 1 + IOTA_BITS; i++) {
        e[i] = air_fixed_values(t, names[i], values[i], KECCAK_ROUNDS);
    }
    bus_supply(t, m->bus.keccak_iota, r.multiplicity, e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7]);
}

static uint32_t height_iota(const struct mx_run *run)
{
    (void)run;
    return KECCAK_ROUNDS;
}

static uint32_t fill_iota(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                          const uint32_t *pages, uint32_t height)
{
    (void)run, (void)pages;
    memcpy(columns[0], f->keccak_iota, KECCAK_ROUNDS * sizeof *columns[0]);
    return f->keccak_iota[0] != 0 ? height : 0;
}

const struct mx_store_def mx_store_keccak_iota = {
    .name = "keccak_iota", .declare = declare_iota, .height = height_iota, .fill = fill_iota};
