/* SPDX-License-Identifier: Apache-2.0 */
/* wide.c - Keccak-f[1600] with one column per bit of state, one row per round, 24 rows per permutation.
 *
 * The shape that public provers measure themselves with: 2,633 columns of which most are bits, constraints of degree 3,
 * no bus.  A row holds the round's input a (four 16-bit limbs a lane), the column parities c, the theta result c', the
 * bits a' after theta, the limbs a'' after chi, and lane (0, 0) after iota.  Source of the permutation: FIPS 202,
 * section 3.2. */
#include "bench.h"

#include <string.h>

#define ROUNDS 24
#define WIDE_COLUMNS(X)                                                                          \
    X(step, [ROUNDS], 1, "one-hot round number")                                                 \
    X(export_row, , 1, "last round whose output is used")                                        \
    X(preimage, [100], 16, "input of the permutation: limb l of lane (x, y) at 4 (x + 5 y) + l") \
    X(a, [100], 16, "input of the round")                                                        \
    X(c, [320], 1, "parity of column (x, z) at 64 x + z")                                        \
    X(cp, [320], 1, "c'(x, z) = c(x, z) + c(x - 1, z) + c(x + 1, z - 1)")                        \
    X(ap, [1600], 1, "a'(x, y, z) at 64 (x + 5 y) + z")                                          \
    X(app, [100], 16, "after chi")                                                               \
    X(app00, [64], 1, "bits of a''(0, 0)")                                                       \
    X(appp00, [4], 16, "after iota: lane (0, 0)")

struct wide_vars {
    WIDE_COLUMNS(AIR_EXPR)
};
struct wide_cols {
    WIDE_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec columns[] = {WIDE_COLUMNS(AIR_SPEC)};

static const uint64_t round_constants[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};
/* rotation of lane (x, y) in rho, at x + 5 y */
static const unsigned rotations[25] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                       25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

static expr xor2(expr a, expr b)
{
    return sub(add(a, b), mulk(mul(a, b), 2));
}

/* bit z of lane (x, y) after rho and pi */
static expr rotated(const struct wide_vars *r, int x, int y, int z)
{
    /* pi: B(y, 2x + 3y) = rot(A'(x, y)); so B(x, y) comes from A'((x + 3y) mod 5, x) */
    int sx = (x + 3 * y) % 5, sy = x;
    return r->ap[64 * (sx + 5 * sy) + (z + 64 - (int)rotations[sx + 5 * sy]) % 64];
}

static void assert_round_flags(const struct wide_vars *r)
{
    assert_first(addk(r->step[0], -1));
    for (int i = 1; i < ROUNDS; i++) {
        assert_first(r->step[i]);
    }
    for (int i = 0; i < ROUNDS; i++) {
        assert_transition(sub(next(r->step[(i + 1) % ROUNDS]), r->step[i]));
    }
    expr last = r->step[ROUNDS - 1];
    assert_bool(r->export_row);
    assert_zero(mul(addk(neg(last), 1), r->export_row));
    for (int i = 0; i < 100; i++) {
        assert_zero(when(r->step[0], sub(r->preimage[i], r->a[i])));
        assert_transition(mul(addk(neg(last), 1), sub(next(r->preimage[i]), r->preimage[i])));
    }
}

static void assert_theta(const struct wide_vars *r)
{
    for (int x = 0; x < 5; x++) {
        for (int z = 0; z < 64; z++) {
            expr c = r->c[64 * x + z];
            assert_bool(c);
            expr left = r->c[64 * ((x + 4) % 5) + z], right = r->c[64 * ((x + 1) % 5) + (z + 63) % 64];
            assert_equal(r->cp[64 * x + z], xor2(c, xor2(left, right)));
            expr parity = neg(r->cp[64 * x + z]);
            for (int y = 0; y < 5; y++) {
                parity = add(parity, r->ap[64 * (x + 5 * y) + z]);
            }
            assert_zero(mul(parity, mul(addk(parity, -2), addk(parity, -4)))); /* five bits and c' have even sum */
        }
    }
    for (int lane = 0; lane < 25; lane++) {
        int x = lane % 5;
        for (int l = 0; l < 4; l++) {
            expr limb = r->a[4 * lane + l];
            for (int i = 0; i < 16; i++) {
                int z = 16 * l + i;
                expr bit_of_a = xor2(r->ap[64 * lane + z], xor2(r->c[64 * x + z], r->cp[64 * x + z]));
                limb = sub(limb, mulk(bit_of_a, 1 << i));
            }
            assert_zero(limb);
        }
        for (int z = 0; z < 64; z++) {
            assert_bool(r->ap[64 * lane + z]);
        }
    }
}

static void assert_chi_iota(const struct wide_vars *r)
{
    for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 5; x++) {
            for (int l = 0; l < 4; l++) {
                expr limb = r->app[4 * (x + 5 * y) + l];
                for (int i = 0; i < 16; i++) {
                    int z = 16 * l + i;
                    expr and_not = mul(addk(neg(rotated(r, (x + 1) % 5, y, z)), 1), rotated(r, (x + 2) % 5, y, z));
                    limb = sub(limb, mulk(xor2(rotated(r, x, y, z), and_not), 1 << i));
                }
                assert_zero(limb);
            }
        }
    }
    for (int l = 0; l < 4; l++) {
        assert_equal(r->app[l], limbs(r->app00 + 16 * l, 16, 1));
        expr limb = r->appp00[l];
        for (int i = 0; i < 16; i++) {
            expr constant_bit = NULL; /* sum of the rounds' flags that have this bit in their constant */
            for (int k = 0; k < ROUNDS; k++) {
                if (round_constants[k] >> (16 * l + i) & 1) {
                    constant_bit = constant_bit == NULL ? r->step[k] : add(constant_bit, r->step[k]);
                }
            }
            expr b = r->app00[16 * l + i];
            limb = sub(limb, mulk(constant_bit == NULL ? b : xor2(b, constant_bit), 1 << i));
        }
        assert_zero(limb);
    }
    for (int z = 0; z < 64; z++) {
        assert_bool(r->app00[z]);
    }
    expr goes_on = addk(neg(r->step[ROUNDS - 1]), 1);
    for (int i = 0; i < 100; i++) {
        assert_transition(mul(goes_on, sub(next(r->a[i]), i < 4 ? r->appp00[i] : r->app[i])));
    }
}

static uint64_t rotate(uint64_t v, unsigned n)
{
    return n == 0 ? v : v << n | v >> (64 - n);
}

static void put_lanes(uint32_t *const *limb_columns, const uint64_t lanes[25], uint32_t row)
{
    for (int i = 0; i < 100; i++) {
        limb_columns[i][row] = (uint32_t)(lanes[i / 4] >> 16 * (i % 4) & 0xffff);
    }
}

/* fills one row; turns state into the next round's input */
static void fill_round(const struct wide_cols *w, uint32_t row, uint64_t state[25], const uint64_t input[25])
{
    int k = (int)(row % ROUNDS);
    w->step[k][row] = 1;
    put_lanes(w->preimage, input, row);
    put_lanes(w->a, state, row);
    uint64_t c[5], cp[5], ap[25], b[25], app[25];
    for (int x = 0; x < 5; x++) {
        c[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    }
    for (int x = 0; x < 5; x++) {
        cp[x] = c[x] ^ c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        for (int z = 0; z < 64; z++) {
            w->c[64 * x + z][row] = c[x] >> z & 1;
            w->cp[64 * x + z][row] = cp[x] >> z & 1;
        }
    }
    for (int i = 0; i < 25; i++) {
        ap[i] = state[i] ^ c[i % 5] ^ cp[i % 5];
        for (int z = 0; z < 64; z++) {
            w->ap[64 * i + z][row] = ap[i] >> z & 1;
        }
    }
    for (int x = 0; x < 5; x++) {
        for (int y = 0; y < 5; y++) {
            b[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(ap[x + 5 * y], rotations[x + 5 * y]);
        }
    }
    for (int i = 0; i < 25; i++) {
        int y = i / 5 * 5;
        app[i] = b[i] ^ (~b[(i + 1) % 5 + y] & b[(i + 2) % 5 + y]);
    }
    put_lanes(w->app, app, row);
    for (int z = 0; z < 64; z++) {
        w->app00[z][row] = app[0] >> z & 1;
    }
    app[0] ^= round_constants[k];
    for (int l = 0; l < 4; l++) {
        w->appp00[l][row] = app[0] >> 16 * l & 0xffff;
    }
    memcpy(state, app, sizeof app);
}

enum gn_status bench_wide(struct workload *out, uint32_t rows, struct gn_arena *arena, struct gn_error *err)
{
    struct air_builder *b = air_builder_new("keccak");
    struct air *t = air_table(b, "keccak", AIR_MAX_HEIGHT, AIR_MANDATORY);
    static struct wide_vars r; /* large */
    air_committed(t, columns, sizeof columns / sizeof columns[0], &r);
    assert_round_flags(&r);
    assert_theta(&r);
    assert_chi_iota(&r);
    out->system = air_build(b, arena, err);
    air_builder_free(b);
    if (out->system == NULL) {
        return err->status;
    }
    enum gn_status status = air_witness_alloc(&out->witness, out->system, &rows, arena, err);
    if (status != GN_OK) {
        return status;
    }
    static struct wide_cols cells;
    memcpy(&cells, out->witness.tables[0].columns, sizeof cells);
    uint64_t seed = 1, input[25], state[25];
    for (uint32_t row = 0; row < rows; row++) {
        if (row % ROUNDS == 0) {
            for (int i = 0; i < 25; i++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                input[i] = state[i] = seed ^ seed >> 29;
            }
        }
        fill_round(&cells, row, state, input);
    }
    out->cells = (uint64_t)rows * out->system->tables[0].committed_n;
    out->interactions = 0;
    return GN_OK;
}
