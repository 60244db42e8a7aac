/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - the words of the input, and where it ends.
 *
 * Input's row i is the word at 0x4000_0000 + 8 i, key by closed form, value free but for its limbs' range: row 0 is 0, row 1 the
 * length n in bytes, rows 2 ... hold the data.  Nobody may write them, so the token of the final pull has the value of the first push, and a
 * row costs a value and a time.  The last row is one more than the region has: a sentinel, which no instruction can access.
 *
 * InputEnd, one row, says where it ends.
 * Height.  The sentinel's final pull is at time -1, by a constraint on the last row.  Only InputEnd pushes such a token: it moves the
 * sentinel from time 0 to -1, and so its q, c1 name the last row's key, hence the number W of words.  (An
 * access of the sentinel's word would have to stand between 0 and -1; accesses only go forward.)  Without this a prover could end the
 * input early, and the guest would fault where no real run does, or let it go on behind its end.
 * Length.  InputEnd reads the length word, at time 2^24, behind every instruction, with a gap like any access (a read that pulled what
 * it pushes would say nothing), and asserts 8 (W - 2) - n = 0 ... 7.  n < 2^28 by range12 of its second limb, so that the identity is
 * one of integers: W < 2^24.
 * Padding.  InputEnd also reads word W - 1, at time 2^24 - 1 (without data that is the length word, and nothing is padding): the bytes
 * of it behind the n-th are zero, or a run could be proven that no input has.  Its key is one of this table's, so it has one decomposition. */
#include "machines/memory/memory.h"

#define INPUT_COLUMNS(X)      \
    X(v, [4], 16, "the word") \
    X(ts, , 31, "time of the last access; last row: -1")
#define END_COLUMNS(X)                                                         \
    X(q, , 13, "key of the sentinel: address, bits 3 ... 15")                  \
    X(c1, , 11, "limb 1, minus 0x4000")                                        \
    X(length, [2], 16, "bytes of data")                                        \
    X(gap, [2], 16, "2^24 minus the last access of the length, minus one")     \
    X(pad, [3], 1, "bytes from there to the end of the last word, bit by bit") \
    X(last, [4], 16, "the word before the sentinel")                           \
    X(last_c1, , 11, "limb 1 of its address, minus 0x4000")                    \
    X(last_gap, [2], 16, "2^24 - 1 minus its last access, minus one")          \
    X(part, , 16, "its highest limb that is not padding alone")

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

enum { INPUT_C1 = (int)(MEM_INPUT_BASE >> 16), LENGTH_READ_TS = 1 << 24, LAST_READ_TS = LENGTH_READ_TS - 1 };

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
    expr zero = constant(t, 0), perm = constant(t, MEM_INPUT), base = constant(t, INPUT_C1);
    expr words = add(r.q, mulk(r.c1, 1 << 13)), last_q = addk(sub(words, mulk(r.last_c1, 1 << 13)), -1);
    const expr length[4] = {r.length[0], r.length[1], zero, zero};

    expr c1 = addk(r.c1, INPUT_C1), before_all = constant(t, -1);
    bus_pull(t, m->bus.mem, NULL, r.q, c1, zero, zero, zero, zero, zero, zero, perm);
    bus_push(t, m->bus.mem, NULL, r.q, c1, zero, before_all, zero, zero, zero, zero, perm);

    mx_mem_access(t, m, constant(t, LENGTH_READ_TS - MX_SLOT_MEMORY), constant(t, 1), base, zero, r.gap, perm, length,
                  length);
    mx_range12(t, m, r.length[1]);
    for (unsigned i = 0; i < 3; i++) {
        assert_bool(r.pad[i]);
    }
    assert_equal(mulk(addk(words, -2), 8), add(limbs(r.length, 2, 16), limbs(r.pad, 3, 1)));

    mx_mem_access(t, m, constant(t, LAST_READ_TS - MX_SLOT_MEMORY), last_q, addk(r.last_c1, INPUT_C1), zero, r.last_gap,
                  perm, r.last, r.last);
    assert_zero(when(r.pad[1], r.last[3])); /* pad = 2, 3: one limb; 4, 5: two; 6, 7: three */
    assert_zero(when(r.pad[2], r.last[3]));
    assert_zero(when(r.pad[2], r.last[2]));
    assert_zero(when(mul(r.pad[1], r.pad[2]), r.last[1]));
    assert_equal(r.part, select_expr(r.pad[2], select_expr(r.pad[1], r.last[0], r.last[1]),
                                     select_expr(r.pad[1], r.last[2], r.last[3])));
    bus_push(t, m->bus.range8, r.pad[0], r.part);
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
    c.ts[height - 2] = LAST_READ_TS;
    c.ts[1] = LENGTH_READ_TS;
    c.ts[height - 1] = FP_P - 1;
    return height;
}

/* the time of the run's last access of word i; 0: none */
static uint32_t accessed(const struct mx_run *run, uint32_t i)
{
    const struct mx_word *word = mem_find_word(run, (uint32_t)(MEM_INPUT_BASE / 8) + i);
    return word != NULL ? word->ts : 0;
}

static uint32_t fill_end(struct mx_filler *f, uint32_t *const *columns, const struct mx_run *run, const uint32_t *pages,
                         uint32_t height)
{
    (void)pages;
    struct end_cols c;
    memcpy(&c, columns, sizeof c);
    const uint32_t words = words_of(run), last = words - 1, pad = (uint32_t)(8 * (size_t)(words - 2) - run->input_n);
    c.q[0] = words & 0x1fff;
    c.c1[0] = words >> 13;
    c.length[0][0] = run->input_n & 0xffff;
    c.length[1][0] = (uint32_t)(run->input_n >> 16);
    mx_count_range12(f, c.length[1][0]);
    for (unsigned i = 0; i < 3; i++) {
        c.pad[i][0] = pad >> i & 1;
    }
    c.last_c1[0] = last >> 13;
    mx_put_limbs(c.last, 0, mx_input_word(run->input, run->input_n, last));
    c.part[0] = c.last[3 - pad / 2][0];
    if (pad % 2 == 1) {
        mx_count_range8(f, c.part[0]);
    }
    mx_put_gap(f, c.gap, 0, LENGTH_READ_TS - 1 - (last == 1 ? (uint32_t)LAST_READ_TS : accessed(run, 1)));
    mx_put_gap(f, c.last_gap, 0, LAST_READ_TS - 1 - accessed(run, last));
    return height;
}

const struct mx_store_def mx_store_input = {
    .name = "input", .declare = declare_input, .height = height_input, .fill = fill_input};
const struct mx_store_def mx_store_input_end = {
    .name = "input_end", .declare = declare_end, .height = height_end, .fill = fill_end};
