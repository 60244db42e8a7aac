/* SPDX-License-Identifier: Apache-2.0 */
/* sha256_rounds.c - the 64 rounds of a block (FIPS 180-4, section 6.2.2), four a row (sha256.h has the layout).
 *
 * What links the rows is `next`; blocks stand one after the other, and the links from a row 0 to the next block are cut where they are linear (`active`), and harmless
 * where they are not: there `k`, `t2`, `v` are free cells that make them true.
 *
 * Shape: the first row has index 16, the last 0; indices descend by one, and 16 follows 0.  active = 0 forces index 0; active = 1 looks (index, flags,
 * constants) up in Sha256Row, which has 1 ... 16.  The flags are 0 in row 0.  So every block is 17 rows of one ts, and takes from bus `sha256` the
 * six messages (ts, 0), (ts, 1) ... (ts, 4), (ts, 16), each once.  A head gives these six once (sha256.c), so each ts has one block.
 *
 * Sums: bits make limbs below 2^16; e has 6 terms, its carry is 0 ... 5; a = e + Sigma0 + Maj - d has the carry -1 ... 2; a message word has 4 terms, its
 * carry is 0 ... 3.  All sums are below 2^19, so they are integers, and given the terms (which are bits or earlier sums of bits) there is one
 * result and one carry.
 *
 * Message words: word i = 4 index - 4 + j needs W(i - 2), which is two words back, and W(i - 7), W(i - 15), W(i - 16), which come along the rows p, u1, u2, v in sums of
 * limbs.  v of a row is for the words of the row after it (whose `next` it is): computed in rows 4 ... 15, free in the others, where the words come from the block
 * (rows 1 ... 4) or are not used (row 0). */
#include "machines/bulk/sha256.h"

static const struct air_column_spec rows_columns[] = {SHA_ROWS_COLUMNS(AIR_SPEC)};

#define TABLE_COLUMNS(X) X(multiplicity, , 31, "how often the row was looked up")
struct table_vars {
    TABLE_COLUMNS(AIR_EXPR)
};
static const struct air_column_spec table_columns[] = {TABLE_COLUMNS(AIR_SPEC)};

/* The 32 bits of x, rotated to the right by n (so bit i is x's bit i + n). */
static expr rotated(const expr x[32], unsigned i, unsigned n)
{
    return x[(i + n) % 32];
}

/* Limbs of the sum over rotations mod 2: shift of the last one (zeros in) instead of a rotation if is_shift. */
static void sigma(expr out[2], const expr x[32], unsigned n0, unsigned n1, unsigned n2, bool is_shift)
{
    expr bits[32];
    for (unsigned i = 0; i < 32; i++) {
        bits[i] = bulk_xor(rotated(x, i, n0), rotated(x, i, n1));
        if (!is_shift || i + n2 < 32) {
            bits[i] = bulk_xor(bits[i], rotated(x, i, n2));
        }
    }
    out[0] = bulk_pack(bits, 16);
    out[1] = bulk_pack(bits + 16, 16);
}

static void choice(expr out[2], const expr x[32], const expr y[32], const expr z[32])
{
    expr bits[32];
    for (unsigned i = 0; i < 32; i++) {
        bits[i] = select_expr(x[i], y[i], z[i]);
    }
    out[0] = bulk_pack(bits, 16);
    out[1] = bulk_pack(bits + 16, 16);
}

static void majority(expr out[2], const expr x[32], const expr y[32], const expr z[32])
{
    expr bits[32];
    for (unsigned i = 0; i < 32; i++) {
        expr both = mul(x[i], y[i]); /* x y + z (x xor y) */
        bits[i] = add(both, mul(z[i], sub(add(x[i], y[i]), add(both, both))));
    }
    out[0] = bulk_pack(bits, 16);
    out[1] = bulk_pack(bits + 16, 16);
}

/* ---- words of this row and of the row before it ---- */
struct words {
    expr bits[7][32]; /* words -3 ... 3 */
    expr limb[8][2];  /* words -4 ... 3 */
};

static void gather(struct words *out, const expr own[128], const expr first[2])
{
    for (unsigned i = 0; i < 32; i++) {
        for (unsigned k = 0; k < 3; k++) {
            out->bits[k][i] = next(own[32 * (k + 1) + i]);
        }
        for (unsigned k = 0; k < 4; k++) {
            out->bits[3 + k][i] = own[32 * k + i];
        }
    }
    for (unsigned l = 0; l < 2; l++) {
        out->limb[0][l] = next(first[l]);
        for (unsigned k = 0; k < 7; k++) {
            out->limb[1 + k][l] = k == 3 ? first[l] : bulk_pack(out->bits[k] + 16 * l, 16);
        }
    }
}

static expr two_bits(const expr *b)
{
    return add(b[0], add(b[1], b[1]));
}

static void assert_rounds(const struct sha_rows_vars *r, const struct words *a, const struct words *e)
{
    for (unsigned j = 0; j < 4; j++) {
        const unsigned last = j + 2; /* number in bits[] of word j - 1 */
        expr s1[2], ch[2], s0[2], maj[2], e_carry[2], a_carry[2];
        sigma(s1, e->bits[last], 6, 11, 25, false);
        choice(ch, e->bits[last], e->bits[last - 1], e->bits[last - 2]);
        sigma(s0, a->bits[last], 2, 13, 22, false);
        majority(maj, a->bits[last], a->bits[last - 1], a->bits[last - 2]);
        for (unsigned l = 0; l < 2; l++) {
            unsigned at = 2 * j + l;
            expr d = a->limb[j][l], h = e->limb[j][l], w = bulk_pack(r->w + 32 * j + 16 * l, 16);
            expr trit = r->e_trit[at];
            assert_zero(mul(trit, mul(addk(trit, -1), addk(trit, -2))));
            assert_bool(r->e_bit[at]);
            assert_bool(r->a_carry[2 * at]);
            assert_bool(r->a_carry[2 * at + 1]);
            e_carry[l] = add(trit, mulk(r->e_bit[at], 3));
            a_carry[l] = addk(two_bits(r->a_carry + 2 * at), -1);
            expr e_sum = add(add(add(d, h), add(s1[l], ch[l])), add(r->k[at], w));
            expr a_sum = sub(add(e->limb[4 + j][l], r->t2[at]), d);
            if (l == 1) {
                e_sum = add(e_sum, e_carry[0]);
                a_sum = add(a_sum, a_carry[0]);
            }
            assert_transition(sub(r->t2[at], add(s0[l], maj[l])));
            assert_transition(sub(e_sum, add(e->limb[4 + j][l], mulk(e_carry[l], 1 << 16))));
            assert_transition(when(r->active, sub(a_sum, add(a->limb[4 + j][l], mulk(a_carry[l], 1 << 16)))));
        }
    }
}

static void assert_schedule(const struct sha_rows_vars *r)
{
    expr small[4][2], large[4][2], limb[4][2];
    for (unsigned j = 0; j < 4; j++) {
        const expr *w = r->w + 32 * j;
        sigma(small[j], w, 7, 18, 3, true);
        sigma(large[j], w, 17, 19, 10, true);
        limb[j][0] = bulk_pack(w, 16);
        limb[j][1] = bulk_pack(w + 16, 16);
    }
    for (unsigned l = 0; l < 2; l++) {
        assert_equal(r->s1[l], large[2][l]);
        assert_equal(r->s1[2 + l], large[3][l]);
        assert_equal(r->s0[l], small[0][l]);
    }
    for (unsigned j = 0; j < 4; j++) {
        expr carry = NULL;
        for (unsigned l = 0; l < 2; l++) {
            unsigned at = 2 * j + l;
            assert_equal(r->p[at], j < 3 ? add(limb[j][l], small[j + 1][l]) : limb[j][l]);
            expr u1 = j < 3 ? next(r->p[at]) : add(next(r->p[at]), r->s0[l]);
            expr u2 = j < 3 ? add(next(r->u1[at]), limb[j + 1][l]) : next(r->u1[at]);
            expr v = j < 3 ? next(r->u2[at]) : add(next(r->u2[at]), limb[0][l]);
            assert_transition(when(r->active, sub(r->u1[at], u1)));
            assert_transition(when(r->active, sub(r->u2[at], u2)));
            assert_transition(when(r->full, sub(r->v[at], v)));
            expr total = add(next(r->v[at]), j < 2 ? next(r->s1[2 * j + l]) : large[j - 2][l]);
            if (l == 1) {
                total = add(total, carry);
            }
            assert_bool(r->w_carry[2 * at]);
            assert_bool(r->w_carry[2 * at + 1]);
            carry = two_bits(r->w_carry + 2 * at);
            assert_transition(sub(total, add(limb[j][l], mulk(carry, 1 << 16))));
        }
    }
}

static void assert_shape(struct air *t, const struct mx_builder *m, const struct sha_rows_vars *r)
{
    expr inactive = bulk_not(r->active);
    assert_bool(r->active);
    assert_bool(r->load);
    assert_bool(r->full);
    assert_bool(r->last);
    assert_zero(mul(inactive, r->index));
    assert_zero(mul(inactive, r->load));
    assert_zero(mul(inactive, r->full));
    assert_zero(mul(inactive, r->last));
    assert_first(addk(r->index, -SHA_LAST));
    assert_last(r->index);
    assert_transition(sub(addk(sub(next(r->index), r->index), 1), mulk(inactive, SHA_ROWS)));
    assert_transition(when(r->active, sub(next(r->ts), r->ts)));
    const expr *k = r->k;
    bus_push(t, m->bus.sha256_row, r->active, r->index, r->load, r->full, r->last, k[0], k[1], k[2], k[3], k[4], k[5],
             k[6], k[7]);
}

/* What the row takes from the head: the state (a ... h) in rows 0 and 16, message words in rows 1 ... 4, as the limbs of memory: the state's are
 * little endian, the block's bytes are big endian. */
static void take(struct air *t, const struct mx_builder *m, const struct sha_rows_vars *r, const struct words *a,
                 const struct words *e)
{
    expr entries[18] = {r->ts, r->index}, io = add(add(bulk_not(r->active), r->load), r->last);
    assert_bool(io);
    for (unsigned i = 0; i < 16; i++) {
        const struct words *from = i < 8 ? a : e;
        expr state = from->limb[7 - i % 8 / 2][i % 2], word = constant(t, 0);
        if (i < 8) {
            const expr *w = r->w + 32 * (i / 2) + 16 * (1 - i % 2);
            expr bits[16];
            for (unsigned z = 0; z < 16; z++) {
                bits[z] = w[(z + 8) % 16];
            }
            word = bulk_pack(bits, 16);
        }
        entries[2 + i] = select_expr(r->load, word, state);
    }
    air_interact(t, m->bus.sha256, io, -1, entries, MX_COUNT(entries), "pull row of a block", __FILE__, __LINE__);
}

static void declare(struct mx_builder *m)
{
    struct sha_rows_vars r;
    struct words a, e;
    struct air *t = air_table(m->b, "sha256_rounds", AIR_MAX_HEIGHT, 0);
    air_committed(t, rows_columns, MX_COUNT(rows_columns), &r);
    for (unsigned i = 0; i < 128; i++) {
        assert_bool(r.a[i]);
        assert_bool(r.e[i]);
        assert_bool(r.w[i]);
    }
    for (unsigned l = 0; l < 2; l++) {
        assert_equal(r.a0[l], bulk_pack(r.a + 16 * l, 16));
        assert_equal(r.e0[l], bulk_pack(r.e + 16 * l, 16));
    }
    gather(&a, r.a, r.a0);
    gather(&e, r.e, r.e0);
    assert_shape(t, m, &r);
    assert_rounds(&r, &a, &e);
    assert_schedule(&r);
    take(t, m, &r, &a, &e);
}

const struct mx_class_def mx_class_sha256_rounds = {.name = "sha256_rounds",
                                                    .class = MX_SHA256_ROUNDS,
                                                    .records_of = MX_SHA256,
                                                    .rows = SHA_ROWS,
                                                    .declare = declare,
                                                    .fill = sha_rows_fill};

/* ---- Sha256Row: index, flags, constants ---- */
static void declare_table(struct mx_builder *m)
{
    uint32_t values[12][MX_SHA256_ROWS];
    expr e[12];
    struct table_vars r;
    struct air *t = air_table(m->b, "sha256_row", MX_SHA256_ROWS, AIR_FIXED_HEIGHT);
    air_committed(t, table_columns, MX_COUNT(table_columns), &r);
    for (uint32_t i = 0; i < MX_SHA256_ROWS; i++) {
        uint32_t index = i + 1;
        values[0][i] = index;
        values[1][i] = index <= 4;
        values[2][i] = index >= 4 && index < SHA_LAST;
        values[3][i] = index == SHA_LAST;
        for (unsigned k = 0; k < 8; k++) {
            values[4 + k][i] = gn_sha256_round[4 * i + k / 2] >> 16 * (k % 2) & 0xffff;
        }
    }
    static const char *const names[] = {"index", "load", "full", "last", "k[0]", "k[1]",
                                        "k[2]",  "k[3]", "k[4]", "k[5]", "k[6]", "k[7]"};
    for (unsigned i = 0; i < 12; i++) {
        e[i] = air_fixed_values(t, names[i], values[i], MX_SHA256_ROWS);
    }
    bus_supply(t, m->bus.sha256_row, r.multiplicity, e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7], e[8], e[9], e[10],
               e[11]);
}

static uint32_t height_table(const struct mx_run *run)
{
    (void)run;
    return MX_SHA256_ROWS;
}

static uint32_t fill_table(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                           const uint32_t *pages, uint32_t height)
{
    (void)run, (void)pages;
    memcpy(columns[0], f->sha256_row, MX_SHA256_ROWS * sizeof *columns[0]);
    return f->sha256_row[0] != 0 ? height : 0;
}

const struct mx_store_def mx_store_sha256_row = {
    .name = "sha256_row", .declare = declare_table, .height = height_table, .fill = fill_table};
