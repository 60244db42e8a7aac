/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - the words of the input, and where it ends.
 *
 * Input's row i is the word at 0x4000_0000 + 8 i, key by closed form, value free but for its limbs' range: row 0 is 0, row 1 the
 * length n in bytes, rows 2 ... hold the data.  Nobody may write them, so the token of the final pull has the value of the first push, and a
 * row costs a value and a time.  The last row is one more than the region has: a sentinel, which no instruction can access.
 *
 * How the length is tied to the height.  The sentinel's final pull is at time -1, by a constraint on the last row.  Only InputEnd, one row, pushes
 * such a token: it moves the sentinel from time 0 to -1, and so its q, c1 name the last row's key, hence the number W of words.  (An
 * access of the sentinel's word would have to stand between 0 and -1; accesses only go forward.)  InputEnd also reads the length word, at time
 * 2^24, behind every instruction, with a gap like any access (a read that pulled what it pushes would say nothing), and asserts
 * 8 (W - 2) - n = 0 ... 7.  n < 2^28 by range12 of its second limb, so that the identity is one of integers: W < 2^24.
 * Without this a prover could end the input early, and the guest would fault where no real run does, or let it go on behind its end. */
#include "machines/memory/memory.h"

#define INPUT_COLUMNS(X)      \
    X(v, [4], 16, "the word") \
    X(ts, , 31, "time of the last access; last row: -1")
#define END_COLUMNS(X)                                                     \
    X(q, , 13, "key of the sentinel: address, bits 3 ... 15")              \
    X(c1, , 11, "limb 1, minus 0x4000")                                    \
    X(length, [2], 16, "bytes of data")                                    \
    X(gap, [2], 16, "2^24 minus the last access of the length, minus one") \
    X(pad, [3], 1, "bytes from there to the end of the last word, bit by bit")

struct input_vars {
    INPUT_COLUMNS(AIR_EXPR)
};
struct input_cols {
    INPUT_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec input_columns[] = {INPUT_COLUMNS(AIR_SPEC)};
struct end_vars {
    END_COLUMNS(AIR_EXPR)
};
struct end_cols {
    END_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec end_columns[] = {END_COLUMNS(AIR_SPEC)};

enum { INPUT_C1 = (int)(MEM_INPUT_BASE >> 16), LENGTH_READ_TS = 1 << 24 };

static void declare_input(struct mx_builder *m)
{
    struct input_vars r;
    struct air *t = air_table(m->b, "input", AIR_MAX_HEIGHT, AIR_MANDATORY);
    air_committed(t, input_columns, MX_COUNT(input_columns), &r);
    struct air_monomial digits[24];
    for (unsigned i = 0; i < 24; i++) {
        digits[i] = (struct air_monomial){1u << (i < 13 ? i : i - 13), 1u << i};
    }
    expr q = air_fixed_monomials(t, "q", digits, 13);
    expr c1_offset = air_fixed_monomials(t, "c1 - 0x4000", digits + 13, 11);
    expr zero = constant(t, 0), perm = constant(t, MEM_INPUT);
    expr c1 = addk(c1_offset, INPUT_C1);

    for (unsigned i = 0; i < 4; i++) {
        assert_first(r.v[i]);
        assert_last(r.v[i]);
    }
    assert_last(addk(r.ts, 1));
    mx_range16x4(t, m, r.v);
    bus_push(t, m->bus.mem, NULL, q, c1, zero, zero, r.v[0], r.v[1], r.v[2], r.v[3], perm);
    bus_pull(t, m->bus.mem, NULL, q, c1, zero, r.ts, r.v[0], r.v[1], r.v[2], r.v[3], perm);
}

static void declare_end(struct mx_builder *m)
{
    struct end_vars r;
    struct air *t = air_table(m->b, "input_end", 1, AIR_FIXED_HEIGHT | AIR_MANDATORY);
    air_committed(t, end_columns, MX_COUNT(end_columns), &r);
    expr zero = constant(t, 0), one = constant(t, 1), perm = constant(t, MEM_INPUT);
    expr before_all = constant(t, -1), read = constant(t, LENGTH_READ_TS),
         last = sub(addk(read, -1), limbs(r.gap, 2, 16));
    expr base = constant(t, INPUT_C1);
    expr c1 = addk(r.c1, INPUT_C1), words = add(r.q, mulk(r.c1, 1 << 13));

    bus_pull(t, m->bus.mem, NULL, r.q, c1, zero, zero, zero, zero, zero, zero, perm);
    bus_push(t, m->bus.mem, NULL, r.q, c1, zero, before_all, zero, zero, zero, zero, perm);
    bus_pull(t, m->bus.mem, NULL, one, base, zero, last, r.length[0], r.length[1], zero, zero, perm);
    bus_push(t, m->bus.mem, NULL, one, base, zero, read, r.length[0], r.length[1], zero, zero, perm);
    mx_range16(t, m, r.gap[0]);
    mx_range8(t, m, r.gap[1]);
    mx_range12(t, m, r.length[1]);
    for (unsigned i = 0; i < 3; i++) {
        assert_bool(r.pad[i]);
    }
    assert_equal(mulk(addk(words, -2), 8), add(limbs(r.length, 2, 16), limbs(r.pad, 3, 1)));
}

static uint32_t words_of(const struct mx_run *run)
{
    return mx_input_words(run->input_n);
}

static uint32_t height_input(const struct mx_run *run)
{
    return words_of(run) + 1;
}

static uint32_t height_end(const struct mx_run *run)
{
    (void)run;
    return 1;
}

uint32_t mx_input_words(size_t input_n)
{
    return 2 + (uint32_t)((input_n + 7) / 8);
}

uint64_t mx_input_word(const uint8_t *input, size_t input_n, uint32_t i)
{
    uint64_t value = 0;
    for (unsigned k = 0; k < 8 && i >= 2; k++) {
        size_t at = 8 * (size_t)(i - 2) + k;
        value |= at < input_n ? (uint64_t)input[at] << (8 * k) : 0;
    }
    return i == 1 ? input_n : value;
}

static uint32_t fill_input(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run,
                           const uint32_t *pages, uint32_t height)
{
    (void)pages;
    struct input_cols c;
    memcpy(&c, columns, sizeof c);
    for (uint32_t i = 0; i < height; i++) {
        mx_put_ranged(f, c.v, i, mx_input_word(run->input, run->input_n, i));
    }
    for (size_t k = 0; k < run->words_n; k++) {
        uint32_t i = run->words[k].word - (uint32_t)(MEM_INPUT_BASE / 8);
        if (i < height) {
            c.ts[i] = run->words[k].ts;
        }
    }
    c.ts[1] = LENGTH_READ_TS;
    c.ts[height - 1] = FP_P - 1;
    return height;
}

static uint32_t fill_end(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, const uint32_t *pages,
                         uint32_t height)
{
    (void)pages;
    struct end_cols c;
    memcpy(&c, columns, sizeof c);
    uint32_t words = words_of(run), pad = (uint32_t)(8 * (size_t)(words - 2) - run->input_n);
    c.q[0] = words & 0x1fff;
    c.c1[0] = words >> 13;
    c.length[0][0] = run->input_n & 0xffff;
    c.length[1][0] = (uint32_t)(run->input_n >> 16);
    for (unsigned i = 0; i < 3; i++) {
        c.pad[i][0] = pad >> i & 1;
    }
    uint32_t gap = LENGTH_READ_TS - 1;
    for (size_t k = 0; k < run->words_n; k++) {
        gap -= run->words[k].word == MEM_INPUT_BASE / 8 + 1 ? run->words[k].ts : 0;
    }
    c.gap[0][0] = gap & 0xffff;
    c.gap[1][0] = gap >> 16;
    mx_count_range16(f, gap);
    mx_count_range8(f, gap >> 16);
    mx_count_range12(f, c.length[1][0]);
    return height;
}

const struct mx_store_def mx_store_input = {
    .name = "input", .declare = declare_input, .height = height_input, .fill = fill_input};
const struct mx_store_def mx_store_input_end = {
    .name = "input_end", .declare = declare_end, .height = height_end, .fill = fill_end};
