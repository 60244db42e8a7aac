/* SPDX-License-Identifier: Apache-2.0 */
/* keccak_rounds.c - the 24 rounds of Keccak-f[1600] (FIPS 202, section 3.2), a row each, in bits.
 *
 * A row takes the five planes (ts, round, y, limbs) from bus `keccak` and puts (ts, round + 1, y, limbs); there are no other links between rows, and
 * rows may stand in any order.  round < 24 as KeccakIota has it, so a path of tokens ends after 24 rows at most: only a head's.
 *
 * Committed are, as bits: A' (the state after theta), the column parities C of the round's input A and C' of A'.  Write D(x, z) = C(x - 1, z) + C(x + 1, z - 1) mod 2.
 *     A = A' xor D                               the limbs taken are these, so A is bits and is what was put;
 *     C' = C xor D,  sum over y of A' - C' in {0, 2, 4}    C' is the parity of A' = A xor D; five equal bits D have parity D, so C is that of A.
 * Given A there is one solution, theta's: D is determined by C, and parity(A) = parity(A') xor D = C' xor D = C.
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
    X(c, [320], 1, "C(x, z) at 64 x + z")                                   \
    X(cp, [320], 1, "C'(x, z)")                                             \
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

/* expressions of a row */
struct round_exprs {
    expr d[320], flip[320]; /* D, 1 - 2 D */
    expr in[1600], out[1600];
};

static expr minus_two(expr one, expr x) /* 1 - 2 x */
{
    return sub(one, add(x, x));
}

static void assert_theta(const struct rounds_vars *r, struct round_exprs *e, expr one)
{
    for (unsigned x = 0; x < 5; x++) {
        for (unsigned z = 0; z < 64; z++) {
            unsigned at = 64 * x + z;
            e->d[at] = bulk_xor(r->c[64 * ((x + 4) % 5) + z], r->c[64 * ((x + 1) % 5) + (z + 63) % 64]);
            e->flip[at] = minus_two(one, e->d[at]);
            assert_bool(r->c[at]);
            assert_bool(r->cp[at]);
            assert_equal(r->cp[at], add(e->d[at], mul(r->c[at], e->flip[at])));
            expr rest = neg(r->cp[at]);
            for (unsigned y = 0; y < 5; y++) {
                unsigned bit_at = 64 * (x + 5 * y) + z;
                assert_bool(r->a[bit_at]);
                rest = add(rest, r->a[bit_at]);
                e->in[bit_at] = add(e->d[at], mul(r->a[bit_at], e->flip[at]));
            }
            assert_zero(mul(rest, mul(addk(rest, -2), addk(rest, -4))));
        }
    }
}

/* bit z of lane (x, y) after rho and pi: pi says B(y, 2 x + 3 y) = A'(x, y), so B(x, y) = A'(x + 3 y, x) */
static expr after_pi(const struct rounds_vars *r, unsigned x, unsigned y, unsigned z)
{
    unsigned from = (x + 3 * y) % 5 + 5 * x;
    return r->a[64 * from + (z + 64 - gn_keccak_rotations[from]) % 64];
}

static void assert_chi_iota(const struct rounds_vars *r, struct round_exprs *e, expr one)
{
    for (unsigned lane = 0; lane < KECCAK_LANES; lane++) {
        unsigned x = lane % 5, y = lane / 5;
        for (unsigned z = 0; z < 64; z++) {
            expr b0 = after_pi(r, x, y, z), b1 = after_pi(r, (x + 1) % 5, y, z), b2 = after_pi(r, (x + 2) % 5, y, z);
            expr and_not = sub(b2, mul(b1, b2));
            e->out[64 * lane + z] = add(b0, mul(and_not, minus_two(one, b0)));
        }
    }
    for (unsigned k = 0; k < IOTA_BITS; k++) {
        expr *bit_out = &e->out[(1u << k) - 1];
        assert_equal(r->chi[k], *bit_out);
        *bit_out = bulk_xor(r->chi[k], r->iota[k]);
    }
}

static void send_planes(struct air *t, const struct mx_builder *m, int sign, expr ts, expr round,
                        const expr state[1600])
{
    for (unsigned y = 0; y < 5; y++) {
        expr entries[23] = {ts, round, constant(t, y)};
        for (unsigned i = 0; i < 20; i++) {
            entries[3 + i] = bulk_pack(state + 320 * y + 16 * i, 16);
        }
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
        expr one = constant(t, 1);
        assert_theta(r, e, one);
        assert_chi_iota(r, e, one);
        const expr *k = r->iota;
        bus_push(t, m->bus.keccak_iota, NULL, r->round, k[0], k[1], k[2], k[3], k[4], k[5], k[6]);
        send_planes(t, m, -1, r->ts, r->round, e->in);
        send_planes(t, m, 1, r->ts, addk(r->round, 1), e->out);
    }
    free(e);
    free(r);
}

/* ---- filling: all rounds of a permutation, lane by lane, so that a column's 24 cells are written together ---- */
struct trace {
    uint64_t a[KECCAK_LANES][KECCAK_ROUNDS], c[5][KECCAK_ROUNDS], cp[5][KECCAK_ROUNDS], chi[KECCAK_ROUNDS];
};

static uint64_t rotate(uint64_t x, unsigned n)
{
    return n == 0 ? x : x << n | x >> (64 - n);
}

static void trace_round(struct trace *trace, unsigned round, uint64_t s[KECCAK_LANES])
{
    uint64_t c[5], b[KECCAK_LANES];
    for (unsigned x = 0; x < 5; x++) {
        c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
        trace->c[x][round] = c[x];
    }
    for (unsigned x = 0; x < 5; x++) {
        uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        trace->cp[x][round] = c[x] ^ d;
        for (unsigned y = 0; y < 5; y++) {
            unsigned i = x + 5 * y;
            trace->a[i][round] = s[i] ^ d;
            b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(s[i] ^ d, gn_keccak_rotations[i]);
        }
    }
    for (unsigned i = 0; i < KECCAK_LANES; i++) {
        unsigned x = i % 5, row = i - x;
        s[i] = b[i] ^ (~b[row + (x + 1) % 5] & b[row + (x + 2) % 5]);
    }
    trace->chi[round] = s[0];
    s[0] ^= gn_keccak_constants[round];
}

static void put_lane(uint32_t *const *bits, size_t row, const uint64_t lane[KECCAK_ROUNDS])
{
    for (unsigned z = 0; z < 64; z++) {
        uint32_t *to = bits[z] + row;
        for (unsigned i = 0; i < KECCAK_ROUNDS; i++) {
            to[i] = (uint32_t)(lane[i] >> z) & 1;
        }
    }
}

static void fill(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    const struct rounds_cols *c = (const void *)columns; /* the same pointers, by name */
    struct trace trace;
    for (size_t n = begin; n < end; n++) {
        const struct bulk_keccak_record *rec = (const struct bulk_keccak_record *)records + n;
        size_t row = KECCAK_ROUNDS * n;
        uint64_t state[KECCAK_LANES];
        for (unsigned i = 0; i < KECCAK_LANES; i++) {
            state[i] = rec->word[i].w.before;
        }
        for (unsigned i = 0; i < KECCAK_ROUNDS; i++) {
            trace_round(&trace, i, state);
            c->ts[row + i] = rec->r.ts;
            c->round[row + i] = i;
            for (unsigned k = 0; k < IOTA_BITS; k++) {
                unsigned z = (1u << k) - 1;
                c->iota[k][row + i] = gn_keccak_constants[i] >> z & 1;
                c->chi[k][row + i] = trace.chi[i] >> z & 1;
            }
            f->keccak_iota[i]++;
        }
        for (unsigned x = 0; x < 5; x++) {
            put_lane(c->c + (size_t)64 * x, row, trace.c[x]);
            put_lane(c->cp + (size_t)64 * x, row, trace.cp[x]);
        }
        for (unsigned i = 0; i < KECCAK_LANES; i++) {
            put_lane(c->a + (size_t)64 * i, row, trace.a[i]);
        }
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
