/* SPDX-License-Identifier: Apache-2.0 */
/* copy_words.c - rows of COPY that write a whole target word: copy_word where source and target have the same offset, copy_shifted where they
 * do not.  copy.h describes the tokens.
 *
 * A shifted row reads the word that completes the target and passes its bytes on; the bytes of the word before come with the token, so
 * every source word is read once.  Of a word of which only some bytes exist, those are looked up as allowed that this row writes; the rows behind it
 * do not ask again.  (The kernel asks for what exists; nobody else has bulk rows.)  Bytes are bytes because the row that read them looked them up. */
#include "machines/bulk/copy.h"

#define SOURCE_WORD(X)                                            \
    X(from_gap, [2], 16, "time since its last access, minus one") \
    X(from_perm, , 7, "what may be done with it")                 \
    X(from_q, , 13, "source, bits 3 ... 15")                      \
    X(from_c1, , 16, "source, limb 1")                            \
    X(from_c2, , 5, "source, limb 2")
#define TARGET_WORD(X)                                          \
    X(to, [4], 16, "target before")                             \
    X(to_gap, [2], 16, "time since its last access, minus one") \
    X(to_perm, , 7, "what may be done with it")                 \
    X(to_q, , 13, "target, bits 3 ... 15")                      \
    X(to_c1, , 16, "target, limb 1")                            \
    X(to_c2, , 5, "target, limb 2")
#define WORD_COLUMNS(X)                  \
    X(ts, , 24, "the operation's time")  \
    X(left, , 24, "bytes to be written") \
    X(from, [4], 16, "source")           \
    SOURCE_WORD(X)                       \
    TARGET_WORD(X)
#define SHIFTED_COLUMNS(X)                                \
    X(ts, , 24, "the operation's time")                   \
    X(left, , 24, "bytes to be written")                  \
    X(at, [7], 1, "one-hot: shift is 1 ... 7")            \
    X(low, [8], 8, "bytes of the word before the source") \
    X(from, [8], 8, "bytes of the source")                \
    SOURCE_WORD(X)                                        \
    TARGET_WORD(X)

struct word_vars {
    WORD_COLUMNS(AIR_EXPR)
};
struct word_cols {
    WORD_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec word_columns[] = {WORD_COLUMNS(AIR_SPEC)};
struct shifted_vars {
    SHIFTED_COLUMNS(AIR_EXPR)
};
struct shifted_cols {
    SHIFTED_COLUMNS(AIR_CELLS)
};
static const struct air_column_spec shifted_columns[] = {SHIFTED_COLUMNS(AIR_SPEC)};

/* takes the token, puts the one of the next word */
static void pass(struct air *t, const struct mx_builder *m, expr ts, struct copy_token *token, const expr pending[8])
{
    copy_bound(t, m);
    copy_send(t, m, -1, NULL, ts, token);
    token->left = addk(token->left, -8);
    token->source = addk(token->source, 1);
    token->target = addk(token->target, 1);
    if (pending != NULL) {
        memcpy(token->pending, pending, sizeof token->pending);
    }
    copy_send(t, m, 1, NULL, ts, token);
}

static void declare_word(struct mx_builder *m)
{
    struct word_vars r;
    struct air *t = air_table(m->b, "copy_word", AIR_MAX_HEIGHT, 0);
    air_committed(t, word_columns, MX_COUNT(word_columns), &r);
    const expr from_key[3] = {r.from_q, r.from_c1, r.from_c2}, to_key[3] = {r.to_q, r.to_c1, r.to_c2};
    struct copy_token token = {.left = r.left,
                               .shift = constant(t, 8),
                               .source = copy_word(r.from_q, r.from_c1),
                               .source_c2 = r.from_c2,
                               .target = copy_word(r.to_q, r.to_c1),
                               .target_c2 = r.to_c2,
                               .offset = constant(t, 0),
                               .fresh = constant(t, 0)};
    pass(t, m, r.ts, &token, NULL);
    bulk_word_read(t, m, r.ts, from_key, r.from_gap, r.from_perm, r.from, constant(t, 8));
    bulk_word_write(t, m, r.ts, to_key, r.to_gap, r.to_perm, r.to, r.from);
}

static void declare_shifted(struct mx_builder *m)
{
    struct shifted_vars r;
    struct air *t = air_table(m->b, "copy_shifted", AIR_MAX_HEIGHT, 0);
    air_committed(t, shifted_columns, MX_COUNT(shifted_columns), &r);
    const expr from_key[3] = {r.from_q, r.from_c1, r.from_c2}, to_key[3] = {r.to_q, r.to_c1, r.to_c2};
    expr bytes[16], x[8], from[4], after[4], shift = constant(t, 0);
    memcpy(bytes, r.low, sizeof r.low);
    memcpy(bytes + 8, r.from, sizeof r.from);
    for (unsigned k = 0; k < 8; k++) {
        x[k] = constant(t, 0);
        for (unsigned s = 1; s < 8; s++) {
            x[k] = add(x[k], mul(r.at[s - 1], bytes[k + s]));
        }
    }
    for (unsigned s = 1; s < 8; s++) {
        assert_bool(r.at[s - 1]);
        shift = add(shift, mulk(r.at[s - 1], s));
    }
    assert_equal(sum(r.at, 7), constant(t, 1));
    copy_split(t, m, r.from);
    copy_limbs(from, r.from);
    copy_limbs(after, x);
    struct copy_token token = {.left = r.left,
                               .shift = shift,
                               .source = copy_word(r.from_q, r.from_c1),
                               .source_c2 = r.from_c2,
                               .target = copy_word(r.to_q, r.to_c1),
                               .target_c2 = r.to_c2,
                               .offset = constant(t, 0),
                               .fresh = constant(t, 0)};
    memcpy(token.pending, r.low, sizeof token.pending);
    pass(t, m, r.ts, &token, r.from);
    bulk_word_read(t, m, r.ts, from_key, r.from_gap, r.from_perm, from, shift);
    bulk_word_write(t, m, r.ts, to_key, r.to_gap, r.to_perm, r.to, after);
}

#define PUT_WORDS(f, c, i, rec)                                                         \
    do {                                                                                \
        (c).ts[i] = (rec)->ts;                                                          \
        (c).left[i] = (rec)->left;                                                      \
        COPY_PUT_KEY(c, i, from, (rec)->source, (rec)->source_c2);                      \
        COPY_PUT_KEY(c, i, to, (rec)->target, (rec)->target_c2);                        \
        bulk_put_gap(f, (c).from_gap, (c).from_perm, i, &(rec)->high);                  \
        mem_count_allowed(f, 0, (rec)->shift, BULK_LOAD, (rec)->high.perm);             \
        bulk_put_access(f, (c).to, (c).to_gap, (c).to_perm, i, &(rec)->to, BULK_STORE); \
    } while (0)

static void fill_word(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct word_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_row_record *rec = (const struct bulk_row_record *)records + i;
        PUT_WORDS(f, c, i, rec);
        mx_put_limbs(c.from, i, rec->high.w.before);
    }
}

static void fill_shifted(struct mx_filler *f, uint32_t *const *columns, const void *records, size_t begin, size_t end)
{
    struct shifted_cols c;
    memcpy(&c, columns, sizeof c);
    for (size_t i = begin; i < end; i++) {
        const struct bulk_row_record *rec = (const struct bulk_row_record *)records + i;
        PUT_WORDS(f, c, i, rec);
        c.at[rec->shift - 1][i] = 1;
        copy_put_bytes(f, c.from, i, rec->high.w.before);
        for (unsigned k = 0; k < 8; k++) {
            c.low[k][i] = rec->pending >> 8 * k & 0xff;
        }
    }
}

const struct mx_class_def mx_class_copy_word = {.name = "copy_word",
                                                .class = MX_COPY_WORD,
                                                .record_bytes = sizeof(struct bulk_row_record),
                                                .declare = declare_word,
                                                .fill = fill_word};
const struct mx_class_def mx_class_copy_shifted = {.name = "copy_shifted",
                                                   .class = MX_COPY_SHIFTED,
                                                   .record_bytes = sizeof(struct bulk_row_record),
                                                   .declare = declare_shifted,
                                                   .fill = fill_shifted};
